"""Ranked passages as the interface words them, as far as the reader may see their documents."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from ingestion.models import CatalogueVersion
from ingestion.texts import readings_of
from provenance.accounts.access import Principal
from retrieval.ranking import MICRO, RankedChunk

Json = dict[str, Any]


def hidden_versions(rankings: Iterable[RankedChunk], *, principal: Principal) -> frozenset[str]:
    """Those of their versions that lie in collections kept from the principal."""
    if principal.collections is None:
        return frozenset()
    ids = {each.version_id for each in rankings}
    rows = CatalogueVersion.objects.filter(version_id__in=ids)
    hidden = rows.exclude(collection__in=principal.collections)
    return frozenset(map(str, hidden.values_list("version_id", flat=True)))


def ranks_as_json(
    ranking: Sequence[RankedChunk], *, hidden: frozenset[str] = frozenset()
) -> list[Json]:
    """A rank that is hidden says so, and nothing else."""
    readings = readings_of(UUID(each.chunk_id) for each in ranking)
    return [
        _rank(each.rank, None, None)
        if each.version_id in hidden
        else _rank(each.rank, each.score / MICRO, each, readings.get(UUID(each.chunk_id)))
        for each in ranking
    ]


def _rank(
    rank: int, score: float | None, passage: RankedChunk | None, reading: str | None = None
) -> Json:
    return {
        "rank": rank,
        "score": score,
        "chunk_id": passage and UUID(passage.chunk_id),
        "document_id": passage and UUID(passage.document_id),
        "version_id": passage and UUID(passage.version_id),
        "version_number": passage and passage.version_number,
        "char_start": passage and passage.start,
        "char_end": passage and passage.end,
        "reading": reading,
        "hidden": passage is None,
    }
