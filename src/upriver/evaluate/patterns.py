"""Scores alerts: of the planted laundering patterns, by kind and by size, which ones an alert points at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from upriver.evaluate.truth import Truth, split

if TYPE_CHECKING:
    from upriver.case.store import Case

_SECTION = "patterns"
# Transfers of a pattern: up to so many is small, medium, large.
_SIZES = (("small", 6), ("medium", 16), ("large", 1 << 62))
_COVERED = 0.5
# One scheme may be told under a kinder name: money handed on is layered whether or not a little goes aside.
_AKIN = {
    "layering": {"layering", "peel_chain"},
    "peel_chain": {"peel_chain", "layering"},
    "gather_scatter": {"gather_scatter", "fan_in", "fan_out"},
    "stack": {"stack", "bipartite"},
    "mule_burst": {"mule_burst", "fan_in", "gather_scatter"},
}


@dataclass(frozen=True, slots=True)
class Planted:
    """A pattern of the truth, as the transfers of the case that it left, and the one at its centre."""

    kind: str
    account: str
    transfers: frozenset[str]

    @property
    def size(self) -> str:
        return next(name for name, most in _SIZES if len(self.transfers) <= most)


@dataclass(frozen=True, slots=True)
class Told:
    """An alert of the case: kind, and the transfers it names."""

    kind: str
    transfers: frozenset[str]


def found(planted: Planted, told: Collection[Told], kinds: Collection[str]) -> bool:
    """Whether alerts of `kinds` that lie mostly within the pattern cover half of its transfers together.

    An alert that names mostly other transfers points elsewhere, however many it names.
    """
    covered: set[str] = set()
    for alert in told:
        common = alert.transfers & planted.transfers
        if alert.kind in kinds and len(common) >= _COVERED * len(alert.transfers):
            covered |= common
    return len(covered) >= _COVERED * len(planted.transfers)


def pattern_scores(case: Case, truth: Truth) -> list[tuple[str, str, float, str, str]]:
    """Rows of scores, as `metrics.Score` takes them; none where the truth plants no patterns."""
    by_reference = _by_reference(case)
    planted = planted_patterns(by_reference, truth)
    story = {by_reference[row["reference"]] for row in truth.transfers if row["reference"] in by_reference}
    rows = case.read("alert", "kind", "transfer_ids").to_pylist()
    told = [Told(row["kind"], frozenset(row["transfer_ids"])) for row in rows]
    return scored(planted, told, story)


def scored(
    planted: Collection[Planted], told: Collection[Told], story: Collection[str] = ()
) -> list[tuple[str, str, float, str, str]]:
    """Rows of scores of `planted` patterns among `told` alerts.

    story  transfers that carry victims' money in truth: an alert that rests on them is right as well
    """
    if not planted:
        return []
    exact: dict[str, list[bool]] = defaultdict(list)
    near: dict[str, list[bool]] = defaultdict(list)
    for one in planted:
        exactly = found(one, told, {one.kind})
        nearly = found(one, told, _AKIN.get(one.kind, {one.kind}))
        for name in ("all", one.kind, f"size {one.size}"):
            exact[name].append(exactly)
            near[name].append(nearly)
    names = ["all", *sorted(name for name in exact if name != "all" and not name.startswith("size"))]
    names += [f"size {size}" for size, _ in _SIZES if f"size {size}" in exact]
    told_rows = [
        (
            _SECTION,
            f"found: {name.replace('_', ' ')}",
            sum(exact[name]) / len(exact[name]),
            f"{sum(exact[name])} of {len(exact[name])} by an alert of the kind, {sum(near[name])} by one akin",
            "",
        )
        for name in names
    ]
    everything = frozenset().union(*(one.transfers for one in planted))
    right = sum(len(alert.transfers & everything) >= _COVERED * len(alert.transfers) for alert in told)
    note = f"{right} of {len(told)} alerts lie mostly within planted patterns"
    told_rows.append((_SECTION, "alerts within planted", right / max(len(told), 1), note, ""))
    everything |= frozenset(story)
    right = sum(len(alert.transfers & everything) >= _COVERED * len(alert.transfers) for alert in told)
    note = f"{right} of {len(told)} lie mostly within these or carry victims' money; the town has patterns of its own"
    told_rows.append((_SECTION, "alerts of laundering", right / max(len(told), 1), note, ""))
    return told_rows


def _by_reference(case: Case) -> dict[str, str]:
    return dict(zip(*case.read("transfer", "reference", "transfer_id").to_pydict().values(), strict=True))


def planted_patterns(by_reference: Mapping[str, str], truth: Truth) -> list[Planted]:
    """Patterns that were planted apart from the story, with the transfers of the case that stand for them."""
    patterns = []
    for row in truth.typologies:
        if row.get("planted") != "1":
            continue
        transfers = frozenset(
            by_reference[reference] for reference in split(row["references"]) if reference in by_reference
        )
        if transfers:
            patterns.append(Planted(row["kind"], row["account"], transfers))
    return patterns
