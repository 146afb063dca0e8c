"""Office files from public test suites are read, refused or warned of as their manifest says."""

import json
from typing import Any

import pytest

from ingestion import media_types
from ingestion.extraction.extracted import Extracted, ExtractionFailed
from ingestion.extraction.sandbox import extract
from tests.ingestion.conftest import OFFICE

MANIFEST = OFFICE / "manifest.json"
FILES: list[dict[str, Any]] = (
    json.loads(MANIFEST.read_text(encoding="utf-8"))["files"] if MANIFEST.exists() else []
)
EXPECTED_FILES = 57


def read(entry: dict[str, Any]) -> Extracted | str:
    """What was extracted, or the reason why not."""
    content = (OFFICE / entry["file"]).read_bytes()
    name = entry["file"].rpartition("/")[2]
    try:
        return extract(content, media_type=media_types.decide(content, file_name=name))
    except (ExtractionFailed, media_types.UnsupportedMediaType) as failure:
        return str(failure)


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.skipif(not FILES, reason="the shared corpora are not there")
def test_the_whole_set_is_here() -> None:
    assert len(FILES) == EXPECTED_FILES


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: entry["file"].rpartition("/")[2])
def test_a_file_is_treated_as_its_manifest_expects(entry: dict[str, Any]) -> None:
    found = read(entry)
    expected = entry["expect"]
    if isinstance(found, str):
        assert expected in {"reject", "reject-encrypted", "either"}, found
        assert len(found) > len("no"), "a refusal tells why"
        if expected == "reject-encrypted":
            assert "password" in found
        return
    assert expected in {"accept", "accept-with-warning", "either"}
    assert found.text.strip()
    assert folded(entry.get("must_contain", "")) in folded(found.text)
    for forbidden in entry.get("must_not_contain", []):
        assert forbidden not in found.text
    if expected == "accept-with-warning":
        assert found.warnings


@pytest.mark.skipif(not FILES, reason="the shared corpora are not there")
def test_the_title_of_a_file_with_a_byte_order_mark_is_clean() -> None:
    content = (OFFICE / "files" / "made-crlf-bom.md").read_bytes()
    found = extract(content, media_type=media_types.MARKDOWN)
    assert found.title == "Title"
    assert found.text == content.decode()
