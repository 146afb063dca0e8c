"""Signs messages as the Standard Webhooks specification says (version 1: HMAC-SHA256). Pure."""

import base64
import hashlib
import hmac

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64


def read_secret(text: str) -> bytes:
    """The key of a secret like `whsec_` and base64 of 24 to 64 bytes. Raises ValueError."""
    key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    if not SHORTEST <= len(key) <= LONGEST:
        raise ValueError(f"A webhook's secret has {SHORTEST} to {LONGEST} bytes, not {len(key)}.")
    return key


def signed_headers(*, message_id: str, timestamp: int, body: bytes, key: bytes) -> dict[str, str]:
    """The three headers by which the receiver knows the sender, and an old message again."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
