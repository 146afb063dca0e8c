"""Finds documents and versions: by title, by the ids of their source, by hash and by id."""

from django.db.models import Q
from django.utils.translation import gettext

from ingestion.models import CatalogueDocument, CatalogueVersion, Chunk
from provenance.accounts.access import Principal
from provenance.finding.hits import SHOWN, Group, Hit, counted
from provenance.finding.narrowing import Narrowing
from provenance.finding.question import Question


def documents(question: Question, narrowing: Narrowing, principal: Principal) -> Group:
    found = narrowing.of_documents(CatalogueDocument.objects.all())
    if principal.collections is not None:
        found = found.filter(collection__in=principal.collections)
    if question.is_exact:
        found = found.filter(Q(document_id=question.id) | Q(external_id=question.text))
    else:
        text = question.text
        found = found.filter(Q(title__icontains=text) | Q(external_id__icontains=text))
    hits = [
        Hit(
            "document",
            row.document_id,
            row.title,
            note=f"{row.external_id or ''} in {row.collection}".strip(),
            at=row.submitted_at,
        )
        for row in found.order_by("-submitted_position")[:SHOWN]
    ]
    return Group("document", hits, counted(found))


def versions(question: Question, narrowing: Narrowing, principal: Principal) -> Group:
    """By the hash of its bytes, its id, a passage's id, or what its source calls it."""
    found = narrowing.of_documents(CatalogueVersion.objects.all())
    if principal.collections is not None:
        found = found.filter(collection__in=principal.collections)
    if question.sha256 is not None:
        found = found.filter(content_sha256=question.sha256)
    elif question.id is not None:
        chunks = Chunk.objects.filter(chunk_id=question.id).values("version_id")
        found = found.filter(Q(version_id=question.id) | Q(version_id__in=chunks))
    else:
        text = question.text
        found = found.filter(Q(source_version=text) | Q(source_uri=text) | Q(file_name=text))
    hits = [
        Hit(
            "version",
            row.version_id,
            gettext("%(title)s, version %(number)s")
            % {"title": row.title or gettext("Untitled document"), "number": row.version_number},
            note=" ".join(filter(None, (row.source_version, row.file_name))),
            at=row.submitted_at,
        )
        for row in found.order_by("-submitted_position")[:SHOWN]
    ]
    return Group("version", hits, counted(found))
