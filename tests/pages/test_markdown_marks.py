"""Marks of Markdown are out of the way of its words, and a quotation keeps every one of them."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.pages.markdown_marks import with_quiet_marks, without_marks

MARKED = st.text(st.sampled_from("ab *`#>\n<&"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# Leave\n\nStaff have **28 days**.", "Leave\n\nStaff have 28 days."),
        ("> quoted `code`", "quoted code"),
        ("2 ** 3 ** 4 and #5 and a > b", "2 ** 3 ** 4 and #5 and a > b"),
        ("**cut off in the mid", "cut off in the mid"),
        ("- a listed thing", "a listed thing"),
        ("| Item | Limit |", "Item | Limit |"),
        ("-5 degrees", "-5 degrees"),
        ("# ", "# "),
    ],
)
def test_a_label_leaves_marks_out_and_what_only_looks_like_them_in(text: str, shown: str) -> None:
    assert without_marks(text) == shown


def test_a_mark_in_a_quotation_is_set_back() -> None:
    assert with_quiet_marks("**<b>**") == (
        '<span class="quiet-mark">**</span>&lt;b&gt;<span class="quiet-mark">**</span>'
    )


@given(MARKED)
def test_a_quotation_holds_every_letter_and_no_markup_of_its_own(text: str) -> None:
    shown = re.sub('<span class="quiet-mark">|</span>', "", with_quiet_marks(text))
    assert "<" not in shown
    assert unescape(shown) == text
