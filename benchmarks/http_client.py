"""A client that keeps its connection, as applications do; its own cost is small."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit


class HttpClient:
    def __init__(self, address: str, api_key: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        self._headers = {
            "Authorization": f"Bearer {api_key}",
            "Content-Type": "application/json",
        }

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Raises RuntimeError unless the answer is a 2xx."""
        self._connection.request("POST", path, json.dumps(body), self._headers)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status // 100 != 2:  # noqa: PLR2004
            raise RuntimeError(f"{path}: {response.status} {answer[:500].decode()}")
        return dict(json.loads(answer))
