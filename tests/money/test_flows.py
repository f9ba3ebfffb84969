from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from upriver.case.store import Case
from upriver.money.evidence import Reported
from upriver.money.flows import match
from upriver.money.params import MoneyParams
from upriver.money.stage import STAGE

NOON = datetime(2026, 1, 5, 12)


def transfer(
    name: str, source: str, target: str, usd: float | None, hours: float = 0.0, **other: object
) -> dict[str, object]:
    return {
        "transfer_id": name, "source_account": source, "target_account": target,
        "occurred_at": NOON + timedelta(hours=hours), "amount": usd or 7.0, "asset": "USD", "amount_usd": usd,
        "rail": "bank", "record_id": f"bank#{name}", **other,
    }  # fmt: skip


def facts(entity: str, schema: str, **props: str) -> list[dict[str, object]]:
    return [
        {"statement_id": f"{entity} {prop}", "entity_id": entity, "schema": schema, "prop": prop, "value": value,
         "record_id": f"report#{entity}"}
        for prop, value in props.items()
    ]  # fmt: skip


def report(name: str, payee: str, usd: float, victim: str = "ada", **told: str) -> list[dict[str, object]]:
    """A payment into `payee` that `victim` reports."""
    return [
        *facts(victim, "Person", status="reported victim", name=victim),
        *facts(f"account {payee}", "BankAccount", accountNumber=payee),
        *facts(name, "Payment", payer=victim, beneficiaryAccount=f"account {payee}", amount=str(usd), currency="USD",
               **{"date": "2026-01-05T12:00:00", **told}),
    ]  # fmt: skip


def statements(case: Case, *groups: list[dict[str, object]]) -> None:
    rows = {row["statement_id"]: row for group in groups for row in group}
    case.fill("statement", list(rows.values()))


def origins(case: Case) -> dict[str, tuple[str, str | None]]:
    return {row["transfer_id"]: (row["origin"], row["victim_id"]) for row in case.read("flow").to_pylist()}


def test_transfers_to_oneself_and_without_a_value_are_left_out(any_case: Case) -> None:
    any_case.fill(
        "transfer",
        [transfer("t1", "A", "B", 10.0), transfer("t2", "A", "A", 10.0), transfer("t3", "A", "B", None),
         transfer("t4", "A", "B", float("nan"))],
    )  # fmt: skip
    any_case.run(STAGE)
    assert origins(any_case) == {"t1": ("other", None)}


def test_a_reported_payment_is_found_by_its_reference_and_the_way_back_is_a_return(any_case: Case) -> None:
    any_case.fill(
        "transfer",
        [transfer("t1", "A", "M", 100.0, reference="r-77"), transfer("t2", "A", "M", 100.0, 1.0),
         transfer("t3", "M", "A", 5.0, 9.0), transfer("t4", "A", "M", 5.0, -9.0), transfer("t5", "M", "B", 5.0, 9.0)],
    )  # fmt: skip
    statements(any_case, report("p1", "M", 100.0, transactionNumber="R-77 "))
    any_case.run(STAGE)
    assert origins(any_case) == {
        "t1": ("victim_payment", "ada"), "t2": ("other", None), "t3": ("return", "ada"), "t4": ("other", None),
        "t5": ("other", None),
    }  # fmt: skip
    loss = any_case.read("loss").to_pylist()
    assert [(row["reported_usd"], row["found_usd"], row["returned_usd"]) for row in loss] == [(100.0, 100.0, 5.0)]


def test_without_a_reference_account_amount_and_time_must_agree(case: Case) -> None:
    case.fill(
        "transfer",
        [transfer("late", "A", "M", 100.0, 90.0), transfer("near", "A", "M", 100.4, 3.0),
         transfer("more", "A", "M", 103.0, 1.0), transfer("else", "A", "N", 100.0)],
    )  # fmt: skip
    statements(case, report("p1", "M", 100.0))
    case.run(STAGE)
    assert [name for name, (origin, _) in origins(case).items() if origin == "victim_payment"] == ["near"]


def test_a_mistyped_reference_is_found_by_account_amount_and_time(case: Case) -> None:
    case.fill("transfer", [transfer("t1", "A", "M", 100.0, reference="R77")])
    statements(case, report("p1", "M", 100.0, transactionNumber="R7T"))
    case.run(STAGE)
    assert origins(case) == {"t1": ("victim_payment", "ada")}


def test_a_reference_that_account_and_amount_speak_against_is_not_believed(case: Case) -> None:
    case.fill("transfer", [transfer("t1", "A", "N", 9.0, reference="R77")])
    statements(case, report("p1", "M", 100.0, transactionNumber="R77"))
    case.run(STAGE)
    assert origins(case) == {"t1": ("other", None)}
    assert case.read("loss")["found_usd"].to_pylist() == [0.0]


def test_ransom_is_victims_money_though_the_payer_reports_no_fraud(case: Case) -> None:
    case.fill("transfer", [transfer("t1", "F", "M", 100.0)])
    statements(
        case,
        facts("account M", "BankAccount", accountNumber="M"),
        facts("p", "Payment", payer="kin", beneficiaryAccount="account M", amount="100", currency="USD",
              date="2026-01-05T12:00:00", purpose="ransom"),
    )  # fmt: skip
    case.run(STAGE)
    assert origins(case) == {"t1": ("ransom", "kin")}


def test_all_that_leaves_a_named_source_is_stolen(case: Case) -> None:
    case.fill(
        "transfer", [transfer("t1", "S", "M", 100.0), transfer("t2", "S", "N", 5.0), transfer("t3", "M", "S", 5.0)]
    )
    statements(case, facts("s", "CryptoWallet", publicKey="S", status="stolen from"))
    case.run(STAGE)
    assert {name: origin for name, (origin, _) in origins(case).items()} == {
        "t1": "stolen", "t2": "stolen", "t3": "other"
    }  # fmt: skip
    assert case.read("loss")["victim_id"].to_pylist() == ["S"]


def decided(kind: str, subject: str, number: int = 1) -> dict[str, object]:
    return {
        "decision_id": f"d{number}", "kind": kind, "subject_id": subject, "who": "an analyst",
        "decided_at": NOON + timedelta(minutes=number), "why": "told so",
    }  # fmt: skip


def test_an_analyst_overrules_the_report_and_the_later_decision_holds(case: Case) -> None:
    case.fill("transfer", [transfer("t1", "A", "M", 100.0)])
    statements(case, report("p1", "M", 100.0))
    case.fill("decision", [decided("not_victim", "ada")])
    case.run(STAGE)
    assert origins(case) == {"t1": ("other", None)}
    case.fill("decision", [decided("not_victim", "ada"), decided("victim", "ada", 2)])
    case.run(STAGE)
    assert origins(case) == {"t1": ("victim_payment", "ada")}


def test_an_account_told_to_be_a_victims_pays_victims_money_but_not_to_services(case: Case) -> None:
    case.fill("transfer", [transfer("t1", "V", "M", 100.0), transfer("t2", "V", "SHOP", 5.0)])
    statements(case, facts("shop", "BankAccount", accountNumber="SHOP", status="service", notes="shop"))
    case.fill("decision", [decided("victim", "bank_account:V")])
    case.run(STAGE)
    assert origins(case) == {"t1": ("victim_payment", "bank_account:V"), "t2": ("other", None)}


def payment(name: str, payer: str | None, **other: object) -> Reported:
    told = {
        "payment_id": name, "victim_id": f"victim {name}", "payer_account": payer, "payee_account": "M",
        "amount": 100.0, "asset": "USD", "paid_at": NOON, "reference": None, "ransom": False, "record_ids": (),
    }  # fmt: skip
    return Reported(**{**told, **other})  # type: ignore[arg-type]


def candidates(*payments: Reported) -> list[dict[str, object]]:
    """Two equal transfers into M, of A and of B, for each payment."""
    rows = [transfer("t1", "A", "M", 100.0), transfer("t2", "B", "M", 100.0)]
    return [{**row, "reference": None, "payment_id": p.payment_id} for p in payments for row in rows]


def test_one_transfer_answers_one_report_and_the_payers_account_decides() -> None:
    both = payment("p1", "B"), payment("p2", "A")
    assert match(both, candidates(*both), MoneyParams()) == {"p1": "t2", "p2": "t1"}
    both = payment("p1", None), payment("p2", "A")
    assert match(both, candidates(*both), MoneyParams()) == {"p1": "t2", "p2": "t1"}


def test_the_order_of_candidates_does_not_matter() -> None:
    both = payment("p1", None), payment("p2", None)
    told = candidates(*both)
    assert match(both, told, MoneyParams()) == match(both[::-1], told[::-1], MoneyParams()) == {"p1": "t1", "p2": "t2"}


def test_without_a_day_equal_payments_are_not_told_apart() -> None:
    undated = payment("p1", None, paid_at=None)
    assert match([undated], candidates(undated), MoneyParams()) == {}
    assert match([undated], candidates(undated)[:1], MoneyParams()) == {"p1": "t1"}


@pytest.mark.parametrize(("asset", "found"), [("USDT", True), ("THB", False)])
def test_an_amount_in_another_currency_agrees_only_through_dollars(asset: str, found: bool) -> None:
    told = payment("p1", "A", asset=asset)
    rows = [{**row, "asset": "CNY", "amount": 710.0} for row in candidates(told)]
    assert bool(match([told], rows, MoneyParams())) is found
