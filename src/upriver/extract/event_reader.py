"""Reads crackdown events out of a news passage in English or Chinese: pure text in, events out.

A figure that counts people, places, things or money is joined to the verb that governs it. Stocks, rewards, wages,
ages, shares, comparisons and the numbers of those who act are no events; a part ("including 63 key players") stays with
its whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from upriver.clean.periods import Period, periods
from upriver.clean.places import nations_in, places_in
from upriver.extract.event_fields import is_cumulative, modality, parties, period_of, runs_since, speaker, where
from upriver.extract.event_figures import Counted, counted, of_a_whole
from upriver.extract.event_lexicon import lexicon

_SENTENCE_END = re.compile(r"(?<=[a-z0-9)\"”’%])[.!?][\"”’)]*\s+(?=[A-Z\"“‘\[(])|[。!?！？；;\n]+|\[\.{3}\]")
_BREAK = re.compile(
    r"\b(?:while|after|before|when|where|who|whom|which|that|but|although|following|as)\b|[;；]", re.IGNORECASE
)
_COMMA = re.compile(r"[,,、]")
_PASSIVE = re.compile(r"\b(?:was|were|been|being|be|are|is|get|got)\b[\w\s]{0,22}\Z|被[^,,]{0,8}\Z", re.IGNORECASE)
_MOVES = frozenset({"handover", "repatriation", "rescue_release"})
_GOES_AFTER = frozenset({"flight", "death"})  # their verbs take no object: twelve workers fled
_REACH = 4.0  # a verb farther away than this governs no figure
_MONEY = re.compile(r"[A-Z]{3}\Z")
_YEARLY = re.compile(r"\b(?:each|per|a|every)\s+year\b|\bannual(?:ly)?\b|\byearly\b|每年|年均", re.IGNORECASE)
_TESTIMONY = re.compile(r"\b(?:every|each)\s+(?:day|woman|man|customer|target)\b", re.IGNORECASE)
_THEM = re.compile(r"\bthem\b", re.IGNORECASE)
_OF_THEM = re.compile(r"\A\S+\s+of\s+(?:them|whom|these|those)\b", re.IGNORECASE)
_NAME_AFTER = re.compile(
    r"\s+(?!January|February|March|April|June|July|August|September|October|November|December)[A-Z][a-z]+(?:\s+[A-Z][a-z]+)?"
)
_NAME_BEFORE = re.compile(r"[A-Z][a-z]+(?:\s+[A-Z][a-z]+)+,?\s+(?:was|has been)\s+\Z")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an event's count: kind role, penalty, sex, nationality or group."""

    kind: str
    label: str
    count: float
    role: str


@dataclass(frozen=True, slots=True)
class Event:
    """One event as one passage tells it; `count` None is no figure, which is not zero. Offsets are of the passage."""

    type: str
    count: float | None
    low: float | None
    high: float | None
    qualifier: str
    unit: str
    role: str
    actor: str | None
    from_party: str | None
    to_party: str | None
    places: tuple[str, ...]
    country: str | None
    first: date | None
    last: date | None
    announced: date | None
    cumulative: bool
    modality: str
    attributed_to: str | None
    parts: tuple[Part, ...]
    start: int
    end: int
    span: str


@dataclass(frozen=True, slots=True)
class _Trigger:
    kind: str
    start: int
    end: int


def read_events(text: str, published: date | None, language: str | None = None) -> list[Event]:
    """Every crackdown event told in `text`.

    published  the day of publication, to which relative dates are held; None where unknown
    language   of the text, for callers that know it; English and Chinese are told apart by their script
    """
    if language is not None and language.split("-")[0] not in ("en", "zh"):
        return []
    if lexicon().traps["amnesty"].search(text):
        return []
    times = periods(text, published)
    figures = counted(text, times)
    events: list[Event] = []
    carried: tuple[str, ...] = ()
    carried_time: Period | None = None
    for start, end in _sentences(text):
        inside = [figure for figure in figures if start <= figure.at < end]
        told = _of_sentence(text, start, end, inside, times, carried, carried_time, published)
        events = _with(events, told, text)
        mentions = [mention for mention in places_in(text[start:end]) if mention.place.kind != "country"]
        carried = (mentions[-1].place.name,) if mentions else carried
        carried_time = period_of(text, times, start, end, start) or carried_time
    return events


def _sentences(text: str) -> list[tuple[int, int]]:
    cuts = [0]
    for match in _SENTENCE_END.finditer(text):
        word = re.search(r"([A-Za-z.]+)\Z", text[: match.start()])
        if match.group().startswith(".") and word and word.group(1) in _ABBREVIATIONS:
            continue
        cuts.append(match.end())
    cuts.append(len(text))
    return [(a, b) for a, b in pairwise(cuts) if text[a:b].strip()]


_ABBREVIATIONS = frozenset(
    {"Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sept", "Sep", "Oct", "Nov", "Dec", "Mr", "Mrs", "Ms", "Dr",
     "Gen", "Lt", "Col", "Maj", "Capt", "Sgt", "Pol", "No", "St", "Co", "Inc", "Ltd", "U.S", "U.K", "vs"}
)  # fmt: skip


def _of_sentence(
    text: str,
    start: int,
    end: int,
    inside: Sequence[Counted],
    times: Sequence[Period],
    carried: tuple[str, ...],
    carried_time: Period | None,
    published: date | None,
) -> list[Event | tuple[Counted, Part]]:
    """Events and loose parts of one sentence, in the order of the text."""
    sentence = text[start:end]
    triggers = _triggers(sentence, start)
    told: list[Event | tuple[Counted, Part]] = []
    opened_at = -1
    attached = False
    for place, figure in enumerate(inside):
        if of_a_whole(text, figure) and place + 1 > 0 and _follows_figure(text, inside, place):
            continue
        opener = lexicon().parts.search(text, inside[place - 1].end if place else start, figure.start)
        if opener and not _is_money(figure.unit):
            opened_at = opener.start()
        is_part = _OF_THEM.search(text[figure.at : figure.end + 12]) is not None
        is_part = is_part or (opened_at >= 0 and not _new_verb(triggers, opened_at, figure))
        if is_part and figure.value is not None:
            told.append((figure, _part(text, figure, end)))
            continue
        best = _governing(text, figure, triggers, inside)
        if best is None or _trapped(text, start, end, figure, best):
            continue
        attached = True
        told.extend(
            _event(text, start, end, figure, trigger, times, carried, carried_time, published)
            for trigger in (best, *_joined(text, figure, best, triggers, inside))
        )
    if not attached and not inside:
        told.extend(_named(text, start, end, triggers, times, carried, carried_time, published))
    return told


def _follows_figure(text: str, inside: Sequence[Counted], place: int) -> bool:
    return place > 0 and inside[place].at - inside[place - 1].at < 30


def _new_verb(triggers: Sequence[_Trigger], opened_at: int, figure: Counted) -> bool:
    """Whether a verb after the opening word takes this figure for its object: "including 13 women, and seized 40"."""
    return any(
        opened_at < trigger.start and trigger.end <= figure.start and figure.start - trigger.end < 25
        for trigger in triggers
    )


def _triggers(sentence: str, offset: int) -> list[_Trigger]:
    """Verbs of the sentence; where two share letters the longer stays, and the words of a penalty are no death."""
    masked = [match.span() for form in lexicon().penalties.values() for match in form.finditer(sentence)]
    found = []
    for kind, form in lexicon().types.items():
        for match in form.finditer(sentence):
            if kind in ("death", "execution") and any(a <= match.start() < b for a, b in masked):
                continue
            found.append(_Trigger(kind, match.start(), match.end()))
    found.sort(key=lambda trigger: (trigger.start - trigger.end, trigger.start, trigger.kind))
    kept: list[_Trigger] = []
    for trigger in found:
        rival = [other for other in kept if other.start < trigger.end and trigger.start < other.end]
        # Two types may share a verb of the same length (捣毁); a longer phrase hides a shorter one.
        if all((other.start, other.end) == (trigger.start, trigger.end) for other in rival):
            kept.append(trigger)
    return [
        replace(trigger, start=trigger.start + offset, end=trigger.end + offset)
        for trigger in sorted(kept, key=lambda t: t.start)
    ]


def _counts(kind: str, unit: str) -> bool:
    allowed = lexicon().units_of[kind]
    return unit in allowed or ("money" in allowed and _is_money(unit))


def _is_money(unit: str) -> bool:
    return _MONEY.match(unit) is not None and unit != "BTC"


def _governing(text: str, figure: Counted, triggers: Sequence[_Trigger], inside: Sequence[Counted]) -> _Trigger | None:
    best: tuple[float, int, _Trigger] | None = None
    for trigger in triggers:
        if not _counts(trigger.kind, figure.unit):
            continue
        cost = _cost(text, figure, trigger, inside)
        if cost <= _REACH and (best is None or (cost, trigger.start) < best[:2]):
            best = (cost, trigger.start, trigger)
    return best[2] if best else None


def _joined(
    text: str, figure: Counted, first: _Trigger, triggers: Sequence[_Trigger], inside: Sequence[Counted]
) -> list[_Trigger]:
    """Further verbs for the same figure: "arrested and deported 64", "64 were detained ... and were flown home"."""
    found = []
    for trigger in triggers:
        if trigger.kind == first.kind or not _counts(trigger.kind, figure.unit):
            continue
        if trigger.end <= first.start and first.end <= figure.start:
            link = re.fullmatch(
                r"\s*(?:and|or)\s*(?:then|later|subsequently)?\s*|\s*(?:并|並|后|後|、)\s*",
                text[trigger.end : first.start],
            )
        elif trigger.start >= first.end and figure.end <= first.start:
            if any(first.end <= other.at < trigger.start for other in inside):
                continue
            between = text[first.end : trigger.start]
            link = re.search(
                r"\band\s+(?:then|later|subsequently)?\s*(?:were|was|have been|had been|been)?\s*\Z|[并並后後]\Z",
                between,
            )
        else:
            continue
        if link:
            found.append(trigger)
    return found


def _cost(text: str, figure: Counted, trigger: _Trigger, inside: Sequence[Counted]) -> float:
    """How far a verb is from governing a figure: letters, commas, subordinate words and other figures between them."""
    if trigger.start < figure.end and figure.start < trigger.end:
        return 0.4 + (1.0 if trigger.kind == "estimate" and figure.unit == "people" else 0.0)
    if trigger.end <= figure.start:
        gap, base = text[trigger.end : figure.start], 0.0
        if text.startswith("的", trigger.end):
            base = 2.0  # 抓获的920名 only describes whom the next verb takes
        between = [other for other in inside if trigger.end <= other.at < figure.start]
        if _PASSIVE.search(text[max(0, trigger.start - 26) : trigger.start]):
            base += 0.9  # a passive verb has its people before it
    else:
        gap = text[figure.end : trigger.start]
        # The verb stands after its people in Chinese (将109名疑犯移交) and in the passive, else before them.
        named_before = _THEM.search(text[trigger.start : trigger.end]) is not None  # "... and took them into custody"
        passive = _PASSIVE.search(text[max(0, trigger.start - 26) : trigger.start]) is not None
        closes = named_before or passive or trigger.kind in _GOES_AFTER
        base = 0.2 if closes or not gap.isascii() else 1.5
        between = [other for other in inside if figure.end <= other.at < trigger.start]
    weak = 1.0 if trigger.kind == "estimate" and figure.unit == "people" else 0.0
    rivals = sum(0.8 for other in between if other.unit == figure.unit or not gap.isascii())
    return base + weak + len(gap) / 55 + 0.5 * len(_COMMA.findall(gap)) + 0.9 * len(_BREAK.findall(gap)) + rivals


def _trapped(text: str, start: int, end: int, figure: Counted, best: _Trigger) -> bool:
    """Whether the figure is a stock, a reward, a wage, a comparison or of another matter altogether."""
    traps = lexicon().traps
    sentence = text[start:end]
    before, after = text[max(start, figure.start - 70) : figure.start], text[figure.end : min(end, figure.end + 60)]
    clause = (
        re.split(r"[,,;;]|\b(?:while|but|and)\b", before)[-1]
        + text[figure.start : figure.end]
        + re.split(r"[,,;;]|\b(?:while|but)\b", after)[0]
    )
    if any(traps[name].search(sentence) for name in ("drugs", "trade")) or _TESTIMONY.search(sentence):
        return True
    if figure.unit in ("people", "compounds") and traps["conflict"].search(sentence):
        return True
    if re.search(rf"(?:{traps['comparison'].pattern})[\w\s,]{{0,18}}\Z", before, re.IGNORECASE):
        return True
    if _is_money(figure.unit) and (traps["reward"].search(clause) or traps["wage"].search(clause)):
        return not lexicon().types["seizure"].search(clause)
    stock = traps["stock"].search(clause) if figure.unit == "people" else None
    if stock and lexicon().types["estimate"].search(clause) is None:
        # 遣返165名滞留人员 moves people who were stuck; "remain in detention awaiting deportation" moves nobody.
        waits = traps["waiting"].search(clause + text[max(start, best.start - 12) : best.end]) is not None
        return waits or best.kind not in _MOVES or clause.isascii()
    return lexicon().negation.search(clause) is not None


def _part(text: str, figure: Counted, sentence_end: int) -> Part:
    """What kind of part a figure is: by penalty, role, sex, nationality, else a group."""
    assert figure.value is not None
    noun = text[figure.at : figure.end]
    following = re.split(r"[,,;;、]", text[figure.end : min(sentence_end, figure.end + 50)])[0]
    for label, form in lexicon().penalties.items():
        if form.search(noun + following):
            return Part("penalty", label, figure.value, "all")
    if figure.role not in ("all", "company"):
        return Part("role", figure.noun, figure.value, figure.role)
    before = text[max(0, figure.start - 14) : figure.start]
    lead = "" if noun.isascii() else re.split("[,,、0-9]", before)[-1]
    for label, form in lexicon().sex.items():
        if form.search(noun) or form.search(lead):
            return Part("sex", label, figure.value, "all")
    for role, form in lexicon().roles.items():
        # Chinese puts the role before its figure: 其中网上在逃人员11名
        if role != "company" and form.search(lead):
            return Part("role", lead.removeprefix("其中").removeprefix("包括"), figure.value, role)
    nations = nations_in(noun + following)
    if nations:
        return Part("nationality", nations[0].country, figure.value, "all")
    return Part("group", figure.noun or "part", figure.value, "all")


def _event(
    text: str,
    start: int,
    end: int,
    figure: Counted,
    trigger: _Trigger,
    times: Sequence[Period],
    carried: tuple[str, ...],
    carried_time: Period | None,
    published: date | None,
) -> Event:
    sentence = text[start:end]
    verb = (trigger.start - start, trigger.end - start)
    time = period_of(text, times, start, end, trigger.start)
    told = parties(trigger.kind, sentence, figure.at - start, verb)
    names, country = where(trigger.kind, sentence, places_in(sentence), verb[0], told, carried)
    since = runs_since(text, times, start, end, figure.at)
    running = is_cumulative(sentence, figure.at - start, time, since)
    time = time or (carried_time if not running else None)
    unit = figure.unit
    if (
        _is_money(unit)
        and trigger.kind == "estimate"
        and _YEARLY.search(text[max(start, figure.start - 14) : min(end, figure.end + 30)])
    ):
        unit += "/year"
    if trigger.kind == "sanction" and unit == "companies":
        unit = "targets"
    first, last = (time.first, time.last) if time else (None, None)
    if time is not None and time.relation == "until":
        first = None
    span_start, span_end = min(figure.start, trigger.start), max(figure.end, trigger.end)
    span = text[span_start:span_end].rstrip()
    return Event(
        trigger.kind, figure.value, figure.low, figure.high, figure.qualifier, unit, figure.role,
        told.actor, told.from_party, told.to_party, names, country, first, last, published, running,
        modality(sentence, figure.at - start, verb), speaker(sentence, text), (),
        span_start, span_start + len(span), span,
    )  # fmt: skip


def _named(
    text: str,
    start: int,
    end: int,
    triggers: Sequence[_Trigger],
    times: Sequence[Period],
    carried: tuple[str, ...],
    carried_time: Period | None,
    published: date | None,
) -> list[Event]:
    """A sentence without a figure: one named person sentenced or extradited, or an action with no figure at all."""
    for trigger in triggers:
        word = text[trigger.start : trigger.end].lower()
        if trigger.kind != "sentence" and not word.startswith("extradit"):
            continue
        named = _NAME_AFTER.match(text, trigger.end, end) or _NAME_BEFORE.search(text[start : trigger.start])
        if named:
            one = Counted(trigger.start, trigger.end, trigger.start, 1.0, None, None, "exact", "people", "all", "")
            event = _event(text, start, end, one, trigger, times, carried, carried_time, published)
            penalty = next(
                (label for label, form in lexicon().penalties.items() if form.search(text, trigger.end, end)), None
            )
            return [replace(event, parts=(Part("penalty", penalty, 1.0, "all"),)) if penalty else event]
    return []


def _with(events: list[Event], told: Sequence[Event | tuple[Counted, Part]], text: str) -> list[Event]:
    """`events` and what a sentence adds: parts go to the last whole they fit into; a figure told twice stays once."""
    result = list(events)
    for item in told:
        if isinstance(item, Event):
            if not any(_same_telling(item, other) for other in result):
                result.append(item)
            continue
        figure, part = item
        for place in range(len(result) - 1, -1, -1):
            whole = result[place].count
            if result[place].unit == figure.unit and whole is not None and part.count <= whole:
                if all(known.label != part.label or known.count != part.count for known in result[place].parts):
                    result[place] = replace(result[place], parts=(*result[place].parts, part))
                break
    return result


def _same_telling(a: Event, b: Event) -> bool:
    same = (a.type, a.count, a.low, a.high, a.unit) == (b.type, b.count, b.low, b.high, b.unit)
    return same and a.count is not None and (a.first == b.first or not a.first or not b.first)
