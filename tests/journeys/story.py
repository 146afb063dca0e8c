"""What the pages are looked at with: every state that a page can show, from an honest pipeline."""

import base64
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.journeys.application import Application, passage_address

PDF = Path(__file__).resolve().parents[2] / "examples/sample/cyber-small-business/v1.pdf"
QUESTION = "Within how many days must a theft be reported?"


@dataclass(frozen=True)
class Story:
    """The addresses of the pages that show it."""

    trace: str
    document: str
    withdrawn: str
    version: str
    failed: str
    pdf: str
    retrieval: str
    passage: str
    comparison: str


def tell(application: Application) -> Story:
    """An answer on a version since replaced, with a sentence that nothing supports."""
    content = base64.b64encode(PDF.read_bytes()).decode()
    hand_in = partial(application.post, "documents")
    first = hand_in(**_theft(days=14), effective_from="2025-01-01")
    old = hand_in(external_id="old", content="Cheques are accepted.", title="Old")
    pdf = hand_in(external_id="cyber", content_base64=content, media_type="application/pdf")
    blank = hand_in(external_id="blank", content=" ", title="Scan")
    for version in (first, old, pdf):
        application.followed(version)
    told, trace = application.answer(
        QUESTION,
        prompt="{passages}\n\n" + QUESTION,
        output="A theft must be reported within 14 days. A letter by post is enough.",
    )
    second = hand_in(**_theft(days=7), effective_from="2026-01-01")
    application.post(f"documents/{old['document_id']}/withdrawal", reason="No longer sold.")
    application.followed(second)
    application.followed(old, to="withdrawn")
    application.followed(blank, to="failed")
    return Story(
        trace=f"/outputs/{told['output_id']}/",
        document=f"/documents/{first['document_id']}/",
        withdrawn=f"/documents/{old['document_id']}/",
        version=passage_address(trace["retrievals"][0]["results"][0]),
        failed=f"/versions/{blank['version_id']}/",
        pdf=f"/versions/{pdf['version_id']}/?start=900&end=1000#passage",
        retrieval=f"/retrievals/{trace['retrievals'][0]['retrieval_id']}/",
        passage=trace["retrievals"][0]["results"][0]["chunk_id"],
        comparison=f"/versions/compare?a={first['version_id']}&b={second['version_id']}"
        "&start=16&end=60",
    )


def _theft(*, days: int) -> dict[str, Any]:
    return {
        "external_id": "theft",
        "title": "Theft policy",
        "media_type": "text/markdown",
        "content": f"# Theft policy\n\nA theft must be reported within {days} days.\n",
        "metadata": {"line": "household"},
    }
