"""The life of a document, drawn: when each version was in force, and when it was used.

Across, everything is a percentage of the time from the first date to the last, as in `charts`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from provenance.accounts.access import Principal
from provenance.history.standing import Standing, VersionDates
from provenance.history.uses_over_time import uses_between
from provenance.pages.charts import Chart, Slot, draw

SLOTS = 40
# The newest versions, one below the other.
LANES, LANE, BAR = 24, 24, 14
THINNEST = 0.4
# Dates further away than this mean "ever", and would leave no room for the rest.
EVER = timedelta(days=36525)
# How a span is told: by the second, by the clock, else by the day.
LABELS = ((timedelta(minutes=10), "%H:%M:%S"), (timedelta(days=3), "%H:%M"))
BY_DAY = "%-d %b %Y"


@dataclass(frozen=True)
class Lane:
    """A version: its bar while it was in force, and a mark where it was handed in."""

    version: VersionDates
    y: int
    x: float
    width: float
    handed_in: float
    until: datetime | None


@dataclass(frozen=True)
class Life:
    """The lanes above the chart of uses; `now` is where the present lies, in per cent."""

    lanes: Sequence[Lane]
    chart: Chart
    now: float
    older: int
    first: datetime
    last: datetime
    height: int
    bar: int = BAR


def life(
    document_id: UUID,
    versions: Sequence[VersionDates],
    standings: Mapping[UUID, Standing],
    *,
    now: datetime,
    withdrawn_at: datetime | None,
    principal: Principal,
) -> Life | None:
    """None for a document without versions; `withdrawn_at` is when it was last withdrawn."""
    if not versions:
        return None
    shown = sorted(versions, key=lambda each: -each.version_number)[:LANES]
    told = [moment for each in shown for moment in _moments(each)]
    moments = [moment for moment in told if now - EVER < moment < now + EVER]
    first, last = min(moments), max([*moments, now])
    step = max((last - first) / SLOTS, timedelta(seconds=1))
    edges = [first + step * index for index in range(SLOTS + 1)]
    # What happens at the last moment belongs to the last slot.
    edges[-1] += timedelta(microseconds=1)
    counts = uses_between(document_id, edges, principal=principal)
    slots = [Slot(edge.astimezone(UTC), count) for edge, count in zip(edges, counts, strict=False)]
    label = next((form for longest, form in LABELS if last - first < longest), BY_DAY)
    axis = _Axis(first, edges[-1])
    return Life(
        lanes=[
            _lane(each, _until(each, standings[each.version_id], withdrawn_at), index, axis)
            for index, each in enumerate(shown)
        ],
        chart=draw(slots, label=label),
        now=axis.at(now),
        older=len(versions) - len(shown),
        first=first,
        last=last,
        height=len(shown) * LANE,
    )


@dataclass(frozen=True)
class _Axis:
    first: datetime
    last: datetime

    def at(self, moment: datetime) -> float:
        share = (moment - self.first) / (self.last - self.first)
        return round(min(max(share, 0), 1) * 100, 2)


def _moments(version: VersionDates) -> list[datetime]:
    told = (version.submitted_at, version.effective_from, version.effective_until)
    return [moment for moment in told if moment is not None]


def _lane(version: VersionDates, until: datetime | None, index: int, axis: _Axis) -> Lane:
    x = axis.at(version.effective_from or version.submitted_at)
    width = max(axis.at(until or axis.last) - x, THINNEST)
    was_in_force = version.indexed_position is not None
    return Lane(
        version=version,
        y=index * LANE + (LANE - BAR) // 2,
        x=min(x, 100 - THINNEST),
        width=round(width, 2) if was_in_force else 0,
        handed_in=axis.at(version.submitted_at),
        until=until,
    )


def _until(
    version: VersionDates, standing: Standing, withdrawn_at: datetime | None
) -> datetime | None:
    """When the version stopped standing for its document; None while it does."""
    if standing.kind in {"replaced", "expired"}:
        return standing.since
    if standing.kind == "withdrawn":
        return standing.since or withdrawn_at
    return version.effective_until
