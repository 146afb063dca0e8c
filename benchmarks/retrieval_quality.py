"""`python -m benchmarks.retrieval_quality [CORPUS]`: how well each mode finds known answers.

The corpus is a folder with long documents (`docs/*.md`), questions (`queries.jsonl`) and the spans
of the documents that answer them (`spans.jsonl`). Its documents are handed in whole, every question
is asked through the real command, and a span counts as found when the results of its document
cover at least half of it.
"""

import argparse
import importlib
import json
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.servers import PROJECT, database_only

CORPUS = PROJECT.parent / "shared" / "corpora" / "qa-dev"
MODES = ("text", "vector", "hybrid")
TOP_K = 10
RESAMPLES = 5_000

Ask = Callable[[str], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Span:
    """`[start, end)` of a document, in code points."""

    document: str
    start: int
    end: int


@dataclass(frozen=True)
class Corpus:
    documents: Mapping[str, str]
    questions: Mapping[str, str]
    answers: Mapping[str, list[Span]]


@dataclass(frozen=True)
class Quality:
    """For each question: the part of its spans found in ten results, and whether the first hits."""

    recall: list[float]
    first_hits: list[float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", nargs="?", type=Path, default=CORPUS)
    parser.add_argument("--embedding-model", default="minilm")
    parser.add_argument("--exact", action="store_true", help="compare every passage")
    arguments = parser.parse_args()
    corpus = read_corpus(arguments.corpus)
    os.environ["RAGLEDGER_EMBEDDING_MODEL"] = arguments.embedding_model
    with database_only():
        pipeline = importlib.import_module("benchmarks.whole_pipeline")
        pipeline.index(corpus.documents)
        print(f"{len(corpus.questions)} questions, 95 % intervals by bootstrap over questions")
        for mode in MODES:
            ask = partial(pipeline.ask, top_k=TOP_K, mode=mode, exact=arguments.exact)
            quality = measure(corpus, ask)
            print(
                f"{mode:7} recall@{TOP_K} {with_interval(quality.recall)}"
                f"   hit@1 {with_interval(quality.first_hits)}",
                flush=True,
            )


def read_corpus(folder: Path) -> Corpus:
    answers: dict[str, list[Span]] = defaultdict(list)
    for line in _lines(folder / "spans.jsonl"):
        answers[line["query_id"]].append(Span(line["doc_id"], line["start"], line["end"]))
    return Corpus(
        documents={
            path.stem: path.read_bytes().decode() for path in sorted((folder / "docs").glob("*.md"))
        },
        questions={line["_id"]: line["text"] for line in _lines(folder / "queries.jsonl")},
        answers=answers,
    )


def measure(corpus: Corpus, ask: Ask) -> Quality:
    quality = Quality([], [])
    for name, question in corpus.questions.items():
        results = ask(question)
        spans = corpus.answers[name]
        quality.recall.append(sum(is_found(span, results) for span in spans) / len(spans))
        quality.first_hits.append(float(any(is_found(span, results[:1]) for span in spans)))
    return quality


def is_found(span: Span, results: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the results of the span's document cover at least half of it."""
    covered = np.zeros(span.end - span.start, dtype=bool)
    for result in results:
        if result["external_id"] == span.document:
            start, end = result["char_start"] - span.start, result["char_end"] - span.start
            covered[max(start, 0) : max(end, 0)] = True
    return bool(covered.sum() * 2 >= len(covered))


def with_interval(values: Sequence[float]) -> str:
    chance = np.random.default_rng(0)
    drawn = chance.integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.percentile(np.asarray(values)[drawn].mean(axis=1), [2.5, 97.5])
    return f"{np.mean(values):.3f} [{low:.3f}, {high:.3f}]"


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
