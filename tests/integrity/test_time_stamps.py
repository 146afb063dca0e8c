"""Checkpoints are stamped by an authority (RFC 3161), whose answer must bear them out."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from provenance.integrity import publishing
from provenance.integrity.errors import TimeStampInvalid
from provenance.integrity.models import Attestor, TimeStamp
from provenance.integrity.time_stamps import stamped_at
from provenance.integrity.verification.findings import Report
from provenance.integrity.verification.time_stamps import check_time_stamps
from tests.integrity.test_anchors import published
from tests.integrity.test_checkpoints import refill, sealed
from tests.integrity.test_tree import fill
from tests.integrity.time_stamping_authority import Authority

pytestmark = pytest.mark.django_db
Answer = Callable[[bytes], bytes]


class Desk(BaseHTTPRequestHandler):
    """Where the authority is asked."""

    answer: Answer

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Type"] == "application/timestamp-query"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(type(self).answer(asked))

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
def desk(authority: Authority, settings: Any, tmp_path: Path) -> Iterator[type[Desk]]:
    handler = type("OneDesk", (Desk,), {"answer": staticmethod(authority.answer)})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    roots = tmp_path / "roots.pem"
    roots.write_bytes(authority.roots)
    settings.TIMESTAMP_URL = f"http://127.0.0.1:{server.server_address[1]}/secret"
    settings.TIMESTAMP_ROOTS = str(roots)
    settings.ANCHOR_SECONDS = 0
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


def found() -> list[str]:
    report = Report()
    check_time_stamps(report)
    return [str(each) for each in report.findings]


@pytest.mark.usefixtures("desk")
def test_a_checkpoint_is_stamped_once_and_the_log_says_so(authority: Authority) -> None:
    fill(3)
    newest = sealed()
    publishing.publish()
    stamp = TimeStamp.objects.get()
    moment = stamped_at(bytes(stamp.response), newest.note, roots=[authority.root])
    assert (stamp.checkpoint, stamp.stamped_at) == (newest, moment)
    assert published() == [(3, ["time stamps of 127.0.0.1"])]
    assert Attestor.objects.get(kind="anchor").problem == ""
    assert found() == []
    publishing.publish()
    assert TimeStamp.objects.count() == 1


def replayed(authority: Authority) -> Answer:
    kept: list[bytes] = []

    def answer(request: bytes) -> bytes:
        kept.append(authority.answer(request))
        return kept[0]

    return answer


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Authority(lies=lambda digest: digest[::-1]).answer, "over something else"),
        (Authority().answer, "verifying certificates"),
        (lambda _: b"", "no time stamp response"),
        (lambda _: b"x" * 100_000, "more than a time stamp has"),
    ],
)
def test_an_answer_that_proves_nothing_is_not_kept(
    desk: type[Desk], answer: Answer, problem: str
) -> None:
    setattr(desk, "answer", staticmethod(answer))  # noqa: B010
    fill(3)
    sealed()
    publishing.publish()
    assert problem in Attestor.objects.get(kind="anchor").problem
    assert not TimeStamp.objects.exists()
    assert published() == []


def test_an_old_answer_is_not_taken_for_a_new_one(desk: type[Desk], authority: Authority) -> None:
    setattr(desk, "answer", staticmethod(replayed(authority)))  # noqa: B010
    fill(3)
    newest = sealed()
    publishing.publish()
    refill(10, 2)
    sealed()
    publishing.publish()
    assert "something else" in Attestor.objects.get(kind="anchor").problem
    assert TimeStamp.objects.get().checkpoint == newest


def test_without_roots_nothing_is_believed(desk: type[Desk], settings: Any) -> None:  # noqa: ARG001
    settings.TIMESTAMP_ROOTS = ""
    fill(3)
    sealed()
    publishing.publish()
    assert "certificates in PEM" in Attestor.objects.get(kind="anchor").problem


@pytest.mark.usefixtures("desk")
def test_verifying_the_log_finds_a_stamp_of_another_checkpoint(
    authority: Authority, settings: Any
) -> None:
    fill(3)
    sealed()
    publishing.publish()
    refill(10, 2)
    newest = sealed()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO integrity_time_stamp SELECT %s, authority, response, stamped_at"
            " FROM integrity_time_stamp",
            [newest.id],
        )
    (problem,) = found()
    assert f"checkpoint {newest.id}: it is over something else" in problem
    for missing in ("", "/nowhere"):
        settings.TIMESTAMP_ROOTS = missing
        assert len(found()) == 1, "also without the roots"
    stamp = TimeStamp.objects.order_by("checkpoint_id")[0]
    with pytest.raises(TimeStampInvalid):
        stamped_at(bytes(stamp.response), newest.note, roots=[authority.root])
