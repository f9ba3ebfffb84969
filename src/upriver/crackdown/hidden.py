"""What is not in the evidence: networks drawn with hidden ties and nodes, for the interval of every figure.

Nobody knows who is missing. Each draw supposes that a share of the real ties and nodes is hidden, and puts them back
where the seen ones make them likely: half of the ties between those who know somebody in common, half to those who have
many. An interval is the middle nine tenths of the draws, and always holds the figure of the network as it is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from upriver.graph.build import Flags, Floats, Graph, Ints

if TYPE_CHECKING:
    from upriver.crackdown.params import CrackdownParams

_TAIL = 0.05  # left out at each end of an interval


@dataclass(frozen=True, slots=True)
class Draw:
    """One supposed network: the seen nodes keep their codes, hidden ones follow.

    share   of ties and nodes that is hidden in it
    spared  per account: its holder is not known to hold it, so that removing the holder leaves it open
    filled  per staffed role: somebody who is not seen can fill it too
    """

    graph: Graph
    share: float
    spared: Flags
    filled: Flags


def draws(graph: Graph, n_accounts: int, n_roles: int, params: CrackdownParams) -> list[Draw]:
    """`params.draws` networks, the same in every run."""
    import numpy as np

    found = []
    for number in range(params.draws):
        rng = np.random.default_rng([params.seed, number])
        share = float(rng.uniform(params.hidden_low, params.hidden_high))
        found.append(
            Draw(
                with_hidden(graph, share, rng), share, rng.random(n_accounts) < share, rng.random(n_roles) < share
            )
        )  # fmt: skip
    return found


def with_hidden(graph: Graph, share: float, rng: object) -> Graph:
    """The graph, with as many more ties and nodes as make the seen ones 1 - `share` of all.

    share  in [0, 1)
    rng    numpy's Generator
    """
    import numpy as np

    from upriver.graph.build import undirected

    assert isinstance(rng, np.random.Generator)
    source = np.repeat(np.arange(graph.n, dtype=np.int32), np.diff(graph.offsets))
    target = graph.neighbours
    once = source < target
    more = share / (1.0 - share)
    n_nodes, n_ties = round(more * graph.n), round(more * int(once.sum()))
    if not graph.n:
        return graph
    # Ends drawn by ties: those who have many are likelier to have more. Nodes without a tie count as if they had one.
    ends = np.concatenate([target, np.arange(graph.n, dtype=np.int32)])
    new = np.arange(graph.n, graph.n + n_nodes, dtype=np.int32)
    pairs: list[tuple[Ints, Ints]] = [(source[once], target[once]), (new, rng.choice(ends, n_nodes).astype(np.int32))]
    left = max(0, n_ties - n_nodes)
    n_closed = left // 2 if len(target) else 0
    if n_closed:
        at = rng.integers(0, len(target), n_closed)
        middle = target[at]
        degree = np.diff(graph.offsets)[middle]
        step = (rng.random(n_closed) * degree).astype(np.int64)
        pairs.append((source[at], target[graph.offsets[middle] + step]))
    n_free = left - n_closed
    ends = np.concatenate([ends, new])
    pairs.append((rng.choice(ends, n_free).astype(np.int32), rng.choice(ends, n_free).astype(np.int32)))
    return undirected(
        graph.n + n_nodes, np.concatenate([a for a, _ in pairs]), np.concatenate([b for _, b in pairs])
    )  # fmt: skip


def interval(seen: Floats, each: Callable[[Draw], Floats], drawn: list[Draw]) -> tuple[Floats, Floats]:
    """Least and most of a curve over the draws, with the curve as it is seen inside."""
    import numpy as np

    if not drawn:
        return seen, seen
    curves = np.stack([each(draw) for draw in drawn])
    low, high = np.quantile(curves, [_TAIL, 1.0 - _TAIL], axis=0)
    # Quantiles are means of two draws, whose last digits may differ between machines; what is seen stays as it is.
    least: Floats = np.minimum(seen, np.round(low, 9))
    most: Floats = np.maximum(seen, np.round(high, 9))
    return least, most
