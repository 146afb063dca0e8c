"""The log as it is: every event in the order of positions, newest first."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from provenance.eventstore.event_types import known_names
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.store import head_position, read_positions
from provenance.pages.access import PersonRequest, require_whole_view
from provenance.pages.event_names import DERIVED, in_words
from provenance.pages.rendering import show

PAGE = 50
PAGES_OF_STREAMS = {
    "document": "pages:document",
    "output": "pages:trace",
    "retrieval": "pages:retrieval",
}


@dataclass(frozen=True)
class LogEntry:
    """An event, in words, with the page of its subject if there is one."""

    event: Recorded[Any]
    words: str
    derived: bool
    subject_url: str


@require_safe
@require_whole_view
def log(request: PersonRequest) -> HttpResponse:
    """`?until=` is the newest position shown; without it, the end of the log."""
    head = head_position()
    until = min(_position(request.GET.get("until", ""), default=head), head)
    events = read_positions(after=until - PAGE, until=until, types=known_names(), here_only=True)
    context = {
        "entries": [_entry(event) for event in reversed(events)],
        "released": min(PAGE, until + 1) - len(events),
        "head": head,
        "older": until - PAGE if until >= PAGE else None,
        "newer": min(until + PAGE, head) if until < head else None,
    }
    return show(request, "pages/log.html", context, section="log", partial="entries")


def _position(text: str, *, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else default  # noqa: PLR2004 - bigint


def _entry(event: Recorded[Any]) -> LogEntry:
    category, _, subject = event.stream.partition("-")
    page = PAGES_OF_STREAMS.get(category)
    return LogEntry(
        event=event,
        words=in_words(event.type),
        derived=event.type in DERIVED,
        subject_url=reverse(page, args=[subject]) if page else "",
    )
