"""Which figures of a news passage count something, what they count, and how firmly: "more than 370 nationals"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from upriver.clean.numbers import Figure, figures
from upriver.clean.periods import Period
from upriver.clean.places import nations_in
from upriver.extract.event_lexicon import lexicon

_STOP = re.compile(
    r"[,;:.!?()\[\]—–\"“”]|\s-{1,2}\s|\b(?:in|at|from|to|by|were|was|are|is|had|have|has|who|whom|which|that|on|after|during|across|into|with"
    r"|for|since|linked|suspected|accused|involved|allegedly|alleged to|believed|be|being|been|and\s+(?:the|a|an)"
    r"|and\s+(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty)"
    r"|and seiz\w+|while|but|left|fled|crossed|died|escaped|walked|landed|came|went"
    r"|over|under|back|out|as|between|when)\b|\band\s+\d",
    re.IGNORECASE,
)
_HAN_STOP = re.compile(r"[,,。;;、::()()\[\]!!??“”]")
_HAN_PEOPLE = re.compile(r"\s*(?:余|餘|多)?\s*(?:名|人(?!民币|民幣|民警)|位|个人|個人|人次)")
_HAN_LETTER = re.compile(r"[\u3400-\u9fff]")
_SKIPPED_AFTER = re.compile(
    r"\s*(?:%|％|per\s?cent|percentage|个百分点|個百分點|-?\s?year-old|-?\s?years?\b|-?\s?month|-?\s?days?\b|-?\s?weeks?\b|-?\s?hours?\b|岁|歲|年|月|日"
    r"|小时|小時|天|公里|km\b|kilomet|miles?\b|th\b|st\b|nd\b|rd\b|s\b|a\.m|p\.m|点|點|级|級|次)",
    re.IGNORECASE,
)
_SKIPPED_BEFORE = re.compile(r"(?:\baged?|\bNo\.|\bsection|\bphase|\barticle|\bgroup|第|年仅)\s*\Z", re.IGNORECASE)
_RANGE_LINK = re.compile(r"\s*(?:-|–|—|to|至|到)\s*", re.IGNORECASE)
# "handed over 164" says nothing of more than 164.
_VERB_OVER = re.compile(r"\b(?:hand|turn|tak|deliver|sign|g[ai]v)\w*\s+over\s*\Z", re.IGNORECASE)
_REFERENCE = re.compile(r"\bof\s+(?:the|those|all|these|some)?\s*\Z|\bout of\s+(?:the\s+)?\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure with what it counts; offsets are of the figure with its qualifier and its noun."""

    start: int
    end: int
    at: int
    value: float | None
    low: float | None
    high: float | None
    qualifier: str
    unit: str
    role: str
    noun: str


def counted(text: str, periods: Sequence[Period]) -> list[Counted]:
    """Every figure of `text` that counts people, places, things or money, in order; dates, ages and shares left out."""
    found: list[Counted] = []
    plain = [
        figure
        for figure in figures(text)
        if not any(period.start <= figure.start < period.end for period in periods) and not _skipped(text, figure)
    ]
    waiting: Figure | None = None
    for place, figure in enumerate(plain):
        following = plain[place + 1] if place + 1 < len(plain) else None
        opened = re.search(r"\bbetween\s+\S{0,3}\Z", text[: figure.start], re.IGNORECASE) is not None
        if following and _links(text[figure.end : following.start], opened) and waiting is None:
            waiting = figure
            continue
        one = _counted(text, figure)
        if one and waiting is not None and waiting.value is not None and one.value is not None:
            low = waiting.value * (1 if waiting.value * 100 > one.value else _scale(figure, one.value))
            if low < one.value:
                one = replace(one, start=waiting.start, value=None, low=low, high=one.value, qualifier="range")
        waiting = None
        if one and not _repeats_in_brackets(text, one, found):
            found.append(one)
    return found


def _scale(figure: Figure, value: float) -> float:
    """18 in "18 to 37 billion" is told in billions."""
    digits = re.match(r"[\d,.]+", figure.raw)
    return value / float(digits.group().replace(",", "")) if digits else 1.0


def _links(between: str, opened: bool) -> bool:
    return _RANGE_LINK.fullmatch(between) is not None or (opened and between.strip().lower() == "and")


def _skipped(text: str, figure: Figure) -> bool:
    after = text[figure.end : figure.end + 16]
    if figure.value is not None and _SKIPPED_AFTER.match(after):
        return True
    return bool(_SKIPPED_BEFORE.search(text[max(0, figure.start - 12) : figure.start]))


def _repeats_in_brackets(text: str, one: Counted, found: Sequence[Counted]) -> bool:
    """(US$145.72 million) after NT$4.5 billion is the same money once more."""
    if not found or not _is_money(one.unit) or not _is_money(found[-1].unit):
        return False
    return (
        re.fullmatch(
            r"[^()（）]{0,12}[(（]\s*(?:about|around|约|approximately)?\s*\S{0,6}?", text[found[-1].end : one.at]
        )
        is not None
    )


def _is_money(unit: str) -> bool:
    return len(unit) == 3 and unit.isupper() and unit not in ("BTC",)


def _counted(text: str, figure: Figure) -> Counted | None:
    noun_end = _noun_end(text, figure)
    noun = text[figure.end : noun_end]
    unit = _unit(text, figure, noun)
    if unit is None:
        return None
    qualifier, start = _qualifier(text, figure, noun)
    return Counted(
        start, noun_end, figure.start, figure.value, None, None, qualifier, unit, _role(noun, unit), noun.strip()
    )


def _noun_end(text: str, figure: Figure) -> int:
    """End of the noun phrase that the figure opens."""
    window = text[figure.end : figure.end + 70]
    if _HAN_LETTER.search(window[:6]):
        stop = _HAN_STOP.search(window)
        return figure.end + min(stop.start() if stop else len(window), 26)
    offset = 0
    linked = re.match(r"\s+of\s+(?:the\s+|its\s+)?", window) if figure.value is None else None
    if linked:
        offset = linked.end()
    stop = _STOP.search(window, offset)
    return figure.end + (stop.start() if stop else len(window))


def _unit(text: str, figure: Figure, noun: str) -> str | None:
    words = lexicon()
    currency = _currency(text, figure, noun)
    if currency:
        return currency
    if _HAN_LETTER.search(noun[:4]) or _HAN_LETTER.search(text[max(0, figure.start - 2) : figure.start]):
        return _han_unit(text, figure, noun)
    if words.not_counted.search(noun) and not words.roles["protector"].search(noun):
        return None
    last: tuple[int, str] | None = None
    for unit, form in words.units.items():
        for match in form.finditer(noun):
            if last is None or match.end() > last[0]:
                last = (match.end(), unit)
    if last:
        return last[1]
    return "people" if nations_in(noun) or _part_of_people(text, figure) else None


def _part_of_people(text: str, figure: Figure) -> bool:
    """58 of the 64; 77 were arrested: a bare figure that stands for people told before or after."""
    after = text[figure.end : figure.end + 40]
    return (
        figure.value is not None
        and figure.raw[0].isdigit()
        and bool(
            re.match(
                r"\s+of\s+(?:the|those|these|them|whom)\b|\s+(?:were|are|was|others|more|had been|have been)\b", after
            )
        )
    )


def _han_unit(text: str, figure: Figure, noun: str) -> str | None:
    words = lexicon()
    if _HAN_PEOPLE.match(noun):
        return None if words.not_counted.search(noun[:10]) else "people"
    # One Chinese numeral alone (一批, 两国) counts something only with a measure word.
    measured = re.match(
        r"\s*(?:余|餘|多)?\s*(?:个|個|处|處|座|所|家|栋|棟|幢|部|台|臺|辆|輛|张|張|起|套|間|间|支|枚)?", noun
    )
    after = noun[measured.end() if measured else 0 :][:10]
    for unit, form in words.units.items():
        if form.match(after) or (measured and measured.group().strip() and form.search(after[:8])):
            return unit
    if measured and measured.group().strip():
        before = text[max(0, figure.start - 8) : figure.start]
        for unit, form in words.units.items():
            for match in form.finditer(before):
                if re.fullmatch(r"\D{0,3}", before[match.end() :]):
                    return unit
        if measured.group().strip(" 余餘多") in ("栋", "棟", "幢"):
            return "buildings"
    return None


def _currency(text: str, figure: Figure, noun: str) -> str | None:
    before = text[max(0, figure.start - 4) : figure.start].rstrip()
    after = re.sub(r"\A\s*(?:余|餘|多)?\s*", "", noun)
    best: tuple[int, str] | None = None
    for form, currency in lexicon().money:
        for match in form.finditer(before):
            if match.end() == len(before) and (best is None or len(match.group()) > best[0]):
                best = (len(match.group()), currency)
        match_after = form.match(after)
        if match_after and (best is None or len(match_after.group()) > best[0]):
            best = (len(match_after.group()), currency)
    if best:
        return best[1]
    # "billions of dollars", "4.5 billion in U.S. dollars"
    if figure.value is None:
        for form, currency in lexicon().money:
            if form.search(noun):
                return currency
    return None


def _qualifier(text: str, figure: Figure, noun: str) -> tuple[str, int]:
    """The qualifier and where it begins."""
    start = figure.start
    sign = re.search(r"(?:US|NT|HK|S)?[$€£¥฿]\s?\Z|\bRM\s?\Z", text[max(0, start - 5) : start])
    if sign:
        start -= len(sign.group())
    if figure.value is None:
        return "vague", start
    before = text[max(0, start - 28) : start]
    for name, form in lexicon().qualifiers.items():
        match = form.search(before)
        if match and not _VERB_OVER.search(before[: match.end()]):
            return name, start - (len(before) - match.start())
    for name, form in lexicon().qualifiers_after.items():
        if form.search(noun) or (name == "about" and re.search(r"左右|上下|or so\b", noun)):
            return name, start
    return ("more_than" if figure.more or text[figure.end : figure.end + 1] == "+" else "exact"), start


def _role(noun: str, unit: str) -> str:
    """The role that the noun itself names; "all" where it names none."""
    if unit != "people":
        return "company" if unit == "companies" else "all"
    best: tuple[int, str] | None = None
    for role, form in lexicon().roles.items():
        if role == "company":
            continue
        match = form.search(noun)
        if match and (best is None or match.start() < best[0]):
            best = (match.start(), role)
    return best[1] if best else "all"


def of_a_whole(text: str, one: Counted) -> bool:
    """Whether this figure is the whole that another is said to be a part of: the 64 in "58 of the 64"."""
    return _REFERENCE.search(text[max(0, one.start - 14) : one.start]) is not None
