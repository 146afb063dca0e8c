"""The key-encryption key is rotated while everything goes on, and a broken-off run goes on too."""

from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from django.core.management import CommandError, call_command

from provenance.sealing import rotation
from provenance.sealing.keys import key_for, key_id, keys_by_id
from provenance.sealing.models import SealingKey
from tests.erased_keys import destroy

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
OLD, NEW = bytes(32), bytes(range(32))


def made(number: int) -> dict[str, bytes]:
    keys = [key_for("interaction", UUID(int=each)) for each in range(number)]
    return {key.kid: key.dek for key in keys}


def readable() -> dict[str, bytes]:
    kids = SealingKey.objects.values_list("kid", flat=True)
    return {kid: key.dek for kid, key in keys_by_id(kids).items() if key is not None}


def test_after_a_rotation_the_new_key_alone_opens_everything(settings: Any) -> None:
    settings.KEY_ENCRYPTION_KEY = OLD
    made(5)
    destroy([key_id("interaction", UUID(int=4))])
    before = readable()
    assert key_id("interaction", UUID(int=4)) not in before
    settings.KEY_ENCRYPTION_KEY, settings.OLD_KEY_ENCRYPTION_KEY = NEW, OLD
    assert readable() == before
    call_command("rotate_key_encryption_key", verbosity=0)
    settings.OLD_KEY_ENCRYPTION_KEY = None
    assert readable() == before
    settings.KEY_ENCRYPTION_KEY = OLD
    with pytest.raises(InvalidUnwrap):
        readable()


def test_a_rotation_that_was_broken_off_wraps_only_the_rest(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KEY_ENCRYPTION_KEY = OLD
    before = made(5)
    settings.KEY_ENCRYPTION_KEY, settings.OLD_KEY_ENCRYPTION_KEY = NEW, OLD
    monkeypatch.setattr(rotation, "BATCH", 2)

    def break_off(_: int, rewrapped: int) -> None:
        if rewrapped == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rewrap_all(report=break_off)
    assert readable() == before
    assert rotation.rewrap_all() == 1
    assert rotation.rewrap_all() == 0
    assert readable() == before


def test_without_the_old_key_nothing_is_changed_and_the_command_says_what_to_do(
    settings: Any,
) -> None:
    settings.KEY_ENCRYPTION_KEY = OLD
    before = made(2)
    settings.KEY_ENCRYPTION_KEY = NEW
    with pytest.raises(CommandError, match="RAGLEDGER_OLD_KEK"):
        call_command("rotate_key_encryption_key", verbosity=0)
    settings.KEY_ENCRYPTION_KEY = OLD
    assert readable() == before
