"""What `manage.py ingest` finds in a folder, whatever somebody has put there."""

import os
from pathlib import Path
from typing import Any

import pytest

from ingestion.errors import DocumentTooLarge
from ingestion.management.commands.ingest import files_below, read_whole


def test_a_folder_gives_its_plain_files_and_nothing_that_hangs_loops_or_leads_out(
    tmp_path: Path,
) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside.txt"
    (folder / "sub").mkdir(parents=True)
    for path in (folder / "a.md", folder / "sub" / "b.txt", folder / ".hidden.md", outside):
        path.write_text("Some text.")
    (folder / "loop").symlink_to(folder)
    (folder / "sub" / "up").symlink_to("..")
    (folder / "dangling.md").symlink_to("nowhere")
    (folder / "leads-out.txt").symlink_to(outside)
    (folder / "inside.md").symlink_to("a.md")
    os.mkfifo(folder / "waits-for-ever.txt")
    assert [name for _, name in files_below(folder)] == ["a.md", "inside.md", "sub/b.txt"]
    assert [name for _, name in files_below(folder / "leads-out.txt")] == ["leads-out.txt"]


def test_no_more_of_a_file_is_read_than_a_document_may_have(settings: Any) -> None:
    settings.MAX_DOCUMENT_BYTES = 1000
    with pytest.raises(DocumentTooLarge):
        read_whole(Path("/dev/zero"))
