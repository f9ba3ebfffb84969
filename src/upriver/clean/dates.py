"""Times and dates as people and machines write them, to naive UTC; and spans of time told in words.

Pure: text in, value or None out. Years are refused outside 1900 to 2100; Buddhist-era years (2443 to 2643) are
turned into common ones. A day and month that could be either way round are refused unless the order is told.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from upriver.clean import jalali, numbers, zones

FIRST_YEAR, LAST_YEAR = 1900, 2100
_BUDDHIST = 543  # years by which the Thai calendar is ahead
_CALENDAR = tomllib.loads(Path(__file__).with_name("calendar.toml").read_text(encoding="utf-8"))
MONTHS: dict[str, int] = _CALENDAR["months"]
WEEKDAYS: dict[str, int] = _CALENDAR["weekdays"]
RELATIVE: dict[str, str] = _CALENDAR["relative"]
_PERSIAN_MONTHS: dict[str, int] = _CALENDAR["persian_months"]


def alternatives(words: dict[str, int] | dict[str, str]) -> str:
    """A pattern for any of `words`, the longest first, so that no word hides a longer one."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


_MONTH = alternatives(MONTHS)
_PERSIAN_MONTH = alternatives(_PERSIAN_MONTHS)
_HAN_DAY = "[〇零一二三四五六七八九十]"
_DAY_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<era>民国|民國|令和|平成)\s*(?P<y>\d{1,3}|元)\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?!\d)\s*[日号號]?",
        rf"(?P<d>\d{{1,2}})\s+(?P<persian>{_PERSIAN_MONTH})\s*,?\s+(?P<y>\d{{4}})(?!\d)",
        r"(?P<y>\d{4})\s*[-/.年년]\s*(?P<m>\d{1,2})\s*[-/.月월]\s*(?P<d>\d{1,2})(?!\d)\s*[日号號일]?",
        # Three digits are a year of the Republic (Taiwan) and of no other calendar in use.
        r"(?<![\d.])(?P<republic>[01]\d\d)\s?[-/.]\s?(?P<m>\d{1,2})\s?[-/.]\s?(?P<d>\d{1,2})(?![\d.]\d)(?!\d)",
        r"(?P<d>\d{1,2})\s*tháng\s*(?P<m>\d{1,2})(?:\s*năm|\s*[,/.-])?\s*(?P<y>\d{4})(?!\d)",
        r"(?P<a>\d{1,2})\s?[-/.]\s?(?P<b>\d{1,2})\s?[-/.]\s?(?P<c>\d{4}|\d{2})(?!\d)",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s.-]*(?:(?:of|de)\s+)?(?P<name>{_MONTH})\.?[\s,.-]*(?:del?\s+)?(?P<y>\d{{4}}|\d{{2}})(?![\d:])",
        rf"(?P<name>{_MONTH})\.?[\s-]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s,-]+(?P<y>\d{{4}})(?!\d)",
        rf"(?P<hy>[〇○零一二三四五六七八九]{{4}})年(?P<hm>{_HAN_DAY}{{1,2}})月(?P<hd>{_HAN_DAY}{{1,3}})[日号]",
        r"\A(?P<y>(?:19|2[05])\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?=[\sT])",
    )
)
_CLOCK = re.compile(
    r"(?P<half>上午|下午|晚上|凌晨|中午|早上|오전|오후|午前|午後)?\s*(?P<h>\d{1,2})(?:[:：时時点點시h]\s*|\.(?=\d\d\s*น))(?P<min>\d{1,2})"
    r"(?:[:：分분]\s*(?P<s>\d{1,2})(?:[.,](?P<frac>\d{1,9}))?)?[秒分초분]?\s*(?P<ampm>[ap]\.?m\.?)?",
    re.IGNORECASE,
)
# Where no other clock stands beside the day: 10.15, 10.15.00, and as machines print it, 101500; spreadsheets drop a 0.
_DOTTED = re.compile(r"(?<![\d.,:])(?P<h>\d{1,2})\.(?P<min>\d\d)(?:\.(?P<s>\d\d))?(?![\d.,:])")
_RUN = re.compile(r"(?<![\d.,:+-])(?P<h>\d{1,2})(?P<min>\d\d)(?P<s>\d\d)(?![\d.,:])")
# As Unix prints it, the year behind the time: Tue Oct 14 15:20:00 ICT 2025.
_UNIX = re.compile(
    r"(?:[a-z]{3}\s+)?([a-z]{3})\s+(\d{1,2})\s+(\d{1,2}:\d\d:\d\d)((?:\s+\S+)?)\s+(\d{4})", re.IGNORECASE
)
_JUNK = re.compile(
    rf"[\s,;()\[\]'\u200e\u200f.]|\bat\b|\bT\b|{alternatives(WEEKDAYS)}|พ\.?ศ\.?|น\.|เวลา|วันที่|ngày|lúc|jam|pukul|uhr",
    re.IGNORECASE,
)
_BARE = re.compile(r"\d{5}(?:\.\d{1,17})?|\d{8}|\d{10}(?:\.\d{1,9})?|\d{13,14}|\d{16}")
_OLD_YEAR = re.compile(r"(?<![\d.])1[34]\d\d(?=[-/.]\d)|(?<=\d[-/.])1[34]\d\d(?![\d.])")
_ERAS = {"民国": 1911, "民國": 1911, "令和": 2018, "平成": 1988}  # the year before the first of the era
_EPOCH = datetime(1970, 1, 1)
_SHEET_EPOCH = datetime(1899, 12, 30)  # day 0 of spreadsheets
_SHEET_DAYS = (20_000, 73_050)  # 1954 to 2099
_FARTHEST = timedelta(hours=14)  # no clock is farther from UTC


def moment(text: str, order: str | None = None, zone: str | None = None) -> datetime | None:
    """The moment that `text` tells, in UTC and without a zone; None where it tells none.

    order   ymd, dmy or mdy for 03/04/2025; without it such a date is refused unless one reading alone is possible
    zone    IANA name for a text that carries no offset; without it the caller holds such a text to be UTC
    A short form of several zones, as CST, is read only where `zone` is one of them. Years of the Persian calendar are
    read where the day can be of no other: digits of its script, a name of its months, a 31st day.
    A text that tells a day only is that day's midnight in `zone`. Unix seconds, milliseconds and microseconds are UTC.
    Five digits, 45658.5, are the days of a spreadsheet whose cell was not marked as a date.

    >>> moment("14/10/2568 15:20", "dmy", "Asia/Bangkok")
    datetime.datetime(2025, 10, 14, 8, 20)
    """
    text = text.strip()
    if text[4:5] == "-" and text[:1].isdigit():  # the common case, in a tenth of the time
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            if found.year >= FIRST_YEAR:
                return _to_utc(found, zone)
    if text[:1].isdigit() and _BARE.fullmatch(text):
        return _bare(text, zone)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    unix = _UNIX.fullmatch(text)
    if unix:
        text = f"{unix[2]} {unix[1]} {unix[5]} {unix[3]}{unix[4]}"
    for form in _DAY_FORMS:
        match = form.search(text)
        if match:
            found_on = _day_of(match, order)
            rest = f"{text[: match.start()]} {text[match.end() :]}".strip()
            return None if found_on is None else _with_clock(found_on, rest, zone)
    return None


def day(text: str, order: str | None = None) -> date | None:
    """The calendar day that `text` tells, as written and in no zone; None where it tells none, or a month only.

    >>> day("2025年10月14日"), day("14 Oct 2025"), day("2025-10")
    (datetime.date(2025, 10, 14), datetime.date(2025, 10, 14), None)
    """
    text = text.strip()
    if len(text) >= 10 and text[4] == "-" and text[7] == "-":
        try:
            return _sane(date.fromisoformat(text[:10])) if len(text) == 10 or not text[10].isdigit() else None
        except ValueError:
            pass
    found = moment(text, order)
    return found.date() if found else None


def doubt(text: str) -> str:
    """Why no moment can be told from a text that looks like one, in words; empty where nothing is known to say.

    >>> doubt("1404/07/22")
    '1404 may be a year of the Persian or of the Islamic calendar'
    """
    year = _OLD_YEAR.search(text)
    if year:
        return f"{year[0]} may be a year of the Persian or of the Islamic calendar"
    return zones.doubt(text)


def span(text: str, published: date | None) -> tuple[date, date] | None:
    """First and last day of what `text` says of time, seen from the day on which it was published; None where nothing.

    Several expressions are read as the first of them. Relative ones ("on Tuesday", 上个月) need `published`.

    >>> span("2023-11/2024-01", None)
    (datetime.date(2023, 11, 1), datetime.date(2024, 1, 31))
    """
    from upriver.clean.periods import periods

    found = periods(text, published)
    return (found[0].first, found[0].last) if found else None


def year_of(text: str) -> int | None:
    """A common year for four digits of either calendar, or two digits (70 and more: 19..)."""
    year = int(text)
    if len(text) == 2:
        year += 1900 if year >= 70 else 2000
    elif FIRST_YEAR + _BUDDHIST <= year <= LAST_YEAR + _BUDDHIST:
        year -= _BUDDHIST
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


def civil(year: int | None, month: int, day_of_month: int) -> date | None:
    """The date, or None where there is no such day."""
    if year is None:
        return None
    try:
        return date(year, month, day_of_month)
    except ValueError:
        return None


def _sane(found: date) -> date | None:
    return civil(year_of(f"{found.year:04d}"), found.month, found.day)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _to_utc(found: datetime, zone: str | None) -> datetime | None:
    found_on = _sane(found.date())
    if found_on is None:
        return None
    offset = found.utcoffset()
    if offset is not None and abs(offset) > _FARTHEST:
        return None
    found = found.replace(year=found_on.year)
    if found.tzinfo is None:
        if zone is None or zone == "UTC":
            return found
        found = found.replace(tzinfo=_zone(zone))
    return found.astimezone(UTC).replace(tzinfo=None)


def _bare(text: str, zone: str | None) -> datetime | None:
    """Digits alone: 20251014, 20251014153000, Unix time by its length, or a spreadsheet's days."""
    if len(text.partition(".")[0]) == 5:
        days = float(text)
        # Thirds of a day end in a long fraction: to the millisecond it is the time that was typed.
        told = _SHEET_EPOCH + timedelta(milliseconds=round(days * 86_400_000))
        return _to_utc(told, zone) if _SHEET_DAYS[0] <= days < _SHEET_DAYS[1] else None
    if len(text) in (8, 14) and "." not in text:
        try:
            return _to_utc(datetime.strptime(text, "%Y%m%d" if len(text) == 8 else "%Y%m%d%H%M%S"), zone)
        except ValueError:
            return None
    seconds = float(text) / {13: 1e3, 16: 1e6}.get(len(text), 1.0) if "." not in text else float(text)
    found = _EPOCH + timedelta(microseconds=round(seconds * 1e6))
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _day_of(match: re.Match[str], order: str | None) -> date | None:
    parts = match.groupdict()
    if parts.get("persian"):
        return jalali.common(int(parts["y"]), _PERSIAN_MONTHS[parts["persian"].lower()], int(parts["d"]))
    if parts.get("a"):
        return _ordered(parts["a"], parts["b"], parts["c"], order)
    if parts.get("hy"):
        year = numbers.number(parts["hy"])
        month, day_of_month = numbers.number(parts["hm"]), numbers.number(parts["hd"])
        return civil(year_of(str(int(year or 0))), int(month or 0), int(day_of_month or 0))
    if parts.get("era"):
        # The first year of an era is 元; the Republic's is 1912.
        count = 1 if parts["y"] == "元" else int(parts["y"])
        return civil(_ERAS[parts["era"]] + count, int(parts["m"]), int(parts["d"]))
    if parts.get("republic"):
        return civil(_ERAS["民國"] + int(parts["republic"]), int(parts["m"]), int(parts["d"]))
    month = MONTHS[parts["name"].lower()] if parts.get("name") else int(parts["m"])
    if not parts.get("name") and _is_persian(parts["y"], parts["d"]):
        return jalali.common(int(parts["y"]), month, int(parts["d"]))
    return civil(year_of(parts["y"]), month, int(parts["d"]))


def _is_persian(year: str, day_of_month: str) -> bool:
    """Whether a year of that calendar's range can be of no other: the Islamic one, of like years, has no 31st day."""
    if len(year) != 4 or not jalali.FIRST_YEAR <= int(year) <= jalali.LAST_YEAR:
        return False
    return all("\u06f0" <= digit <= "\u06f9" for digit in year) or int(day_of_month) == 31


def _ordered(a: str, b: str, c: str, order: str | None) -> date | None:
    if _is_persian(c, a):
        return jalali.common(int(c), int(b), int(a))
    readings = {
        "dmy": civil(year_of(c), int(b), int(a)),
        "mdy": civil(year_of(c), int(a), int(b)),
        "ymd": civil(year_of(a), int(b), int(c)) if len(a) == 2 and len(c) == 2 else None,
    }
    if order is not None:
        return readings.get(order)
    possible = {found for name, found in readings.items() if found and (name != "ymd" or len(c) == 2)}
    return possible.pop() if len(possible) == 1 else None


def _with_clock(found_on: date, rest: str, zone: str | None) -> datetime | None:
    """`found_on` at the time that `rest` tells; None where `rest` holds anything but a time, a zone and a weekday."""
    clock = _CLOCK.search(rest)
    hour = minute = second = micro = 0
    if clock:
        hour, minute, second = int(clock["h"]), int(clock["min"]), int(clock["s"] or 0)
        micro = int((clock["frac"] or "0").ljust(6, "0")[:6])
        hour = _hour(hour, (clock["ampm"] or "").replace(".", "").lower(), clock["half"] or "")
        rest = f"{rest[: clock.start()]} {rest[clock.end() :]}".strip()
    elif clock := _DOTTED.search(rest) or _RUN.search(rest):
        hour, minute, second = int(clock["h"]), int(clock["min"]), int(clock["s"] or 0)
        rest = f"{rest[: clock.start()]} {rest[clock.end() :]}".strip()
    try:
        local = datetime(found_on.year, found_on.month, found_on.day, hour, minute, second, micro)
    except ValueError:
        return None
    told = zones.named(rest, local) if rest else zones.Named("")
    offset = told.offset
    if told.may:
        own = local.replace(tzinfo=_zone(zone)).utcoffset() if zone else None
        offset = own if own in told.may else None
    if told.wrong or (told.may and offset is None) or _JUNK.sub("", told.rest):
        return None
    return _to_utc(local if offset is None else local.replace(tzinfo=timezone(offset)), zone)


def _hour(hour: int, ampm: str, half: str) -> int:
    if ampm and not 1 <= hour <= 12:
        return 99  # 15:20 PM is a slip that has no sure meaning: refused as no time
    if (ampm == "pm" or half in ("下午", "晚上", "오후", "午後")) and hour < 12:
        return hour + 12
    if (ampm == "am" or half in ("上午", "凌晨", "早上", "오전", "午前")) and hour == 12:
        return 0
    return hour
