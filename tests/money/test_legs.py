"""Legs in a case: S is stolen from, X swaps and is listed, N is paid out."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from upriver.case.store import Case
from upriver.errors import SettingsError
from upriver.money.evidence import joins_legs
from upriver.money.params import MoneyParams
from upriver.money.stage import STAGE

DAY = datetime(2026, 1, 1)
PLAIN = MoneyParams(dust_usd=0.0, dust_share=0.0)
SWAP = ("S>M 1000 0 USDT", "M>X 1000 60 USDT", "X>N 990 70 BTC")


def transfers(*lines: str) -> list[dict[str, object]]:
    """`A>B 100 60 BTC tx` is a transfer of 100 USD in BTC at minute 60, in the transaction tx."""
    rows = []
    for number, line in enumerate(lines):
        ends, usd, minute, asset, *deal = line.split()
        source, target = ends.split(">")
        rows.append(
            {"transfer_id": f"t{number:02}", "source_account": source, "target_account": target,
             "occurred_at": DAY + timedelta(minutes=float(minute)), "amount": float(usd), "asset": asset,
             "amount_usd": float(usd), "rail": "chain", "reference": deal[0] if deal else None,
             "record_id": f"chain#{number}"}
        )  # fmt: skip
    return rows


def told(account: str, name: str = "", **props: str) -> list[dict[str, object]]:
    said = {"accountNumber": account, **props, **({"name": name} if name else {})}
    return [
        {"statement_id": f"{account} {prop}", "entity_id": f"entity {account}", "schema": "CryptoWallet", "prop": prop,
         "value": value, "record_id": f"list#{account}"}
        for prop, value in said.items()
    ]  # fmt: skip


def traced(
    case: Case, *lines: str, services: dict[str, str] | None = None, params: MoneyParams = PLAIN, name: str = ""
) -> dict[str, dict[str, object]]:
    """Rows of traced_account by account; `services` are listed by kind, under one `name` if it is given."""
    case.fill("transfer", transfers(*lines))
    listed = {"X": "swap"} if services is None else services
    rows = [row for one, kind in listed.items() for row in told(one, name, status="service", notes=kind)]
    case.fill("statement", [*told("S", status="stolen from"), *rows])
    case.run(STAGE, params)
    return {row["account"]: row for row in case.read("traced_account").to_pylist()}


def decide(case: Case, *kinds: str, pair: tuple[str, str] = ("t01", "t02")) -> None:
    case.fill(
        "decision",
        [{"decision_id": f"d{k}", "kind": kind, "subject_id": pair[0], "object_id": pair[1], "who": "an analyst",
          "decided_at": DAY + timedelta(days=k), "why": "the operator answered"} for k, kind in enumerate(kinds)],
    )  # fmt: skip


def test_money_goes_on_across_a_swap_and_the_service_keeps_the_fee(any_case: Case) -> None:
    rows = traced(any_case, *SWAP)
    assert {a: (row["received_usd"], row["kept_usd"], row["n_hops"]) for a, row in rows.items()} == {
        "M": (1000, 0, 0), "X": (1000, 10, 1), "N": (990, 990, 2)
    }  # fmt: skip
    (leg,) = any_case.read("leg").to_pylist()
    assert (leg["in_transfer_id"], leg["out_transfer_id"], leg["joined"], leg["sign"]) == ("t01", "t02", True, "fit")
    assert (leg["in_asset"], leg["out_asset"], leg["in_usd"], leg["out_usd"]) == ("USDT", "BTC", 1000, 990)
    assert leg["reason"] == "they fit in time and value: 10 minutes later, 1.0% less; nothing else fits"
    assert leg["record_ids"] == ["chain#1", "chain#2"]
    sure = {r["transfer_id"]: r["leg_confidence"] for r in any_case.read("trace").to_pylist() if r["method"] == "fifo"}
    assert sure == {"t00": 1, "t01": 1, "t02": pytest.approx(leg["confidence"])}


def test_a_service_stays_one_though_all_went_on(case: Case) -> None:
    row = traced(case, *SWAP)["X"]
    assert (row["stop_reason"], row["cash_out"]) == ("cash_out", True)
    assert str(row["reason"]).endswith("; 990 USD went on by 1 leg in another asset")


def test_what_went_on_has_not_reached_a_cash_out_point(case: Case) -> None:
    traced(case, *SWAP)
    assert case.read("loss").to_pylist()[0]["reached_cash_out_usd"] == pytest.approx(10)


@pytest.mark.parametrize("kind", ["mixer", "crypto mixer and exchange", "shop", ""])
def test_only_services_that_pay_out_what_they_are_paid_join(case: Case, kind: str) -> None:
    assert not joins_legs(kind)
    assert "N" not in traced(case, *SWAP, services={"X": kind})
    assert case.read("leg").num_rows == 0


def test_a_busy_service_joins_nothing_and_the_best_candidate_is_told(case: Case) -> None:
    others = [f"c{k}>X 1000 {60 + k} USDT" for k in range(4)] + [f"X>p{k} 990 {66 + k} BTC" for k in range(4)]
    rows = traced(case, *SWAP, *others)
    assert set(rows) == {"M", "X"}
    (leg,) = case.read("leg").to_pylist()
    assert (leg["joined"], leg["in_transfer_id"]) == (False, "t01")
    assert leg["confidence"] < 0.3
    assert "8 other payments would fit: not sure enough, the trace ends here" in leg["reason"]


def test_customers_of_whom_nothing_is_traced_stand_in_no_table(case: Case) -> None:
    traced(case, *SWAP, "c>X 500 60 USDT", "X>p 495 66 BTC")
    assert case.read("leg")["in_transfer_id"].to_pylist() == ["t01"]


def test_a_later_decision_overrules(case: Case) -> None:
    decide(case, "not_leg")
    assert "N" not in traced(case, *SWAP)
    decide(case, "not_leg", "leg")
    assert "N" in traced(case, *SWAP, services={"X": "shop"})
    (leg,) = case.read("leg").to_pylist()
    assert (leg["sign"], leg["confidence"]) == ("decision", 1)


def test_a_decision_of_one_instant_finds_the_payment_in(case: Case) -> None:
    decide(case, "leg")
    assert "N" in traced(case, "S>M 1000 0 USDT", "X>N 990 60 BTC", "M>X 1000 60 USDT")


def test_one_transaction_settles_it_in_a_crowd(any_case: Case) -> None:
    others = [f"c{k}>X 1000 {60 + k} USDT" for k in range(4)] + [f"X>p{k} 990 {66 + k} BTC" for k in range(4)]
    rows = traced(any_case, "S>M 1000 0 USDT", "M>X 1000 60 USDT tx", "X>N 990 60 BTC tx", *others)
    assert "N" in rows
    (leg,) = any_case.read("leg").to_pylist()
    assert (leg["sign"], leg["confidence"]) == ("transaction", 1)


def test_accounts_of_one_name_on_the_list_are_one_operator(case: Case) -> None:
    lines = ("S>M 1000 0 USDT", "M>X 1000 60 USDT", "Y>N 990 70 BTC")
    assert "N" in traced(case, *lines, services={"X": "exchange", "Y": "exchange"}, name="Golden Change")
    assert "N" not in traced(case, *lines, services={"X": "exchange", "Y": "exchange"})


def test_a_bridge_pays_the_same_asset_on_another_chain(case: Case) -> None:
    tron, ether = "TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC", "0x52908400098527886E0F7030069857D2E4169EE7"
    lines = ("S>M 1000 0 USDT", f"M>{tron} 1000 60 USDT", f"{ether}>N 990 70 USDT")
    rows = traced(case, *lines, services={tron: "bridge", ether: "bridge"}, name="Long Bridge")
    assert "N" in rows
    (leg,) = case.read("leg").to_pylist()
    assert (leg["in_asset"], leg["out_asset"]) == ("USDT on tron", "USDT on eth")


def test_an_asset_that_changes_without_a_payment_is_told(case: Case) -> None:
    rows = traced(case, "S>M 1000 0 USDT", "M>N 900 60 ETH")
    assert "900 USD may have changed from USDT to ETH without a payment that is seen" in str(rows["M"]["reason"])
    assert "changed" not in str(traced(case, "S>M 1000 0 USDT", "M>N 900 60 USDT")["M"]["reason"])


@pytest.mark.parametrize("wrong", [{"leg_fee": 0.0}, {"leg_least": 0.0}, {"leg_minutes": -1.0}, {"leg_gain": 1.0}])
def test_limits_that_make_no_sense_are_refused(case: Case, wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match="leg_"):
        traced(case, *SWAP, params=MoneyParams(**wrong))  # type: ignore[arg-type]  # floats for floats


LINES = st.lists(
    st.tuples(
        st.sampled_from("SABX"), st.sampled_from("SABX"), st.sampled_from((97, 98, 100)), st.integers(0, 90),
        st.sampled_from(("USDT", "BTC")),
    ).filter(lambda t: t[0] != t[1]).map(lambda t: f"{t[0]}>{t[1]} {t[2]} {t[3]} {t[4]}"),
    min_size=2, max_size=12,
)  # fmt: skip


@given(LINES, st.integers(0, 5))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_rows_never_matters_and_nothing_is_lost_across_legs(
    case: Case, lines: list[str], seed: int
) -> None:
    rows = transfers(*lines)
    results = []
    for shuffled in (rows, random.Random(seed).sample(rows, len(rows))):
        case.fill("transfer", shuffled)
        case.fill("statement", [*told("S", status="stolen from"), *told("X", status="service", notes="swap")])
        case.run(STAGE, PLAIN)
        results.append({name: case.read(name).to_pylist() for name in STAGE.writes})
    assert results[0] == results[1]
    kept = sum(row["kept_usd"] for row in results[0]["traced_account"])
    kept -= sum(row["presumed_usd"] for row in results[0]["trace"])
    stolen = sum(row["amount_usd"] for row in results[0]["flow"] if row["origin"] == "stolen")
    assert kept <= stolen + 1e-9
    assert {row["account"] for row in results[0]["traced_account"]} <= set("SABX")
