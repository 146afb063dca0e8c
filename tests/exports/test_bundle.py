"""A bundle verifies with nothing but Python, says what the trace says, and is always the same."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from ingestion.commands import submit_document
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.exports import verify
from provenance.exports.verify import Line
from provenance.history.lineage import trace_of
from provenance.integrity import checkpoints
from provenance.integrity.checkpoints import seal
from provenance.integrity.errors import NotSealedYet
from provenance.integrity.sequencer import sequence_everything
from provenance.sealing.models import SealingKey
from retrieval.generations.commands import TODAY, start_generation
from retrieval.ranking import MICRO
from retrieval.recording.errors import RecordNotFound
from tests.erased_keys import destroy
from tests.exports.stories import PASSAGE, SEED, Taken, answered, built, checked, failures, files_of
from tests.recording.stories import BOB, hand_in

pytestmark = pytest.mark.django_db
Step = Callable[[], None]


def run_alone(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`verify.py` in a folder of its own, without this project or its libraries."""
    (folder / "verify.py").write_bytes(Path(verify.__file__).read_bytes())
    return subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", *arguments],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_verifies_on_bare_python_as_zip_and_unpacked(
    bundle: Taken, log_key: str, tmp_path: Path
) -> None:
    (tmp_path / "bundle.zip").write_bytes(bundle.content)
    for name, data in files_of(bundle.content).items():
        (tmp_path / "unpacked" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "unpacked" / name).write_bytes(data)
    for where in ("bundle.zip", "unpacked"):
        done = run_alone(tmp_path, where, "--trust", log_key)
        assert (done.returncode, done.stderr) == (0, "")
        lines = done.stdout.splitlines()
        assert lines[-1] == "VERIFIED"
        assert {line.partition("  ")[0] for line in lines[:-1]} == {"PASS"}


def test_passages_that_were_cut_anew_are_traced_to_the_text_they_were_cut_from(
    documents: dict[str, Any],  # noqa: ARG001
    run_work: Step,
    tmp_path: Path,
) -> None:
    start_generation(
        embedding_model=None,
        activate_when_verified=True,
        principal=SYSTEM_PRINCIPAL,
        chunker="fine/1",
    )
    run_work()
    bundle = built([answered(run_work)], principal=SYSTEM_PRINCIPAL)
    files = files_of(bundle.content)
    assert any(b"DocumentRecut" in data for data in files.values())
    (tmp_path / "bundle.zip").write_bytes(bundle.content)
    done = run_alone(tmp_path, "bundle.zip", "--trust", str(checkpoints.verifier_keys()[-1]))
    assert (done.returncode, done.stderr) == (0, "")


def test_passages_of_texts_that_were_read_anew_are_traced_to_those(
    run_work: Step, tmp_path: Path, settings: Any
) -> None:
    """The bundle holds both texts; each passage is a span of its own one only."""
    menu = "<nav>All offers of the dental week, and the waiting period of each.</nav>"
    submit_document(
        principal=SYSTEM_PRINCIPAL,
        content=f"{menu}<main><p>{PASSAGE}</p></main>".encode(),
        external_id="dental",
        media_type="text/html",
    )
    run_work()
    before = answered(run_work)
    settings.HTML_TEXT = "content"
    start_generation(
        embedding_model=None,
        activate_when_verified=True,
        principal=SYSTEM_PRINCIPAL,
        chunker="fine/1",
        reading=TODAY,
    )
    run_work()
    bundle = built([before, answered(run_work)], principal=SYSTEM_PRINCIPAL)
    (tmp_path / "bundle.zip").write_bytes(bundle.content)
    done = run_alone(tmp_path, "bundle.zip", "--trust", str(checkpoints.verifier_keys()[-1]))
    assert (done.returncode, done.stderr) == (0, "")
    trace = json.loads(files_of(bundle.content)["trace.json"])
    first, second = (
        [result["text"] for retrieval in each["retrievals"] for result in retrieval["results"]]
        for each in trace["outputs"]
    )
    assert any("All offers" in text for text in first)
    assert not any("All offers" in text for text in second)


def test_the_answer_may_be_read_by_programs(bundle: Taken, log_key: str, tmp_path: Path) -> None:
    (tmp_path / "bundle.zip").write_bytes(bundle.content)
    (tmp_path / "keys").write_text(f"{log_key}\n")
    done = run_alone(tmp_path, "bundle.zip", "--trust", "keys", "--json")
    answer = json.loads(done.stdout)
    assert answer["verified"]
    assert {"verdict": "PASS", "check": "trace"}.items() <= answer["lines"][-2].items()


def test_another_key_fails_and_no_key_cannot_run(
    bundle: Taken, log_key: str, tmp_path: Path
) -> None:
    (tmp_path / "bundle.zip").write_bytes(bundle.content)
    name, _, _ = log_key.partition("+")
    other = verify.VerifierKey(name, verify.ED25519, bytes(range(32)))
    encoded = f"{name}+{other.key_id.hex()}+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
    assert run_alone(tmp_path, "bundle.zip", "--trust", encoded).returncode == 1
    assert run_alone(tmp_path, "bundle.zip").returncode == 2
    assert run_alone(tmp_path, "nothing.zip", "--trust", log_key).returncode == 2
    assert run_alone(tmp_path, "bundle.zip", "--trust", log_key[:-2]).returncode == 2
    assert run_alone(tmp_path, "--nonsense").returncode == 2


def test_the_bundled_key_is_taken_only_when_asked_and_called_weaker(
    bundle: Taken, tmp_path: Path
) -> None:
    (tmp_path / "bundle.zip").write_bytes(bundle.content)
    done = run_alone(tmp_path, "bundle.zip", "--trust-bundled")
    assert done.returncode == 0
    assert "NOTE  WEAKER" in done.stdout


def test_the_same_state_gives_the_same_bytes(output_id: UUID) -> None:
    first, second = (built([output_id], principal=SYSTEM_PRINCIPAL) for _ in range(2))
    assert first == second
    assert first.name == f"evidence-{output_id}-{first.checkpoint_size}.zip"


def test_it_says_what_the_trace_says(output_id: UUID, bundle: Taken) -> None:
    (told,) = json.loads(files_of(bundle.content)["trace.json"])["outputs"]
    trace = trace_of(output_id, principal=SYSTEM_PRINCIPAL)
    assert told["output"]["text"] == trace.output["text"]
    assert told["prompt"]["messages"] == trace.prompt["messages"]
    spans = [{k: v for k, v in span.items() if k != "text"} for span in told["prompt"]["spans"]]
    assert (spans, told["prompt"]["absent"]) == (trace.prompt["spans"], trace.prompt["absent"])
    assert [
        [(r["rank"], r["chunk_id"], r["text"]) for r in each["results"]]
        for each in told["retrievals"]
    ] == [
        [(r["rank"], str(r["chunk_id"]), r["text"]) for r in each["results"]]
        for each in trace.retrievals
    ]
    assert [
        (s["start"], s["end"], s["text"], [x["score_in_millionths"] for x in s["supports"]])
        for s in told["attribution"]
    ] == [
        (s["start"], s["end"], s["text"], [round(x["score"] * MICRO) for x in s["supports"]])
        for s in trace.attribution
    ]
    assert [(v["title"], v["content_sha256"]) for v in told["document_versions"]] == [
        (v["title"], v["content_sha256"]) for v in trace.document_versions
    ]


def test_long_texts_in_any_script_come_with_their_blobs(run_work: Step, documents: Any) -> None:  # noqa: ARG001
    text = "Wartezeit Ждать περιμένω 待機期間 مدة الانتظار ממתין รอ 🦷\u202e\x07\t\r\n" * 400
    output_id = answered(run_work, text=text, delivered_text=text)
    bundle = built([output_id], principal=SYSTEM_PRINCIPAL)
    files = files_of(bundle.content)
    key = files["log.vkey"].decode().strip()
    assert failures(files, key) == []
    assert sum(name.startswith("blobs/") for name in files) >= 2
    page = files["report.html"].decode()
    assert "待機期間" in page
    assert "\u202e" not in page
    assert "U+202E" in page
    assert files["report.pdf"].startswith(b"%PDF-")


def test_several_outputs_share_one_bundle(output_id: UUID, run_work: Step) -> None:
    other = answered(run_work, text="Eight months.")
    bundle = built([output_id, other], principal=SYSTEM_PRINCIPAL)
    files = files_of(bundle.content)
    assert failures(files, files["log.vkey"].decode().strip()) == []
    assert len(json.loads(files["trace.json"])["outputs"]) == 2


def test_a_later_version_stays_out_of_it(output_id: UUID, run_work: Step) -> None:
    later = hand_in("# Dental policy\n\nThe waiting period is 3 months.\n", "dental")
    run_work()
    bundle = built([output_id], principal=SYSTEM_PRINCIPAL)
    files = files_of(bundle.content)
    assert failures(files, files["log.vkey"].decode().strip()) == []
    assert str(later.version_id).encode() not in b"".join(files.values())


def test_without_the_signing_key_the_events_prove_it_all_the_same(
    output_id: UUID, bundle: Taken, log_key: str, settings: Any
) -> None:
    settings.LOG_SIGNING_KEY = None
    unsigned = built([output_id], principal=SYSTEM_PRINCIPAL)
    assert unsigned.checkpoint_size == bundle.checkpoint_size
    files = files_of(unsigned.content)
    assert failures(files, log_key) == []
    note, _ = [line for line in checked(files, log_key) if line.verdict == "NOTE"]
    assert "the manifest is not signed" in note.detail


def test_what_no_checkpoint_covers_has_to_wait(output_id: UUID, settings: Any) -> None:
    settings.LOG_SIGNING_KEY = None
    with pytest.raises(NotSealedYet):
        built([output_id], principal=SYSTEM_PRINCIPAL)


def test_another_application_is_given_none(output_id: UUID) -> None:
    with pytest.raises(RecordNotFound):
        built([output_id], principal=BOB)


def erase_all(kind: str) -> None:
    """Only their keys, and what the log says of it."""
    kids = SealingKey.objects.filter(kid__startswith=f"{kind}:").values_list("kid", flat=True)
    destroy(list(kids))
    sequence_everything()
    seal(SEED)


def lose_keys(kind: str) -> None:
    """As a restore without the data keys leaves them."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE sealing_key DISABLE TRIGGER sealing_key_keep")
        cursor.execute("UPDATE sealing_key SET wrapped_dek = NULL WHERE kid LIKE %s", [f"{kind}:%"])
        cursor.execute("ALTER TABLE sealing_key ENABLE ALWAYS TRIGGER sealing_key_keep")


@pytest.mark.parametrize("kind", ["interaction", "document"])
def test_erased_text_is_shown_as_erased_and_the_rest_verifies(
    kind: str, output_id: UUID, bundle: Taken, log_key: str
) -> None:
    erase_all(kind)
    files = files_of(built([output_id], principal=SYSTEM_PRINCIPAL).content)
    assert failures(files, log_key) == []
    notes = [line.detail for line in checked(files, log_key) if line.verdict == "NOTE"]
    assert any("have been erased" in note for note in notes)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert any(f"erased on {today} by erasure" in note for note in notes)
    assert any(b"SubjectKeyDestroyed" in data for data in files.values())
    erased = b"A fee shortens it." if kind == "interaction" else b"# Dental policy\n\nThe waiting"
    assert any(erased in data for data in files_of(bundle.content).values())
    if kind == "interaction":
        assert all(erased not in data for data in files.values())
        assert b"The text of this answer has been erased." in files["report.html"]
    else:
        assert b"The text of this passage has been erased." in files["report.html"]


def test_the_blobs_of_erased_texts_are_not_asked_for(
    run_work: Step,
    documents: Any,  # noqa: ARG001
) -> None:
    """An erasure takes them away."""
    output_id = answered(run_work, text="Eight months. " * 1000)
    whole = files_of(built([output_id], principal=SYSTEM_PRINCIPAL).content)
    erase_all("interaction")
    files = files_of(built([output_id], principal=SYSTEM_PRINCIPAL).content)
    assert failures(files, files["log.vkey"].decode().strip()) == []
    gone = {name for name in whole.keys() - files.keys() if name.startswith("blobs/")}
    assert gone


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_key_that_is_gone_without_an_event_is_not_called_erased(
    output_id: UUID, log_key: str
) -> None:
    """Nor is a bundle believed that calls it so."""
    lose_keys("interaction")
    files = files_of(built([output_id], principal=SYSTEM_PRINCIPAL).content)
    assert failures(files, log_key) == []
    notes = [line.detail for line in checked(files, log_key) if line.verdict == "NOTE"]
    assert any("no event says that they were destroyed" in note for note in notes)
    assert b"its key was missing where this was made" in files["report.html"]
    listed = files["disclosures.json"].replace(b'"key_missing"', b'"erased"')
    assert listed != files["disclosures.json"]
    assert "texts" in failures({**files, "disclosures.json": listed}, log_key)


def test_what_was_left_out_since_shows_against_the_recorded_manifest(
    output_id: UUID, tmp_path: Path, settings: Any, log_key: str
) -> None:
    """A last event that nothing refers to can leave a bundle whose manifest nobody signed."""
    settings.LOG_SIGNING_KEY = None
    target = tmp_path / "bundle.zip"
    made = built([output_id], principal=SYSTEM_PRINCIPAL)
    target.write_bytes(made.content)
    keys = (log_key,)
    recorded = verify.run(target, keys, trust_bundled=False, manifest=made.manifest_sha256)
    assert Line("PASS", "handed out", "the manifest is the one that the log recorded") in recorded
    other = verify.run(target, keys, trust_bundled=False, manifest="0" * 64)
    assert [line.check for line in other if line.verdict == "FAIL"] == ["handed out"]
    assert any("--manifest" in line.detail for line in other)
