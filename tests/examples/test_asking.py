"""The sample application reports every question to the end, also where no answer came of it."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from examples.rag_app import Application, Json, ModelFailed, RagLedger, ask, main

APPLICATION = Application(instructions="Answer.", template={"name": "t", "version": "1"})
PASSAGE = {"chunk_id": "a", "title": "Leave", "text": "Everybody has 28 days of leave a year."}
ANSWERS: Json = {
    "/api/v1/retrievals": {"retrieval_id": "r", "results": [PASSAGE]},
    "/api/v1/prompts": {"prompt_id": "p"},
    "/api/v1/outputs": {"trace_url": "http://ragledger.example/outputs/o/"},
}


@dataclass(frozen=True)
class FarSide(RagLedger):
    """Takes everything, and keeps what it was told."""

    told: list[tuple[str, Json]] = field(default_factory=list)

    def post(self, path: str, body: Json, *, idempotency_key: str | None = None) -> Json:  # noqa: ARG002
        self.told.append((path, body))
        return dict(ANSWERS[path])


def test_a_model_that_does_not_answer_is_reported_as_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RAG_OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("RAG_OPENAI_MODEL", "a-model")
    ledger = FarSide("", "")
    with pytest.raises(ModelFailed, match=r"^a-model gave no answer: .*refused"):
        ask(ledger, APPLICATION, "How much leave?")
    assert [path for path, _ in ledger.told] == list(ANSWERS)
    assert ledger.told[-1][1] == {
        "prompt_id": "p",
        "text": "",
        "model": "a-model",
        "status": "failed",
    }


def test_a_quoted_answer_is_reported_with_its_citation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAG_OPENAI_BASE_URL", raising=False)
    ledger = FarSide("", "")
    written, output = ask(ledger, APPLICATION, "How much leave?")
    assert written.text == "Everybody has 28 days of leave a year [1]."
    assert ledger.told[-1][1]["citations"][0]["chunk_id"] == "a"
    assert output["trace_url"]


@pytest.mark.parametrize("content", [None, "= x", "nobody_knows = 1", "instructions = 5"])
def test_a_config_that_cannot_be_used_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    config = tmp_path / "app.toml"
    if content is not None:
        config.write_text(content)
    monkeypatch.setenv("RAGLEDGER_API_KEY", "rl_x")
    monkeypatch.setattr(sys, "argv", ["rag_app.py", "--config", str(config), "Why?"])
    with pytest.raises(SystemExit, match=r"^\S*app\.toml cannot be used: [^\n]+$"):
        main()
