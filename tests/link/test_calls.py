"""Call records: pairs, shifts, handsets, first contacts."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.case.store import Case
from upriver.errors import SettingsError
from upriver.link.calls import clock
from upriver.link.shifts import days_off, shifts
from upriver.link.stage import STAGE, LinkParams

from .told import call_log, entities, messages, observables, statements

MONDAY = datetime(2025, 3, 3)


def _times(*hours: int, days: int = 15, skip: tuple[int, ...] = ()) -> list[str]:
    """ISO texts of these hours of each day from a Monday on, without weekdays in `skip`."""
    dates = [MONDAY + timedelta(days=day) for day in range(days) if day % 7 not in skip]
    return [(day + timedelta(hours=hour)).isoformat() for day in dates for hour in hours]


def _whole(case: Case, table: str) -> list[dict[str, object]]:
    return case.read(table).to_pylist()


def test_everything_that_calls_tell_is_the_same_on_every_engine(any_case: Case) -> None:
    case = any_case
    case.fill("entity", entities("ann Person Ann", "vic Person Vic"))
    case.fill("statement", statements("vic Person status=reported victim"))
    case.fill("observable", observables("phone:+661 ann", "phone:+669 vic"))
    case.fill("message", messages(("t", "phone:+667", "phone:+669", "hi"), ("t", "phone:+667", "phone:+669", "you?")))
    shift = [f"+661>+66{500 + n % 9} {at} 30 dev-1" for n, at in enumerate(_times(2, 3, 4, 5, 6, skip=(6,)))]
    swap = [f"+662>+66{500 + n} 2025-03-{20 + n}T02:00 5 dev-1" for n in range(3)]
    case.fill("call", call_log(*shift, *swap, "+668>+669 2025-02-01T10:00 0", "+669>+668 2025-02-02T10:00"))
    numbers, event = ("phone:+661", "phone:+662"), ("2025-03-10T09:00+07:00",)
    case.run(STAGE, LinkParams(call_zone="Asia/Bangkok", call_events=event, call_numbers=numbers))

    pairs = {(row["caller"], row["callee"]): row for row in _whole(case, "call_pair")}
    assert (pairs["phone:+668", "phone:+669"]["n_calls"], pairs["phone:+668", "phone:+669"]["n_answered"]) == (1, 0)
    assert pairs["phone:+661", "phone:+66500"]["seconds"] == 30 * pairs["phone:+661", "phone:+66500"]["n_calls"]  # type: ignore[operator]
    number = {row["observable_id"]: row for row in _whole(case, "call_number")}["phone:+661"]
    assert (number["node_id"], number["n_out"], number["n_contacts"], number["zone"]) == ("ann", 65, 9, "Asia/Bangkok")
    assert (number["shift_from"], number["shift_to"], number["shift_share"]) == ("09:00", "14:00", 1.0)
    assert number["days_off"] == ["Sun"]
    assert number["hours"][9] == "13"  # type: ignore[index]
    (swapped,) = _whole(case, "handset_swap")
    assert (swapped["kind"], swapped["subject_id"]) == ("number", "device:dev-1")
    assert (swapped["source_id"], swapped["target_id"], swapped["in_turns"]) == ("phone:+661", "phone:+662", False)
    assert swapped["first_at"] == datetime(2025, 3, 20, 2)
    (tie,) = case.read("edge", where="kind = 'shares'").to_pylist()
    assert (tie["source_id"], tie["target_id"], tie["via"]) == ("ann", "phone:+662", "device:dev-1")
    assert (tie["first_at"], tie["last_at"]) == (datetime(2025, 3, 3, 2), datetime(2025, 3, 20, 2))
    common = {(row["left_id"], row["right_id"]): row["contacts"] for row in _whole(case, "common_contact")}
    assert common[numbers] == ["phone:+66500", "phone:+66501", "phone:+66502"]
    first = sorted(_whole(case, "first_contact"), key=lambda row: row["place"])  # type: ignore[arg-type, return-value]
    assert [(row["object_id"], row["medium"], row["n_contacts"]) for row in first] == [
        ("phone:+668", "call", 2), ("phone:+667", "message", 2),
    ]  # fmt: skip
    (burst,) = [row for row in _whole(case, "call_burst") if row["observable_id"] == "all"]
    assert (burst["n_after"], burst["n_before"], burst["n_windows"]) == (5, 30, 14)


def test_numbers_used_in_turns_in_one_handset_are_no_change_of_owner(case: Case) -> None:
    case.fill("call", call_log(
        "+661>+669 2025-03-01 5 d", "+662>+669 2025-03-02 5 d", "+661>+669 2025-03-03 5 d",
    ))  # fmt: skip
    case.run(STAGE)
    assert [row["in_turns"] for row in _whole(case, "handset_swap")] == [True]


def test_a_handset_of_very_many_numbers_is_listed_and_tells_no_swap(case: Case) -> None:
    case.fill("call", call_log(*(f"+66{n}>+669 2025-03-{n + 1:02} 5 gateway" for n in range(8))))
    case.run(STAGE)
    assert _whole(case, "handset_swap") == []
    (listed,) = [row for row in _whole(case, "common_value") if row["kind"] == "handset"]
    assert (listed["node_id"], listed["n"]) == ("device:gateway", 8)


def test_a_number_used_at_all_hours_has_no_shift(case: Case) -> None:
    case.fill("call", call_log(*(f"+661>+662 {at}" for at in _times(*range(24), days=10))))
    case.run(STAGE)
    assert {row["shift_from"] for row in _whole(case, "call_number")} == {None}


def test_a_zone_that_is_none_is_told(case: Case) -> None:
    case.fill("call", call_log("+661>+662 2025-03-01"))
    with pytest.raises(SettingsError, match="no such time zone"):
        case.run(STAGE, LinkParams(call_zone="Asia/Nowhere"))


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["Asia/Bangkok", "Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)),
    st.integers(0, 500),
    st.integers(0, 500),
)
def test_the_clock_of_a_zone_is_its_own_at_every_moment(zone: str, first: datetime, days: int, ask: int) -> None:
    last = first + timedelta(days=days)
    asked = min(last, first + timedelta(days=ask, hours=ask % 24))
    rows = clock(zone, first, last).to_pylist()
    (row,) = [row for row in rows if row["from_at"] <= asked < row["to_at"]]
    there = asked.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).utcoffset()
    assert there == timedelta(seconds=row["offset_s"])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=24, max_size=24), st.integers(0, 23))
def test_a_shift_turns_with_the_clock(days: list[int], turn: int) -> None:
    one, turned = np.array([days]), np.roll([days], turn, axis=1)
    (_, length, share), (_, again, share_again) = shifts(one, one), shifts(turned, turned)
    # Two runs of hours may part a day equally well: the better of them is as long or as telling.
    assert (length[0] > 0) == (again[0] > 0)
    assert 0.0 <= share[0] <= 1.0
    assert 0.0 <= share_again[0] <= 1.0
    if length[0]:
        assert share[0] > length[0] / 24 - 1e-9


def test_a_weekday_without_a_call_in_many_weeks_is_off() -> None:
    first = 4 + 7  # a Monday, in days since 1970
    days = np.array([[10, 10, 10, 10, 10, 9, 0], [1, 0, 0, 0, 0, 0, 0]])
    off = days_off(days, np.array([first, first]), np.array([first + 69, first]))
    assert np.flatnonzero(off[0]).tolist() == [6]
    assert not off[1].any()


def test_an_empty_list_of_numbers_has_no_hours() -> None:
    none = np.zeros((0, 24), dtype=np.int64)
    assert [len(part) for part in shifts(none, none)] == [0, 0, 0]
    assert clock("UTC", MONDAY, MONDAY).num_rows == 1
    assert isinstance(clock("UTC", MONDAY, MONDAY), pa.Table)
