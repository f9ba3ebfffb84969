"""Parts of a figure: by penalty, role, sex, nationality or group; and wholes that a sentence leaves to be added up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from upriver.clean.places import nations_in, places_in
from upriver.extract.event_figures import Counted
from upriver.extract.event_lexicon import Lexicon
from upriver.extract.event_model import Part
from upriver.extract.phrases import is_han

OF_THEM = re.compile(r"\A\S+\s+of\s+(?:them|whom|these|those|which)\b", re.IGNORECASE)
_AND = re.compile(r"\A\s*(?:and|dan|及|和|與|与|以及|plus|as well as|,)\s*(?:a\s+further\s+|another\s+|the\s+)?\Z", re.IGNORECASE)
_ONE_MORE = re.compile(
    r"(?P<one>\b(?:he|she|him|her|\w+)|\)),?\s+(?:and|along with|together with|with)\s+(?:(?:his|her|its|their|the)\s+)?\Z"
)
_FOLLOWERS = re.compile(
    r"\s*(?:\w+\s+)?(?:of (?:his|her|its|their)\s+\w+|others?|co-?[\s-]?\w+|associates?|accomplices?|deput(?:y|ies)|sons?|daughters?|relatives?|brothers?|compatriots|aides|lieutenants"
    r"|henchmen|leaders|senior\s+\w+|colleagues|companions|of (?:his|her|its)\s+\w+|top\s+\w+|other\s+.*)",
    re.IGNORECASE,
)


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
    return Part("group", figure.noun or (following.strip()[:24] or "part"), value, "all")


def penalty_in(text: str, words: Lexicon) -> str | None:
    """The penalty that some words tell, the gravest with a reprieve first."""
    return next((label for label, form in words.penalties.items() if form.search(text)), None)


def with_one_more(text: str, figure: Counted, kind: str) -> tuple[Counted, Part | None]:
    """ "Xu and 33 others" are 34: the figure with the one who is named before it, and the part that was told."""
    if figure.value is None or figure.unit not in ("people", "companies"):
        return figure, None
    begin = max(0, figure.start - 60)
    match = _ONE_MORE.search(text[begin : figure.start])
    if match is None or not _FOLLOWERS.match(figure.noun or text[figure.end : figure.end + 24]):
        return figure, None
    one = match["one"]
    singular = one[:1].isupper() or one == ")" or one.lower() in ("he", "she", "him", "her", "patriarch", "father")
    if not singular and not re.search(r"\b(?:a|an|the|former)\s+(?:[\w-]+\s+){0,3}\Z", text[begin : begin + match.start()], re.IGNORECASE):
        return figure, None
    if nations_in(one) or places_in(one) or one.endswith("s") and not one[:1].isupper():
        return figure, None
    start = begin + match.start()
    part = Part("role", figure.noun or "others", figure.value, "member")
    return replace(figure, start=start, value=figure.value + 1, unit="targets" if kind == "sanction" else figure.unit), part


def summed(text: str, figures: Sequence[Counted], kind: str, words: Lexicon) -> tuple[Counted, tuple[Part, ...]] | None:
    """Figures that one verb takes together ("17 individuals and 98 entities") as one whole with its parts.

    None where they do not stand side by side, or are no figures of people or of those sanctioned.
    """
    if len(figures) < 2 or any(one.value is None or one.kind for one in figures):
        return None
    units = {one.unit for one in figures}
    if not units <= {"people", "companies", "targets"} or kind in ("estimate", "seizure"):
        return None
    for a, b in zip(figures, figures[1:], strict=False):
        gap = text[a.end : b.start]
        if not _AND.match(gap):
            return None
    parts = tuple(part_of(text, one, one.end, words) for one in figures)
    total = sum(one.value or 0 for one in figures)
    unit = units.pop() if len(units) == 1 else "targets"
    first, last = figures[0], figures[-1]
    return replace(first, end=last.end, value=total, unit=unit, role="all"), parts
