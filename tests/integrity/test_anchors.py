"""Checkpoints are kept outside, once each; a database that was set back is not sealed on."""

import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from provenance.eventstore import store
from provenance.integrity import checkpoints, publishing
from provenance.integrity.anchors.folder import Folder
from provenance.integrity.checkpoint import Checkpoint
from provenance.integrity.checkpoints import Sealer
from provenance.integrity.errors import AnchoredAhead, NotReached
from provenance.integrity.models import Attestor, Tree
from provenance.integrity.notes import SignerKey
from provenance.integrity.sequencer import sequence_everything
from provenance.integrity.verification.outcomes import alarm
from tests.integrity.test_checkpoints import SEED, refill, sealed
from tests.integrity.test_tree import fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.ANCHOR_FOLDER = str(tmp_path / "anchor")
    settings.ANCHOR_SECONDS = 0
    return tmp_path / "anchor"


def kept(folder: Path) -> list[str]:
    return sorted(path.read_text(encoding="utf-8") for path in folder.rglob("*.checkpoint"))


def published() -> list[tuple[int, list[str]]]:
    return [(e.data.size, e.data.anchors) for e in store.read_stream(publishing.STREAM)]


def test_a_checkpoint_is_kept_as_a_file_and_recorded(folder: Path) -> None:
    fill(3)
    newest = sealed()
    publishing.publish()
    assert kept(folder) == [newest.note]
    assert published() == [(3, [f"folder {folder}"])]
    assert Attestor.objects.get(kind="anchor").size == 3


def test_publishing_does_not_make_the_log_grow_for_ever(folder: Path) -> None:
    fill(3)
    sealed()
    for _ in range(3):
        publishing.publish()
        sequence_everything()
        checkpoints.seal(SEED)
    assert not publishing.is_due()
    assert [size for size, _ in published()] == [3]
    refill(100, 1)
    newest = sealed()
    publishing.publish()
    assert [size for size, _ in published()] == [3, newest.size]
    assert len(kept(folder)) == 2


@pytest.mark.usefixtures("folder")
def test_an_anchor_is_not_pushed_to_more_often_than_it_rests(settings: Any) -> None:
    settings.ANCHOR_SECONDS = 60
    for first in (100, 200):
        refill(first, 2)
        sealed()
        publishing.publish()
    assert [size for size, _ in published()] == [2]


def test_a_file_that_is_there_is_never_overwritten(folder: Path) -> None:
    fill(3)
    newest = sealed()
    anchor = Folder(folder)
    anchor.push(newest, newest.note)
    anchor.push(newest, newest.note)
    other = SignerKey(newest.origin, SEED).sign(Checkpoint(newest.origin, 3, bytes(32)).body)
    with pytest.raises(NotReached, match="two histories"):
        anchor.push(newest, other)
    assert kept(folder) == [newest.note]


def test_sealing_does_not_start_on_a_database_behind_the_anchor(folder: Path) -> None:
    fill(3)
    newest = sealed()
    ahead = Checkpoint(newest.origin, 5, secrets.token_bytes(32))
    newest.size = 5
    Folder(folder).push(newest, SignerKey(newest.origin, SEED).sign(ahead.body))
    refill(100, 9)
    with pytest.raises(AnchoredAhead, match="older state"):
        Sealer(SEED).seal()
    Sealer(SEED).seal_if_due()
    found = alarm()
    assert found is not None
    assert "older state" in found.problem
    assert Tree.objects.get().size == 12, "positions go on"


def test_sealing_does_not_start_on_another_history_than_the_anchor_s(folder: Path) -> None:
    fill(3)
    newest = sealed()
    other = Checkpoint(newest.origin, 3, secrets.token_bytes(32))
    Folder(folder).push(newest, SignerKey(newest.origin, SEED).sign(other.body))
    with pytest.raises(AnchoredAhead, match="two histories"):
        Sealer(SEED).seal()


def test_sealing_goes_on_where_the_anchor_agrees(folder: Path) -> None:
    fill(3)
    newest = sealed()
    Folder(folder).push(newest, newest.note)
    Folder(folder).push(newest, newest.note)
    refill(100, 2)
    continued = Sealer(SEED).seal()
    assert continued is not None
    assert continued.size == 5


class Hook(BaseHTTPRequestHandler):
    """The far side of the network."""

    received: list[str]
    status: int

    def do_POST(self) -> None:
        self.received.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def hook(settings: Any) -> Iterator[type[Hook]]:
    handler = type("OneHook", (Hook,), {"received": [], "status": 204})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.ANCHOR_WEBHOOK = f"http://127.0.0.1:{server.server_address[1]}/secret"
    settings.ANCHOR_SECONDS = 0
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_is_given_the_note_until_it_takes_it(hook: type[Hook]) -> None:
    hook.status = 500
    fill(3)
    newest = sealed()
    publishing.publish()
    standing = Attestor.objects.get(kind="anchor")
    assert (standing.problem, standing.size) == ("answered 500", 0)
    assert "secret" not in standing.name
    assert published() == []
    hook.status = 200
    publishing.publish()
    assert hook.received == [newest.note, newest.note]
    assert published() == [(3, ["webhook 127.0.0.1"])]
