"""Signed notes and checkpoints against C2SP's example and vectors made with other code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.integrity.checkpoint import Checkpoint
from provenance.integrity.errors import NoteInvalid
from provenance.integrity.notes import Note, SignerKey, VerifierKey

C2SP_EXAMPLE = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
LOG = SignerKey("ragaudit.example/log1", bytes(range(32)))
LOG_VERIFIER = "ragaudit.example/log1+c2caa0ce+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
BODY = "ragaudit.example/log1\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
SIGNED = (
    BODY + "\n— ragaudit.example/log1 wsqgzvzxGCAZ27+HFTc3XSTTXYq/p96+ZfF+Mng8Xyp1F7VWu4RVjwpPS5Is"
    "Iz2MGPjzqTGpi549AQ+aZP6FX4sE3QQ=\n"
)
ROOT = bytes.fromhex("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")


def test_a_verifier_key_is_written_as_it_was_read() -> None:
    assert str(VerifierKey.parse(C2SP_EXAMPLE)) == C2SP_EXAMPLE
    assert str(LOG.verifier) == LOG_VERIFIER


def test_a_checkpoint_is_signed_as_other_code_signs_it() -> None:
    checkpoint = Checkpoint("ragaudit.example/log1", 8, ROOT)
    assert LOG.sign(checkpoint.body) == SIGNED
    assert Checkpoint.parse(Note.parse(SIGNED).text) == checkpoint


def test_the_signature_of_a_known_key_verifies() -> None:
    known = VerifierKey.parse(LOG_VERIFIER)
    other = VerifierKey.parse(C2SP_EXAMPLE)
    assert Note.parse(SIGNED).signed_by([other, known]) == [known]
    with pytest.raises(NoteInvalid, match="No known key"):
        Note.parse(SIGNED).signed_by([other])


@given(st.integers(0, len(SIGNED.encode()) - 1), st.integers(0, 7))
def test_no_changed_bit_passes(place: int, bit: int) -> None:
    raw = bytearray(SIGNED.encode())
    raw[place] ^= 1 << bit
    with pytest.raises((NoteInvalid, UnicodeDecodeError)):
        Note.parse(raw.decode()).signed_by([LOG.verifier])


@pytest.mark.parametrize(
    "key",
    [
        "",
        "name",
        "a+b",
        "name with space+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+00000000+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZA==",
        "example.com/foo+530d903a+%%%",
    ],
)
def test_what_is_no_verifier_key_is_refused(key: str) -> None:
    with pytest.raises(NoteInvalid):
        VerifierKey.parse(key)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— name\n",
        "text\n\nname YWJjZGVmZ2g=\n",
        "text\n\n— name YWJj\n",
        "te\txt\n\n— name YWJjZGVmZ2g=\n",
        "text\n\n" + "— name YWJjZGVmZ2g=\n" * 65,
    ],
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(NoteInvalid):
        Note.parse(note)


@pytest.mark.parametrize(
    "body", ["", "o\n", "o\n1\n", "o\n01\nAA==\n", "o\n-1\nAA==\n", "o\n1\nAA==\n", "\n0\n\n"]
)
def test_what_is_no_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(NoteInvalid):
        Checkpoint.parse(body)
