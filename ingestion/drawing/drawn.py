"""Draws one page of a PDF with a passage marked, in a child process with limits."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore

from ingestion.extraction.extracted import ExtractionFailed
from ingestion.extraction.sandbox import answered

# Part of what a picture is known by: a new one for whatever changes how pages look.
RENDERER = "1"
# Somebody waits at a browser; a page that takes longer is not worth a worker.
SECONDS = 8
MEMORY_BYTES = 512 * 1024 * 1024
# Each drawing keeps a processor busy; who finds none free is asked to come again.
AT_ONCE = BoundedSemaphore(2)
PATIENCE_SECONDS = 4


@dataclass(frozen=True)
class Wanted:
    """The passage is `text[start:end]` of the page's extracted text; none if start == end."""

    page: int
    text: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Drawn:
    """A picture (PNG); `placed` is None where no passage was asked for."""

    png: bytes
    placed: bool | None


class TooManyDrawings(Exception):
    """Others are having pages drawn: ask again in a moment."""


def draw(content: bytes, wanted: Wanted) -> Drawn:
    """Raises ExtractionFailed, TooManyDrawings."""
    asked = {
        "page": wanted.page,
        "text": wanted.text,
        "start": wanted.start,
        "end": wanted.end,
    }
    with _a_place():
        # On stdin, since everybody on the machine may read the arguments of a process.
        answer = answered(
            "ingestion.drawing.child",
            content=json.dumps(asked).encode() + b"\n" + content,
            seconds=SECONDS,
            memory_bytes=MEMORY_BYTES,
        )
    return Drawn(base64.b64decode(answer["png"]), answer["placed"])


@contextmanager
def _a_place() -> Iterator[None]:
    if not AT_ONCE.acquire(timeout=PATIENCE_SECONDS):
        raise TooManyDrawings
    try:
        yield
    finally:
        AT_ONCE.release()


__all__ = ["RENDERER", "Drawn", "ExtractionFailed", "TooManyDrawings", "Wanted", "draw"]
