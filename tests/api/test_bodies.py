"""Bodies however they are sent: in chunks, broken off, compressed, as forms with odd file names."""

import gzip
import io
from typing import Any

import orjson
import pytest
from gunicorn.http.body import Body, ChunkedReader
from gunicorn.http.unreader import IterUnreader

from tests.api.callers import Caller, events_recorded, json_of, pointers

DOCUMENT = {"content": "Sick leave lasts six weeks.", "media_type": "text/plain"}
BOUNDARY = "a-boundary"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


IN_CHUNKS = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}


def in_chunks(caller: Caller, body: bytes) -> Any:
    """As a server hands over what comes with `Transfer-Encoding: chunked`: without a length."""
    return sent(caller, body, IN_CHUNKS)


def sent(caller: Caller, body: bytes, environment: dict[str, Any]) -> Any:
    environment = {
        "wsgi.input": io.BytesIO(body),
        "CONTENT_TYPE": "application/json",
        **environment,
    }
    return caller.client.generic("POST", "/api/v1/documents", headers=caller.headers, **environment)


def uploaded(caller: Caller, file_name: str, content: bytes = b"Some text.") -> Any:
    part = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{file_name}"\r\n'
        "Content-Type: text/plain\r\n\r\n"
    )
    body = part.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    return caller.post("/documents", body, media_type=FORM)


def test_a_body_in_chunks_is_read_like_any_other(alice: Caller) -> None:
    assert in_chunks(alice, orjson.dumps(DOCUMENT)).status_code == 202
    answer = in_chunks(alice, b'{"content": ')
    assert answer.status_code == 422
    assert pointers(answer) == ["#"]


def test_a_body_in_chunks_has_the_same_limit(alice: Caller, settings: Any) -> None:
    settings.MAX_DOCUMENT_BYTES = 1000
    before = events_recorded()
    answer = in_chunks(alice, orjson.dumps({**DOCUMENT, "content": "x" * 2000}))
    assert answer.status_code == 413
    assert json_of(answer)["limit"] == 2000
    assert events_recorded() == before


@pytest.mark.parametrize(
    ("on_the_wire", "status", "slug"),
    [
        (b"zz\r\n{}\r\n0\r\n\r\n", 400, "bad-request"),
        (b"2\r\n{}{}\r\n0\r\n\r\n", 400, "bad-request"),
        (b"2;a\rb\r\n{}\r\n0\r\n\r\n", 400, "bad-request"),
        (b"2\r\n{}\r\n", 422, "broken-off"),
        (b'20\r\n{"content"', 422, "broken-off"),
    ],
)
def test_malformed_chunks_are_the_senders_mistake(
    alice: Caller, on_the_wire: bytes, status: int, slug: str
) -> None:
    before = events_recorded()
    body = Body(ChunkedReader(None, IterUnreader([on_the_wire])))
    answer = sent(alice, b"", {**IN_CHUNKS, "wsgi.input": body})
    assert answer.status_code == status
    assert json_of(answer)["type"] == f"/problems/{slug}"
    assert events_recorded() == before


def test_what_came_before_a_connection_broke_is_not_taken_for_a_whole_body(alice: Caller) -> None:
    before = events_recorded()
    body = orjson.dumps(DOCUMENT)
    answer = sent(alice, body, {"CONTENT_LENGTH": str(len(body) + 10)})
    assert answer.status_code == 422
    assert json_of(answer)["type"] == "/problems/broken-off"
    assert events_recorded() == before


def test_a_compressed_body_is_a_wrong_media_type(alice: Caller) -> None:
    body = gzip.compress(orjson.dumps(DOCUMENT))
    assert alice.post("/documents", body, content_encoding="gzip").status_code == 415


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Größe €.txt", "Größe €.txt"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\boot.txt", "boot.txt"),
        ("gpj.\u202etxt", "gpj.txt"),
        ("a\x01\x1b[31mb.txt", "a[31mb.txt"),
    ],
)
def test_a_file_name_is_kept_without_its_path_and_what_cannot_be_seen(
    alice: Caller, sent: str, kept: str
) -> None:
    version_id = json_of(uploaded(alice, sent))["version_id"]
    assert json_of(alice.get(f"/versions/{version_id}"))["file_name"] == kept


def test_an_empty_file_is_refused_by_its_part(alice: Caller) -> None:
    assert pointers(uploaded(alice, "empty.txt", b"")) == ["#/file"]
