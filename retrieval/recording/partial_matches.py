"""Finds what the prompt holds of passages that the application shortened."""

from bisect import bisect, insort
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import itemgetter

import numpy as np

from retrieval.recording.folding import SPACE, Offsets
from retrieval.recording.grams import WINDOW, Occurrences
from retrieval.recording.limits import PARTS, PLACES
from retrieval.recording.matches import STRIDE, Haystack, Match

# A shorter run is chance, unless it is a whole line or sentence of the passage.
MIN_RUN = 48
MIN_LINE = 24
# Pairs of places of the prompt and passages that are followed in all. Where there are more, a
# window is followed at its first places and into its first passages only.
MAX_PAIRS = 300_000
MAX_PLACES = 64
MAX_SHARING = 32
MAX_RUNS = 20_000
SENTENCE_ENDS = frozenset(".!?:;…。！？।؟")  # noqa: RUF001


def find_partial(haystack: Haystack, whole: Sequence[Match]) -> list[Match]:
    """The longest common runs outside the whole matches; what a longer run explains is left out."""
    runs = _runs(haystack, *_seeds(haystack, whole))
    taken: dict[int, list[Match]] = {}
    for match in sorted(whole, key=lambda match: match.place):
        taken.setdefault(match.passage, []).append(match)
    accepted = []
    for run in sorted(runs, key=lambda run: (-run.length, run.place, run.passage)):
        mine = taken.setdefault(run.passage, [])
        match = _trimmed(haystack, _outside(run, mine))
        if not _is_evidence(haystack, match):
            continue
        if len(mine) >= haystack.spans_of_a_passage:
            haystack.cut_short.add(PLACES)
            continue
        insort(mine, match, key=lambda match: match.place)
        accepted.append(match)
    return list(_not_contained(accepted))


def _seeds(haystack: Haystack, whole: Sequence[Match]) -> tuple[Offsets, Offsets]:
    """Places of the prompt outside the whole matches, each with an entry whose window it holds."""
    found = haystack.found
    size = len(haystack.prompt.folded.codes)
    steps = np.zeros(size + 1, dtype=np.int32)
    for match in whole:
        steps[match.place] += 1
        steps[match.place + match.length] -= 1
    covered = np.zeros(size + 1, dtype=np.int32)
    np.cumsum(np.cumsum(steps[:size], dtype=np.int32) > 0, out=covered[1:])
    outside = np.flatnonzero(covered[found.places + WINDOW] == covered[found.places])
    gram = np.searchsorted(found.bounds, outside, side="right") - 1
    places = found.places[outside]
    sharing = np.bincount(found.gram, minlength=len(found.bounds) - 1)
    if int(sharing[gram].sum()) > MAX_PAIRS:
        haystack.cut_short.add(PARTS)
        kept = np.arange(len(gram)) - _bounds(gram, len(found.bounds))[gram] < MAX_PLACES
        places, gram, sharing = places[kept], gram[kept], np.minimum(sharing, MAX_SHARING)
    return _pairs(found, places, gram, sharing)


def _bounds(grams: Offsets, size: int) -> Offsets:
    """Where each gram begins once the grams are sorted."""
    return np.append(0, np.cumsum(np.bincount(grams, minlength=size)))


def _pairs(
    found: Occurrences, places: Offsets, gram: Offsets, sharing: Offsets
) -> tuple[Offsets, Offsets]:
    """Every place with the first entries of its gram, in the order of the prompt."""
    order = np.argsort(places)
    places, gram = places[order], gram[order]
    entries = np.argsort(found.gram, kind="stable")
    first, counts = _bounds(found.gram, len(found.bounds))[gram], sharing[gram]
    total = np.cumsum(counts)
    kept = int(np.searchsorted(total, MAX_PAIRS, side="right"))
    counts, total, first, places = counts[:kept], total[:kept], first[:kept], places[:kept]
    within = np.arange(counts.sum()) - np.repeat(total - counts, counts)
    return np.repeat(places, counts), entries[np.repeat(first, counts) + within]


def _runs(haystack: Haystack, places: Offsets, entries: Offsets) -> Iterator[Match]:
    """Seeds that follow each other are one run; it is stretched as far as the texts agree."""
    diagonal = places - haystack.start[entries]
    order = np.lexsort((places, diagonal))
    places, entries, diagonal = places[order], entries[order], diagonal[order]
    follows = (np.diff(entries) == 1) & (np.diff(places) == STRIDE) & (np.diff(diagonal) == 0)
    follows &= np.diff(haystack.passage[entries]) == 0
    begins = np.flatnonzero(np.append(True, ~follows)) if len(places) else places
    last = np.append(begins, len(places))[1:] - 1
    passage, start = haystack.passage[entries[begins]], haystack.start[entries[begins]]
    place, length = places[begins], places[last] - places[begins] + WINDOW
    backward = _agreement(haystack, passage, place, start, step=-1)
    forward = _agreement(haystack, passage, place + length - 1, start + length - 1, step=1)
    length = length + backward + forward
    long = np.flatnonzero(length >= MIN_LINE)
    if len(long) > MAX_RUNS:
        haystack.cut_short.add(PARTS)
    long = np.sort(long[np.argsort(-length[long], kind="stable")[:MAX_RUNS]])
    columns = (passage, place - backward, start - backward, length)
    rows = zip(*(column[long].tolist() for column in columns), strict=True)
    wanted, prompt = haystack.passages.folded.text, haystack.prompt.folded.text
    for run in (Match(*row) for row in rows):
        if prompt.startswith(wanted[run.start : run.start + run.length], run.place):
            yield run


def _agreement(
    haystack: Haystack, passage: Offsets, place: Offsets, start: Offsets, *, step: int
) -> Offsets:
    """How many further points agree, at most STRIDE: the next sampled window ends every run."""
    prompt, passages = haystack.prompt.folded.codes, haystack.passages.folded.codes
    low, high = haystack.passages.begins[passage], haystack.passages.ends[passage]
    agreed = np.zeros(len(place), dtype=np.int64)
    alive = np.ones(len(place), dtype=bool)
    for _ in range(STRIDE):
        place, start = place + step, start + step
        alive &= (start >= low) & (start < high) & (place >= 0) & (place < len(prompt))
        alive[alive] = prompt[place[alive]] == passages[start[alive]]
        agreed += alive
    return agreed


def _outside(run: Match, taken: Sequence[Match]) -> Match:
    """The longest piece of the run that overlaps none of the passage's matches so far.

    Those are in order and do not overlap each other.
    """
    run_end, start = run.place + run.length, run.place
    longest = (0, start)
    first = max(bisect(taken, run.place, key=lambda match: match.place) - 1, 0)
    for match in islice(taken, first, None):
        if match.place >= run_end:
            break
        longest = max(longest, (match.place - start, start), key=itemgetter(0))
        start = max(start, match.place + match.length)
    longest = max(longest, (run_end - start, start), key=itemgetter(0))
    length, place = longest
    return Match(run.passage, place, run.start + place - run.place, length)


def _trimmed(haystack: Haystack, match: Match) -> Match:
    """Without white space at its edges, and cut where both originals can be cut."""
    codes = haystack.prompt.folded.codes
    passage, place, start, length = match
    while length and (codes[place] == SPACE or not haystack.is_cut(place, start)):
        place, start, length = place + 1, start + 1, length - 1
    while length and (
        codes[place + length - 1] == SPACE or not haystack.is_cut(place + length, start + length)
    ):
        length -= 1
    return Match(passage, place, start, length)


def _is_evidence(haystack: Haystack, match: Match) -> bool:
    if match.length < MIN_LINE or not haystack.prompt.holds(match.place, match.length):
        return False
    return match.length >= MIN_RUN or _is_line(haystack, match)


def _is_line(haystack: Haystack, match: Match) -> bool:
    """True if the run begins and ends where a line or a sentence of its passage does."""
    _, (start, end) = haystack.original_ranges(match)
    text = haystack.passages.original
    base = int(haystack.passages.bases[match.passage])
    before, after = text[max(base, start - 80) : start], text[end : end + 80]
    edges = (*SENTENCE_ENDS, "\n", "|")
    begins = start == base or not before.strip() or before.rstrip(" \t-*#>•").endswith(edges)
    rest = after.lstrip(" \t")
    ends = not rest or rest[0] in "\n|\x00" or text[end - 1] in SENTENCE_ENDS
    return begins and ends


def _not_contained(matches: Sequence[Match]) -> Iterator[Match]:
    """Leaves out what lies inside a longer run of another passage; equal ones all stay."""
    widest = (0, 0)
    for match in sorted(matches, key=lambda match: (match.place, -match.length, match.passage)):
        end = match.place + match.length
        if end > widest[1]:
            widest = (match.place, end)
        if (match.place, end) == widest or end > widest[1]:
            yield match
