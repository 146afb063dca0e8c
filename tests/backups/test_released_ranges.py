"""A backup of a log with released contents is restored; read models wait for the archive."""

from pathlib import Path

import pytest

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.backups.backup import back_up
from provenance.backups.restore import fold_read_models
from provenance.exports.commands import export_range
from provenance.exports.range_reading import open_archive
from provenance.exports.releasing import (
    approve_release,
    carry_out,
    listed,
    request_release,
    restore_range,
)
from provenance.history.lineage import trace_of
from provenance.integrity.checkpoints import newest_covering
from provenance.integrity.sequencer import sequence_everything
from provenance.integrity.verification.whole_log import verify_log
from provenance.projections.projector import fold_everything
from provenance.projections.runner import ProjectionStopped
from tests.backups.conftest import ANSWER, SecondDatabase, Story, silent
from tests.backups.restoring import load
from tests.recording.stories import ALICE
from tests.review.conftest import DAVE

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def released(archive: Path) -> None:
    """All of the log that can be."""
    export_range(first=0, end=newest_covering(0).size, target=archive, principal=SYSTEM_PRINCIPAL)
    request_release(archive=open_archive(archive), reason="Old.", principal=SYSTEM_PRINCIPAL)
    (release_id,) = listed()
    approve_release(release_id=release_id, principal=DAVE)
    sequence_everything()
    fold_everything()
    release = listed()[release_id]
    carry_out(archive=open_archive(archive), release=release, principal=SYSTEM_PRINCIPAL)
    sequence_everything()


def test_released_contents_come_back_from_their_archive_only(
    story: Story, tmp_path: Path, second_database: SecondDatabase
) -> None:
    archive = tmp_path / "old.zip"
    released(archive)
    back_up(tmp_path / "backup", report=silent)
    with second_database():
        load(tmp_path / "backup")
        assert verify_log().whole
        with pytest.raises(ProjectionStopped, match=open_archive(archive).sha256):
            fold_read_models(silent)
        restore_range(path=archive, principal=SYSTEM_PRINCIPAL)
        sequence_everything()
        fold_read_models(silent)
        assert trace_of(story.output_id, principal=ALICE).output["text"] == ANSWER
        assert verify_log().whole
