"""How far two tellings can be of one happening: figures with their qualifiers, place, time, parties, names.

Evidence for and against is weighed in points; a figure that few things share (571) speaks louder than a round or small
one. What rules one happening out (another unit, a plan, two nations that receive) has no points: it is None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from upriver.crackdown.counts import Fit, fit, weight
from upriver.crackdown.naming import share
from upriver.crackdown.nearness import apart, days_apart, exact_day, linked, nations, same_area
from upriver.crackdown.telling import Telling

if TYPE_CHECKING:
    from upriver.crackdown.params import CrackdownParams

SPOTS = frozenset({"locations", "buildings", "compounds", "dens", "operations"})
MOVES = frozenset({"handover", "repatriation", "rescue_release"})
HOLDS = frozenset({"arrest", "raid"})
# Two types that may tell one happening, seen from two sides, and what that costs.
_TWO_SIDES: dict[frozenset[str], float] = {
    **{frozenset({a, b}): 0.5 for a in MOVES for b in MOVES if a != b},
    frozenset({"arrest", "raid"}): 0.3,
    frozenset({"arrest", "rescue_release"}): 0.8,
    frozenset({"raid", "rescue_release"}): 0.8,
    frozenset({"flight", "rescue_release"}): 1.0,
    frozenset({"seizure", "disruption"}): 0.7,
    frozenset({"sentence", "execution"}): 1.0,
}
SOFT_ROLES = frozenset({"all", "worker", "victim", "member"})
_NAMED_ACTS = frozenset({"sentence", "execution", "prosecution", "wanted_notice", "sanction"})
_FEW_DAYS = 3
_HASTE = 7  # days from a sentence within which nobody is put to death: a telling that says so says it of the sentence
SAME = 2.2  # points from which two tellings are one happening


def likeness(a: Telling, b: Telling, params: CrackdownParams) -> float | None:
    """Points for one happening, or None where it is ruled out."""
    cost = two_sides(a, b)
    if cost is None or not one_unit(a, b) or a.modality != b.modality or not _roles(a, b):
        return None
    figures = fit(a, b, params.count_share)
    if figures == "apart" and _few_named(a, b):
        figures = "open"  # the leader alone, or with the two who were with him
    if figures == "apart" or (cost and figures not in ("equal", "rounded") and not _miscounted(a, b, figures)):
        return None
    if a.passage and a.passage == b.passage and (cost or not _one_page(a, b, figures)):
        return None  # one page that gives two figures tells of two things
    one_day = exact_day(a) and a.first == b.first and a.last == b.last and same_area(a, b) == "spot"
    sure = figures == "equal" and (one_day or weight(a.value or 0.0) >= 1.5)
    parties, when, where = _parties(a, b, sure), _time(a, b, params), _place(a, b)
    if parties is None or when is None or where is None:
        return None
    points = parties + when + where - cost - (0.0 if a.unit == b.unit else 0.3)
    if figures == "equal" and a.value is not None:
        points += weight(a.value)
    elif figures == "rounded":
        points += 0.6 * max(weight(a.value or 0.0), weight(b.value or 0.0))
    elif figures == "open":
        points -= 0.0 if _few_named(a, b) else 0.3
        listed = a.type == "sanction" and bool(nations(a.actor) & nations(b.actor))
        if when < (0.6 if _few_named(a, b) else 1.0) or not (where > 1.0 or listed or _few_named(a, b)):
            return None  # without a figure there are only day and place, or who listed them, to be known by
    elif figures == "zero":
        points += 0.5 * weight(max(a.value or 0.0, b.value or 0.0)) - 0.3
    elif figures == "close" and when < 1.5 and not _a_few(a, b):
        return None  # two batches of two days often have figures like these
    elif _miscounted(a, b, figures):
        points += 0.6 if (a.value or 0.0) < 100 else 0.9
    names = _names(a, b)
    if names is None:
        return None
    role = 0.4 if a.role == b.role and a.role not in SOFT_ROLES else 0.0
    return points + names + role + (0.4 if a.origin == b.origin else 0.0)


def _miscounted(a: Telling, b: Telling, figures: Fit) -> bool:
    """Whether two figures that say something differ by one or two: 46 and 47."""
    return figures == "close" and _a_few(a, b) and min(weight(a.value or 0.0), weight(b.value or 0.0)) >= 1.5


def _few_named(a: Telling, b: Telling) -> bool:
    """Whether both tell of a handful of people and name one of them."""
    return a.type == b.type and max(a.value or 99.0, b.value or 99.0) <= 10 and share(a.names, b.names)


def _a_few(a: Telling, b: Telling) -> bool:
    """Whether two figures differ by no more than a miscount."""
    low, high = sorted((a.value or 0.0, b.value or 0.0))
    return high - low <= max(2.0, 0.03 * high)


def _one_page(a: Telling, b: Telling, figures: Fit) -> bool:
    """Whether one page gives one thing twice: the same figure, or two speakers' figures of it."""
    return figures == "equal" or (figures in ("rounded", "close") and a.origin != b.origin)


def one_unit(a: Telling, b: Telling) -> bool:
    """Whether two figures count the same; the houses that are raided are dens to one and places to another."""
    spots = a.type in ("raid", "disruption") and a.unit in SPOTS and b.unit in SPOTS
    return a.unit == b.unit or (spots and (a.value == b.value or a.value is None or b.value is None))


def two_sides(a: Telling, b: Telling) -> float | None:
    """0 for one type; the cost of two types that may tell one thing from two sides; None for any others."""
    return 0.0 if a.type == b.type else _TWO_SIDES.get(frozenset({a.type, b.type}))


def _roles(a: Telling, b: Telling) -> bool:
    return a.role == b.role or (a.role in SOFT_ROLES and b.role in SOFT_ROLES)


def _parties(a: Telling, b: Telling, sure: bool) -> float | None:
    """Points of those who give, receive and act; `sure` where the figure alone says much."""
    if a.nationalities and b.nationalities and not a.nationalities & b.nationalities:
        return -1.0 if sure else None
    if apart(a.to_party, b.to_party) or (a.type == b.type and apart(a.from_party, b.from_party)):
        # One paper names the country on the way, another the one where the way ends.
        return -1.0 if sure and a.type in MOVES and b.type in MOVES else None
    shared = bool(nations(a.to_party) & nations(b.to_party)) + bool(nations(a.from_party) & nations(b.from_party))
    acts = 0.0
    if a.type == b.type and a.type not in MOVES and apart(a.actor, b.actor):
        acts = -0.8
    return 0.3 * shared + acts


def _place(a: Telling, b: Telling) -> float | None:
    fits = same_area(a, b)
    if fits == "spot":
        return 1.5
    if fits == "area":
        return 0.5
    if fits == "apart":
        # People are handed over between two places: one paper names the one, another the other.
        if a.type == b.type and a.type in ("sanction", "wanted_notice"):
            return 0.0  # one paper tells who lists them, another where they are
        if share(a.names, b.names):
            return -0.5
        return -0.2 if a.type in MOVES and b.type in MOVES and linked(a, b) else None
    return 0.0


def _time(a: Telling, b: Telling, params: CrackdownParams) -> float | None:
    gap = days_apart(a, b, params)
    if gap is None:
        return 0.0 if a.value == b.value and ((a.value or 0) >= 20 or share(a.names, b.names)) else None
    if {a.type, b.type} == {"sentence", "execution"} and gap > _HASTE:
        return None
    if exact_day(a) and exact_day(b):
        if gap <= params.date_slack_days:
            return (1.5, 0.7, 0.3, 0.0)[min(gap, 3)]
    elif gap == 0:
        if _days_told(a) <= _FEW_DAYS and _days_told(b) <= _FEW_DAYS:
            return 1.2  # the weekend, and its Sunday
        return 0.6 if (a.first or a.last) and (b.first or b.last) else 0.3
    elif gap <= params.date_slack_days:
        return 0.0
    if exact_day(a) and exact_day(b):
        gap += 3  # days that are told exactly are seldom misread by much
    # A distinct figure at one spot is one happening though a day was misread: weeks apart it is not.
    return -0.4 * (gap - 1) if gap <= params.undated_days and a.type == b.type else None


def _days_told(telling: Telling) -> int:
    return (telling.last - telling.first).days if telling.first and telling.last else 10**6


def _names(a: Telling, b: Telling) -> float | None:
    if not a.names or not b.names:
        return 0.0
    if share(a.names, b.names):
        return 2.0
    if a.names[0].isascii() != b.names[0].isascii():
        return 0.0  # two scripts, and no reading that both share: nothing is known
    return None if a.type in _NAMED_ACTS and len(a.names) == len(b.names) == 1 else -0.5
