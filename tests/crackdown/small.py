"""A case small enough to draw: a boss, a guard and six workers at two sites, money through one account, one list.

gate: boss (commands, keys), guard (keys), w0 w1 w2        pier: chief (commands), w3 w4 w5
boss calls all at gate, chief calls all at pier, boss calls chief; w0 and w1 are handed over on day 60
V pays M (held by the boss), M pays X, where it can leave for cash
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from upriver.case.store import Case

START = datetime(2026, 1, 1)
PEOPLE = ("boss", "chief", "guard", "w0", "w1", "w2", "w3", "w4", "w5")
AT = {"gate": ("boss", "guard", "w0", "w1", "w2"), "pier": ("chief", "w3", "w4", "w5")}
TAKEN = ("w0", "w1")
LIST_DAY = 60


def day(n: int) -> datetime:
    return START + timedelta(days=n)


def edge(source: str, target: str, kind: str, **more: Any) -> dict[str, Any]:
    return {
        "edge_id": f"{kind} {source} {target}", "source_id": source, "target_id": target, "kind": kind,
        "directed": True, "weight": 1.0, "n_records": 1, "record_ids": [f"{kind}#{source} {target}"], **more,
    }  # fmt: skip


def role(person: str, rank: int, protection: str = "none", **marks: float) -> dict[str, Any]:
    return {
        "person_id": person, "rank": rank, "rank_low": rank, "rank_high": rank, "score": 1 / (rank + 1),
        "features": json.dumps(marks), "reason": "", "protection": protection, "record_ids": [f"role#{person}"],
    }  # fmt: skip


def told(entity: str, schema: str, prop: str, value: str, record: str) -> dict[str, Any]:
    return {"statement_id": f"{entity}{prop}{value}{record}", "entity_id": entity, "schema": schema, "prop": prop,
            "value": value, "record_id": record}  # fmt: skip


def entity(name: str, schema: str = "Person") -> dict[str, Any]:
    return {"entity_id": name, "canonical_id": name, "schema": schema, "caption": name, "n_members": 1}


def call(person: str, n: int) -> dict[str, Any]:
    return {"call_id": f"{person}{n}", "caller": f"phone:{person}", "callee": "phone:out", "started_at": day(n),
            "seconds": 9, "record_id": f"calls#{person} {n:03}"}  # fmt: skip


def report(name: str, **more: Any) -> dict[str, Any]:
    on = day(LIST_DAY).date()
    return {
        "report_id": name, "type": "handover", "count": 2.0, "qualifier": "exact", "unit": "people", "role": "all",
        "modality": "actual", "span": "2 people were handed over", "source": "Lake Post", "from_on": on, "to_on": on,
        "place": "Myawaddy", "country": "MM", "cumulative": False, "published_on": on, "record_id": f"news#{name}",
        **more,
    }  # fmt: skip


def fill(case: Case, busy: dict[str, tuple[int, int]] | None = None) -> Case:
    """busy: person -> first and last day on which they call, once a day; all call on days 0 to 99 without it."""
    case.fill("entity", [*(entity(name) for name in PEOPLE), *(entity(name, "Organization") for name in AT)])
    case.fill("statement", [
        row
        for person in TAKEN
        for row in (
            told(person, "Person", "status", "handed over", f"list#{person}"),
            told("event", "Event", "involved", person, f"list#{person}"),
            told("event", "Event", "name", "L1", f"list#{person}"),
            told("event", "Event", "date", str(day(LIST_DAY).date()), f"list#{person}"),
            told("event", "Event", "location", "gate", f"list#{person}"),
        )
    ])  # fmt: skip
    ties = [edge(person, site, "works_at") for site, people in AT.items() for person in people]
    ties += [edge("boss", person, "calls") for person in AT["gate"][1:]]
    ties += [edge("chief", person, "calls") for person in AT["pier"][1:]]
    ties += [edge("boss", "chief", "calls"), edge("boss", "gate", "owns"), edge("boss", "pier", "owns")]
    case.fill("edge", ties)
    case.fill("role", [
        role("boss", 1, commands=0.9, holds_key=0.9), role("chief", 2, commands=0.8), role("guard", 3, holds_key=0.5),
        role("w2", 4, "presumed_victim", holds_key=0.5),
    ])  # fmt: skip
    case.fill("protected_person", [
        {"person_id": person, "status": status, "grounds": "strong", "n_present": 2, "n_unknown": 9, "child": child,
         "reason": "", "open_questions": [], "record_ids": []}
        for person, status, child in (("w2", "presumed_victim", False), ("w3", "no_information", True),
                                      ("V", "reported_victim", False))
    ])  # fmt: skip
    case.fill("flow", [
        {"transfer_id": f"t{n}", "source_account": a, "target_account": b, "occurred_at": day(n), "amount_usd": 90.0,
         "origin": "other" if n else "victim_payment", "record_id": f"bank#{n}"}
        for n, (a, b) in enumerate((("V", "M"), ("M", "X")))
    ])  # fmt: skip
    case.fill("trace", [
        {"transfer_id": f"t{n}", "method": "auto", "main": True, "traced_usd": 90.0, "presumed_usd": 0.0,
         "low_usd": 90.0, "high_usd": 90.0, "n_hops": n} for n in range(2)
    ])  # fmt: skip
    case.fill("traced_account", [
        {"account": name, "holder_id": holder, "received_usd": 90.0, "kept_usd": kept, "low_usd": 90.0,
         "high_usd": 90.0, "n_hops": 1, "first_at": START, "last_at": START, "stop_reason": why, "cash_out": bool(why),
         "unseen_inflow_usd": 0.0, "service_score": 0.0, "reason": ""}
        for name, holder, kept, why in (("M", "boss", 30.0, None), ("X", None, 60.0, "cash_out"))
    ])  # fmt: skip
    case.fill("loss", [
        {"victim_id": "V", "reported_usd": 100.0, "found_usd": 90.0, "returned_usd": 0.0, "inducement_usd": 0.0,
         "ransom_usd": 0.0, "net_usd": 90.0, "reached_cash_out_usd": 60.0, "n_payments": 1,
         "first_at": START, "last_at": START, "record_ids": ["report#V"]}
    ])  # fmt: skip
    case.fill("identifier", [{"observable_id": f"phone:{person}", "node_id": person} for person in PEOPLE])
    spans = busy if busy is not None else dict.fromkeys(PEOPLE, (0, 99))
    case.fill("call", [call(person, n) for person, (first, last) in spans.items() for n in range(first, last + 1)])
    return case


def every_ratio(case: Case) -> list[dict[str, Any]]:
    """Ratios that stand alone, and those told with another."""
    return [*case.read("loophole").to_pylist(), *case.read("loophole_part").to_pylist()]
