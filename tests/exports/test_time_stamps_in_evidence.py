"""A bundle holds the time stamps of its checkpoint, and its verifier reads what they are over."""

import hashlib
import shutil
import subprocess
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.exports.verify import Problem, stamped_at
from provenance.integrity.checkpoints import newest, seal
from provenance.integrity.models import SealedCheckpoint, TimeStamp
from provenance.integrity.time_stamps import request_for
from tests.exports.stories import SEED, built, checked, failures, files_of
from tests.integrity.time_stamping_authority import Authority

OPENSSL = shutil.which("openssl")
STAMPED, ANSWER = "time-stamps/checkpoint", "time-stamps/1.tsr"


def stamp(checkpoint: SealedCheckpoint, authority: Authority) -> bytes:
    response = authority.answer(request_for(checkpoint.note).as_bytes())
    TimeStamp.objects.create(
        checkpoint=checkpoint,
        authority="https://time.example",
        response=response,
        stamped_at=timezone.now(),
    )
    return response


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
def files(output_id: UUID, authority: Authority) -> dict[str, bytes]:
    """Of a bundle whose checkpoint was stamped, though a newer one was sealed since."""
    seal(SEED)
    sealed = newest()
    assert sealed is not None
    stamp(sealed, authority)
    files = files_of(built([output_id], principal=SYSTEM_PRINCIPAL).content)
    assert files[STAMPED].decode() == sealed.note
    return files


@pytest.mark.django_db
def test_the_verifier_says_when_the_checkpoint_was_there(files: dict[str, bytes]) -> None:
    key = files["log.vkey"].decode().strip()
    lines = [str(line) for line in checked(files, key)]
    assert failures(files, key) == []
    assert "PASS  time stamps: 1 time stamps, each over this checkpoint" in lines
    assert any(
        f"{timezone.now():%Y%m%d}" in line and "openssl ts -verify" in line for line in lines
    )


@pytest.mark.django_db
@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_openssl_verifies_the_stamp_with_the_command_that_the_bundle_gives(
    files: dict[str, bytes], authority: Authority, tmp_path: Path
) -> None:
    command = f"openssl ts -verify -data {STAMPED} -in {ANSWER} -CAfile ROOTS"
    for name in ("README.txt", "report.html"):
        assert command in files[name].decode()
    (tmp_path / "time-stamps").mkdir()
    (tmp_path / "ROOTS").write_bytes(authority.root.public_bytes(Encoding.PEM))
    (tmp_path / ANSWER).write_bytes(files[ANSWER])

    def verdict(stamped: bytes) -> int:
        (tmp_path / STAMPED).write_bytes(stamped)
        words = command.split()[1:]
        return subprocess.run(
            [str(OPENSSL), *words], cwd=tmp_path, capture_output=True, check=False
        ).returncode

    assert verdict(files[STAMPED]) == 0
    assert verdict(files[STAMPED] + b"x") != 0


@pytest.mark.django_db
def test_a_stamp_of_another_checkpoint_or_none_at_all_is_caught(files: dict[str, bytes]) -> None:
    key = files["log.vkey"].decode().strip()
    lies = Authority(lies=lambda _: bytes(32)).answer(request_for("note").as_bytes())
    for changed in (
        {ANSWER: lies},
        {ANSWER: files[ANSWER][:-3]},
        {ANSWER: b""},
        {STAMPED: files[STAMPED].replace(b"\n", b"\nmore\n", 1)},
        {STAMPED: b""},
        {"time-stamps/3.tsr": files[ANSWER]},
    ):
        assert "time stamps" in failures({**files, **changed}, key), changed.keys()
    lacking = {name: data for name, data in files.items() if name != ANSWER}
    assert {"manifest", "files"} <= set(failures(lacking, key))


def test_what_is_no_granted_time_stamp_is_refused() -> None:
    note = "a note"
    digest = hashlib.sha256(note.encode()).digest()
    response = Authority().answer(request_for(note).as_bytes())
    assert stamped_at(response, digest).endswith("Z")
    for place in range(len(response)):
        shortened = response[:place]
        with pytest.raises(Problem):
            stamped_at(shortened, digest)
    refused = bytearray(response)
    refused[response.index(b"\x02\x01\x00") + 2] = 2
    with pytest.raises(Problem, match="granted"):
        stamped_at(bytes(refused), digest)
