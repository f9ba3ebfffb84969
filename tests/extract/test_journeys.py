"""Passenger lists, bookings, border logs and hotel registers."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.case.store import Case
from upriver.extract.journeys import _windows
from upriver.extract.stage import STAGE

from .told import tell


def _travels(case: Case) -> dict[str, set[str]]:
    """Name of a journey -> names of who was on it."""
    rows = case.read("statement").to_pylist()
    names = {row["entity_id"]: row["value"] for row in rows if row["prop"] == "name"}
    links: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        if row["schema"] == "UnknownLink":
            links[row["entity_id"]][row["prop"]] = row["value"]
    found: dict[str, set[str]] = defaultdict(set)
    for link in links.values():
        assert link["role"] == "travels"
        found[names[link["object"]]].add(names[link["subject"]])
    return dict(found)


def line(file: str, name: str, **fields: str | None) -> tuple[str, str, dict[str, str | None]]:
    return file, "journey", {"name": name, **fields}


def test_one_booking_one_service_one_room_are_what_travellers_share(case: Case) -> None:
    flight = {"service": "PG 703", "from_place": "BKK", "at": "2025-01-02 08:10"}
    tell(
        case,
        line("f", "Ann", booking="ABC123", document_no="E1", **flight),
        line("f", "Bo", booking="abc123", **flight),
        line("f", "Cy", booking="XYZ789", **flight),
        line("f", "Di", booking="XYZ789", **{**flight, "at": "2025-01-03 08:10"}),
        line("h", "Ann", hotel="River Inn", room="12", at="2025-01-02", until_at="2025-01-04"),
        line("h", "Eve", hotel="River Inn", room="12", at="2025-01-02"),
    )
    case.run(STAGE)
    assert _travels(case) == {
        "booking ABC123": {"Ann", "Bo"}, "booking XYZ789": {"Cy", "Di"}, "PG 703 BKK 2025-01-02": {"Ann", "Bo", "Cy"},
        "PG 703 BKK 2025-01-03": {"Di"}, "River Inn room 12 2025-01-02": {"Ann", "Eve"},
        "River Inn 2025-01-02": {"Ann", "Eve"},
    }  # fmt: skip
    told = case.sql("SELECT value FROM statement WHERE prop = 'endDate'")["value"].to_pylist()
    assert set(told) == {"2025-01-04"}


def test_a_journey_is_no_presence_at_a_site(case: Case) -> None:
    tell(case, line("b", "Ann", post="Mae Sot", kind="exit", at="2025-01-02 08:10"))
    case.run(STAGE)
    assert case.sql("SELECT 1 AS one FROM statement WHERE prop IN ('involved', 'location')").num_rows == 0


def test_a_time_that_cannot_be_read_is_told_and_costs_the_company_alone(case: Case) -> None:
    tell(case, line("b", "Ann", post="Mae Sot", at="soon"))
    case.run(STAGE)
    (reason,) = case.read("rejected_record", "reason")["reason"].to_pylist()
    assert reason.startswith("the time cannot be read: soon")
    assert _travels(case) == {}
    assert case.sql("SELECT value FROM statement WHERE prop = 'name'")["value"].to_pylist() == ["Ann"]


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(microsecond=0))


@settings(max_examples=50)
@given(MOMENTS, st.integers(0, 1200))
def test_who_passes_within_five_minutes_shares_a_window_and_who_passes_after_ten_shares_none(
    at: datetime, seconds: int
) -> None:
    one, other = (_windows(moment.isoformat()) for moment in (at, at + timedelta(seconds=seconds)))
    shared = set(one) & set(other)
    if seconds <= 300:
        assert shared
    if seconds >= 600:
        assert not shared
