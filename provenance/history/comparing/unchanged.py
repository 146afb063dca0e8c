"""What two texts begin and end with alike, by whole lines: however long, it is found cheaply."""

import re
from collections.abc import Iterator

from provenance.history.comparing.stretches import Kind, Stretch

# So much beside a change is given line by line, in code points; what lies farther off in one piece.
NEAR = 4_000
# With the empty lines that follow it.
_LINE = re.compile(r"[^\n]*\n\s*|[^\n]+")


def shared_head(a: str, b: str) -> int:
    """The end of the last whole line that both begin with, by halving."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if a[low:middle] == b[low:middle] else (low, middle - 1)
    return low if low == len(a) == len(b) else a.rfind("\n", 0, low) + 1


def shared_tail(a: str, b: str) -> int:
    """How many code points both end with, from the beginning of a line on."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        same = a[len(a) - middle : len(a) - low] == b[len(b) - middle : len(b) - low]
        low, high = (middle, high) if same else (low, middle - 1)
    line = a.find("\n", len(a) - low)
    return 0 if line < 0 else len(a) - line - 1


def shared_stretches(text: str, start: int) -> Iterator[Stretch]:
    """`text`, which stands in both: its first and last lines one by one."""
    near_end = text.rfind("\n", 0, max(0, len(text) - NEAR)) + 1
    near_begin = text.find("\n", NEAR) + 1 or near_end
    if near_begin >= near_end:
        yield from _lines(text, start)
        return
    yield from _lines(text[:near_begin], start)
    middle = text[near_begin:near_end]
    yield Stretch(Kind.SAME, middle, middle, start + near_begin, ends_line=True)
    yield from _lines(text[near_end:], start + near_end)


def _lines(text: str, start: int) -> Iterator[Stretch]:
    for found in _LINE.finditer(text):
        yield Stretch(Kind.SAME, found[0], found[0], start + found.start(), ends_line=True)
