"""Handing in documents until they can be found, against the bare rate of the embedding model."""

import multiprocessing
import os
import statistics
from collections.abc import Iterator, Sequence
from itertools import count

from benchmarks.application import chunk_texts, connect, documents, hand_in, wait_until_indexed
from benchmarks.harness import Figure, in_turns, ratio, seconds
from benchmarks.scale import amount, rounds
from benchmarks.servers import whole_application
from ingestion.embeddings.registry import embedder

DOCUMENTS, CHUNKS = 16, 10
ROUNDS = 3
PROCESSES = os.cpu_count() or 1


def figures() -> Iterator[Figure]:
    with whole_application() as address:
        ledger = connect(address)
        seeds = count()
        pool = multiprocessing.get_context("spawn").Pool(PROCESSES)

        def product() -> float:
            texts = documents(amount(DOCUMENTS), chunks=CHUNKS, seed=next(seeds))
            took = seconds(lambda: wait_until_indexed(hand_in(ledger, texts)))
            return len(chunk_texts(texts)) / took

        def floor() -> float:
            texts = documents(amount(DOCUMENTS), chunks=CHUNKS, seed=next(seeds))
            chunks = chunk_texts(texts)
            shares = [chunks[first::PROCESSES] for first in range(PROCESSES)]
            return len(chunks) / seconds(lambda: pool.map(embed, shares, chunksize=1))

        # Every process loads the model before the first measured round.
        product(), floor()
        measured = in_turns({"ingestion": product, "bare model": floor}, rounds=rounds(ROUNDS))
        pool.close()
        pool.join()
    bare = statistics.median(measured["bare model"])
    yield Figure("ingestion", "bare model", bare, "chunks/s")
    yield Figure(
        "ingestion",
        "ingestion",
        statistics.median(measured["ingestion"]),
        "chunks/s",
        base="bare model",
        ratio=ratio(measured, "ingestion", "bare model"),
        at_least=0.85,
    )


def embed(texts: Sequence[str]) -> None:
    """In a process of the pool: the model alone, one thread, in the batches it likes best."""
    embedder("minilm").embed_passages(texts)
