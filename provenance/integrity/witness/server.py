"""`manage.py witness`: cosigns checkpoints of logs that only grow, on another department's machine.

It needs Python and this project's packages: no database, no settings, no secret of the log's host.
"""

import argparse
import sys
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from provenance.integrity.errors import NoteInvalid
from provenance.integrity.notes import MAX_NOTE_BYTES, VerifierKey
from provenance.integrity.witness.memory import Memory
from provenance.integrity.witness.requests import AddCheckpoint, Refused

PATH = "/add-checkpoint"
SIZE = "text/x.tlog.size"
TEXT = "text/plain; charset=utf-8"
MAX_REQUEST_BYTES = 2 * MAX_NOTE_BYTES
SOCKET_SECONDS = 10


class Handler(BaseHTTPRequestHandler):
    """One request; everything but its two facts is the same for all."""

    memory: ClassVar[Memory]
    logs: ClassVar[Sequence[VerifierKey]]
    timeout = SOCKET_SECONDS

    def do_POST(self) -> None:
        if not self.path.endswith(PATH):
            self._answer(HTTPStatus.NOT_FOUND, f"Checkpoints are posted to {PATH}.\n")
            return
        try:
            line = self.memory.cosign(AddCheckpoint.parse(self._body()), self.logs)
        except Refused as refused:
            if refused.known is None:
                self._answer(refused.status, f"{refused}\n")
            else:
                self._answer(refused.status, f"{refused.known}\n", media_type=SIZE)
        except (NoteInvalid, UnicodeDecodeError) as error:
            self._answer(HTTPStatus.BAD_REQUEST, f"{error}\n")
        else:
            self._answer(HTTPStatus.OK, line)

    def _body(self) -> str:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_REQUEST_BYTES:
            raise NoteInvalid("A request says its length, which is small.")
        return self.rfile.read(int(length)).decode()

    def _answer(self, status: HTTPStatus, text: str, *, media_type: str = TEXT) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def serve(memory: Memory, logs: Sequence[VerifierKey], host: str, port: int) -> ThreadingHTTPServer:
    """The server, bound and not yet serving; port 0 takes a free one."""
    handler = type("WitnessHandler", (Handler,), {"memory": memory, "logs": tuple(logs)})
    return ThreadingHTTPServer((host, port), handler)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("manage.py witness", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="keeps its key and what it saw")
    parser.add_argument("--name", required=True, help="for example witness.example.org/audit")
    parser.add_argument(
        "--log", action="append", required=True, metavar="VERIFIER_KEY", help="a log to witness"
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    chosen = parser.parse_args(arguments)
    try:
        logs = [VerifierKey.parse(each) for each in chosen.log]
    except NoteInvalid as error:
        parser.error(str(error))
    try:
        memory = Memory(chosen.folder, chosen.name)
        server = serve(memory, logs, chosen.host, chosen.port)
    except (OSError, OverflowError) as error:  # a folder or a port that cannot be had
        parser.exit(1, f"manage.py witness: {error}\n")
    with server:
        sys.stdout.write(f"{memory.key.verifier}\n")
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0
