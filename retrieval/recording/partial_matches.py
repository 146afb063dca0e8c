"""Finds what the prompt holds of passages that the application shortened."""

from collections.abc import Iterator, Sequence

import numpy as np

from retrieval.recording.folding import SPACE, Offsets
from retrieval.recording.grams import WINDOW, Occurrences
from retrieval.recording.matches import STRIDE, Haystack, Match

# A shorter run is chance, unless it is a whole line or sentence of the passage.
MIN_RUN = 48
MIN_LINE = 24
# A window is followed at this many places of the prompt and into this many passages.
MAX_PLACES = 64
MAX_SHARING = 32
# Pairs of places and passages followed in all; beyond, the prompt repeats the passages endlessly.
MAX_PAIRS = 1_000_000
MAX_RUNS = 20_000
SENTENCE_ENDS = frozenset(".!?:;…。！？।؟")  # noqa: RUF001


def find_partial(haystack: Haystack, whole: Sequence[Match]) -> list[Match]:
    """The longest common runs outside the whole matches; what a longer run explains is left out."""
    runs = _runs(haystack, *_seeds(haystack, whole))
    taken: dict[int, list[Match]] = {}
    for match in whole:
        taken.setdefault(match.passage, []).append(match)
    accepted = []
    for run in sorted(runs, key=lambda run: (-run.length, run.place, run.passage)):
        mine = taken.setdefault(run.passage, [])
        if len(mine) >= 2 * haystack.spans_of_a_passage:
            continue
        match = _trimmed(haystack, _outside(run, mine))
        if _is_evidence(haystack, match):
            mine.append(match)
            accepted.append(match)
    return list(_not_contained(accepted))


def _seeds(haystack: Haystack, whole: Sequence[Match]) -> tuple[Offsets, Offsets]:
    """Places of the prompt outside the whole matches, each with an entry whose window it holds."""
    found = haystack.found
    size = len(haystack.prompt.folded.codes)
    steps = np.zeros(size + 1, dtype=np.int64)
    for match in whole:
        steps[match.place] += 1
        steps[match.place + match.length] -= 1
    covered = np.append(0, np.cumsum(np.cumsum(steps[:size]) > 0))
    outside = covered[found.places + WINDOW] == covered[found.places]
    gram = np.repeat(np.arange(len(found.bounds) - 1), np.diff(found.bounds))[outside]
    places = found.places[outside]
    rank = np.arange(len(gram)) - _bounds(gram, len(found.bounds))[gram]
    return _pairs(found, places[rank < MAX_PLACES], gram[rank < MAX_PLACES])


def _bounds(grams: Offsets, size: int) -> Offsets:
    """Where each gram begins once the grams are sorted."""
    return np.append(0, np.cumsum(np.bincount(grams, minlength=size)))


def _pairs(found: Occurrences, places: Offsets, gram: Offsets) -> tuple[Offsets, Offsets]:
    """Every place with the first entries of its gram, in the order of the prompt."""
    order = np.argsort(places)
    places, gram = places[order], gram[order]
    entries = np.argsort(found.gram, kind="stable")
    bounds = _bounds(found.gram, len(found.bounds))
    first = bounds[gram]
    counts = np.minimum(bounds[gram + 1] - first, MAX_SHARING)
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
    """The longest piece of the run that overlaps none of the passage's matches so far."""
    pieces = [(run.place, run.place + run.length)]
    for match in taken:
        low, high = match.place, match.place + match.length
        pieces = [
            piece
            for start, end in pieces
            for piece in ((start, min(end, low)), (max(start, high), end))
            if piece[0] < piece[1]
        ]
    if not pieces:
        return Match(run.passage, run.place, run.start, 0)
    start, end = max(pieces, key=lambda piece: (piece[1] - piece[0], -piece[0]))
    return Match(run.passage, start, run.start + start - run.place, end - start)


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
