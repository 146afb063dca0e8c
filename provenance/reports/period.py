"""The period of a report: days of a calendar in UTC, and the positions that the log gave in it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import gettext_noop

from provenance.eventstore import store

MOST_DAYS = 366 * 10
USUAL_DAYS = 30


class PeriodRefused(ValueError):
    """The days make no period that can be reported on."""


@dataclass(frozen=True)
class Period:
    """From the beginning of `first` to the end of `last`."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise PeriodRefused("The last day lies before the first.")
        if self.days > MOST_DAYS:
            raise PeriodRefused("A report covers ten years at most.")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def until(self) -> datetime:
        """The first moment after the period."""
        return datetime.combine(self.last, time(), UTC) + timedelta(days=1)

    def positions(self) -> tuple[int, int]:
        """The position before the first one of the period, and its last; equal if it has none."""
        return _last_before(self.since), _last_before(self.until)


def usual_period(today: date) -> Period:
    return _last_days(today, USUAL_DAYS)


def usual_periods(today: date) -> list[tuple[str, Period]]:
    """What people ask for most, in their words."""
    last_month = today.replace(day=1) - timedelta(days=1)
    return [
        (gettext_noop("last 7 days"), _last_days(today, 7)),
        (gettext_noop("last 30 days"), usual_period(today)),
        (gettext_noop("last month"), Period(last_month.replace(day=1), last_month)),
        (gettext_noop("this year"), Period(today.replace(month=1, day=1), today)),
    ]


def _last_days(today: date, days: int) -> Period:
    return Period(today - timedelta(days=days - 1), today)


def _last_before(moment: datetime) -> int:
    found = store.position_at(moment - timedelta(microseconds=1))
    return -1 if found is None else found
