"""A bomb, a loop or a crash in a parser costs one document, and says so."""

import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from ingestion import media_types
from ingestion.extraction import sandbox
from ingestion.extraction.extracted import ExtractionFailed

MIB = 1024 * 1024
CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)


def word_file(paragraphs: str) -> bytes:
    body = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{paragraphs}</w:body></w:document>"
    )
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("word/document.xml", body)
    return file.getvalue()


@pytest.fixture
def child_that(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A project folder whose child module the test writes: the real process, another parser."""
    package = tmp_path / "ingestion" / "extraction"
    package.mkdir(parents=True)
    for folder in (package, package.parent):
        (folder / "__init__.py").touch()
    monkeypatch.setattr(sandbox, "PROJECT", tmp_path)
    return package / "child.py"


def reason_of(*, seconds: int = 10) -> ExtractionFailed:
    with pytest.raises(ExtractionFailed) as failed:
        sandbox.extract(b"%PDF-1.4", media_type=media_types.PDF, seconds=seconds)
    return failed.value


def test_a_loop_ends_at_the_time_limit(child_that: Path) -> None:
    child_that.write_text("while True: pass\n", encoding="utf-8")
    started = time.monotonic()
    failed = reason_of(seconds=1)
    assert failed.reason_code == "timeout"
    assert "1 seconds" in failed.message
    assert time.monotonic() - started < 5


def test_children_of_the_child_end_with_it(child_that: Path) -> None:
    mark = child_that.parent / "alive"
    loop = f"import time\nwhile True: open({str(mark)!r}, 'a').write('x'); time.sleep(0.05)"
    child_that.write_text(
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', {loop!r}])\n"
        "time.sleep(60)\n",
        encoding="utf-8",
    )
    assert reason_of(seconds=2).reason_code == "timeout"
    size = mark.stat().st_size
    time.sleep(0.3)
    assert mark.stat().st_size == size


def test_a_crash_is_told_as_one(child_that: Path) -> None:
    child_that.write_text("import os; os.abort()\n", encoding="utf-8")
    assert reason_of().reason_code == "crashed"


def test_waiting_is_interrupted_by_whoever_waits(child_that: Path) -> None:
    child_that.write_text("import time; time.sleep(60)\n", encoding="utf-8")

    def lost() -> None:
        raise TimeoutError

    started = time.monotonic()
    with pytest.raises(TimeoutError):
        sandbox.extract(b"%PDF-1.4", media_type=media_types.PDF, while_waiting=lost)
    assert time.monotonic() - started < 15


def test_a_file_that_needs_too_much_memory_is_refused() -> None:
    # Not compressible enough to be refused as a bomb, but a tree of hundreds of MiB.
    paragraphs = "".join(f"<w:p><w:r><w:t>{n}</w:t></w:r></w:p>" for n in range(400_000))
    with pytest.raises(ExtractionFailed) as failed:
        sandbox.extract(word_file(paragraphs), media_type=media_types.DOCX, memory_bytes=192 * MIB)
    assert failed.value.reason_code == "memory"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = word_file(f"<w:p><w:r><w:t>{' ' * 100 * MIB}</w:t></w:r></w:p>")
    started = time.monotonic()
    with pytest.raises(ExtractionFailed) as failed:
        sandbox.extract(bomb, media_type=media_types.DOCX)
    assert failed.value.reason_code == "bomb"
    assert time.monotonic() - started < 5


def test_an_honest_file_goes_through() -> None:
    content = word_file("<w:p><w:r><w:t>Annual leave is 25 days.</w:t></w:r></w:p>")
    assert sandbox.extract(content, media_type=media_types.DOCX).text == "Annual leave is 25 days."
