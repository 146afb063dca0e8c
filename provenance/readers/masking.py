"""Masks what looks like the address or number of a person, with as many characters.

A computed aid: it finds patterns, and knows neither names nor meanings. It masks too much rather
than too little; dates stay. Takes time linear in the text.
"""

import re

MASK = "█"
_GAP = r"[\s./()\-\u00a0\u2010-\u2013\u202f]{0,2}"
# Dates come first: what they match is left as it is.
_DATE = r"(?<![\d./-])(?:\d{4}-\d{2}-\d{2}|\d{1,2}(?P<dot>[./])\d{1,2}(?P=dot)\d{4})(?!\d|[./-]\d)"
_EMAIL = r"(?<![\w.+%'-])[\w.+%'-]++@[\w.-]++"
_IBAN = (
    r"(?<!\w)[A-Za-z]{2}\d{2}(?:[ \u00a0]?[A-Za-z0-9]{4}){2,7}(?:[ \u00a0]?[A-Za-z0-9]{1,3})?(?!\w)"
)
# Seven digits or more with little between them: telephones, accounts, cards, claims.
_NUMBER = rf"\+?\d(?:{_GAP}\d){{6,}}+"
_PATTERN = re.compile(
    f"(?P<date>{_DATE})|(?P<email>{_EMAIL})|(?P<iban>{_IBAN})|(?P<number>{_NUMBER})"
)


def masked(text: str) -> str:
    """The text with the same length, so that every offset into it stays."""
    return _PATTERN.sub(_mask, text)


def _mask(found: re.Match[str]) -> str:
    whole = found.group()
    return whole if found.lastgroup == "date" else MASK * len(whole)
