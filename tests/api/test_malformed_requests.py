"""What is no request at all, sent over a raw socket to the real web server."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.running_up import free_port

PROJECT = Path(__file__).resolve().parents[2]
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /api/v1/documents HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The worker in a web server; what it answers by itself needs no application."""
    chosen = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "wsgiref.simple_server:demo_app"),
        *("--bind", f"127.0.0.1:{chosen}", "--no-control-socket"),
        *("--worker-class", "provenance.web_worker.WebWorker"),
    ]
    log = tmp_path_factory.mktemp("web") / "web.log"
    with log.open("wb") as file:
        server = subprocess.Popen(command, cwd=PROJECT, env=os.environ, stderr=file)
    try:
        until = time.monotonic() + 30
        while not _listens(chosen):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        yield chosen
    finally:
        server.terminate()
        server.wait(30)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"garbage\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (GET + b"bad name: 1\r\n\r\n", 400),
        (GET + b"X: a\0b\r\n\r\n", 400),
        (POST + b"Content-Length: -1\r\n\r\n", 400),
        (POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", 400),
        (POST + b"Expect: magic\r\nContent-Length: 2\r\n\r\n{}", 417),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", 414),
        (GET + b"X: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (GET + b"".join(b"X-%d: 1\r\n" % number for number in range(200)) + b"\r\n", 431),
        (POST + b"Transfer-Encoding: unknown\r\n\r\n", 501),
    ],
)
def test_what_is_no_request_is_answered_with_a_problem(
    port: int, request_bytes: bytes, status: int
) -> None:
    head, body = _exchange(port, request_bytes).split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    assert lines[0].startswith(f"HTTP/1.1 {status} ")
    assert "Content-Type: application/problem+json" in lines
    assert "Connection: close" in lines
    problem = json.loads(body)
    assert problem["status"] == status
    assert problem.keys() == {"type", "title", "status", "detail"}


def test_the_answer_repeats_nothing_of_what_was_sent(port: int) -> None:
    assert b"script" not in _exchange(port, b"<script>alert(1)</script>\r\n\r\n")


def test_a_well_formed_request_still_reaches_the_application(port: int) -> None:
    assert _exchange(port, GET + b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 200 OK")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _exchange(port: int, request_bytes: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request_bytes)
        return b"".join(iter(lambda: connection.recv(65536), b""))
