"""Whose loss: per account from the table `attribution`; per transfer by the same shares, which no table could hold.

Both rest on one reading (graph/shares.py): within an account the money of several losses is mixed, and each payment
takes from all in proportion to what they then had in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from upriver.graph.build import Longs
from upriver.graph.crossing import cross
from upriver.graph.shares import shares
from upriver.graph.taint import Carried, Moves
from upriver.money.params import MoneyParams
from upriver.money.shares import owners
from upriver.money.tracing import Network, network
from upriver.report.identity import Readable
from upriver.requests.victims import reference

# Nobody's by name: what an account was not seen to have and is taken for victims' money, and parts too small to tell.
PRESUMED, OTHERS = "presumed", "others"
UNNAMED = frozenset({PRESUMED, OTHERS})
_KINDS = {"unseen": PRESUMED, "others": OTHERS}

# Within an instant the order of transfers rests on all of that instant; no other transfer bears on what is traced.
_MOVED = """
SELECT f.transfer_id, f.source_account, f.target_account, f.occurred_at, f.amount_usd, f.origin, f.victim_id,
       coalesce(t.traced_usd, 0) AS traced_usd, coalesce(t.presumed_usd, 0) AS presumed_usd,
       coalesce(t.entered_usd, 0) AS entered_usd
FROM flow f LEFT JOIN (SELECT * FROM trace WHERE main) t ON t.transfer_id = f.transfer_id
WHERE f.occurred_at IN (SELECT g.occurred_at FROM flow g JOIN trace u ON u.transfer_id = g.transfer_id WHERE u.main)
ORDER BY f.transfer_id
"""
_LEGS = "SELECT in_transfer_id, out_transfer_id FROM leg WHERE joined ORDER BY in_transfer_id, out_transfer_id"


@dataclass(slots=True)
class Standing:
    """losses  account -> loss -> USD of it that lies there, the largest first
    let_go  account -> USD that left it in parts too small to follow
    """

    losses: dict[str, dict[str, float]] = field(default_factory=dict)
    let_go: dict[str, float] = field(default_factory=dict)


def standing(case: Readable) -> Standing:
    """What lies at each account and whose it is, as the money stage shared it out."""
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    found = Standing()
    for row in case.read("attribution", "victim_id", "kind", "account", "fate", "usd").to_pylist():
        if row["fate"] == "let_go":
            found.let_go[row["account"]] = found.let_go.get(row["account"], 0.0) + row["usd"]
        elif row["fate"] == "stands":
            sums[row["account"]][_loss(row["kind"], row["victim_id"])] += row["usd"]
    found.losses = {account: _largest_first(losses) for account, losses in sums.items()}
    return found


def carried(case: Readable, accounts: Collection[str]) -> dict[str, dict[str, float]]:
    """transfer_id -> loss -> USD, the largest first, of the traced transfers from or to `accounts`."""
    flow = case.sql(_MOVED)
    net = network(flow)
    order, net = _with_legs(net, flow, case.sql(_LEGS))
    told = {
        name: flow[f"{name}_usd"].to_numpy()[order].astype(np.float64) for name in ("traced", "presumed", "entered")
    }
    usd, presumed, entered = told["traced"], told["presumed"], np.where(net.entry, told["entered"], 0.0)
    onward, nothing = np.where(net.back, 0.0, usd), np.zeros(net.n)
    came = np.bincount(net.target, weights=onward, minlength=net.n)
    held = (came - np.bincount(net.source, weights=usd - entered - presumed, minlength=net.n)).astype(np.float64)
    whose, code = owners(flow, net)
    chosen = pa.array(sorted(accounts), pa.string())
    asked = np.zeros(len(order), dtype=np.bool_)
    for side in ("source_account", "target_account"):
        asked |= pc.is_in(flow[side], value_set=chosen).to_numpy(zero_copy_only=False)[order]
    found = shares(
        Moves(net.source, net.target, net.amount, net.entry, net.back, np.zeros(net.n, dtype=np.bool_), nothing),
        Carried(usd, entered, np.zeros(0, dtype=np.int32), np.zeros(0), held, nothing, nothing),
        code, len(whose), presumed, MoneyParams().share_least, asked & (usd > 0.0),
    ).carried  # fmt: skip
    names = [*(_loss(kind, victim) for victim, kind in whose), PRESUMED, OTHERS]
    ids = flow["transfer_id"].take(pa.array(order[found.place])).to_pylist()
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for transfer, victim, much in zip(ids, found.victim.tolist(), found.usd.tolist(), strict=True):
        sums[transfer][names[victim]] += much
    return {transfer: _largest_first(losses) for transfer, losses in sums.items()}


def summed(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """loss -> USD over several transfers, the largest first."""
    sums: dict[str, float] = defaultdict(float)
    for losses in parts:
        for loss, usd in losses.items():
            sums[loss] += usd
    return _largest_first(sums)


def _loss(kind: str, victim_id: str | None) -> str:
    return _KINDS[kind] if victim_id is None else reference(victim_id, account=kind == "stolen")


def _largest_first(losses: Mapping[str, float]) -> dict[str, float]:
    """What is nobody's by name stands last."""
    return dict(sorted(losses.items(), key=lambda pair: (pair[0] in UNNAMED, -pair[1], pair[0])))


def _with_legs(net: Network, flow: pa.Table, legs: pa.Table) -> tuple[Longs, Network]:
    """Rows of `flow` in the order in which they happen, and the network whose joined legs are accounts of their own."""
    place = np.argsort(net.row)
    ids = flow["transfer_id"].combine_chunks()
    sides = [pc.index_in(legs[name], value_set=ids) for name in ("in_transfer_id", "out_transfer_id")]
    # A leg that no traced money reached may lie outside of what was read.
    both = pc.and_(pc.is_valid(sides[0]), pc.is_valid(sides[1]))
    first, second = (place[side.filter(both).to_numpy().astype(np.int64)] for side in sides)
    made = cross(net.time, net.source, net.target, net.n, first, second, np.ones(len(first)))
    names = pa.array([f"leg\0{k}" for k in range(len(first))], type=net.accounts.type)
    order, accounts = made.order, pa.concat_arrays([net.accounts, names])
    return net.row[order], replace(
        net, accounts=accounts, row=net.row[order], source=made.source, target=made.target, time=net.time[order],
        amount=net.amount[order], entry=net.entry[order], back=net.back[order],
    )  # fmt: skip
