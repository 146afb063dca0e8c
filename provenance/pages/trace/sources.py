"""Numbers the passages of a trace and gives each document version its hue and its standing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provenance.history.standing import UNKNOWN, Standing, VersionDates

HUES = 8
_ENDS = re.compile(r"(?<=[.!?:;])\s|\n")
# How many characters of a passage are shown before it is folded: what supports a sentence must be
# readable at once. Less than SPARED more is not worth a fold.
SHOWN, SHOWN_SUPPORTING, SPARED = 420, 3_000, 180


@dataclass(frozen=True)
class Source:
    """A document version as the page names it; without an id it is not one that is known here."""

    version_id: str | None
    document_id: str | None
    title: str
    version_number: int | None
    hue: int
    standing: Standing


@dataclass
class Passage:
    """One retrieved passage. `number` is what every badge of the page calls it.

    `repeats` says that the same words stand where it came `first`.
    """

    number: int
    rank: int
    text: str
    source: Source
    first: bool
    repeats: bool = False
    score: float | None = None
    chunk_id: str | None = None
    page: int | None = None
    start: int | None = None
    end: int | None = None
    reading: str = ""
    resolution: str | None = None
    in_prompt: bool = False
    supports: list[int] = field(default_factory=list)

    @property
    def compared(self) -> VersionDates | None:
        """The version that speaks now in place of this one, or that took over from it."""
        standing = self.source.standing
        return (standing.today or standing.by) if standing.is_outdated else None

    @property
    def preview(self) -> str:
        """The passage, or its beginning up to the end of a sentence, else of a word."""
        room = SHOWN_SUPPORTING if self.supports else SHOWN
        if len(self.text) <= room + SPARED:
            return self.text
        ends = [found.start() for found in _ENDS.finditer(self.text, room // 2, room)]
        cut_at = ends[-1] if ends else self.text.rfind(" ", 0, room)
        return self.text[: cut_at if cut_at > 0 else room]

    @property
    def rest(self) -> str:
        return self.text[len(self.preview) :]


class Sources:
    """Every distinct passage of the trace, numbered in the order of first retrieval and rank."""

    def __init__(
        self, versions: Sequence[Mapping[str, Any]], standings: Mapping[str, Standing]
    ) -> None:
        self._described = {str(version["version_id"]): version for version in versions}
        self._standings = standings
        self._versions: dict[str, Source] = {}
        self._by_chunk: dict[str, Passage] = {}
        self._by_number: dict[int, Passage] = {}

    def add(self, result: Mapping[str, Any]) -> Passage:
        """The passage of one retrieval result; a chunk that came before keeps its number."""
        chunk_id = _text(result.get("chunk_id"))
        known = self._by_chunk.get(chunk_id) if chunk_id else None
        passage = Passage(
            number=known.number if known else len(self._by_number) + 1,
            rank=result["rank"],
            text=result.get("text") or "",
            source=self._source_of(result),
            first=known is None,
            repeats=known is not None and known.text == (result.get("text") or ""),
            score=result.get("score"),
            chunk_id=chunk_id,
            page=result.get("page"),
            start=result.get("char_start"),
            end=result.get("char_end"),
            reading=result.get("reading") or "",
            resolution=result.get("resolution"),
        )
        if known is None:
            self._by_number[passage.number] = passage
            if chunk_id:
                self._by_chunk[chunk_id] = passage
        return passage

    def number_of(self, chunk_id: object) -> int | None:
        passage = self._by_chunk.get(str(chunk_id))
        return passage.number if passage else None

    def numbered(self, number: int) -> Passage:
        return self._by_number[number]

    def version(self, version_id: object) -> Source | None:
        """A version of the trace, retrieved or only cited."""
        described = self._described.get(str(version_id))
        return None if described is None else self._source_of(described)

    def __len__(self) -> int:
        return len(self._by_number)

    @property
    def passages(self) -> list[Passage]:
        """The distinct passages, in the order of their numbers."""
        return list(self._by_number.values())

    @property
    def versions(self) -> list[Source]:
        return list(self._versions.values())

    def _source_of(self, result: Mapping[str, Any]) -> Source:
        version_id = _text(result.get("version_id"))
        if version_id is None:
            return Source(None, None, result.get("title") or "", None, 0, UNKNOWN)
        if version_id not in self._versions:
            described = self._described.get(version_id, result)
            self._versions[version_id] = Source(
                version_id=version_id,
                document_id=_text(described.get("document_id")),
                title=described.get("title") or result.get("title") or "",
                version_number=described.get("version_number"),
                hue=len(self._versions) % HUES + 1,
                standing=self._standings.get(version_id, UNKNOWN),
            )
        return self._versions[version_id]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
