from __future__ import annotations

from upriver.evaluate.legs import scored


def true(paid: str, out: str, victims_money: str = "1") -> dict[str, str]:
    return {"in_reference": paid, "out_reference": out, "victims_money": victims_money}


def figures(joined: set[tuple[str, str]], told: set[tuple[str, str]] | None = None) -> list[float]:
    exchanges = [true("a", "b"), true("c", "d"), true("e", ""), true("s", "t", "0")]
    seen: set[str | None] = {"a", "b", "c", "d", "e", "s", "t", None}
    return [row[2] for row in scored(exchanges, joined, joined | (told or set()), seen)]


def test_of_exchanges_with_both_sides_seen_those_joined_are_found() -> None:
    assert figures({("a", "b")}) == [0.5, 0.5, 1.0]


def test_the_best_candidate_counts_apart() -> None:
    assert figures({("a", "b")}, {("c", "d")}) == [0.5, 1.0, 1.0]


def test_a_strangers_pair_is_joined_rightly_and_a_mixed_one_wrongly() -> None:
    assert figures({("a", "b"), ("s", "t"), ("c", "t")}) == [0.5, 0.5, 2 / 3]


def test_a_case_without_exchanges_has_no_figures() -> None:
    assert scored([], set(), set(), set()) == []
