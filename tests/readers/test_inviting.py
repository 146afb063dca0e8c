"""Who may invite, and what opens, for whom, until when."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from provenance.accounts.access import Principal, principal_of_user
from provenance.accounts.models import Role
from provenance.cases.casework import add_to_case, open_case
from provenance.cases.errors import CaseUnknown
from provenance.eventstore import store
from provenance.eventstore.ids import new_id
from provenance.eventstore.models import Event
from provenance.eventstore.recorded import NewEvent
from provenance.projections.projection import projection_named
from provenance.projections.rebuild import differences
from provenance.readers import inviting, scope
from provenance.readers.errors import AlreadyRevoked, GuestUnknown, LinkUnknown, NameRefused
from provenance.readers.guests import Scope
from provenance.readers.models import GuestEntry, GuestLink, GuestSession
from provenance.readers.viewing import record_view
from tests.cases.conftest import person
from tests.readers.test_guest_rules import invited
from tests.recording.stories import ask, output_of, prompt_of

pytestmark = pytest.mark.django_db
Step = Callable[[], None]
NAME = "Grace of the Audit Office"
ALL_TIME = Scope(since=datetime(2020, 1, 1, tzinfo=UTC), until=datetime(2100, 1, 1, tzinfo=UTC))


@pytest.fixture
def alice() -> Principal:
    return principal_of_user(person("alice"))


def invite(alice: Principal, of: Scope = ALL_TIME, **more: Any) -> tuple[UUID, str]:
    return inviting.invite_guest(
        **{
            "name": NAME,
            "scope": of,
            "expires_at": timezone.now() + timedelta(days=14),
            "redacted": True,
            "principal": alice,
            **more,
        }
    )


def test_a_link_opens_until_it_is_revoked(alice: Principal) -> None:
    guest_id, secret = invite(alice)
    session, expires_at = inviting.enter(secret=secret)
    assert inviting.guest_of_session(session).guest_id == guest_id
    assert expires_at <= timezone.now() + timedelta(hours=inviting.SESSION_HOURS)

    inviting.revoke_guest(guest_id=guest_id, principal=alice)
    for opening in (
        lambda: inviting.guest_of_session(session),
        lambda: inviting.guest_of_link(secret),
        lambda: inviting.enter(secret=secret),
    ):
        with pytest.raises(LinkUnknown):
            opening()
    with pytest.raises(AlreadyRevoked):
        inviting.revoke_guest(guest_id=guest_id, principal=alice)


def test_what_ran_out_opens_nothing(alice: Principal) -> None:
    guest_id, secret = new_id(), "a link of last year"
    data = invited(guest_id=guest_id, expires_at="2025-12-31T00:00:00.000000Z")
    new = NewEvent(data=data, stream=f"guest-{guest_id}", event_id=new_id(), actor=alice.actor)
    store.append([new], expected={new.stream: 0})
    GuestLink.objects.create(guest_id=guest_id, sha256=hashlib.sha256(secret.encode()).digest())
    with pytest.raises(LinkUnknown):
        inviting.enter(secret=secret)

    _, secret = invite(alice, expires_at=timezone.now() + timedelta(hours=2))
    session, expires_at = inviting.enter(secret=secret)
    assert expires_at <= timezone.now() + timedelta(hours=2)
    GuestSession.objects.update(expires_at=timezone.now())
    with pytest.raises(LinkUnknown):
        inviting.guest_of_session(session)


def test_leaving_ends_a_session_and_no_other(alice: Principal) -> None:
    _, secret = invite(alice)
    first, second = (inviting.enter(secret=secret)[0] for _ in range(2))
    inviting.leave(session=first)
    with pytest.raises(LinkUnknown):
        inviting.guest_of_session(first)
    inviting.guest_of_session(second)


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "x" * 9000, "\0", "ü"])
def test_a_wrong_link_opens_nothing(alice: Principal, secret: str) -> None:
    invite(alice)
    with pytest.raises(LinkUnknown):
        inviting.enter(secret=secret)
    with pytest.raises(LinkUnknown):
        inviting.guest_of_session(secret)
    assert not Event.objects.filter(type="GuestEntered").exists()


def test_neither_the_link_nor_the_name_stands_anywhere_in_the_clear(alice: Principal) -> None:
    guest_id, secret = invite(alice)
    session, _ = inviting.enter(secret=secret)
    stored = [*GuestLink.objects.values_list("sha256", flat=True)]
    stored += GuestSession.objects.values_list("sha256", flat=True)
    assert all(len(bytes(each)) == 32 for each in stored)
    log = b"".join(bytes(each) for each in Event.objects.values_list("canonical", flat=True))
    for told in (secret, session, NAME):
        assert told.encode() not in log
    assert [event.type for event in store.read_stream(f"guest-{guest_id}")] == [
        "GuestInvited",
        "GuestEntered",
    ]


@pytest.mark.parametrize(
    ("role", "collections"),
    [(Role.AUDITOR, None), (Role.REVIEWER, ["default"])],
    ids=["auditor", "reviewer kept out of a collection"],
)
def test_who_may_not_invite_can_neither_invite_nor_revoke(
    alice: Principal, role: Role, collections: list[str] | None
) -> None:
    other = principal_of_user(person("other", role, collections=collections))
    guest_id, secret = invite(alice)
    with pytest.raises(PermissionDenied):
        invite(other)
    with pytest.raises(PermissionDenied):
        inviting.revoke_guest(guest_id=guest_id, principal=other)
    inviting.guest_of_link(secret)


def test_what_makes_no_sense_is_refused_whole(alice: Principal) -> None:
    for name in (" ", "x" * 201, "a\nb"):
        with pytest.raises(NameRefused):
            invite(alice, name=name)
    with pytest.raises(CaseUnknown):
        invite(alice, Scope(case_id=new_id()))
    with pytest.raises(GuestUnknown):
        inviting.revoke_guest(guest_id=new_id(), principal=alice)
    assert not GuestLink.objects.exists()
    assert not Event.objects.filter(type="GuestInvited").exists()


def test_a_guest_reads_the_outputs_of_the_scope_and_no_other(
    output_id: UUID, alice: Principal, run_work: Step
) -> None:
    other = output_of(prompt_of(ask()), "Another answer.")
    run_work()
    case_id, second_case = new_id(), new_id()
    for each, title, outputs in ((case_id, "Mine", [output_id]), (second_case, "Other", [other])):
        open_case(case_id=each, title=title, outputs=outputs, principal=alice)
    run_work()
    _, secret = invite(alice, Scope(case_id=case_id))
    guest = inviting.guest_of_link(secret)
    assert scope.may_read(guest, output_id)
    assert not scope.may_read(guest, other)
    # What joins the case later is read from then on.
    add_to_case(case_id=case_id, output_id=other, principal=alice)
    run_work()
    assert scope.may_read(guest, other)

    since = timezone.now()
    _, secret = invite(alice, Scope(since=since, until=since + timedelta(days=1)))
    assert not scope.may_read(inviting.guest_of_link(secret), output_id)
    _, secret = invite(alice, ALL_TIME)
    assert scope.may_read(inviting.guest_of_link(secret), output_id)
    assert not scope.may_read(inviting.guest_of_link(secret), new_id())


def test_the_list_of_guests_counts_and_rebuilds_to_the_same_rows(
    alice: Principal, run_projector: Step
) -> None:
    guest_id, secret = invite(alice)
    inviting.enter(secret=secret)
    inviting.enter(secret=secret)
    for _ in range(3):
        record_view(kind="output", record_id=new_id(), actor=inviting.actor_of(guest_id))
    record_view(kind="output", record_id=new_id(), actor=alice.actor)
    run_projector()
    row = GuestEntry.objects.get()
    assert (row.name, row.entries, row.views, row.revoked_at) == (NAME, 2, 3, None)
    inviting.revoke_guest(guest_id=guest_id, principal=alice)
    run_projector()
    assert GuestEntry.objects.get().revoked_by == f"user {alice.actor.id}"
    assert not any(differences(projection_named("guests")).values())
