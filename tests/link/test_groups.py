from __future__ import annotations

import math
import random

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.case.store import Case
from upriver.link.groups import GroupParams, group_rows
from upriver.link.stage import STAGE

from .told import calls, entities, observables, statements


def _edges(*told: str, kind: str = "calls") -> pa.Table:
    pairs = [text.split("-") for text in told]
    return pa.table(
        {
            "source_id": [a for a, _ in pairs],
            "target_id": [b for _, b in pairs],
            "kind": [kind] * len(pairs),
            "weight": [1.0] * len(pairs),
        }
    )


TWO_ROOMS = ("a-b", "b-c", "c-a", "x-y", "y-z", "z-x", "c-x")


def _groups(rows: list[dict[str, object]]) -> set[frozenset[object]]:
    return {frozenset(r["node_id"] for r in rows if r["community_id"] == one["community_id"]) for one in rows}


def test_two_rooms_joined_by_one_call_are_two_groups() -> None:
    rows = group_rows(_edges(*TWO_ROOMS), {}, frozenset(), GroupParams())
    assert _groups(rows) == {frozenset("abc"), frozenset("xyz")}
    assert all(row["n_members"] == 3 for row in rows)


def test_the_order_of_rows_never_matters() -> None:
    expected = group_rows(_edges(*TWO_ROOMS), {}, frozenset(), GroupParams())
    for seed in range(5):
        shuffled = list(TWO_ROOMS)
        random.Random(seed).shuffle(shuffled)
        assert group_rows(_edges(*shuffled), {}, frozenset(), GroupParams()) == expected


def test_a_switchboard_does_not_glue_strangers() -> None:
    told = [f"hub-{room}{n}" for room in "ab" for n in range(6)]
    told += [f"{room}{n}-{room}{m}" for room in "ab" for n in range(6) for m in range(n)]
    rows = group_rows(_edges(*told), {}, frozenset(), GroupParams(hub_least=8, hub_times=1.5))
    assert _groups(rows) == {frozenset(f"{room}{n}" for n in range(6)) for room in "ab"}


def test_standing_on_one_list_makes_no_group() -> None:
    assert group_rows(_edges("a-b", kind="same_site"), {}, frozenset(), GroupParams()) == []


def test_services_belong_to_no_group() -> None:
    rows = group_rows(_edges("a-b", "b-shop"), {}, frozenset({"shop"}), GroupParams())
    assert _groups(rows) == {frozenset("ab")}


def test_a_group_is_named_by_its_company_never_by_a_person() -> None:
    captions = {"a": ("Person", "Aye Aye"), "b": ("Company", "Acme Trading")}
    rows = group_rows(_edges("a-b", "a-c"), captions, frozenset(), GroupParams())
    assert {row["name"] for row in rows} == {"Acme Trading"}
    people = group_rows(_edges("a-b"), {"a": ("Person", "Aye Aye")}, frozenset(), GroupParams())
    assert {row["name"] for row in people} == {"group of 2 people"}
    phones = group_rows(_edges("phone:+6612-phone:+6634"), {}, frozenset(), GroupParams())
    assert {row["name"] for row in phones} == {"group of 2 around phones +66…"}


def test_one_call_alone_ties_nobody_to_a_group() -> None:
    once = _edges("a-b").set_column(3, "weight", pa.array([round(math.log(2), 6)]))
    assert group_rows(once, {}, frozenset(), GroupParams()) == []


def test_a_site_of_many_holds_its_people_less_than_an_office_of_few() -> None:
    told = [f"{place}{n}-{place}" for place, size in (("office", 4), ("site", 40)) for n in range(size)]
    told += ["office0-site", "office1-site"]
    rows = group_rows(_edges(*told, kind="works_at"), {}, frozenset(), GroupParams())
    group = {row["node_id"]: row["community_id"] for row in rows}
    assert group["office0"] == group["office3"] != group["site0"]


def test_a_group_that_falls_apart_without_one_tie_coheres_less_than_one_of_many() -> None:
    ring = [f"r{n}-r{m}" for n in range(7) for m in range(n)]
    rows = {row["node_id"]: row for row in group_rows(_edges(*ring, "x-y", "y-z"), {}, frozenset(), GroupParams())}
    assert rows["r0"]["cohesion"] == 1.0
    assert rows["x"]["cohesion"] < 0.9  # type: ignore[operator]
    assert rows["r0"]["core"] is True


def test_a_group_is_named_by_what_few_others_have() -> None:
    captions = {"site": ("Organization", "Stone Court"), "firm": ("Company", "Acme Trading")}
    told = [f"{p}-firm" for p in "abcd"] + [f"{p}-site" for p in "abcdefghijk"] + ["x-y", "y-z", "z-x"]
    rows = group_rows(_edges(*told), captions, frozenset(), GroupParams(resolution=0.01))
    names = {row["node_id"]: (row["name"], row["named_by"]) for row in rows}
    assert names["a"] == ("Stone Court", "11 of the 11 tied to Stone Court are in this group")
    says = {node: ["gold is up my friend today so hurry"] for node in "xz"}
    rows = group_rows(_edges("x-y", "y-z", "z-x"), {}, frozenset(), GroupParams(), says)
    assert {row["name"] for row in rows} == {"script “gold is up my friend today…”"}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=40), st.randoms())
def test_groups_shares_and_names_do_not_depend_on_the_order_of_rows(
    pairs: list[tuple[int, int]], dice: random.Random
) -> None:
    told = [f"n{a}-n{b}" for a, b in sorted(set(pairs)) if a != b]
    shuffled = told[:]
    dice.shuffle(shuffled)
    rows = group_rows(_edges(*told), {}, frozenset(), GroupParams())
    assert group_rows(_edges(*shuffled), {}, frozenset(), GroupParams()) == rows
    assert all(0 <= row["cohesion"] <= 1 and 0 <= row["stability"] <= 1 for row in rows)  # type: ignore[operator]


def test_an_empty_case_has_no_groups(any_case: Case) -> None:
    any_case.run(STAGE)
    assert any_case.read("edge").num_rows == 0
    assert any_case.read("community").num_rows == 0


def test_accounts_listed_as_services_are_left_out_by_the_stage(case: Case) -> None:
    case.fill("entity", entities("acc BankAccount 1", "ann Person Ann"))
    case.fill("statement", statements("acc BankAccount status=service"))
    case.fill("observable", observables("bank_account:1 acc", "phone:+661 ann"))
    case.fill("call", calls(*["phone:+661>phone:+662", "bank_account:1>phone:+661"] * 2))
    case.run(STAGE)
    assert set(case.read("community")["node_id"].to_pylist()) == {"ann", "phone:+662"}
