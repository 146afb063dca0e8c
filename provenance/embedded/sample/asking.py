"""Runs the sample's interactions through the API, as the two sample applications would."""

import http
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from examples.rag_app import (
    Answer,
    Application,
    Json,
    Message,
    RagLedger,
    RequestRefused,
    assemble,
    best_sentences,
    quote,
    report_output,
    report_prompt,
    retrieve,
)
from provenance.embedded.sample.corpus import EXAMPLES, Interaction, record_id

RETRIEVERS = {
    "customer-portal": {"name": "portal-store", "version": "2.1"},
    "claims-assistant": {"name": "predecessor-index", "version": "3"},
}


@dataclass
class Asking:
    """One run over the interactions; `ledgers` are the applications' own connections."""

    ledgers: Mapping[str, RagLedger]
    interactions: Mapping[str, Interaction]

    def ask(self, interaction: Interaction) -> bool:
        """Asks, answers and reports; False if that was done in an earlier run."""
        ledger = self.ledgers[interaction.application]
        if _known_output(ledger, interaction.id_of("output")) is not None:
            return False
        application = Application.from_file(EXAMPLES / f"{interaction.application}.toml")
        if interaction.imported:
            _import(ledger, application, interaction)
        else:
            self._converse(ledger, application, interaction)
        return True

    def _converse(
        self, ledger: RagLedger, application: Application, interaction: Interaction
    ) -> None:
        context = self._context(interaction)
        passages = self._passages(ledger, application, interaction, context)
        chosen = _reranked(interaction, passages)
        messages = assemble(
            application, interaction.question, chosen, earlier=self._earlier(ledger, interaction)
        )
        selection = _selection(interaction, chosen) if interaction.keep else None
        prompt = report_prompt(
            ledger,
            application,
            [interaction.id_of("retrieval")],
            messages,
            prompt_id=interaction.id_of("prompt"),
            context=context,
            **({"selection": selection} if selection else {}),
        )
        report_output(
            ledger,
            prompt["prompt_id"],
            _answer(application, interaction, chosen),
            output_id=interaction.id_of("output"),
            status=interaction.status,
            context=context,
            **({"delivered_text": interaction.delivered} if interaction.delivered else {}),
        )

    def _passages(
        self, ledger: RagLedger, application: Application, interaction: Interaction, context: Json
    ) -> list[Json]:
        if interaction.own_store:
            ledger.post(
                "/api/v1/retrievals/reported", {**_own_retrieval(interaction), "context": context}
            )
            return [dict(passage) for passage in interaction.own_store]
        asked_for: dict[str, Any] = {
            "top_k": interaction.top_k,
            "mode": interaction.mode,
            "filter": interaction.filter,
            "effective_at": interaction.effective_at,
        }
        retrieval = retrieve(
            ledger,
            application,
            interaction.question,
            retrieval_id=interaction.id_of("retrieval"),
            context=context,
            **{name: value for name, value in asked_for.items() if value is not None},
        )
        return list(retrieval["results"])

    def _context(self, interaction: Interaction) -> Json:
        context: Json = {"user_ref": interaction.user, "tags": list(interaction.tags)}
        if interaction.subjects:
            context["subject_refs"] = list(interaction.subjects)
        if interaction.conversation:
            context["conversation_id"] = interaction.conversation
            context["turn"] = len(self._before(interaction)) + 1
        if interaction.follows:
            context["parent_output_id"] = str(record_id(interaction.follows, "output"))
        return context

    def _before(self, interaction: Interaction) -> list[Interaction]:
        """The earlier turns of the conversation, first to last."""
        if interaction.follows is None:
            return []
        previous = self.interactions[interaction.follows]
        return [*self._before(previous), previous]

    def _earlier(self, ledger: RagLedger, interaction: Interaction) -> list[Message]:
        messages = []
        for turn in self._before(interaction):
            said = ledger.get(f"/api/v1/outputs/{turn.id_of('output')}")["text"]
            messages.append({"role": "user", "content": turn.question})
            messages.append({"role": "assistant", "content": said})
        return messages


def _known_output(ledger: RagLedger, output_id: str) -> Json | None:
    try:
        return ledger.get(f"/api/v1/outputs/{output_id}")
    except RequestRefused as refused:
        if refused.status == http.HTTPStatus.NOT_FOUND:
            return None
        raise


def _answer(application: Application, interaction: Interaction, passages: list[Json]) -> Answer:
    if interaction.answer is None:
        return quote(interaction.question, passages, sentences=application.sentences)
    return Answer(
        interaction.answer, interaction.model, finish_reason=interaction.finish_reason or "stop"
    )


def _reranked(interaction: Interaction, passages: list[Json]) -> list[Json]:
    """The best few passages by their best sentence, where the story reranks; else all of them."""
    if interaction.keep is None:
        return passages
    ranked = [number for number, _ in best_sentences(interaction.question, passages)]
    best = list(dict.fromkeys([*ranked, *range(1, len(passages) + 1)]))[: interaction.keep]
    return [passages[number - 1] for number in best]


def _selection(interaction: Interaction, chosen: list[Json]) -> list[Json]:
    return [
        {
            "retrieval_id": interaction.id_of("retrieval"),
            "chunk_id": passage["chunk_id"],
            "rank": rank,
            "stage": "sentence-reranker",
        }
        for rank, passage in enumerate(chosen, 1)
    ]


def _own_retrieval(interaction: Interaction) -> Json:
    return {
        "retrieval_id": interaction.id_of("retrieval"),
        "query": interaction.question,
        "retriever": RETRIEVERS[interaction.application],
        "results": [
            {"rank": rank, **passage} for rank, passage in enumerate(interaction.own_store, 1)
        ],
    }


def _import(ledger: RagLedger, application: Application, interaction: Interaction) -> None:
    """What another system had logged: marked as imported, with the time which that system gave."""
    passages = [dict(passage) for passage in interaction.own_store]
    told = {
        "context": {"user_ref": interaction.user, "tags": list(interaction.tags)},
        "occurred_at": interaction.occurred_at,
    }
    items = [
        {"kind": "retrieval", **_own_retrieval(interaction), **told},
        {
            "kind": "prompt",
            "prompt_id": interaction.id_of("prompt"),
            "retrieval_ids": [interaction.id_of("retrieval")],
            "messages": assemble(application, interaction.question, passages),
            **told,
        },
        {
            "kind": "output",
            "output_id": interaction.id_of("output"),
            "prompt_id": interaction.id_of("prompt"),
            "text": interaction.answer or "",
            "model": interaction.model,
            **told,
        },
    ]
    answers = ledger.post("/api/v1/records", {"imported": True, "items": items})["data"]
    for told_back in answers:
        if told_back["status"] == "refused":
            raise RequestRefused(http.HTTPStatus.UNPROCESSABLE_ENTITY, told_back["problem"])
