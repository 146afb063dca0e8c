"""Read models: rows and progress together, parking, stopping, rebuilding to the same rows."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Model

from ingestion.events import DocumentFailed
from provenance.accounts.events import CollectionCreated, RoleChanged
from provenance.eventstore import store
from provenance.eventstore.event_types import EventData
from provenance.eventstore.ids import derived_id, new_id
from provenance.eventstore.recorded import SYSTEM, NewEvent, Recorded
from provenance.integrity.sequencer import sequence_everything
from provenance.projections import failing, work
from provenance.projections.models import ParkedEvent, PendingWork, Progress
from provenance.projections.pending import PendingWorkList
from provenance.projections.projection import Projection, handles
from provenance.projections.rebuild import differences, rebuild
from provenance.projections.runner import ProjectionStopped, catch_up, pass_over, settled

pytestmark = pytest.mark.django_db


def record(stream: str, data: EventData) -> UUID:
    (event,) = store.append(
        [NewEvent(data=data, stream=stream, event_id=new_id(), actor=SYSTEM)],
        expected={stream: store.stream_version(stream)},
    )
    sequence_everything()
    return event.event_id


class Broken(Exception):
    """What the fold of this test raises."""


class Collections(Projection):
    """Folds collections into the table of pending work, because that has a natural key."""

    name: ClassVar[str] = "test_collections"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[type[Model], ...]] = (PendingWork,)
    broken: ClassVar[set[str]] = set()

    @handles(CollectionCreated)
    def add_row(self, event: Recorded[CollectionCreated]) -> None:
        if event.data.collection in self.broken:
            raise Broken(event.data.collection)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO projections_pending_work"
                " (kind, subject_id, queue, cause_event_id, position) VALUES (%s, %s, %s, %s, %s)",
                [
                    event.data.collection,
                    derived_id(event.event_id, "row"),
                    "test",
                    event.event_id,
                    event.place,
                ],
            )


class Strict(Collections):
    """The same, but nothing may be parked."""

    name: ClassVar[str] = "test_strict"
    parks: ClassVar[bool] = False


@pytest.fixture(autouse=True)
def _nothing_broken() -> Iterator[None]:
    yield
    Collections.broken.clear()


def folded() -> list[str]:
    return list(PendingWork.objects.order_by("position").values_list("kind", flat=True))


def create(name: str, stream: str = "") -> None:
    record(stream or f"c-{name}", CollectionCreated(collection=name, time_zone="UTC"))


def test_events_are_folded_once_and_the_progress_is_the_end_of_the_log() -> None:
    create("a")
    create("b")
    assert catch_up(Collections()) == 2
    assert catch_up(Collections()) == 0
    assert folded() == ["a", "b"]
    assert Progress.objects.get(name="test_collections").position == store.head_position()


def test_an_event_that_cannot_be_folded_is_parked_with_the_later_ones_of_its_stream() -> None:
    Collections.broken.add("bad")
    for name, stream in (("a", "c-1"), ("bad", "c-1"), ("late", "c-1"), ("b", "c-2")):
        create(name, stream)
    catch_up(Collections())
    assert folded() == ["a", "b"]
    create("later", "c-1")
    catch_up(Collections())
    parked = ParkedEvent.objects.order_by("position")
    assert [each.stream for each in parked] == ["c-1", "c-1", "c-1"]
    assert "Broken('bad')" in parked[0].problem
    assert "Traceback" in parked[0].traceback
    Collections.broken.clear()
    ParkedEvent.objects.update(retry_at="2020-01-01T00:00Z")
    catch_up(Collections())
    assert not ParkedEvent.objects.exists()
    assert folded() == ["a", "bad", "late", "b", "later"]


def test_a_projection_that_does_not_park_stops_and_says_why() -> None:
    Collections.broken.add("bad")
    create("a")
    create("bad")
    with pytest.raises(ProjectionStopped, match="bad"):
        catch_up(Strict())
    assert folded() == []
    assert "bad" in Progress.objects.get(name="test_strict").problem
    Collections.broken.clear()
    assert catch_up(Strict()) == 2


def test_an_event_type_from_the_future_stops_and_is_never_skipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create("a")
    monkeypatch.setattr("provenance.eventstore.event_types.known_names", frozenset)
    with pytest.raises(ProjectionStopped, match="CollectionCreated"):
        catch_up(Collections())
    assert folded() == []


def test_rows_of_another_version_are_not_folded_on() -> None:
    create("a")
    catch_up(Collections())
    Progress.objects.update(version=0)
    create("b")
    with pytest.raises(ProjectionStopped, match="rebuild_projection test_collections"):
        catch_up(Collections())


def place_of_row(kind: str) -> str:
    """Where PostgreSQL keeps the row: every write moves it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid FROM projections_pending_work WHERE kind = %s", [kind])
        return str(cursor.fetchone()[0])


def test_a_rebuild_finds_and_mends_what_differs() -> None:
    for name in "abc":
        create(name)
    catch_up(Collections())
    assert differences(Collections()) == {"projections_pending_work": 0}
    PendingWork.objects.filter(kind="b").delete()
    PendingWork.objects.filter(kind="c").update(position=99)
    assert differences(Collections()) == {"projections_pending_work": 3}
    told: list[tuple[int, int]] = []
    untouched = place_of_row("a")
    rebuilt = rebuild(Collections(), report=lambda done, total: told.append((done, total)))
    assert folded() == ["a", "b", "c"]
    assert (rebuilt.written, rebuilt.removed) == (2, 1)
    assert place_of_row("a") == untouched, "a row that is as it should be is not written again"
    assert differences(Collections()) == {"projections_pending_work": 0}
    assert told[-1][0] == told[-1][1]


@pytest.fixture
def a_kind_of_work(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Work asked for by RoleChanged to "reviewer" and answered by RoleChanged to "auditor"."""
    state: dict[str, Any] = {"runs": [], "given_up": [], "raises": None}

    def subject(role: str) -> Callable[[Recorded[RoleChanged]], UUID | None]:
        return lambda event: event.data.user_id if event.data.role == role else None

    def run(item: work.WorkItem) -> None:
        state["runs"].append(item.attempt)
        if state["raises"]:
            raise state["raises"]

    kind = work.WorkKind(
        name="test",
        queue="test",
        opened_by={RoleChanged: subject("reviewer")},
        closed_by={RoleChanged: subject("auditor")},
        run=run,
        give_up=lambda item, reason: state["given_up"].append((item.subject_id, reason)),
        max_attempts=2,
    )
    monkeypatch.setattr(work, "_kinds", {"test": kind})
    return state


def expire_leases() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projections_work_lease SET leased_until = now() - interval '1 s'")


def test_work_waits_until_its_answer_is_in_the_log(a_kind_of_work: dict[str, Any]) -> None:
    user = new_id()
    record("u", RoleChanged(user_id=user, role="reviewer"))
    catch_up(PendingWorkList())
    assert work.waiting_queues() == {"test": 1}
    assert work.run_next("test")
    assert not work.run_next("test"), "done, and its answer awaited"
    record("u", RoleChanged(user_id=user, role="auditor"))
    catch_up(PendingWorkList())
    assert not PendingWork.objects.exists()
    assert a_kind_of_work["runs"] == [1]


def test_work_whose_worker_died_is_taken_again_when_the_lease_ends(
    a_kind_of_work: dict[str, Any],
) -> None:
    record("u", RoleChanged(user_id=new_id(), role="reviewer"))
    catch_up(PendingWorkList())
    dead = work._lease_next("test")  # noqa: SLF001
    assert dead is not None
    assert not work.run_next("test")
    expire_leases()
    assert work.run_next("test")
    assert a_kind_of_work["runs"] == [2]
    with pytest.raises(work.LeaseLost):
        dead.renew()


def test_work_that_keeps_failing_is_given_up_with_its_reason(
    a_kind_of_work: dict[str, Any],
) -> None:
    user = new_id()
    record("u", RoleChanged(user_id=user, role="reviewer"))
    catch_up(PendingWorkList())
    a_kind_of_work["raises"] = work.RetryLater("The model is away.")
    assert work.run_next("test")
    assert not work.run_next("test"), "backs off first"
    expire_leases()
    assert work.run_next("test")
    assert a_kind_of_work["given_up"] == [(user, "The model is away.")]


def test_a_read_model_is_left_alone_while_it_is_at_the_end_and_nothing_parked_is_due() -> None:
    standing = (Collections.name, Collections.version)
    create("a")
    assert standing not in settled()
    catch_up(Collections())
    assert standing in settled()
    Collections.broken.add("bad")
    create("bad")
    catch_up(Collections())
    assert standing in settled()
    ParkedEvent.objects.update(retry_at="2020-01-01T00:00Z")
    assert standing not in settled()


def test_a_read_model_passes_over_what_it_does_not_fold_and_nothing_else() -> None:
    create("a")
    catch_up(Collections())
    record("u", RoleChanged(user_id=new_id(), role="reviewer"))
    assert pass_over([Collections()]) == {Collections.name}
    assert (Collections.name, Collections.version) in settled()
    create("b")
    record("u", RoleChanged(user_id=new_id(), role="auditor"))
    assert pass_over([Collections()]) == set()
    assert catch_up(Collections()) == 2
    assert folded() == ["a", "b"]


def test_an_event_type_from_the_future_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    create("a")
    catch_up(Collections())
    record("u", RoleChanged(user_id=new_id(), role="reviewer"))
    monkeypatch.setattr("provenance.eventstore.event_types.known_names", frozenset)
    assert pass_over([Collections()]) == set()


def test_work_without_a_failure_event_is_tried_on_and_shown_as_failing(
    a_kind_of_work: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    never_given_up = replace(work.work_kinds()[0], give_up=None)
    monkeypatch.setattr(work, "_kinds", {"test": never_given_up})
    record("u", RoleChanged(user_id=new_id(), role="reviewer"))
    catch_up(PendingWorkList())
    a_kind_of_work["raises"] = work.RetryLater("The disk is full.")
    for _ in range(work.MAX_ATTEMPTS):
        assert failing.failing_work() == []
        assert work.run_next("test")
        expire_leases()
    assert failing.failing_work() == [failing.FailingWork("test", 1, "The disk is full.")]

    assert work.run_next("test")
    assert not work.run_next("test"), "backs off first"
    assert failing.try_failing_work_now() == 1
    a_kind_of_work["raises"] = None
    assert work.run_next("test")
    assert failing.failing_work() == []


def test_work_that_costs_its_worker_each_time_is_shown_as_failing_and_waits_longer(
    a_kind_of_work: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "_kinds", {"test": replace(work.work_kinds()[0], give_up=None)})
    user = new_id()
    record("u", RoleChanged(user_id=user, role="reviewer"))
    catch_up(PendingWorkList())
    for _ in range(work.MAX_ATTEMPTS):
        assert failing.failing_work() == []
        assert work._lease_next("test"), "taken, and the worker is killed"  # noqa: SLF001
        expire_leases()
    assert failing.failing_work() == [failing.FailingWork("test", 1, work.LOST_ITS_WORKER)]
    assert not work.run_next("test"), "it costs a worker less often from now on"
    ((piece,), count) = failing.failing_pieces()
    assert (piece.subject_id, piece.attempts, piece.running, count) == (user, 5, False, 1)
    assert failing.try_piece_now("test", user)
    assert not failing.try_piece_now("test", new_id())
    assert work.run_next("test")
    assert failing.failing_work() == []
    assert a_kind_of_work["runs"] == [6]


def test_work_that_costs_its_worker_each_time_is_given_up_where_it_can_be(
    a_kind_of_work: dict[str, Any],
) -> None:
    user = new_id()
    record("u", RoleChanged(user_id=user, role="reviewer"))
    catch_up(PendingWorkList())
    for _ in range(2):
        assert work._lease_next("test")  # noqa: SLF001
        expire_leases()
    assert work.run_next("test")
    assert a_kind_of_work["given_up"] == [(user, work.LOST_ITS_WORKER)]
    assert a_kind_of_work["runs"] == []


def test_nobody_takes_a_piece_from_the_worker_that_is_at_it(
    a_kind_of_work: dict[str, Any],
) -> None:
    user = new_id()
    record("u", RoleChanged(user_id=user, role="reviewer"))
    catch_up(PendingWorkList())
    a_kind_of_work["raises"] = work.RetryLater("The model is away.")
    work.run_next("test")
    expire_leases()
    held = work._lease_next("test")  # noqa: SLF001
    assert held is not None
    assert not failing.try_piece_now("test", user)
    held.renew()


@pytest.mark.parametrize("kind", work.work_kinds(), ids=lambda kind: kind.name)
def test_work_is_given_up_only_where_its_failure_is_an_event_that_can_be_retried(
    kind: work.WorkKind,
) -> None:
    assert (kind.give_up is None) is (DocumentFailed not in kind.closed_by)
