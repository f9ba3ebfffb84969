"""What was reached: sums of separate happenings, totals as they stand last, and no figure where there is none."""

from __future__ import annotations

from typing import Any

from tests.crackdown.tellings import tell

from upriver.crackdown.coverage import coverage
from upriver.crackdown.ledger import reconcile
from upriver.crackdown.params import CrackdownParams


def reached(*changes: dict[str, Any]) -> dict[tuple[str, str, str], float | None]:
    told = [tell(f"r{n}", **change) for n, change in enumerate(changes)]
    rows = coverage(reconcile(told, CrackdownParams()))
    return {(str(r["dimension"]), str(r["label"]), str(r["reached_what"]).split(",")[0]): r["reached"] for r in rows}  # type: ignore[misc]


def test_separate_happenings_of_one_type_are_added() -> None:
    told = reached({"happening": "a"}, {"happening": "b", "count": 50.0})
    assert told["area", "Bavet", "arrest"] == 150.0


def test_types_are_never_added_to_each_other() -> None:
    told = reached({"happening": "a"}, {"happening": "b", "type": "repatriation", "count": 50.0})
    assert told["area", "Bavet", "arrest"] == 100.0
    assert told["area", "Bavet", "repatriation"] == 50.0


def test_two_tellings_of_one_happening_count_once_and_a_total_stands_alone() -> None:
    told = [tell("a", happening="a"), tell("b", happening="a"), tell("c", cumulative=True, series="s", count=900.0)]
    rows = coverage(reconcile(told, CrackdownParams()))
    assert sorted(row["reached"] for row in rows if row["label"] == "Bavet") == [100.0, 900.0]  # type: ignore[type-var]


def test_an_area_told_without_people_has_no_figure() -> None:
    told = reached({"type": "site_status", "count": None, "happening": "x", "subject": "X Park", "status": "operating"})
    assert told["area", "Bavet", "people taken or released: no figure"] is None


def test_roles_and_money_nobody_tells_of_have_no_figure() -> None:
    told = reached({})
    assert told["role", "financier", "people taken"] is None
    assert told["money", "USD", "frozen"] is None


def test_seized_money_is_kept_by_currency() -> None:
    told = reached({"type": "seizure", "unit": "USD", "count": 5.0}, {"type": "seizure", "unit": "THB", "count": 7.0})
    assert (told["money", "USD", "seizure"], told["money", "THB", "seizure"]) == (5.0, 7.0)
