"""Whoever takes evidence away is recorded, whichever way it is taken."""

from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from provenance.eventstore.event_types import known_names
from provenance.eventstore.models import Event
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.store import read_event
from provenance.exports.commands import export_evidence
from provenance.exports.events import EvidenceExported
from provenance.exports.verify import _sha256
from retrieval.recording.errors import RecordNotFound
from tests.exports.stories import failures, files_of, take
from tests.recording.stories import ALICE, BOB

pytestmark = pytest.mark.django_db


def last_export() -> Recorded[EvidenceExported]:
    row = Event.objects.filter(type="EvidenceExported").latest("seq")
    event = read_event(row.event_id)
    assert event is not None
    return event


def test_an_export_records_who_took_what_against_which_checkpoint(output_id: UUID) -> None:
    bundle = take(export_evidence(output_ids=[output_id, output_id], principal=ALICE))
    event = last_export()
    manifest = files_of(bundle.content)["manifest.json"]
    assert event.actor == ALICE.actor
    assert event.data == EvidenceExported(
        output_ids=[output_id],
        checkpoint_origin=bundle.checkpoint_origin,
        checkpoint_size=bundle.checkpoint_size,
        manifest_sha256=_sha256(manifest),
        events=bundle.events,
        bytes=len(bundle.content),
    )
    assert "EvidenceExported" in known_names()


def test_what_is_refused_records_nothing(output_id: UUID) -> None:
    with pytest.raises(RecordNotFound):
        export_evidence(output_ids=[output_id], principal=BOB)
    assert not Event.objects.filter(type="EvidenceExported").exists()


def test_the_command_writes_the_bundle(output_id: UUID, tmp_path: Path) -> None:
    target = tmp_path / "evidence.zip"
    call_command("export_evidence", str(output_id), "--to", str(target))
    files = files_of(target.read_bytes())
    assert failures(files, files["log.vkey"].decode().strip()) == []
    assert last_export().actor.type == "system"


def test_the_command_says_what_is_wrong(output_id: UUID, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_evidence", str(output_id), "--to", str(tmp_path / "no" / "x.zip"))
    with pytest.raises(CommandError):
        call_command("export_evidence", str(UUID(int=1)), "--to", str(tmp_path / "x.zip"))
