"""How well the two sides of a swap are joined, under rising rivals; beside two rules that look at one sign alone.

    python -m benchmarks.money_legs [--quick]

Customers pay a service at random times and are paid minutes later in another asset, less a fee, at rates that move.
One customer in three is paid at the address it paid from; one side in ten, or half of them, is not in the record.
Rivals: how many strangers' payments fit a customer's in time and value, in the mean. The draws know nothing of the
kernel's weights: delays are log-normal (median 8 minutes), fees uniform up to 1.5 %, prices off by 0.5 %.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from upriver.graph.legs import Limits, Pairs, Sides, pairs
from upriver.money.params import MoneyParams

_SECONDS = 60
_RIVALS = (0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


def limits() -> Limits:
    """The defaults of the money stage, in seconds."""
    params = MoneyParams()
    return Limits(int(params.leg_minutes * _SECONDS), params.leg_fee, params.leg_gain, params.leg_least)


def draw(
    rivals: float, n: int, seed: int, share_own: float = 1 / 3, missing: float = 0.1
) -> tuple[Sides, dict[int, int]]:
    """Payments of `n` customers of one service in time order, and the true payment out of each payment in."""
    rng = np.random.default_rng(seed)
    bounds = limits()
    usd = np.exp(rng.normal(np.log(2_000), 1.2, n))
    # A stranger fits whose log amount is as near as the limits allow: its density, meaned over the customers.
    near = (np.log1p(bounds.gain) - np.log1p(-bounds.fee)) / (2 * np.sqrt(np.pi) * 1.2)
    span = n * bounds.window * near / rivals
    at = np.sort(rng.uniform(0, span, n))
    later = at + np.minimum(np.exp(rng.normal(np.log(8 * _SECONDS), 0.8, n)), bounds.window * 1.5)
    out = usd * (1 - rng.uniform(0.002, 0.015, n)) * np.exp(rng.normal(0, 0.005, n))
    payee = np.where(rng.random(n) < share_own, np.arange(1, n + 1), np.arange(n + 1, 2 * n + 1))
    seen_in, seen_out = rng.random(n) >= missing, rng.random(n) >= missing
    source = np.concatenate([np.arange(1, n + 1)[seen_in], np.zeros(seen_out.sum(), dtype=np.int64)])
    target = np.concatenate([np.zeros(seen_in.sum(), dtype=np.int64), payee[seen_out]])
    moment = np.concatenate([at[seen_in], later[seen_out]])
    amount = np.concatenate([usd[seen_in], out[seen_out]])
    asset = np.concatenate([np.zeros(seen_in.sum()), np.ones(seen_out.sum())])
    whose = np.concatenate([np.flatnonzero(seen_in), np.flatnonzero(seen_out)])
    order = np.argsort(moment, kind="stable")
    accounts = 2 * n + 1
    operator = np.full(accounts, -1, dtype=np.int32)
    operator[0] = 0
    sides = Sides(
        source[order].astype(np.int32), target[order].astype(np.int32), moment[order].astype(np.int64), amount[order],
        asset[order].astype(np.int32), np.full(len(order), -1, dtype=np.int32), operator,
        np.full(accounts, -1, dtype=np.int32), np.arange(accounts, dtype=np.int32),
    )  # fmt: skip
    mine, kind = whose[order], asset[order]
    out_of = {int(mine[place]): int(place) for place in np.flatnonzero(kind == 1)}
    true = {int(p): out_of[int(mine[p])] for p in np.flatnonzero(kind == 0) if int(mine[p]) in out_of}
    return sides, true


def nearest(sides: Sides, bounds: Limits, by_value: bool) -> Pairs:
    """The rule that takes, for each payment in, the payment out that is nearest in value, or in time, once each."""
    paid = np.flatnonzero(sides.target == 0)
    outs = np.flatnonzero(sides.source == 0)
    taken: set[int] = set()
    first, second = [], []
    for i in paid.tolist():
        low, high = np.searchsorted(sides.time[outs], [sides.time[i], sides.time[i] + bounds.window + 1])
        near = outs[low:high]
        ratio = sides.amount[near] / sides.amount[i]
        fits = near[(ratio >= 1 - bounds.fee) & (ratio <= 1 + bounds.gain)]
        free = [int(j) for j in fits if int(j) not in taken]
        if free:
            best = min(free, key=lambda j: abs(sides.amount[j] / sides.amount[i] - 1) if by_value else sides.time[j])
            taken.add(best)
            first.append(i)
            second.append(best)
    n = len(first)
    return Pairs(np.array(first, dtype=np.int64), np.array(second, dtype=np.int64), np.ones(n), np.zeros(n, np.int32),
                 np.zeros(n, np.int64), np.ones(n, np.bool_))  # fmt: skip


def quality(found: Pairs, true: dict[int, int]) -> tuple[float, float]:
    """Precision and recall of the joined pairs."""
    joined = [(int(a), int(b)) for a, b, yes in zip(found.first, found.second, found.joined, strict=True) if yes]
    right = sum(true.get(a) == b for a, b in joined)
    return (right / len(joined) if joined else 1.0), right / max(len(true), 1)


def main(arguments: list[str] | None = None) -> int:
    """Print precision and recall by rivals, then the speed."""
    quick = "--quick" in (sys.argv[1:] if arguments is None else arguments)
    n, seeds = (2_000, (1,)) if quick else (10_000, (1, 2))
    bounds = limits()
    for missing in (0.1, 0.5):
        print(f"\nprecision / recall of joined pairs, {missing:.0%} of the sides not in the record")
        print(f"{'rivals':>8}{'upriver':>18}{'its confidence':>18}{'nearest value':>18}{'soonest':>18}")
        for rivals in _RIVALS:
            cells, sure = [], []
            for seed in seeds:
                sides, true = draw(rivals, n, seed, missing=missing)
                found = pairs(sides, bounds)
                sure.append(found.confidence[found.joined].mean() if found.joined.any() else np.nan)
                rules = (found, nearest(sides, bounds, True), nearest(sides, bounds, False))
                cells.append([quality(rule, true) for rule in rules])
            told = [f"{precision:.3f} / {recall:.3f}" for precision, recall in np.mean(cells, axis=0)]
            print(f"{rivals:8g}{told[0]:>18}{np.nanmean(sure):>18.3f}{told[1]:>18}{told[2]:>18}", flush=True)
    sides, _ = draw(0.3, 20_000 if quick else 500_000, 7)
    pairs(draw(0.3, 100, 1)[0], bounds)
    begin = time.perf_counter()
    pairs(sides, bounds)
    took = time.perf_counter() - begin
    speed = len(sides.time) / took / 1e6
    print(f"\n{len(sides.time):,} payments of one service, 0.3 rivals: {took:.1f} s, {speed:.2f} million a second")
    return 0


if __name__ == "__main__":
    sys.exit(main())
