from __future__ import annotations

from datetime import date

from tests.extract.told import part_of_stage, tell

from upriver.case.store import Case
from upriver.extract.rates import rates

STAGE = part_of_stage(rates)


def rate(**fields: str | None) -> tuple[str, str, dict[str, str | None]]:
    return "rates", "rate", {"asset": "THB", "rate_on": "2025-03-01", "usd": "0.03", **fields}


def test_rates_keep_their_record(any_case: Case) -> None:
    tell(any_case, rate(), rate(asset="泰铢", rate_on="2025-03-02"), rate(asset="CNY", rate_on=None, usd="0.14"))
    any_case.run(STAGE)
    assert [tuple(row.values()) for row in any_case.read("rate").to_pylist()] == [
        ("CNY", date(1990, 1, 1), 0.14, "rates#row 4"),
        ("THB", date(2025, 3, 1), 0.03, "rates#row 2"),
        ("THB", date(2025, 3, 2), 0.03, "rates#row 3"),
    ]


def test_of_two_rates_for_one_day_the_first_record_stands_and_the_other_is_told(case: Case) -> None:
    tell(case, rate(), rate(usd="0.04"), rate())
    case.run(STAGE)
    assert case.read("rate", "usd")["usd"].to_pylist() == [0.03]
    (row,) = case.read("rejected_record", "record_id", "reason").to_pylist()
    assert row["record_id"] == "rates#row 3"
    assert row["reason"].startswith("another rate for THB on 2025-03-01 is told by rates#row 2")


def test_what_is_no_rate_is_refused(case: Case) -> None:
    tell(case, rate(asset="coins?"), rate(usd="-1"), rate(usd="x"), rate(rate_on="soon"), rate(rate_on="1804-01-01"))
    case.run(STAGE)
    assert case.read("rate").num_rows == 0
    assert case.read("rejected_record").num_rows == 5
