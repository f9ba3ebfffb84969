"""What a passage has told so far: its events, each once, with their parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from upriver.clean.places import place as place_named
from upriver.extract.event_figures import Counted
from upriver.extract.event_model import Event, Part
from upriver.extract.event_parts import same_family
from upriver.extract.event_verbs import Trigger

_MORE = re.compile(r"\s+(?:more|further|others)\b")
_ANOTHER = re.compile(r"\b(?:another|further)\s+\Z|[另又再]\Z", re.IGNORECASE)
_SOME_OF = re.compile(r"\S+\s+of\s+(?:the|its|their|these|those)\b")


@dataclass
class Story:
    """What the sentences read so far have told."""

    events: list[Event] = field(default_factory=list)
    known: dict[tuple[object, ...], list[int]] = field(default_factory=dict)
    people: Counted | None = None
    unit: str = ""


def without_vague(events: list[Event]) -> list[Event]:
    """Events without those that only say "hundreds" of what another one counts, as headlines do."""
    counted_types = {(e.type, e.unit, e.modality) for e in events if e.count is not None or e.low is not None}
    return [
        e for e in events
        if e.count is not None or e.low is not None or (e.type, e.unit, e.modality) not in counted_types
    ]  # fmt: skip


def adds_up(inside: Sequence[Counted], found: Sequence[Trigger], story: Story) -> bool:
    """Whether the figures of a sentence are the parts of a whole told before, by their sum and the type of its verb."""
    people = [one.value for one in inside if one.unit == "people"]
    if len(people) < 2 or any(value is None for value in people) or len(people) < len(inside):
        return False
    total, kinds = sum(value or 0 for value in people), {trigger.kind for trigger in found}
    wholes = [event.count for event in story.events if event.unit == "people" and event.count and event.type in kinds]
    return any(abs(total - whole) <= 0.01 * whole for whole in wholes)


def told_in_part(text: str, dated: bool, figure: Counted, best: Trigger, story: Story) -> bool:
    """Whether a figure only splits what was told: a penalty of some after the verdict on all, a bare smaller number."""
    if figure.value is None or figure.unit not in ("people", "companies", "targets"):
        return False
    if _MORE.match(text[figure.end : figure.end + 10]) or _ANOTHER.search(
        text[max(0, figure.start - 12) : figure.start]
    ):
        return False
    whole = max(
        (event.count or 0 for event in story.events if event.type == best.kind and not event.cumulative), default=0
    )
    some = figure.bare or _SOME_OF.match(text[figure.at : figure.end]) is not None
    return figure.value < whole and (best.kind == "sentence" or (some and not dated))


def add(story: Story, event: Event) -> None:
    """Add an event unless the same was told before: same type, figure and unit, and no other day."""
    key = (event.type, event.count, event.low, event.high, event.unit)
    for place in story.known.get(key, ()):
        other = story.events[place]
        same = event.count is not None or event.low is not None or event.start == other.start
        if same and (event.first == other.first or not event.first or not other.first):
            story.events[place] = _filled(other, event)
            return
    story.known.setdefault(key, []).append(len(story.events))
    story.events.append(event)


def _filled(event: Event, again: Event) -> Event:
    """An event with what a second telling of it in the same passage adds."""
    wide = all((known := place_named(name)) is not None and known.kind == "country" for name in event.places)
    spots = [name for name in again.places if name not in event.places]
    return replace(
        event,
        places=again.places if wide and again.places else (*event.places, *spots)[:4],
        country=event.country or again.country,
        first=event.first or again.first,
        last=event.last or again.last,
        actor=event.actor or again.actor,
        from_party=event.from_party or again.from_party,
        to_party=event.to_party or again.to_party,
        parts=event.parts or again.parts,
    )


def add_part(story: Story, figure: Counted, part: Part) -> None:
    """Give a part to the last whole it fits into."""
    for place in range(len(story.events) - 1, max(-1, len(story.events) - 8), -1):
        event = story.events[place]
        whole = event.count if event.count is not None else event.high
        if whole is not None and same_family(event.unit, figure.unit):
            if part.count <= whole and all(
                (known.label, known.count) != (part.label, part.count) for known in event.parts
            ):
                story.events[place] = replace(event, parts=(*event.parts, part))
            return
