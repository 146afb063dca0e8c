"""The messages of a prompt, cut into pieces that are coloured by the passage they came from."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provenance.pages.trace.segments import Mark, Piece, cut
from provenance.pages.trace.sources import Passage, Sources

LONG = 20_000


@dataclass(frozen=True)
class MarkedPiece:
    """A piece of text with the passages it came from; the first gives the hue."""

    text: str
    passages: tuple[Passage, ...] = ()
    begins: tuple[Passage, ...] = ()

    @property
    def hue(self) -> int:
        return self.passages[0].source.hue if self.passages else 0

    @property
    def numbers(self) -> str:
        return " ".join(str(passage.number) for passage in self.passages)


@dataclass(frozen=True)
class Message:
    """One message: who speaks, its texts in pieces, and what else it holds, as JSON."""

    role: str
    parts: tuple[tuple[MarkedPiece, ...], ...]
    rest: str = ""

    @property
    def is_long(self) -> bool:
        """It is shown in a window of its own, lest what follows lies thousands of lines below."""
        return sum(len(piece.text) for part in self.parts for piece in part) > LONG


def messages(prompt: Mapping[str, Any], sources: Sources) -> list[Message]:
    """The prompt's messages. Passages found in it are marked as being in the prompt."""
    marks = _marks(prompt.get("spans") or (), sources)
    spoken: Sequence[Mapping[str, Any]] = prompt.get("messages") or ()
    if not spoken and prompt.get("text") is not None:
        spoken = ({"role": "", "content": prompt["text"]},)
    return [_message(index, message, marks, sources) for index, message in enumerate(spoken)]


def _marks(
    spans: Iterable[Mapping[str, Any]], sources: Sources
) -> Mapping[tuple[int, int], list[Mark]]:
    marks: dict[tuple[int, int], list[Mark]] = defaultdict(list)
    for span in spans:
        number = sources.number_of(span["chunk_id"])
        if number is not None:
            sources.numbered(number).in_prompt = True
            place = (span["message"], span.get("part") or 0)
            marks[place].append(Mark(span["start"], span["end"], number))
    return marks


def _message(
    index: int,
    message: Mapping[str, Any],
    marks: Mapping[tuple[int, int], list[Mark]],
    sources: Sources,
) -> Message:
    content = message.get("content")
    parts: list[tuple[MarkedPiece, ...]] = []
    rest: dict[str, Any] = {
        key: value
        for key, value in message.items()
        if key not in {"role", "content", "kind"} and value is not None
    }
    if isinstance(content, str):
        parts.append(_pieces(content, marks.get((index, 0), []), sources))
    elif content is not None:
        others = []
        for number, part in enumerate(content):
            if isinstance(part, Mapping) and isinstance(part.get("text"), str):
                parts.append(_pieces(part["text"], marks.get((index, number), []), sources))
            else:
                others.append(part)
        if others:
            rest["content"] = others
    shown = json.dumps(rest, indent=2, ensure_ascii=False, default=str) if rest else ""
    return Message(str(message.get("role") or ""), tuple(parts), shown)


def _pieces(text: str, marks: list[Mark], sources: Sources) -> tuple[MarkedPiece, ...]:
    return tuple(_marked(piece, sources) for piece in cut(text, marks))


def _marked(piece: Piece, sources: Sources) -> MarkedPiece:
    return MarkedPiece(
        piece.text,
        tuple(sources.numbered(number) for number in piece.numbers),
        tuple(sources.numbered(number) for number in piece.begins),
    )
