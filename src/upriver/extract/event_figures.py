"""Which figures of a news passage count something, what they count, and how firmly: "more than 370 nationals"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from upriver.clean.numbers import Figure, figures
from upriver.clean.periods import Period
from upriver.extract import event_nouns
from upriver.extract.event_lexicon import Lexicon, is_money
from upriver.extract.event_nouns import Noun

_SKIPPED_AFTER = re.compile(
    r"\s*(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\b|%|％|per\s?cent|percentage"
    r"|persen|个百分点|個百分點|成(?!员|員)|-?\s?years?[\s-]old|-?\s?years?\b"
    r"|-?\s?month|-?\s?days?\b"
    r"|-?\s?weeks?\b|-?\s?hours?\b|-?\s?minutes?\b|岁|歲|年|月|日|小时|小時|天|公里|km\b|kilomet|miles?\b|th\b"
    r"|st\b|nd\b|rd\b|s\b|[ap]\.?m\b"
    r"|o'clock|o’clock|点|點|级|級|次|楼|樓|周|週|码|碼|号|號|-hectare|-storey|-story|-page|-count|-point"
    r"|-wheel|-park"
    r"|[/:]\d|\s+in\s+(?:ten|10)\b)",
    re.IGNORECASE,
)
_SKIPPED_BEFORE = re.compile(
    r"(?:\baged?|\bNo\.?|\bsection|\bphase|\barticle|\bgroup|\bRegion|\bArea|\bBridge|\bZone|\bRoom|第"
    r"|年仅|年僅|年约|\bno|(?:boy|girl|man|woman|youth|teenager|youngest|oldest)\s+of)\s*\Z|\d[/:]\Z",
    re.IGNORECASE,
)
# "the Jinbei 4 compound", "a Sangkat 4 apartment house": the number is of the name.
_NAMED = re.compile(r"\b(?:the|an?)\s+[A-Z][a-z]+\s\Z")
_THING = re.compile(
    r"\s+(?:[a-z]+\s+)?(?:compound|building|house|casino|complex|office|apartment|villa|hotel|site|block)\b"
)
_AGE = re.compile(r",\s*\Z")
_AGE_LINK = re.compile(r"\s*(?:and|to|-|–|—|至|到)\s*|\s+(?:years?\s+)?to\s+")
_RANGE_LINK = re.compile(r"\s*(?:-|–|—|to|至|到|hingga)\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|antara)\s+\S{0,3}\Z|(?:介于|介於|在)\s*\Z", re.IGNORECASE)
# "handed over 164" says nothing of more than 164.
_VERB_OVER = re.compile(
    r"\b(?:hand|turn|tak|took|deliver|sign|g[ai]v|brought|pass|marched|mov|carr)\w*\s+over\s*\Z", re.IGNORECASE
)
_SIGN = re.compile(r"(?:US|NT|HK|S|A|C)?[$€£¥฿₹₱]\s?\Z|\b(?:RM|Rp|P|[A-Z]{3})\s?\Z")
_SOMETHING_OR_MORE = re.compile(r"\s*(?:or|and)\s+(?:more|above|over)\b", re.IGNORECASE)
_MONEY_AGAIN = re.compile(r"[^()（）]{0,14}[(（]\s*(?:about|around|约|約|approximately|equivalent to|some)?\s*\S{0,6}?")


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure with what it counts; offsets are of the figure with its qualifier and its noun.

    kind   the type of event that the noun itself names (arrests, deaths), else None
    bare   no noun stands by it: it counts people told before
    """

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
    kind: str | None = None
    bare: bool = False
    doubt: str | None = None


def counted(text: str, periods: Sequence[Period], words: Lexicon) -> list[Counted]:
    """Every figure of `text` that counts people, places, things or money, in order; dates, ages and shares left out."""
    found: list[Counted] = []
    taken = iter([*periods, None])
    period = next(taken)
    plain: list[Figure] = []
    passed = -1  # where an age ended: "aged 27 and 34"
    for figure in figures(text, words.numbers):
        while period is not None and period.end <= figure.start:
            period = next(taken)
        if period is not None and figure.start >= period.start:
            continue
        aged = _AGE_LINK.fullmatch(text[passed : figure.start]) is not None if passed >= 0 else False
        if not _skipped(text, figure) and not aged:
            plain.append(figure)
            continue
        passed = figure.end if aged or _SKIPPED_BEFORE.search(text[max(0, figure.start - 14) : figure.start]) else -1
        if plain and (
            _RANGE_LINK.fullmatch(text[plain[-1].end : figure.start]) or text[plain[-1].end : figure.start] == " and "
        ):
            plain.pop()  # three to fifteen years
    waiting: Figure | None = None
    for place, figure in enumerate(plain):
        following = plain[place + 1] if place + 1 < len(plain) else None
        opened = _BETWEEN.search(text[max(0, figure.start - 14) : figure.start]) is not None
        if following and waiting is None and _links(text, figure, following, opened, words):
            waiting = figure
            continue
        one = _counted(text, figure, words)
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
    return value / float(digits.group().replace(",", "").rstrip(".")) if digits else 1.0


def _links(text: str, figure: Figure, following: Figure, opened: bool, words: Lexicon) -> bool:
    if following.start - figure.end > 24:
        return False
    between = _SIGN.sub("", text[figure.end : following.start]).strip()
    between = words.money_any.sub("", between).strip()
    return _RANGE_LINK.fullmatch(between) is not None or (
        opened and between.lower() in ("and", "dan", "到", "至", "billion and")
    )


def _skipped(text: str, figure: Figure) -> bool:
    after = text[figure.end : figure.end + 16]
    if figure.value is not None and _SKIPPED_AFTER.match(after):
        return True
    before = text[max(0, figure.start - 14) : figure.start]
    if _SKIPPED_BEFORE.search(before):
        return True
    # A number between commas behind a name is an age: "Lim, 32, who answered phones".
    if figure.raw.isdigit() and len(figure.raw) < 3 and _NAMED.search(before) and _THING.match(after):
        return True
    between = _AGE.search(before) is not None and re.match(r",|\s*\.", after) is not None
    return between and figure.value is not None and figure.raw.isdigit() and 10 < figure.value < 100


def _repeats_in_brackets(text: str, one: Counted, found: Sequence[Counted]) -> bool:
    """(US$145.72 million) after NT$4.5 billion is the same money once more."""
    if not found or not is_money(one.unit) or not is_money(found[-1].unit) or one.at - found[-1].end > 30:
        return False
    return _MONEY_AGAIN.fullmatch(text[found[-1].end : one.at]) is not None


def _counted(text: str, figure: Figure, words: Lexicon) -> Counted | None:
    noun = event_nouns.noun_of(text, figure, words)
    if noun is None:
        return None
    if noun.kind in ("death", "execution") and any(
        form.search(text, figure.end, noun.end + 30) for form in words.penalties.values()
    ):
        noun = Noun(figure.start, figure.end, "", "people", bare=True)  # four receiving the death penalty
    qualifier, start = _qualifier(text, figure, text[figure.end : noun.end], words)
    doubt = "a figure beyond 10^15" if figure.value is not None and figure.value > 1e15 else None
    return Counted(
        min(start, noun.start), noun.end, figure.start, figure.value, None, None, qualifier, noun.unit,
        _role(noun, words), noun.text, noun.kind, noun.bare, doubt,
    )  # fmt: skip


def _qualifier(text: str, figure: Figure, noun: str, words: Lexicon) -> tuple[str, int]:
    """The qualifier and where it begins."""
    start = figure.start
    sign = _SIGN.search(text[max(0, start - 5) : start])
    if sign:
        start -= len(sign.group())
    if figure.value is None:
        return "vague", start
    before = text[max(0, start - 28) : start].rstrip('"“‘「')
    cut = start - len(text[max(0, start - 28) : start])
    for name, form in words.qualifiers.items():
        match = form.search(before)
        if match and before[: match.start()].endswith(("附", "最", "靠", "邻", "鄰", "临", "臨")):
            continue
        if match and not _VERB_OVER.search(before[: match.end()]):
            return name, cut + match.start()
    if _SOMETHING_OR_MORE.match(text[figure.end : figure.end + 14]):
        return "at_least", start
    for name, form in words.qualifiers_after.items():
        if form.search(noun) or (name == "about" and re.search(r"左右|上下|or so\b", noun)):
            return name, start
    return ("more_than" if figure.more or text[figure.end : figure.end + 1] == "+" else "exact"), start


def _role(noun: Noun, words: Lexicon) -> str:
    """The role that the noun itself names; "all" where it names none."""
    if noun.unit != "people":
        return "company" if noun.unit == "companies" else "all"
    best: tuple[int, str] | None = None
    for role, form in words.roles.items():
        match = form.search(noun.text) if role != "company" else None
        if match and (best is None or match.start() < best[0]):
            best = (match.start(), role)
    return best[1] if best else "all"


_REFERENCE = re.compile(r"\bof\s+(?:the|those|all|these|some)?\s*\Z|\bout of\s+(?:the\s+)?\Z", re.IGNORECASE)


def of_a_whole(text: str, one: Counted) -> bool:
    """Whether this figure is the whole that another is said to be a part of: the 64 in "58 of the 64"."""
    return _REFERENCE.search(text[max(0, one.start - 14) : one.start]) is not None
