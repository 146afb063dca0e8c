"""A witness cosigns a log that only grows, and nothing else, whatever it is asked."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.exceptions import ImproperlyConfigured

from provenance.integrity import checkpoints, publishing, tree, witnesses
from provenance.integrity.checkpoint import Checkpoint
from provenance.integrity.cosignature import COSIGNATURE, cosign, cosigned_line
from provenance.integrity.models import Attestor, Cosignature
from provenance.integrity.notes import SignerKey, VerifierKey
from provenance.integrity.witness.memory import Memory
from provenance.integrity.witness.requests import AddCheckpoint
from provenance.integrity.witness.server import main, serve
from tests.integrity.test_checkpoints import SEED, refill, sealed
from tests.integrity.test_tree import fill

WITNESS_SEED = bytes(range(0x20, 0x40))
WITNESS = "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
LOG = "ragaudit.example/log1+c2caa0ce+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
BODY = "ragaudit.example/log1\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
COSIGNED_AT = 1767225600
LINE = (
    "— witness.example/w1 IDJKvgAAAABpVbkA7qIxCDAzQ1hpcvZZx2nDGxolSzclT1APMuvEoREgypTv"
    "FASZpGIPqPAurfG9aPXW08sWnYbyEa41VSgP3eJjAQ==\n"
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def witness(tmp_path: Path, settings: Any) -> Iterator[Memory]:
    """A witness of this log, on a port of its own, as the settings name it."""
    fill(5)
    sealed()
    memory = Memory(tmp_path / "witness", "witness.example/w1")
    with serve(memory, checkpoints.verifier_keys(), "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        settings.WITNESSES = [
            (f"http://127.0.0.1:{server.server_address[1]}", str(memory.key.verifier))
        ]
        yield memory
        server.shutdown()
        thread.join()


def ask(settings: Any, request: AddCheckpoint | str) -> httpx.Response:
    address = f"{settings.WITNESSES[0][0]}/add-checkpoint"
    return httpx.post(address, content=str(request).encode())


def standing() -> Attestor:
    return Attestor.objects.get(kind="witness")


def test_a_cosignature_is_that_of_the_published_vector() -> None:
    key = SignerKey("witness.example/w1", WITNESS_SEED, COSIGNATURE)
    assert str(key.verifier) == WITNESS
    assert cosign(key, BODY, COSIGNED_AT) == LINE
    assert cosigned_line(f"{BODY}\n{LINE}", VerifierKey.parse(WITNESS)) == LINE
    changed = BODY.replace("\n8\n", "\n9\n")
    assert cosigned_line(f"{changed}\n{LINE}", VerifierKey.parse(WITNESS)) is None


def test_the_log_collects_a_cosignature_of_each_new_checkpoint(witness: Memory) -> None:
    publishing.publish()
    refill(100, 300)
    newest = sealed()
    publishing.publish()
    note = checkpoints.with_cosignatures(newest)
    assert cosigned_line(note, witness.key.verifier) is not None
    assert (standing().size, standing().problem) == (305, "")
    assert Cosignature.objects.count() == 2
    assert not publishing.is_due()


def test_the_log_goes_on_from_the_size_that_the_witness_saw(witness: Memory) -> None:
    publishing.publish()
    Attestor.objects.all().delete()
    refill(100, 7)
    sealed()
    publishing.publish()
    assert (standing().size, standing().problem) == (12, "")
    assert witness.key.name == "witness.example/w1"


def test_a_log_that_was_set_back_is_told_so(witness: Memory, settings: Any) -> None:
    later = checkpoints.newest()
    assert later is not None
    ahead = Checkpoint(later.origin, 9, tree.root(5))
    note = SignerKey(later.origin, SEED).sign(ahead.body)
    assert ask(settings, AddCheckpoint(0, [], note)).status_code == 200
    publishing.publish()
    assert "set back to an older state" in standing().problem
    assert Cosignature.objects.count() == 0
    assert witness.key.kind == COSIGNATURE


@pytest.mark.usefixtures("witness")
def test_a_witness_refuses_what_it_must(settings: Any) -> None:
    newest = checkpoints.newest()
    assert newest is not None
    sign = SignerKey(newest.origin, SEED).sign
    assert ask(settings, "nonsense").status_code == 400
    other = "other.example/log"
    foreign = SignerKey(other, SEED).sign(Checkpoint(other, 1, bytes(32)).body)
    assert ask(settings, AddCheckpoint(0, [], foreign)).status_code == 404
    forged = SignerKey(newest.origin, bytes(32)).sign(Checkpoint(newest.origin, 5, bytes(32)).body)
    assert ask(settings, AddCheckpoint(0, [], forged)).status_code == 403
    assert ask(settings, AddCheckpoint(6, [], newest.note)).status_code == 400
    assert ask(settings, AddCheckpoint(0, [], newest.note)).status_code == 200
    conflict = ask(settings, AddCheckpoint(3, [], newest.note))
    assert (conflict.status_code, conflict.text) == (409, "5\n")
    assert conflict.headers["Content-Type"] == "text/x.tlog.size"
    fork = sign(Checkpoint(newest.origin, 5, bytes(32)).body)
    assert ask(settings, AddCheckpoint(5, [], fork)).status_code == 409
    longer = sign(Checkpoint(newest.origin, 8, bytes(32)).body)
    assert ask(settings, AddCheckpoint(5, [bytes(32)] * 3, longer)).status_code == 422


def test_a_witness_that_is_away_delays_nothing_and_is_seen(settings: Any) -> None:
    fill(3)
    newest = sealed()
    settings.WITNESSES = [("http://127.0.0.1:9", WITNESS)]
    publishing.publish()
    assert standing().problem == "ConnectError: no answer"
    assert checkpoints.with_cosignatures(newest) == newest.note
    assert publishing.is_due()


def test_a_witness_remembers_across_a_restart(tmp_path: Path) -> None:
    fill(4)
    newest, keys = sealed(), checkpoints.verifier_keys()
    first = Memory(tmp_path, "w.example")
    line = first.cosign(AddCheckpoint(0, [], newest.note), keys)
    again = Memory(tmp_path, "w.example")
    assert again.key == first.key
    assert cosigned_line(newest.note + line, again.key.verifier) == line
    refill(100, 4)
    proof = tree.consistency_proof(4, 8)
    again.cosign(AddCheckpoint(4, proof, sealed().note), keys)


def test_the_command_needs_neither_settings_nor_a_database(tmp_path: Path) -> None:
    """On another department's machine nothing of the log's host is there."""
    folder = tmp_path / "witness"
    process = subprocess.Popen(
        [
            sys.executable,
            "manage.py",
            "witness",
            "--folder",
            str(folder),
            "--name",
            "w.example",
            "--log",
            LOG,
            "--port",
            "0",
        ],
        cwd=Path(__file__).resolve().parents[2],
        env={"PATH": os.defpath, "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        key = VerifierKey.parse(process.stdout.readline())
        process.terminate()
    assert (key.name, key.kind) == ("w.example", COSIGNATURE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["witness"]


@pytest.mark.parametrize("lacking", ["folder", "port"])
def test_a_folder_or_port_that_cannot_be_had_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lacking: str
) -> None:
    taken = tmp_path / "a-file"
    taken.touch()
    folder = taken if lacking == "folder" else tmp_path / "witness"
    with socket.socket() as taker:
        taker.bind(("127.0.0.1", 0))
        taker.listen()
        port = taker.getsockname()[1] if lacking == "port" else 0
        arguments = ["--folder", str(folder), "--name", "w.example", "--log", LOG]
        with pytest.raises(SystemExit, match="1"):
            main([*arguments, "--port", str(port)])
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("manage.py witness: ")


@pytest.mark.parametrize(
    "named", [("http://127.0.0.1:9",), ("http://127.0.0.1:9", "nonsense"), ("a", "b", "c")]
)
def test_a_witness_named_wrongly_stops_the_start(named: tuple[str, ...], settings: Any) -> None:
    settings.WITNESSES = [("http://127.0.0.1:9", WITNESS)]
    witnesses.refuse_malformed()
    settings.WITNESSES = [named]
    with pytest.raises(ImproperlyConfigured, match="RAGLEDGER_WITNESSES"):
        witnesses.refuse_malformed()
