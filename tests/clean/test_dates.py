"""Times, days and spans of time, as written by machines and by reporters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.clean.dates import day, moment, span
from upriver.clean.periods import periods

PUBLISHED = date(2025, 11, 20)  # a Thursday
_TIMES = st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 31)).map(lambda at: at.replace(microsecond=0))


@pytest.mark.parametrize(
    "text",
    [
        "2025-10-14T15:20:00+07:00", "2025-10-14 08:20", "2025-10-14T08:20:00Z", "14/10/2025, 8:20 AM",
        "[14/10/2025, 08:20:00]",
        "14/10/2568 08:20", "2568-10-14 08:20", "1760430000", "1760430000000", "20251014082000",
        "2025年10月14日 上午8:20",
        "Tue, 14 Oct 2025 15:20:00 +0700", "October 14, 2025 8:20 a.m.", "14-Oct-25 08:20", "2025/10/14 16:20 UTC+8",
        "14 ต.ค. 2568 08:20", "08:20 14.10.2025", "2025/10/14 08时20分",
        "20251014 08:20:00", "20251014 082000", "20251014T082000Z", "20251014T152000+0700", "2025年10月14日 082000",
        "2025/10/14 82000", "14/10/2025 8h20", "14.10.2025 08.20", "2025-10-14 08.20.00", "114/10/14 08:20",
        "114.10.14 082000",
    ],
)  # fmt: skip
def test_one_moment_is_read_from_many_ways_of_writing_it(text: str) -> None:
    assert moment(text) == datetime(2025, 10, 14, 8, 20)


def test_a_time_without_offset_stands_in_the_zone_that_is_told() -> None:
    assert moment("2025-10-14 15:20", zone="Asia/Bangkok") == datetime(2025, 10, 14, 8, 20)
    assert moment("2025年10月14日 下午4:20", zone="Asia/Shanghai") == datetime(2025, 10, 14, 8, 20)


def test_an_offset_in_the_text_beats_the_zone_of_the_file() -> None:
    assert moment("2025-10-14T08:20:00Z", zone="Asia/Bangkok") == datetime(2025, 10, 14, 8, 20)


def test_days_of_a_spreadsheet_are_local_to_the_millisecond() -> None:
    assert moment("45658") == datetime(2025, 1, 1)
    assert moment("45658.416666666664") == datetime(2025, 1, 1, 10)
    assert moment("45658.5", zone="Asia/Bangkok") == datetime(2025, 1, 1, 5)


def test_a_date_that_could_be_either_way_round_is_refused_until_the_order_is_told() -> None:
    assert moment("03/04/2025") is None
    assert moment("03/04/2025", "mdy") == datetime(2025, 3, 4)
    assert moment("03/04/2025", "dmy") == datetime(2025, 4, 3)


@pytest.mark.parametrize(
    "text",
    ["", "hello", "9999-01-01", "2025-02-30", "25/13/2025", "100.5", "2025-10", "14/10/2025 see note",
     "14/10/2025 15:20 PM", "99999999999", "0000-00-00", "2025-10-14 25:00", "2025-10-14T10:00:00+99:00",
     "14/10/2025 10:00 +14:30", "19999", "73050", "45658.5.1"],
)  # fmt: skip
def test_what_is_no_moment_is_refused(text: str) -> None:
    assert moment(text) is None


@given(_TIMES, st.integers(-12, 14))
def test_iso_with_an_offset_reads_back(at: datetime, hours: int) -> None:
    local = at + timedelta(hours=hours)
    assert moment(f"{local:%Y-%m-%dT%H:%M:%S}{hours:+03d}:00") == at


@given(_TIMES)
def test_every_way_of_writing_agrees(at: datetime) -> None:
    assert moment(f"{at:%d/%m/%Y %H:%M:%S}", "dmy") == at
    assert moment(f"{at:%Y年%m月%d日 %H:%M:%S}") == at
    assert moment(f"{at:%B %d, %Y %I:%M:%S %p}") == at
    assert moment(f"{at.replace(tzinfo=UTC).timestamp():010.0f}") == at or at.year < 2002


@given(st.text(max_size=30))
def test_no_text_makes_it_fall(text: str) -> None:
    moment(text)
    day(text)
    span(text, PUBLISHED)


def test_a_day_is_the_day_as_written() -> None:
    assert day("2025-10-14T23:30:00") == date(2025, 10, 14)
    assert day("14.10.2568") == date(2025, 10, 14)
    assert day("2025-10") is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("on Tuesday", (2025, 11, 18), (2025, 11, 18)),
        ("last Thursday", (2025, 11, 13), (2025, 11, 13)),
        ("last month", (2025, 10, 1), (2025, 10, 31)),
        ("10月14日", (2025, 10, 14), (2025, 10, 14)),
        ("近日", (2025, 11, 10), (2025, 11, 20)),
        ("上周二", (2025, 11, 11), (2025, 11, 11)),
        ("2023-11", (2023, 11, 1), (2023, 11, 30)),
        ("2023-11/2024-01", (2023, 11, 1), (2024, 1, 31)),
        ("in January 2026", (2026, 1, 1), (2026, 1, 31)),
        ("in December", (2024, 12, 1), (2024, 12, 31)),
        ("will be sent home on December 3", (2025, 12, 3), (2025, 12, 3)),
        ("is expected to be handed over, the task force said on May 1", (2025, 5, 1), (2025, 5, 1)),
        ("will be sent home, according to a December 3 statement", (2024, 12, 3), (2024, 12, 3)),
        ("预计月底前移交555人,专案组12月3日表示", (2024, 12, 3), (2024, 12, 3)),
        ("the list will be announced on December 3", (2025, 12, 3), (2025, 12, 3)),
        ("名单将于12月3日公布", (2025, 12, 3), (2025, 12, 3)),
        ("will be sent home, police said, on December 3", (2025, 12, 3), (2025, 12, 3)),
        ("from March to May 2025", (2025, 3, 1), (2025, 5, 31)),
        ("10月14日至16日", (2025, 10, 14), (2025, 10, 16)),
        ("early November", (2025, 11, 1), (2025, 11, 10)),
        ("three days ago", (2025, 11, 17), (2025, 11, 17)),
        ("2023", (2023, 1, 1), (2023, 12, 31)),
    ],
)
def test_a_span_is_read_from_the_day_of_publication(
    text: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    assert span(text, PUBLISHED) == (date(*first), date(*last))


def test_a_relative_span_needs_the_day_of_publication() -> None:
    assert span("on Tuesday", None) is None
    assert span("in October 2025", None) == (date(2025, 10, 1), date(2025, 10, 31))


def test_since_runs_to_publication_and_until_is_marked() -> None:
    (since,) = periods("handed over since September", PUBLISHED)
    assert (since.first, since.last, since.relation) == (date(2025, 9, 1), PUBLISHED, "since")
    (until,) = periods("截至11月19日,共移交", PUBLISHED)
    assert (until.last, until.relation) == (date(2025, 11, 19), "until")


def test_the_verb_may_is_not_a_month() -> None:
    assert periods("he may go and they march on", PUBLISHED) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("15 มิถุนายน 2567 เวลา 14.30 น.", datetime(2024, 6, 15, 14, 30)), ("๑๕/๐๖/๒๕๖๗", datetime(2024, 6, 15)),
        ("民国113年6月11日", datetime(2024, 6, 11)), ("民國 113/06/11", datetime(2024, 6, 11)),
        ("令和6年6月11日", datetime(2024, 6, 11)), ("令和元年5月1日", datetime(2019, 5, 1)),
        ("2024년 6월 11일 오후 3시 5분", datetime(2024, 6, 11, 15, 5)), ("11 de junio de 2024", datetime(2024, 6, 11)),
        ("11 juillet 2024", datetime(2024, 7, 11)), ("11 tháng 6 năm 2024", datetime(2024, 6, 11)),
        ("ngày 11/06/2024 lúc 10:22", datetime(2024, 6, 11, 10, 22)), ("民国113年13月1日", None),
    ],
)  # fmt: skip
def test_days_of_other_calendars_and_languages(text: str, told: datetime | None) -> None:
    assert moment(text, "dmy") == told


@pytest.mark.parametrize(
    "text",
    ["114.3.15.2", "1.2.3.4", "0114/03/15", "114/13/15", "114/03/152", "12.500.000,50", "20251014 996000",
     "20251314 08:20", "20251014 1234", "14/10/2025 08:20.30", "14/10/2025 12345.5", "012-3-45678-9"],
)  # fmt: skip
def test_figures_that_are_no_day_of_the_republic_and_no_run_of_a_clock_tell_no_moment(text: str) -> None:
    assert moment(text, "dmy") is None
