"""RAG applications at work: they hand in, retrieve and report, and insist until they are told 2xx.

A client that gets no answer sends the very same request again, as an honest application would.
"""

import threading
import time
import uuid
from types import TracebackType
from typing import Any, Self

import httpx

from tests.faults.recorded import Acknowledged

CLIENTS = 3
PAUSE_SECONDS = 0.3
PATIENCE_SECONDS = 60
DOCUMENT_EVERY = 4  # extraction is a process of its own, so documents would soon outweigh the rest
WORDS = ("premium", "waiting period", "flood", "deductible", "renewal", "claim", "theft", "notice")


class Load:
    """Runs clients while its `with` block lasts; what was begun is brought to its end.

    A client waits `pause` seconds between one story and the next.
    """

    def __init__(
        self, address: str, key: str, *, clients: int = CLIENTS, pause: float = PAUSE_SECONDS
    ) -> None:
        self.acknowledged = Acknowledged()
        self._address, self._key = address, key
        self._pause = pause
        self._stop = threading.Event()
        self._refused: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._work, args=[number], name=f"client {number}")
            for number in range(clients)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        assert not self._refused, self._refused

    @property
    def kinds_told(self) -> int:
        """How many facts of the rarest kind were acknowledged; a retrieval counts if it found."""
        told = self.acknowledged
        found = sum(1 for versions in [*told.retrievals.values()] if versions)
        return min(found, len(told.documents), len(told.prompts), len(told.outputs))

    def _work(self, number: int) -> None:
        try:
            with httpx.Client(
                base_url=f"{self._address}/api/v1",
                headers={"Authorization": f"Bearer {self._key}"},
                timeout=20,
            ) as client:
                story = number
                while not self._stop.is_set():
                    self._tell(client, story)
                    story += 1
                    self._stop.wait(self._pause)
        except (AssertionError, httpx.HTTPError) as error:
            self._refused.append(error)

    def _tell(self, client: httpx.Client, story: int) -> None:
        word = WORDS[story % len(WORDS)]
        if story % DOCUMENT_EVERY == 0:
            document = _insist(client, "documents", _document(word))
            self.acknowledged.documents.add(document["document_id"])
        retrieval_id, prompt_id, output_id = (str(uuid.uuid4()) for _ in range(3))
        question = f"What about {word}?"
        asked = {"retrieval_id": retrieval_id, "query": question}
        results = _insist(client, "retrievals", asked)["results"]
        self.acknowledged.retrievals[retrieval_id] = {each["version_id"] for each in results}
        passages = "\n".join(each["text"] for each in results)
        prompt = {"prompt_id": prompt_id, "retrieval_ids": [retrieval_id]}
        _insist(client, "prompts", prompt | {"text": f"{passages}\n{question}"})
        self.acknowledged.prompts.add(prompt_id)
        output = {"output_id": output_id, "prompt_id": prompt_id, "model": "extractive"}
        _insist(client, "outputs", output | {"text": passages or "Nothing is known."})
        self.acknowledged.outputs.add(output_id)


def _document(word: str) -> dict[str, Any]:
    external_id = str(uuid.uuid4())
    return {
        "external_id": external_id,
        "title": f"Terms of {word}",
        "media_type": "text/markdown",
        "content": f"# Terms of {word}\n\nThe {word} is set out under number {external_id}.\n",
    }


def _insist(client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Sends one request until it is answered with 2xx; any other answer than 5xx is a failure."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            answer = client.post(f"/{path}", json=body)
        except httpx.TransportError:
            assert time.monotonic() < until, f"{path}: no answer for {PATIENCE_SECONDS} s"
        else:
            if answer.is_success:
                received: dict[str, Any] = answer.json()
                return received
            assert answer.is_server_error, f"{path}: {answer.status_code} {answer.text}"
            assert time.monotonic() < until, f"{path}: {answer.status_code} {answer.text}"
        time.sleep(0.2)
