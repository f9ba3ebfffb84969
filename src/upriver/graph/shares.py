"""Whose money is where: a finished trace of any method, shared out among the victims whose money it follows.

The method decides how much traced money a transfer carries. Whose it is, is decided here, in one pass for all victims:
the traced money of an account is one blend, and what leaves it takes from each in the proportion in which they are in
it at that moment (the "rolling charge"; equal among innocent victims, whatever the order of their payments).

A blend is kept by reference. An account that holds the money of one payer has that payer's blend, and paying costs
the same whoever many victims are in it; a new blend is made only when an account pays out of several. Nothing is lost:
of each victim stands + returned + let go + folded = paid in, to 1e-9 of it.

source  Barlow Clowes International v Vaughan [1992] 4 All ER 22, for the rules among which courts choose
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from upriver.graph.build import Flags, Floats, Ints, Longs
from upriver.graph.taint import CRUMB, Carried, Moves

LEAST = 1e-6  # of what a victim paid in: a smaller part in a blend is folded into `others`
ROUNDING = 1e-12  # of what is held: a remainder below this is the rounding of a sum, and goes with the rest
LOST = 1e-6  # of what came in: a trace that misses more than this does not conserve money


@dataclass(frozen=True, slots=True)
class Parts:
    """Sums by place and victim, sorted by both; parallel arrays.

    place   account, or place of a transfer
    victim  code; n_victims: presumed, from a gap in the record; n_victims + 1: others, folded
    """

    place: Ints
    victim: Ints
    usd: Floats


@dataclass(frozen=True, slots=True)
class Shares:
    """What became of each victim's money.

    stands    by account: held there at the end
    let_go    by account: what the method let go there; shared as what lay there at the end
    returned  by account that money was given back to: whose money it was, which need not be the victim's who got it
    carried   by transfer, of those that were asked for
    paid      per victim, and presumed: USD that entered
    folded    per victim, and presumed: USD that stands, was returned or let go under `others`
    """

    stands: Parts
    let_go: Parts
    returned: Parts
    carried: Parts
    paid: Floats
    folded: Floats

    def total(self, parts: Parts) -> Floats:
        """Sums per victim, then presumed and others."""
        return np.bincount(parts.victim, weights=parts.usd, minlength=len(self.paid) + 1).astype(np.float64)


def shares(
    moves: Moves,
    carried: Carried,
    victim: Ints,
    n_victims: int,
    presumed: Floats | None = None,
    least: float = LEAST,
    ask: Flags | None = None,
) -> Shares:
    """Share a finished trace out among victims.

    victim    per transfer: whose money enters with it, 0 .. n_victims - 1; read where `carried.entered` > 0
    presumed  per transfer: USD that came from a gap in the record, a share of its own
    least     part of what a victim paid in below which its money in a blend is folded into `others`; 0: never
    ask       per transfer: whether its parts are wanted

    Time grows with the traced transfers and with the sizes of the blends that are made; memory with the blends that
    accounts hold at one time, at most accounts times victims.

    raises  ValueError where the trace does not conserve money (poison), or an entry has no victim
    """
    n, n_accounts = len(moves.source), len(moves.stops)
    gaps = np.zeros(n) if presumed is None else presumed
    enters = carried.entered > 0.0
    if n and enters.any() and not (victim[enters].min() >= 0 and victim[enters].max() < n_victims):
        raise ValueError("an entry without a victim")
    came = float(carried.entered.sum() + gaps.sum())
    went = float(carried.held.sum() + carried.let_go.sum() + carried.usd[moves.back].sum())
    # Each step of a method may drop a crumb: in a file whose unit is a whole coin, crumbs are all there is.
    if abs(came - went) > LOST * came + CRUMB * n:
        raise ValueError("the trace does not conserve money: it has no shares")
    paid = np.zeros(n_victims + 1)
    paid[:n_victims] = np.bincount(victim[enters], weights=carried.entered[enters], minlength=n_victims)
    paid[n_victims] = gaps.sum()
    asked = np.zeros(n, dtype=np.bool_) if ask is None else ask
    ends, rows, folded = _blends(
        moves.source, moves.target, carried.usd, carried.entered, gaps, moves.back, victim, n_accounts, n_victims,
        paid * least, asked,
    )  # fmt: skip
    place, code, usd = _sorted(*ends)
    back = place >= n_accounts
    at, who, much = place[~back], code[~back], usd[~back]
    kept = carried.held + carried.let_go
    part = np.divide(carried.let_go, kept, out=np.zeros(n_accounts), where=kept > 0.0)[at]
    gone = part > 0.0
    stays = part < 1.0
    return Shares(
        Parts(at[stays], who[stays], (much * (1.0 - part))[stays]),
        Parts(at[gone], who[gone], (much * part)[gone]),
        Parts((place[back] - n_accounts).astype(np.int32), code[back], usd[back]),
        Parts(*_sorted(*rows)),
        paid,
        folded,
    )


def at_home(found: Shares, home: Ints) -> Shares:
    """The same by other accounts: what lies with account `a` lies with `home[a]`, of a leg with its service."""

    def moved(parts: Parts) -> Parts:
        key, place = np.unique(
            home[parts.place].astype(np.int64) * (len(found.paid) + 1) + parts.victim, return_inverse=True
        )
        return Parts(
            (key // (len(found.paid) + 1)).astype(np.int32),
            (key % (len(found.paid) + 1)).astype(np.int32),
            np.bincount(place, weights=parts.usd, minlength=len(key)).astype(np.float64),
        )

    return replace(found, stands=moved(found.stands), let_go=moved(found.let_go), returned=moved(found.returned))


def spread(parts: Parts, others: Iterable[Parts], n_victims: int) -> tuple[Floats, Floats]:
    """Least and most USD of each of `parts` over them and the parts of other methods, 0 where a method has none."""
    low, high = parts.usd.copy(), parts.usd.copy()
    wanted = parts.place.astype(np.int64) * (n_victims + 2) + parts.victim
    for other in others:
        key = other.place.astype(np.int64) * (n_victims + 2) + other.victim
        usd = np.zeros(len(wanted))
        if len(key):
            place = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
            usd = np.where(key[place] == wanted, other.usd[place], 0.0)
        low, high = np.minimum(low, usd), np.maximum(high, usd)
    return low, high


def _sorted(place: Longs, code: Ints, usd: Floats) -> tuple[Ints, Ints, Floats]:
    order = np.lexsort((code, place))
    place, code, usd = place[order], code[order], usd[order]
    # A payment carries old money of a victim and new: one part.
    fresh = np.flatnonzero(np.r_[True, (place[1:] != place[:-1]) | (code[1:] != code[:-1])]) if len(place) else order
    return place[fresh].astype(np.int32), code[fresh], np.add.reduceat(usd, fresh) if len(usd) else usd


# Counters of `_blends`, in one array that its helpers change.
_LOTS, _FREE_LOT, _NODES, _FREE_NODE, _USED, _LIVE = 0, 1, 2, 3, 4, 5


@njit(cache=True)
def _blends(
    source: Ints,
    target: Ints,
    usd: Floats,
    entered: Floats,
    presumed: Floats,
    back: Flags,
    victim: Ints,
    n_accounts: int,
    n_victims: int,
    floor: Floats,
    asked: Flags,
) -> tuple[tuple[Longs, Ints, Floats], tuple[Longs, Ints, Floats], Floats]:
    """Parts that lie at each place at the end, parts of each asked transfer, and what was folded per victim.

    A place is an account, or n_accounts + an account that money was given back to. It holds a list of lots (blend,
    USD). A blend is a stretch of `code` and `share`, shared by all lots that refer to it; blend v is victim v alone.
    """
    n_codes = n_victims + 2
    places = 2 * n_accounts
    first, last = np.full(places, -1, dtype=np.int64), np.full(places, -1, dtype=np.int64)
    weight = np.zeros(places, dtype=np.int64)  # entries of the blends of a place's lots
    lot_blend, lot_usd, lot_next = np.empty(64, dtype=np.int64), np.empty(64), np.empty(64, dtype=np.int64)
    room = 4 * n_codes + 64
    start, length = np.empty(n_codes + 64, dtype=np.int64), np.empty(n_codes + 64, dtype=np.int64)
    uses = np.empty(n_codes + 64, dtype=np.int64)
    code, share = np.empty(room, dtype=np.int32), np.empty(room)
    count = np.array([0, -1, n_codes, -1, n_codes, n_codes], dtype=np.int64)
    for v in range(n_codes):
        start[v], length[v], uses[v], code[v], share[v] = v, 1, 1, v, 1.0
    acc, mark, touched = np.zeros(n_codes), np.zeros(n_codes, dtype=np.bool_), np.empty(n_codes, dtype=np.int32)
    folded = np.zeros(n_victims + 1)
    row_at, row_code, row_usd = np.empty(64, dtype=np.int64), np.empty(64, dtype=np.int32), np.empty(64)
    rows = 0
    for i in range(len(source)):
        x = usd[i]
        if x <= 0.0:
            continue
        if count[_LOTS] + 3 > len(lot_usd):
            lot_blend, lot_usd, lot_next = (
                np.concatenate((lot_blend, np.empty_like(lot_blend))),
                np.concatenate((lot_usd, np.empty_like(lot_usd))),
                np.concatenate((lot_next, np.empty_like(lot_next))),
            )
        if count[_NODES] + 2 > len(start):
            start, length, uses = (
                np.concatenate((start, np.empty_like(start))),
                np.concatenate((length, np.empty_like(length))),
                np.concatenate((uses, np.empty_like(uses))),
            )
        if count[_USED] + 2 * n_codes > len(code):
            if 2 * (count[_LIVE] + 2 * n_codes) > len(code):
                code, share = np.concatenate((code, np.empty_like(code))), np.concatenate((share, np.empty_like(share)))
            else:
                _compact(start, length, uses, code, share, count)
        if asked[i] and rows + n_codes + 2 > len(row_usd):
            row_at, row_code, row_usd = (
                np.concatenate((row_at, np.empty_like(row_at))),
                np.concatenate((row_code, np.empty_like(row_code))),
                np.concatenate((row_usd, np.empty_like(row_usd))),
            )
            while rows + n_codes + 2 > len(row_usd):
                row_at, row_code, row_usd = (
                    np.concatenate((row_at, np.empty_like(row_at))),
                    np.concatenate((row_code, np.empty_like(row_code))),
                    np.concatenate((row_usd, np.empty_like(row_usd))),
                )
        s = int(source[i])
        t = int(target[i]) + (n_accounts if back[i] else 0)
        old = x - entered[i] - presumed[i]
        if old > ROUNDING * x and first[s] >= 0:
            if lot_next[first[s]] >= 0:
                _blend(
                    s, first, last, weight, lot_blend, lot_usd, lot_next, start, length, uses, code, share, count, acc,
                    mark, touched, floor, folded,
                )  # fmt: skip
            lot = first[s]
            blend = lot_blend[lot]
            if lot_usd[lot] - old <= ROUNDING * lot_usd[lot]:
                old = lot_usd[lot]
                _put(t, blend, old, first, last, weight, lot_blend, lot_usd, lot_next, length, uses, count)
                uses[blend] -= 1
                first[s] = last[s] = -1
                weight[s] = 0
                lot_next[lot] = count[_FREE_LOT]
                count[_FREE_LOT] = lot
            else:
                lot_usd[lot] -= old
                _put(t, blend, old, first, last, weight, lot_blend, lot_usd, lot_next, length, uses, count)
            if asked[i]:
                for k in range(start[blend], start[blend] + length[blend]):
                    row_at[rows], row_code[rows], row_usd[rows] = i, code[k], share[k] * old
                    rows += 1
        for part in range(2):
            new = entered[i] if part == 0 else presumed[i]
            if new > 0.0:
                blend = int(victim[i]) if part == 0 else n_victims
                _put(t, blend, new, first, last, weight, lot_blend, lot_usd, lot_next, length, uses, count)
                if asked[i]:
                    row_at[rows], row_code[rows], row_usd[rows] = i, blend, new
                    rows += 1
        # A place that is only paid would keep all blends that ever came to it: they are mixed as they pile up.
        if weight[t] > 2 * n_codes + 16:
            _blend(
                t, first, last, weight, lot_blend, lot_usd, lot_next, start, length, uses, code, share, count, acc,
                mark, touched, floor, folded,
            )  # fmt: skip
    at, who, much = np.empty(64, dtype=np.int64), np.empty(64, dtype=np.int32), np.empty(64)
    n_ends = 0
    for place in range(places):
        if first[place] < 0:
            continue
        while n_ends + n_codes > len(much):
            at, who, much = (
                np.concatenate((at, np.empty_like(at))),
                np.concatenate((who, np.empty_like(who))),
                np.concatenate((much, np.empty_like(much))),
            )
        found, _ = _gather(
            place, first, lot_blend, lot_usd, lot_next, start, length, code, share, acc, mark, touched, floor, folded
        )
        for k in range(found):
            at[n_ends], who[n_ends], much[n_ends] = place, touched[k], acc[touched[k]]
            n_ends += 1
    ends = (at[:n_ends].copy(), who[:n_ends].copy(), much[:n_ends].copy())
    return ends, (row_at[:rows].copy(), row_code[:rows].copy(), row_usd[:rows].copy()), folded


@njit(cache=True)
def _put(
    place: int,
    blend: int,
    usd: float,
    first: Longs,
    last: Longs,
    weight: Longs,
    lot_blend: Longs,
    lot_usd: Floats,
    lot_next: Longs,
    length: Longs,
    uses: Longs,
    count: Longs,
) -> None:
    """Lay `usd` of a blend down at a place."""
    lot = last[place]
    if lot >= 0 and lot_blend[lot] == blend:
        lot_usd[lot] += usd
        return
    lot = count[_FREE_LOT]
    if lot >= 0:
        count[_FREE_LOT] = lot_next[lot]
    else:
        lot = count[_LOTS]
        count[_LOTS] += 1
    lot_blend[lot], lot_usd[lot], lot_next[lot] = blend, usd, -1
    uses[blend] += 1
    weight[place] += length[blend]
    if last[place] >= 0:
        lot_next[last[place]] = lot
    else:
        first[place] = lot
    last[place] = lot


@njit(cache=True)
def _gather(
    place: int,
    first: Longs,
    lot_blend: Longs,
    lot_usd: Floats,
    lot_next: Longs,
    start: Longs,
    length: Longs,
    code: Ints,
    share: Floats,
    acc: Floats,
    mark: Flags,
    touched: Ints,
    floor: Floats,
    folded: Floats,
) -> tuple[int, float]:
    """USD by code at a place, in `acc` for the first codes of `touched`; returns how many, and their sum."""
    others = len(acc) - 1
    found = 0
    lot = first[place]
    while lot >= 0:
        blend, usd = lot_blend[lot], lot_usd[lot]
        for k in range(start[blend], start[blend] + length[blend]):
            c = code[k]
            if not mark[c]:
                mark[c] = True
                acc[c] = 0.0
                touched[found] = c
                found += 1
            acc[c] += share[k] * usd
        lot = lot_next[lot]
    kept, fold, total = 0, 0.0, 0.0
    for k in range(found):
        c = touched[k]
        mark[c] = False
        total += acc[c]
        if c == others:
            fold += acc[c]
        elif acc[c] < floor[c]:
            fold += acc[c]
            folded[c] += acc[c]
        else:
            touched[kept] = c
            kept += 1
    if fold > 0.0:
        touched[kept] = others
        acc[others] = fold
        kept += 1
    return kept, total


@njit(cache=True)
def _blend(
    place: int,
    first: Longs,
    last: Longs,
    weight: Longs,
    lot_blend: Longs,
    lot_usd: Floats,
    lot_next: Longs,
    start: Longs,
    length: Longs,
    uses: Longs,
    code: Ints,
    share: Floats,
    count: Longs,
    acc: Floats,
    mark: Flags,
    touched: Ints,
    floor: Floats,
    folded: Floats,
) -> None:
    """Make one lot of all lots of a place."""
    kept, total = _gather(
        place, first, lot_blend, lot_usd, lot_next, start, length, code, share, acc, mark, touched, floor, folded
    )
    keep = first[place]
    lot = keep
    while lot >= 0:
        following = lot_next[lot]
        blend = lot_blend[lot]
        uses[blend] -= 1
        if uses[blend] == 0:
            count[_LIVE] -= length[blend]
            start[blend] = count[_FREE_NODE]
            count[_FREE_NODE] = blend
        if lot != keep:
            lot_next[lot] = count[_FREE_LOT]
            count[_FREE_LOT] = lot
        lot = following
    if kept == 1:
        made = np.int64(touched[0])
    else:
        made = count[_FREE_NODE]
        if made >= 0:
            count[_FREE_NODE] = start[made]
        else:
            made = count[_NODES]
            count[_NODES] += 1
        start[made], length[made], uses[made] = count[_USED], kept, 0
        for k in range(kept):
            code[count[_USED] + k] = touched[k]
            share[count[_USED] + k] = acc[touched[k]] / total
        count[_USED] += kept
        count[_LIVE] += kept
    uses[made] += 1
    lot_blend[keep], lot_usd[keep], lot_next[keep] = made, total, -1
    first[place] = last[place] = keep
    weight[place] = length[made]


@njit(cache=True)
def _compact(start: Longs, length: Longs, uses: Longs, code: Ints, share: Floats, count: Longs) -> None:
    """Close the gaps that blends left which nobody holds any more."""
    n = count[_NODES]
    live = np.flatnonzero(uses[:n] > 0)
    used = 0
    for blend in live[np.argsort(start[live], kind="mergesort")]:
        begin = start[blend]
        start[blend] = used
        for k in range(length[blend]):
            code[used + k] = code[begin + k]
            share[used + k] = share[begin + k]
        used += length[blend]
    count[_USED] = used
