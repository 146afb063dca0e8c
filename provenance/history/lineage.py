"""The lineage of an output: its prompt, its retrievals, and the document versions behind them.

It follows the references between the facts, straight from the log; a trace of any size takes the
same few queries.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from ingestion.models import CatalogueVersion
from provenance.accounts.access import Principal
from provenance.eventstore import store
from provenance.eventstore.event_types import EventData
from provenance.eventstore.listings import read_listing
from provenance.eventstore.prefetching import prefetched
from provenance.eventstore.recorded import Recorded
from provenance.history.computed import assembled, attributed
from provenance.history.missing import missing_parts
from provenance.history.outcomes import last_reproduction
from provenance.history.standing import UNKNOWN, VersionDates, standings
from provenance.history.version_dates import dates_of
from retrieval.recording.errors import RecordNotFound
from retrieval.recording.events import OutputReported, PromptReported
from retrieval.recording.passages import RetrievedPassage, returned_passages, with_texts
from retrieval.recording.reading import (
    output_as_json,
    prompt_as_json,
    retrieval_as_json,
)

Json = dict[str, Any]
D = TypeVar("D", bound=EventData)


@dataclass(frozen=True)
class Trace:
    """Everything behind an output, as the interface words it.

    `missing` names what has not been recorded yet, could not be computed, or has been erased.
    `dates` tells of every version of the documents behind it, for where each version stands.
    """

    output: Json
    prompt: Json
    retrievals: list[Json]
    document_versions: list[Json]
    attribution: list[Json]
    events: list[Json]
    complete: bool
    missing: list[str]
    dates: list[VersionDates]

    def as_json(self) -> Json:
        """As the interface words it."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        del told["dates"]
        return told


@dataclass(frozen=True)
class Lineage:
    """The events of an output, of its prompt, and of each retrieval that the prompt names.

    `beside` holds the events of other streams, which were read along and are no part of it.
    """

    output: Sequence[Recorded[Any]]
    prompt: Sequence[Recorded[Any]]
    retrievals: Mapping[UUID, Sequence[Recorded[Any]]]
    beside: Sequence[Recorded[Any]]

    @property
    def events(self) -> list[Recorded[Any]]:
        """All of them in the order of the log; what has no position yet comes last."""
        found = [*self.output, *self.prompt]
        for events in self.retrievals.values():
            found += events
        return sorted(
            found,
            key=lambda e: (e.position is None, e.position or 0, e.recorded_at, e.stream_version),
        )


def trace_of(output_id: UUID, *, principal: Principal) -> Trace:
    """The trace of an output.

    Raises RecordNotFound, also where it rests on a collection that the principal may not see.
    """
    lineage = read_lineage(output_id, principal=principal)
    with prefetched(lineage.events):
        return trace_along(lineage, principal=principal)


def trace_along(lineage: Lineage, *, principal: Principal) -> Trace:
    """The trace that a lineage tells; where its events are prefetched, three queries.

    Raises RecordNotFound, as above.
    """
    passages = _passages(lineage)
    versions = _versions(lineage, passages)
    if any(not principal.may_see(version.collection) for version in versions.values()):
        output_id = _fact(lineage.output, OutputReported).data.output_id
        raise RecordNotFound("output", output_id)
    return _trace(lineage, passages, versions)


def read_lineage(output_id: UUID, *, principal: Principal, beside: Sequence[str] = ()) -> Lineage:
    """Three queries, whatever the number of streams beside. Raises RecordNotFound."""
    stream = f"output-{output_id}"
    read = store.read_streams([stream, *beside])
    output = [event for event in read if event.stream == stream]
    if not output or not principal.may_read_of(output[0].actor.application):
        raise RecordNotFound("output", output_id)
    prompt = store.read_stream(f"prompt-{_fact(output, OutputReported).data.prompt_id}")
    ids = _fact(prompt, PromptReported).data.retrieval_ids
    streams = {f"retrieval-{retrieval_id}": retrieval_id for retrieval_id in ids}
    retrievals: dict[UUID, list[Recorded[Any]]] = {retrieval_id: [] for retrieval_id in ids}
    for event in store.read_streams(list(streams)):
        retrievals[streams[event.stream]].append(event)
    others = [event for event in read if event.stream != stream]
    return Lineage(output, prompt, retrievals, beside=others)


def _trace(
    lineage: Lineage,
    passages: Mapping[UUID, Sequence[RetrievedPassage]],
    versions: Mapping[UUID, CatalogueVersion],
) -> Trace:
    output = output_as_json(_fact(lineage.output, OutputReported))
    prompt_map = assembled(lineage.prompt)
    in_prompt = {span["chunk_id"] for span in prompt_map["spans"]}
    retrievals = [
        retrieval_as_json(events, passages[retrieval_id], versions)
        for retrieval_id, events in lineage.retrievals.items()
    ]
    for retrieval in retrievals:
        retrieval["reproduction"] = last_reproduction(lineage.retrievals[retrieval["retrieval_id"]])
        for result in retrieval["results"]:
            result["in_prompt"] = str(result["chunk_id"]) in in_prompt
    missing = missing_parts(lineage.events, passages, versions)
    dates = dates_of({version.document_id for version in versions.values()})
    return Trace(
        output=output,
        prompt={**prompt_as_json(_fact(lineage.prompt, PromptReported)), **prompt_map},
        retrievals=retrievals,
        document_versions=_described(versions, dates),
        attribution=attributed(lineage.output, output["text"]),
        events=[_event(event) for event in lineage.events],
        complete=not missing,
        missing=missing,
        dates=dates,
    )


def _passages(lineage: Lineage) -> dict[UUID, list[RetrievedPassage]]:
    """What each retrieval returned, with texts; one query for all texts."""
    found = {id_: returned_passages(events) for id_, events in lineage.retrievals.items()}
    told = iter(with_texts([passage for passages in found.values() for passage in passages]))
    return {id_: [next(told) for _ in passages] for id_, passages in found.items()}


def _versions(
    lineage: Lineage, passages: Mapping[UUID, Iterable[RetrievedPassage]]
) -> dict[UUID, CatalogueVersion]:
    """The versions that were retrieved or cited, by id, in that order."""
    ids = [passage.version_id for each in passages.values() for passage in each]
    cited = _fact(lineage.output, OutputReported).data.cited
    ids += [UUID(row[2]) for row in (read_listing(cited) if cited else ())]
    wanted = list(dict.fromkeys(id_ for id_ in ids if id_ is not None))
    rows = {row.version_id: row for row in CatalogueVersion.objects.filter(version_id__in=wanted)}
    return {id_: rows[id_] for id_ in wanted if id_ in rows}


def _described(
    versions: Mapping[UUID, CatalogueVersion], dates: Iterable[VersionDates]
) -> list[Json]:
    found = standings(dates, datetime.now(UTC))
    standing = {id_: found.get(id_, UNKNOWN) for id_ in versions}
    return [
        {
            "version_id": version.version_id,
            "document_id": version.document_id,
            "version_number": version.version_number,
            "title": version.title,
            "content_sha256": version.content_sha256,
            "current": standing[id_].kind == "current",
            "current_version_number": today.version_number
            if (today := standing[id_].today)
            else None,
        }
        for id_, version in versions.items()
    ]


def _event(event: Recorded[Any]) -> Json:
    return {
        "event_id": event.event_id,
        "type": event.type,
        "position": event.position,
        "recorded_at": event.recorded_at,
    }


def _fact(events: Iterable[Recorded[Any]], fact: type[D]) -> Recorded[D]:
    return next(event for event in events if isinstance(event.data, fact))
