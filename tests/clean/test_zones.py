from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.clean import jalali
from upriver.clean.dates import doubt, moment

AT = datetime(2025, 10, 14, 15, 20)


@pytest.mark.parametrize(
    ("zone", "ahead"),
    [
        ("UTC", 0), ("GMT", 0), ("gmt", 0), ("Z", 0), ("+UTC", 0), ("+0000 UTC", 0), ("ICT", 7), ("(ICT)", 7),
        ("WIB", 7),
        ("SGT", 8), ("HKT", 8), ("HKT (UTC+8)", 8), ("MMT", 6.5), ("MYT", 8), ("JST", 9), ("EDT", -4), ("CET", 1),
        ("+0800 (CST)", 8), ("UTC+7", 7), ("GMT+0800", 8), ("Asia/Bangkok", 7), ("+07:00[Asia/Bangkok]", 7),
        ("-03:30", -3.5),
    ],
)  # fmt: skip
def test_a_zone_is_read_however_it_is_named(zone: str, ahead: float) -> None:
    assert moment(f"2025-10-14 15:20 {zone}") == AT - timedelta(hours=ahead)
    assert moment(f"14 Oct 2025 3:20 PM {zone}", "dmy", "Asia/Yangon") == AT - timedelta(hours=ahead)
    assert moment(f"Tue Oct 14 15:20:00 {zone.split()[0]} 2025") in (AT - timedelta(hours=ahead), None)


@pytest.mark.parametrize(
    "zone", ["CST", "IST", "BST", "PST", "CST ", "(MST)", "SGT +07:00", "+15:00", "+07:00 +08:00", "XYZ"]
)
def test_a_zone_of_several_meanings_or_none_is_refused(zone: str) -> None:
    assert moment(f"2025-10-14 15:20 {zone}") is None


def test_the_zone_of_the_file_settles_a_short_form_that_may_be_it() -> None:
    assert moment("2025-10-14 15:20 CST", zone="Asia/Shanghai") == datetime(2025, 10, 14, 7, 20)
    assert moment("2025-01-14 15:20 CST", zone="America/Chicago") == datetime(2025, 1, 14, 21, 20)
    assert moment("2025-10-14 15:20 CST", zone="Asia/Bangkok") is None
    assert moment("2025-10-14 15:20 CST", zone="UTC") is None


def test_why_a_moment_cannot_be_told_is_said() -> None:
    assert doubt("2025-10-14 15:20 PST") == "PST may be UTC-08:00, UTC+08:00 or UTC+05:00"
    assert doubt("22/07/1404") == "1404 may be a year of the Persian or of the Islamic calendar"
    assert not doubt("2025-10-14 15:20 ICT")
    assert not doubt("tomorrow at 1404")


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("۱۴۰۴/۰۷/۲۲", date(2025, 10, 14)), ("۲۲/۷/۱۴۰۴", date(2025, 10, 14)), ("22 Mehr 1404", date(2025, 10, 14)),
        ("22 مهر 1404", date(2025, 10, 14)), ("1403/01/31", date(2024, 4, 19)), ("1403-01-31", date(2024, 4, 19)),
        ("1403/12/31", None), ("1404/07/22", None), ("1446-04-11", None), ("٢٢/٧/١٤٤٦", None), ("۱۴۰۴/۱۲/۳۰", None),
    ],
)  # fmt: skip
def test_days_of_the_persian_calendar_are_read_where_they_can_be_of_no_other(text: str, on: date | None) -> None:
    found = moment(text)
    assert (found.date() if found else None) == on


@settings(max_examples=50, deadline=None)
@given(st.dates(date(1921, 3, 21), date(2090, 1, 1)))
def test_every_day_is_one_day_of_the_persian_calendar(on: date) -> None:
    year = on.year - 621 if on >= (jalali.common(on.year - 621, 1, 1) or on) else on.year - 622
    told = [(month, day) for month in range(1, 13) for day in range(1, 32) if jalali.common(year, month, day) == on]
    assert len(told) == 1
