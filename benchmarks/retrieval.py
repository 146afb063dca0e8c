"""Retrieval over HTTP at one client, against the sum of its bare parts, and without its record."""

import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import numpy as np
import psycopg
from django.core.management import call_command

from benchmarks import append
from benchmarks.application import (
    chunk_texts,
    connect,
    documents,
    hand_in,
    wait_until_indexed,
)
from benchmarks.captured_sql import Statement, bare_connection, captured, run_bare
from benchmarks.harness import Figure, in_turns, progress, ratio, seconds
from benchmarks.http_client import HttpClient
from benchmarks.scale import amount, rounds
from benchmarks.servers import second_web_server, whole_application
from examples.rag_app import RagLedger
from ingestion.embeddings.provider import unit
from ingestion.embeddings.registry import embedder
from ingestion.embeddings.vectors import store_vectors
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.eventstore.fingerprints import keyed_hash
from provenance.eventstore.store import canonical_bytes, read_event
from retrieval.commands import retrieve

DOCUMENTS, CHUNKS = 50, 100
REQUESTS = 40
ROUNDS = 5
QUESTION_WORDS = 9
WARM_UP_CONNECTIONS = 12

INSERT = """
INSERT INTO bare_event
    (event_id, stream, stream_version, type, correlation_id, recorded_at, canonical)
VALUES (%s, %s, 1, 'RetrievalServed', %s, now(), %s)
"""


def figures() -> Iterator[Figure]:
    with whole_application() as address:
        ledger = connect(address)
        _fill(ledger)
        questions = _questions(amount(REQUESTS))
        with (
            second_web_server("benchmarks.unrecorded_wsgi:application") as unrecorded,
            _floor(questions) as floor,
        ):
            variants = {
                "POST /retrievals": _requests(address, ledger.api_key, questions),
                "embedding + SQL + insert": floor,
                "without its record": _requests(unrecorded, ledger.api_key, questions),
            }
            for variant in variants.values():
                variant()
            measured = in_turns(variants, rounds=rounds(ROUNDS))
    benchmark = f"retrieval, {DOCUMENTS * CHUNKS:,} chunks"
    for name in ("embedding + SQL + insert", "without its record"):
        yield Figure(benchmark, name, statistics.median(measured[name]), "ms")
    served = statistics.median(measured["POST /retrievals"])
    yield Figure(
        benchmark,
        "POST /retrievals",
        served,
        "ms",
        base="embedding + SQL + insert",
        ratio=ratio(measured, "POST /retrievals", "embedding + SQL + insert"),
        at_most=1.6,
    )
    # One client: throughput is the reciprocal of the time a request takes.
    yield Figure(
        benchmark,
        "POST /retrievals",
        1000 / served,
        "requests/s",
        base="without its record",
        ratio=ratio(measured, "without its record", "POST /retrievals"),
        at_least=0.7,
    )


def _fill(ledger: RagLedger) -> None:
    """A corpus of some size. Its vectors are stored beforehand, at random, as embedding is slow."""
    texts = documents(DOCUMENTS, chunks=CHUNKS, seed=7)
    chunks = chunk_texts(texts)
    vectors = unit(np.random.default_rng(7).standard_normal((len(chunks), 384)).astype(np.float32))
    hashes = [keyed_hash(chunk, purpose="chunk text") for chunk in chunks]
    store_vectors(embedder("minilm").digest, dict(zip(hashes, vectors, strict=True)))
    progress(f"handing in {len(chunks):,} chunks")
    wait_until_indexed(hand_in(ledger, texts))
    call_command("wait_until_caught_up", verbosity=0)


def _questions(count: int) -> list[str]:
    chance = random.Random(11)  # noqa: S311
    words = documents(1, chunks=20, seed=12)[0].lower().replace(".", "").split()
    return [" ".join(chance.sample(words, QUESTION_WORDS)) for _ in range(count)]


def _requests(address: str, api_key: str, questions: Sequence[str]) -> Callable[[], float]:
    """Median milliseconds a request, on one connection; what follows from them is waited for."""
    for _ in range(WARM_UP_CONNECTIONS):  # so that every web process has loaded the model
        HttpClient(address, api_key).post("/api/v1/retrievals", {"query": questions[0]})

    def measure() -> float:
        client = HttpClient(address, api_key)
        took = [
            seconds(lambda text=text: client.post("/api/v1/retrievals", {"query": text}))  # type: ignore[misc]
            for text in questions
        ]
        call_command("wait_until_caught_up", verbosity=0)
        return statistics.median(took) * 1000

    return measure


@dataclass(frozen=True)
class Part:
    """One question's share of the floor: its text, its search, and the event that it led to."""

    question: str
    search: Statement
    event: bytes


@contextmanager
def _floor(questions: Sequence[str]) -> Iterator[Callable[[], float]]:
    append.make_bare_table()
    parts = [_part(question) for question in questions]
    model = embedder("minilm")
    with bare_connection() as bare:

        def once(part: Part) -> None:
            model.embed_query(part.question)
            run_bare(bare, [part.search])
            _insert(bare, part.event)

        def measure() -> float:
            return statistics.median(seconds(lambda p=p: once(p)) for p in parts) * 1000  # type: ignore[misc]

        yield measure


def _part(question: str) -> Part:
    """Asks once in this process, to learn its search statement and its event."""
    with captured() as statements:
        answer = retrieve(principal=SYSTEM_PRINCIPAL, query=question)
    search = max(statements, key=lambda each: len(str(each.sql)) if each.reads else 0)
    event = read_event(UUID(answer["receipt"]["event_id"]))
    assert event is not None
    stored = canonical_bytes(event.event_id)
    assert stored is not None
    return Part(question, search, stored)


def _insert(bare: psycopg.Connection[object], canonical: bytes) -> None:
    retrieval_id = uuid4()
    bare.execute(INSERT, [uuid4(), f"retrieval-{retrieval_id}", retrieval_id, canonical])
