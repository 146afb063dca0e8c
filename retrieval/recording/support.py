"""Computes the support of a recorded output: each sentence with the passages that hold it."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from provenance.eventstore.listings import Listing, read_listing, store_listing
from provenance.eventstore.prefetching import prefetched
from provenance.eventstore.sealed import reveal_text
from retrieval.recording import attribution
from retrieval.recording.assembly import (
    ERASED,
    SPAN_COLUMNS,
    assemble_prompt,
    passages_of_prompt,
)
from retrieval.recording.attribution import AttributedSentence, Source, attribute
from retrieval.recording.deriving import already_derived, read_fact, record_derived
from retrieval.recording.events import (
    Method,
    OutputAttributed,
    OutputReported,
    PromptAssembled,
    PromptReported,
)
from retrieval.recording.limits import PARTS, PASSAGES, PROMPT_MAP
from retrieval.recording.passages import RetrievedPassage

METHOD = Method(name=attribution.NAME, version=attribution.VERSION)
CHUNK, CHUNK_START, CHUNK_END = map(SPAN_COLUMNS.index, ("chunk_id", "chunk_start", "chunk_end"))


def attribute_output(output_id: UUID) -> OutputAttributed:
    """Records the support of the output's sentences, unless that is done; maps its prompt first."""
    output = read_fact(f"output-{output_id}", OutputReported)
    known = already_derived(output, OutputAttributed)
    if known is not None:
        return known
    with prefetched([output]):
        text = reveal_text(output, "text")
    if text is None:
        return record_derived(_unattributed(output.data, ERASED), cause=output)
    return record_derived(_attributed(output.data, text), cause=output)


def _attributed(output: OutputReported, text: str) -> OutputAttributed:
    prompt = read_fact(f"prompt-{output.prompt_id}", PromptReported)
    assembled = assemble_prompt(output.prompt_id)
    found = attribute(text, _sources(assembled, passages_of_prompt(prompt.data)))
    map_lacks_passages = not {PASSAGES, PARTS}.isdisjoint(assembled.cut_short)
    return OutputAttributed(
        output_id=output.output_id,
        prompt_id=output.prompt_id,
        method=METHOD,
        sentences=store_listing([[each.start, each.end] for each in found.sentences]),
        supports=store_listing(_supports(found.sentences)),
        unsupported=sum(not sentence.supports for sentence in found.sentences),
        cut_short=[*found.cut_short, *([PROMPT_MAP] if map_lacks_passages else [])],
    )


def _sources(assembled: PromptAssembled, passages: Sequence[RetrievedPassage]) -> list[Source]:
    """The passages as far as the prompt holds them; all that was retrieved if it holds none."""
    held: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for span in read_listing(assembled.spans):
        held[span[CHUNK]].append((span[CHUNK_START], span[CHUNK_END]))
    distinct = {passage.chunk_id: passage for passage in reversed(passages)}
    sources = []
    for passage in reversed(distinct.values()):
        text = passage.text or ""
        parts = sorted(held[str(passage.chunk_id)]) if held else [(0, len(text))]
        shown = "\n".join(text[start:end] for start, end in dict.fromkeys(parts))
        if shown:
            sources.append(Source(passage.chunk_id, passage.version_id, shown))
    return sources


def _supports(sentences: Sequence[AttributedSentence]) -> list[list[int | str | None]]:
    return [
        [
            number,
            str(support.chunk_id),
            None if support.version_id is None else str(support.version_id),
            support.score,
        ]
        for number, sentence in enumerate(sentences)
        for support in sentence.supports
    ]


def _unattributed(output: OutputReported, reason: str) -> OutputAttributed:
    nothing = Listing(length=0, items=[])
    return OutputAttributed(
        output_id=output.output_id,
        prompt_id=output.prompt_id,
        method=METHOD,
        sentences=nothing,
        supports=nothing,
        unsupported=0,
        cut_short=[],
        problem=reason,
    )
