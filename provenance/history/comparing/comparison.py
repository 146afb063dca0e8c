"""Compares two texts word by word: what stayed, went, came and moved, in bounded time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provenance.history.comparing.alignment import BUDGET, align
from provenance.history.comparing.moves import Move, moves
from provenance.history.comparing.runs import Run
from provenance.history.comparing.stretches import Kind, Stretch
from provenance.history.comparing.unchanged import shared_head, shared_stretches, shared_tail
from provenance.history.comparing.words import Words, words_of

# Of longer texts so much is compared, from the first difference on, in code points.
MOST = 400_000
# An unchanged stretch without a line break is cut after so many words.
LONG_LINE = 120


@dataclass(frozen=True)
class Comparison:
    """Joined, the stretches are both texts, up to what was not compared.

    That are the last `left_before` and `left_after` code points.
    """

    stretches: Sequence[Stretch]
    left_before: int = 0
    left_after: int = 0

    def words(self, kind: Kind) -> int:
        """How many words are of that kind; what only moved counts as neither removed nor added."""
        return sum(each.words for each in self.stretches if each.kind == kind and not each.move)

    @property
    def moved(self) -> int:
        return max((each.move for each in self.stretches), default=0)

    @property
    def is_same(self) -> bool:
        """No word differs."""
        whole = not (self.left_before or self.left_after)
        return whole and all(each.kind == Kind.SAME for each in self.stretches)


def compare(before: str, after: str, *, most: int = MOST, budget: int = BUDGET) -> Comparison:
    """What both begin and end with is found cheaply, and does not count towards `most`."""
    head = shared_head(before, after)
    tail = shared_tail(before[head:], after[head:])
    middle_a, middle_b = before[head : len(before) - tail], after[head : len(after) - tail]
    a, b = words_of(middle_a[:most]), words_of(middle_b[:most])
    runs = align(a, b, budget=budget)
    moved = moves(a.words, b.words, runs)
    found = list(shared_stretches(before[:head], 0))
    for run in runs:
        found += _kept(a, b, run, head) if run.same else _changed(a, b, run, moved, head)
    left_before, left_after = max(0, len(middle_a) - most), max(0, len(middle_b) - most)
    if left_before or left_after:
        return Comparison(found, left_before + tail, left_after + tail)
    return Comparison([*found, *shared_stretches(before[len(before) - tail :], len(before) - tail)])


def _kept(a: Words, b: Words, run: Run, offset: int) -> Iterator[Stretch]:
    """Cut where a line ends in both, so that lines can be shown side by side."""
    first, length = 0, run.a1 - run.a0
    for at in range(1, length + 1):
        ends = _ends_line(a, b, run.a0 + at, run.b0 + at) or at - first >= LONG_LINE
        if ends or at == length:
            i, j = run.a0 + first, run.a0 + at
            after = b.between(run.b0 + first, run.b0 + at)
            start = offset + a.bounds[i]
            yield Stretch(Kind.SAME, a.between(i, j), after, start, ends_line=ends)
            first = at


def _changed(a: Words, b: Words, run: Run, moved: Sequence[Move], offset: int) -> Iterator[Stretch]:
    ends = _ends_line(a, b, run.a1, run.b1)
    removed = [(m.a0, m.a0 + m.length, number) for number, m in enumerate(moved, 1)]
    added = [(m.b0, m.b0 + m.length, number) for number, m in enumerate(moved, 1)]
    gone = [
        Stretch(Kind.REMOVED, a.between(i, j), "", offset + a.bounds[i], j - i, move)
        for i, j, move in _parted(run.a0, run.a1, sorted(removed))
    ]
    place = offset + a.bounds[run.a1]
    come = [
        Stretch(Kind.ADDED, "", b.between(i, j), place, j - i, move)
        for i, j, move in _parted(run.b0, run.b1, added)
    ]
    stretches = [*gone, *come]
    yield from stretches[:-1]
    last = stretches[-1]
    yield Stretch(last.kind, last.before, last.after, last.start, last.words, last.move, ends)


def _parted(
    first: int, last: int, moved: Sequence[tuple[int, int, int]]
) -> Iterator[tuple[int, int, int]]:
    """`[first, last)` in parts, each with the number of its move or 0."""
    for start, end, number in moved:
        if first <= start and end <= last:
            if first < start:
                yield first, start, 0
            yield start, end, number
            first = end
    if first < last:
        yield first, last, 0


def _ends_line(a: Words, b: Words, i: int, j: int) -> bool:
    return a.begins_line(i) and b.begins_line(j)
