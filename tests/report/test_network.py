"""What the section on the network says, and what it does not say where there is nothing to say it of."""

from __future__ import annotations

from typing import Any

from upriver.case.store import Case
from upriver.report.stage import STAGE


def _one(case: Case, words: str) -> dict[str, Any]:
    (found,) = [row for row in case.read("finding").to_pylist() if words in row["title"]]
    return dict(found)


def test_what_if_these_go_tells_how_much_money_could_still_flow(harbour: Case) -> None:
    row = _one(harbour, "What if these go (by control)")
    assert row["title"].endswith("50 % of the money could still flow after 2")
    assert (row["figure"], row["unit"]) == (0.5, "of traced USD")


def test_where_no_money_reached_a_cash_out_point_no_flow_is_claimed(harbour: Case) -> None:
    harbour.fill("scenario", [{**row, "money_share": 0.0} for row in harbour.read("scenario").to_pylist()])
    harbour.run(STAGE)
    row = _one(harbour, "What if these go (by control)")
    assert row["title"].endswith("20 % of the largest connected part is left after 2")
    assert "No traced money reached a cash-out point to begin with" in row["text"]
    assert row["unit"] == "of the largest part"


def test_ties_without_a_group_are_no_zero_groups(harbour: Case) -> None:
    harbour.fill("community", [])
    harbour.run(STAGE)
    assert _one(harbour, "of three or more")["title"] == "No group of three or more in a network of 6 ties"
