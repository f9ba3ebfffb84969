"""Fans: many pay one, one pays many, and the account that gathers and then scatters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from upriver.graph.build import Flags, Floats, Ints, Longs
from upriver.graph.windows import Sorted, best_fans
from upriver.money.pattern import Pattern, grown, strongest, sums

if TYPE_CHECKING:
    from upriver.money.params import MoneyParams
    from upriver.money.tracing import Network


@dataclass(frozen=True, slots=True)
class Fans:
    """For each account the window with most different counterparts: how many, `own.order[begin:end]`, its USD."""

    own: Sorted
    n: Longs
    begin: Longs
    end: Longs
    usd: Floats

    def places(self, account: int) -> tuple[int, ...]:
        return tuple(self.own.order[self.begin[account] : self.end[account]].tolist())


def fans(net: Network, own: Sorted, other: Ints, window: int) -> Fans:
    """Fans of every account; `own` sorts its transfers, `other` tells each transfer's other side."""
    n, begin, end = best_fans(own.offsets, own.order, other, net.time, window, net.n)
    return Fans(own, n, begin, end, sums(own, net.amount, begin, end))


def fan_patterns(kind: str, found: Fans, stops: Flags, params: MoneyParams) -> list[Pattern]:
    """`fan_in` or `fan_out`: accounts with many counterparts in one window."""
    strength = found.n / (found.n + params.fan)
    enough = np.flatnonzero((found.n >= params.fan) & (found.usd >= params.least_usd) & ~stops)
    side = "payers" if kind == "fan_in" else "payees"
    return [
        Pattern(
            kind,
            int(account),
            float(strength[account]),
            found.places(account),
            float(found.usd[account]),
            int(found.n[account]),
            marks=(f"{found.n[account]} different {side}, where {params.fan} are enough",),
            inner=(int(account),),
        )
        for account in strongest(enough, strength, found.usd)
    ]


def gather_scatter(
    net: Network, into: Fans, out: Fans, stops: Flags, window: int, params: MoneyParams
) -> list[Pattern]:
    """Accounts that paid out to many, soon after they gathered from many, about what they gathered."""
    both = (into.n >= params.fan) & (out.n >= params.fan) & ~stops
    both &= (out.usd <= 1.05 * into.usd) & (out.usd >= 0.5 * into.usd) & (into.usd >= params.least_usd)
    strength = np.sqrt(into.n / (into.n + params.fan) * (out.n / (out.n + params.fan)))
    patterns = []
    for account in strongest(np.flatnonzero(both), strength, into.usd):
        gather, scatter = into.places(account), out.places(account)
        if not 0 <= net.time[scatter[-1]] - net.time[gather[0]] <= 2 * window:
            continue
        n_in, n_out, usd = int(into.n[account]), int(out.n[account]), float(into.usd[account])
        marks = (
            f"{n_in} payers and {n_out} payees, where {params.fan} of each are enough",
            f"{100 * out.usd[account] / usd:.0f} % of what it gathered went out",
        )
        places = tuple(sorted((*gather, *scatter)))
        patterns.append(
            Pattern("gather_scatter", int(account), (grown(n_in, params.fan) * grown(n_out, params.fan)) ** 0.5,
                    places, usd, n_in + n_out, marks=marks, inner=(int(account),))
        )  # fmt: skip
    return patterns
