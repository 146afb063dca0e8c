"""`manage.py up`: one command starts everything, and whatever ends it leaves nothing behind."""

import os
import signal
import socket
from pathlib import Path

import httpx
import psutil
import pytest

from provenance.embedded.supervisor import end_leftovers
from tests.embedded.running_up import free_port, output, start_up, up, wait_until

SERVICES = {"postgres", "valkey", "sequencer", "projector", "worker", "rebuilder", "web"}


def test_ctrl_c_stops_everything_and_a_second_start_finds_the_home(folder: Path) -> None:
    home = folder / "home"
    with up(home) as first:
        assert first.processes.keys() == SERVICES
        assert httpx.get(f"{first.address}/healthz").status_code == 200
        family = first.family()
        assert first.stop(signal.SIGINT) == 0
        assert not [process for process in family if process.is_running()]
    assert not (home / "processes.json").exists()
    keys = {path: path.read_bytes() for path in (home / "keys").iterdir()}

    with up(home) as second:
        assert {path: path.read_bytes() for path in (home / "keys").iterdir()} == keys

        # A second one on the same home is refused, and does not disturb the first.
        refused = start_up(home, free_port(), {})
        assert refused.wait(60) == 1
        assert output(home).splitlines()[-1].endswith("stop it, or choose another home.")
        assert second.process.poll() is None

        # Killed itself, it cannot stop anything: the kernel does.
        family = second.family()
        second.process.send_signal(signal.SIGKILL)
        second.process.wait()
        _, left = psutil.wait_procs(family, timeout=30)
        assert not left


def test_what_dies_is_started_again(folder: Path) -> None:
    with up(folder / "home") as running:
        before = running.processes
        for name in SERVICES:
            os.kill(before[name], signal.SIGKILL)
        wait_until(
            lambda: (
                running.processes.keys() == SERVICES
                and not set(running.processes.values()) & set(before.values())
            ),
            seconds=60,
        )
        wait_until(lambda: _is_ready(running.address), seconds=60)


def test_a_taken_port_is_one_clear_line(folder: Path) -> None:
    with socket.socket() as taker:
        taker.bind(("127.0.0.1", 0))
        taker.listen()
        port = taker.getsockname()[1]
        refused = start_up(folder / "home", port, {})
        assert refused.wait(60) == 1
    assert output(folder / "home").splitlines() == [
        f"CommandError: Port {port} is taken: stop what listens there, or set PORT to another."
    ]


def test_a_half_named_set_of_servers_is_one_clear_line(folder: Path) -> None:
    refused = start_up(folder / "home", free_port(), {"DATABASE_URL": "postgresql://a@b/c"})
    assert refused.wait(60) == 1
    assert output(folder / "home") == (
        "RAGLedger: REDIS_URL not set: set DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL"
        " together to use your own servers, or none of them to use the embedded ones.\n"
    )


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({"PORT": "x"}, "RAGLedger: PORT must be a whole number, not 'x'."),
        (
            {"RAGLEDGER_EMBEDDING_MODEL": "minlm"},
            "RAGLedger: RAGLEDGER_EMBEDDING_MODEL: 'minlm' is no embedding model.",
        ),
        ({"RAGLEDGER_HOME": "/proc/home"}, "RAGLedger: /proc/home cannot be made or used: "),
        ({"RAGLEDGER_KEK_FILE": "/nope"}, "RAGLedger: RAGLEDGER_KEK_FILE cannot be read: "),
        (
            {
                "DATABASE_URL": "postgresql://a@127.0.0.1:1/c",
                "DATABASE_OWNER_URL": "postgresql://b@127.0.0.1:1/c",
                "REDIS_URL": "redis://127.0.0.1:1",
            },
            "CommandError: The database cannot be set up: ",
        ),
    ],
)
def test_what_cannot_be_used_is_one_clear_line(
    folder: Path, environment: dict[str, str], line: str
) -> None:
    assert start_up(folder / "home", free_port(), environment).wait(60) == 1
    (said,) = output(folder / "home").splitlines()
    assert said.startswith(line)


def test_a_torn_record_of_processes_does_not_stop_a_start(folder: Path) -> None:
    records = folder / "processes.json"
    for torn in ("", "[", '[{"name": "web", "pi'):
        records.write_text(torn)
        assert end_leftovers(records, spared=[]) == []
        assert not records.exists()


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
