"""A small RAG application to copy: retrieve, prompt, answer, report; standard library only.

    export RAGLEDGER_API_KEY=rl_...
    python examples/rag_app.py --config examples/claims-assistant.toml "Which excess applies?"

It answers by quoting the sentences that fit the question best. Set RAG_OPENAI_BASE_URL (and
RAG_OPENAI_API_KEY, RAG_OPENAI_MODEL) to let any OpenAI-compatible endpoint write the answer.
"""

import argparse
import json
import math
import os
import re
import sys
import tomllib
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Message = dict[str, str]

SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z£\"])|\n{2,}|\n(?=[-|#])")
HEADING = re.compile(r"^(#+ .*|\d+\. [A-Z][^.]{0,60})$", re.MULTILINE)
WORD = re.compile(r"[a-z0-9£%]+(?:[.,][0-9]+)*")
STOP_WORDS = frozenset(
    WORD.findall(
        "a an and any are as at be been by can do does for from has have how i if in is it its may"
        " me my no not of on or our that the their there they this to under was we what when which"
        " who will with you your"
    )
)
LEAST_FIT = 0.6  # of the best sentence's fit; below that a sentence is off the point
FRAGMENT_WORDS = 3  # a "sentence" with no more words than this is a heading or a label
PLURAL_LETTERS = 4


# --- The application's own settings ------------------------------------------------------------
@dataclass(frozen=True)
class Application:
    """What one RAG application asks for, as its TOML file says it."""

    instructions: str
    template: Json
    top_k: int = 5
    mode: str = "hybrid"
    collections: list[str] | None = None
    sentences: int = 2

    @classmethod
    def from_file(cls, path: Path) -> "Application":
        """Raises OSError, ValueError, TypeError."""
        return cls(**tomllib.loads(path.read_text(encoding="utf-8")))


# --- RAGLedger over HTTP -----------------------------------------------------------------------
class RequestRefused(Exception):
    """RAGLedger answered with a problem; `status` and `problem` say which."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status}: {problem.get('detail') or problem.get('title')} {problem}")
        self.status = status
        self.problem = problem


class ModelFailed(Exception):
    """The endpoint that should have written the answer did not; `model` is whom it was asked of."""

    def __init__(self, model: str, reason: object) -> None:
        super().__init__(f"{model} gave no answer: {reason}")
        self.model = model


@dataclass(frozen=True)
class RagLedger:
    url: str
    api_key: str

    def get(self, path: str) -> Json:
        return self._send(urllib.request.Request(self.url + path))

    def post(self, path: str, body: Json, *, idempotency_key: str | None = None) -> Json:
        request = urllib.request.Request(self.url + path, data=json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        if idempotency_key:
            request.add_header("Idempotency-Key", idempotency_key)
        return self._send(request)

    def _send(self, request: urllib.request.Request) -> Json:
        request.add_header("Authorization", f"Bearer {self.api_key}")
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return dict(json.load(response))
        except urllib.error.HTTPError as error:
            raise RequestRefused(error.code, _problem(error.read())) from error


def _problem(body: bytes) -> Json:
    try:
        return dict(json.loads(body))
    except ValueError:
        return {"title": body[:200].decode(errors="replace")}


# --- The prompt --------------------------------------------------------------------------------
def assemble(
    application: Application,
    question: str,
    passages: Sequence[Json],
    *,
    earlier: Iterable[Message] = (),
) -> list[Message]:
    """The messages: instructions, what was said before, then numbered passages and the question."""
    numbered = [
        f"[{number}] {_source(passage)}\n{passage['text']}"
        for number, passage in enumerate(passages, 1)
    ]
    asked = "\n\n".join(["Passages:", *numbered, f"Question: {question}"])
    return [
        {"role": "system", "content": application.instructions},
        *earlier,
        {"role": "user", "content": asked},
    ]


def _source(passage: Json) -> str:
    version = passage.get("version_number")
    title = passage.get("title") or "Passage"
    return f"{title}, version {version}" if version else title


# --- The answer --------------------------------------------------------------------------------
@dataclass(frozen=True)
class Answer:
    text: str
    model: str
    citations: list[Json] = field(default_factory=list)
    usage: Json | None = None
    finish_reason: str | None = None


def answer(
    application: Application, question: str, passages: Sequence[Json], messages: list[Message]
) -> Answer:
    """Through the configured endpoint, else by quoting."""
    if os.environ.get("RAG_OPENAI_BASE_URL"):
        return ask_language_model(messages)
    return quote(question, passages, sentences=application.sentences)


def quote(question: str, passages: Sequence[Json], *, sentences: int) -> Answer:
    """The sentences that share most with the question, each with its passage's number."""
    text, citations = "", []
    for number, sentence in best_sentences(question, passages)[:sentences]:
        start = len(text) + 1 if text else 0
        text = f"{text} {sentence.rstrip('.')} [{number}].".strip()
        chunk_id = passages[number - 1].get("chunk_id")
        if chunk_id:
            citations.append({"start": start, "end": len(text), "chunk_id": chunk_id})
    return Answer(text or "The passages do not answer this question.", "extractive-1", citations)


def best_sentences(question: str, passages: Sequence[Json]) -> list[tuple[int, str]]:
    """The sentences that fit the question, best first, each after the number of its passage.

    Shared words count, rare ones more; long sentences and later passages count less.
    """
    found: dict[str, int] = {}
    for number, passage in enumerate(passages, 1):
        for sentence in sentences_of(passage["text"]):
            found.setdefault(sentence, number)
    weight = rarity([words(sentence) for sentence in found])
    wanted = words(question)
    fits = {
        sentence: sum(weight[word] for word in wanted & words(sentence))
        / math.sqrt(len(words(sentence)) + 4)
        / (1 + 0.03 * number)
        for sentence, number in found.items()
    }
    enough = LEAST_FIT * max(fits.values(), default=0)
    fitting = [sentence for sentence in found if fits[sentence] > 0 and fits[sentence] >= enough]
    return [(found[each], each) for each in sorted(fitting, key=fits.__getitem__, reverse=True)]


def sentences_of(text: str) -> list[str]:
    """The prose sentences of a passage: no headings, no table rows, no fragments."""
    prose = HEADING.sub("\n", text)
    parts = (" ".join(part.split()).lstrip("- ") for part in SENTENCE_END.split(prose))
    return [part for part in parts if part.endswith(".") and len(words(part)) > FRAGMENT_WORDS]


def words(text: str) -> set[str]:
    """Lower-case words without the commonest, plurals folded."""
    found = (word for word in WORD.findall(text.lower()) if word not in STOP_WORDS)
    return {
        word[:-1] if len(word) >= PLURAL_LETTERS and word.endswith("s") else word for word in found
    }


def rarity(sentences: Sequence[set[str]]) -> dict[str, float]:
    """A weight for each word, higher the fewer of the sentences hold it."""
    held = Counter(word for sentence in sentences for word in sentence)
    return {word: math.log(1 + len(sentences) / count) for word, count in held.items()}


def ask_language_model(messages: list[Message]) -> Answer:
    """One chat completion from any endpoint that speaks OpenAI's protocol. Raises ModelFailed."""
    model = os.environ.get("RAG_OPENAI_MODEL", "gpt-4o-mini")
    request = urllib.request.Request(
        os.environ["RAG_OPENAI_BASE_URL"].rstrip("/") + "/chat/completions",
        data=json.dumps({"model": model, "messages": messages, "temperature": 0}).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {os.environ.get('RAG_OPENAI_API_KEY', '')}",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            completion = json.load(response)
        choice = completion["choices"][0]
        return Answer(
            text=choice["message"]["content"] or "",
            model=completion.get("model", model),
            usage=completion.get("usage"),
            finish_reason=choice.get("finish_reason"),
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ModelFailed(model, error) from error


# --- The whole story ---------------------------------------------------------------------------
def ask(ledger: RagLedger, application: Application, question: str) -> tuple[Answer, Json]:
    """Retrieves, prompts, answers and reports; returns the answer and what RAGLedger said to it.

    Where no answer came, that is reported as well. Raises ModelFailed, RequestRefused.
    """
    retrieval = retrieve(ledger, application, question)
    messages = assemble(application, question, retrieval["results"])
    prompt = report_prompt(ledger, application, [retrieval["retrieval_id"]], messages)
    try:
        written = answer(application, question, retrieval["results"], messages)
    except ModelFailed as failure:
        report_output(ledger, prompt["prompt_id"], Answer("", failure.model), status="failed")
        raise
    return written, report_output(ledger, prompt["prompt_id"], written)


def retrieve(ledger: RagLedger, application: Application, question: str, **more: Any) -> Json:
    body = {"query": question, "top_k": application.top_k, "mode": application.mode, **more}
    if application.collections is not None:
        body.setdefault("collections", application.collections)
    return ledger.post("/api/v1/retrievals", body)


def report_prompt(
    ledger: RagLedger,
    application: Application,
    retrieval_ids: list[str],
    messages: list[Message],
    **more: Any,
) -> Json:
    body = {
        "retrieval_ids": retrieval_ids,
        "messages": messages,
        "template": application.template,
        **more,
    }
    return ledger.post("/api/v1/prompts", body)


def report_output(ledger: RagLedger, prompt_id: str, written: Answer, **more: Any) -> Json:
    optional = {
        "citations": written.citations or None,
        "usage": written.usage,
        "finish_reason": written.finish_reason,
    }
    body = {
        "prompt_id": prompt_id,
        "text": written.text,
        "model": written.model,
        **{name: value for name, value in optional.items() if value is not None},
        **more,
    }
    return ledger.post("/api/v1/outputs", body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("question")
    parser.add_argument("--config", type=Path, required=True, help="the application's TOML file")
    url = os.environ.get("RAGLEDGER_URL", "http://127.0.0.1:8000")
    parser.add_argument("--url", default=url, help=f"where RAGLedger answers (default: {url})")
    arguments = parser.parse_args()
    api_key = os.environ.get("RAGLEDGER_API_KEY")
    if not api_key:
        sys.exit("RAGLEDGER_API_KEY is not set: use a key that `make run` printed.")
    try:
        application = Application.from_file(arguments.config)
    except (OSError, ValueError, TypeError) as error:
        sys.exit(f"{arguments.config} cannot be used: {error}")
    ledger = RagLedger(arguments.url.rstrip("/"), api_key)
    try:
        written, output = ask(ledger, application, arguments.question)
    except ModelFailed as error:
        sys.exit(str(error))
    except (RequestRefused, urllib.error.URLError) as error:
        sys.exit(f"RAGLedger at {ledger.url}: {error}")
    print(written.text)
    print(output["trace_url"])


if __name__ == "__main__":
    main()
