from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from upriver.case.store import Case
from upriver.money.params import MoneyParams
from upriver.money.stage import STAGE
from upriver.money.tracing import Network
from upriver.money.typologies import found

DAY = datetime(2026, 1, 1)


def alerts(case: Case, *moves: tuple[str, str, float, float], params: MoneyParams | None = None) -> list[dict]:  # type: ignore[type-arg]
    """Alerts of moves: payer, payee, USD, hour."""
    case.fill(
        "transfer",
        [{"transfer_id": f"t{k:03}", "source_account": a, "target_account": b,
          "occurred_at": DAY + timedelta(hours=hour), "amount": usd, "asset": "USD", "amount_usd": usd,
          "rail": "bank", "record_id": f"bank#{k}"} for k, (a, b, usd, hour) in enumerate(moves)],
    )  # fmt: skip
    case.run(STAGE, params)
    return case.read("alert").to_pylist()


def only(rows: list[dict], kind: str) -> dict:  # type: ignore[type-arg]
    found = [row for row in rows if row["kind"] == kind]
    assert len(found) == 1
    return found[0]


def test_many_payers_within_a_week_are_a_fan_in(case: Case) -> None:
    row = only(alerts(case, *[(f"p{k}", "M", 500.0, k) for k in range(8)], ("p9", "M", 500.0, 900)), "fan_in")
    assert (row["account"], row["n_transfers"], row["amount_usd"]) == ("M", 8, 4000)
    assert row["innocent"]


def test_the_same_payers_over_months_are_none(case: Case) -> None:
    assert alerts(case, *[(f"p{k}", "M", 500.0, 100 * k) for k in range(8)]) == []


def test_gathering_and_scattering_is_one_pattern_more(case: Case) -> None:
    gather = [(f"p{k}", "M", 500.0, k) for k in range(8)]
    scatter = [("M", f"q{k}", 490.0, 20 + k) for k in range(8)]
    rows = alerts(case, *gather, *scatter)
    assert only(rows, "gather_scatter")["n_transfers"] == 16
    assert {row["kind"] for row in rows} == {"fan_in", "fan_out", "gather_scatter", "pass_through"}


def test_a_round_trip_is_a_cycle(case: Case) -> None:
    row = only(alerts(case, ("A", "B", 5000.0, 1), ("B", "C", 4900.0, 2), ("C", "A", 4800.0, 3)), "cycle")
    assert row["transfer_ids"] == ["t000", "t001", "t002"]


def test_money_that_leaves_within_hours_passed_through(case: Case) -> None:
    moves = [("A", "M", 1000.0, 0), ("M", "B", 950.0, 2), ("A", "M", 1000.0, 50), ("M", "B", 950.0, 52),
             ("A", "M", 1000.0, 90), ("M", "B", 950.0, 93)]  # fmt: skip
    row = only(alerts(case, *moves), "pass_through")
    assert row["account"] == "M"
    assert "95 %" in row["reason"]
    slow = [(a, b, usd, hour * 40) for a, b, usd, hour in moves]
    assert alerts(case, *slow) == []


def test_amounts_just_below_the_threshold_are_structuring(case: Case) -> None:
    rows = alerts(case, *[("A", f"p{k}", 9500.0 + k, 5 * k) for k in range(5)])
    assert only(rows, "structuring")["account"] == "A"
    assert not [r for r in alerts(case, *[("A", "B", 10_000.0, k) for k in range(5)]) if r["kind"] == "structuring"]


def test_the_same_transfers_are_one_alert_whoever_looks_at_them(case: Case) -> None:
    assert only(alerts(case, *[("A", "B", 9500.0 + k, 5 * k) for k in range(5)]), "structuring")["account"] == "A"


def test_a_chain_that_pays_a_little_aside_at_each_step_is_a_peel_chain(case: Case) -> None:
    moves: list[tuple[str, str, float, float]] = [("A0", "A1", 9000.0, 0)]
    for k in range(1, 5):
        moves += [(f"A{k}", f"side{k}", 200.0, 2 * k), (f"A{k}", f"A{k + 1}", 9000.0 - 200 * k, 2 * k + 1)]
    row = only(alerts(case, *moves), "peel_chain")
    assert (row["account"], row["n_transfers"]) == ("A0", 5)


def test_the_strongest_of_a_kind_are_shown_of_those_with_victims_money_and_of_the_others(case: Case) -> None:
    case.fill(
        "statement",
        [{"statement_id": p, "entity_id": "e", "schema": "BankAccount", "prop": p, "value": v, "record_id": "l#1"}
         for p, v in (("accountNumber", "p0"), ("status", "stolen from"))],
    )  # fmt: skip
    fans = [(f"p{10 * m + k}", f"M{m}", 500.0, k) for m in range(3, -1, -1) for k in range(8 + m)]
    rows = alerts(case, *fans, params=MoneyParams(most_alerts=2))
    assert {row["account"] for row in rows} == {"M0", "M2", "M3"}
    assert max(rows, key=lambda row: row["traced_usd"])["account"] == "M0"


@pytest.mark.parametrize("usd", [1.0, 99.0])
def test_small_change_is_no_pattern(case: Case, usd: float) -> None:
    assert alerts(case, *[(f"p{k}", "M", usd, k) for k in range(8)]) == []


def test_one_sum_handed_on_within_hours_for_a_small_fee_is_layering(case: Case) -> None:
    moves = [(f"A{k}", f"A{k + 1}", 9000.0 - 90 * k, 5.0 * k) for k in range(5)]
    row = only(alerts(case, *moves), "layering")
    assert (row["account"], row["n_transfers"], row["amount_usd"]) == ("A0", 5, 9000)
    assert "4.0 % kept on the way" in row["severity_reasons"]


def test_a_sum_that_rests_or_shrinks_on_its_way_is_not_layering(case: Case) -> None:
    for fee, hours in ((90, 30), (1500, 5)):
        moves = [(f"A{k}", f"A{k + 1}", 9000.0 - fee * k, hours * k) for k in range(5)]
        assert not [row for row in alerts(case, *moves) if row["kind"] == "layering"]


def test_many_new_accounts_that_pass_on_what_they_got_are_a_burst(case: Case) -> None:
    old = [("shop", "bank", 50.0, 0)]
    burst = [move for k in range(5) for move in ((f"p{k}", f"m{k}", 900.0, 500 + k), (f"m{k}", "H", 880.0, 510 + k))]
    row = only(alerts(case, *old, *burst), "mule_burst")
    assert (row["account"], row["n_transfers"], row["amount_usd"]) == ("H", 10, 4400)


def test_where_the_evidence_begins_no_account_is_new(case: Case) -> None:
    burst = [move for k in range(5) for move in ((f"p{k}", f"m{k}", 900.0, k), (f"m{k}", "H", 880.0, 10 + k))]
    assert not [row for row in alerts(case, *burst) if row["kind"] == "mule_burst"]


def test_a_group_that_pays_one_group_is_bipartite_and_a_second_layer_makes_a_stack(case: Case) -> None:
    first = [(f"a{i}", f"b{j}", 900.0, 3 * i + j) for i in range(3) for j in range(3)]
    rows = alerts(case, *first)
    assert only(rows, "bipartite")["n_transfers"] == 9
    assert not [row for row in rows if row["kind"] == "stack"]
    second = [(f"b{i}", f"c{j}", 880.0, 30 + 3 * i + j) for i in range(3) for j in range(3)]
    assert only(alerts(case, *first, *second), "stack")["n_transfers"] == 18


def test_a_second_layer_that_is_paid_before_the_first_makes_no_stack(case: Case) -> None:
    first = [(f"a{i}", f"b{j}", 900.0, 30 + 3 * i + j) for i in range(3) for j in range(3)]
    second = [(f"b{i}", f"c{j}", 880.0, 3 * i + j) for i in range(3) for j in range(3)]
    assert not [row for row in alerts(case, *first, *second) if row["kind"] == "stack"]


def test_an_alert_says_what_its_severity_rests_on(case: Case) -> None:
    row = only(alerts(case, *[(f"p{k}", "M", 500.0, k) for k in range(8)]), "fan_in")
    assert row["severity_reasons"] == ["8 different payers, where 8 are enough", "0 % of the money is victims'"]


def test_a_new_account_that_passes_all_on_scores_as_a_mule_and_says_why(case: Case) -> None:
    old = [("shop", "bank", 50.0, 0)]
    moves = [move for k in range(4) for move in ((f"p{k}", "m", 900.0, 500 + k), ("m", "H", 890.0, 505 + k))]
    alerts(case, *old, *moves)
    row = only([{**row, "kind": row["account"]} for row in case.read("mule").to_pylist()], "m")
    assert row["score"] > 0.8
    assert row["reasons"][0] == "99 % of what came in left within 24 hours"
    assert "new, and in use for 0.3 days only" in row["reasons"]
    assert row["innocent"]


def test_passing_on_month_after_month_is_weaker_than_in_a_week(case: Case) -> None:
    agent = [move for k in range(12) for move in ((f"p{k}", "A", 900.0, 240 * k), ("A", f"q{k}", 880.0, 240 * k + 3))]
    brief = [move for k in range(4) for move in ((f"r{k}", "M", 900.0, 9 * k), ("M", f"s{k}", 880.0, 9 * k + 3))]
    told = {row["account"]: row for row in alerts(case, *agent, *brief) if row["kind"] == "pass_through"}
    assert told["M"]["severity"] > told["A"]["severity"]
    assert "it lasted, which weakens it: times 0.27" in told["A"]["severity_reasons"]
    assert not any("lasted" in reason for reason in told["M"]["severity_reasons"])


def test_who_draws_from_an_exchange_and_pays_at_once_is_no_mule(case: Case) -> None:
    # The exchange stands: many draw from it week after week. A victim buys coins there and sends them on.
    custom = [("X", f"c{k}-{week}", 50.0, 168 * week + k) for week in range(5) for k in range(8)]
    buys = [move for k in range(3) for move in (("X", "v", 900.0, 400 + 30 * k), ("v", "W", 890.0, 405 + 30 * k))]
    hands = [move for k in range(3) for move in ((f"p{k}", "m", 900.0, 400 + k), ("m", "W", 890.0, 405 + k))]
    alerts(case, *custom, *buys, *hands)
    told = case.read("mule")["account"].to_pylist()
    assert "m" in told
    assert "v" not in told


def test_the_account_of_a_victims_payment_is_no_mule() -> None:
    # Four payers, late in the evidence; each sum is sent on within the hour.
    shop, m, hub, last = 0, 1, 2, 7
    source = np.array([shop, 3, m, 4, m, 5, m, 6, m], dtype=np.int32)
    target = np.array([last, m, hub, m, hub, m, hub, m, hub], dtype=np.int32)
    hours = np.array([0, 500, 501, 502, 503, 504, 505, 506, 507])
    none = np.zeros(9, dtype=np.bool_)
    net = Network(
        pa.array([f"a{k}" for k in range(8)]), np.arange(9), source, target, hours * 3_600_000_000,
        np.array([50.0, *[900.0, 890.0] * 4]), none, none,
    )  # fmt: skip
    nobody = np.zeros(8, dtype=np.bool_)
    assert [mule.account for mule in found(net, nobody, MoneyParams())[1]] == [m]
    assert found(replace(net, entry=source == m), nobody, MoneyParams())[1] == []


def test_an_account_that_keeps_its_wage_is_no_mule(case: Case) -> None:
    moves = [move for k in range(4) for move in (("firm", "m", 900.0, 700 * k), ("m", "shop", 300.0, 700 * k + 300))]
    alerts(case, *moves)
    assert "m" not in case.read("mule")["account"].to_pylist()


def test_a_till_that_stops_a_trace_can_still_be_the_hub_of_a_pattern(case: Case) -> None:
    case.fill(
        "transfer",
        [{"transfer_id": f"t{k}", "source_account": f"p{k}", "target_account": "till", "amount": 500.0, "asset": "USD",
          "occurred_at": DAY + timedelta(hours=k), "amount_usd": 500.0, "rail": "cash", "record_id": f"bank#{k}"}
         for k in range(8)],
    )  # fmt: skip
    case.run(STAGE)
    assert only(case.read("alert").to_pylist(), "fan_in")["account"] == "till"
