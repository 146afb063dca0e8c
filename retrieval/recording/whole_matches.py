"""Finds passages that stand in the prompt from their first to their last character."""

import sys
from bisect import bisect
from collections.abc import Iterator
from functools import cache
from itertools import compress, islice
from operator import not_

import numpy as np
from numpy.typing import NDArray

from retrieval.recording.folding import Offsets
from retrieval.recording.grams import WINDOW, occurrences
from retrieval.recording.limits import PASSAGES, PLACES
from retrieval.recording.matches import Haystack, Match

# Up to here every place of a passage's rarest window is compared; beyond, the text repeats
# itself and the next occurrence is searched from the end of the last one.
MAX_COMPARED = 256
# Folded points that such searches may read in all.
SEARCH_BUDGET = 32_000_000
# Equal places among which exact ones are given precedence, for each span that is listed.
EQUAL_PLACES = 4


def find_whole(haystack: Haystack) -> list[Match]:
    """Matches of a passage do not overlap; where they would, exact ones come first."""
    return [*_find_short(haystack), *_find_long(haystack)]


def _find_long(haystack: Haystack) -> Iterator[Match]:
    """Passages of at least WINDOW points, by the window of theirs that the prompt holds least."""
    counts, bounds = haystack.found.count(), haystack.bounds
    sampled = np.flatnonzero(np.diff(bounds))
    if not len(sampled):
        return
    rarest = np.minimum.reduceat(counts, bounds[sampled])
    budget = SEARCH_BUDGET
    for passage in sampled[rarest > 0].tolist():
        low, high = int(bounds[passage]), int(bounds[passage + 1])
        entry = low + int(np.argmin(counts[low:high]))
        if counts[entry] <= MAX_COMPARED:
            before = int(haystack.start[entry] - haystack.passages.begins[passage])
            places = haystack.found.of_entry(entry) - before
            yield from _chosen(haystack, passage, places)
        elif budget > 0:
            places = np.fromiter(_searched(haystack, passage), dtype=np.int64)
            budget -= _points_read(haystack, places)
            yield from _chosen(haystack, passage, places)
        else:
            haystack.cut_short.add(PASSAGES)
            haystack.unsought.add(passage)


def _searched(haystack: Haystack, passage: int) -> Iterator[int]:
    wanted, text = haystack.passages.text(passage), haystack.prompt.folded.text
    place = text.find(wanted)
    for _ in range(haystack.spans_of_a_passage + 1):
        if place < 0:
            return
        yield place
        place = text.find(wanted, place + len(wanted))


def _points_read(haystack: Haystack, places: Offsets) -> int:
    stopped_early = len(places) > haystack.spans_of_a_passage
    return int(places[-1]) if stopped_early else len(haystack.prompt.folded.text)


def _find_short(haystack: Haystack) -> Iterator[Match]:
    """Passages below WINDOW points; inside a word they would be chance, not evidence."""
    passages = haystack.passages
    lengths = passages.ends - passages.begins
    in_words = _in_words(haystack)
    for length in range(1, WINDOW):
        members = np.flatnonzero(lengths == length)
        if not len(members):
            continue
        entries = passages.windows.of_length(length)[passages.begins[members]]
        hashes = haystack.prompt.windows.of_length(length)
        alone = np.flatnonzero(~(in_words[: len(hashes)] | in_words[length:][: len(hashes)]))
        found = occurrences(entries, hashes[alone])
        for entry, passage in enumerate(members.tolist()):
            places = alone[found.of_entry(entry)]
            if len(places) > MAX_COMPARED:
                haystack.cut_short.add(PLACES)
            yield from _chosen(haystack, passage, places[:MAX_COMPARED])


def _in_words(haystack: Haystack) -> NDArray[np.bool_]:
    """For each point of the prompt and the end, whether a word goes on there."""
    alphanumeric = np.zeros(len(haystack.prompt.folded.codes) + 2, dtype=bool)
    alphanumeric[1:-1] = _alphanumeric()[haystack.prompt.folded.codes]
    return alphanumeric[1:] & alphanumeric[:-1]


@cache
def _alphanumeric() -> NDArray[np.bool_]:
    return np.array([chr(code).isalnum() for code in range(sys.maxunicode + 1)])


def _chosen(haystack: Haystack, passage: int, places: Offsets) -> Iterator[Match]:
    """The true matches among the places, without overlaps; exact ones have the first choice."""
    wanted, start = haystack.passages.text(passage), int(haystack.passages.begins[passage])
    text, length = haystack.prompt.folded.text, len(wanted)
    separable = places[haystack.prompt.can_be_cut_out(places, length)].tolist()
    room = haystack.spans_of_a_passage
    found = (place for place in separable if text.startswith(wanted, place))
    equal = list(islice(found, EQUAL_PLACES * room))
    matches = [Match(passage, place, start, length) for place in equal]
    exact = [haystack.is_exact(match) for match in matches]
    taken: list[int] = []
    for place in [*compress(equal, exact), *compress(equal, map(not_, exact))]:
        index = bisect(taken, place)
        after_last = index == 0 or place - taken[index - 1] >= length
        if after_last and (index == len(taken) or taken[index] - place >= length):
            taken.insert(index, place)
    if len(taken) > room or next(found, None) is not None:
        haystack.cut_short.add(PLACES)
    yield from (Match(passage, place, start, length) for place in taken[:room])
