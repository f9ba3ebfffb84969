"""Telephone numbers in a text, and on which platform they are said to be; orders, dates, prices and cards are none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from upriver.clean import contacts
from upriver.extract.mention_accounts import other_number
from upriver.extract.mention_page import Page
from upriver.extract.mention_words import Cue, choice, cue_words, listed

_RUN = re.compile(r"(?:[(（]\s?\+|\+)?\s?[(（]?\d(?:(?:[\s()（）./,·•\-]{0,3}|\s?\(0\)\s?)\d){4,60}", re.ASCII)
_PIECES = re.compile(r"\s*[,/]\s*|\.\s|\s[-~|]\s|\s{2,}|\n|(?<=\d)\s*(?=\(?\+)")
_FIGURES = re.compile(r"\d{1,3}(?:[., ]\d{3})+(?:[.,]\d{1,2})?\Z|\d{1,3}(?:,\d{2})+,\d{3}\Z|\d+\.\d{1,2}\Z|0?\.\d+\Z")
_DATES = re.compile(
    r"(?<![\d+])(?<!\d[-/.])(?:(?:19|20|25)\d\d(?P<a>[-/.])(?:0?[1-9]|1[0-2])(?P=a)(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])(?P<b>[-/.])(?:0?[1-9]|[12]\d|3[01])(?P=b)(?:(?:19|20|25)\d\d|\d\d(?=\s\d{1,2}:\d\d)))(?![-/.]?\d)"
    r"|(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?![\d:])|(?<![\d.+])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)"
)
_BARE_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\Z")
_HAN_DIGITS = {sign: str(place) for place, sign in enumerate("零一二三四五六七八九")} | {
    "〇": "0", "○": "0", "幺": "1", "壹": "1", "贰": "2", "两": "2",
    "叁": "3", "肆": "4", "伍": "5", "陆": "6", "柒": "7",
    "捌": "8", "玖": "9",
}  # fmt: skip
_HAN_RUN = re.compile(f"[{''.join(_HAN_DIGITS)}]{{11}}(?![{''.join(_HAN_DIGITS)}十百千万])")
_LETTER_AFTER = re.compile(r"[a-z]{3}|x\s?\d{1,5}(?!\d)", re.ASCII)
_GLUED_BEFORE = re.compile(r"(?:[a-z0-9_$€£¥₹฿₫₱₩#]|\d\.|[a-z]-)$")
_GLUED_AFTER = re.compile(r"[A-Za-z0-9_@%]")
_GLUE = re.compile(r"(?:tel|phone|mob|mobile|call|whatsapp|wa|hp|cp|cell|sdt|telp|number|no)[.-]?$")
_BETWEEN_STOP = re.compile(r"[;。；?？\n\0]|(?<!no)(?<!tel)(?<!num)\.(?=\s|$)")
_JOINED = re.compile(r"[\s/、,，或和&+|\-:(]*(?:or|and|y|e|o|hoặc|atau)?[\s/、,，:(]*")
_AFTER = re.compile(r"\s*(?:[(（【\[]\s*(?:on |via |my |có |di )?|\s?(?:on|via|in|di|en|no|qua|trên)\s+|\s?[-–]\s?)")
_OWN = re.compile(r"\s*(?:[:=]|号|me|number|no\.?|is)*\s*[+\d(]")
_LISTED = re.compile(r"[\s/、,，或和&|;；]*(?:or|and|và|dan|y|e)?[\s/、,，]*")
_WINDOW = 40


def phones(page: Page, country: str | None, met: Sequence[Cue]) -> None:
    """Take telephone numbers in E.164; those that are said to be on WhatsApp as `whatsapp`."""
    if not re.search(r"\d", page.left):
        _spelt(page, country)
        return
    for match in list(_DATES.finditer(page.left)):
        page.take("", None, *match.span())
    last, free = (0, ""), list(met)
    for match in page.matches(_RUN):
        for start, end, value in _numbers(page, match, country, free):
            kind = _kind(page, start, end, free, last)
            page.take(kind, value, start, end)
            last = (end, kind)
    _spelt(page, country)


def _spelt(page: Page, country: str | None) -> None:
    """Numbers of mobile phones spelt in Chinese digits."""
    if country == "CN" and not page.text.isascii():
        for match in page.matches(_HAN_RUN):
            digits = "".join(_HAN_DIGITS[sign] for sign in match.group())
            page.take("phone", contacts.phone(digits, country, surely=True), *match.span())


def _numbers(
    page: Page, match: re.Match[str], country: str | None, met: Sequence[Cue]
) -> Iterator[tuple[int, int, str]]:
    """The numbers in a run of digits and signs: the whole, or else its pieces, each a number by itself."""
    text, begin = match.group(), match.start()
    lead = len(text) - len(text.lstrip())
    if text[lead : lead + 1] in "(（" and not re.search("[)）]", text):
        lead += 1
    text, begin = text[lead:], begin + lead
    if "," not in text and "\n" not in text and not re.search(r"\d\s*\(?\+|\s{2}|\.\s", text):
        whole = _number(page, text, begin, country, met)
        if whole:
            yield begin, begin + len(text), whole
            return
    pieces, at = [], 0
    for gap in [*_PIECES.finditer(text), None]:
        piece = text[at : gap.start() if gap else len(text)]
        if piece:
            pieces.append((at, piece))
        at = gap.end() if gap else at
    # `2024/612345678` is a reference: between slashes stand numbers alone.
    if "/" in text and any(len(re.sub(r"\D", "", piece)) < 7 for _, piece in pieces):
        return
    for at, piece in pieces:
        value = _number(page, piece, begin + at, country, met) if len(pieces) > 1 or "," in text else None
        if value:
            yield begin + at, begin + at + len(piece), value
        elif " " in piece:
            yield from _split(page, piece, begin + at, country, met)


def _split(page: Page, text: str, begin: int, country: str | None, met: Sequence[Cue]) -> list[tuple[int, int, str]]:
    """Numbers parted by one blank; what is left over between them is short, as in `13900001234 24/7`."""
    groups = [(match.start(), match.end()) for match in re.finditer(r"\S+", text)]
    found, first, left = [], 0, 0
    while first < len(groups):
        for last in range(len(groups) - 1, first - 1, -1):
            start, end = groups[first][0], groups[last][1]
            whole = (first, last) == (0, len(groups) - 1)
            value = None if whole else _number(page, text[start:end], begin + start, country, met)
            if value:
                found.append((begin + start, begin + end, value))
                first = last + 1
                break
        else:
            if text[slice(*groups[first])].startswith(("+", "(+")):
                return found  # the end of a number that is none is no number of this country
            left += len(re.sub(r"\D", "", text[slice(*groups[first])]))
            first += 1
    alone = all(" " not in text[start - begin : end - begin] for start, end, _ in found)
    return found if left <= 3 or alone else []


def _number(page: Page, raw: str, start: int, country: str | None, met: Sequence[Cue]) -> str | None:
    """E.164 of `raw` where it is a number in use that nothing around it makes something else."""
    digits = re.sub(r"\D", "", raw)
    if not 7 <= len(digits) <= 17 or not raw[-1].isdigit():
        return None
    plus = raw.lstrip("(（ ").startswith("+")
    international = plus or digits.startswith("00")
    after = page.left[start + len(raw) : start + len(raw) + 12]
    said = page.small[max(0, start - 24) : start]
    if not international and country is None and _cue_before(page, start, met) != "whatsapp":
        return None
    # Letters at it make it a code, unless they are a word for a telephone, or any word behind it.
    glued = _GLUED_BEFORE.search(said) is not None
    if glued and not plus and not _GLUE.search(said):
        return None
    if _GLUED_AFTER.match(after) and not _LETTER_AFTER.match(after):
        return None
    if re.match(r"[.,:-]\d", after) and not international:
        return None
    if not plus and (
        re.search(r"\d\.$", said[-3:])
        or (_FIGURES.match(raw) and (("." in raw and not digits.startswith("0")) or "," in raw))
        or _money(said, after)
        or other_number(page, start, ("before", "account"))
    ):
        return None
    # Few digits in one run are a day or any number, unless a word says that they are called.
    short = raw.isdigit() and not international and len(digits) <= 8 and not digits.startswith("0")
    if (short or _BARE_DAY.match(raw)) and not _cued(said):
        return None
    # On WhatsApp a number is written with its country, and often without a plus.
    return contacts.phone(
        f"+{digits}" if plus or (country is None and not international) else digits, country, surely=True
    )


def _cued(said: str) -> bool:
    return bool(_phone_words().search(said))


@lru_cache(maxsize=1)
def _phone_words() -> re.Pattern[str]:
    return re.compile(choice(cue_words("phone") | cue_words("whatsapp")))


@lru_cache(maxsize=1)
def _units() -> tuple[re.Pattern[str], re.Pattern[str]]:
    after, before = (choice(listed("unit", name)) for name in ("after", "before"))
    return re.compile(rf"\s?(?:{after})"), re.compile(rf"(?:{before})[\s:=]*$")


def _money(said: str, after: str) -> bool:
    behind, ahead = _units()
    return bool(behind.match(after.lower()) or ahead.search(said))


def _kind(page: Page, start: int, end: int, free: list[Cue], last: tuple[int, str]) -> str:
    """`whatsapp` or `phone`; a word that follows a number is used up, and tells nothing of the next."""
    behind = _cue_after(page, end, free)
    if behind is not None:
        free.remove(behind)
        return "whatsapp"
    listed_on = last[1] == "whatsapp" and _LISTED.fullmatch(page.left[last[0] : start])
    return "whatsapp" if listed_on or _cue_before(page, start, free) == "whatsapp" else "phone"


def _cue_before(page: Page, start: int, met: Sequence[Cue]) -> str:
    """The platform whose word stands before a number: the nearest, or WhatsApp where both are said at once."""
    kind, edge = "", start
    for cue in reversed(met):
        if cue.end > start:
            continue
        if cue.start < start - _WINDOW or _BETWEEN_STOP.search(page.left, cue.end, edge):
            break
        if cue.platform == "whatsapp":
            near = cue.strength == "sure" or start - cue.end < 12
            if near and (not kind or _JOINED.fullmatch(page.left[cue.end : edge])):
                return "whatsapp"
            break
        if cue.platform not in ("phone", "zalo") and not kind and not _JOINED.fullmatch(page.left[cue.end : edge]):
            continue
        kind, edge = cue.platform, cue.start
    return kind


def _cue_after(page: Page, end: int, free: Sequence[Cue]) -> Cue | None:
    """The word for WhatsApp that follows, in brackets or behind `on`, and not before a number of its own."""
    for cue in free:
        if cue.start < end:
            continue
        between = page.left[end : cue.start]
        if cue.platform == "phone" and _JOINED.fullmatch(between):
            continue
        said = _AFTER.fullmatch(between) or (not between.strip(" ") and cue.strength == "sure")
        own = _OWN.match(page.left, cue.end)
        return cue if cue.platform == "whatsapp" and said and not own else None
    return None
