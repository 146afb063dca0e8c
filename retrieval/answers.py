"""The answer to a retrieval, from what was just found or from what the log says was found."""

from typing import Any
from uuid import UUID

from django.db import connection

from provenance.eventstore.recorded import Recorded
from retrieval.events import RetrievalServed
from retrieval.ranking import MICRO, RankedChunk, read_ranking
from retrieval.search import Source


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
    ranking = read_ranking(event.data.results)[: event.data.top_k]
    known = _sources([UUID(each.chunk_id) for each in ranking])
    gone = Source("", None, None, None, "", {})
    return answer(event, ranking, [known.get(each.chunk_id, gone) for each in ranking])


def _sources(chunk_ids: list[UUID]) -> dict[str, Source]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.chunk_id::text,"
            " substr(x.text, c.char_start + 1, c.char_end - c.char_start),"
            " d.external_id, v.title, v.source_uri, v.content_sha256, v.metadata::text::json"
            " FROM ingestion_chunk c JOIN ingestion_version v USING (version_id)"
            " JOIN ingestion_document d ON d.document_id = v.document_id"
            " JOIN ingestion_text x ON x.version_id = c.version_id"
            " WHERE c.chunk_id = ANY(%s)",
            [chunk_ids],
        )
        return {row[0]: Source(*row[1:]) for row in cursor.fetchall()}


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
        "metadata": source.metadata,
    }
