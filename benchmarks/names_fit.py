"""Learn the small model of names from the development pairs and look-ups, and check it on people it has not seen.

python -m benchmarks.names_fit [--write]

Five folds by person: of each pair the left name, of each look-up the person looked for, tells its fold. Printed: AUC
and F1 of pairs, recall of look-ups and false hits, and how often what is scored p is so, all on folds left out.
--write fits everything once more and writes src/upriver/clean/names/model.toml: weights of features, no name.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks.names import SHARED, Row, area, entries_of, f1, rows, screened
from upriver.clean.names import Name, Rarity, model, read_name, written
from upriver.clean.names import __file__ as names_file
from upriver.clean.names.compare import aligned
from upriver.clean.names.watch import Watch

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TARGET = Path(names_file).with_name("model.toml")
FOLDS = 5
RIDGE = 1.0
LISTED_WEIGHT = 0.3  # of a look-up's right entry, and of all its wrong ones twice that, beside a pair's 1
WRONG = 8  # nearest entries of a look-up that are not looked for
ROUNDS = 6
_HEAD = """\
# The logistic model that makes likenesses a probability: log odds = sum of weight x what is looked at (model.COLUMNS).
# Made by benchmarks/names_fit.py from the development pairs and look-ups (half of the people); no name is in it.
# How it was made and checked: docs/names.md.

[weights]
"""


@dataclass(frozen=True)
class Sample:
    """Pairs of names with their truth.

    looked   rows of what the model looks at, one for each way to read the pair; starts: first row of each pair
    fixed    log odds that no model gives (names in Han on both sides), NaN elsewhere
    fold     of the person; asked: number of the look-up, or -1; bits: of what is paired
    """

    looked: Floats
    starts: Ints
    truth: Ints
    fold: Ints
    fixed: Floats
    asked: Ints
    bits: Floats

    def best(self, weights: Floats) -> tuple[Floats, Ints]:
        """Log odds of each pair read in the likeliest way, and the row of that way."""
        odds = self.looked @ weights
        ends = [*self.starts[1:].tolist(), len(odds)]
        rows = np.array([a + int(np.argmax(odds[a:b])) for a, b in zip(self.starts, ends, strict=True)], np.int64)
        return np.where(np.isnan(self.fixed), odds[rows], self.fixed), rows


class _Gathered:
    def __init__(self) -> None:
        self.looked: list[Floats] = []
        self.starts: list[int] = []
        self.told: list[tuple[int, int, float, int, float]] = []

    def add(
        self, pair: tuple[Name, Name], rarity: Rarity, same: bool, person: str, asked: int = -1, bits: float = 0.0
    ) -> None:
        left, right = sorted(pair, key=lambda name: name.text)
        self.starts.append(len(self.looked))
        fixed = np.nan
        if left.script == right.script == "han":
            probability, _ = written.compare(left.text, right.text)
            fixed = float(np.log(probability / (1 - probability)))
            self.looked.append(np.zeros(len(model.COLUMNS)))
        else:
            family = model.family(left.script, right.script)
            self.looked += [model.columns(x.features, x.mode, family)[0] for x in aligned(left, right, rarity)]
        digest = hashlib.sha1(person.encode(), usedforsecurity=False).hexdigest()
        self.told.append((int(same), int(digest, 16) % 100_000 % FOLDS, fixed, asked, bits))

    def sample(self) -> Sample:
        truth, fold, fixed, asked, bits = (np.array(column) for column in zip(*self.told, strict=True))
        return Sample(np.array(self.looked), np.array(self.starts, np.int64), truth, fold, fixed, asked, bits)


def of_pairs(pairs: Iterable[Row]) -> Sample:
    """The development pairs, as rare as names are in general."""
    found, rarity = _Gathered(), Rarity()
    for row in pairs:
        left, right = read_name(row["left"]), read_name(row["right"])
        if left.units and right.units:
            found.add((left, right), rarity, row["same"] == "1", row["left"])
    return found.sample()


def of_queries(queries: Sequence[Row], listed: Sequence[Row]) -> Sample:
    """Each look-up with the entries nearest to it, and the one it looks for if it is among the candidates."""
    watch = Watch([entries_of(row) for row in listed])
    near = watch.candidates([row["query"] for row in queries])
    found = _Gathered()
    for asked, row in enumerate(queries):
        seen: set[int] = set()
        for at in np.flatnonzero(near.query == asked):
            entry = int(watch.entry[near.face[at]])
            right = listed[entry]["id"] == row["expected_id"]
            if entry in seen or (len(seen) >= WRONG and not right):
                continue
            seen.add(entry)
            pair = read_name(row["query"]), watch.names[near.face[at]]
            found.add(pair, watch.rarity, right, row["expected_id"] or row["id"], asked, float(near.bits[at]))
    return found.sample()


def fit(pairs: Sample, listed: Sample, kept: tuple[Ints, Ints]) -> Floats:
    """Weights by ridge logistic regression on the pairs `kept` of both samples; the way to read each is the likeliest.

    Look-ups have a constant of their own, so that how seldom an entry near a name is the right one moves no pair.
    """
    weights = np.zeros(len(model.COLUMNS))
    weights[:2] = -5.0, 8.0
    two = kept[1][np.isnan(listed.fixed[kept[1]])]
    one = kept[0][np.isnan(pairs.fixed[kept[0]])]
    truth = np.concatenate([pairs.truth[one], listed.truth[two]])
    right, wrong = LISTED_WEIGHT, LISTED_WEIGHT * 2 / WRONG
    weigh = np.concatenate([np.ones(len(one)), np.where(listed.truth[two] == 1, right, wrong)])
    ridge = np.full(len(weights) + 1, RIDGE)
    ridge[[0, -1]] = 0.01
    own = np.concatenate([np.zeros(len(one)), np.ones(len(two))])[:, None]
    start = np.append(weights, 0.0)
    for _ in range(ROUNDS):
        looked = np.hstack(
            [np.vstack([s.looked[s.best(start[:-1])[1][at]] for s, at in ((pairs, one), (listed, two))]), own]
        )

        def loss(told: Floats, looked: Floats = looked) -> tuple[float, Floats]:
            odds = looked @ told
            value = float((weigh * (np.logaddexp(0, odds) - odds * truth)).sum() + 0.5 * (ridge * told**2).sum())
            return value, looked.T @ (weigh * (_probability(odds) - truth)) + ridge * told

        start = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return np.asarray(start[:-1])


def fit_list(listed: Sample, odds: Floats, kept: npt.NDArray[np.bool_], surplus: Floats) -> Floats:
    """odds, base and bits (`model.listed`) under which what was looked for, or nobody, is likeliest."""

    def loss(told: Floats) -> float:
        shares = np.exp(np.clip(told[0] * odds + told[1] + told[2] * surplus, -30, 30)) * kept
        whole = 1 + np.bincount(listed.asked, shares)
        right = np.bincount(listed.asked, shares * listed.truth)
        there = np.bincount(listed.asked, listed.truth * kept) > 0
        seen = np.bincount(listed.asked, kept) > 0
        return float(-np.log(np.where(there, right, 1.0) / whole)[seen].sum() + 0.01 * (told**2).sum())

    return np.asarray(minimize(loss, [1.0, -2.0, 0.1], method="Nelder-Mead", options={"maxiter": 2000}).x)


def _list_scores(listed: Sample, odds: Floats, told: Floats, surplus: Floats) -> Floats:
    shares = np.exp(np.clip(told[0] * odds + told[1] + told[2] * surplus, -30, 30))
    return np.asarray(shares / (1 + np.bincount(listed.asked, shares))[listed.asked])


def _probability(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))


def _calibration(score: Floats, truth: Ints) -> str:
    lines = ["  scored     pairs  mean  one name"]
    for low in np.arange(10) / 10:
        here = (score >= low) & ((score < low + 0.1) | (low > 0.85))
        if here.any():
            lines.append(
                f"  {low:.1f}-{low + 0.1:.1f} {here.sum():9} {score[here].mean():5.2f} {truth[here].mean():9.2f}"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    told = parser.parse_args()
    queries, watchlist = rows(SHARED / "queries.csv"), rows(SHARED / "watchlist.csv")
    pairs, listed = of_pairs(rows(SHARED / "pairs.csv")), of_queries(queries, watchlist)
    surplus = np.minimum(listed.bits, 24.0) - np.log2(len(watchlist))
    score, found = np.zeros(len(pairs.truth)), np.zeros(len(listed.truth))
    # A look-up is of the fold of the person it looks for.
    for fold in range(FOLDS):
        weights = fit(pairs, listed, (np.flatnonzero(pairs.fold != fold), np.flatnonzero(listed.fold != fold)))
        score[pairs.fold == fold] = _probability(pairs.best(weights)[0])[pairs.fold == fold]
        odds = listed.best(weights)[0]
        posterior = fit_list(listed, odds, listed.fold != fold, surplus)
        found[listed.fold == fold] = _list_scores(listed, odds, posterior, surplus)[listed.fold == fold]
    print(f"pairs of people left out: AUC {area(score, pairs.truth):.3f}, F1 at .5 {f1(score, pairs.truth):.3f}")
    print(_calibration(score, pairs.truth))
    best = [(int(a), float(s), bool(t)) for a, s, t in zip(listed.asked, found, listed.truth, strict=True)]
    print("look-ups of people left out: " + screened(queries, best))
    print(_calibration(found, listed.truth))
    if told.write:
        everything = np.arange(len(pairs.truth)), np.arange(len(listed.truth))
        weights = fit(pairs, listed, everything)
        posterior = fit_list(listed, listed.best(weights)[0], np.ones(len(listed.truth), np.bool_), surplus)
        lines = [f'"{name}" = {value:.4f}' for name, value in zip(model.COLUMNS, weights, strict=True)]
        lines += [
            "",
            "# Of an entry of a list: odds x those of the pair + bits x (bits paired - log2 of the entries) + base.",
        ]
        lines += ["[listed]", *(f"{n} = {v:.4f}" for n, v in zip(("odds", "base", "bits"), posterior, strict=True))]
        TARGET.write_text(_HEAD + "\n".join(lines) + "\n", encoding="utf-8")
        print(f"written: {TARGET.name}")


if __name__ == "__main__":
    main()
