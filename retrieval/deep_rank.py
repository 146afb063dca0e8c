"""Where the passages of one document rank among all that counted, however far below the answer."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from provenance.eventstore.driver import driver_cursor
from retrieval.generations.active import Generation
from retrieval.search import DEPTH, Question, parameters_of
from retrieval.statement import deep_statement

# No list is that long.
ALL = 2**31 - 1


@dataclass(frozen=True)
class DeepRank:
    """The best passage of a document; scores in millionths. `of` counts all that were ranked."""

    rank: int
    of: int
    chunk_id: str
    version_id: str
    score: int


def deep_rank(question: Question, generation: Generation, *, document_id: UUID) -> DeepRank | None:
    """None where none of its passages is ranked: no word of the question occurs in them.

    Passages that the search would not have looked at closely come after all that it would, by
    the same score. `question` must be exact and name its position.
    """
    parameters: dict[str, Any] = {
        **parameters_of(question, generation, past=True),
        "depth": ALL,
        "recorded": ALL,
        "candidates": DEPTH,
        "document": document_id,
    }
    with driver_cursor() as cursor:
        cursor.execute(deep_statement(question.mode), parameters)
        row = cursor.fetchone()
    return None if row is None else DeepRank(*row)
