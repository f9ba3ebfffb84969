"""A small case with a row in every table, and protected people's names wherever they could leak."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from upriver.case.store import Case
from upriver.model.forms import FORMS

# What must be seen nowhere when masked: names in three scripts, turned round, phones, mail, accounts, documents.
SECRETS = (
    "Maria Elena Lopez", "Lopez Maria", "maria lopez", "MARIA ELENA", "玛丽亚", "９１７５５５０１２３", "9175550123",
    "917 555 0123",
    "maria.lopez@example.org", "mlopez_ph", "acc_victim_00417", "Aung Htet", "aung_htet", "အောင်ထက်", "959771112223",
    "MB123456", "Somchai Dee", "สมชาย ดี", "1990-04-02", "stolenwallet88",
)  # fmt: skip
# What must stay: people under suspicion, accounts of nobody protected, places.
SHOWN = ("Chen Daguo", "acc_mule_1", "Laukkai")

FILES = {
    "reports.csv": (
        "report_id,name,phone,email,paid_at,amount,currency,source_account,target_account,narrative\n"
        "R1,Maria Elena Lopez,+63 917 555 0123,maria.lopez@example.org,2023-05-01 10:00,50000,USD,acc_victim_00417,"
        "acc_mule_1,\"I, Maria, paid acc_mule_1. Call me at ９１７５５５０１２３. Signed LOPEZ, MARIA ELENA\"\n"
        "R1,Maria Elena Lopez,+63 917 555 0123,maria.lopez@example.org,2023-06-11 10:00,30000,USD,acc_victim_00417,"
        "acc_mule_2,second payment\n"
    ),
    "handover_aung_htet.csv": (
        "list_id,number,name,other_name,birth_date,document_no,phone,handed_over_on,site\n"
        "H1,1,Aung Htet,အောင်ထက်,1990-04-02,MB123456,+95 9 771 112 223,2023-11-21,Lake House\n"
        "H1,2,Somchai Dee,สมชาย ดี,2008-01-05,,,2023-11-21,Lake House\n"
    ),
    "notes.csv": "note_id,text\nN1,\"Chen Daguo holds the key of the safe. He beat Aung  Htet, wrote aung_htet.jpg\"\n",
    "transfers.csv": "\n".join(
        ["reference,source_account,target_account,occurred_at,amount,currency,purpose"]
        + [f"T{i},a,b,2023-05-0{i},1,USD,x" for i in range(1, 9)]
    ),
    "news.csv": "passage_id,text,url,published\nP1,\"More than 31,000 suspects were handed over.\",https://news.example/1,2023-11-21\n",
}  # fmt: skip


def _file(path: str) -> str:
    return hashlib.sha256(FILES[path].encode()).hexdigest()[:20]


def _record(path: str, row: int, form: str, extra: dict[str, str] | None = None, **fields: str) -> dict[str, Any]:
    return {
        "record_id": f"{_file(path)}#row {row}", "file_id": _file(path), "locator": f"row {row}", "form": form,
        "fields": [fields.get(name) for name in FORMS[form].fields],
        "extra": json.dumps(extra, ensure_ascii=False) if extra else None,
    }  # fmt: skip


REPORT = _record(
    "reports.csv", 2, "victim_report", {"marital status": "widow of Juan Lopez"}, report_id="R1",
    name="Maria Elena Lopez",
    phone="+63 917 555 0123", email="maria.lopez@example.org", paid_at="2023-05-01 10:00", amount="50000",
    currency="USD",
    source_account="acc_victim_00417", target_account="acc_mule_1",
    narrative="I, Maria, paid acc_mule_1. Call me at ９１７５５５０１２３. Signed LOPEZ, MARIA ELENA",
)  # fmt: skip
SECOND = _record(
    "reports.csv", 3, "victim_report", report_id="R1", name="Maria Elena Lopez", phone="+63 917 555 0123",
    amount="30000",
    source_account="acc_victim_00417", target_account="acc_mule_2", narrative="second payment",
)  # fmt: skip
HANDED = _record(
    "handover_aung_htet.csv", 2, "handover_list", list_id="H1", number="1", name="Aung Htet", other_name="အောင်ထက်",
    birth_date="1990-04-02", document_no="MB123456", phone="+95 9 771 112 223", handed_over_on="2023-11-21",
    site="Lake House",
)  # fmt: skip
CHILD = _record(
    "handover_aung_htet.csv", 3, "handover_list", list_id="H1", number="2", name="Somchai Dee", other_name="สมชาย ดี",
    birth_date="2008-01-05", handed_over_on="2023-11-21", site="Lake House",
)  # fmt: skip
NOTE = _record(
    "notes.csv",
    2,
    "note",
    note_id="N1",
    text="Chen Daguo holds the key of the safe. He beat Aung  Htet, wrote aung_htet.jpg",
)
NEWS = _record(
    "news.csv",
    2,
    "news",
    passage_id="P1",
    text="More than 31,000 suspects were handed over.",
    url="https://news.example/1",
)
PAID = [_record("transfers.csv", row, "bank_transfer", reference=f"T{row - 1}") for row in range(2, 10)]
TORN = _record("reports.csv", 4, "broken", reason="too few cells", raw="R2,Somchai Dee,+66 torn")
RECORDS = [REPORT, SECOND, HANDED, CHILD, NOTE, NEWS, *PAID, TORN]

PEOPLE: dict[str, tuple[str, dict[str, str], dict[str, Any]]] = {
    "aa01": ("Person", {"name": "Maria Elena Lopez", "alias": "玛丽亚·洛佩斯", "phone": "+639175550123",
                        "email": "maria.lopez@example.org", "status": "reported victim",
                        "notes": REPORT["fields"][7]}, REPORT),
    "aa02": ("Person", {"name": "Aung Htet", "alias": "အောင်ထက်", "birthDate": "1990-04-02", "passportNumber": "MB123456",
                        "phone": "+959771112223", "status": "handed over", "nationality": "mm"}, HANDED),
    "aa03": ("Person", {"name": "Somchai Dee", "alias": "สมชาย ดี", "birthDate": "2008-01-05",
                        "status": "handed over"}, CHILD),
    "bb01": ("Person", {"name": "Chen Daguo", "alias": "陈大果"}, NOTE),
    "bb02": ("Company", {"name": "Blue Lake Property Co"}, NOTE),
    "bb03": ("Ownership", {"owner": "bb01", "asset": "bb02", "percentage": "60"}, NOTE),
    "cc01": ("BankAccount", {"accountNumber": "acc_victim_00417"}, REPORT),
    "cc02": ("Ownership", {"owner": "aa01", "asset": "cc01"}, REPORT),
    "cc03": ("BankAccount", {"accountNumber": "stolenwallet88", "status": "stolen from"}, PAID[7]),
}  # fmt: skip
CHAIN = [
    ("T1", "acc_victim_00417", "acc_mule_1", 50000, "victim_payment", "aa01"),
    ("T2", "acc_victim_00417", "acc_mule_2", 30000, "victim_payment", "aa01"),
    ("T3", "acc_mule_1", "acc_layer_1", 48000, "other", None), ("T4", "acc_mule_2", "acc_layer_1", 29000, "other",
    None),
    ("T5", "acc_layer_1", "acc_desk_1", 60000, "other", None), ("T6", "acc_layer_1", "acc_park_1", 17000, "other",
    None),
    ("T7", "acc_mule_1", "acc_victim_00417", 500, "return", None), ("T8", "stolenwallet88", "acc_mule_2", 9000,
    "stolen", None),
]  # fmt: skip
HELD = [
    ("aa01", "loss", "acc_desk_1", 52000, "cash_out", "T5"),
    ("stolenwallet88", "stolen", "acc_desk_1", 8000, "cash_out", "T5"),
    ("aa01", "loss", "acc_park_1", 12000, "parked", "T6"), ("aa01", "ransom", "acc_park_1", 4900, "parked", "T6"),
    (None, "others", "acc_park_1", 100, "parked", "T6"), ("aa01", "loss", "acc_mule_2", 9000, None, "T2"),
]  # fmt: skip
HOPS = {"T1": 0, "T2": 0, "T3": 1, "T4": 1, "T5": 2, "T6": 2, "T8": 0}
ACCOUNTS = [
    ("acc_mule_1", 50000, 1500, 1, "parked", False), ("acc_mule_2", 39000, 10000, 1, None, False),
    ("acc_layer_1", 77000, 0, 2, None, False), ("acc_desk_1", 60000, 60000, 3, "cash_out", True),
    ("acc_park_1", 17000, 17000, 3, "parked", False),
]  # fmt: skip


def _at(number: int) -> datetime:
    return datetime(2023, 4 + number, 2, 9, 30)


def _statements() -> Iterator[dict[str, Any]]:
    for entity, (schema, props, record) in PEOPLE.items():
        for prop, value in props.items():
            yield {
                "statement_id": f"{entity}-{prop}", "entity_id": entity, "schema": schema, "prop": prop, "value": value,
                "record_id": record["record_id"],
            }  # fmt: skip


def _report(name: str, kind: str, count: float | None, on: date, **more: Any) -> dict[str, Any]:
    return {
        "report_id": name, "type": kind, "count": count, "qualifier": "exact" if count else "vague", "unit": "people",
        "role": "all", "modality": "actual", "span": f"{count} people, told by a friend of Aung Htet",
        "source": "Lake Post",
        "to_on": on, "published_on": on, "record_id": NEWS["record_id"], **more,
    }  # fmt: skip


def _action(name: str, kind: str, types: str, count: float | None, on: date, reports: list[str], **more: Any) -> Any:
    return {
        "action_id": name, "kind": kind, "types": types, "count": count, "count_low": count, "count_high": count,
        "unit": "people", "role": "all", "place": "Laukkai", "country": "MM", "lat": 23.7, "lon": 98.76, "from_on": on,
        "to_on": on, "counts": kind == "happening", "n_tellings": len(reports), "n_first_speakers": 1, "alarms": [],
        "accepted": False, "basis": "one telling",
        "title": f"{types.replace('|', ' and ')} at Laukkai", "report_ids": reports, **more,
    }  # fmt: skip


def _ratio(name: str, dimension: str, label: str, top: float | None, below: float | None, unit: str) -> dict[str, Any]:
    ratio = top / below if top is not None and below else None
    return {
        "loophole_id": name, "rule": "role_shares", "sentence": f"{label}: told of Aung Htet.",
        "closed_by": "a case against those who pay Aung Htet", "changed_by": "a list that names Aung Htet",
        "dimension": dimension, "label": label, "numerator": top, "denominator": below,
        "ratio": ratio,
        "ratio_low": ratio and ratio * 0.8, "ratio_high": ratio and ratio * 1.5,
        "numerator_what": "leaders named, 2023",
        "denominator_what": "people handed over by November 2023", "unit": unit,
        "caution": "A rank is told by one side.",
        "n_sources": 2, "sources": ["Lake Post", "News of Aung Htet"], "report_ids": ["E1"],
        "record_ids": [NEWS["record_id"]], "place": 1, "n_parts": 0,
    }  # fmt: skip


def _part(name: str, whole: str, place: int, label: str, top: float | None, below: float | None) -> dict[str, Any]:
    row = _ratio(name, "role", label, top, below, "people")
    return {
        **{key: value for key, value in row.items() if key not in ("loophole_id", "n_parts")},
        "part_id": name, "loophole_id": whole, "place": place,
    }  # fmt: skip


def fill(case: Case) -> Case:
    """Write the evidence files beside `case` and a row into every table."""
    for path, text in FILES.items():
        (case.folder / path).write_text(text, encoding="utf-8", newline="")
    note, report = NOTE["record_id"], REPORT["record_id"]
    case.fill("source_file", [
        {"file_id": _file(path), "path": path, "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "n_bytes": len(text),
         "format": "csv", "encoding": "utf-8", "n_records": sum(r["file_id"] == _file(path) for r in RECORDS),
         "guessed": json.dumps({"guessed": {"delimiter": ",", "time_zone": "UTC"}})}
        for path, text in FILES.items()
    ])  # fmt: skip
    case.fill("record", RECORDS)
    case.fill("decision", [{"decision_id": "d1", "kind": "note", "subject_id": "bb01", "who": "Inspector",
                            "decided_at": _at(1), "why": "told by Aung Htet"}])  # fmt: skip
    case.fill("rejected_file", [{"path": "photo of Maria Lopez.bin", "sha256": None, "n_bytes": 3, "reason": "not text",
                                 "advice": "convert it"}])  # fmt: skip
    case.fill("rejected_record", [{"rejected_id": "x1", "file_id": _file("reports.csv"), "locator": "row 4",
                                   "reason": "too few cells: Somchai Dee", "raw": "R2,Somchai Dee,+66 torn",
                                   "record_id": TORN["record_id"]}])  # fmt: skip
    case.fill("statement", list(_statements()))
    case.fill("observable", [
        {"observable_id": "phone:+639175550123", "kind": "phone", "value": "+639175550123", "raw": "+63 917 555 0123",
         "entity_id": "aa01", "start": -1, "record_id": report},
        {"observable_id": "telegram:mlopez_ph", "kind": "telegram", "value": "mlopez_ph", "raw": "@mlopez_ph",
         "entity_id": "aa01", "start": -1, "record_id": report},
        {"observable_id": "bank_account:acc_victim_00417", "kind": "bank_account", "value": "acc_victim_00417",
         "raw": "acc_victim_00417", "entity_id": "aa01", "start": -1, "record_id": report},
    ])  # fmt: skip
    _fill_contacts(case, note)
    case.fill("entity", [
        {"entity_id": key, "canonical_id": key, "schema": schema, "caption": props.get("name", key), "n_members": 1}
        for key, (schema, props, _) in PEOPLE.items()
    ])  # fmt: skip
    case.fill("candidate_pair", [{"left_id": "aa01", "right_id": "bb01", "rule": "phone of Maria Elena Lopez"}])
    case.fill("judgement", [{"left_id": "aa01", "right_id": "bb01", "judgement": "unsure", "match_probability": 0.4,
                             "match_weight": -0.5, "reason": "both knew Aung Htet",
                             "decided_by": "model"}])  # fmt: skip
    case.fill("watchlist_hit", [{"entity_id": "bb01", "listed_id": "bb02", "match_probability": 0.93,
                                 "reason": "same name; seen with Maria Lopez", "record_ids": [note]}])  # fmt: skip
    _fill_network(case, note)
    _fill_money(case)
    _fill_people(case, note)
    _fill_crackdown(case)
    return case


def _fill_contacts(case: Case, note: str) -> None:
    case.fill("call", [{"call_id": "k1", "caller": "phone:+639175550123", "callee": "phone:+9590000001",
    "started_at": _at(1),
                        "seconds": 30, "record_id": note}])  # fmt: skip
    case.fill("message", [
        {"message_id": "m1", "thread": "t1", "sender": "telegram:mlopez_ph", "recipient": "handle:Uncle",
        "sent_at": _at(1),
         "text": "It is me, Maria, number 917 555 0123", "platform": "telegram", "record_id": REPORT["record_id"]},
        {"message_id": "m2", "thread": "t1", "sender": "handle:Uncle", "recipient": "telegram:mlopez_ph",
        "sent_at": _at(1),
         "text": "Dear Elena, pay to acc_mule_1", "platform": "telegram", "record_id": SECOND["record_id"]},
    ])  # fmt: skip
    case.fill("contact_class", [
        {"record_id": SECOND["record_id"], "medium": "message", "label": "scam", "kind": "romance", "stage": "payment",
         "score": 0.9, "cues": ["Dear", "pay", "Maria Lopez"]},
        {"record_id": note, "medium": "note", "label": "lure", "kind": None, "stage": None, "score": 0.7,
        "cues": ["job"]},
    ])  # fmt: skip
    _fill_approaches(case)
    case.fill("transfer", [
        {"transfer_id": name, "source_account": source, "target_account": target, "occurred_at": _at(number),
         "amount": float(usd), "asset": "USD", "amount_usd": float(usd), "rail": "bank", "reference": name,
         "purpose": "from Maria Elena Lopez", "record_id": PAID[number - 1]["record_id"]}
        for number, (name, source, target, usd, _, _) in enumerate(CHAIN, 1)
    ])  # fmt: skip
    case.fill("rate", [{"asset": "USD", "rate_on": date(2023, 5, 1), "usd": 1.0, "record_id": note}])
    case.fill("event_report", [
        _report("E1", "handover", 31000.0, date(2023, 11, 21), cumulative=True, series="to China", language="en",
                url="https://news.example/1"),
        _report("E2", "handover", 4666.0, date(2023, 10, 2), cumulative=True, series="to China"),
        _report("E3", "arrest", 63.0, date(2023, 11, 21), role="leader"),
        _report("E4", "raid", None, date(2023, 9, 3)),
    ])  # fmt: skip


def _fill_approaches(case: Case) -> None:
    second = [SECOND["record_id"]]
    untold = dict.fromkeys(("trust_at", "gains_at", "squeeze_at"))
    case.fill("approach", [
        {"approach_id": "ap1", "medium": "message", "basis": "words", "thread": "Uncle and Maria Lopez",
         "source_id": "handle:Uncle", "object_id": "telegram:mlopez_ph", "n_parties": 2, "label": "scam",
         "kind": "romance", "stages": "payment", "n_out": 1, "n_back": 1, "first_at": _at(1), "last_at": _at(1),
         "payment_at": _at(1), "answered": True, "victim_id": "aa01", "tie": "owner", "by_victim": False,
         "n_records": 1, "record_ids": second, **untold},
        {"approach_id": "ap2", "medium": "call", "basis": "victim", "thread": None, "source_id": "phone:+9590000001",
         "object_id": "phone:+639175550123", "n_parties": 2, "label": "scam", "kind": None, "stages": None,
         "n_out": 3, "n_back": 0, "first_at": _at(1), "last_at": _at(1), "payment_at": None, "answered": False,
         "victim_id": "aa01", "tie": "owner", "by_victim": False, "n_records": 1, "record_ids": second, **untold},
    ])  # fmt: skip
    case.fill("approach_means", [
        {"approach_id": "ap1", "source_id": name, "kind": kind, "n_texts": 1, "record_ids": second}
        for name, kind in (("handle:Uncle", "handle"), ("domain:goldx.top", "domain"), ("sc1", "script"))
    ])  # fmt: skip
    case.fill("approach_payment", [
        {"approach_id": "ap1", "victim_id": "aa01", "paid_at": _at(2), "first_usd": 50000.0, "transfer_id": "T1",
         "days": 31.0, "n_payments": 2, "paid_usd": 80000.0, "n_records": 1, "record_ids": [PAID[0]["record_id"]]},
    ])  # fmt: skip
    case.fill("approach_source", [
        {"source_id": name, "kind": kind, "label": "scam", "n_approaches": 1, "n_texts": 1, "n_senders": 1,
         "kinds": "romance", "stages": "payment", "n_approached": 1, "n_answered": 1, "n_unanswered": 0, "n_others": 2,
         "n_paid": 1, "paid_usd": 80000.0, "first_at": _at(1), "last_at": _at(1), "common": common,
         "record_ids": second}
        for name, kind, common in (
            ("handle:Uncle", "handle", None), ("telegram:mlopez_ph", "handle", None), ("sc1", "script", None),
            ("domain:t.me", "domain", "a messenger's: written to Maria Lopez"),
        )
    ])  # fmt: skip
    case.fill("script", [
        {"script_id": "sc1", "words": "dear … , pay to acc_mule_1, maria lopez", "n_senders": 2, "n_recipients": 1,
         "n_messages": 2, "first_at": _at(1), "last_at": _at(1), "record_ids": second},
    ])  # fmt: skip


def _fill_network(case: Case, note: str) -> None:
    ties = [("aa02", "bb01", "writes_to"), ("bb01", "bb02", "owns"), ("aa03", "bb01", "writes_to"),
            ("bank_account:acc_mule_1", "bb01", "pays"), ("aa01", "phone:+9590000001", "calls"),
            ("bb01", "phone:+9590000001", "holds_key")]  # fmt: skip
    case.fill("edge", [
        {"edge_id": f"e{number}", "source_id": a, "target_id": b, "kind": kind, "directed": True,
        "weight": 0.5 + number / 10,
         "n_records": 1, "amount_usd": 5.0 if kind == "pays" else None, "first_at": _at(1), "last_at": _at(2),
         "via": "safe of Aung Htet", "record_ids": [note]}
        for number, (a, b, kind) in enumerate(ties)
    ])  # fmt: skip
    nodes = sorted({end for tie in ties for end in tie[:2]})
    case.fill("community", [{"node_id": node, "community_id": "g1", "name": "ring around Aung Htet",
    "n_members": len(nodes),
                             "stability": 0.9} for node in nodes])  # fmt: skip


def _fill_money(case: Case) -> None:
    case.fill("flow", [
        {"transfer_id": name, "source_account": source, "target_account": target, "occurred_at": _at(number),
         "amount_usd": float(usd), "origin": origin, "victim_id": victim, "record_id": PAID[number - 1]["record_id"]}
        for number, (name, source, target, usd, origin, victim) in enumerate(CHAIN, 1)
    ])  # fmt: skip
    amounts = {name: float(usd) for name, _, _, usd, _, _ in CHAIN}
    case.fill("trace", [
        {"transfer_id": name, "method": method, "main": method == "auto", "traced_usd": amounts[name],
         "presumed_usd": 0.0, "low_usd": amounts[name] * 0.9, "high_usd": amounts[name], "n_hops": hops}
        for name, hops in HOPS.items() for method in ("auto", "haircut")
    ])  # fmt: skip
    case.fill("traced_account", [
        {"account": account, "holder_id": "bb01" if account == "acc_park_1" else None, "received_usd": float(got),
         "kept_usd": float(kept), "low_usd": got * 0.9, "high_usd": float(got), "n_hops": hops, "first_at": _at(1),
         "last_at": _at(6), "stop_reason": stop, "cash_out": out, "unseen_inflow_usd": 0.0, "service_score": 0.2,
         "reason": "came in and stayed; opened by Aung Htet"}
        for account, got, kept, hops, stop, out in ACCOUNTS
    ])  # fmt: skip
    case.fill("loss", [
        {"victim_id": "aa01", "reported_usd": 80000.0, "found_usd": 80000.0, "returned_usd": 500.0,
         "ransom_usd": 0.0, "inducement_usd": 500.0, "net_usd": 79500.0,
         "reached_cash_out_usd": 55000.0, "n_payments": 2, "first_at": _at(1), "last_at": _at(2),
         "record_ids": [REPORT["record_id"], SECOND["record_id"]]},
        {"victim_id": "stolenwallet88", "reported_usd": 9000.0, "found_usd": 9000.0, "returned_usd": 0.0,
         "ransom_usd": 0.0, "inducement_usd": 0.0, "net_usd": 9000.0,
         "reached_cash_out_usd": 100.0, "n_payments": 1, "first_at": _at(8), "last_at": _at(8),
         "record_ids": [PAID[7]["record_id"]]},
    ])  # fmt: skip
    case.fill("attribution", [
        {"attribution_id": f"at{number}", "victim_id": victim, "kind": kind, "account": account, "fate": "stands",
         "usd": float(usd), "low_usd": usd * 0.9, "high_usd": float(usd), "share_of_account": 0.5, "share_of_loss": 0.1,
         "stop_reason": stop, "n_transfers": 1, "transfer_ids": [brought], "record_ids": [PAID[int(brought[1]) - 1][
             "record_id"]]}
        for number, (victim, kind, account, usd, stop, brought) in enumerate(HELD, 1)
    ])  # fmt: skip
    case.fill("alert", [{"alert_id": "al1", "kind": "pass_through", "account": "acc_mule_1", "severity": 0.8,
                         "severity_reasons": [],
                         "amount_usd": 48000.0, "traced_usd": 48000.0, "n_transfers": 2, "first_at": _at(1),
                         "last_at": _at(3),
                         "reason": "in and out within hours of Maria Lopez",
                         "innocent": "a shop that pays its suppliers",
                         "transfer_ids": ["T1", "T3"]}])  # fmt: skip
    case.fill("mule", [
        {"account": account, "score": score, "reasons": ["99 % of what came in left within 24 hours"],
         "innocent": "an agent"} for account, score in (("acc_layer_1", 0.9), ("acc_mule_1", 0.7), ("acc_other", 0.95))
    ])  # fmt: skip


def _fill_people(case: Case, note: str) -> None:
    case.fill("trafficking_indicator", [
        {"person_id": "aa02", "indicator": "physical_and_sexual_violence", "state": "present",
         "quote": "He beat Aung  Htet with a belt, Htet wept", "speaker": "Aung Htet", "directness": "own_words",
         "record_id": note},
        {"person_id": "aa02", "indicator": "debt_bondage", "state": "unknown", "quote": None, "speaker": None,
         "directness": None, "record_id": None},
    ])  # fmt: skip
    base = {"n_unknown": 9, "open_questions": ["Were papers taken from Aung Htet?"], "reason": "Aung Htet was beaten"}
    case.fill("protected_person", [
        {"person_id": "aa01", "status": "reported_victim", "grounds": "none", "n_present": 0, "child": False,
         "record_ids": [REPORT["record_id"]], **base},
        {"person_id": "aa02", "status": "presumed_victim", "grounds": "strong", "n_present": 1, "child": False,
         "record_ids": [HANDED["record_id"], note], **base},
        {"person_id": "aa03", "status": "no_information", "grounds": "no_information", "n_present": 0, "child": True,
         "record_ids": [CHILD["record_id"]], **base},
    ])  # fmt: skip
    case.fill("role", [
        {"person_id": "bb01", "rank": 1, "rank_low": 1, "rank_high": 1, "score": 0.9, "features": '{"holds_key": 1}',
         "reason": "holds the key that Aung Htet saw", "protection": "none", "record_ids": [note]},
        {"person_id": "aa02", "rank": 2, "rank_low": 2, "rank_high": 4, "score": 0.2, "features": "{}",
         "reason": "writes to many", "protection": "presumed_victim", "record_ids": [note]},
    ])  # fmt: skip


def _fill_crackdown(case: Case) -> None:
    case.fill("action", [
        _action("A1", "series", "handover", 31000.0, date(2023, 11, 21), ["E1", "E2"], count_low=4666.0,
        series="to China",
                title="Suspects handed over to China, running total"),
        _action("A2", "happening", "arrest|rescue_release", 63.0, date(2023, 11, 21), ["E3", "E2"], count_low=60.0,
                alarms=["parts sum to 70, more than the total of 63; noted by Aung Htet"]),
        _action("A3", "happening", "raid", None, date(2023, 9, 3), ["E4"]),
    ])  # fmt: skip
    case.fill("coverage", [{"coverage_id": "c1", "dimension": "role", "label": "leaders near Aung Htet",
    "reached": 63.0,
                            "reached_low": 63.0, "reached_high": 63.0, "reached_what": "people named as leaders",
                            "of": 31000.0, "of_what": "people handed over, told by Aung Htet", "ratio": 63 / 31000,
                            "unit": "people", "node_ids": ["aa03", "phone:+639175550123"], "report_ids": ["E3"],
                            "record_ids": [NEWS["record_id"]]}])  # fmt: skip
    case.fill("loophole", [
        {**_ratio("l1", "role", "How many of those handed over lead?", 63.0, 31000.0, "people"), "n_parts": 2},
        _ratio("l2", "money", "How much was recovered?", None, 16.4e9, "USD"),
        _ratio("l3", "area", "How many compounds were reached?", 9.0, 14.0, "compounds"),
    ])  # fmt: skip
    case.fill("loophole_part", [
        _part("q1", "l1", 1, "How many of those near Aung Htet?", 3.0, 30.0),
        _part("q2", "l1", 2, "How many at Lake House?", None, 12.0),
    ])  # fmt: skip
    case.fill("scenario", [
        {"scenario_id": name, "step": step, "n_gone": step, "removed_id": gone, "largest_share": 1 - step * 0.4,
         "largest_low": 1 - step * 0.45, "largest_high": 1 - step * 0.1,
         "money_share": 1 - step / 4, "money_low": 1 - step / 4, "money_high": 1 - step / 8,
         "roles_share": 1 - step / 2, "roles_low": 1 - step / 2, "roles_high": 1 - step / 3,
         "method": "removed by rank"}
        for name in ("as the crackdown did", "by control") for step, gone in enumerate([None, "bb01", "aa02"])
    ])  # fmt: skip


@pytest.fixture
def harbour(case: Case) -> Case:
    """The small case, with the report stage run."""
    from upriver.report.stage import STAGE

    fill(case).run(STAGE)
    return case


@pytest.fixture
def evidence(harbour: Case) -> Path:
    """Its folder of evidence."""
    return harbour.folder


@pytest.fixture
def secrets() -> tuple[str, ...]:
    """What must be seen nowhere when victims are masked."""
    return SECRETS


@pytest.fixture
def shown() -> tuple[str, ...]:
    """What must stay to be seen."""
    return SHOWN
