"""Days in the address of a page."""

from datetime import UTC, datetime

from django.http import QueryDict


def day_of(query: QueryDict, name: str) -> datetime | None:
    """The beginning of the day in UTC; None where none is named, or none that exists."""
    try:
        day = datetime.strptime(query.get(name, ""), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
    # A list until the last day of all would end beyond time.
    return day if (day.month, day.day, day.year) != (12, 31, 9999) else None
