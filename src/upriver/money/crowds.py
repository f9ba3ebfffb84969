"""Crowds: many accounts that all pay the same many, and two such layers in a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from upriver.graph.build import Flags, Ints, Longs
from upriver.graph.crowds import crowds
from upriver.graph.keys import distinct
from upriver.money.pattern import MOST_CANDIDATES, Pattern, grown

if TYPE_CHECKING:
    from upriver.money.params import MoneyParams
    from upriver.money.tracing import Network

_CAP = 200  # ties of one account in one window


@dataclass(frozen=True, slots=True)
class Crowd:
    """Payers, payees (sorted codes) and the transfers between them in one window."""

    payers: Longs
    payees: Longs
    places: Longs


def found_crowds(net: Network, stops: Flags, window: int, params: MoneyParams) -> list[Crowd]:
    """Crowds of each window, half overlapping the next; services and money with oneself are left out."""
    usable = np.flatnonzero(~stops[net.source] & ~stops[net.target] & (net.source != net.target))
    if not len(usable):
        return []
    time = net.time[usable]
    found: list[Crowd] = []
    begin = int(time[0])
    while begin <= time[-1] and len(found) < MOST_CANDIDATES:
        low, high = np.searchsorted(time, [begin, begin + window])
        found += _of_window(net, usable[low:high], params)
        following = int(np.searchsorted(time, begin + window // 2))
        # A gap in the evidence is passed in one step.
        begin = max(begin + window // 2, int(time[following])) if following < len(time) else int(time[-1]) + 1
    return found


def _of_window(net: Network, places: Longs, params: MoneyParams) -> list[Crowd]:
    if len(places) < params.crowd * params.crowd:
        return []
    source, target = net.source[places].astype(np.int64), net.target[places].astype(np.int64)
    # Codes of this window alone: the kernel's working space then grows with the window, not with the case.
    accounts, codes = np.unique(np.concatenate([source, target]), return_inverse=True)
    n = len(accounts)
    a, b = codes[: len(places)], codes[len(places) :]
    ties = distinct(a * n + b)
    here: Ints = (ties // n).astype(np.int32)
    there: Ints = (ties % n).astype(np.int32)
    payers, payer_ends, payees, payee_ends = crowds(n, here, there, params.crowd, _CAP, params.closed)
    found = []
    for k in range(len(payer_ends)):
        ours = payers[payer_ends[k - 1] if k else 0 : payer_ends[k]]
        theirs = payees[payee_ends[k - 1] if k else 0 : payee_ends[k]]
        chosen = places[np.isin(a, ours) & np.isin(b, theirs)]
        found.append(Crowd(accounts[ours], accounts[theirs], chosen))
    return found


def bipartite(net: Network, found: list[Crowd], params: MoneyParams) -> list[Pattern]:
    """One layer of many to many."""
    patterns = []
    for crowd in found:
        usd = float(net.amount[crowd.places].sum())
        if usd < params.least_usd:
            continue
        n_payers, n_payees = len(crowd.payers), len(crowd.payees)
        pairs = len({(int(net.source[place]), int(net.target[place])) for place in crowd.places})
        share = pairs / (n_payers * n_payees)
        strength = (grown(n_payers, params.crowd) * grown(n_payees, params.crowd)) ** 0.5 * share**0.5
        marks = (f"{n_payers} payers and {n_payees} payees, where {params.crowd} of each are enough",
                 f"{100 * share:.0f} % of all pairs are paid")  # fmt: skip
        centre = _most(net.target[crowd.places], net, crowd.places)
        patterns.append(
            Pattern("bipartite", centre, strength, tuple(crowd.places.tolist()), usd, n_payers + n_payees, share,
                    marks, tuple(crowd.payees.tolist()))
        )  # fmt: skip
    return patterns


def stacks(net: Network, found: list[Crowd], window: int, params: MoneyParams) -> list[Pattern]:
    """Two layers in a row: accounts paid by one crowd pay the next crowd, later."""
    by_payer: dict[int, list[int]] = {}
    for number, crowd in enumerate(found):
        for payer in crowd.payers.tolist():
            by_payer.setdefault(payer, []).append(number)
    patterns = []
    for first in found:
        later = sorted({number for payee in first.payees.tolist() for number in by_payer.get(payee, ())})
        for second in (found[number] for number in later):
            middle = np.intersect1d(first.payees, second.payers)
            ins = first.places[np.isin(net.target[first.places], middle)]
            outs = second.places[np.isin(net.source[second.places], middle)]
            if len(middle) < params.crowd or not len(ins) or not len(outs):
                continue
            # Money goes on only after it came, and soon.
            outs = outs[(net.time[outs] >= net.time[ins[0]]) & (net.time[outs] <= net.time[ins[-1]] + window)]
            came, went = float(net.amount[ins].sum()), float(net.amount[outs].sum())
            if came < params.least_usd or not 0.5 * came <= went <= 1.05 * came:
                continue
            n = len(first.payers) + len(middle) + len(second.payees)
            marks = (f"{len(first.payers)} payers, {len(middle)} accounts between, {len(second.payees)} payees",
                     f"{100 * went / came:.0f} % of what came went on")  # fmt: skip
            places = tuple(np.union1d(ins, outs).tolist())
            patterns.append(
                Pattern("stack", _most(net.target[ins], net, ins), grown(n, 3 * params.crowd) ** 0.5, places, came, n,
                        went / came, marks, tuple(middle.tolist()))
            )  # fmt: skip
    return patterns


def _most(accounts: Ints, net: Network, places: Longs) -> int:
    """The account with most money, the smallest code of equals."""
    distinct, codes = np.unique(accounts, return_inverse=True)
    return int(distinct[int(np.argmax(np.bincount(codes, weights=net.amount[places])))])
