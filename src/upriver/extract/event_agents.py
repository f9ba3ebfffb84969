"""Who acted, where the words around the verb do not say: another clause, the opening, the office that speaks."""

from __future__ import annotations

import re

from upriver.clean.places import nations_in, place
from upriver.extract.event_bodies import BODY, is_body, is_calendar, tidy
from upriver.extract.event_han import bodies_of
from upriver.extract.phrases import is_han

_TITLES = (
    r"spokes\w+|minister|governor|commander|ambassador|chief|director\w*|commissioner|secretary|head|undersecretary"
)
_MEDIA = re.compile(
    r"\b(?:television|media|press|newspaper|daily|dailies|site|news\s?desk|news|broadcaster|monitors?|ngo|desk)\b",
    re.IGNORECASE,
)
_WORD = (
    rf"(?!(?:{_TITLES}|spokes\w*|minister|governor|commander|ambassador|television|media|press|newspaper|daily|monitors?"
    rf"|side)\b)(?:{BODY}|law enforcement)"
)
_NAME = (
    rf"(?:the\s+|a\s+|an\s+)?(?:[\w’'.-]+\s+){{0,6}}?(?i:{_WORD})(?:\s+(?i:{_WORD}))*"
    r"(?:\s+(?:of|in|from)\s+(?:the\s+)?[A-Z][\w’'-]*(?:\s+(?:and\s+)?[A-Z][\w’'-]*)*)?"
)
_SPEAKS = (
    r"(?!\s*,?\s*(?:who\s)?(?:said|says|told|announced|reported|wrote|stated|spokes\w+|chief|director|head|commissioner"
    r"|minister|warrant|secretary|official said))"
)
_CLAUSE = re.compile(rf"\b(?:when|after|as|where|once|until)\s+(?P<name>{_NAME})\b{_SPEAKS}")
_BY = re.compile(rf"\b(?:by|carried out by|conducted by|custody of|hands of)\s+(?P<name>{_NAME})\b{_SPEAKS}")
_OPENING = re.compile(
    rf"\A(?:[^\n]{{0,60}}?(?:--|—|–)\s+)?(?:(?:On|In|From|By|At|After|Since|Early|Late|Last)\b[^,;]{{2,70}},\s+)?(?P<name>{_NAME})\b{_SPEAKS}"
)
_COURT = re.compile(
    r"(?P<name>(?:[A-Z][\w’'-]*\s+)*(?:(?:(?:intermediate|high|higher|supreme|district|criminal|people['’]s)\s+)*court"
    r"|Court)(?:\s+of\s+(?:the\s+)?[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*)*)?)\b(?!\s+(?:papers|documents|filings|warrant))"
)
_NATION = re.compile(
    r"\A(?:[^\n]{0,60}?(?:--|—|–)\s+)?(?:the\s+)?(?P<name>(?:[A-Z][\w.’-]*\s+){0,2}[A-Z][\w.’-]*)\s+"
    r"(?:(?:has|have|had|on\s+\w+day|yesterday|today|this\s+week)\s+){0,2}(?!(?:said|says|police|authorities)\b)[a-z]+(?:ed|t|en|s)?\b"
)
_VAGUE = frozenset(  # who that is was told elsewhere
    {"officers", "officials", "troops", "soldiers", "force", "forces", "investigators", "agents", "team", "teams",
     "authorities", "unit", "bench", "judges", "office", "engineers", "guards", "detectives", "court", "company"}
)  # fmt: skip
_HAN_BARE = frozenset(
    {"警方", "政府", "军方", "軍方", "当局", "當局", "工兵", "公司", "法院", "检方", "檢方", "专案组", "專案小組"}
)


def agent(kind: str, sentence: str) -> str | None:
    """The body that a sentence lets act although it is no subject of the event's verb; None where there is none."""
    if is_han(sentence):
        return None
    if kind in ("sentence", "execution"):
        court = _COURT.search(sentence)
        if court:
            return _clean(court["name"])
    for form in (_CLAUSE, _BY):
        for match in form.finditer(sentence):
            name = _clean(match["name"])
            if name:
                return name
    nation = _NATION.match(sentence)
    if nation and kind != "sentence":
        known = place(nation["name"])
        lands = nations_in(nation["name"])
        if (lands and lands[0].end - lands[0].start == len(nation["name"])) or (
            known and known.kind in ("country", "city")
        ):
            return nation["name"]
    return opening(sentence)


def opening(sentence: str) -> str | None:
    """The body whose name opens a sentence, behind a dateline or a phrase of time."""
    match = _OPENING.match(sentence)
    return _clean(match["name"]) if match else None


def office(speaker: str) -> str | None:
    """The body whose word a speaker is: PAOCC of "PAOCC spokesman Winston Abarquez"; None of a paper's."""
    if is_han(speaker):
        return speaker if is_body(speaker) else None
    of = re.search(rf"\bof\s+(?:the\s+)?(?P<body>[A-Z][^,]*?\b(?i:{_WORD}))\b", speaker)
    match = re.match(
        rf"(?P<body>[^,]*?\b(?i:{_WORD})(?:\s+(?i:{_WORD}))*(?:\s+(?:of|for|on)\s+[A-Z][^,]*)?)(?:\Z|\b)", speaker
    )
    name = of["body"] if of and not (match and is_body(match["body"])) else (match["body"] if match else None)
    name = re.split(rf"\s+(?:{_TITLES})\b", name)[0] if name else None
    return _clean(name)


def fuller(actor: str | None, known: str | None, passage: str, country: str | None) -> str | None:
    """The actor, or who is meant by "officers" or 警方 alone: the body told before, else the first of that name."""
    if actor is None:
        return None
    if actor in _HAN_BARE:
        told = [name for name in bodies_of(passage) if name.endswith(actor) and name != actor]
        return told[0] if told else (f"{country}{actor}" if country else actor)
    if actor.lower() in _VAGUE:
        return known or actor
    return actor


def _clean(name: str | None) -> str | None:
    """A body's name without what stands before it; None where it is a paper, a day or too long for a name."""
    if not name or _MEDIA.search(name):
        return None
    name = tidy(name)
    if not name or len(name.split()) > 8 or is_calendar(name) or not (is_body(name) or "enforcement" in name):
        return None
    words = name.split()
    if any(re.fullmatch(r"\d\S*|were|was|had|has|who|said|told|their|his|her|its", word) for word in words):
        return None
    return name
