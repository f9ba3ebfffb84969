"""Figures of merit, each against an answer that can be drawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.evaluate.scores import average_precision, b_cubed, best_ranked_recall, overlap, precision_recall_f1

names = st.lists(st.sampled_from("abcdefgh"), unique=True)


def test_precision_recall_and_f1_of_two_sets() -> None:
    assert precision_recall_f1({"a", "b", "c", "d"}, {"a", "b"}) == (0.5, 1.0, pytest.approx(2 / 3))
    assert precision_recall_f1(set(), {"a"}) == (0.0, 0.0, 0.0)


def test_average_precision_of_a_short_ranking() -> None:
    assert average_precision(["a", "x", "b"], {"a", "b"}) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(["a"], {"a", "never ranked"}) == 0.5


@given(names, st.sets(st.sampled_from("abcdefgh"), min_size=1))
def test_average_precision_is_the_mean_precision_at_each_hit(ranked: list[str], true: set[str]) -> None:
    slow = sum(len(set(ranked[: i + 1]) & true) / (i + 1) for i, name in enumerate(ranked) if name in true) / len(true)
    assert average_precision(ranked, true) == pytest.approx(slow)


@given(names, st.sets(st.sampled_from("abcdefgh"), min_size=1))
def test_a_name_told_twice_changes_nothing(ranked: list[str], true: set[str]) -> None:
    assert average_precision([*ranked, *ranked], true) == average_precision(ranked, true)


def test_overlap_is_one_only_where_amounts_agree() -> None:
    assert overlap({"a": 5.0}, {"a": 5.0}) == 1.0
    assert overlap({"a": 5.0, "b": 5.0}, {"a": 5.0}) == pytest.approx(2 / 3)
    assert overlap({}, {}) == 0.0


def test_ends_are_counted_once_true_middles_are_dropped() -> None:
    ranked = ["middle", "end1", "stranger", "end2"]
    assert best_ranked_recall(ranked, {"end1", "end2"}, {"middle"}) == 0.5


def test_b_cubed_of_one_group_split_in_two() -> None:
    found = {"a": "1", "b": "1", "c": "2", "d": "2"}
    assert b_cubed(found, dict.fromkeys("abcd", "all")) == (1.0, 0.5, pytest.approx(2 / 3))


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("xyz"), min_size=1))
def test_b_cubed_of_a_grouping_with_itself_is_one(groups: dict[str, str]) -> None:
    assert b_cubed(groups, groups) == pytest.approx((1.0, 1.0, 1.0))
