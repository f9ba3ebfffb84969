"""Which ties an investigation would have seen: some are hidden, and more of those of people who are watched less."""

from __future__ import annotations

import numpy as np

from upriver.graph.build import Flags, Floats, Ints

# Standard deviation of the logarithm of attention: the tenth of people watched best has some seven times that of the
# tenth watched least.
UNEVEN = 0.75
_STEPS = 30


def seen(n: int, source: Ints, target: Ints, share: float, rng: np.random.Generator) -> Flags:
    """Draw which ties stay when `share` of them, on average, are hidden.

    Each node is given attention by chance, so that in some draws the ties of a well-watched node are mostly lost, and
    in others those of the people around it: whether somebody stands high only for having been watched shows in that.

    share  in [0, 1)
    """
    attention = rng.lognormal(0.0, UNEVEN, n)
    missed = 1.0 / np.sqrt(attention[source] * attention[target])
    kept: Flags = rng.random(len(missed)) >= _scaled(missed, share)
    return kept


def _scaled(missed: Floats, share: float) -> Floats:
    """Chances in [0, 1] in proportion to `missed`, as far as they can be, that average to `share`."""
    low, high = 0.0, 1.0 / float(missed.min(initial=np.inf)) if len(missed) else 0.0
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if np.minimum(1.0, middle * missed).mean() < share else (low, middle)
    chance: Floats = np.minimum(1.0, high * missed)
    return chance
