"""Appending while the sequencer places, hashes and signs beside it, and how far it lags behind.

An append counts when everything that was appended has its position and its place in the tree.
"""

import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from benchmarks.append import EVENTS, bare, make_bare_table, product
from benchmarks.clients import Clients
from benchmarks.harness import Figure, in_turns, ratio
from benchmarks.scale import amount, rounds
from benchmarks.servers import PROJECT, database_only
from provenance.integrity.models import SealedCheckpoint

CLIENTS, SECONDS, ROUNDS = 8, 2.0, 5
RATE, PACED_SECONDS = 1000, 10
PLACED_SECONDS = 120


def figures() -> Iterator[Figure]:
    with database_only():
        make_bare_table()
        variants = {"sealed append": product, "bare insert": bare, "paced": paced}
        with (
            Clients(CLIENTS, variants) as clients,
            Clients(1, variants) as one_client,
            _sequencer() as sequencer,
        ):
            yield from _appending(clients, sequencer)
            yield from _lag(one_client)


def _appending(clients: Clients, sequencer: subprocess.Popen[bytes]) -> Iterator[Figure]:
    def appended() -> float:
        begun = time.perf_counter()
        clients.commits_a_second("sealed append", seconds=SECONDS)
        return _placed_since() / (time.perf_counter() - begun)

    def inserted() -> float:
        """With the sequencer standing still: it would do nothing but ask."""
        sequencer.send_signal(signal.SIGSTOP)
        try:
            return EVENTS * clients.commits_a_second("bare insert", seconds=SECONDS)
        finally:
            sequencer.send_signal(signal.SIGCONT)

    appended(), inserted()  # the connections and statements are made unmeasured
    measured = in_turns({"sealed append": appended, "bare insert": inserted}, rounds=rounds(ROUNDS))
    if not SealedCheckpoint.objects.exists():
        raise RuntimeError("Nothing was sealed.")
    name = f"append and seal, {CLIENTS} clients"
    yield Figure(name, "bare insert", statistics.median(measured["bare insert"]), "events/s")
    yield Figure(
        name,
        "sealed append",
        statistics.median(measured["sealed append"]),
        "events/s",
        base="bare insert",
        ratio=ratio(measured, "sealed append", "bare insert"),
        at_least=0.6,
    )


_counted = 0


def _placed_since() -> int:
    """Waits until everything is placed; returns how many events came since it was last asked."""
    global _counted
    until = time.monotonic() + PLACED_SECONDS
    while _one("SELECT highest_seq < (SELECT max(seq) FROM eventstore_event) FROM integrity_tree"):
        if time.monotonic() > until:
            raise RuntimeError("The sequencer does not keep up.")
        time.sleep(0.01)
    before, _counted = _counted, int(_one("SELECT size FROM integrity_tree"))
    return _counted - before


def _lag(clients: Clients) -> Iterator[Figure]:
    """From the time that an event says of itself to that of its position."""
    start = _one("SELECT coalesce(max(seq), 0) FROM eventstore_event")
    clients.commits_a_second("paced", seconds=PACED_SECONDS * min(1, amount(10) / 10))
    _placed_since()
    for share, goal in ((0.5, None), (0.99, 250)):
        lag = _one(
            "SELECT extract(epoch FROM percentile_cont(%s) WITHIN GROUP"
            " (ORDER BY p.positioned_at - e.recorded_at)) * 1000"
            " FROM eventstore_position p JOIN eventstore_event e USING (seq) WHERE e.seq > %s",
            share,
            start,
        )
        name = f"lag of positions at {RATE:,} events/s"
        yield Figure(name, f"quantile {share}", float(lag), "ms", at_most=goal)


def paced() -> Callable[[], None]:
    """Appends of ten events, at the rate and no faster."""
    commit, step = product(), EVENTS / RATE
    due = time.perf_counter()

    def in_time() -> None:
        nonlocal due
        due = max(due, time.perf_counter() - 1) + step
        time.sleep(max(0, due - time.perf_counter()))
        commit()

    return in_time


def _one(statement: str, *parameters: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()[0]


@contextmanager
def _sequencer() -> Iterator[subprocess.Popen[bytes]]:
    """The product's own process, which signs as well."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "sequencer"], cwd=PROJECT, stdout=sys.stderr
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
