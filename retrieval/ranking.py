"""A ranked passage, as a search finds it and as the log lists it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from provenance.eventstore.listings import Listing, read_listing, store_listing

# Scores are recorded as whole millionths: no float ever enters the log.
MICRO = 1_000_000


class RankedChunk(NamedTuple):
    """A passage with its place in the ranking; scores in millionths, None where not computed.

    `score` is what the ranking goes by, `similarity` the vectors' inner product and `relevance`
    the BM25 score. Events list the values in this order: it never changes.
    """

    rank: int
    chunk_id: str
    version_id: str
    document_id: str
    version_number: int
    start: int
    end: int
    page: int | None
    score: int
    similarity: int | None
    relevance: int | None


def list_ranking(ranked: Sequence[RankedChunk]) -> Listing:
    return store_listing([list(each) for each in ranked])


def read_ranking(listing: Listing) -> list[RankedChunk]:
    """The ranking, best first. Raises BlobMissing."""
    values: list[list[Any]] = read_listing(listing)
    return [RankedChunk(*row) for row in values]
