"""Slides what was only taken out or only put in to where a line begins, as its writer meant it.

Between "x." and "y.", the words ". y" that were put in are just as well "y.".
"""

from collections.abc import Sequence
from dataclasses import replace

from provenance.history.comparing.runs import Run
from provenance.history.comparing.words import Words

FARTHEST = 200


def slid(runs: Sequence[Run], a: Words, b: Words) -> list[Run]:
    """Runs that alternate; what is between them may end up empty."""
    found = list(runs)
    for index in range(1, len(found) - 1):
        run = found[index]
        if run.same or (run.a0 < run.a1 and run.b0 < run.b1):
            continue
        by = _shift(run, found[index - 1], found[index + 1], a if run.a0 < run.a1 else b)
        if by:
            before, after = found[index - 1], found[index + 1]
            found[index - 1] = replace(before, a1=before.a1 + by, b1=before.b1 + by)
            found[index] = Run(run.same, run.a0 + by, run.a1 + by, run.b0 + by, run.b1 + by)
            found[index + 1] = replace(after, a0=after.a0 + by, b0=after.b0 + by)
    return found


def _shift(run: Run, before: Run, after: Run, side: Words) -> int:
    """How far the run is to slide: the least way, to the left if in doubt."""
    first, last = (run.a0, run.a1) if run.a0 < run.a1 else (run.b0, run.b1)
    if side.begins_line(first):
        return 0
    words = side.words
    for step in range(1, min(FARTHEST, before.size) + 1):
        if words[first - step] != words[last - step]:
            break
        if side.begins_line(first - step):
            return -step
    for step in range(1, min(FARTHEST, after.size) + 1):
        if words[first + step - 1] != words[last + step - 1]:
            break
        if side.begins_line(first + step):
            return step
    return 0
