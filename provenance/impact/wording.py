"""Whether the words of a passage still stand in another text. Pure: it knows no database.

Both are folded as prompts are (Unicode NFC, white space as one space). A passage stands where its
words occur as a whole: "EUR 50" does not stand in "EUR 500" nor in "EUR 50,000".
"""

import re
from collections.abc import Iterable, Sequence

from retrieval.recording.folding import fold

NAME, VERSION = "ragledger-wording", 3

# A text that repeats itself has many places to look at; after so many the passage does not stand.
MAX_PLACES = 1_000
NUMBER_GOES_ON = re.compile(r"[.,']?\d")
NUMBER_WENT_BEFORE = re.compile(r"\d[.,']?$")

Span = tuple[int, int]


class StandingText:
    """What passages are looked for in, folded once: a text, or several of one version."""

    def __init__(self, *texts: str) -> None:
        self._texts = [fold(text).text for text in texts]

    def holds(self, passage: str) -> bool:
        """Whether the passage stands in one of them; one without words always does."""
        words = fold(passage).text.strip()
        return any(_stands(words, text) for text in self._texts)


def _stands(words: str, text: str) -> bool:
    at = -1
    for _ in range(MAX_PLACES):
        at = text.find(words, at + 1)
        if at < 0:
            return False
        if _is_whole(words, text, at):
            return True
    return False


def _is_whole(words: str, text: str, at: int) -> bool:
    before, after = text[max(at - 2, 0) : at], text[at + len(words) : at + len(words) + 2]
    return not (_goes_on(words[-1:], after) or _went_before(before, words[:1]))


def outdated(text: str, spans: Iterable[Span], standing: StandingText | None) -> Sequence[Span]:
    """The spans of a text whose words do not stand; all of them where nothing stands."""
    return [
        (start, end)
        for start, end in spans
        if standing is None or not standing.holds(text[start:end])
    ]


def smallest(spans: Iterable[Span]) -> list[Span]:
    """The spans that hold no other of them, in order.

    A text may be cut in several ways. What changed in a passage that lies within a longer one is
    told by the shorter; the longer one would call everything beside it outdated as well.
    """
    found: list[Span] = []
    # By start, longer ones first: what holds another comes before it.
    for start, end in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        while found and found[-1][1] >= end:
            found.pop()
        found.append((start, end))
    return found


def _goes_on(last: str, after: str) -> bool:
    if last.isdigit():
        return bool(NUMBER_GOES_ON.match(after)) or after[:1].isalnum()
    return last.isalnum() and after[:1].isalnum()


def _went_before(before: str, first: str) -> bool:
    if first.isdigit():
        return bool(NUMBER_WENT_BEFORE.search(before)) or before[-1:].isalnum()
    return first.isalnum() and before[-1:].isalnum()
