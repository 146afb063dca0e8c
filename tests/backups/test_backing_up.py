"""What a backup holds and does not hold, and that it appears whole or not at all."""

import os
import stat
import time
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from provenance.backups import backup as backing_up
from provenance.backups.backup import back_up
from provenance.backups.contents import kept_models
from provenance.backups.errors import FolderTaken
from provenance.backups.manifest import Manifest
from provenance.backups.unfinished import ABANDONED_SECONDS, make_aside
from provenance.projections.projection import projections
from tests.backups.conftest import PASSWORD, Story, silent
from tests.recording.stories import QUESTION

pytestmark = pytest.mark.django_db

# Whoever leaves out a further table must be sure that nobody will miss it.
FORGETTABLE = {
    "api_kept_answer",
    "impact_webhook",
    "integrity_attestor",
    "projections_parked_event",
    "projections_progress",
    "projections_rebuild_run",
    "projections_work_lease",
    "readers_guest_session",
    "retrieval_loading_progress",
    "retrieval_loading_statistic",
    "retrieval_loading_terms",
    "retrieval_loading_vector",
}


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_every_table_is_kept_unless_it_follows_from_the_log_or_may_be_forgotten() -> None:
    kept = {model._meta.db_table for model in kept_models()}
    own = {
        model._meta.db_table
        for model in apps.get_models()
        if not model.__module__.startswith("django.")
    }
    derived = {model._meta.db_table for each in projections() for model in each.tables}
    assert own - kept - derived == FORGETTABLE
    assert {"eventstore_event", "eventstore_blob", "accounts_user", "sealing_key"} <= kept


@pytest.mark.usefixtures("story")
def test_data_keys_lie_apart_and_the_keys_that_guard_them_are_nowhere(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT wrapped_dek FROM sealing_key")
        wrapped = [bytes(row[0]) for row in cursor.fetchall()]
    back_up(tmp_path / "log", keys=tmp_path / "keys", report=silent)

    log, keys = bytes_of(tmp_path / "log"), bytes_of(tmp_path / "keys")

    assert wrapped
    assert all(each in keys and each not in log for each in wrapped)
    for guard in (settings.KEY_ENCRYPTION_KEY, settings.HASH_KEY, settings.LOG_SIGNING_KEY):
        assert guard
        assert guard not in log + keys
    assert not (tmp_path / "log" / "keys").exists()


def test_no_text_that_people_wrote_is_in_a_backup(backup: Path) -> None:
    held = bytes_of(backup)
    for text in (QUESTION, "dental treatment", "Storm damage", PASSWORD):
        assert text.encode() not in held


def test_nobody_else_may_read_a_backup(backup: Path) -> None:
    for path in (backup, *backup.rglob("*")):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_the_manifest_counts_rows_and_names_the_newest_checkpoint(
    backup: Path, told: Story
) -> None:
    manifest = Manifest.read(backup)
    rows = {each.table: each.rows for each in manifest.tables}
    assert manifest.log
    assert manifest.log.size == rows["eventstore_position"] == rows["eventstore_event"]
    assert manifest.log.checkpoint
    assert f"\n{manifest.log.size}\n" in manifest.log.checkpoint
    assert told.seed not in bytes_of(backup)


def test_a_folder_with_something_in_it_is_left_alone(backup: Path, tmp_path: Path) -> None:
    held = bytes_of(backup)
    with pytest.raises(FolderTaken):
        back_up(backup, report=silent)
    (tmp_path / "file").write_text("here", encoding="utf-8")
    with pytest.raises(CommandError, match="name a new folder"):
        call_command("backup", to=tmp_path / "file")
    assert bytes_of(backup) == held


def test_a_backup_that_is_broken_off_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path) -> None:
        raise OSError(28, os.strerror(28), str(path))

    monkeypatch.setattr(backing_up, "_sync", full)
    with pytest.raises(CommandError, match=r"could not be written: .*: No space left"):
        call_command("backup", to=tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []


def test_the_next_run_clears_the_keys_that_a_killed_one_left(tmp_path: Path) -> None:
    left, at_work, foreign = (
        leave_behind(tmp_path / f".{name}-unfinished-abcd1234")
        for name in ("monday", "at-work", "foreign")
    )
    (foreign / "thesis.txt").write_text("not ours", encoding="utf-8")
    long_ago = time.time() - 2 * ABANDONED_SECONDS
    for path in (left, *left.rglob("*"), at_work, foreign, *foreign.rglob("*")):
        os.utime(path, (long_ago, long_ago))
    make_aside(tmp_path / "tuesday")
    assert not left.exists()
    assert (at_work / "keys" / "sealing_key.copy").exists()
    assert (foreign / "thesis.txt").exists()


def leave_behind(folder: Path) -> Path:
    (folder / "keys").mkdir(parents=True)
    for file in ("eventstore_event.copy", "keys/sealing_key.copy", "keys/manifest.json"):
        (folder / file).write_bytes(b"left")
    return folder


def test_the_command_says_where_everything_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("backup", to=tmp_path / "backup")
    said = capsys.readouterr()
    assert "MB/s" in said.err
    assert str(tmp_path / "backup" / "keys") in said.out
    assert "RAGLEDGER_KEK" in said.out
