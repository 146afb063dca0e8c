"""An administrator at the API: has index generations built and switches between them."""

from types import TracebackType
from typing import Any, Self

import httpx

from tests.embedded.running_up import manage, wait_until
from tests.faults.conftest import Stack

SECONDS = 300
LIST = "/index-generations"


class Administrator:
    """Insists on nothing: what is asked here has to succeed at once."""

    def __init__(self, stack: Stack) -> None:
        key = manage(
            stack.running.home,
            *("create_api_key", "--application", "administration"),
            *("--scopes", "ingest,admin"),
        ).splitlines()[-1]
        self._client = httpx.Client(
            base_url=f"{stack.running.address}/api/v1",
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def hand_in(self, external_id: str, content: str) -> None:
        document = {
            "external_id": external_id,
            "media_type": "text/markdown",
            "content": content,
        }
        document_id = self._post("/documents", document)["document_id"]
        wait_until(lambda: self._status(document_id) == "indexed", seconds=SECONDS)

    def build(self, embedding_model: str) -> int:
        """The number of the generation that is built from now on."""
        number: int = self._post(LIST, {"embedding_model": embedding_model})["generation"]
        wait_until(lambda: number in self._generations(), seconds=SECONDS)
        return number

    def activate(self, number: int) -> None:
        """Returns once the index is switched."""
        self._post(f"{LIST}/{number}/activation", {})
        self.wait_for(number, "active")

    def wait_for(self, number: int, state: str) -> None:
        wait_until(lambda: self.generation(number)["state"] == state, seconds=SECONDS)

    def generation(self, number: int) -> dict[str, Any]:
        return self._generations()[number]

    def _generations(self) -> dict[int, dict[str, Any]]:
        return {each["generation"]: each for each in self._get(LIST)}

    def _status(self, document_id: str) -> str:
        status: str = self._get(f"/documents/{document_id}")["status"]
        return status

    def _get(self, path: str) -> Any:
        return self._client.get(path).raise_for_status().json()

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._client.post(path, json=body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        received: dict[str, Any] = answer.json()
        return received
