"""Handing in documents until they can be found, against the bare rate of the embedding model."""

import statistics
from collections.abc import Iterator
from itertools import count

from benchmarks.application import chunk_texts, connect, documents, hand_in, wait_until_indexed
from benchmarks.bare_model import bare_model
from benchmarks.harness import Figure, in_turns, ratio, seconds
from benchmarks.scale import amount, rounds
from benchmarks.servers import whole_application

# Enough that the first document's way through the pipeline is a small part of a round.
DOCUMENTS, CHUNKS = 64, 10
ROUNDS = 3


def figures() -> Iterator[Figure]:
    with whole_application() as address, bare_model() as embed_all:
        ledger = connect(address)
        seeds = count()

        def product() -> float:
            texts = documents(amount(DOCUMENTS), chunks=CHUNKS, seed=next(seeds))
            took = seconds(lambda: wait_until_indexed(hand_in(ledger, texts)))
            return len(chunk_texts(texts)) / took

        def floor() -> float:
            chunks = chunk_texts(documents(amount(DOCUMENTS), chunks=CHUNKS, seed=next(seeds)))
            return len(chunks) / seconds(lambda: embed_all(chunks))

        # The workers load the model before the first measured round.
        product()
        measured = in_turns({"ingestion": product, "bare model": floor}, rounds=rounds(ROUNDS))
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
