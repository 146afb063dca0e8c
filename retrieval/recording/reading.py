"""Reads records back from the log, in the words of the interface."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from ingestion.models import CatalogueVersion
from provenance.accounts.access import Principal
from provenance.eventstore.event_types import EventData
from provenance.eventstore.prefetching import prefetched
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_json, reveal_text, was_erased
from retrieval.events import RetrievalServed
from retrieval.recording.deriving import NotRecorded, read_fact
from retrieval.recording.errors import RecordNotFound
from retrieval.recording.events import OutputReported, PromptReported, RetrievalReported
from retrieval.recording.passages import (
    RetrievedPassage,
    read_retrievals,
    returned_passages,
    with_texts,
)
from retrieval.recording.queries import returned_hidden

Json = dict[str, Any]
D = TypeVar("D", bound=EventData)


def read_output(output_id: UUID, *, principal: Principal) -> Json:
    """An output as it was reported. Raises RecordNotFound."""
    event = _read("output", output_id, OutputReported, principal)
    prompt = read_fact(f"prompt-{event.data.prompt_id}", PromptReported)
    if returned_hidden(prompt.data.retrieval_ids, principal=principal):
        raise RecordNotFound("output", output_id)
    with prefetched([event]):
        return output_as_json(event)


def read_prompt(prompt_id: UUID, *, principal: Principal) -> Json:
    """A prompt as it was reported. Raises RecordNotFound."""
    event = _read("prompt", prompt_id, PromptReported, principal)
    if returned_hidden(event.data.retrieval_ids, principal=principal):
        raise RecordNotFound("prompt", prompt_id)
    with prefetched([event]):
        return prompt_as_json(event)


def read_retrieval(retrieval_id: UUID, *, principal: Principal) -> Json:
    """A retrieval with its results, served here or reported. Raises RecordNotFound."""
    events = read_retrievals([retrieval_id])[retrieval_id]
    if not events or not principal.may_read_of(events[0].actor.application):
        raise RecordNotFound("retrieval", retrieval_id)
    with prefetched(events):
        passages = with_texts(returned_passages(events))
        versions = versions_of(passages)
        if any(not principal.may_see(version.collection) for version in versions.values()):
            raise RecordNotFound("retrieval", retrieval_id)
        return retrieval_as_json(events, passages, versions)


def _read(kind: str, record_id: UUID, fact: type[D], principal: Principal) -> Recorded[D]:
    try:
        event = read_fact(f"{kind}-{record_id}", fact)
    except NotRecorded as error:
        raise RecordNotFound(kind, record_id) from error
    if not principal.may_read_of(event.actor.application):
        raise RecordNotFound(kind, record_id)
    return event


def output_as_json(event: Recorded[OutputReported]) -> Json:
    data = event.data
    return {
        "output_id": data.output_id,
        "correlation_id": event.correlation_id,
        "prompt_id": data.prompt_id,
        "text": reveal_text(event, "text"),
        "delivered_text": reveal_text(event, "delivered_text"),
        "model": data.model,
        "status": data.status,
        "tool_calls": reveal_json(event, "tool_calls"),
        "choice": data.choice,
        "replaces": data.replaces,
        "provider": data.provider,
        "response_id": reveal_text(event, "response_id"),
        "parameters": reveal_json(event, "parameters"),
        "usage": reveal_json(event, "usage"),
        "finish_reason": data.finish_reason,
        "citations": reveal_json(event, "citations"),
        **_circumstances(event, erased=was_erased(event, "text")),
    }


def prompt_as_json(event: Recorded[PromptReported]) -> Json:
    data = event.data
    messages = reveal_json(event, "messages")
    as_text = data.kind == "text"
    return {
        "prompt_id": data.prompt_id,
        "correlation_id": event.correlation_id,
        "retrieval_ids": data.retrieval_ids,
        "messages": None if as_text else messages,
        "text": messages[0]["content"] if as_text and messages else None,
        "tools": reveal_json(event, "tools"),
        "selection": reveal_json(event, "selection"),
        "template": reveal_json(event, "template"),
        "model": data.model,
        **_circumstances(event, erased=was_erased(event, "messages")),
    }


def retrieval_as_json(
    events: Sequence[Recorded[Any]],
    passages: Sequence[RetrievedPassage],
    versions: Mapping[UUID, CatalogueVersion],
) -> Json:
    """One retrieval; `versions` describe the passages' versions as the catalogue has them now."""
    event = next(e for e in events if isinstance(e.data, RetrievalServed | RetrievalReported))
    retriever = getattr(event.data, "retriever", None)
    return {
        "retrieval_id": event.data.retrieval_id,
        "correlation_id": event.correlation_id,
        "query": reveal_text(event, "query"),
        "retriever": retriever and retriever.model_dump(),
        **_request(event),
        "receipt": receipt(event),
        "results": [
            _result(passage, versions.get(passage.version_id) if passage.version_id else None)
            for passage in passages
        ],
        **_circumstances(event, erased=was_erased(event, "query")),
    }


def versions_of(passages: Sequence[RetrievedPassage]) -> dict[UUID, CatalogueVersion]:
    """The catalogue's rows of the passages' versions; one query."""
    ids = {passage.version_id for passage in passages if passage.version_id is not None}
    return {row.version_id: row for row in CatalogueVersion.objects.filter(version_id__in=ids)}


def receipt(event: Recorded[Any]) -> Json | None:
    """The receipt of a retrieval that was served here."""
    data = event.data
    if not isinstance(data, RetrievalServed):
        return None
    return {
        "event_id": event.event_id,
        "index_generation": data.index_generation,
        "index_position": data.index_position,
        "effective_at": data.effective_at,
        "embedding_model": data.embedding_model,
        "model_digest": data.model_digest,
        "search_fingerprint": data.search_fingerprint,
        "search": data.search,
        "as_of": data.as_of,
    }


def _request(event: Recorded[Any]) -> Json:
    data = event.data
    if not isinstance(data, RetrievalServed):
        return {}
    return {
        "mode": data.mode,
        "top_k": data.top_k,
        "exact": data.exact,
        "collections": data.collections_searched,
        "filter": reveal_json(event, "filter"),
    }


def _result(passage: RetrievedPassage, version: CatalogueVersion | None) -> Json:
    said = passage.said
    result = {
        "rank": passage.rank,
        "score": passage.score,
        "chunk_id": passage.chunk_id,
        "text": passage.text,
        "document_id": passage.document_id,
        "external_id": version.external_id if version else said.get("external_id"),
        "title": version.title if version else None,
        "source_uri": version.source_uri if version else None,
        "version_id": passage.version_id,
        "version_number": passage.version_number,
        "content_sha256": version.content_sha256 if version else None,
        "char_start": passage.start,
        "char_end": passage.end,
        "page": passage.page,
        "reading": passage.reading or None,
        "metadata": version.metadata if version else said.get("metadata", {}),
    }
    if passage.resolution is not None:
        result |= {"resolution": passage.resolution, "reported": _reported(said)}
    return result


def _reported(said: Mapping[str, Any]) -> Json:
    """What the application's own store said of the passage, besides its text."""
    return {name: value for name, value in said.items() if name != "text"}


def _circumstances(event: Recorded[Any], *, erased: bool) -> Json:
    return {
        "application": event.actor.application,
        "actor": {"type": event.actor.type, "id": event.actor.id},
        "occurred_at": event.occurred_at,
        "recorded_at": event.recorded_at,
        "position": event.position,
        "context": reveal_json(event, "context"),
        "imported": event.data.imported,
        "erased": erased,
    }
