"""What two happenings must share to stand to each other at all: kind, pages, names; and the relation itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from upriver.crackdown.conflicts import Conflict
from upriver.crackdown.likeness import MOVES
from upriver.crackdown.naming import share
from upriver.crackdown.nearness import apart
from upriver.crackdown.telling import Telling

if TYPE_CHECKING:
    from upriver.crackdown.actions import Action

Kind = Literal["same", "part_of", "sum", "related", "contradict"]


@dataclass(frozen=True, slots=True)
class Relation:
    """`actions`: places in the list of actions, the whole or the first stage first; `members`: report_ids, sorted."""

    kind: Kind
    actions: tuple[int, ...]
    members: tuple[str, ...]
    words: str
    conflicts: tuple[Conflict, ...]


def members(tellings: Iterable[Telling]) -> tuple[str, ...]:
    """Ids of tellings, sorted."""
    return tuple(sorted({telling.report_id for telling in tellings}))


def figures(tellings: Iterable[Telling]) -> dict[str, str | float]:
    """Figures of tellings that give one, by report_id."""
    return {telling.report_id: telling.value for telling in tellings if telling.value is not None}


def differences(told: Sequence[Telling], found: Iterable[Conflict], words: str) -> Iterator[Conflict]:
    """Fields in which tellings of one relation differ, beside those that `found` names; none is an alarm."""
    fields: tuple[tuple[str, Callable[[Telling], str | float | None]], ...] = (
        ("count", lambda telling: telling.value),
        ("date", lambda telling: str(telling.first) if telling.first == telling.last else _days(telling)),
        ("place", lambda telling: " and ".join(telling.places) or None),
        ("country", lambda telling: telling.country),
        ("type", lambda telling: telling.type),
        ("unit", lambda telling: telling.unit),
    )
    named = {conflict.field for conflict in found}
    for name, get in fields:
        values = {telling.report_id: value for telling in told if (value := get(telling)) not in (None, "None")}
        if name not in named and len(set(values.values())) > 1:
            yield Conflict(name, "differs beside", values, words, alarm=False)


def _days(telling: Telling) -> str | None:
    return f"{telling.first}/{telling.last}" if telling.first or telling.last else None


def group(kind: str) -> str:
    """Types that tell one kind of deed: all that moves people on, all that takes them."""
    return "moves" if kind in MOVES else "holds" if kind in ("arrest", "raid") else kind


def alike(a: Telling, b: Telling) -> bool:
    """Whether two figures may be of one kind of thing: type, unit, parties and people."""
    if a.unit != b.unit or group(a.type) != group(b.type) or a.modality != b.modality:
        return False
    if apart(a.to_party, b.to_party) or apart(a.from_party, b.from_party):
        return False
    if a.type not in MOVES and apart(a.actor, b.actor):
        return False
    return not (a.nationalities and b.nationalities and not a.nationalities & b.nationalities)


def pages(action: Action) -> frozenset[str]:
    """Pages that tell of an action."""
    return action.pages


def share_names(a: Action, b: Action) -> bool:
    """Whether tellings of both name one person or group."""
    return any(share(x.names, y.names) for x in a.tellings if x.names for y in b.tellings if y.names)


def swapped(a: float, b: float) -> bool:
    """Whether two figures are written with the same digits in another order: 17 and 71."""
    return a != b and sorted(str(int(a))) == sorted(str(int(b)))
