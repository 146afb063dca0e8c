"""Embedding known versions for another generation, against the bare model on the same processor.

In one process, as each of the workers is one; beside it the database writes what comes of it.
"""

import statistics
from collections.abc import Iterator
from itertools import count

from django.conf import settings

from benchmarks.application import chunk_texts, documents
from benchmarks.harness import Figure, in_turns, ratio, seconds
from benchmarks.scale import amount, rounds
from benchmarks.servers import database_only
from benchmarks.whole_pipeline import index
from ingestion.embeddings.registry import embedder
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.integrity.sequencer import sequence_everything
from provenance.projections import work
from provenance.projections.projector import fold_everything
from retrieval.generations import commands
from retrieval.generations.owed import QUEUE

DOCUMENTS, CHUNKS = 12, 10
MODEL = "minilm"


def figures() -> Iterator[Figure]:
    with database_only():
        # The first generation is under a model that costs nothing.
        settings.EMBEDDING_MODEL = "hash-test"
        seeds = count()
        embedder(MODEL).embed_passages(["It is loaded before anything is measured."])

        def product() -> float:
            texts = documents(amount(DOCUMENTS), chunks=CHUNKS, seed=next(seeds))
            index({f"{next(seeds)}": text for text in texts})
            number = _start()
            took = seconds(_embed_what_is_owed)
            commands.cancel_generation(number, principal=SYSTEM_PRINCIPAL)
            _fold()
            return len(chunk_texts(texts)) / took

        def bare() -> float:
            chunks = chunk_texts(documents(amount(DOCUMENTS), chunks=CHUNKS, seed=next(seeds)))
            return len(chunks) / seconds(lambda: embedder(MODEL).embed_passages(chunks))

        measured = in_turns({"re-embedding": product, "bare model": bare}, rounds=rounds(3))
    yield Figure(
        "re-embedding", "bare model", statistics.median(measured["bare model"]), "chunks/s"
    )
    yield Figure(
        "re-embedding",
        "re-embedding",
        statistics.median(measured["re-embedding"]),
        "chunks/s",
        base="bare model",
        ratio=ratio(measured, "re-embedding", "bare model"),
        at_least=0.85,
    )


def _start() -> int:
    number = commands.start_generation(
        embedding_model=MODEL, activate_when_verified=False, principal=SYSTEM_PRINCIPAL
    )
    _fold()
    return number


def _embed_what_is_owed() -> None:
    """Every version that is owed; the read models follow behind, as they would."""
    while work.run_next(QUEUE):
        pass


def _fold() -> None:
    sequence_everything()
    fold_everything()
