"""What became of the passages that a retrieval returned: whether they stand in its prompts."""

from collections.abc import Collection, Iterable, Sequence
from enum import IntEnum
from typing import Any
from uuid import UUID

from provenance.eventstore import store
from provenance.eventstore.listings import read_listing
from provenance.eventstore.prefetching import prefetched
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_json
from retrieval.recording.assembly import SPAN_COLUMNS
from retrieval.recording.events import PromptAssembled, PromptReported
from retrieval.recording.models import InteractionPrompt

CHUNK = SPAN_COLUMNS.index("chunk_id")
# More prompts of one retrieval are not looked through.
MAX_PROMPTS = 100


class Fate(IntEnum):
    """The more it got into a prompt, the higher."""

    NO_PROMPT = 0
    DROPPED = 1
    NOT_MAPPED = 2
    NOT_IN_PROMPT = 3
    USED = 4


def fate_of(retrieval_id: UUID, chunk_ids: Collection[str]) -> Fate:
    """The best that happened to one of the passages, over all prompts that name the retrieval."""
    prompts = InteractionPrompt.objects.filter(retrieval_ids__contains=[retrieval_id])
    ids = prompts.order_by("position").values_list("prompt_id", flat=True)[:MAX_PROMPTS]
    events = store.read_streams([f"prompt-{prompt_id}" for prompt_id in ids])
    by_stream: dict[str, list[Recorded[Any]]] = {}
    for event in events:
        by_stream.setdefault(event.stream, []).append(event)
    with prefetched(events):
        fates = (_in_prompt(each, retrieval_id, chunk_ids) for each in by_stream.values())
        return max(fates, default=Fate.NO_PROMPT)


def _in_prompt(
    events: Sequence[Recorded[Any]], retrieval_id: UUID, chunk_ids: Collection[str]
) -> Fate:
    mapped = next((e.data for e in events if isinstance(e.data, PromptAssembled)), None)
    if mapped is not None and any(
        str(span[CHUNK]) in chunk_ids for span in read_listing(mapped.spans)
    ):
        return Fate.USED
    if _was_dropped(events, retrieval_id, chunk_ids):
        return Fate.DROPPED
    computed = mapped is not None and mapped.problem is None
    return Fate.NOT_IN_PROMPT if computed else Fate.NOT_MAPPED


def _was_dropped(
    events: Iterable[Recorded[Any]], retrieval_id: UUID, chunk_ids: Collection[str]
) -> bool:
    """True if the application says what it kept after reranking, and these are not among it."""
    prompt = next(e for e in events if isinstance(e.data, PromptReported))
    selection = reveal_json(prompt, "selection")
    if selection is None:
        return False
    kept = {
        str(each["chunk_id"]) for each in selection if each["retrieval_id"] == str(retrieval_id)
    }
    return not kept & set(chunk_ids)
