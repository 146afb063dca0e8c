"""Real policies in every version: handed in over HTTP, kept byte for byte, found, and rebuilt."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import create_api_key
from provenance.projections.projection import projections
from provenance.projections.rebuild import differences
from tests.corpora.conftest import corpus, json_lines, whole_corpora

# With re-added documents, reverts, repeats and deletions among them.
PART = 12


@dataclass
class Api:
    """Django's client with a key; answers are JSON."""

    key: str
    client: Client = field(default_factory=Client)

    def call(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        answer = self.client.generic(
            method,
            f"/api/v1{path}",
            data=b"" if body is None else _json(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.key}"},
        )
        assert answer.status_code == status, (method, path, answer.content[:2000])
        return answer.json()

    def bytes(self, path: str) -> bytes:
        answer = self.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self.key}"})
        assert answer.status_code == 200
        return answer.getvalue()


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


@dataclass
class Loaded:
    """The corpus as it went in: for each entry its text and the version that it became."""

    document_ids: dict[str, str] = field(default_factory=dict)
    versions: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    unchanged: int = 0
    withdrawals: int = 0


def load(api: Api) -> Loaded:
    folder, loaded = corpus("policies-dev"), Loaded()
    files = sorted((folder / "docs").glob("*.jsonl"))
    for file in files if whole_corpora() else _part_of(files):
        for entry in json_lines(file):
            _load_entry(api, loaded, entry)
    return loaded


def _part_of(files: list[Any]) -> list[Any]:
    step = max(1, len(files) // PART)
    return files[::step]


def _load_entry(api: Api, loaded: Loaded, entry: dict[str, Any]) -> None:
    doc_id = entry["doc_id"]
    if entry["text"] is None:
        api.call(
            "POST",
            f"/documents/{loaded.document_ids[doc_id]}/withdrawal",
            {"reason": entry["message"] or "deleted"},
            status=202,
        )
        loaded.withdrawals += 1
        return
    body = {
        "external_id": doc_id,
        "title": entry["title"] or doc_id,
        "content": entry["text"],
        "media_type": "text/markdown",
        "metadata": {"commit": entry["commit"]},
    }
    answer = api.client.post(
        "/api/v1/documents",
        data=_json(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.key}"},
    )
    assert answer.status_code in {200, 202}, answer.content
    found = answer.json()
    assert found["content_sha256"] == entry["sha256"]
    loaded.unchanged += found["unchanged"]
    loaded.document_ids[doc_id] = found["document_id"]
    loaded.versions[doc_id, entry["version"]] = (found["version_id"], entry["text"])


@pytest.mark.django_db
def test_every_version_is_kept_found_and_rebuilt(run_work: Callable[[], None]) -> None:
    """One load, many questions: loading is what takes the time."""
    _, key = create_api_key(principal=SYSTEM_PRINCIPAL, application="acceptance")
    api = Api(key)
    loaded = load(api)
    run_work()
    check_bytes_and_text(api, loaded)
    check_quotes(api, loaded)
    check_each_text_is_embedded_once(api, loaded)
    check_results_are_the_words_of_their_versions(api, loaded)
    run_work()
    check_nothing_stands_in_plain_text(loaded)
    for projection in projections():
        assert set(differences(projection).values()) <= {0}, projection.name


def check_bytes_and_text(api: Api, loaded: Loaded) -> None:
    for version_id, text in loaded.versions.values():
        assert api.bytes(f"/versions/{version_id}/content") == text.encode()
        assert api.call("GET", f"/versions/{version_id}/text")["text"] == text


def check_quotes(api: Api, loaded: Loaded) -> None:
    folder = corpus("policies-dev")
    texts: dict[str, str] = {}
    checked = 0
    for truth in json_lines(folder / "truth-quotes.jsonl"):
        if truth["doc_id"] not in loaded.document_ids:
            continue
        holding = []
        for (doc_id, number), (version_id, _) in loaded.versions.items():
            if doc_id == truth["doc_id"]:
                if version_id not in texts:
                    found = api.call("GET", f"/versions/{version_id}/text")
                    texts[version_id] = found["text"]
                if truth["quote"] in texts[version_id]:
                    holding.append(number)
        assert sorted(holding) == sorted(truth["versions"]), truth["id"]
        checked += 1
    assert checked > 20


def check_each_text_is_embedded_once(api: Api, loaded: Loaded) -> None:
    texts, chunks = set(), 0
    for version_id in {version_id for version_id, _ in loaded.versions.values()}:
        found = api.call("GET", f"/versions/{version_id}/text")["text"]
        for chunk in all_chunks(api, version_id):
            assert chunk["text"] == found[chunk["char_start"] : chunk["char_end"]]
            texts.add(chunk["text"])
            chunks += 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ingestion_vector")
        assert cursor.fetchone()[0] == len(texts)
    assert chunks > len(texts)


def all_chunks(api: Api, version_id: str) -> list[dict[str, Any]]:
    chunks: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = api.call("GET", f"/versions/{version_id}/chunks?limit=200{cursor}")
        chunks += page["data"]
        if page.get("next_cursor") is None:
            return chunks
        cursor = f"&cursor={page['next_cursor']}"


def check_results_are_the_words_of_their_versions(api: Api, loaded: Loaded) -> None:
    current = {
        document["document_id"]: document["current_version"]
        for document in (
            api.call("GET", f"/documents/{document_id}")
            for document_id in loaded.document_ids.values()
        )
    }
    seen = 0
    for query in ("personal data", "DMCA takedown notice", "subprocessors", "trademark"):
        for mode in ("hybrid", "vector", "text"):
            answer = api.call("POST", "/retrievals", {"query": query, "mode": mode, "top_k": 10})
            for result in answer["results"]:
                text = api.call("GET", f"/versions/{result['version_id']}/text")["text"]
                assert result["text"] == text[result["char_start"] : result["char_end"]]
                assert current[result["document_id"]] == result["version_number"]
                seen += 1
    assert seen > 40


def check_nothing_stands_in_plain_text(loaded: Loaded) -> None:
    needles = {"personal data", "DMCA takedown notice", "GitHub", "policies-github"}
    needles |= {text[200:260] for _, text in loaded.versions.values() if len(text) > 300}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT canonical FROM eventstore_event UNION ALL SELECT data FROM eventstore_blob"
        )
        haystack = b"\n".join(bytes(row[0]) for row in cursor.fetchall())
    for needle in needles:
        assert needle.encode() not in haystack
