"""Who is written to and answered, and who sends: standing by the direction of ties."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from upriver.graph.build import Floats, Graph

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_ROUNDS = 1_000
_TOLERANCE = 1e-12
_APART = 1e-9  # parts of a network that are not tied to the strongest one keep an order of their own


def answered_share(arcs: Graph) -> float:
    """What share of the ties runs the other way too: 0 without ties.

    arcs  directed
    """
    ties = _matrix(arcs)
    return float(ties.multiply(ties.T).nnz / ties.nnz) if ties.nnz else 0.0


def answered_standing(arcs: Graph) -> Floats:
    """High for who receives, over ties that are answered, from people who are high by the same count.

    The eigenvector of what is received: a list that writes to everybody and is never answered adds nothing.

    arcs     directed; weights by how much they say: where single ties outweigh all others, hand in their logarithm
    returns  float64, n: length 1, or 0 where nothing is answered
    """
    ties = _matrix(arcs)
    both = ties.multiply(ties.T.astype(bool)).T.tocsr()
    return _leading(lambda x: both @ x, arcs.n) if both.nnz else np.zeros(arcs.n)


def authority(arcs: Graph) -> Floats:
    """High for who receives from people who send to those who are high (Kleinberg 1999); ties unweighted.

    arcs     directed
    returns  float64, n: length 1, or 0 where there are no ties
    """
    ties = _matrix(arcs)
    ties.data[:] = 1.0
    back = ties.T.tocsr()
    return _leading(lambda x: back @ (ties @ x), arcs.n) if ties.nnz else np.zeros(arcs.n)


def _matrix(arcs: Graph) -> csr_array:
    from scipy.sparse import csr_array

    return csr_array((arcs.weights.copy(), arcs.neighbours, arcs.offsets), shape=(arcs.n, arcs.n))


def _leading(step: Callable[[Floats], Floats], n: int) -> Floats:
    """The vector that `step` only makes longer; half of each round stays, so that two sides do not swap for ever."""
    at = np.full(n, 1.0 / np.sqrt(n))
    for _ in range(_ROUNDS):
        fresh = step(at) + _APART * at.sum()
        fresh = at + fresh / np.linalg.norm(fresh)
        fresh /= np.linalg.norm(fresh)
        moved = np.abs(fresh - at).max()
        at = fresh
        if moved < _TOLERANCE:
            break
    return at
