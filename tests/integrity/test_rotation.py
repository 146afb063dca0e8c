"""The signing key is replaced while the log goes on, and everything stays verifiable."""

import base64
import secrets
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from provenance.eventstore import store
from provenance.integrity import checkpoints
from provenance.integrity.checkpoints import Sealer
from provenance.integrity.errors import WrongSigningKey
from provenance.integrity.notes import Note, SignerKey
from provenance.integrity.rotation import STREAM, rotate
from provenance.integrity.sequencer import sequence_everything
from provenance.integrity.signing_keys import current_seed
from provenance.integrity.verification.outcomes import WHOLE, verify_and_record
from provenance.integrity.verification.whole_log import verify_log

OLD, NEW = secrets.token_bytes(32), secrets.token_bytes(32)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, settings: Any) -> Path:
    """The old key as the embedded start keeps it, and a log that it has signed."""
    file = tmp_path / "log_signing_key"
    file.write_text(base64.b64encode(OLD).decode() + "\n", encoding="ascii")
    settings.LOG_SIGNING_KEY, settings.LOG_SIGNING_KEY_FILE = OLD, str(file)
    verify_and_record(WHOLE, verify_log)
    sequence_everything()
    assert checkpoints.seal(OLD) is not None
    return file


def problems() -> list[str]:
    return [str(finding) for finding in verify_log().findings]


def test_a_running_sealer_goes_on_with_the_new_key(key_file: Path) -> None:
    running = Sealer(OLD)
    assert running.seal() is None
    call_command("rotate_signing_key")
    sequence_everything()
    sealed = running.seal()
    old, new = checkpoints.verifier_keys()
    assert sealed is not None
    assert Note.parse(sealed.note).signed_by([new]) == [new]
    (written,) = key_file.parent.glob("log_signing_key.*")
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert running.seed == current_seed() == base64.b64decode(written.read_text())
    assert old.name == new.name == sealed.origin


@pytest.mark.usefixtures("key_file")
def test_old_checkpoints_and_the_whole_log_verify_across_a_rotation() -> None:
    for _ in range(2):
        call_command("rotate_signing_key")
        sequence_everything()
        Sealer(OLD).seal()
    report = verify_log()
    assert (report.whole, report.checkpoints) == (True, 3)
    first, _, last = checkpoints.verifier_keys()
    proof = checkpoints.proof_of(0)
    assert Note.parse(proof.note).signed_by([last]) == [last]
    recorded = store.read_stream(STREAM)
    assert recorded[0].data.old_key == str(first)
    assert Note.parse(recorded[0].data.endorsement).signed_by([first]) == [first]


def test_a_checkpoint_is_signed_anew_though_nothing_else_happened() -> None:
    rotate(old_seed=OLD, new_seed=NEW)
    sequence_everything()
    sealed = checkpoints.seal(NEW)
    assert sealed is not None
    with pytest.raises(WrongSigningKey):
        checkpoints.seal(OLD)


def test_only_the_log_s_key_endorses_its_successor() -> None:
    with pytest.raises(WrongSigningKey):
        rotate(old_seed=NEW, new_seed=OLD)
    assert len(checkpoints.verifier_keys()) == 1


def test_a_key_that_somebody_slipped_in_is_found() -> None:
    (key,) = checkpoints.verifier_keys()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO integrity_log_key (origin, verifier_key, since_size) VALUES (%s, %s, 1)",
            [key.name, str(SignerKey(key.name, NEW).verifier)],
        )
    (problem,) = problems()
    assert "endorsed the key" in problem


def test_without_the_present_key_nothing_is_rotated(settings: Any) -> None:
    settings.LOG_SIGNING_KEY = NEW
    with pytest.raises(CommandError, match="present key is needed"):
        call_command("rotate_signing_key")


def test_a_key_of_the_environment_is_rotated_into_a_file(tmp_path: Path, settings: Any) -> None:
    settings.LOG_SIGNING_KEY_FILE = ""
    with pytest.raises(CommandError, match="--write"):
        call_command("rotate_signing_key")
    call_command("rotate_signing_key", write=tmp_path / "next")
    settings.LOG_SIGNING_KEY = base64.b64decode((tmp_path / "next").read_text())
    sequence_everything()
    assert Sealer(settings.LOG_SIGNING_KEY).seal() is not None
