"""People, keys and collections: what each may, and that every change is an event."""

import hashlib

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from provenance.accounts.access import SYSTEM_PRINCIPAL, principal_of_key, principal_of_user
from provenance.accounts.commands import (
    NameRefused,
    change_role,
    create_api_key,
    create_user,
    ensure_collection,
    revoke_api_key,
    set_collections,
)
from provenance.accounts.models import ApiKey, Collection, Role, User
from provenance.accounts.plain_keys import ALPHABET, checksum, is_well_formed, new_plain_key
from provenance.eventstore import store
from provenance.eventstore.models import Event
from provenance.eventstore.sealed import reveal_text

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough pass phrase"  # noqa: S105


def person(name: str = "alice", role: Role = Role.REVIEWER, **more: list[str]) -> User:
    return create_user(
        principal=SYSTEM_PRINCIPAL,
        username=name,
        password=PASSWORD,
        role=role,
        collections=more.get("collections"),
    )


def recorded(subject_id: object) -> list[str]:
    return [event.type for event in store.read_stream(f"access-{subject_id}")]


def test_a_key_is_shown_once_and_kept_as_its_hash() -> None:
    key, plain = create_api_key(principal=SYSTEM_PRINCIPAL, application="claims")
    assert is_well_formed(plain)
    stored = ApiKey.objects.get()
    assert bytes(stored.sha256) == hashlib.sha256(plain.encode()).digest()
    assert plain not in stored.hint
    assert recorded(key.key_id) == ["ApiKeyCreated"]


def test_a_key_acts_for_its_application_in_its_collections_until_revoked() -> None:
    key, plain = create_api_key(
        principal=SYSTEM_PRINCIPAL,
        application="claims",
        scopes=["retrieve"],
        collections=["policies"],
    )
    principal = principal_of_key(plain)
    assert principal is not None
    assert (principal.application, set(principal.scopes)) == ("claims", {"retrieve"})
    assert principal.may_see("policies")
    assert not principal.may_see("board papers")
    assert principal.may_read_of("claims")
    assert not principal.may_read_of("portal")
    revoke_api_key(principal=SYSTEM_PRINCIPAL, key=key)
    revoke_api_key(principal=SYSTEM_PRINCIPAL, key=key)
    assert principal_of_key(plain) is None
    assert recorded(key.key_id) == ["ApiKeyCreated", "ApiKeyRevoked"]


def test_the_command_prints_the_key_alone_on_the_last_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("create_api_key", application="claims", scopes="read", collections="a,b")
    last = capsys.readouterr().out.strip().splitlines()[-1]
    principal = principal_of_key(last)
    assert principal is not None
    assert principal.collections == frozenset({"a", "b"})


@pytest.mark.parametrize(("scopes", "said"), [("", "needs a scope"), ("reed", "'reed'")])
def test_the_command_makes_no_key_that_may_do_nothing(scopes: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("create_api_key", application="claims", scopes=scopes)
    assert not ApiKey.objects.exists()


def test_a_mistyped_key_is_told_from_its_check_digits() -> None:
    plain = new_plain_key()
    swapped = ALPHABET[(ALPHABET.index(plain[9]) + 1) % len(ALPHABET)]
    assert not is_well_formed(plain[:9] + swapped + plain[10:])
    assert not is_well_formed("")
    # The published vector of the method, with another prefix.
    assert checksum("rag_sk_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "3Aqepq"


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.AUDITOR, {"read"}),
        (Role.REVIEWER, {"read", "ingest", "retrieve"}),
        (Role.ADMINISTRATOR, {"read", "ingest", "retrieve", "record", "admin"}),
    ],
)
def test_a_role_says_what_a_person_may_do(role: Role, may: set[str]) -> None:
    assert principal_of_user(person(role=role)).scopes == may


def test_two_who_change_what_a_person_may_see_leave_what_the_events_say() -> None:
    bob = person("bob", collections=["policies"])
    as_another_saw_him = User.objects.get(pk=bob.pk)
    set_collections(principal=SYSTEM_PRINCIPAL, subject=bob, collections=["claims"])
    set_collections(principal=SYSTEM_PRINCIPAL, subject=as_another_saw_him, collections=["board"])
    may_see = {"policies"}
    for event in store.read_stream(f"access-{bob.id}"):
        if event.type == "AccessGranted":
            may_see.add(event.data.collection)
        elif event.type == "AccessRevoked":
            may_see.remove(event.data.collection)
    assert may_see == set(User.objects.get(pk=bob.pk).collections or ()) == {"board"}


def test_a_person_is_kept_out_of_collections_and_let_in_by_events() -> None:
    bob = person("bob", collections=["policies"])
    assert not principal_of_user(bob).may_see("claims")
    set_collections(principal=SYSTEM_PRINCIPAL, subject=bob, collections=["claims"])
    assert principal_of_user(bob).collections == frozenset({"claims"})
    set_collections(principal=SYSTEM_PRINCIPAL, subject=bob, collections=None)
    assert principal_of_user(bob).may_see("anything")
    assert recorded(bob.id) == [
        "UserCreated",
        "AccessRevoked",
        "AccessGranted",
        "AccessRevoked",
        "AccessGranted",
    ]


def test_an_administrator_is_kept_out_of_nothing() -> None:
    charlie = person("charlie", Role.ADMINISTRATOR, collections=["policies"])
    assert principal_of_user(charlie).may_see("claims")


def test_a_changed_role_is_an_event_and_an_unchanged_one_is_not() -> None:
    alice = person()
    change_role(principal=SYSTEM_PRINCIPAL, user=alice, role=Role.REVIEWER)
    change_role(principal=SYSTEM_PRINCIPAL, user=alice, role=Role.AUDITOR)
    assert recorded(alice.id) == ["UserCreated", "RoleChanged"]


def test_a_users_name_is_in_the_log_only_sealed() -> None:
    alice = person("alice.quartermain")
    (event,) = store.read_stream(f"access-{alice.id}")
    assert b"quartermain" not in (store.canonical_bytes(event.event_id) or b"")
    assert reveal_text(event, "username") == "alice.quartermain"


def test_a_collection_is_created_once() -> None:
    for _ in range(2):
        ensure_collection(name="claims", principal=SYSTEM_PRINCIPAL)
    assert Collection.objects.count() == 1
    assert store.head_position() == -1, "nothing sequenced here"


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x00b", "line\nbreak"])
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(NameRefused):
        ensure_collection(name=name, principal=SYSTEM_PRINCIPAL)


def test_a_taken_name_and_a_weak_password_are_refused() -> None:
    person()
    with pytest.raises(NameRefused):
        person()
    with pytest.raises(ValidationError):
        create_user(
            principal=SYSTEM_PRINCIPAL,
            username="bob",
            password="123",  # noqa: S106
            role=Role.AUDITOR,
        )


def test_sign_ins_and_failures_are_recorded_without_names(client: Client) -> None:
    person("alice")
    assert client.login(username="alice", password=PASSWORD)
    assert not client.login(username="alice", password="wrong")  # noqa: S106
    found = Event.objects.filter(stream__startswith="sign-in-").order_by("seq")
    assert [event.type for event in found] == ["SignedIn", "SignInFailed"]
    assert not any(b"alice" in bytes(event.canonical) for event in found)
