"""Legs: a payment to a swap, bridge or exchange and the payment out of it, in another asset, that is its other side.

Two signs settle it: an analyst's word, and one transaction that holds both sides. Where they are silent, a pair must
fit in time and value, and its confidence falls with every other payment that would fit as well, in either direction:

    confidence = fit / (DOUBT + rivals + strangers + fit)

fit is 1 for a payment at once and in full, 1/16 at both limits. Rivals: the fits of all other candidates of the two
payments. Strangers: the fits of payments on the wrong side of the time (out before in), which cannot be the other side
and so tell how many fit by chance, times the odds that the true other side is not in the record, read from how many
more fit on the right side than on the wrong one. That is probabilistic data association (Bar-Shalom & Tse 1975). Pairs
that come back to their own owner are settled first and are then nobody's rivals. Amounts are compared only through the
share that is lost: digits, equal amounts and the order of rows are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from upriver.graph.build import Flags, Floats, Ints, Longs

DOUBT = 0.05  # weight of "the true other side is not in the record", beside 1 for a perfect fit
CROWD = 64  # a payment with more candidates is not told apart: nothing of it is joined
ROUNDS = 8  # of weighing anew once pairs are joined: who waits longer for others to be settled is not sure
MIRROR = 8  # windows on the wrong side of a payment's time in which strangers' payments are counted
_MEAN = 0.75 / np.log(4.0)  # what 4**-delay comes to in the mean of a window
FEW = 4.0  # payments that say as much as the guess that half of the other sides are in the record
DECIDED, TRANSACTION, OWNER, FIT = 0, 1, 2, 3  # signs, the surest first


@dataclass(frozen=True, slots=True)
class Sides:
    """Transfers in the order in which they happen, with what is known of both ends.

    source, target  account codes per transfer; time: any integer that grows with time; amount: USD > 0
    asset           code per transfer, -1 where it is not known
    deal            code of the transaction per transfer, -1 where none is told
    operator        code per account that joins legs, -1 for all other accounts
    chain           code per account, -1 where it is not known
    owner           code per account: equal codes are one hand
    """

    source: Ints
    target: Ints
    time: Longs
    amount: Floats
    asset: Ints
    deal: Ints
    operator: Ints
    chain: Ints
    owner: Ints


@dataclass(frozen=True, slots=True)
class Limits:
    """window: in the unit of the times; fee: share lost at most; gain: share won at most; least: confidence to join."""

    window: int
    fee: float
    gain: float
    least: float


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs by their in-leg's place: joined ones, each transfer at most once on each side, and best candidates.

    first, second  places of the payment in and of the payment out
    confidence     0 to 1; sign: what settled it; rivals: other candidates, in both directions
    joined         False: the best candidate of a payment that stays open
    """

    first: Longs
    second: Longs
    confidence: Floats
    sign: Ints
    rivals: Longs
    joined: Flags

    def only(self, chosen: Flags | Longs) -> Pairs:
        """Those chosen, by flag or by place."""
        return Pairs(*(getattr(self, name)[chosen] for name in Pairs.__slots__))


def pairs(
    sides: Sides,
    limits: Limits,
    decided: Iterable[tuple[int, int]] = (),
    refused: Iterable[tuple[int, int]] = (),
) -> Pairs:
    """Join the legs, the surest sign first.

    decided, refused  pairs of places that an analyst joins, or keeps apart
    """
    n = len(sides.source)
    no = np.array(sorted({a * n + b for a, b in refused}), dtype=np.int64)
    pays, paid = sides.operator[sides.source], sides.operator[sides.target]
    known = sides.asset >= 0
    open_in = known & (paid >= 0) & (pays != paid)
    open_out = known & (pays >= 0) & (pays != paid)
    taken_in, taken_out = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)

    def join(found: Pairs) -> Pairs:
        """Of pairs that stand best first those that can be taken, each transfer once on each side."""
        keep = found.joined.copy()
        for k in range(len(keep)):
            a, b = found.first[k], found.second[k]
            keep[k] = keep[k] and not taken_in[a] and not taken_out[b]
            if keep[k]:
                taken_in[a] = taken_out[b] = True
        return found.only(keep)

    told = sorted({(a, b) for a, b in decided if a != b and sides.time[a] <= sides.time[b]})
    parts = [join(_sure([(a, b) for a, b in told if a * n + b not in no], DECIDED))]
    parts.append(join(_sure(_same_deal(sides, limits, no), TRANSACTION)))
    strangers = _chance(sides, limits, open_in, open_out, no)
    for sign, chance in ((OWNER, np.zeros_like(strangers)), (FIT, strangers)):
        for _ in range(ROUNDS):
            # Who is joined is no longer a rival: what is left may now be told apart.
            fits = _fitting(sides, limits, open_in & ~taken_in, open_out & ~taken_out, no, sign, chance)
            parts.append(join(fits))
            if not len(parts[-1].first):
                break
    left = fits.only(~taken_in[fits.first] & ~taken_out[fits.second])
    best = np.zeros(len(left.first), dtype=np.bool_)
    best[np.unique(left.first, return_index=True)[1]] = True  # they stand best first
    parts.append(replace(left, joined=np.zeros(len(best), dtype=np.bool_)).only(best))
    whole = Pairs(*(np.concatenate([getattr(part, name) for part in parts]) for name in Pairs.__slots__))
    return whole.only(np.lexsort((whole.second, whole.first)))


def _sure(places: Sequence[tuple[int, int]], sign: int) -> Pairs:
    n = len(places)
    both = np.array(places, dtype=np.int64).reshape(-1, 2)
    none, yes = np.zeros(n, dtype=np.int64), np.ones(n, dtype=np.bool_)
    return Pairs(both[:, 0], both[:, 1], np.ones(n), np.full(n, sign, dtype=np.int32), none, yes)


def _same_deal(sides: Sides, limits: Limits, no: Longs) -> list[tuple[int, int]]:
    """One payment in and one out, in another asset, at one operator, or anywhere on a way through one transaction.

    In a ring (a wallet pays a pool, the pool pays the wallet) each account looks like the one that swaps: only
    operators are joined there. On a way, somebody only pays and somebody is only paid, and all happens at once.
    """
    accounts = len(sides.operator)
    node = np.where(sides.operator >= 0, sides.operator.astype(np.int64) + accounts, np.arange(accounts))
    size = int(node.max(initial=0)) + 1
    pays, paid = node[sides.source], node[sides.target]
    told = np.flatnonzero((sides.deal >= 0) & (sides.asset >= 0) & (pays != paid))
    into, into_at, n_into = np.unique(sides.deal[told] * size + paid[told], return_index=True, return_counts=True)
    out, out_at, n_out = np.unique(sides.deal[told] * size + pays[told], return_index=True, return_counts=True)
    _, a, b = np.intersect1d(into, out, assume_unique=True, return_indices=True)
    alone = (n_into[a] == 1) & (n_out[b] == 1)
    only_pays = np.unique(np.setdiff1d(out, into, assume_unique=True) // size)
    only_paid = np.unique(np.setdiff1d(into, out, assume_unique=True) // size)
    way = np.isin(into[a] // size, np.intersect1d(only_pays, only_paid, assume_unique=True))
    first, second = told[into_at[a]], told[out_at[b]]
    apart = sides.time[second] - sides.time[first]
    operated = (into[a] % size >= accounts) & (apart >= 0) & (apart <= limits.window)
    keep = alone & (operated | (way & (apart == 0))) & (sides.asset[first] != sides.asset[second])
    keep &= ~np.isin(first * len(sides.source) + second, no)
    return list(zip(first[keep].tolist(), second[keep].tolist(), strict=True))


_Cells = tuple[
    Ints, Ints, Longs, Floats, Ints, Ints, Ints, Ints, Longs, Longs, Longs, Longs, Longs, Longs, Floats, float, int,
    int, int, float, float, Longs,
]  # fmt: skip


def _cells(sides: Sides, limits: Limits, open_in: Flags, open_out: Flags, no: Longs) -> _Cells:
    """What `_count` and `_weigh` begin with."""
    width = np.log1p(limits.gain) - np.log1p(-limits.fee)
    logs = np.log(sides.amount)
    floor = int(np.floor(logs.min() / width)) - 2 if len(logs) else 0
    cells = int(np.floor(logs.max() / width)) - floor + 3 if len(logs) else 1
    ins, outs = np.flatnonzero(open_in), np.flatnonzero(open_out)
    cell = np.floor(logs / width).astype(np.int64) - floor
    in_key = sides.operator[sides.target[ins]] * cells + cell[ins]
    out_key = sides.operator[sides.source[outs]] * cells + cell[outs]
    by_in, by_out = np.argsort(in_key, kind="stable"), np.argsort(out_key, kind="stable")
    return (
        sides.source, sides.target, sides.time, sides.amount, sides.asset, sides.operator, sides.chain, sides.owner,
        ins, outs, in_key[by_in], ins[by_in], out_key[by_out], outs[by_out], logs, width, floor, cells,
        limits.window, limits.fee, limits.gain, no,
    )  # fmt: skip


def _chance(sides: Sides, limits: Limits, open_in: Flags, open_out: Flags, no: Longs) -> Floats:
    """Per side and payment: weight of strangers that may fit, times the odds that the true other side is not seen."""
    chance = np.zeros((2, len(sides.source)))
    if not (open_in.any() and open_out.any()):
        return chance
    arrays = _cells(sides, limits, open_in, open_out, no)
    _, right = _count(*arrays, False, 0, limits.window, MIRROR * CROWD)
    fits, wrong = _count(*arrays, False, -MIRROR * limits.window - 1, -1, MIRROR * CROWD)
    for side, (chosen, account) in enumerate(((open_in, sides.target), (open_out, sides.source))):
        who = sides.operator[account]
        n = int(sides.operator.max(initial=-1)) + 1
        told = chosen & (right[side] <= MIRROR * CROWD)
        # Near the ends of the record the wrong side is shorter.
        room = sides.time - sides.time[0] if side == 0 else sides.time[-1] - sides.time
        windows = np.clip(room / max(limits.window, 1), 1.0, MIRROR)
        surplus = right[side] - wrong[side] / windows
        size, more = np.bincount(who[told], minlength=n), np.bincount(who[told], surplus[told], minlength=n)
        seen = np.clip((more + 0.5 * FEW) / (size + FEW), 0.05, 0.95)
        chance[side, chosen] = (fits[side] / windows)[chosen] * _MEAN * (1.0 / seen[who[chosen]] - 1.0)
    return chance


def _fitting(
    sides: Sides, limits: Limits, open_in: Flags, open_out: Flags, no: Longs, sign: int, chance: Floats
) -> Pairs:
    """Pairs that fit, best first, `joined` where that is enough; by OWNER only those that come back to their owner."""
    if not (open_in.any() and open_out.any()):
        return _sure([], sign)
    arrays = _cells(sides, limits, open_in, open_out, no)
    own = sign == OWNER
    fits, others = _count(*arrays, own, 0, limits.window, CROWD)
    first, second, confidence, rivals = _weigh(*arrays, own, chance, fits, others)
    order = np.lexsort((second, first, sides.time[second] - sides.time[first], -confidence))
    signs = np.full(len(first), sign, dtype=np.int32)
    return Pairs(first, second, confidence, signs, rivals, confidence >= limits.least).only(order)


@njit(cache=True)
def _near(
    i: int,
    j: int,
    source: Ints,
    target: Ints,
    amount: Floats,
    asset: Ints,
    chain: Ints,
    owner: Ints,
    fee: float,
    gain: float,
    no: Longs,
    own: bool,
) -> float:
    """How well the payment out `j` fits the payment in `i` in value: 1 in full, 1/4 at a limit, 0 if it cannot."""
    ratio = amount[j] / amount[i]
    if i == j or ratio < 1.0 - fee or ratio > 1.0 + gain:
        return 0.0
    if own and owner[source[i]] != owner[target[j]]:
        return 0.0
    one, other = chain[target[i]], chain[source[j]]
    if asset[i] == asset[j] and (one == other or one < 0 or other < 0):
        return 0.0
    if len(no):
        key = i * len(source) + j
        place = np.searchsorted(no, key)
        if place < len(no) and no[place] == key:
            return 0.0
    gap = (1.0 - ratio) / fee if ratio < 1.0 else (ratio - 1.0) / gain if gain > 0.0 else 0.0
    near: float = 4.0**-gap
    return near


@njit(cache=True)
def _count(
    source: Ints,
    target: Ints,
    time: Longs,
    amount: Floats,
    asset: Ints,
    operator: Ints,
    chain: Ints,
    owner: Ints,
    ins: Longs,
    outs: Longs,
    in_keys: Longs,
    in_places: Longs,
    out_keys: Longs,
    out_places: Longs,
    logs: Floats,
    width: float,
    floor: int,
    cells: int,
    window: int,
    fee: float,
    gain: float,
    no: Longs,
    own: bool,
    begin: int,
    end: int,
    most: int,
) -> tuple[Floats, Longs]:
    """Per side and payment: fits of what fits in value from `begin` to `end` after it (side 1: before); how many.

    Candidates stand in cells of operator and log amount, in time order: only near ones are looked at, `most` and one.
    """
    fits, others = np.zeros((2, len(source))), np.zeros((2, len(source)), dtype=np.int64)
    low, high = np.log(1.0 - fee), np.log(1.0 + gain)
    wide = max(window, 1)
    for side in range(2):
        keys, places = (out_keys, out_places) if side == 0 else (in_keys, in_places)
        least, largest = (low, high) if side == 0 else (-high, -low)
        for i in ins if side == 0 else outs:
            who = operator[target[i]] if side == 0 else operator[source[i]]
            first, last = (time[i] + begin, time[i] + end) if side == 0 else (time[i] - end, time[i] - begin)
            for c in range(_cell(logs[i] + least, width, floor, -1), _cell(logs[i] + largest, width, floor, 1) + 1):
                at, stop = _window(keys, places, time, who * cells + c, first, last)
                while at < stop and others[side, i] <= most:
                    j = places[at]
                    one, other = (i, j) if side == 0 else (j, i)
                    near = _near(one, other, source, target, amount, asset, chain, owner, fee, gain, no, own)
                    if near > 0.0:
                        fits[side, i] += near * 4.0 ** (-max(time[other] - time[one], 0) / wide)
                        others[side, i] += 1
                    at += 1
    return fits, others


@njit(cache=True)
def _weigh(
    source: Ints,
    target: Ints,
    time: Longs,
    amount: Floats,
    asset: Ints,
    operator: Ints,
    chain: Ints,
    owner: Ints,
    ins: Longs,
    outs: Longs,
    in_keys: Longs,
    in_places: Longs,
    out_keys: Longs,
    out_places: Longs,
    logs: Floats,
    width: float,
    floor: int,
    cells: int,
    window: int,
    fee: float,
    gain: float,
    no: Longs,
    own: bool,
    chance: Floats,
    fits: Floats,
    others: Longs,
) -> tuple[Longs, Longs, Floats, Longs]:
    """Pairs of payments that stand in no crowd: places, confidence, rivals. `fits`, `others` as `_count` gives them."""
    low, high = np.log(1.0 - fee), np.log(1.0 + gain)
    wide = max(window, 1)
    room = 0
    for i in ins:
        room += others[0, i] if others[0, i] <= CROWD else 0
    first, second = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    confidence, rivals = np.empty(room), np.empty(room, dtype=np.int64)
    k = 0
    for i in ins:
        if others[0, i] == 0 or others[0, i] > CROWD:
            continue
        who = operator[target[i]]
        for c in range(_cell(logs[i] + low, width, floor, -1), _cell(logs[i] + high, width, floor, 1) + 1):
            at, end = _window(out_keys, out_places, time, who * cells + c, time[i], time[i] + window)
            while at < end:
                j = out_places[at]
                at += 1
                if others[1, j] > CROWD:
                    continue
                near = _near(i, j, source, target, amount, asset, chain, owner, fee, gain, no, own)
                if near > 0.0:
                    fit = near * 4.0 ** (-(time[j] - time[i]) / wide)
                    rest = max(fits[0, i] - fit, 0.0) + max(fits[1, j] - fit, 0.0) + chance[0, i] + chance[1, j]
                    first[k], second[k] = i, j
                    confidence[k] = fit / (DOUBT + rest + fit)
                    rivals[k] = others[0, i] + others[1, j] - 2
                    k += 1
    return first[:k], second[:k], confidence[:k], rivals[:k]


@njit(cache=True)
def _cell(log: float, width: float, floor: int, side: int) -> int:
    # A little beyond the limit, so that rounding never hides a candidate: each is weighed exactly afterwards.
    cell: int = int(np.floor(log / width + side * 1e-9)) - floor
    return cell


@njit(cache=True)
def _window(keys: Longs, places: Longs, time: Longs, key: int, begin: int, end: int) -> tuple[int, int]:
    """Where the payments of a cell from `begin` to `end` stand."""
    low, stop = int(np.searchsorted(keys, key)), int(np.searchsorted(keys, key + 1))
    a, b = low, stop
    while a < b:
        middle = (a + b) // 2
        if time[places[middle]] < begin:
            a = middle + 1
        else:
            b = middle
    low, b = a, stop
    while a < b:
        middle = (a + b) // 2
        if time[places[middle]] <= end:
            a = middle + 1
        else:
            b = middle
    return low, a
