"""The corpora beside the project: other people's data, read where they are and never copied."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
CORPORA = SHARED / "corpora"


def corpus(name: str) -> Path:
    """The folder of a corpus; skips the test where it is absent."""
    folder = CORPORA / name
    if not folder.is_dir():
        pytest.skip(f"the corpus {name} is not beside this checkout")
    return folder


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def whole_corpora() -> bool:
    """The suite takes a part of a large corpus; RAGLEDGER_WHOLE_CORPORA=1 takes all of it."""
    return os.environ.get("RAGLEDGER_WHOLE_CORPORA") == "1"
