"""The folders that backups are written in until they are whole; later runs clear what is left.

A run that was killed leaves one with data keys in it, and an erasure counts only when those are
gone too. Its name is hidden, so whoever deletes old keys by hand passes it by.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

MARK = "-unfinished-"
# Whoever still writes has written since: a folder that was left alone for so long is nobody's.
ABANDONED_SECONDS = 24 * 60 * 60


def make_aside(folder: Path) -> Path:
    """Beside its place, so that a rename finishes it; readable by nobody else."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in abandoned(folder.parent):
        shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}{MARK}"))


def abandoned(parent: Path) -> Iterator[Path]:
    """What runs that were killed have left here: nothing but files that a backup consists of."""
    since = time.time() - ABANDONED_SECONDS
    for left in parent.glob(f".*{MARK}*"):
        inside = [left, *left.rglob("*")]
        if all(_is_ours(path) and path.lstat().st_mtime < since for path in inside):
            yield left


def _is_ours(path: Path) -> bool:
    if path.is_symlink():
        return False
    return path.is_dir() or path.suffix == ".copy" or path.name == "manifest.json"
