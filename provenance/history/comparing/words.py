"""A text as the words that comparisons are made of; white space belongs to the word before it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# A number with its separators, a character of a script that writes no spaces, a word, a mark.
_WORD = re.compile(r"\d[\d.,]*\d|[\u2e80-\u9fff\uac00-\ud7af]|[^\W\u2e80-\u9fff\uac00-\ud7af]+|\S")


@dataclass(frozen=True)
class Words:
    """`words[i]` stands at `text[bounds[i]:bounds[i + 1]]`, with what white space follows it."""

    text: str
    words: Sequence[str]
    bounds: Sequence[int]

    def __len__(self) -> int:
        return len(self.words)

    def between(self, first: int, last: int) -> str:
        return self.text[self.bounds[first] : self.bounds[last]]

    def begins_line(self, index: int) -> bool:
        """Word `index` is the first of its line; so is the end of the text."""
        if index in {0, len(self.words)}:
            return True
        before = self.bounds[index - 1] + len(self.words[index - 1])
        return "\n" in self.text[before : self.bounds[index]]


def words_of(text: str) -> Words:
    """In O(len(text)); joined, the stretches between the bounds are `text`."""
    found = list(_WORD.finditer(text))
    if not found:
        return Words(text, [text] if text else [], [0, len(text)] if text else [0])
    bounds = [0, *(match.start() for match in found[1:]), len(text)]
    words = [match[0] for match in found]
    return Words(text, words, bounds)
