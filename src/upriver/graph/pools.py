"""Methods that see an account as one pool: poison, which marks all that leaves it, and taint-first-out."""

from __future__ import annotations

from upriver.graph import kernel
from upriver.graph.taint import NO_CUT, Carried, Cut, Moves, run


def poison(moves: Moves, cut: Cut = NO_CUT) -> Carried:
    """Whatever leaves an account after traced money came is traced in full: a reach, not an amount.

    It counts money many times over, so nothing is conserved: `held` and `let_go` are 0. No other method reaches
    further than it does without a cut.
    """
    return run(kernel.POISON, moves, cut)


def taint_first(moves: Moves, cut: Cut = NO_CUT) -> Carried:
    """Taint first out: an account pays with traced money as long as it holds any."""
    return run(kernel.TAINT_FIRST, moves, cut)
