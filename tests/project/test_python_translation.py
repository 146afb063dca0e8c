"""Every sentence in Python that a page shows goes through translation."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "provenance"
# What pages show and no interface for programs words: reasons of commands are that interface's.
SHOWN = (
    *sorted((ROOT / "pages").rglob("*.py")),
    *sorted((ROOT / "finding").glob("*.py")),
    *sorted((ROOT / "reports").glob("*.py")),
    ROOT / "cases" / "rubric.py",
    ROOT / "history" / "telling.py",
    ROOT / "history" / "why_not.py",
)
MARKS = frozenset(
    {"gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext"}
)
# Whoever runs the server reads the log, and programs the errors that are raised.
LOGGED = frozenset({"debug", "info", "warning", "error", "exception"})
# A capital and more words or a full stop, or several small words; no statement of SQL.
SENTENCE = re.compile(
    r"\s*([A-Z][\w’'-]*(\s+[\w’'(%“-].*|.*[.?!])|[a-z]+(\s+[a-z0-9]+)+)\s*", re.DOTALL
)
SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|ORDER BY|ROW|CASE)\b")


def unmarked(source: str) -> list[str]:
    """The sentences of a module that are not marked, each with its line."""
    tree = ast.parse(source)
    return [f"line {line}: {text.strip()[:80]}" for line, text in _texts(tree) if _is_text(text)]


def _texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and _is_silent(node)):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    elif isinstance(node, ast.JoinedStr):
        parts = (p.value if isinstance(p, ast.Constant) else "%s" for p in node.values)
        yield node.lineno, "".join(map(str, parts))
    else:
        for child in ast.iter_child_nodes(node):
            yield from _texts(child)


def _is_silent(call: ast.Call) -> bool:
    called = call.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in MARKS | LOGGED


def _is_text(text: str) -> bool:
    return SENTENCE.fullmatch(text) is not None and not SQL.match(text)


def test_no_module_that_pages_show_holds_a_sentence_that_is_not_marked() -> None:
    found = {
        str(path.relative_to(ROOT)): texts
        for path in SHOWN
        if (texts := unmarked(path.read_text("utf-8")))
    }

    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        'said = "Signed."',
        'TITLE = "Two words"',
        'words = ("last month", 3)',
        'def f(n):\n    return f"Version {n} had replaced it."',
        'show(request, "The case is open again.")',
    ],
)
def test_a_sentence_that_is_not_marked_is_found(source: str) -> None:
    assert unmarked(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""What it is for."""',
        'said = gettext("The case is open again.")',
        'raise ValueError("It is none of these.")',
        'log.warning("a page was not drawn", why=code)',
        'ORDER = "SELECT one, two FROM three"',
        'name, path = "case", "reviews/review.html"',
    ],
)
def test_what_is_marked_logged_raised_or_no_sentence_is_left_alone(source: str) -> None:
    assert not unmarked(source)
