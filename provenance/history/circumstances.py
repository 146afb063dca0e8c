"""What has changed since a retrieval was recorded, and may make it come out otherwise."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db import connection

from ingestion.events import ChunksEmbedded
from provenance.eventstore import store
from provenance.eventstore.listings import read_listing
from provenance.eventstore.prefetching import prefetched
from provenance.history.recorded_questions import RecordedRetrieval
from provenance.history.verdicts import Circumstances
from retrieval.ranking import RankedChunk
from retrieval.search import FINGERPRINT
from retrieval.validity import counts_at

ERASED = f"""
    SELECT EXISTS (
        SELECT FROM retrieval_validity AS v JOIN ingestion_version AS n USING (version_id)
        WHERE {counts_at("%(position)s", "%(effective_at)s")} AND n.erased_at IS NOT NULL
          AND (%(collections)s::text[] IS NULL OR v.collection = ANY(%(collections)s))
    )
"""  # noqa: S608  made of constants
# Documents with a passage of the same words as one of these: they share its vector.
SHARING = """
    SELECT DISTINCT v.document_id FROM ingestion_chunk AS asked
    JOIN ingestion_chunk AS c USING (text_hash)
    JOIN ingestion_version AS v ON v.version_id = c.version_id
    WHERE asked.chunk_id = ANY(%s::uuid[])
"""


def circumstances_of(
    retrieval: RecordedRetrieval, reproduced: Collection[RankedChunk]
) -> Circumstances:
    """Some queries, asked only where the rankings differ."""
    chunks = {each.chunk_id for each in (*retrieval.ranking, *reproduced)}
    return Circumstances(
        approximate=retrieval.approximate,
        configuration_changed=retrieval.data.search_fingerprint != FINGERPRINT,
        erased=erased_since(retrieval),
        erased_documents=erased_among({each.document_id for each in retrieval.ranking}),
        recomputed=recomputed(retrieval.data.model_digest, chunks),
    )


def erased_since(retrieval: RecordedRetrieval) -> bool:
    """True if something that counted when it searched is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            ERASED,
            {
                "position": retrieval.position,
                "effective_at": retrieval.effective_at,
                "collections": retrieval.data.collections_searched,
            },
        )
        return bool(cursor.fetchone()[0])


def erased_among(document_ids: Collection[str]) -> frozenset[str]:
    """Those of the documents that are gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT document_id::text FROM ingestion_version"
            " WHERE document_id = ANY(%s::uuid[]) AND erased_at IS NOT NULL",
            [list(document_ids)],
        )
        return frozenset(row[0] for row in cursor.fetchall())


def recomputed(model_digest: str, chunk_ids: Collection[str]) -> bool:
    """True if the log has two vectors by the model for the words of one of the passages."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT text_hash FROM ingestion_chunk WHERE chunk_id = ANY(%s::uuid[])",
            [list(chunk_ids)],
        )
        asked = {row[0] for row in cursor.fetchall()}
        cursor.execute(SHARING, [list(chunk_ids)])
        documents: list[UUID] = [row[0] for row in cursor.fetchall()]
    streams = [f"document-{document_id}" for document_id in documents]
    events = store.read_streams(streams, types=[ChunksEmbedded])
    vectors: dict[str, set[str]] = defaultdict(set)
    with prefetched(events):
        for event in events:
            if event.data.model_digest == model_digest:
                for text_hash, vector_hash in read_listing(event.data.chunks):
                    vectors[text_hash].add(vector_hash)
    return any(len(vectors[text_hash]) > 1 for text_hash in asked)
