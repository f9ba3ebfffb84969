"""Which word governs which figure: by grammar first, by nearness where grammar leaves a choice.

The cost of a link counts what stands between: clauses, commas, other figures and letters; and whether the figure stands
on the side where the verb's object, or the passive's subject, would.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from upriver.extract.event_figures import Counted
from upriver.extract.event_lexicon import Lexicon, is_money
from upriver.extract.event_verbs import Trigger

_MAIN = 1.3  # a main verb so near is preferred to a participle
_FORTUNE = 100_000  # nor so little money, in any currency
_MANY = 1000  # nobody estimates fewer people than this
SIGHT = 260  # letters between a figure and a verb that could still govern it
REACH = 2.6  # a verb farther away than this governs no figure
_COMMA = re.compile(r"[,，、]")
_STRONG = re.compile(r"[;；]|\s(?:—|--)\s|[()（）]")
_ASIDE = re.compile(
    r"\A(?:\s+(?:of|from|in|at|on|with|under|near|inside|among|\w+ed|held|caught|taken|found)\b[^,;:()—]{1,80})?"
    r"\s*(?:,|\(|—|–|--)[^;]*(?:,|\)|—|–|--)\s*(?:(?:had|have|has|were|was|are|is|been|being"
    r"|all|also|now|then|later|in turn)\s*)*\Z",
    re.IGNORECASE,
)
_HAS_VERB = re.compile(r"\b(?:was|were|are|is|had|have)\b.*,", re.IGNORECASE | re.DOTALL)
# Verbs of taking count the money; how many were robbed or sites were run only describes the crime.
_TAKES = re.compile(
    r"[骗騙诈詐敛斂牟攫]|(?:获|獲|非法|不法)|(?:swindl|defraud|cheat|bilk|fleec|scamm|launder|pocket|took in|tak)",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\A[\s,、]*(?:and|as well as|plus|along with|together with|dan|和|及|与|與|以及)?\s*(?:the\s+"
    r"|a\s+further\s+|another\s+)?\Z",
    re.IGNORECASE,
)
_INVERTED = re.compile(r"(?:\b(?:were|was|are|is)\s*|:\s*)(?:some\s+)?\Z", re.IGNORECASE)
RELATIVE = re.compile(
    r"\A\s*,?\s*(?:(?:who|that|which|all of whom|most of whom|whom)\s+)?(?:have|had|has|were|was|are"
    r"|is|been|being|all|also|since|later|now|then|\s)*\Z",
    re.IGNORECASE,
)
OBJECT_RELATIVE = re.compile(
    r"\A\s*(?:of [\w\s]{1,24})?,?\s*(?:whom|that|which)\b(?![^,]{0,40}\b(?:was|were)\b)[^;:]{1,80}\Z"
    r"|\A\s+(?:the|[A-Z])[\w\s’']{1,50}\Z"
)
WHO_CLAUSE = re.compile(
    r"\A\s+(?:who|that|which|(?!said|added|reported|announced|claimed|noted|confirmed)\w+ed|held|caught|taken|lost|stuck"
    r"|kept|lured|of|from|in|at|on|with|under|near|inside|among|aboard|behind|across|working|living|wanting)\b[^,;:]{1,140}\Z"
)
_ACRONYM = re.compile(r"\s\([A-Z][\w.&-]*\)")
_NUMBER_OF = re.compile(
    r"\b(?:number|tally|count|total|toll|figure|transfers|arrests|deportations|releases|repatriations"
    r"|expulsions|rescues|losses|revenue|turnover|handovers|deaths)\b[^.;:]{0,140}?"
    r"\b(?:stands?|stood|climbed|rose|risen|rising|passed|reached|came|come|comes|amounted?|exceeded|grown|grew|read|hit|swelled|jumped"
    r"|topped|totall?ed|is|was|now|put|puts|at|to)(?:\s+(?:at|to|past|above|beyond|now|already|about|around"
    r"|by [\w\s]{2,14}))*\s*\Z",
    re.IGNORECASE,
)
_NUMBER_AFTER = re.compile(r"\A\s+the\s+(?:number|tally|count|total)\b", re.IGNORECASE)
_THEM = re.compile(r"\bthem\b", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\b(?:in|at|by|with|from|on|across|during|of|for|to|near)\s+(?:the\s+|its\s+|a\s+)?\Z", re.IGNORECASE
)
_HAN_ADJECTIVE = re.compile(r"(?:人员|人員|人士|者|对象|對象|嫌|行動|行动|小组|小組)")


def counts(kind: str, unit: str, words: Lexicon) -> bool:
    """Whether an event of this type counts this unit."""
    allowed = words.units_of[kind]
    return unit in allowed or ("money" in allowed and is_money(unit))


def governing(
    text: str, figure: Counted, triggers: Sequence[Trigger], inside: Sequence[Counted], words: Lexicon
) -> Trigger | None:
    """The trigger that takes this figure at the least cost, or None where all are too far."""
    offers = []
    sight = SIGHT // 3 if words.script == "han" else SIGHT
    inside = around(inside, figure, sight)
    for trigger in triggers:
        if trigger.start - figure.end > sight or figure.start - trigger.end > sight:
            continue
        if not counts(trigger.kind, figure.unit, words) or (figure.unit == "?" and trigger.weak):
            continue
        if trigger.kind == "estimate" and figure.unit == "people" and (figure.value or figure.high or _MANY) < _MANY:
            continue
        if (
            trigger.kind == "estimate"
            and is_money(figure.unit)
            and (figure.value or figure.high or _FORTUNE) < _FORTUNE
        ):
            continue
        if trigger.kind == "estimate" and not is_money(figure.unit) and _TAKES.match(text, trigger.start):
            continue
        price = cost(text, figure, trigger, inside, words)
        if price <= REACH:
            offers.append((price, trigger.start, trigger))
    offers.sort(key=lambda offer: offer[:2])
    if offers and offers[0][2].voice == "reduced":
        # "188 freed from compounds touched down": the participle only says which people the verb takes.
        main = [o for o in offers if o[0] <= _MAIN and o[2].voice in ("passive", "after") and o[1] > offers[0][1]]
        offers = main or offers
    return offers[0][2] if offers else None


def around(inside: Sequence[Counted], figure: Counted, sight: int) -> list[Counted]:
    """The figures within sight of one: what is farther away stands in no clause with it."""
    return [one for one in inside if abs(one.at - figure.at) <= sight]


def cost(text: str, figure: Counted, trigger: Trigger, inside: Sequence[Counted], words: Lexicon) -> float:
    """How far a trigger is from governing a figure; 0 is at its side."""
    extra = (0.7 if trigger.weak else 0.0) + (0.5 if figure.unit == "?" else 0.0)
    extra += 0.3 if trigger.kind == "seizure" and trigger.weak and is_money(figure.unit) else 0.0
    extra += 0.6 if trigger.kind == "estimate" and not is_money(figure.unit) else 0.0
    if trigger.start < figure.end and figure.start < trigger.end:
        return extra + 0.25
    if words.script == "latin" and _is_number_of(text, figure, trigger):
        return 0.2
    if trigger.voice == "han":
        return extra + _han_cost(text, figure, trigger, inside)
    if trigger.end <= figure.start:
        return extra + _forward(text, figure, trigger, inside, words)
    return extra + _backward(text, figure, trigger, inside, words)


def _is_number_of(text: str, figure: Counted, trigger: Trigger) -> bool:
    """ "the number of suspects caught stands at 3,455"; "brings to 4,666 the number of suspects handed over"."""
    if trigger.end <= figure.start:
        match = _NUMBER_OF.search(text, max(0, trigger.start - 80, figure.start - 200), figure.start)
        return match is not None and match.start() <= trigger.start and match.end() == figure.start
    after = text[figure.end : trigger.start]
    return _NUMBER_AFTER.match(after) is not None and len(after) < 110 and not re.search(r"[;:]", after)


def _forward(text: str, figure: Counted, trigger: Trigger, inside: Sequence[Counted], words: Lexicon) -> float:
    """The figure stands behind the trigger."""
    gap = _ACRONYM.sub("", text[trigger.end : figure.start])
    between = [other for other in inside if trigger.end <= other.at < figure.start]
    listed = _is_listed(text, between, figure)
    first = next((one for one in between if one.unit == figure.unit), None)
    if listed and first is not None:
        return _forward(text, first, trigger, inside, words) + 0.1
    if trigger.voice == "noun":
        base = 0.0 if gap.strip().lower() in ("", "of", "for", "on", "against", "at") else 0.5
        if re.search(r"\bof\s+(?:some\s+)?\Z", gap):
            return 0.3 + len(gap) / 200
    elif trigger.voice == "active":
        base = 0.0
    elif _INVERTED.search(gap):
        return 0.3 + len(gap) / 160  # Handed over that morning were 313; Confiscated: 500 cards
    elif trigger.voice == "after":
        base = 0.4 if re.search(r"\bwith\s+(?:some\s+|the\s+)?\Z", gap) else 1.9
    else:
        base = 1.2 if trigger.voice == "passive" else 1.4
    rivals = 0.0 if listed else sum(0.8 for other in between if other.unit == figure.unit)
    adverbial = 0.25 if _PREPOSITION.search(gap) and trigger.voice == "active" else 0.0
    return base + adverbial + rivals + _clauses(gap, words, listed) + len(gap) / 90


def _backward(text: str, figure: Counted, trigger: Trigger, inside: Sequence[Counted], words: Lexicon) -> float:
    """The figure stands before the trigger."""
    gap = text[figure.end : trigger.start]
    between = [other for other in inside if figure.end <= other.at < trigger.start]
    named = _THEM.search(text[trigger.start : trigger.end]) is not None  # "... and took them into custody"
    bases = {"passive": 0.0, "after": 0.0, "reduced": 0.4, "noun": 1.8, "active": 2.0}
    base = 0.2 if named else bases[trigger.voice]
    if trigger.voice == "active" and OBJECT_RELATIVE.match(gap) and not any(one.unit == figure.unit for one in between):
        return 0.4 + len(gap) / 150  # the 38 whom gendarmes let out
    if (
        trigger.voice == "after"
        and re.match(r"\w+ing\b", text[trigger.start : trigger.end])
        and re.search(r"\b(?:after|before|while|by|for|of|from|without)\s+\Z", gap)
    ):
        base = 0.9  # "after fleeing" goes before what is told
    if base < 1:
        if WHO_CLAUSE.match(gap) and not any(other.unit == figure.unit for other in between):
            return base + 0.5 + len(gap) / 200
        if RELATIVE.match(gap):
            return base + 0.1
        if _ASIDE.match(gap) and not any(
            other.unit == figure.unit and (not other.bare or _HAS_VERB.search(gap)) for other in between
        ):
            return base + 0.3 + len(gap) / 300
    rivals = sum(0.8 for other in between if other.unit == figure.unit)
    return base + rivals + _clauses(gap, words, False) + len(gap) / 90


def _clauses(gap: str, words: Lexicon, listed: bool) -> float:
    commas = 0.0 if listed else 0.4 * len(_COMMA.findall(gap))
    turns = len(words.relative.findall(gap)) + len(words.breaks.findall(gap))
    return commas + 0.8 * turns + 1.1 * len(_STRONG.findall(gap))


def _is_listed(text: str, between: Sequence[Counted], figure: Counted) -> bool:
    """Whether the figure is one of a list that the figures before it open: "412 computers, 30 phones and 2 cars"."""
    chain = [*(one for one in between if one.unit == figure.unit or figure.unit != "people"), figure]
    if len(chain) < 2:
        return False
    return all(
        _LIST.match(text[a.end : b.start]) is not None
        or (len(text[a.end : b.start]) < 26 and re.search(r"(?:,|\band)\s+\Z", text[a.end : b.start]) is not None)
        for a, b in pairwise(chain)
    )


def _han_cost(text: str, figure: Counted, trigger: Trigger, inside: Sequence[Counted]) -> float:
    if trigger.end <= figure.start:
        gap = text[trigger.end : figure.start]
        base = 2.0 if text.startswith("的", trigger.end) and gap == "的" else 0.0
        between = [other for other in inside if trigger.end <= other.at < figure.start]
        listed = all(other.unit != "people" for other in between) and figure.unit != "people"
        rivals = sum(0.3 if listed else 0.8 for _ in between)
    else:
        gap = text[figure.end : trigger.start]
        base = 0.25
        between = [other for other in inside if figure.end <= other.at < trigger.start]
        rivals = sum(0.8 for other in between if other.unit == figure.unit)
    if _HAN_ADJECTIVE.match(text[trigger.end : trigger.end + 3]):
        base += 1.2  # 通缉人员 are people, nobody is sought here
    return base + rivals + len(gap) / 30 + 0.45 * len(_COMMA.findall(gap)) + 1.0 * len(_STRONG.findall(gap))
