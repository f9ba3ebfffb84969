from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.roles.orders import between, in_group, leads, reach, way


@pytest.mark.parametrize("text", ["Send me the list by tonight", "你们必须完成业绩", "Raise the target", "通知下面"])
def test_an_order_goes_down(text):
    assert way(text) == 1


@pytest.mark.parametrize("text", ["Yes boss", "Report for today: the team made 12", "收到，老板", "钱已经转好了"])
def test_a_report_goes_up(text):
    assert way(text) == -1


@pytest.mark.parametrize("text", ["Good morning", "午饭吃什么", ""])
def test_other_words_say_nothing_of_command(text):
    assert way(text) == 0


@pytest.mark.parametrize(
    "text", ["Quiet, the supervisor is coming", "安静，主管来了", "哥，还找工作吗？", "钱转到他们给的号了"]
)
def test_to_speak_of_a_chief_or_of_money_is_no_word_of_command(text):
    assert way(text) == 0


def test_who_gives_orders_and_is_reported_to_commands():
    told = [("a", "b", "Send me the list"), ("b", "a", "Yes boss"), ("b", "a", "how are you")]
    assert leads(between(told)) == {("a", "b"): 2.0}


def test_one_order_may_be_a_favour_and_orders_both_ways_are_no_command():
    order = ("a", "b", "Send me the list")
    assert leads(between([order])) == {}
    assert leads(between([order, order, ("b", "a", "Send me the list"), ("b", "a", "Send me the list")])) == {}


def test_a_thousand_messages_to_strangers_are_no_command():
    assert leads(between([("worker", f"target{n}", "hello, must be fate") for n in range(1000)])) == {}


def test_a_report_to_a_group_goes_up_to_those_who_order_in_it_and_not_to_all_who_read_along():
    told = [("chief", "Send me the list"), ("a", "Yes boss"), ("b", "Yes boss"), ("a", "Report for today: 12")]
    assert leads(in_group(told * 3, set())) == {("chief", "a"): 4.5, ("chief", "b"): 3.0}


def test_an_admin_who_says_little_is_reported_to():
    told = [("a", "Yes boss"), ("b", "Report for today: 12"), ("a", "Report for today: 9"), ("b", "Yes boss")]
    assert leads(in_group(told * 2, {"silent"})) == {("silent", "a"): 2.0, ("silent", "b"): 2.0}
    assert leads(in_group(told * 2, set())) == {}
    assert ("a", "b") not in leads(in_group(told * 2, {"a"}))  # an admin by title who reports like the rest


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["Send me the list", "Yes boss", "hello"]))))
def test_in_a_group_nobody_stands_both_above_and_below(told):
    words = in_group(told, {"a"})
    assert not {word.above for word in words} & {word.below for word in words}


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
