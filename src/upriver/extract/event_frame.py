"""The fields around an event's figure, out of its sentence and of what the passage told before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from upriver.clean.periods import Period
from upriver.clean.places import homonyms, nations_in, place, places_in
from upriver.extract.event_agents import agent, fuller, office
from upriver.extract.event_figures import Counted
from upriver.extract.event_lexicon import Lexicon, is_money
from upriver.extract.event_model import Event, Part
from upriver.extract.event_names import names_in
from upriver.extract.event_parties import Parties, parties
from upriver.extract.event_places import Where, is_of_people, where
from upriver.extract.event_sides import named_in, settled
from upriver.extract.event_speakers import UNATTRIBUTED, is_generic
from upriver.extract.event_times import is_cumulative, modality, runs_since, when
from upriver.extract.event_verbs import Trigger

_NOBODY_ACTS = frozenset({"estimate", "death", "flight"})
SIGHT = 20_000  # letters of a passage in which its nations are looked for
_SOON = timedelta(days=3)
_PLAN = re.compile(
    r"\b(?:will|plan\w*|expected|scheduled|due|to be|intend\w*)\b|[将將拟擬]|计划|計劃|预计|預計", re.IGNORECASE
)
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_OLD_YEAR = re.compile(
    rf"\b(?:in|since|of)\s+1[0-8]\d\d\b|(?<!\d)\d{{1,2}}\s+{_MONTH}\s+1[0-8]\d\d\b|(?<!\d)1[0-8]\d\d年",
    re.IGNORECASE,
)
_NO_DAY = re.compile(
    rf"(?<!\d)(?:3[2-9]|[4-9]\d)\s+{_MONTH}\b"
    r"|\b(?:30|31)\s+February\b|\bFebruary\s+3[01]\b|(?<!\d)(?:1[3-9]|[2-9]\d)月\d{1,2}日"
    r"|(?<!\d)\d{1,2}月(?:3[2-9]|[4-9]\d)日",
    re.IGNORECASE,
)
_YEARLY = re.compile(r"\b(?:each|per|a|every)\s+year\b|\bannual(?:ly)?\b|\byearly\b|每年|年均", re.IGNORECASE)


@dataclass(frozen=True)
class Frame:
    """One sentence of a passage (`start` to `end`) with its periods, and what the sentences around it left standing.

    own, speakers, later  who speaks in this sentence, in those before, in the next that names somebody
    head                  where the dateline ends; its day is the day of the telling
    legal                 whether the passage tells a verdict or a charge
    seat                  the country of the dateline
    """

    text: str
    published: date | None
    words: Lexicon
    agency: tuple[str, ...] = ()
    start: int = 0
    end: int = 0
    times: Sequence[Period] = ()
    places: tuple[str, ...] = ()
    time: Period | None = None
    own: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    head: int = 0
    actor: str | None = None
    lands: tuple[str, ...] = ()
    legal: bool = False
    seat: str | None = None


def is_legal(text: str, words: Lexicon) -> bool:
    """Whether a passage tells a verdict, an execution or a charge."""
    return any(hit.label.split(" ")[1] in ("sentence", "execution", "prosecution") for hit in words.events.find(text))


def lands_of(text: str) -> tuple[str, ...]:
    """Countries named in a passage, by nation or place, the commonest first."""
    named = [nation.country for nation in nations_in(text) if not is_of_people(text, nation)]
    named += [mention.place.country for mention in places_in(text) if mention.place.country]
    return tuple(sorted(set(named), key=lambda land: (-named.count(land), named.index(land))))


def carried_on(frame: Frame, actor: str | None) -> Frame:
    """The frame with what its sentence told of place, time, speakers and the body that acts, for the next."""
    sentence = frame.text[frame.start : frame.end]
    spots = sorted(
        (mention for mention in places_in(sentence) if mention.place.kind != "country"),
        key=lambda mention: (any(mention.place.name in name for name in frame.own), mention.place.wide, -mention.start),
    )
    told = when(frame.text, frame.times, frame.start, frame.end, frame.start, frame.words, frame.head)
    time = told.acted or told.said
    return replace(
        frame,
        places=tuple(dict.fromkeys((*(m.place.name for m in spots), *frame.places)))[:3],
        time=time or frame.time,
        actor=actor or frame.actor,
        speakers=frame.own or frame.speakers,
    )


def event_of(frame: Frame, figure: Counted, trigger: Trigger, parts: tuple[Part, ...]) -> Event:
    """The event of a figure and its trigger."""
    text, start, end, words = frame.text, frame.start, frame.end, frame.words
    sentence, at = text[start:end], figure.at - start
    verb = (trigger.start - start, trigger.end - start)
    own = text[figure.start : figure.end]
    told = parties(sentence, at, own, trigger, verb[0])
    spot = where(trigger.kind, sentence, places_in(sentence), verb[0], told, frame.places, own, frame.own, frame.lands)
    told = _filled(trigger.kind, told, spot, frame)
    times = when(text, frame.times, start, end, trigger.start, words, frame.head)
    since = runs_since(text, frame.times, start, end, figure.at, words)
    planned = modality(sentence, at, verb, words)
    running = planned == "actual" and is_cumulative(
        sentence, at, figure.end - start, times.acted, since is not None, words
    )
    if trigger.kind == "estimate":
        running = times.acted is None or since is not None  # what was taken all in all, unless of one year
    elif trigger.kind == "death" and frame.legal and times.acted is None:
        running = True  # a court counts all who died of a group's crimes
    time = since or times.acted or times.said or (frame.time if not running else None)
    first, last = (time.first, time.last) if time else (None, None)
    if time is not None and time.relation == "until":
        first = None
    announced = times.said.last if times.said is not None and times.acted is not None else None
    if time is None:
        announced = frame.published
    span_start, span_end = min(figure.start, trigger.start), max(figure.end, trigger.end)
    span = text[span_start:span_end].rstrip()
    return Event(
        trigger.kind, figure.value, figure.low, figure.high, figure.qualifier, _unit(frame, figure, trigger),
        figure.role, told.actor, told.from_party, told.to_party, spot.names, spot.country, first, last, announced,
        running, planned, _speakers(frame, told.actor), parts, span_start, span_start + len(span), span,
        _doubts(frame, figure, time, spot.names), names_in(text, span_start, span_end, trigger.kind),
    )  # fmt: skip


def _filled(kind: str, told: Parties, spot: Where, frame: Frame) -> Parties:
    """Parties that the sentence leaves open: a body that speaks of its own act, the country people are moved out of."""
    actor, sentence, passage = told.actor, frame.text[frame.start : frame.end], frame.text[:SIGHT]
    han = frame.words.script == "han"
    if kind not in _NOBODY_ACTS:
        offices = (office(name) for name in frame.own)
        actor = actor or agent(kind, sentence) or frame.actor or next((name for name in offices if name), None)
        actor = fuller(actor, frame.actor, passage, named_in(spot.country, passage) if han else None)
    given, to = settled(
        kind, told.from_party, told.to_party, spot.country, sentence, passage, frame.lands, frame.seat, han
    )
    return Parties(actor, given, to)


def _unit(frame: Frame, figure: Counted, trigger: Trigger) -> str:
    if figure.unit == "?":
        return figure.noun.split()[-1].lower() if figure.noun else "things"
    near = frame.text[max(frame.start, figure.start - 24) : min(frame.end, figure.end + 30)]
    if is_money(figure.unit) and trigger.kind == "estimate" and _YEARLY.search(near):
        return figure.unit + "/year"
    return "targets" if trigger.kind == "sanction" and figure.unit in ("companies", "people") else figure.unit


def _speakers(frame: Frame, actor: str | None) -> tuple[str, ...]:
    """The speakers of the sentence, else of one before it, then the agency; else the body that acts; else nobody."""
    named = frame.own or frame.speakers or frame.later
    if named and all(is_generic(name) for name in named):
        named = (*named, *((actor,) if actor else ()), *frame.speakers)
    told = tuple(dict.fromkeys((*named, *frame.agency)))
    return told or ((actor,) if actor else UNATTRIBUTED)


def _doubts(frame: Frame, figure: Counted, time: Period | None, places: Sequence[str]) -> tuple[str, ...]:
    """What of an event could not be read surely, in plain words."""
    doubts = [figure.doubt] if figure.doubt else []
    if time is None:
        doubts.append("no day is told")
    if frame.published is None:
        doubts.append("the day of publication is not known: days told from it stay open")
    elif (
        time is not None
        and time.first > frame.published + _SOON
        and not _PLAN.search(frame.text, frame.start, frame.end)
    ):
        doubts.append("the day told is after the day of publication")
    if _OLD_YEAR.search(frame.text, frame.start, frame.end):
        doubts.append("a year before 1900 is not read as a day")
    if _NO_DAY.search(frame.text, frame.start, frame.end):
        doubts.append("a day that is in no calendar")
    sentence = frame.text[frame.start : frame.end]
    for mention in places_in(sentence):
        both = homonyms(sentence[mention.start : mention.end])
        if len(both) > 1 and mention.place.name in places:
            named = " or ".join(f"{known.name} ({known.country or known.kind})" for known in both)
            doubts.append(f"{sentence[mention.start : mention.end]} may be {named}: taken for the first")
    doubts += [f"{name} is not in the gazetteer" for name in places if place(name) is None and not nations_in(name)]
    return tuple(dict.fromkeys(doubts))
