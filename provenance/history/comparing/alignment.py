"""Aligns the words of two texts by their longest common subsequence, in bounded time and memory.

Texts too long for that are aligned line by line first, and word by word between the lines that
both have, as far as the budget goes; what lies beyond it counts as replaced.
"""

from collections.abc import Hashable, Iterator, Sequence
from itertools import groupby, pairwise

from rapidfuzz.distance import Indel

from provenance.history.comparing.runs import Run
from provenance.history.comparing.sliding import slid
from provenance.history.comparing.words import Words

# Pairs of words that may be compared: a bit of memory each, and about 100 ms for all of them.
BUDGET = 200_000_000
# So few words between two changes are read as part of one change.
FEW = 3


def align(a: Words, b: Words, *, budget: int = BUDGET) -> list[Run]:
    """Runs in order that cover both texts; the same and changed ones alternate."""
    if len(a) * len(b) <= budget:
        found = _aligned(a.words, b.words)
    else:
        found = list(_by_lines(a, b, budget))
    return _tidied(slid(_joined(found), a, b))


def _aligned(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Run]:
    """The library hashes what it is given: numbers, that stand for one thing each, never clash."""
    known: dict[Hashable, int] = {}
    numbered = [[known.setdefault(each, len(known)) for each in side] for side in (a, b)]
    return [
        Run(code.tag == "equal", code.src_start, code.src_end, code.dest_start, code.dest_end)
        for code in Indel.opcodes(*numbered)
    ]


def _by_lines(a: Words, b: Words, budget: int) -> Iterator[Run]:
    lines_a, lines_b = _lines(a), _lines(b)
    if (len(lines_a) - 1) * (len(lines_b) - 1) > budget:
        yield Run(same=False, a0=0, a1=len(a), b0=0, b1=len(b))
        return
    aligned = _aligned(_contents(a, lines_a), _contents(b, lines_b))
    left = budget
    for run in _joined(aligned):
        a0, a1, b0, b1 = lines_a[run.a0], lines_a[run.a1], lines_b[run.b0], lines_b[run.b1]
        cost = (a1 - a0) * (b1 - b0)
        if run.same or cost > left:
            yield Run(run.same, a0, a1, b0, b1)
            continue
        left -= cost
        for inner in _aligned(a.words[a0:a1], b.words[b0:b1]):
            yield Run(inner.same, a0 + inner.a0, a0 + inner.a1, b0 + inner.b0, b0 + inner.b1)


def _lines(words: Words) -> list[int]:
    """Where each line begins, and the end."""
    return [index for index in range(len(words)) if words.begins_line(index)] + [len(words)]


def _contents(words: Words, lines: Sequence[int]) -> list[Hashable]:
    """Each line as its words, whatever white space stands between them."""
    return [tuple(words.words[first:last]) for first, last in pairwise(lines)]


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Neighbours of one kind become one."""
    joined = []
    for same, group in groupby(runs, key=lambda run: run.same):
        members = list(group)
        first, last = members[0], members[-1]
        joined.append(Run(same, first.a0, last.a1, first.b0, last.b1))
    return joined


def _tidied(runs: Sequence[Run]) -> list[Run]:
    """A word or two that two rewritten stretches happen to share does not cut them apart."""
    tidied: list[Run] = []
    for index, run in enumerate(runs):
        inner = 0 < index < len(runs) - 1
        drowns = inner and run.same and _drowns(run, tidied[-1], runs[index + 1])
        same = run.same and not drowns
        if tidied and tidied[-1].same == same:
            last = tidied.pop()
            tidied.append(Run(same, last.a0, run.a1, last.b0, run.b1))
        else:
            tidied.append(Run(same, run.a0, run.a1, run.b0, run.b1))
    return tidied


def _drowns(run: Run, before: Run, after: Run) -> bool:
    return run.size <= FEW and run.size * 2 <= min(before.size, after.size)
