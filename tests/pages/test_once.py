"""What many rows show alike is rendered for the first of them."""

from collections.abc import Iterator

from django.template import Context, Template

ROWS = Template(
    "{% load once %}{% for row in rows %}{% once row.key %}{{ row.key }}{{ row.told }}{% endonce %}"
    "{% endfor %}"
)


class Row:
    def __init__(self, key: str, words: Iterator[str]) -> None:
        self.key = key
        self._words = words

    def told(self) -> str:
        return next(self._words)


def test_rows_with_an_equal_key_share_what_the_first_of_them_rendered() -> None:
    words = iter(["1 ", "2 ", "3 "])
    rows = [Row(key, words) for key in ("a", "b", "a", "b", "c")]

    assert ROWS.render(Context({"rows": rows})) == "a1 b2 a1 b2 c3 "


def test_nothing_of_it_is_kept_for_the_next_page() -> None:
    words = iter(["1 ", "2 "])

    pages = [ROWS.render(Context({"rows": [Row("a", words)]})) for _ in range(2)]

    assert pages == ["a1 ", "a2 "]


def test_it_stays_escaped() -> None:
    rows = [{"key": "<b>", "told": ""}] * 2

    assert ROWS.render(Context({"rows": rows})) == "&lt;b&gt;&lt;b&gt;"
