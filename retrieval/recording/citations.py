"""Finds the versions that a model's own citations name."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from ingestion.models import CatalogueVersion
from provenance.accounts.access import Principal
from retrieval.recording.known_versions import as_uuid
from retrieval.recording.passages import RetrievedPassage, read_retrievals, returned_passages

CitedVersion = list[int | str | None]


def cited_versions(
    citations: Sequence[Mapping[str, Any]], retrieval_ids: Sequence[UUID], *, principal: Principal
) -> list[CitedVersion]:
    """For each citation that names something known: its index, chunk, version and document.

    A chunk id is looked up among the retrieved passages, an external id among their documents; a
    version id may name any version that the principal may see.
    """
    retrieved = [
        passage
        for events in read_retrievals(retrieval_ids).values()
        for passage in returned_passages(events)
        if passage.version_id is not None
    ]
    named = {id_ for citation in citations if (id_ := as_uuid(citation.get("version_id")))}
    versions = _read_versions(named | {each.version_id for each in retrieved if each.version_id})
    return [
        cited
        for index, citation in enumerate(citations)
        for cited in _cited(index, citation, retrieved, versions, principal)
    ]


def _cited(
    index: int,
    citation: Mapping[str, Any],
    retrieved: Sequence[RetrievedPassage],
    versions: Mapping[UUID, CatalogueVersion],
    principal: Principal,
) -> Iterator[CitedVersion]:
    version_id = as_uuid(citation.get("version_id"))
    if chunk_id := citation.get("chunk_id"):
        passage = next((each for each in retrieved if _is_called(each, chunk_id)), None)
        if passage is not None:
            ids = passage.chunk_id, passage.version_id, passage.document_id
            yield [index, *map(str, ids)]
    elif version_id is not None:
        version = versions.get(version_id)
        if version is not None and principal.may_see(version.collection):
            yield [index, None, str(version_id), str(version.document_id)]
    else:
        for id_ in dict.fromkeys(each.version_id for each in retrieved if each.version_id):
            if id_ in versions and versions[id_].external_id == citation["external_id"]:
                yield [index, None, str(id_), str(versions[id_].document_id)]


def _is_called(passage: RetrievedPassage, chunk_id: str) -> bool:
    """By the id given here, or by the one that the application's own store uses."""
    return chunk_id in {str(passage.chunk_id), str(passage.said.get("chunk_id"))}


def _read_versions(ids: set[UUID]) -> dict[UUID, CatalogueVersion]:
    rows = CatalogueVersion.objects.filter(version_id__in=ids)
    return {row.version_id: row for row in rows.only("document_id", "external_id", "collection")}
