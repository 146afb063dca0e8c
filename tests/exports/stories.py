"""An answer to take evidence of, and ways to take a bundle apart and put it together again."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.exports.bundle import Bundle, build
from provenance.exports.facts import Facts
from provenance.exports.spool import Spool
from provenance.exports.verify import Line, VerifierKey, verify
from retrieval.recording.commands import report_prompt, report_retrieval
from tests.recording.stories import ALICE, QUESTION, WAITING, ask, output_of

SEED = bytes(range(32))
ANSWER = "The waiting period for dental treatment is 8 months. A fee shortens it."


PASSAGE = WAITING.format(months=8).partition("\n\n")[2].strip()
REPORTED = ({"text": PASSAGE, "external_id": "dental"}, {"text": "Known to nobody here."})


def answered(
    run_work: Callable[[], None],
    text: str = ANSWER,
    reported: Sequence[Mapping[str, Any]] = REPORTED,
    **more: Any,
) -> UUID:
    """An output over a retrieval that was served, and one that was reported."""
    served = ask()
    own = report_retrieval(
        principal=ALICE,
        query="dental",
        retriever={"name": "own store", "version": "2"},
        results=reported,
    )
    passages = "\n\n".join(result["text"] for result in served["results"])
    prompt = report_prompt(
        principal=ALICE,
        retrieval_ids=[UUID(served["retrieval_id"]), own.retrieval_id],
        messages=[
            {"role": "system", "content": "Answer from the passages."},
            {"role": "user", "content": [{"type": "text", "text": f"{passages}\n\n{QUESTION}"}]},
        ],
        context={"user_ref": "customer 17"},
    )
    output_id = output_of(prompt.prompt_id, text, **more)
    run_work()
    return output_id


@dataclass(frozen=True)
class Taken:
    """A bundle in memory."""

    name: str
    content: bytes
    manifest_sha256: str
    checkpoint_origin: str
    checkpoint_size: int
    events: int


def take(bundle: Bundle) -> Taken:
    with closing(bundle):
        content = b"".join(bundle)
        assert len(content) == bundle.length
        facts = (bundle.checkpoint_origin, bundle.checkpoint_size, bundle.events)
        return Taken(bundle.name, content, bundle.manifest_sha256, *facts)


def built(output_ids: Sequence[UUID], **asked: Any) -> Taken:
    return take(build(output_ids, **asked))


def facts_of(output_ids: Sequence[UUID], spool: Spool) -> Facts:
    facts = Facts(output_ids, None, spool)
    facts.gather(SYSTEM_PRINCIPAL)
    return facts


def packed(files: Mapping[str, bytes]) -> bytes:
    """The zip file of files as a bundle has them."""
    spool = Spool()
    for path, data in files.items():
        spool.add(path, data)
    with closing(spool):
        return b"".join(spool.packed())


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def checked(files: Mapping[str, bytes], key: str) -> list[Line]:
    return verify(files, [VerifierKey.parse(key)])


def failures(files: Mapping[str, bytes], key: str) -> list[str]:
    return [line.check for line in checked(files, key) if line.verdict == "FAIL"]
