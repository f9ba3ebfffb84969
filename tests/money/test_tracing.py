from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from upriver.case.store import Case
from upriver.errors import SettingsError
from upriver.money.evidence import service_class
from upriver.money.params import MoneyParams
from upriver.money.stage import STAGE

DAY = datetime(2026, 1, 1)
PLAIN = MoneyParams(dust_usd=0.0, dust_share=0.0)


def transfers(*lines: str) -> list[dict[str, object]]:
    """`A>B 100 1d` is a transfer of 100 USD on day 1; `cash` at the end makes it cash."""
    rows = []
    for number, line in enumerate(lines):
        ends, usd, day, *rail = line.split()
        source, target = ends.split(">")
        rows.append(
            {"transfer_id": f"t{number:02}", "source_account": source, "target_account": target,
             "occurred_at": DAY + timedelta(days=float(day.rstrip("d"))), "amount": float(usd), "asset": "USD",
             "amount_usd": float(usd), "rail": rail[0] if rail else "bank", "record_id": f"bank#{number}"}
        )  # fmt: skip
    return rows


def status(account: str, value: str, kind: str = "") -> list[dict[str, object]]:
    props = {"accountNumber": account, "status": value, **({"notes": kind} if kind else {})}
    return [
        {"statement_id": f"{account} {prop}", "entity_id": f"entity {account}", "schema": "BankAccount", "prop": prop,
         "value": told, "record_id": "list#1"}
        for prop, told in props.items()
    ]  # fmt: skip


def traced(
    case: Case, *lines: str, services: dict[str, str] | None = None, params: MoneyParams = PLAIN
) -> dict[str, dict[str, object]]:
    """Rows of traced_account by account, where all that leaves S is stolen."""
    case.fill("transfer", transfers(*lines))
    listed = [row for account, kind in (services or {}).items() for row in status(account, "service", kind)]
    case.fill("statement", [*status("S", "stolen from"), *listed])
    case.run(STAGE, params)
    return {row["account"]: row for row in case.read("traced_account").to_pylist()}


def test_money_is_followed_to_where_it_stays(case: Case) -> None:
    rows = traced(case, "S>M 100 1d", "M>N 95 2d", "N>P 90 3d", "X>Y 1 40d")
    assert {a: (r["received_usd"], r["kept_usd"], r["n_hops"]) for a, r in rows.items()} == {
        "M": (100, 5, 0), "N": (95, 5, 1), "P": (90, 90, 2)
    }  # fmt: skip
    assert [rows[a]["stop_reason"] for a in "MNP"] == [None, None, "parked"]


def test_money_that_arrives_near_the_end_of_the_evidence_is_not_called_parked(case: Case) -> None:
    assert traced(case, "S>M 100 1d", "X>Y 1 3d")["M"]["stop_reason"] == "end_of_evidence"


@pytest.mark.parametrize(
    ("kind", "stop", "cash_out"),
    [("exchange", "cash_out", True), ("mixer", "mixer", False), ("shop", "service", False), ("", "cash_out", True)],
)
def test_a_known_service_ends_the_trace(case: Case, kind: str, stop: str, cash_out: bool) -> None:
    rows = traced(case, "S>X 100 1d", "X>N 100 2d", services={"X": kind})
    assert (rows["X"]["stop_reason"], rows["X"]["cash_out"]) == (stop, cash_out)
    assert "N" not in rows


def test_an_analyst_may_say_that_it_is_no_service(case: Case) -> None:
    case.fill(
        "decision",
        [{"decision_id": "d1", "kind": "not_service", "subject_id": "bank_account:X", "who": "an analyst",
          "decided_at": DAY, "why": "a private wallet"}],
    )  # fmt: skip
    assert "N" in traced(case, "S>X 100 1d", "X>N 100 2d", services={"X": "exchange"})


def test_an_account_of_many_payers_and_payees_is_taken_for_a_service(case: Case) -> None:
    around = [f"{a}>X 10 1d" for a in "abcdefghijklmn"] + [f"X>{a} 16 2d" for a in "opqrstuvwxyz12"]
    rows = traced(case, "S>M 100 1d", "M>X 100 1.5d", *around)
    assert rows["X"]["stop_reason"] == "service"
    assert rows["X"]["service_score"] >= 0.5
    assert "15 payers" in rows["X"]["reason"]
    assert set(rows) == {"M", "X"}


def test_the_account_that_victims_pay_is_never_a_service_by_its_looks(case: Case) -> None:
    around = [f"{a}>X 10 1d" for a in "abcdefghijklmn"] + [f"X>{a} 10 2d" for a in "opqrstuvwxyz12"]
    rows = traced(case, "S>X 100 0.5d", *around)
    assert rows["X"]["stop_reason"] is None
    assert len(rows) > 1


def test_an_account_that_lives_on_victims_money_is_a_hub_and_no_service(case: Case) -> None:
    mules = [f"S>{m} 100 1d" for m in "abcdefghijklmn"] + [f"{m}>X 100 2d" for m in "abcdefghijklmn"]
    rows = traced(case, *mules, *[f"X>{a} 100 3d" for a in "opqrstuvwxyz12"])
    assert rows["X"]["service_score"] >= 0.5
    assert rows["X"]["stop_reason"] is None
    assert "o" in rows


def test_who_serves_very_many_is_a_service_though_most_of_its_money_is_victims(case: Case) -> None:
    around = [f"a{n}>X 10 1d" for n in range(80)] + [f"X>b{n} 20 4d" for n in range(80)]
    rows = traced(case, "S>M 1200 1d", "M>X 1200 2d", *around)
    assert rows["X"]["stop_reason"] == "service"
    assert set(rows) == {"M", "X"}


def test_cash_leaves_the_accounts(case: Case) -> None:
    rows = traced(case, "S>M 100 1d", "M>ATM 100 2d cash")
    assert (rows["ATM"]["stop_reason"], rows["ATM"]["cash_out"]) == ("cash_out", True)


def test_what_an_account_sends_beyond_its_means_is_said(case: Case) -> None:
    rows = traced(case, "S>M 100 1d", "M>N 250 2d")
    assert rows["M"]["unseen_inflow_usd"] == 150
    assert "150 USD beyond" in rows["M"]["reason"]
    assert rows["N"]["received_usd"] == 100
    stopped = traced(case, "S>M 100 1d", "M>N 250 2d", params=MoneyParams(unseen="stop"))
    assert stopped["M"]["stop_reason"] == "unseen_inflow"
    assert "N" not in stopped


def test_an_unknown_policy_is_refused_with_those_that_are_known(case: Case) -> None:
    with pytest.raises(SettingsError, match="clean, opening, stop"):
        traced(case, "S>M 100 1d", params=MoneyParams(unseen="guess"))


def test_the_spread_over_the_methods_stands_beside_each_figure(case: Case) -> None:
    rows = traced(case, "S>M 100 1d", "X>M 100 2d", "M>N 100 3d")
    assert (rows["N"]["received_usd"], rows["N"]["low_usd"], rows["N"]["high_usd"]) == (100, 0, 100)
    found = {(r["transfer_id"], r["method"]): r["traced_usd"] for r in case.read("trace").to_pylist()}
    assert found == {
        ("t00", "fifo"): 100, ("t00", "haircut"): 100, ("t02", "fifo"): 100, ("t02", "haircut"): 50
    }  # fmt: skip


def test_a_holder_is_put_beside_the_account_and_carries_nothing(case: Case) -> None:
    case.fill(
        "observable",
        [{"observable_id": f"bank_account:{a}", "kind": "bank_account", "value": a, "raw": a, "entity_id": "ada",
          "start": -1, "record_id": "list#1"} for a in ("M", "N")],
    )  # fmt: skip
    case.fill(
        "entity",
        [{"entity_id": "ada", "canonical_id": "ada", "schema": "Person", "caption": "Ada", "n_members": 1}],
    )
    rows = traced(case, "S>M 100 1d", "N>P 100 2d")
    assert rows["M"]["holder_id"] == "ada"
    assert set(rows) == {"M"}  # N is Ada's too, and nothing of this went through it


def test_what_reaches_a_cash_out_point_is_told_for_each_loss(case: Case) -> None:
    traced(case, "S>M 100 1d", "M>X 60 2d", services={"X": "exchange"})
    assert case.read("loss").to_pylist()[0]["reached_cash_out_usd"] == pytest.approx(60)


def test_without_victims_nothing_is_traced(case: Case) -> None:
    case.fill("transfer", transfers("A>B 100 1d"))
    case.run(STAGE)
    assert case.read("flow").num_rows == 1
    assert [case.read(name).num_rows for name in ("trace", "traced_account", "loss")] == [0, 0, 0]


def test_without_transfers_nothing_is_written(case: Case) -> None:
    case.run(STAGE)
    assert [case.read(name).num_rows for name in STAGE.writes] == [0] * len(STAGE.writes)


LINES = st.lists(
    st.tuples(st.sampled_from("SABCD"), st.sampled_from("SABCD"), st.integers(1, 50), st.integers(1, 4))
    .filter(lambda t: t[0] != t[1])
    .map(lambda t: f"{t[0]}>{t[1]} {t[2]} {t[3]}d"),
    min_size=1,
    max_size=12,
)  # fmt: skip


@given(LINES, st.integers(0, 5))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_rows_never_matters_and_nothing_is_lost(case: Case, lines: list[str], seed: int) -> None:
    rows = transfers(*lines)
    results = []
    for shuffled in (rows, random.Random(seed).sample(rows, len(rows))):
        case.fill("transfer", shuffled)
        case.fill("statement", status("S", "stolen from"))
        case.run(STAGE, PLAIN)
        results.append([case.read(name).to_pylist() for name in STAGE.writes])
    assert results[0] == results[1]
    kept = sum(row["kept_usd"] for row in results[0][2])
    at_source = sum(row["amount_usd"] for row in results[0][0] if row["origin"] == "stolen")
    assert kept <= at_source + 1e-9


def test_kinds_of_services_are_read_in_any_language() -> None:
    assert service_class("OTC desk") == "cash_out"
    assert service_class("担保平台") == "cash_out"
    assert service_class("payroll") == "service"
