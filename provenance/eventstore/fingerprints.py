"""Keyed hashes: they match equal input inside this installation and tell outsiders nothing."""

import hashlib
import hmac
from typing import Any

import orjson
from django.conf import settings


def keyed_hash(data: bytes | str, *, purpose: str) -> str:
    """HMAC-SHA256 as hex; hashes made for different purposes never match each other."""
    if isinstance(data, str):
        data = data.encode()
    key = hmac.digest(settings.HASH_KEY, purpose.encode(), hashlib.sha256)
    return hmac.digest(key, data, hashlib.sha256).hex()


def fingerprint(value: Any) -> str:
    """The keyed hash of a JSON value, by which an honest repeat of an input is recognised."""
    return keyed_hash(
        orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z), purpose="fingerprint"
    )
