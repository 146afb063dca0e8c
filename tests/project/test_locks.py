"""No two things hold PostgreSQL's advisory lock of one number, or each would seem the other."""

import re
from collections import Counter
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
NUMBER = re.compile(r"0x7261676C_[0-9A-F]{2}\b")


def test_every_lock_has_a_number_of_its_own() -> None:
    found = Counter(
        number
        for package in ("provenance", "ingestion", "retrieval")
        for path in (PROJECT / package).rglob("*.py")
        for number in NUMBER.findall(path.read_text(encoding="utf-8"))
    )
    assert found
    assert [number for number, times in found.items() if times > 1] == []
