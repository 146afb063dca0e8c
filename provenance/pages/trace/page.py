"""The trace of an output as one page: everything the template shows, counted and in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provenance.history.standing import Standing
from provenance.pages.timeline import TimelineEvent
from provenance.pages.trace.answer import Sentence, sentences
from provenance.pages.trace.citations import Citation, citations
from provenance.pages.trace.prompt import Message, messages
from provenance.pages.trace.sources import Passage, Source, Sources


@dataclass(frozen=True)
class Retrieval:
    """One retrieval with its passages in rank order, as recorded and as numbered here."""

    recorded: Mapping[str, Any]
    passages: tuple[Passage, ...]

    @property
    def is_reported(self) -> bool:
        """The application's own store made it."""
        return bool(self.recorded.get("retriever"))


@dataclass(frozen=True)
class TracePage:
    """What a reviewer sees in one look."""

    output: Mapping[str, Any]
    prompt: Mapping[str, Any]
    question: str
    sentences: Sequence[Sentence]
    messages: Sequence[Message]
    retrievals: Sequence[Retrieval]
    passages: Sequence[Passage]
    versions: Sequence[Source]
    events: Sequence[TimelineEvent]
    complete: bool
    missing: Sequence[str]
    attributed: bool
    mapped: bool
    citations: Sequence[Citation]

    @property
    def erased_at(self) -> datetime | str | None:
        """When the last of its keys was destroyed."""
        destroyed = [e.recorded_at for e in self.events if e.type == "SubjectKeyDestroyed"]
        return destroyed[-1] if destroyed else None

    @property
    def alone(self) -> int:
        return sum(sentence.is_alone for sentence in self.sentences)

    @property
    def counted_sentences(self) -> int:
        return sum(sentence.number is not None for sentence in self.sentences)

    @property
    def in_prompt(self) -> int:
        return sum(passage.in_prompt for passage in self.passages)

    @property
    def outdated(self) -> int:
        return sum(version.standing.is_outdated for version in self.versions)

    @property
    def unresolved(self) -> int:
        return sum(passage.source.version_id is None for passage in self.passages)

    @property
    def first_position(self) -> int | None:
        return min((e.position for e in self.events if e.position is not None), default=None)

    @property
    def last_position(self) -> int | None:
        return max((e.position for e in self.events if e.position is not None), default=None)


def build(trace: Mapping[str, Any], standings: Mapping[str, Standing]) -> TracePage:
    """The page of a trace as api.md words it; `standings` are by version id."""
    sources = Sources(trace["document_versions"], standings)
    retrievals = tuple(
        Retrieval(recorded, tuple(sources.add(result) for result in recorded["results"]))
        for recorded in trace["retrievals"]
    )
    output, prompt = trace["output"], trace.get("prompt") or {}
    attribution = trace.get("attribution")
    told = sentences(output.get("text") or "", attribution, sources)
    spoken = messages(prompt, sources)
    _mark_repeats(retrievals, sources)
    return TracePage(
        output=output,
        prompt=prompt,
        question=_question(trace),
        sentences=told,
        messages=spoken,
        retrievals=retrievals,
        passages=sources.passages,
        versions=sources.versions,
        events=[
            TimelineEvent(event["type"], event["position"], event["recorded_at"], event["event_id"])
            for event in trace["events"]
        ],
        complete=trace["complete"],
        missing=trace["missing"],
        citations=citations(output, sources),
        attributed=any(event["type"] == "OutputAttributed" for event in trace["events"]),
        mapped=any(event["type"] == "PromptAssembled" for event in trace["events"]),
    )


def _mark_repeats(retrievals: Sequence[Retrieval], sources: Sources) -> None:
    """A passage that a later retrieval found again knows what its first appearance knows."""
    for retrieval in retrievals:
        for passage in retrieval.passages:
            if not passage.first:
                first = sources.numbered(passage.number)
                passage.in_prompt, passage.supports = first.in_prompt, first.supports


def _question(trace: Mapping[str, Any]) -> str:
    """What was asked: the first query, else the last message of the person."""
    for retrieval in trace["retrievals"]:
        if retrieval.get("query"):
            return str(retrieval["query"])
    prompt = trace.get("prompt") or {}
    spoken = [m for m in prompt.get("messages") or () if m.get("role") == "user"]
    content = spoken[-1].get("content") if spoken else prompt.get("text")
    return content if isinstance(content, str) else ""
