"""Common contacts, successors, bursts and what is too common to say anything."""

from __future__ import annotations

import itertools
import math
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.case.store import Case
from upriver.errors import SettingsError
from upriver.link.bursts import moment, rate, windows
from upriver.link.stage import STAGE, LinkParams

from .told import call_log

START = datetime(2025, 1, 1)


def _daily(caller: str, callees: list[str], first: int, last: int) -> list[str]:
    """Two calls on each day from `first` to before `last`, in turn to each of `callees`."""
    return [
        f"{caller}>{callees[(2 * day + n) % len(callees)]} {(START + timedelta(days=day, hours=9 + n)).isoformat()}"
        for day in range(first, last)
        for n in range(2)
    ]


FRIENDS = [f"+6650{n}" for n in range(6)]
CROWD = [line for n in range(12) for line in _daily(f"+668{n:02}", [f"+667{n:02}{k}" for k in range(8)], 0, 60)]


def test_a_number_with_the_contacts_of_one_that_fell_silent_is_a_lead(case: Case) -> None:
    case.fill("call", call_log(*_daily("+661", FRIENDS, 0, 30), *_daily("+662", FRIENDS, 31, 60), *CROWD))
    case.run(STAGE)
    (lead,) = case.read("successor_lead").to_pylist()
    assert (lead["source_id"], lead["target_id"], lead["n_common"]) == ("phone:+661", "phone:+662", 6)
    assert lead["overlap"] == 1.0
    assert lead["reason"].endswith("A lead, not an identity")
    common = min(case.read("common_contact").to_pylist(), key=lambda row: row["by_chance"])
    assert (common["left_id"], common["right_id"]) == ("phone:+661", "phone:+662")
    assert common["contacts"] == [f"phone:{number}" for number in FRIENDS]


def test_a_number_that_goes_on_has_no_successor(case: Case) -> None:
    case.fill("call", call_log(*_daily("+661", FRIENDS, 0, 60), *_daily("+662", FRIENDS, 31, 60), *CROWD))
    case.run(STAGE)
    assert case.read("successor_lead").num_rows == 0


def test_a_handset_alone_makes_a_lead(case: Case) -> None:
    before = [f"{line} 30 d1" for line in _daily("+661", FRIENDS, 0, 30)]
    after = [f"{line} 30 d1" for line in _daily("+662", [f"+6640{n}" for n in range(5)], 31, 60)]
    case.fill("call", call_log(*before, *after, *CROWD))
    case.run(STAGE)
    (lead,) = case.read("successor_lead").to_pylist()
    assert (lead["n_common"], lead["device"]) == (0, "d1")
    assert lead["reason"].startswith("both were used in one handset")


def test_a_hotline_is_nobodys_common_contact_and_is_listed(case: Case) -> None:
    callers = [f"{line}" for n in range(60) for line in _daily(f"+66{300 + n}", ["+66999", "1175"], n, n + 1)]
    case.fill("call", call_log(*callers))
    case.run(STAGE)
    assert case.read("common_contact").num_rows == 0
    listed = {row["node_id"]: row["reason"] for row in case.read("common_value").to_pylist()}
    assert "hotline" in listed["phone:+66999"]
    assert "short number" in listed["phone:1175"]


def test_two_numbers_that_the_analyst_names_are_told_with_one_contact(case: Case) -> None:
    case.fill("call", call_log("+661>+665 2025-01-01", "+662>+665 2025-01-02", "+663>+665 2025-01-02"))
    case.run(STAGE, LinkParams(call_numbers=("phone:+661", "phone:+662")))
    assert [(row["left_id"], row["right_id"]) for row in case.read("common_contact").to_pylist()] == [
        ("phone:+661", "phone:+662")
    ]


def test_a_burst_after_an_event_is_told_in_words(case: Case) -> None:
    event = START + timedelta(days=20, hours=8)
    burst = [f"+661>+66{400 + n} {(event + timedelta(minutes=10 * n)).isoformat()}" for n in range(30)]
    case.fill("call", call_log(*_daily("+661", FRIENDS, 0, 40), *burst, *CROWD))
    case.run(STAGE, LinkParams(call_events=("2025-01-21T15:00",), call_zone="Asia/Bangkok"))
    rows = {row["observable_id"]: row for row in case.read("call_burst").to_pylist()}
    told = rows["phone:+661"]
    assert (told["event_at"], told["n_after"], told["n_before"], told["most_before"]) == (event, 32, 28, 2)
    assert told["p_adjusted"] < 1e-6
    assert told["words"].startswith(
        "32 calls in the 24 hours after; 2 in the same hours of the 14 days before: 16 times"
    )
    assert "no change that chance would not bring" in rows["phone:+66800"]["words"]


def test_an_event_outside_of_the_records_is_told_and_not_judged(case: Case) -> None:
    case.fill("call", call_log(*_daily("+661", FRIENDS, 0, 4)))
    case.run(STAGE, LinkParams(call_events=("2024-12-01", "2026-01-01")))
    rows = case.read("call_burst").to_pylist()
    assert [row["n_windows"] for row in rows] == [0, 0]
    assert all("nothing can be compared" in row["words"] for row in rows)


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="no time"):
        moment("the raid", "UTC")
    assert moment(str(datetime(2025, 2, 12, 9)), "UTC") == datetime(2025, 2, 12, 9), "as TOML tells a time"
    assert moment("2025-02-12T09:00", "Asia/Bangkok") == moment("2025-02-12T09:00+07:00", "UTC")


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 60), st.integers(0, 400), st.integers(1, 14))
def test_the_exact_test_is_the_sum_of_its_tail_and_its_interval_holds_the_ratio(
    after: int, before: int, n_before: int
) -> None:
    found = rate(after, before, n_before)
    assert 0.0 <= found.p <= 1.0
    if not after + before:
        return
    assert found.low <= found.ratio * (1 + 1e-9)
    assert found.ratio <= found.high * (1 + 1e-9)
    n, share = after + before, 1 / (n_before + 1)
    chances = [math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    slow = sum(chance for chance in chances if chance <= chances[after] * (1 + 1e-7))
    assert found.p == pytest.approx(min(1.0, slow), rel=1e-6, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 5000), st.integers(0, 5000), st.floats(0.5, 200), st.integers(1, 30))
def test_windows_never_overlap_nor_leave_the_records(first: int, length: int, hours: float, days: int) -> None:
    begin, end = START, START + timedelta(hours=length)
    event = START + timedelta(hours=first)
    found = windows(event, begin, end, hours, days).ends
    assert all(begin <= one < to <= end for one, to in found)
    ordered = sorted(found)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(ordered))
    assert all(to - one == found[0][1] - found[0][0] for one, to in found)
    assert all((event - one) % timedelta(days=1) == timedelta(0) for one, _ in found)
