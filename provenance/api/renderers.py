"""Renders answers as JSON: UTF-8, times in UTC with microseconds, ids as text."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer

OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


class JsonRenderer(BaseRenderer):
    """The one renderer: the API answers JSON, whatever the client says that it accepts."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,  # noqa: ARG002
        renderer_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> bytes:
        return b"" if data is None else dumps(data)


def dumps(data: Any) -> bytes:
    return orjson.dumps(data, default=_plain, option=OPTIONS)


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds."""
    # Not strftime, which writes the year 1 with one digit on Linux.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form.")
