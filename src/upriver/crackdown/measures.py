"""Figures of actions, as ratios use them: at their days, in their areas, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from upriver.clean.places import country_name, within
from upriver.crackdown.actions import Action, Point
from upriver.crackdown.ratios import Figure, dated
from upriver.crackdown.telling import Telling, known_place

VERBS = {
    "arrest": "arrested", "handover": "handed over", "rescue_release": "released", "repatriation": "repatriated",
    "raid": "found in raids", "sanction": "sanctioned", "wanted_notice": "wanted", "seizure": "seized",
    "disruption": "shut or demolished", "flight": "fled or left",
}  # fmt: skip
NEVER = date(1, 1, 1)


def figure_of(found: Action | Point, what: str, unit: str) -> Figure:
    """The figure of a happening, or of a running total at one of its days."""
    at = found.at if isinstance(found, Point) else found.head.at
    return Figure(found.value, found.low, found.high, dated(what, at), unit, at, found.tellings)


def moments(action: Action) -> Sequence[Action | Point]:
    """The figures of an action at their days: the points of a running total, or the happening itself."""
    return action.points or (action,)


def verb(telling: Telling) -> str:
    """What was done, as a word for people."""
    return VERBS.get(telling.type, telling.type.replace("_", " "))


def where(action: Action) -> str:
    """The place of an action, in words."""
    return " and ".join(action.head.places) or (land(action.head.country) if action.head.country else "place not told")


def land(country: str) -> str:
    """The name of a country told by its two letters; any other text as it is.

    >>> land("MM"), land("country not told")
    ('Myanmar', 'country not told')
    """
    return country_name(country) or country


def either(words: Sequence[str]) -> str:
    """Words joined as in speech.

    >>> either(["arrested", "handed over", "released"])
    'arrested, handed over or released'
    """
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def inside(names: Iterable[str], area: str) -> bool:
    """Whether any of `names` is a place inside `area`."""
    large = known_place(area)
    return large is not None and any(
        (small := known_place(name)) is not None and within(small, large) for name in names
    )


def day_of(found: Action | Point) -> date | None:
    """The day a figure belongs to."""
    return found.at if isinstance(found, Point) else found.head.at


def days_apart(a: date | None, b: date | None) -> int:
    """Days between two days; very many where one is not known."""
    return abs((a - b).days) if a and b else 10**6
