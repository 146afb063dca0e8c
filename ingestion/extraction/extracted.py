"""What an extractor is, what it gives, and how it says that it cannot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Page:
    """Page `number` (from 1) is `text[start:end]`, in code points."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Extracted:
    """The text of a document and what is known about it. No warning quotes the document."""

    text: str
    pages: tuple[Page, ...] = ()
    title: str | None = None
    language: str | None = None
    warnings: tuple[str, ...] = ()
    extractor_name: str = ""
    extractor_version: str = ""


class ExtractionFailed(Exception):
    """No text could be had; the message tells a person why and never quotes the document."""

    def __init__(self, reason_code: str, message: str) -> None:
        super().__init__(message)
        self.reason_code = reason_code
        self.message = message


class Extractor(Protocol):
    """One format: copy the nearest file, and name the new one in `formats.py`.

    A module whose format can be read in several ways lists the others as FORMS, by their names.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str:
        """Its own version and, where a library does the work, the library's."""
        ...

    def extract(self, content: bytes, *, charset: str | None) -> Extracted:
        """The text. Raises ExtractionFailed."""
        ...


def counted(count: int, singular: str, plural: str) -> str:
    """`1 page`, `3 pages`."""
    return f"{count} {singular if count == 1 else plural}"


def listed(numbers: Sequence[int], *, most: int = 10) -> str:
    """`2, 3, 7`, cut after `most`."""
    shown = ", ".join(str(number) for number in numbers[:most])
    return f"{shown} and {len(numbers) - most} more" if len(numbers) > most else shown
