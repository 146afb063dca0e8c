"""A generation of the index: loading it against bare COPY and CREATE INDEX, switching, the past.

The vectors are made up, in clusters as those of real texts are: embedding so many would take hours.
"""

import random
import statistics
from collections.abc import Callable, Iterator, Sequence
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

from benchmarks.application import chunk_texts, documents
from benchmarks.captured_sql import Statement, bare_connection, captured, run_bare
from benchmarks.harness import Figure, in_turns, progress, ratio, seconds
from benchmarks.scale import amount, rounds
from benchmarks.servers import database_only
from benchmarks.whole_pipeline import ask_whole, index, settle
from ingestion.embeddings.provider import Vectors, unit
from ingestion.embeddings.registry import embedder
from ingestion.embeddings.vectors import store_vectors
from ingestion.models import CatalogueVersion
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
QUESTIONS, TOP = 60, 10
# Up to so many passages of the past have to be answered within the bound.
FEW = 20_000
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
BARE_EXACT = """
    SELECT v.chunk_id FROM retrieval_vector AS v JOIN retrieval_validity AS r USING (version_id)
    WHERE v.generation = %(generation)s AND r.known_from <= %(position)s
      AND (r.known_to IS NULL OR r.known_to > %(position)s)
    ORDER BY v.embedding <#> %(vector)s::vector LIMIT 50
"""


class Item(WorkItem):
    """A piece of work that nobody else could take."""

    def renew(self) -> None:
        pass


def figures() -> Iterator[Figure]:
    with database_only(), _made_up_questions() as questions:
        _fill()
        yield from _loading()
        yield from _switching()
        yield from _past(questions)


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


def _past(questions: Sequence[str]) -> Iterator[Figure]:
    """Early positions, where few passages count, and late ones, where most of the index does."""
    rows = CatalogueVersion.objects.order_by("indexed_position")
    known = [
        (position, chunks)
        for position, chunks in rows.values_list("indexed_position", "chunks")
        if position is not None
    ]
    reached = np.cumsum([chunks for _, chunks in known])
    early = known[max(int(np.searchsorted(reached, FEW)) - 1, len(known) // 10)][0]
    late = known[-max(len(known) // 50, 2)][0]
    for name, position in (("early", early), ("late", late)):
        qualifying = sum(chunks or 0 for at, chunks in known if at <= position)
        yield from _moment(f"as of, {qualifying:,} chunks ({name})", position, questions)


def _moment(benchmark: str, position: int, questions: Sequence[str]) -> Iterator[Figure]:
    recalls: dict[str, list[float]] = {}
    for question in questions:
        usual = ask_whole(question, as_of=position, mode="vector", top_k=TOP)
        exact = ask_whole(question, as_of=position, mode="vector", top_k=TOP, exact=True)
        found, wanted = (
            {each["chunk_id"] for each in answer["results"]} for answer in (usual, exact)
        )
        recalls.setdefault(usual["receipt"]["search"], []).append(len(found & wanted) / len(wanted))
    for method, values in recalls.items():
        least = 1.0 if method == "exact" else 0.97
        mean = statistics.mean(values)
        yield Figure(benchmark, f"recall@{TOP}, {method}", mean, "", at_least=least)
    yield from _times(benchmark, position, questions)


def _times(benchmark: str, position: int, questions: Sequence[str]) -> Iterator[Figure]:
    parts = [_captured(question, position) for question in questions]
    with bare_connection() as bare:

        def ninety_fifth(work: Callable[[Any], object], of: Sequence[Any]) -> float:
            return float(np.percentile([seconds(lambda e=e: work(e)) for e in of], 95)) * 1000  # type: ignore[misc]

        def bare_exact(part: Part) -> None:
            bare.execute(BARE_EXACT, part.parameters).fetchall()

        measured = in_turns(
            {
                "bare exact SQL": lambda: ninety_fifth(bare_exact, parts),
                "exact": lambda: ninety_fifth(lambda p: run_bare(bare, [p.search]), parts),
                "as of": lambda: ninety_fifth(
                    lambda q: ask_whole(q, as_of=position, top_k=TOP), questions
                ),
            },
            rounds=rounds(3),
        )
    base = "bare exact SQL"
    yield Figure(benchmark, base, statistics.median(measured[base]), "ms p95")
    exact = statistics.median(measured["exact"])
    against = ratio(measured, "exact", base)
    yield Figure(benchmark, "exact search", exact, "ms p95", base=base, ratio=against, at_most=1.3)
    yield Figure(
        benchmark,
        "whole retrieval, hybrid, recorded",
        statistics.median(measured["as of"]),
        "ms p95",
        at_most=40.0,
    )


@dataclass(frozen=True)
class Part:
    """The statement of an exact search of the past, and what the bare one needs."""

    search: Statement
    parameters: dict[str, Any]


def _captured(question: str, position: int) -> Part:
    with captured() as statements:
        answer = ask_whole(question, as_of=position, mode="vector", exact=True)
    search = max(statements, key=lambda each: len(str(each.sql)) if each.reads else 0)
    return Part(
        search,
        {
            "generation": answer["receipt"]["index_generation"],
            "position": position,
            "vector": search.parameters["vector"],
        },
    )


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
