from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.extract.told import part_of_stage, tell

from upriver.case.stage import Desk
from upriver.case.store import Case
from upriver.extract.amounts import amount
from upriver.extract.hints import FIXED_SINCE, fixed_offset
from upriver.extract.params import ExtractParams
from upriver.extract.rates import rates
from upriver.extract.transfers import transfers
from upriver.model.ids import content_id


def _run(desk: Desk, params: ExtractParams) -> None:
    rates(desk, params)
    transfers(desk, params)


STAGE = part_of_stage(_run)


def bank(file: str = "bank", **fields: str | None) -> tuple[str, str, dict[str, str | None]]:
    usual: dict[str, str | None] = {
        "reference": "R1", "source_account": "acc-1", "target_account": "acc-2", "occurred_at": "2025-03-01T08:00:00Z",
        "amount": "100", "currency": "USD",
    }  # fmt: skip
    return file, "bank_transfer", {**usual, **fields}


def reasons(case: Case) -> list[str]:
    return [
        row["reason"] for row in case.sql("SELECT reason FROM rejected_record ORDER BY record_id, reason").to_pylist()
    ]


def test_a_bank_line_becomes_a_transfer_on_both_engines(any_case: Case) -> None:
    tell(any_case, bank(amount="1,250.50", currency="฿", purpose="rent", channel="ATM cash"),
         ("rates", "rate", {"asset": "THB", "rate_on": "2025-02-28", "usd": "0.03"}))  # fmt: skip
    any_case.run(STAGE)
    (row,) = any_case.read("transfer").to_pylist()
    assert len(row.pop("transfer_id")) == 20
    assert row.pop("amount_usd") == pytest.approx(37.515)
    assert row == {
        "source_account": "acc-1", "target_account": "acc-2", "occurred_at": datetime(2025, 3, 1, 8), "amount": 1250.5,
        "asset": "THB", "rail": "cash", "reference": "R1", "purpose": "rent", "record_id": "bank#row 2",
    }  # fmt: skip


def test_both_engines_give_one_transfer_the_same_id(any_case: Case) -> None:
    tell(any_case, bank(amount="31000000.25", occurred_at="2025-03-01 08:00:00.5+07:00"))
    any_case.run(STAGE)
    (row,) = any_case.read("transfer").to_pylist()
    assert row["occurred_at"] == datetime(2025, 3, 1, 1, 0, 0, 500_000)
    same = content_id("R1", "acc-1", "acc-2", "2025-03-01 01:00:00.5", 31_000_000, 250_000_000, "USD")
    assert row["transfer_id"] == content_id(same, 1)


@pytest.mark.parametrize(
    ("told", "zone", "order", "utc"),
    [
        ("2025-03-01T08:00:00Z", "Asia/Bangkok", None, datetime(2025, 3, 1, 8)),
        ("2025-03-01 08:00", "Asia/Bangkok", None, datetime(2025, 3, 1, 1)),
        ("2025-03-01T08:00:00-03:30", "Asia/Bangkok", None, datetime(2025, 3, 1, 11, 30)),
        ("2025-07-01 08:00:00", "Europe/London", None, datetime(2025, 7, 1, 7)),
        ("01/03/2025 08:00", "UTC", "dmy", datetime(2025, 3, 1, 8)),
        ("03/01/2025 08:00", "UTC", "mdy", datetime(2025, 3, 1, 8)),
        ("2025年3月1日 08:00", "Asia/Shanghai", None, datetime(2025, 3, 1)),
    ],
)
def test_times_are_read_in_the_zone_and_order_of_their_file(
    case: Case, told: str, zone: str, order: str | None, utc: datetime
) -> None:
    tell(case, bank(occurred_at=told), bank={"time_zone": zone, **({"date_order": order} if order else {})})
    case.run(STAGE)
    assert case.read("transfer", "occurred_at")["occurred_at"].to_pylist() == [utc]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"source_account": None}, "no account that pays"),
        ({"target_account": "6.22E+18"}, "no account that is paid: 6.22E+18"),
        ({"source_account": "7" * 1_000_000}, "no account that pays: 7777"),
        ({"target_account": " acc-1 "}, "both accounts are the same"),
        ({"occurred_at": "31/02/2025"}, "the time cannot be read: 31/02/2025"),
        ({"occurred_at": "9999-01-01T00:00:00Z"}, "the time cannot be read"),
        ({"occurred_at": "1971-01-01T00:00:00Z"}, "the year lies outside 1990 to 2100"),
        ({"amount": "NaN"}, "the amount cannot be read: NaN"),
        ({"amount": "inf"}, "the amount cannot be read: inf"),
        ({"amount": "-5"}, "the amount is not above 0"),
        ({"amount": "0"}, "the amount is 0: it moves nothing"),
        ({"amount": "1e300"}, "the amount is beyond"),
        ({"currency": "baht?"}, "no currency: baht?"),
        ({"currency": None}, "no currency: empty"),
        ({"amount_usd": "-1"}, "the amount in USD is no figure above 0: -1"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_reason(
    case: Case, fields: dict[str, str | None], reason: str
) -> None:
    tell(case, bank(**fields))
    case.run(STAGE)
    assert case.read("transfer").num_rows == 0
    (told,) = reasons(case)
    assert told.startswith(reason)
    assert len(told) < 240
    (row,) = case.read("rejected_record", "file_id", "locator", "raw").to_pylist()
    assert (row["file_id"], row["locator"]) == ("bank", "row 2")
    assert row["raw"].startswith("R1 | ")


def test_a_transfer_told_in_two_files_is_one(any_case: Case) -> None:
    tell(any_case, bank("b"), bank("a", amount="100.00"), bank("a", reference="R2"))
    any_case.run(STAGE)
    assert any_case.read("transfer", "record_id")["record_id"].to_pylist().count("a#row 2") == 1
    assert any_case.read("transfer").num_rows == 2
    assert reasons(any_case) == ["already told by a#row 2: nothing to do"]


def test_equal_rows_without_a_reference_stay_apart_within_a_file_and_join_across_files(any_case: Case) -> None:
    tell(any_case, *(bank(file, reference=None) for file in "aab"))
    any_case.run(STAGE)
    assert sorted(any_case.read("transfer", "record_id")["record_id"].to_pylist()) == ["a#row 2", "a#row 3"]
    assert reasons(any_case) == ["already told by a#row 2: nothing to do"]


def test_a_transfer_without_a_rate_stays_and_has_no_usd(case: Case) -> None:
    third = bank(reference="R3", amount=None, amount_usd="7")
    tell(case, bank(currency="MMK"), bank(reference="R2", currency="USDT"), third,
         ("rates", "rate", {"asset": "MMK", "rate_on": "2025-03-02", "usd": "0.0005"}))  # fmt: skip
    case.run(STAGE)
    rows = case.sql("SELECT reference, asset, amount_usd FROM transfer ORDER BY reference").to_pylist()
    assert [tuple(row.values()) for row in rows] == [("R1", "MMK", None), ("R2", "USDT", 100.0), ("R3", "USD", 7.0)]


def test_a_rate_holds_until_the_next(case: Case) -> None:
    days = ("2025-03-01", "2025-03-04", "2025-03-05", "2026-01-01")
    tell(case, *(bank(reference=day, occurred_at=f"{day}T12:00:00Z", currency="THB") for day in days),
         *(("rates", "rate", {"asset": "THB", "rate_on": day, "usd": usd})
           for day, usd in (("2025-03-01", "0.02"), ("2025-03-05", "0.03"))))  # fmt: skip
    case.run(STAGE)
    found = case.sql("SELECT amount_usd FROM transfer ORDER BY occurred_at")["amount_usd"].to_pylist()
    assert found == pytest.approx([2.0, 2.0, 3.0, 3.0])


def test_a_token_transfer_is_on_chain(case: Case) -> None:
    wallets = ("TDy1j1rvLxBu1Hb4gKEYmmYRzS5LeqrVyn", "TSgvXKrY6NCz3JABL5do725jhFyvmoQwJf")
    told = {"reference": "0xh", "occurred_at": "2025-03-01 08:00:00", "amount": "5", "token": "USDT (TRC20)"}
    tell(case, ("chain", "token_transfer", {**told, "source_account": wallets[0], "target_account": wallets[1]}))
    case.run(STAGE)
    (row,) = case.read("transfer", "rail", "asset", "amount_usd", "source_account").to_pylist()
    assert row == {"rail": "chain", "asset": "USDT", "amount_usd": 5.0, "source_account": wallets[0]}


def test_the_order_of_files_and_rows_changes_nothing(case: Case) -> None:
    told = [bank("a"), bank("b", reference="R2"), bank("c", reference=None), bank("d")]
    found = []
    for order in (told, told[::-1]):
        tell(case, *order)
        case.run(STAGE)
        found.append(case.read("transfer").to_pylist())
    assert found[0] == found[1]


@given(st.decimals(min_value="0.01", max_value=10**9, places=2))
def test_an_amount_reads_the_same_however_it_is_marked(value: object) -> None:
    assert (
        amount(f"{value:,}")
        == amount(f"{value}")
        == amount(f"{value:,}".replace(",", " "))
        == (float(str(value)), None)
    )
    swapped = f"{value:,}".translate(str.maketrans(",.", ".,"))
    assert amount(swapped) == (float(str(value)), None)


@pytest.mark.parametrize("zone", ["Asia/Bangkok", "Asia/Yangon", "Asia/Shanghai", "Asia/Phnom_Penh", "UTC"])
def test_the_zones_of_the_region_are_shifted_inside_the_engine(zone: str) -> None:
    assert fixed_offset(zone) is not None
    assert FIXED_SINCE == 1995  # the year that the pattern of moments.py lets through


def test_what_did_not_go_through_moved_nothing(any_case: Case) -> None:
    token = {"source_account": "a-1", "target_account": "a-2", "occurred_at": "2025-03-01T08:00:00Z", "token": "USDT"}
    tell(
        any_case,
        bank(status="Completed"),
        bank(status="FAILED", reference="R2"),
        ("chain", "token_transfer", {**token, "amount": "5", "status": "Error(0)"}),
        ("chain", "token_transfer", {**token, "amount": "0.0"}),
    )
    any_case.run(STAGE)
    assert any_case.read("transfer", "record_id")["record_id"].to_pylist() == ["bank#row 2"]
    assert reasons(any_case) == [
        "it did not go through, and so moved nothing: FAILED",
        "it did not go through, and so moved nothing: Error(0)",
        "the amount is 0: it moves nothing",
    ]


@pytest.mark.parametrize("usd", ["N/A", "$0.00", "0", "-"])
def test_an_explorer_that_knows_no_price_tells_none(case: Case, usd: str) -> None:
    token = {"source_account": "a-1", "target_account": "a-2", "occurred_at": "2025-03-01T08:00:00Z", "token": "XYZ"}
    tell(case, ("chain", "token_transfer", {**token, "amount": "5", "amount_usd": usd}))
    case.run(STAGE)
    assert case.read("transfer", "amount", "amount_usd").to_pylist() == [{"amount": 5.0, "amount_usd": None}]


def test_the_column_settles_whether_a_point_parts_thousands(any_case: Case) -> None:
    tell(
        any_case,
        bank(amount="1.234", reference="a"),
        bank(amount="1.234,50", reference="b"),
        bank(amount="12.5", reference="c"),
        bank("other", amount="1.234", reference="d"),
        bank={"decimal": ","},
    )
    any_case.run(STAGE)
    rows = any_case.read("transfer", "reference", "amount").to_pylist()
    assert {row["reference"]: row["amount"] for row in rows} == {"a": 1234.0, "b": 1234.5, "c": 12.5, "d": 1.234}
