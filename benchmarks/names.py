"""Names across scripts, beside what else is open: pairs, look-ups in a watchlist, and how fast.

python -m benchmarks.names [--speed]

Reads ../shared/data/names, which is not part of the project. The peers are what people use: transliteration with
anyascii and a ratio of rapidfuzz; `readings` takes the best ratio over every reading that Upriver's tables give, as the
data's `mix` does with other tables. The truth is read only to score.
"""

from __future__ import annotations

import argparse
import csv
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from anyascii import anyascii
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from upriver.clean.names import compare_names, read_name
from upriver.clean.names.watch import Watch

Row = Mapping[str, str]
SHARED = Path(__file__).parents[2] / "shared" / "data" / "names"
LIMITS = (1, 5, 20)  # false hits per 100 look-ups of people who are not on the list
_LEAST_PAIRS = 20
_N_QUERIES, _N_LISTED = 10_000, 50_000


def rows(path: Path) -> list[Row]:
    """A CSV as its rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def entries_of(row: Row) -> list[str]:
    """The name and the aliases of an entry."""
    return [row["name"], *(alias for alias in row["aliases"].split("|") if alias.strip())]


def area(score: npt.ArrayLike, truth: npt.ArrayLike) -> float:
    """Area under the curve: how often a pair that is one name is scored above one that is not."""
    told, is_one = np.asarray(score, float), np.asarray(truth, bool)
    _, place, n = np.unique(told, return_inverse=True, return_counts=True)
    rank = (np.cumsum(n) - (n - 1) / 2)[place]
    n_one = int(is_one.sum())
    n_both = n_one * (len(told) - n_one)
    return float((rank[is_one].sum() - n_one * (n_one + 1) / 2) / n_both) if n_both else float("nan")


def f1(score: npt.ArrayLike, truth: npt.ArrayLike, at: float = 0.5) -> float:
    """F1 of calling one name what is scored `at` or more."""
    said, is_one = np.asarray(score, float) >= at, np.asarray(truth, bool)
    return float(2 * (said & is_one).sum() / max(1, said.sum() + is_one.sum()))


def screened(queries: Sequence[Row], hits: Iterable[tuple[int, float, bool]]) -> str:
    """Recall of the first hit, in all and at few false hits; hits: number of the query, score, whether right."""
    top: dict[int, tuple[float, bool]] = {}
    for asked, score, right in hits:
        if score > top.get(asked, (-1.0, False))[0]:
            top[asked] = (score, right)
    present = [at for at, row in enumerate(queries) if row["expected_id"]]
    absent = [at for at, row in enumerate(queries) if not row["expected_id"]]
    told = [f"recall@1 {sum(at in top and top[at][1] for at in present) / len(present):.3f}"]
    for limit in LIMITS:
        marks = sorted({score for score, _ in top.values()})
        least = next(
            (t for t in marks if 100 * sum(at in top and top[at][0] >= t for at in absent) <= limit * len(absent)),
            2.0,
        )
        n_right = sum(at in top and top[at][0] >= least and top[at][1] for at in present)
        told.append(f"at most {limit} false per 100: {n_right / len(present):.3f} (from {least:.2f})")
    return ", ".join(told)


def _spelt(text: str) -> str:
    return str(anyascii(text)).lower()


def _of_readings(left: str, right: str) -> float:
    ways = [[" ".join(words) for words in read_name(text).readings] or [_spelt(text)] for text in (left, right)]
    pairs_of_ways = [(a, b) for a in ways[0] for b in ways[1]]
    joined = (fuzz.ratio(a.replace(" ", ""), b.replace(" ", "")) for a, b in pairs_of_ways)
    return max(*joined, *(fuzz.token_sort_ratio(a, b) for a, b in pairs_of_ways)) / 100


PEERS: dict[str, Callable[[str, str], float]] = {
    "anyascii, token sort": lambda a, b: fuzz.token_sort_ratio(_spelt(a), _spelt(b)) / 100,
    "anyascii, token set": lambda a, b: fuzz.token_set_ratio(_spelt(a), _spelt(b)) / 100,
    "anyascii, Jaro-Winkler": lambda a, b: float(JaroWinkler.similarity(_spelt(a), _spelt(b))),
    "readings, best ratio": _of_readings,
    "upriver match-names": lambda a, b: compare_names(a, b).match_probability,
}


def pairs() -> None:
    """AUC and F1 of every method, in all and by pair of scripts."""
    told = rows(SHARED / "pairs.csv")
    truth = np.array([row["same"] == "1" for row in told])
    groups: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(told):
        groups["/".join(sorted((row["left_script"], row["right_script"])))].append(at)
    kept = {name: at for name, at in groups.items() if len(at) >= _LEAST_PAIRS}
    print(f"{'pairs':26}{'AUC':>7}{'F1':>7}  " + "".join(f"{name:>18}" for name in kept))
    for name, score_of in PEERS.items():
        score = np.array([score_of(row["left"], row["right"]) for row in told])
        by = "".join(f"{area(score[at], truth[at]):18.3f}" for at in kept.values())
        print(f"{name:26}{area(score, truth):7.3f}{f1(score, truth):7.3f}  {by}")


def look_ups() -> None:
    """Recall and false hits of looking up, beside the nearest of a ratio."""
    queries, listed = rows(SHARED / "queries.csv"), rows(SHARED / "watchlist.csv")
    faces = [(at, name) for at, row in enumerate(listed) for name in entries_of(row)]
    spelt = [_spelt(name) for _, name in faces]
    for title, scorer in (
        ("anyascii, token sort", fuzz.token_sort_ratio),
        ("anyascii, token set", fuzz.token_set_ratio),
    ):
        found = []
        for at, row in enumerate(queries):
            for _, score, face in process.extract(_spelt(row["query"]), spelt, scorer=scorer, limit=1):
                found.append((at, score / 100, listed[faces[face][0]]["id"] == row["expected_id"]))
        print(f"{title:26}{screened(queries, found)}")
    watch = Watch([entries_of(row) for row in listed])
    hits = watch.hits([row["query"] for row in queries])
    ours = [
        (at, h.score, listed[h.entry]["id"] == queries[at]["expected_id"]) for at, one in enumerate(hits) for h in one
    ]
    print(f"{'upriver screen':26}{screened(queries, ours)}")


def speed() -> None:
    """10,000 names looked up among 50,000: the development list, and its words put together anew."""
    dice = random.Random(5)
    listed = [row["name"] for row in rows(SHARED / "watchlist.csv")]
    spaced = [name.split() for name in listed if " " in name]
    joined = [name for name in listed if " " not in name and len(name) > 1]
    names = dict.fromkeys(listed)
    while len(names) < _N_LISTED:
        if dice.random() < len(joined) / len(listed):
            names[dice.choice(joined)[:1] + dice.choice(joined)[1:]] = None
        else:
            one, other = dice.choice(spaced), dice.choice(spaced)
            names[" ".join(one[: len(one) // 2] + other[len(other) // 2 :])] = None
    asked = [" ".join(dice.sample(name.split(), len(name.split()))) for name in dice.sample(list(names), _N_QUERIES)]
    clock, processor = time.perf_counter(), time.process_time()
    watch = Watch([[name] for name in names])
    built = time.process_time()
    hits = watch.hits(asked)
    print(
        f"{len(asked):,} names among {len(names):,}: {time.perf_counter() - clock:.0f} s by the clock, "
        f"{time.process_time() - processor:.0f} s of processor ({built - processor:.0f} of them for the list); "
        f"{sum(bool(one) for one in hits):,} with a hit"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speed", action="store_true", help="only how fast")
    told = parser.parse_args()
    if not SHARED.is_dir():
        print(f"{SHARED}: no such folder; the pairs of names stand beside the project")
        return
    if not told.speed:
        pairs()
        look_ups()
    speed()


if __name__ == "__main__":
    main()
