"""Variants take turns, ratios are paired by round, and a goal is judged by the ratio."""

from benchmarks.harness import Figure, in_turns, ratio, table


def test_variants_take_turns() -> None:
    order: list[str] = []

    def variant(name: str) -> float:
        order.append(name)
        return 1.0

    in_turns({"a": lambda: variant("a"), "b": lambda: variant("b")}, rounds=2)
    assert order == ["a", "b", "a", "b"]


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    measured = {"mine": [8.0, 1.0, 90.0], "theirs": [10.0, 2.0, 100.0]}
    assert ratio(measured, "mine", "theirs") == 0.8


def test_a_goal_is_judged_by_the_ratio_where_there_is_one() -> None:
    assert Figure("b", "v", 5, "ms", base="x", ratio=0.9, at_least=0.85).met is True
    assert Figure("b", "v", 5, "ms", base="x", ratio=1.7, at_most=1.6).met is False
    assert Figure("trace", "queries", 14, "queries", at_most=15).met is True
    assert Figure("b", "v", 5, "ms").met is None


def test_the_table_is_markdown() -> None:
    lines = table([Figure("append", "bare", 12345.6, "events/s")]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert "12,346" in lines[2]
