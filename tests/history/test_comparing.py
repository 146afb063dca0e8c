"""Two texts are compared word by word: nothing is lost, invented or hidden, however hostile."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.history.comparing.comparison import Comparison, compare
from provenance.history.comparing.passages import fate_of_passage
from provenance.history.comparing.stretches import Kind

# Little to choose from, so that what is drawn agrees here and there.
TEXTS = st.lists(
    st.sampled_from(
        ["the", "fee", "is", "14", "14.5", "days", ".", "\n", " \n\n", "保険", "\u202e"]
    ),
    max_size=60,
).map(" ".join)
PARAGRAPH = "A claim must be handed in within thirty days of the accident, with the receipts."


def sides(found: Comparison) -> tuple[str, str]:
    return "".join(s.before for s in found.stretches), "".join(s.after for s in found.stretches)


def changes(before: str, after: str) -> list[tuple[str, str]]:
    return [
        (s.kind.value, (s.before or s.after).strip())
        for s in compare(before, after).stretches
        if s.kind != Kind.SAME
    ]


@given(TEXTS, TEXTS)
def test_the_stretches_are_both_texts_and_what_is_same_differs_in_white_space_only(
    before: str, after: str
) -> None:
    for budget in (10**9, 40):
        found = compare(before, after, budget=budget)
        assert sides(found) == (before, after)
        for stretch in found.stretches:
            if stretch.kind == Kind.SAME:
                assert stretch.before.split() == stretch.after.split()
            assert before[stretch.start :].startswith(stretch.before)


@given(TEXTS)
def test_a_text_is_the_same_as_itself(text: str) -> None:
    assert compare(text, text).is_same


@given(TEXTS, TEXTS, st.integers(0, 50))
def test_a_comparison_that_is_cut_says_how_much_it_left(before: str, after: str, most: int) -> None:
    found = compare(before, after, most=most)
    for whole, side, left in zip(
        (before, after), sides(found), (found.left_before, found.left_after), strict=True
    ):
        assert whole.startswith(side)
        assert len(side) + left == len(whole)


def test_only_the_words_that_differ_are_changes() -> None:
    before = "# Theft\n\nA theft must be reported within 14 days.\n\nBy post.\n"
    after = "# Theft\n\nA theft must be reported within 7 working days.\n\nBy post.\n"
    assert changes(before, after) == [("removed", "14"), ("added", "7 working")]


def test_words_that_two_rewritten_stretches_share_by_chance_do_not_cut_them_apart() -> None:
    before = "one two three four five the six seven eight nine ten\nend"
    after = "alpha beta gamma delta epsilon the zeta eta theta iota kappa\nend"
    assert len(changes(before, after)) == 2


def test_lines_broken_elsewhere_are_no_change() -> None:
    assert compare(PARAGRAPH, PARAGRAPH.replace(" ", "\n")).is_same


def test_a_paragraph_that_stands_elsewhere_is_moved_not_removed_and_added() -> None:
    rest = "\n".join(f"Clause {n} speaks of something else: {n * 7} things." for n in range(20))
    found = compare(f"{PARAGRAPH}\n\n{rest}\n", f"{rest}\n\n{PARAGRAPH}\n")
    assert (found.moved, found.words(Kind.REMOVED), found.words(Kind.ADDED)) == (1, 0, 0)
    assert {s.kind for s in found.stretches if s.move} == {Kind.REMOVED, Kind.ADDED}


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (f"Intro.\n\n{PARAGRAPH}\n", "same"),
        ("Intro.\n\n" + PARAGRAPH.replace("thirty", "ten") + "\n", "changed"),
        ("Intro.\n\n" + PARAGRAPH.replace("days", "working days") + "\n", "changed"),
        ("Intro.\n", "gone"),
        (f"{PARAGRAPH}\n\nIntro.\n", "same"),
    ],
)
def test_what_became_of_a_passage(after: str, kind: str) -> None:
    before = f"Intro.\n\n{PARAGRAPH}\n"
    start = before.index(PARAGRAPH)
    found = compare(before, after)
    assert fate_of_passage(found.stretches, start, start + len(PARAGRAPH)).kind == kind


def test_a_passage_beyond_what_was_compared_has_no_known_fate() -> None:
    found = compare("a b c " * 100, "d e f " * 100, most=60)
    assert fate_of_passage(found.stretches, 300, 330).kind == "unknown"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("! " * 1_000_000, "? ! " * 1_000_000),
        ("a b " * 500_000, "b a " * 500_000),
        ("ab " * 12_000 + "c", "ba " * 8_000 + "ab d " * 4_000),
        (
            "\n".join(f"x{n}" for n in range(300_000)),
            "\n".join(f"x{n * 2}" for n in range(300_000)),
        ),
        ("same\n" * 2_000_000, "same\n" * 2_000_001),
        (
            " ".join(str(n % 50) for n in range(60_000)),
            " ".join(str(n % 51) for n in range(60_000)),
        ),
    ],
)
def test_a_hostile_pair_is_compared_in_bounded_time(before: str, after: str) -> None:
    """Processor time, for a busy machine; alone on it the worst pair takes a third of this."""
    begun = time.process_time()
    found = compare(before, after)
    assert time.process_time() - begun < 5
    assert before.startswith(sides(found)[0])
