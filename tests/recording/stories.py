"""A small story to record: two documents, an application, its retrievals, prompts and outputs."""

from typing import Any
from uuid import UUID

from ingestion.commands import submit_document
from provenance.accounts.access import SYSTEM_PRINCIPAL, Principal
from provenance.eventstore.recorded import Actor
from retrieval.commands import retrieve
from retrieval.recording.commands import report_output, report_prompt

WAITING = "# Dental policy\n\nThe waiting period for dental treatment is {months} months.\n"
STORM = "# Storm policy\n\nStorm damage is covered up to EUR 50,000 in each insured year.\n"
QUESTION = "How long is the waiting period for dental treatment?"


def application(name: str, **more: Any) -> Principal:
    scopes = frozenset({"retrieve", "record", "read"})
    return Principal(
        **{
            "actor": Actor("api_key", f"key of {name}", name),
            "scopes": scopes,
            "application": name,
            **more,
        }
    )


ALICE = application("alice")
BOB = application("bob")


def hand_in(text: str, external_id: str, **more: Any) -> Any:
    return submit_document(
        principal=SYSTEM_PRINCIPAL,
        content=text.encode(),
        external_id=external_id,
        media_type="text/markdown",
        **more,
    )


def ask(principal: Principal = ALICE, **more: Any) -> dict[str, Any]:
    return retrieve(principal=principal, query=QUESTION, mode="text", **more)


def prompt_of(answer: dict[str, Any], principal: Principal = ALICE, **more: Any) -> UUID:
    """Records a prompt that holds every passage of the answer."""
    passages = "\n\n".join(result["text"] for result in answer["results"])
    recorded = report_prompt(
        principal=principal,
        retrieval_ids=[UUID(answer["retrieval_id"])],
        messages=[
            {"role": "system", "content": "Answer from the passages."},
            {"role": "user", "content": f"Passages:\n{passages}\n\n{QUESTION}"},
        ],
        **more,
    )
    return recorded.prompt_id


def output_of(prompt_id: UUID, text: str, principal: Principal = ALICE, **more: Any) -> UUID:
    recorded = report_output(
        principal=principal, prompt_id=prompt_id, text=text, **{"model": "model-1", **more}
    )
    return recorded.output_id
