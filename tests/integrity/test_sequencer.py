"""The sequencer places every committed event once, densely and in order, and never stalls."""

import hashlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random

import psycopg
import pytest
from django.db import connection, transaction

from provenance.accounts.events import CollectionCreated
from provenance.eventstore import store
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import SYSTEM, NewEvent
from provenance.integrity.merkle import CompactRange
from provenance.integrity.models import Tree, TreeNode
from provenance.integrity.sequencer import Sequencer, sequence_everything

pytestmark = pytest.mark.django_db(transaction=True)


class RolledBack(Exception):
    """Ends a writer's transaction on purpose."""


def write(stream: str, *, count: int = 1, keep: bool = True) -> None:
    try:
        with transaction.atomic():
            store.append(
                [
                    NewEvent(
                        data=CollectionCreated(collection="claims", time_zone="UTC"),
                        stream=stream,
                        event_id=new_id(),
                        actor=SYSTEM,
                    )
                    for _ in range(count)
                ],
                expected={stream: store.stream_version(stream)},
            )
            if not keep:
                raise RolledBack
    except RolledBack:
        return


def placed() -> list[tuple[int, str, int, bytes, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, stream, stream_version, leaf_hash, canonical"
            " FROM eventstore_position JOIN eventstore_event USING (seq) ORDER BY position"
        )
        return [(p, s, v, bytes(leaf), bytes(c)) for p, s, v, leaf, c in cursor.fetchall()]


def check_whole() -> int:
    """Dense, in stream order, each leaf the hash of its bytes, the tree that of all leaves."""
    rows = placed()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM eventstore_event")
        assert cursor.fetchone()[0] == len(rows)
    assert [row[0] for row in rows] == list(range(len(rows)))
    versions: dict[str, int] = {}
    for _, stream, version, leaf, canonical in rows:
        assert version == versions.get(stream, 0) + 1
        versions[stream] = version
        assert leaf == hashlib.sha256(b"\x00" + canonical).digest()
    expected = CompactRange()
    nodes = expected.extend([row[3] for row in rows])
    tree = Tree.objects.get()
    assert (tree.size, bytes(tree.compact_range)) == (expected.size, expected.to_bytes())
    assert TreeNode.objects.count() == len(nodes)
    return len(rows)


@contextmanager
def open_transaction() -> Iterator[psycopg.Connection]:
    """A foreign transaction that has a transaction id and stays open."""
    parameters = connection.get_connection_params()
    foreign = psycopg.connect(
        host=parameters["host"],
        port=parameters.get("port"),
        dbname=parameters["dbname"],
        user=parameters["user"],
        password=parameters["password"],
    )
    try:
        foreign.execute("SELECT pg_current_xact_id()")
        yield foreign
    finally:
        foreign.rollback()
        foreign.close()


def test_events_get_dense_positions_in_the_order_of_their_streams() -> None:
    write("c-1", count=300)
    write("c-2", keep=False)
    write("c-2", count=2)
    assert sequence_everything() == 302
    write("c-1")
    assert sequence_everything() == 1
    assert check_whole() == 303


def test_a_writer_that_commits_late_is_placed_behind_those_that_did_not_wait() -> None:
    sequencer = Sequencer()
    drawn, commit = threading.Event(), threading.Event()

    def write_late() -> None:
        with transaction.atomic():
            store.append(
                [
                    NewEvent(
                        data=CollectionCreated(collection="claims", time_zone="UTC"),
                        stream="late",
                        event_id=new_id(),
                        actor=SYSTEM,
                    )
                ],
                expected={"late": 0},
            )
            drawn.set()
            commit.wait(10)
        connection.close()

    writer = threading.Thread(target=write_late)
    writer.start()
    drawn.wait(10)
    write("early", count=2)
    assert sequencer.cycle() == 2
    assert sequencer.cycle() == 0
    commit.set()
    writer.join()
    assert sequencer.cycle() == 1
    assert [stream for _, stream, *_ in placed()] == ["early", "early", "late"]
    check_whole()


def test_a_hole_is_given_up_when_nobody_can_fill_it_any_more() -> None:
    sequencer = Sequencer()
    write("c-1", keep=False)
    write("c-1")
    sequencer.cycle()
    assert sequencer.holes
    sequencer.cycle()
    assert not sequencer.holes


def test_a_foreign_transaction_that_stays_open_stalls_nothing() -> None:
    sequencer = Sequencer()
    with open_transaction():
        for number in range(5):
            write("c-1", keep=False)
            write("c-2")
            assert sequencer.cycle() == 1, number
        # Its holes stay watched as long as somebody who may fill them runs.
        assert sequencer.holes
    sequencer.cycle()
    assert not sequencer.holes
    check_whole()


def test_a_new_leader_finds_what_filled_a_hole_of_the_last_one() -> None:
    first = Sequencer()
    drawn, commit = threading.Event(), threading.Event()

    def write_late() -> None:
        with transaction.atomic():
            write("late")
            drawn.set()
            commit.wait(10)
        connection.close()

    writer = threading.Thread(target=write_late)
    writer.start()
    drawn.wait(10)
    write("early")
    assert first.cycle() == 1
    commit.set()
    writer.join()
    assert Sequencer().cycle() == 1
    check_whole()


def test_nothing_is_lost_doubled_or_misordered_under_eight_writers() -> None:
    stop = threading.Event()

    def keep_writing(number: int) -> None:
        chance = Random(number)  # noqa: S311
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            write(f"writer-{number}", count=chance.randint(1, 4), keep=chance.random() > 0.25)
            time.sleep(chance.random() * 0.004)
        connection.close()

    def keep_sequencing() -> None:
        sequencer = Sequencer()
        while not stop.is_set():
            sequencer.cycle()
        connection.close()

    follower = threading.Thread(target=keep_sequencing)
    with open_transaction():
        follower.start()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(keep_writing, range(8)))
        stop.set()
        follower.join()
        sequence_everything()
        assert check_whole() > 100
