"""Where an event took place: every named place of action, and its country.

A place in the name of a body, of the receiver, of a crime told about or of the speaker is no place of action; a court's
town is. What the sentence leaves open comes from the sentences before, the dateline and the nation of those who act.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from upriver.clean.places import Mention, Nation, Place, nations_in, place, places_in
from upriver.extract.event_parties import BODY, Parties, is_body, is_calendar, is_person
from upriver.extract.phrases import is_han

_LEGAL = frozenset({"sentence", "prosecution", "execution", "sanction", "wanted_notice"})
_MOVES = frozenset({"handover", "repatriation", "rescue_release"})
_MOST = 4
_PARTY = 2.6  # a mention ranked behind this belongs to a body or a speaker
_DATELINE = re.compile(
    r"\A\W*(?P<name>[A-Z][A-Za-z'’]+(?:[ -][A-Z][A-Za-z'’]+){0,2})(?=\s*(?:,\s*[A-Z]\w+\.?\s*\d"
    r"|,\s+[A-Z]\w+\s*(?:--|—|–|\()|\s*\(|\s*(?:--|—|–|-)\s|:\s|,? [A-Z]\w+\.? \d+\s*(?:--|—|–|\()))"
)
_IN = re.compile(
    r"\b(?:in|at|near|inside|around|across|from|through|via|outside|opposite|into|entered|raided"
    r"|stormed|on|behind)\s+(?:the\s+|\w+\s+){0,2}\Z"
    r"|[在于於从從通过過至经經]\Z|[A-Z]\w+,\s+\Z|\b(?:and|or)\s+\Z"
)
_TOWARDS = re.compile(
    r"\b(?:to|for|towards?|bound for|back to|home to|onto)\s+(?:the\s+|\w+\s+){0,2}\Z|[向往回赴]\Z|(?:移交"
    r"|押解|移送|抵|飛|飞)\S{0,4}\Z"
)
_CRIME = re.compile(
    r"\b(?:target\w*|against|linked to|tied to|involving|operat\w+|ran|run|running|compounds? in"
    r"|based in|committed|headquartered|crimes? in|case\w* of|according to|told|say|says|said"
    r"|told)\b[^,;]{0,60}\Z|(?:涉|赴|在|针对|打击)[^,。]{0,12}\Z"
)
_PARTY_AFTER = re.compile(
    rf"(?:'s|’s)?\s+(?:[A-Z]?[a-z]+\s+){{0,3}}(?i:{BODY})\b|(?:财政部|財政部|外交部|内政部|大使馆|使馆|检方|公安|警方|警察|执法|執法"
    rf"|当局|當局|政府|军方|籍|方面|双方|警|军方|法院|中级|检察|報章|报章|媒体|媒體|外交|驻|駐|使[馆館])"
)
_SPOT = re.compile(
    r"\b(?:in|at|near|inside|outside)\s+(?:the\s+)?(?P<name>[A-Z][\w'’-]+(?:\s+(?:of\s+"
    r"|and\s+)?[A-Z][\w'’-]+){0,3})"
)
_HAN_SPOT = re.compile(
    r"(?:[在于於从從至经經]|日|,)(?P<name>[\u3400-\u9fff]{2,7}?(?:园区|園區|特区|特區|镇|鎮|市|县|縣|省|州|口岸|新城|大厦|大廈|酒店))"
)
_COUNTED = re.compile(
    r"(?:\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|all"
    r"|other))\s+(?:[a-z]+\s+)?\Z|\d+名\Z"
)
_PEOPLE = re.compile(r"\s+(?:nationals|citizens|men|women|suspects|workers|people|victims|students)\b|籍")
_NOT_SPOT = re.compile(
    r"\b(?:Force|Party|Guard|Army|Police|Ministry|Bureau|Department|Office|Operation|Facebook|Telegram"
    r"|WhatsApp|Starlink|Interpol|INTERPOL|Court|Group|Law|Act|Council|Commission|Agency|Day|Festival"
    r"|Times|News|Post|Code)\b"
)


@dataclass(frozen=True, slots=True)
class Where:
    """Names of the places of action, and their country."""

    names: tuple[str, ...]
    country: str | None


def dateline(text: str) -> str | None:
    """The place of a dateline: "MAE SOT (AP) --"; in the gazetteer's spelling where it is known."""
    match = _DATELINE.match(text[:60])
    if match is None or is_body(match["name"]) or is_calendar(match["name"]):
        return None
    name = match["name"]
    known = place(name) or place(name.title())
    if known is not None:
        return known.name
    return None if nations_in(name) or not name.isupper() else name.title()


def dateline_end(text: str) -> int:
    """Where the words before the text proper end: place, day and agency; 0 where there are none."""
    match = re.match(r"[^\n.]{0,40}(?:\.\s?\d{1,2})?[^\n.]{0,24}?(?:--|—|–|[电電]\s|訊\s)", text[:80])
    return match.end() if match else 0


def where(
    kind: str, sentence: str, mentions: Sequence[Mention], at: int, told: Parties, carried: Sequence[str], own: str,
    speakers: Sequence[str] = (), lands: Sequence[str] = (),
) -> Where:  # fmt: skip
    """Places of an event whose verb stands at `at` of the sentence; `mentions` are of it.

    carried  places of the sentences before and of the dateline, the nearest first
    speakers who says so in the sentence: where they sit is not where it happened
    lands    countries of the whole passage, the commonest first
    own      the words of the figure, whose nationality is of the people and not of the place
    """
    home = {nation.country for nation in nations_in(told.to_party or "")}
    ranked = sorted(
        (
            (_rank(kind, sentence, mention, at) + _beside(sentence, mention, speakers), mention.start, mention)
            for mention in mentions
        ),
        key=lambda one: one[:2],
    )
    usable = [(score, mention) for score, _, mention in ranked if score < 6 and not _away(kind, mention, home, told)]
    plain = [(score, mention) for score, mention in usable if score < _PARTY]
    narrow = [(score, mention) for score, mention in plain or usable if mention.place.kind != "country"]
    chosen = narrow or plain or usable
    names: list[str] = []
    country: str | None = None
    for score, mention in chosen:
        if mention.place.name not in names and (not names or score <= chosen[0][0] + 2.5):
            names.append(mention.place.name)
            country = country or mention.place.country or None
    if kind in _LEGAL:
        seat = _seat(told.actor)
        if seat is not None:
            names = [seat.name, *(name for name in names if name != seat.name)]
            country = seat.country or country
    if not names or (kind in _LEGAL and not told.actor):
        spelt = _unlisted(sentence)
        if spelt and not names:
            names = spelt
    if not names:
        names, country = _from_before(kind, carried)
    if carried and all((known := place(name)) is not None and known.kind == "country" for name in names):
        # The country alone, where a town in it was named before.
        before = [
            n
            for n in carried
            if (spot := place(n)) and spot.kind != "country" and spot.country and spot.country == country
        ]
        names = [*before[:1], *names]
    giver = _giver_country(told) if kind in ("handover", "repatriation") else None
    country = giver or country or _country(told, sentence, own, home) or _from_before(kind, carried)[1]
    if country is None and lands:
        country = next((land for land in lands if land not in {n.country for n in nations_in(own)} | home), None)
    if not names and country is not None:
        nation = _nation_name(country, told, sentence)
        names = [nation] if nation else []
    return Where(tuple(names[:_MOST]), country)


def _rank(kind: str, sentence: str, mention: Mention, at: int) -> float:
    """How little a mention looks like the place of action: nearness, what stands before it, what it belongs to."""
    before = sentence[max(0, mention.start - 24) : mention.start]
    distance = min(abs(mention.start - at), abs(mention.end - at)) / 60
    score = distance + (1.5 if mention.place.kind == "country" else 0.0) + (0.4 if mention.place.wide else 0.0)
    court = re.match(
        r"(?:'s|’s)?\s+(?:[A-Z]\w+\s+){0,3}(?:Court|court|prosecutors|Prosecutor)|(?:市|州"
        r"|省)?[\u3400-\u9fff]{0,8}(?:法院|检察院|檢察院|地檢)",
        sentence[mention.end : mention.end + 50],
    )
    if court and kind in _LEGAL:
        return distance / 4 - 2.0
    if _PARTY_AFTER.match(sentence[mention.end : mention.end + 34]) and not re.search(r"\bin\s+\Z", before):
        score += 3.0
    if _IN.search(before):
        score -= 1.0
    if kind in _MOVES | {"flight"} and _TOWARDS.search(before):
        score += 4.0
    if kind in _LEGAL and _CRIME.search(sentence[max(0, mention.start - 70) : mention.start]):
        score += 2.5
    return score


def _beside(sentence: str, mention: Mention, speakers: Sequence[str]) -> float:
    """Police in Seoul say: the town of who speaks."""
    name = sentence[mention.start : mention.end]
    return 4.0 if any(name in speaker for speaker in speakers) else 0.0


def is_of_people(text: str, nation: Nation) -> bool:
    """Whether a nation's word only tells whose people were counted: "40 Chinese", "Kenyan nationals", 越南籍."""
    counted = _COUNTED.search(text[max(0, nation.start - 22) : nation.start])
    return counted is not None or _PEOPLE.match(text[nation.end : nation.end + 14]) is not None


def _giver_country(told: Parties) -> str | None:
    """The country of those who give up custody, by nation or by the place in their name."""
    nations = nations_in(told.from_party or "")
    spots = [mention.place.country for mention in places_in(told.from_party or "") if mention.place.country]
    return nations[0].country if nations else (spots[0] if spots else None)


def _away(kind: str, mention: Mention, home: set[str], told: Parties) -> bool:
    """Where people are sent is not where it happened; a place that only names the receiver neither."""
    if kind not in _MOVES:
        return False
    if mention.place.kind == "country":
        return mention.place.country in home
    return bool(told.to_party and mention.place.country in home and mention.place.name in told.to_party)


def _seat(actor: str | None) -> Place | None:
    """The town in the name of a court or office: Taipei prosecutors act in Taipei."""
    spots = [mention.place for mention in places_in(actor or "")]
    narrow = [spot for spot in spots if spot.kind != "country"] or spots
    return narrow[-1] if narrow else None


def _from_before(kind: str, carried: Sequence[str]) -> tuple[list[str], str | None]:
    known = [(name, place(name)) for name in carried]
    country = next((found.country for _, found in known if found and found.country), None)
    return ([known[0][0]] if known else []), country


def _country(told: Parties, sentence: str, own: str, home: set[str]) -> str | None:
    """The nation of those who give or act, else of a place or people named, the counted people's own left out."""
    for party in (told.from_party, told.actor):
        nations = nations_in(party or "")
        if nations:
            return nations[0].country
    of_people = {nation.country for nation in nations_in(own)} | home
    named = [
        nation.country
        for nation in nations_in(sentence)
        if nation.country not in of_people and not is_of_people(sentence, nation)
    ]
    return named[0] if named and len(set(named)) <= 2 else None


def _nation_name(country: str, told: Parties, sentence: str) -> str | None:
    every = nations_in(f"{told.from_party or ''} {told.actor or ''} {sentence}")
    return next((nation.name for nation in every if nation.country == country), None)


def _unlisted(sentence: str) -> list[str]:
    """Places that the gazetteer does not know, as the text spells them: after "in" or "at", or before 园区."""
    found: list[str] = []
    for form in (_HAN_SPOT,) if is_han(sentence) else (_SPOT,):
        for match in form.finditer(sentence):
            name = match["name"]
            if nations_in(name) or places_in(name) or is_calendar(name.split()[0]) or is_body(name):
                continue
            if name.isupper() and len(name) < 6:
                continue
            if not _NOT_SPOT.search(name) and not is_person(name, sentence[match.end() : match.end() + 12]):
                found.append(name)
    return list(dict.fromkeys(found))[:2]
