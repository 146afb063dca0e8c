"""How complete a day of an application is, and when that is an alarm. Pure: no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# Fewer records than this say nothing about a day.
ENOUGH = 20
# Today and yesterday.
RECENT_DAYS = 2


@dataclass(frozen=True)
class Day:
    """What an application recorded on a day; what is young is not counted as wanting yet."""

    day: date
    application: str
    retrievals: int = 0
    unanswered: int = 0
    unresolved: int = 0
    outputs: int = 0
    baseless: int = 0
    foreign: int = 0
    missing: int = 0
    turns: int = 0

    @property
    def expected(self) -> int:
        """Retrievals and outputs, and those that the application's own counters tell of."""
        return self.retrievals + self.outputs + self.missing + self.turns

    @property
    def wanting(self) -> int:
        return (
            self.unanswered
            + self.unresolved
            + self.baseless
            + self.foreign
            + self.missing
            + self.turns
        )

    @property
    def ratio(self) -> float | None:
        """The part of what is expected that is complete; None where nothing is expected."""
        if self.expected <= 0:
            return None
        return max(0.0, 1 - self.wanting / self.expected)

    @property
    def per_cent(self) -> int:
        """Whole per cent; 100 only if nothing at all is wanting."""
        ratio = 1.0 if self.ratio is None else self.ratio
        return int(ratio * 100)


@dataclass(frozen=True)
class Limits:
    """An alarm: less than `least` of what is expected, or so much less than is usual."""

    least: float = 0.9
    drop: float = 0.1


@dataclass(frozen=True)
class Alarm:
    """An application is less complete than it should be, or than it was."""

    day: Day
    usual: float | None

    @property
    def usual_per_cent(self) -> int | None:
        return None if self.usual is None else int(self.usual * 100)


def alarms(
    days: Mapping[str, Sequence[Day]], today: date, limits: Limits = Limits()
) -> list[Alarm]:
    """At most one for each application: its newest recent day with enough records decides.

    What no application recorded alarms nobody.
    """
    found = (_alarm(each, today, limits) for name, each in sorted(days.items()) if name)
    return [alarm for alarm in found if alarm is not None]


def _alarm(days: Sequence[Day], today: date, limits: Limits) -> Alarm | None:
    enough = [day for day in days if day.expected >= ENOUGH]
    newest = max(enough, key=lambda day: day.day, default=None)
    if newest is None or newest.day <= today - timedelta(days=RECENT_DAYS):
        return None
    before = [day for day in enough if day.day < newest.day]
    expected = sum(day.expected for day in before)
    usual = 1 - sum(day.wanting for day in before) / expected if expected else None
    ratio = newest.ratio or 0.0
    dropped = usual is not None and ratio < usual - limits.drop
    return Alarm(newest, usual) if ratio < limits.least or dropped else None
