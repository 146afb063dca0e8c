"""Posts each checkpoint, as the text that it is, to an address that keeps or forwards it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from provenance.integrity.errors import NotReached
from provenance.integrity.models import SealedCheckpoint

SECONDS = 10.0


@dataclass(frozen=True)
class Webhook:
    """The address may hold a secret; the name shows its host only."""

    address: str

    @property
    def name(self) -> str:
        return f"webhook {urlsplit(self.address).hostname}"

    def push(self, checkpoint: SealedCheckpoint, note: str) -> None:
        headers = {
            "Content-Type": "text/plain; charset=utf-8",
            "Idempotency-Key": f"{checkpoint.origin} {checkpoint.size}",
        }
        try:
            answer = httpx.post(
                self.address, content=note.encode(), headers=headers, timeout=SECONDS
            )
        except httpx.HTTPError as error:
            raise NotReached(f"{type(error).__name__}: no answer") from error
        if not answer.is_success:
            raise NotReached(f"answered {answer.status_code}")
