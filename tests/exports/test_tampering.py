"""Whatever is changed in a bundle is caught: bits, files, references, even with a new manifest."""

import json
import random
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.exports import verify
from provenance.integrity.checkpoint import Checkpoint
from provenance.integrity.checkpoints import seal
from provenance.integrity.merkle import leaf_hash
from provenance.integrity.notes import SignerKey
from tests.exports.stories import SEED, Taken, answered, built, failures, files_of
from tests.recording.stories import STORM

pytestmark = pytest.mark.django_db
Step = Callable[[], None]
FLIPS = 1000


def flipped(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def with_new_manifest(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """As a forger without the log's key would leave it: every hash right, no signature."""
    kept = {name: data for name, data in files.items() if not name.startswith("manifest")}
    manifest = json.loads(files[verify.MANIFEST])
    manifest["signed"] = False
    manifest["files"] = [
        {"path": name, "bytes": len(data), "sha256": verify._sha256(data)}  # noqa: SLF001
        for name, data in sorted(kept.items())
    ]
    return {**kept, verify.MANIFEST: verify.canonical_json(manifest)}


def test_every_flipped_bit_of_any_file_is_caught(bundle: Taken, log_key: str) -> None:
    files = files_of(bundle.content)
    chance = random.Random(1)  # noqa: S311
    names = sorted(files)
    for number in range(FLIPS):
        name = names[number % len(names)]
        place = chance.randrange(8 * len(files[name]))
        damaged = {**files, name: flipped(files[name], place)}
        assert failures(damaged, log_key), f"bit {place} of {name}"


def test_every_flipped_bit_of_the_evidence_is_caught_though_the_manifest_be_forged(
    bundle: Taken, log_key: str
) -> None:
    files = files_of(bundle.content)
    chance = random.Random(2)  # noqa: S311
    evidence = sorted(files.keys() - {*verify.VIEWS, verify.MANIFEST, verify.MANIFEST_NOTE})
    assert failures(with_new_manifest(files), log_key) == []
    for number in range(FLIPS):
        name = evidence[number % len(evidence)]
        place = chance.randrange(8 * len(files[name]))
        damaged = with_new_manifest({**files, name: flipped(files[name], place)})
        found = failures(damaged, log_key)
        assert set(found) - {"manifest", "manifest signature"}, f"bit {place} of {name}"


def test_a_flipped_bit_of_the_zip_is_caught_or_changes_no_file(
    bundle: Taken, log_key: str, tmp_path: Any
) -> None:
    files = files_of(bundle.content)
    chance = random.Random(3)  # noqa: S311
    path = tmp_path / "bundle.zip"
    headers = bundle.content.index(b"PK\x01\x02")
    for number in range(300):
        first = 0 if number % 2 else headers
        place = chance.randrange(8 * first, 8 * len(bundle.content))
        path.write_bytes(flipped(bundle.content, place))
        try:
            read = verify.read_bundle(path)
        except (verify.Problem, verify.CannotRun):
            continue
        assert read == files or failures(read, log_key), f"bit {place}"


def test_every_file_that_is_cut_out_or_cut_short_is_missed(bundle: Taken, log_key: str) -> None:
    files = files_of(bundle.content)
    for name in files:
        without = {other: data for other, data in files.items() if other != name}
        assert failures(without, log_key), name
        assert failures({**files, name: files[name][:-1]}, log_key), name
        if name not in {*verify.VIEWS, verify.MANIFEST, verify.MANIFEST_NOTE}:
            forged = with_new_manifest(without)
            assert set(failures(forged, log_key)) - {"manifest"}, name
    assert failures({**files, "more.txt": b"more"}, log_key)
    assert failures(with_new_manifest({**files, "more.txt": b"more"}), log_key) == ["files"]


def test_swapped_documents_are_caught(
    run_work: Step,
    documents: Any,  # noqa: ARG001
) -> None:
    storm = STORM.partition("\n\n")[2].strip()
    output_id = answered(run_work, reported=({"text": storm},))
    files = files_of(built([output_id], principal=SYSTEM_PRINCIPAL).content)
    key = files["log.vkey"].decode().strip()
    assert failures(files, key) == []
    first, second = sorted(name for name in files if name.endswith("/content.md"))
    assert files[first] != files[second]
    swapped = {**files, first: files[second], second: files[first]}
    assert "texts" in failures(with_new_manifest(swapped), key)
    disclosures = json.loads(files["disclosures.json"])
    for entry in disclosures:
        if entry.get("path") in {first, second}:
            entry["path"] = second if entry["path"] == first else first
    relabelled = {**files, "disclosures.json": verify.canonical_json(disclosures)}
    assert "texts" in failures(with_new_manifest(relabelled), key)


def test_a_text_that_is_called_erased_though_it_is_not_shows(bundle: Taken, log_key: str) -> None:
    """Nobody can prove that a key is gone, but the trace no longer says what it said."""
    files = files_of(bundle.content)
    disclosures = json.loads(files["disclosures.json"])
    index = next(i for i, each in enumerate(disclosures) if each["pointer"] == "/data/text")
    path = disclosures[index].pop("path")
    disclosures[index] = {**disclosures[index], "erased": True}
    del disclosures[index]["salt"], files[path]
    files["disclosures.json"] = verify.canonical_json(disclosures)
    assert "trace" in failures(with_new_manifest(files), log_key)


def without_event(files: Mapping[str, bytes], kind: str) -> dict[str, bytes]:
    """The bundle without an event, its proof and its texts, and with new lists of both."""
    (position,) = (
        name.removeprefix("events/").removesuffix(".json")
        for name, data in files.items()
        if name.startswith("events/") and f".{kind}.v".encode() in data and name.endswith(".json")
    )
    own = (f"events/{position}.", f"disclosed/{position}/")
    kept = {name: data for name, data in files.items() if not name.startswith(own)}
    disclosures = [
        each for each in json.loads(files["disclosures.json"]) if each["position"] != int(position)
    ]
    return {**kept, "disclosures.json": verify.canonical_json(disclosures)}


def test_an_event_that_is_taken_out_is_missed(bundle: Taken, log_key: str) -> None:
    files = files_of(bundle.content)
    for kind in (
        *("OutputReported", "PromptReported", "RetrievalServed", "RetrievalResolved"),
        *("DocumentSubmitted", "DocumentProcessed", "PromptAssembled", "OutputAttributed"),
    ):
        forged = with_new_manifest(without_event(files, kind))
        assert set(failures(forged, log_key)) & {"trace", "streams"}, kind


def test_another_checkpoint_is_refused(
    output_id: UUID, bundle: Taken, log_key: str, run_work: Step
) -> None:
    """A later one of the same log, and one that a forger signed under the log's name."""
    files = files_of(bundle.content)
    answered(run_work)
    seal(SEED)
    later = files_of(built([output_id], principal=SYSTEM_PRINCIPAL).content)["checkpoint"]
    assert "events" in failures({**files, "checkpoint": later}, log_key)
    event = b'{"forged":true}'
    forger = SignerKey(log_key.partition("+")[0], bytes(32))
    forged = forger.sign(Checkpoint(forger.name, 1, leaf_hash(event)).body).encode()
    assert "checkpoint" in failures({**files, "checkpoint": forged}, log_key)


def test_proofs_may_not_change_places(bundle: Taken, log_key: str) -> None:
    files = files_of(bundle.content)
    first, second, *_ = sorted(name for name in files if name.endswith(".tlog-proof"))
    swapped = {**files, first: files[second], second: files[first]}
    assert "events" in failures(with_new_manifest(swapped), log_key)
