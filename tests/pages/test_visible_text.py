"""Text that others wrote is shown as text, and nothing in it acts unseen."""

from hypothesis import given
from hypothesis import strategies as st

from provenance.pages.visible_text import as_html, as_label


def test_markup_is_shown_as_text() -> None:
    assert as_html('<b onclick="x">&') == "&lt;b onclick=&quot;x&quot;&gt;&amp;"


def test_a_reversing_override_is_named_instead_of_obeyed() -> None:
    shown = as_html("report\u202efdp.exe")
    assert "\u202e" not in shown
    assert 'title="Right-to-left override">U+202E</span>fdp.exe' in shown


def test_a_character_without_width_is_named() -> None:
    assert "U+200B" in as_html("pay\u200bload")
    assert "U+E0041" in as_html("tag\U000e0041")


def test_joiners_stay_where_a_script_is_spelled_with_them_and_show_among_latin_letters() -> None:
    assert as_html("می\u200cخواهم") == "می\u200cخواهم"
    assert as_html("👩\u200d💻") == "👩\u200d💻"
    assert "U+200D" in as_html("pass\u200dword")


def test_line_ends_and_tabs_are_not_marked() -> None:
    assert as_html("a\r\n\tb\nc") == "a\r\n\tb\nc"


def test_a_label_names_controls_in_plain_letters() -> None:
    assert as_label("a\u202eb") == "a[U+202E]b"


@given(st.text())
def test_no_text_yields_an_angle_bracket_of_its_own(text: str) -> None:
    without_markers = (
        as_html(text).replace('<span class="control" title="', "").replace("</span>", "")
    )
    assert "<" not in without_markers
