"""What the benchmarks of the whole application share: a key, documents to hand in, and waiting."""

import random
import re
import time
from collections.abc import Sequence
from functools import cache
from uuid import UUID

from examples.rag_app import RagLedger
from ingestion.chunking import chunk_spans
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import create_api_key
from provenance.embedded.sample.corpus import SAMPLE
from provenance.eventstore.driver import driver_cursor

MEDIA_TYPE = "text/markdown"
SENTENCE_WORDS = (8, 24)
PARAGRAPH_SENTENCES = 6
WAIT_SECONDS = 600
# To look more often, or with more than a count, takes time from what is measured.
LOOK_SECONDS = 0.2
STAGES = """
    SELECT count(*) FILTER (WHERE stage = 'indexed'), count(*) FILTER (WHERE stage = 'failed')
    FROM ingestion_version WHERE version_id = ANY(%s)
"""


def connect(address: str) -> RagLedger:
    """As an application with every scope."""
    _, key = create_api_key(principal=SYSTEM_PRINCIPAL, application="benchmark")
    return RagLedger(address, key)


def documents(count: int, *, chunks: int, seed: int) -> list[str]:
    """Texts that cut into about `chunks` chunks each; no two share one."""
    chance = random.Random(seed)  # noqa: S311
    return [_text(chance, characters=chunks * 1100) for _ in range(count)]


def chunk_texts(texts: Sequence[str]) -> list[str]:
    return [
        text[start:end] for text in texts for start, end in chunk_spans(text, media_type=MEDIA_TYPE)
    ]


def hand_in(ledger: RagLedger, texts: Sequence[str]) -> list[UUID]:
    """The ids of the versions that were made."""
    answers = [
        ledger.post("/api/v1/documents", {"content": text, "media_type": MEDIA_TYPE})
        for text in texts
    ]
    return [UUID(answer["version_id"]) for answer in answers]


def wait_until_indexed(version_ids: Sequence[UUID]) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while True:
        with driver_cursor() as cursor:
            ((indexed, failed),) = cursor.execute(STAGES, [list(version_ids)]).fetchall()
        if indexed == len(version_ids):
            return
        if failed or time.monotonic() > until:
            raise RuntimeError("Some documents of the benchmark were not indexed.")
        time.sleep(LOOK_SECONDS)


def _text(chance: random.Random, *, characters: int) -> str:
    paragraphs: list[str] = []
    while sum(map(len, paragraphs)) < characters:
        sentences = (_sentence(chance) for _ in range(PARAGRAPH_SENTENCES))
        paragraphs.append(" ".join(sentences))
    return "\n\n".join(paragraphs)


def _sentence(chance: random.Random) -> str:
    words = chance.choices(_vocabulary(), k=chance.randint(*SENTENCE_WORDS))
    return " ".join(words).capitalize() + "."


@cache
def _vocabulary() -> list[str]:
    """The words of the sample, as often as they occur there."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SAMPLE.glob("*/v1.md"))]
    return [word.lower() for text in texts for word in re.findall(r"[A-Za-z]+", text)]
