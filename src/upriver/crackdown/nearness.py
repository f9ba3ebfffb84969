"""How near two tellings are in place, in time, and in the nations that they name."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from upriver.clean.places import Place, distance_km, nations_in, near
from upriver.crackdown.telling import Telling, known_place

if TYPE_CHECKING:
    from upriver.crackdown.params import CrackdownParams

Fits = Literal["spot", "area", "apart", "open"]
_PROVINCE_KM = 600.0


@cache
def nations(text: str | None) -> frozenset[str]:
    """Countries that a party's name tells."""
    return frozenset(nation.country for nation in nations_in(text or ""))


def apart(a: str | None, b: str | None) -> bool:
    """Whether two parties name countries, and none is shared."""
    left, right = nations(a), nations(b)
    return bool(left and right and not left & right)


def linked(a: Telling, b: Telling) -> bool:
    """Whether the country of one is a party of the other, or both lie in one country not far apart."""
    if a.country and b.country and a.country != b.country:
        parties = nations(a.from_party) | nations(a.to_party) | nations(b.from_party) | nations(b.to_party)
        return a.country in parties or b.country in parties
    # Within one country they go by road from where they were held to where they cross.
    return _distance(a, b) <= (400.0 if a.value == b.value and exact_day(a) and a.first == b.first else 150.0)


def _distance(a: Telling, b: Telling) -> float:
    spots = [
        (one, other)
        for x in a.places for y in b.places
        if (one := known_place(x)) is not None and (other := known_place(y)) is not None
    ]  # fmt: skip
    return min((distance_km(one, other) for one, other in spots), default=10_000.0)


def same_area(a: Telling, b: Telling) -> Fits:
    """How the places of two tellings stand: one spot, one in the other, apart, or not told by both."""
    return _areas(a.places, a.country, b.places, b.country)


@lru_cache(maxsize=1 << 16)
def _areas(left: tuple[str, ...], here: str | None, right: tuple[str, ...], there: str | None) -> Fits:
    shared = {name.casefold() for name in left} & {name.casefold() for name in right}
    if shared:
        return "area" if all(_is_country(name) for name in left if name.casefold() in shared) else "spot"
    pairs = [
        (one, other)
        for x in left for y in right
        if (one := known_place(x)) is not None and (other := known_place(y)) is not None
    ]  # fmt: skip
    if pairs:
        close = [(one, other) for one, other in pairs if near(one, other)]
        if any(not one.wide and not other.wide for one, other in close):
            return "spot"
        return "area" if close or any(_in_province(one, other) for one, other in pairs) else "apart"
    if here and there and here != there:
        return "apart"
    if here and here == there and (_whole_country(left) or _whole_country(right)):
        return "area"  # a spot that no gazetteer knows, in the country that the other telling speaks of
    return "open"


def _in_province(a: Place, b: Place) -> bool:
    """Whether a spot may lie in a province told by its name alone: Chinese provinces reach far from their middle."""
    wide = "admin1" in (a.kind, b.kind) and a.kind != b.kind
    return wide and a.country == b.country and distance_km(a, b) <= _PROVINCE_KM


def _whole_country(places: tuple[str, ...]) -> bool:
    return bool(places) and all(_is_country(name) for name in places)


@cache
def _is_country(name: str) -> bool:
    known = known_place(name)
    if known is not None:
        return known.kind == "country"
    found = nations_in(name)
    return len(found) == 1 and found[0].end - found[0].start == len(name.strip())


def window(telling: Telling, params: CrackdownParams) -> tuple[date, date] | None:
    """First and last day on which the happening of a telling may lie; before its announcement where it is undated."""
    if telling.first or telling.last:
        last = telling.last or telling.first
        return telling.first or telling.last or date.min, last or date.min
    told = telling.announced or telling.published
    return (told - timedelta(days=params.undated_days), told) if told else None


def exact_day(telling: Telling) -> bool:
    """Whether one day is told."""
    return telling.first is not None and telling.first == telling.last


def days_apart(a: Telling, b: Telling, params: CrackdownParams) -> int | None:
    """Days between the two windows; 0 where they overlap; None where one has none."""
    left, right = window(a, params), window(b, params)
    if left is None or right is None:
        return None
    return max(0, (max(left[0], right[0]) - min(left[1], right[1])).days)
