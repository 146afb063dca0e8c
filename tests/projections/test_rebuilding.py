"""Rebuilds that are asked for: one at a time, in sight, stopped on request, begun again."""

import io
from collections.abc import Callable, Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from provenance.projections import (
    bell,
    rebuild,
    rebuild_listing,
    rebuild_requests,
    rebuild_runs,
)
from provenance.projections.models import PendingWork, RebuildRun
from provenance.projections.pending import PendingWorkList
from provenance.projections.rebuild import Rebuilt
from provenance.projections.rebuild_listing import Run, RunState, runs
from provenance.projections.rebuild_runs import (
    RebuildUnderWay,
    RebuildUnknown,
    ask_for_rebuild,
    rebuild_asked_for,
    rebuild_watched,
    stop_rebuild,
)
from tests.recording.stories import hand_in

pytestmark = pytest.mark.django_db
Step = Callable[[], None]
NAME = "pending_work"


def run_of(name: str = NAME) -> Run:
    return runs()[name]


@pytest.fixture
def waiting(run_projector: Step) -> None:
    """Some documents that nobody has extracted: rows of pending work."""
    for number in range(3):
        hand_in(f"# Policy {number}\n", f"policy-{number}")
    run_projector()


@pytest.fixture
def elsewhere() -> Iterator[Callable[[], None]]:
    """Another process has the read model's lock."""
    other = connections.create_connection("default")
    with other.cursor() as cursor:

        def take() -> None:
            cursor.execute(
                "SELECT pg_advisory_lock(%s, hashtext(%s))", [rebuild_listing.LOCK_CLASS, NAME]
            )

        yield take
    other.close()


@pytest.mark.usefixtures("waiting")
def test_what_is_asked_for_waits_for_a_worker_which_mends_the_rows() -> None:
    PendingWork.objects.all().delete()
    ask_for_rebuild(NAME, asked_by="user 1")
    assert run_of().state is RunState.WAITING
    with pytest.raises(RebuildUnderWay):
        ask_for_rebuild(NAME, asked_by="user 2")
    rebuild_asked_for(NAME)
    done = run_of()
    assert (done.state, done.written, done.removed) == (RunState.REBUILT, 3, 0)
    assert done.done == done.total > 0
    assert rebuild.differences(PendingWorkList())["projections_pending_work"] == 0
    rebuild_asked_for(NAME)
    assert run_of() == done, "a message that comes late finds nothing to do"


@pytest.mark.usefixtures("waiting")
def test_while_one_is_under_way_its_progress_shows_and_no_other_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Run] = []
    monkeypatch.setattr(rebuild_runs, "NOTE_SECONDS", 0)

    def look(_done: int, _total: int) -> None:
        seen.append(run_of())

    rebuild_watched(NAME, report=look)
    assert {each.state for each in seen} == {RunState.RUNNING}
    assert run_of().state is RunState.REBUILT


@pytest.mark.usefixtures("waiting")
def test_one_that_is_stopped_leaves_the_rows_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    PendingWork.objects.first().delete()  # type: ignore[union-attr]
    monkeypatch.setattr(rebuild_runs, "NOTE_SECONDS", 0)
    with pytest.raises(CommandError, match="was stopped"):
        call_command_that(lambda *_: stop_rebuild(NAME), monkeypatch)
    assert run_of().state is RunState.STOPPED
    assert PendingWork.objects.count() == 2
    ask_for_rebuild(NAME, asked_by="user 1")
    stop_rebuild(NAME)
    assert run_of().state is RunState.STOPPED, "one that waits never begins"
    with pytest.raises(RebuildUnknown):
        stop_rebuild(NAME)


def call_command_that(report: rebuild.Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """`manage.py rebuild_projection`, while somebody does something at its first batch."""
    watched = rebuild_runs.rebuild_watched
    monkeypatch.setattr(
        "provenance.projections.management.commands.rebuild_projection.rebuild_watched",
        lambda name, **_: watched(name, report=report),
    )
    call_command("rebuild_projection", NAME, stdout=io.StringIO(), stderr=io.StringIO())


@pytest.mark.usefixtures("waiting")
def test_one_that_fails_says_after_how_much_and_why_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> Rebuilt:
        raise ValueError("no such thing\nDETAIL: what somebody wrote")

    monkeypatch.setattr(rebuild_runs, "rebuild", fail)
    with pytest.raises(ValueError, match="no such thing"):
        rebuild_watched(NAME)
    failed = run_of()
    assert failed.state is RunState.FAILED
    assert failed.problem == "After 0 positions: ValueError: no such thing"


@pytest.mark.usefixtures("waiting")
def test_one_whose_worker_was_killed_is_begun_again_but_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(
        "provenance.projections.bell.send_task", lambda _task, name, **_: rung.append(name)
    )
    ask_for_rebuild(NAME, asked_by="user 1")
    RebuildRun.objects.update(attempts=2, begun_at="2026-01-01T00:00Z", done=1, total=9)
    rebuild_requests.ring_for_rebuilds()
    bell._last[rebuild_requests._send].result()  # noqa: SLF001
    assert rung == [NAME]
    RebuildRun.objects.update(attempts=rebuild_runs.MAX_ATTEMPTS)
    rebuild_asked_for(NAME)
    assert run_of().state is RunState.FAILED
    assert "worker" in run_of().problem
    ask_for_rebuild(NAME, asked_by="user 1")
    rebuild_asked_for(NAME)
    assert run_of().state is RunState.REBUILT


def test_one_at_a_terminal_that_is_gone_is_broken_off_and_can_be_asked_for_again(
    run_projector: Step,
) -> None:
    run_projector()
    RebuildRun.objects.create(name=NAME, begun_at="2026-01-01T00:00Z", done=1, total=9)
    assert run_of().state is RunState.BROKEN_OFF
    ask_for_rebuild(NAME, asked_by="user 1")
    assert run_of().state is RunState.WAITING


def test_two_do_not_run_at_once(elsewhere: Callable[[], None], run_projector: Step) -> None:
    run_projector()
    elsewhere()
    with pytest.raises(RebuildUnderWay):
        rebuild_watched(NAME)
    with pytest.raises(RebuildUnknown):
        ask_for_rebuild("no_such_thing", asked_by="user 1")


def test_a_rebuild_leaves_no_temporary_table_behind(run_projector: Step) -> None:
    run_projector()
    rebuild_watched(NAME)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()"
            " AND relkind = 'r'"
        )
        assert cursor.fetchone()[0] == 0
