"""What victims paid after an approach, and what hangs on each source: after is not because, and nothing is guessed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from upriver.case.store import Case
from upriver.money.stage import STAGE

START = datetime(2025, 3, 1, 8)


def approach(name: str, source: str, **told: Any) -> dict[str, Any]:
    return {
        "approach_id": name, "medium": "message", "basis": "words", "thread": name, "source_id": source,
        "object_id": f"phone:{name}", "n_parties": 2, "label": "scam", "kind": "romance", "stages": "trust|payment",
        "n_out": 2, "n_back": 1, "first_at": START, "last_at": START + timedelta(days=9), "trust_at": None,
        "gains_at": None, "payment_at": None, "squeeze_at": None, "answered": True, "victim_id": None, "tie": None,
        "by_victim": False, "n_records": 1, "record_ids": [f"m#{name}"], **told,
    }  # fmt: skip


def means(name: str, source: str, kind: str) -> dict[str, Any]:
    return {"approach_id": name, "source_id": source, "kind": kind, "n_texts": 1, "record_ids": [f"m#{name}"]}


def pays(case: Case, *told: tuple[str, str, str, float]) -> None:
    """payment, victim, time, amount: reported; those with an hour are found among the transfers as well."""
    rows, transfers = [], []
    for name, victim, moment, amount in told:
        facts = [("Person", victim, "status", "reported victim"), ("Payment", name, "payer", victim),
                 ("Payment", name, "amount", str(amount)), ("Payment", name, "currency", "USD"),
                 ("Payment", name, "date", moment), ("Payment", name, "payerAccount", f"a{victim}"),
                 ("Payment", name, "beneficiaryAccount", "mule"),
                 ("BankAccount", f"a{victim}", "accountNumber", f"acc{victim}"),
                 ("BankAccount", "mule", "accountNumber", "accmule")]  # fmt: skip
        rows += [
            {"statement_id": f"{name}{at}", "entity_id": entity, "schema": schema, "prop": prop, "value": value,
             "record_id": f"r#{name}"}
            for at, (schema, entity, prop, value) in enumerate(facts)
        ]  # fmt: skip
        if len(moment) > 10:
            transfers.append({
                "transfer_id": f"t{name}", "source_account": f"acc{victim}", "target_account": "accmule",
                "occurred_at": datetime.fromisoformat(moment), "amount": amount, "asset": "USD", "amount_usd": amount,
                "rail": "bank", "record_id": f"x#{name}",
            })  # fmt: skip
    case.fill("statement", rows)
    case.fill("transfer", transfers)
    victims = sorted({victim for _, victim, _, _ in told})
    case.fill("entity", [
        {"entity_id": victim, "canonical_id": victim, "schema": "Person", "caption": victim, "n_members": 1}
        for victim in victims
    ])  # fmt: skip


def test_a_victim_first_paid_after_the_contact_and_not_before(any_case: Case) -> None:
    pays(any_case, ("p0", "v", "2025-02-20T08:00:00", 10.0), ("p1", "v", "2025-03-11T08:00:00", 500.0),
         ("p2", "v", "2025-03-12T08:00:00", 700.0))  # fmt: skip
    any_case.fill("approach", [
        approach("1", "whatsapp:+661", victim_id="v", tie="owner"), approach("2", "whatsapp:+661", answered=False),
        approach("3", "phone:+663", victim_id="v", tie="owner", by_victim=True),
        approach("4", "phone:+661", medium="call", basis="number", answered=False, kind=None, stages=None),
    ])  # fmt: skip
    any_case.fill("approach_means", [
        means("1", "phone:+661", "number"), means("2", "phone:+661", "number"), means("4", "phone:+661", "number"),
        means("1", "domain:goldx.top", "domain"), means("3", "phone:+663", "number"),
    ])  # fmt: skip
    any_case.run(STAGE)
    (paid,) = any_case.read("approach_payment").to_pylist()
    assert (paid["approach_id"], paid["paid_at"], paid["first_usd"]) == ("1", datetime(2025, 3, 11, 8), 500.0)
    assert (paid["transfer_id"], paid["days"], paid["n_payments"], paid["paid_usd"]) == ("tp1", 10.0, 2, 1200.0)
    assert paid["record_ids"] == ["r#p1", "r#p2", "x#p1", "x#p2"]
    sources = {row["source_id"]: row for row in any_case.read("approach_source").to_pylist()}
    assert sources.keys() == {"phone:+661", "domain:goldx.top"}  # a victim's own number is no source
    number = sources["phone:+661"]
    assert (number["n_approaches"], number["n_approached"], number["n_answered"], number["n_unanswered"]) == (
        2,
        2,
        1,
        1,
    )
    assert (number["n_others"], number["n_paid"], number["paid_usd"]) == (1, 1, 1200.0)
    assert (number["kinds"], number["stages"], number["label"]) == ("romance", "trust|payment", "scam")
    assert number["record_ids"] == ["m#1", "m#2", "m#4"]


def test_a_payment_of_which_only_the_day_is_told_may_follow_a_contact_of_that_day(case: Case) -> None:
    late = START.replace(hour=20)
    pays(case, ("p1", "v", "2025-03-01", 500.0))
    case.fill("approach", [approach("1", "phone:+661", victim_id="v", tie="owner", first_at=late)])
    case.fill("approach_means", [means("1", "phone:+661", "number")])
    case.run(STAGE)
    (paid,) = case.read("approach_payment").to_pylist()
    assert (paid["days"], paid["transfer_id"], paid["first_usd"]) == (0.0, None, 500.0)


def test_a_contact_that_only_a_report_names_has_a_payment_and_no_days(case: Case) -> None:
    pays(case, ("p1", "v", "2025-03-11T08:00:00", 500.0))
    case.fill("approach", [
        approach("1", "phone:+661", medium="report", basis="named", victim_id="v", tie="report", first_at=None,
                 answered=None, object_id=None),
    ])  # fmt: skip
    case.fill("approach_means", [means("1", "phone:+661", "number")])
    case.run(STAGE)
    (paid,) = case.read("approach_payment").to_pylist()
    assert (paid["days"], paid["transfer_id"]) == (None, "tp1")
    (source,) = case.read("approach_source").to_pylist()
    assert (source["n_approached"], source["n_answered"], source["n_unanswered"], source["n_paid"]) == (1, 0, 0, 1)


def test_an_approach_tied_to_nobody_has_no_payment_and_a_common_source_says_so(case: Case) -> None:
    pays(case, ("p1", "v", "2025-03-11T08:00:00", 500.0))
    case.fill("approach", [approach("1", "phone:+661")])
    case.fill("approach_means", [means("1", "domain:google.com", "domain")])
    case.fill(
        "common_value", [{"kind": "domain", "node_id": "domain:google.com", "n": 9, "bound": 0, "reason": "a mail"}]
    )
    case.run(STAGE)
    assert case.read("approach_payment").num_rows == 0
    (source,) = case.read("approach_source").to_pylist()
    assert (source["common"], source["n_paid"], source["paid_usd"]) == ("a mail", 0, None)
