"""Upriver's own method: last in, first out, steered by how the accounts live that are paid.

Alone, last-in-first-out is right only as long as innocent money comes at other times than the traced money. Where an
account holds traced and clean money, a payment to an account that was new when the traced money came, or where traced
money meets again, takes the traced money first; a payment to anyone else takes the clean money first. Within each the
newest goes first. Two rounds: beside haircut, then beside the mean of haircut and the first round.

An account that has almost only traced money and sends more than it was seen to have (swaps, a transfer missing from
the record) is taken to carry on: the gap is traced too, and stands in `presumed`, apart from what entered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from upriver.graph.build import Flags, Floats, Ints, Longs
from upriver.graph.habits import Habits, established, habits, likely
from upriver.graph.taint import CRUMB, FAR, NO_CUT, Carried, Cut, Moves, haircut


@dataclass(frozen=True, slots=True)
class AutoParams:
    """Why these: they hold over both kinds of noise and missing transfers of benchmarks/money_quality.py.

    dust       a transfer is not followed that carries less than this share of all that entered until then
    share      nor one of which less than this share is traced
    carry      an account carries on with unseen money if at least this share of what it received is traced;
               above 1, none does
    least      share of a transfer that makes it traced, when habits are read
    grace      seconds before the first traced money that are no history
    quick      seconds within which a lent account hands on; fee: the share it keeps at most
    passed     share handed on so that makes it a lent account, whatever its other habits
    fan        payers and payees that make a service
    others     payers of other money that make a life of its own, where it lived on other money before
    meeting    payers of traced money that make a meeting place
    rounds     of reading habits and tracing
    """

    dust: float = 1e-6
    share: float = 0.1
    carry: float = 0.9
    least: float = 0.1
    grace: int = 3_600
    quick: int = 86_400
    fee: float = 0.1
    passed: float = 0.5
    fan: int = 12
    others: int = 2
    meeting: int = 2
    rounds: int = 2


DEFAULTS = AutoParams()


@dataclass(frozen=True, slots=True)
class Auto:
    """What `auto` found.

    carried   as of any method; entered + presumed = held + let go + returned
    presumed  per transfer: USD beyond what its sender was seen to have, taken to be traced
    stops     per account: told, or established where none were told
    habits    what the choice of stops was read from
    """

    carried: Carried
    presumed: Floats
    stops: Flags
    habits: Habits


def auto(
    moves: Moves, time: Longs, cut: Cut = NO_CUT, params: AutoParams = DEFAULTS, find_services: bool = True
) -> Auto:
    """Trace by habits.

    time           seconds per transfer, in the order of the moves
    cut            limits beside the method's own dust
    find_services  stop at established accounts too; leave out where a list of services is told
    """
    first = haircut(moves, Cut(hops=cut.hops))
    read = (params.least, params.grace, params.quick, params.fee)
    # Stops are found on a trace that runs through everything, at the least mixing that still counts.
    found = habits(moves, time, first.usd, params.least / 2, *read[1:])
    stops = moves.stops
    if find_services:
        stopped = established(found, params.fan, params.others, params.passed)
        stopped[moves.source[moves.entry]] = False
        stops = stops | stopped
        moves = replace(moves, stops=stops)
        first = haircut(moves, Cut(hops=cut.hops))
    usd = first.usd
    for _ in range(max(params.rounds, 1)):
        wanted = likely(habits(moves, time, usd, *read), params.meeting)
        parts = _steered(
            *moves.arrays, wanted, cut.usd, max(cut.share, params.share), params.dust, cut.hops, cut.halt, params.carry,
        )  # fmt: skip
        usd = (parts[0] + first.usd) / 2
    return Auto(Carried(*parts[:3], np.empty(0), *parts[3:6]), parts[6], stops, found)


@njit(cache=True)
def _steered(
    source: Ints,
    target: Ints,
    amount: Floats,
    entry: Flags,
    back: Flags,
    stops: Flags,
    opening: Floats,
    wanted: Flags,
    cut_usd: float,
    cut_share: float,
    dust: float,
    max_hops: int,
    halt: bool,
    carry: float,
) -> tuple[Floats, Floats, Ints, Floats, Floats, Floats, Floats]:
    """Each account holds a stack of lots: lot i begun by transfer i, lot n + a with account a from the start."""
    n, n_accounts = len(source), len(stops)
    usd, entered, presumed = np.zeros(n), np.zeros(n), np.zeros(n)
    hops = np.full(n, FAR, dtype=np.int32)
    near = np.full(n_accounts, FAR, dtype=np.int32)
    held, let_go, unseen = np.zeros(n_accounts), np.zeros(n_accounts), np.zeros(n_accounts)
    got, got_traced = np.zeros(n_accounts), np.zeros(n_accounts)
    traced, clean = np.zeros(n + n_accounts), np.zeros(n + n_accounts)
    below = np.full(n + n_accounts, -1, dtype=np.int64)
    above = np.full(n + n_accounts, -1, dtype=np.int64)
    top = np.full(n_accounts, -1, dtype=np.int64)
    halted = stops.copy()
    total = 0.0
    for a in range(n_accounts):
        if opening[a] > 0.0:
            clean[n + a] = opening[a]
            top[a] = n + a
    for i in range(n):
        s, t, x = source[i], target[i], amount[i]
        need, carried = x, 0.0
        pays = not halted[s] and (near[s] == FAR or near[s] < max_hops)
        for step in range(0 if held[s] > 0.0 else 1, 2):
            lot = top[s] if pays else -1
            while lot >= 0 and need > CRUMB:
                under = below[lot]
                if step == 1 or wanted[t] == (traced[lot] > clean[lot]):
                    size = traced[lot] + clean[lot]
                    if size - need < CRUMB:
                        part = traced[lot]
                        need -= size
                        if under >= 0:
                            above[under] = above[lot]
                        if above[lot] >= 0:
                            below[above[lot]] = under
                        else:
                            top[s] = under
                    else:
                        part = traced[lot] * (need / size)
                        clean[lot] -= need - part
                        traced[lot] -= part
                        need = 0.0
                    carried += part
                lot = under
        held[s] = max(held[s] - carried, 0.0)
        carried = min(carried, x)
        hop = near[s]
        gap = 0.0
        if need > CRUMB and pays:
            unseen[s] += need
            if halt and near[s] < FAR and not entry[i]:
                halted[s] = True
            elif got_traced[s] > 0.0 and got_traced[s] >= carry * got[s]:
                gap = need
        if entry[i]:
            entered[i] = max(x - carried, 0.0)
            total += entered[i]
            carried += entered[i]
            hop = 0
        elif carried + gap < max(cut_usd, dust * total) or carried + gap < cut_share * x:
            let_go[s] += carried
            carried = 0.0
        else:
            presumed[i] = gap
            carried += gap
        followed = 0.0
        if carried > 0.0:
            usd[i] = carried
            hops[i] = hop
            if not back[i]:
                followed = carried
                held[t] += carried
                near[t] = min(near[t], hop + 1)
        got[t] += x
        got_traced[t] += followed
        if not stops[t]:
            rest = max(x - followed, 0.0)
            lot = top[t]
            # Neighbours of one kind are one lot: the stack of a busy account stays short.
            if lot >= 0 and ((followed == 0.0 and traced[lot] == 0.0) or (rest == 0.0 and clean[lot] == 0.0)):
                traced[lot] += followed
                clean[lot] += rest
            else:
                traced[i], clean[i] = followed, rest
                below[i] = lot
                if lot >= 0:
                    above[lot] = i
                top[t] = i
    return usd, entered, hops, held, let_go, unseen, presumed
