"""Reads a request's body up to a limit, however it is sent, and never more of it into memory."""

from collections.abc import Callable

from django.http import HttpRequest
from gunicorn.http.errors import NoMoreData, ParseException

from provenance.api.problems import BadField, Invalid, Problem, TooLarge

Read = Callable[[int], bytes]

PIECE = 64 * 1024
# What is read and thrown away of a body that is too large, so that the sender sees the answer
# instead of a broken connection.
MAX_DISCARDED = 128 * 1024 * 1024


def read_body(request: HttpRequest, *, limit: int) -> bytes:
    """All bytes of the body. Raises TooLarge, Invalid, Problem."""
    _refuse_encoded(request)
    read = _reader(request)
    pieces: list[bytes] = []
    size = 0
    while piece := read(PIECE):
        size += len(piece)
        if size > limit:
            pieces.clear()
            _discard(read)
            raise TooLarge("The body of this request", limit)
        pieces.append(piece)
    _refuse_broken_off(request, size)
    return b"".join(pieces)


def _reader(request: HttpRequest) -> Read:
    """Django sees no body without Content-Length; a server that ends the stream has one."""
    if not is_chunked(request):
        return request.read

    def read(size: int) -> bytes:
        try:
            piece: bytes = request.META["wsgi.input"].read(size)
        except NoMoreData as error:
            cut = BadField((), "ended before its last chunk")
            raise Invalid([cut], slug="broken-off") from error
        except ParseException as error:
            raise Problem(
                400, "The chunks of this body are malformed.", slug="bad-request"
            ) from error
        return piece

    return read


def is_chunked(request: HttpRequest) -> bool:
    """Whether the body comes in chunks and its end is the server's to tell."""
    chunked = request.META.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    return chunked and bool(request.META.get("wsgi.input_terminated"))


def _refuse_encoded(request: HttpRequest) -> None:
    coding = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if coding not in {"", "identity"}:
        raise Problem(
            415, "A body is taken as it is, not compressed.", slug="media-type", title="Compressed"
        )


def _refuse_broken_off(request: HttpRequest, size: int) -> None:
    """The part of a body that came before a connection broke may look like a whole one."""
    promised = request.META.get("CONTENT_LENGTH") or "0"
    if not is_chunked(request) and size < int(promised):
        raise Invalid([BadField((), f"ended after {size} of {promised} bytes")], slug="broken-off")


def _discard(read: Read) -> None:
    for _ in range(MAX_DISCARDED // PIECE):
        if not read(PIECE):
            return
