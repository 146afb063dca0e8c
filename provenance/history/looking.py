"""Searches a moment for a person who looks into the past; nobody is answered, nothing recorded."""

from collections.abc import Sequence

from ingestion.embeddings.registry import embedder
from provenance.history.moments import Moment
from retrieval.generations.active import active_generation
from retrieval.search import Found, Question, search

TOP_K = 10


def look(query: str, moment: Moment, *, collections: Sequence[str] | None) -> Found:
    """What is found for the words at the moment. Raises IndexNotReady, IndexBehind."""
    generation = active_generation()
    question = Question(
        query=query,
        vector=embedder(generation.embedding_model).embed_query(query),
        top_k=TOP_K,
        collections=None if collections is None else list(collections),
        effective_at=moment.effective_at,
        as_of=moment.position,
    )
    return search(question, generation, only_active=False)
