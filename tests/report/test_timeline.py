"""What the picture of time draws as having happened."""

from __future__ import annotations

import pytest

from upriver.case.store import Case
from upriver.report.claims import Facts
from upriver.report.identity import masks
from upriver.report.timeline import timeline


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
