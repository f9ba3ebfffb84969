"""Which contacts are worth a person's look, those first of which a look would change most, each with its reasons."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

import pyarrow as pa

from upriver.case.journal import SAME_TEXT, Decision
from upriver.case.store import Case
from upriver.clean.wording import n_letters
from upriver.extract.contact_texts import ADVERT, texts_of
from upriver.report.figures import counted, usd

_LEAST_SCORE = 0.1  # an ordinary text below this is not asked
_NEAR = (0.2, 0.8)  # probabilities at which a label could as well be the other
_HALF = 0.5
_LEAST_CHANCE = 0.05  # of an error of the machine, however sure it is
_MANY = 3  # people or records with the same words: one answer saves the others
_RARE = 20  # a kind is rare of which one scam in so many is
_AFTER = timedelta(days=14)  # money paid so long after a message is near it
_LETTERS = 24  # of a text that settles all of its words (clean/wording.py) ...
_LOOKED_AT = 1_000  # ... among so many of its characters
_FLAGS = frozenset({"scam", "lure"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A contact to look at. `change` orders: how likely a look changes the label, times what hangs on it.

    records  those that one answer settles: all of the same words where these are long enough to be nobody's by chance
    n_people that got these words
    usd      victims' money paid within 14 days after it, or by the victim whose report it is
    reasons  why it is asked, in words
    """

    record_id: str
    medium: str
    label: str
    score: float
    label_by: str = ""
    kind: str | None = None
    stage: str | None = None
    list_label: str | None = None
    list_score: float | None = None
    model_label: str | None = None
    model_score: float | None = None
    cues: tuple[str, ...] = ()
    records: frozenset[str] = frozenset()
    n_people: int = 0
    usd: float = 0.0
    reasons: tuple[str, ...] = ()
    change: float = 0.0

    @property
    def other(self) -> str | None:
        """The second part of a decision on it: whether it counts for all records of its words."""
        return SAME_TEXT if len(self.records) > 1 else None


class Queue:
    """Contacts that are worth a look, in order."""

    def __init__(self, asked: Iterable[Asked]) -> None:
        self.asked = sorted(asked, key=lambda one: (-one.change, one.record_id))

    @classmethod
    def of(cls, case: Case) -> Queue:
        """All contacts of a case that an analyst has not labelled and that there is a reason to look at."""
        rows = _rows(case)
        groups = _groups(case, rows)
        people = _people(case)
        money = _money(case)
        kinds = Counter(
            row["kind"]
            for row in case.sql("SELECT kind FROM contact_class WHERE label = 'scam' ORDER BY record_id").to_pylist()
        )
        made = (_asked(group, people, money, kinds) for group in groups)
        return cls(one for one in made if one.reasons)

    def open(self, decisions: Iterable[Decision], skipped: Iterable[str] = ()) -> list[Asked]:
        """Contacts that no label settles yet.

        decisions  those of the journal that stand
        skipped    record_ids of contacts that are left for another day
        """
        said = [one for one in decisions if one.kind == "label"]
        own = {one.subject_id for one in said}
        same = {one.subject_id for one in said if one.object_id == SAME_TEXT}
        gone = set(skipped)
        return [
            one
            for one in self.asked
            if one.record_id not in gone and not (one.records & same) and not (one.records <= own)
        ]


def _rows(case: Case) -> list[dict[str, Any]]:
    """Readings by the machine alone that are not plainly ordinary."""
    rows: list[dict[str, Any]] = case.sql(
        "SELECT record_id, medium, label, score, label_by, kind, stage, list_label, list_score, model_label, "
        "model_score, cues, text_id FROM contact_class WHERE (label_by IS NULL OR label_by <> 'analyst') "
        f"AND (label <> 'neither' OR score >= {_LEAST_SCORE} OR list_label <> model_label) ORDER BY record_id"
    ).to_pylist()
    # Texts without a word: there is nothing to read.
    return [row for row in rows if row["label"] != "unsure" or row["cues"] or row["model_label"]]


def _groups(case: Case, rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Rows that one answer settles: those of the same words, where these are long enough."""
    by_text: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_text[row["text_id"] or row["record_id"]].append(row)
    several = [group for group in by_text.values() if len(group) > 1]
    texts = texts_of(case, [group[0]["record_id"] for group in several])
    groups: list[list[dict[str, Any]]] = []
    for group in by_text.values():
        _, text = texts.get(group[0]["record_id"], ("", ""))
        together = len(group) > 1 and n_letters(text[:_LOOKED_AT]) >= _LETTERS
        groups += [group] if together else [[row] for row in group]
    return groups


def _people(case: Case) -> dict[str, int]:
    """text_id -> people, or groups, that got these words in a message."""
    rows = case.sql(
        "SELECT c.text_id, count(DISTINCT coalesce(m.recipient, m.thread)) AS n FROM contact_class c "
        "JOIN message m ON m.record_id = c.record_id WHERE c.text_id IS NOT NULL GROUP BY c.text_id ORDER BY c.text_id"
    ).to_pylist()
    return {row["text_id"]: int(row["n"]) for row in rows}


def _money(case: Case) -> dict[str, float]:
    """record_id -> USD that victims paid soon after a message of their talks; of a report, what its victim paid."""
    paid: dict[str, list[tuple[datetime, float]]] = defaultdict(list)
    for row in case.sql(
        "SELECT e.canonical_id, f.occurred_at, f.amount_usd FROM flow f JOIN entity e ON e.entity_id = f.victim_id "
        "WHERE f.origin = 'victim_payment' ORDER BY e.canonical_id, f.occurred_at, f.transfer_id"
    ).to_pylist():
        paid[row["canonical_id"]].append((row["occurred_at"], float(row["amount_usd"])))
    if not paid:
        return {}
    lent = pa.table({"node_id": pa.array(sorted(paid), pa.string())})
    found: dict[str, float] = defaultdict(float)
    for row in case.sql(
        "SELECT DISTINCT c.record_id, e.canonical_id FROM contact_class c "
        "JOIN statement s ON s.record_id = c.record_id JOIN entity e ON e.entity_id = s.entity_id "
        "JOIN victims v ON v.node_id = e.canonical_id "
        "WHERE c.medium = 'report' ORDER BY c.record_id, e.canonical_id",
        victims=lent,
    ).to_pylist():
        found[row["record_id"]] += sum(amount for _, amount in paid[row["canonical_id"]])
    talks = case.sql(
        "SELECT DISTINCT m.record_id, t.node_id, m.sent_at FROM message m JOIN (SELECT x.thread, i.node_id "
        "FROM message x JOIN identifier i ON i.observable_id = x.sender JOIN victims v ON v.node_id = i.node_id UNION "
        "SELECT x.thread, i.node_id FROM message x JOIN identifier i ON i.observable_id = x.recipient "
        "JOIN victims v ON v.node_id = i.node_id) t ON t.thread = m.thread "
        "WHERE m.sent_at IS NOT NULL ORDER BY m.record_id, t.node_id, m.sent_at",
        victims=lent,
    ).to_pylist()
    times = {node: [at for at, _ in payments] for node, payments in paid.items()}
    sums = {node: [0.0, *accumulate(amount for _, amount in payments)] for node, payments in paid.items()}
    for row in talks:
        when, total = times[row["node_id"]], sums[row["node_id"]]
        low, high = bisect_left(when, row["sent_at"]), bisect_right(when, row["sent_at"] + _AFTER)
        found[row["record_id"]] += total[high] - total[low]
    return {record: amount for record, amount in found.items() if amount > 0}


def _asked(
    group: Sequence[dict[str, Any]], people: Mapping[str, int], money: Mapping[str, float], kinds: Counter[str | None]
) -> Asked:
    row = min(group, key=lambda one: (-_chance(one), one["record_id"]))
    n_people = people.get(row["text_id"] or "", 0) if len(group) > 1 else 0
    near = max(money.get(one["record_id"], 0.0) for one in group)
    rare = row["label"] == "scam" and row["kind"] is not None and kinds[row["kind"]] * _RARE <= kinds.total()
    many = max(n_people, len(group))
    reasons = [*_doubts(row)]
    if many >= _MANY:
        got, have = counted(n_people, "person got", "people got"), counted(len(group), "record has", "records have")
        who = got if n_people >= _MANY else have
        reasons.append(f"{who} the same words: one answer settles all")
    if near:
        which = "" if len(group) == 1 else f"one of these {len(group):,}"
        reasons.append(
            f"{'the victim of ' + which if which else 'its victim'} paid {usd(near)}"
            if row["medium"] == "report" else
            f"{usd(near)} of victims' money went out in the 14 days after {which or 'it'}"
        )  # fmt: skip
    if rare:
        reasons.append(f"a rare kind: {row['kind']}, {kinds[row['kind']]:,} of {kinds.total():,} scam contacts")
    size = 1.0 + math.log2(many) + math.log2(1 + near / 100) / 2 + rare
    told = {name: row[name] for name in row if name not in ("cues", "text_id", "label_by")}
    return Asked(
        **told, label_by=row["label_by"] or "", cues=tuple(row["cues"] or ()),
        records=frozenset(one["record_id"] for one in group), n_people=n_people, usd=near, reasons=tuple(reasons),
        change=round(_chance(row) * size, 9),
    )  # fmt: skip


def _differ(row: Mapping[str, Any]) -> bool:
    """Whether of word lists and model one flags a text and the other calls it ordinary."""
    told = {row["list_label"], row["model_label"]}
    return "neither" in told and bool(told & _FLAGS)


def _chance(row: Mapping[str, Any]) -> float:
    """How likely a look is to change the label."""
    score = float(row["score"])
    # No probability of a lure is fitted for messages.
    bare = row["label"] == "lure" and row["medium"] != ADVERT
    wrong = score if row["label"] == "neither" else 1 - score
    if row["label"] == "unsure" or bare or _differ(row):
        wrong = max(wrong if row["label"] != "unsure" else 0.0, _HALF)
    return max(wrong, _LEAST_CHANCE)


def _doubts(row: Mapping[str, Any]) -> Iterable[str]:
    """Why the label may be another."""
    score, what = float(row["score"]), "a lure" if row["medium"] == ADVERT else "a scam contact"
    if _differ(row):
        yield (
            f"the word lists say {row['list_label']} ({row['list_score'] or 0:.2f}), "
            f"the model {row['model_label']} ({row['model_score'] or 0:.2f})"
        )
    elif row["label"] == "unsure" and row["model_label"] == "unsure":
        yield f"the model's label and its probability ({score:.2f}) contradict each other"
    elif row["label"] == "unsure":
        yield f"signs that do not make {what} together: {score:.2f} likely one"
    elif row["label"] == "lure" and row["medium"] != ADVERT:
        yield "an offer of work in a message, told by its signs alone"
    elif _NEAR[0] <= score <= _NEAR[1]:
        yield f"near the threshold: {score:.2f} likely {what}"
