"""What is refused leaves the database empty; what is restored goes on where the log ended."""

import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import ensure_collection
from provenance.backups import restore as restoring
from provenance.backups.backup import back_up
from provenance.backups.errors import (
    BackupChanged,
    CheckpointAhead,
    KeysUnusable,
    LogBroken,
    NoBackup,
    NotEmpty,
    OtherSchema,
    StillRunning,
)
from provenance.backups.events import LogRestored
from provenance.backups.manifest import FILE, Manifest
from provenance.backups.sole_use import RESTORING
from provenance.eventstore import store
from provenance.history.lineage import trace_of
from provenance.integrity import checkpoints, publishing, sequencer
from provenance.integrity.anchors.folder import Folder
from provenance.integrity.checkpoint import Checkpoint
from provenance.integrity.checkpoints import Sealer, seal
from provenance.integrity.models import Attestor, LogKey, SealedCheckpoint
from provenance.integrity.notes import SignerKey
from provenance.integrity.sequencer import sequence_everything
from provenance.integrity.verification.whole_log import verify_log
from provenance.projections import projector
from provenance.projections.models import Progress
from provenance.sealing.models import SealingKey
from tests.backups.conftest import SecondDatabase, Story, silent
from tests.backups.restoring import bring_back, load
from tests.erased_keys import approved_erasure, destroy
from tests.recording.stories import ALICE, ask

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def events() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM eventstore_event")
        return int(cursor.fetchone()[0])


def change_file(folder: Path, table: str, change: Callable[[bytearray], None]) -> None:
    path = folder / f"{table}.copy"
    content = bytearray(path.read_bytes())
    change(content)
    path.write_bytes(content)


def flip_last_leaf(content: bytearray) -> None:
    """A bit of the last stored bytes: a value, a length and the two bytes of the end follow."""
    content[-20] ^= 1


def sign_anew(folder: Path) -> None:
    """As somebody would who has the hash key: the manifest says what the files are now."""
    manifest = Manifest.read(folder)
    tables = []
    for each in manifest.tables:
        path = folder / each.file
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        tables.append(each.model_copy(update={"bytes": path.stat().st_size, "sha256": digest}))
    changed = manifest.model_copy(update={"tables": tables})
    (folder / FILE).write_bytes(changed.as_file())


def test_a_changed_file_is_named_and_nothing_is_loaded(
    backup: Path, second_database: SecondDatabase
) -> None:
    change_file(backup, "accounts_user", flip_last_leaf)
    with second_database():
        with pytest.raises(BackupChanged, match=r"accounts_user\.copy is not what"):
            load(backup)
        assert events() == 0


def test_a_changed_manifest_is_refused(backup: Path, second_database: SecondDatabase) -> None:
    text = (backup / FILE).read_text(encoding="utf-8")
    (backup / FILE).write_text(text.replace('"rows": 1', '"rows": 2', 1), encoding="utf-8")
    with second_database(), pytest.raises(BackupChanged, match="does not verify"):
        load(backup)


def test_who_can_sign_a_manifest_still_cannot_change_the_log(
    backup: Path, second_database: SecondDatabase
) -> None:
    def change(content: bytearray) -> None:
        at = content.index(b"CollectionCreated.v1")
        content[at] = ord("X")

    change_file(backup, "eventstore_event", change)
    sign_anew(backup)
    with second_database():
        with pytest.raises(LogBroken, match="position"):
            load(backup)
        assert events() == 0


def test_a_folder_that_is_no_whole_backup_is_refused(
    backup: Path, tmp_path: Path, second_database: SecondDatabase
) -> None:
    with pytest.raises(NoBackup):
        load(tmp_path)
    (backup / "eventstore_blob.copy").unlink()
    with second_database(), pytest.raises(BackupChanged, match=r"eventstore_blob\.copy is missing"):
        load(backup)


def test_a_database_with_something_in_it_is_refused(
    backup: Path, second_database: SecondDatabase
) -> None:
    with second_database():
        ensure_collection(name="claims", principal=SYSTEM_PRINCIPAL)
        with pytest.raises(NotEmpty):
            load(backup)
        with pytest.raises(CommandError, match="not empty"):
            call_command("restore", backup)
        assert events() == 1


def test_other_migrations_are_named(backup: Path, second_database: SecondDatabase) -> None:
    with second_database():
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied)"
                " VALUES ('eventstore', '9999_later', now())"
            )
        with pytest.raises(OtherSchema, match=r"eventstore\.9999_later"):
            load(backup)


@pytest.mark.parametrize(
    ("lock", "named"),
    [
        (sequencer.LOCK_ID, "sequencer"),
        (projector.LOCK_ID, "projector"),
        (RESTORING, "restoring of another backup"),
    ],
)
def test_a_database_that_is_in_use_is_refused(
    backup: Path, second_database: SecondDatabase, lock: int, named: str
) -> None:
    with second_database():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [lock])
        with pytest.raises(StillRunning, match=named):
            load(backup)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])
        bring_back(backup)


def test_a_restore_that_is_broken_off_leaves_an_empty_database_and_is_run_again(
    backup: Path, second_database: SecondDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with second_database():
        with monkeypatch.context() as patched:
            patched.setattr(restoring, "_verify", killed)
            with pytest.raises(KeyboardInterrupt):
                load(backup)
        assert events() == 0
        bring_back(backup)
        assert verify_log().whole


def test_nothing_is_ready_before_the_read_models_are_folded(
    backup: Path, second_database: SecondDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[str] = []

    def ask_readyz(*_: Any) -> int:
        answers.append(Client().get("/readyz").content.decode())
        return 0

    with second_database():
        load(backup)
        assert set(Progress.objects.values_list("position", flat=True)) == {-1}
        with monkeypatch.context() as patched:
            patched.setattr(projector, "catch_up", ask_readyz)
            restoring.fold_read_models(silent)
        assert "a backup is being restored" in answers[0]
        projector.fold_everything()
        assert ask()["results"]


def test_the_log_says_that_it_was_restored_and_numbers_go_on(
    backup: Path, told: Story, second_database: SecondDatabase
) -> None:
    manifest = Manifest.read(backup)
    assert manifest.log
    with second_database():
        restored = bring_back(backup)
        (recorded,) = store.read_stream(f"restoration-{manifest.backup_id}")
        assert recorded.data == restored
        assert isinstance(recorded.data, LogRestored)
        assert recorded.position == manifest.log.size
        ensure_collection(name="later", principal=SYSTEM_PRINCIPAL)
        sequence_everything()
        assert seal(told.seed)
        assert LogKey.objects.count() == 2
        assert checkpoints.verifier_keys()[-1].name == restored.new_origin


def test_two_restored_logs_never_share_a_name(
    backup: Path, second_database: SecondDatabase, tmp_path: Path
) -> None:
    with second_database():
        first = bring_back(backup)
        back_up(tmp_path / "again", report=silent)
    with second_database():
        second = bring_back(tmp_path / "again")
    assert second.old_origin == first.new_origin
    assert second.new_origin != first.new_origin
    assert second.new_origin.count("restored") == 1


def test_another_signing_key_may_take_over(
    backup: Path, second_database: SecondDatabase, settings: Any
) -> None:
    settings.LOG_SIGNING_KEY = seed = secrets.token_bytes(32)
    with second_database():
        restored = bring_back(backup)
        found = seal(seed)
        assert found
        assert found.origin == restored.new_origin
        assert verify_log().whole


def test_a_checkpoint_kept_outside_must_be_continued(
    backup: Path, told: Story, second_database: SecondDatabase
) -> None:
    manifest = Manifest.read(backup)
    assert manifest.log
    assert manifest.log.checkpoint
    key = SignerKey(str(manifest.log.origin), told.seed)
    other = key.sign(Checkpoint(key.name, manifest.log.size, secrets.token_bytes(32)).body)
    later = key.sign(Checkpoint(key.name, manifest.log.size + 1, secrets.token_bytes(32)).body)
    with second_database():
        with pytest.raises(LogBroken, match="is not the one that was signed"):
            load(backup, notes=[other])
        with pytest.raises(CheckpointAhead, match="what came after is lost"):
            load(backup, notes=[later])
        load(backup, notes=[manifest.log.checkpoint], trusted=[key.verifier])


def test_a_restored_log_is_kept_outside_beside_the_one_that_it_came_from(
    backup: Path, told: Story, second_database: SecondDatabase, tmp_path: Path, settings: Any
) -> None:
    """Also where the folder knows more of the source than the backup: that is another name now."""
    settings.ANCHOR_FOLDER, settings.ANCHOR_SECONDS = str(tmp_path / "anchor"), 0
    log = Manifest.read(backup).log
    assert log is not None
    ahead = Checkpoint(str(log.origin), log.size + 100, secrets.token_bytes(32))
    note = SignerKey(ahead.origin, told.seed).sign(ahead.body)
    Folder(tmp_path / "anchor").push(SealedCheckpoint(origin=ahead.origin, size=ahead.size), note)
    with second_database():
        restored = bring_back(backup)
        assert Sealer(told.seed).seal() is not None
        publishing.publish()
        kept = Folder(tmp_path / "anchor")
        assert kept.newest(ahead.origin) == ahead
        newest = kept.newest(restored.new_origin)
        assert newest is not None
        assert newest.size == log.size + 1
        assert not Attestor.objects.exclude(problem="").exists()


def test_without_the_data_keys_all_works_but_what_they_sealed(
    backup: Path, told: Story, second_database: SecondDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    (backup / "keys").rename(backup.parent / "keys-elsewhere")
    with second_database():
        call_command("restore", backup)
        assert "DATA KEYS WERE NOT IN WHAT WAS RESTORED" in capsys.readouterr().out
        assert verify_log().whole
        trace = trace_of(told.output_id, principal=ALICE).as_json()
        assert (trace["output"]["text"], trace["output"]["erased"]) == (None, False)
        assert "output: the text cannot be read, since its key is missing here" in trace["missing"]
        assert "dental" not in str(trace)
    with second_database():
        restored = bring_back(backup, keys=backup.parent / "keys-elsewhere")
        assert restored.keys_missing == 0
        assert ask()["results"]


def test_a_destroyed_key_does_not_come_back(
    story: Story, tmp_path: Path, second_database: SecondDatabase
) -> None:
    erasure_id = approved_erasure()
    back_up(tmp_path / "before", report=silent)
    kids = SealingKey.objects.exclude(kid__startswith="review:").values_list("kid", flat=True)
    destroy(list(kids), erasure_id=erasure_id)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO eventstore_erased_blob (digest, kid)"
            " SELECT sha256(convert_to(kid, 'UTF8')), kid FROM sealing_key"
            " WHERE wrapped_dek IS NULL"
        )
    back_up(tmp_path / "after", report=silent)
    with second_database():
        restored = bring_back(tmp_path / "after", keys=tmp_path / "before" / "keys")
        assert restored.keys_missing == 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT kid FROM sealing_key WHERE wrapped_dek IS NOT NULL")
            assert {kid.partition(":")[0] for (kid,) in cursor.fetchall()} == {"review"}
            cursor.execute("SELECT count(*) > 0 FROM eventstore_erased_blob")
            assert cursor.fetchone() == (True,)
        assert trace_of(story.output_id, principal=ALICE).as_json()["output"]["text"] is None


def test_keys_under_another_key_encryption_key_are_refused(
    backup: Path, second_database: SecondDatabase, settings: Any
) -> None:
    settings.KEY_ENCRYPTION_KEY = secrets.token_bytes(32)
    with second_database(), pytest.raises(KeysUnusable, match="RAGLEDGER_KEK"):
        load(backup)


def test_another_hash_key_is_noticed_at_once(
    backup: Path, second_database: SecondDatabase, settings: Any
) -> None:
    settings.HASH_KEY = secrets.token_bytes(32)
    with second_database(), pytest.raises(BackupChanged, match="RAGLEDGER_HASH_KEY"):
        load(backup)
