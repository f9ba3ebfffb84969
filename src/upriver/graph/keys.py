"""Keys of pairs, a * n + b: each once, and whether it stands in a list. Sorted throughout, which costs least.

numpy's own `unique` and `isin` tell whole numbers apart by hashing since its version 2.3: for a million keys that takes
a hundred times as long as to sort them.
"""

from __future__ import annotations

import numpy as np

from upriver.graph.build import Flags, Longs


def distinct(keys: Longs) -> Longs:
    """Each key once, ascending."""
    ordered = np.sort(keys)
    found: Longs = ordered[np.r_[True, ordered[1:] != ordered[:-1]]] if len(ordered) else ordered
    return found


def among(keys: Longs, those: Longs) -> Flags:
    """Which of `keys` stand among `those`, which ascend."""
    if not len(those):
        return np.zeros(len(keys), dtype=np.bool_)
    found: Flags = those[np.minimum(np.searchsorted(those, keys), len(those) - 1)] == keys
    return found
