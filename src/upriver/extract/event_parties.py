"""Who acts in an event, who gives up custody and who receives."""

from __future__ import annotations

import re
from dataclasses import dataclass

from upriver.clean.dates import MONTHS, WEEKDAYS
from upriver.clean.places import nations_in, place, places_in

# The last word of a body that acts; names end in one of these, in news English and Chinese.
BODY = (
    r"police|authorities|authority|officials|military|army|navy|forces|force|troops|soldiers|militia|ministry|government"
    r"|junta|courts?|prosecutors|prosecutor's office|prosecutors' office|department|bureau|agency|embassy|commission"
    r"|council|committee|office|task force|treasury|immigration|investigators|guards?|side|interpol|ofac|fincen|unodc"
    r"|ohchr|group|organi[sz]ation|company|telegram|spacex|regiment|institute|governor|spokesman|spokesperson|minister"
    r"|spokeswoman|ambassador|commander|newspaper|television|monitors?|ngo"
)
_CAPITAL = r"(?:[A-Z][\w.&’'-]*|U\.S\.)"
_NAME = (
    rf"(?:(?:[Tt]he\s+)?(?:{_CAPITAL}(?:\s+(?:of\s+the|of|and|for|’s|'s)\s+(?={_CAPITAL})|\s+))*(?:[a-z]+\s+){{0,2}}(?i:{BODY})\b"
    rf"(?:\s+of\s+(?:the\s+)?{_CAPITAL}(?:\s+{_CAPITAL})*)?(?:\s+and\s+(?i:{BODY})\b)?)"
)
_PROPER = rf"(?:(?:[Tt]he\s+)?{_CAPITAL}(?:\s+(?:of|and|the|for)\s+{_CAPITAL}|\s+{_CAPITAL}){{0,5}})"
_BODY_RE = re.compile(_NAME)
_PARTY = rf"(?:{_NAME}|{_PROPER}|(?:the\s+)?(?:local|border|provincial|their)\s+(?:[a-z]+\s+)?(?i:{BODY}))"
_BY = re.compile(rf"\bby\s+(?P<party>{_PARTY})")
_TO = re.compile(rf"\bto\s+(?P<party>{_PARTY})")
_FROM = re.compile(rf"\bfrom\s+(?P<party>{_PARTY})")
_HAN_BODY = (
    r"[\u3400-\u9fff]{0,14}?(?:公安部|公安机关|公安機關|公安厅|公安局|公安|警方|警察|执法部门|執法部門|当局|當局|军方|軍方|政府军|政府|"
    r"法院|检察院|檢察院|检察机关|外交部|内政部|大使馆|大使館|使馆|移民局|委员会|委員會|司法委|武装|武裝|联军|部队|部隊|卫队|衛隊|司法部|财政部|財政部|总局|總局|電視台|电视台|方面)"
)
_HAN_SIDE = r"[缅緬泰柬老中韩韓越美英][双雙]?[方甸国國]方?|我方|中方|我国|我國|中国|中國|[缅緬]甸"
_HAN_PARTY = rf"(?:{_HAN_BODY}|{_HAN_SIDE})"
_HAN_TO = re.compile(
    rf"(?:移交|交接|交由|引渡|遣返|送返|押解|递解)(?:给|給|至|予|到|回)?(?P<party>{_HAN_PARTY})|向(?P<side>{_HAN_PARTY})(?:移交|交接|遣返)"
)
_HAN_FROM = re.compile(
    rf"(?:由|被)(?P<party>{_HAN_PARTY})(?:[^,，。]{{0,12}})?(?:移交|抓|逮|拘|遣返|释放|釋放)|(?P<side>{_HAN_PARTY})(?:再次|再|已|又|正式)?(?:将|將|向)"
)
_OPENERS = "The A An In On At As It They He She Some More Of Among About Police"
_CALENDAR_WORDS = "|".join((*_OPENERS.split(), *(word.title() for word in (*MONTHS, *WEEKDAYS) if word.isascii())))
_NOT_A_PARTY = re.compile(rf"\A(?:{_CALENDAR_WORDS})\Z")
_NATION_ACTS = re.compile(r"(?P<name>[A-Z]\w+(?:\s[A-Z]\w+)?)\s+(?:has\s+|have\s+|had\s+|also\s+|later\s+)*\Z")

@dataclass(frozen=True, slots=True)
class Parties:
    """Who acts, who gives up custody, who receives; None where the text does not say."""

    actor: str | None
    from_party: str | None
    to_party: str | None


def parties(kind: str, sentence: str, figure_at: int, trigger: tuple[int, int]) -> Parties:
    """The parties of an event of type `kind`; offsets are within the sentence."""
    if re.search(r"[\u3400-\u9fff]", sentence):
        return _han_parties(kind, sentence, trigger)
    after = sentence[trigger[1] :]
    by = _BY.search(after)
    passive = figure_at < trigger[0]
    actor = _tidy(by["party"]) if by else None
    if actor is None and not passive:
        actor = _subject(sentence[: trigger[0]])
    from_party = to_party = None
    if kind in ("handover", "repatriation", "rescue_release", "flight"):
        to = _TO.search(after)
        came_from = _FROM.search(after)
        to_party = _tidy(to["party"]) if to and place_only(to["party"]) != "spot" else None
        from_party = _tidy(came_from["party"]) if came_from else None
        if kind == "handover" and from_party is None:
            from_party = actor
    return Parties(actor, from_party, to_party)


def place_only(text: str) -> str:
    """ "spot" where the words name a town or compound, "nation" for a country, else ""."""
    known = place(re.sub(r"\A[Tt]he\s+", "", text))
    if known is None:
        return ""
    return "nation" if known.kind == "country" else "spot"


def _tidy(text: str) -> str | None:
    text = re.sub(r"\A(?:the|The)\s+", "", text.strip(" ,.")).strip()
    return None if not text or _NOT_A_PARTY.match(text) else text


def _subject(before: str) -> str | None:
    """The last body named before an active verb, in its own clause if possible."""
    found = [match.group() for match in _BODY_RE.finditer(before)]
    if found:
        return _tidy(found[-1])
    proper = re.findall(_PROPER, before)
    nation = _NATION_ACTS.search(before)
    if nation and (found_nations := nations_in(nation["name"])):
        return found_nations[0].name
    names = [name for name in (_tidy(one) for one in proper) if name and not places_in(name) and not nations_in(name)]
    return names[-1] if names else None


def _han_parties(kind: str, sentence: str, trigger: tuple[int, int]) -> Parties:
    to = _HAN_TO.search(sentence[max(0, trigger[0] - 14) :])
    gave = _HAN_FROM.search(sentence[: trigger[1]])
    before = sentence[: trigger[0]]
    bodies = [
        match.group()
        for match in re.finditer(_HAN_PARTY, before)
        if before[: match.start()][-1:] not in "向对對给給" or not match.start()
    ]
    actor = bodies[-1] if bodies else None
    from_party = (gave["party"] or gave["side"]) if gave else None
    to_party = (to["party"] or to["side"]) if to else None
    if kind not in ("handover", "repatriation"):
        return Parties(_han_tidy(actor), None, None)
    return Parties(_han_tidy(actor), _han_tidy(from_party or actor), _han_tidy(to_party))


def _han_tidy(text: str | None) -> str | None:
    return re.sub(r"\A(?:由|据|據|被|将|將|向|在|和|与|與|的|日)+", "", text) or None if text else None




def is_body(name: str) -> bool:
    """Whether the words name a body that acts: police, a court, a ministry."""
    return _BODY_RE.fullmatch(name) is not None


def is_calendar(word: str) -> bool:
    """Whether a capitalised word only opens a sentence or names a day."""
    return _NOT_A_PARTY.match(word) is not None
