"""What still works, as ratios: what is left after those taken, and what as many others would have brought down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from upriver.crackdown.disruption import APART, AS_IT_WAS, MONEY, ROLES, Curve, Scenarios
from upriver.crackdown.ratios import Figure, Row, counted, loophole
from upriver.model.columns import MOST_RECORDS

if TYPE_CHECKING:
    from upriver.crackdown.known import Known

_SEEN = (
    "a picture of the day: networks repair themselves; the range is over 10 to 30 % of ties, holders and nodes hidden"
)
_TARGETS = "roles to be investigated, no list for arrest; nobody who may be a victim, and no child, is among them"
_WHAT = (
    ("largest", "residual_network", "nodes", "in the largest connected part", APART),
    ("money", "residual_money", "USD", "of traced money that can reach a cash-out point", MONEY),
    ("roles", "residual_roles", "roles", "staffed at sites and companies", ROLES),
)


def residual(known: Known, found: Scenarios | None, hidden: tuple[float, float]) -> Iterable[Row]:
    """Rows of `loophole`; none where nobody of the network was taken, but for who can replace whom.

    hidden  least and most share of ties and nodes thought to be hidden
    """
    if found is None:
        return
    done = found.curves.get(AS_IT_WAS)
    if done is not None:
        seen = _SEEN.replace("10 to 30 %", f"{100 * hidden[0]:.0f} to {100 * hidden[1]:.0f} %")
        whole = {"largest": float(found.largest), "money": found.usd, "roles": float(found.staff.n)}
        of = {"largest": f", of {found.n:,} known"}
        for what, rule, unit, words, best in _WHAT:
            if whole[what] > 0.0:
                yield _left(known, done, what, rule, unit, words, whole[what], of.get(what, ""), seen)
                if best in found.curves:
                    yield from _better(known, done, found.curves[best], what, unit, words, whole[what], seen)
    if found.staff.n:
        holders = sorted({person for people in found.staff.holders.values() for person in people})
        records = known.records(holders)
        yield loophole(
            "substitutes", "network", "roles that somebody else can fill at once",
            counted(float(found.staff.replaceable), "roles with two or more who show their mark", "roles", (), records),
            counted(float(found.staff.n), "roles: a mark of control at a site or company", "roles", holders, records),
            "who could learn a role, or is not in the evidence, is not counted: a least share",
        )  # fmt: skip


def _left(
    known: Known, done: Curve, what: str, rule: str, unit: str, words: str, before: float, of: str, seen: str
) -> Row:
    records = _ground(known, done)
    below = Figure(before, before, before, f"{words}, before anybody was taken{of}", unit, None, (), (), records)
    kept = [float(line[-1]) * before for line in getattr(done, what)]
    text = f"{words}, without the {done.ends[-1]} taken"
    above = Figure(kept[0], min(kept), max(kept), text, unit, None, (), (), records)
    return loophole(rule, "network", f"{unit} {words}: left without those taken", above, below, seen)


def _better(
    known: Known, done: Curve, best: Curve, what: str, unit: str, words: str, whole: float, seen: str
) -> Iterable[Row]:
    if best.ends[-1] == 0 or done.ends[-1] == 0:
        return
    records = tuple(sorted({*_ground(known, done)[:20], *_ground(known, best)[:20]}))
    falls = []
    # An order that ends sooner gains nothing from more removals: it stands for as many as were taken.
    short = f": of at most {done.ends[-1]}, but {best.short}" if best.short else ""
    for curve in (done, best):
        left_seen, left_low, left_high = (float(line[-1]) for line in getattr(curve, what))
        fall = [max(0.0, 1.0 - left) * whole for left in (left_seen, left_high, left_low)]
        if curve is done:
            text = f"lost, {words}, without the {curve.ends[-1]} taken"
        else:
            text = f"lost, {words}, without {curve.ends[-1]} others, chosen {best.name}{short}"
        falls.append(Figure(fall[0], fall[1], fall[2], text, unit, None, (), (), records))
    yield loophole(
        "better_targets", "network",
        f"{unit} {words}: brought down by those taken, beside at most as many others chosen {best.name}",
        falls[0], falls[1], f"{_TARGETS}; {seen}",
    )  # fmt: skip


def _ground(known: Known, curve: Curve) -> tuple[str, ...]:
    people = [person for person in curve.order if person in known.people]
    return known.records(people[:MOST_RECORDS])
