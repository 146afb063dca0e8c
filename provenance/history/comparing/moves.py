"""Finds text that was taken out in one place and put in, word for word, in another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from provenance.history.comparing.runs import Run

# So many words in a row, found once among what went and again among what came, are a move.
LEAST = 8
# More changed words than that are not looked through.
MOST = 60_000


@dataclass(frozen=True)
class Move:
    """Words `[a0, a0 + length)` of the first text are words `[b0, b0 + length)` of the second."""

    a0: int
    b0: int
    length: int


def moves(a: Sequence[str], b: Sequence[str], runs: Iterable[Run]) -> list[Move]:
    """In the order of the second text, none overlapping; in linear time and memory."""
    changed = [run for run in runs if not run.same]
    if sum(run.size for run in changed) > MOST:
        return []
    places = _places(a, changed)
    taken: set[int] = set()
    found: list[Move] = []
    for run in changed:
        at = run.b0
        while at <= run.b1 - LEAST:
            place = places.get(tuple(b[at : at + LEAST]))
            move = None if place is None else _grown(a, b, place, at, run.b1)
            if move is None or not taken.isdisjoint(range(move.a0, move.a0 + move.length)):
                at += 1
                continue
            taken.update(range(move.a0, move.a0 + move.length))
            found.append(move)
            at += move.length
    return found


def _places(a: Sequence[str], changed: Iterable[Run]) -> dict[tuple[str, ...], tuple[int, int]]:
    """Where each LEAST removed words in a row begin and their run ends; none that occur twice."""
    places: dict[tuple[str, ...], tuple[int, int]] = {}
    twice: set[tuple[str, ...]] = set()
    for run in changed:
        for at in range(run.a0, run.a1 - LEAST + 1):
            words = tuple(a[at : at + LEAST])
            if words in places:
                twice.add(words)
            places[words] = (at, run.a1)
    return {words: place for words, place in places.items() if words not in twice}


def _grown(a: Sequence[str], b: Sequence[str], place: tuple[int, int], at: int, end: int) -> Move:
    start, last = place
    length = LEAST
    while start + length < last and at + length < end and a[start + length] == b[at + length]:
        length += 1
    return Move(start, at, length)
