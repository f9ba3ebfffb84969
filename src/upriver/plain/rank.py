"""Who stands between others, on a plain file of ties: an order with reasons, and how far it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from upriver.errors import EvidenceError
from upriver.graph.build import Flags, Floats, Graph, Ints, Longs, directed
from upriver.graph.centrality import degree
from upriver.graph.exchange import answered_share
from upriver.graph.standing import Standing, standing
from upriver.graph.watching import seen
from upriver.plain.outputs import beside, file_of, lines_to, not_read
from upriver.plain.refusals import rows_to
from upriver.plain.ties import Ties, listed, loops_told, read_ties
from upriver.report.exports import csv_lines
from upriver.report.figures import counted

CAUTION = "brokerage only, not evidence of organising"

_HIDDEN = (0.1, 0.2, 0.3)
_DRAWS, _FEW_DRAWS = 20, 5  # of each; few where there are many ties
_MANY_TIES = 100_000
_EFFORT = 20_000_000  # looks at a tie for the paths of one draw
_LOW, _HIGH = 5, 95  # percentiles of a rank over the draws
_LEAST_ONE_WAY, _MOST_ONE_WAY = 0.05, 0.95
_NEAR = 1.5  # times one's own score: then it is the contacts who stand high
_TOP = 10


@dataclass(frozen=True, slots=True)
class Ranked:
    """What was written: how many people, how many draws, and where the first ten may stand as well."""

    n: int
    draws: int
    spread: int

    def as_text(self) -> str:
        """Two sentences for a person."""
        return (
            f"{counted(self.n, 'node')} ranked: {CAUTION}. If 10 to 30 % of the ties are missing, more of those who "
            f"are watched less, the first {min(_TOP, self.n)} belong to the first {self.spread:,} (nine of ten of "
            f"{self.draws} draws)"
        )


def rank(
    ties: Path, out: Path | None, arcs: bool | None, never: Path | None, tell: Callable[[str], None], seed: int = 0
) -> Ranked:
    """Rank the nodes, and write node, score, rank_low, rank_high and why to `out`.

    arcs    whether ties run from the first column to the second; None: by the header, else by the ties themselves
    never   nodes that are not ranked: those who may be victims above all; their ties count
    raises  EvidenceError, ExportError
    """
    not_read(out, ties, *([never] if never else []))
    read = read_ties(ties)
    for note in read.notes:
        tell(note)
    loops_told(ties, read, tell, "to rank anybody")
    names = read.names.to_pylist()
    ranked = _ranked(names, never, tell)
    arcs = _direction(read, tell) if arcs is None else arcs
    whole = directed(len(names), read.source, read.target, read.weight)
    if arcs:
        tell(_told(answered_share(whole)))
    source = np.repeat(np.arange(whole.n, dtype=np.int32), np.diff(whole.offsets))
    found = standing(whole.n, source, whole.neighbours, whole.weights, arcs, seed=seed)
    draws = len(_HIDDEN) * (_DRAWS if len(source) <= _MANY_TIES else _FEW_DRAWS)
    low, high = interval(source, whole, ranked, found, arcs, draws, seed)
    rows = _rows(names, ranked, found, low, high, whole if arcs else None)
    lines_to(out, csv_lines(rows))
    rows_to(beside(file, "rejected") if (file := file_of(out)) else None, read.refused, tell)
    worst = max(int(str(row[3])) for row in rows[1 : 1 + _TOP])
    return Ranked(int(ranked.sum()), draws, worst)


def _ranked(names: list[str], never: Path | None, tell: Callable[[str], None]) -> Flags:
    ranked = np.ones(len(names), dtype=np.bool_)
    if never is not None:
        ranked[listed(never, names, tell)] = False
        if not ranked.any():
            raise EvidenceError(f"{never}: it leaves nobody to rank")
    return ranked


def _direction(read: Ties, tell: Callable[[str], None]) -> bool:
    """Ties run one way where the header says so, or where each is told once and some are answered, some are not."""
    if read.one_way:
        tell("ties run one way, by the names of their columns; --undirected leaves that out")
        return True
    n = len(read.names)
    told = read.source.astype(np.int64) * n + read.target
    if len(np.unique(told)) < len(told):
        return False
    share = answered_share(directed(n, read.source, read.target))
    if _LEAST_ONE_WAY <= share <= _MOST_ONE_WAY:
        tell(f"{share:.0%} of the ties stand both ways and the others one way, so they are taken to run from source to "
             "target; --undirected leaves that out")  # fmt: skip
        return True
    return False


def _told(share: float) -> str:
    if share == 0.0:
        return "no tie is answered, so who sends stands high; if a tie is told once, whatever its way, use --undirected"
    return f"{share:.0%} of the ties are answered: where few are, who sends stands high; where many are, who receives"


def interval(
    source: Ints, arcs: Graph, ranked: Flags, found: Standing, directed_: bool, draws: int, seed: int
) -> tuple[Longs, Longs]:
    """Between which ranks each node may stand if 10 to 30 % of the ties are missing; equals have one interval.

    In each draw some ties are hidden, and nine of ten draws give a range. It reaches as far to the other side of the
    rank: where losing ties moves somebody, finding the missing ones may move them back. Who is left without a tie
    was not seen in that draw, which says nothing of them.

    source   of each arc; ranked: who has a rank
    returns  int64 each, n; 0 for those without a rank
    """
    rng = np.random.default_rng(seed)
    places = np.flatnonzero(ranked)
    best = np.full((draws, len(places)), np.nan)
    worst = best.copy()
    for draw in range(draws):
        kept = seen(arcs.n, source, arcs.neighbours, _HIDDEN[draw % len(_HIDDEN)], rng)
        left, right = source[kept], arcs.neighbours[kept]
        thin = standing(arcs.n, left, right, arcs.weights[kept], directed_, _EFFORT, seed)
        shown = (np.bincount(left, minlength=arcs.n) + np.bincount(right, minlength=arcs.n))[places] > 0
        first, last = _ranks(thin.score[places])
        best[draw, shown], worst[draw, shown] = first[shown], last[shown]
    unseen = np.isnan(best).all(axis=0)
    best[0, unseen], worst[0, unseen] = 1, len(places)
    first, last = _ranks(found.score[places])
    up = np.minimum(first, np.nanpercentile(best, _LOW, axis=0, method="lower"))
    down = np.maximum(last, np.nanpercentile(worst, _HIGH, axis=0, method="higher"))
    low, high = np.zeros(arcs.n, dtype=np.int64), np.zeros(arcs.n, dtype=np.int64)
    low[places] = np.maximum(1, np.minimum(up, 2 * first - down))
    high[places] = np.minimum(len(places), np.maximum(down, 2 * last - up))
    _shared(found.score[places], places, low, high)
    return low, high


def _ranks(score: Floats) -> tuple[Longs, Longs]:
    """The best and the worst rank of each score, from 1: they differ where scores are equal."""
    ascending = np.sort(score)
    return (
        len(score) - np.searchsorted(ascending, score, side="right") + 1,
        len(score) - np.searchsorted(ascending, score, side="left"),
    )


def _shared(score: Floats, places: Longs, low: Longs, high: Longs) -> None:
    """Equals by all ties have one interval: chance in the draws tells nothing between them."""
    _, level = np.unique(score, return_inverse=True)
    least = np.full(level.max() + 1, np.iinfo(np.int64).max)
    most = np.zeros(level.max() + 1, dtype=np.int64)
    np.minimum.at(least, level, low[places])
    np.maximum.at(most, level, high[places])
    low[places], high[places] = least[level], most[level]


def _rows(
    names: list[str], ranked: Flags, found: Standing, low: Longs, high: Longs, arcs: Graph | None
) -> list[tuple[object, ...]]:
    words = _Words(found, arcs)
    order = sorted(np.flatnonzero(ranked).tolist(), key=lambda v: (-found.score[v], names[v]))
    rows: list[tuple[object, ...]] = [("node", "score", "rank_low", "rank_high", "why")]
    rows += [(names[v], f"{found.score[v]:.6f}", int(low[v]), int(high[v]), words.of(v)) for v in order]
    return rows


class _Words:
    """The strongest measures of a node with their figures."""

    def __init__(self, found: Standing, arcs: Graph | None) -> None:
        self._found = found
        n = found.ties.n
        self._n_ties = degree(found.ties).astype(np.int64)
        self._pairs_of_others = max(1, (n - 1) * (n - 2))
        node = np.repeat(np.arange(n), np.diff(found.ties.offsets))
        self._tied_pairs = np.bincount(node, weights=found.around.common, minlength=n) / 2
        self._alone = np.bincount(node, weights=found.around.common == 0, minlength=n).astype(np.int64)
        if arcs is not None:
            self._sent = degree(arcs).astype(np.int64)
            self._received = np.bincount(arcs.neighbours, minlength=n)

    def of(self, v: int) -> str:
        """For node v; ends on what it is no evidence of."""
        found = self._found
        parts = {name: float(score[v]) for name, score in found.parts.items()}
        told = [
            (max(parts["paths"], parts["paths_per_tie"]), self._paths(v)),
            (max(parts["alone"], parts["alone_by_strength"], parts["free"]), self._contacts(v)),
        ]
        if "answered" in parts:
            told.append((max(parts["answered"], parts["authority"]), self._answered(v)))
        if "sending" in parts:
            told.append((parts["sending"], f"sends to {self._sent[v]:,}, receives from {self._received[v]:,}"))
        words = [text for strength, text in sorted(told, key=lambda one: -one[0]) if strength > 1.0 and text]
        if self._n_ties[v] and found.near[v] > _NEAR * found.score[v]:
            words.append("tied to people who stand higher")
        if not words:
            words = [f"{counted(int(self._n_ties[v]), 'tie')}; nothing sets it apart"]
        return "; ".join([*words[:3], CAUTION])

    def _paths(self, v: int) -> str:
        share = self._found.paths[v] / self._pairs_of_others
        return f"on {share:.1%} of the shortest paths between others" if share >= 0.0005 else ""

    def _contacts(self, v: int) -> str:
        n_ties = int(self._n_ties[v])
        if n_ties < 2:
            return ""
        groups = int(self._found.around.groups[v])
        pairs = n_ties * (n_ties - 1) / 2
        between = f"stands between {groups:,} parts that are otherwise apart; " if groups > 1 else ""
        alone = f", {self._alone[v]:,} of the ties without a contact in common" if self._alone[v] else ""
        return (
            f"{between}{n_ties:,} ties, {1 - self._tied_pairs[v] / pairs:.0%} of the pairs of contacts do not know "
            f"each other{alone}"
        )

    def _answered(self, v: int) -> str:
        return f"receives from {self._received[v]:,}, who stand high themselves, and sends to {self._sent[v]:,}"
