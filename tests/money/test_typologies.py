from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from upriver.case.store import Case
from upriver.money.params import MoneyParams
from upriver.money.stage import STAGE

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


def test_only_the_strongest_of_a_kind_are_shown_those_with_victims_money_first(case: Case) -> None:
    case.fill(
        "statement",
        [{"statement_id": p, "entity_id": "e", "schema": "BankAccount", "prop": p, "value": v, "record_id": "l#1"}
         for p, v in (("accountNumber", "p0"), ("status", "stolen from"))],
    )  # fmt: skip
    fans = [(f"p{10 * m + k}", f"M{m}", 500.0, k) for m in range(3, -1, -1) for k in range(8 + m)]
    rows = alerts(case, *fans, params=MoneyParams(most_alerts=2))
    assert {row["account"] for row in rows} == {"M0", "M3"}
    assert max(rows, key=lambda row: row["traced_usd"])["account"] == "M0"


@pytest.mark.parametrize("usd", [1.0, 99.0])
def test_small_change_is_no_pattern(case: Case, usd: float) -> None:
    assert alerts(case, *[(f"p{k}", "M", usd, k) for k in range(8)]) == []
