"""The answer to a retrieval, from what was just found or from what the log says was found."""

from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from provenance.eventstore.recorded import Recorded
from retrieval.events import RetrievalServed
from retrieval.ranking import MICRO, RankedChunk, read_ranking
from retrieval.search import Source

# What is said of a passage that was erased.
GONE = Source("", None, None, None, "", {})


def answer(
    event: Recorded[RetrievalServed], ranking: list[RankedChunk], sources: list[Source]
) -> dict[str, Any]:
    """The answer as the interface words it; `sources` are those of the first ranks, in order."""
    data = event.data
    return {
        "retrieval_id": str(data.retrieval_id),
        "correlation_id": str(event.correlation_id),
        "receipt": {
            "event_id": str(event.event_id),
            "index_generation": data.index_generation,
            "index_position": data.index_position,
            "effective_at": data.effective_at,
            "embedding_model": data.embedding_model,
            "model_digest": data.model_digest,
            "search_fingerprint": data.search_fingerprint,
            "search": data.search,
            "as_of": data.as_of,
        },
        "results": [
            _result(ranked, source) for ranked, source in zip(ranking, sources, strict=False)
        ],
    }


def recorded_answer(event: Recorded[RetrievalServed]) -> dict[str, Any]:
    """The answer that was given, with the texts that are still there."""
    data = event.data
    ranking = read_ranking(data.results)[: data.top_k]
    position = data.index_position if data.as_of is None else data.as_of
    known = _sources([UUID(each.chunk_id) for each in ranking], position)
    return answer(event, ranking, [known.get(each.chunk_id, GONE) for each in ranking])


def _sources(chunk_ids: list[UUID], position: int) -> dict[str, Source]:
    """The passages, described as their versions were at the position."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.chunk_id::text, jsonb_build_array("
            " p.text, n.external_id, v.title, v.source_uri, n.content_sha256, v.metadata,"
            " p.reading)::text"
            " FROM retrieval_passage p JOIN ingestion_version n USING (version_id)"
            " JOIN retrieval_validity v ON v.version_id = p.version_id"
            " AND v.known_from <= %s AND (v.known_to IS NULL OR v.known_to > %s)"
            " WHERE p.chunk_id = ANY(%s)",
            [position, position, chunk_ids],
        )
        return {chunk_id: Source(*orjson.loads(row)) for chunk_id, row in cursor.fetchall()}


def _result(ranked: RankedChunk, source: Source) -> dict[str, Any]:
    return {
        "rank": ranked.rank,
        "score": ranked.score / MICRO,
        "chunk_id": ranked.chunk_id,
        "text": source.text,
        "document_id": ranked.document_id,
        "external_id": source.external_id,
        "title": source.title,
        "source_uri": source.source_uri,
        "version_id": ranked.version_id,
        "version_number": ranked.version_number,
        "content_sha256": source.content_sha256,
        "char_start": ranked.start,
        "char_end": ranked.end,
        "page": ranked.page,
        "reading": source.reading or None,
        "metadata": source.metadata,
    }
