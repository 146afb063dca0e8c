"""Problem answers, as OpenAPI describes them."""

from typing import Annotated

from pydantic import Field

from provenance.api.serializers.shape import Answer


class BadFieldOut(Answer):
    """One bad field."""

    pointer: Annotated[str, Field(examples=["#/results/0/text"])]
    detail: str


class ProblemOut(Answer):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[BadFieldOut] | None = None
    limit: int | None = None
