"""Ratios by money: what was frozen or seized, of what was lost, taken or moved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from upriver.crackdown.actions import Action
from upriver.crackdown.measures import NEVER, day_of, days_apart, figure_of, inside, land, moments, where
from upriver.crackdown.ratios import Figure, Row, loophole, no_figure
from upriver.crackdown.telling import Telling

if TYPE_CHECKING:
    from upriver.crackdown.params import CrackdownParams


_FLOW = "a holding built up over time, set against the flow of one year"
_TURNOVER = "a holding, set against what was turned over"


def takings(actions: Sequence[Action], params: CrackdownParams) -> Iterable[Row]:
    """Money frozen or seized, against losses, takings or flows told for the same country in the same currency."""
    for estimate in actions:
        head = estimate.head
        currency = head.unit.removesuffix("/year")
        if estimate.kind != "estimate" or estimate.value is None or len(currency) != 3 or not currency.isupper():
            continue
        if not head.country:
            continue  # a region's or the world's losses fit no one country's seizures
        yearly = head.unit.endswith("/year")
        kind = (head.subject or "money").replace("_total", " in all").replace("_", " ")
        above = _seized(actions, currency, head, yearly, params)
        spot = " and ".join(head.places) or land(head.country)
        yield loophole("takings",
            "money", f"{currency} frozen or seized, of {kind}: {spot} ({head.speaker}, {(head.at or NEVER).year})",
            above or no_figure(f"{currency} frozen or seized, {spot}: no figure", currency),
            figure_of(estimate, f"{kind}, {spot}", head.unit),
            f"{_FLOW if yearly else _TURNOVER}; frozen or seized is not given back to victims",
            spot=f"{kind} in {currency} ({spot})",
        )  # fmt: skip


def _seized(
    actions: Sequence[Action], currency: str, estimate: Telling, yearly: bool, params: CrackdownParams
) -> Figure | None:
    """Money told as seized in the country of an estimate: a running total before one seizure, the nearest day first."""
    choices: list[tuple[tuple[bool, int, float], Figure]] = []
    for action in actions:
        head = action.head
        if head.unit != currency or "seizure" not in action.types or head.modality != "actual" or head.role != "all":
            continue
        if head.country != estimate.country or (
            estimate.places and head.places and not _touch(head.places, estimate.places)
        ):
            continue
        for found in moments(action):
            # A turnover over many years has no day: any seizure fits it.
            apart = days_apart(day_of(found), estimate.at) if yearly and estimate.at else 0
            if found.value and apart <= params.pair_days:
                what = f"{currency} seized{', running total' if action.kind == 'series' else ''}, {where(action)}"
                choices.append(((action.kind == "series", -apart, found.value), figure_of(found, what, currency)))
    return max(choices, key=lambda choice: (choice[0], choice[1].what))[1] if choices else None


def _touch(left: Sequence[str], right: Sequence[str]) -> bool:
    return any(name in right for name in left) or any(inside(left, area) for area in right)
