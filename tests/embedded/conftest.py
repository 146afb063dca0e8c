"""A home folder for each test of the embedded servers, reachable for the servers' own user."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.embedded.home import Home, open_home


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's `tmp_path`: as root the servers run as another user, who may not enter that."""
    made = Path(tempfile.mkdtemp(prefix="ragledger-embedded-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def home(folder: Path) -> Home:
    return open_home(folder / "home")
