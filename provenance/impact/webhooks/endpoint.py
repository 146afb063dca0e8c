"""Whom to tell: an application's address with the secret that signs what it is told."""

from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from provenance.impact.webhooks.signature import read_secret

EVERY = "*"
PARTS = 3


@dataclass(frozen=True)
class Endpoint:
    """`application` None is told of every application's answers."""

    application: str | None
    address: str
    key: bytes = field(repr=False)

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""

    @property
    def name(self) -> str:
        """Never shows the path or the query, which may hold a secret of the receiver."""
        return f"{self.application or EVERY} at {self.host}"


def endpoints() -> list[Endpoint]:
    """Those that the settings name. Raises ImproperlyConfigured."""
    return _read(tuple(settings.WEBHOOKS), loopback=settings.WEBHOOKS_LOOPBACK)


@cache
def _read(lines: tuple[str, ...], *, loopback: bool) -> list[Endpoint]:
    found = [_endpoint(line, loopback=loopback) for line in lines]
    names = [each.name for each in found]
    if len(set(names)) < len(names):
        raise ImproperlyConfigured("RAGLEDGER_WEBHOOKS names an application twice at one host.")
    return found


def _endpoint(line: str, *, loopback: bool) -> Endpoint:
    parts = line.split()
    if len(parts) != PARTS:
        raise ImproperlyConfigured(
            "RAGLEDGER_WEBHOOKS is a list of `application address secret`, separated by commas."
        )
    application, address, secret = parts
    url = urlsplit(address)
    if url.scheme != "https" and not (loopback and url.scheme == "http"):
        raise ImproperlyConfigured(f"The webhook of {application} must begin with https://.")
    if not url.hostname or url.username or url.password:
        raise ImproperlyConfigured(f"The webhook of {application} has no plain host.")
    try:
        key = read_secret(secret)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"The secret of the webhook of {application} is not `whsec_` and base64 of 24 to 64"
            " bytes."
        ) from error
    return Endpoint(None if application == EVERY else application, address, key)
