"""Turns the chunks of a version into vectors; doing it twice records it once."""

from uuid import UUID

import structlog
from django.db import transaction

from ingestion.chunks import ChunkOfVersion, chunks_of
from ingestion.embeddings.in_use import models_in_use
from ingestion.embeddings.provider import (
    Embedder,
    EmbedderRefused,
    EmbedderUnavailable,
    Vectors,
)
from ingestion.embeddings.registry import embedder
from ingestion.embeddings.vectors import (
    Vector,
    as_bytes,
    hold_vectors,
    missing_vectors,
    store_vectors,
    stored_vectors,
)
from ingestion.events import ChunksEmbedded, DocumentFailed, DocumentIndexed, DocumentProcessed
from ingestion.processing import (
    EMBED,
    Renew,
    append_derived,
    is_answered,
    record_erased,
    record_failure,
    recorded,
)
from provenance.eventstore.event_types import name_of
from provenance.eventstore.fingerprints import keyed_hash
from provenance.eventstore.listings import read_listing, store_listing
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_text
from provenance.eventstore.store import decides_again
from provenance.projections.work import RetryLater
from provenance.sealing.keys import KeyDestroyed, key_for

log = structlog.get_logger()

# Some half second of the bundled model: a lease is renewed, and a crash repeats, this much. On a
# machine that is ten times overloaded a slice still ends well within a lease.
SLICE = 16


def embed_version(*, cause_event_id: UUID, renew: Renew = lambda: None) -> None:
    """Embeds the chunks of the processing that is the cause; then the version is known."""
    if is_answered(cause_event_id, DocumentIndexed, DocumentFailed):
        return
    processed: Recorded[DocumentProcessed] = recorded(cause_event_id)
    chunks = _chunks(processed)
    if chunks is None:
        record_erased(cause_event_id, EMBED)
        return
    try:
        searched = embedder(models_in_use().searched)
        embedded = [_embed(processed, searched, chunks, renew)]
        embedded += _under_others(processed, searched, chunks, renew)
        _record_known(processed, embedded)
    except KeyDestroyed:
        record_erased(cause_event_id, EMBED)
    except EmbedderRefused as refusal:
        record_failure(
            cause_event_id=cause_event_id,
            stage=EMBED,
            reason_code="embedder",
            reason=str(refusal),
        )


def embed_again(*, processed_event_id: UUID, model: Embedder, renew: Renew = lambda: None) -> None:
    """Embeds a known version under one more model; when it was known stays as it is.

    Raises EmbedderUnavailable, EmbedderRefused.
    """
    processed: Recorded[DocumentProcessed] = recorded(processed_event_id)
    chunks = _chunks(processed)
    if chunks is None:
        return
    try:
        _record_embedded(processed, _embed(processed, model, chunks, renew))
    except KeyDestroyed:
        # The work goes with the document.
        return


def _chunks(processed: Recorded[DocumentProcessed]) -> list[ChunkOfVersion] | None:
    """The passages of a processed version; None if it was erased."""
    text = reveal_text(processed, "text")
    if text is None:
        return None
    return chunks_of(
        version_id=processed.data.version_id,
        processing_id=processed.data.processing_id,
        text=text,
        spans=read_listing(processed.data.spans),
        pages=read_listing(processed.data.pages),
    )


def _embed(
    processed: Recorded[DocumentProcessed],
    model: Embedder,
    chunks: list[ChunkOfVersion],
    renew: Renew,
) -> ChunksEmbedded:
    """Raises KeyDestroyed, EmbedderUnavailable, EmbedderRefused."""
    hashes = vector_hashes(model, chunks, renew, document_id=processed.data.document_id)
    return ChunksEmbedded(
        document_id=processed.data.document_id,
        version_id=processed.data.version_id,
        processing_id=processed.data.processing_id,
        embedding_model=model.name,
        model_digest=model.digest,
        dimensions=model.dimensions,
        chunks=store_listing([[c.text_hash, hashes[c.text_hash]] for c in chunks]),
    )


def _under_others(
    processed: Recorded[DocumentProcessed],
    searched: Embedder,
    chunks: list[ChunkOfVersion],
    renew: Renew,
) -> list[ChunksEmbedded]:
    """Under the models kept ready, as far as they answer; what is missing is owed to them."""
    found: dict[str, ChunksEmbedded] = {}
    for name in models_in_use().others:
        try:
            model = embedder(name)
            if model.digest != searched.digest and model.digest not in found:
                found[model.digest] = _embed(processed, model, chunks, renew)
        except (EmbedderUnavailable, EmbedderRefused) as error:
            log.warning("a model kept ready does not embed", model=name, error=str(error))
    return list(found.values())


def vector_hashes(
    model: Embedder,
    chunks: list[ChunkOfVersion],
    renew: Renew = lambda: None,
    *,
    document_id: UUID,
) -> dict[str, str]:
    """The keyed hash of each chunk text's vector; what is not stored yet is embedded and stored.

    Raises KeyDestroyed if the document is erased meanwhile.
    """
    texts = {chunk.text_hash: chunk.text for chunk in chunks}
    vectors: dict[str, Vectors] = stored_vectors(model.digest, texts)
    # Like lengths together: padding costs as much as words.
    missing = sorted(texts.keys() - vectors.keys(), key=lambda each: (len(texts[each]), each))
    for start in range(0, len(missing), SLICE):
        part = missing[start : start + SLICE]
        # Versions have most texts in common: another worker may have come to them meanwhile.
        there = stored_vectors(model.digest, part) if start else {}
        part = [text_hash for text_hash in part if text_hash not in there]
        if part:
            embedded = model.embed_passages([texts[text_hash] for text_hash in part])
            _store(document_id, model.digest, dict(zip(part, embedded, strict=True)))
        renew()
    # Read back: another worker may have been first, and what is stored is what counts.
    vectors |= stored_vectors(model.digest, missing)
    return {
        text_hash: keyed_hash(as_bytes(vector), purpose="vector")
        for text_hash, vector in vectors.items()
    }


@transaction.atomic
def _store(document_id: UUID, model_digest: str, vectors: dict[str, Vector]) -> None:
    """Nothing is stored of a document whose key is gone: nobody would take it away again."""
    key_for("document", document_id)
    store_vectors(model_digest, vectors)


@decides_again
@transaction.atomic
def _record_known(processed: Recorded[DocumentProcessed], embedded: list[ChunksEmbedded]) -> None:
    """Raises KeyDestroyed, and RetryLater as below or if the index was switched meanwhile."""
    if embedder(models_in_use().searched).digest != embedded[0].model_digest:
        raise RetryLater("The index was switched to another model; the version is embedded anew.")
    _hold(processed, embedded)
    indexed = DocumentIndexed(
        document_id=processed.data.document_id,
        version_id=processed.data.version_id,
        processing_id=processed.data.processing_id,
        model_digest=embedded[0].model_digest,
    )
    names = [name_of(ChunksEmbedded), *(_name_under(each) for each in embedded[1:])]
    append_derived(processed, [*embedded, indexed], [*names, name_of(DocumentIndexed)])


@decides_again
@transaction.atomic
def _record_embedded(processed: Recorded[DocumentProcessed], embedded: ChunksEmbedded) -> None:
    """Raises KeyDestroyed, and RetryLater if a vector was erased since it was found."""
    _hold(processed, [embedded])
    append_derived(processed, [embedded], [_name_under(embedded)])


def _hold(processed: Recorded[DocumentProcessed], embedded: list[ChunksEmbedded]) -> None:
    key_for("document", processed.data.document_id)
    hold_vectors()
    for each in embedded:
        texts = {text_hash for text_hash, _ in read_listing(each.chunks)}
        if missing_vectors(each.model_digest, texts):
            raise RetryLater("A vector went with another, erased document; it is made anew.")


def _name_under(embedded: ChunksEmbedded) -> str:
    """What the id of such an event derives from, but for the first model's, which came alone."""
    return f"{name_of(ChunksEmbedded)}/{embedded.model_digest}"
