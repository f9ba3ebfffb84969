"""Which pairs are worth a person's look, those first of which a decision would change most."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from upriver.case.journal import Decision
from upriver.case.store import Case
from upriver.report.figures import counted, sentence, usd

# Within one bit of the threshold, on either side, a judgement could as well be the other.
_NEAR_BITS = 1.0
_SAME_AT = 0.95
# A person ranked by control and one presumed a victim are not joined, nor left joined, by a slip.
_BOTH_SCALES = 4.0


@dataclass(frozen=True, slots=True)
class Weight:
    """What hangs on one entity and the cluster it is in.

    n_records   records that tell of the entity itself
    n_ties      ties of its cluster
    traced_usd  victims' money that its cluster's accounts received
    rank        of its cluster by control; None where it shows no mark
    score       evidence of organising, 0 to 1
    need        status of protection; "" where nothing is told
    """

    n_records: int = 0
    n_ties: int = 0
    traced_usd: float = 0.0
    rank: int | None = None
    score: float = 0.0
    need: str = ""

    def in_words(self) -> str:
        """What hangs on it, for a person."""
        return sentence([counted(self.n_records, "record"), *self.of_cluster()])

    def of_cluster(self) -> list[str]:
        """What hangs on its cluster, in parts of a sentence."""
        told = [counted(self.n_ties, "tie")]
        if self.traced_usd:
            told.append(f"{usd(self.traced_usd)} of victims' money")
        if self.rank is not None:
            told.append(f"rank {self.rank} by control")
        if self.need:
            told.append(f"need for protection: {self.need.replace('_', ' ')}")
        return told


@dataclass(frozen=True, slots=True)
class Doubt:
    """A pair to decide on. `change` orders: how much a decision would change, times how likely it is to."""

    left_id: str
    right_id: str
    left_cluster: str
    right_cluster: str
    judgement: str
    match_probability: float
    match_weight: float
    reason: str
    change: float
    left: Weight = Weight()
    right: Weight = Weight()

    @property
    def merged(self) -> bool:
        """Whether the two are one in the case as it stands."""
        return self.left_cluster == self.right_cluster


class Deck:
    """Pairs that are worth a look, in order.

    merged  whether they are joined in the case as it stands
    """

    def __init__(self, doubts: Iterable[Doubt], merged: bool = False) -> None:
        self.merged = merged
        self.doubts = sorted(doubts, key=lambda one: (-one.change, one.left_id, one.right_id))
        self._cluster = {
            entity: cluster
            for one in self.doubts
            for entity, cluster in ((one.left_id, one.left_cluster), (one.right_id, one.right_cluster))
        }

    @classmethod
    def of(cls, case: Case, merged: bool = False) -> Deck:
        """All pairs in doubt of a case; or those that were joined, the least sure first."""
        rows = _rows(case, merged)
        weights = _weights(case, {row[name] for row in rows for name in ("left_id", "right_id")})
        return cls((_doubt(row, weights) for row in rows), merged)

    def open(self, decisions: Iterable[Decision], skipped: Iterable[tuple[str, str]] = ()) -> list[Doubt]:
        """Pairs on which nothing is decided yet, neither directly nor by what was decided on others.

        decisions  those of the journal that stand
        skipped    pairs that are left for another day
        """
        last = {
            (one.subject_id, one.object_id or ""): one.kind for one in decisions if one.kind in {"same", "different"}
        }
        done = {*last, *skipped}
        left = [one for one in self.doubts if (one.left_id, one.right_id) not in done]
        if self.merged:
            return left
        parent: dict[str, str] = {}

        def root(entity: str) -> str:
            at = self._cluster.get(entity, entity)
            while parent.get(at, at) != at:
                at = parent[at]
            return at

        for (a, b), kind in sorted(last.items()):
            if kind == "same" and root(a) != root(b):
                parent[max(root(a), root(b))] = min(root(a), root(b))
        apart = {frozenset((root(a), root(b))) for (a, b), kind in last.items() if kind == "different"}
        return [
            one
            for one in left
            if root(one.left_id) != root(one.right_id)
            and frozenset((root(one.left_id), root(one.right_id))) not in apart
        ]


def _rows(case: Case, merged: bool) -> list[dict[str, Any]]:
    """Judgements by the machine that are to be looked at; what an analyst decided is not asked again."""
    at = case.manifest.parameters.get("resolve", {}).get("same_at", _SAME_AT)
    bits = math.log2(at / (1 - at)) if isinstance(at, float) and 0 < at < 1 else math.log2(_SAME_AT / (1 - _SAME_AT))
    low, high = (1 / (1 + 2.0**-edge) for edge in (bits - _NEAR_BITS, bits + _NEAR_BITS))
    doubtful = f"(j.judgement = 'unsure' OR j.match_probability BETWEEN {low!r} AND {high!r})"
    joined = "l.canonical_id = r.canonical_id" if merged else "l.canonical_id <> r.canonical_id"
    rows: list[dict[str, Any]] = case.sql(
        "SELECT j.left_id, j.right_id, j.judgement, j.match_probability, j.match_weight, j.reason, "
        "l.canonical_id AS left_cluster, r.canonical_id AS right_cluster FROM judgement j "
        "JOIN entity l ON l.entity_id = j.left_id JOIN entity r ON r.entity_id = j.right_id "
        "LEFT JOIN decision d ON d.kind IN ('same', 'different') "
        "AND ((d.subject_id = j.left_id AND d.object_id = j.right_id) "
        "OR (d.subject_id = j.right_id AND d.object_id = j.left_id)) "
        f"WHERE d.decision_id IS NULL AND {joined} "
        # An account is its number: whoever doubts that doubts the number, not the pair.
        "AND l.schema NOT IN ('BankAccount', 'CryptoWallet') "
        f"AND {'TRUE' if merged else doubtful} ORDER BY j.left_id, j.right_id"
    ).to_pylist()
    return rows


def _weights(case: Case, entities: set[str]) -> dict[str, Weight]:
    lent = pa.table({"entity_id": pa.array(sorted(entities), pa.string())})
    rows = case.sql(
        "SELECT w.entity_id, c.canonical_id, coalesce(s.n, 0) AS n_records, coalesce(t.n, 0) AS n_ties, "
        "coalesce(m.usd, 0) AS traced_usd, o.rank, o.score, p.status, p.child "
        "FROM wanted w JOIN entity c ON c.entity_id = w.entity_id "
        "LEFT JOIN (SELECT entity_id, count(DISTINCT record_id) AS n FROM statement GROUP BY entity_id) s "
        "ON s.entity_id = w.entity_id "
        "LEFT JOIN (SELECT node, count(*) AS n FROM (SELECT source_id AS node FROM edge UNION ALL "
        "SELECT target_id AS node FROM edge) GROUP BY node) t ON t.node = c.canonical_id "
        "LEFT JOIN (SELECT holder_id, sum(received_usd) AS usd FROM traced_account GROUP BY holder_id) m "
        "ON m.holder_id = c.canonical_id "
        "LEFT JOIN role o ON o.person_id = c.canonical_id "
        "LEFT JOIN protected_person p ON p.person_id = c.canonical_id ORDER BY w.entity_id",
        wanted=lent,
    ).to_pylist()
    return {
        row["entity_id"]: Weight(
            int(row["n_records"]), int(row["n_ties"]), float(row["traced_usd"]), row["rank"], row["score"] or 0.0,
            _need(row["status"], row["child"]),
        )
        for row in rows
    }  # fmt: skip


def _need(status: str | None, child: bool | None) -> str:
    need = "" if status in {None, "no_information"} else str(status)
    return f"{need or 'presumed_victim'}, a child" if child else need


def _doubt(row: dict[str, Any], weights: dict[str, Weight]) -> Doubt:
    left, right = (weights.get(row[name], Weight()) for name in ("left_id", "right_id"))
    merged = row["left_cluster"] == row["right_cluster"]
    chance = 1 - row["match_probability"] if merged else row["match_probability"]
    return Doubt(**row, change=round(chance * _size(left, right), 9), left=left, right=right)


def _size(left: Weight, right: Weight) -> float:
    """How much joining or parting the two would move: what hangs on the lesser of them, damped.

    >>> _size(Weight(3, 7), Weight(0, 0)), _size(Weight(3, 7), Weight(3, 7))
    (0.0, 5.0)
    """

    def lesser(one: float, two: float) -> float:
        return math.log2(1 + min(one, two))

    size = lesser(left.n_records, right.n_records) + lesser(left.n_ties, right.n_ties)
    size += lesser(left.traced_usd / 100, right.traced_usd / 100) + 4 * min(left.score, right.score)
    if (left.rank is not None and right.need) or (right.rank is not None and left.need):
        size += _BOTH_SCALES
    return size


def in_words(doubt: Doubt, others: Sequence[Doubt] = ()) -> str:
    """What a decision would change."""
    if doubt.merged:
        records = " and ".join(counted(one.n_records, "record") for one in (doubt.left, doubt.right))
        return f"they are one now, with {sentence(doubt.left.of_cluster())}; parted, they are two, of {records}"
    told = f"as one, {doubt.left.in_words()} come together with {doubt.right.in_words()}"
    return told + (f"; settles {counted(len(others), 'other pair')} too" if others else "")
