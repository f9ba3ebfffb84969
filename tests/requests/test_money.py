"""Sheets of those who keep accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from upriver.case.store import Case
from upriver.report.identity import masks
from upriver.requests.money import money_sheets, urgency
from upriver.requests.params import RequestParams
from upriver.requests.sheets import FREEZE, RECORDS, URGENT, Sheet
from upriver.requests.victims import reference


def sheets(case: Case, **params: Any) -> dict[str, Sheet]:
    hidden = masks(case)
    book = money_sheets(case, hidden, hidden, RequestParams(**params))
    return {sheet.recipient.name: sheet for sheet in book.sheets}


def test_each_keeper_gets_one_sheet_the_urgent_first(drawn_on_any: Case) -> None:
    found = sheets(drawn_on_any)
    assert list(found) == ["LOTUS BAY Co., Ltd.", "bank with the code 37040044 in DE (name not told)", "Exchange Nine"]
    assert found["LOTUS BAY Co., Ltd."].spellings == ("LOTUS BAY Co., Ltd.", "Lotus Bay")
    assert [(row.account, row.tier) for row in found["LOTUS BAY Co., Ltd."].accounts] == [
        ("M200", URGENT),
        ("M100", RECORDS),
    ]
    assert [row.losses for row in found["Exchange Nine"].accounts] == [{reference("ada"): 400.0}]


def test_a_captives_account_is_marked_and_its_holder_not_named(drawn: Case) -> None:
    captive, mule = sheets(drawn)["LOTUS BAY Co., Ltd."].accounts
    assert (captive.account, captive.care, captive.holder) == ("M200", True, "not named")
    assert (mule.account, mule.care, mule.holder) == ("M100", False, "Dan Open")


def test_a_bank_sees_its_own_accounts_and_of_a_victims_only_the_last_signs(drawn: Case) -> None:
    rows = {(row.account, row.transfer_id): row for row in sheets(drawn)["LOTUS BAY Co., Ltd."].transfers}
    assert rows["M100", "T1"].other == "…0300 (account of the loss)"
    assert rows["M100", "T5"].other == "M200"
    assert rows["M200", "T5"].other == "M100"
    assert (rows["M100", "T2"].way, rows["M100", "T1"].way) == ("out", "in")


def test_another_keeper_sees_of_a_captives_account_only_the_last_signs(
    drawn: Case, more: Callable[..., None], june: Callable[[int], datetime]
) -> None:
    # The captive's account pays Exchange Nine, which needs the payment, and not the account.
    pay = {"transfer_id": "T7", "source_account": "M200", "target_account": "X900", "occurred_at": june(23),
           "amount_usd": 5.0, "record_id": "f#pay T7"}  # fmt: skip
    more(drawn, "transfer", {**pay, "amount": 5.0, "asset": "USD", "rail": "bank"})
    more(drawn, "flow", {**pay, "origin": "other"})
    more(drawn, "trace", {"transfer_id": "T7", "method": "fifo", "main": True, "presumed_usd": 0.0,
         "traced_usd": 5.0, "low_usd": 5.0, "high_usd": 5.0,
                          "n_hops": 2})  # fmt: skip
    others = {row.transfer_id: row.other for row in sheets(drawn)["Exchange Nine"].transfers}
    assert others["T7"].endswith("(masked)")
    assert "M200" not in others["T7"]


def test_local_time_is_that_of_the_iban_else_of_the_files(drawn: Case) -> None:
    found = sheets(drawn)
    assert found["bank with the code 37040044 in DE (name not told)"].zone == "Europe/Berlin"
    assert found["Exchange Nine"].zone == "Asia/Bangkok"
    assert "files" in found["Exchange Nine"].zone_why


def test_crumbs_are_left_out_and_counted(drawn: Case) -> None:
    hidden = masks(drawn)
    book = money_sheets(drawn, hidden, hidden, RequestParams())
    assert book.left_out[0].startswith("1 account that received less than 100 USD of the traced money; 90 USD stayed")
    assert "bank not told, accounts in money/Victim 1.csv" in sheets(drawn, least_usd=50.0)


def test_a_case_without_a_trace_has_no_sheet_of_accounts(only_contacts: Case) -> None:
    assert sheets(only_contacts) == {}


def test_within_one_instant_an_account_is_paid_before_it_pays_whatever_the_ids(
    drawn: Case, more: Callable[..., None], june: Callable[[int], datetime]
) -> None:
    # A2 pays on what A9 brings in the same second.
    for name, payer, payee in (("A2", "M300", "X900"), ("A9", "V200300400", "M300")):
        pay = {"transfer_id": name, "source_account": payer, "target_account": payee, "occurred_at": june(25),
               "amount_usd": 200.0, "record_id": f"f#pay {name}"}  # fmt: skip
        entry = name == "A9"
        more(drawn, "transfer", {**pay, "amount": 200.0, "asset": "USD", "rail": "bank"})
        more(
            drawn,
            "flow",
            {**pay, "origin": "victim_payment" if entry else "other", "victim_id": "bea" if entry else None},
        )
        more(drawn, "trace", {"transfer_id": name, "method": "fifo", "main": True, "presumed_usd": 0.0,
         "traced_usd": 200.0, "low_usd": 200.0,
                              "high_usd": 200.0, "n_hops": 0 if entry else 1,
                              "entered_usd": 200.0 if entry else None})  # fmt: skip
    (row,) = [row for row in sheets(drawn)["Exchange Nine"].transfers if row.transfer_id == "A2"]
    assert row.losses == pytest.approx({reference("bea"): 200.0})


def test_what_came_and_went_on_is_told_beside_what_lies_here(drawn: Case) -> None:
    mule = next(row for row in sheets(drawn)["LOTUS BAY Co., Ltd."].accounts if row.account == "M100")
    assert mule.came == {reference("ada"): 1000.0, reference("bea"): 500.0}
    assert sum(mule.losses.values()) == pytest.approx(mule.kept_usd)


def test_what_left_as_crumbs_is_not_asked_to_be_held(drawn: Case, more: Callable[..., None]) -> None:
    (whole,) = [row for row in drawn.read("attribution").to_pylist() if row["account"] == "X900"]
    crumbs = {**whole, "attribution_id": "crumbs", "fate": "let_go", "usd": 150.0}
    drawn.fill("attribution", [{**whole, "usd": 250.0}, crumbs])
    (row,) = sheets(drawn)["Exchange Nine"].accounts
    assert (row.kept_usd, row.losses) == (250.0, {reference("ada"): 250.0})


def leg(joined: bool) -> dict[str, Any]:
    """T3 goes in at the exchange, T9 comes out of it for N900."""
    return {"in_transfer_id": "T3", "out_transfer_id": "T9", "in_account": "X900", "out_account": "X900",
            "in_asset": "THB", "out_asset": "BTC on btc", "in_usd": 400.0, "out_usd": 396.0, "traced_usd": 400.0,
            "minutes": 9.0, "confidence": 0.9 if joined else 0.4, "n_rivals": 0, "sign": "fit", "joined": joined,
            "reason": "they fit", "record_ids": ["f#pay T3", "f#pay T9"]}  # fmt: skip


@pytest.mark.parametrize("joined", [True, False])
def test_a_service_is_asked_for_the_very_pair_of_payments_that_may_be_one_exchange(
    drawn: Case, more: Callable[..., None], june: Callable[[int], datetime], joined: bool
) -> None:
    pay = {"transfer_id": "T9", "source_account": "X900", "target_account": "N900", "occurred_at": june(4),
           "amount_usd": 396.0, "record_id": "f#pay T9"}  # fmt: skip
    more(drawn, "transfer", {**pay, "amount": 0.0066, "asset": "BTC", "rail": "chain"})
    more(drawn, "flow", {**pay, "origin": "other"})
    if joined:
        more(drawn, "trace", {"transfer_id": "T9", "method": "fifo", "main": True, "presumed_usd": 0.0,
                              "traced_usd": 396.0, "low_usd": 396.0, "high_usd": 396.0, "n_hops": 3})  # fmt: skip
    drawn.fill("leg", [leg(joined)])
    sheet = sheets(drawn)["Exchange Nine"]
    (pair,) = sheet.pairs
    assert (pair.in_transfer_id, pair.out_transfer_id, pair.joined) == ("T3", "T9", joined)
    assert (pair.in_amount, pair.out_amount) == ("14,000 THB", "0.0066 BTC on Bitcoin")
    assert (pair.payee, pair.in_record_id) == ("N900", f"{'f' * 20}#pay T3")
    out = [row.losses for row in sheet.transfers if row.transfer_id == "T9"]
    assert out == ([{reference("ada"): pytest.approx(396.0)}] if joined else [])


@pytest.mark.parametrize(
    ("day", "kept", "stop", "cash_out", "cash", "tier"),
    [
        (29, 500.0, "end_of_evidence", False, False, URGENT),
        (29, 500.0, "cash_out", True, False, URGENT),
        (1, 500.0, "parked", False, False, FREEZE),
        (29, 500.0, "cash_out", True, True, RECORDS),  # gone as cash
        (29, 500.0, "service", False, False, RECORDS),  # a shop
        (29, 500.0, "mixer", True, False, RECORDS),
        (29, 50.0, "parked", False, False, RECORDS),
        (29, 500.0, None, False, False, RECORDS),  # passed most on: a fee
        (29, 5000.0, None, False, False, URGENT),
        (29, 5000.0, "limit", False, False, FREEZE),  # whether it left was not looked at
        (29, 5000.0, "unseen_inflow", False, False, FREEZE),
        (29, 5000.0, "service", True, False, URGENT),  # by its habits: a customer may still hold it
    ],
)
def test_money_that_came_last_and_stayed_is_urgent(
    june: Callable[[int], datetime], day: int, kept: float, stop: str | None, cash_out: bool, cash: bool, tier: int
) -> None:
    row = {"kept_usd": kept, "stop_reason": stop, "cash_out": cash_out, "last_at": june(day)}
    assert urgency(row, cash, june(30), RequestParams())[0] == tier


def test_the_day_on_the_edge_is_urgent_and_the_day_before_is_not(june: Callable[[int], datetime]) -> None:
    row = {"kept_usd": 500.0, "stop_reason": "parked", "cash_out": False}
    assert urgency({**row, "last_at": june(16)}, False, june(30), RequestParams())[0] == URGENT
    assert urgency({**row, "last_at": june(15)}, False, june(30), RequestParams())[0] == FREEZE


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"stop_reason": "limit"}, "what is left here is not known"),
        ({"stop_reason": "service", "cash_out": True}, "though no list names one"),
        ({"stop_reason": "cash_out", "cash_out": True}, "what was changed into another asset is not in it"),
        ({"stop_reason": "cash_out", "cash_out": True, "kept_usd": 50.0}, "by the pairs of payments below"),
    ],
)
def test_the_reason_never_says_more_than_the_trace_knows(
    june: Callable[[int], datetime], row: dict[str, Any], words: str
) -> None:
    at = {"kept_usd": 5000.0, "cash_out": False, "last_at": june(29), **row}
    assert words in urgency(at, False, june(30), RequestParams(), changed=True)[1]
