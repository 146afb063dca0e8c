"""A stretch of one of two compared texts, or of both: what became of it."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What became of a stretch."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Stretch:
    """A stretch of the first text, the second, or both, which then differ in white space at most.

    `start` is where it begins in the first text. `move` numbers text that stands elsewhere in the
    other, else 0; `words` counts what changed. `ends_line` tells that both texts end a line here.
    """

    kind: Kind
    before: str
    after: str
    start: int
    words: int = 0
    move: int = 0
    ends_line: bool = False
