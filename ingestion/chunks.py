"""The chunks of a processed version: ids derived from their spans, pages, keyed text hashes."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from provenance.eventstore.fingerprints import keyed_hash
from provenance.eventstore.ids import derived_id


@dataclass(frozen=True)
class ChunkOfVersion:
    """`text[char_start:char_end]` of a version; `page` is where it begins, if there are pages."""

    chunk_id: UUID
    ordinal: int
    char_start: int
    char_end: int
    page: int | None
    text: str
    text_hash: str


def chunk_id_of(version_id: UUID, processing_id: UUID, start: int, end: int) -> UUID:
    return derived_id(version_id, f"{processing_id}/{start}/{end}")


def chunks_of(
    *,
    version_id: UUID,
    processing_id: UUID,
    text: str,
    spans: Sequence[Sequence[int]],
    pages: Sequence[Sequence[int]],
) -> list[ChunkOfVersion]:
    """Spans are `[start, end)`, pages `[number, start, end]`, in code points and in order."""
    starts = [page[1] for page in pages]
    chunks = []
    for ordinal, (start, end) in enumerate(spans):
        passage = text[start:end]
        page = bisect_right(starts, start) - 1
        chunks.append(
            ChunkOfVersion(
                chunk_id=chunk_id_of(version_id, processing_id, start, end),
                ordinal=ordinal,
                char_start=start,
                char_end=end,
                page=pages[page][0] if page >= 0 else None,
                text=passage,
                text_hash=keyed_hash(passage, purpose="chunk text"),
            )
        )
    return chunks
