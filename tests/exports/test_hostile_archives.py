"""An archive or folder that could harm whoever opens it is refused before anything is read."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from provenance.exports import verify
from provenance.exports.verify import PLAIN_FILE, CannotRun, Problem, read_bundle
from tests.exports.stories import packed

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
    with pytest.raises(Problem, match="no plain files"):
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


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (6, b"\x08"),
        (8, b"\x08"),
        (10, b"\x01"),
        (14, b"crc!"),
        (18, b"\2"),
        (22, b"\2"),
        (28, b"\1"),
    ],
    ids=["flags", "method", "date", "crc", "stored", "size", "extra"],
)
def test_what_stands_before_a_file_is_what_the_directory_says(
    place: int, value: bytes, tmp_path: Path
) -> None:
    """Programs that read a zip file from its beginning would see other files."""
    content = bytearray(packed(FILES))
    content[place : place + len(value)] = value
    with pytest.raises(Problem):
        read_bundle(written(tmp_path, bytes(content)))


def test_more_files_than_a_bundle_has_are_not_even_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, packed({f"events/{n}.json": b"" for n in range(3)}) + b"cut off")
    monkeypatch.setattr(verify, "MAX_FILES", 2)
    with pytest.raises(Problem, match="more files"):
        read_bundle(path)


def test_the_packing_is_that_of_other_programs() -> None:
    entries = [(entry(name), data) for name, data in sorted(FILES.items())]
    for each, _ in entries:
        each.create_system = 3
    assert packed(FILES) == zip_of(*entries)


def test_files_in_another_order_are_no_bundle(tmp_path: Path) -> None:
    entries = [(entry(name), b"{}") for name in ("manifest.json", "checkpoint")]
    for each, _ in entries:
        each.create_system = 3
    with pytest.raises(Problem, match="order"):
        read_bundle(written(tmp_path, zip_of(*entries)))
    assert len(read_bundle(written(tmp_path, zip_of(*entries[::-1])))) == 2


def test_other_programs_read_more_files_than_the_end_of_a_short_zip_can_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "MAX_SHORT", 1)
    path = written(tmp_path, packed(FILES))
    assert b"PK\x06\x06" in path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
    assert read_bundle(path) == FILES


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
