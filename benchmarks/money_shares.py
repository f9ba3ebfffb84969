"""Whose money stands where: all victims in one pass, beside the obvious, which is one haircut trace for each victim.

    python -m benchmarks.money_shares [--transfers 1000000] [--victims 1000] [--large 10000000] [--large-victims 5000]

One process, the same transfers. Without folding both must give the same answer, account by account. The large run has
no peer: it would take hours.
"""

from __future__ import annotations

import argparse
import resource
from dataclasses import replace
from functools import partial

import numpy as np

from benchmarks.money_speed import drawn
from benchmarks.timing import REPEATS, best_of
from upriver.graph import taint
from upriver.graph.build import Floats, Ints
from upriver.graph.shares import LEAST, Shares, shares


def owned(moves: taint.Moves, victims: int, seed: int = 1) -> tuple[taint.Moves, Ints]:
    """Transfers whose entries belong to victims: every victim one at least, where there are as many entries.

    An entry leaves an account that nobody pays: otherwise a trace of one victim alone takes other victims' money for
    clean, and the obvious gives another answer.
    """
    chosen = np.flatnonzero(moves.entry)
    code = np.full(len(moves.source), -1, dtype=np.int32)
    code[chosen] = np.random.default_rng(seed).permutation(len(chosen)) % victims
    n = len(moves.stops)
    source = moves.source.copy()
    source[chosen] = n + code[chosen]
    more = np.zeros(victims)
    return replace(
        moves, source=source, stops=np.r_[moves.stops, more > 0.0], opening=np.r_[moves.opening, more]
    ), code  # fmt: skip


def one_by_one(moves: taint.Moves, code: Ints, victims: int) -> Floats:
    """USD held, by account and victim."""
    held = np.zeros((victims, len(moves.stops)))
    for victim in range(victims):
        held[victim] = taint.haircut(replace(moves, entry=code == victim)).held
    return held


def lost(found: Shares, victims: int) -> float:
    """Largest part of a victim's money that is nowhere."""
    went = found.total(found.stands) + found.total(found.returned) + found.total(found.let_go)
    paid = found.paid[:victims]
    some = paid > 0.0
    return float((np.abs(went[:victims] + found.folded[:victims] - paid)[some] / paid[some]).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transfers", type=int, default=1_000_000)
    parser.add_argument("--victims", type=int, default=1_000)
    parser.add_argument("--large", type=int, default=10_000_000)
    parser.add_argument("--large-victims", type=int, default=5_000)
    options = parser.parse_args()
    few, code = owned(drawn(10_000), 10)
    shares(few, taint.haircut(few), code, 10)  # compiled before the clock starts
    taint.fifo(few)
    moves, code = owned(drawn(options.transfers), options.victims)
    carried = taint.haircut(moves)
    print(
        f"shares: {options.transfers:,} transfers, {options.victims:,} victims, {len(moves.stops):,} accounts, "
        f"{int((carried.usd > 0).sum()):,} transfers traced by haircut; best of {REPEATS}"
    )
    slow = best_of(lambda: one_by_one(moves, code, options.victims), 1)
    print(f"  {'one haircut a victim':34} {slow:8.2f} s")
    trace = best_of(lambda: taint.haircut(moves))
    for label, least in (("one pass, nothing folded", 0.0), (f"one pass, below {LEAST:g} folded", LEAST)):
        took = best_of(partial(shares, moves, carried, code, options.victims, least=least)) + trace
        found = shares(moves, carried, code, options.victims, least=least)
        part = found.folded.sum() / found.paid.sum()
        print(
            f"  {label:34} {took:8.2f} s   {slow / took:6.0f} times as fast; its trace is in it; {part:.1e} folded; "
            f"lost {lost(found, options.victims):.1e}"
        )
        if not least:
            held = one_by_one(moves, code, options.victims)
            held[found.stands.victim, found.stands.place] -= found.stands.usd
            print(f"  {'':34} differs by {np.abs(held).max() / found.paid.sum():.1e} of the money from one a victim")
    moves, code = owned(drawn(options.large), options.large_victims)
    for name, method in (("haircut", taint.haircut), ("FIFO", taint.fifo)):
        carried = method(moves)
        took = best_of(partial(shares, moves, carried, code, options.large_victims), 1)
        found = shares(moves, carried, code, options.large_victims)
        print(
            f"  {options.large:,} transfers, {options.large_victims:,} victims, {name}: {took:.2f} s, "
            f"{len(found.stands.usd):,} rows, {found.folded.sum() / found.paid.sum():.1e} folded, "
            f"lost {lost(found, options.large_victims):.1e}"
        )
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")


if __name__ == "__main__":
    main()
