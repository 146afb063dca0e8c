"""The same application, but for one thing: retrievals are answered without being recorded."""

from typing import Any

from provenance.eventstore.canonical import instant
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import SYSTEM, Recorded
from provenance.wsgi import application
from retrieval import commands
from retrieval.events import RetrievalServed
from retrieval.search import FINGERPRINT

__all__ = ["application"]


def unrecorded(
    *, retrieval_id: Any, correlation_id: Any, question: Any, found: Any, **_: Any
) -> Any:
    """What the answer reads of the event, with nothing sealed and nothing written."""
    return Recorded(
        event_id=new_id(),
        type="RetrievalServed",
        stream=f"retrieval-{retrieval_id}",
        stream_version=1,
        position=None,
        occurred_at=question.effective_at,
        recorded_at=question.effective_at,
        correlation_id=correlation_id,
        causation_id=None,
        actor=SYSTEM,
        fingerprint=None,
        data=RetrievalServed.model_construct(  # type: ignore[call-arg]
            retrieval_id=retrieval_id,
            index_generation=found.generation.generation,
            index_position=found.position,
            effective_at=instant(question.effective_at),
            embedding_model=found.generation.embedding_model,
            model_digest=found.generation.model_digest,
            search_fingerprint=FINGERPRINT,
            search=found.method,
            as_of=question.as_of,
        ),
    )


commands._record = unrecorded  # noqa: SLF001
