"""From the victim onward: how much of each transfer is victims' money, where it stopped, and what each victim lost.

Tracing runs on accounts; a holder is put beside a result and never carries money from one account to another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from upriver.graph import kernel, taint
from upriver.graph.build import Flags, Floats, Ints, Longs, encode, summed
from upriver.graph.keys import distinct
from upriver.graph.order import time_order
from upriver.money.evidence import Told, service_class
from upriver.money.returns import RETURNS
from upriver.money.spread import Traces

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.money.params import MoneyParams

_DAY = 86_400_000_000  # microseconds
_ENTRIES = ("victim_payment", "ransom", "stolen")


@dataclass(frozen=True, slots=True)
class Network:
    """Flows in the order in which they happen, ids as codes.

    row      place of each transfer in the flow table; accounts: sorted ids; time: microseconds, UTC
    entry    victims' money by evidence; back: returns to a victim
    """

    accounts: pa.Array
    row: Longs
    source: Ints
    target: Ints
    time: Longs
    amount: Floats
    entry: Flags
    back: Flags

    @property
    def n(self) -> int:
        return len(self.accounts)

    def flags(self, accounts: frozenset[str] | set[str] | Mapping[str, str]) -> Flags:
        """Which accounts are among `accounts`."""
        import pyarrow as pa
        import pyarrow.compute as pc

        chosen = pa.array(sorted(accounts), type=pa.string())
        flags: Flags = pc.is_in(self.accounts, value_set=chosen).to_numpy(zero_copy_only=False)
        return flags


@dataclass(frozen=True, slots=True)
class Services:
    """Which accounts stop a trace, and why.

    stops     per account; score: behaviour of each account, 0 to 1; payers, payees: different counterparts
    named     per account: never a service by its looks or its life
    kinds     account -> kind as told; accounts that only behave like a service are not in it
    cash      accounts that are paid in cash: what reaches them left the banks
    """

    stops: Flags
    named: Flags
    score: Floats
    payers: Longs
    payees: Longs
    kinds: Mapping[str, str]
    cash: frozenset[str]


def network(flow: pa.Table) -> Network:
    """The flow table, in the order of its key, as arrays in time order."""
    import pyarrow as pa

    ids, (source, target) = encode(flow["source_account"], flow["target_account"])
    time = flow["occurred_at"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
    origin = flow["origin"].to_numpy(zero_copy_only=False)
    order = time_order(time, source, target)
    return Network(
        accounts=ids,
        row=order,
        source=source[order],
        target=target[order],
        time=time[order],
        amount=flow["amount_usd"].to_numpy()[order].astype(np.float64),
        entry=np.isin(origin, _ENTRIES)[order],
        back=np.isin(origin, RETURNS)[order],
    )


def services(net: Network, told: Told, cash: frozenset[str], params: MoneyParams) -> Services:
    """Services told, and accounts that behave like one: many payers, many payees, as much out as in.

    What looks like a service may be the hub of a laundering crew. An account that victims paid, that was stolen from,
    or that lives on victims' money (haircut, only told services stopping it) never counts as one by its looks: an
    exchange serves everybody, a crew serves itself.

    """
    n = net.n
    pairs = distinct(net.source.astype(np.int64) * n + net.target)
    payees = np.bincount(pairs // max(n, 1), minlength=n)
    payers = np.bincount(pairs % max(n, 1), minlength=n)
    both = (payers > 0) & (payees > 0)
    usual = float(np.quantile(np.minimum(payers, payees)[both], 0.5, method="lower")) if both.any() else 0.0
    fan = max(params.service_fan, params.service_times * usual)
    into, out = summed(net.target, net.amount, n), summed(net.source, net.amount, n)
    balance = np.minimum(into, out) / np.maximum(np.maximum(into, out), 1e-9)
    # An operator's unseen side (cash, other assets) unbalances it: balance weighs a quarter.
    width = np.sqrt(payers / (payers + fan) * (payees / (payees + fan)))
    score = width * (0.75 + 0.25 * balance)
    named = np.zeros(n, dtype=np.bool_)
    named[net.target[net.entry]] = True
    named |= net.flags(told.sources) | net.flags(told.not_services)
    stops = (net.flags(told.services) | net.flags(cash)) & ~net.flags(told.sources)
    looks = (score >= params.service_least) & ~named & ~stops
    if looks.any():
        carried = taint.haircut(
            moves(net, stops, params), taint.Cut(params.dust_usd, params.dust_share, params.max_hops)
        )
        # Who serves hundreds may take much from victims and still serve everybody.
        allowed = params.service_share + score - params.service_least
        looks &= summed(net.target, carried.usd, n) < allowed * into
    return Services(stops | looks, named, score, payers, payees, told.services, cash)


def moves(net: Network, stops: Flags, params: MoneyParams) -> taint.Moves:
    """The network as the kernels take it, times in seconds."""
    opening = np.zeros(net.n)
    if params.unseen == "opening":
        opening = taint.shortage(net.source, net.target, net.amount, net.n)
    return taint.Moves(net.source, net.target, net.amount, net.entry, net.back, stops, opening, net.time // 1_000_000)


def trace_rows(flow: pa.Table, net: Network, traces: Traces, surety: Callable[[taint.Carried], Floats]) -> pa.Table:
    """Rows of `trace`.

    surety  per transfer of a method: share of its traced money that stands if legs hold at their confidence
    """
    import pyarrow as pa

    parts = []
    for method, carried in traces.by.items():
        some = np.flatnonzero(carried.usd > 0.0)
        main = carried is traces.main
        parts.append(
            pa.table(
                {
                    "transfer_id": flow["transfer_id"].take(pa.array(net.row[some])),
                    "method": pa.array([method] * len(some), type=pa.string()),
                    "main": pa.array([main] * len(some), type=pa.bool_()),
                    "traced_usd": carried.usd[some],
                    "low_usd": traces.low[some],
                    "high_usd": traces.high[some],
                    "presumed_usd": carried.presumed[some],
                    "entered_usd": pa.array(carried.entered[some], mask=carried.entered[some] <= 0.0),
                    "n_hops": carried.hops[some].astype(np.int64),
                    "leg_confidence": surety(carried)[some],
                }
            )
        )
    return pa.concat_tables(parts)


def traced_accounts(
    net: Network,
    found: Services,
    traces: Traces,
    holders: Mapping[str, str],
    params: MoneyParams,
) -> list[dict[str, object]]:
    """Rows of `traced_account`: each account that victims' money reached by the main method, and where it stopped."""
    main, n = traces.main, net.n
    onward = ~net.back
    received = summed(net.target[onward], main.usd[onward], n)
    low = _over_methods(net, traces, n, np.minimum)
    high = _over_methods(net, traces, n, np.maximum)
    some = (main.usd > 0.0) & onward
    first, last = np.full(n, np.iinfo(np.int64).max), np.full(n, np.iinfo(np.int64).min)
    np.minimum.at(first, net.target[some], net.time[some])
    np.maximum.at(last, net.target[some], net.time[some])
    hops = np.full(n, taint.FAR, dtype=np.int64)
    np.minimum.at(hops, net.target[some], main.hops[some])
    end = int(net.time[-1]) if len(net.time) else 0
    kept = main.held + main.let_go
    names = net.accounts.to_pylist()
    rows: list[dict[str, object]] = []
    for a in np.flatnonzero(received > 0.0):
        account = names[a]
        stop, cash_out, reason = _stop(
            account, int(a), found, traces, float(kept[a] / received[a]), bool(kept[a] >= params.kept_usd),
            float(main.let_go[a] / received[a]),
            int(hops[a]) + 1 >= params.max_hops, float(main.unseen[a]), (end - int(last[a])) / _DAY, params,
        )  # fmt: skip
        rows.append(
            {
                "account": account,
                "holder_id": holders.get(account),
                "received_usd": float(received[a]),
                "kept_usd": float(kept[a]),
                "low_usd": float(low[a]),
                "high_usd": float(high[a]),
                "n_hops": int(hops[a]),
                "first_at": np.datetime64(int(first[a]), "us").item(),
                "last_at": np.datetime64(int(last[a]), "us").item(),
                "stop_reason": stop,
                "cash_out": cash_out,
                "unseen_inflow_usd": float(main.unseen[a]),
                "service_score": float(found.score[a]),
                "reason": reason,
            }
        )
    return rows


def _stop(
    account: str,
    code: int,
    found: Services,
    traces: Traces,
    kept: float,
    large: bool,
    let_go: float,
    far: bool,
    unseen: float,
    quiet_days: float,
    params: MoneyParams,
) -> tuple[str | None, bool, str]:
    """Stop reason, whether it is a cash-out point, and both in words."""
    gap = f"; sent {unseen:,.0f} USD beyond what it was seen to have" if unseen > 0.0 else ""
    if account in found.kinds:
        kind = found.kinds[account]
        stop = service_class(kind)
        told = f"told to be a service ({kind})" if kind else "told to be a service, kind not told"
        return stop, stop == "cash_out", f"{told}: the trace ends here, its operator can be asked"
    if account in found.cash:
        return "cash_out", True, "paid in cash: the money leaves the accounts here"
    if found.stops[code]:
        seen = f"score {found.score[code]:.2f}, {found.payers[code]} payers, {found.payees[code]} payees"
        return "service", True, f"behaves like a service ({seen}): the trace ends here, its operator can be asked"
    if code in traces.lives:
        # It may be a private person: no place where the money is known to leave the accounts.
        return "service", False, f"{traces.lives[code]}: the trace ends here, its holder can be asked"
    if kept < params.kept_share and not large:
        return None, False, "sent on" + (f", {kept:.0%} kept" if kept >= 0.005 else "") + gap
    if traces.main.beyond[code] & kernel.UNSEEN:
        return "unseen_inflow", False, "not followed on: it sends more than it was seen to have" + gap
    if far or traces.main.beyond[code] & kernel.HOPS:
        return "limit", False, f"{params.max_hops} transfers from a victim: not followed further" + gap
    if traces.main.beyond[code] & kernel.SPAN:
        return (
            "limit",
            False,
            f"paid on more than {_days(params.max_days)} after victims paid: not followed further" + gap,
        )
    if traces.main.beyond[code] & kernel.HELD:
        return "limit", False, f"lay there for more than {_days(params.max_hold_days)}: not followed further" + gap
    if let_go > kept / 2:
        return "limit", False, "sent on in parts too small or too mixed to follow" + gap
    if quiet_days >= params.parked_days:
        return "parked", False, f"{kept:.0%} kept, {_days(quiet_days)} without a payment onward" + gap
    return "end_of_evidence", False, f"{kept:.0%} kept when the evidence ends, {_days(quiet_days)} later" + gap


def cash_out_shares(net: Network, traces: Traces, points: set[str]) -> Floats:
    """Of each transfer's traced money, the share that reached a cash-out point, by haircut."""
    value = net.flags(points).astype(np.float64)
    return taint.fate(net.source, net.target, traces.by["haircut"].usd, traces.by["haircut"].left, net.back, value)


def _over_methods(net: Network, traces: Traces, n: int, pick: np.ufunc) -> Floats:
    onward = ~net.back
    chosen: Floats = pick.reduce([summed(net.target[onward], c.usd[onward], n) for c in traces.by.values()])
    return chosen


def _days(count: float) -> str:
    return "1 day" if round(count) == 1 else f"{count:,.0f} days"
