"""What applications report: their own stores' retrievals, their prompts, their outputs.

Each command decides, then records in one transaction; a repeat under the caller's own id answers
what was recorded the first time. `sequence_number` is the application's own count of its records,
by which gaps show. All raise IdReused, prompts and outputs UnknownReference besides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from provenance.accounts.access import Principal
from provenance.eventstore import store
from provenance.eventstore.errors import EventIdConflict
from provenance.eventstore.event_types import EventData
from provenance.eventstore.ids import derived_id, new_id
from provenance.eventstore.listings import read_listing, store_listing
from provenance.eventstore.recorded import SYSTEM, NewEvent, Recorded
from provenance.eventstore.store import append, decides_again
from retrieval.recording import resolution
from retrieval.recording.citations import cited_versions
from retrieval.recording.errors import IdReused, UnknownReference
from retrieval.recording.events import (
    Method,
    OutputReported,
    PromptReported,
    RetrievalReported,
    RetrievalResolved,
    Retriever,
)
from retrieval.recording.identity import Identity, identify
from retrieval.recording.resolution import ResolvedPassage
from retrieval.recording.sealing import RecordSealer


@dataclass(frozen=True)
class RecordedRetrieval:
    """A reported retrieval is in the log, its passages as far as they could be resolved."""

    retrieval_id: UUID
    correlation_id: UUID | None
    results: Sequence[ResolvedPassage]
    replayed: bool


@dataclass(frozen=True)
class RecordedPrompt:
    """A prompt is in the log."""

    prompt_id: UUID
    correlation_id: UUID | None
    replayed: bool


@dataclass(frozen=True)
class RecordedOutput:
    """An output is in the log."""

    output_id: UUID
    correlation_id: UUID | None
    replayed: bool


@decides_again
@transaction.atomic
def report_retrieval(
    *,
    principal: Principal,
    query: str,
    retriever: Mapping[str, str],
    results: Sequence[Mapping[str, Any]],
    context: Mapping[str, Any] | None = None,
    correlation_id: UUID | None = None,
    occurred_at: datetime | None = None,
    retrieval_id: UUID | None = None,
    imported: bool = False,
    sequence_number: int | None = None,
) -> RecordedRetrieval:
    """Records what an application's own store returned, and which known versions it came from.

    `retriever` has a name and a version; a result has at least a text.
    """
    body = {
        "query": query,
        "retriever": retriever,
        "results": results,
        "context": context,
        "correlation_id": correlation_id,
        "occurred_at": occurred_at,
        **_numbered(sequence_number),
    }
    identity = identify("retrieval", retrieval_id, body, principal=principal)
    if (earlier := identity.earlier()) is not None:
        return _replayed_retrieval(identity, earlier)
    sealer = RecordSealer(identity)
    fact = RetrievalReported(
        retrieval_id=identity.record_id,
        query=sealer.text("query", query),
        retriever=Retriever(**retriever),
        results=sealer.json("results", results),
        context=sealer.json_if("context", context),
        imported=imported,
        sequence_number=sequence_number,
    )
    passages = resolution.resolve(results, retrieval_id=identity.record_id, principal=principal)
    event = _fact(identity, fact, principal, correlation_id or new_id(), occurred_at)
    recorded = _append(identity, [event, _resolved(event, passages)])
    if _was_there(recorded, fact):
        return _replayed_retrieval(identity, recorded)
    return RecordedRetrieval(identity.record_id, event.correlation_id, passages, replayed=False)


@decides_again
@transaction.atomic
def report_prompt(
    *,
    principal: Principal,
    retrieval_ids: Sequence[UUID],
    messages: Sequence[Mapping[str, Any]] | None = None,
    text: str | None = None,
    tools: Sequence[Mapping[str, Any]] | None = None,
    selection: Sequence[Mapping[str, Any]] | None = None,
    template: Mapping[str, str] | None = None,
    model: str | None = None,
    context: Mapping[str, Any] | None = None,
    correlation_id: UUID | None = None,
    occurred_at: datetime | None = None,
    prompt_id: UUID | None = None,
    imported: bool = False,
    sequence_number: int | None = None,
) -> RecordedPrompt:
    """Records a prompt, given as chat messages or as one text, and the retrievals it rests on."""
    body = {
        "retrieval_ids": retrieval_ids,
        "messages": messages,
        "text": text,
        "tools": tools,
        "selection": selection,
        "template": template,
        "model": model,
        "context": context,
        "correlation_id": correlation_id,
        "occurred_at": occurred_at,
        **_numbered(sequence_number),
    }
    identity = identify("prompt", prompt_id, body, principal=principal)
    if (earlier := identity.earlier()) is not None:
        return RecordedPrompt(identity.record_id, earlier.correlation_id, replayed=True)
    retrievals = _known_retrievals(retrieval_ids, principal)
    sealer = RecordSealer(identity)
    spoken = messages if messages is not None else [{"role": "user", "content": text}]
    fact = PromptReported(
        prompt_id=identity.record_id,
        retrieval_ids=list(retrieval_ids),
        kind="messages" if messages is not None else "text",
        messages=sealer.json("messages", spoken),
        tools=sealer.json_if("tools", tools),
        selection=sealer.json_if("selection", selection),
        template=sealer.json_if("template", template),
        model=model,
        context=sealer.json_if("context", context),
        imported=imported,
        sequence_number=sequence_number,
    )
    inherited = retrievals[0].correlation_id if retrievals else None
    correlation = correlation_id or inherited or new_id()
    recorded = _append(identity, [_fact(identity, fact, principal, correlation, occurred_at)])
    return RecordedPrompt(
        identity.record_id, recorded.correlation_id, replayed=_was_there(recorded, fact)
    )


@decides_again
@transaction.atomic
def report_output(
    *,
    principal: Principal,
    prompt_id: UUID,
    text: str,
    model: str,
    status: str = "complete",
    delivered_text: str | None = None,
    tool_calls: Sequence[Mapping[str, Any]] | None = None,
    choice: int = 0,
    replaces: UUID | None = None,
    provider: str | None = None,
    response_id: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    usage: Mapping[str, Any] | None = None,
    finish_reason: str | None = None,
    citations: Sequence[Mapping[str, Any]] | None = None,
    context: Mapping[str, Any] | None = None,
    correlation_id: UUID | None = None,
    occurred_at: datetime | None = None,
    output_id: UUID | None = None,
    imported: bool = False,
    sequence_number: int | None = None,
) -> RecordedOutput:
    """Records what a model answered to a recorded prompt."""
    body = {
        "prompt_id": prompt_id,
        "text": text,
        "model": model,
        "status": status,
        "delivered_text": delivered_text,
        "tool_calls": tool_calls,
        "choice": choice,
        "replaces": replaces,
        "provider": provider,
        "response_id": response_id,
        "parameters": parameters,
        "usage": usage,
        "finish_reason": finish_reason,
        "citations": citations,
        "context": context,
        "correlation_id": correlation_id,
        "occurred_at": occurred_at,
        **_numbered(sequence_number),
    }
    identity = identify("output", output_id, body, principal=principal)
    if (earlier := identity.earlier()) is not None:
        return RecordedOutput(identity.record_id, earlier.correlation_id, replayed=True)
    prompt = _known(derived_id(prompt_id, "PromptReported"), ("prompt_id",), "prompt", principal)
    if replaces is not None:
        _known(derived_id(replaces, "OutputReported"), ("replaces",), "output", principal)
    sealer = RecordSealer(identity)
    fact = OutputReported(
        output_id=identity.record_id,
        prompt_id=prompt_id,
        text=sealer.text("text", text),
        delivered_text=sealer.text_if("delivered_text", delivered_text),
        model=model,
        status=status,
        tool_calls=sealer.json_if("tool_calls", tool_calls),
        choice=choice,
        replaces=replaces,
        provider=provider,
        response_id=sealer.text_if("response_id", response_id),
        parameters=sealer.json_if("parameters", parameters),
        usage=sealer.json_if("usage", usage),
        finish_reason=finish_reason,
        citations=sealer.json_if("citations", citations),
        cited=_cited(citations, prompt, principal),
        context=sealer.json_if("context", context),
        imported=imported,
        sequence_number=sequence_number,
    )
    correlation = correlation_id or prompt.correlation_id
    recorded = _append(identity, [_fact(identity, fact, principal, correlation, occurred_at)])
    return RecordedOutput(
        identity.record_id, recorded.correlation_id, replayed=_was_there(recorded, fact)
    )


def _numbered(sequence_number: int | None) -> dict[str, int]:
    """Absent where it is not given, as in what was recorded before there were numbers."""
    return {} if sequence_number is None else {"sequence_number": sequence_number}


def _fact(
    identity: Identity,
    data: EventData,
    principal: Principal,
    correlation_id: UUID | None,
    occurred_at: datetime | None,
) -> NewEvent[Any]:
    return NewEvent(
        data=data,
        stream=identity.stream,
        event_id=identity.event_id,
        actor=principal.actor,
        correlation_id=correlation_id,
        occurred_at=occurred_at,
        fingerprint=identity.fingerprint,
    )


def _append(identity: Identity, events: list[NewEvent[Any]]) -> Recorded[Any]:
    """The first of the events as it is in the log. Raises IdReused, VersionConflict."""
    try:
        return append(events, expected={identity.stream: 0})[0]
    except EventIdConflict as conflict:
        raise IdReused(identity.kind, identity.record_id) from conflict


def _was_there(recorded: Recorded[Any], fact: EventData) -> bool:
    """True if a racing request with the same body was faster: its record counts."""
    return recorded.data is not fact


def _resolved(
    cause: NewEvent[RetrievalReported], passages: Sequence[ResolvedPassage]
) -> NewEvent[RetrievalResolved]:
    return NewEvent(
        data=RetrievalResolved(
            retrieval_id=cause.data.retrieval_id,
            method=Method(name=resolution.NAME, version=resolution.VERSION),
            passages=store_listing(resolution.list_passages(passages)),
            versions=len({passage.version_id for passage in passages if passage.version_id}),
        ),
        stream=cause.stream,
        event_id=derived_id(cause.event_id, "RetrievalResolved"),
        actor=SYSTEM,
        correlation_id=cause.correlation_id,
        causation_id=cause.event_id,
    )


def _replayed_retrieval(identity: Identity, earlier: Recorded[Any]) -> RecordedRetrieval:
    (resolved,) = store.read_stream(identity.stream, types=[RetrievalResolved])
    passages = resolution.read_passages(read_listing(resolved.data.passages))
    return RecordedRetrieval(identity.record_id, earlier.correlation_id, passages, replayed=True)


def _known_retrievals(
    retrieval_ids: Sequence[UUID], principal: Principal
) -> list[Recorded[EventData]]:
    """What recorded each retrieval. Raises UnknownReference, naming all that are unknown."""
    names = ("RetrievalServed", "RetrievalReported")
    events = store.read_events(derived_id(id_, name) for id_ in retrieval_ids for name in names)
    found = [
        next((event for name in names if (event := events.get(derived_id(id_, name)))), None)
        for id_ in retrieval_ids
    ]
    unknown = [
        ("retrieval_ids", index)
        for index, event in enumerate(found)
        if event is None or not principal.may_read_of(event.actor.application)
    ]
    if unknown:
        raise UnknownReference(unknown, "retrieval")
    return [event for event in found if event is not None]


def _known(event_id: UUID, path: tuple[str, ...], kind: str, principal: Principal) -> Recorded[Any]:
    """What recorded a prompt or output. Raises UnknownReference."""
    event = store.read_event(event_id)
    if event is None or not principal.may_read_of(event.actor.application):
        raise UnknownReference([path], kind)
    return event


def _cited(
    citations: Sequence[Mapping[str, Any]] | None,
    prompt: Recorded[PromptReported],
    principal: Principal,
) -> Any:
    if not citations:
        return None
    return store_listing(cited_versions(citations, prompt.data.retrieval_ids, principal=principal))
