"""Reads crackdown events out of a news passage: pure text in, events out; the words of a language are data.

A figure that counts people, places, things or money is joined to the word that governs it (event_links). Stocks,
rewards, wages, ages, shares, comparisons and the numbers of those who act are no events (event_traps); a part
("including 63 key players") stays with its whole (event_parts); who, where, when and by whose word are read around it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from upriver.clean.periods import Period, periods
from upriver.extract.event_bare import told_without_figure
from upriver.extract.event_figures import Counted, counted, of_a_whole
from upriver.extract.event_frame import Frame, carried_on, event_of
from upriver.extract.event_lexicon import Lexicon, is_money, language_of, lexicon
from upriver.extract.event_links import cost, governing, joined
from upriver.extract.event_model import Event, Part
from upriver.extract.event_parts import OF_THEM, part_of, penalty_in, summed, with_one_more
from upriver.extract.event_speakers import agency_of
from upriver.extract.event_text import plain, sentences
from upriver.extract.event_traps import off_topic, trapped
from upriver.extract.event_verbs import Trigger, triggers

_CLOSE = 1.0  # a part that a verb of another type stands so close to is an event of its own
Pair = tuple[Counted, Trigger, tuple[Part, ...]]
LoosePart = tuple[Counted, Part]


@dataclass
class _Story:
    """What the sentences read so far have told."""

    events: list[Event] = field(default_factory=list)
    known: dict[tuple[object, ...], list[int]] = field(default_factory=dict)
    people: Counted | None = None


def read_events(text: str, published: date | None, language: str | None = None) -> list[Event]:
    """Every crackdown event told in `text`, in the order of the text.

    published  the day of publication, to which relative dates are held; None where unknown
    language   of the text, for callers that know it; else told by its script and its commonest words. A language
               without a file in event_words has no events.
    """
    told, text = text, plain(text)
    code = language_of(text, language)
    if code is None:
        return []
    words = lexicon(code)
    if off_topic(text, words):
        return []
    times = periods(text, published)
    figures = counted(text, times, words)
    starts, moments = [figure.at for figure in figures], [period.start for period in times]
    story = _Story()
    frame = Frame(text, published, words, agency_of(text, words))
    for start, end in sentences(text):
        inside = figures[bisect_left(starts, start) : bisect_left(starts, end)]
        near = times[bisect_left(moments, start) : bisect_left(moments, end)]
        frame = replace(frame, start=start, end=end, times=near)
        pairs, parts = _of_sentence(frame, inside, story)
        for figure, trigger, own in pairs:
            event = event_of(frame, figure, trigger, own)
            _add(story, replace(event, span=told[event.start : event.end]))
            if figure.unit == "people" and figure.value is not None:
                story.people = figure
        for figure, part in parts:
            _add_part(story, figure, part)
        frame = carried_on(frame)
    return story.events


def _of_sentence(frame: Frame, inside: Sequence[Counted], story: _Story) -> tuple[list[Pair], list[LoosePart]]:
    """Figures with their triggers, and loose parts, of one sentence in the order of the text."""
    text, words, start, end = frame.text, frame.words, frame.start, frame.end
    found = triggers(text, start, end, words)
    taken: list[tuple[Counted, Trigger]] = []
    loose: list[LoosePart] = []
    opened_at = -1
    for place, figure in enumerate(inside):
        if place and of_a_whole(text, figure) and figure.at - inside[place - 1].at < 30:
            continue
        opener = words.parts.search(text, inside[place - 1].end if place else start, figure.start)
        if opener and not is_money(figure.unit):
            opened_at = opener.start()
        best = _verb_of(frame, figure, found, inside)
        if figure.value is not None and figure.unit in ("people", "companies", "?") and _is_part(
            frame, figure, best, opened_at, inside, taken, story
        ):
            loose.append((figure, part_of(text, figure, end, words)))
            continue
        if best is None or trapped(text, start, end, figure, best, words):
            continue
        if figure.bare and cost(text, figure, best, inside, words) > 1.3:
            continue
        taken += [(figure, one) for one in (best, *joined(text, figure, best, found, inside, words))]
    busy = frozenset(trigger.kind for _, trigger in taken)
    last = next((figure for figure, _ in reversed(taken) if figure.unit == "people"), story.people)
    alone = told_without_figure(text, start, end, found, busy, last, words) if not _crowded(taken) else []
    pairs = _together(frame, taken)
    for figure, trigger in alone:
        penalty = penalty_in(text[trigger.start : min(end, trigger.end + 90)], words) if trigger.kind == "sentence" else None
        pairs.append((figure, trigger, (Part("penalty", penalty, figure.value or 1.0, "all"),) if penalty else ()))
    return sorted(pairs, key=lambda pair: (min(pair[0].start, pair[1].start), pair[1].start)), loose


def _crowded(taken: Sequence[object]) -> bool:
    return len(taken) > 3


def _verb_of(frame: Frame, figure: Counted, found: Sequence[Trigger], inside: Sequence[Counted]) -> Trigger | None:
    """The trigger of a figure: the noun itself ("276 arrests"), or the one that governs it."""
    if figure.kind is not None:
        return Trigger(figure.kind, figure.at, figure.end, "noun")
    return governing(frame.text, figure, found, inside, frame.words)


def _is_part(
    frame: Frame, figure: Counted, best: Trigger | None, opened_at: int, inside: Sequence[Counted],
    taken: Sequence[tuple[Counted, Trigger]], story: _Story,
) -> bool:  # fmt: skip
    """Whether a figure is a part of the one before: opened by "including", and no verb of another type takes it."""
    text, words = frame.text, frame.words
    opened = opened_at >= 0 or OF_THEM.search(text[figure.at : figure.end + 12]) is not None
    wholes = [trigger.kind for one, trigger in taken if one.unit == figure.unit]
    told = [event for event in story.events if event.unit == figure.unit]
    kinds = set(wholes) or ({told[-1].type} if told else set())
    if not opened:
        # A penalty told of some after the verdict on all is a part of it.
        whole = max((event.count or 0 for event in told if event.type == "sentence"), default=0)
        return best is not None and best.kind == "sentence" and (figure.value or 0) < whole
    if best is None:
        return True
    price = cost(text, figure, best, inside, words)
    if opened_at >= 0 and best.end <= opened_at:
        return True
    return price > _CLOSE or best.kind in kinds


def _together(frame: Frame, taken: Sequence[tuple[Counted, Trigger]]) -> list[Pair]:
    """Pairs with the figures that one trigger takes side by side made one, and the named one before "and 33 others"."""
    by_trigger: dict[Trigger, list[Counted]] = {}
    for figure, trigger in taken:
        by_trigger.setdefault(trigger, []).append(figure)
    pairs: list[Pair] = []
    for trigger, figures in by_trigger.items():
        rest = list(figures)
        while rest:
            size = len(rest)
            whole = None
            while size > 1 and whole is None:
                whole = summed(frame.text, rest[:size], trigger.kind, frame.words)
                size -= whole is None
            if whole is not None:
                pairs.append((whole[0], trigger, whole[1]))
                rest = rest[size:]
                continue
            figure, part = with_one_more(frame.text, rest[0], trigger.kind)
            pairs.append((figure, trigger, (part,) if part else ()))
            rest = rest[1:]
    return pairs


def _add(story: _Story, event: Event) -> None:
    """Add an event unless the same was told before: same type, figure and unit, and no other day."""
    key = (event.type, event.count, event.low, event.high, event.unit)
    for place in story.known.get(key, ()):
        other = story.events[place]
        if event.count is not None or event.low is not None or event.start == other.start:
            if event.first == other.first or not event.first or not other.first or event.modality == other.modality:
                return
    story.known.setdefault(key, []).append(len(story.events))
    story.events.append(event)


def _add_part(story: _Story, figure: Counted, part: Part) -> None:
    """Give a part to the last whole it fits into."""
    for place in range(len(story.events) - 1, max(-1, len(story.events) - 8), -1):
        event = story.events[place]
        whole = event.count if event.count is not None else event.high
        if event.unit == figure.unit and whole is not None:
            if part.count <= whole and all((known.label, known.count) != (part.label, part.count) for known in event.parts):
                story.events[place] = replace(event, parts=(*event.parts, part))
            return
