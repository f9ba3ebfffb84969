"""Spans of time told in words, seen from the day of publication: "on Tuesday", 10月14日, "since September", 近日.

Pure. Every expression of a text is found with its place, so that a reader of news can give each event its own date.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from upriver.clean import numbers
from upriver.clean.dates import MONTHS, RELATIVE, WEEKDAYS, alternatives, civil, year_of

Relation = Literal["on", "since", "until"]
Match = re.Match[str]
Days = tuple[date, date]
_AHEAD = re.compile(
    r"\b(?:will|plans?|planned|expected|scheduled|due|to be|would|intends?)\b|[将將拟擬]|计划|計劃|预计|預計",
    re.IGNORECASE,
)
# The day on which somebody said so, whatever was said of days to come.
_SAID_BEFORE = re.compile(
    r"(?:(?<!\bbe )\b(?:said|says|announced|reported|stated|confirmed|disclosed|told\s+\w+)"
    r"|\bin\s+an?\s+\w*\s?statement)\s+(?:(?:late|early)\s+)?(?:on\s+)?\Z",
    re.IGNORECASE,
)
_SAID_AFTER = re.compile(
    r"\s+(?:statement|report)\b|\s*(?:表示|称|稱|说|說|通报|通報|宣布|公布|披露|消息)", re.IGNORECASE
)
_TO_BE_SAID = re.compile(r"(?:[将將于於]|预计|預計|计划|計劃)\s*\Z")  # 将于5月1日公布
_SOON = timedelta(days=3)  # a dateline may be a day or two older than the event it announces


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day of an expression; `relative` where it can only be read from the day of publication."""

    start: int
    end: int
    first: date
    last: date
    relation: Relation = "on"
    relative: bool = False


_LATIN_MONTHS = {word: month for word, month in MONTHS.items() if word.isascii()}
_MONTH = rf"(?:{alternatives(_LATIN_MONTHS)})"
_SHORT_DAYS = ("mon", "tue", "tues", "wed", "thu", "thurs", "fri", "sat", "sun")  # sat is a verb, Thu a name
_WEEKDAY_LATIN = alternatives({w: n for w, n in WEEKDAYS.items() if w.isascii() and w not in _SHORT_DAYS})
_WEEKDAY_HAN = alternatives({word: n for word, n in WEEKDAYS.items() if not word.isascii()})
_RELATIVE_LATIN = alternatives({word: step for word, step in RELATIVE.items() if word.isascii()})
_RELATIVE_HAN = alternatives({word: step for word, step in RELATIVE.items() if not word.isascii()})
_YEAR = r"(?:19|20)\d{2}"
_PART = r"early|mid|late|the middle of|the start of|the beginning of|the end of"
_ISO = rf"{_YEAR}(?:-\d{{2}}(?:-\d{{2}})?)?"
_HAN_LETTERS = "〇零一二三四五六七八九十"
_HAN_NUMBER = f"[{_HAN_LETTERS}]{{1,3}}"
_N = rf"(?:\d{{1,2}}|{_HAN_NUMBER})"
_STEPS = {
    "day": 1,
    "week": 7,
    "month": 30,
    "year": 365,
    "天": 1,
    "日": 1,
    "周": 7,
    "週": 7,
    "个月": 30,
    "個月": 30,
    "年": 365,
}


def periods(text: str, published: date | None) -> list[Period]:
    """Every expression of time in `text` that can be resolved, in order, without overlaps."""
    found: list[Period] = []
    for form, reader in _FORMS:
        for match in form.finditer(text):
            days = reader(match, published)
            if days:
                relative = reader in (_relative, _weekday, _han_weekday, _ago, _day_alone)
                found.append(Period(match.start(), match.end(), *days, relative=relative))
    found.sort(key=lambda period: (period.start, -period.end))
    kept: list[Period] = []
    for period in found:
        if not kept or period.start >= kept[-1].end:
            kept.append(period)
    return [_related(period, text, published) for period in _joined(kept, text)]


def _joined(found: list[Period], text: str) -> Iterator[Period]:
    """Two ends of one span, as in "from March to May 2025", made one."""
    waiting: Period | None = None
    for period in found:
        if waiting is not None:
            between = text[waiting.end : period.start]
            opened = re.search(
                r"(?:\b(?:from|between)|自|从|從)\s*$", text[max(0, waiting.start - 12) : waiting.start], re.IGNORECASE
            )
            link = (
                r"\s*(?:to|through|until|till|–|-|至|到)\s*"
                if not opened
                else r"\s*(?:to|and|through|until|till|–|-|至|到)\s*"
            )
            if re.fullmatch(link, between) and waiting.first <= period.last:
                waiting = replace(waiting, end=period.end, last=period.last)
                continue
            yield waiting
        waiting = period
    if waiting is not None:
        yield waiting


def _related(period: Period, text: str, published: date | None) -> Period:
    before, after = text[max(0, period.start - 40) : period.start], text[period.end : period.end + 4]
    if re.search(r"\bsince(?:\s+(?:early|late|mid))?\s*$", before, re.IGNORECASE) or re.match(r"以[来來]", after):
        last = max(period.last, published) if published else period.last
        return replace(period, last=last, relation="since")
    if re.search(r"(?:\b(?:until|by|as of|up to|through)|截至|截止|到)\s*(?:the end of\s*)?$", before, re.IGNORECASE):
        return replace(period, relation="until")
    return period


# ---- readers: a match and the day of publication in, first and last day out ------------------------------------


def month_days(year: int, month: int) -> Days:
    """First and last day of a month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _iso_days(text: str) -> Days | None:
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return date(parts[0], 1, 1), date(parts[0], 12, 31)
    if not 1 <= parts[1] <= 12:
        return None
    if len(parts) == 2:
        return month_days(parts[0], parts[1])
    found = civil(*parts)
    return (found, found) if found else None


def _iso(match: Match, published: date | None) -> Days | None:
    first = _iso_days(match["first"])
    last = _iso_days(match["last"]) if match["last"] else first
    return (first[0], last[1]) if first and last and first[0] <= last[1] else None


def _nearest(match: Match, published: date | None, resolve: Callable[[int], Days | None]) -> Days | None:
    """Days in the year told, or else in the year that puts them latest before publication (after it, for a plan)."""
    parts = match.groupdict()
    told = parts.get("year")
    if told and told.isascii() and told.isdigit():
        year = year_of(told)
        return resolve(year) if year else None
    if told in ("去年", "last year") and published:
        return resolve(published.year - 1)
    if published is None:
        return None
    clause = re.split(r"[.;。;]\s", match.string[max(0, match.start() - 80) : match.start()])[-1]
    said_after = _SAID_AFTER.match(match.string, match.end()) and not _TO_BE_SAID.search(clause)
    ahead = _AHEAD.search(clause) is not None and not (said_after or _SAID_BEFORE.search(clause))
    years = (published.year, published.year + 1) if ahead else (published.year, published.year - 1)
    for year in years:
        days = resolve(year)
        if days and (days[1] >= published if ahead else days[0] <= published + _SOON):
            return days
    return resolve(published.year)


def _named_day(match: Match, published: date | None) -> Days | None:
    month, first, last = MONTHS[match["month"].lower()], int(match["d1"]), int(match["d2"] or match["d1"])

    def resolve(year: int) -> Days | None:
        a, b = civil(year, month, first), civil(year, month, last)
        return (a, b) if a and b and a <= b else None

    return _nearest(match, published, resolve)


def _third(days: Days, part: str) -> Days:
    """The early, middle or late part of a month or year."""
    first, last = days
    step = timedelta(days=((last - first).days + 1) // 3)
    if part in ("early", "初", "上旬", "the start of", "the beginning of"):
        return first, first + step - timedelta(days=1)
    if part in ("mid", "the middle of", "中", "中旬"):
        return first + step, first + 2 * step - timedelta(days=1)
    if part in ("late", "底", "末", "下旬", "the end of"):
        return first + 2 * step, last
    return days


def _named_month(match: Match, published: date | None) -> Days | None:
    month = MONTHS[match["month"].lower()]
    part = (match["part"] or "").lower()
    return _nearest(match, published, lambda year: _third(month_days(year, month), part))


def _year(match: Match, published: date | None) -> Days | None:
    year = year_of(match["year"])
    return _third((date(year, 1, 1), date(year, 12, 31)), (match["part"] or "").lower()) if year else None


def _han(text: str) -> int:
    return int(numbers.number(text) or 0)


def _han_day(match: Match, published: date | None) -> Days | None:
    m1, d1 = _han(match["month"]), _han(match["d1"])
    m2, d2 = _han(match["m2"]) if match["m2"] else m1, _han(match["d2"]) if match["d2"] else d1

    def resolve(year: int) -> Days | None:
        a, b = civil(year, m1, d1), civil(year + (m2 < m1), m2, d2)
        return (a, b) if a and b and a <= b else None

    return _nearest(match, published, resolve)


def _han_month(match: Match, published: date | None) -> Days | None:
    month = _han(match["month"])
    if not 1 <= month <= 12:
        return None
    return _nearest(match, published, lambda year: _third(month_days(year, month), match["part"] or ""))


def _day_alone(match: Match, published: date | None) -> Days | None:
    """14日: of the month of publication, or of the one before where that day is still to come."""
    if published is None:
        return None
    wanted = _han(match["d1"])
    month_before = published.replace(day=1) - timedelta(days=1)
    for base in (published, month_before):
        found = civil(base.year, base.month, wanted)
        if found and found <= published + timedelta(days=1):
            return found, found
    return None


def _weekday(match: Match, published: date | None) -> Days | None:
    if published is None:
        return None
    back = (published.isoweekday() - WEEKDAYS[match["weekday"].lower()]) % 7
    which = (match["which"] or "").lower()
    clause = re.split(r"[.;。;]\s", match.string[max(0, match.start() - 80) : match.start()])[-1]
    ahead = _AHEAD.search(clause) is not None and not _SAID_BEFORE.search(clause) and which not in ("last", "this")
    if which == "next" or ahead:
        found = published + timedelta(days=7 - back)
    elif which == "last" and back == 0:
        found = published - timedelta(days=7)
    else:
        found = published - timedelta(days=back)
    return found, found


def _han_weekday(match: Match, published: date | None) -> Days | None:
    if published is None:
        return None
    monday = published - timedelta(days=published.isoweekday() - 1)
    which = match["which"] or ""
    found = monday + timedelta(days=WEEKDAYS[match["weekday"]] - 1)
    if which in ("上", "上个", "上個"):
        found -= timedelta(days=7)
    elif which in ("下", "下个", "下個"):
        found += timedelta(days=7)
    elif not which and found > published:
        found -= timedelta(days=7)
    return found, found


def _relative(match: Match, published: date | None) -> Days | None:
    if published is None:
        return None
    unit, _, step_text = RELATIVE[match["word"].lower()].partition(" ")
    step = int(step_text)
    if unit == "day":
        found = published + timedelta(days=step)
        return found, found
    if unit == "recent":
        return published - timedelta(days=step), published
    if unit == "month":
        months = published.year * 12 + published.month - 1 + step
        return month_days(months // 12, months % 12 + 1)
    if unit == "year":
        return date(published.year + step, 1, 1), date(published.year + step, 12, 31)
    monday = published - timedelta(days=published.isoweekday() - 1) + timedelta(days=7 * step)
    if unit == "weekend":
        saturday = published - timedelta(days=(published.isoweekday() - 6) % 7)
        return saturday, saturday + timedelta(days=1)
    return monday, monday + timedelta(days=6)


def _ago(match: Match, published: date | None) -> Days | None:
    """Three days ago; two weeks ago: give or take half of the unit."""
    n = numbers.number(match["n"])
    if published is None or n is None or n > 400:
        return None
    step = _STEPS[match["unit"].lower()]
    middle, slack = published - timedelta(days=int(n) * step), timedelta(days=step // 2)
    return middle - slack, middle + slack


_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|a|an"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[Match, date | None], Days | None]], ...] = tuple(
    (re.compile(form, re.IGNORECASE), reader)
    for form, reader in (
        (rf"(?<![\d.,-])(?P<first>{_YEAR}-\d{{2}}(?:-\d{{2}})?)(?:/(?P<last>{_ISO}))?(?![\d-])", _iso),
        (rf"(?P<first>\A{_YEAR})(?:/(?P<last>{_ISO}))?\Z", _iso),
        (rf"(?<![\d,.])(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?:\s?(?:-|–|to|and)\s?(?P<d2>\d{{1,2}})(?:st|nd|rd"
            rf"|th)?)?\s+(?:of\s+)?"
         rf"(?P<month>{_MONTH})\b\.?(?:,?\s+(?P<year>{_YEAR})\b)?", _named_day),
        (rf"\b(?P<month>{_MONTH})\b\.?\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|,\d{{3}}|\.\d)"
         rf"(?:\s?(?:-|–|to|and)\s?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|,\d{{3}}))?(?:,?\s+(?P<year>{_YEAR})\b)?",
         _named_day),
        (rf"\b(?:(?P<part>{_PART})[\s-]+)?(?P<month>{_MONTH})\b\.?,?\s+(?:of\s+)?"
         rf"(?P<year>{_YEAR}|last year)\b", _named_month),
        (rf"\b(?P<part>{_PART})[\s-]+(?P<month>{_MONTH})\b", _named_month),
        (rf"(?:(?<=\bin\s)|(?<=\bsince\s)|(?<=\buntil\s)|(?<=\blast\s)|(?<=\bby\s)|(?<=\bfrom\s)|(?<=\bto\s)"
         rf"|(?<=\bbetween\s)|(?<=\bthis\s)|(?<=\bduring\s))(?P<part>)(?P<month>{_MONTH})\b(?!\s+\d)", _named_month),
        (rf"(?:(?<=\bin\s)|(?<=\bsince\s)|(?<=\bduring\s)|(?<=\bof\s)|(?<=\bby\s)"
            rf"|(?<=\bfor\s))(?:(?P<part>early|mid|late)[\s-]+)?"
         rf"(?P<year>{_YEAR})\b(?![,.]\d|-\d)", _year),
        (rf"(?:(?P<year>{_YEAR}(?=年)|今年|去年)年?)?(?P<month>{_N})月(?P<d1>{_N})[日号號]"
         rf"(?:[至到—–-](?:(?P<m2>{_N})月)?(?P<d2>{_N})[日号號])?", _han_day),
        (rf"(?:(?P<year>{_YEAR}(?=年)|今年|去年)年?)?(?P<month>{_N})月(?!{_N}[日号號])(?:份)?(?P<part>底|初|末|中旬|上旬|下旬)?",
         _han_month),
        (rf"(?P<year>{_YEAR})年(?!{_N}月)(?P<part>底|初|末)?", _year),
        (rf"(?<![月至到\d{_HAN_LETTERS}])(?P<d1>\d{{1,2}})日(?!元|本)", _day_alone),
        (rf"\b(?P<which>last|next|this|on)?\s*(?P<weekday>{_WEEKDAY_LATIN})\b\.?", _weekday),
        (rf"(?:\b(?P<which>last|next|this|on)\s+|(?<=\())(?P<weekday>{'|'.join(_SHORT_DAYS)})\b\.?", _weekday),
        (rf"(?P<which>上个|上個|上|本|这|這|下个|下個|下)?(?P<weekday>{_WEEKDAY_HAN})", _han_weekday),
        (rf"(?<![A-Za-z])(?P<word>{_RELATIVE_LATIN})(?![A-Za-z])", _relative),
        (rf"(?P<word>{_RELATIVE_HAN})(?!\d{{1,2}}月)", _relative),
        (r"\b(?:on|by|until|between|and|from|since|of)\s+the\s+(?P<d1>\d{1,2})(?:st|nd|rd|th)\b(?!\s+(?!and"
            r"|to|of\s+(?:this|last)\s+month)[a-z])", _day_alone),
        (rf"\b(?P<n>\d{{1,3}}|{_WORDS})\s+(?P<unit>day|week|month|year)s?\s+(?:ago|earlier)\b", _ago),
        (r"(?P<n>\d{1,3}|[一两兩三四五六七八九十]{1,3})(?P<unit>天|日|周|週|个月|個月|年)前", _ago),
    )
)  # fmt: skip
