"""Records of a reported retrieval which versions of documents it returned."""

from collections import defaultdict
from uuid import UUID

from provenance.eventstore.prefetching import prefetched
from retrieval.events import DocumentRetrieved, RetrievedChunk
from retrieval.ranking import MICRO
from retrieval.recording.deriving import read_fact, record_all_derived
from retrieval.recording.events import RetrievalReported
from retrieval.recording.passages import RetrievedPassage, read_retrievals, returned_passages

Version = tuple[UUID, UUID, int]


def note_retrieved_documents(retrieval_id: UUID) -> None:
    """Records DocumentRetrieved for each version among the resolved passages, once."""
    cause = read_fact(f"retrieval-{retrieval_id}", RetrievalReported)
    events = read_retrievals([retrieval_id])[retrieval_id]
    with prefetched(events):
        passages = returned_passages(events)
    versions: dict[Version, list[RetrievedPassage]] = defaultdict(list)
    for passage in passages:
        if (version := _version(passage)) is not None:
            versions[version].append(passage)
    facts = [_retrieved(retrieval_id, *each) for each in versions.items()]
    names = [f"DocumentRetrieved/{fact.version_id}" for fact in facts]
    record_all_derived(facts, names=names, cause=cause)


def _version(passage: RetrievedPassage) -> Version | None:
    document_id, version_id, number = (
        passage.document_id,
        passage.version_id,
        passage.version_number,
    )
    if document_id is None or version_id is None or number is None:
        return None
    return document_id, version_id, number


def _retrieved(
    retrieval_id: UUID, version: Version, passages: list[RetrievedPassage]
) -> DocumentRetrieved:
    document_id, version_id, number = version
    return DocumentRetrieved(
        retrieval_id=retrieval_id,
        document_id=document_id,
        version_id=version_id,
        version_number=number,
        chunks=[
            RetrievedChunk(
                chunk_id=passage.chunk_id,
                rank=passage.rank,
                score=round((passage.score or 0) * MICRO),
            )
            for passage in passages
        ],
    )
