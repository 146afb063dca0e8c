"""Problem answers: RFC 9457, with an RFC 6901 pointer to every bad field."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
from django.http import HttpResponse

MEDIA_TYPE = "application/problem+json"

Step = str | int


@dataclass(frozen=True)
class BadField:
    """One thing that is wrong: `path` leads to it in the body, or names a query parameter."""

    path: tuple[Step, ...]
    detail: str

    def as_json(self) -> dict[str, str]:
        return {"pointer": pointer(self.path), "detail": self.detail}


class Problem(Exception):
    """An answer that is not the one asked for; views and parsers raise it."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        slug: str = "about:blank",
        title: str | None = None,
        errors: Sequence[BadField] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.slug = slug
        self.title = title or HTTPStatus(status).phrase
        self.errors = list(errors)
        self.headers = headers or {}

    def as_json(self) -> dict[str, Any]:
        """The members of the answer, in the order in which a person reads them."""
        members: dict[str, Any] = {
            "type": self.slug if self.slug == "about:blank" else f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            members["errors"] = [error.as_json() for error in self.errors]
        return members

    def as_response(self) -> HttpResponse:
        """A plain Django response, for where no DRF view is at work."""
        return HttpResponse(
            orjson.dumps(self.as_json()),
            status=self.status,
            content_type=MEDIA_TYPE,
            headers=self.headers,
        )


class Invalid(Problem):
    """The body or a parameter breaks a rule: 422, naming every bad field."""

    def __init__(self, errors: Iterable[BadField], *, slug: str = "invalid") -> None:
        listed = list(errors)
        more = f" (and {len(listed) - 1} more)" if len(listed) > 1 else ""
        super().__init__(
            422, f"{_named(listed[0])}{more}.", slug=slug, title="Invalid input", errors=listed
        )


class TooLarge(Problem):
    """More bytes than a limit allows: 413, naming the limit."""

    def __init__(self, what: str, limit: int, *, path: tuple[Step, ...] | None = None) -> None:
        detail = f"{what} may have at most {limit} bytes."
        errors = [] if path is None else [BadField(path, f"longer than {limit} bytes")]
        super().__init__(413, detail, slug="too-large", title="Too large", errors=errors)
        self.limit = limit

    def as_json(self) -> dict[str, Any]:
        return {**super().as_json(), "limit": self.limit}


def pointer(path: Iterable[Step]) -> str:
    """The path as the fragment form of a JSON pointer, `#/results/0/text`; `#` is the whole."""
    return "#" + "".join(
        "/" + quote(str(step).replace("~", "~0").replace("/", "~1"), safe="~$&+,;=:@!'()*")
        for step in path
    )


def _named(error: BadField) -> str:
    where = ".".join(str(step) for step in error.path)
    detail = error.detail.removesuffix(".")
    return f"{where}: {detail}" if where else detail
