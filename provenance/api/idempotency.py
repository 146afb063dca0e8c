"""Idempotency-Key: the first answer is kept in the transaction of what it answers, for a day."""

import hashlib
import os
import re
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from rest_framework.request import Request
from rest_framework.response import Response

from provenance.api.authentication import principal_of
from provenance.api.fields import CANONICAL_UUID
from provenance.api.problems import BadField, Invalid, Problem
from provenance.api.renderers import dumps
from provenance.eventstore.fingerprints import keyed_hash
from provenance.review.caches import forgets_erased

KEPT = "24 hours"
IV_BYTES = 12
# "id" is that of a record in a batch.
OWNERS = ("document_id", "retrieval_id", "prompt_id", "output_id", "id")
# A structured-field string in quotes, as the draft standard says, or the bare text.
QUOTED = re.compile(r'"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,255})"')
BARE = re.compile(r"[\x21\x23-\x2b\x2d-\x7e]{1,255}")

View = TypeVar("View")
Handler = Callable[..., Response]


def idempotent(handler: Handler) -> Handler:
    """Makes a view's `post` answer a repeated request with its first answer.

    The event and the kept answer are committed together: a crash in between leaves neither.
    Only success is kept; a refused request has recorded nothing and may be mended and sent again.
    """

    @wraps(handler)
    def post(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = _key_of(request)
        if key is None:
            return handler(view, request, *args, **kwargs)
        slot = _digest(
            f"{principal_of(request).actor.id} {request.method} {request.path} {key}", "slot"
        )
        secret = _digest(f"{slot.hex()} {key}", "answer")
        fingerprint = _digest(_body(request.data), "body")
        with transaction.atomic():
            kept = _claim(slot, fingerprint)
            if kept is not None and not kept:
                raise Problem(
                    410,
                    "What this request recorded has been erased.",
                    slug="erased",
                    title="Erased",
                )
            if kept is not None:
                return _replay(_decrypt(kept, secret, slot))
            response = handler(view, request, *args, **kwargs)
            _keep(slot, fingerprint, _encrypt(response, secret, slot), owners_in(response.data))
            return response

    post.replays = True  # type: ignore[attr-defined]
    return post


def _key_of(request: Request) -> str | None:
    header = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if header is None:
        return None
    quoted = QUOTED.fullmatch(header.strip())
    if quoted:
        return quoted[1]
    if BARE.fullmatch(header.strip()):
        return str(header.strip())
    raise Invalid([BadField((), "Idempotency-Key must be 1 to 255 printable ASCII characters")])


def _claim(slot: bytes, fingerprint: bytes) -> bytes | None:
    """The kept answer; None once the slot is this request's own, until its transaction ends."""
    lock = int.from_bytes(slot[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
        if not cursor.fetchone()[0]:
            raise Problem(
                409,
                "A request with this Idempotency-Key is still running.",
                slug="still-running",
                title="Still running",
                headers={"Retry-After": "1"},
            )
        # A statement of its own: its snapshot must be younger than the lock.
        cursor.execute(
            "SELECT fingerprint, answer FROM api_kept_answer"
            " WHERE slot = %s AND expires_at > now()",
            [slot],
        )
        kept = cursor.fetchone()
    if kept is None:
        return None
    if bytes(kept[0]) != fingerprint:
        raise Problem(
            422,
            "This Idempotency-Key was used with another body.",
            slug="idempotency-key-reused",
            title="Idempotency-Key reused",
        )
    return bytes(kept[1])


def _keep(slot: bytes, fingerprint: bytes, answer: bytes, names: set[UUID]) -> None:
    """Stores the answer, and clears a few that have expired."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH expired AS (DELETE FROM api_kept_answer WHERE slot IN (SELECT slot"
            " FROM api_kept_answer WHERE expires_at <= now() AND slot <> %s ORDER BY expires_at"
            " LIMIT 20 FOR UPDATE SKIP LOCKED))"
            " INSERT INTO api_kept_answer (slot, fingerprint, answer, expires_at, names)"
            " VALUES (%s, %s, %s, now() + %s::interval, %s) ON CONFLICT (slot) DO UPDATE"
            " SET fingerprint = EXCLUDED.fingerprint, answer = EXCLUDED.answer,"
            " expires_at = EXCLUDED.expires_at, names = EXCLUDED.names",
            [slot, slot, fingerprint, answer, KEPT, sorted(names)],
        )


def owners_in(answer: Any) -> set[UUID]:
    """The ids of the documents and records that an answer tells of, at any depth."""
    if isinstance(answer, list | tuple):
        return set().union(*map(owners_in, answer))
    if not isinstance(answer, Mapping):
        return set()
    named = (str(answer[name]) for name in OWNERS if answer.get(name))
    found = {UUID(each) for each in named if CANONICAL_UUID.fullmatch(each)}
    return found.union(*map(owners_in, answer.values()))


@forgets_erased
def forget_answers(record_ids: Collection[UUID]) -> None:
    """Empties the kept answers that name an erased record; their keys stay taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE api_kept_answer SET answer = '' WHERE names && %s::uuid[]",
            [sorted(record_ids)],
        )


def _replay(kept: bytes) -> Response:
    first = orjson.loads(kept)
    headers = {**first["headers"], "Idempotency-Replayed": "true"}
    return Response(first["data"], status=first["status"], headers=headers)


def _encrypt(response: Response, secret: bytes, slot: bytes) -> bytes:
    kept = {
        "status": response.status_code,
        "data": response.data,
        "headers": dict(response.headers),
    }
    iv = os.urandom(IV_BYTES)
    return iv + AESGCM(secret).encrypt(iv, dumps(kept), slot)


def _decrypt(kept: bytes, secret: bytes, slot: bytes) -> bytes:
    return AESGCM(secret).decrypt(kept[:IV_BYTES], kept[IV_BYTES:], slot)


def _body(data: Any) -> bytes:
    """The body as bytes that do not depend on white space or on a form's random boundary."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS, default=_file)


def _file(value: Any) -> list[str]:
    if not isinstance(value, UploadedFile):
        raise TypeError(f"{type(value).__name__} is not part of a body.")
    value.seek(0)
    digest = hashlib.sha256(value.read()).hexdigest()
    value.seek(0)
    return [value.name or "", value.content_type or "", digest]


def _digest(value: bytes | str, purpose: str) -> bytes:
    return bytes.fromhex(keyed_hash(value, purpose=f"idempotency {purpose}"))
