"""Checkpoints and witnesses as C2SP writes them: deterministic vectors, and a bundle's own."""

import base64
from uuid import UUID

import pytest
from django.db import connection

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.exports.verify import Note, Problem, VerifierKey, policy_of, verify
from tests.exports.stories import Taken, built, files_of

LOG = "ragaudit.example/log1+c2caa0ce+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
WITNESS = "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
CHECKPOINT = """ragaudit.example/log1
8
XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=

— ragaudit.example/log1 wsqgzvzxGCAZ27+HFTc3XSTTXYq/p96+ZfF+Mng8Xyp1F7VWu4RVjwpPS5IsIz2MGPjzqTGpi549AQ+aZP6FX4sE3QQ=
— witness.example/w1 IDJKvgAAAABpVbkA7qIxCDAzQ1hpcvZZx2nDGxolSzclT1APMuvEoREgypTvFASZpGIPqPAurfG9aPXW08sWnYbyEa41VSgP3eJjAQ==
"""  # noqa: E501


def test_signature_and_cosignature_of_the_vector_verify() -> None:
    keys = [VerifierKey.parse(LOG), VerifierKey.parse(WITNESS)]
    assert Note.parse(CHECKPOINT.encode()).signers(keys) == keys


@pytest.mark.parametrize(
    ("old", "new"), [("\n8\n", "\n9\n"), ("BpVbkA", "BpVbkB"), ("wsqgzvz", "wsqgzvy")]
)
def test_a_wrong_signature_of_a_known_key_refuses_the_note(old: str, new: str) -> None:
    assert old in CHECKPOINT
    note = Note.parse(CHECKPOINT.replace(old, new).encode())
    with pytest.raises(Problem):
        note.signers([VerifierKey.parse(LOG), VerifierKey.parse(WITNESS)])


def test_a_key_under_another_name_is_none() -> None:
    with pytest.raises(Problem, match="key id"):
        VerifierKey.parse(LOG.replace("log1", "log2"))


def test_the_policy_trusts_the_log_and_asks_for_no_witness() -> None:
    assert policy_of([LOG]) == f"log {LOG}\nquorum none\n"


def test_a_cosignature_that_is_cut_short_fails_as_a_check() -> None:
    witness = VerifierKey.parse(WITNESS)
    for length in (1, 7):
        raw = base64.b64encode(witness.key_id + bytes(length)).decode()
        note = f"log\n1\n{'A' * 43}=\n\n\u2014 {witness.name} {raw}\n"
        lines = verify({"checkpoint": note.encode(), "manifest.json": b"{}"}, [witness])
        (found,) = (line for line in lines if line.check == "witnesses")
        assert (found.verdict, "malformed" in found.detail) == ("FAIL", True)


@pytest.mark.django_db
def test_a_witness_that_the_auditor_trusts_must_have_cosigned(
    output_id: UUID, bundle: Taken, log_key: str
) -> None:
    trusted = [VerifierKey.parse(log_key), VerifierKey.parse(WITNESS)]
    alone = verify(files_of(bundle.content), trusted)
    assert [line.check for line in alone if line.verdict == "FAIL"] == ["witnesses"]
    line = "\u2014 another.example/w IDJKvgAAAABpVbkA7qIxCDAzQ1hpcvZZx2nDGxolSzclT1APMuvEoREg\n"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO integrity_cosignature (checkpoint_id, witness, line)"
            " SELECT id, 'another.example/w', %s FROM integrity_checkpoint",
            [line],
        )
    files = files_of(built([output_id], principal=SYSTEM_PRINCIPAL).content)
    assert files["checkpoint"].decode().endswith(line)
    lines = verify(files, trusted[:1])
    assert all(each.verdict != "FAIL" for each in lines)
    assert "1 signatures on the checkpoint are by keys not given here" in str(lines[-1])
