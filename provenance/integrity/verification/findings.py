"""What a verification found: where the log is broken, and how."""

from collections.abc import Callable
from dataclasses import dataclass, field

MAX_FINDINGS = 50

# Says how many of how many events have been checked, and by which check.
Progress = Callable[[str, int, int], None]


def quiet(check: str, done: int, total: int) -> None:
    """Says nothing."""


@dataclass(frozen=True, order=True)
class Finding:
    """Something wrong at a position, or at one of `[first, last]`; -1 where it has no place."""

    first: int
    last: int
    check: str
    problem: str

    def __str__(self) -> str:
        if self.first < 0:
            return f"{self.check}: {self.problem}"
        place = f"position {self.first}"
        if self.last > self.first:
            place = f"positions {self.first} to {self.last}, in one of them"
        return f"{place}: {self.problem} ({self.check})"


@dataclass
class Report:
    """The outcome over the first `size` events; `root` is recomputed from their bytes."""

    size: int = 0
    root: bytes = b""
    checkpoints: int = 0
    waiting: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.findings

    @property
    def first_broken(self) -> Finding | None:
        """The earliest place; what has no place comes last."""
        return min(self.findings, key=lambda each: (each.first < 0, each), default=None)

    def add(self, check: str, problem: str, first: int = -1, last: int | None = None) -> None:
        """Notes the first of many findings: one is enough to know that the log is broken."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(first, first if last is None else last, check, problem))
