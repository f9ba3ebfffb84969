"""Events told without a figure: one person by name or as "a man", people told before ("they were held"), one place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from upriver.clean.places import nations_in, places_in
from upriver.extract.event_figures import Counted
from upriver.extract.event_lexicon import Lexicon
from upriver.extract.event_parties import is_body, is_calendar
from upriver.extract.event_verbs import Trigger

_PEOPLE = frozenset(
    {"arrest", "handover", "rescue_release", "repatriation", "sentence", "prosecution", "execution", "death", "flight"}
)
_AUX = (
    r"(?:,?\s*(?:who|was|were|has|have|had|been|being|is|are|later|then|also|all|since|now|\w+ly"
    r"|himself|herself|once))*\s*"
)
_NAME = r"(?P<name>[A-Z][a-z]+(?:[\s-][A-Z][a-z]+){0,3})"
_NAME_AFTER = re.compile(rf"\s+(?:(?:[a-z-]+\s+){{0,4}})?{_NAME}")
_NAME_BEFORE = re.compile(rf"{_NAME}(?:\s*\([^)]*\)|,\s+\d+,|,[^,.;]{{2,50}},)?{_AUX}\Z")
_ONE = r"\b(?i:an?|one|another|the)\s+(?:[\w’'-]+\s+){0,4}?"
_PRONOUN = re.compile(
    r"\b(?:(?P<one>he|she)|all(?:\s+of\s+them)?|they|both|the\s+(?:group|batch|men|women|suspects"
    r"|detainees|workers|foreigners|captives|passengers|returnees|defendants|gang|latter|lot))"
    rf"(?:,[^;]{{3,90}},)?{_AUX}\Z",
    re.IGNORECASE,
)
_PRONOUN_AFTER = re.compile(r"\A\s+(?:all\s+of\s+|both\s+of\s+)?them\b(?:\s+all)?", re.IGNORECASE)
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]某[\u4e00-\u9fff某]?")
_SPOT_AFTER = re.compile(
    r"\A\s+(?:on\s+|into\s+)?(?:an?|the|one|another)\s+(?P<spot>(?:[\w’'\"“”-]+\s+){0,5}?[\w’'-]+)(?=[\s,.;:]|\Z)"
)


def told_without_figure(
    text: str,
    start: int,
    end: int,
    triggers: Sequence[Trigger],
    busy: frozenset[str],
    before: Counted | None,
    words: Lexicon,
) -> list[tuple[Counted, Trigger]]:
    """Pairs of a stand-in figure and its trigger for the types of a sentence that no figure has taken (`busy`).

    before  the last figure of people that an earlier event took, to which a pronoun points
    """
    found: list[tuple[Counted, Trigger]] = []
    done = set(busy)
    for trigger in triggers:
        if trigger.kind in done or trigger.weak:
            continue
        one = None
        if trigger.kind in _PEOPLE:
            if words.script == "han":
                one = _han(text, start, end, trigger, before, words)
            else:
                one = (
                    _pronoun(text, start, trigger, before)
                    or (words.code == "en" and _single(text, start, end, trigger, words))
                    or (words.code == "en" and _named(text, start, end, trigger))
                    or None
                )
        elif trigger.kind in ("raid", "disruption") and words.script == "latin":
            one = _spot(text, end, trigger, words)
        if one is not None:
            done.add(trigger.kind)
            found.append((one, trigger))
    return found


def _stand_in(start: int, end: int, value: float | None, unit: str, role: str = "all", noun: str = "") -> Counted:
    return Counted(start, end, start, value, None, None, "exact" if value is not None else "vague", unit, role, noun)


def _pronoun(text: str, start: int, trigger: Trigger, before: Counted | None) -> Counted | None:
    if trigger.voice in ("passive", "after"):
        match = _PRONOUN.search(text[max(start, trigger.start - 140) : trigger.start])
        at = max(start, trigger.start - 140)
    elif trigger.voice == "active":
        match, at = _PRONOUN_AFTER.match(text[trigger.end : trigger.end + 20]), trigger.end
    else:
        return None
    if match is None:
        return None
    if match.groupdict().get("one"):
        return _stand_in(at + match.start(), at + match.end(), 1.0, "people")
    if before is None:
        return None
    return Counted(
        at + match.start(), at + match.end(), at + match.start(), before.value, before.low, before.high,
        before.qualifier, before.unit, before.role, before.noun,
    )  # fmt: skip


def _single(text: str, start: int, end: int, trigger: Trigger, words: Lexicon) -> Counted | None:
    """ "a man was arrested", "detained a suspect": the noun must be a person, in the singular."""
    if trigger.voice in ("passive", "after", "reduced"):
        begin = max(start, trigger.start - 110)
        window = text[begin : trigger.start]
        match = re.search(
            rf"({_ONE})((?:[\w’'-]+))((?:\s+(?:from|of|in|surnamed|named|aged|at|accused|suspected"
            rf"|believed)\s[^,.;]{{2,40}}|,[^,;]{{2,50}},|\s(?:alleged|accused|said"
            rf"|believed)\s[^,;]{{2,40}},[^,;]{{2,50}},)?{_AUX})\Z",
            window,
        )
    elif trigger.voice == "active" or (
        trigger.voice == "noun" and text[trigger.start : trigger.end].endswith((" of", " for", " against"))
    ):
        begin = trigger.end
        match = re.match(rf"\s+({_ONE})([\w’'-]+)(?=[\s,.;]|\Z)()", text[begin : min(end, begin + 80)])
        while match is not None and not _is_person(match[2], words) and match.end() < 70:
            longer = re.match(rf"(\s+{_ONE}[\w’'-]+\s+)([\w’'-]+)(?=[\s,.;]|\Z)()", text[begin : min(end, begin + 80)])
            if longer is None or longer.end() <= match.end():
                break
            match = longer
    else:
        return None
    if match is None or not _is_person(match[2], words):
        return None
    return _stand_in(begin + match.start(1), begin + match.end(2), 1.0, "people", noun=match[2])


def _is_person(noun: str, words: Lexicon) -> bool:
    if noun.endswith("s") and not noun.endswith("ss"):
        return False
    hits = words.units.find(noun)
    known = any(hit.label == "people" and hit.end == len(noun) for hit in hits)
    return known or noun.lower() in ("person", "man", "woman", "boy", "girl", "national", "citizen")


def _named(text: str, start: int, end: int, trigger: Trigger) -> Counted | None:
    """One person by name: "sentenced Xu to death", "Lin Wei was extradited"."""
    if trigger.kind == "flight":
        return None
    if trigger.voice == "active" or (
        trigger.voice == "noun" and text[trigger.start : trigger.end].endswith((" of", " for", " against"))
    ):
        match, begin = _NAME_AFTER.match(text, trigger.end, min(end, trigger.end + 90)), 0
    elif trigger.voice in ("passive", "reduced", "after"):
        begin = max(start, trigger.start - 120)
        match = _NAME_BEFORE.search(text[begin : trigger.start])
    else:
        return None
    if match is None:
        return None
    name = match["name"]
    if nations_in(name) or places_in(name) or is_body(name) or is_calendar(name.split()[0]):
        return None
    return _stand_in(begin + match.start("name"), begin + match.end("name"), 1.0, "people")


def _spot(text: str, end: int, trigger: Trigger, words: Lexicon) -> Counted | None:
    """One place: "stormed a walled compound"."""
    if trigger.voice != "active":
        return None
    clause = text[max(0, trigger.start - 60) : trigger.start].rsplit(",", 1)[-1]
    if words.breaks.search(clause) or re.search(r"\b(?:that|which|who)\b", clause):
        return None
    match = _SPOT_AFTER.match(text[trigger.end : min(end, trigger.end + 90)])
    if match is None:
        return None
    longest = text[trigger.end + match.start("spot") : min(end, trigger.end + match.start("spot") + 60)]
    phrase = re.split(r"[,.;:]|\b(?:in|at|on|near|of|where|that|which|and|to|run|owned|housing|outside|by)\b", longest)[
        0
    ].rstrip()
    hits = [hit for hit in words.units.find(phrase) if hit.end == len(phrase) and not phrase.endswith("s")]
    unit = next((hit.label for hit in hits if hit.label in words.units_of[trigger.kind]), None)
    if unit is None:
        return None
    begin = trigger.end + match.start("spot")
    return _stand_in(begin, begin + len(phrase), 1.0, unit)


def _han(text: str, start: int, end: int, trigger: Trigger, before: Counted | None, words: Lexicon) -> Counted | None:
    """他们 for people told before; a name with 某 for one person."""
    begin = max(start, trigger.start - 40)
    pronoun = words.pronouns.search(text, begin, trigger.start)
    if pronoun and before is not None:
        return Counted(
            pronoun.start(), pronoun.end(), pronoun.start(), before.value, before.low, before.high, before.qualifier,
            before.unit, before.role, before.noun,
        )  # fmt: skip
    names = list(_HAN_NAME.finditer(text, begin, trigger.start)) or list(
        _HAN_NAME.finditer(text, trigger.end, min(end, trigger.end + 12))
    )
    if not names:
        return None
    return _stand_in(names[0].start(), names[-1].end(), float(len({name.group() for name in names})), "people")
