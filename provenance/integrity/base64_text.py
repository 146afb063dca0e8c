"""Base64 that has one spelling only: a changed bit anywhere is a changed value or an error."""

import base64
import binascii

from provenance.integrity.errors import NoteInvalid


def encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def decode(text: str) -> bytes:
    """Raises NoteInvalid, also where unused bits of the last digit are set."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteInvalid(f"{text[:100]!r} is not base64.") from error
    if encode(data) != text:
        raise NoteInvalid(f"{text[:100]!r} is base64 in another than its one spelling.")
    return data
