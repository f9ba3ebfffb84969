"""Ratios that tell one thing are one finding, and nothing of its parts is lost."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crackdown import small
from tests.crackdown.tellings import tell

from upriver.case.store import Case
from upriver.crackdown.folding import folded
from upriver.crackdown.ledger import reconcile
from upriver.crackdown.loopholes import loopholes
from upriver.crackdown.params import CrackdownParams
from upriver.crackdown.ratios import Row, counted, loophole, no_figure, rules
from upriver.crackdown.stage import STAGE


def ratio(label: str, above: float | None, below: float | None, rule: str = "ladder", **more: Any) -> Row:
    sides = [
        no_figure(what, "people") if value is None else counted(value, what, "people", (), [f"{what}#{label}"])
        for what, value in (("taken", above), ("known", below))
    ]
    return loophole(rule, "role", label, sides[0], sides[1], f"caution of {label}", **more)


def test_one_ratio_stands_for_a_whole_and_the_others_keep_all_they_say() -> None:
    rows = [
        ratio("bosses", 0.0, 10.0, fold="control"), ratio("all", 1.0, 70.0, "controllers", fold="control", whole=True),
        ratio("keys", 1.0, 12.0, fold="control"), ratio("alone", 5.0, 9.0, "known_people"),
    ]  # fmt: skip
    wholes, parts = folded(rows)
    assert {(row["label"], row["n_parts"]) for row in wholes} == {("all", 2), ("alone", 0)}
    (whole,) = [row for row in wholes if row["label"] == "all"]
    told = sorted(parts, key=lambda row: str(row["place"]))
    assert [(row["place"], row["label"], row["ratio"]) for row in told] == [(1, "bosses", 0.0), (2, "keys", 1 / 12)]
    assert {row["loophole_id"] for row in parts} == {whole["loophole_id"]}
    assert told[1]["record_ids"] == ["known#keys", "taken#keys"]
    assert told[1]["caution"] == "caution of keys"
    assert told[1]["closed_by"] == rules()["ladder"]["closed_by"]


def test_questions_of_one_rule_without_a_figure_are_asked_once_with_a_list_of_where() -> None:
    rows = [
        ratio(f"{role} taken: {land}", None, float(n), "heads_untold", spot=land)
        for role in ("leaders", "backers")
        for n, land in enumerate(("Laos", "Taiwan", "Thailand"), 1)
    ]
    (whole,), parts = folded(rows)
    assert str(whole["label"]).endswith(": Laos, Taiwan and Thailand")
    assert (whole["numerator"], whole["denominator"], whole["ratio"], whole["n_parts"]) == (None, None, None, 6)
    assert whole["denominator_what"] == "what there was to reach: 1 to 3 people, told apart"
    assert str(whole["sentence"]).startswith("6 questions without a figure")
    assert [row["denominator"] for row in sorted(parts, key=lambda row: int(str(row["place"])))] == [1, 2, 3, 1, 2, 3]
    assert set(cast(Any, whole["record_ids"])) == {name for row in parts for name in cast(Any, row["record_ids"])}


def test_a_question_without_a_figure_is_never_hidden_below_a_ratio_that_has_one() -> None:
    rows = [
        ratio("gate", 1.0, 2.0, "by_place", fold="there", whole=True),
        ratio("pier", 1.0, 3.0, "by_place", fold="there"),
        ratio("dock", 4.0, None, "by_place", fold="there"),
    ]  # fmt: skip
    wholes, parts = folded(rows)
    assert {row["label"] for row in wholes} == {"gate", "dock"}
    assert [row["label"] for row in parts] == ["pier"]


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["heads_untold", "ladder", "by_place", "takings"]), st.sampled_from(["", "x", "y"]),
        st.sampled_from([None, 0.0, 3.0]), st.sampled_from([None, 4.0]), st.booleans(),
    ),
    max_size=12,
)  # fmt: skip


@given(ROWS)
@settings(max_examples=50, deadline=None)
def test_every_ratio_is_reached_and_what_stands_is_told_once(drawn: list[tuple[Any, ...]]) -> None:
    rows = [
        ratio(f"r{n}", above, below, rule, fold=fold, whole=whole)
        for n, (rule, fold, above, below, whole) in enumerate(drawn)
    ]
    wholes, parts = folded(rows)
    names = [row["loophole_id"] for row in wholes]
    assert len(set(names)) == len(names)
    assert {row["loophole_id"] for row in parts} <= set(names)
    asked = [row for row in wholes if row["label"] not in {one["label"] for one in rows}]
    assert sorted([row["label"] for row in wholes if row not in asked] + [row["label"] for row in parts]) == sorted(
        row["label"] for row in rows
    )
    assert all(row["ratio"] is None and cast(int, row["n_parts"]) >= 2 for row in asked)
    for row in wholes:
        assert row["n_parts"] == sum(part["loophole_id"] == row["loophole_id"] for part in parts)
    assert folded(rows) == (wholes, parts)


@pytest.fixture
def struck(case: Case) -> Case:
    small.fill(case).fill("event_report", [small.report("r1")])
    case.run(STAGE)
    return case


def test_no_fact_of_a_case_is_told_twice(struck: Case) -> None:
    """The highest rung is told once, a site with its place, an end of the money with the others."""
    stand = {row["rule"] for row in struck.read("loophole").to_pylist()}
    assert not stand & {"by_mark", "services", "ladder_heads", "area_people"}
    told = [(row["numerator_what"], row["denominator_what"]) for row in small.every_ratio(struck)]
    assert len(set(told)) == len(told)


def test_services_are_told_with_the_end_of_the_money_each_with_its_own_records(struck: Case) -> None:
    (whole,) = [row for row in struck.read("loophole").to_pylist() if row["rule"] == "ends"]
    assert "at cash-out points" in whole["label"]
    (part,) = [row for row in struck.read("loophole_part").to_pylist() if row["rule"] == "services"]
    assert (part["loophole_id"], part["numerator"], part["denominator"]) == (whole["loophole_id"], 90.0, 90.0)
    assert part["record_ids"] == ["bank#1"]  # the transfer that reached it


def test_countries_nobody_tells_heads_of_are_one_question() -> None:
    told = [
        tell(f"r{n}", type="arrest", count=9.0, happening=f"h{n}", country=land, places=(town,))
        for n, (land, town) in enumerate((("KH", "Bavet"), ("MM", "Myawaddy"), ("TH", "Mae Sot")))
    ]
    wholes, parts = folded(loopholes(reconcile(told, CrackdownParams()), CrackdownParams()))
    (asked,) = [row for row in wholes if row["rule"] == "heads_untold"]
    assert asked["n_parts"] == 9
    assert len([row for row in parts if row["rule"] == "heads_untold"]) == 9
    assert str(asked["label"]).endswith(": Cambodia, Myanmar and Thailand")
