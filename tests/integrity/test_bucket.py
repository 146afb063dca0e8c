"""Checkpoints go into a locked bucket, over S3's own protocol, and are never written over."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from provenance.integrity import publishing
from provenance.integrity.anchors.bucket import Bucket
from provenance.integrity.errors import NotReached
from provenance.integrity.models import Attestor
from tests.integrity.test_anchors import published
from tests.integrity.test_checkpoints import sealed
from tests.integrity.test_tree import fill

pytestmark = pytest.mark.django_db
REFUSAL = "<?xml version='1.0'?><Error><Code>{}</Code><Message>no</Message></Error>"


class Storage(BaseHTTPRequestHandler):
    """The far side of the network: keeps what is put, once, with the lock that was asked for."""

    objects: dict[str, tuple[bytes, str, str]]
    refuses: str

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        refusal = "PreconditionFailed" if self.path in self.objects else self.refuses
        if refusal:
            self._answer(412 if self.path in self.objects else 403, REFUSAL.format(refusal))
            return
        assert self.headers["If-None-Match"] == "*"
        assert self.headers["x-amz-checksum-sha256"]
        mode = self.headers["x-amz-object-lock-mode"]
        until = self.headers["x-amz-object-lock-retain-until-date"]
        self.objects[self.path] = body, mode, until
        self._answer(200, "")

    def _answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def storage(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Storage]]:
    handler = type("OneStorage", (Storage,), {"objects": {}, "refuses": ""})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    for name, value in {
        "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{server.server_address[1]}",
        "AWS_ACCESS_KEY_ID": "alice",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
        "AWS_MAX_ATTEMPTS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    settings.ANCHOR_BUCKET, settings.ANCHOR_SECONDS = "audit/logs", 0
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_checkpoint_is_locked_in_the_bucket_and_recorded(storage: type[Storage]) -> None:
    fill(3)
    newest = sealed()
    publishing.publish()
    ((path, (body, mode, until)),) = storage.objects.items()
    assert path == f"/audit/logs/{newest.origin}/{3:020d}.checkpoint"
    assert (body.decode(), mode) == (newest.note, "COMPLIANCE")
    assert int(until[:4]) >= newest.sealed_at.year + 9
    assert published() == [(3, ["bucket audit/logs"])]


def test_what_is_there_already_is_as_good(storage: type[Storage]) -> None:
    fill(3)
    newest = sealed()
    for _ in range(2):
        Bucket("audit/logs", 1).push(newest, newest.note)
    assert len(storage.objects) == 1


def test_a_bucket_that_refuses_is_shown_with_its_reason(storage: type[Storage]) -> None:
    storage.refuses = "AccessDenied"
    fill(3)
    newest = sealed()
    publishing.publish()
    assert "AccessDenied" in Attestor.objects.get(kind="anchor").problem
    assert published() == []
    with pytest.raises(NotReached):
        Bucket("audit", 1).push(newest, newest.note)
    assert not storage.objects
