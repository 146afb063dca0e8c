"""The trace drawn: the output, its sentences, their passages, versions and documents, in columns.

Everything is laid out here, in pixels, so that the drawing needs no script.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from provenance.pages.trace import boxes
from provenance.pages.trace.answer import Sentence
from provenance.pages.trace.boxes import Box, Key
from provenance.pages.trace.page import TracePage
from provenance.pages.trace.sources import Passage
from provenance.pages.visible_text import as_label

# More sentences or passages are not drawn; the lists beside hold them all.
MOST = 30
ROW, HEIGHT, GAP = 46, 36, 44
WIDTHS = (104, 200, 190, 190, 190)
# How many letters a line of a box holds, column by column.
LETTERS = tuple(width // 7 - 2 for width in WIDTHS)
LEFT = tuple(sum(WIDTHS[:column]) + GAP * column for column in range(len(WIDTHS)))
# A drawing with more rows is folded at first.
OPEN = 8


@dataclass(frozen=True)
class Node:
    """A box and where it stands; `line` is its title as far as it has room."""

    box: Box
    line: str
    x: int
    y: int
    width: int
    height: int = HEIGHT


@dataclass(frozen=True)
class Edge:
    """From the right side of one box to the left side of another, for the sake of `passages`."""

    path: str
    passages: str


@dataclass(frozen=True)
class Graph:
    """Boxes, lines, and how many sentences and passages are left out of them."""

    nodes: Sequence[Node]
    edges: Sequence[Edge]
    width: int
    height: int
    left_out: int
    open: bool


def graph(page: TracePage) -> Graph | None:
    """None where nothing was retrieved."""
    if not page.passages:
        return None
    sentences = [each for each in page.sentences if each.number is not None][:MOST]
    passages = _most_telling(page.passages)
    columns = _columns(page, sentences, passages)
    rows = max(len(column) for column in columns)
    nodes = {
        box.key: _node(box, column, place, len(members), rows)
        for column, members in enumerate(columns)
        for place, box in enumerate(members)
    }
    return Graph(
        nodes=list(nodes.values()),
        edges=_edges(nodes, _links(sentences, passages)),
        width=LEFT[-1] + WIDTHS[-1],
        height=rows * ROW,
        left_out=page.counted_sentences - len(sentences) + len(page.passages) - len(passages),
        open=rows <= OPEN,
    )


def _most_telling(passages: Sequence[Passage]) -> list[Passage]:
    """What supports a sentence before what only stood in the prompt, then the rest."""
    ranked = sorted(passages, key=lambda each: (not each.supports, not each.in_prompt, each.number))
    return sorted(ranked[:MOST], key=lambda each: each.number)


def _columns(
    page: TracePage, sentences: Sequence[Sentence], passages: Sequence[Passage]
) -> list[list[Box]]:
    sources = dict.fromkeys(passage.source for passage in passages)
    documents = dict.fromkeys(source.document_id for source in sources if source.document_id)
    return [
        [boxes.output_box(page.counted_sentences)],
        [boxes.sentence_box(each.number or 0, each.text, each.numbers) for each in sentences],
        [boxes.passage_box(passage) for passage in passages],
        [boxes.version_box(source, passages) for source in sources],
        [boxes.document_box(document_id, passages) for document_id in documents],
    ]


def _node(box: Box, column: int, place: int, of: int, rows: int) -> Node:
    """A short column is spread over the height of the longest."""
    y = round((place + 0.5) * rows * ROW / of - HEIGHT / 2)
    line, most = " ".join(as_label(box.title[:200]).split()), LETTERS[column]
    shown = line if len(line) <= most else f"{line[: most - 1]}…"
    return Node(box, shown, LEFT[column], y, WIDTHS[column])


def _links(
    sentences: Iterable[Sentence], passages: Iterable[Passage]
) -> Iterator[tuple[Key, Key, str]]:
    for sentence in sentences:
        yield ("output", 0), ("sentence", sentence.number), sentence.numbers
        for passage in sentence.passages:
            key: Key = ("passage", passage.number)
            yield ("sentence", sentence.number), key, str(passage.number)
    for passage in passages:
        number, version = str(passage.number), boxes.version_key(passage.source)
        yield ("passage", passage.number), version, number
        yield version, ("document", passage.source.document_id), number


def _edges(nodes: Mapping[Key, Node], links: Iterable[tuple[Key, Key, str]]) -> list[Edge]:
    """One line between two boxes, however many passages run along it."""
    along: dict[tuple[Key, Key], list[str]] = defaultdict(list)
    for begin, end, numbers in links:
        if begin in nodes and end in nodes:
            along[begin, end].append(numbers)
    return [
        Edge(_path(nodes[begin], nodes[end]), " ".join(numbers))
        for (begin, end), numbers in along.items()
    ]


def _path(one: Node, other: Node) -> str:
    x, y = one.x + one.width, one.y + HEIGHT // 2
    to, down = other.x, other.y + HEIGHT // 2
    middle = (x + to) // 2
    return f"M{x} {y}C{middle} {y} {middle} {down} {to} {down}"
