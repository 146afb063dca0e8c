"""The sentences of an output, each with the passages that support it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provenance.pages.trace.sources import Passage, Sources


@dataclass(frozen=True)
class Sentence:
    """A stretch of the output. `number` is None for what stands between sentences."""

    text: str
    number: int | None = None
    passages: tuple[Passage, ...] = ()

    @property
    def is_alone(self) -> bool:
        """Nothing that was retrieved supports it."""
        return self.number is not None and not self.passages

    @property
    def hue(self) -> int:
        return self.passages[0].source.hue if self.passages else 0

    @property
    def numbers(self) -> str:
        return " ".join(str(passage.number) for passage in self.passages)


def sentences(
    text: str, attribution: Sequence[Mapping[str, Any]] | None, sources: Sources
) -> list[Sentence]:
    """The whole output in order; joined the texts are `text`. Passages learn what they support."""
    found: list[Sentence] = []
    done = 0
    for number, part in enumerate(sorted(attribution or (), key=lambda p: p["start"]), start=1):
        if part["start"] > done:
            found.append(Sentence(text[done : part["start"]]))
        passages = _supporting(part.get("supports") or (), sources)
        for passage in passages:
            passage.supports.append(number)
        found.append(Sentence(text[part["start"] : part["end"]], number, passages))
        done = part["end"]
    if done < len(text):
        found.append(Sentence(text[done:]))
    return found


def _supporting(supports: Sequence[Mapping[str, Any]], sources: Sources) -> tuple[Passage, ...]:
    best_first = sorted(supports, key=lambda support: -(support.get("score") or 0))
    numbers = [sources.number_of(support["chunk_id"]) for support in best_first]
    return tuple(
        sources.numbered(number) for number in dict.fromkeys(numbers) if number is not None
    )
