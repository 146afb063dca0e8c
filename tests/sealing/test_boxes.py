"""What is sealed opens only under its key and at its place, and is tied to what was disclosed."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from hypothesis import given
from hypothesis import strategies as st

from provenance.accounts.events import UserCreated
from provenance.eventstore import store
from provenance.eventstore.errors import BlobMissing
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import SYSTEM, NewEvent, Recorded
from provenance.eventstore.sealed import (
    MAX_INLINE_BYTES,
    Sealer,
    prefetched_keys,
    reveal_text,
    was_erased,
)
from provenance.sealing.box import Box, BoxDamaged, Key, seal, unseal
from provenance.sealing.keys import KeyDestroyed, key_for
from tests.erased_keys import destroy

KEY = Key("document:1", bytes(range(32)))


def boxed(plain: bytes) -> tuple[Box, bytes]:
    sealed = seal(KEY, plain, event_id="e", pointer="/data/x")
    iv = base64.b64encode(sealed.iv).decode()
    return Box(kid=KEY.kid, iv=iv, commit=sealed.commit), sealed.ciphertext


@given(st.binary(max_size=200))
def test_a_box_opens_at_its_place_only(plain: bytes) -> None:
    box, ciphertext = boxed(plain)
    assert unseal(KEY, box, ciphertext, event_id="e", pointer="/data/x") == plain
    for event_id, pointer in (("f", "/data/x"), ("e", "/data/y")):
        with pytest.raises(BoxDamaged):
            unseal(KEY, box, ciphertext, event_id=event_id, pointer=pointer)


@given(st.binary(min_size=1, max_size=50), st.data())
def test_a_changed_byte_is_noticed(plain: bytes, data: st.DataObject) -> None:
    box, ciphertext = boxed(plain)
    at = data.draw(st.integers(0, len(ciphertext) - 1))
    changed = ciphertext[:at] + bytes([ciphertext[at] ^ 1]) + ciphertext[at + 1 :]
    with pytest.raises(BoxDamaged):
        unseal(KEY, box, changed, event_id="e", pointer="/data/x")


def test_a_false_commitment_is_noticed() -> None:
    box, ciphertext = boxed(b"text")
    false = box.model_copy(update={"commit": hashlib.sha256(b"other").hexdigest()})
    with pytest.raises(BoxDamaged, match="commitment"):
        unseal(KEY, false, ciphertext, event_id="e", pointer="/data/x")


def test_keys_are_wrapped_as_rfc_3394_says() -> None:
    wrapped = aes_key_wrap(bytes(range(32)), bytes(range(0x20, 0x40)))
    assert base64.b64encode(wrapped).decode() == (
        "BPijw8MC07C36UsU3Pha0dppzXQFbteQfTy0n7J3maQQTbBY8pAa2w=="
    )


def created(name: str) -> Recorded[UserCreated]:
    event_id, user_id = new_id(), new_id()
    sealer = Sealer(event_id=event_id, key=key_for("subject", user_id))
    (event,) = store.append(
        [
            NewEvent(
                data=UserCreated(
                    user_id=user_id, username=sealer.text("username", name), role="auditor"
                ),
                stream=f"access-{user_id}",
                event_id=event_id,
                actor=SYSTEM,
            )
        ],
        expected={f"access-{user_id}": 0},
    )
    return event


@pytest.mark.django_db
@pytest.mark.parametrize("length", [1, MAX_INLINE_BYTES * 2])
def test_text_is_revealed_from_the_log_whether_inline_or_in_a_blob(length: int) -> None:
    event = created("x" * length)
    assert (event.data.username.blob is None) == (length == 1)
    read = store.read_event(event.event_id)
    assert read is not None
    with prefetched_keys([read]):
        assert reveal_text(read, "username") == "x" * length


@pytest.mark.django_db
def test_no_plain_text_is_in_the_stored_bytes() -> None:
    event = created("Wilhelmina Quartermain")
    stored = store.canonical_bytes(event.event_id)
    assert stored is not None
    assert b"Wilhelmina" not in stored


@pytest.mark.django_db
def test_nothing_is_revealed_or_added_after_the_key_was_destroyed() -> None:
    event = created("Wilhelmina")
    assert not was_erased(event, "username")
    destroy([event.data.username.kid])
    assert reveal_text(event, "username") is None
    assert was_erased(event, "username")
    with pytest.raises(KeyDestroyed):
        key_for("subject", event.data.user_id)


@pytest.mark.django_db
def test_a_blob_that_is_gone_is_an_error_and_not_an_absent_field() -> None:
    event = created("x" * MAX_INLINE_BYTES * 2)
    lost = event.data.username.model_copy(update={"blob": "00" * 32})
    data = event.data.model_copy(update={"username": lost})
    with pytest.raises(BlobMissing):
        reveal_text(_with(event, data), "username")


def _with(event: Recorded[UserCreated], data: UserCreated) -> Recorded[UserCreated]:
    return event._replace(data=data)
