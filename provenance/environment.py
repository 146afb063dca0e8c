"""Reads settings from the environment: NAME, or the file that NAME_FILE points to."""

import base64
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def optional(name: str, default: str = "") -> str:
    """The value of NAME, else the stripped text of the file NAME_FILE, else `default`.

    Like every function here it raises ImproperlyConfigured for what cannot be used, which stops
    the start with one clear line.
    """
    if name in os.environ:
        return os.environ[name]
    file = os.environ.get(f"{name}_FILE")
    if not file:
        return default
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}") from error


def required(name: str) -> str:
    """As `optional`, but a missing or empty value stops the start."""
    value = optional(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set (nor {name}_FILE).")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    value = optional(name)
    return value.lower() in {"1", "true", "yes", "on"} if value else default


def integer(name: str, default: int) -> int:
    value = optional(name)
    try:
        return int(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def one_of(name: str, choices: tuple[str, ...]) -> str:
    """One of the choices, the first by default; anything else stops the start."""
    value = optional(name) or choices[0]
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def names(name: str, default: str = "") -> list[str]:
    """A comma-separated list, without blanks."""
    return [part.strip() for part in optional(name, default).split(",") if part.strip()]


def secret_bytes(name: str, *, length: int) -> bytes:
    """A secret given as base64 that must decode to exactly `length` bytes."""
    try:
        secret = base64.b64decode(required(name), validate=True)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be base64.") from error
    if len(secret) != length:
        raise ImproperlyConfigured(f"{name} must decode to {length} bytes, not {len(secret)}.")
    return secret


def secret_bytes_if(name: str, *, length: int) -> bytes | None:
    """As `secret_bytes`; None where it is not set."""
    return secret_bytes(name, length=length) if optional(name) else None


def database(url: str) -> dict[str, Any]:
    """Django's settings for one PostgreSQL URL; `?host=/folder` names a socket folder."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("A database URL must begin with postgresql://.")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    try:
        port = options.pop("port", None) or parts.port or ""
    except ValueError as error:
        raise ImproperlyConfigured("A database URL has a port from 1 to 65535.") from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port),
        "OPTIONS": options,
    }
