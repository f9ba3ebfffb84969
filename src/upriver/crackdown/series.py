"""Running totals: points in time of one count that goes on. The later point replaces the earlier; none is added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from upriver.crackdown.counts import fit, weight
from upriver.crackdown.happenings import together
from upriver.crackdown.likeness import HOLDS, MOVES
from upriver.crackdown.naming import share
from upriver.crackdown.nearness import apart, exact_day, nations, same_area
from upriver.crackdown.rulings import NO_RULINGS, Rulings
from upriver.crackdown.telling import Telling

if TYPE_CHECKING:
    from upriver.crackdown.params import CrackdownParams

_NO_DAY = date(1, 1, 1)
_FALLS_TO = 0.7  # a later total that is smaller than this part of an earlier one counts something else
_BEGINS = 45  # days by which two totals may differ in the day they are counted from
_ONE_MONTH = 31
_SAME_SHARE = 0.005  # share by which two figures of one point may differ
_SAME_POINT = 60  # days within which an equal total may be repeated by another page
Series = list[list[Telling]]


def series(totals: Sequence[Telling], params: CrackdownParams, rulings: Rulings = NO_RULINGS) -> list[Series]:
    """Running totals, each as its points in time; tellings of one point together. Every telling in one point."""
    points = together(totals, _point_name, params, rulings, lambda a, b: _one_point(a, b, params), _SAME_SHARE)
    points = in_order(points)
    named: dict[tuple[str, str, str], Series] = {}
    free: list[list[Telling]] = []
    for point in points:
        name = next(((t.series, t.role, t.unit) for t in point if t.series), None)
        if name is None:
            free.append(point)
        else:
            named.setdefault(name, []).append(point)
    made = [_Running(named[name]) for name in sorted(named)]
    # Whoever counts another thing is not looked at.
    by_thing: dict[_Thing, list[_Running]] = defaultdict(list)
    for one in made:
        by_thing[_thing(one.points[0][0])].append(one)
    for point in free:
        kin = by_thing[_thing(point[0])]
        fitting = [(one, rank) for one in kin if (rank := one.rank(point)) is not None]
        home = max(fitting, key=lambda one: one[1], default=None)
        if home is None:
            made.append(_Running([point]))
            kin.append(made[-1])
        else:
            home[0].add(point)
    return [in_order(one.points) for one in made]


def in_order(points: Series) -> Series:
    """Points in the order of their days; in a month that one of them tells without its day, by their figures."""
    loose = {(at.year, at.month) for point in points if _month_alone(at := _at(point))}

    def key(point: list[Telling]) -> tuple[int, int, float, date, str]:
        at = _at(point)
        return at.year, at.month, _value(point) if (at.year, at.month) in loose else 0.0, at, point[0].report_id

    return sorted(points, key=key)


def _month_alone(at: date) -> bool:
    """Whether a day mostly stands for its month: the last one."""
    return at != _NO_DAY and (at + timedelta(days=1)).day == 1


def _point_name(telling: Telling) -> tuple[str | None, str, str] | None:
    return (telling.happening, telling.role, telling.unit) if telling.happening else None


def _one_point(a: Telling, b: Telling, params: CrackdownParams) -> float | None:
    """Points for two totals being told of one day of one count: their windows run, their ends and figures do not."""
    figures = fit(a, b, _SAME_SHARE)
    if figures not in ("equal", "rounded", "close", "zero") or not _comparable(a, b, figures == "equal"):
        return None
    if a.passage and a.passage == b.passage and figures != "equal" and a.origin == b.origin:
        return None
    gap = abs(((a.at or _NO_DAY) - (b.at or _NO_DAY)).days) if a.at and b.at else 0
    if (
        gap
        and a.at
        and b.at
        and (a.at, b.at) != (a.last, b.last)
        and (a.at.year, a.at.month) == (b.at.year, b.at.month)
    ):
        gap = 0  # one of them tells the month alone
    if gap > (_SAME_POINT if figures == "equal" else 21):
        return None
    if figures != "equal" and a.at and b.at and exact_day(a) and exact_day(b) and gap > 7:
        return None
    two_ways = 1.5 if a.type != b.type and a.origin != b.origin else 0.0
    return 3.0 + (1.0 if figures == "equal" else 0.0) - gap / 60 - two_ways


def _comparable(a: Telling, b: Telling, equal: bool = False) -> bool:
    """Whether two totals may count the same: type, unit, role, parties, names, area and beginning.

    equal   they give one figure: then one that few things share outweighs another beginning
    """
    if (a.unit, a.modality) != (b.unit, b.modality) or a.role != b.role or not _types(a.type, b.type):
        return False
    if apart(a.to_party, b.to_party) or apart(a.from_party, b.from_party) or same_area(a, b) == "apart":
        return False
    if a.names and b.names and not share(a.names, b.names):
        return False
    # Two countries that count their own arrests count two things.
    if a.type not in MOVES and apart(a.actor, b.actor):
        return False
    if _people(a) and _people(b) and not _people(a) & _people(b):
        return False
    if equal and a.value is not None and weight(a.value) >= 1.9:
        return True
    return _one_beginning(_begins(a), _begins(b))


def _begins(telling: Telling) -> date | None:
    """The day from which a total is counted; None where only a day, month or year is told that it stands for."""
    if telling.first is None or telling.last is None or (telling.last - telling.first).days <= _ONE_MONTH:
        return None
    return None if telling.last == telling.first.replace(month=12, day=31) else telling.first


def _one_beginning(a: date | None, b: date | None) -> bool:
    """Whether two totals may be counted from one day; one that is told by its year alone fits any day of that year."""
    if a is None or b is None or abs((a - b).days) <= _BEGINS:
        return True
    return a.year == b.year and any((day.month, day.day) == (1, 1) for day in (a, b))


def _people(telling: Telling) -> frozenset[str]:
    """Whose people the words count, where they say so: 600 Thai nationals, 中国籍嫌疑人."""
    return telling.nationalities


def _types(a: str, b: str) -> bool:
    return a == b or {a, b} <= MOVES or {a, b} <= HOLDS


_Thing = tuple[str, str, str]


def _thing(telling: Telling) -> _Thing:
    return telling.unit, telling.modality, telling.role


class _Running:
    """A running total that grows point by point; tellings that differ only in day and figure are asked once."""

    def __init__(self, points: Series) -> None:
        self.points: Series = []
        self._told: list[tuple[date, float]] = []
        self._faces: dict[tuple[object, ...], Telling] = {}
        self._pages: dict[tuple[str, str], list[Telling]] = defaultdict(list)
        for point in points:
            self.add(point)

    def add(self, point: list[Telling]) -> None:
        """Take one more point in."""
        self.points.append(point)
        self._told.append((_at(point), _value(point)))
        for telling in point:
            self._faces.setdefault(_face(telling), telling)
            self._pages[telling.passage, telling.origin].append(telling)

    def rank(self, point: Sequence[Telling]) -> tuple[int, int, int, float] | None:
        """How well a point continues it: same type, same spot, same origin, least gap; None where it cannot."""
        best: tuple[int, int, int] | None = None
        faces = {_face(telling): telling for telling in reversed(point)}
        for told in self._faces.values():
            for telling in faces.values():
                if not _comparable(told, telling):
                    return None
                here = (
                    int(told.origin == telling.origin),
                    int(told.type == telling.type),
                    int(same_area(told, telling) == "spot") + int(_one_goal(told, telling)),
                )
                # Another speaker continues a total only where deed and receiver are the same.
                near = same_area(told, telling) == "spot" or _one_goal(told, telling) or _one_side(told, telling)
                if here[0] or (here[1] and near):
                    best = max(best, here) if best else here
        for telling in point:
            if any(_beside(told, telling) for told in self._pages.get((telling.passage, telling.origin), ())):
                return None
        first = _at(point).replace(day=1) if _month_alone(_at(point)) else _at(point)
        most = max((value for at, value in self._told if at <= first and value), default=0.0)
        value = _value(point)
        if most and value and value < _FALLS_TO * most:
            return None
        last = max(at for at, _ in self._told)
        return (*best, -float(abs((_at(point) - last).days))) if best else None


def _face(telling: Telling) -> tuple[object, ...]:
    """All that is asked of a telling when a total goes on, but its page, its day and its figure."""
    return (
        *_thing(telling), telling.type, telling.from_party, telling.to_party, telling.actor, telling.places,
        telling.country, telling.names, telling.nationalities, telling.speaker, _begins(telling),
    )  # fmt: skip


def _beside(a: Telling, b: Telling) -> bool:
    """Whether one speaker gives both on one page for one day: then they are two totals."""
    one_page = bool(a.passage) and a.passage == b.passage and a.origin == b.origin
    return one_page and a.at == b.at and a.value != b.value


def _one_goal(a: Telling, b: Telling) -> bool:
    return bool(nations(a.to_party) & nations(b.to_party))


def _one_side(a: Telling, b: Telling) -> bool:
    """Whether two totals may be told of one side: both name who receives or neither does, in one area or nation."""
    if same_area(a, b) == "open" and not (a.country and a.country == b.country):
        # A total of no place may be of anywhere: only one nation's bodies go on with it, or one that receives.
        return bool(_acting(a) & _acting(b))
    return bool(nations(a.to_party)) == bool(nations(b.to_party)) and bool(a.to_party) == bool(b.to_party)


def _acting(telling: Telling) -> frozenset[str]:
    return nations(telling.actor) | nations(telling.speaker)


def _at(point: Sequence[Telling]) -> date:
    return max((telling.at for telling in point if telling.at), default=_NO_DAY)


def _value(point: Sequence[Telling]) -> float:
    """The least figure told for a point: one source's zero too many does not end a total."""
    return min((telling.value for telling in point if telling.value is not None), default=0.0)
