"""What a figure counts: the noun phrase behind it in alphabets, the measure word or noun around it in Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass

from upriver.clean.numbers import Figure
from upriver.clean.places import nations_in
from upriver.extract.event_lexicon import Lexicon
from upriver.extract.phrases import is_han

_REACH = 80  # letters of the longest noun phrase
_AND = re.compile(r"\s(?:and|or|dan)\b", re.IGNORECASE)
_SETS = re.compile(r"\s*(?:sets?|units?|pcs|pieces)\b", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\n,;:.!?()\[\]—–\"“”…]|\s-{1,2}\s|\s(?:and\s+)?\d")
_OF = re.compile(r"\s+of\s+(?:the|its|their|these|those|his|our|all)?\s*", re.IGNORECASE)
_VERBISH = re.compile(
    r"\b(?:leaving|fleeing|crossing|working|living|holding|claiming|seeking|waiting|carrying|wearing"
    r"|posing|operating|trying|belonging|coming|returning|awaiting|using|facing|taking|sitting|staying"
    r"|hiding|trapped|stranded)\b|\b(?!(?:armed|alleged|suspected|so-called|hooded|masked|trafficked"
    r"|convicted|wanted|accused|related|based|red|bed|unlicensed|rented|used|indicted)\b)[a-z]{2,}ed\b"
)
_AGENT = re.compile(r"(?:ers|ors|ists|ees|men|women|ians|ants|ents|ese|eers|aries|mates|folk|cons)\Z")
_PLURAL = re.compile(r"[A-Za-z]{2,}s\Z")
_HAN_STOP = re.compile(
    r"(?<=[\u3400-\u9fff])(?:[及和與与、]|连同|連同)?(?=\d|[一二三四五六七八九十两兩][名人个個家位])|(?:已|被(?!告)|将|將|依|均|皆|則|则|再|经|經|获"
    r"|獲)(?=[\u3400-\u9fff])|[,，。;;、::()（）\[\]!！?？“”「」『』—\n]"
)
_HAN_MORE = re.compile(r"\s*[余餘多来來几幾]?\s*")


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun phrase with its unit; `start` and `end` are offsets of the passage.

    kind   the type of event that the noun names itself, else None
    bare   nothing stands there: people told before
    """

    start: int
    end: int
    text: str
    unit: str
    kind: str | None = None
    bare: bool = False


def noun_of(text: str, figure: Figure, words: Lexicon) -> Noun | None:
    """What `figure` counts, or None where that is nothing an event could count."""
    currency = _currency(text, figure, words)
    if currency is not None:
        return None if _describes(text, figure, currency, words) else currency
    if words.script == "han" and (
        is_han(text[figure.end : figure.end + 3]) or is_han(text[max(0, figure.start - 2) : figure.start])
    ):
        return _han_noun(text, figure, words)
    return _latin_noun(text, figure, words)


# ---- alphabets --------------------------------------------------------------------------------------------------


def _latin_noun(text: str, figure: Figure, words: Lexicon) -> Noun | None:
    begin, end = _phrase(text, figure, words)
    phrase = text[begin:end]
    units = words.units.find(phrase)
    nations = nations_in(phrase)
    heads = [hit.end for hit in units] + [
        nation.end for nation in nations if phrase[nation.start : nation.end].endswith(("s", "ese"))
    ]
    for inner in (_VERBISH.search(phrase), _AND.search(phrase)):
        # "12 suspects arrested in Bavet": the verb is not of the noun phrase; nor is what "and" adds to a whole one.
        if inner and any(head <= inner.start() for head in heads):
            phrase = phrase[: inner.start()]
            units = [hit for hit in units if hit.end <= len(phrase)]
            heads = [head for head in heads if head <= len(phrase)]
    postposed = _postposed(text, figure, words) if _SETS.match(phrase) else None
    if postposed is not None:
        return postposed
    passed_over = [match.span() for match in words.not_counted.finditer(phrase)]
    verb = _VERBISH.search(phrase)
    if passed_over and verb and passed_over[0][1] <= verb.start():
        return None  # "500 policemen ambushed suspects"
    events = words.counted.find(phrase)
    best = max(units, key=lambda hit: (hit.end, hit.end - hit.start), default=None)
    if best is not None and best.label == "devices":  # Starlink devices are terminals
        best = next((hit for hit in units if hit.label not in ("devices", "people") and hit.end < best.start), best)
    stripped = phrase.strip()
    ignored = max((b for a, b in passed_over if best is None or (b, -a) > (best.end, -best.start)), default=-1)
    if events and events[-1].end >= max(ignored, best.end if best else 0):
        kind = events[-1].label
        return Noun(figure.start, begin + len(phrase.rstrip()), stripped, words.counts[kind], kind)
    if ignored >= 0 and (best is None or ignored >= best.end) and not words.roles["leader"].search(phrase):
        return None
    if best is not None:
        return Noun(figure.start, begin + best.end, phrase[: best.end].strip(), best.label)
    nations = [nation for nation in nations if nation.end <= len(phrase)]
    if nations:
        return Noun(figure.start, begin + nations[-1].end, phrase[: nations[-1].end].strip(), "people")
    if not stripped:
        return _bare(text, figure)
    last = stripped.split()[-1]
    if _AGENT.search(last):
        return Noun(figure.start, begin + len(phrase.rstrip()), stripped, "people")
    if _PLURAL.search(last) and figure.value is not None and last.islower() and not last.endswith("ss"):
        return Noun(figure.start, begin + len(phrase.rstrip()), stripped, "?")
    return _bare(text, figure)


def _postposed(text: str, figure: Figure, words: Lexicon) -> Noun | None:
    """Regional English: "mobile phone 2,400 unit"."""
    begin = max(0, figure.start - 24)
    hits = [hit for hit in words.units.find(text, begin, figure.start) if not text[hit.end : figure.start].strip()]
    return Noun(hits[-1].start, figure.end, text[hits[-1].start : hits[-1].end], hits[-1].label) if hits else None


def _phrase(text: str, figure: Figure, words: Lexicon) -> tuple[int, int]:
    """Offsets of the words behind a figure up to what ends a noun phrase."""
    begin = figure.end
    if text.startswith("-member", begin) or text.startswith("-strong", begin):  # the 20-member group
        return begin, begin + 7
    if text[begin : begin + 1] in "\"”’'":  # "about ten thousand" people
        begin += 1
    window = text[begin : begin + _REACH]
    linked = _OF.match(window)
    if linked and (figure.value is None or re.match(r"\s+of\s+(?:the|its|their|these|those|his|all)\s", window)):
        begin += linked.end()
        window = text[begin : begin + _REACH]
    held = words.containers.match(window)
    offset = held.end() if held else 0
    stops = (
        _PUNCTUATION.search(window, offset),
        words.stop.search(window, offset),
        re.compile(r"\sof\b").search(window, offset),
    )
    cut = min((stop.start() for stop in stops if stop), default=len(window))
    return begin, begin + cut


def _bare(text: str, figure: Figure) -> Noun | None:
    """A number that stands alone for people told before; a year or a clock does not."""
    value = figure.value
    if value is None or value != int(value) or not 0 < value < 1e6 or figure.raw.lower() in ("one", "a", "zero"):
        return None
    if figure.raw.isdigit() and 1900 <= value <= 2100:
        return None
    return Noun(figure.start, figure.end, "", "people", bare=True)


# ---- Chinese ----------------------------------------------------------------------------------------------------


def _han_noun(text: str, figure: Figure, words: Lexicon) -> Noun | None:
    window = text[figure.end : figure.end + 28]
    more = _HAN_MORE.match(window)
    offset = more.end() if more else 0
    stop = _HAN_STOP.search(window, offset)
    phrase = window[: stop.start() if stop else len(window)]
    measure = next(
        (word for word in sorted(words.measures, key=lambda w: (-len(w), w)) if phrase.startswith(word, offset)), None
    )
    rest = phrase[offset + len(measure or "") :]
    verb = next(iter(words.events.find(phrase, offset + len(measure or ""))), None)
    if verb is not None:  # 9人被判处死刑: the verb is not of the noun
        phrase = phrase[: max(verb.start, offset + len(measure or ""))]
    rest = phrase[offset + len(measure or "") :]
    if re.match(r"(?:受|负|負|轻|輕|重)?[伤傷]|失[踪蹤联聯]", rest):
        return None
    if measure and words.not_counted.match(rest):
        return None
    ignored = words.not_counted.match(phrase[offset:])
    if ignored and not (measure and len(measure) >= len(ignored.group())):
        return None
    if measure and words.measures[measure] == "people":
        if re.match(r"(?:民币|民幣|民警|次|力)", rest) or words.not_counted.match(rest[:6]):
            return None
        before = text[max(0, figure.start - 4) : figure.start]
        acting = any(match.end() == len(before) for match in words.not_counted.finditer(before))  # 警力600人
        return None if acting else Noun(figure.start, figure.end + len(phrase), phrase.strip(), "people")
    if measure is None and figure.raw in "一二三四五六七八九十两兩几数" and not words.units.find(phrase[:4]):
        return None
    ahead = [hit for hit in words.units.find(rest[:12]) if not words.not_counted.search(rest[: hit.end])]
    near = [hit for hit in ahead if hit.start <= (0 if measure is None else 8)]
    if near:
        return Noun(figure.start, figure.end + len(phrase), phrase.strip(), near[0].label)
    if measure is None:
        return None
    # Chinese also counts behind the noun: 缴获手机1870部, and takes a list together: 手机、电脑共计3000余部.
    begin = max(0, figure.start - 12)
    behind = re.split(r"[,，。;；:：]", text[begin : figure.start])[-1]
    known = words.units.find(behind)
    known = [hit for hit in known if len(behind) - hit.end <= 3]
    unit = known[-1].label if known else words.measures[measure]
    if words.not_counted.search(behind[-4:]):
        return None
    if unit == "things":
        unit = "?"
    end = figure.end + offset + len(measure)
    return Noun(figure.start, end if known else figure.end + len(phrase), phrase.strip(), unit)


# ---- money ------------------------------------------------------------------------------------------------------


def _describes(text: str, figure: Figure, currency: Noun, words: Lexicon) -> bool:
    """Whether money is told as an adjective of one thing: "a £12m mansion"."""
    if not re.search(r"\b(?:an?|the|one)\s+\S{0,4}\Z", text[max(0, figure.start - 10) : figure.start], re.IGNORECASE):
        return False
    thing = re.match(r"[\s-]+((?:[a-z-]+\s+){0,2}[a-z-]+)", text[currency.end : currency.end + 40])
    return (
        thing is not None
        and any(hit.start == 0 or thing[1][: hit.start].strip().isalpha() for hit in words.units.find(thing[1]))
        and not re.match(r"[\s-]+(?:in|of|from|worth|to|by|for|and|on|at)\b", text[currency.end : currency.end + 10])
    )


def _currency(text: str, figure: Figure, words: Lexicon) -> Noun | None:
    begin = max(0, figure.start - 6)
    before, after = text[begin : figure.start].rstrip(), text[figure.end : figure.end + 34]
    lead = re.match(r"\s*[余餘多]?\s*", after)
    offset = lead.end() if lead else 0
    best: tuple[int, str, int, int] | None = None
    for form, currency in words.money:
        for match in form.finditer(before):
            if match.end() == len(before) and (best is None or len(match.group()) > best[0]):
                best = (len(match.group()), currency, begin + match.start(), figure.end)
        follows = form.match(after, offset)
        if follows and (best is None or len(follows.group()) > best[0]):
            best = (len(follows.group()), currency, figure.start, figure.end + follows.end())
        # "billions of dollars", "4.5 billion in U.S. dollars"
        if best is None and (figure.value is None or re.match(r"\s+in\s", after)):
            inside = form.search(re.split(r"[,.;]", after)[0])
            if inside:
                best = (0, currency, figure.start, figure.end + inside.end())
    return Noun(best[2], best[3], text[figure.end : best[3]].strip(), best[1]) if best else None
