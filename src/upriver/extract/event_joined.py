"""Further words that tell an event of the same figure: "arrested and deported 64"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from upriver.extract.event_figures import Counted
from upriver.extract.event_lexicon import Lexicon
from upriver.extract.event_links import RELATIVE, SIGHT, WHO_CLAUSE, around, counts
from upriver.extract.event_verbs import Trigger


def joined(
    text: str, figure: Counted, first: Trigger, triggers: Sequence[Trigger], inside: Sequence[Counted], words: Lexicon
) -> list[Trigger]:
    """Further triggers of the same figure: "arrested and deported 64", "64 were held in Bavet and were flown home"."""
    found: list[Trigger] = []
    kinds = {first.kind}
    inside = around(inside, figure, SIGHT)
    for trigger in triggers:
        if abs(trigger.start - figure.at) > SIGHT:
            continue
        if trigger.kind in kinds or not counts(trigger.kind, figure.unit, words) or trigger.weak:
            continue
        if _linked(text, figure, first, trigger, inside, words):
            kinds.add(trigger.kind)
            found.append(trigger)
    return found


def _linked(
    text: str, figure: Counted, first: Trigger, other: Trigger, inside: Sequence[Counted], words: Lexicon
) -> bool:
    if other.end <= first.start and first.end <= figure.start:
        return (
            re.fullmatch(
                r"\s*(?:and|or|dan)\s*(?:then|later|subsequently)?\s*|\s*(?:并|並|后|後|、)\s*",
                text[other.end : first.start],
            )
            is not None
        )
    if figure.end > min(first.start, other.start):
        # "arrested 88 suspects and deported them"
        if first.end <= figure.start and other.start >= figure.end:
            gap = text[figure.end : other.start]
            clear = not any(figure.end <= one.at < other.start for one in inside)
            if (
                other.voice == "passive"
                and re.match(r"\s*,?\s*(?:all of whom|who|which)\b", gap)
                and RELATIVE.match(gap)
            ):
                return clear
            if other.voice == "han":
                return (
                    clear and re.search(r"[并並后後]\Z|(?:并|並|后|後|已)(?:全部|将其|將其|依法)?\Z", gap) is not None
                )
            return clear and re.match(r"\s+(?:of\s+)?them\b", text[other.end : other.end + 10]) is not None
        return False
    early, late = sorted((first, other), key=lambda trigger: trigger.start)
    if any(early.end <= one.at < late.start and one.unit == figure.unit for one in inside):
        return False
    between = text[early.end : late.start]
    opened = re.match(r"\s+(?:who|that|which)\b", text[figure.end : early.start])
    if opened and late.voice in ("passive", "after") and WHO_CLAUSE.match(text[figure.end : late.start]):
        return True  # "64 who were arrested in Cambodia landed at Incheon"
    if len(between) > 130 or re.search(r"[.!?\"”]|\b(?:when|while|after|as)\b", between):
        return False
    if late.voice == "han":
        return re.search(r"[并並后後]\Z|,\s*(?:并|並|后|後|已|随后|隨後)[^,，]{0,16}\Z", between) is not None
    if late.voice not in ("passive", "after", "reduced"):
        return False
    return re.search(
        r"(?:\b(?:and|before|then|but)\b|,)\s*(?:then|later|subsequently|have|has|had|were|was|are|been"
        r"|being|also|now|since|all|\s)*\Z",
        between,
        re.IGNORECASE,
    ) is not None and not words.relative.search(between)
