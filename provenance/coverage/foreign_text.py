"""Text among the passages of a prompt that no retrieval returned. Pure: it knows no database.

What stands before the first passage of a message and after the last one is instruction and
question; what stands between two of them should be passages too, and the words that part them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

# In code points: headings, titles and numbering of passages are shorter.
TOLERATED = 200

# Message, part of its content, start, end.
Stretch = tuple[int, int | None, int, int]


def longest_foreign(spans: Iterable[Stretch]) -> int:
    """The longest stretch between two spans of one text that is more than TOLERATED, else 0."""
    texts: dict[tuple[int, int | None], list[tuple[int, int]]] = defaultdict(list)
    for message, part, start, end in spans:
        texts[message, part].append((start, end))
    longest = max((_longest_gap(sorted(places)) for places in texts.values()), default=0)
    return longest if longest > TOLERATED else 0


def _longest_gap(places: Sequence[tuple[int, int]]) -> int:
    longest, reached = 0, places[0][1]
    for start, end in places[1:]:
        longest = max(longest, start - reached)
        reached = max(reached, end)
    return longest
