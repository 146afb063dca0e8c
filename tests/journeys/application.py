"""A whole RAGLedger, and what an application and a person do with it from outside."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

PATIENCE_SECONDS = 60
COMPUTED = {"DocumentRetrieved", "PromptAssembled", "OutputAttributed"}
Json = dict[str, Any]


@dataclass(frozen=True)
class Application:
    """Its address, an administrator's password and an application's key."""

    address: str
    user: str
    password: str
    key: str

    def post(self, path: str, **body: Any) -> Json:
        answer = self.call("POST", path, json=body)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def get(self, path: str) -> Json:
        answer = self.call("GET", path)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}"}
        address = f"{self.address}/api/v1/{path}"
        return httpx.request(method, address, headers=headers, timeout=PATIENCE_SECONDS, **more)

    def hand_in(self, **document: Any) -> Json:
        """Hands in a version and waits until it is searchable."""
        return self.followed(self.post("documents", **document))

    def followed(self, version: Json, *, to: str = "indexed") -> Json:
        """The version, once it has that status."""
        self.wait(lambda: self.get(f"versions/{version['version_id']}")["status"] == to)
        return version

    def answer(
        self, query: str, *, prompt: str, output: str, **retrieval: Any
    ) -> tuple[Json, Json]:
        """Retrieves, reports `prompt` with the passages and `output`; waits for what is computed.

        `{passages}` in either stands for the retrieved texts. Returns the output and its trace.
        """
        found = self.post("retrievals", query=query, **retrieval)
        passages = "\n\n".join(result["text"] for result in found["results"])
        text = prompt.replace("{passages}", passages)
        reported = self.post("prompts", retrieval_ids=[found["retrieval_id"]], text=text)
        told = self.post(
            "outputs",
            prompt_id=reported["prompt_id"],
            text=output.replace("{passages}", passages),
            model="model-1",
        )
        return told, self.computed_trace(told["output_id"])

    def computed_trace(self, output_id: str) -> Json:
        """The trace with its prompt mapped and its sentences attributed."""

        def is_computed() -> bool:
            trace = self.get(f"outputs/{output_id}/trace")
            return {event["type"] for event in trace["events"]} >= COMPUTED

        self.wait(is_computed)
        return self.get(f"outputs/{output_id}/trace")

    def wait(self, holds: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < until, "the pipeline did not come to its end"
            time.sleep(0.2)


def passage_address(result: Mapping[str, Any]) -> str:
    """The page of a version with the passage of a retrieval result highlighted."""
    return f"/versions/{result['version_id']}/?chunk={result['chunk_id']}#passage"
