"""Draws counts over time as bars, on the server, so that no script is needed to see them.

Across, everything is a percentage, so that a chart fits any width and its words keep their size;
down, everything is in pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

HEIGHT, BOTTOM, TOP = 200, 22, 8
LABELS = 5
SERIES = ("a", "b", "c")


@dataclass(frozen=True)
class Slot:
    """What was counted from `at` until the next slot: one count for each series."""

    at: datetime
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Bar:
    """A rectangle; `x` and `width` in per cent, `series` names its class."""

    x: float
    y: float
    width: float
    height: float
    series: str


@dataclass(frozen=True)
class Label:
    """A word at an axis."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """Bars side by side in each slot, over an axis that begins at zero."""

    bars: Sequence[Bar]
    lines: Sequence[Label]
    labels: Sequence[Label]
    slots: Sequence[Slot]
    height: int = HEIGHT

    @property
    def totals(self) -> list[int]:
        return [sum(counts) for counts in zip(*(slot.counts for slot in self.slots), strict=True)]


def draw(slots: Sequence[Slot], *, label: str) -> Chart:
    """The chart of `slots`; `label` is the strftime form of the labels below it."""
    top = _round_up(max((count for slot in slots for count in slot.counts), default=0))
    room = HEIGHT - BOTTOM - TOP
    step = 100 / max(len(slots), 1)
    bars = [
        _bar(index, series, count / top * room, step, len(slot.counts))
        for index, slot in enumerate(slots)
        for series, count in enumerate(slot.counts)
        if count
    ]
    every = max(1, -(-len(slots) // LABELS))
    return Chart(
        bars=bars,
        lines=[
            Label(HEIGHT - BOTTOM - room * part / 2, f"{top * part // 2:,}")
            for part in ((0, 1, 2) if top > 1 else (0, 2))
        ],
        labels=[
            Label(round(step * (index + 0.5), 2), slot.at.strftime(label))
            for index, slot in enumerate(slots)
            if index % every == every // 2
        ],
        slots=slots,
    )


def _bar(index: int, series: int, height: float, step: float, of: int) -> Bar:
    room = step * 0.72
    width = room / of
    x = step * index + (step - room) / 2 + width * series
    shown = max(height, 1.5)
    return Bar(
        round(x, 2),
        round(HEIGHT - BOTTOM - shown, 1),
        round(width, 2),
        round(shown, 1),
        SERIES[series],
    )


def _round_up(count: int) -> int:
    """The least of 1, 2, 4, 6, 10, 20, 40, 60, 100, ... that is not below `count`."""
    scale = 1
    while True:
        for step in (1, 2, 4, 6):
            if count <= step * scale:
                return step * scale
        scale *= 10
