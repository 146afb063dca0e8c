"""Finds the known versions that passages of an application's own store come from."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from typing import Any
from uuid import UUID

from provenance.accounts.access import Principal
from provenance.eventstore.ids import derived_id
from retrieval.recording.known_versions import KnownVersion, KnownVersions, Result, as_uuid
from retrieval.recording.matching import Passage, PromptText, locate

NAME, VERSION = "ragledger-resolution", 1

# A shorter text says too little to be found by its content, unless it is a whole chunk.
MIN_CHARACTERS = 24


@dataclass(frozen=True)
class ResolvedPassage:
    """A reported passage. `start` and `end` are its place in the version's text, if it is there.

    `chunk_id` names the passage everywhere: the chunk that it equals, or an id of its own.
    """

    rank: int
    chunk_id: str
    resolution: str = "unresolved"
    version_id: str | None = None
    document_id: str | None = None
    version_number: int | None = None
    start: int | None = None
    end: int | None = None


# The order of the values of a listed passage. Never changes: events are listed by it.
COLUMNS = tuple(field.name for field in fields(ResolvedPassage))


def resolve(
    results: Sequence[Result], *, retrieval_id: UUID, principal: Principal
) -> list[ResolvedPassage]:
    """Each result by the id it names, its source version, or its text; else unresolved.

    A version in a collection that the principal may not see is as if it were not there.
    """
    resolver = _Resolver(results, principal)
    return [
        resolver.resolve(
            index,
            ResolvedPassage(
                rank=result.get("rank") or index + 1,
                chunk_id=str(derived_id(retrieval_id, f"passage/{index}")),
            ),
        )
        for index, result in enumerate(results)
    ]


def list_passages(passages: Iterable[ResolvedPassage]) -> list[list[Any]]:
    return [list(astuple(passage)) for passage in passages]


def read_passages(rows: Iterable[Sequence[Any]]) -> list[ResolvedPassage]:
    return [ResolvedPassage(*row) for row in rows]


@dataclass(frozen=True)
class _Place:
    """`[start, end)` of a version's text; `chunk_id` if that is a chunk."""

    start: int
    end: int
    chunk_id: UUID | None = None
    exact: bool = True


class _Resolver:
    """The results beside the versions that come into question, and where those hold them."""

    def __init__(self, results: Sequence[Result], principal: Principal) -> None:
        self._results = results
        self._known = KnownVersions(results, principal)
        self._chunk_versions = {chunk.chunk_id: chunk.version_id for chunk in self._known.chunks}
        self._places: dict[int, dict[UUID, _Place]] = defaultdict(dict)
        self._find_equal_chunks()
        self._search_texts()

    def resolve(self, index: int, passage: ResolvedPassage) -> ResolvedPassage:
        for resolution, version in (
            ("id", self._by_id(index)),
            ("source_version", self._by_source_version(index)),
            ("content", self._by_content(index)),
        ):
            if version is not None:
                return self._placed(index, version, replace(passage, resolution=resolution))
        return passage

    def _placed(
        self, index: int, version: KnownVersion, passage: ResolvedPassage
    ) -> ResolvedPassage:
        place = self._places[index].get(version.version_id)
        return replace(
            passage,
            chunk_id=str(place.chunk_id) if place and place.chunk_id else passage.chunk_id,
            version_id=str(version.version_id),
            document_id=str(version.document_id),
            version_number=version.version_number,
            start=place.start if place else None,
            end=place.end if place else None,
        )

    def _by_id(self, index: int) -> KnownVersion | None:
        result = self._results[index]
        version_id = as_uuid(result.get("version_id"))
        chunk_id = as_uuid(result.get("chunk_id"))
        if version_id is None and chunk_id is not None:
            version_id = self._chunk_versions.get(chunk_id)
        return self._known.version(version_id)

    def _by_source_version(self, index: int) -> KnownVersion | None:
        wanted = self._results[index].get("source_version")
        versions = self._known.of_document(self._results[index])
        return next((each for each in versions if wanted and wanted in each.source_versions), None)

    def _by_content(self, index: int) -> KnownVersion | None:
        """The best version that holds the text: of the document named, counting now, newest."""
        places = self._places[index]
        named = self._results[index].get("external_id")
        versions = [version for id_ in places if (version := self._known.version(id_))]
        return max(
            versions,
            key=lambda version: (
                named is not None and version.external_id == named,
                places[version.version_id].exact,
                version.counts,
                version.submitted_position,
            ),
            default=None,
        )

    def _find_equal_chunks(self) -> None:
        by_hash = defaultdict(list)
        for chunk in self._known.chunks:
            by_hash[chunk.text_hash].append(chunk)
        for index, text_hash in enumerate(self._known.hashes):
            for chunk in by_hash[text_hash]:
                place = _Place(chunk.start, chunk.end, chunk.chunk_id)
                self._places[index].setdefault(chunk.version_id, place)

    def _search_texts(self) -> None:
        """Looks for results that are no chunk in the texts of all versions known so far."""
        wanted = [
            index
            for index, result in enumerate(self._results)
            if not self._places[index] and len(result["text"].strip()) >= MIN_CHARACTERS
        ]
        without_document = [
            index
            for index in wanted
            if self._by_id(index) is None and not self._known.of_document(self._results[index])
        ]
        self._known.add_similar([self._results[index]["text"] for index in without_document])
        if wanted:
            self._locate(wanted)

    def _locate(self, wanted: Sequence[int]) -> None:
        texts = self._known.texts()
        ids = [UUID(int=index) for index in wanted]
        passages = [Passage(id_, id_, None, self._results[id_.int]["text"]) for id_ in ids]
        haystack = [PromptText(number, None, text) for number, (_, text) in enumerate(texts)]
        for span in locate(haystack, passages):
            places = self._places[span.passage.chunk_id.int]
            version_id = texts[span.message][0]
            place = _Place(span.start, span.end, exact=span.match == "exact")
            if version_id not in places or (place.exact and not places[version_id].exact):
                places[version_id] = place
