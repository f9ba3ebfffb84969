"""Parts of a case that no money can leave: traced apart, each transfer carries what it carries traced together.

A stop passes nothing on, so it joins nothing: most of a case hangs together by its services alone.
"""

from __future__ import annotations

import numpy as np

from upriver.graph.build import Flags, Ints
from upriver.graph.components import components


def parts(source: Ints, target: Ints, stops: Flags) -> Ints:
    """The part of each transfer: transfers that share an account that is no stop are in one.

    stops    per account, as told before tracing
    returns  int32 per transfer, numbered from 0 in the order of their smallest account; transfers from a stop to a
             stop are the last part together

    Hand to `auto` for each part what had entered in the whole case until each transfer (`so_far`). What a stop holds is
    the sum over the parts.
    """
    joins = ~(stops[source] | stops[target])
    of_account = components(len(stops), source[joins], target[joins])
    part = np.where(stops[source], of_account[target], of_account[source])
    part[stops[source] & stops[target]] = len(stops)
    used = np.zeros(len(stops) + 1, dtype=np.bool_)
    used[part] = True
    numbered: Ints = (np.cumsum(used) - 1).astype(np.int32)[part]
    return numbered
