"""A sentence is English for programs and in the reader's language for people."""

import copy

import orjson
import pytest

from provenance.history import told as telling
from provenance.history.told import Told, told


def test_programs_read_one_english_text_however_it_is_copied() -> None:
    said = Told(("It ranks %(rank)s.", {"rank": 3}), ("100 % sure.", {}))
    assert said == "It ranks 3. 100 % sure."
    assert orjson.dumps(said) == b'"It ranks 3. 100 % sure."'
    again = copy.deepcopy(said)
    assert (again, again.sentences) == (said, said.sentences)


def test_people_read_each_sentence_translated_before_it_is_filled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(telling, "gettext", {"It ranks %(rank)s.": "Rang %(rank)s."}.get)
    assert told("It ranks %(rank)s.", rank=3).translated() == "Rang 3."
