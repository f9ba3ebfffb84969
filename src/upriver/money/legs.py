"""Legs in a case: which payments in and out of swaps, bridges and exchanges are two sides of one exchange.

Tracing carries money across a joined leg and ends at the service with the rest. `flow` stays as recorded, and no result
has an account that is a leg.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from upriver.clean.accounts import account as read_account
from upriver.clean.wallets import CHAINS
from upriver.errors import SettingsError
from upriver.graph import legs as kernel
from upriver.graph.assets import changes
from upriver.graph.build import Flags, Floats, Ints, Longs, encode
from upriver.graph.crossing import Crossing, cross
from upriver.graph.legs import Limits, Pairs, Sides
from upriver.graph.taint import Carried
from upriver.money.evidence import Told, joins_legs
from upriver.money.spread import Traces
from upriver.money.tracing import Network, Services

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk
    from upriver.money.params import MoneyParams

_MINUTE = 60_000_000  # microseconds
SIGNS = ("decision", "transaction", "owner", "fit")  # by their code
_WORDS = {
    "decision": "an analyst joined them",
    "transaction": "one transaction holds both",
    "owner": "paid back to the same owner",
    "fit": "they fit in time and value",
}

# A transaction that is told once joins nothing: only the references of more are fetched.
_ASSETS = """
SELECT f.transfer_id, t.asset, CASE WHEN d.reference IS NOT NULL THEN t.reference END AS deal
FROM flow AS f JOIN transfer AS t ON t.transfer_id = f.transfer_id
LEFT JOIN (SELECT reference FROM transfer WHERE reference IS NOT NULL AND rail = 'chain'
           GROUP BY reference HAVING count(*) > 1) AS d ON d.reference = t.reference AND t.rail = 'chain'
ORDER BY f.transfer_id
"""
_DECISIONS = """
SELECT kind, subject_id, object_id FROM decision WHERE kind IN ('leg', 'not_leg') ORDER BY decided_at, decision_id
"""

_Rows = TypeVar("_Rows", Flags, Floats, Longs)


@dataclass(frozen=True, slots=True)
class Joined:
    """The network with its legs.

    recorded  transfers between the accounts of the record; net: the same, joined legs as accounts of their own
    services  stops of `net`
    pairs     joined and best candidates, as places of both networks
    asset     code per transfer, of `assets`; -1 where it is not known; chain: per account of the record, of `CHAINS`
    """

    recorded: Network
    net: Network
    services: Services
    crossing: Crossing
    pairs: Pairs
    asset: Ints
    assets: tuple[str, ...]
    chain: tuple[str, ...]

    def folded(self, traces: Traces) -> Traces:
        """Traces of `net` by the accounts of the record."""
        by = {name: self.crossing.folded(one) for name, one in traces.by.items()}
        main = next(by[name] for name, one in traces.by.items() if one is traces.main)
        return replace(traces, by=by, main=main, stops=traces.stops[: self.crossing.n])

    def points(self, accounts: set[str]) -> set[str]:
        """Those accounts, with the legs of those that are services: what a leg holds lies at its service."""
        names = self.net.accounts
        chosen = self.recorded.flags(accounts)[self.crossing.service]
        legs = np.flatnonzero(chosen) + self.crossing.n
        return accounts | {names[int(k)].as_py() for k in legs}

    def surety(self, carried: Carried) -> Floats:
        """Per transfer: share of its traced money that stands if each leg holds at its confidence."""
        return self.crossing.surety(carried.usd, carried.entered)


def joined(
    case: Desk, flow: pa.Table, net: Network, found: Services, told: Told, holders: Mapping[str, str],
    params: MoneyParams,
) -> Joined:  # fmt: skip
    """Join legs at services whose kind says that they pay out what they are paid, and within one transaction anywhere.

    raises  SettingsError when a limit of legs makes no sense
    """
    limits = checked(params)
    rows = case.sql(_ASSETS)
    names, (codes,) = encode(rows["asset"])
    _, (deals,) = encode(rows["deal"])
    accounts = net.accounts.to_pylist()
    kinds = {a: kind for a, kind in told.services.items() if joins_legs(kind) and a not in told.sources}
    operator, chain = np.full(net.n, -1, dtype=np.int32), [""] * net.n
    place = {account: code for code, account in enumerate(accounts) if account in kinds}
    hands = {account: holders.get(account) or told.names.get(account) or account for account in place}
    hand = {name: code for code, name in enumerate(sorted(set(hands.values())))}
    for account, code in place.items():
        operator[code] = hand[hands[account]]
        chain[code] = chain_of(account)
    owner = np.arange(net.n, dtype=np.int32)
    first: dict[str, int] = {}
    for code, account in enumerate(accounts):
        if account in holders:
            owner[code] = first.setdefault(holders[account], code)
    sides = Sides(
        net.source, net.target, net.time, net.amount, codes[net.row], deals[net.row], operator,
        chain_codes(chain), owner,
    )  # fmt: skip
    yes, no = _decided(case, flow, net, operator)
    return with_legs(net, found, kernel.pairs(sides, limits, yes, no), sides.asset, tuple(names.to_pylist()), chain)


def checked(params: MoneyParams) -> Limits:
    """The limits of legs, in microseconds.

    raises  SettingsError when one makes no sense
    """
    if not (0.0 < params.leg_fee < 1.0 and 0.0 <= params.leg_gain < 1.0):
        raise SettingsError("[parameters.money] leg_fee must lie between 0 and 1, leg_gain from 0 to below 1")
    if params.leg_minutes < 0.0 or not 0.0 < params.leg_least <= 1.0:
        raise SettingsError("[parameters.money] leg_minutes must not be negative, leg_least above 0 and at most 1")
    return Limits(int(params.leg_minutes * _MINUTE), params.leg_fee, params.leg_gain, params.leg_least)


def with_legs(
    net: Network, found: Services, pairs: Pairs, asset: Ints, assets: tuple[str, ...], chain: list[str]
) -> Joined:
    """The network through whose joined pairs money goes on."""
    import pyarrow as pa

    sure = pairs.only(pairs.joined)
    made = cross(net.time, net.source, net.target, net.n, sure.first, sure.second, sure.confidence)
    order, count = made.order, len(made.service)
    recorded = Network(
        net.accounts, net.row[order], net.source[order], net.target[order], net.time[order], net.amount[order],
        net.entry[order], net.back[order],
    )  # fmt: skip
    # No account of a record has a NUL in it, so that none is taken for a leg.
    names = pa.array([f"leg\0{k}" for k in range(count)], type=net.accounts.type)
    through = replace(
        recorded, accounts=pa.concat_arrays([net.accounts, names]), source=made.source, target=made.target
    )

    def wide(rows: _Rows) -> _Rows:
        return np.concatenate([rows, np.zeros(count, dtype=rows.dtype)])

    stops = replace(
        found,
        stops=wide(found.stops),
        named=np.concatenate([found.named, np.ones(count, dtype=np.bool_)]),
        score=wide(found.score),
        payers=wide(found.payers),
        payees=wide(found.payees),
    )
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    moved = replace(pairs, first=place[pairs.first], second=place[pairs.second])
    return Joined(recorded, through, stops, made, moved, asset[order], assets, tuple(chain))


def chain_of(account: str) -> str:
    """The chain that an account's form tells, "" where it tells none."""
    read = read_account(account)
    return read[0] if read is not None and read[0] in CHAINS else ""


def chain_codes(chain: Sequence[str]) -> Ints:
    """Codes of chains, -1 for none."""
    known = {name: code for code, name in enumerate(sorted(CHAINS))}
    return np.array([known.get(name, -1) for name in chain], dtype=np.int32)


def _decided(
    case: Desk, flow: pa.Table, net: Network, operator: Ints
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Pairs that an analyst joins, and keeps apart: of two decisions on a pair the later holds."""
    rows = case.sql(_DECISIONS).to_pylist()
    if not rows:
        return [], []
    wanted = {row[name] for row in rows for name in ("subject_id", "object_id")}
    at = {one: k for k, one in enumerate(flow["transfer_id"].to_pylist()) if one in wanted}
    place = np.empty(len(net.row), dtype=np.int64)
    place[net.row] = np.arange(len(net.row))
    last: dict[tuple[int, int], bool] = {}
    for row in rows:
        if row["subject_id"] in at and row["object_id"] in at:
            one, other = sorted(int(place[at[row[name]]]) for name in ("subject_id", "object_id"))
            # Of one instant, the payment in is the one that pays a service, or whose payee pays the other.
            if net.time[one] == net.time[other]:
                ranks = [
                    (operator[net.target[a]] >= 0, net.target[a] == net.source[b])
                    for a, b in ((one, other), (other, one))
                ]
                one, other = (other, one) if ranks[1] > ranks[0] else (one, other)
            last[one, other] = row["kind"] == "leg"
    return [pair for pair, yes in last.items() if yes], [pair for pair, yes in last.items() if not yes]


# ---- what is told -------------------------------------------------------------------------------------------------


def leg_rows(flow: pa.Table, made: Joined, traces: Traces) -> list[dict[str, object]]:
    """Rows of `leg`: of pairs whose payment in carries victims' money by any method.

    traces  of either network: only what transfers carry is read
    """
    net, pairs, rows = made.recorded, made.pairs, []
    accounts = net.accounts
    for k in np.flatnonzero(traces.high[pairs.first] > 0.0):
        a, b = int(pairs.first[k]), int(pairs.second[k])
        ids, records = (flow[name].take(net.row[[a, b]]).to_pylist() for name in ("transfer_id", "record_id"))
        sign, rivals = SIGNS[pairs.sign[k]], int(pairs.rivals[k])
        rows.append(
            {
                "in_transfer_id": ids[0],
                "out_transfer_id": ids[1],
                "in_account": accounts[int(net.target[a])].as_py(),
                "out_account": accounts[int(net.source[b])].as_py(),
                "in_asset": _asset(made, a, int(net.target[a])),
                "out_asset": _asset(made, b, int(net.source[b])),
                "in_usd": float(net.amount[a]),
                "out_usd": float(net.amount[b]),
                "traced_usd": float(traces.main.usd[a]),
                "minutes": float(net.time[b] - net.time[a]) / _MINUTE,
                "confidence": float(pairs.confidence[k]),
                "n_rivals": rivals,
                "sign": sign,
                "joined": bool(pairs.joined[k]),
                "reason": reason(
                    sign, float(net.amount[a]), float(net.amount[b]), float(net.time[b] - net.time[a]) / _MINUTE,
                    rivals, bool(pairs.joined[k]),
                ),
                "record_ids": sorted(set(records)),
            }
        )  # fmt: skip
    return rows


def reason(sign: str, paid: float, out: float, minutes: float, rivals: int, is_joined: bool) -> str:
    """Why two payments are, or are not, taken for the sides of one exchange."""
    lost = 1.0 - out / paid
    words = f"{_WORDS[sign]}: {minutes:,.0f} minutes later, {abs(lost):.1%} {'less' if lost >= 0.0 else 'more'}"
    if sign in ("owner", "fit"):
        words += (
            f"; {rivals} other {'payment' if rivals == 1 else 'payments'} would fit"
            if rivals
            else "; nothing else fits"
        )
    return words if is_joined else f"{words}: not sure enough, the trace ends here"


def tell(rows: list[dict[str, object]], made: Joined, traces: Traces, params: MoneyParams) -> None:
    """Add to the reasons of `traced_account` what went on by legs, and assets that change without a payment seen.

    rows  of `traced_account`; stop reasons stay: a service stays one, and is nobody of the crew
    """
    code = {name: a for a, name in enumerate(made.recorded.accounts.to_pylist())}
    went_on = made.crossing.across(traces.main.usd)
    count: dict[int, int] = defaultdict(int)
    for service, first in zip(made.crossing.service, made.crossing.first, strict=True):
        count[int(service)] += traces.main.usd[first] > 0.0
    chosen = np.zeros(made.net.n, dtype=np.bool_)
    chosen[[code[str(row["account"])] for row in rows]] = True
    # By the network with legs: a service that swaps lacks nothing for what it joined.
    net = made.net
    swapped = changes(net.source, net.target, net.amount, made.asset, chosen)
    unseen = {int(a): k for k, a in enumerate(swapped.account)}
    for row in rows:
        a = code[str(row["account"])]
        if went_on[a] > 0.0:
            legs = f"{count[a]} leg{'s' if count[a] != 1 else ''}"
            row["reason"] = f"{row['reason']}; {went_on[a]:,.0f} USD went on by {legs} in another asset"
        k = unseen.get(a)
        if k is not None and not made.services.stops[a] and swapped.usd[k] >= max(params.dust_usd, 0.01 * _got(row)):
            sold, bought = made.assets[swapped.sold[k]], made.assets[swapped.bought[k]]
            row["reason"] = (
                f"{row['reason']}; {swapped.usd[k]:,.0f} USD may have changed from {sold} to {bought} without a "
                "payment that is seen"
            )


def _got(row: dict[str, object]) -> float:
    return float(str(row["received_usd"]))


def _asset(made: Joined, transfer: int, account: int) -> str:
    name = made.assets[made.asset[transfer]] if made.asset[transfer] >= 0 else "?"
    return f"{name} on {made.chain[account]}" if made.chain[account] else name
