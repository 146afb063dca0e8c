"""Reads a request's body up to a limit, however it is sent, and never more of it into memory."""

from typing import Any

from django.http import HttpRequest

from provenance.api.problems import TooLarge

PIECE = 64 * 1024
# What is read and thrown away of a body that is too large, so that the sender sees the answer
# instead of a broken connection.
MAX_DISCARDED = 128 * 1024 * 1024


def read_body(request: HttpRequest, *, limit: int) -> bytes:
    """All bytes of the body. Raises TooLarge."""
    stream = _stream(request)
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > limit:
            pieces.clear()
            _discard(stream)
            raise TooLarge("The body of this request", limit)
        pieces.append(piece)
    return b"".join(pieces)


def _stream(request: HttpRequest) -> Any:
    """Django sees no body without Content-Length; a server that ends the stream has one."""
    chunked = request.META.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    if chunked and request.META.get("wsgi.input_terminated"):
        return request.META["wsgi.input"]
    return request


def _discard(stream: Any) -> None:
    for _ in range(MAX_DISCARDED // PIECE):
        if not stream.read(PIECE):
            return
