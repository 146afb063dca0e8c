"""Searches of the past, early and late, against the barest SQL that compares the same passages."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg

from benchmarks.captured_sql import Statement, bare_connection, captured, run_bare
from benchmarks.harness import Figure, Measured, in_turns, ratio, seconds
from benchmarks.scale import rounds
from benchmarks.whole_pipeline import ask_whole
from ingestion.models import CatalogueVersion
from retrieval.lexical import DIMENSIONS

TOP = 10
# Up to so many passages of the past have to be answered within the bound.
FEW = 20_000
COUNTED = """
    JOIN retrieval_validity AS r USING (version_id)
    WHERE x.generation = %(generation)s AND r.known_from <= %(position)s
      AND (r.known_to IS NULL OR r.known_to > %(position)s)
"""
BARE_NEAREST = f"""
    SELECT x.chunk_id FROM retrieval_vector AS x {COUNTED}
    ORDER BY x.embedding <#> %(vector)s::vector LIMIT 50
"""  # noqa: S608  made of constants
BARE_MATCHING = f"""
    SELECT x.chunk_id FROM retrieval_terms AS x {COUNTED}
    ORDER BY x.weights <#> %(weights)s::sparsevec LIMIT 50
"""  # noqa: S608
HOLDING = "count(*) FILTER (WHERE x.weights <#> '{{{term}:1}}/{dimensions}' <> 0)"


def figures(questions: Sequence[str]) -> Iterator[Figure]:
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
    parts = [_part(question, position) for question in questions]
    with bare_connection() as bare:

        def ninety_fifth(work: Callable[[Any], object], of: Sequence[Any]) -> float:
            return float(np.percentile([seconds(lambda e=e: work(e)) for e in of], 95)) * 1000  # type: ignore[misc]

        measured = in_turns(
            {
                "bare exact SQL": lambda: ninety_fifth(lambda p: p.nearest(bare), parts),
                "exact search": lambda: ninety_fifth(lambda p: run_bare(bare, [p.vector]), parts),
                "bare hybrid SQL": lambda: ninety_fifth(lambda p: p.fused(bare), parts),
                "hybrid search": lambda: ninety_fifth(lambda p: run_bare(bare, [p.hybrid]), parts),
                "whole retrieval, hybrid, recorded": lambda: ninety_fifth(
                    lambda q: ask_whole(q, as_of=position, top_k=TOP), questions
                ),
            },
            rounds=rounds(3),
        )
    yield from _told(benchmark, measured)


def _told(benchmark: str, measured: Measured) -> Iterator[Figure]:
    median = {name: statistics.median(values) for name, values in measured.items()}
    for name, base in (("exact search", "bare exact SQL"), ("hybrid search", "bare hybrid SQL")):
        yield Figure(benchmark, base, median[base], "ms p95")
        against = ratio(measured, name, base)
        yield Figure(benchmark, name, median[name], "ms p95", base=base, ratio=against, at_most=1.3)
    name = "whole retrieval, hybrid, recorded"
    yield Figure(benchmark, name, median[name], "ms p95", at_most=40.0)


@dataclass(frozen=True)
class Part:
    """The statements of exact searches of the past, and what the bare ones need."""

    vector: Statement
    hybrid: Statement
    parameters: dict[str, Any]
    counts: str

    def nearest(self, bare: psycopg.Connection[Any]) -> None:
        bare.execute(BARE_NEAREST, self.parameters).fetchall()

    def fused(self, bare: psycopg.Connection[Any]) -> None:
        """What BM25 needs, which is how many passages hold each term then; and both rankings."""
        self.nearest(bare)
        bare.execute(self.counts, self.parameters).fetchall()
        bare.execute(BARE_MATCHING, self.parameters).fetchall()


def _part(question: str, position: int) -> Part:
    (vector, _), (hybrid, answer) = (
        _asked(question, position, mode) for mode in ("vector", "hybrid")
    )
    terms = sorted(term for term in hybrid.parameters["terms"] if term)
    pairs = ",".join(f"{term}:1" for term in terms)
    columns = ", ".join(HOLDING.format(term=term, dimensions=DIMENSIONS) for term in terms)
    return Part(
        vector,
        hybrid,
        {
            "generation": answer["receipt"]["index_generation"],
            "position": position,
            "vector": vector.parameters["vector"],
            "weights": f"{{{pairs}}}/{DIMENSIONS}",
        },
        f"SELECT count(*), {columns} FROM retrieval_terms AS x {COUNTED}",  # noqa: S608
    )


def _asked(question: str, position: int, mode: str) -> tuple[Statement, Mapping[str, Any]]:
    """The longest statement of a retrieval, which is the search itself."""
    with captured() as statements:
        answer = ask_whole(question, as_of=position, mode=mode, exact=True)
    return max(statements, key=lambda each: len(str(each.sql)) if each.reads else 0), answer
