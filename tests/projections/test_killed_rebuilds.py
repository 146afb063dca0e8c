"""A rebuild that is killed leaves the live rows as they were, and nothing of its own."""

import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections
from psycopg.sql import Composed

from provenance.projections.projection import projection_named
from provenance.projections.rebuild import differences
from provenance.projections.rebuild_listing import RunState, runs
from provenance.projections.rebuild_runs import (
    ask_for_rebuild,
    rebuild_asked_for,
    rebuild_watched,
)
from tests.embedded.running_up import wait_until
from tests.recording.stories import hand_in

NAME = "knowledge"
# What its process has just asked the database for when it is killed: all is folded, and twice amid
# the swap.
FOLDED, REMOVING, WRITING = "ANALYZE", "DELETE FROM", "INSERT INTO"
OTHERS = """
    SELECT (SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND backend_type = 'client backend'),
           (SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname LIKE 'pg\\_temp%' AND c.relkind IN ('r', 'p'))
"""


@pytest.mark.django_db(transaction=True)
def test_whenever_a_rebuild_is_killed_the_live_rows_stand_and_the_next_one_mends_them(
    run_work: Callable[[], None], run_projector: Callable[[], None]
) -> None:
    hand_in("# Storm policy\n\nStorm damage is covered.\n", "storm")
    run_work()
    right = live_rows()
    damage()
    damaged = live_rows()
    for moment in (FOLDED, REMOVING):
        killed_after(moment, lambda: rebuild_watched(NAME))
        assert live_rows() == damaged, moment
        assert runs()[NAME].state is RunState.BROKEN_OFF
    ask_for_rebuild(NAME, asked_by="user 1")
    killed_after(WRITING, lambda: rebuild_asked_for(NAME))
    assert live_rows() == damaged
    rebuild_asked_for(NAME)
    done = runs()[NAME]
    assert (done.state, done.written, done.removed) == (RunState.REBUILT, 2, 1)
    assert live_rows() == right
    hand_in("# Flood policy\n\nA flood is not covered.\n", "flood")
    run_projector()
    assert not any(differences(projection_named(NAME)).values())


def damage() -> None:
    """One row is missing, another one is wrong."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM retrieval_passage WHERE chunk_id ="
            " (SELECT chunk_id FROM retrieval_passage ORDER BY chunk_id LIMIT 1)"
        )
        cursor.execute("UPDATE ingestion_document SET title = 'wrong' WHERE external_id = 'storm'")
        assert cursor.rowcount == 1


def live_rows() -> dict[str, list[str]]:
    found = {}
    with connection.cursor() as cursor:
        for model in projection_named(NAME).tables:
            table = model._meta.db_table
            cursor.execute(f"SELECT t::text FROM {table} AS t ORDER BY 1")  # noqa: S608
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


def killed_after(moment: str, work: Callable[[], Any]) -> None:
    """Has a process do the work and kill itself; returns when PostgreSQL is rid of it."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            with connection.execute_wrapper(partial(kill_after, moment)):
                work()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    wait_until(lambda: others() == (0, 0), seconds=10)


def kill_after(moment: str, execute: Callable[..., Any], sql: Any, *more: Any) -> Any:
    """Only what rebuilds ask of shadows is composed of parts."""
    done = execute(sql, *more)
    if isinstance(sql, Composed) and moment in repr(sql):
        os.kill(os.getpid(), signal.SIGKILL)
    return done


def others() -> tuple[int, int]:
    """Connections besides this one, and temporary tables."""
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        connected, tables = cursor.fetchone()
        return connected, tables
