"""The same people at several stages: arrested, handed over, charged, sentenced, put to death. None is added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from upriver.crackdown.conflicts import Conflict
from upriver.crackdown.counts import fit, weight
from upriver.crackdown.likeness import MOVES, two_sides
from upriver.crackdown.naming import keys
from upriver.crackdown.nearness import nations, same_area, window
from upriver.crackdown.telling import Telling
from upriver.crackdown.ties import Relation, differences, members, pages, share_names

if TYPE_CHECKING:
    from upriver.crackdown.actions import Action
    from upriver.crackdown.params import CrackdownParams

# The order in which the same people, or the same money, pass through the hands of the law.
_STAGES = {
    "wanted_notice": 0, "raid": 1, "arrest": 1, "flight": 1, "seizure": 1, "rescue_release": 2, "handover": 3,
    "repatriation": 3, "prosecution": 4, "sentence": 5, "execution": 6,
}  # fmt: skip
_SPOTS = frozenset({"locations", "buildings", "compounds", "dens", "properties"})
_LATER = 1200  # days within which the same people may come to the last stage
_SOON, _LONG = 45, 500  # days in which a figure of two digits, and a fair one, are believed to be the same people
_FEWEST = 0.05  # share of those of the earlier stage below which nothing but a name ties the later one to it
_SAYS_SOMETHING = 10.0  # below it no figure says enough (counts.weight)
_DROPPED = 0.12  # share of people that may be let go between two stages


def stages(
    actions: Sequence[Action], told: Sequence[int], tied: set[tuple[int, int]], params: CrackdownParams
) -> Iterator[Relation]:
    """One relation for each chain of stages, with all its tellings."""
    staged = [n for n in told if actions[n].head.type in _STAGES and actions[n].head.modality == "actual"]
    home = {n: n for n in staged}

    def root(n: int) -> int:
        while home[n] != n:
            home[n] = home[home[n]]
            n = home[n]
        return n

    held = {n: [n] for n in staged}
    linked = []
    for a, b in _pairs(actions, staged):
        first, second = _in_turn(actions, a, b)
        if (min(a, b), max(a, b)) not in tied and same_people(actions[first], actions[second], params):
            linked.append((abs(((actions[a].head.at or date.min) - (actions[b].head.at or date.min)).days), a, b))
    # The nearest in time first: a chain holds each deed once, so that two batches of one size stay two chains.
    for _, a, b in sorted(linked):
        left, right = sorted((root(a), root(b)))
        if left != right and not _twice(actions, held[left], held[right]):
            home[right] = left
            held[left] += held.pop(right)
    chains: dict[int, list[int]] = defaultdict(list)
    for n in staged:
        chains[root(n)].append(n)
    for chain in chains.values():
        if len(chain) > 1:
            yield _relation(actions, sorted(chain, key=lambda n: _when(actions[n], n)))


def _in_turn(actions: Sequence[Action], a: int, b: int) -> tuple[int, int]:
    """The earlier stage first; people who were flown home may be arrested there."""
    kinds = {actions[a].head.type, actions[b].head.type}
    if "arrest" in kinds and kinds & MOVES:
        first, second = sorted((a, b), key=lambda n: (actions[n].head.at or date.min, n))
    else:
        first, second = sorted((a, b), key=lambda n: _when(actions[n], n))
    return first, second


def _twice(actions: Sequence[Action], left: Sequence[int], right: Sequence[int]) -> bool:
    """Whether two chains hold the same kind of deed twice: a verdict may be upheld, nobody is handed over twice."""
    return any(
        actions[a].head.type == actions[b].head.type and actions[a].head.type != "sentence" for a in left for b in right
    )


def _when(action: Action, number: int) -> tuple[int, date, int]:
    return _STAGES[action.head.type], action.head.at or date.min, number


def _pairs(actions: Sequence[Action], staged: Sequence[int]) -> set[tuple[int, int]]:
    """Pairs worth comparing: on one page, with one name, or with figures that are equal or nearly so."""
    by_page: dict[str, list[int]] = defaultdict(list)
    by_name: dict[str, list[int]] = defaultdict(list)
    valued: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for n in staged:
        for page in pages(actions[n]):
            by_page[page].append(n)
        for name in {key.lstrip("~?") for telling in actions[n].tellings for key in keys(telling.names)}:
            by_name[name].append(n)
        if (value := actions[n].value) is not None and value >= 2:
            valued[actions[n].head.unit].append((value, n))
    found = _combined([*by_page.values(), *by_name.values()])
    for group in valued.values():
        group.sort()
        types = [actions[n].head.type for _, n in group]
        for place, (value, n) in enumerate(group):
            for at in range(place + 1, len(group)):
                other_value, other = group[at]
                if other_value * (1 - _DROPPED) > value:
                    break
                # By its figure alone nobody is known again among fewer than ten, nor told twice in one stage.
                if other_value >= _SAYS_SOMETHING and (types[at] != types[place] or types[at] == "sentence"):
                    found.add((min(n, other), max(n, other)))
    return found


def _combined(groups: Iterable[Sequence[int]]) -> set[tuple[int, int]]:
    return {pair for group in groups for pair in combinations(sorted(set(group)), 2)}


def _relation(actions: Sequence[Action], chain: Sequence[int]) -> Relation:
    told = [telling for n in chain for telling in actions[n].tellings]
    types = list(dict.fromkeys(actions[n].head.type for n in chain))
    words = f"told as {', then as '.join(types)}: the same people or things at several stages, not to be added"
    kinds: dict[str, str | float] = {telling.report_id: telling.type for telling in told}
    found = [Conflict("type", "same people, two stages: do not add", kinds, words, alarm=False)]
    values = {telling.report_id: telling.value for telling in told if telling.value is not None}
    units = {telling.report_id: telling.unit for telling in told}
    if len(set(units.values())) > 1:
        found.append(Conflict("unit", "one operation, told in people and in places", dict(units), words, alarm=False))
    elif len(set(values.values())) > 1:
        found.append(Conflict("count", "some go no further", dict(values), words, alarm=False))
    return Relation("related", tuple(chain), members(told), words, (*found, *differences(told, found, words)))


def same_people(a: Action, b: Action, params: CrackdownParams) -> bool:
    """Whether the people, or the money, of an earlier and a later stage can be the same."""
    one, other = a.head, b.head
    page = bool(pages(a) & pages(b))
    if a.value == 0 or b.value == 0:
        return False
    if one.unit != other.unit:
        return page and _one_operation(one, other)
    earlier, later = window(one, params), window(other, params)
    after = earlier is not None and later is not None and (later[0] - earlier[1]).days > params.date_slack_days
    if not _stage_apart(a, b, page or after):
        return False
    equal = a.value is not None and a.value == b.value and (a.value >= 2 or page)
    if page and equal:
        return True
    if earlier is None or later is None or (later[1] - earlier[0]).days < -params.date_slack_days:
        return False
    gap = (later[0] - earlier[1]).days
    if gap > _LATER:
        return False
    fewer = a.value is not None and b.value is not None and b.value <= a.value * 1.05
    if share_names(a, b):
        return fewer or a.value is None or b.value is None
    linked = any(_at_one_place(x, y) or _follows(x, y) for x in a.tellings for y in b.tellings)
    if other.type == "arrest" and one.type in MOVES and (gap > _SOON or other.country not in nations(one.to_party)):
        return False  # who is flown home may be arrested there, and soon
    some = (b.value or 0.0) >= _FEWEST * (a.value or 0.0)
    if page and linked and fewer and some and _STAGES[other.type] >= 3:
        return True  # twelve of the fifteen were charged
    at_court = _STAGES[other.type] >= 4 or other.type == "arrest" or (gap <= _SOON and weight(a.value or 0.0) >= 1.5)
    few_dropped = fewer and (b.value or 0.0) >= (1 - _DROPPED) * (a.value or 0.0) and at_court
    if not (equal or few_dropped or (page and fit(one, other, 0.0) == "rounded")):
        return False
    # In the same weeks a figure of two digits is enough; later only one that few things share.
    needed = 0.9 if gap <= _SOON else 1.5 if gap <= _LONG else 1.9
    return linked and weight(a.value or 0.0) >= needed + (0.0 if equal else 0.1)


def _stage_apart(a: Action, b: Action, two: bool) -> bool:
    """Whether the two are told as two stages: other types; or one verdict upheld later, of people who are named.

    two     they stand on one page, or days apart: then freed and flown home are two stages and not two words
    """
    one, other = a.head, b.head
    if one.type == other.type:
        return one.type == "sentence" and share_names(a, b) and a.value == b.value and one.at != other.at
    money = len(one.unit) == 3 and one.unit.isupper()
    if one.type == "seizure" or other.type == "seizure":
        return money and other.type in ("handover", "rescue_release", "repatriation")
    later = _STAGES[one.type] < _STAGES[other.type] or other.type == "arrest"
    return two_sides(one, other) is None or (two and later)


def _one_operation(one: Telling, other: Telling) -> bool:
    """A page that tells the places raided and the people taken there."""
    if {one.unit, other.unit} & _SPOTS == set() or "people" not in (one.unit, other.unit):
        return False
    raid = one if one.unit in _SPOTS else other
    taken = other if raid is one else one
    same_days = one.first == other.first and one.last == other.last and one.first is not None
    return (
        raid.type == "raid"
        and taken.type in ("arrest", "rescue_release")
        and same_days
        and same_area(one, other) != "apart"
    )


def _at_one_place(one: Telling, other: Telling) -> bool:
    """One place in one country: two sides of a border are not one."""
    near = same_area(one, other) in ("spot", "area")
    return near and (one.country == other.country or not (one.country and other.country))


def _follows(one: Telling, other: Telling) -> bool:
    """Whether the later stage is told in a country that took part in the earlier one."""
    taking_part = nations(one.to_party) | nations(one.from_party) | nations(one.actor) | one.nationalities
    there = {other.country} | nations(other.actor) | nations(other.from_party) | nations(other.to_party)
    return bool(taking_part & there) or (one.country is not None and one.country in there)
