"""Ranks by control: what counts, what never counts, how sure it is."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from upriver.roles.evidence import MARKS, Item
from upriver.roles.ranking import rank

NAMES = [mark.name for mark in MARKS]


def item(node: str, mark: str, amount: float = 1.0, n: int = 1) -> Item:
    return Item(node, mark, amount, n, (f"f#{node}{mark}",))


def order(rows: list[dict[str, object]]) -> list[object]:
    return [row["person_id"] for row in rows]


def test_reasons_are_told_strongest_first_and_rest_on_records():
    rows = rank(["a"], [item("a", "kept"), item("a", "commands", 40.0)], {}, {}, 10, 0)
    assert str(rows[0]["reason"]).startswith("commands one person")
    assert rows[0]["record_ids"] == ["f#acommands", "f#akept"]


def test_need_for_protection_stands_beside_the_rank_and_never_changes_it():
    items = [item("a", "holds_key"), item("b", "administers")]
    plain = rank(["a", "b"], items, {}, {}, 10, 0)
    flagged = rank(["a", "b"], items, {"a": "presumed_victim"}, {}, 10, 0)
    assert [row["protection"] for row in flagged] == ["presumed_victim", "none"]
    assert [(row["rank"], row["score"]) for row in flagged] == [(row["rank"], row["score"]) for row in plain]


def test_kin_is_shown_and_never_scored():
    rows = rank(["a", "b"], [item("b", "kept")], {}, {"a": {"kin": 9}}, 10, 0)
    assert order(rows) == ["b", "a"]
    assert json.loads(str(rows[1]["features"]))["shown_not_scored"] == {"kin": 9}
    assert rows[1]["score"] == 0


def test_a_person_without_marks_is_not_cleared_in_words():
    assert "clears nobody" in str(rank(["a"], [], {}, {}, 10, 0)[0]["reason"])


def test_who_stands_by_one_record_has_a_wider_interval_than_who_stands_by_ten():
    nodes = [f"n{i}" for i in range(10)]
    base = [item(node, "brokerage", 0.5, 9) for node in nodes]
    single = rank(nodes, [*base, item("n0", "owns", 1.0, 1)], {}, {}, 200, 0)[0]
    many = rank(nodes, [*base, item("n0", "owns", 1.0, 10)], {}, {}, 200, 0)[0]
    assert single["person_id"] == many["person_id"] == "n0"
    assert single["rank_low"] == many["rank_low"] == many["rank_high"] == 1
    assert int(str(single["rank_high"])) > 1


def test_being_watched_more_is_one_reason_for_a_rank_and_the_interval_tells_it():
    # Four records are lost by chance in two draws of a hundred; that the first was watched more is likelier.
    nodes = [f"n{i}" for i in range(6)]
    rows = rank(nodes, [item(node, "owns", 1 + i / 10, 4) for i, node in enumerate(nodes)], {}, {}, 200, 0)
    assert int(str(rows[0]["rank_high"])) == 6
    sure = rank(nodes, [item(node, "owns", 1 + i / 10, 100) for i, node in enumerate(nodes)], {}, {}, 200, 0)
    assert [(row["rank_low"], row["rank_high"]) for row in sure] == [(k, k) for k in range(1, 7)]


ITEMS = st.lists(
    st.builds(item, st.sampled_from("abcd"), st.sampled_from(NAMES), st.floats(0.01, 50), st.integers(1, 5)),
    max_size=12,
)


@given(ITEMS, st.randoms(use_true_random=False))
def test_order_of_evidence_does_not_matter(items, chance):
    mixed = list(items)
    chance.shuffle(mixed)
    assert rank("abcd", items, {}, {}, 5, 0) == rank("dcba", mixed, {}, {}, 5, 0)


@given(ITEMS, st.builds(item, st.just("a"), st.sampled_from(NAMES), st.floats(0.01, 50)))
def test_more_evidence_never_lowers_a_score_and_nobody_elses_changes(items, more):
    before = {row["person_id"]: row["score"] for row in rank("abcd", items, {}, {}, 1, 0)}
    after = {row["person_id"]: row["score"] for row in rank("abcd", [*items, more], {}, {}, 1, 0)}
    assert float(str(after["a"])) >= float(str(before["a"]))
    assert {node: score for node, score in after.items() if node != "a"} == {
        node: score for node, score in before.items() if node != "a"
    }


@given(ITEMS)
def test_intervals_hold_the_rank(items):
    for row in rank("abcd", items, {}, {}, 20, 0):
        assert 1 <= int(str(row["rank_low"])) <= int(str(row["rank"])) <= int(str(row["rank_high"])) <= 4
        assert 0 <= float(str(row["score"])) <= 1
