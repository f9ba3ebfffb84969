"""Reads crackdown events out of a news passage: pure text in, events out; the words of a language are data.

A figure that counts people, places, things or money is joined to the word that governs it (event_links). Stocks,
rewards, wages, ages, shares, comparisons and the numbers of those who act are no events (event_traps); a part
("including 63 key players") stays with its whole (event_parts); who, where, when and by whose word are read around it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from upriver.clean.periods import periods
from upriver.clean.places import place as place_named
from upriver.extract.event_bare import told_without_figure
from upriver.extract.event_figures import Counted, counted
from upriver.extract.event_frame import Frame, carried_on, event_of, is_legal, lands_of
from upriver.extract.event_joined import joined
from upriver.extract.event_lexicon import is_money, language_of, language_of_sentence, lexicon
from upriver.extract.event_links import cost, governing
from upriver.extract.event_model import Event, Part
from upriver.extract.event_parties import is_body
from upriver.extract.event_parts import framed_whole, part_of, penalty_in, split, summed, with_one_more
from upriver.extract.event_places import dateline, dateline_end
from upriver.extract.event_speakers import agency_of, speakers_of
from upriver.extract.event_story import Story, add, add_part, adds_up, told_in_part, without_vague
from upriver.extract.event_sums import parts_by_sum
from upriver.extract.event_text import plain, sentences
from upriver.extract.event_traps import off_topic, trapped, without_scene
from upriver.extract.event_verbs import Trigger, triggers
from upriver.extract.event_verdict import of_a_deed, one_verdict

_BARE_REACH = 1.3  # how far a verb may be from a figure that no noun follows
_CROWD = 4  # a sentence with so many events tells no more without a figure
LANDS = 20_000  # letters of a passage in which its countries are counted
_CLOSE = 1.3  # a part that a verb of another type stands so close to is an event of its own
Pair = tuple[Counted, Trigger, tuple[Part, ...]]
LoosePart = tuple[Counted, Part]


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
    moments = [period.start for period in times]
    story = Story()
    cuts = sentences(text)
    tongues = [lexicon(language_of_sentence(text[start:end], code)) for start, end in cuts]
    figures = {one.code: counted(text, times, one) for one in {one.code: one for one in tongues}.values()}
    starts = {name: [figure.at for figure in told] for name, told in figures.items()}
    voices = [speakers_of(text[start:end], one) for (start, end), one in zip(cuts, tongues, strict=True)]
    head = dateline(text)
    frame = Frame(
        text,
        published,
        words,
        agency_of(text, words),
        places=(head,) if head else (),
        lands=lands_of(text[:LANDS]),
        head=dateline_end(text),
        legal=is_legal(text[:LANDS], words),
        seat=known.country if head and (known := place_named(head)) else None,
    )
    later = _next_voices(voices)
    for place, (start, end) in enumerate(cuts):
        own = tongues[place]
        inside = figures[own.code][bisect_left(starts[own.code], start) : bisect_left(starts[own.code], end)]
        near = times[bisect_left(moments, start) : bisect_left(moments, end)]
        frame = replace(frame, words=own, start=start, end=end, times=near, own=voices[place], later=later[place])
        pairs, parts = _of_sentence(frame, inside, story)
        for figure, trigger, told_parts in pairs:
            shared = () if parts else _same_penalty(frame, figure, trigger)
            event = event_of(frame, figure, trigger, shared or told_parts)
            if event.actor is not None and is_body(event.actor) and event.type != "estimate":
                frame = replace(frame, actor=event.actor)
            add(story, replace(event, span=told[event.start : event.end]))
        for figure, part in parts:
            add_part(story, figure, part)
        frame = carried_on(frame, frame.actor)
    return without_vague(story.events)


def _next_voices(voices: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """For each sentence the speakers of the next one that has any."""
    following: tuple[str, ...] = ()
    found = []
    for own in reversed(voices):
        found.append(following)
        following = own or following
    return found[::-1]


def _of_sentence(frame: Frame, inside: Sequence[Counted], story: Story) -> tuple[list[Pair], list[LoosePart]]:
    """Figures with their triggers, and loose parts, of one sentence in the order of the text."""
    text, words, start, end = frame.text, frame.words, frame.start, frame.end
    found = triggers(text, start, end, words)
    wholes, parts = split(text, start, end, inside, words)
    of_sum, total = parts_by_sum(text, inside)
    parts += [(figure, False) for figure in wholes if figure in of_sum]
    wholes = [figure for figure in wholes if figure not in of_sum]
    taken: list[tuple[Counted, Trigger]] = []
    loose: list[LoosePart] = []
    head = framed_whole(text, start, end)
    if adds_up(inside, found, story):
        return [], [(one, part_of(text, one, end, words)) for one in inside if one.value is not None]
    for figure in wholes:
        # "Of the 148 marked, 101 were blown up": the verb behind the comma is not of the 148.
        near = [one for one in found if one.start < head] if figure.start < head else found
        figure, best = _verb_of(frame, figure, near, wholes, story)
        if best is None and figure is total:  # "214 were sent by Bavet and 131 by Chrey Thom, 345 altogether"
            offers = (_verb_of(frame, one, near, inside, story)[1] for one in sorted(of_sum, key=lambda one: one.start))
            best = next((verb for verb in offers if verb is not None), None)
        if best is None or of_a_deed(text, figure, best) or trapped(text, start, end, figure, best, words):
            continue
        if figure.bare and cost(text, figure, best, wholes, words) > _BARE_REACH:
            continue
        if told_in_part(text, bool(frame.times), figure, best, story):
            part = part_of(text, figure, end, words)
            label = penalty_in(text[best.start : min(end, best.end + 30)], words) if best.kind == "sentence" else None
            loose.append((figure, replace(part, kind="penalty", label=label) if label else part))
            continue
        taken += [(figure, one) for one in (best, *joined(text, figure, best, found, wholes, words))]
    for figure, aside in parts:
        one = None if aside else _event_of_part(frame, figure, found, inside, taken, story)
        if one is not None:
            taken.append(one)
        else:
            loose.append((figure, part_of(text, figure, end, words)))
    taken = without_scene(text, taken)
    taken, penalties = one_verdict(text, end, taken, inside, words)
    busy = frozenset(trigger.kind for _, trigger in taken)
    last = next((figure for figure in reversed(wholes) if figure.unit == "people" and not figure.bare), story.people)
    alone = told_without_figure(text, start, end, found, busy, last, words) if len(taken) < _CROWD else []
    pairs = [(figure, trigger, penalties.get(figure, own)) for figure, trigger, own in _together(frame, taken)]
    if any(trigger.kind == "arrest" for _, trigger in taken):
        alone = [(figure, trigger) for figure, trigger in alone if trigger.kind != "raid"]
    for figure, trigger in alone:
        if trigger.kind == "sentence" and any(e.type == "sentence" and (e.count or 0) > 1 for e in story.events):
            continue  # the ringleader's term after the verdict on all
        penalty = (
            penalty_in(text[trigger.start : min(end, trigger.end + 90)], words) if trigger.kind == "sentence" else None
        )
        pairs.append((figure, trigger, (Part("penalty", penalty, figure.value or 1.0, "all"),) if penalty else ()))
    story.people = last
    story.unit = next(
        (figure.unit for figure in reversed(wholes) if not figure.bare and not is_money(figure.unit)), story.unit
    )
    return sorted(pairs, key=lambda pair: (min(pair[0].start, pair[1].start), pair[1].start)), loose


def _verb_of(
    frame: Frame, figure: Counted, found: Sequence[Trigger], inside: Sequence[Counted], story: Story
) -> tuple[Counted, Trigger | None]:
    """The trigger of a figure: the noun itself ("276 arrests"), or the one that governs it.

    A bare figure counts what was counted last where no verb takes it for people: "101 had been blown up".
    """
    text, words = frame.text, frame.words
    if figure.kind is not None:
        return figure, Trigger(figure.kind, figure.at, figure.end, "noun")
    best = governing(text, figure, found, inside, words)
    if not figure.bare:
        return figure, best
    before = [one.unit for one in inside if one.at < figure.at and not one.bare and not is_money(one.unit)]
    for unit in dict.fromkeys((*before[-1:], story.unit)):
        if unit not in ("people", "?", ""):
            other = replace(figure, unit=unit)
            rival = governing(text, other, found, inside, words)
            if rival and (
                best is None or cost(text, other, rival, inside, words) < cost(text, figure, best, inside, words)
            ):
                figure, best = other, rival
    return figure, best


def _event_of_part(
    frame: Frame, figure: Counted, found: Sequence[Trigger], inside: Sequence[Counted],
    taken: Sequence[tuple[Counted, Trigger]], story: Story,
) -> tuple[Counted, Trigger] | None:  # fmt: skip
    """A part that a verb of another type takes is an event of its own: "of whom 29 had been rounded up"."""
    kinds = {trigger.kind for one, trigger in taken if one.unit == figure.unit}
    if not kinds:
        kinds = {event.type for event in story.events[-1:]}
    figure, best = _verb_of(frame, figure, found, inside, story)
    if best is None or best.kind in kinds or figure.value is None:
        return None
    if cost(frame.text, figure, best, inside, frame.words) > _CLOSE:
        return None
    return None if trapped(frame.text, frame.start, frame.end, figure, best, frame.words) else (figure, best)


def _same_penalty(frame: Frame, figure: Counted, trigger: Trigger) -> tuple[Part, ...]:
    """The one grave penalty that all of a verdict receive: "five were sentenced to death"."""
    if trigger.kind != "sentence" or figure.value is None:
        return ()
    begin, end = min(figure.start, trigger.start), min(frame.end, max(figure.end, trigger.end) + 40)
    clause = (
        frame.text[begin : max(figure.end, trigger.end)]
        + re.split(r"[,;.]", frame.text[max(figure.end, trigger.end) : end])[0]
    )
    found = {label for label, form in frame.words.penalties.items() if form.search(clause)} - {"fixed_term"}
    if "death_with_reprieve" in found:
        found.discard("death")
    return (Part("penalty", found.pop(), figure.value, "all"),) if len(found) == 1 else ()


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
