"""A campaign against the log by somebody who owns the database: every change is found and placed.

Each trial changes the log in a transaction with the triggers switched off, verifies, and rolls
back. The campaign is seeded, so that a miss can be repeated.
"""

import random
import secrets
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction

from provenance.accounts.events import CollectionCreated
from provenance.eventstore import store
from provenance.eventstore.blobs import put_blob
from provenance.eventstore.ids import new_id
from provenance.eventstore.listings import Listing, store_listing
from provenance.eventstore.recorded import SYSTEM, Actor, NewEvent
from provenance.eventstore.sealed import Sealer
from provenance.integrity.checkpoints import newest, seal
from provenance.integrity.events import (
    RangeReleaseApproved,
    RangeReleased,
    RangeReleaseRequested,
)
from provenance.integrity.releases import STREAM
from provenance.integrity.sequencer import sequence_everything
from provenance.integrity.verification import relations
from provenance.integrity.verification.findings import Report
from provenance.integrity.verification.whole_log import verify_log
from provenance.sealing.keys import key_for
from retrieval.recording.events import Method, RetrievalResolved
from tests.integrity.attacks import (
    ATTACKS,
    RELEASED,
    SEALED_SIZES,
    SIZE,
    Attack,
    Attacker,
    empty_what_was_released,
)

SEED = secrets.token_bytes(32)
TRIALS_OF_EACH = 46
TABLES = (
    "eventstore_event",
    "eventstore_position",
    "eventstore_blob",
    "eventstore_released_run",
    "integrity_node",
    "integrity_checkpoint",
)

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def attacker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Attacker]:
    """A log of some hundred events with checkpoints, and the owner's connection everywhere."""
    monkeypatch.setattr(relations, "PLACING_SECONDS", 0)
    _append_release()
    _fill()
    outside = newest()
    assert outside is not None
    web = connections["default"]
    connections["default"] = connections["owner"]
    try:
        for table in TABLES:
            with connections["owner"].cursor() as cursor:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield Attacker(random.Random(2026), outside.note)  # noqa: S311
    finally:
        connections["default"] = web


def _fill() -> None:
    sizes = iter((*SEALED_SIZES, SIZE))
    until, number = next(sizes), 3
    while number < SIZE:
        number += 1
        _append(number)
        if number == until:
            sequence_everything()
            if until < SIZE:
                assert seal(SEED) is not None
                until = next(sizes)


def _append_release() -> None:
    """The first three events of the log."""
    release_id, first, end = new_id(), *RELEASED
    what = {"release_id": release_id, "first": first, "end": end, "archive_sha256": "0" * 64}
    sealer = Sealer(event_id=new_id(), key=key_for("review", release_id))
    asked = RangeReleaseRequested(
        **what, range_sha256="1" * 64, streams=1, kept=0, reason=sealer.text("reason", "Old.")
    )
    done = RangeReleased(**what, released=store_listing([[first, end]]), streams=1)
    approved = RangeReleaseApproved(release_id=release_id)
    for version, (actor, data) in enumerate(
        [(SYSTEM, asked), (Actor("user", "adam"), approved), (SYSTEM, done)]
    ):
        new: Any = NewEvent(data=data, stream=STREAM, event_id=new_id(), actor=actor)
        store.append([new], expected={STREAM: version})


def _append(number: int) -> None:
    stream = f"case-{number % 40}"
    data: Any = CollectionCreated(collection=f"number {number}", time_zone="UTC")
    if number % 50 == 0:
        data = RetrievalResolved(
            retrieval_id=UUID(int=number),
            method=Method(name="test", version=1),
            passages=Listing(length=1, blob=put_blob(b"blob %d" % number)),
            versions=0,
        )
    store.append(
        [NewEvent(data=data, stream=stream, event_id=new_id(), actor=SYSTEM)],
        expected={stream: store.stream_version(stream)},
    )


def test_every_change_to_the_log_is_found_and_its_place_is_named(attacker: Attacker) -> None:
    assert verify_log(outside=[attacker.outside]).whole
    assert _tried(attacker, empty_what_was_released)[1].whole
    trials = 0
    for attack in ATTACKS:
        for _ in range(TRIALS_OF_EACH):
            place, report = _tried(attacker, attack)
            assert not report.whole, attack.__name__
            trials += 1
            if place is not None:
                first = report.first_broken
                assert first is not None
                assert first.first <= place <= first.last, (attack.__name__, place, first)
    assert trials >= 1000
    assert verify_log(outside=[attacker.outside]).whole


def _tried(attacker: Attacker, attack: Attack) -> tuple[int | None, Report]:
    with transaction.atomic():
        place = attack(attacker)
        report = verify_log(outside=[attacker.outside])
        transaction.set_rollback(True)
    return place, report
