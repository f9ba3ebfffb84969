"""Ratios from the case's own money: what was frozen or returned, and where it left, of what victims paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import TYPE_CHECKING, Any

from upriver.crackdown.actions import Action
from upriver.crackdown.ratios import Figure, Row, counted, loophole, no_figure
from upriver.model.columns import MOST_RECORDS

if TYPE_CHECKING:
    from upriver.case.stage import Desk
    from upriver.crackdown.params import CrackdownParams

_SHARED = "money passes several points: these shares overlap and must not be added"
# Transfers that carried most of the traced money to each end.
_ARRIVED = f"""
SELECT account, record_id FROM (
    SELECT f.target_account AS account, f.record_id AS record_id,
        row_number() OVER (PARTITION BY f.target_account ORDER BY t.traced_usd DESC, f.transfer_id) AS place
    FROM flow f JOIN trace t ON t.transfer_id = f.transfer_id
    JOIN traced_account a ON a.account = f.target_account
    WHERE t.main AND t.traced_usd > 0 AND (a.cash_out OR a.stop_reason IS NOT NULL)
) AS arrived WHERE place <= {MOST_RECORDS} ORDER BY account, place
"""
_STOPS = {
    "service": "at services that are no cash-out point",
    "cash_out": "at cash-out points",
    "mixer": "at mixers",
    "parked": "parked, unmoved",
    "unseen_inflow": "mixed with money of unseen origin",
    "end_of_evidence": "where the evidence ends",
    "limit": "beyond the limit of tracing",
}


def proceeds(case: Desk, actions: Sequence[Action], params: CrackdownParams) -> list[Row]:
    """Rows of `loophole` from traced money; none where the case traces none."""
    losses: list[dict[str, Any]] = case.read("loss").to_pylist()
    found = fsum(row["found_usd"] for row in losses)
    if found <= 0:
        return []
    whose = _whose(case)
    records = sorted({record for row in losses for record in row["record_ids"]})
    paid = counted(fsum(row["reported_usd"] for row in losses), f"USD told as {whose.lost}", "USD", (), records)
    traced = counted(found, f"USD of {whose.money} found among the transfers", "USD", (), records)
    rows = [
        # What leaves a named account is read off the transfers themselves: all of it is found.
        *(
            [
                loophole(
                    "found",
                    "money",
                    f"{whose.money} found in the evidence",
                    traced,
                    paid,
                    "what is not found is not traced",
                )
            ]
            if whose.reported
            else []
        ),
        loophole(
            "returned",
            "money",
            f"{whose.money} given back by those who took it",
            _returned(case, losses, f"USD paid back to {whose.owner}", records),
            traced,
            "a small return is mostly bait for a larger payment, not a refund",
        ),
        loophole(
            "seized",
            "money",
            f"{whose.money} frozen or seized",
            _seized(actions),
            traced,
            "what is told as seized need not be this money; a holding against a flow",
        ),
    ]
    return [*rows, *_ends(case, traced, whose.money)]


@dataclass(frozen=True, slots=True)
class _Whose:
    """Words for money that is followed: what victims paid, or what left the accounts named as sources."""

    money: str
    owner: str
    lost: str
    reported: bool


def _whose(case: Desk) -> _Whose:
    """Accounts named as sources of stolen money are not called victims: nobody reported."""
    paid = case.sql("SELECT count(*) AS n FROM flow WHERE origin IN ('victim_payment', 'ransom')").to_pylist()[0]["n"]
    if paid:
        return _Whose("victims' money", "victims", "paid by victims", True)
    return _Whose("stolen money", "the accounts it left", "stolen from the accounts named", False)


def _returned(case: Desk, losses: Sequence[dict[str, Any]], what: str, records: Sequence[str]) -> Figure:
    """USD paid back; no figure where no return was seen: that nothing came back is not told by silence."""
    seen = case.sql("SELECT count(*) AS n FROM flow WHERE origin IN ('return', 'inducement')").to_pylist()[0]["n"]
    if not seen:
        return no_figure(f"{what}: no return seen", "USD")
    return counted(fsum(row["returned_usd"] for row in losses), what, "USD", (), records)


def _seized(actions: Sequence[Action]) -> Figure:
    """USD told as seized: separate happenings added, or the largest running total where that is more."""
    told = [
        a for a in actions if a.head.unit == "USD" and "seizure" in a.types and a.head.modality == "actual" and a.value
    ]
    apart = [action for action in told if action.counts]
    choices = [(action.value or 0.0, [action]) for action in told if action.kind == "series"]
    if apart:
        choices.append((fsum(action.value or 0.0 for action in apart), apart))
    if not choices:
        return no_figure("USD told as frozen or seized: no figure", "USD")
    value, group = max(choices, key=lambda choice: choice[0])
    tellings = tuple(telling for action in group for telling in action.tellings)
    low, high = fsum(action.low or 0.0 for action in group), fsum(action.high or 0.0 for action in group)
    return Figure(value, low, high, "USD told as frozen or seized", "USD", group[0].head.at, tellings)


def _ends(case: Desk, traced: Figure, money: str) -> Iterable[Row]:
    """Where the money came to rest or left, by kind of end and by the service that would know."""
    kept: dict[str, list[float]] = defaultdict(list)
    services: dict[str, list[dict[str, Any]]] = defaultdict(list)
    captions = {
        row["canonical_id"]: row["caption"] for row in case.read("entity", "canonical_id", "caption").to_pylist()
    }
    arrived: dict[str, list[str]] = defaultdict(list)
    for row in case.sql(_ARRIVED).to_pylist():
        arrived[row["account"]].append(row["record_id"])
    came: dict[str, list[str]] = defaultdict(list)
    for row in case.read("traced_account").to_pylist():
        if row["stop_reason"]:
            came["cash_out" if row["cash_out"] else row["stop_reason"]] += arrived[row["account"]]
            # A service where money can leave for cash is a cash-out point, as in the rest of the case.
            kept["cash_out" if row["cash_out"] else row["stop_reason"]].append(row["kept_usd"])
        if row["cash_out"]:
            services[captions.get(row["holder_id"], "") or row["account"]].append(row)
    # One finding: where most of the money stopped; the other ends, and what reached each service, are told with it.
    first = max(sorted(kept), key=lambda reason: fsum(kept[reason]), default="")
    # The records of all that was traced stand with what was found: an end names those that reached it.
    of = replace(traced, records=(), files=())
    for reason in sorted(kept):
        above = counted(
            fsum(kept[reason]),
            f"USD kept there, by the main method, of {money}",
            "USD",
            (),
            came[reason] or traced.records,
        )
        yield loophole(
            "ends", "money", f"{money} that stopped {_STOPS.get(reason, reason)}", above, of,
            "by the main method; other methods put other sums in other places", "ends", whole=reason == first,
        )  # fmt: skip
    for name in sorted(services, key=lambda name: (-fsum(row["received_usd"] for row in services[name]), name)):
        group = services[name]
        records = tuple(record for row in group for record in arrived[row["account"]]) or traced.records
        above = Figure(
            fsum(row["received_usd"] for row in group),
            fsum(row["low_usd"] for row in group),
            fsum(row["high_usd"] for row in group),
            f"USD of {money} that reached it, spread over the stated methods",
            "USD",
            None,
            (),
            tuple(sorted(row["account"] for row in group)),
            records[:MOST_RECORDS],
        )
        label = f"{money} that reached {name}, where it can leave for cash"
        yield loophole("services", "money", label, above, of, _SHARED, "ends")
