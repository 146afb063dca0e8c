"""A guest reads until the link runs out or is revoked, whatever happens in what order."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.eventstore.canonical import instant
from provenance.readers import guests
from provenance.readers.errors import AlreadyRevoked, ExpiryRefused, ScopeRefused
from provenance.readers.events import GuestEntered, GuestInvited, GuestRevoked, GuestScope
from provenance.readers.guests import MOST_DAYS, Scope
from provenance.sealing.box import Box

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
GUEST, CASE = UUID(int=1), UUID(int=2)
LATER = NOW + timedelta(days=14)
MOMENTS = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2028, 1, 1))  # noqa: DTZ001


def invited(**more: Any) -> GuestInvited:
    return GuestInvited(
        **{
            "guest_id": GUEST,
            "name": Box(kid=f"subject:{GUEST}", iv="", commit=""),
            "scope": GuestScope(case_id=CASE),
            "expires_at": instant(LATER),
            "redacted": False,
            **more,
        }
    )


@given(
    st.lists(st.sampled_from([GuestEntered(guest_id=GUEST), GuestRevoked(guest_id=GUEST)])), MOMENTS
)
def test_nothing_brings_a_guest_back(happened: list[Any], moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    guest = guests.fold([invited(), *happened])
    assert guest is not None
    revoked = any(isinstance(data, GuestRevoked) for data in happened)
    assert guest.may_read(now) is (not revoked and now < LATER)
    if revoked:
        with pytest.raises(AlreadyRevoked):
            guests.require_not_revoked(guest)


@given(MOMENTS)
def test_a_link_opens_for_ninety_days_at_most(moment: datetime) -> None:
    expires_at = moment.replace(tzinfo=UTC)
    if NOW < expires_at <= NOW + timedelta(days=MOST_DAYS):
        guests.require_expiry(expires_at, now=NOW)
    else:
        with pytest.raises(ExpiryRefused):
            guests.require_expiry(expires_at, now=NOW)


@pytest.mark.parametrize(
    "scope",
    [
        Scope(),
        Scope(since=NOW),
        Scope(until=NOW),
        Scope(since=NOW, until=NOW),
        Scope(since=LATER, until=NOW),
        Scope(case_id=CASE, since=NOW, until=LATER),
    ],
)
def test_a_scope_is_one_case_or_one_range(scope: Scope) -> None:
    with pytest.raises(ScopeRefused):
        guests.require_scope(scope)


def test_a_guest_nobody_invited_does_not_exist() -> None:
    assert guests.fold([GuestEntered(guest_id=GUEST), GuestRevoked(guest_id=GUEST)]) is None
