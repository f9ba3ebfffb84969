"""Where an event took place: every named place of action, and its country."""

from __future__ import annotations

import re
from collections.abc import Sequence

from upriver.clean.places import Mention, nations_in, place, places_in
from upriver.extract.event_parties import BODY, Parties, is_body, is_calendar

def where(
    kind: str, sentence: str, mentions: Sequence[Mention], at: int, told: Parties, carried: Sequence[str]
) -> tuple[tuple[str, ...], str | None]:
    """Names of the places of action, and their country; `mentions` are of the sentence, with its offsets."""
    beyond = _receiving(kind, sentence, at)
    usable = [m for m in mentions if not _is_party(sentence, m) and not beyond[0] <= m.start < beyond[1]]
    usable.sort(
        key=lambda mention: (mention.place.kind == "country", not _located(sentence, mention), abs(mention.start - at))
    )
    names: list[str] = []
    if kind in ("handover", "repatriation"):  # where people are sent is not where it happened
        home = {nation.country for nation in nations_in(told.to_party or "")}
        usable = [m for m in usable if m.place.kind != "country" or m.place.country not in home]
    narrow = [mention for mention in usable if mention.place.kind != "country"]
    for mention in narrow or usable:
        if mention.place.name not in names and (not names or _located(sentence, mention)):
            names.append(mention.place.name)
    if not names and told.actor:  # Taipei prosecutors act in Taipei
        names = [mention.place.name for mention in places_in(told.actor) if mention.place.kind != "country"][:1]
        countries = [found.country for found in map(place, names) if found]
        if names:
            return tuple(names), countries[0] if countries else None
    countries = [mention.place.country for mention in usable if mention.place.country]
    if not names and carried and not _unlisted(sentence):
        known = place(carried[0])
        return tuple(carried), known.country or None if known else None
    if not names:
        names = _unlisted(sentence)
    if kind in ("handover", "repatriation") and (given := nations_in(told.from_party or "")):
        return tuple(names[:4] or [given[0].name]), given[0].country
    if not countries:
        for party in (told.from_party, told.actor):
            nations = nations_in(party or "")
            if nations:
                return tuple(names or [nations[0].name]), nations[0].country
    return tuple(names[:4]), (countries[0] if countries else None)


_SPOT = re.compile(r"\b(?:in|at|near|inside|outside)\s+(?:the\s+)?(?P<name>[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+){0,3})")
_HAN_SPOT = re.compile(
    r"[在于於从從](?P<name>[\u3400-\u9fff]{2,7}?(?:园区|園區|特区|特區|镇|鎮|市|县|縣|省|州|口岸|新城|大厦|大廈|酒店))"
)


def _unlisted(sentence: str) -> list[str]:
    """A place that the gazetteer does not know, as the text spells it: after "in" or "at", or before 园区."""
    for form in (_SPOT, _HAN_SPOT):
        for match in form.finditer(sentence):
            name = match["name"]
            known = nations_in(name) or is_calendar(name.split()[0]) or is_body(name)
            if not known:
                return [name]
    return []


def _receiving(kind: str, sentence: str, at: int) -> tuple[int, int]:
    """Offsets of the words that name the receiver: a place in them is where people go, not where it happened."""
    if kind not in ("handover", "repatriation", "flight"):
        return 0, 0
    to = re.compile(r"\bto\s+.*?(?=\s(?:by|on|at|in|from|via|through|after|following|over)\s|[,.;]|\Z)").search(
        sentence, at
    )
    return to.span() if to and to.start() - at < 60 else (0, 0)


_IN = re.compile(
    r"\b(?:in|at|near|inside|around|across|of|from|through|via|outside)\s+(?:the\s+|\w+\s+)?\Z"
    r"|[在于於从從通过過至]\Z|[A-Z]\w+(?:,| and)\s+\Z"
)


def _located(sentence: str, mention: Mention) -> bool:
    return _IN.search(sentence[max(0, mention.start - 22) : mention.start]) is not None


def _is_party(sentence: str, mention: Mention) -> bool:
    """A place that is only part of a body's name, or the receiver of people."""
    after = sentence[mention.end : mention.end + 34]
    before = sentence[max(0, mention.start - 16) : mention.start]
    if re.match(rf"(?:'s|’s)?\s+(?:[A-Za-z]+\s+){{0,3}}(?i:{BODY})\b", after) and not re.search(r"\bin\s+\Z", before):
        return True
    if re.match(r"(?:财政部|財政部|外交部|大使馆|检方|公安|警方|执法|執法|当局|政府|军方|籍|方面|双方)", after):
        return True
    return mention.place.kind == "country" and bool(
        re.search(r"\b(?:to|for|back to|home to)\s+(?:the\s+)?\Z|[向回]\Z|移交\Z", before)
    )


