"""Documents and versions, going in and coming out."""

import binascii
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.conf import settings
from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from provenance.api.fields import (
    CollectionName,
    InstantOrDate,
    Line,
    MediaType,
    Metadata,
    ShortLine,
    at_most_bytes,
    no_blank,
    too_large,
)
from provenance.api.problems import BadField
from provenance.api.serializers.shape import Answer, Input

Status = Literal[
    "submitted",
    "processed",
    "indexed",
    "superseded",
    "failed",
    "withdrawn",
    "quarantined",
    "erased",
]


def decode_base64(value: Any) -> bytes:
    """The bytes of base64 text; line breaks, which common tools put in, are allowed."""
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "must be a text")
    if len(value) > 2 * settings.MAX_DOCUMENT_BYTES:
        raise too_large(settings.MAX_DOCUMENT_BYTES)
    compact = value.replace("\r", "").replace("\n", "") if "\n" in value else value
    try:
        content = binascii.a2b_base64(compact, strict_mode=True)
    except ValueError as error:
        raise ValueError("is not base64") from error
    if len(content) > settings.MAX_DOCUMENT_BYTES:
        raise too_large(settings.MAX_DOCUMENT_BYTES)
    return content


Base64 = Annotated[
    bytes,
    BeforeValidator(decode_base64),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]


class Extractor(Input):
    """The program that read the text."""

    name: ShortLine
    version: ShortLine


class Page(Input):
    """A page and its span of the text, in code points."""

    number: Annotated[int, Field(ge=1)]
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]


class Extracted(Input):
    """Text that the customer's own program, an OCR for example, read from the bytes."""

    text: Annotated[str, at_most_bytes("MAX_DOCUMENT_BYTES")]
    pages: Annotated[list[Page], Field(max_length=100_000)] = Field(default_factory=list)
    extractor: Extractor


class DocumentFields(Input):
    """What can be said about a version, whichever way its bytes come."""

    external_id: ShortLine | None = None
    title: Line | None = None
    source_uri: Line | None = None
    source_version: ShortLine | None = None
    media_type: MediaType | None = None
    collection: CollectionName = "default"
    extracted: Extracted | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{2,35}$")] | None = None
    effective_from: InstantOrDate | None = None
    effective_until: InstantOrDate | None = None
    if_current_version: Annotated[int, Field(ge=0, description="0: none yet")] | None = None
    metadata: Metadata = Field(default_factory=dict)

    def contradictions(self) -> Iterator[BadField]:
        begins, ends = self.effective_from, self.effective_until
        if type(begins) is type(ends) and begins and ends and begins >= ends:
            yield BadField(("effective_until",), "is not after effective_from")
        if self.extracted:
            yield from _misplaced_pages(self.extracted)


def _misplaced_pages(extracted: Extracted) -> Iterator[BadField]:
    last_number, last_end = 0, 0
    for index, page in enumerate(extracted.pages):
        if page.number <= last_number or page.start < last_end:
            yield BadField(("extracted", "pages", index), "does not follow the page before it")
        elif not page.start <= page.end <= len(extracted.text):
            yield BadField(("extracted", "pages", index), "is not a span of the text")
        last_number, last_end = page.number, page.end


class DocumentIn(DocumentFields):
    """A document, or its next version, with its bytes as text or as base64."""

    content: Annotated[str, at_most_bytes("MAX_DOCUMENT_BYTES")] | None = None
    content_base64: Base64 | None = None

    def contradictions(self) -> Iterator[BadField]:
        yield from super().contradictions()
        if self.content is None and self.content_base64 is None:
            yield BadField(("content",), "is required, unless content_base64 is given")
        if self.content is not None and self.content_base64 is not None:
            yield BadField(("content_base64",), "is given beside content")


class WithdrawalIn(Input):
    """Ends all versions known by now; the log keeps them."""

    reason: Annotated[
        str,
        BeforeValidator(lambda v: no_blank(v) if isinstance(v, str) else v),
        StringConstraints(max_length=4000),
    ]
    effective_from: InstantOrDate | None = None


class QuarantineIn(Input):
    """Why the version is doubted, or doubted no longer."""

    reason: Annotated[
        str,
        BeforeValidator(lambda v: no_blank(v) if isinstance(v, str) else v),
        StringConstraints(max_length=4000),
    ]


class RetryIn(Input):
    """There is nothing to say: the version's bytes and description stay as they are."""


class DocumentFormIn(DocumentFields):
    """The same as form parts, with the bytes in the part `file`; objects are JSON text."""

    file: Annotated[Any, WithJsonSchema({"type": "string", "format": "binary"})]


class SubmittedOut(Answer):
    """Where the bytes went; `unchanged` and `described` say why no new version was made."""

    document_id: UUID
    version_id: UUID
    version_number: int
    content_sha256: str
    status: Status
    unchanged: bool
    described: bool


class VersionOut(Answer):
    """One version: immutable bytes, and how far they have come."""

    version_id: UUID
    version_number: int
    status: Status
    content_sha256: str
    media_type: str
    bytes: int
    submitted_at: datetime
    position: int | None
    chunks: int | None
    effective_from: datetime | None
    effective_until: datetime | None
    submitted_by: str | None
    warnings: list[Any]
    reason: str | None


class DocumentRow(Answer):
    """A document as a list shows it."""

    document_id: UUID
    external_id: str | None
    title: str | None
    collection: str
    status: Status
    current_version: int | None


class DocumentOut(DocumentRow):
    """A document with all its versions, newest first."""

    versions: list[VersionOut]


class DocumentListOut(Answer):
    """A page of documents."""

    data: list[DocumentRow]
    next_cursor: str | None


class ReadingOut(Answer):
    """What the parsers of a reading made of a version that others had read.

    Where it is `same` or `failed`, for the `reason`, the version keeps its text under it.
    """

    reading: str
    extractor: str
    outcome: Literal["changed", "same", "failed"]
    warnings: list[Any]
    reason: str | None


class VersionDetailOut(VersionOut):
    """One version with what is said about it."""

    document_id: UUID
    collection: str
    external_id: str | None
    title: str | None
    source_uri: str | None
    source_version: str | None
    file_name: str | None
    language: str | None
    metadata: dict[str, Any]
    readings: list[ReadingOut]


class PageOut(Answer):
    """A page and its span of the text, in code points."""

    number: int
    start: int
    end: int


class TextOut(Answer):
    """A version's extracted text; every offset of this interface counts its code points."""

    text: str
    pages: list[PageOut]


class ChunkOut(Answer):
    """A passage: the version's text from `char_start` to `char_end`."""

    chunk_id: UUID
    ordinal: int
    char_start: int
    char_end: int
    page: int | None
    text: str


class ChunkListOut(Answer):
    """A version's passages in their order."""

    data: list[ChunkOut]
    next_cursor: str | None


class WithdrawnOut(Answer):
    """The withdrawal is in the log."""

    document_id: UUID
    status: Status
    effective_from: datetime | None


class RetriedOut(Answer):
    """The version is on its way again."""

    version_id: UUID
    status: Status


class ReleasedOut(Answer):
    """The version left its quarantine; its status follows."""

    version_id: UUID
