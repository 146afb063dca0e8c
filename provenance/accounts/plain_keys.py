"""Makes API keys: `rl_`, 36 random characters, and 6 that catch a typo without the database."""

import secrets
import zlib

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PREFIX = "rl_"
RANDOM_CHARACTERS = 36


def new_plain_key() -> str:
    """About 214 random bits; shown once and never stored."""
    body = PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    return body + checksum(body)


def checksum(body: str) -> str:
    """The CRC-32 of everything before it, as six base-62 digits."""
    value, digits = zlib.crc32(body.encode()), ""
    for _ in range(6):
        value, digit = divmod(value, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def is_well_formed(plain_key: str) -> bool:
    body, check = plain_key[:-6], plain_key[-6:]
    return plain_key.startswith(PREFIX) and plain_key.isascii() and checksum(body) == check


def hint(plain_key: str) -> str:
    """What a list may show of a key: its beginning and its end."""
    return f"{plain_key[:7]}…{plain_key[-3:]}"
