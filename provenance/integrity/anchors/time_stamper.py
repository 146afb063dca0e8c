"""Has an RFC 3161 authority say when a checkpoint was there, and stores its verified answer."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from django.db import connection

from provenance.integrity.errors import NotReached, TimeStampInvalid
from provenance.integrity.models import SealedCheckpoint
from provenance.integrity.time_stamps import read_roots, request_for, stamped_at

SECONDS = 10.0
MAX_ANSWER = 64 * 1024


@dataclass(frozen=True)
class TimeStamper:
    """The address may hold a secret; the name shows its host only. `roots` is a PEM file."""

    address: str
    roots: Path

    @property
    def name(self) -> str:
        return f"time stamps of {urlsplit(self.address).hostname}"

    def push(self, checkpoint: SealedCheckpoint, note: str) -> None:  # noqa: ARG002
        """Of the log's own note, since cosignatures may follow. Raises NotReached."""
        request = request_for(checkpoint.note)
        answer = self._ask(request.as_bytes())
        try:
            moment = stamped_at(
                answer, checkpoint.note, roots=read_roots(self.roots), request=request
            )
        except TimeStampInvalid as error:
            raise NotReached(f"its answer is not accepted: {error}") from error
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO integrity_time_stamp (checkpoint_id, authority, response, stamped_at)"
                " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                [checkpoint.id, self.name, answer, moment],
            )

    def _ask(self, request: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query"}
        try:
            with httpx.stream(
                "POST", self.address, content=request, headers=headers, timeout=SECONDS
            ) as answer:
                if not answer.is_success:
                    raise NotReached(f"answered {answer.status_code}")
                content = b""
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > MAX_ANSWER:
                        raise NotReached("answered more than a time stamp has")
        except httpx.HTTPError as error:
            raise NotReached(f"{type(error).__name__}: no answer") from error
        return content
