"""The evidence of a period, or of a case, is one bundle of all its outputs."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from provenance.accounts.access import principal_of_user
from provenance.cases.casework import open_case
from provenance.eventstore.ids import new_id
from provenance.exports import selection, spool, verify
from provenance.exports.commands import export_period
from provenance.exports.errors import (
    EvidenceTooLarge,
    NothingToExport,
    PeriodRefused,
    TooManyOutputs,
)
from provenance.exports.selection import Period
from provenance.integrity.errors import NotSealedYet
from provenance.projections.models import Progress
from retrieval.recording.models import InteractionOutput
from tests.cases.conftest import person
from tests.exports.stories import answered, checked, failures, files_of, take
from tests.exports.test_tampering import with_new_manifest
from tests.recording.stories import ALICE, BOB

pytestmark = pytest.mark.django_db
Step = Callable[[], None]
HOUR = timedelta(hours=1)


def around_now() -> Period:
    now = datetime.now(UTC)
    return Period(now - HOUR, now + HOUR)


def of(content: bytes) -> tuple[dict[str, bytes], dict[str, Any], str]:
    """The files, the manifest and the log's key."""
    files = files_of(content)
    return files, json.loads(files["manifest.json"]), files["log.vkey"].decode().strip()


def test_all_outputs_of_the_period_are_in_one_bundle(output_id: UUID, run_work: Step) -> None:
    other = answered(run_work)
    period = around_now()
    files, manifest, key = of(take(export_period(period=period, principal=ALICE)).content)
    assert manifest["outputs"] == [str(output_id), str(other)]
    assert manifest["period"] == period.as_json()
    assert failures(files, key) == []
    assert any("all outputs of the period" in line.detail for line in checked(files, key))
    assert b"2 outputs, recorded from" in files["report.html"]


def test_a_period_ends_before_its_end_and_holds_nothing_else(output_id: UUID) -> None:
    recorded_at = InteractionOutput.objects.get(output_id=output_id).recorded_at
    before = Period(recorded_at - HOUR, recorded_at)
    with pytest.raises(NothingToExport):
        export_period(period=before, principal=ALICE)
    with pytest.raises(NothingToExport):
        export_period(period=around_now(), principal=BOB)
    with pytest.raises(PeriodRefused):
        Period(recorded_at, recorded_at)
    exactly = Period(recorded_at, recorded_at + timedelta(microseconds=1))
    assert take(export_period(period=exactly, principal=ALICE)).events


def test_an_output_of_another_time_in_the_bundle_is_noticed(output_id: UUID) -> None:  # noqa: ARG001
    files, manifest, key = of(take(export_period(period=around_now(), principal=ALICE)).content)
    said: Any
    for said in (
        {"since": "2020-01-01T00:00:00.000000Z", "until": "2020-01-02T00:00:00.000000Z"},
        {"since": 1, "until": 2},
        {},
        [],
    ):
        forged = {**files, "manifest.json": verify.canonical_json({**manifest, "period": said})}
        assert "period" in failures(with_new_manifest(forged), key), said


def test_more_than_a_bundle_takes_is_refused(
    output_id: UUID,  # noqa: ARG001
    run_work: Step,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered(run_work)
    with monkeypatch.context() as patched:
        patched.setattr(selection, "MAX_OUTPUTS", 1)
        with pytest.raises(TooManyOutputs, match="has 2 outputs"):
            export_period(period=around_now(), principal=ALICE)
    for name, limit in (("MAX_BYTES", 200_000), ("MAX_FILES", 40)):
        with monkeypatch.context() as patched:
            patched.setattr(spool, name, limit)
            opened = len(list(Path("/proc/self/fd").iterdir()))
            with pytest.raises(EvidenceTooLarge):
                export_period(period=around_now(), principal=ALICE)
            assert len(list(Path("/proc/self/fd").iterdir())) == opened, "a file was left behind"


def test_a_list_of_outputs_that_is_behind_asks_for_patience(output_id: UUID) -> None:  # noqa: ARG001
    Progress.objects.filter(name="interactions").update(position=1)
    with pytest.raises(NotSealedYet, match="still being listed"):
        export_period(period=around_now(), principal=ALICE)


def test_the_command_takes_a_period_or_a_case_but_not_both(
    output_id: UUID, tmp_path: Path, run_work: Step
) -> None:
    target = tmp_path / "evidence.zip"
    call_command("export_evidence", "--since", "2020-01-01", "--to", str(target))
    assert of(target.read_bytes())[1]["outputs"] == [str(output_id)]
    for wrong in (
        (),
        (str(output_id), "--since", "2020-01-01"),
        ("--case", str(new_id())),
        ("--since", "2020-01-01", "--until", "2020-01-02"),
        ("--since", "2020-01-02", "--until", "2020-01-01"),
    ):
        with pytest.raises(CommandError):
            call_command("export_evidence", *wrong, "--to", str(target))
    case_id = new_id()
    carol = principal_of_user(person("carol"))
    open_case(case_id=case_id, title="Dental", outputs=[output_id], principal=carol)
    run_work()
    call_command("export_evidence", "--case", str(case_id), "--to", str(target))
    files, manifest, key = of(target.read_bytes())
    assert (manifest["outputs"], manifest["case"]) == ([str(output_id)], str(case_id))
    assert failures(files, key) == []
