"""Erasing a person with a thousand interactions: from the approval to the certificate."""

from collections.abc import Iterator
from uuid import UUID

from benchmarks.harness import Figure, progress, seconds
from benchmarks.scale import amount
from benchmarks.servers import database_only
from provenance.accounts.access import Principal
from provenance.eventstore.recorded import Actor
from provenance.integrity.sequencer import sequence_everything
from provenance.projections import work
from provenance.projections.projector import fold_everything
from provenance.review.commands import approve_erasure, read_erasure, request_erasure
from provenance.review.erasures import Status
from provenance.review.finding import Target
from retrieval.generations.active import start_first_generation
from retrieval.recording.commands import report_output, report_prompt, report_retrieval

INTERACTIONS = 1000
PERSON = "person-4711"
CONTEXT = {"user_ref": PERSON}
PASSAGE = "The waiting period for dental treatment is 8 months. A fee shortens it to two."


def figures() -> Iterator[Figure]:
    with database_only():
        count = amount(INTERACTIONS)
        start_first_generation()
        for number in range(count):
            _record(number)
        _work()
        progress(f"{count} interactions are recorded")
        erasure_id = _approved()
        spent = seconds(_work)
        _, erasure = read_erasure(erasure_id)
        if erasure.status != Status.CERTIFIED:
            raise RuntimeError(f"The erasure is {erasure.status}.")
    yield Figure(
        "erasure", f"{count:,} interactions, approval to certificate", spent, "s", at_most=5
    )


def _principal(name: str) -> Principal:
    scopes = frozenset({"read", "record", "admin"})
    return Principal(Actor("user", name), scopes, application="bench", role="administrator")


def _record(number: int) -> None:
    principal = _principal("recorder")
    retrieval = report_retrieval(
        principal=principal,
        query=f"How long do I wait, {number}?",
        retriever={"name": "own store", "version": "1"},
        results=[{"text": PASSAGE}],
        context=CONTEXT,
    )
    prompt = report_prompt(
        principal=principal,
        retrieval_ids=[retrieval.retrieval_id],
        messages=[{"role": "user", "content": f"{PASSAGE}\n\nHow long do I wait, {number}?"}],
        context=CONTEXT,
    )
    report_output(
        principal=principal,
        prompt_id=prompt.prompt_id,
        text=f"You wait 8 months, person number {number}. A fee shortens it.",
        model="model-1",
        context=CONTEXT,
    )


def _approved() -> UUID:
    erasure_id = request_erasure(
        Target("subject", PERSON), reason="They asked.", principal=_principal("carol")
    )
    approve_erasure(erasure_id=erasure_id, principal=_principal("dave"))
    return erasure_id


def _work() -> None:
    """What sequencer, projector and workers do, in this process and one after the other."""
    _fold()
    while any(work.run_next(queue) for queue in work.work_queues()):
        _fold()


def _fold() -> None:
    sequence_everything()
    fold_everything()
