"""Effective times: a time with its offset, or a day that begins in the collection's time zone."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from ingestion.errors import FieldRefused

Moment = datetime | date | str | None

# Of a collection that is not there yet.
DEFAULT_TIME_ZONE = "UTC"
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def instant(value: Moment, *, field: str, time_zone: str) -> datetime | None:
    """The moment in UTC; an empty text is none. Raises FieldRefused."""
    if isinstance(value, str):
        value = _parsed(value.strip(), field)
    return None if value is None else in_utc(value, field=field, time_zone=time_zone)


def in_utc(value: datetime | date, *, field: str, time_zone: str) -> datetime:
    """A time, or the midnight with which a day begins in the zone. Raises FieldRefused."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=ZoneInfo(time_zone))
    if value.utcoffset() is None:
        raise FieldRefused(field, "has no offset: end it with Z or an offset like +01:00")
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise FieldRefused(field, "is out of range") from error


def as_text(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with microseconds, as events carry it."""
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)


def from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _parsed(text: str, field: str) -> datetime | date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else datetime.fromisoformat(text)
    except ValueError as error:
        raise FieldRefused(
            field, "is neither a day like 2026-01-31 nor a time like 2026-01-31T09:00:00+01:00"
        ) from error
