"""Documents to answers in one process, by the real commands; Django must be set up before."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.harness import progress
from ingestion.commands import submit_document
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.integrity.sequencer import sequence_everything
from provenance.projections import work
from provenance.projections.projector import fold_everything
from retrieval.commands import retrieve
from retrieval.generations.active import start_first_generation


def index(documents: Mapping[str, str]) -> None:
    """Hands in Markdown documents by external id, and does all work that follows."""
    start_first_generation()
    for name, text in documents.items():
        submit_document(
            principal=SYSTEM_PRINCIPAL,
            content=text.encode(),
            external_id=name,
            media_type="text/markdown",
        )
    settle()


def settle() -> None:
    """Does all work that waits, and what follows from it, until nothing is left."""
    moving = True
    while moving:
        sequence_everything()
        fold_everything()
        progress("doing what waits")
        waiting = work.waiting_queues()
        for queue, count in waiting.items():
            for _ in range(count):
                work.run_next(queue)
        moving = bool(waiting)


def ask(question: str, **options: Any) -> Sequence[Mapping[str, Any]]:
    """The results of a retrieval, which is recorded as always."""
    results: Sequence[Mapping[str, Any]] = ask_whole(question, **options)["results"]
    return results


def ask_whole(question: str, **options: Any) -> Mapping[str, Any]:
    """The answer of a retrieval with its receipt."""
    return retrieve(principal=SYSTEM_PRINCIPAL, query=question, **options)
