"""Query parameters: texts that are read as strictly as a body's fields."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from django.http import QueryDict
from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from provenance.api.fields import MAX_POSITION, Id, parse_instant, parse_instant_or_date
from provenance.api.paging import DEFAULT_LIMIT, MAX_LIMIT
from provenance.api.problems import BadField, Invalid
from provenance.api.serializers.documents import Status
from provenance.api.serializers.shape import Input

DIGITS = re.compile(r"-?\d{1,19}", re.ASCII)
# A plus sign that was not escaped arrives as a space; before an offset it can mean nothing else.
LOST_PLUS = re.compile(r" (?=\d\d:\d\d$)")


class Query(Input):
    """The query parameters of an operation; unknown and repeated ones are refused."""

    @classmethod
    def read_from(cls, parameters: QueryDict) -> Self:
        """Raises Invalid."""
        bad = [
            BadField((name,), "is given more than once" if len(values) > 1 else "contains U+0000")
            for name, values in parameters.lists()
            if len(values) > 1 or "\0" in f"{name}{values[0]}"
        ]
        if bad:
            raise Invalid(bad)
        return cls.read(parameters.dict())


def parse_whole_number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and DIGITS.fullmatch(value) else value


def parse_query_instant(value: Any) -> datetime:
    return parse_instant(LOST_PLUS.sub("+", value) if isinstance(value, str) else value)


def parse_query_instant_or_date(value: Any) -> datetime | date:
    return parse_instant_or_date(LOST_PLUS.sub("+", value) if isinstance(value, str) else value)


def parse_query_position_or_instant(value: Any) -> int | datetime:
    """Digits are a position, anything else must be a time."""
    if isinstance(value, str) and DIGITS.fullmatch(value):
        if 0 <= int(value) <= MAX_POSITION:
            return int(value)
        raise ValueError("is not a position: positions count from 0")
    return parse_query_instant(value)


QueryInstant = Annotated[
    datetime,
    BeforeValidator(parse_query_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
QueryInstantOrDate = Annotated[
    datetime | date,
    BeforeValidator(parse_query_instant_or_date),
    WithJsonSchema(
        {
            "type": "string",
            "description": "a time with an offset, or a date: midnight in the collections' zone",
        }
    ),
]
QueryMoment = Annotated[
    int | datetime,
    BeforeValidator(parse_query_position_or_instant),
    WithJsonSchema({"type": "string", "description": "a position, or a time with an offset"}),
]
ReadsDigits = BeforeValidator(parse_whole_number)
Words = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Cursor = Annotated[str, StringConstraints(max_length=2000)]
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT), ReadsDigits]


class TextQuery(Query):
    """Which text of a version: by a reading, else the one that it was processed with."""

    reading: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None


class Paged(Query):
    """A list is read page by page: send `next_cursor` of one page as `cursor` for the next."""

    limit: Limit = DEFAULT_LIMIT
    cursor: Cursor | None = None

    def filters(self) -> dict[str, Any]:
        """The given parameters besides those of the paging."""
        return {
            name: value for name, value in self.given().items() if name not in {"limit", "cursor"}
        }


class DocumentsQuery(Paged):
    """Which documents."""

    collection: Words | None = None
    external_id: Words | None = None
    status: Status | None = None
    q: Words | None = None


class OutputsQuery(Paged):
    """Which outputs."""

    q: Words | None = None
    application: Words | None = None
    model: Words | None = None
    since: QueryInstant | None = None
    until: QueryInstant | None = None
    document_id: Id | None = None
    version_id: Id | None = None
    conversation_id: Words | None = None
    user_ref: Words | None = None
    turn: Annotated[int, Field(ge=0), ReadsDigits] | None = None
    parent_output_id: Id | None = None
    subject_ref: Words | None = None
    tag: Words | None = None
    review_status: Literal["unreviewed", "in_review", "signed_once", "signed"] | None = None


class PeriodQuery(Query):
    """A period by the time of recording; `until` is exclusive."""

    since: QueryInstant
    until: QueryInstant


class ImpactQuery(Paged):
    """Which of the outputs that rest on something."""

    relation: Literal["cited", "in_prompt", "retrieved_only"] | None = None
    application: Words | None = None


class PassageImpactQuery(ImpactQuery):
    """The same, of a version or of one of its passages."""

    chunk_id: Id | None = None


class StaleAnswersQuery(Paged):
    """Which stale answers: those found beyond a position of the log."""

    after: Annotated[int, Field(ge=-1, le=MAX_POSITION), ReadsDigits] = -1
    application: Words | None = None


class ProvQuery(Query):
    """In which form."""

    format: Literal["json", "provn"] = "json"


class EventsQuery(Query):
    """Which part of the log."""

    after: Annotated[int, Field(ge=-1, le=MAX_POSITION), ReadsDigits] = -1
    types: Annotated[Words, Field(description="bare event names, separated by commas")] | None = (
        None
    )
    stream: Words | None = None
    limit: Annotated[int, Field(ge=1, le=1000), ReadsDigits] = 100


class KnowledgeQuery(Paged):
    """What was known when; now if nothing is said."""

    at: QueryMoment | None = None
    effective_at: QueryInstantOrDate | None = None
    collection: Words | None = None


class KnowledgeDiffQuery(Paged):
    """Between which two moments; `effective_at` is of both, unless one has its own."""

    from_: Annotated[QueryMoment, Field(alias="from")]
    to: QueryMoment | None = None
    effective_at: QueryInstantOrDate | None = None
    from_effective_at: QueryInstantOrDate | None = None
    to_effective_at: QueryInstantOrDate | None = None
    collection: Words | None = None


class WhyNotQuery(Query):
    """Which document, or which version of it."""

    document_id: Id
    version_id: Id | None = None
