"""RFC 3161 time stamps over checkpoints: what is asked of an authority, and what its answer proves.

The answer is over the SHA-256 of the checkpoint's note as the log signed it. It needs nothing of
this program: `openssl ts -verify -data NOTE -in RESPONSE -CAfile ROOTS`.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from provenance.integrity.errors import TimeStampInvalid

# The library's reasons go on with what OpenSSL says, file by file.
MAX_PROBLEM = 80
SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")


def request_for(note: str) -> TimeStampRequest:
    """With a nonce, and asking for the authority's certificate to lie in the answer."""
    builder = TimestampRequestBuilder(data=note.encode(), hash_algorithm=HashAlgorithm.SHA256)
    return builder.build()


def stamped_at(
    response: bytes,
    note: str,
    *,
    roots: Sequence[x509.Certificate] = (),
    request: TimeStampRequest | None = None,
) -> datetime:
    """The time that the response proves for the note. Raises TimeStampInvalid.

    Without roots only that it is about this note; who signed it remains open.
    """
    parsed = _parsed(response)
    builder = VerifierBuilder.from_request(request) if request else VerifierBuilder()
    try:
        imprint = parsed.tst_info.message_imprint
        digest = hashlib.sha256(note.encode()).digest()
        if (imprint.hash_algorithm, imprint.message) != (SHA256, digest):
            raise TimeStampInvalid("it is over something else than this checkpoint")
        for root in roots:
            builder = builder.add_root_certificate(root)
        if roots:
            builder.build().verify(parsed, digest)
    except (VerificationError, ValueError) as error:
        raise TimeStampInvalid(str(error)[:MAX_PROBLEM]) from error
    return parsed.tst_info.gen_time


def read_roots(file: Path) -> list[x509.Certificate]:
    """The certificates of a PEM file. Raises TimeStampInvalid."""
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        raise TimeStampInvalid(f"{file} holds no certificates in PEM: {error}") from error


def _parsed(response: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(response)
    except ValueError as error:
        raise TimeStampInvalid(f"it is no time stamp response: {error}") from error
