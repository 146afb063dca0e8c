"""What the log and its pipeline hold, read straight from the database of a running stack."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString

import psycopg

from provenance.embedded import postgres
from provenance.embedded.cluster import WEB
from provenance.embedded.home import open_home

# What must follow from each acknowledged fact, each exactly once in its stream.
FACTS = {"document": "DocumentSubmitted", "retrieval": "RetrievalServed"}
FACTS |= {"prompt": "PromptReported", "output": "OutputReported"}
FOLLOWING = (
    ("document", "DocumentProcessed"),
    ("document", "ChunksEmbedded"),
    ("document", "DocumentIndexed"),
    ("prompt", "PromptAssembled"),
    ("output", "OutputAttributed"),
)


@dataclass
class Acknowledged:
    """What was answered with 2xx: ids, and for a retrieval the versions that it returned."""

    documents: set[str] = field(default_factory=set)
    retrievals: dict[str, set[str]] = field(default_factory=dict)
    prompts: set[str] = field(default_factory=set)
    outputs: set[str] = field(default_factory=set)


class Recorded:
    """One connection, as the web role."""

    def __init__(self, home: Path) -> None:
        url = postgres.database_url(open_home(home), WEB)
        self._connection = psycopg.connect(url, autocommit=True)

    def close(self) -> None:
        self._connection.close()

    def lost_or_doubled(self, acknowledged: Acknowledged) -> dict[str, int]:
        """Every acknowledged id whose fact does not stand in the log exactly once."""
        wrong: dict[str, int] = {}
        for category, ids in _ids_of(acknowledged).items():
            counts = self._counts(category, FACTS[category], ids)
            wrong |= {stream: count for stream, count in counts.items() if count != 1}
        return wrong

    def unplaced_or_doubled(self, event_ids: set[str]) -> set[str]:
        """The events that do not stand in the log, at a position, exactly once."""
        rows = self._connection.execute(
            "SELECT event_id::text, count(position) FROM eventstore_event"
            " JOIN eventstore_position USING (seq) WHERE event_id = ANY(%s::uuid[]) GROUP BY 1",
            [list(event_ids)],
        )
        counts: dict[str, int] = dict(rows.fetchall())
        return {event_id for event_id in event_ids if counts.get(event_id) != 1}

    def what_has_not_followed(self, acknowledged: Acknowledged) -> list[str]:
        """Everything derived that is not there yet, or there twice, in words."""
        ids = _ids_of(acknowledged)
        missing = [
            f"{stream}: {count} x {event}"
            for category, event in FOLLOWING
            for stream, count in self._counts(category, event, ids[category]).items()
            if count != 1
        ]
        retrieved = self._counts("retrieval", "DocumentRetrieved", acknowledged.retrievals)
        missing += [
            f"retrieval-{retrieval}: {retrieved[f'retrieval-{retrieval}']} of {len(versions)}"
            for retrieval, versions in acknowledged.retrievals.items()
            if retrieved[f"retrieval-{retrieval}"] != len(versions)
        ]
        return missing + self.unfinished()

    def positions_are_dense(self) -> bool:
        """Every event has a place, and the places are 0, 1, 2, ... without a gap."""
        events = self._number("SELECT count(*) FROM eventstore_event")
        places = self._number("SELECT count(DISTINCT position) FROM eventstore_position")
        last = self._number("SELECT max(position) FROM eventstore_position")
        return events == places == last + 1

    def unfinished(self) -> list[str]:
        """What the pipeline itself still has to do, in words."""
        unplaced = self._number(
            "SELECT count(*) FROM eventstore_event LEFT JOIN eventstore_position p USING (seq)"
            " WHERE p.seq IS NULL"
        )
        behind = self._number(
            "SELECT count(*) FROM projections_progress"
            " WHERE position < (SELECT max(position) FROM eventstore_position)"
        )
        pending = self._number("SELECT count(*) FROM projections_pending_work")
        parked = self._number("SELECT count(*) FROM projections_parked_event")
        figures = {"unplaced": unplaced, "behind": behind, "pending": pending, "parked": parked}
        return [f"{count} {name}" for name, count in figures.items() if count]

    def _counts(self, category: str, event: str, ids: Iterable[str]) -> dict[str, int]:
        streams = [f"{category}-{each}" for each in ids]
        rows = self._connection.execute(
            "SELECT stream, count(*) FROM eventstore_event"
            " WHERE stream = ANY(%s) AND type = %s GROUP BY stream",
            [streams, event],
        )
        return {**dict.fromkeys(streams, 0), **dict(rows.fetchall())}

    def _number(self, query: LiteralString) -> int:
        row = self._connection.execute(query).fetchone()
        assert row is not None
        return int(row[0])


def _ids_of(acknowledged: Acknowledged) -> dict[str, Iterable[str]]:
    return {
        "document": acknowledged.documents,
        "retrieval": acknowledged.retrievals,
        "prompt": acknowledged.prompts,
        "output": acknowledged.outputs,
    }
