from __future__ import annotations

import itertools
from datetime import datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.crackdown import small

from upriver.case.stage import Desk, Stage
from upriver.case.store import Case
from upriver.crackdown.disruption import _ends, scenarios
from upriver.crackdown.known import known
from upriver.crackdown.params import CrackdownParams
from upriver.crackdown.staffing import Staffing
from upriver.graph import taint

READS = (
    "edge", "role", "protected_person", "traced_account", "trace", "flow", "statement", "entity", "loss"
)  # fmt: skip


def _run(case: Desk, params: CrackdownParams) -> None:
    """Scenarios alone."""
    scenarios(case, known(case, params), params)


STAGE = Stage("crackdown", READS, ("scenario",), _run, CrackdownParams)


def edge(source: str, target: str, kind: str = "calls", usd: float | None = None) -> dict[str, object]:
    return {
        "edge_id": f"{kind} {source} {target}", "source_id": source, "target_id": target, "kind": kind,
        "directed": True, "weight": 1.0, "n_records": 1, "amount_usd": usd, "record_ids": ["f#1"],
    }  # fmt: skip


def role(person: str, rank: int, protection: str = "none") -> dict[str, object]:
    return {
        "person_id": person, "rank": rank, "rank_low": rank, "rank_high": rank, "score": 1 / rank,
        "features": '{"commands": 0.5}',
        "reason": "", "protection": protection, "record_ids": ["f#1"],
    }  # fmt: skip


def paid(number: int, source: str, target: str, usd: float, hops: int) -> tuple[dict[str, object], dict[str, object]]:
    flow = {
        "transfer_id": f"t{number}", "source_account": source, "target_account": target,
        "occurred_at": datetime(2026, 1, 1 + number), "amount_usd": usd,
        "origin": "other" if hops else "victim_payment", "record_id": "f#1",
    }  # fmt: skip
    trace = {
        "transfer_id": f"t{number}", "method": "auto", "main": True, "traced_usd": usd, "presumed_usd": 0.0,
        "low_usd": usd, "high_usd": usd,
        "n_hops": hops,
    }  # fmt: skip
    return flow, trace


def account(name: str, holder: str | None = None, cash_out: bool = False) -> dict[str, object]:
    at = datetime(2026, 1, 1)
    return {
        "account": name, "holder_id": holder, "received_usd": 1.0, "kept_usd": 0.0, "low_usd": 1.0, "high_usd": 1.0,
        "n_hops": 0, "first_at": at, "last_at": at, "stop_reason": "cash_out" if cash_out else None,
        "cash_out": cash_out, "unseen_inflow_usd": 0.0, "service_score": 0.0, "reason": "",
    }  # fmt: skip


@pytest.fixture
def told(case: Case) -> Case:
    """Boss calls two workers, one of whom is a presumed victim; M1, held by the boss, pays all to the exchange X."""
    case.fill("edge", [edge("boss", "w1"), edge("boss", "w2"), edge("bank_account:M1", "bank_account:X", "pays", 90.0)])
    flows, traces = zip(paid(0, "V", "M1", 90.0, 0), paid(1, "M1", "X", 90.0, 1), strict=True)
    case.fill("flow", list(flows))
    case.fill("trace", list(traces))
    case.fill("traced_account", [account("M1", "boss"), account("X", cash_out=True)])
    case.fill("role", [role("w1", 1, "presumed_victim"), role("boss", 2)])
    return case


def steps(case: Case, name: str) -> list[dict[str, object]]:
    return case.read("scenario", where=f"scenario_id = '{name}'").to_pylist()


def test_a_presumed_victim_is_never_proposed(told: Case) -> None:
    told.run(STAGE)
    assert [row["removed_id"] for row in steps(told, "by control")] == [None, "boss"]


def test_without_the_holder_the_network_and_the_money_stop(told: Case) -> None:
    told.run(STAGE)
    before, after = steps(told, "by control")
    assert (before["largest_share"], before["money_share"], before["roles_share"]) == (1.0, 1.0, 1.0)
    assert (after["largest_share"], after["money_share"], after["roles_share"]) == (1 / 2, 0.0, 1.0)


def test_services_are_not_among_those_to_go_by_volume(told: Case) -> None:
    told.run(STAGE)
    assert [row["removed_id"] for row in steps(told, "by volume")] == [None, "bank_account:M1"]


def test_a_protected_person_is_left_out_though_the_role_row_does_not_say_so(told: Case) -> None:
    told.fill(
        "protected_person",
        [{"person_id": "boss", "status": "reported_victim", "grounds": "strong", "n_present": 0, "n_unknown": 11,
          "child": False, "reason": "", "open_questions": [], "record_ids": ["f#1"]}],
    )  # fmt: skip
    told.run(STAGE)
    assert steps(told, "by control") == []


def test_what_the_crackdown_did_is_shown_by_the_dates_of_its_lists(told: Case) -> None:
    statements = []
    for person, day in (("w1", "2026-03-02"), ("w2", "2026-03-01")):
        for entity, prop, value in (
            (person, "status", "handed over"), (f"event {person}", "involved", person), (f"event {person}", "date", day)
        ):  # fmt: skip
            statements.append(
                {"statement_id": entity + prop, "entity_id": entity, "schema": "Person", "prop": prop, "value": value,
                 "record_id": "f#1"}
            )  # fmt: skip
    told.fill("statement", statements)
    told.fill(
        "entity",
        [{"entity_id": p, "canonical_id": p, "schema": "Person", "caption": p, "n_members": 1} for p in ("w1", "w2")],
    )
    told.run(STAGE)
    assert [row["removed_id"] for row in steps(told, "as the crackdown did")] == [None, "w2", "w1"]
    told.run(STAGE, CrackdownParams(disruption_steps=1))
    assert [row["removed_id"] for row in steps(told, "as the crackdown did")] == [None, "w1"]


def test_without_ties_nothing_is_said(case: Case) -> None:
    case.fill("role", [role("boss", 1)])
    case.run(STAGE)
    assert case.read("scenario").num_rows == 0


def test_without_roles_there_is_no_order_by_control(told: Case) -> None:
    told.fill("role", [])
    told.run(STAGE)
    assert steps(told, "by control") == []


PERSONS = ("a", "b", "c", "d", "e")
STATUS = st.sampled_from(["none", "no_information", "refer", "presumed_victim", "reported_victim", "child"])


@given(st.lists(STATUS, min_size=5, max_size=5), st.lists(st.booleans(), min_size=5, max_size=5))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_victims_those_to_be_asked_first_and_children_are_in_no_order(
    case: Case, status: list[str], by_role: list[bool]
) -> None:
    """Whatever table says it: protected_person, or the protection beside the rank."""
    case.fill("edge", [edge(a, b) for a, b in itertools.combinations(PERSONS, 2)])
    case.fill("role", [
        role(name, n + 1, told if said and told != "child" else "none")
        for n, (name, told, said) in enumerate(zip(PERSONS, status, by_role, strict=True))
    ])  # fmt: skip
    case.fill("protected_person", [
        {"person_id": name, "status": "no_information" if told == "child" else told, "grounds": "none",
         "n_present": 0, "n_unknown": 11, "child": told == "child", "reason": "", "open_questions": [],
         "record_ids": []}
        for name, told, said in zip(PERSONS, status, by_role, strict=True)
        if told != "none" and (told == "child" or not said)
    ])  # fmt: skip
    flows, traces = zip(paid(0, "V", "M1", 90.0, 0), paid(1, "M1", "X", 90.0, 1), strict=True)
    case.fill("flow", list(flows))
    case.fill("trace", list(traces))
    case.fill("traced_account", [account("M1", "a"), account("X", cash_out=True)])
    case.run(STAGE, CrackdownParams(draws=1))
    rows = case.read("scenario").to_pylist()
    free = {name for name, told in zip(PERSONS, status, strict=True) if told in ("none", "no_information")}
    assert {row["removed_id"] for row in rows} - {None} <= free
    assert {row["scenario_id"] for row in rows} >= ({"by control", "to break it apart"} if free else set())


@pytest.mark.parametrize(("n", "steps", "ends"), [
    (0, 5, (0,)), (2, 5, (0, 1, 2)), (2, 1, (0, 2)), (10, 4, (0, 1, 2, 6, 10)), (132, 20, (*range(11), 23, 35, 47))
])  # fmt: skip
def test_people_are_shown_one_by_one_at_first_then_in_equal_steps_to_the_last(
    n: int, steps: int, ends: tuple[int, ...]
) -> None:
    got = _ends(n, steps)
    assert got[: len(ends)] == ends
    assert got[-1] == n
    assert len(got) <= steps + 1


def test_every_figure_lies_within_its_interval_and_all_orders_take_as_many_as_the_crackdown(case: Case) -> None:
    small.fill(case)
    case.run(STAGE)
    rows = case.read("scenario").to_pylist()
    assert {row["scenario_id"] for row in rows} == {
        "as the crackdown did", "by control", "to break it apart", "to leave roles unstaffed", "to stop the money"
    }  # fmt: skip
    assert {row["n_gone"] for row in rows} == {0, 1, 2}
    for row in rows:
        for what in ("largest", "money", "roles"):
            assert row[f"{what}_low"] <= row[f"{what}_share"] <= row[f"{what}_high"] <= 1.0
    after = {row["scenario_id"]: row for row in rows if row["n_gone"] == 1}
    assert after["to stop the money"]["money_share"] == 0.0
    assert after["to stop the money"]["removed_id"] == "boss"
    assert after["as the crackdown did"]["roles_share"] == 1.0


def test_whoever_alone_fills_most_roles_goes_first_and_who_can_replace_is_counted() -> None:
    staff = Staffing({
        ("commands", "gate"): frozenset({"boss"}), ("holds_key", "gate"): frozenset({"boss", "guard"}),
        ("commands", "pier"): frozenset({"chief"}),
    })  # fmt: skip
    assert staff.order({"boss", "guard", "chief"}, 3, {"boss": 1}) == ["boss", "chief", "guard"]
    assert staff.order({"guard"}, 3, {}) == ["guard"]
    assert (staff.n, staff.replaceable) == (3, 1)
    assert staff.filled({"boss"}) == [False, True, True]


STEPS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 9)), max_size=10)


@given(STEPS, st.sets(st.integers(1, 4)))
@settings(max_examples=60, deadline=None)
def test_what_still_arrives_is_what_a_second_tracing_finds(steps: list[tuple[int, int, int]], gone: set[int]) -> None:
    """Twin: the same shares are carried on by hand from the entries, and stop where an account is gone."""
    moves = [(0, 1, 20), *[(a, b, x) for a, b, x in steps if a != b]]
    n = 5
    source, target, amount = (np.array(column) for column in zip(*moves, strict=True))
    entry = source == 0
    told = taint.Moves(
        source.astype(np.int32), target.astype(np.int32), amount.astype(np.float64), entry,
        np.zeros(len(moves), dtype=np.bool_), np.zeros(n, dtype=np.bool_), np.zeros(n),
    )  # fmt: skip
    carried = taint.fifo(told)
    some = carried.usd > 0
    value = np.array([0.0, 0.0, 0.0, 0.0, 1.0])
    away = np.array([a in gone for a in range(n)])
    got = taint.still_arrives(told.source[some], told.target[some], carried.usd[some], entry[some], value, away)
    held, free = [0.0] * n, [0.0] * n
    for a, b, usd, enters in zip(source[some], target[some], carried.usd[some], entry[some], strict=True):
        share = 0.0 if enters or held[a] <= 0 else min(usd / held[a], 1.0)
        moved = usd if enters else (0.0 if a in gone else free[a] * share)
        held[a] -= held[a] * share
        free[a] -= moved if not enters else 0.0
        held[b] += usd
        free[b] += moved
    assert got == pytest.approx(0.0 if 4 in gone else free[4], abs=1e-9)
