"""What is handed in, checked: bytes, names, metadata and times, before anything is recorded."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings

from ingestion import media_types
from ingestion.errors import DocumentTooLarge, FieldRefused
from ingestion.events import Program
from ingestion.extraction.extracted import Page
from ingestion.moments import Moment, as_text, instant
from provenance.eventstore.fingerprints import keyed_hash

UNNAMED_TYPE = "application/octet-stream"
MAX_NAME = 4000
MAX_PROGRAM_NAME = 200
# As orjson writes U+0000, which PostgreSQL can store in no text: an odd number of backslashes.
NUL_IN_JSON = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


@dataclass(frozen=True)
class HandedInText:
    """Text that the sender's own program read from the bytes, with its pages."""

    text: str
    pages: tuple[Page, ...]
    extractor: Program

    def as_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "pages": [[page.number, page.start, page.end] for page in self.pages],
        }

    @property
    def keyed_hash(self) -> str:
        facts = {**self.as_json(), "extractor": self.extractor.model_dump()}
        return keyed_hash(orjson.dumps(facts), purpose="extracted")


@dataclass(frozen=True)
class HandedInFile:
    """The bytes with what they are; hashes are made once."""

    content: bytes
    media_type: str
    sha256: str
    keyed_hash: str
    extracted: HandedInText | None


def checked_file(
    content: bytes,
    *,
    media_type: str | None,
    file_name: str | None,
    extracted: Mapping[str, Any] | None,
) -> HandedInFile:
    """Raises DocumentTooLarge, FieldRefused, UnsupportedMediaType."""
    if len(content) > settings.MAX_DOCUMENT_BYTES:
        raise DocumentTooLarge(settings.MAX_DOCUMENT_BYTES)
    if not content:
        raise FieldRefused("content", "is empty")
    text = None if extracted is None else _checked_text(extracted)
    return HandedInFile(
        content=content,
        media_type=_media_type(content, media_type, file_name, has_text=text is not None),
        sha256=hashlib.sha256(content).hexdigest(),
        keyed_hash=keyed_hash(content, purpose="content"),
        extracted=text,
    )


def checked_names(**names: str | None) -> dict[str, str]:
    """The given ones. Raises FieldRefused for what no log can keep."""
    given = {field: name for field, name in names.items() if name is not None}
    for field, name in given.items():
        if len(name) > MAX_NAME:
            raise FieldRefused(field, f"is longer than {MAX_NAME} characters")
        _refuse_unwritable(field, name)
    return given


def checked_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Raises FieldRefused."""
    try:
        written = orjson.dumps(dict(metadata))
    except TypeError as error:
        raise FieldRefused("metadata", "is not JSON, or holds a number beyond 64 bits") from error
    if len(written) > settings.MAX_METADATA_BYTES:
        raise FieldRefused("metadata", f"is longer than {settings.MAX_METADATA_BYTES} bytes")
    if NUL_IN_JSON.search(written):
        raise FieldRefused("metadata", "holds the character U+0000")
    return dict(metadata)


def checked_times(*, begins: Moment, ends: Moment, time_zone: str) -> dict[str, str]:
    """The given effective times as events carry them. Raises FieldRefused."""
    first = instant(begins, field="effective_from", time_zone=time_zone)
    last = instant(ends, field="effective_until", time_zone=time_zone)
    if first is not None and last is not None and last <= first:
        raise FieldRefused("effective_until", "is not after effective_from")
    times = {"effective_from": as_text(first), "effective_until": as_text(last)}
    return {name: text for name, text in times.items() if text is not None}


def _media_type(
    content: bytes, declared: str | None, file_name: str | None, *, has_text: bool
) -> str:
    try:
        return media_types.decide(content, declared=declared, file_name=file_name)
    except media_types.UnsupportedMediaType:
        # Whoever brings the text may bring any file: a picture of a page, for one.
        if not has_text:
            raise
        return media_types.bare(declared or "") or UNNAMED_TYPE


def _checked_text(extracted: Mapping[str, Any]) -> HandedInText:
    text = extracted["text"]
    if len(text.encode("utf-8", "surrogatepass")) > settings.MAX_DOCUMENT_BYTES:
        raise DocumentTooLarge(settings.MAX_DOCUMENT_BYTES)
    _refuse_unwritable("extracted", text)
    if not text.strip():
        raise FieldRefused("extracted", "holds no text")
    program = extracted["extractor"]
    for part in ("name", "version"):
        if len(program[part]) > MAX_PROGRAM_NAME:
            raise FieldRefused("extracted", f"names an extractor by a {part} that is too long")
        _refuse_unwritable("extracted", program[part])
    return HandedInText(
        text=text,
        pages=_checked_pages(extracted.get("pages") or (), len(text)),
        extractor=Program(name=program["name"], version=program["version"]),
    )


def _checked_pages(pages: Sequence[Mapping[str, int]], length: int) -> tuple[Page, ...]:
    checked = tuple(Page(page["number"], page["start"], page["end"]) for page in pages)
    last = 0
    for page in checked:
        if not last <= page.start <= page.end <= length:
            raise FieldRefused("extracted", "has pages that are no spans of the text, in order")
        last = page.end
    return checked


def _refuse_unwritable(field: str, text: str) -> None:
    if "\0" in text:
        raise FieldRefused(field, "holds the character U+0000")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise FieldRefused(field, "holds half of a surrogate pair") from error
