"""Ratios from the case's own lists: a list proves presence, and what nobody wrote down is no figure."""

from __future__ import annotations

import json

import pytest
from tests.crackdown.small import every_ratio

from upriver.case.store import Case
from upriver.crackdown.stage import STAGE


def person(name: str, *, handed: bool = False) -> list[dict[str, object]]:
    said = [("name", name), *([("status", "handed over")] if handed else [])]
    return [{"statement_id": f"{name}-{prop}", "entity_id": name, "schema": "Person", "prop": prop, "value": value,
             "record_id": f"list#{name}"} for prop, value in said]  # fmt: skip


def entity(name: str, schema: str = "Person") -> dict[str, object]:
    return {"entity_id": name, "canonical_id": name, "schema": schema, "caption": name, "n_members": 1}


def role(name: str, rank: int, **marks: float) -> dict[str, object]:
    return {"person_id": name, "rank": rank, "rank_low": rank, "rank_high": rank, "score": 1 / rank,
            "features": json.dumps(marks), "reason": "", "protection": "none",
            "record_ids": [f"key#{name}"]}  # fmt: skip


def works_at(name: str, place: str) -> dict[str, object]:
    return {"edge_id": f"{name}{place}", "source_id": name, "target_id": place, "kind": "works_at", "directed": True,
            "weight": 1.0, "n_records": 1, "via": None, "record_ids": [f"staff#{name}"]}  # fmt: skip


@pytest.fixture
def two_of_six(case: Case) -> Case:
    """Six people who command others, two of them handed over; one of these is presumed a victim."""
    names = [f"p{n}" for n in range(6)]
    case.fill("statement", [row for n, name in enumerate(names) for row in person(name, handed=n < 2)])
    case.fill("entity", [*(entity(name) for name in names), entity("gate", "Organization")])
    case.fill("edge", [works_at(name, "gate") for name in names])
    case.fill("role", [role(name, n + 1, commands=0.2, holds_key=0.1) for n, name in enumerate(names)])
    case.fill("protected_person", [
        {"person_id": "p0", "status": "presumed_victim", "grounds": "strong", "n_present": 2, "n_unknown": 9,
         "child": False, "reason": "", "open_questions": [], "record_ids": []}
    ])  # fmt: skip
    case.run(STAGE)
    return case


RULES = ("by_place", "ladder", "by_control_none", "by_control_share", "by_mark", "by_protection")


def ratios(case: Case) -> dict[str, tuple[float | None, float | None]]:
    rows = [row for row in every_ratio(case) if row["rule"] in RULES]
    return {row["label"]: (row["numerator"], row["denominator"]) for row in rows}


def test_who_was_reached_is_told_by_place_by_rank_by_mark_and_by_need(two_of_six: Case) -> None:
    assert ratios(two_of_six) == {
        "people handed over, of those the evidence shows there: gate": (2.0, 6.0),
        "leaders handed over, of those highest by control: role ladder, rung 1": (2.0, 5.0),
        "role ladder, rung 4, command others: handed over, of those known": (0.0, 1.0),
        "leaders among people handed over": (2.0, 2.0),
        "people who command others: handed over, of those the evidence shows on any rung": (2.0, 6.0),
        "presumed victims among people handed over": (1.0, 2.0),
    }


def test_who_may_be_on_a_list_by_name_alone_widens_the_range_and_is_not_counted(case: Case) -> None:
    case.fill("statement", [row for n in range(6) for row in person(f"p{n}", handed=n < 1)])
    case.fill("entity", [entity(f"p{n}") for n in range(6)])
    case.fill("role", [role(f"p{n}", n + 1, commands=0.2) for n in range(1, 6)])
    case.fill("judgement", [
        {"left_id": "p0", "right_id": f"p{n}", "judgement": "unsure", "match_probability": chance, "match_weight": 0.0,
         "reason": "equal names", "decided_by": "model"} for n, chance in ((1, 0.8), (2, 0.01))
    ])  # fmt: skip
    case.run(STAGE)
    (row,) = [row for row in every_ratio(case) if row["label"].startswith("people who command others")]
    assert (row["numerator"], row["ratio"], row["ratio_high"]) == (0.0, 0.0, 0.2)
    assert "1 more who bear a name on a list" in row["caution"]


def test_nobody_is_called_a_leader_without_evidence_or_who_is_presumed_a_victim(case: Case) -> None:
    case.fill("statement", [row for n in range(2) for row in person(f"p{n}", handed=True)])
    case.fill("entity", [entity(f"p{n}") for n in range(2)])
    case.fill("role", [
        role("p0", 1, commands=0.9) | {"protection": "presumed_victim"}, role("p1", 2) | {"score": 0.01}
    ])  # fmt: skip
    case.run(STAGE)
    found = ratios(case)
    assert found["leaders among people handed over"] == (None, 2.0)
    assert not any(label.startswith("leaders handed over") for label in found)


def test_where_nothing_is_told_of_anybody_there_is_no_share_of_presumed_victims(case: Case) -> None:
    case.fill("statement", person("p0", handed=True))
    case.fill("entity", [entity("p0")])
    case.run(STAGE)
    assert ratios(case)["presumed victims among people handed over"] == (None, 1.0)


def test_a_room_key_is_no_mark_of_control_and_makes_no_ratio(two_of_six: Case) -> None:
    assert not any("keys of control" in label for label in ratios(two_of_six))


def test_each_ratio_names_the_records_it_rests_on(two_of_six: Case) -> None:
    for row in every_ratio(two_of_six):
        assert row["record_ids"], row["label"]
        assert row["caution"]


def test_without_a_list_of_people_handed_over_nobody_is_counted_as_left_out(case: Case) -> None:
    case.fill("statement", [row for n in range(6) for row in person(f"p{n}")])
    case.fill("entity", [*(entity(f"p{n}") for n in range(6)), entity("gate", "Organization")])
    case.fill("edge", [works_at(f"p{n}", "gate") for n in range(6)])
    case.fill("role", [role(f"p{n}", n + 1, commands=0.2) for n in range(6)])
    case.run(STAGE)
    found = ratios(case)
    assert found["people handed over, of those the evidence shows there: gate"] == (None, 6.0)
    assert {above for above, _ in found.values()} == {None}
