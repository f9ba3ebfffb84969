"""How many transfers traced money took to an account, on the mean: where the account stands between source and end."""

from __future__ import annotations

import numpy as np
from numba import njit

from upriver.graph.build import Floats, Ints


@njit(cache=True)
def depths(source: Ints, target: Ints, usd: Floats, begin: Floats, n: int) -> Floats:
    """Mean number of transfers of the traced money that came to each account, weighted by USD; 0 where none came.

    usd    traced per transfer, in the order in which they happen
    begin  part of it that enters with the transfer itself
    """
    came = np.zeros(n)
    taken = np.zeros(n)  # USD times transfers
    for i in range(len(source)):
        if usd[i] <= 0.0:
            continue
        before = taken[source[i]] / came[source[i]] if came[source[i]] > 0.0 else 0.0
        own = min(begin[i], usd[i])
        came[target[i]] += usd[i]
        taken[target[i]] += own + (usd[i] - own) * (before + 1.0)
    for a in range(n):
        if came[a] > 0.0:
            taken[a] /= came[a]
    return taken
