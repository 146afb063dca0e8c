"""Field types of request bodies: each takes exactly what the interface says and nothing near it."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from django.conf import settings
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?P<offset>[Zz]|[+-]\d\d:\d\d)?", re.ASCII
)
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
CANONICAL_UUID = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE
)
MAX_POSITION = 2**63 - 1
TOO_LARGE = "too_large"


def parse_uuid(value: Any) -> Any:
    """The UUID of its canonical text; other spellings would make one id look like two."""
    if isinstance(value, str) and CANONICAL_UUID.fullmatch(value):
        return UUID(value)
    raise ValueError("is not a UUID like 0190a6a8-7b1c-7c3e-9d50-0242ac120002")


def parse_instant(value: Any) -> datetime:
    """The time of an RFC 3339 text with an offset, in UTC."""
    match = RFC_3339.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("is not an RFC 3339 time like 2026-01-31T09:00:00+01:00")
    if match["offset"] is None:
        raise ValueError("has no offset: end it with Z or an offset like +01:00")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("is not a time that exists") from error


def parse_instant_or_date(value: Any) -> datetime | date:
    """A time, or a day that the collection's time zone gives its midnight."""
    if isinstance(value, str) and DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError("is not a day that exists") from error
    return parse_instant(value)


def parse_position_or_instant(value: Any) -> int | datetime:
    """A position of the log, or a time that means the last position given by then."""
    if isinstance(value, int) and not isinstance(value, bool):
        if 0 <= value <= MAX_POSITION:
            return value
        raise ValueError("is not a position: positions count from 0")
    return parse_instant(value)


def at_most_bytes(setting: str) -> AfterValidator:
    """Bounds a text by its UTF-8 bytes; the limit is the setting of that name."""

    def check(value: str) -> str:
        limit: int = getattr(settings, setting)
        # A code point takes 1 to 4 bytes: most texts need no encoding to be measured.
        if len(value) > limit or (len(value) * 4 > limit and len(value.encode()) > limit):
            raise too_large(limit)
        return value

    return AfterValidator(check)


def bounded_json(setting: str) -> Callable[[Any], Any]:
    """Bounds a JSON value by its bytes as compact JSON; the limit is the setting of that name."""

    def check(value: Any) -> Any:
        limit: int = getattr(settings, setting)
        if len(orjson.dumps(value)) > limit:
            raise too_large(limit)
        return value

    return check


def at_most_json_bytes(setting: str) -> AfterValidator:
    return AfterValidator(bounded_json(setting))


def too_large(limit: int) -> PydanticCustomError:
    return PydanticCustomError(TOO_LARGE, "longer than {limit} bytes", {"limit": limit})


def no_blank(value: str) -> str:
    if not value or value.isspace():
        raise ValueError("is empty")
    return value


Id = Annotated[UUID, BeforeValidator(parse_uuid)]
Instant = Annotated[
    datetime,
    BeforeValidator(parse_instant),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "description": "RFC 3339 with an offset",
        }
    ),
]
InstantOrDate = Annotated[
    datetime | date,
    BeforeValidator(parse_instant_or_date),
    WithJsonSchema(
        {
            "type": "string",
            "description": "RFC 3339 with an offset, or a date: midnight in the collection's zone",
            "examples": ["2026-01-01", "2026-01-01T00:00:00+01:00"],
        }
    ),
]
PositionOrInstant = Annotated[
    int | datetime,
    BeforeValidator(parse_position_or_instant),
    WithJsonSchema(
        {
            "description": "a position of the log, or an RFC 3339 time with an offset",
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "format": "date-time"},
            ],
        }
    ),
]
# A name, title, address or outside id: one line of text, never a whole document.
Line = Annotated[str, StringConstraints(max_length=2000)]
ShortLine = Annotated[str, StringConstraints(min_length=1, max_length=500)]
CollectionName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
MediaType = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9!#$&^_.+-]{1,127}/[A-Za-z0-9!#$&^_.+-]{1,127}"
        r"(?:\s*;\s*[^\x00-\x1f\x7f]{1,200})?$"
    ),
]
Query = Annotated[str, AfterValidator(no_blank), at_most_bytes("MAX_QUERY_BYTES")]
OutputText = Annotated[str, at_most_bytes("MAX_OUTPUT_BYTES")]
Metadata = Annotated[dict[str, Any], at_most_json_bytes("MAX_METADATA_BYTES")]
Score = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
Rank = Annotated[int, Field(ge=1, le=1_000_000)]
