"""The ways of the money in the dossier: step by step, masked, each question asked alone."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

from upriver.case.store import Case
from upriver.report.claims import Facts
from upriver.report.dossier import write_dossier
from upriver.report.identity import masks
from upriver.report.stage import STAGE
from upriver.report.ways import ways


def _moved(case: Case, steps: list[tuple[str, str, float, str]]) -> Case:
    """Payer, payee, USD and whose loss, one a day; the last payee keeps it all."""
    when = [datetime(2026, 1, 2 + at) for at in range(len(steps))]
    case.fill("flow", [
        {"transfer_id": f"t{at}", "source_account": payer, "target_account": payee, "amount_usd": usd,
         "occurred_at": when[at], "origin": "stolen" if whose else "other", "record_id": f"f#row {at}"}
        for at, (payer, payee, usd, whose) in enumerate(steps)
    ])  # fmt: skip
    case.fill("trace", [
        {"transfer_id": f"t{at}", "method": "auto", "main": True, "presumed_usd": 0.0, "traced_usd": usd,
         "low_usd": usd, "high_usd": usd,
         "n_hops": 0 if whose else 1}
        for at, (_, _, usd, whose) in enumerate(steps)
    ])  # fmt: skip
    end = steps[-1][1]
    came = sum(usd for _, payee, usd, _ in steps if payee == end)
    account: dict[str, Any] = {
        "account": end, "received_usd": came, "kept_usd": came, "low_usd": came, "high_usd": came, "n_hops": 1,
        "first_at": when[0], "last_at": when[-1], "stop_reason": "parked", "cash_out": False, "unseen_inflow_usd": 0.0,
        "service_score": 0.0, "reason": "kept",
    }  # fmt: skip
    case.fill("traced_account", [account])
    case.fill("loss", [
        {"victim_id": payer, "reported_usd": usd, "found_usd": usd, "n_payments": 1, "returned_usd": 0.0,
         "ransom_usd": 0.0, "inducement_usd": 0.0, "net_usd": usd,
         "reached_cash_out_usd": 0.0, "record_ids": ["f#row 1"]}
        for payer, _, usd, whose in steps if whose
    ])  # fmt: skip
    case.run(STAGE)
    return case


# V lost 60 and W lost 40, both to M, which hands on 50 and 50 to X.
TWO = [("wallet V", "M", 60.0, "V"), ("wallet W", "M", 40.0, "W"), ("M", "X", 50.0, ""), ("M", "X", 50.0, "")]


def test_all_are_asked_together_and_each_loss_alone(case: Case) -> None:
    _moved(case, TWO)
    rows = ways(Facts(case, masks(case, unmask=True), 1), 5, 5)
    assert [(row["who"], row["flow_usd"], row["usd"], row["share"]) for row in rows] == [
        ("all of them together", 100.0, 50.0, 0.5),
        ("all of them together", 100.0, 40.0, 0.4),
        ("wallet V", 60.0, 50.0, 0.5),
        ("wallet V", 60.0, 10.0, 0.1),
        ("wallet W", 40.0, 40.0, 0.4),
    ]
    assert [(step["payer"], step["payee"], step["transfer_id"]) for step in rows[0]["steps"]] == [
        ("wallet V", "M", "t0"),
        ("M", "X", "t2"),
    ]


def test_a_long_way_is_shown_without_its_middle(case: Case) -> None:
    names = [f"a{at}" for at in range(14)]
    chain = [(a, b, 10.0, "V" if a == "a0" else "") for a, b in pairwise(names)]
    row = ways(Facts(_moved(case, chain), masks(case, unmask=True), 1), 5, 0)[0]
    assert (row["n_steps"], row["left"], row["left_at"], len(row["steps"])) == (13, 5, 4, 8)
    assert row["steps"][-1]["payee"] == "a13"


def test_the_dossier_shows_them_with_days_and_transfers(case: Case) -> None:
    page = write_dossier(_moved(case, TWO)).read_text(encoding="utf-8")
    part = page.partition("Ways of the money")[2].partition("</table>")[0]
    assert "2026-01-04" in part
    assert "<code>t2</code>" in part


def test_a_protected_account_is_masked_on_a_way_too(harbour: Case) -> None:
    rows = ways(Facts(harbour, masks(harbour), 1), 5, 5)
    told = str([{**row, "steps": [(step["payer"], step["payee"]) for step in row["steps"]]} for row in rows])
    assert "acc_mule_1" in told
    assert "acc_victim_00417" not in told
    assert "acc_victim_00417" in str(ways(Facts(harbour, masks(harbour, unmask=True), 1), 5, 5))


def test_without_traces_there_are_none(case: Case) -> None:
    case.run(STAGE)
    assert ways(Facts(case, masks(case), 1), 5, 5) == []
