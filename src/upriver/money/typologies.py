"""Typologies: patterns of transfers that laundering leaves, each with an innocent reading, the strongest only.

Accounts that stop a trace as services are never the centre of a pattern: everything passes through them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from upriver.graph.build import Flags, Floats, Ints
from upriver.graph.paths import rings
from upriver.graph.windows import Sorted, best_fans, best_rows, chains, quick, sorted_by
from upriver.model.ids import content_id
from upriver.money.tracing import Network

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.money.params import MoneyParams

_HOUR = 3_600_000_000  # microseconds
_MOST_TRANSFERS = 50


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Transfers (places in time order) that look like `kind` around `account`; strength 0 to 1."""

    kind: str
    account: int
    strength: float
    transfers: tuple[int, ...]
    usd: float
    n: int
    share: float = 0.0


def alerts(flow: pa.Table, net: Network, stops: Flags, traced: Floats, params: MoneyParams) -> list[dict[str, object]]:
    """Rows of `alert`: of each kind the strongest, patterns that carry victims' money first.

    traced  per transfer of the network: victims' money in it, by FIFO
    """
    if not net.n:
        return []
    window = int(params.window_days * 24 * _HOUR)
    out, into = sorted_by(net.source, net.n), sorted_by(net.target, net.n)
    fan_in = _fans("fan_in", net, into, net.source, stops, window, params)
    fan_out = _fans("fan_out", net, out, net.target, stops, window, params)
    patterns = [
        *fan_in,
        *fan_out,
        *_gather_scatter(net, fan_in, fan_out, window),
        *_cycles(net, stops, window, params),
        *_pass_through(net, into, out, stops, params),
        *_structuring(net, into, out, stops, window, params),
        *_peel_chains(net, out, stops, params),
    ]
    words = _words()
    ids = flow["transfer_id"]
    ranked: dict[str, list[tuple[float, float, int, _Pattern]]] = {}
    for pattern in patterns:
        if pattern.usd < params.least_usd:
            continue
        places = list(pattern.transfers)
        # A dollar that comes in and goes out again is in two transfers of the pattern, and is one dollar.
        share = min(float(traced[places].sum()) / float(net.amount[places].sum()), 1.0)
        carried = share * pattern.usd
        severity = 0.5 * pattern.strength + 0.5 * share
        ranked.setdefault(pattern.kind, []).append((-severity, -carried, pattern.account, pattern))
    rows = []
    for kind in sorted(ranked):
        best = sorted(ranked[kind], key=lambda item: (*item[:3], item[3].transfers))
        shown: set[tuple[int, ...]] = set()
        for severity, carried, _, pattern in best:
            # The same transfers seen from their payer and from their payee are one pattern.
            if pattern.transfers in shown or len(shown) == params.most_alerts:
                continue
            shown.add(pattern.transfers)
            chosen = ids.take(net.row[list(pattern.transfers)]).to_pylist()
            first, last = net.time[pattern.transfers[0]], net.time[pattern.transfers[-1]]
            rows.append(
                {
                    "alert_id": content_id(kind, *sorted(chosen)),
                    "kind": kind,
                    "account": net.accounts[pattern.account].as_py(),
                    "severity": -severity,
                    "amount_usd": pattern.usd,
                    "traced_usd": -carried,
                    "n_transfers": len(chosen),
                    "first_at": np.datetime64(int(first), "us").item(),
                    "last_at": np.datetime64(int(last), "us").item(),
                    "reason": words[kind]["reason"].format(
                        n=pattern.n,
                        usd=f"{pattern.usd:,.0f}",
                        days=f"{params.window_days:g}",
                        hours=f"{params.quick_hours:g}",
                        share=f"{100 * pattern.share:.0f}",
                    ),
                    "innocent": words[kind]["innocent"],
                    "transfer_ids": chosen[:_MOST_TRANSFERS],
                }
            )
    return rows


def _words() -> dict[str, dict[str, str]]:
    text = resources.files(__package__).joinpath("typologies.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _grown(n: float, least: float) -> float:
    """Strength of a count: 0.5 at the least that counts, towards 1 with more."""
    return float(n / (n + least))


def _fans(
    kind: str, net: Network, own: Sorted, other: Ints, stops: Flags, window: int, params: MoneyParams
) -> list[_Pattern]:
    """For each account the window with most different counterparts."""
    best, begin, end = best_fans(own.offsets, own.order, other, net.time, window, net.n)
    patterns = []
    for account in np.flatnonzero((best >= params.fan) & ~stops):
        here = own.order[begin[account] : end[account]]
        usd = float(net.amount[here].sum())
        strength = _grown(int(best[account]), params.fan)
        patterns.append(_Pattern(kind, int(account), strength, tuple(here.tolist()), usd, int(best[account])))
    return patterns


def _gather_scatter(net: Network, fan_in: list[_Pattern], fan_out: list[_Pattern], window: int) -> list[_Pattern]:
    """An account that paid out to many, soon after it gathered from many, about what it gathered."""
    scatter = {pattern.account: pattern for pattern in fan_out}
    patterns = []
    for gather in fan_in:
        there = scatter.get(gather.account)
        if there is None or there.usd > 1.05 * gather.usd or there.usd < 0.5 * gather.usd:
            continue
        if not 0 <= net.time[there.transfers[-1]] - net.time[gather.transfers[0]] <= 2 * window:
            continue
        both = tuple(sorted((*gather.transfers, *there.transfers)))
        strength = (gather.strength * there.strength) ** 0.5
        patterns.append(_Pattern("gather_scatter", gather.account, strength, both, gather.usd, gather.n + there.n))
    return patterns


def _cycles(net: Network, stops: Flags, window: int, params: MoneyParams) -> list[_Pattern]:
    """Rings whose money nearly all comes back."""
    big = np.flatnonzero(net.amount >= params.least_usd)
    found = rings(net.time[big], net.source[big], net.target[big], net.amount[big], stops, window, params.ring)
    patterns = []
    for ring in found:
        places = tuple(int(big[i]) for i in ring)
        usd, back = float(net.amount[places[0]]), float(net.amount[places[-1]])
        strength = min(usd, back) / max(usd, back) * _grown(len(places), 2)
        patterns.append(_Pattern("cycle", int(net.source[places[0]]), strength, places, usd, len(places)))
    return patterns


def _pass_through(net: Network, into: Sorted, out: Sorted, stops: Flags, params: MoneyParams) -> list[_Pattern]:
    """Accounts that send nearly all of what comes in on within hours, first in, first out."""
    within = int(params.quick_hours * _HOUR)
    left = quick(into.offsets, into.order, out.offsets, out.order, net.time, net.amount, within)
    received = np.bincount(net.target, weights=net.amount, minlength=net.n)
    n_in = np.diff(into.offsets)
    share = left / np.maximum(received, 1e-9)
    patterns = []
    for account in np.flatnonzero((share >= params.quick_share) & (n_in >= 3) & ~stops):
        places = np.sort(
            np.concatenate(
                [
                    into.order[into.offsets[account] : into.offsets[account + 1]],
                    out.order[out.offsets[account] : out.offsets[account + 1]],
                ]
            )
        )
        usd, n = float(received[account]), int(n_in[account])
        strength = float(share[account]) * _grown(n, 3)
        patterns.append(
            _Pattern("pass_through", int(account), strength, tuple(places.tolist()), usd, n, float(share[account]))
        )
    return patterns


def _structuring(
    net: Network, into: Sorted, out: Sorted, stops: Flags, window: int, params: MoneyParams
) -> list[_Pattern]:
    """Rows of amounts just below the threshold, paid in to one account or out of one."""
    least = params.threshold_usd * (1 - params.threshold_band)
    below = (net.amount >= least) & (net.amount < params.threshold_usd)
    patterns = []
    for own in (into, out):
        kept = below[own.order]
        order = own.order[kept]
        offsets = np.concatenate([[0], np.cumsum(kept)])[own.offsets].astype(np.int64)
        n, begin = best_rows(offsets, order, net.time, window)
        for account in np.flatnonzero((n >= params.n_structured) & ~stops):
            here = order[begin[account] : begin[account] + n[account]]
            usd = float(net.amount[here].sum())
            # Below the threshold by chance is common in a busy account: what share of its large transfers lies there?
            all_here = own.order[own.offsets[account] : own.offsets[account + 1]]
            in_band = float(below[all_here].sum()) / float((net.amount[all_here] >= least).sum())
            strength = in_band * _grown(int(n[account]), params.n_structured)
            patterns.append(_Pattern("structuring", int(account), strength, tuple(here.tolist()), usd, int(n[account])))
    return patterns


def _peel_chains(net: Network, out: Sorted, stops: Flags, params: MoneyParams) -> list[_Pattern]:
    """Longest chains in which each account hands on most of what came and a little goes elsewhere."""
    window = int(params.window_days * 24 * _HOUR)
    after, length, followed = chains(
        net.source, net.target, net.time, net.amount, stops, out.offsets, out.order, window, params.least_usd
    )
    patterns = []
    for start in np.flatnonzero((length >= params.peel) & ~followed):
        places = [int(start)]
        while after[places[-1]] >= 0:
            places.append(int(after[places[-1]]))
        n, usd = len(places), float(net.amount[start])
        strength = _grown(n, params.peel)
        patterns.append(_Pattern("peel_chain", int(net.source[start]), strength, tuple(places), usd, n))
    return patterns
