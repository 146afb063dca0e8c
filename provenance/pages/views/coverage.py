"""Coverage: a reviewer asks whether anything is missing, of which application, since which day.

It answers in ten seconds which applications reported everything on which days, and opens for each
cell the records that something is wanting of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from provenance.coverage.completeness import Alarm, Day, alarms
from provenance.coverage.listings import STATEMENTS, Wanting, wanting
from provenance.coverage.reading import DAYS, by_application, limits
from provenance.pages import keyset
from provenance.pages.access import PersonRequest, require_whole_view
from provenance.pages.rendering import show
from retrieval.recording.models import InteractionOutput, InteractionRetrieval

GOOD, FAIR = 0.99, 0.9
# No log is older.
FIRST = date(2020, 1, 1)
KINDS: Mapping[str, str] = {
    "unanswered": gettext_noop("Retrievals without an output"),
    "baseless": gettext_noop("Outputs without a retrieval"),
    "foreign": gettext_noop("Prompts with text among the passages that no retrieval returned"),
    "unresolved": gettext_noop("Retrievals with passages of no known version"),
    "missing": gettext_noop("Numbers that the application left out"),
    "turns": gettext_noop("Turns left out of a conversation"),
}


@dataclass(frozen=True)
class Cell:
    """A day of an application in the matrix; without `found` nothing was recorded."""

    day: date
    found: Day | None
    url: str

    @property
    def state(self) -> str:
        ratio = None if self.found is None else self.found.ratio
        if ratio is None:
            return "none"
        if ratio >= GOOD:
            return "good"
        return "fair" if ratio >= FAIR else "poor"


@dataclass(frozen=True)
class Row:
    """An application with its days in order."""

    application: str
    cells: list[Cell]
    alarm: Alarm | None


@require_safe
@require_whole_view
def coverage(request: PersonRequest) -> HttpResponse:
    """`?until=` ends the matrix; `?application=&day=` opens a cell, `&show=` a list behind it."""
    query, now = request.GET, timezone.now()
    today = now.astimezone(UTC).date()
    last = max(min(_day(query.get("until", "")) or today, today), FIRST)
    days = by_application(last, now)
    found = {alarm.day.application: alarm for alarm in alarms(days, today, limits())}
    # The newest first: that is what is asked for, and what a narrow window shows.
    header = [last - timedelta(days=index) for index in range(DAYS)]
    context = {
        "header": header,
        "rows": [
            Row(name, _cells(name, last, header, of), found.get(name)) for name, of in days.items()
        ],
        "alarms": list(found.values()),
        "first": header[-1],
        "last": last,
        "earlier": last - timedelta(days=DAYS),
        "later": None if last == today else min(last + timedelta(days=DAYS), today),
        "grace": settings.COVERAGE_GRACE_MINUTES,
        **_opened(request, days, now),
    }
    return show(request, "pages/coverage.html", context, section="coverage", partial="behind")


def _cells(name: str, last: date, header: Sequence[date], days: Sequence[Day]) -> list[Cell]:
    found = {each.day: each for each in days}
    return [Cell(day, found.get(day), _address(last, name, day)) for day in header]


def _address(last: date, application: str, day: date, kind: str = "") -> str:
    """Every application has a name in it, also what none recorded."""
    query = QueryDict(mutable=True)
    query.update({"until": last.isoformat(), "application": application, "day": day.isoformat()})
    if kind:
        query["show"] = kind
    return f"?{query.urlencode()}#behind"


def _opened(
    request: PersonRequest, days: Mapping[str, Sequence[Day]], now: datetime
) -> dict[str, Any]:
    """The cell that is open, what is wanting of it, and the records of one kind."""
    query = request.GET
    application, day = keyset.text(query, "application"), _day(query.get("day", ""))
    if day is None:
        return {}
    opened = next((each for each in days.get(application, ()) if each.day == day), None)
    if opened is None:
        return {"opened": Day(day, application), "kinds": [], "shown": ""}
    counts = [(kind, gettext(words), getattr(opened, kind)) for kind, words in KINDS.items()]
    most = max(counts, key=lambda each: each[2])[0]
    kind = query.get("show", "")
    kind = kind if kind in STATEMENTS else most
    after = query.get(keyset.AFTER, "")
    found = wanting(
        kind,
        application,
        day,
        now=now,
        limit=keyset.PAGE,
        after=int(after) if after.isdecimal() and len(after) <= keyset.MAX_DIGITS else None,
    )
    listed = found[: keyset.PAGE]
    return {
        "opened": opened,
        "kinds": [
            (each, words, count, f"{_tab(query, each)}#behind") for each, words, count in counts
        ],
        "kind": kind,
        "kind_words": gettext(KINDS[kind]),
        "listed": _with_words(listed),
        "after": bool(after),
        "next_page": keyset.address(query, after=str(listed[-1].place))
        if len(found) > keyset.PAGE
        else "",
    }


def _tab(query: QueryDict, kind: str) -> str:
    changed = query.copy()
    changed["show"] = kind
    changed.pop(keyset.AFTER, None)
    return f"?{changed.urlencode()}"


def _with_words(rows: Sequence[Wanting]) -> list[tuple[Wanting, str, datetime | None]]:
    """Each with its question and when it was recorded; two queries."""
    outputs = InteractionOutput.objects.in_bulk([each.output_id for each in rows if each.output_id])
    retrievals = InteractionRetrieval.objects.in_bulk(
        [each.retrieval_id for each in rows if each.retrieval_id]
    )
    told = []
    for each in rows:
        output = outputs.get(each.output_id) if each.output_id else None
        retrieval = retrievals.get(each.retrieval_id) if each.retrieval_id else None
        words = output.question if output else retrieval.query if retrieval else ""
        source = output or retrieval
        told.append((each, words, source.recorded_at if source else None))
    return told


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None
