"""A generation of the index: loading it against bare COPY and CREATE INDEX, switching, the past.

The vectors are made up, in clusters as those of real texts are: embedding so many would take hours.
"""

import random
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import numpy as np
import psycopg
from django.conf import settings
from django.db import connections

from benchmarks import as_of
from benchmarks.application import chunk_texts, documents
from benchmarks.harness import Figure, in_turns, progress, ratio, seconds
from benchmarks.scale import amount, rounds
from benchmarks.servers import database_only
from benchmarks.whole_pipeline import ask_whole, index, settle
from ingestion.embeddings.provider import Vectors, unit
from ingestion.embeddings.registry import embedder
from ingestion.embeddings.vectors import store_vectors
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.eventstore.fingerprints import keyed_hash
from provenance.integrity.sequencer import sequence_everything
from provenance.projections.projector import fold_everything
from provenance.projections.work import WorkItem
from retrieval.generations import commands, loading
from retrieval.generations.active import start_first_generation
from retrieval.models import IndexGeneration

CHUNKS, CHUNKS_A_DOCUMENT = 200_000, 200
DIMENSIONS, CLUSTERS = 384, 500
NOISE = 0.045
QUESTIONS = 60
SIDES = ("vector", "terms")
NEAREST = (
    "CREATE INDEX ON bare_vector USING hnsw ((embedding::halfvec(384)) halfvec_ip_ops)"
    " WITH (m = 16, ef_construction = 64) WHERE live"
)
INDEXES = (
    "ALTER TABLE bare_vector ADD PRIMARY KEY (generation, chunk_id)",
    "ALTER TABLE bare_terms ADD PRIMARY KEY (generation, chunk_id)",
    "CREATE INDEX ON bare_vector (version_id)",
    "CREATE INDEX ON bare_terms (version_id)",
    "CREATE INDEX ON bare_terms USING gin (terms) WITH (fastupdate = off) WHERE live",
    NEAREST,
)


class Item(WorkItem):
    """A piece of work that nobody else could take."""

    def renew(self) -> None:
        pass


def figures() -> Iterator[Figure]:
    with database_only(), _made_up_questions() as questions:
        _fill()
        yield from _loading()
        yield from _switching()
        yield from as_of.figures(questions)


def _fill() -> None:
    """All passages, in the first generation: without its vector index, which takes far longer."""
    start_first_generation()
    sequence_everything()
    fold_everything()
    with _owner() as owner:
        owner.execute("DROP INDEX retrieval_vector_g1_nearest")
    count = max(amount(CHUNKS) // CHUNKS_A_DOCUMENT, 2)
    texts = documents(count, chunks=CHUNKS_A_DOCUMENT, seed=3)
    chance = np.random.default_rng(5)
    for number, text in enumerate(texts):
        chunks = chunk_texts([text])
        hashes = [keyed_hash(chunk, purpose="chunk text") for chunk in chunks]
        vectors = _clustered(len(chunks), chance)
        store_vectors(embedder("minilm").digest, dict(zip(hashes, vectors, strict=True)))
        if number % 50 == 0:
            progress(f"storing vectors: document {number} of {count}")
    index({f"policy-{number}": text for number, text in enumerate(texts)})


def _loading() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="ragledger-bench-rows-") as folder, _owner() as owner:
        rows = _rows(owner, Path(folder))
        numbers: list[int] = []

        def product() -> float:
            if numbers:
                commands.cancel_generation(numbers[-1], principal=SYSTEM_PRINCIPAL)
            numbers.append(_start())
            generation = IndexGeneration.objects.get(generation=numbers[-1])
            item = Item("benchmark", uuid4(), uuid4(), 1, uuid4())
            took = seconds(lambda: _load(generation, item))
            return loading.loaded_chunks(numbers[-1]) / took

        def bare() -> float:
            return rows.count / seconds(lambda: _load_bare(owner, rows))

        measured = in_turns({"loading": product, "COPY + CREATE INDEX": bare}, rounds=rounds(2))
    benchmark = f"generation, {rows.count:,} chunks"
    base = "COPY + CREATE INDEX"
    yield Figure(benchmark, base, statistics.median(measured[base]), "chunks/s")
    yield Figure(
        benchmark,
        "loading",
        statistics.median(measured["loading"]),
        "chunks/s",
        base=base,
        ratio=ratio(measured, "loading", base),
        at_least=0.8,
    )


def _switching() -> Iterator[Figure]:
    """From the decision until a search has been answered from the other generation."""
    settle()
    number = IndexGeneration.objects.order_by("-generation")[0].generation
    took = []
    for target in (number, 1, number):

        def switch(target: int = target) -> None:
            commands.activate_generation(target, principal=SYSTEM_PRINCIPAL)
            sequence_everything()
            fold_everything()
            if target != 1:
                receipt = ask_whole("the waiting period", mode="text")["receipt"]
                assert receipt["index_generation"] == target

        took.append(seconds(switch))
    yield Figure("generation", "switching", max(took), "s", at_most=1.0)


@dataclass(frozen=True)
class Rows:
    """The rows of a generation in files, as COPY writes and reads them."""

    folder: Path
    count: int


def _rows(owner: psycopg.Connection[Any], folder: Path) -> Rows:
    for side in SIDES:
        with (
            (folder / side).open("wb") as file,
            owner.cursor().copy(f"COPY retrieval_{side}_g1 TO STDOUT (FORMAT BINARY)") as copy,
        ):
            for block in copy:
                file.write(block)
    row = owner.execute("SELECT count(*) FROM retrieval_vector_g1").fetchone()
    assert row is not None
    return Rows(folder, row[0])


def _load(generation: IndexGeneration, item: Item) -> None:
    loading.load_rows(generation, item)
    loading.make_indexes(generation, item)


def _load_bare(owner: psycopg.Connection[Any], rows: Rows) -> None:
    for side in SIDES:
        owner.execute(f"DROP TABLE IF EXISTS bare_{side}")
        owner.execute(f"CREATE TABLE bare_{side} (LIKE retrieval_{side}_g1 INCLUDING STORAGE)")
        with (
            (rows.folder / side).open("rb") as file,
            owner.cursor().copy(f"COPY bare_{side} FROM STDIN (FORMAT BINARY)") as copy,
        ):
            while block := file.read(1 << 20):
                copy.write(block)
    for statement in INDEXES:
        owner.execute(statement)
    owner.execute("ANALYZE bare_vector, bare_terms")


def _start() -> int:
    number = commands.start_generation(
        embedding_model=None, activate_when_verified=False, principal=SYSTEM_PRINCIPAL
    )
    sequence_everything()
    fold_everything()
    return number


def _clustered(count: int, chance: np.random.Generator) -> Vectors:
    centres = np.random.default_rng(1).standard_normal((CLUSTERS, DIMENSIONS))
    chosen = unit(centres.astype(np.float32))[chance.integers(0, CLUSTERS, count)]
    noise = chance.standard_normal((count, DIMENSIONS)).astype(np.float32)
    return unit(chosen + noise * NOISE)


@contextmanager
def _made_up_questions() -> Iterator[Sequence[str]]:
    """Questions whose vectors lie among those of the passages."""
    words = documents(1, chunks=20, seed=12)[0].lower().replace(".", "").split()
    chance = random.Random(11)  # noqa: S311
    questions = [" ".join(chance.sample(words, 9)) for _ in range(amount(QUESTIONS))]
    vectors = dict(
        zip(questions, _clustered(len(questions), np.random.default_rng(9)), strict=True)
    )
    model = embedder("minilm")
    whole = model.embed_query
    model.embed_query = lambda text: vectors[text] if text in vectors else whole(text)  # type: ignore[method-assign]
    yield questions
    model.embed_query = whole  # type: ignore[method-assign]


@contextmanager
def _owner() -> Iterator[psycopg.Connection[Any]]:
    """A connection of the driver's own, as the owner of the tables."""
    connections.close_all()
    database = settings.DATABASES["owner"]
    with psycopg.connect(
        dbname=database["NAME"],
        user=database["USER"],
        password=database["PASSWORD"],
        host=database["HOST"],
        port=database["PORT"],
        autocommit=True,
    ) as owner:
        yield owner
