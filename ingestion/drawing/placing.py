"""Finds a passage of the extracted text among the characters of the page itself.

Two programs read the page, and agree on its letters more than on its spaces and hyphens; so only
letters and digits are compared. Words that stand on the page several times are told apart by their
order; where the two readings count them differently, no place is better than a wrong one.
"""

import unicodedata


def folded(text: str) -> tuple[str, list[int]]:
    """Letters and digits in compatibility form, and the index in `text` that each came from."""
    found, places = [], []
    for index, character in enumerate(text):
        for each in unicodedata.normalize("NFKC", character):
            if each.isalnum():
                found.append(each)
                places.append(index)
    return "".join(found), places


def place(text: str, start: int, end: int, *, on_page: str) -> range | None:
    """Indexes into `on_page` of the passage `text[start:end]`; 0 <= start <= end <= len(text)."""
    passage, _ = folded(text[start:end])
    own, _ = folded(text)
    theirs, places = folded(on_page)
    if not passage:
        return None
    ours, found = _occurrences(own, passage), _occurrences(theirs, passage)
    before = len(folded(text[:start])[0])
    if len(ours) != len(found) or before not in ours:
        return None
    first = found[ours.index(before)]
    return range(places[first], places[first + len(passage) - 1] + 1)


def _occurrences(text: str, words: str) -> list[int]:
    found, at = [], text.find(words)
    while at >= 0:
        found.append(at)
        at = text.find(words, at + 1)
    return found
