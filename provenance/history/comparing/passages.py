"""What became of one passage of the first text in the second: stays, moved, changed or gone."""

from collections.abc import Iterable
from dataclasses import dataclass

from provenance.history.comparing.stretches import Kind, Stretch
from provenance.history.comparing.words import words_of


@dataclass(frozen=True)
class PassageFate:
    """Of its `words`, `kept` stand where they stood and `moved` elsewhere.

    `added` counts what was put between them; `is_known` is False where it was not all compared.
    """

    words: int
    kept: int
    moved: int
    added: int
    is_known: bool = True

    @property
    def kind(self) -> str:
        """unknown, same, moved, gone or changed."""
        if not self.is_known:
            return "unknown"
        if self.kept + self.moved == self.words and not self.added:
            return "moved" if self.moved else "same"
        return "changed" if self.kept + self.moved else "gone"


def fate_of_passage(stretches: Iterable[Stretch], start: int, end: int) -> PassageFate:
    """The passage is `[start, end)` of the first text, in code points."""
    counts = {"kept": 0, "moved": 0, "removed": 0}
    added, reached = 0, 0
    for stretch in stretches:
        first, last = stretch.start, stretch.start + len(stretch.before)
        reached = max(reached, last)
        if stretch.kind == Kind.ADDED:
            added += stretch.words if start < first < end and not stretch.move else 0
        elif first < end and last > start:
            inside = stretch.before[max(0, start - first) : end - first]
            counts[_what(stretch)] += len(words_of(inside.strip()))
    return PassageFate(sum(counts.values()), counts["kept"], counts["moved"], added, reached >= end)


def _what(stretch: Stretch) -> str:
    if stretch.kind == Kind.SAME:
        return "kept"
    return "moved" if stretch.move else "removed"
