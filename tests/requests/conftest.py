"""A case small enough to draw: two victims, a mule, a bank in Germany, an exchange, and an account of a captive.

Ada V100 -1000-> M100 (Lotus Bay) -950-> DE89 (IBAN) -400-> X900 (Exchange Nine)
Bea V200 -500--> M100             -450-> M200 (LOTUS BAY Co., Ltd., held by a captive)
M100 -90-> S300: crumbs for a shop
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from upriver.case.store import Case
from upriver.model.forms import FORMS

FILE = "f" * 20
MASKED = ("Ada Sample", "Bea Sample", "Cho Captive", "V100200300", "V200300400", "+66812345678", "+959771112223")
IBAN = "DE89370400440532013000"
# transfer, payer, payee, day of June 2025, USD, origin, victim, hops, traced
CHAIN = [
    ("T1", "V100200300", "M100", 1, 1000.0, "victim_payment", "ada", 0, 1000.0),
    ("T2", "M100", IBAN, 2, 950.0, "other", None, 1, 950.0),
    ("T3", IBAN, "X900", 3, 400.0, "other", None, 2, 400.0),
    ("T4", "V200300400", "M100", 20, 500.0, "victim_payment", "bea", 0, 500.0),
    ("T5", "M100", "M200", 21, 450.0, "other", None, 1, 450.0),
    ("T6", "M100", "S300", 22, 90.0, "other", None, 1, 90.0),
]
# When M100 pays 450, it holds 50 of Ada and 500 of Bea: an eleventh of what leaves is Ada's.
WHOSE = {
    "M100": {"ada": 10 / 11, "bea": 100 / 11}, IBAN: {"ada": 550.0}, "X900": {"ada": 400.0},
    "M200": {"ada": 450 / 11, "bea": 4500 / 11}, "S300": {"ada": 90 / 11, "bea": 900 / 11},
}  # fmt: skip
ENDS = [
    # account, holder, received, kept, last day, stop, cash_out
    ("M100", "dan", 1500.0, 10.0, 20, None, False),
    (IBAN, None, 950.0, 550.0, 2, "parked", False),
    ("X900", None, 400.0, 400.0, 3, "cash_out", True),
    ("M200", "cho", 450.0, 450.0, 21, "end_of_evidence", False),
    ("S300", None, 90.0, 90.0, 22, "service", False),
]


def at(day: int, hour: int = 10) -> datetime:
    """A time in June 2025, UTC."""
    return datetime(2025, 6, day, hour)


def _record(place: str, form: str, **fields: str) -> dict[str, Any]:
    return {
        "record_id": f"{FILE}#{place}", "file_id": FILE, "locator": place, "form": form,
        "fields": [fields.get(field) for field in FORMS[form].fields], "extra": None,
    }  # fmt: skip


def _rid(name: str) -> str:
    return f"{FILE}#{name}"


def _statements() -> list[dict[str, Any]]:
    told = [
        ("ada", "Person", "name", "Ada Sample", "row 1"), ("ada", "Person", "status", "reported victim", "row 1"),
        ("bea", "Person", "name", "Bea Sample", "row 2"), ("bea", "Person", "status", "reported victim", "row 2"),
        ("cho", "Person", "name", "Cho Captive", "row 3"), ("cho", "Person", "status", "handed over", "row 3"),
        ("dan", "Person", "name", "Dan Open", "row 4"), ("eve", "Person", "name", "Eve Chief", "row 4"),
        ("m100", "BankAccount", "accountNumber", "M100", "row 4"),
        ("m100", "BankAccount", "bankName", "Lotus Bay", "row 4"),
        ("m200", "BankAccount", "accountNumber", "M200", "row 5"),
        ("m200", "BankAccount", "bankName", "LOTUS BAY Co., Ltd.", "row 5"),
        ("x900", "BankAccount", "accountNumber", "X900", "row 6"),
        ("x900", "BankAccount", "status", "service", "row 6"),
        ("x900", "BankAccount", "name", "Exchange Nine", "row 6"),
        ("x900", "BankAccount", "notes", "exchange", "row 6"),
        ("o1", "Ownership", "owner", "cho", "row 5"), ("o1", "Ownership", "asset", "m200", "row 5"),
    ]  # fmt: skip
    return [
        {"statement_id": f"{entity}-{prop}", "entity_id": entity, "schema": schema, "prop": prop, "value": value,
         "record_id": _rid(row)}
        for entity, schema, prop, value, row in told
    ]  # fmt: skip


def _seen(kind: str, value: str, row: str, entity: str | None = None, start: int = -1) -> dict[str, Any]:
    return {"observable_id": f"{kind}:{value}", "kind": kind, "value": value, "raw": value, "entity_id": entity,
            "start": start, "record_id": _rid(row)}  # fmt: skip


def _fill(case: Case, money: bool, contacts: bool) -> Case:
    guessed = {"told": {"time_zone": "Asia/Bangkok"}, "guessed": {}}
    case.fill("source_file", [{"file_id": FILE, "path": "money/Ada Sample.csv", "sha256": FILE * 3, "n_bytes": 1,
                               "format": "csv", "encoding": "utf-8", "n_records": 9,
                               "guessed": json.dumps(guessed)}])  # fmt: skip
    case.fill("record", [
        _record("row 1", "victim_report", report_id="R-1", name="Ada Sample", contact="+84908109540"),
        _record("row 2", "victim_report", report_id="R-2", name="Bea Sample", contact="+84908109540"),
        _record("row 3", "handover_list", name="Cho Captive", phone="+959771112223"),
        *(_record(f"row {n}", "account_list") for n in (4, 5, 6)),
        _record("row 7", "call", caller="+84908109540", callee="+66812345678", device="3508451", cell="520-04-1"),
        _record("row 8", "message"),
        *(_record(f"pay {name}", "bank_transfer", reference=name) for name, *_ in CHAIN),
    ])  # fmt: skip
    case.fill("statement", _statements())
    case.fill("entity", [
        {"entity_id": entity, "canonical_id": entity, "schema": "Person", "caption": caption, "n_members": 1}
        for entity, caption in (("ada", "Ada Sample"), ("bea", "Bea Sample"), ("cho", "Cho Captive"),
                                ("dan", "Dan Open"), ("eve", "Eve Chief"))
    ])  # fmt: skip
    base = {"grounds": "none", "n_present": 0, "n_unknown": 11, "child": False, "reason": "told", "open_questions": []}
    case.fill("protected_person", [
        {"person_id": "ada", "status": "reported_victim", "record_ids": [_rid("row 1")], **base},
        {"person_id": "bea", "status": "reported_victim", "record_ids": [_rid("row 2")], **base},
        {"person_id": "cho", "status": "presumed_victim", "record_ids": [_rid("row 3")], **base},
    ])  # fmt: skip
    if contacts:
        _fill_contacts(case)
    if money:
        _fill_money(case)
    return case


def _fill_contacts(case: Case) -> None:
    case.fill("observable", [
        _seen("phone", "+66812345678", "row 1", "ada"), _seen("phone", "+84908109540", "row 1"),
        _seen("phone", "+84908109540", "row 2"), _seen("phone", "+959771112223", "row 3", "cho"),
        # Bea also names the captive's number: it must stand on no sheet.
        _seen("phone", "+959771112223", "row 2"),
        _seen("url", "https://gold.example/pay", "row 2", None, 12),
        _seen("email", "desk@letters.example", "row 2", None, 40),
        _seen("handle", "chief_eve", "row 4", "eve"), _seen("handle", "dan_small", "row 4", "dan"),
    ])  # fmt: skip
    case.fill("call", [{"call_id": "c1", "caller": "phone:+84908109540", "callee": "phone:+66812345678",
                        "started_at": at(1), "seconds": 61, "record_id": _rid("row 7")}])  # fmt: skip
    case.fill("message", [
        {"message_id": "m1", "thread": "t", "sender": "whatsapp:+84908109540", "recipient": "whatsapp:+66812345678",
         "sent_at": at(2), "text": "Pay the tax first, Ada", "platform": "whatsapp", "record_id": _rid("row 8")},
    ])  # fmt: skip
    case.fill("contact_class", [{"record_id": _rid("row 8"), "medium": "message", "label": "scam", "kind": None,
                                 "stage": None, "score": 0.9, "cues": ["tax"]}])  # fmt: skip
    rank = {"rank_low": 1, "rank_high": 2, "features": "{}", "reason": "keys", "record_ids": [_rid("row 4")]}
    case.fill("role", [
        {"person_id": "eve", "rank": 1, "score": 0.8, "protection": "none", **rank},
        {"person_id": "dan", "rank": 2, "score": 0.2, "protection": "none", **rank},
    ])  # fmt: skip


def _fill_money(case: Case) -> None:
    case.fill("transfer", [
        {"transfer_id": name, "source_account": payer, "target_account": payee, "occurred_at": at(day),
         "amount": usd * 35, "asset": "THB", "amount_usd": usd, "rail": "bank", "reference": f"REF-{name}",
         "purpose": "from Ada Sample", "record_id": _rid(f"pay {name}")}
        for name, payer, payee, day, usd, *_ in CHAIN
    ])  # fmt: skip
    case.fill("flow", [
        {"transfer_id": name, "source_account": payer, "target_account": payee, "occurred_at": at(day),
         "amount_usd": usd, "origin": origin, "victim_id": victim, "record_id": _rid(f"pay {name}")}
        for name, payer, payee, day, usd, origin, victim, *_ in CHAIN
    ])  # fmt: skip
    case.fill("trace", [
        {"transfer_id": name, "method": "fifo", "main": True, "presumed_usd": 0.0,
         "traced_usd": traced, "low_usd": traced * 0.9, "high_usd": traced,
         "n_hops": hops, "entered_usd": traced if origin == "victim_payment" else None}
        for name, _, _, _, _, origin, _, hops, traced in CHAIN
    ])  # fmt: skip
    case.fill("traced_account", [
        {"account": account, "holder_id": holder, "received_usd": got, "kept_usd": kept, "low_usd": got * 0.9,
         "high_usd": got, "n_hops": 1, "first_at": at(1), "last_at": at(day), "stop_reason": stop, "cash_out": out,
         "unseen_inflow_usd": 0.0, "service_score": 0.0, "reason": "kept"}
        for account, holder, got, kept, day, stop, out in ENDS
    ])  # fmt: skip
    case.fill("attribution", [
        {"attribution_id": f"{victim} {account}", "victim_id": victim, "kind": "loss", "account": account,
         "fate": "stands", "usd": usd, "low_usd": usd, "high_usd": usd, "share_of_account": 0.5, "share_of_loss": 0.5,
         "stop_reason": None, "n_transfers": 0, "transfer_ids": [], "record_ids": []}
        for account, losses in WHOSE.items()
        for victim, usd in losses.items()
    ])  # fmt: skip
    case.fill("loss", [
        {"victim_id": victim, "reported_usd": usd, "found_usd": usd, "ransom_usd": 0.0, "inducement_usd": 0.0,
         "returned_usd": 0.0, "net_usd": usd, "reached_cash_out_usd": 0.0,
         "n_payments": 1, "first_at": at(1), "last_at": at(1), "record_ids": [_rid(row)]}
        for victim, usd, row in (("ada", 1000.0, "row 1"), ("bea", 500.0, "row 2"))
    ])  # fmt: skip


def add(case: Case, table: str, *rows: dict[str, Any]) -> None:
    """Rows beside those that a table holds."""
    case.fill(table, [*case.read(table).to_pylist(), *rows])


@pytest.fixture
def more() -> Callable[..., None]:
    """`more(case, table, row, ...)`: rows beside those that a table holds."""
    return add


@pytest.fixture
def drawn(case: Case) -> Case:
    """The whole case on DuckDB."""
    return _fill(case, money=True, contacts=True)


@pytest.fixture
def drawn_on_any(any_case: Case) -> Case:
    """The whole case, once on each engine."""
    return _fill(any_case, money=True, contacts=True)


@pytest.fixture
def only_contacts(case: Case) -> Case:
    """The case without any transfer."""
    return _fill(case, money=False, contacts=True)


@pytest.fixture
def masked() -> tuple[str, ...]:
    """What must be seen on no sheet."""
    return MASKED


@pytest.fixture
def june() -> Callable[[int], datetime]:
    """A time in June 2025, UTC."""
    return at
