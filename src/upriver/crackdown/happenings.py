"""Tellings of one happening together, whatever the order in which they come.

What the evidence names (the same `happening`) and what an analyst decided stands first. Then the likest pairs are
joined one after the other, as long as no two tellings of the whole speak against each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TYPE_CHECKING

from upriver.crackdown.likeness import SAME, SPOTS, likeness
from upriver.crackdown.nearness import window
from upriver.crackdown.rulings import NO_RULINGS, Rulings
from upriver.crackdown.sieve import meeting
from upriver.crackdown.telling import Telling

if TYPE_CHECKING:
    from upriver.crackdown.params import CrackdownParams

Likeness = Callable[[Telling, Telling], float | None]


def together(
    tellings: Sequence[Telling],
    given: Callable[[Telling], Hashable | None],
    params: CrackdownParams,
    rulings: Rulings = NO_RULINGS,
    like: Likeness | None = None,
    share: float | None = None,
) -> list[list[Telling]]:
    """Groups of tellings of one thing, in the order of their first telling; every telling in one group.

    given   the name that the evidence gives to a telling's thing, None where it gives none
    like    points for two tellings being one thing, None where it is ruled out; by default of likeness.py
    share   the part by which two figures may differ that `like` does not rule out; by default that of `params`
    """
    like = like or (lambda a, b: likeness(a, b, params))
    ordered = sorted(tellings, key=lambda telling: telling.report_id)
    place = {telling.report_id: number for number, telling in enumerate(ordered)}
    home = list(range(len(ordered)))
    members = {number: [number] for number in home}
    names: dict[int, Hashable | None] = {number: given(telling) for number, telling in enumerate(ordered)}
    apart = set(_pairs(rulings.split, place))

    def join(a: int, b: int) -> None:
        a, b = sorted((home[a], home[b]))
        if a == b:
            return
        for number in members[b]:
            home[number] = a
        members[a] += members.pop(b)
        names[a] = names[a] if names[a] is not None else names[b]

    by_name: dict[Hashable, int] = {}
    for number in range(len(ordered)):
        if names[number] is not None and not any(
            (min(number, n), max(number, n)) in apart for n in _mates(by_name, names[number], home, members)
        ):
            join(by_name.setdefault(names[number], number), number)
    for a, b in sorted(_pairs(rulings.merged, place)):
        join(a, b)
        # As one that the evidence names, it needs one friend, whatever else it holds.
        names[home[a]] = names[home[a]] if names[home[a]] is not None else ("merged", a)
    scored = []
    for a, b in _candidates(ordered, params, params.count_share if share is None else share):
        points = like(ordered[a], ordered[b])
        if points is not None and points >= SAME:
            scored.append((-points, a, b))
    refused: set[tuple[int, int, bool]] = set()
    for _, a, b in sorted(scored):
        left, right = home[a], home[b]
        if left == right or (names[left] is not None and names[right] is not None):
            continue
        # A whole only grows: what spoke against it goes on to, unless the evidence names it.
        pair = min(left, right), max(left, right), names[left] is not None or names[right] is not None
        if pair in refused:
            continue
        if _against(members[left], members[right], ordered, apart, like, names):
            refused.add(pair)
            continue
        join(left, right)
    return [[ordered[number] for number in sorted(group)] for _, group in sorted(members.items())]


def _mates(by_name: dict[Hashable, int], name: Hashable, home: list[int], members: dict[int, list[int]]) -> list[int]:
    return members[home[by_name[name]]] if name in by_name else []


def _pairs(ids: frozenset[tuple[str, str]], place: dict[str, int]) -> Iterator[tuple[int, int]]:
    for a, b in ids:
        if a in place and b in place and a != b:
            yield min(place[a], place[b]), max(place[a], place[b])


def _against(
    left: Sequence[int],
    right: Sequence[int],
    ordered: Sequence[Telling],
    apart: set[tuple[int, int]],
    like: Likeness,
    names: dict[int, Hashable | None],
) -> bool:
    """Whether a telling of one group speaks against one of the other; one that the evidence names needs one friend."""
    named = names[left[0]] is not None or names[right[0]] is not None
    for a in left:
        for b in right:
            if (min(a, b), max(a, b)) in apart:
                return True
            if not named and (points := like(ordered[a], ordered[b])) is not None and points < 0:
                return True
            if not named and points is None:
                return True
    return False


def _candidates(ordered: Sequence[Telling], params: CrackdownParams, share: float) -> Iterator[tuple[int, int]]:
    """Pairs worth comparing: of one unit and modality, near in time, and of figures that may be one.

    An undated telling is compared by its figure alone.
    """
    blocks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, telling in enumerate(ordered):
        blocks["spots" if telling.unit in SPOTS else telling.unit, telling.modality].append(number)
    for block in blocks.values():
        dated = []
        by_value: dict[float, list[int]] = defaultdict(list)
        undated: list[int] = []
        for number in block:
            span = window(ordered[number], params)
            if span is None:
                undated.append(number)
            else:
                dated.append((span[0].toordinal(), span[1].toordinal(), number))
            value = ordered[number].value
            if value is not None:
                by_value[value].append(number)
        dated.sort()
        told = [number for _, _, number in dated]
        spans = [(first, last) for first, last, _ in dated]
        for one, other in meeting([ordered[number] for number in told], spans, params.undated_days, share):
            yield min(told[one], told[other]), max(told[one], told[other])
        loose = set(undated)
        for number in undated:
            value = ordered[number].value
            for other in by_value[value] if value is not None else ():
                # Two undated ones are one pair.
                if other not in loose or other > number:
                    yield min(number, other), max(number, other)
