"""Whose money stands where, in a case."""

from __future__ import annotations

import random

import pytest
from tests.money.test_flows import report, statements, transfer
from tests.money.test_tracing import status

from upriver.case.store import Case
from upriver.money.params import MoneyParams
from upriver.money.stage import STAGE

PLAIN = MoneyParams(dust_usd=0.0, dust_share=0.0, share_least=0.0)


def filled(case: Case, seed: int | None = None) -> None:
    """Ada pays the mule M 30, Bo 90; M gives Ada 6 back, Ada pays 60 more; M pays 87 to the exchange X.

    Fay's family pays 40 ransom to X's customer N, who brings it to X.
    """
    rows = [
        transfer("t1", "A", "M", 30.0, 0), transfer("t2", "B", "M", 90.0, 1), transfer("t3", "M", "A", 6.0, 2),
        transfer("t4", "A", "M", 60.0, 3), transfer("t5", "M", "X", 87.0, 4), transfer("t6", "F", "N", 40.0, 5),
        transfer("t7", "N", "X", 40.0, 6), transfer("t8", "M", "O", 0.5, 7),
    ]  # fmt: skip
    if seed is not None:
        random.Random(seed).shuffle(rows)
    case.fill("transfer", rows)
    statements(
        case, report("p1", "M", 30.0, "ada", date="2026-01-05T12:00:00"),
        report("p2", "M", 90.0, "bo", date="2026-01-05T13:00:00"),
        report("p3", "M", 60.0, "ada", date="2026-01-05T15:00:00"),
        report("p4", "N", 40.0, "fay", date="2026-01-05T17:00:00", purpose="ransom"),
        status("X", "service", "exchange"),
    )  # fmt: skip


def usd(case: Case) -> dict[tuple[str | None, str, str, str], float]:
    return {
        (row["victim_id"], row["kind"], row["account"], row["fate"]): row["usd"]
        for row in case.read("attribution").to_pylist()
    }


def test_each_victims_money_is_told_at_each_account_and_ransom_apart(any_case: Case) -> None:
    filled(any_case)
    any_case.run(STAGE, PLAIN)
    # When 6 go back, M holds 30 of Ada and 90 of Bo; when 87 leave it, 88.5 of Ada and 85.5 of Bo.
    found = usd(any_case)
    assert found["ada", "loss", "A", "returned"] == pytest.approx(1.5)
    assert found["bo", "loss", "A", "returned"] == pytest.approx(4.5)
    assert found["ada", "loss", "X", "stands"] == pytest.approx(44.25)
    assert found["bo", "loss", "X", "stands"] == pytest.approx(42.75)
    assert found["fay", "ransom", "X", "stands"] == pytest.approx(40.0)
    sums = {victim: sum(value for key, value in found.items() if key[0] == victim) for victim in ("ada", "bo", "fay")}
    assert sums == pytest.approx({"ada": 90.0, "bo": 90.0, "fay": 40.0}, rel=1e-9)


def test_a_row_says_where_the_money_stopped_and_which_records_brought_it(case: Case) -> None:
    filled(case)
    case.run(STAGE, PLAIN)
    row = next(r for r in case.read("attribution").to_pylist() if (r["victim_id"], r["account"]) == ("bo", "X"))
    assert (row["stop_reason"], row["n_transfers"], row["transfer_ids"]) == ("cash_out", 1, ["t5"])
    assert row["record_ids"] == ["bank#t5"]
    assert row["share_of_account"] == pytest.approx(42.75 / 127.0)
    assert row["share_of_loss"] == pytest.approx(42.75 / 90.0)
    assert row["low_usd"] <= row["usd"] <= row["high_usd"]


def test_what_is_too_small_to_follow_is_let_go(case: Case) -> None:
    filled(case)
    case.run(STAGE, MoneyParams(dust_usd=1.0, dust_share=0.0, share_least=0.0))
    found = usd(case)
    gone = {key[0]: value for key, value in found.items() if key[3] == "let_go"}
    assert gone == pytest.approx({"ada": 0.5 * 88.5 / 174.0, "bo": 0.5 * 85.5 / 174.0})
    assert sum(found.values()) == pytest.approx(220.0, rel=1e-9)


def test_what_is_too_small_to_tell_apart_is_told_among_others(case: Case) -> None:
    filled(case)
    case.run(STAGE, MoneyParams(dust_usd=0.0, dust_share=0.0, share_least=0.02))
    found = usd(case)
    assert {key: value for key, value in found.items() if key[2] == "O"} == {(None, "others", "O", "stands"): 0.5}
    assert sum(found.values()) == pytest.approx(220.0, rel=1e-9)


def test_loss_tells_paid_returned_net_and_ransom_apart(any_case: Case) -> None:
    filled(any_case)
    any_case.run(STAGE, PLAIN)
    columns = ("found_usd", "ransom_usd", "returned_usd", "inducement_usd", "net_usd")
    told = {row["victim_id"]: [row[name] for name in columns] for row in any_case.read("loss").to_pylist()}
    assert told == {"ada": [90, 0, 6, 6, 84], "bo": [90, 0, 0, 0, 90], "fay": [40, 40, 0, 0, 40]}


def test_what_is_stolen_is_told_by_its_account(case: Case) -> None:
    case.fill("transfer", [transfer("t1", "S", "M", 100.0), transfer("t2", "M", "N", 60.0, 1.0)])
    case.fill("statement", status("S", "stolen from"))
    case.run(STAGE, PLAIN)
    assert usd(case) == {("S", "stolen", "M", "stands"): 40.0, ("S", "stolen", "N", "stands"): 60.0}


def test_the_order_of_rows_never_matters(case: Case) -> None:
    told = []
    for seed in (None, 1, 2):
        filled(case, seed)
        case.run(STAGE, PLAIN)
        told.append(case.read("attribution").to_pylist())
    assert told[0] == told[1] == told[2]
