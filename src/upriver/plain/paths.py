"""The widest ways of the money to where it stopped, from all sources together and from each of the largest alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from upriver.graph.ways import BUDGET, Flow, Traces
from upriver.plain.outputs import at, dollars
from upriver.plain.traced import Traced, in_time, names_of

# The largest of each: ends, and ways to each; then sources asked alone, and the ends of each.
_ENDS, _WAYS, _ALONE, _ENDS_ALONE = 50, 3, 20, 3
_QUESTIONS = 20_000_000  # traced transfers times ends, of either kind: a larger trace is asked for fewer


def path_rows(made: Traced, tell: Callable[[str], None]) -> Iterator[Sequence[object]]:
    yield (
        "path", "asked_from", "end_account", "flow_usd", "path_usd", "end_share", "source_transfer_id", "step",
        "transfer_id", "source_account", "target_account", "occurred_at",
    )  # fmt: skip
    net, (names, ids) = made.net, names_of(made)
    received = np.bincount(made.moves.target, weights=made.carried.usd, minlength=len(names))
    number = unproved = 0
    for asked, end, flow in _flows(made, names, tell):
        unproved += not flow.whole
        for way in flow.ways:
            number += 1
            steps = [row for row, _ in in_time(made, np.array(way.transfers))]
            begun = ids[steps[-1 if made.backward else 0]]
            for step, row in enumerate(steps, 1):
                yield (
                    number, asked, names[end], dollars(flow.usd), dollars(way.usd), f"{way.usd / received[end]:.4f}",
                    begun, step, ids[row], names[net.source[row]], names[net.target[row]], at(int(net.time[row])),
                )  # fmt: skip
    if unproved:
        tell(f"paths.csv: for {unproved} ends the search ended at its limit; larger ways together may be possible")


def _flows(made: Traced, names: NDArray[np.object_], tell: Callable[[str], None]) -> Iterator[tuple[str, int, Flow]]:
    """Source asked alone (empty: all together), end, and the flow from the one to the other."""
    moves, carried = made.moves, made.carried
    kept = carried.held
    if made.method == "poison":  # holds nothing: it counts reach
        came = np.bincount(moves.target, weights=carried.usd, minlength=len(names))
        kept = np.maximum(came - np.bincount(moves.source, weights=carried.usd, minlength=len(names)), 0.0)
    asked = max(3, _QUESTIONS // max(1, int((carried.usd > 0.0).sum())))
    ends = sorted(np.flatnonzero(kept > 0.0).tolist(), key=lambda a: (-kept[a], names[a]))[: min(_ENDS, asked)]
    traces = Traces(made.ways.source, made.ways.target, carried.usd)
    for end, flow in traces.flows(carried.entered + made.presumed, ends, _WAYS).items():
        yield "", end, flow
    began = np.bincount(moves.source, weights=carried.entered, minlength=len(names))
    sources = sorted(np.flatnonzero(began > 0.0).tolist(), key=lambda a: (-began[a], names[a]))
    n_alone = min(_ALONE, max(1, asked // (3 * _ENDS_ALONE)))
    if n_alone < min(_ALONE, len(sources)):
        tell(f"paths.csv: a large trace: the {len(ends)} largest ends, and the {n_alone} largest sources alone")
    for source in sources[:n_alone] if len(sources) > 1 else ():
        own = np.where(moves.source == source, carried.entered, 0.0)
        alone = traces.flows(own, ends[: 3 * _ENDS_ALONE], _WAYS, BUDGET // _ALONE)
        reached = [end for end in sorted(alone, key=lambda end: (-alone[end].usd, names[end])) if alone[end].ways]
        for end in reached[:_ENDS_ALONE]:
            yield names[source], end, alone[end]
