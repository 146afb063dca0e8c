"""Verifying: what is recorded, what the command says, and how loudly a failure is said."""

import json
import random
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client

from provenance.accounts.events import CollectionCreated
from provenance.eventstore import store
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import SYSTEM, NewEvent
from provenance.eventstore.store import read_last
from provenance.integrity.checkpoints import newest, seal
from provenance.integrity.sequencer import sequence_everything
from provenance.integrity.verification.findings import Report
from provenance.integrity.verification.outcomes import WHOLE, alarm, verify_and_record
from provenance.integrity.verification.samples import verify_samples
from provenance.integrity.verification.whole_log import verify_log
from provenance.projections import verification
from provenance.projections.verification import verify_when_due
from tests.api.callers import json_of, new_caller
from tests.integrity.attacks import Attacker

SEED = secrets.token_bytes(32)

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def _a_sealed_log() -> None:
    for number in range(20):
        new_caller(f"application {number}")
    sequence_everything()
    assert seal(SEED) is not None


def break_position(position: int) -> None:
    """As the owner of the database can, with the triggers switched off."""
    attacker = Attacker(random.Random(1), "")  # noqa: S311
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE eventstore_event SET canonical = %s WHERE seq ="
            " (SELECT seq FROM eventstore_position WHERE position = %s)",
            [attacker.flip(attacker.bytes_at(position)), position],
        )


def verify(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        call_command("verify_log", *arguments)
    return int(str(ended.value.code)), capsys.readouterr().out


def test_a_whole_log_is_said_to_be_whole(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = verify(capsys=capsys)
    assert code == 0
    assert "The log is whole: 20 events, 1 checkpoints" in text
    recorded = read_last("verification-whole")
    assert recorded is not None
    assert (recorded.data.whole, recorded.data.size) == (True, 20)


def test_a_broken_log_names_its_first_broken_position(capsys: pytest.CaptureFixture[str]) -> None:
    break_position(13)
    break_position(17)
    code, text = verify("--json", capsys=capsys)
    found = json.loads(text)
    assert code == 1
    assert (found["whole"], found["first_broken_position"]) == (False, 13)
    assert "THE LOG IS BROKEN. First: position 13" in verify(capsys=capsys)[1]


def test_a_checkpoint_kept_outside_shows_that_the_end_was_cut_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "checkpoint"
    sealed = newest()
    assert sealed is not None
    kept.write_text(sealed.note, encoding="utf-8")
    assert verify("--checkpoint", str(kept), capsys=capsys)[0] == 0
    with connections["owner"].cursor() as cursor:
        for table in ("eventstore_position", "integrity_checkpoint"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM integrity_checkpoint")
        cursor.execute("DELETE FROM eventstore_position")
        cursor.execute("UPDATE integrity_tree SET size = 0, compact_range = '', highest_seq = 0")
    code, text = verify("--checkpoint", str(kept), capsys=capsys)
    assert code == 1
    assert "20 events were signed for, and the log ends before" in text


def test_what_cannot_be_verified_is_neither_whole_nor_broken(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert verify("--checkpoint", "/nowhere", capsys=capsys)[0] == 2
    assert verify("--trust", "nonsense", capsys=capsys)[0] == 2


def test_a_failure_is_said_where_machines_and_people_look(capsys: Any) -> None:
    assert alarm() is None
    break_position(3)
    verify(capsys=capsys)
    found = alarm()
    assert found is not None
    assert found.position == 3
    ready = Client().get("/readyz")
    assert ready.status_code == 503
    assert any("position 3" in each for each in json_of(ready)["wrong"])
    assert "ragledger_log_whole 0.0" in Client().get("/metrics").content.decode()


def test_samples_see_what_they_look_at_and_lead_to_a_whole_verification() -> None:
    assert verify_samples().whole
    break_position(5)
    assert not verify_samples().whole
    verify_when_due()
    last = read_last(f"verification-{WHOLE}")
    assert last is not None
    assert last.data.first_broken_position == 5


def test_verification_waits_until_it_is_due() -> None:
    verify_when_due()
    first = read_last("verification-whole")
    verify_when_due()
    assert read_last("verification-whole") == first


def test_a_log_that_has_more_than_doubled_is_verified_before_the_day_has_passed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verify_when_due()
    assert last_verified_size() == 20
    grow_by(30)
    verify_when_due()
    assert last_verified_size() == 20, "not twice within a minute"
    monkeypatch.setattr(verification, "DOUBLED_AFTER", timedelta(0))
    verify_when_due()
    size = last_verified_size()
    assert size > 50
    grow_by(10)
    verify_when_due()
    assert last_verified_size() == size, "ten came, not fifty"


def last_verified_size() -> int:
    last = read_last("verification-whole")
    assert last is not None
    return int(last.data.size)


def grow_by(number: int) -> None:
    for each in range(number):
        new_caller(f"further application {each} of {number}")
    sequence_everything()


def test_an_outcome_without_a_place_is_recorded_too() -> None:
    def found() -> Report:
        report = Report(size=20)
        report.add("checkpoints", "checkpoint 1 is missing")
        return report

    verify_and_record(WHOLE, found)
    last = read_last("verification-whole")
    assert last is not None
    assert (last.data.whole, last.data.first_broken_position) == (False, None)


def test_the_log_goes_on_while_it_is_verified() -> None:
    seen: list[Callable[[], object]] = []

    def progress(*_: object) -> None:
        if not seen:
            seen.append(lambda: None)
            connections["owner"].ensure_connection()
            with connections["owner"].cursor() as cursor:
                cursor.execute(
                    "INSERT INTO eventstore_event (event_id, stream, stream_version, type,"
                    " recorded_at, canonical) VALUES (gen_random_uuid(), 's', 1, 'T', now(), '{}')"
                )

    assert verify_log(progress=progress).whole
    assert seen


def test_names_that_hold_the_separator_of_columns_are_no_finding() -> None:
    """Their block does not fit as a whole, and so is read event by event."""
    stream = "collection-of\x1fparts"
    event = NewEvent(
        data=CollectionCreated(collection="parts", time_zone="UTC"),
        stream=stream,
        event_id=new_id(),
        actor=SYSTEM,
    )
    store.append([event], expected={stream: 0})
    sequence_everything()
    report = verify_log()
    assert (report.size, report.findings) == (21, [])


def test_what_is_checked_on_another_connection_is_found_as_well() -> None:
    """In the same snapshot: what came after it began is not seen."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE eventstore_event SET stream_version = 7 WHERE seq ="
            " (SELECT seq FROM eventstore_position WHERE position = 4)"
        )
    found = {(finding.check, finding.first) for finding in verify_log().findings}
    assert found == {("columns", 4), ("streams", 4)}
