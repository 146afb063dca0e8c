"""Retrieval over HTTP while a generation is built, against the same at rest."""

import random
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from benchmarks.application import connect, documents, hand_in, wait_until_indexed
from benchmarks.harness import Figure, progress, seconds
from benchmarks.http_client import HttpClient
from benchmarks.scale import amount
from benchmarks.servers import whole_application
from retrieval.generations.listing import Listed, listed_generations
from retrieval.models import State

DOCUMENTS, CHUNKS = 20, 10
REQUESTS = 200
WARM_UP_CONNECTIONS = 12
WAIT_SECONDS = 300
GENERATIONS = "/api/v1/index-generations"


def figures() -> Iterator[Figure]:
    with whole_application() as address:
        ledger = connect(address)
        texts = documents(amount(DOCUMENTS), chunks=CHUNKS, seed=7)
        progress("handing in and embedding")
        wait_until_indexed(hand_in(ledger, texts))
        ask = _asking(address, ledger.api_key)
        at_rest = ask(amount(REQUESTS), lambda: True)
        # Cut anew, every passage has to be embedded: work for minutes on both processors.
        ledger.post(GENERATIONS, {"chunker": "fine/1"})
        _wait_until_embedding()
        during = ask(amount(REQUESTS), lambda: _newest().row.state == State.BUILDING)
        progress(f"{len(during)} requests during the rebuild")
    before, meanwhile = (float(np.percentile(took, 95)) * 1000 for took in (at_rest, during))
    yield Figure("retrieval during a rebuild", "at rest", before, "ms p95")
    yield Figure(
        "retrieval during a rebuild",
        "during",
        meanwhile,
        "ms p95",
        base="at rest",
        ratio=meanwhile / before,
        at_most=2.0,
    )


def _asking(address: str, api_key: str) -> Callable[[int, Callable[[], bool]], Sequence[float]]:
    chance = random.Random(11)  # noqa: S311
    words = documents(1, chunks=20, seed=12)[0].lower().replace(".", "").split()
    for _ in range(WARM_UP_CONNECTIONS):  # so that every web process has loaded the model
        HttpClient(address, api_key).post("/api/v1/retrievals", {"query": "waiting period"})

    def ask(times: int, while_true: Callable[[], bool]) -> Sequence[float]:
        """How long each request took; what holds no more in between is not counted."""
        client, took = HttpClient(address, api_key), []
        for number in range(times):
            body = {"query": " ".join(chance.sample(words, 9))}
            took.append(seconds(lambda body=body: client.post("/api/v1/retrievals", body)))  # type: ignore[misc]
            if number % 20 == 0 and not while_true():
                break
        return took

    return ask


def _newest() -> Listed:
    return listed_generations(limit=1)[0]


def _wait_until_embedding() -> None:
    until = time.monotonic() + WAIT_SECONDS
    while _newest().progress.phase != "embedding":
        if time.monotonic() > until:
            raise RuntimeError("The rebuild did not begin.")
        time.sleep(0.1)
