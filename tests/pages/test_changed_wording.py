"""A trace tells of a document once where a reader could not tell its changes apart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from provenance.history.standing import VersionDates
from provenance.impact.models import WordingChange
from provenance.impact.stale import Stale
from provenance.pages.changed_wording import Changed, merge

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DOCUMENT, OUTPUT = UUID(int=1), UUID(int=2)


def version(number: int) -> VersionDates:
    return VersionDates(UUID(int=10 + number), DOCUMENT, number, "indexed", AT, number)


def changed(position: int, *chunks: int, at: datetime = AT) -> Changed:
    relied = Stale(
        position=position,
        output_id=OUTPUT,
        document_id=DOCUMENT,
        change=position,
        kind="replaced",
        at=at,
        application="alice",
        chunk_ids=[UUID(int=chunk) for chunk in chunks],
        version_ids=[UUID(int=11)],
        cited=True,
    )
    change = WordingChange(position=position, document_id=DOCUMENT, kind="replaced", at=at)
    return Changed(relied, change, "Leave", [version(1)], version(2))


def test_changes_that_read_the_same_become_one_with_the_passages_of_both() -> None:
    told: list[Changed] = []
    for each in (changed(5, 1, 2), changed(6, 2, 3)):
        merge(told, each)
    assert [each.stale.chunk_ids for each in told] == [[UUID(int=1), UUID(int=2), UUID(int=3)]]


def test_changes_of_another_day_or_kind_or_to_another_version_stay_apart() -> None:
    first = changed(5, 1)
    withdrawn = replace(first, stale=replace(first.stale, kind="withdrawn"))
    others = [changed(6, 1, at=AT + timedelta(days=1)), withdrawn, replace(first, standing=None)]
    told: list[Changed] = []
    for each in (first, *others):
        merge(told, each)
    assert told == [first, *others]
