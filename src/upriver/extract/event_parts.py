"""Parts of a figure: by penalty, role, sex, nationality or group; and wholes that a sentence leaves to be added up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from upriver.clean.places import nations_in, places_in
from upriver.extract.event_figures import Counted, of_a_whole
from upriver.extract.event_lexicon import Lexicon, is_money
from upriver.extract.event_model import Part
from upriver.extract.phrases import is_han

OF_THEM = re.compile(
    r"\A\S+(?:\s+(?:a\s+)?(?:dozen|score|handful|number))?\s+of\s+(?:them|whom|these|those|which)\b",
    re.IGNORECASE,
)
_AMONG_BEHIND = re.compile(r"\A[^,;:]{0,46}?\b(?:among (?:them|these|those|its number)|in it\b)", re.IGNORECASE)
_FRAME = re.compile(r"\A\W*(?:Of|Among|Out of)\s+(?:(?:the|these|those|them|all|that)\b|\d)", re.IGNORECASE)
_HAN_FRAME = re.compile(r"(?:之中|当中|當中|(?<![其其])中|里|裡)\Z|\A(?:之?中|当中|當中)")
_ALL_BUT = re.compile(r"\ball\s+but\s+\Z", re.IGNORECASE)
_TALLY = re.compile(r"\b(?:number|tally|count|total|toll)\s+\Z", re.IGNORECASE)
_SAME = (frozenset({"people", "targets", "companies"}), frozenset({"compounds", "buildings", "locations", "dens"}))
_AND = re.compile(
    r"\A(?:\s*(?:and|dan|及|和|與|与|以及|plus|as well as|、|连同|連同|,)\s*(?:a\s+further\s+|another\s+|the\s+)?)\Z",
    re.IGNORECASE,
)
_ONE_MORE = re.compile(
    r"(?P<one>\b(?:he|she|him|her|\w+)|\)),?\s+(?:and|along with|together with)\s+(?:(?:his|her|its|their|the)\s+)?\Z"
)
_FOLLOWERS = re.compile(
    r"\s*(?:\w+\s+)?(?:of (?:his|her|its|their)\s+\w+|others?|co-?[\s-]?\w+|associates?|accomplices?"
    r"|deput(?:y|ies)|sons?|daughters?|relatives?|brothers?|compatriots|aides|lieutenants"
    r"|henchmen|leaders|senior\s+\w+|colleagues|companions|of (?:his|her|its)\s+\w+|top\s+\w+|other\s+.*)",
    re.IGNORECASE,
)


def same_family(a: str, b: str) -> bool:
    """Whether one unit may be a part of the other."""
    return a == b or any(a in family and b in family for family in _SAME)


def framed_whole(text: str, start: int, end: int) -> int:
    """Where the words "Of the 148 structures marked for destruction," end; `start` where no such words open it."""
    comma = text.find(",", start, end)
    while 0 <= comma < end and text[comma + 1 : comma + 2].isdigit():
        comma = text.find(",", comma + 1, end)
    return comma if comma > 0 and _FRAME.match(text[start:end]) else start


def split(
    text: str, start: int, end: int, inside: Sequence[Counted], words: Lexicon
) -> tuple[list[Counted], list[tuple[Counted, bool]]]:
    """Figures of a sentence that may be wholes, and those opened as parts, with whether one stands in an aside.

    "including", "of whom" and their like open parts up to the next semicolon; "58 of the 64" drops the 64.
    """
    wholes: list[Counted] = []
    parts: list[tuple[Counted, bool]] = []
    framed = _FRAME.match(text[start:end])
    before, opened = start, False
    for place, figure in enumerate(inside):
        if is_money(figure.unit):
            wholes.append(figure)
            continue
        if _ALL_BUT.search(text[max(start, figure.start - 10) : figure.start]):
            continue
        behind = inside[place - 1] if place else None
        if behind is not None and of_a_whole(text, figure) and figure.at - behind.at < 30:
            if not _ALL_BUT.search(text[max(start, behind.start - 10) : behind.start]):
                continue
            wholes.append(figure)
            continue
        gap = text[before : figure.start]
        opened = (opened and ";" not in gap) or _opens(gap, words)
        if framed is not None and figure.start > start + framed.end() and (place or "," in gap):
            opened = True
        whom = OF_THEM.search(text[figure.at : figure.end + 14]) is not None
        among = _AMONG_BEHIND.match(text[figure.end : figure.end + 60]) is not None
        if _HAN_FRAME.search(text[figure.at : figure.end]) or _HAN_FRAME.match(text[figure.end : figure.end + 2]):
            wholes.append(figure)  # 39名被告人中,9人
            opened, before = True, figure.end
            continue
        bracketed = gap.endswith(("(", "(含", "(其中")) and text[figure.end : figure.end + 1] == ")"
        opened_here = bracketed or _labelled(text, figure, wholes, gap, words)
        known = figure.value is not None and figure.unit not in ("?",)
        if known and (
            whom
            or among
            or (opened_here and figure.unit == "people")
            or (opened and figure.unit in ("people", "companies", "compounds", "vehicles", "properties"))
        ):
            tail = text[figure.end : figure.end + 60]
            aside = (among and bool(wholes)) or (
                (whom or among) and gap.rstrip().endswith((",", "(")) and re.match(r"[^;:]{0,50}[,)]", tail) is not None
            )
            parts.append((figure, aside and not re.match(r"\s+of\s+whom", tail)))
            before = figure.end
            continue
        wholes.append(figure)
        before = figure.end
    return wholes, parts


def _opens(gap: str, words: Lexicon) -> bool:
    """Whether words before a figure open parts; "the tally of those returned ... to 465" does not."""
    return any(not _TALLY.search(gap[: match.start()]) for match in words.parts.finditer(gap))


def _labelled(text: str, figure: Counted, wholes: Sequence[Counted], gap: str, words: Lexicon) -> bool:
    """A smaller Chinese figure behind the word for a sex or a nationality, and no verb before it: 男性231人."""
    if words.script != "han" or figure.unit != "people" or not wholes or words.events.find(gap):
        return False
    lead = re.split(r"[,、。0-9()]", gap)[-1]
    whole = max((one.value or 0 for one in wholes if one.unit == "people"), default=0)
    told = (
        any(form.search(lead) for form in words.sex.values())
        or lead.endswith(("籍", "籍的"))
        or _ends_with_nation(lead)
    )
    return told and (figure.value or 0) < whole


def _ends_with_nation(lead: str) -> bool:
    nations = nations_in(lead)
    return bool(nations) and re.fullmatch(r"[占佔共有人计計为為达達]{0,2}", lead[nations[-1].end :]) is not None


def part_of(text: str, figure: Counted, sentence_end: int, words: Lexicon) -> Part:
    """What kind of part a figure is."""
    value = figure.value or 0.0
    noun = text[figure.at : figure.end]
    following = re.split(r"[,，;;、]", text[figure.end : min(sentence_end, figure.end + 60)])[0]
    penalty = penalty_in(noun + following, words)
    if penalty:
        return Part("penalty", penalty, value, "all")
    before = text[max(0, figure.start - 14) : figure.start]
    lead = re.split("[,，、。0-9]", before)[-1] if is_han(noun + before) else ""
    for label, form in words.sex.items():
        if form.search(noun) or form.search(lead):
            return Part("sex", label, value, "all")
    nations = nations_in(f"{lead} {noun}") or nations_in(following)
    if nations:
        return Part("nationality", nations[0].country, value, "all")
    if figure.role not in ("all", "company"):
        return Part("role", figure.noun, value, figure.role)
    for role, form in words.roles.items():
        # Chinese puts the role before its figure: 其中网上在逃人员11名
        if role != "company" and form.search(lead):
            return Part("role", re.sub(r"\A(?:其中|包括|含|及)", "", lead), value, role)
    spots = places_in(noun + following)
    if spots and figure.bare:
        return Part("place", spots[0].place.name, value, "all")
    kind = "group" if figure.noun else "role"  # "four were falls": what is told of them stands in for a role
    return Part(kind, figure.noun or following.strip(" ,.")[:32] or "part", value, "all")


def _as_role(part: Part, figure: Counted, mixed: bool) -> Part:
    """Persons and companies that are taken together are told apart by what they are."""
    return (
        replace(part, kind="role", label=figure.noun or figure.unit)
        if mixed and part.kind in ("group", "nationality")
        else part
    )


def penalty_in(text: str, words: Lexicon) -> str | None:
    """The penalty that some words tell, the gravest with a reprieve first."""
    return next((label for label, form in words.penalties.items() if form.search(text)), None)


def with_one_more(text: str, figure: Counted, kind: str) -> tuple[Counted, Part | None]:
    """ "Xu and 33 others" are 34: the figure with the one who is named before it, and the part that was told."""
    if figure.value is None or figure.unit not in ("people", "companies"):
        return figure, None
    begin = max(0, figure.start - 60)
    match = _ONE_MORE.search(text[begin : figure.start])
    own = re.search(r"\bof (?:his|her|its|their)\b", text[figure.at : figure.end]) is not None
    if match is None or not (own or _FOLLOWERS.match(figure.noun or text[figure.end : figure.end + 24])):
        return figure, None
    one = match["one"]
    singular = one[:1].isupper() or one == ")" or one.lower() in ("he", "she", "him", "her", "patriarch", "father")
    if not singular and not re.search(
        r"\b(?:a|an|the|former)\s+(?:[\w-]+\s+){0,3}\Z", text[begin : begin + match.start()], re.IGNORECASE
    ):
        return figure, None
    if nations_in(one) or places_in(one) or (one.endswith("s") and not one[:1].isupper()):
        return figure, None
    start = begin + match.start()
    part = Part("role", figure.noun or "others", figure.value, "member")
    return replace(
        figure, start=start, value=figure.value + 1, unit="targets" if kind == "sanction" else figure.unit
    ), part


def summed(text: str, figures: Sequence[Counted], kind: str, words: Lexicon) -> tuple[Counted, tuple[Part, ...]] | None:
    """Figures that one verb takes together ("17 individuals and 98 entities") as one whole with its parts.

    None where they do not stand side by side, or are no figures of people or of those sanctioned.
    """
    if len(figures) < 2 or any(one.value is None or one.kind for one in figures):
        return None
    units = {one.unit for one in figures}
    if not units <= {"people", "companies", "targets"} or kind in ("estimate", "seizure"):
        return None
    for a, b in pairwise(figures):
        gap = text[a.end : b.start]
        if not _AND.match(gap) and not (gap == "" and is_han(text[a.start : b.end])):
            return None
    parts = tuple(
        _as_role(part_of(text, one, one.end, words), one, len(units) > 1 or kind == "sanction") for one in figures
    )
    total = sum(one.value or 0 for one in figures)
    unit = units.pop() if len(units) == 1 else "targets"
    first, last = figures[0], figures[-1]
    return replace(first, end=last.end, value=total, unit=unit, role="all"), parts
