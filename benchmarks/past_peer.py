"""Answers about the past beside those of `rag-timetravel`, on the same documents and questions.

It keeps snapshots of a LanceDB table. It is no dependency of this project: RAGLEDGER_PEER_PYTHON
names the Python of an environment that it is installed in; without it only our side is measured.
An answer is right if it has the wording that counted then, and no other wording of that document.
"""

import json
import os
import random
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from django.conf import settings

from benchmarks.harness import Figure, progress, seconds
from benchmarks.scale import amount
from benchmarks.servers import PROJECT, database_only
from benchmarks.whole_pipeline import ask_whole, index
from ingestion.embeddings.registry import embedder
from provenance.eventstore.store import head_position

PEER = "rag-timetravel"
DOCUMENTS, VERSIONS, QUESTIONS = 12, 5, 120
TOP_K = 5


def figures() -> Iterator[Figure]:
    history = _history(amount(DOCUMENTS))
    asked = _asked(history, amount(QUESTIONS))
    with database_only():
        # The same vectors on both sides, at no cost.
        settings.EMBEDDING_MODEL = "hash-test"
        yield from _figures("RAGLedger", history, asked, _ours(history, asked))
        python = os.environ.get("RAGLEDGER_PEER_PYTHON")
        if python is None:
            progress(f"RAGLEDGER_PEER_PYTHON names no Python with {PEER}: it is left out")
            return
        found = _theirs(python, history, asked)
    for way, answers in found.items():
        yield from _figures(f"{PEER}, {way}", history, asked, answers)


def _history(count: int) -> list[dict[str, Any]]:
    """Versions in the order in which they are handed in, all documents mixed."""
    chance = random.Random(3)  # noqa: S311
    names = [f"policy {number:03}" for number in range(count)]
    order = [name for name in names for _ in range(VERSIONS)]
    chance.shuffle(order)
    numbers: dict[str, int] = {}
    history = []
    for name in order:
        numbers[name] = numbers.get(name, 0) + 1
        wording = f"{numbers[name]} months"
        text = f"The waiting period of {name} is {wording} from the day on which it was signed."
        history.append({"document": name, "wording": wording, "text": text})
    return history


def _asked(history: Sequence[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Moments, each just after an entry, with a document that was there by then, and the truth."""
    chance = random.Random(5)  # noqa: S311
    asked = []
    for _ in range(count):
        moment = chance.randrange(len(history))
        entry = chance.choice(history[: moment + 1])
        name = entry["document"]
        truth = [each["wording"] for each in history[: moment + 1] if each["document"] == name][-1]
        question = f"What is the waiting period of {name}?"
        asked.append({"moment": moment, "document": name, "question": question, "truth": truth})
    return asked


def _ours(
    history: Sequence[dict[str, Any]], asked: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    positions = []
    for entry in history:
        index({entry["document"]: entry["text"]})
        positions.append(head_position())
    answers = []
    for each in asked:
        found: dict[str, Any] = {}

        def ask(each: dict[str, Any] = each, found: dict[str, Any] = found) -> None:
            as_of = positions[each["moment"]]
            found |= ask_whole(each["question"], as_of=as_of, top_k=TOP_K, mode="vector")

        took = seconds(ask)
        answers.append({"seconds": took, "texts": [row["text"] for row in found["results"]]})
    return answers


def _theirs(
    python: str, history: Sequence[dict[str, Any]], asked: Sequence[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    model = embedder("hash-test")
    texts = [entry["text"] for entry in history]
    questions = sorted({each["question"] for each in asked})
    vectors = dict(zip(texts, model.embed_passages(texts).tolist(), strict=True))
    vectors |= {question: model.embed_query(question).tolist() for question in questions}
    with TemporaryDirectory(prefix="ragledger-bench-peer-") as folder:
        task = {"history": history, "asked": asked, "vectors": vectors, "top_k": TOP_K}
        (Path(folder) / "task.json").write_text(json.dumps(task))
        script = PROJECT / "benchmarks" / "past_peer_run.py"
        done = subprocess.run(
            [python, str(script), folder], capture_output=True, text=True, check=True
        )
    answers: dict[str, list[dict[str, Any]]] = json.loads(done.stdout.splitlines()[-1])
    return answers


def _figures(
    variant: str,
    history: Sequence[dict[str, Any]],
    asked: Sequence[dict[str, Any]],
    answers: Sequence[dict[str, Any]],
) -> Iterator[Figure]:
    benchmark = f"the past, {len(history)} versions"
    right = [_is_right(each, answer["texts"]) for each, answer in zip(asked, answers, strict=True)]
    took = [answer["seconds"] * 1000 for answer in answers]
    goal = 1.0 if variant == "RAGLedger" else None
    share = statistics.mean(right)
    yield Figure(benchmark, f"{variant}: right answers", share, "", at_least=goal)
    yield Figure(benchmark, f"{variant}: search", statistics.median(took), "ms")
    yield Figure(benchmark, f"{variant}: search", float(np.percentile(took, 95)), "ms p95")


def _is_right(asked: dict[str, Any], texts: Sequence[str]) -> bool:
    of_document = [text for text in texts if f" {asked['document']} " in text]
    return bool(of_document) and all(f" {asked['truth']} " in text for text in of_document)
