"""A range of the log leaves as an archive that is all of it, or is caught; nothing is unsealed."""

import json
import random
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from provenance.eventstore.models import Event
from provenance.eventstore.store import read_event
from provenance.exports import verify
from provenance.exports.events import RangeExported
from provenance.exports.verify import root_around
from provenance.integrity import checkpoints
from provenance.integrity.checkpoints import seal
from provenance.integrity.merkle import leaf_hash
from provenance.integrity.notes import SignerKey
from provenance.integrity.proofs import surrounding_ranges
from tests.exports.stories import ANSWER, SEED, checked, failures, files_of
from tests.integrity.naive_tree import naive_root

LEAVES = [leaf_hash(n.to_bytes(4)) for n in range(70)]
FLIPS = 300


@given(st.data())
def test_a_range_and_its_surroundings_give_the_root_and_no_other_range_does(
    data: st.DataObject,
) -> None:
    size = data.draw(st.integers(1, len(LEAVES)))
    first = data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(first + 1, size))
    around = [naive_root(LEAVES[a:b]) for a, b in surrounding_ranges(first, end, size)]
    root = naive_root(LEAVES[:size])
    assert root_around(first, LEAVES[first:end], size, around) == root
    assert root_around(first + 1, LEAVES[first:end], size, around) != root
    assert root_around(first, LEAVES[first : end - 1], size, around) != root
    assert root_around(first, [*LEAVES[first:end], LEAVES[-1]], size, around) != root
    assert root_around(first, LEAVES[first:end], size, [*around, root]) is None
    if size > 1:
        swapped = [*reversed(LEAVES[first:end])]
        assert (root_around(first, swapped, size, around) == root) == (end - first == 1)


@pytest.fixture
def archive(output_id: UUID, tmp_path: Path) -> dict[str, bytes]:  # noqa: ARG001
    """Of the middle of the log, as the command writes it."""
    seal(SEED)
    target = tmp_path / "range.zip"
    written = checkpoints.newest_covering(0)
    middle = Event.objects.order_by("recorded_at")[3].recorded_at
    call_command("export_range", "--since", middle.isoformat(), "--to", str(target))
    files = files_of(target.read_bytes())
    assert json.loads(files["range.json"])["end"] == written.size
    assert not list(tmp_path.glob(".*"))
    return files


@pytest.fixture
def key(archive: dict[str, bytes]) -> str:
    return archive["log.vkey"].decode().strip()


@pytest.mark.django_db
def test_an_archive_is_all_of_its_range_and_unseals_nothing(
    archive: dict[str, bytes], key: str, tmp_path: Path
) -> None:
    assert failures(archive, key) == []
    said = json.loads(archive["range.json"])
    assert 0 < said["first"] < said["end"]
    assert archive["events.jsonl"].count(b"\n") == said["end"] - said["first"]
    assert all(ANSWER.encode() not in data for data in archive.values())
    alone = subprocess.run(
        [sys.executable, "-I", verify.__file__, str(tmp_path / "range.zip"), "--trust", key],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert alone.returncode == 0, alone.stdout + alone.stderr
    assert "all of the range" in alone.stdout


@pytest.mark.django_db
def test_the_log_says_what_was_archived(archive: dict[str, bytes]) -> None:
    event = read_event(Event.objects.get(type="RangeExported").event_id)
    assert event is not None
    assert isinstance(event.data, RangeExported)
    assert event.data.range_sha256 == sha256(archive["range.json"]).hexdigest()
    assert event.data.events_sha256 == sha256(archive["events.jsonl"]).hexdigest()


def forged(archive: dict[str, bytes], events: list[bytes], **said: object) -> dict[str, bytes]:
    described = {**json.loads(archive["range.json"]), **said}
    return {
        **archive,
        "events.jsonl": b"".join(line + b"\n" for line in events),
        "range.json": verify.canonical_json(described),
    }


@pytest.mark.django_db
def test_an_event_that_is_left_out_added_swapped_or_changed_is_caught(
    archive: dict[str, bytes], key: str
) -> None:
    lines = archive["events.jsonl"].split(b"\n")[:-1]
    first, end = (json.loads(archive["range.json"])[name] for name in ("first", "end"))
    changed = [lines[0].replace(b"T", b"U", 1), *lines[1:]]
    for events, said in (
        (lines[:-1], {}),
        (lines[:-1], {"end": end - 1}),
        (lines[1:], {"first": first + 1}),
        ([*lines, lines[-1]], {"end": end + 1}),
        ([lines[1], lines[0], *lines[2:]], {}),
        (changed, {}),
        (lines, {"first": first - 1, "end": end - 1}),
        ([], {"end": first}),
    ):
        assert "events" in failures(forged(archive, events, **said), key), said
    assert failures({**archive, "more.txt": b""}, key) == ["files"]
    assert failures({**archive, "blobs/" + "0" * 64: b""}, key) == ["blobs"]
    stranger = str(SignerKey(key.partition("+")[0], bytes(32)).verifier)
    assert {"checkpoint", "keys"} <= set(failures(archive, stranger))


@pytest.mark.django_db
def test_flipped_bits_are_caught(archive: dict[str, bytes], key: str) -> None:
    """But in what is for people, of which the archive claims nothing."""
    chance = random.Random(1)  # noqa: S311
    names = sorted(archive.keys() - {"README.txt", "verify.py"})
    for number in range(FLIPS):
        name = names[number % len(names)]
        data = bytearray(archive[name])
        place = chance.randrange(8 * len(data))
        data[place // 8] ^= 1 << place % 8
        assert failures({**archive, name: bytes(data)}, key), (name, place)


@pytest.mark.django_db
def test_parts_that_are_gone_are_counted(archive: dict[str, bytes], key: str) -> None:
    blobs = [name for name in archive if name.startswith("blobs/")]
    kept = {name: data for name, data in archive.items() if name not in blobs}
    notes = [line.detail for line in checked(kept, key) if line.verdict == "NOTE"]
    assert failures(kept, key) == []
    assert any("long parts are not here" in note for note in notes) == bool(blobs)


@pytest.mark.django_db
def test_what_is_not_there_or_not_sealed_is_refused(output_id: UUID, tmp_path: Path) -> None:  # noqa: ARG001
    target = str(tmp_path / "x.zip")
    with pytest.raises(CommandError, match="Try again"):
        call_command("export_range", "--to", target)
    seal(SEED)
    with pytest.raises(CommandError, match="nothing"):
        call_command("export_range", "--until", "2020-01-01", "--to", target)
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_range", "--to", str(tmp_path / "no" / "x.zip"))
    assert not Event.objects.filter(type="RangeExported").exists()
