"""Compares two rankings, and names why they differ. Pure: facts in, words out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from retrieval.ranking import RankedChunk

# Scores are millionths of sums of floats; another processor may add them in another order.
ROUNDING = 2


class Verdict(StrEnum):
    """How an answer came out when it was asked for again."""

    IDENTICAL = "identical"
    REORDERED = "reordered"
    DIFFERENT = "different"
    NOT_SERVED_HERE = "not_served_here"


class Cause(StrEnum):
    """Why it did not come out identical."""

    ERASED_CONTENT = "erased_content"
    GENERATION_DROPPED = "generation_dropped"
    CONFIGURATION_CHANGED = "configuration_changed"
    VECTORS_RECOMPUTED = "vectors_recomputed"
    APPROXIMATE_SEARCH = "approximate_search"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True)
class Circumstances:
    """What is known to be otherwise than when the retrieval was recorded.

    `approximate`: it was not compared with every passage. `erased`: something that counted then
    is gone; of what was ranked, the passages of `erased_documents`. `recomputed`: vectors of what
    it ranked were made anew since.
    """

    approximate: bool = False
    configuration_changed: bool = False
    erased: bool = False
    recomputed: bool = False
    erased_documents: frozenset[str] = frozenset()


def compare(recorded: Sequence[RankedChunk], reproduced: Sequence[RankedChunk]) -> Verdict:
    """Whether the same passages stand in the same order."""
    before = [each.chunk_id for each in recorded]
    after = [each.chunk_id for each in reproduced]
    if before == after:
        return Verdict.IDENTICAL
    return Verdict.REORDERED if sorted(before) == sorted(after) else Verdict.DIFFERENT


def cause_of(
    recorded: Sequence[RankedChunk],
    reproduced: Sequence[RankedChunk],
    circumstances: Circumstances,
) -> Cause | None:
    """Why the whole rankings differ; None where they do not.

    An approximate search may miss passages and so rank others in their place. It explains neither
    another score of the same passage, nor that a passage which scored better is missing now. What
    was erased takes its passages along, and with its words it changes how relevant others are; it
    moves no vector.
    """
    if compare(recorded, reproduced) is Verdict.IDENTICAL:
        return None
    if circumstances.configuration_changed:
        return Cause.CONFIGURATION_CHANGED
    if circumstances.erased and not _beyond_erasure(
        recorded, reproduced, circumstances.erased_documents
    ):
        return Cause.ERASED_CONTENT
    if circumstances.recomputed:
        return Cause.VECTORS_RECOMPUTED
    lost = scores_moved(recorded, reproduced) or better_ones_missing(recorded, reproduced)
    if circumstances.approximate and not lost:
        return Cause.APPROXIMATE_SEARCH
    return Cause.UNEXPLAINED


def scores_moved(recorded: Sequence[RankedChunk], reproduced: Sequence[RankedChunk]) -> bool:
    """True if a passage in both has another similarity or relevance."""
    before = {each.chunk_id: each for each in recorded}
    return any(
        _moved(before[each.chunk_id].similarity, each.similarity)
        or _moved(before[each.chunk_id].relevance, each.relevance)
        for each in reproduced
        if each.chunk_id in before
    )


def _beyond_erasure(
    recorded: Sequence[RankedChunk],
    reproduced: Sequence[RankedChunk],
    erased_documents: frozenset[str],
) -> bool:
    """True if more is otherwise than the absence of what was erased can bring about."""
    before = {each.chunk_id: each for each in recorded}
    moved = any(
        _moved(before[each.chunk_id].similarity, each.similarity)
        for each in reproduced
        if each.chunk_id in before
    )
    if moved or any(each.relevance is not None for each in recorded):
        return moved
    standing = [each for each in recorded if each.document_id not in erased_documents]
    return better_ones_missing(standing, reproduced)


def better_ones_missing(recorded: Sequence[RankedChunk], reproduced: Sequence[RankedChunk]) -> bool:
    """True if a passage is missing that was as similar and as relevant as one that is there."""
    there = {each.chunk_id for each in reproduced}
    missing = [each for each in recorded if each.chunk_id not in there]
    return any(
        (gone.similarity or 0) > (kept.similarity or 0) + ROUNDING
        and (gone.relevance or 0) >= (kept.relevance or 0)
        for gone in missing
        for kept in reproduced
        if kept.similarity is not None
    ) or any(
        (gone.relevance or 0) > (kept.relevance or 0) + ROUNDING
        for gone in missing
        for kept in reproduced
        if kept.similarity is None
    )


def _moved(before: int | None, after: int | None) -> bool:
    """A score that one side did not compute says nothing."""
    return before is not None and after is not None and abs(before - after) > ROUNDING
