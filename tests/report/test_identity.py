from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from upriver.case.store import Case
from upriver.report.identity import masks
from upriver.report.masking import SHARED_NAME


def _person(case: Case, *people: tuple[str, dict[str, str]]) -> None:
    rows = [
        {"statement_id": f"{name}-{prop}", "entity_id": name, "schema": "Person", "prop": prop, "value": value,
         "record_id": f"f#{name}"}
        for name, props in people
        for prop, value in props.items()
    ]  # fmt: skip
    case.fill("statement", rows)
    case.fill(
        "entity",
        [
            {
                "entity_id": name,
                "canonical_id": name,
                "schema": "Person",
                "caption": props.get("name", ""),
                "n_members": 1,
            }
            for name, props in people
        ],
    )


def _protected(status: str, child: bool = False) -> dict[str, Any]:
    return {"person_id": "p", "status": status, "grounds": "none", "n_present": 0, "n_unknown": 11, "child": child,
            "reason": "", "open_questions": [], "record_ids": []}  # fmt: skip


@pytest.mark.parametrize(
    ("status", "child", "told", "shown"),
    [
        ("reported_victim", False, {}, "Victim 1"), ("presumed_victim", False, {}, "Person 1"),
        ("refer", False, {}, "Person 1"), ("no_information", True, {}, "Person 1"),
        ("no_information", False, {"status": "handed over"}, "Person 1"), ("no_information", False, {}, None),
    ],
)  # fmt: skip
def test_who_is_masked(case: Case, status: str, child: bool, told: dict[str, str], shown: str | None) -> None:
    _person(case, ("p", {"name": "Nan Khin Htwe", **told}))
    case.fill("protected_person", [_protected(status, child)])
    assert masks(case).node("p") == shown


def test_a_victim_whom_nobody_screened_yet_is_masked(case: Case) -> None:
    _person(case, ("p", {"name": "Nan Khin Htwe", "status": "reported victim"}))
    assert masks(case).text("by Nan Khin Htwe") == "by Victim 1"


def test_pseudonyms_follow_the_ids(case: Case) -> None:
    _person(case, *[(f"p{n}", {"name": f"Abcd Efgh{n}", "status": "handed over"}) for n in (3, 1, 2)])
    hidden = masks(case)
    assert [hidden.node(f"p{n}") for n in (1, 2, 3)] == ["Person 1", "Person 2", "Person 3"]


def test_a_namesake_is_masked_and_the_name_points_to_nobody(case: Case) -> None:
    _person(
        case,
        ("p", {"name": "Wang Wei", "status": "reported victim"}),
        ("q", {"name": "WANG WEI", "phone": "+8613800138000"}),
        ("r", {"name": "Wang Weiming"}),
    )
    hidden = masks(case)
    assert (hidden.node("p"), hidden.node("q"), hidden.node("r")) == ("Victim 1", "Namesake 1", None)
    assert hidden.text("Wang Wei, 138 0013 8000; Wang Weiming") == f"{SHARED_NAME}, Namesake 1 phone; Wang Weiming"


def test_the_account_a_victim_paid_from_is_the_victims(case: Case) -> None:
    _person(case, ("p", {"name": "Nan Khin Htwe", "status": "reported victim"}))
    row = {"transfer_id": "t", "source_account": "1000200030", "target_account": "7000000001",
           "occurred_at": datetime(2023, 1, 1), "amount_usd": 5.0, "origin": "victim_payment", "victim_id": "p",
           "record_id": "f#t"}  # fmt: skip
    case.fill("flow", [row])
    hidden = masks(case)
    assert hidden.account("1000200030") == "Victim 1 account …0030"
    assert hidden.account("7000000001") == "7000000001"


@pytest.mark.parametrize("written", ["37040044/0532013000", "370400440532013000", "DE89 3704 0044 0532 0130 00"])
def test_a_victims_iban_is_masked_as_the_country_writes_it_too(case: Case, written: str) -> None:
    _person(case, ("p1", {"status": "reported victim"}))
    case.fill("observable", [_mention("iban", "DE89370400440532013000", "r1") | {"entity_id": "p1", "start": -1}])
    shown = masks(case).text(f"paid from {written} on Monday")
    assert "Victim 1 account" in shown
    assert "0044" not in shown


def test_an_account_decided_to_be_a_victims_is_masked(case: Case) -> None:
    case.fill("decision", [{"decision_id": "d", "kind": "victim", "subject_id": "1000200030", "who": "A",
                            "decided_at": datetime(2023, 1, 1), "why": "told by phone"}])  # fmt: skip
    assert masks(case).account("1000200030") == "Source 1 account …0030"


def test_names_are_found_in_any_alias_and_script(case: Case) -> None:
    _person(case, ("p", {"name": "Aung Htet", "alias": "အောင်ထက်", "status": "handed over"}))
    assert masks(case).text("အောင်ထက် / AUNG  HTET") == "Person 1 / Person 1"


@pytest.mark.spark
def test_somebody_known_by_a_number_alone_is_masked_with_the_whatsapp_name_of_that_number(case: Case) -> None:
    number = {"value": "+66812345678", "raw": "+66 81 234 5678", "start": 0, "record_id": "f#1"}
    case.fill("protected_person", [_protected("presumed_victim") | {"person_id": "phone:+66812345678"}])
    case.fill("observable", [
        {"observable_id": f"{kind}:+66812345678", "kind": kind, **number} for kind in ("phone", "whatsapp")
    ])  # fmt: skip
    case.fill("identifier", [{"observable_id": "whatsapp:+66812345678", "node_id": "phone:+66812345678"}])
    shown = masks(case)
    assert shown.node("phone:+66812345678") == "Person 1"
    assert "234" not in shown.text("call +66 81 234 5678")


def test_somebody_known_by_what_they_are_called_in_a_chat_is_masked_by_that_name(case: Case) -> None:
    case.fill("protected_person", [_protected("presumed_victim") | {"person_id": "handle:Colin Novotny"}])
    case.fill("message", [
        {"message_id": "m", "thread": "Colin Novotny", "sender": "handle:Colin Novotny", "sent_at": None, "text": "",
         "platform": "whatsapp", "record_id": "f#1"}
    ])  # fmt: skip
    shown = masks(case)
    assert shown.node("handle:Colin Novotny") == "Person 1"
    assert shown.about["f#1"] == ("Person 1",)
    assert "Novotny" not in shown.text("WhatsApp Chat with Colin Novotny (7).txt", about=("Person 1",))


def test_a_name_of_another_script_is_masked_in_latin_letters_too_where_no_record_spells_it(case: Case) -> None:
    _person(case, ("p", {"name": "顾国珍", "status": "reported victim"}), ("q", {"name": "Zhang Lanhua"}))
    shown = masks(case)
    for text in ("Gu Guozhen paid", "paid by gu guo zhen", "WhatsApp Chat with Gu Guozhen.txt"):
        assert "Victim 1" in shown.text(text)
    assert shown.text("Zhang Lanhua paid") == "Zhang Lanhua paid"


def test_a_latin_spelling_that_an_unmasked_person_bears_stays(case: Case) -> None:
    _person(case, ("p", {"name": "顾国珍", "status": "reported victim"}), ("q", {"name": "Gu Guozhen"}))
    assert masks(case).text("Gu Guozhen owns it") == "Gu Guozhen owns it"


def _mention(kind: str, value: str, record: str) -> dict[str, Any]:
    return {"observable_id": f"{kind}:{value}", "kind": kind, "value": value, "raw": value, "entity_id": None,
            "start": 5, "record_id": record}  # fmt: skip


def _row(record: str, form: str) -> dict[str, Any]:
    return {"record_id": record, "file_id": "f", "locator": record, "form": form, "fields": []}


def test_a_number_in_the_own_words_of_a_masked_person_is_masked_and_a_suspects_in_a_report_stays(case: Case) -> None:
    _person(case, ("p", {"name": "Nan Khin Htwe", "status": "handed over"}))
    case.fill("record", [_row("f#p", "handover_list"), _row("f#r", "victim_report")])
    case.fill("observable", [_mention("phone", "+254722000111", "f#p"), _mention("phone", "+66899999999", "f#r")])
    shown = masks(case)
    assert shown.text("brother: +254722000111") == "brother: Person 1 phone"
    assert shown.text("he wrote from +66899999999") == "he wrote from +66899999999"


def test_the_holder_of_an_account_decided_to_be_a_victims_is_masked(case: Case) -> None:
    _person(case, ("p", {"name": "Nan Khin Htwe"}))
    case.fill("observable", [_mention("bank_account", "123456789", "f#p") | {"entity_id": "p"}])
    case.fill("decision", [
        {"decision_id": "d", "kind": "victim", "subject_id": "123456789", "object_id": None, "value": None, "who": "A",
         "why": "the bank", "decided_at": datetime(2026, 1, 1)}
    ])  # fmt: skip
    assert masks(case).text("Nan Khin Htwe") == "Person 1"


def test_masks_are_the_same_on_both_engines(any_case: Case) -> None:
    _person(any_case, ("p", {"name": "Aung Htet", "status": "handed over"}), ("q", {"name": "Aung Htet"}))
    assert masks(any_case).people == {"p": "Person 1", "q": "Namesake 1"}
