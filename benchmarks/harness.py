"""Measures variants in turns (A B C, A B C, ...), and compares them round by round."""

import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

Measured = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Figure:
    """One line of the table. `ratio` is the median of the rounds' ratios of `variant` to `base`.

    `goal` bounds that ratio, or the value where there is no base: "at least" or "at most".
    """

    benchmark: str
    variant: str
    value: float
    unit: str
    base: str | None = None
    ratio: float | None = None
    at_least: float | None = None
    at_most: float | None = None

    @property
    def met(self) -> bool | None:
        judged = self.value if self.ratio is None else self.ratio
        if self.at_least is not None:
            return judged >= self.at_least
        if self.at_most is not None:
            return judged <= self.at_most
        return None

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def in_turns(variants: Mapping[str, Callable[[], float]], *, rounds: int) -> Measured:
    """Each variant once a round, so that whatever else the machine does falls on all alike."""
    values: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(1, rounds + 1):
        for name, measure in variants.items():
            gc.collect()
            values[name].append(measure())
            progress(f"round {number} of {rounds}: {name}")
    return values


def ratio(measured: Measured, variant: str, base: str) -> float:
    """Paired by round: what slowed a round down slowed down both."""
    return statistics.median(
        mine / theirs for mine, theirs in zip(measured[variant], measured[base], strict=True)
    )


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_milliseconds(work: Callable[[], object], *, times: int) -> float:
    return statistics.median(seconds(work) for _ in range(times)) * 1000


def progress(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)


HEADINGS = ("benchmark", "variant", "median", "unit", "ratio", "to", "goal", "")


def table(figures: Iterable[Figure]) -> str:
    """The figures as Markdown."""
    rows = [HEADINGS, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _cells(figure: Figure) -> tuple[str, ...]:
    goal = ""
    if figure.at_least is not None:
        goal = f">= {figure.at_least:g}"
    elif figure.at_most is not None:
        goal = f"<= {figure.at_most:g}"
    verdict = {None: "", True: "met", False: "MISSED"}[figure.met]
    return (
        figure.benchmark,
        figure.variant,
        f"{figure.value:,.0f}" if figure.value >= 100 else f"{figure.value:.2f}",  # noqa: PLR2004
        figure.unit,
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        figure.base or "",
        goal,
        verdict,
    )
