"""The embedding model alone, in processes that know nothing of Django."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from ingestion.embeddings.registry import embedder

PROCESSES = os.cpu_count() or 1


@contextmanager
def bare_model() -> Iterator[Callable[[Sequence[str]], object]]:
    """Yields what embeds texts with a process for each core; each has loaded the model before."""
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:

        def embed_all(texts: Sequence[str]) -> object:
            shares = [texts[first::PROCESSES] for first in range(PROCESSES)]
            return pool.map(embed, shares, chunksize=1)

        embed_all(["It is loaded before anything is measured."] * PROCESSES)
        yield embed_all


def embed(texts: Sequence[str]) -> None:
    """In a process of the pool: one thread, in the batches that the model likes best."""
    embedder("minilm").embed_passages(texts)
