"""An archive or folder that could harm whoever opens it is refused before anything is read."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from provenance.exports.archive import PLAIN_FILE, packed
from provenance.exports.verify import CannotRun, Problem, read_bundle

FILES = {"events/1.json": b"{}", "checkpoint": b"x"}


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)
    return path


def zip_of(*entries: tuple[zipfile.ZipInfo, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for entry, data in entries:
            archive.writestr(entry, data, compression)
    return buffer.getvalue()


def entry(name: str, mode: int = PLAIN_FILE) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.external_attr = mode
    return info


def test_a_plain_archive_and_a_plain_folder_are_read(tmp_path: Path) -> None:
    assert read_bundle(written(tmp_path, packed(FILES))) == FILES
    folder = tmp_path / "folder"
    (folder / "events").mkdir(parents=True)
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    assert read_bundle(folder) == FILES


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/passwd", "a/../../x", "a//b", ".hidden", "c:\\x", "a\nb", "ä", "a/", "~/x"],
)
def test_names_that_lead_elsewhere_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Problem):
        read_bundle(written(tmp_path, zip_of((entry(name), b"x"))))


def test_symbolic_links_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no plain file"):
        read_bundle(written(tmp_path, zip_of((entry("link", 0o120777 << 16), b"/etc/passwd"))))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to("/etc/passwd")
    with pytest.raises(Problem, match="no plain file"):
        read_bundle(folder)
    (folder / "link").unlink()
    os.mkfifo(folder / "pipe")
    with pytest.raises(Problem, match="no plain file"):
        read_bundle(folder)


def test_a_linked_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "events").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(Problem, match="no plain file"):
        read_bundle(tmp_path / "folder")


def test_a_bomb_is_refused_unopened(tmp_path: Path) -> None:
    bomb = zip_of((entry("bomb"), bytes(10_000_000)), compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(Problem, match="compressed"):
        read_bundle(written(tmp_path, bomb))


def test_overlapping_files_are_refused(tmp_path: Path) -> None:
    """Many entries over the same bytes: how an archive without compression could be a bomb."""
    buffer = io.BytesIO(packed({"a": bytes(1000)}))
    with zipfile.ZipFile(buffer, "a") as archive:
        twin = zipfile.ZipInfo("a", (1980, 1, 1, 0, 0, 0))
        original = archive.infolist()[0]
        for name in ("header_offset", "CRC", "compress_size", "file_size", "external_attr"):
            setattr(twin, name, getattr(original, name))
        archive.filelist.append(twin)
        archive.comment = b""
        archive._didModify = True  # type: ignore[attr-defined]  # noqa: SLF001
    with pytest.raises(Problem, match="overlap"):
        read_bundle(written(tmp_path, buffer.getvalue()))


def test_a_name_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = zip_of((entry("a"), b"1"), (entry("a"), b"2"))
    with pytest.raises(Problem, match="twice"):
        read_bundle(written(tmp_path, twice))


@pytest.mark.parametrize("place", ["before", "between", "behind", "comment"])
def test_hidden_bytes_are_refused(place: str, tmp_path: Path) -> None:
    content = packed(FILES)
    directory = content.index(b"PK\x01\x02")
    hidden = {
        "before": b"#!/bin/sh\n" + content,
        "between": content[:directory] + b"hidden" + content[directory:],
        "behind": content + b"hidden",
        "comment": content[:-2] + b"\x06\x00hidden",
    }
    with pytest.raises(Problem):
        read_bundle(written(tmp_path, hidden[place]))


def test_what_is_no_archive_fails_and_what_is_not_there_cannot_be_checked(tmp_path: Path) -> None:
    for content in (b"", b"PK", packed(FILES)[:-30]):
        with pytest.raises(Problem):
            read_bundle(written(tmp_path, content))
    with pytest.raises(CannotRun):
        read_bundle(tmp_path / "nothing.zip")
