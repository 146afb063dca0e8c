"""How far the sequencer is behind what has been committed."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class SequencerLag:
    """Committed events that have no position yet, and how long the oldest of them waits."""

    events: int
    seconds: float


def sequencer_lag() -> SequencerLag:
    """Counts past the highest number read: what fills an earlier hole is placed a cycle later."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), COALESCE(extract(epoch FROM now() - min(recorded_at)), 0)"
            " FROM eventstore_event WHERE seq > (SELECT highest_seq FROM integrity_tree)"
        )
        events, seconds = cursor.fetchone()
    return SequencerLag(int(events), max(float(seconds), 0.0))
