"""Hands in the sample's documents through the API; what is there already is left alone."""

import base64
from collections.abc import Iterator
from urllib.parse import urlencode

from examples.rag_app import Json, RagLedger
from provenance.embedded.sample.corpus import MEDIA_TYPES, SAMPLE, Document, Version


def hand_in(ledger: RagLedger, document: Document, *, act: int) -> Iterator[str]:
    """Does what the document's story holds for this act; yields a line for each thing done.

    Every read model must have caught up, so that an interrupted run is continued where it ended.
    """
    known = known_document(ledger, document)
    handed_in = len(known["versions"]) if known else 0
    for number, version in enumerate(document.versions, 1):
        if version.act == act and number > handed_in:
            body = version_body(document, version)
            key = f"sample-{document.external_id}-{number}"
            known = ledger.post("/api/v1/documents", body, idempotency_key=key)
            yield f"{document.title}, version {number}"
    if known:
        yield from _describe(ledger, document, known, act=act)
        yield from _withdraw(ledger, document, known, act=act)


def known_document(ledger: RagLedger, document: Document) -> Json | None:
    wanted = {"collection": document.collection, "external_id": document.external_id}
    found = ledger.get(f"/api/v1/documents?{urlencode(wanted)}")["data"]
    return ledger.get(f"/api/v1/documents/{found[0]['document_id']}") if found else None


def version_body(document: Document, version: Version) -> Json:
    path = SAMPLE / document.folder / version.file
    source = f"https://wordings.wrenholt.example/{document.folder}/{version.file}"
    return {
        "external_id": document.external_id,
        "title": document.title,
        "collection": document.collection,
        "metadata": document.metadata,
        "media_type": MEDIA_TYPES[path.suffix],
        "source_uri": source,
        "source_version": version.source_version,
        "content_base64": base64.b64encode(path.read_bytes()).decode(),
        "effective_from": version.effective_from,
        **({"effective_until": version.effective_until} if version.effective_until else {}),
    }


def _describe(ledger: RagLedger, document: Document, known: Json, *, act: int) -> Iterator[str]:
    new = document.described
    if new is None or new.act != act or known.get("title") == new.title:
        return
    body = {**version_body(document, document.versions[-1]), "title": new.title}
    ledger.post("/api/v1/documents", body)
    yield f"{document.title}: now titled {new.title}"


def _withdraw(ledger: RagLedger, document: Document, known: Json, *, act: int) -> Iterator[str]:
    withdrawal = document.withdrawal
    if withdrawal is None or withdrawal.act != act or known.get("status") == "withdrawn":
        return
    address = f"/api/v1/documents/{known['document_id']}/withdrawal"
    ledger.post(address, {"reason": withdrawal.reason})
    yield f"{document.title}: withdrawn"
