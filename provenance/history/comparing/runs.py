"""What an alignment of two texts consists of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """Two stretches: words `[a0, a1)` of one text, in whose place the other has `[b0, b1)`."""

    same: bool
    a0: int
    a1: int
    b0: int
    b1: int

    @property
    def size(self) -> int:
        return max(self.a1 - self.a0, self.b1 - self.b0)
