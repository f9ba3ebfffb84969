"""How well money is followed: every method beside each other on cases whose truth is known.

    python -m benchmarks.money_quality [CASES]

CASES has a folder for each case: transfers.csv, sources.csv, services.csv and truth/ (accounts, illicit_transfers,
terminals), by default ../shared/data/money. Each record is traced as it is, with noise of a second kind
(money_noise.py) and with transfers missing, with the list of services and without. Methods see no truth.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.money_noise import bursts, missing
from upriver.graph.build import Flags
from upriver.plain.trace import METHODS, follow
from upriver.plain.traced import Traced
from upriver.plain.transferfile import read
from upriver.plain.transfers import Transfers

SHARED = Path(__file__).parent.parent.parent / "shared" / "data" / "money"
HEADLINE = ("vault-noise2", "bridge-noise2", "wallet-noise2")
SEEDS = (21, 22, 23)  # nothing was chosen on these draws; 0, 1, 11 to 13 were looked at
FIGURES = ("F1", "P@K", "terminal recall", "terminal amount")


@dataclass(frozen=True, slots=True)
class Case:
    """A record with its sources and services, and apart its truth: ids, without the sources."""

    net: Transfers
    sources: set[str]
    services: set[str]
    accounts: set[str]
    terminals: set[str]
    illicit: set[str]

    def of(self, ids: set[str]) -> Flags:
        """Which transfers are among `ids`."""
        return np.array([one in ids for one in self.net.ids.to_pylist()], dtype=np.bool_)

    def entry(self) -> Flags:
        """Per transfer: it leaves a source."""
        chosen = np.array([one in self.sources for one in self.net.accounts.to_pylist()], dtype=np.bool_)
        flags: Flags = chosen[self.net.source]
        return flags


def load(folder: Path) -> Case:
    """A case of a folder."""
    sources = _column(folder / "sources.csv")
    return Case(
        read(folder / "transfers.csv").transfers,
        sources,
        _column(folder / "services.csv"),
        _column(folder / "truth" / "accounts.csv") - sources,
        _column(folder / "truth" / "terminals.csv") - sources,
        _column(folder / "truth" / "illicit_transfers.csv"),
    )


def _column(path: Path) -> set[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return {row[0] for row in list(csv.reader(stream))[1:]}


def score(case: Case, made: Traced, truth: Transfers) -> tuple[float, ...]:
    """`FIGURES` as the reference scorer of the cases has them.

    truth  the record of which the illicit transfers are, before any is missing
    """
    names = case.net.accounts.to_pylist()
    received = np.bincount(made.moves.target, weights=made.carried.usd, minlength=len(names))
    got = {names[a]: float(received[a]) for a in np.flatnonzero(received > 0.0) if names[a] not in case.sources}
    ranked = sorted(got, key=lambda name: (-got[name], name))
    hit = len(case.accounts & set(ranked))
    k = len(case.accounts)
    ends = [name for name in ranked if name not in case.accounts - case.terminals][: len(case.terminals)]
    true_into = dict.fromkeys(case.terminals, 0.0)
    places = truth.accounts.to_pylist()
    for i, one in enumerate(truth.ids.to_pylist()):
        if one in case.illicit and places[truth.target[i]] in true_into:
            true_into[places[truth.target[i]]] += float(truth.amount[i])
    into = {name: got.get(name, 0.0) for name in case.terminals}
    both = sum(into.values()) + sum(true_into.values())
    return (
        2 * hit / (len(ranked) + k) if ranked else 0.0,
        len(case.accounts & set(ranked[:k])) / k,
        len(case.terminals & set(ends)) / len(case.terminals),
        2 * sum(min(into[name], true_into[name]) for name in into) / both if both else 0.0,
    )


def table(title: str, cases: list[Case], change: Callable[[Case, int], Transfers] | None) -> None:
    """Print the mean over the cases, and over `SEEDS` where there is a change, for every method."""
    for listed in (True, False):
        print(f"\n{title}, {'with' if listed else 'without'} the list of services: " + " / ".join(FIGURES))
        for method in METHODS:
            scores = []
            for case in cases:
                for seed in SEEDS if change else SEEDS[:1]:
                    net = change(case, seed) if change else case.net
                    noisy = Case(net, case.sources, case.services, case.accounts, case.terminals, case.illicit)
                    stops = dict.fromkeys(case.services, "") if listed else None
                    scores.append(score(noisy, follow(net, noisy.entry(), stops, method), case.net))
            print(f"  {method:12s}" + " / ".join(f"{value:.3f}" for value in np.mean(scores, axis=0)), flush=True)


def _bursts(case: Case, seed: int, rate: float) -> Transfers:
    return bursts(case.net, case.of(case.illicit), rate, seed)


def _missing(case: Case, seed: int, share: float) -> Transfers:
    return missing(case.net, case.entry(), share, seed)


def main(arguments: list[str] | None = None) -> int:
    """Print every table; 0, or 2 where there are no cases."""
    given = sys.argv[1:] if arguments is None else arguments
    home = Path(given[0]) if given else SHARED
    names = sorted(path.name for path in home.glob("*") if (path / "transfers.csv").is_file()) if home.is_dir() else []
    if not names:
        print(f"{home}: no cases here; name a folder of them", file=sys.stderr)
        return 2
    cases = {name: load(home / name) for name in names}
    main_ones = [cases[name] for name in HEADLINE if name in cases] or list(cases.values())
    table("random noise", main_ones, None)
    for name in names:
        if name not in HEADLINE:
            table(name, [cases[name]], None)
    for rate in (0.5, 1.0):
        change = partial(_bursts, rate=rate)
        table(f"bursts on the hops, copied amounts, {rate} a payment", main_ones, change)
    for share in (0.1, 0.2, 0.3):
        table(f"{share:.0%} missing", main_ones, partial(_missing, share=share))
    return 0


if __name__ == "__main__":
    sys.exit(main())
