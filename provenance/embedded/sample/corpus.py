"""What the sample consists of: documents with versions, and questions, from `examples/sample`."""

import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ConfigDict

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
SAMPLE = EXAMPLES / "sample"
NAMESPACE = uuid5(NAMESPACE_URL, "urn:ragledger:sample")
MEDIA_TYPES = {
    ".md": "text/markdown",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Version(Entry):
    """`act` 1 is handed in before the first question is asked, `act` 2 in between."""

    file: str
    effective_from: str
    source_version: str
    effective_until: str | None = None
    act: int = 1


class Withdrawal(Entry):
    reason: str
    act: int


class Description(Entry):
    """New words about the document's newest bytes."""

    title: str
    act: int


class Document(Entry):
    folder: str
    external_id: str
    collection: str
    title: str
    metadata: dict[str, str]
    versions: tuple[Version, ...]
    withdrawal: Withdrawal | None = None
    described: Description | None = None


class Interaction(Entry):
    """A question, and where it is told otherwise than by quoting, what was answered."""

    id: str
    act: int
    application: str
    question: str
    user: str
    tags: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    conversation: str | None = None
    follows: str | None = None
    effective_at: str | None = None
    mode: str | None = None
    filter: dict[str, str] | None = None
    top_k: int | None = None
    keep: int | None = None
    own_store: tuple[dict[str, Any], ...] = ()
    imported: bool = False
    occurred_at: str | None = None
    answer: str | None = None
    model: str = "scripted-1"
    status: str = "complete"
    finish_reason: str | None = None
    delivered: str | None = None

    def id_of(self, part: str) -> str:
        """The record's id for "retrieval", "prompt" or "output", the same in every run."""
        return str(record_id(self.id, part))


def record_id(interaction: str, part: str) -> UUID:
    return uuid5(NAMESPACE, f"{interaction}/{part}")


def documents() -> list[Document]:
    return [Document(**entry) for entry in _read("manifest.toml")["documents"]]


def interactions() -> list[Interaction]:
    return [Interaction(**entry) for entry in _read("interactions.toml")["interactions"]]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((SAMPLE / name).read_text(encoding="utf-8"))
