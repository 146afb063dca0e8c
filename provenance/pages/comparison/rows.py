"""A comparison line by line, as its page shows it: what is far from any change is folded."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from provenance.history.comparing.stretches import Kind, Stretch
from provenance.pages.version_text import Span

# Lines that are shown before and after a change, and how many are not worth a fold.
NEAR, SPARED, SPARED_CHARACTERS = 2, 3, 1_000
# A fold with more characters than this leads to the version's own page instead.
OPENED = 20_000
# One page of a comparison holds about so much; the rest is on the next.
CHARACTERS, PIECES = 150_000, 3_000


@dataclass(frozen=True)
class Piece:
    """A stretch, or the part of it in the passage (`used`) or out of it."""

    kind: Kind
    before: str
    after: str
    start: int
    move: int = 0
    used: bool = False

    @property
    def words(self) -> str:
        """Of the side that has it; what is the same on both is taken from the second."""
        return (self.after or self.before).rstrip()

    @property
    def gap(self) -> str:
        return (self.after or self.before)[len(self.words) :]


@dataclass(frozen=True)
class Row:
    """A line, or the lines that one change runs through.

    `change` numbers what changed, 0 where nothing did; `first` begins it. `in_passage` tells that
    the passage asked for runs through it, `opens_passage` that it begins here.
    """

    pieces: tuple[Piece, ...]
    change: int = 0
    first: bool = False
    in_passage: bool = False
    opens_passage: bool = False

    @property
    def before(self) -> list[Piece]:
        return [each for each in self.pieces if each.kind != Kind.ADDED]

    @property
    def after(self) -> list[Piece]:
        return [each for each in self.pieces if each.kind != Kind.REMOVED]

    @property
    def start(self) -> int:
        return self.pieces[0].start

    @property
    def length(self) -> int:
        return sum(max(len(each.before), len(each.after)) for each in self.pieces)

    @property
    def text(self) -> str:
        return "".join(each.before for each in self.pieces)


@dataclass(frozen=True)
class Block:
    """Rows that are shown, or folded away because nothing in or near them changed."""

    rows: tuple[Row, ...]
    folded: bool

    @property
    def length(self) -> int:
        return sum(row.length for row in self.rows)

    @property
    def opens(self) -> bool:
        return self.length <= OPENED

    @property
    def start(self) -> int:
        return self.rows[0].start


@dataclass(frozen=True)
class Shown:
    """The blocks of one page; `next` is the row that the next page begins with, 0 if none."""

    blocks: Sequence[Block]
    changes: int
    next: int


def shown(stretches: Iterable[Stretch], *, passage: Span | None, first: int = 0) -> Shown:
    """The page of the comparison that begins with row `first`; rows that change are numbered."""
    rows = list(_numbered(_rows(stretches), passage))
    last = _end_of_page(rows, first)
    seen = _near(rows, first, last)
    found: list[Block] = []
    for folded, group in groupby(range(first, last), key=lambda index: not seen[index - first]):
        members = tuple(rows[index] for index in group)
        block = Block(members, folded)
        spared = folded and len(members) <= SPARED and block.length <= SPARED_CHARACTERS
        found.append(Block(members, folded=False) if spared else block)
    return Shown(
        blocks=found,
        changes=max((row.change for row in rows), default=0),
        next=last if last < len(rows) else 0,
    )


def _rows(stretches: Iterable[Stretch]) -> Iterator[tuple[Stretch, ...]]:
    row: list[Stretch] = []
    for stretch in stretches:
        row.append(stretch)
        if stretch.ends_line:
            yield tuple(row)
            row = []
    if row:
        yield tuple(row)


def _numbered(rows: Iterable[tuple[Stretch, ...]], passage: Span | None) -> Iterator[Row]:
    change, before, begun = 0, False, False
    for stretches in rows:
        changed = any(each.kind != Kind.SAME for each in stretches)
        first = changed and not before
        change += first
        pieces = tuple(piece for each in stretches for piece in _pieces(each, passage))
        inside = any(piece.used for piece in pieces)
        yield Row(pieces, change if changed else 0, first, inside, inside and not begun)
        before, begun = changed, begun or inside


def _pieces(stretch: Stretch, passage: Span | None) -> Iterator[Piece]:
    """Cut where the passage begins and ends; not where the two sides differ in white space."""
    length = len(stretch.before)
    if passage is None or not length:
        yield _part(stretch, 0, length, used=False)
        return
    first = min(max(0, passage.start - stretch.start), length)
    last = min(max(first, passage.end - stretch.start), length)
    if stretch.kind == Kind.SAME and stretch.before != stretch.after:
        first, last = (0, length) if first < last else (0, 0)
    for start, end, used in ((0, first, False), (first, last, True), (last, length, False)):
        if start < end:
            yield _part(stretch, start, end, used=used)


def _part(stretch: Stretch, start: int, end: int, *, used: bool) -> Piece:
    before = stretch.before[start:end]
    after = before if stretch.before == stretch.after else stretch.after
    return Piece(stretch.kind, before, after, stretch.start + start, stretch.move, used)


def _end_of_page(rows: Sequence[Row], first: int) -> int:
    """At least one row; rows that are certain to be folded cost nothing."""
    characters = pieces = 0
    for index in range(first, len(rows)):
        row = rows[index]
        if row.change or row.in_passage:
            characters += row.length
            pieces += len(row.pieces)
        if index > first and (characters > CHARACTERS or pieces > PIECES):
            return index
    return len(rows)


def _near(rows: Sequence[Row], first: int, last: int) -> list[bool]:
    """For each row of the page whether it, or one NEAR it, changed or is in the passage."""
    seen = [False] * (last - first)
    for index in range(first, last):
        if rows[index].change or rows[index].in_passage:
            low, high = max(first, index - NEAR), min(last, index + NEAR + 1)
            seen[low - first : high - first] = [True] * (high - low)
    return seen
