"""A real crackdown, year by year: who stays active, which ties form, told from the years before, beside simple rules.

    python -m benchmarks.backtest [NETWORKS] [--draws 300]

NETWORKS has crackdown_ties.csv and crackdown_status.csv, by default ../shared/data/network. Each year is told by a fit
on the years before it alone. AUC: 0.5 is chance; mean: of the years; all: the cases of all years together, and between
what nine in ten redraws of the people leave it (of a pair, both ends). Still active: who had a tie in any year so far
has one in the next; the second meaning also asks that he is not known to be jailed or dead by its end. Forms a tie: all
pairs of people told of by then that have no tie.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from upriver.graph.backtest import Tried, auc, tried
from upriver.graph.build import Flags, Floats, Ints
from upriver.graph.panel import PAIRS, Panel
from upriver.plain.panels import read_panel

SHARED = Path(__file__).parent.parent.parent / "shared" / "data" / "network"
OURS = "upriver"
KATZ = 0.5  # of the largest that converges


@dataclass(frozen=True)
class Cases:
    """What happened in one year, what each way said, and who is concerned (both ends of a pair)."""

    year: int
    happened: Flags
    said: dict[str, Floats]
    ends: tuple[Ints, ...]

    def weight(self, often: Floats) -> Floats:
        found: Floats = np.prod([often[end] for end in self.ends], axis=0)
        return found


def of_people(known: Panel, one: Tried, happened: Flags, among: Flags) -> Cases:
    """Beside: ties this year, ties to people at large, years since the first tie, a tie this year, that and free."""
    k = one.k
    ties = known.ties(k)
    free = ~known.gone[k]
    first = np.full(known.n, np.inf)
    for j in range(k, -1, -1):
        first[known.tied(j)] = known.periods[j]
    tied = known.tied(k)
    said = {
        OURS: one.told.person,
        "degree": np.asarray(ties.sum(axis=1)).ravel(),
        "degree, those at large": ties @ free.astype(np.float64),
        "age in the network": np.where(np.isfinite(first), known.periods[k] - first, -1.0),
        "tied this year": tied.astype(np.float64),
        "tied and at large": (tied & free).astype(np.float64),
    }
    who = np.flatnonzero(among).astype(np.int32)
    return Cases(int(known.periods[k + 1]), happened[who], {way: score[who] for way, score in said.items()}, (who,))


def of_pairs(known: Panel, one: Tried) -> Cases:
    low, high = one.told.low, one.told.high
    ties = known.ties(one.k).toarray()
    degree = ties.sum(axis=1)
    free = (one.told.pair_facts[:, PAIRS.index("gone")] == 0).astype(np.float64)
    shared = (ties @ ties)[low, high]
    # Who has one contact shares none with anybody else: his log of 1 never counts.
    rare = np.where(degree > 1, 1.0 / np.log(np.maximum(degree, 2.0)), 0.0)
    beta = KATZ / max(float(np.linalg.eigvalsh(ties)[-1]), 1.0)
    said = {
        OURS: one.told.pair,
        "common neighbours": shared,
        "Adamic-Adar": ((ties * rare) @ ties)[low, high],
        "resource allocation": ((ties / np.maximum(degree, 1.0)) @ ties)[low, high],
        "preferential attachment": (degree[low] * degree[high]),
        "Katz": np.linalg.inv(np.eye(known.n) - beta * ties)[low, high],
        "common neighbours, both at large": free * (1.0 + shared),
    }
    return Cases(int(known.periods[one.k + 1]), one.formed, said, (low, high))


def together(years: Sequence[Cases], way: str, often: Floats | None = None) -> float:
    return auc(
        np.concatenate([one.happened for one in years]),
        np.concatenate([one.said[way] for one in years]),
        None if often is None else np.concatenate([one.weight(often) for one in years]),
    )


def show(what: str, years: Sequence[Cases], n: int, draws: int) -> None:
    print(f"\n{what}")
    ways = list(years[0].said)
    print(f"  {'':34}" + "".join(f"{one.year:>8}" for one in years) + "    mean     all   nine in ten redraws")
    rng = np.random.default_rng(0)
    redraws = [np.bincount(rng.integers(0, n, n), minlength=n).astype(np.float64) for _ in range(draws)]
    for way in ways:
        each = [auc(one.happened, one.said[way]) for one in years]
        figures = [figure for figure in each if not np.isnan(figure)]
        cells = "".join(f"{'-' if np.isnan(figure) else f'{figure:.3f}':>8}" for figure in each)
        low, high = np.nanquantile([together(years, way, often) for often in redraws], [0.05, 0.95])
        print(f"  {way:34}{cells}{np.mean(figures):>8.3f}{together(years, way):>8.3f}   {low:.3f} to {high:.3f}")
    print(f"  {'cases':34}" + "".join(f"{len(one.happened):>8}" for one in years))
    print(f"  {'happened':34}" + "".join(f"{int(one.happened.sum()):>8}" for one in years))
    print(f"  {'expected':34}" + "".join(f"{one.said[OURS].sum():>8.1f}" for one in years))


def calibration(what: str, years: Sequence[Cases], edges: Sequence[float]) -> None:
    """Of what was told to be so likely, how much happened."""
    said = np.concatenate([one.said[OURS] for one in years])
    happened = np.concatenate([one.happened for one in years])
    cells = []
    for low, high in pairwise(edges):
        here = (said >= low) & (said < high)
        if here.any():
            cells.append(f"{low:g} to {high:g}: told {said[here].mean():.3f}, came {happened[here].mean():.3f} "
                         f"({int(here.sum()):,})")  # fmt: skip
    print(f"\n{what}, told and come: " + "; ".join(cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="?", type=Path, default=SHARED)
    parser.add_argument("--draws", type=int, default=300)
    options = parser.parse_args()
    ties, status = (options.networks / f"crackdown_{name}.csv" for name in ("ties", "status"))
    if not ties.is_file():
        print(f"skipped: there is no {ties.name} beside the project")
        return
    known = read_panel(ties, status, "year", None).panel
    # Two years at least to learn from.
    checks = list(tried(known, 1))
    people = [of_people(known, one, one.active, known.seen(one.k)) for one in checks]
    large = [of_people(known, one, one.at_large, known.seen(one.k)) for one in checks]
    named = [of_people(known, one, one.active, known.heard_of(one.k)) for one in checks]
    pairs = [of_pairs(known, one) for one in checks]
    show("Still active: had a tie so far, has one in the year", people, known.n, options.draws)
    show("Still active and not known to be jailed or dead by its end", large, known.n, options.draws)
    show("Has a tie in the year: all who have been told of", named, known.n, options.draws)
    show("Forms a tie: none in the year before, one in the year", pairs, known.n, options.draws)
    calibration("Still active", people, (0.0, 0.2, 0.5, 0.8, 0.95, 1.01))
    calibration("Forms a tie", pairs, (0.0, 0.002, 0.005, 0.02, 0.05, 0.2, 1.01))
    nobody = np.zeros_like(known.gone)
    blind = Panel(known.n, known.periods, known.step, known.low, known.high, nobody, known.named)
    bare = list(tried(blind, 1))
    blindly = [of_people(blind, one, one.active, blind.seen(one.k)) for one in bare]
    show("Without the status of anybody: still active", blindly, known.n, options.draws)
    show("Without the status of anybody: forms a tie", [of_pairs(blind, one) for one in bare], known.n, options.draws)


if __name__ == "__main__":
    main()
