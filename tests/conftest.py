"""Tests in one process, or shared out to a process a core: `pytest --numprocesses=auto`."""

import os
import sys

import pytest

# What a folder shares (a running stack, a browser, a loaded corpus) exists once, in one process.
# The longest come first, so that no process is left alone with one of them at the end.
TOGETHER = ("faults", "corpora", "journeys", "embedded")


def _only_shares_out() -> bool:
    """True in the process that runs no test itself: it needs neither servers nor Django."""
    return "PYTEST_XDIST_WORKER" not in os.environ and any(
        argument.startswith("--numprocesses") for argument in sys.argv
    )


pytest_plugins = () if _only_shares_out() else ("tests.servers", "tests.pipeline")


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)
    for item in items:
        folder = _folder(item)
        item.add_marker(pytest.mark.xdist_group(folder if folder in TOGETHER else str(item.path)))


def _place(item: pytest.Item) -> int:
    folder = _folder(item)
    return TOGETHER.index(folder) if folder in TOGETHER else len(TOGETHER)


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(item.config.rootpath / "tests").parts[0]
