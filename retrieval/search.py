"""Searches the index in one statement: the ranked passages, and what the index stood for."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from ingestion.embeddings.provider import Vectors
from provenance.eventstore.driver import driver_cursor
from retrieval import lexical
from retrieval.errors import IndexBehind, IndexNotReady
from retrieval.generations.active import Generation
from retrieval.passages import vector_text
from retrieval.ranking import RankedChunk
from retrieval.statement import Shape, statement

# How many candidates each side brings to a ranking, whatever `top_k` is, so that the first results
# do not depend on how many are asked for.
DEPTH = 100
RECORDED = 50
CANDIDATE_CAP = 1_000
FEW = 20_000
PART_PERCENT = 12
# Measured on questions with known answers: equal shares found a little less.
LEXICAL_SHARE_PERCENT = 60

# What decides a ranking besides the index and the request.
CONFIGURATION: dict[str, Any] = {
    "version": 2,
    "depth": DEPTH,
    "candidate_cap": CANDIDATE_CAP,
    "few": FEW,
    "part_percent": PART_PERCENT,
    "fusion": "min-max",
    "lexical_share_percent": LEXICAL_SHARE_PERCENT,
    "nearest": "retrieval_nearest_v1",
    "lexical": lexical.CONFIGURATION,
}
FINGERPRINT = hashlib.sha256(orjson.dumps(CONFIGURATION, option=orjson.OPT_SORT_KEYS)).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of the index. `as_of` None is the newest position; collections None is all.

    `without` are versions left out, as if they were not there; of the past only.
    """

    query: str
    effective_at: datetime
    vector: Vectors | None = None
    mode: str = "hybrid"
    top_k: int = 5
    collections: list[str] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    exact: bool = False
    as_of: int | None = None
    without: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Source:
    """What a result says about where its passage comes from.

    `reading` names the text of the version that it is of, empty for the one it was processed with.
    """

    text: str
    external_id: str | None
    title: str | None
    source_uri: str | None
    content_sha256: str
    metadata: dict[str, Any]
    reading: str = ""


@dataclass(frozen=True)
class Found:
    """The ranking down to rank max(50, top_k), with sources of the first `top_k`, and the facts.

    `method` is "hnsw", "exact" or "lexical". `frequencies` are the numbers of passages that hold
    each term of the query, in its order, after the number of all passages.
    """

    ranking: list[RankedChunk]
    sources: list[Source]
    generation: Generation
    position: int
    method: str
    frequencies: list[int] | None


class AnotherGenerationActive(Exception):
    """The index was switched: embed the query with the new generation's model and search again."""


def search(question: Question, generation: Generation, *, only_active: bool = True) -> Found:
    """Searches the generation, which must be the active one unless `only_active` is False.

    Another one is searched to compare it, or to run again what it answered: `generation_named`
    gives it. Raises AnotherGenerationActive, IndexNotReady where none is active, and IndexBehind
    before the position asked for is folded.
    """
    past = question.as_of is not None
    rows = _run(question, generation, past=past)
    if not past and rows and not rows[0][2]:
        # A date has passed that the index does not show yet, or another time is asked for.
        past = True
        rows = _run(question, generation, past=past)
    position, active = rows[0][:2] if rows else (-1, None)
    if active is None:
        raise IndexNotReady
    if only_active and active != generation.generation:
        raise AnotherGenerationActive
    if question.as_of is not None and position < question.as_of:
        raise IndexBehind(question.as_of, position)
    return _found(question, generation, rows)


def _run(question: Question, generation: Generation, *, past: bool) -> list[tuple[Any, ...]]:
    scoped = past or question.exact or bool(question.metadata) or question.collections is not None
    shape = Shape(
        mode=question.mode,
        past=past,
        scoped=scoped,
        filtered=bool(question.metadata),
        exact=question.exact,
        rows=generation.rows,
    )
    with driver_cursor() as cursor:
        parameters = parameters_of(question, generation, past=past)
        return cursor.execute(statement(shape), parameters).fetchall()


def parameters_of(question: Question, generation: Generation, *, past: bool) -> dict[str, Any]:
    """What the statement of a search is executed with."""
    terms = {0: 0, **lexical.query_terms(question.query)} if question.mode != "vector" else {}
    return {
        "generation": generation.generation,
        "dimensions": generation.dimensions,
        "effective_at": question.effective_at,
        "as_of": question.as_of,
        "collections": question.collections,
        "without": list(question.without),
        "filter": orjson.dumps(question.metadata).decode() if question.metadata else None,
        # Words of the past are in no index.
        "exact": question.exact or past,
        "terms": list(terms),
        "times": list(terms.values()),
        "vector": None if question.vector is None else vector_text(question.vector),
        "top_k": question.top_k,
        "recorded": max(RECORDED, question.top_k),
        "depth": DEPTH,
        "cap": CANDIDATE_CAP,
        "few": FEW,
        "part_percent": PART_PERCENT,
        "lexical_share": LEXICAL_SHARE_PERCENT / 100,
    }


def _found(question: Question, generation: Generation, rows: list[tuple[Any, ...]]) -> Found:
    position, _, _, indexed, frequencies = rows[0][:5]
    results = [row[5:] for row in rows if row[5] is not None]
    by_vector = "hnsw" if indexed else "exact"
    method = "lexical" if question.mode == "text" else by_vector
    return Found(
        ranking=[RankedChunk(*row[:11]) for row in results],
        sources=[Source(*orjson.loads(row[11])) for row in results[: question.top_k]],
        generation=generation,
        position=position,
        method=method,
        frequencies=frequencies,
    )
