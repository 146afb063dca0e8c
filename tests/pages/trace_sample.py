"""A small trace in the shape of the API: two passages, one sentence that nothing supports."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

AT = datetime(2026, 11, 23, 14, 3, 22, 417000, tzinfo=UTC)
OUTPUT, DOCUMENT, VERSION = UUID(int=1), UUID(int=2), UUID(int=3)
CHUNK_A, CHUNK_B = UUID(int=11), UUID(int=12)
PASSAGE_A = "Implants have a waiting period of eight months."
PASSAGE_B = "We pay 75 per cent."
TEXT = "The waiting period is eight months. You may pay a fee to shorten it."
PROMPT = f"Passages:\n{PASSAGE_A}\n\nHow long?"


def trace(**changes: Any) -> dict[str, Any]:
    """The trace, with top-level members replaced by `changes`."""
    start = PROMPT.index(PASSAGE_A)
    return {
        "output": {
            "output_id": str(OUTPUT),
            "text": TEXT,
            "model": "model-1",
            "status": "complete",
            "application": "assistant",
            "recorded_at": AT,
        },
        "prompt": {
            "messages": [
                {"role": "system", "content": "Use the passages."},
                {"role": "user", "content": PROMPT},
            ],
            "spans": [
                {
                    "message": 1,
                    "part": None,
                    "start": start,
                    "end": start + len(PASSAGE_A),
                    "chunk_id": str(CHUNK_A),
                    "version_id": str(VERSION),
                    "match": "exact",
                }
            ],
            "absent": [str(CHUNK_B)],
        },
        "retrievals": [
            {
                "retrieval_id": str(UUID(int=4)),
                "query": "How long is the waiting period?",
                "results": [_result(1, CHUNK_A, PASSAGE_A), _result(2, CHUNK_B, PASSAGE_B)],
            }
        ],
        "document_versions": [
            {
                "version_id": str(VERSION),
                "document_id": str(DOCUMENT),
                "version_number": 4,
                "title": "Dental policy",
            }
        ],
        "attribution": [
            {
                "start": 0,
                "end": 35,
                "text": TEXT[:35],
                "supports": [{"chunk_id": str(CHUNK_A), "version_id": str(VERSION), "score": 0.9}],
            },
            {"start": 36, "end": len(TEXT), "text": TEXT[36:], "supports": []},
        ],
        "events": [_event("RetrievalServed", 7), _event("OutputAttributed", 12)],
        "complete": True,
        "missing": [],
        **changes,
    }


def _result(rank: int, chunk_id: UUID, text: str) -> dict[str, Any]:
    return {
        "rank": rank,
        "score": 1 / rank,
        "chunk_id": str(chunk_id),
        "version_id": str(VERSION),
        "document_id": str(DOCUMENT),
        "version_number": 4,
        "title": "Dental policy",
        "text": text,
        "char_start": 0,
        "char_end": len(text),
        "page": None,
    }


def _event(name: str, position: int) -> dict[str, Any]:
    return {
        "event_id": str(UUID(int=position)),
        "type": name,
        "position": position,
        "recorded_at": AT,
    }
