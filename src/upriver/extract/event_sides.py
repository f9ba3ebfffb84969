"""Who gives up custody and who receives: bodies where the sentence names them, else the nations on the two sides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from upriver.clean.places import country_name, nations_in, place, places_in
from upriver.extract.event_bodies import BODY, ENDS, is_body, noun_phrase, plain_name

MOVES = frozenset({"handover", "repatriation"})
# Armed groups along Myanmar's borders, which no nation's word names.
_BORDER_GROUPS = re.compile(
    r"\b(?:BGF|DKBA(?:-5)?|KNLA|KNU|UWSA|MNDAA|NDAA|Wa|Kokang|Karen|Mon|Border Guard)\b"
    r"|佤邦|果敢|同盟[军軍]|克[伦倫]|[缅緬]北|民主仁[爱愛][军軍]"
)
_TAKES = re.compile(r"\b(?:receiv|took|taken|takes|taking|accept|custody of|receipt|brought back)", re.IGNORECASE)
_FETCHES = re.compile(r"\b(?:brought|bring|brings|bringing|collect\w*|fetch\w*|repatriat\w*|return|flew)\b", re.I)
_CUSTODY = re.compile(
    r"\b(?:into|to|in)\s+(?:the\s+(?:hands|custody)\s+of\s+(?P<a>[^,.;]{3,60})"
    r"|(?P<b>[A-Z][\w’']+(?:\s[\w’']+){0,2}?)\s+(?:hands|custody))"
)
_TO = re.compile(r"\bto\s+(?=(?:the\s+)?(?:[A-Z]|(?:[a-z]+\s+){1,3}))")
_TAKEN_BY = re.compile(
    r"\b(?:received|met|accepted|collected|awaited|picked up|taken over|welcomed)\s+(?:\w+\s+)?by\s+"
)
_FROM = re.compile(
    r"\b(?:from|(?:expelled|deported|delivered|transferred|brought (?:over|across)|sent (?:back|home|over)|handed over"
    r"|escorted|surrendered) by)\s+(?=(?:the\s+|their\s+)?[A-Z])"
)
_NO_PARTY = re.compile(
    r"\b(?:landing|airport|bridge|gate|checkpoint|crossing|border|port|pier|district|cent(?:re|er)|shelter|camp"
    r"|hospital|hotel|prison|jail|compound|park|zone|no\. ?\d+|line)\Z",
    re.IGNORECASE,
)
_WORDY = re.compile(
    r"\A(?:(?:the|local|same|own|side of|hands of|custody of|their|its|a|an|\d+ \w+ and|two|three|four)\s+)+",
    re.IGNORECASE,
)
_TRAIL = re.compile(r"\s+(?:custody|hands|together|there|today|yesterday|waiting|all|some)\b.*\Z")
_PEOPLE = re.compile(
    r"\s+(?:nationals|citizens|men|women|suspects|workers|people|victims|students|fugitives?|man|woman|compatriots)\b"
    r"|籍"
)
_COUNTED = re.compile(
    r"(?:\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|\w+ty|hundred|dozen|all|other|fellow))[\s-]+(?:[a-z]+\s+)?\Z"
)
_HOME = re.compile(r"\b(?:home|back|homeland|returned)\b|回国|回國|返国|返國|归国|歸國|祖国|祖國|返台|返港")
_ABROAD = re.compile(r"\bforeign (?:nationals|workers|citizens|people)|their (?:own |home )?countries")
_CROSSED = re.compile(
    r"\b(?:cross(?:ed|ing)|brought (?:over|across)|c[oa]me across|ferried|received in|walked across)\b"
    r"|渡河|过境|過境|抵达|抵達|接收"
)
_CHINA = re.compile(r"我国|我公安|(?<![\u3400-\u9fff])公安部|最高人民检察院")  # who speaks of 我国 is China
_PLAIN_NAMES = {"VN": "Vietnam"}
_HAN_NAMES = {
    "CN": "中国 中國", "MM": "缅甸 緬甸", "TH": "泰国 泰國", "KH": "柬埔寨", "LA": "老挝 老撾 寮國", "VN": "越南",
    "PH": "菲律宾 菲律賓", "KR": "韩国 韓國 南韓", "HK": "香港", "TW": "台湾 台灣 臺灣", "MY": "马来西亚 馬來西亞",
    "ID": "印尼 印度尼西亚", "IN": "印度", "JP": "日本", "SG": "新加坡", "DE": "德国 德國", "AE": "阿联酋",
}  # fmt: skip


def sides(
    kind: str, sentence: str, begin: int, verb: tuple[int, int], figure: str, actor: str | None
) -> tuple[str | None, str | None]:
    """Giver and receiver as an English sentence tells them; `begin` is where the words behind verb and figure open."""
    to, came = _receiver(kind, sentence, begin, verb), _giver(sentence, begin, verb)
    actor = plain_name(actor) if actor else None
    if kind == "rescue_release":
        held = actor if actor and _BORDER_GROUPS.search(actor) else None
        return (_nation(_land(came)) if came and place(came) else came) or held, to
    if kind == "handover":
        takes = _TAKES.search(sentence[verb[0] : verb[1] + 12]) is not None
        return (came, to or actor) if takes else (actor or came, to)
    homes = _people(figure) or _people_of(sentence)
    acts = _land(actor)
    fetches = _FETCHES.search(sentence[verb[0] : verb[1] + 12]) is not None
    if to is None and len(homes) == 1:
        to = _nation(homes[0])
    if to is None and acts and fetches:
        to = _nation(acts)
    if came is None and acts and acts != _land(to) and not fetches:
        came = actor if actor and _BORDER_GROUPS.search(actor) else _nation(acts)
    return came, to


def settled(
    kind: str, given: str | None, to: str | None, country: str | None, sentence: str, passage: str,
    lands: Sequence[str], seat: str | None, han: bool,
) -> tuple[str | None, str | None]:  # fmt: skip
    """Giver and receiver with the nations that the sentence leaves open.

    country  where it happened; lands the countries of the passage, the commonest first; seat that of the dateline
    """
    if kind == "rescue_release" and to is None and _CROSSED.search(sentence):
        here = _land(given) or country
        over = next((land for land in (*_lands(sentence), *lands) if land != here and land in lands), None)
        return given, named_in(over, passage, han)
    if kind not in MOVES:
        return given, to
    here, home = _land(given), _land(to)
    if here is not None and here == home:
        given, here = None, None
    if kind == "repatriation" and given and here and place(given):
        given = named_in(here, passage, han)
    if kind == "repatriation" and to is None:
        of = _people_of(passage)
        home = of[0] if len(of) == 1 and of[0] != here else None
        if home is None and seat not in (here, country) and _HOME.search(passage) and not _ABROAD.search(passage):
            home = seat
        to = named_in(home, passage, han)
    if to is None and han and here != "CN" and _CHINA.search(passage):
        home = "CN"
        to = named_in(home, passage, han)
    if given is None:
        here = next((land for land in (country, *lands, seat) if land and land != home), None)
        given = named_in(here, passage, han)
    if to is None:
        home = next((land for land in lands if land not in (here, country)), None)
        to = named_in(home, passage, han)
    return given, to


def _nation(land: str | None) -> str | None:
    """The name of a country as news write it."""
    return _PLAIN_NAMES.get(land or "") or (country_name(land) if land else None)


def named_in(land: str | None, passage: str, han: bool = True) -> str | None:
    """The name of a country in the language of the passage, in its own script."""
    if land is None or not han:
        return _nation(land)
    forms = _HAN_NAMES.get(land, "").split()
    spelt = [passage[n.start : n.end] for n in nations_in(passage) if n.country == land]
    told = [form for form in (*forms, *spelt) if form in passage and form[-1] not in "方人籍警" and form[0] != "我"]
    wide = [form for form in forms if re.search("[國灣緬賓撾亞]", form)] if re.search("[國灣緬賓]", passage) else []
    return next(iter((*told, *wide, *forms)), _nation(land))


def _receiver(kind: str, sentence: str, begin: int, verb: tuple[int, int]) -> str | None:
    window = re.split(r";|\.\s", sentence[begin : begin + 190])[0]
    held = _CUSTODY.search(sentence[max(0, verb[0] - 2) : verb[1] + 110])
    if held and (name := _party(held["a"] or held["b"], kind)):
        return name
    return next(
        (
            name
            for form in (_TO, _TAKEN_BY)
            for match in form.finditer(window)
            if (name := _party(window[match.end() :], kind))
        ),
        None,
    )


def _giver(sentence: str, begin: int, verb: tuple[int, int]) -> str | None:
    at = min(verb[0], begin)
    window = re.split(r";|\.\s", sentence[at : begin + 170])[0]
    for match in _FROM.finditer(window):
        name = _opens(window[match.end() :])
        if name and not _NO_PARTY.search(name) and (_land(name) or is_body(name) or place(name)):
            return name
    return None


def _opens(text: str) -> str | None:
    """The name that opens `text`: a nation or a place alone where no body follows it, else the noun phrase."""
    text = _WORDY.sub("", text.lstrip())
    spots = [(n.start, n.end, n.name) for n in nations_in(text[:40])]
    spots += [(m.start, m.end, text[m.start : m.end]) for m in places_in(text[:60])]
    for start, end, name in spots:
        if start == 0 and not re.match(r"(?:['’]s)?\s+(?:[a-z]+\s+){0,2}(?:[A-Z]|(?i:" + BODY + r")\b)", text[end:]):
            return name
    told = noun_phrase(text)
    return plain_name(_TRAIL.sub("", _WORDY.sub("", told)).strip()) if told else None


def _party(text: str, kind: str) -> str | None:
    """The body or nation whose name opens `text`; None where it is a place or a thing."""
    name = _opens(text)
    if not name or len(name) < 3 or (name.islower() and " " not in name):
        return None
    nations = nations_in(name)
    if len(nations) == 1 and (nations[0].start, nations[0].end) == (0, len(name)):
        return _nation(nations[0].country)  # Chinese custody: China
    known = place(name)
    if kind == "repatriation" and known is not None and known.country:
        return _nation(known.country)  # a flight to Jakarta ends in Indonesia
    if known is not None and known.kind not in ("country", "admin1", "region"):
        return None
    if _NO_PARTY.search(re.split(r"\s+of\s+", name)[0]):
        return None
    if kind == "repatriation" and not (nations or known):
        return None
    return name if nations or known or is_body(name) or (ENDS.search(name) and name[:1].isupper()) else None


def _land(party: str | None) -> str | None:
    """The country of a party, by nation, by the places in its name, or as an armed group of the border."""
    if not party:
        return None
    named: Iterable[str | None] = (
        *(nation.country for nation in nations_in(party)),
        *(mention.place.country for mention in places_in(party)),
    )
    return next((land for land in named if land), "MM" if _BORDER_GROUPS.search(party) else None)


def _lands(text: str) -> list[str]:
    return [mention.place.country for mention in places_in(text) if mention.place.country]


def _people(words: str) -> list[str]:
    return list(dict.fromkeys(nation.country for nation in nations_in(words)))


def _people_of(text: str) -> list[str]:
    """Countries whose people a text counts or calls by nation."""
    return list(
        dict.fromkeys(
            nation.country
            for nation in nations_in(text)
            if _PEOPLE.match(text[nation.end : nation.end + 14])
            or _COUNTED.search(text[max(0, nation.start - 22) : nation.start])
        )
    )
