"""Mules: accounts that live briefly and hand on what they get; bursts of them around one hand; a score for each.

A score is a reason to look at an account, never at its holder: mules are recruited, deceived, and often victims.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from upriver.graph.build import Flags, Floats, Longs, summed
from upriver.graph.windows import Sorted, best_fans
from upriver.money.pattern import Pattern, grown, strongest, sums

if TYPE_CHECKING:
    from upriver.money.params import MoneyParams
    from upriver.money.tracing import Network

_DAY = 86_400_000_000  # microseconds
# What each mark adds to a score; they add up to 1.
WEIGHTS = {"passes_on": 0.35, "keeps_little": 0.15, "new_and_brief": 0.2, "funnel": 0.1, "patterns": 0.2}


@dataclass(frozen=True, slots=True)
class Lives:
    """What each account did within the evidence.

    first, last  microseconds of its first and last transfer; new: none is seen for a while before the first
    received, sent, passed  USD; passed: sent on within hours
    drawn                   of what came in, USD that a service paid out; victim: pays what a victim reports
    payers, payees          different counterparts
    """

    first: Longs
    last: Longs
    new: Flags
    received: Floats
    sent: Floats
    passed: Floats
    drawn: Floats
    victim: Flags
    payers: Longs
    payees: Longs


def lives(net: Network, into: Sorted, out: Sorted, passed: Floats, stops: Flags, params: MoneyParams) -> Lives:
    """Lives of all accounts of the network."""
    first, last = np.full(net.n, np.iinfo(np.int64).max), np.full(net.n, np.iinfo(np.int64).min)
    for own in (into, out):
        has = np.flatnonzero(np.diff(own.offsets))
        first[has] = np.minimum(first[has], net.time[own.order[own.offsets[has]]])
        last[has] = np.maximum(last[has], net.time[own.order[own.offsets[has + 1] - 1]])
    served = stops[net.source]
    victim = np.zeros(net.n, dtype=np.bool_)
    victim[net.source[net.entry]] = True
    whole = int(net.time[-1] - net.time[0]) + 1
    payers = best_fans(into.offsets, into.order, net.source, net.time, whole, net.n)[0]
    payees = best_fans(out.offsets, out.order, net.target, net.time, whole, net.n)[0]
    return Lives(
        first=first,
        last=last,
        # Where the evidence begins, all accounts look new: it must reach back a window before the first transfer.
        new=first - net.time[0] >= int(params.window_days * _DAY),
        received=summed(net.target, net.amount, net.n),
        sent=summed(net.source, net.amount, net.n),
        passed=passed,
        drawn=summed(net.target[served], net.amount[served], net.n),
        victim=victim,
        payers=payers,
        payees=payees,
    )


def brief(told: Lives, params: MoneyParams) -> Flags:
    """New accounts that live no longer than `mule_days` and send on most of what they get."""
    flags: Flags = told.new & (told.last - told.first <= int(params.mule_days * _DAY)) & (told.received > 0)
    flags &= (told.sent >= 0.7 * told.received) & (told.passed >= 0.5 * told.received)
    return flags


def bursts(
    net: Network, into: Sorted, out: Sorted, told: Lives, stops: Flags, window: int, params: MoneyParams
) -> list[Pattern]:
    """Accounts that pay, or are paid by, many brief new accounts within one window; all these accounts did is in it."""
    is_mule = brief(told, params) & ~stops
    patterns = []
    for hub, mule, words in ((net.source, net.target, "paid"), (net.target, net.source, "was paid by")):
        places = np.flatnonzero(is_mule[mule] & ~stops[hub])
        if not len(places):
            continue
        order = places[np.argsort(hub[places], kind="stable")]
        offsets = np.searchsorted(hub[order], np.arange(net.n + 1)).astype(np.int64)
        own = Sorted(offsets, order.astype(np.int64))
        n, begin, end = best_fans(own.offsets, own.order, mule, net.time, window, net.n)
        usd = sums(own, net.amount, begin, end)
        strength = n / (n + params.burst)
        for account in strongest(np.flatnonzero((n >= params.burst) & (usd >= params.least_usd)), strength, usd):
            here = own.order[begin[account] : end[account]]
            count = int(n[account])
            marks = (f"it {words} {count} new accounts, where {params.burst} are enough",
                     f"each lived {params.mule_days:g} days at most and sent on most of what it got")  # fmt: skip
            inner = tuple(sorted(set(mule[here].tolist())))
            parts = [one.order[one.offsets[k] : one.offsets[k + 1]] for one in (into, out) for k in inner]
            places = np.unique(np.concatenate(parts))
            patterns.append(
                Pattern("mule_burst", int(account), grown(count, params.burst), tuple(places.tolist()),
                        float(usd[account]), count, marks=marks, inner=inner)
            )  # fmt: skip
    return patterns


@dataclass(frozen=True, slots=True)
class Mule:
    """An account, how much it looks like a mule's, 0 to 1, and why, the heaviest reason first.

    marks  names of the marks that the reasons tell, as in `WEIGHTS`
    """

    account: int
    score: float
    reasons: tuple[str, ...]
    marks: tuple[str, ...]


def scores(told: Lives, patterns: Iterable[Pattern], stops: Flags, params: MoneyParams) -> list[Mule]:
    """Accounts that receive and send, score `mule_least` or more; highest first, at most `most_mules`.

    Accounts that pay what a victim reports, or that were stolen from, are none of them.
    """
    kinds: defaultdict[int, set[str]] = defaultdict(set)
    for pattern in patterns:
        for account in pattern.inner:
            kinds[account].add(pattern.kind)
    received = np.maximum(told.received, 1e-9)
    # What a service pays out is its customer's own: a victim buys coins at an exchange and sends them on at once.
    handed = 1.0 - np.minimum(told.drawn / received, 1.0)
    passes = np.minimum(told.passed / received, 1.0)
    # Who sends more than came in had money of its own: that is no mark of a mule.
    keeps_little = np.where(told.sent <= 1.05 * received, np.minimum(told.sent / received, 1.0), 0.0)
    new = brief(told, params)
    many, few = np.maximum(told.payers, told.payees), np.maximum(np.minimum(told.payers, told.payees), 1)
    funnel = np.where((many >= 3) & (many >= 3 * few), many / (many + 3 * few), 0.0)
    in_patterns = np.zeros(len(received))
    for account, names in kinds.items():
        in_patterns[account] = grown(len(names), 1)
    marks = {"passes_on": passes * handed, "keeps_little": keeps_little * handed,
             "new_and_brief": new.astype(np.float64), "funnel": funnel, "patterns": in_patterns}  # fmt: skip
    total = sum((WEIGHTS[name] * mark for name, mark in marks.items()), np.zeros(len(received)))
    shown = (told.received >= params.least_usd) & (told.sent > 0) & ~stops & ~told.victim & (total >= params.mule_least)
    chosen = np.flatnonzero(shown)
    chosen = chosen[np.lexsort((chosen, -told.received[chosen], -total[chosen]))][: params.most_mules]
    days = (told.last - told.first) / _DAY
    found = []
    for account in chosen.tolist():
        words = {
            "passes_on": f"{100 * passes[account]:.0f} % of what came in left within {params.quick_hours:g} hours",
            "keeps_little": f"{100 * keeps_little[account]:.0f} % of what came in went out",
            "new_and_brief": f"new, and in use for {days[account]:.1f} days only",
            "funnel": f"{told.payers[account]} payers and {told.payees[account]} payees",
            "patterns": "money passes through it in: " + ", ".join(sorted(kinds[account])).replace("_", " "),
        }
        weight = {name: WEIGHTS[name] * float(marks[name][account]) for name in WEIGHTS}
        told_reasons = sorted((name for name in WEIGHTS if marks[name][account] >= 0.5), key=lambda name: -weight[name])
        found.append(
            Mule(account, float(total[account]), tuple(words[name] for name in told_reasons), tuple(told_reasons))
        )
    return found
