from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.roles.orders import pairs, reach, way


@pytest.mark.parametrize("text", ["Send me the list by tonight", "你们必须完成业绩", "Raise the target", "通知下面"])
def test_an_order_goes_down(text):
    assert way(text) == 1


@pytest.mark.parametrize("text", ["Yes boss", "Report for today: the team made 12", "收到，老板", "钱已经转好了"])
def test_a_report_goes_up(text):
    assert way(text) == -1


@pytest.mark.parametrize("text", ["Good morning", "午饭吃什么", ""])
def test_other_words_say_nothing_of_command(text):
    assert way(text) == 0


def test_who_gives_orders_and_is_reported_to_commands():
    told = [("a", "b", "Send me the list", 1.0), ("b", "a", "Yes boss", 1.0), ("b", "a", "how are you", 1.0)]
    assert pairs(told) == {("a", "b"): 2.0}


def test_one_order_may_be_a_favour_and_orders_both_ways_are_no_command():
    assert pairs([("a", "b", "Send me the list", 1.0)]) == {}
    assert pairs([("a", "b", "Send me the list", 2.0), ("b", "a", "Send me the list", 2.0)]) == {}


def test_a_thousand_messages_to_strangers_are_no_command():
    assert pairs(("worker", f"target{n}", "hello, must be fate", 1.0) for n in range(1000)) == {}


def test_reach_counts_everyone_below_once_even_in_a_ring():
    assert reach({"a": {"b", "c"}, "b": {"c", "d"}}) == {"a": 3, "b": 2}
    assert reach({"a": {"b"}, "b": {"a"}}) == {"a": 1, "b": 1}


NODES = st.sampled_from("abcde")


@given(st.dictionaries(NODES, st.sets(NODES, min_size=1), max_size=5))
def test_reach_agrees_with_a_slow_closure(below):
    pairs_below = {(top, node) for top, under in below.items() for node in under}
    for _ in range(5):
        pairs_below |= {(a, d) for a, b in pairs_below for c, d in pairs_below if b == c}
    assert reach(below) == {top: len({node for one, node in pairs_below if one == top} - {top}) for top in below}
