"""The texts of versions: the one that each was processed with, and those that were read anew.

Whoever has a passage or a span asks for the text that it is of; there is no newest one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from ingestion.models import Chunk, Rereading, VersionText

AS_PROCESSED = ""


@dataclass(frozen=True)
class ReadText:
    """A text with its pages ([number, start, end]); `reading` is empty as it was processed."""

    reading: str
    text: str
    pages: list[list[int]]


def text_as_read(version_id: UUID, reading: str = AS_PROCESSED) -> ReadText | None:
    """None while there is none, or where the reading brought the version no text of its own."""
    return texts_as_read([(version_id, reading)]).get((version_id, reading))


def texts_as_read(wanted: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], ReadText]:
    """By version and reading; at most two queries."""
    pairs = set(wanted)
    processed = [version_id for version_id, reading in pairs if not reading]
    anew = {version_id for version_id, reading in pairs if reading}
    found: dict[tuple[UUID, str], ReadText] = {}
    if processed:
        for stored in VersionText.objects.filter(version_id__in=processed):
            found[stored.version_id, AS_PROCESSED] = ReadText("", stored.text, stored.pages)
    if anew:
        rows = Rereading.objects.filter(version_id__in=anew, text__isnull=False)
        # PostgreSQL knows no NUL, so no reading that is stored holds one.
        named = {reading for _, reading in pairs if reading and "\0" not in reading}
        for row in rows.filter(reading__in=named):
            if (row.version_id, row.reading) in pairs:
                found[row.version_id, row.reading] = _read(row)
    return found


def text_of_processing(version_id: UUID, processing_id: UUID) -> ReadText | None:
    """The text that a processing brought; a version has one that none of its readings did."""
    row = Rereading.objects.filter(
        version_id=version_id, processing_id=processing_id, text__isnull=False
    ).first()
    return text_as_read(version_id) if row is None else _read(row)


def all_texts(version_id: UUID) -> list[ReadText]:
    """Every text of a version, the one that it was processed with first."""
    first = text_as_read(version_id)
    rows = Rereading.objects.filter(version_id=version_id, text__isnull=False).order_by("reading")
    return [*([first] if first else []), *map(_read, rows)]


def readings_of(chunk_ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """Which text each passage is of, where that is one that was read anew."""
    rows = Chunk.objects.filter(chunk_id__in=list(chunk_ids)).exclude(reading=AS_PROCESSED)
    return dict(rows.values_list("chunk_id", "reading"))


def _read(row: Rereading) -> ReadText:
    return ReadText(row.reading, row.text or "", row.pages or [])
