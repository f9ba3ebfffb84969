"""Which removals break a network apart, on a plain file of ties: an order, or a raid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from upriver.errors import EvidenceError
from upriver.graph.build import Flags, Floats, Graph, Ints, Longs, undirected
from upriver.graph.dismantle import by_betweenness, dismantle, largest_after, raid
from upriver.graph.recovery import network
from upriver.plain.outputs import beside, file_of, lines_to, not_read
from upriver.plain.recover import Recovered, simulate
from upriver.plain.refusals import rows_to
from upriver.plain.ties import listed, loops_told, read_ties
from upriver.report.exports import csv_lines
from upriver.report.figures import counted

# Said of every removal: what breaks a network is no evidence on anybody.
CAUTION = "holds the network together, no evidence of leading or of guilt"
_STEPS = 20  # posts filled in a simulation of what works again
_HIDDEN = (0.1, 0.2, 0.3)
_DRAWS = 3  # of each
_EFFORT = 20_000_000  # looks at a tie for the order of one draw


@dataclass(frozen=True, slots=True)
class Broken:
    """What was written: nodes in the network, in its largest part before and after, and the same under hidden ties."""

    n: int
    removed: int
    before: int
    after: int
    after_high: float
    proof: str
    recovered: Recovered | None = None

    def as_text(self) -> str:
        """Two sentences for a person."""
        worse = round(self.after_high) > self.after
        caution = ". Hidden ties change this more than the order does" if worse else ""
        return (
            f"{counted(self.removed, 'node')} of {self.n:,}: the largest part goes from {self.before:,} to "
            f"{self.after:,} ({self.after / self.n:.1%} of all); chosen with 10 to 30 % of the ties "
            f"hidden, to {self.after_high:,.0f}{self.proof}{caution}. Who is chosen {CAUTION}; "
            "who may be a victim belongs into --never"
        )


def disrupt(
    ties: Path,
    out: Path | None,
    budget: int | None,
    at_once: int | None,
    share: float,
    never: Path | None,
    tell: Callable[[str], None],
    recovery: Path | None = None,
) -> Broken:
    """Find the removals, and write node, place, largest, share, share_high and why to `out`.

    budget   nodes to take one after another; without it, until no part holds more than `share` of all
    at_once  nodes to take at once, instead
    never    nodes that are not chosen: those who may be victims above all
    recovery where what works again after them goes (recover.py)
    raises   EvidenceError, ExportError
    """
    for file in (out, recovery):
        not_read(file, ties, *([never] if never else []))
    read = read_ties(ties)
    for note in read.notes:
        tell(note)
    loops_told(ties, read, tell, "to break a network apart")
    graph = undirected(len(read.names), read.source, read.target)
    names = read.names.to_pylist()
    allowed = np.ones(graph.n, dtype=np.bool_)
    if never is not None:
        allowed[listed(never, names, tell)] = False
        if not allowed.any():
            raise EvidenceError(f"{never}: it leaves nobody to choose")
    proof = ""
    if at_once is not None:
        found = raid(graph, at_once, allowed)
        order = found.nodes
        proof = "; no other set leaves less" if found.proved else f"; no set can leave less than {found.least:,}"
    else:
        order = dismantle(graph, share, budget, allowed)
    sizes = largest_after(graph, order)
    high = hidden(graph, len(order), allowed)
    left = int(sizes[-1])
    lines_to(out, csv_lines(_rows(names, order, sizes, high, graph.n, at_once is not None)))
    rows_to(beside(file, "rejected") if (file := file_of(out)) else None, read.refused, tell)
    if budget is None and at_once is None and left > max(1, np.ceil(share * graph.n)):
        tell(f"what may be chosen does not suffice: a part of {left:,} nodes still stands")
    again = simulate(network(graph, allowed=allowed), names, order, _STEPS, recovery) if recovery else None
    return Broken(graph.n, len(order), int(sizes[0]), left, max(float(high[-1]), left), proof, again)


def hidden(graph: Graph, limit: int, allowed: Flags, seed: int = 0) -> Floats:
    """The largest part after each removal where 10 to 30 % of the ties were hidden from whoever chose.

    returns  limit + 1: nine in ten of the draws leave no more; the choice is by betweenness
    """
    rng = np.random.default_rng(seed)
    node = np.repeat(np.arange(graph.n, dtype=np.int32), np.diff(graph.offsets))
    once = node < graph.neighbours
    source, target = node[once], graph.neighbours[once]
    curves = []
    for share in _HIDDEN * _DRAWS:
        seen = rng.random(len(source)) >= share
        thin = undirected(graph.n, source[seen], target[seen])
        order = by_betweenness(thin, limit, 1, allowed, seed, _EFFORT)
        curve = largest_after(graph, order)
        curves.append(np.concatenate([curve, np.full(limit + 1 - len(curve), curve[-1])]))
    most: Floats = np.quantile(np.array(curves), 0.9, axis=0)
    return most


def _rows(names: list[str], order: Ints, sizes: Longs, high: Floats, n: int, at_once: bool) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [("node", "place", "largest", "share", "share_high", "why")]
    for place, node in enumerate(order.tolist(), 1):
        at = len(order) if at_once else place
        most = max(float(high[at]), float(sizes[at]))
        rows.append((names[node], place, int(sizes[at]), f"{sizes[at] / n:.6f}", f"{most / n:.6f}", CAUTION))
    return rows
