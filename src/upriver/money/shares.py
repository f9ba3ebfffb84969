"""How much of which victim's money stands where: the finished traces, shared out among all victims in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from upriver.graph.build import Floats, Ints, Longs
from upriver.graph.shares import Parts, Shares, at_home, shares, spread
from upriver.graph.taint import Moves
from upriver.model.columns import MOST_RECORDS
from upriver.model.ids import content_id
from upriver.money.spread import Traces
from upriver.money.tracing import Network

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.money.params import MoneyParams

_KINDS = {"victim_payment": "loss", "ransom": "ransom", "stolen": "stolen"}


def attributions(
    flow: pa.Table,
    net: Network,
    traces: Traces,
    home: Ints,
    stop: Mapping[str, object],
    params: MoneyParams,
) -> list[dict[str, object]]:
    """Rows of `attribution`.

    flow      the flow table, in the order of its key
    net       with joined legs as accounts of their own, as it was traced
    traces    the main one's figures are told, the others widen the spread
    home      per account of `net`: the one at which its money lies
    stop      stop reason by traced account
    """
    whose, code = owners(flow, net)
    if not whose:
        return []
    nothing = np.zeros(net.n)
    moves = Moves(
        net.source, net.target, net.amount, net.entry, net.back, np.zeros(net.n, dtype=np.bool_), nothing
    )  # fmt: skip
    n, main = len(whose), traces.main
    # Only what comes to an end, or back, is asked for: what is passed on brings nothing to its account.
    ends = (main.held + main.let_go > 0.0)[net.target] | net.back
    found = at_home(shares(moves, main, code, n, main.presumed, params.share_least, ends & (main.usd > 0.0)), home)
    others = [one for one in traces.by.values() if one is not main]
    rest = [at_home(shares(moves, one, code, n, one.presumed, params.share_least), home) for one in others]
    brought = _brought(found.carried, replace(net, target=home[net.target]), n)
    rows: list[dict[str, object]] = []
    for fate in ("stands", "returned", "let_go"):
        parts: Parts = getattr(found, fate)
        over = spread(parts, (getattr(one, fate) for one in rest), n)
        rows += _rows(flow, net, found, parts, over, whose, brought, fate, stop)
    return rows


def owners(flow: pa.Table, net: Network) -> tuple[list[tuple[str, str]], Ints]:
    """(victim_id, kind) in order, and which of them each transfer's new money is of; -1 where it brings none."""
    entries = np.flatnonzero(net.entry)
    told = flow.select(["origin", "victim_id", "source_account"]).take(net.row[entries]).to_pydict()
    owner = [
        (victim or account, _KINDS[origin])
        for origin, victim, account in zip(told["origin"], told["victim_id"], told["source_account"], strict=True)
    ]
    distinct = sorted(set(owner))
    place = {one: position for position, one in enumerate(distinct)}
    code = np.full(len(net.row), -1, dtype=np.int32)
    code[entries] = [place[one] for one in owner]
    return distinct, code


def _rows(
    flow: pa.Table,
    net: Network,
    found: Shares,
    parts: Parts,
    over: tuple[Floats, Floats],
    owners: Sequence[tuple[str, str]],
    brought: Mapping[tuple[int, bool, int], Longs],
    fate: str,
    stop: Mapping[str, object],
) -> list[dict[str, object]]:
    whole = np.bincount(parts.place, weights=parts.usd, minlength=net.n)
    accounts = net.accounts.take(parts.place).to_pylist()
    back = fate == "returned"
    named: list[tuple[str | None, str]] = [*owners, (None, "unseen"), (None, "others")]
    none = np.zeros(0, dtype=np.int64)
    came = [brought.get((int(a), back, int(v)), none) for a, v in zip(parts.place, parts.victim, strict=True)]
    wanted = np.unique(np.concatenate([none, *(some[:MOST_RECORDS] for some in came)]))
    told = flow.select(["transfer_id", "record_id"]).take(net.row[wanted]).to_pydict()
    ids = dict(zip(wanted.tolist(), told["transfer_id"], strict=True))
    records = dict(zip(wanted.tolist(), told["record_id"], strict=True))
    rows: list[dict[str, object]] = []
    for k, (account, some) in enumerate(zip(accounts, came, strict=True)):
        v, usd = int(parts.victim[k]), float(parts.usd[k])
        (victim, kind), most = named[v], some[:MOST_RECORDS].tolist()
        rows.append(
            {
                "attribution_id": content_id(victim, kind, account, fate),
                "victim_id": victim,
                "kind": kind,
                "account": account,
                "fate": fate,
                "usd": usd,
                "low_usd": float(over[0][k]),
                "high_usd": float(over[1][k]),
                "share_of_account": usd / float(whole[parts.place[k]]),
                "share_of_loss": usd / float(found.paid[v]) if v < len(owners) else None,
                "stop_reason": None if back else stop.get(account),
                "n_transfers": len(some),
                "transfer_ids": [ids[i] for i in most],
                "record_ids": sorted({records[i] for i in most}),
            }
        )
    return rows


def _brought(carried: Parts, net: Network, n: int) -> dict[tuple[int, bool, int], Longs]:
    """Transfers that brought a victim's money to an account, or back to it; most first."""
    if not len(carried.place):
        return {}
    account, back = net.target[carried.place].astype(np.int64), net.back[carried.place]
    order = np.lexsort((carried.place, -carried.usd, carried.victim, back, account))
    key = (account * 2 + back) * (n + 2) + carried.victim
    starts = np.flatnonzero(np.r_[True, np.diff(key[order]) != 0])
    groups = np.split(carried.place[order].astype(np.int64), starts[1:])
    first = order[starts]
    return {
        (int(account[i]), bool(back[i]), int(carried.victim[i])): group for i, group in zip(first, groups, strict=True)
    }
