"""The proof file against a vector made with other code."""

import pytest

from provenance.integrity.errors import NoteInvalid
from provenance.integrity.tlog_proof import TlogProof
from tests.integrity.test_notes import SIGNED

FILE = f"""\
c2sp.org/tlog-proof@v1
index 5
vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=
yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=
037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=

{SIGNED}"""


def test_a_proof_is_written_as_other_code_writes_it() -> None:
    proof = TlogProof.parse(FILE)
    assert (proof.index, len(proof.path), proof.note) == (5, 3, SIGNED)
    assert str(proof) == FILE
    extra = FILE.replace("index 5", "extra YQ==\nindex 5")
    assert TlogProof.parse(extra) == proof


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1\n\n",
        FILE.replace("@v1", "@v2"),
        FILE.replace("index 5", "index five"),
        FILE.replace("index 5\n", ""),
        FILE.replace("vBoG", "%%%%"),
    ],
)
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(NoteInvalid):
        TlogProof.parse(text)
