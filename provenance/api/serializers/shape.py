"""What request bodies and answers are made of: pydantic models, strict going in.

They stand where DRF's serializers would: those take `5` for a text and ignore unknown fields, and
reading the body of a retrieval with one costs many times as much. OpenAPI describes both alike.
"""

from collections.abc import Iterator
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from provenance.api.fields import TOO_LARGE
from provenance.api.problems import BadField, Invalid, Step, TooLarge

WORDING = {
    "missing": "is required",
    "extra_forbidden": "is not a field of this request",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "string_type": "must be a text",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "string_pattern_mismatch": "does not have the form that is asked for",
}


class Shape(BaseModel):
    """A body or an answer."""


class Input(Shape):
    """A request body: unknown fields and near-miss types are refused; null means absent."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @classmethod
    def read(cls, data: Any, *, at: tuple[Step, ...] = ()) -> Self:
        """The body's fields; `at` leads to it inside another body. Raises Invalid, TooLarge."""
        try:
            body = cls.model_validate(data)
        except ValidationError as error:
            raise _problem(error, at) from None
        contradictions = list(body.contradictions())
        if contradictions:
            raise Invalid(BadField((*at, *bad.path), bad.detail) for bad in contradictions)
        return body

    def contradictions(self) -> Iterator[BadField]:
        """What is wrong between fields that are each well formed."""
        yield from ()

    def given(self) -> dict[str, Any]:
        """The top-level fields that were sent and are not null, as keyword arguments."""
        return {
            name: value
            for name in self.model_fields_set
            if (value := getattr(self, name)) is not None
        }


class Answer(Shape):
    """An answer's fields: they document it, and a test holds the real answers to them."""

    model_config = ConfigDict(extra="forbid")


def plain(value: Any) -> Any:
    """Nested inputs as the JSON they were, without the fields that were not sent."""
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_unset=True, exclude_none=True)
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def _problem(error: ValidationError, at: tuple[Step, ...]) -> Invalid | TooLarge:
    found = error.errors(include_url=False, include_input=False)
    for details in found:
        if details["type"] == TOO_LARGE:
            path = (*at, *details["loc"])
            return TooLarge(f"'{path[-1]}'", details["ctx"]["limit"], path=path)
    return Invalid(BadField((*at, *details["loc"]), _worded(details)) for details in found)


def _worded(details: ErrorDetails) -> str:
    if details["type"] == "value_error":
        return str(details["ctx"]["error"])
    text = WORDING.get(details["type"], details["msg"])
    return text[0].lower() + text[1:]
