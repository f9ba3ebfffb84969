"""Sheets of telecoms and platforms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from upriver.case.store import Case
from upriver.report.identity import masks
from upriver.requests.numbers import number_sheets
from upriver.requests.params import RequestParams
from upriver.requests.sheets import Sheet
from upriver.requests.victims import reference, victims


def sheets(case: Case, **params: Any) -> tuple[dict[str, Sheet], list[str]]:
    hidden = masks(case)
    found, left_out = number_sheets(case, hidden, victims(case, hidden), RequestParams(**params))
    return {sheet.recipient.name: sheet for sheet in found}, left_out


def test_a_reported_number_is_asked_of_its_operator_and_of_the_platform_it_was_seen_on(drawn_on_any: Case) -> None:
    found, _ = sheets(drawn_on_any)
    assert {name: [row.value for row in sheet.numbers] for name, sheet in found.items()} == {
        "operator of +84 numbers (Vietnam), not told": ["+84908109540"],
        "WhatsApp": ["+84908109540"],
        "provider of letters.example": ["desk@letters.example"],
        "registrars and hosts of sites (not told)": ["https://gold.example/pay"],
        "platform not told": ["chief_eve"],
    }
    (row,) = found["operator of +84 numbers (Vietnam), not told"].numbers
    assert (row.devices, row.seen != "") == (("3508451",), True)
    (row,) = found["WhatsApp"].numbers
    assert (row.devices, row.seen) == ((), "")  # for the operator alone
    assert row.why == "named as the contact in the reports of 2 victims; sent 1 message that read as a scam"
    assert row.victims == tuple(sorted([reference("ada"), reference("bea")]))
    assert (row.reported_usd, row.n_calls, row.n_messages) == (1500.0, 1, 1)


def test_calls_with_a_victim_name_the_loss_and_not_the_victim(drawn: Case) -> None:
    (call,) = sheets(drawn)[0]["operator of +84 numbers (Vietnam), not told"].calls
    assert (call.way, call.seconds, call.device, call.cell) == ("to the victim", 61, "3508451", "520-04-1")
    assert call.loss == reference("ada")
    assert call.zone == "Asia/Ho_Chi_Minh"


def test_numbers_of_victims_and_captives_stand_on_no_sheet_and_are_counted(
    drawn: Case, masked: tuple[str, ...]
) -> None:
    found, left_out = sheets(drawn)
    values = {row.value for sheet in found.values() for row in sheet.numbers}
    assert not values & set(masked)
    assert left_out[0].startswith("1 number or name (1 of them named by victims) of people who may be victims")


def test_who_shows_little_control_is_not_asked_about(drawn: Case) -> None:
    assert [row.value for row in sheets(drawn)[0]["platform not told"].numbers] == ["chief_eve"]
    assert len(sheets(drawn, least_score=0.1)[0]["platform not told"].numbers) == 2


def test_a_long_sheet_keeps_those_that_most_victims_report_and_counts_the_rest(
    drawn: Case, more: Callable[..., None]
) -> None:
    more(drawn, "observable", *(
        {"observable_id": f"phone:+8490810{n}", "kind": "phone", "value": f"+8490810{n}", "raw": "", "start": -1,
         "record_id": f"{'f' * 20}#row 1"}
        for n in range(9541, 9544)
    ))  # fmt: skip
    sheet = sheets(drawn, most_numbers=2)[0]["operator of +84 numbers (Vietnam), not told"]
    assert (sheet.numbers[0].value, len(sheet.numbers), sheet.left_out) == ("+84908109540", 2, 2)


def test_without_money_the_numbers_are_asked_about_all_the_same(only_contacts: Case) -> None:
    found, _ = sheets(only_contacts)
    assert len(found["WhatsApp"].numbers[0].victims) == 2


def test_a_case_without_evidence_asks_nobody(case: Case) -> None:
    assert sheets(case) == ({}, [])
