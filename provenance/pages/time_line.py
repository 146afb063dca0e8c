"""The timeline of the time machine: what happened when, drawn as bars that lead to their moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.http import QueryDict
from django.utils import timezone

from provenance.eventstore.clock import last_positions_by, placed_at
from provenance.history.happenings import happenings
from provenance.pages.charts import Chart, Slot, draw
from provenance.pages.keyset import address

SLOTS = 40
SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "month": timedelta(days=30)}
# How a span is told: by the second, by the clock, else by the day.
LABELS = ((timedelta(minutes=10), "%H:%M:%S"), (timedelta(days=3), "%H:%M"))
BY_DAY = "%-d %b %Y"


@dataclass(frozen=True)
class Hit:
    """A slot as something to click: `url` sets the known clock to the end of it."""

    x: float
    width: float
    slot: Slot
    until: datetime
    url: str


@dataclass(frozen=True)
class TimeLine:
    """The chart, what to click in it, and where the chosen moments lie, in per cent."""

    chart: Chart
    hits: Sequence[Hit]
    marks: Sequence[float]
    first: datetime
    last: datetime


def time_line(
    query: QueryDict, *, collections: Sequence[str] | None, chosen: Sequence[datetime]
) -> TimeLine | None:
    """Over the whole log, or over the `span` that was asked for; None while the log is empty."""
    begin = placed_at([0]).get(0)
    if begin is None:
        return None
    last = timezone.now().astimezone(UTC)
    span = SPANS.get(query.get("span", ""))
    first = begin if span is None else max(begin, last - span)
    step = max((last - first) / SLOTS, timedelta(seconds=1))
    edges = [first + step * index for index in range(SLOTS + 1)]
    positions = last_positions_by(edges)
    if span is None:
        # The first event was recorded at the first edge itself.
        positions[0] = -1
    counts = happenings(positions, collections=collections)
    slots = [Slot(edge, count) for edge, count in zip(edges, counts, strict=False)]
    label = next((form for longest, form in LABELS if last - first < longest), BY_DAY)
    return TimeLine(
        chart=draw(slots, label=label),
        hits=[_hit(index, slot, edges[index + 1], query) for index, slot in enumerate(slots)],
        marks=[_share(moment, first, edges[-1]) for moment in chosen if first <= moment],
        first=first,
        last=last,
    )


def _hit(index: int, slot: Slot, until: datetime, query: QueryDict) -> Hit:
    width = 100 / SLOTS
    url = address(query, at=f"{until:%Y-%m-%dT%H:%M:%S}", position="", after="", title="")
    return Hit(round(index * width, 3), round(width, 3), slot, until, url)


def _share(moment: datetime, first: datetime, last: datetime) -> float:
    return round(min((moment - first) / (last - first), 1) * 100, 2)


def time_of(position: int) -> datetime | None:
    """When a position was given; None before the log began."""
    return placed_at([position]).get(position)
