"""Local times, with their offset, and none where none is known."""

from __future__ import annotations

from datetime import datetime

import pytest

from upriver.requests.clocks import local, zone_of_country, zone_of_phone


def test_summer_time_is_that_of_the_day() -> None:
    assert local(datetime(2025, 1, 15, 12), "Europe/Berlin") == "2025-01-15 13:00:00 +01:00"
    assert local(datetime(2025, 7, 15, 12), "Europe/Berlin") == "2025-07-15 14:00:00 +02:00"


def test_without_a_zone_or_a_time_nothing_is_told() -> None:
    assert local(datetime(2025, 1, 15), None) == ""
    assert local(None, "Asia/Bangkok") == ""


@pytest.mark.parametrize(
    ("country", "zone"), [("TH", "Asia/Bangkok"), ("DE", "Europe/Berlin"), ("BR", None), ("ZZ", None)]
)
def test_a_country_tells_its_zone_only_where_it_has_one(country: str, zone: str | None) -> None:
    assert zone_of_country(country) == zone


def test_islands_with_the_clock_of_their_mainland_are_no_second_zone() -> None:
    assert zone_of_phone("+447911123456") == "Europe/London"
    assert zone_of_phone("191") is None
