"""Runs: money that goes from account to account, round to where it began, peeled on the way, or merely handed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from upriver.graph.build import Flags, Longs
from upriver.graph.paths import rings
from upriver.graph.windows import Sorted, chains, relays
from upriver.money.pattern import MOST_CANDIDATES, Pattern, grown

if TYPE_CHECKING:
    from upriver.money.params import MoneyParams
    from upriver.money.tracing import Network

_HOUR = 3_600_000_000  # microseconds


def cycles(net: Network, stops: Flags, window: int, params: MoneyParams) -> list[Pattern]:
    """Rings whose money nearly all comes back."""
    big = np.flatnonzero(net.amount >= params.least_usd)
    found = rings(net.time[big], net.source[big], net.target[big], net.amount[big], stops, window, params.ring)
    patterns = []
    for ring in found:
        places = tuple(int(big[i]) for i in ring)
        usd, back = float(net.amount[places[0]]), float(net.amount[places[-1]])
        share = min(usd, back) / max(usd, back)
        marks = (f"{100 * back / usd:.0f} % of the money came back", f"over {len(places)} transfers")
        inner = tuple(sorted({int(net.source[place]) for place in places}))
        patterns.append(
            Pattern("cycle", int(net.source[places[0]]), share * grown(len(places), 2), places, usd, len(places),
                    marks=marks, inner=inner)
        )  # fmt: skip
    return patterns


def peel_chains(net: Network, out: Sorted, stops: Flags, window: int, params: MoneyParams) -> list[Pattern]:
    """Longest chains in which each account hands on most of what came and a little goes elsewhere."""
    after, length, followed = chains(
        net.source, net.target, net.time, net.amount, stops, out.offsets, out.order, window, params.least_usd
    )
    patterns = []
    for places in _followed(after, length, followed, params.peel):
        n, usd = len(places), float(net.amount[places[0]])
        marks = (f"{n} transfers in a row, where {params.peel} are enough",
                 f"{100 * net.amount[places[-1]] / usd:.0f} % of it at the end")  # fmt: skip
        patterns.append(
            Pattern("peel_chain", int(net.source[places[0]]), grown(n, params.peel), places, usd, n, marks=marks,
                    inner=_middle(net, places))
        )  # fmt: skip
    return patterns


def layers(net: Network, out: Sorted, stops: Flags, params: MoneyParams) -> list[Pattern]:
    """Chains of accounts that hand one sum on within hours, less a small fee each."""
    within = int(params.quick_hours * _HOUR)
    after, length, followed = relays(
        net.source, net.target, net.time, net.amount, stops, out.offsets, out.order, within, params.fee,
        params.least_usd,
    )  # fmt: skip
    received = np.bincount(net.target, weights=net.amount, minlength=net.n)
    patterns = []
    for places in _followed(after, length, followed, params.layers):
        n, usd = len(places), float(net.amount[places[0]])
        middle = _middle(net, places)
        # In a busy account two like sums within a day meet by chance: what share of all it got is handed on like this?
        own = sum(min(float(net.amount[place]) / float(received[net.target[place]]), 1.0) for place in places[:-1])
        share = own / (n - 1)
        kept = 1 - float(net.amount[places[-1]]) / usd
        marks = (f"{n} transfers in a row, where {params.layers} are enough",
                 f"{100 * kept:.1f} % kept on the way",
                 f"on average {100 * share:.0f} % of all that the accounts between ever received")  # fmt: skip
        patterns.append(
            Pattern("layering", int(net.source[places[0]]), grown(n, params.layers) * share**0.5, places, usd, n,
                    marks=marks, inner=middle)
        )  # fmt: skip
    return patterns


def _followed(after: Longs, length: Longs, followed: Flags, least: int) -> list[tuple[int, ...]]:
    """Transfers of each chain of `least` or more from its first one, the longest chains first where there are many."""
    starts = np.flatnonzero((length >= least) & ~followed)
    starts = np.sort(starts[np.argsort(-length[starts], kind="stable")[:MOST_CANDIDATES]])
    runs = []
    for start in starts:
        places = [int(start)]
        while after[places[-1]] >= 0:
            places.append(int(after[places[-1]]))
        runs.append(tuple(places))
    return runs


def _middle(net: Network, places: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted({int(net.target[place]) for place in places[:-1]}))
