"""Whose loss an account holds and a transfer carries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.money.test_flows import report, statements, transfer
from tests.money.test_tracing import status

from upriver.case.store import Case
from upriver.money.params import MoneyParams
from upriver.money.stage import STAGE
from upriver.requests.victims import reference
from upriver.requests.whose import OTHERS, PRESUMED, carried, standing, summed

ADA, BEA = reference("ada"), reference("bea")
PLAIN = MoneyParams(dust_usd=0.0, dust_share=0.0)


def test_a_payment_takes_from_all_losses_in_proportion(drawn_on_any: Case) -> None:
    found = carried(drawn_on_any, ["M100"])
    assert found["T1"] == {ADA: 1000.0}
    assert list(found["T5"]) == [BEA, ADA]
    assert found["T5"] == pytest.approx({BEA: 4500 / 11, ADA: 450 / 11})


def test_only_transfers_of_the_accounts_that_are_asked_about_are_told(drawn: Case) -> None:
    assert set(carried(drawn, ["X900"])) == {"T3"}
    assert carried(drawn, []) == {}


def test_what_lies_at_an_account_is_what_the_money_stage_says(drawn: Case) -> None:
    found = standing(drawn)
    assert found.losses["M200"] == pytest.approx({BEA: 4500 / 11, ADA: 450 / 11})
    assert found.let_go == {}


@pytest.mark.parametrize("origin", ["return", "inducement"])
def test_what_is_given_back_to_a_victim_is_not_paid_on_by_it(
    drawn: Case, more: Callable[..., None], june: Callable[[int], datetime], origin: str
) -> None:
    # Bea gets 55 back, which an eleventh of Ada's is in, and pays 55 more: all of it is Bea's own.
    for name, payer, payee, day, entered in (
        ("T7", "M100", "V200300400", 21, None),
        ("T8", "V200300400", "M9", 23, 55.0),
    ):
        flow = {"transfer_id": name, "source_account": payer, "target_account": payee, "occurred_at": june(day),
                "amount_usd": 55.0, "record_id": f"f#pay {name}", "victim_id": "bea",
                "origin": "victim_payment" if entered else origin}  # fmt: skip
        more(drawn, "flow", flow)
        more(drawn, "trace", {"transfer_id": name, "method": "fifo", "main": True, "presumed_usd": 0.0,
                              "traced_usd": 55.0, "low_usd": 55.0, "high_usd": 55.0, "n_hops": 1,
                              "entered_usd": entered})  # fmt: skip
    found = carried(drawn, ["M100", "M9"])
    assert found["T7"] == pytest.approx({BEA: 50.0, ADA: 5.0})
    assert found["T8"] == {BEA: 55.0}


def test_a_victim_whose_account_holds_others_money_passes_it_on(case: Case) -> None:
    # Bea's account was lent to the crew: of her payment of 150, 100 are Ada's.
    case.fill("transfer", [transfer("t1", "A", "B", 100.0, 0), transfer("t2", "B", "M", 150.0, 1)])
    statements(
        case, report("p1", "B", 100.0, "ada", date="2026-01-05T12:00:00"),
        report("p2", "M", 150.0, "bea", date="2026-01-05T13:00:00"),
    )  # fmt: skip
    case.run(STAGE, PLAIN)
    assert carried(case, ["M"])["t2"] == pytest.approx({ADA: 100.0, BEA: 50.0})
    assert standing(case).losses["M"] == pytest.approx({ADA: 100.0, BEA: 50.0})


def test_a_stolen_wallet_is_a_loss_of_its_own_and_a_gap_is_presumed(case: Case) -> None:
    case.fill("transfer", [transfer("t1", "S", "M", 100.0), transfer("t2", "M", "N", 160.0, 1.0)])
    case.fill("statement", status("S", "stolen from"))
    case.run(STAGE, PLAIN)
    assert carried(case, ["N"])["t2"] == pytest.approx({reference("S", account=True): 100.0, PRESUMED: 60.0})


def test_what_is_nobodys_by_name_stands_last() -> None:
    assert list(summed([{OTHERS: 9.0, ADA: 1.0}, {PRESUMED: 3.0, BEA: 2.0}])) == [BEA, ADA, OTHERS, PRESUMED]


# A and B are victims', who only pay; the crew's accounts also hold money of their own.
STEPS = st.lists(
    st.tuples(st.sampled_from("ABMNOP"), st.sampled_from("MNOP"), st.integers(1, 40)).filter(lambda s: s[0] != s[1]),
    min_size=1, max_size=25,
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_what_came_less_what_went_is_what_the_table_says_is_there(
    case: Case, steps: list[tuple[str, str, int]]
) -> None:
    rows = [transfer(f"t{n:02}", payer, payee, float(usd), float(n)) for n, (payer, payee, usd) in enumerate(steps)]
    case.fill("transfer", rows)
    case.fill("statement", [*status("A", "stolen from"), *status("B", "stolen from")])
    case.run(STAGE, MoneyParams(dust_usd=0.0, dust_share=0.0, share_least=0.0, method="haircut", unseen="clean"))
    found, lies = carried(case, "MNOP"), defaultdict[tuple[str, str], float](float)
    for row in rows:
        for loss, usd in found.get(str(row["transfer_id"]), {}).items():
            lies[str(row["target_account"]), loss] += usd
            if row["source_account"] not in ("A", "B"):
                lies[str(row["source_account"]), loss] -= usd
    told = {(a, loss): usd for a, losses in standing(case).losses.items() for loss, usd in losses.items()}
    assert {key: usd for key, usd in lies.items() if usd > 0.1} == pytest.approx(
        {key: usd for key, usd in told.items() if usd > 0.1}, abs=0.02
    )
