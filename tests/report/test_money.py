"""What the section on money says where the transfers are told in a currency that nobody gave a rate for."""

from __future__ import annotations

from datetime import datetime

from upriver.case.store import Case
from upriver.report.stage import STAGE
from upriver.report.summary import summary


def _in_yuan(case: Case, n: int) -> Case:
    case.fill("transfer", [
        {"transfer_id": f"t{number}", "source_account": "a", "target_account": "b", "occurred_at": datetime(2026, 1, 5),
         "amount": 10.0, "asset": "CNY", "amount_usd": None, "rail": "bank", "reference": None, "purpose": None,
         "record_id": f"f#row {number}"}
        for number in range(n)
    ])  # fmt: skip
    case.run(STAGE)
    return case


def test_transfers_without_a_rate_are_counted_with_what_to_do(case: Case) -> None:
    rows = _in_yuan(case, 4).read("finding").to_pylist()
    (row,) = [row for row in rows if "no rate" in row["title"]]
    assert row["title"] == ("4 transfers in CNY have no rate to USD: add a table of rates, or a column amount in USD")
    assert (row["figure"], row["unit"], row["n_support"]) == (4.0, "transfers", 4)


def test_the_summary_shows_them_though_nothing_was_traced(case: Case) -> None:
    told = summary(_in_yuan(case, 1), "Yuan", 100)
    assert "Where the money went" in told
    assert "1 transfer in CNY has no rate to USD" in told


def test_where_all_have_a_rate_nothing_is_said(harbour: Case) -> None:
    assert not [row for row in harbour.read("finding").to_pylist() if "no rate" in row["title"]]


def _leg(paid: str, out: str, traced: float, confidence: float, joined: bool) -> dict[str, object]:
    return {"in_transfer_id": paid, "out_transfer_id": out, "in_account": "x", "out_account": "x", "in_asset": "USDT",
            "out_asset": "BTC", "in_usd": 100.0, "out_usd": 99.0, "traced_usd": traced, "minutes": 8.0,
            "confidence": confidence, "n_rivals": 0, "sign": "fit", "joined": joined, "reason": "they fit",
            "record_ids": []}  # fmt: skip


def test_what_went_on_across_swaps_is_told_with_its_records(harbour: Case) -> None:
    ids = harbour.read("flow")["transfer_id"].to_pylist()
    harbour.fill("leg", [_leg(ids[0], ids[1], 900.0, 0.85, True), _leg(ids[2], ids[3], 50.0, 0.4, False)])
    harbour.run(STAGE)
    (row,) = [row for row in harbour.read("finding").to_pylist() if "one asset for another" in row["title"]]
    assert row["title"] == "900 USD went on across 1 exchange of one asset for another"
    assert "1 pair joined with a confidence of 0.85 to 0.85, 900 USD paid in" in row["text"]
    assert "1 payment more (50 USD) may have come out too" in row["text"]
    assert (row["figure"], row["n_support"]) == (900.0, 2)


def test_without_legs_nothing_is_said_of_them(harbour: Case) -> None:
    assert not [row for row in harbour.read("finding").to_pylist() if "one asset for another" in row["title"]]
