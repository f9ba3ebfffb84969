"""Branch floors and tickets: what is planted stands in files of its own, and the traps differ from it as told."""

from __future__ import annotations

import csv
import dataclasses
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from tests.simulate.conftest import TINY

from upriver.simulate.branches import FATES
from upriver.simulate.folder import write_case
from upriver.simulate.presets import PRESETS


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def floors(tiny: Path) -> dict[str, dict[str, str]]:
    """Row of branches.csv by the name of its fate."""
    return dict(zip([name for name, _ in FATES], rows(tiny / "truth" / "branches.csv"), strict=True))


def calls(tiny: Path, floor: dict[str, str]) -> list[date]:
    """Days on which the telephones of a floor's roster call, by the operators' answers."""
    phones = {
        "+" + "".join(sign for sign in row["Phone"].removeprefix("00") if sign.isdigit())
        for row in rows(tiny / "evidence" / "sites" / "branch_rosters.csv")
        if row["Site"] == floor["site"]
    }
    return [
        datetime.fromisoformat(row["Call Start"]).date()
        for name in ("cdr_highland.csv", "cdr_lakeside.csv")
        for row in rows(tiny / "evidence" / "calls" / name)
        if row["Calling Number"] in phones
    ]


def between(days: list[date], first: date, last: date) -> int:
    return sum(first <= day < last for day in days)


def test_everything_else_is_the_same_bytes_without_branches(tiny: Path, tmp_path: Path) -> None:
    write_case(tmp_path / "without", dataclasses.replace(PRESETS["border-town"], branches=()), TINY, 7)
    without = tmp_path / "without" / "evidence"
    there = {path.relative_to(without) for path in without.rglob("*") if path.is_file()}
    assert len(there) > 30
    different = {
        str(path) for path in there if (without / path).read_bytes() != (tiny / "evidence" / path).read_bytes()
    }
    assert different == {"case.toml"}
    assert rows(tmp_path / "without" / "truth" / "branches.csv") == []


def test_a_floor_that_stops_is_nearly_silent_until_the_day_that_is_told(
    tiny: Path, floors: dict[str, dict[str, str]]
) -> None:
    for name in ("pause_short", "pause_long"):
        floor = floors[name]
        raid, days = date.fromisoformat(floor["raided_on"]), int(floor["days"])
        seen = calls(tiny, floor)
        back = raid + timedelta(days=1 + days)
        assert between(seen, raid - timedelta(days=28), raid) >= 25
        assert between(seen, raid, back) <= 9
        assert between(seen, back, back + timedelta(days=28)) >= 25


def test_the_records_of_one_floor_end_for_its_neighbours_too(tiny: Path, floors: dict[str, dict[str, str]]) -> None:
    floor = floors["records_end"]
    raid = date.fromisoformat(floor["raided_on"])
    ends = max(row["Call Start"] for row in rows(tiny / "evidence" / "calls" / "cdr_lakeside.csv"))
    assert 1 < (datetime.fromisoformat(ends).date() - raid).days <= 6
    assert max(calls(tiny, floor)) > raid, "the floor went on as long as anybody could see it"


def test_a_move_shares_what_it_is_said_to_share_and_the_season_has_owners_of_its_own(
    tiny: Path, floors: dict[str, dict[str, str]]
) -> None:
    register = rows(tiny / "evidence" / "sites" / "branch_register.csv")
    owner = {row["Company Name"]: row["Officer Name"] for row in register}
    of = {name: owner[floor["company"]] for name, floor in floors.items()}
    assert of["moved_owner"] == of["into_owner"]
    assert of["moved_script"] == of["grower"]
    assert len(set(of.values())) == len(of) - 2
    roster = rows(tiny / "evidence" / "sites" / "branch_rosters.csv")
    at = {name: {row["Handle"] for row in roster if row["Site"] == floor["site"]} for name, floor in floors.items()}
    assert len(at["moved_script"] & at["into_script"]) == 2
    assert not at["season"] & at["into_owner"]


def test_people_of_one_booking_are_a_party_and_those_of_a_coach_are_not(tiny: Path) -> None:
    told = rows(tiny / "truth" / "journeys.csv")
    booked = {row["journey"]: row["party"] for row in told if row["journey"].startswith("booking")}
    assert all(party and party in journey for journey, party in booked.items())
    coaches = [row for row in told if row["journey"].startswith("coach")]
    pair = {row["person_id"] for row in coaches if row["party"]}
    assert len(pair) == 2
    assert all(sum(row["person_id"] == person for row in coaches) == 2 for person in pair)
    assert sum(not row["party"] for row in coaches) > 40
