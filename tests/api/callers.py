"""Callers of the API: each with a key of its own, over Django's test client."""

from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import connection
from django.test import Client

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import create_api_key

API = "/api/v1"
EVERYTHING = ("ingest", "retrieve", "record", "read")


@dataclass
class Caller:
    """Somebody with a key; `headers` go with every request."""

    key: str
    client: Client = field(default_factory=Client)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def get(self, path: str, **parameters: Any) -> Any:
        return self.client.get(f"{API}{path}", parameters, headers=self.headers)

    def post(
        self, path: str, body: Any, *, media_type: str = "application/json", **headers: str
    ) -> Any:
        """`body` is sent as it is when it is bytes, else as JSON."""
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            f"{API}{path}", raw, content_type=media_type, headers=self.headers | named
        )

    def upload(self, path: str, parts: dict[str, Any], **headers: str) -> Any:
        """The parts as `multipart/form-data`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"{API}{path}", parts, headers=self.headers | named)


def new_caller(
    application: str,
    *,
    scopes: tuple[str, ...] = EVERYTHING,
    collections: tuple[str, ...] | None = None,
) -> Caller:
    _, key = create_api_key(
        principal=SYSTEM_PRINCIPAL, application=application, scopes=scopes, collections=collections
    )
    return Caller(key)


def json_of(answer: Any) -> Any:
    return orjson.loads(answer.content)


def events_recorded() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM eventstore_event")
        return int(cursor.fetchone()[0])


def pointers(answer: Any) -> list[str]:
    """Where a problem answer says that something is wrong."""
    assert answer["Content-Type"] == "application/problem+json"
    return [error["pointer"] for error in json_of(answer).get("errors", [])]
