"""The page of a document draws when each version was in force and when it was used."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from ingestion.commands import Submitted, submit_document, withdraw_document
from provenance.accounts.access import SYSTEM_PRINCIPAL, Principal
from provenance.accounts.models import Role
from provenance.eventstore.recorded import SYSTEM
from provenance.history.uses_over_time import uses_between
from provenance.pages.life import Lane, Life
from retrieval.commands import retrieve
from retrieval.recording.commands import report_output, report_prompt
from tests.pages.test_reviewing import signed_in

pytestmark = pytest.mark.django_db


def hand_in(days: int, *, since: str | None = None, name: str = "travel") -> Submitted:
    return submit_document(
        principal=SYSTEM_PRINCIPAL,
        content=f"# Travel\n\nThe waiting period is {days} days.\n".encode(),
        external_id=name,
        collection="policies",
        media_type="text/markdown",
        effective_from=since,
    )


def answered() -> None:
    found = retrieve(principal=SYSTEM_PRINCIPAL, query="waiting period")
    prompt = report_prompt(
        principal=SYSTEM_PRINCIPAL, retrieval_ids=[found["retrieval_id"]], text="How long?"
    )
    report_output(
        principal=SYSTEM_PRINCIPAL, prompt_id=prompt.prompt_id, text="Seven days.", model="m"
    )


def lanes(document_id: UUID) -> list[Lane]:
    page = signed_in("alice", Role.REVIEWER).get(f"/documents/{document_id}/")
    life: Life = page.context["life"]
    assert "The same as a table" in page.content.decode()
    return list(life.lanes)


def test_a_version_s_bar_ends_where_the_next_one_began(run_work: Callable[[], None]) -> None:
    document = hand_in(14, since="2025-01-01")
    hand_in(7, since="2026-01-01")
    run_work()
    second, first = lanes(document.document_id)
    assert (second.until, first.until) == (None, datetime(2026, 1, 1, tzinfo=UTC))
    assert first.x == 0
    assert first.x + first.width == pytest.approx(second.x, abs=0.1)


@pytest.mark.parametrize(
    ("since", "until"), [("0001-01-01", "9999-12-31"), ("9999-12-31", None), ("0001-01-01", None)]
)
def test_a_date_that_means_for_ever_leaves_room_for_the_rest(
    run_work: Callable[[], None], since: str, until: str | None
) -> None:
    document = submit_document(
        principal=SYSTEM_PRINCIPAL,
        content=b"# Travel\n\nThe waiting period is 14 days.\n",
        external_id="travel",
        media_type="text/markdown",
        effective_from=since,
        effective_until=until,
    )
    run_work()
    page = signed_in("alice", Role.REVIEWER).get(f"/documents/{document.document_id}/")
    life: Life = page.context["life"]
    assert life.last - life.first < timedelta(days=1)
    assert (life.lanes[0].x, life.lanes[0].width) == ((0, 100) if since < "2000" else (99.6, 0.4))


def test_a_withdrawn_document_s_bar_ends(run_work: Callable[[], None]) -> None:
    document = hand_in(14)
    run_work()
    withdraw_document(
        principal=SYSTEM_PRINCIPAL, document_id=document.document_id, reason="No longer sold."
    )
    run_work()
    assert lanes(document.document_id)[0].until is not None


def test_a_version_that_failed_was_never_in_force(run_work: Callable[[], None]) -> None:
    document = submit_document(
        principal=SYSTEM_PRINCIPAL, content=b" ", external_id="scan", media_type="text/markdown"
    )
    run_work()
    assert [lane.width for lane in lanes(document.document_id)] == [0]


def test_each_retrieval_and_output_is_counted_once(run_work: Callable[[], None]) -> None:
    document = hand_in(14)
    run_work()
    for _ in range(2):
        answered()
    retrieve(principal=SYSTEM_PRINCIPAL, query="waiting period")
    run_work()
    now = datetime.now(tz=UTC)
    edges = [now - timedelta(days=1), now + timedelta(minutes=1), now + timedelta(days=1)]
    counts = uses_between(document.document_id, edges, principal=SYSTEM_PRINCIPAL)
    assert counts == [(3, 2), (0, 0)]
    kept_out = Principal(SYSTEM, frozenset(), collections=frozenset({"claims"}), role=Role.AUDITOR)
    assert uses_between(document.document_id, edges, principal=kept_out) == [(0, 0), (0, 0)]
