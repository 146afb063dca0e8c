"""Posts a message to an endpoint: to the very address that was checked, and nowhere else.

No redirect is followed and no proxy of the environment used. An address of this machine, of its
link (where clouds keep their secrets) or of a group is refused, so that a name that points there
reaches nothing. Private networks are allowed: that is where most applications live.
"""

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

import httpx

from provenance.impact.webhooks.endpoint import Endpoint

SECONDS = 10.0
PORTS = {"https": 443, "http": 80}


class NotTold(Exception):
    """An endpoint was not reached, or did not take the message; its text says why."""


def post(endpoint: Endpoint, body: bytes, headers: dict[str, str], *, loopback: bool) -> None:
    """Raises NotTold unless the answer is 2xx; what it says besides is not read."""
    url = urlsplit(endpoint.address)
    port = url.port or PORTS[url.scheme]
    address = checked_address(endpoint.host, port, loopback=loopback)
    try:
        with (
            httpx.Client(timeout=SECONDS, trust_env=False) as client,
            client.stream(
                "POST",
                _to(url, address, port),
                content=body,
                headers={
                    **headers,
                    "Host": url.netloc,
                    "Content-Type": "application/json",
                    "User-Agent": "RAGLedger",
                },
                extensions={"sni_hostname": endpoint.host},
            ) as answer,
        ):
            if not answer.is_success:
                raise NotTold(f"answered {answer.status_code}")
    except httpx.HTTPError as error:
        raise NotTold(f"{type(error).__name__}: no answer") from error


def checked_address(host: str, port: int, *, loopback: bool) -> str:
    """The first address of the host; all of them must be allowed. Raises NotTold."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotTold("its host has no address") from error
    addresses = [str(each[4][0]) for each in found]
    for each in addresses:
        if not _is_allowed(ipaddress.ip_address(each.partition("%")[0]), loopback=loopback):
            raise NotTold("its host is an address that no webhook may have")
    return addresses[0]


def _is_allowed(address: ipaddress.IPv4Address | ipaddress.IPv6Address, *, loopback: bool) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_loopback:
        return loopback
    return not (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or (address.is_reserved and address.version == 4)  # noqa: PLR2004
    )


def _to(url: SplitResult, address: str, port: int) -> str:
    host = f"[{address}]" if ":" in address else address
    query = f"?{url.query}" if url.query else ""
    return f"{url.scheme}://{host}:{port}{url.path or '/'}{query}"
