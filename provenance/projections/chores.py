"""Chores: small things that the projector does every few seconds, declared where they belong."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Chore:
    every_seconds: float
    do: Callable[[], None]
    due: float = 0.0


_chores: list[Chore] = []


def chore(*, every_seconds: float) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Registers a function that the leading projector calls about every so many seconds."""

    def register(do: Callable[[], None]) -> Callable[[], None]:
        _chores.append(Chore(every_seconds, do))
        return do

    return register


def do_due_chores() -> None:
    now = time.monotonic()
    for each in _chores:
        if each.due <= now:
            each.due = now + each.every_seconds
            each.do()
