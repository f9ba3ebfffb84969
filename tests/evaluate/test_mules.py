from __future__ import annotations

import pytest

from upriver.evaluate.mules import scored


def rows(ranked: list[str], true: set[str], **more: list[str]) -> dict[str, tuple[float, str]]:
    return {name: (value, note) for _, name, value, note, _ in scored(ranked, true, {"a"}, {"c"}, more)}


def test_the_best_are_counted_beside_a_rule_and_what_the_crews_others_are() -> None:
    told = rows(["a", "c", "x"], {"a", "b"}, most=["x", "b", "y"])
    assert told["mules among the 2 best"] == (0.5, "1 of the others are the crew's further on; 2 are true")
    assert told["mules found"] == (0.5, "of 3 told; 1 of 1 of the story")
    assert told["average precision"][0] == 0.5
    assert told["trivial: most"][0] == 0.5


def test_a_perfect_order_scores_one_and_none_told_scores_nothing() -> None:
    assert rows(["a", "b"], {"a", "b"})["average precision"][0] == 1
    assert rows([], {"a", "b"})["mules found"][0] == pytest.approx(0)


def test_a_truth_without_mules_has_no_scores() -> None:
    assert scored(["a"], set(), set(), set(), {}) == []
