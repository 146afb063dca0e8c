"""A match: a range of the folded prompt that equals a range of the folded passages."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from retrieval.recording.folding import Offsets
from retrieval.recording.grams import WINDOW, Hashes, Occurrences, occurrences
from retrieval.recording.joined_texts import JoinedTexts

# A run of STRIDE - 1 + WINDOW points holds at least one sampled window of its passage.
STRIDE = 8


class Match(NamedTuple):
    """`length` folded points at `place` of the prompt and at `start` of passage `passage`."""

    passage: int
    place: int
    start: int
    length: int


@dataclass(frozen=True)
class Haystack:
    """Prompt and passages, with the sampled windows of the passages looked up in the prompt.

    Entry `e` is the window at `start[e]` of passage `passage[e]`; those of passage `k` are the
    entries `bounds[k]` to `bounds[k + 1]`. A passage gets `spans_of_a_passage` matches at most.
    `cut_short` gathers the limits that were reached, `unsought` the passages left out by them.
    """

    prompt: JoinedTexts
    passages: JoinedTexts
    passage: Offsets
    start: Offsets
    bounds: Offsets
    found: Occurrences
    spans_of_a_passage: int
    cut_short: set[str] = field(default_factory=set)
    unsought: set[int] = field(default_factory=set)

    def is_exact(self, match: Match) -> bool:
        """True if the originals are equal too, before any folding."""
        here, there = self.original_ranges(match)
        return self.prompt.original[slice(*here)] == self.passages.original[slice(*there)]

    def original_ranges(self, match: Match) -> tuple[tuple[int, int], tuple[int, int]]:
        """The range in the joined prompt and the range in the joined passages."""
        return (
            self.prompt.original_range(match.place, match.place + match.length),
            self.passages.original_range(match.start, match.start + match.length),
        )

    def is_cut(self, place: int, start: int) -> bool:
        """True if both originals can be cut there."""
        return bool(self.prompt.folded.cuts[place] and self.passages.folded.cuts[start])


def look_up(prompt: JoinedTexts, passages: JoinedTexts, *, spans_of_a_passage: int) -> Haystack:
    """Samples the passages' windows and finds them in the prompt, in time linear in both."""
    room = passages.ends - passages.begins - WINDOW
    counts = np.where(room >= 0, room // STRIDE + 1, 0)
    bounds = np.append(0, np.cumsum(counts))
    passage = np.repeat(np.arange(len(counts)), counts)
    start = passages.begins[passage] + STRIDE * (np.arange(bounds[-1]) - bounds[passage])
    hashes: Hashes = passages.windows.of_length(WINDOW)[start]
    found = occurrences(hashes, prompt.windows.of_length(WINDOW))
    return Haystack(prompt, passages, passage, start, bounds, found, spans_of_a_passage)
