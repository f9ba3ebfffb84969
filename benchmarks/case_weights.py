"""Should a case learn its weights? The stated ones beside expectation-maximisation, on the same pairs of made-up cases.

    python -m benchmarks.case_weights [--seeds 1 2] [--scale small]

Entities whose person the truth tells, by an identifier or by a name that one person has; pairs of them that the resolve
stage compares. Learnt: what share of pairs of one person, and of strangers drawn at random, agree in each field
(Fellegi & Sunter 1969), the first by expectation-maximisation over the compared pairs, as Splink does. The truth is
read for the score alone.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt

from upriver.case.store import Case
from upriver.evaluate.truth import Truth, read_truth, split
from upriver.pipeline import stages
from upriver.resolve.compare import Comparer
from upriver.resolve.facts import Facts, clash, gather
from upriver.resolve.stage import ResolveParams
from upriver.simulate.folder import simulate

Levels = npt.NDArray[np.int64]
_NAME = 4  # levels of a name: differs, may be one, is one, is equal
_KINDS = {
    "phone": ("phone", "whatsapp"),
    "account": ("account", "bank_account", "iban", "bank_card", "btc", "eth", "tron"),
    "email": ("email",),
    "device": ("device", "device_id", "imei"),
    "user name": ("telegram", "wechat", "qq", "line", "handle"),
}
_FIELDS = ("name", "birth date", "document", *_KINDS, "address")
_STRANGERS = 20_000
_ROUNDS = 60


def agreement(comparer: Comparer, one: Facts, other: Facts) -> list[int]:
    """Level of each of `_FIELDS`; -1 where one of the two does not tell it."""
    name = comparer.names(one, other)
    level = -1
    if name is not None:
        level = 3 if name.equal else sum(name.match_probability >= at for at in (0.5, 0.95))
    found = [level, _same(one.births, other.births), _same(one.documents, other.documents)]
    for kinds in _KINDS.values():
        mine, theirs = (tuple(i for i in f.identifiers if i.partition(":")[0] in kinds) for f in (one, other))
        found.append(_same(mine, theirs))
    return [*found, _same((one.address,) if one.address else (), (other.address,) if other.address else ())]


def _same(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    return int(bool(set(one) & set(other))) if one and other else -1


def learnt(pairs: Levels, strangers: Levels) -> npt.NDArray[np.float64]:
    """Probability of each pair that it is of one, by weights learnt from the pairs and from strangers."""
    sizes = [_NAME, *(2 for _ in _FIELDS[1:])]
    by_chance = [_shares(strangers[:, k], np.ones(len(strangers)), n) for k, n in enumerate(sizes)]
    by_one = [np.arange(1.0, n + 1) ** 2 / (np.arange(1.0, n + 1) ** 2).sum() for n in sizes]
    share, found = 0.2, np.zeros(len(pairs))
    for _ in range(_ROUNDS):
        weight = np.full(len(pairs), np.log(share / (1 - share)))
        for k in range(len(sizes)):
            told = pairs[:, k] >= 0
            weight[told] += np.log(by_one[k] / by_chance[k])[pairs[told, k]]
        found = 1 / (1 + np.exp(-weight))
        share = float(np.clip(found.mean(), 1e-4, 0.999))
        by_one = [_shares(pairs[:, k], found, n) for k, n in enumerate(sizes)]
    return found


def _shares(levels: Levels, weights: npt.NDArray[np.float64], n: int) -> npt.NDArray[np.float64]:
    counts = np.bincount(levels[levels >= 0], weights=weights[levels >= 0], minlength=n) + 0.5
    shares: npt.NDArray[np.float64] = counts / counts.sum()
    return shares


def persons(facts: dict[str, Facts], truth: Truth) -> dict[str, str]:
    """entity_id -> person, where the truth tells one and only one."""
    by_sign = {sign: row["person_id"] for row in truth.people for sign in split(row["identifiers"])}
    bearers = Counter(name for row in truth.people for name in set(split(row["names"])))
    by_name = {n: row["person_id"] for row in truth.people for n in split(row["names"]) if bearers[n] == 1}
    found = {}
    for entity, one in facts.items():
        if one.family == "person" and not one.listed:
            told = {by_sign[sign] for sign in one.identifiers if sign in by_sign}
            told = told if len(told) == 1 else {by_name[name] for name in one.names if name in by_name}
            if len(told) == 1:
                found[entity] = told.pop()
    return found


def measure(seed: int, scale: str) -> None:
    """Print precision and recall of both on one case."""
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept) / "made"
        simulate(folder, "border-town", scale, seed)
        with Case.create(Path(kept) / "case", folder / "evidence") as case:
            for stage in stages()[:3]:
                case.run(stage)
            _tell(case, read_truth(folder / "truth"), seed)


def _tell(case: Case, truth: Truth, seed: int) -> None:
    facts, _ = gather(case)
    who = persons(facts, truth)
    comparer = Comparer(facts.values(), ResolveParams())
    rows = case.read("judgement", "left_id", "right_id", "judgement", where="decided_by = 'model'").to_pylist()
    rows = [row for row in rows if row["left_id"] in who and row["right_id"] in who]
    ends = [(row["left_id"], row["right_id"]) for row in rows]
    true = np.array([who[a] == who[b] for a, b in ends])
    pairs = np.array([agreement(comparer, facts[a], facts[b]) for a, b in ends])
    dice, ids = random.Random(seed), sorted(who)
    drawn = [tuple(dice.sample(ids, 2)) for _ in range(_STRANGERS)]
    strangers = np.array([agreement(comparer, facts[a], facts[b]) for a, b in drawn if who[a] != who[b]])
    likely = learnt(pairs, strangers)
    stated = np.array([row["judgement"] == "same" for row in rows])
    whole = np.array([not clash(facts[a].marks, facts[b].marks) for a, b in ends])
    second = (pairs[:, 0] >= 1) & (pairs[:, 1:] == 1).any(axis=1)
    alone = (pairs[:, 0] < 0) & ((pairs[:, 2] == 1) | (pairs[:, _FIELDS.index("user name")] == 1))
    print(f"seed {seed}: {len(who):,} entities, {len(ends):,} pairs compared, {true.mean():.2f} of them true")
    for what, joined in (
        ("stated weights, house rules", stated), ("learnt, threshold .95", likely >= 0.95),
        ("learnt, threshold .99", likely >= 0.99),
        ("learnt, threshold .95, house rules", (likely >= 0.95) & whole & (second | alone)),
    ):  # fmt: skip
        right = float(true[joined].mean()) if joined.any() else 1.0
        print(
            f"  {what:36} joined {joined.sum():6,}  precision {right:.4f}  recall {true[joined].sum() / true.sum():.4f}"
        )


def main(arguments: list[str] | None = None) -> int:
    """Measure each seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--scale", default="small")
    told = parser.parse_args(arguments)
    for seed in told.seeds:
        measure(seed, told.scale)
    return 0


if __name__ == "__main__":
    sys.exit(main())
