"""The gunicorn worker: what is no well-formed request is answered with a problem, too."""

import socket
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus

from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from provenance.api.problems import MEDIA_TYPE, Problem

# The first that fits counts. What the server itself caused comes before what a request did.
ANSWERS: Mapping[type[Exception], tuple[int, str, str]] = {
    errors.ConfigurationProblem: (500, "server-error", "This server is not set up to answer."),
    errors.InvalidResponseHeader: (500, "server-error", "The answer could not be sent."),
    errors.InvalidResponseHeaderName: (500, "server-error", "The answer could not be sent."),
    errors.LimitRequestLine: (414, "too-large", "The address of this request is too long."),
    errors.LimitRequestHeaders: (
        431,
        "too-large",
        "This request has too many header fields, or one that is too long.",
    ),
    errors.UnsupportedTransferCoding: (
        501,
        "bad-request",
        "A body is sent with a Content-Length or in chunks, in no other coding.",
    ),
    errors.ExpectationFailed: (417, "bad-request", "Only 100-continue may be expected here."),
    errors.ForbiddenProxyRequest: (403, "forbidden", "Requests come by no proxy protocol here."),
    errors.ParseException: (400, "bad-request", "This is not a well-formed HTTP request."),
}


class WebWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's threads, with answers that every client of the interface can read."""

    def handle_error(
        self,
        req: object,  # noqa: ARG002
        client: socket.socket,
        addr: tuple[str, int],
        exc: Exception,
    ) -> None:
        """Answers what went wrong before or after the application had its say."""
        problem = _problem_for(exc)
        if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.error("Error handling a request", exc_info=exc)
        else:
            # A socket of the file system has no address.
            self.log.warning("Invalid request from ip=%s: %s", addr[0] if addr else "", exc)
        with suppress(OSError):  # nobody listens any more
            util.write_nonblock(client, _on_the_wire(problem))


def _problem_for(error: Exception) -> Problem:
    for cls, (status, slug, detail) in ANSWERS.items():
        if isinstance(error, cls):
            return Problem(status, detail, slug=slug)
    return Problem(500, "Something went wrong here; the log of this server says what.")


def _on_the_wire(problem: Problem) -> bytes:
    """The whole answer. The connection ends with it: where another request begins is unknown."""
    body = problem.as_response().content
    head = (
        f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}\r\n"
        f"Content-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n"
        "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
