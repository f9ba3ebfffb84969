"""Who may be a child: ages and birth dates as lists, remarks and people tell them; in doubt, a child.

The wordings are data (ages.toml). An age that somebody rounds, a paper that pupils carry, a clerk who writes that a
person looks younger: each is a reason to treat the person as a child until it is settled.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from upriver.clean.dates import civil, day, year_of
from upriver.clean.folding import fold
from upriver.clean.lexicon import load_list
from upriver.clean.numbers import number

_SENTENCE = re.compile(r"[^.!?。!?;;\n]+(?:\.(?=\S)[^.!?。!?;;\n]+)*[.!?。!?;;\n]*")
_CLAUSE = re.compile(r"[,，、]|\b(?:and|but|with)\b|和|但")
_PARTIAL = re.compile(
    r"\s*(?P<era>民国|令和|平成)?\s*(?P<y>\d{2,4})\s*(?:年|[-/.])?\s*(?:(?P<m>\d{1,2})\s*月?)?\s*(?:生|出生|born)?\s*$"
)
_ERAS = {"民国": 1911, "令和": 2018, "平成": 1988}
_CHINESE_ID = re.compile(r"(?<!\d)\d{6}(?P<born>(?:19|20)\d{6})\d{3}[\dx](?![\dx])")
_HAN = "[一二两三四五六七八九十]{1,3}"
_OLDEST = 120
_ORDERS = ("ymd", "dmy", "mdy")


@dataclass(frozen=True, slots=True)
class Told:
    """What one passage tells of somebody's age.

    kind   years, born, child (said outright), doubt, hint (a paper that pupils carry)
    years  age in full years; one less where the figure is rounded or open
    born   first and last day on which the person may have been born
    quote  the words
    """

    kind: str
    quote: str
    years: int | None = None
    born: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Age:
    """Whether a person was, or may have been, under age when found; `why` in words, `record_id` it rests on."""

    child: bool
    why: str
    record_id: str


@dataclass(frozen=True, slots=True)
class _Patterns:
    told: tuple[re.Pattern[str], ...]
    child: re.Pattern[str]
    not_child: re.Pattern[str]
    doubt: re.Pattern[str]
    hint: re.Pattern[str]
    others: re.Pattern[str]
    kin: re.Pattern[str]
    then: re.Pattern[str]
    about: re.Pattern[str]
    about_behind: re.Pattern[str]
    born: tuple[re.Pattern[str], ...]
    numbers: dict[str, int]

    def figure(self, word: str) -> int | None:
        """Full years of a figure or a number in words."""
        found = self.numbers.get(word.lower())
        value = number(word) if found is None else found
        return None if value is None else int(value)


@cache
def _patterns() -> _Patterns:
    raw = load_list("upriver.safeguard", "ages.toml")
    numbers: dict[str, int] = raw["numbers"]
    words = "|".join([*sorted(numbers, key=lambda word: (-len(word), word)), _HAN])
    figure = rf"(?P<n>\d{{1,3}}(?:\.\d)?|{words})"

    def one(*patterns: str) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{p.replace('{n}', rf'(?:[0-9]+|{words})')})" for p in patterns), re.IGNORECASE)

    return _Patterns(
        tuple(re.compile(p.replace("{n}", figure), re.IGNORECASE) for p in raw["told"]),
        one(*raw["child"]), one(raw["not_child"]), one(*raw["doubt"]), one(*raw["hint"]), one(raw["others"]),
        one(raw["kin"]), one(raw["then"]), re.compile(rf"(?:{raw['about']})\s*(?:aged?\s*)?\Z", re.IGNORECASE),
        re.compile(rf"\s*(?:岁|years?|yrs?|old|\s)*\s*{raw['about_behind']}", re.IGNORECASE),
        tuple(re.compile(p, re.IGNORECASE) for p in raw["born"]), numbers,
    )  # fmt: skip


def read_ages(text: str, of_kin: bool = False) -> list[Told]:
    """What `text` tells of the age of whom it is about, in the order of its sentences; other people's ages left out.

    of_kin  the text is a relative's about the person: "my son is 16" tells the person's age
    """
    known = _patterns()
    found: list[Told] = []
    for match in _SENTENCE.finditer(text):
        written = match.group()
        if written.rstrip().endswith(("?", "?")) and not re.search(r"\d\s*[??]", written):
            continue  # "Are you a minor?" tells nothing
        sentence = fold(written)
        quote = " ".join(written.split())[:300]
        found += _years(sentence, quote, known, of_kin)
        for pattern in known.born:
            for hit in pattern.finditer(sentence):
                born = born_between(hit["date"])
                if born is not None and (of_kin or not _of_others(sentence, hit.start(), known)):
                    found.append(Told("born", quote, born=born))
        found += [Told("born", quote, born=(on, on)) for on in id_births(sentence)]
        plain = known.not_child.sub(" ", sentence)
        for kind, kinds in (("child", known.child), ("doubt", known.doubt), ("hint", known.hint)):
            said = kinds.search(plain)
            if said is not None and (of_kin or not _of_others(plain, said.start(), known)):
                found.append(Told(kind, quote))
    return list(dict.fromkeys(found))


def _years(sentence: str, quote: str, known: _Patterns, of_kin: bool) -> list[Told]:
    found = []
    if known.then.search(sentence):
        return []
    for pattern in known.told:
        for hit in pattern.finditer(sentence):
            years = known.figure(hit["n"])
            if years is None or not 0 < years < _OLDEST or (not of_kin and _of_others(sentence, hit.start(), known)):
                continue
            rounded = known.about.search(sentence[: hit.start("n")]) or known.about_behind.match(sentence, hit.end())
            found.append(Told("years", quote, years - 1 if rounded else years))
    return found


def _of_others(sentence: str, start: int, known: _Patterns) -> bool:
    """Whether somebody else is named before `start` in its clause: "my son is 6 years old"."""
    clause = max((match.end() for match in _CLAUSE.finditer(sentence, 0, start)), default=0)
    return known.others.search(sentence, clause, start) is not None


def names_kin(text: str) -> bool:
    """Whether a relative's words name the one who is held: my son, he."""
    return _patterns().kin.search(fold(text)) is not None


def told_age(text: str) -> str | None:
    """The age in years that a remark tells; "child" where it says or doubts so in words; None where it says neither."""
    told = read_ages(text)
    years = [one.years for one in told if one.years is not None]
    if years:
        return str(min(years))
    return "child" if any(one.kind in ("child", "doubt") for one in told) else None


def born_between(text: str) -> tuple[date, date] | None:
    """First and last day on which somebody may have been born, by a date of any calendar, a month or a year.

    A day and month that can be read two ways give both.

    >>> born_between("2552-03"), born_between("民国98年")[0]
    ((datetime.date(2009, 3, 1), datetime.date(2009, 3, 31)), datetime.date(2009, 1, 1))
    """
    plain = fold(text).strip().strip(".").strip()
    # Folding takes the vowels of Thai: a month in that script is read as written.
    days = [on for form in (text, plain) for order in (None, *_ORDERS) if (on := day(form, order)) is not None]
    if days:
        return min(days), max(days)
    match = _PARTIAL.match(plain)
    if match is None:
        return None
    year = _ERAS[match["era"]] + int(match["y"]) if match["era"] else year_of(match["y"])
    if year is None or (len(match["y"]) == 3 and not match["era"]):
        return None
    month = int(match["m"]) if match["m"] else None
    if month is not None and not 1 <= month <= 12:
        return None
    first, last = civil(year, month or 1, 1), civil(year, month or 12, monthrange(year, month or 12)[1])
    return (first, last) if first is not None and last is not None else None


def id_births(text: str) -> list[date]:
    """Birth dates inside the resident identity numbers of China that stand in `text` with a right check character."""
    found = []
    for match in _CHINESE_ID.finditer(fold(text)):
        digits = match.group()
        weights = [pow(2, 17 - place, 11) for place in range(17)]
        check = "10x98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=False)) % 11]
        born = match["born"]
        on = civil(int(born[:4]), int(born[4:6]), int(born[6:])) if check == digits[-1] else None
        if on is not None:
            found.append(on)
    return found


def listed_age(text: str) -> Told | None:
    """What a list's column of ages holds: 17, 17岁, "16-18", "about 18", "child"; None where it tells no age."""
    plain = fold(text).strip()
    if re.fullmatch(r"\d{1,3}(?:\.\d+)?", plain):
        years = int(float(plain))
        return Told("years", text, years) if 0 < years < _OLDEST else None
    known = _patterns()
    figures = [int(word) for word in re.findall(r"\d{1,3}", plain) if 0 < int(word) < _OLDEST]
    words = re.findall("|".join([*sorted(known.numbers, key=len, reverse=True), _HAN]), plain)
    said = [known.figure(word) for word in words]
    figures += [years for years in said if years is not None and 0 < years < _OLDEST]
    told = read_ages(text)
    if figures:
        open_ = bool(re.search(r"[?？~±]", text)) or bool(known.about_behind.search(plain)) or any(
            known.about.search(plain[: match.start()]) for match in re.finditer(r"\d", plain)
        )  # fmt: skip
        return Told("years", text, min(figures) - open_ if len(figures) == 1 else min(figures))
    return next((one for one in told if one.kind in ("child", "doubt")), None)


def age_when_found(told: Iterable[tuple[Told, str]], found_on: date | None, adult: int) -> Age | None:
    """Whether a person was under `adult` when found; of several tellings the one that makes a child counts.

    told     (what is told, record_id)
    returns  None when nothing is told that says either
    """
    ages: list[Age] = []
    hints: list[Age] = []
    for one, record in told:
        if one.kind == "child":
            ages.append(Age(True, "said to be a child", record))
        elif one.kind == "doubt":
            ages.append(Age(True, "age in doubt", record))
        elif one.kind == "hint":
            hints.append(Age(True, "a pupil's paper, and no age told", record))
        elif one.years is not None:
            ages.append(Age(one.years < adult, f"age {one.years} as told", record))
        elif one.born is not None and found_on is not None and one.born[0] <= found_on:
            last = min(one.born[1], found_on)
            years = found_on.year - last.year - ((found_on.month, found_on.day) < (last.month, last.day))
            open_ = "" if one.born[0] == one.born[1] else ", birthday not sure"
            ages.append(Age(years < adult, f"{years} years old when found{open_}", record))
    known = ages or hints
    return min(known, key=lambda age: (not age.child, age.record_id)) if known else None


def age_at(born: str | None, stated: str | None, found_on: date | None, adult: int, record_id: str) -> Age | None:
    """Whether a person was under `adult` years when found, in doubt yes.

    born     birth date, month or year, of any calendar
    stated   age in years as written, or words
    returns  None when neither says anything
    """
    told: list[Told] = []
    if stated and (listed := listed_age(stated)) is not None:
        told.append(listed)
    if born and (between := born_between(born)) is not None:
        told.append(Told("born", born, born=between))
    return age_when_found(((one, record_id) for one in told), found_on, adult)
