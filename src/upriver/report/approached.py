"""What the claims and the page of contacts both need: sources, scripts, answers and payments, as they may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

from upriver.model.contacts import STAGES
from upriver.report.claims import Facts

CARE = (
    "A flag is a reason to look, never proof. It is of a number, a handle, a domain or a text, never of a person: who "
    "sent a message may be a captive of a compound, and a quotation or a warning uses the same words."
)
LOOK = "A reason to look, never proof: who sent it may be a captive."
# The same approach stands in one row of these; calls to numbers that may be anybody's stand apart.
_TOLD = "NOT a.by_victim AND a.basis <> 'number'"
_REPORTED = "told by reports alone"
_KIND = (
    "coalesce(a.kind, CASE WHEN a.label = 'lure' THEN 'lure into work' "
    f"WHEN a.medium = 'report' THEN '{_REPORTED}' ELSE 'kind not clear' END)"
)


@dataclass(frozen=True, slots=True)
class Delays:
    """Days from the first contact that the folder holds of each victim to the first payment after it, sorted.

    n_victims     victims approached at a told time, whether or not they paid after it
    approach_ids  the contacts that began it
    """

    days: tuple[float, ...]
    n_victims: int
    approach_ids: tuple[str, ...]

    @property
    def median(self) -> float | None:
        """Half of them paid within so many days; None where nobody did."""
        if not self.days:
            return None
        middle = len(self.days) // 2
        return self.days[middle] if len(self.days) % 2 else (self.days[middle - 1] + self.days[middle]) / 2

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the median by order statistics, exact; None of fewer than six."""
        return median_interval(self.days)


def median_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """The narrowest pair of sorted `values`, as far from either end, that holds the median in 95 % of samples or more.

    returns  None of fewer than six values: not even all of them would
    source   order statistics; the number of values below the median is binomial

    >>> median_interval([1, 2, 3, 4, 5, 6]), median_interval([1, 2])
    ((1, 6), None)
    """
    n = len(values)
    outside, kept = 0, None
    for left in range(n // 2):
        outside += comb(n, left)
        # Of either side so many samples fall short.
        if 2 * outside * 20 > 2**n:
            break
        kept = values[left], values[n - 1 - left]
    return kept


class Approached:
    """The approaches of a case."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def kinds(self) -> list[dict[str, Any]]:
        """Written and told approaches by kind, the most frequent first; calls in a row of their own at the end."""
        stages = ", ".join(f"sum(CASE WHEN a.stages LIKE '%{stage}%' THEN 1 ELSE 0 END) AS {stage}" for stage in STAGES)
        return self.facts.many(
            f"SELECT CASE WHEN a.medium = 'call' THEN 'calls' ELSE {_KIND} END AS kind, count(*) AS n, "
            "sum(a.n_records) AS n_records, count(DISTINCT a.source_id) AS n_sources, "
            "count(DISTINCT coalesce(a.victim_id, a.object_id)) AS n_approached, "
            "sum(CASE WHEN a.answered THEN 1 ELSE 0 END) AS n_answered, "
            "sum(CASE WHEN NOT a.answered THEN 1 ELSE 0 END) AS n_unanswered, "
            f"count(DISTINCT p.victim_id) AS n_paid, {stages} FROM approach a "
            f"LEFT JOIN approach_payment p ON p.approach_id = a.approach_id WHERE {_TOLD} "
            "GROUP BY 1 ORDER BY max(CASE WHEN a.medium = 'call' THEN 2 "
            "WHEN a.kind IS NULL AND a.label = 'scam' THEN 1 ELSE 0 END), n DESC, kind"
        )

    def first(self, most: int) -> list[dict[str, Any]]:
        """Approaches, those of most records first."""
        return self.facts.many(
            f"SELECT a.approach_id, a.record_ids FROM approach a WHERE {_TOLD} AND a.medium <> 'call' "
            f"ORDER BY a.n_records DESC, a.approach_id LIMIT {most}"
        )

    def sources(self, most: int, *, scripts: bool = False) -> list[dict[str, Any]]:
        """Numbers, handles, domains and links, or scripts: by victims who paid after them, then by people reached."""
        kind = "= 'script'" if scripts else "<> 'script'"
        return self.facts.many(
            f"SELECT * FROM approach_source WHERE kind {kind} AND common IS NULL AND n_approaches > 0 "
            f"ORDER BY n_paid DESC, n_approached DESC, n_texts DESC, source_id LIMIT {most}"
        )

    def common(self, most: int) -> list[dict[str, Any]]:
        """Sources that so many have that they say little."""
        return self.facts.many(
            f"SELECT * FROM approach_source WHERE common IS NOT NULL ORDER BY n_texts DESC, source_id LIMIT {most}"
        )

    def counts(self) -> dict[str, Any]:
        """How many sources there are, and how many reached several people."""
        return self.facts.one(
            "SELECT count(*) AS n, sum(CASE WHEN n_approached > 1 THEN 1 ELSE 0 END) AS n_several, "
            "sum(CASE WHEN n_paid > 0 THEN 1 ELSE 0 END) AS n_paid FROM approach_source "
            "WHERE kind <> 'script' AND common IS NULL AND n_approaches > 0"
        )

    def scripts(self, most: int) -> list[dict[str, Any]]:
        """Scripts of approaches, those of most senders first, with their words."""
        return self.facts.many(
            "SELECT s.*, t.words, t.n_senders AS n_nodes, t.first_at AS used_from, t.last_at AS used_to "
            "FROM approach_source s JOIN script t ON t.script_id = s.source_id "
            f"ORDER BY s.n_senders DESC, s.n_texts DESC, s.source_id LIMIT {most}"
        )

    def unanswered(self, most: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Contacts without an answer in the folder, the latest first; and how many there are, of how many told."""
        rows = self.facts.many(
            f"SELECT a.*, {_KIND} AS of_kind FROM approach a WHERE {_TOLD} AND NOT a.answered "
            f"ORDER BY a.first_at IS NULL, a.first_at DESC, a.approach_id LIMIT {most}"
        )
        counts = self.facts.one(
            f"SELECT sum(CASE WHEN {_TOLD} AND NOT a.answered THEN 1 ELSE 0 END) AS n, "
            f"sum(CASE WHEN {_TOLD} AND a.answered IS NOT NULL THEN 1 ELSE 0 END) AS n_told, "
            "sum(CASE WHEN a.basis = 'number' AND NOT a.answered THEN 1 ELSE 0 END) AS n_others FROM approach a"
        )
        return rows, {name: int(value or 0) for name, value in counts.items()}

    def delays(self) -> Delays:
        """How long after the first contact each victim first paid."""
        rows = self.facts.many(
            "SELECT a.victim_id, min(a.approach_id) AS approach_id, min(p.days) AS days FROM approach a JOIN ("
            "SELECT victim_id, min(first_at) AS first_at FROM approach WHERE victim_id IS NOT NULL AND NOT by_victim "
            "GROUP BY victim_id) f ON f.victim_id = a.victim_id AND f.first_at = a.first_at "
            "LEFT JOIN approach_payment p ON p.approach_id = a.approach_id WHERE NOT a.by_victim "
            "GROUP BY a.victim_id ORDER BY a.victim_id"
        )
        paid = [row for row in rows if row["days"] is not None]
        return Delays(
            tuple(sorted(row["days"] for row in paid)), len(rows), tuple(sorted(row["approach_id"] for row in paid))
        )

    def label(self, source_ids: Sequence[str]) -> dict[str, str]:
        """source_id -> what to call it; of a masked person it is a number or handle, and not the person."""
        labels = self.facts.labels(one for one in source_ids if ":" in one)
        told = {}
        for one in source_ids:
            kind, colon, value = one.partition(":")
            if not colon:
                continue
            if kind in ("domain", "url"):
                told[one] = self.facts.text(value)
            elif labels.is_masked(one):
                told[one] = (
                    f"a {'number' if kind in ('phone', 'whatsapp') else 'handle'} of {_bearer(labels.label(one))}"
                )
            else:
                told[one] = labels.label(one, 44)
        return told


def _bearer(label: str) -> str:
    """The pseudonym in a label of an identifier.

    >>> _bearer("Person 12 phone")
    'Person 12'
    """
    return " ".join(label.split()[:2])
