"""What the picture of time draws as having happened."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from markupsafe import Markup

from upriver.case.store import Case
from upriver.report import panels
from upriver.report.claims import Facts
from upriver.report.identity import masks
from upriver.report.timeline import timeline, totals


@pytest.mark.parametrize("modality", ["planned", "attempted"])
def test_a_plan_or_an_attempt_is_no_dot(harbour: Case, modality: str) -> None:
    before = timeline(Facts(harbour, masks(harbour), 1))
    rows = harbour.read("action").to_pylist()
    harbour.fill("action", [
        {**row, "title": f"{row['title']} [{modality}]"} if row["action_id"] == "A2" else row for row in rows
    ])  # fmt: skip
    after = timeline(Facts(harbour, masks(harbour), 1))
    assert before is not None
    assert after is not None
    assert before[0].count("<circle") - after[0].count("<circle") == 1
    assert modality not in after[0]
    assert after[1].endswith("Not drawn: 1 plan or attempt.")


class _Total:
    """One running total of people, told on days and without them."""

    def __init__(self, *told: tuple[date, date, float]) -> None:
        self._told = told

    def rows(self, table: str) -> list[dict[str, Any]]:
        if table == "action":
            ids = [str(n) for n, _ in enumerate(self._told)]
            row = {"action_id": "A", "kind": "series", "unit": "people", "count": 9.0, "title": "T", "report_ids": ids}
            return [row]
        return [
            {
                "report_id": str(n), "count": value, "unit": "people", "from_on": first, "to_on": last,
                "announced_on": None, "published_on": None,
            }
            for n, (first, last, value) in enumerate(self._told)
        ]  # fmt: skip

    def many(self, select: str) -> list[dict[str, Any]]:
        raise AssertionError(select)

    def text(self, text: str | None, record_id: str | None = None) -> str:
        return text or ""


def _steps(drawn: tuple[Markup, str] | None) -> list[tuple[float, float]]:
    assert drawn is not None
    return [(float(x), -float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawn[0])]


def test_a_month_without_its_day_is_drawn_before_the_higher_figure_of_a_day_in_it() -> None:
    begin = date(2023, 9, 1)
    told = [
        (begin, date(2023, 9, 30), 1482.0), (begin, date(2023, 10, 16), 4666.0), (begin, date(2023, 10, 31), 2317.0)
    ]  # fmt: skip
    drawn = totals(_Total(*told))
    steps = _steps(drawn)
    assert len(steps) == 3
    assert steps == sorted(steps)
    assert drawn is not None
    assert "2,317 in October 2023, without its day" in drawn[0]


def test_a_figure_told_again_by_a_late_page_draws_no_fall_and_a_real_fall_is_drawn() -> None:
    begin = date(2023, 9, 1)
    late = [(begin, date(2023, 10, 10), 900.0), (begin, date(2023, 10, 16), 950.0), (begin, date(2023, 10, 19), 900.0)]
    assert len(_steps(totals(_Total(*late)))) == 2
    falls = _steps(totals(_Total(*late[:2], (begin, date(2023, 10, 19), 870.0))))
    assert falls[2][1] < falls[1][1]


def test_a_row_of_a_table_is_told_as_entered_and_not_as_quoted_words() -> None:
    class Row(_Total):
        def rows(self, table: str) -> list[dict[str, Any]]:
            row = {"source": "S", "url": None, "record_id": "r", "type": "arrest", "place": "Bavet|Poipet", "span": ""}
            return [] if table == "telling" else [{**told, **row} for told in super().rows("event_report")]

    row = Row((date(2025, 1, 1), date(2025, 1, 2), 3.0))
    (told,) = panels.tellings(row, [{"action_id": "A", "report_ids": ["0"]}], 5)["A"]
    assert (told["span"], told["entered"]) == ("", "arrest, people, Bavet and Poipet")
