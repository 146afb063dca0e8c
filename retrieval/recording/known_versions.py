"""Reads the versions that reported passages may come from, as far as the principal may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Q

from ingestion.models import CatalogueVersion, Chunk, Stage, VersionText
from provenance.accounts.access import Principal
from provenance.eventstore.fingerprints import keyed_hash
from retrieval.lexical import passage_terms

DEFAULT_COLLECTION = "default"
# Texts that a report may be compared with: so many versions, and so many characters in all.
MAX_VERSIONS = 200
MAX_CHARACTERS = 20_000_000
# The rarest terms of a passage lead to documents with similar chunks, and to so many of those.
PROBE_TERMS = 8
PROBE_CHUNKS = 4

SIMILAR = (Path(__file__).parent / "similar_chunks.sql").read_text(encoding="utf-8")

Result = Mapping[str, Any]


@dataclass(frozen=True)
class KnownVersion:
    """A version; `counts` is true while no other stands for its document."""

    version_id: UUID
    document_id: UUID
    version_number: int
    collection: str
    external_id: str | None
    source_versions: tuple[str, ...]
    submitted_position: int
    counts: bool


@dataclass(frozen=True)
class KnownChunk:
    """A chunk of a known version."""

    chunk_id: UUID
    version_id: UUID
    start: int
    end: int
    text_hash: str


class KnownVersions:
    """The versions and chunks that the results name or equal, and later those added."""

    def __init__(self, results: Sequence[Result], principal: Principal) -> None:
        self._principal = principal
        self._versions: dict[UUID, KnownVersion] = {}
        self.hashes = [keyed_hash(result["text"], purpose="chunk text") for result in results]
        named = [id_ for result in results if (id_ := as_uuid(result.get("chunk_id")))]
        chunks = _read_chunks(Q(chunk_id__in=named) | Q(text_hash__in=self.hashes))
        ids = {as_uuid(result.get("version_id")) for result in results}
        wanted = Q(version_id__in={*filter(None, ids), *(chunk.version_id for chunk in chunks)})
        for collection, external_id in {_document(result) for result in results}:
            if external_id:
                wanted |= Q(collection=collection, external_id=external_id)
        self._add(wanted)
        self.chunks = [chunk for chunk in chunks if chunk.version_id in self._versions]

    def version(self, version_id: UUID | None) -> KnownVersion | None:
        return self._versions.get(version_id) if version_id else None

    def of_document(self, result: Result) -> list[KnownVersion]:
        """The versions of the document that the result names, the newest first."""
        collection, external_id = _document(result)
        found = [
            version
            for version in self._versions.values()
            if external_id
            and (version.collection, version.external_id) == (collection, external_id)
        ]
        return sorted(found, key=lambda version: -version.version_number)

    def add_similar(self, texts: Sequence[str]) -> None:
        """Adds the versions of documents whose live chunks share the texts' rarest terms."""
        if documents := _documents_with_similar_chunks(texts):
            self._add(Q(document_id__in=documents))

    def texts(self) -> list[tuple[UUID, str]]:
        """Ids and texts of the versions that count, and of others, the newest first; bounded."""
        ordered = sorted(
            self._versions.values(), key=lambda v: (not v.counts, -v.submitted_position)
        )
        ids = [version.version_id for version in ordered[:MAX_VERSIONS]]
        found = dict(
            VersionText.objects.filter(version_id__in=ids).values_list("version_id", "text")
        )
        texts: list[tuple[UUID, str]] = []
        room = MAX_CHARACTERS
        for version_id in ids:
            text = found.get(version_id)
            if text and len(text) <= room:
                texts.append((version_id, text))
                room -= len(text)
        return texts

    def _add(self, wanted: Q) -> None:
        rows = CatalogueVersion.objects.filter(wanted)
        if self._principal.collections is not None:
            rows = rows.filter(collection__in=self._principal.collections)
        for row in rows.order_by("-submitted_position")[: 10 * MAX_VERSIONS]:
            self._versions.setdefault(row.version_id, _known(row))


def _known(row: CatalogueVersion) -> KnownVersion:
    return KnownVersion(
        version_id=row.version_id,
        document_id=row.document_id,
        version_number=row.version_number,
        collection=row.collection,
        external_id=row.external_id,
        source_versions=tuple(row.source_versions),
        submitted_position=row.submitted_position,
        counts=row.stage == Stage.INDEXED and not row.withdrawn and row.superseded_from is None,
    )


def _read_chunks(wanted: Q) -> list[KnownChunk]:
    """Those of the texts that versions were processed with first."""
    rows = Chunk.objects.filter(wanted).values_list(
        "chunk_id", "version_id", "start", "end", "text_hash"
    )
    return [KnownChunk(*row) for row in rows.order_by("reading", "chunk_id")[: 10 * MAX_VERSIONS]]


def _documents_with_similar_chunks(texts: Sequence[str]) -> list[UUID]:
    probes = [passage_terms(text).terms for text in texts]
    if not any(probes):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            SIMILAR,
            {
                "probes": orjson.dumps(probes).decode(),
                "terms": PROBE_TERMS,
                "chunks": PROBE_CHUNKS,
            },
        )
        return [row[0] for row in cursor.fetchall()]


def _document(result: Result) -> tuple[str, str | None]:
    return result.get("collection") or DEFAULT_COLLECTION, result.get("external_id")


def as_uuid(value: object) -> UUID | None:
    """The UUID, or None for what is none: other stores name their chunks as they like."""
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None
