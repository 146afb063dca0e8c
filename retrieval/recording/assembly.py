"""Computes the map of a recorded prompt: which of its characters came from which passage."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from provenance.eventstore.listings import Listing, store_listing
from provenance.eventstore.prefetching import prefetched
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_json
from retrieval.recording import matching
from retrieval.recording.deriving import already_derived, read_fact, record_derived
from retrieval.recording.events import Method, PromptAssembled, PromptReported
from retrieval.recording.matching import Passage, Span, map_prompt, prompt_texts
from retrieval.recording.passages import (
    RetrievedPassage,
    read_retrievals,
    returned_passages,
    with_texts,
)

METHOD = Method(name=matching.NAME, version=matching.VERSION)
ERASED = "The text has been erased."
# The order of the values of a listed span. Never changes: events are listed by it.
SPAN_COLUMNS = (
    *("message", "part", "start", "end", "retrieval_id", "chunk_id", "version_id"),
    *("chunk_start", "chunk_end", "match"),
)


def assemble_prompt(prompt_id: UUID) -> PromptAssembled:
    """Records the prompt's map, unless that is done; answers what is recorded."""
    prompt = read_fact(f"prompt-{prompt_id}", PromptReported)
    known = already_derived(prompt, PromptAssembled)
    return known or record_derived(_assembled(prompt), cause=prompt)


def passages_of_prompt(prompt: PromptReported) -> list[RetrievedPassage]:
    """What the prompt's retrievals returned, with texts, in their order and that of the ranks."""
    retrievals = read_retrievals(prompt.retrieval_ids)
    with prefetched([event for events in retrievals.values() for event in events]):
        passages = [
            passage for events in retrievals.values() for passage in returned_passages(events)
        ]
    return with_texts(passages)


def _assembled(prompt: Recorded[PromptReported]) -> PromptAssembled:
    with prefetched([prompt]):
        messages = reveal_json(prompt, "messages")
        selection = reveal_json(prompt, "selection")
    if messages is None:
        return _unmapped(prompt.data.prompt_id, ERASED)
    passages = _selected_first(passages_of_prompt(prompt.data), selection or [])
    found = map_prompt(
        prompt_texts(messages),
        [
            Passage(passage.chunk_id, passage.retrieval_id, passage.version_id, passage.text)
            for passage in passages
            if passage.text is not None
        ],
    )
    return PromptAssembled(
        prompt_id=prompt.data.prompt_id,
        method=METHOD,
        spans=store_listing([_listed(span) for span in found.spans]),
        absent=store_listing([str(chunk_id) for chunk_id in found.absent]),
        cut_short=list(found.cut_short),
    )


def _selected_first(
    passages: Sequence[RetrievedPassage], selection: Sequence[dict[str, Any]]
) -> list[RetrievedPassage]:
    """Of a chunk that several retrievals returned, the one that the application kept counts."""
    kept = {(str(each["retrieval_id"]), str(each["chunk_id"])) for each in selection}

    def is_passed_over(passage: RetrievedPassage) -> bool:
        names = (str(passage.chunk_id), str(passage.said.get("chunk_id")))
        return all((str(passage.retrieval_id), name) not in kept for name in names)

    return sorted(passages, key=is_passed_over)


def _unmapped(prompt_id: UUID, reason: str) -> PromptAssembled:
    nothing = Listing(length=0, items=[])
    return PromptAssembled(
        prompt_id=prompt_id,
        method=METHOD,
        spans=nothing,
        absent=nothing,
        cut_short=[],
        problem=reason,
    )


def _listed(span: Span) -> list[int | str | None]:
    version_id = span.passage.version_id
    return [
        *(span.message, span.part, span.start, span.end),
        str(span.passage.retrieval_id),
        str(span.passage.chunk_id),
        None if version_id is None else str(version_id),
        *(span.chunk_start, span.chunk_end, span.match),
    ]
