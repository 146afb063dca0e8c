"""What was searchable at a moment, and what changed between two, by the rule of search."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from provenance.history.moments import Moment
from retrieval.validity import counts_at

# Lists go by title, then id; of a title only so much, for it stands in cursors.
TITLE = "left(COALESCE(v.title, ''), 100)"
# A row's place in a list: its title as far as it orders, and its document.
Place = tuple[str, str]

SEEN = """
    (%(collections)s::text[] IS NULL OR v.collection = ANY(%(collections)s))
    AND (%(words)s::text IS NULL OR position(lower(%(words)s) IN lower(COALESCE(v.title, ''))) > 0)
"""
LIST = f"""
    SELECT v.document_id, v.version_id, v.version_number, v.title, v.collection, {TITLE}
    FROM retrieval_validity AS v
    WHERE {counts_at("%(position)s", "%(effective_at)s")} AND {SEEN}
      AND (%(title)s::text IS NULL OR ({TITLE}, v.document_id) > (%(title)s, %(document)s::uuid))
    ORDER BY {TITLE}, v.document_id
    LIMIT %(limit)s
"""  # noqa: S608  made of constants
COUNT = f"""
    SELECT count(*), COALESCE(sum(v.chunks), 0) FROM retrieval_validity AS v
    WHERE {counts_at("%(position)s", "%(effective_at)s")} AND {SEEN}
"""  # noqa: S608
BOTH = f"""
    WITH earlier AS (
        SELECT v.* FROM retrieval_validity AS v
        WHERE {counts_at("%(from_position)s", "%(from_effective_at)s")} AND {SEEN}
    ), later AS (
        SELECT v.* FROM retrieval_validity AS v
        WHERE {counts_at("%(to_position)s", "%(to_effective_at)s")} AND {SEEN}
    ), changed AS (
        SELECT document_id, COALESCE(l.title, e.title) AS title,
               COALESCE(l.collection, e.collection) AS collection,
               e.version_id AS from_id, e.version_number AS from_number,
               l.version_id AS to_id, l.version_number AS to_number
        FROM earlier AS e FULL JOIN later AS l USING (document_id)
        WHERE e.version_id IS DISTINCT FROM l.version_id
    )
"""  # noqa: S608
CHANGES = f"""{BOTH}
    SELECT v.*, {TITLE} FROM changed AS v
    WHERE %(title)s::text IS NULL OR ({TITLE}, v.document_id) > (%(title)s, %(document)s::uuid)
    ORDER BY {TITLE}, v.document_id
    LIMIT %(limit)s
"""  # noqa: S608
CHANGE_COUNTS = f"""{BOTH}
    SELECT count(*) FILTER (WHERE from_id IS NULL), count(*) FILTER (WHERE to_id IS NULL),
           count(*) FILTER (WHERE from_id IS NOT NULL AND to_id IS NOT NULL)
    FROM changed
"""  # noqa: S608


@dataclass(frozen=True)
class Known:
    """A document and the version that stood for it, described as it was then."""

    document_id: UUID
    version_id: UUID
    version_number: int
    title: str | None
    collection: str
    order: str

    @property
    def place(self) -> Place:
        return self.order, str(self.document_id)


@dataclass(frozen=True)
class Change:
    """A document for which another version stands at the later moment; None where none does."""

    document_id: UUID
    title: str | None
    collection: str
    from_version_id: UUID | None
    from_version_number: int | None
    to_version_id: UUID | None
    to_version_number: int | None
    order: str

    @property
    def kind(self) -> str:
        if self.from_version_id is None:
            return "added"
        return "removed" if self.to_version_id is None else "replaced"

    @property
    def place(self) -> Place:
        return self.order, str(self.document_id)


@dataclass(frozen=True)
class ChangeCounts:
    """How many documents differ between two moments."""

    added: int
    removed: int
    replaced: int

    @property
    def all(self) -> int:
        return self.added + self.removed + self.replaced


def known_at(
    moment: Moment,
    *,
    collections: Sequence[str] | None,
    limit: int,
    after: Place | None = None,
    words: str | None = None,
) -> list[Known]:
    """The next documents after a place, and one more than `limit`; `words` stand in the title."""
    rows = _rows(LIST, {**_at(moment), **_scope(collections, words), **_page(limit, after)})
    return [Known(*row) for row in rows]


def count_known(
    moment: Moment, *, collections: Sequence[str] | None, words: str | None = None
) -> tuple[int, int]:
    """How many documents were searchable, and how many passages."""
    documents, passages = _rows(COUNT, {**_at(moment), **_scope(collections, words)})[0]
    return documents, passages


def changes_between(
    earlier: Moment,
    later: Moment,
    *,
    collections: Sequence[str] | None,
    limit: int,
    after: Place | None = None,
) -> list[Change]:
    """The next documents that differ, and one more than `limit`."""
    pair = {**_at(earlier, "from_"), **_at(later, "to_")}
    rows = _rows(CHANGES, {**pair, **_scope(collections, None), **_page(limit, after)})
    return [Change(*row) for row in rows]


def count_changes(
    earlier: Moment, later: Moment, *, collections: Sequence[str] | None
) -> ChangeCounts:
    pair = {**_at(earlier, "from_"), **_at(later, "to_")}
    return ChangeCounts(*_rows(CHANGE_COUNTS, {**pair, **_scope(collections, None)})[0])


def _at(moment: Moment, prefix: str = "") -> dict[str, Any]:
    return {f"{prefix}position": moment.position, f"{prefix}effective_at": moment.effective_at}


def _scope(collections: Sequence[str] | None, words: str | None) -> dict[str, Any]:
    return {
        "collections": None if collections is None else list(collections),
        "words": words or None,
    }


def _page(limit: int, after: Place | None) -> dict[str, Any]:
    title, document = after or (None, None)
    return {"limit": limit + 1, "title": title, "document": document}


def _rows(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
