"""Who acts, who gives and receives, where, when, how firmly and by whose word: the fields around an event's figure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from upriver.clean.dates import MONTHS, WEEKDAYS
from upriver.clean.periods import Period
from upriver.clean.places import Mention, nations_in, place, places_in
from upriver.extract.event_lexicon import lexicon

# The last word of a body that acts; names end in one of these, in news English and Chinese.
_BODY = (
    r"police|authorities|authority|officials|military|army|navy|forces|force|troops|soldiers|militia|ministry|government"
    r"|junta|courts?|prosecutors|prosecutor's office|prosecutors' office|department|bureau|agency|embassy|commission"
    r"|council|committee|office|task force|treasury|immigration|investigators|guards?|side|interpol|ofac|fincen|unodc"
    r"|ohchr|group|organi[sz]ation|company|telegram|spacex|regiment|institute|governor|spokesman|spokesperson|minister"
    r"|spokeswoman|ambassador|commander|newspaper|television|monitors?|ngo"
)
_CAPITAL = r"(?:[A-Z][\w.&’'-]*|U\.S\.)"
_NAME = (
    rf"(?:(?:[Tt]he\s+)?(?:{_CAPITAL}(?:\s+(?:of\s+the|of|and|for|’s|'s)\s+(?={_CAPITAL})|\s+))*(?:[a-z]+\s+){{0,2}}(?i:{_BODY})\b"
    rf"(?:\s+of\s+(?:the\s+)?{_CAPITAL}(?:\s+{_CAPITAL})*)?(?:\s+and\s+(?i:{_BODY})\b)?)"
)
_PROPER = rf"(?:(?:[Tt]he\s+)?{_CAPITAL}(?:\s+(?:of|and|the|for)\s+{_CAPITAL}|\s+{_CAPITAL}){{0,5}})"
_BODY_RE = re.compile(_NAME)
_PARTY = rf"(?:{_NAME}|{_PROPER}|(?:the\s+)?(?:local|border|provincial|their)\s+(?:[a-z]+\s+)?(?i:{_BODY}))"
_BY = re.compile(rf"\bby\s+(?P<party>{_PARTY})")
_TO = re.compile(rf"\bto\s+(?P<party>{_PARTY})")
_FROM = re.compile(rf"\bfrom\s+(?P<party>{_PARTY})")
_SAID_BEFORE = re.compile(
    rf"(?P<party>{_PARTY}),?\s+(?:(?:has|have|had|also|later|on\s+\w+)\s+)*(?:said|says|announced|reported|reports|stated|confirmed|disclosed)\b"
)
_SAID_AFTER = re.compile(rf"\b(?:said|announced|reported|confirmed)\s+(?P<party>{_PARTY})")
_ACCORDING = re.compile(rf"\b(?:according to|citing|quoted by|told by)\s+(?P<party>{_PARTY})", re.IGNORECASE)
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
    rf"(?:由|被)(?P<party>{_HAN_PARTY})(?:[^,,。]{{0,12}})?(?:移交|抓|逮|拘|遣返|释放|釋放)|(?P<side>{_HAN_PARTY})(?:再次|再|已|又|正式)?(?:将|將|向)"
)
_HAN_SAID = re.compile(
    rf"(?:据|據)?(?P<party>{_HAN_PARTY}|[\u3400-\u9fff]{{2,6}}(?:社|台|报|報|网|網|视|視))(?:最新)?(?:\d+日)?(?:通报|通報|表示|宣布|报道|報道|披露|公布|消息|称|稱|介绍)"
)
_OPENERS = "The A An In On At As It They He She Some More Of Among About Police"
_CALENDAR_WORDS = "|".join((*_OPENERS.split(), *(word.title() for word in (*MONTHS, *WEEKDAYS) if word.isascii())))
_NOT_A_PARTY = re.compile(rf"\A(?:{_CALENDAR_WORDS})\Z")
_NATION_ACTS = re.compile(r"(?P<name>[A-Z]\w+(?:\s[A-Z]\w+)?)\s+(?:has\s+|have\s+|had\s+|also\s+|later\s+)*\Z")
_SIMPLE_CLAUSE = re.compile(r"[,;,;]|\b(?:while|but|whereas)\b")


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


def speaker(sentence: str, passage: str) -> str | None:
    """Who says so: in the sentence, or else first in the passage."""
    for text in (sentence, passage):
        if re.search(r"[\u3400-\u9fff]", text):
            found = _HAN_SAID.search(text)
            if found:
                return _han_tidy(found["party"])
            continue
        for form in (_ACCORDING, _SAID_BEFORE, _SAID_AFTER):
            match = form.search(text)
            if match and _tidy(match["party"]):
                return _tidy(match["party"])
    return None


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
            known = nations_in(name) or _NOT_A_PARTY.match(name.split()[0]) or _BODY_RE.fullmatch(name)
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
    if re.match(rf"(?:'s|’s)?\s+(?:[A-Za-z]+\s+){{0,3}}(?i:{_BODY})\b", after) and not re.search(r"\bin\s+\Z", before):
        return True
    if re.match(r"(?:财政部|財政部|外交部|大使馆|检方|公安|警方|执法|執法|当局|政府|军方|籍|方面|双方)", after):
        return True
    return mention.place.kind == "country" and bool(
        re.search(r"\b(?:to|for|back to|home to)\s+(?:the\s+)?\Z|[向回]\Z|移交\Z", before)
    )


def period_of(text: str, periods: Sequence[Period], start: int, end: int, at: int) -> Period | None:
    """The span of time that belongs to an event at `at` of the sentence from `start` to `end`."""
    inside = [period for period in periods if start <= period.start < end and not _aside(text, period, at)]
    return min(inside, key=lambda period: (abs(period.start - at), period.start), default=None)


def _aside(text: str, period: Period, at: int) -> bool:
    """A date in a relative clause tells of another matter: "the group, which was sanctioned last month"."""
    if period.start <= at:
        return False
    between = text[at : period.start]
    return bool(re.search(r"\b(?:which|who|whom|whose)\b", between) or lexicon().traps["comparison"].search(between))


def runs_since(text: str, periods: Sequence[Period], start: int, end: int, at: int) -> bool:
    """Whether the figure at `at` is counted from a beginning: no other time stands between it and the "since ..."."""
    times = sorted((p for p in periods if start <= p.start < end and not _aside(text, p, at)), key=lambda p: p.start)
    before = [period for period in times if period.start <= at]
    after = [period for period in times if period.start > at]
    return any(period.relation == "since" for period in (*before[-1:], *after[:1]))


def is_cumulative(sentence: str, at: int, period: Period | None, since: bool) -> bool:
    """Whether a running total is told: the words stand near the figure, or time is told from a beginning (`since`)."""
    if since or (period is not None and period.relation == "since"):
        return True
    words = lexicon().cumulative
    # "bringing the total to 900" speaks of the figure behind it.
    ahead = (m for m in words.finditer(sentence[at : at + 70]) if not m.group().lower().startswith("bring"))
    found = words.search(sentence[max(0, at - 90) : at]) or next(ahead, None)
    return found is not None and not (period is not None and found.group().lower() == "since")


def modality(sentence: str, at: int, trigger: tuple[int, int]) -> str:
    """actual, planned or attempted, by the words just before the verb."""
    begin = max(0, min(at, trigger[0]) - 45)
    before = sentence[begin : max(trigger[0], at)]
    clause = _SIMPLE_CLAUSE.split(before)[-1] if not re.search(r"[\u3400-\u9fff]", before) else before[-24:]
    near = clause + sentence[trigger[0] : trigger[1]]
    if lexicon().attempted.search(near):
        return "attempted"
    return "planned" if lexicon().planned.search(near) else "actual"
