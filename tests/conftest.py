"""Tests in one process, or shared out to a process a core: `pytest --numprocesses=auto`."""

import os
import sys
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# What a folder shares (a running stack, a browser, a loaded corpus) exists once, in one process.
# The longest come first, so that no process is left alone with one of them at the end.
TOGETHER = ("faults", "journeys", "corpora", "embedded")


def _only_shares_out() -> bool:
    """True in the process that runs no test itself: it needs neither servers nor Django."""
    return "PYTEST_XDIST_WORKER" not in os.environ and any(
        argument.startswith("--numprocesses") for argument in sys.argv
    )


pytest_plugins = () if _only_shares_out() else ("tests.servers", "tests.pipeline")


class ByFolderOrFile(LoadScopeScheduling):  # type: ignore[misc]  # it comes without types
    """Tests of one of these folders stay together, all others by their file."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = _folder(file)
        return folder if folder in TOGETHER else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFolderOrFile:
    return ByFolderOrFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _place(_folder(item.nodeid)))


def _place(folder: str) -> int:
    return TOGETHER.index(folder) if folder in TOGETHER else len(TOGETHER)


def _folder(nodeid: str) -> str:
    """Of `tests/FOLDER/test_x.py::test_y`."""
    return nodeid.split("/")[1]
