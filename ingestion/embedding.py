"""Turns the chunks of a version into vectors; doing it twice records it once."""

from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import transaction

from ingestion.chunks import ChunkOfVersion
from ingestion.embeddings.in_use import Recipe, RecipesInUse, hold_recipes, recipes_in_use
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
from ingestion.events import (
    ChunksEmbedded,
    DocumentFailed,
    DocumentIndexed,
    DocumentProcessed,
)
from ingestion.processing import (
    EMBED,
    Renew,
    append_derived,
    is_answered,
    record_erased,
    record_failure,
    recorded,
)
from ingestion.recutting import AS_PROCESSED, Cut, cut
from ingestion.rereading import ParsersAreOthers, TextEvent, text_under
from provenance.eventstore.event_types import EventData, name_of
from provenance.eventstore.fingerprints import keyed_hash
from provenance.eventstore.ids import derived_id
from provenance.eventstore.listings import read_listing, store_listing
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.store import decides_again, read_event
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
    try:
        in_use = recipes_in_use()
        first = _embed(processed, in_use.searched, renew)
        if first is None:
            record_erased(cause_event_id, EMBED)
            return
        others, lacking = _under_others(processed, in_use, first, renew)
        _record_known(processed, [first, *others], lacking=lacking)
    except KeyDestroyed:
        record_erased(cause_event_id, EMBED)
    except EmbedderRefused as refusal:
        record_failure(
            cause_event_id=cause_event_id,
            stage=EMBED,
            reason_code="embedder",
            reason=str(refusal),
        )


def embed_again(
    *,
    processed_event_id: UUID,
    model: Embedder,
    chunker: str = AS_PROCESSED,
    reading: str = AS_PROCESSED,
    renew: Renew = lambda: None,
) -> None:
    """Embeds a known version as one more recipe wants it; when it was known stays as it is.

    Raises EmbedderUnavailable, EmbedderRefused, ParsersAreOthers, and KeyError for a chunker that
    is not there any more.
    """
    processed: Recorded[DocumentProcessed] = recorded(processed_event_id)
    try:
        text = text_under(reading, processed, renew)
        passages = cut(text, chunker, renew, cause_id=processed.event_id)
        if passages is not None:
            embedded = _embedded(processed, reading, model, passages, renew)
            _record_embedded(processed, embedded)
    except KeyDestroyed:
        # The work goes with the document.
        return


@dataclass(frozen=True)
class Embedded:
    """What is to be recorded of one recipe."""

    cut: Cut
    fact: ChunksEmbedded


def _embed(processed: Recorded[DocumentProcessed], recipe: Recipe, renew: Renew) -> Embedded | None:
    """None if it was erased. Raises KeyDestroyed, EmbedderUnavailable, EmbedderRefused."""
    text = _text_of_new(processed, recipe.reading, renew)
    passages = cut(text, recipe.chunker, renew, cause_id=processed.event_id)
    if passages is None:
        return None
    return _embedded(processed, recipe.reading, embedder(recipe.model), passages, renew)


def _text_of_new(processed: Recorded[DocumentProcessed], reading: str, renew: Renew) -> TextEvent:
    """What was just processed was read by the newest parsers: older ones are not waited for."""
    try:
        return text_under(reading, processed, renew)
    except ParsersAreOthers:
        return processed


def _embedded(
    processed: Recorded[DocumentProcessed],
    reading: str,
    model: Embedder,
    passages: Cut,
    renew: Renew,
) -> Embedded:
    """Raises KeyDestroyed, EmbedderUnavailable, EmbedderRefused."""
    hashes = vector_hashes(model, passages.chunks, renew, document_id=processed.data.document_id)
    fact = ChunksEmbedded(
        document_id=processed.data.document_id,
        version_id=processed.data.version_id,
        processing_id=passages.processing_id,
        embedding_model=model.name,
        model_digest=model.digest,
        dimensions=model.dimensions,
        chunks=store_listing([[c.text_hash, hashes[c.text_hash]] for c in passages.chunks]),
        chunker=passages.chunker,
        reading=reading,
    )
    return Embedded(passages, fact)


def _under_others(
    processed: Recorded[DocumentProcessed], in_use: RecipesInUse, first: Embedded, renew: Renew
) -> tuple[list[Embedded], bool]:
    """By the recipes kept ready, as far as their models answer; what is lacking is owed to them."""
    lacking = False
    found: dict[tuple[str, str, str], Embedded] = {_key(first.fact): first}
    for recipe in in_use.others:
        try:
            if _wanted(recipe) not in found:
                embedded = _embed(processed, recipe, renew)
                if embedded is not None:
                    found[_key(embedded.fact)] = embedded
        except (EmbedderUnavailable, EmbedderRefused) as error:
            log.warning("a model kept ready does not embed", model=recipe.model, error=str(error))
            lacking = True
    return list(found.values())[1:], lacking


def _key(fact: ChunksEmbedded) -> tuple[str, str, str]:
    return fact.model_digest, fact.chunker, fact.reading


def _wanted(recipe: Recipe) -> tuple[str, str, str]:
    return embedder(recipe.model).digest, recipe.chunker, recipe.reading


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
def _record_known(
    processed: Recorded[DocumentProcessed], embedded: list[Embedded], *, lacking: bool
) -> None:
    """Raises KeyDestroyed, and RetryLater as below or if the index was switched meanwhile."""
    if lacking and not hold_recipes():
        raise RetryLater("The index is being switched; the version may be lacking in the new one.")
    searched, first = recipes_in_use().searched, embedded[0].fact
    if _wanted(searched) != _key(first):
        raise RetryLater("The index was switched to another model; the version is embedded anew.")
    _hold(processed, embedded)
    indexed = DocumentIndexed(
        document_id=processed.data.document_id,
        version_id=processed.data.version_id,
        processing_id=processed.data.processing_id,
        model_digest=first.model_digest,
    )
    named = _named(processed, embedded)
    if not first.chunker and not first.reading:
        # The first model's came alone, once.
        named = {name_of(ChunksEmbedded): first} | {
            name: fact for name, fact in named.items() if fact is not first
        }
    append_derived(processed, [*named.values(), indexed], [*named, name_of(DocumentIndexed)])


@decides_again
@transaction.atomic
def _record_embedded(processed: Recorded[DocumentProcessed], embedded: Embedded) -> None:
    """Raises KeyDestroyed, and RetryLater if a vector was erased since it was found."""
    _hold(processed, [embedded])
    named = _named(processed, [embedded])
    append_derived(processed, list(named.values()), list(named))


def _hold(processed: Recorded[DocumentProcessed], embedded: list[Embedded]) -> None:
    key_for("document", processed.data.document_id)
    hold_vectors()
    for each in embedded:
        texts = {text_hash for text_hash, _ in read_listing(each.fact.chunks)}
        if missing_vectors(each.fact.model_digest, texts):
            raise RetryLater("A vector went with another, erased document; it is made anew.")


def _named(
    processed: Recorded[DocumentProcessed], embedded: list[Embedded]
) -> dict[str, EventData]:
    """The facts by what their ids derive from; a cut that is recorded already is left out."""
    facts: dict[str, EventData] = {}
    for each in embedded:
        recut, name = each.cut.recut, each.cut.recut_name
        if recut is not None and read_event(derived_id(processed.event_id, name)) is None:
            facts[name] = recut
    for each in embedded:
        facts[_name_under(each.fact)] = each.fact
    return facts


def _name_under(fact: ChunksEmbedded) -> str:
    anew = "".join(f"/{each}" for each in (fact.chunker, fact.reading) if each)
    return f"{name_of(ChunksEmbedded)}/{fact.model_digest}{anew}"
