"""Scores what became of the branches: which floor moved where, which stopped and for how long, who travelled as one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from statistics import median
from typing import TYPE_CHECKING, Any

from upriver.evaluate.scores import precision_recall_f1
from upriver.evaluate.truth import Truth, split
from upriver.model.forms import FORMS

if TYPE_CHECKING:
    from upriver.case.store import Case

Row = tuple[str, str, float, str, str]
Told = Mapping[str, str]
_MOVED = re.compile(r"activity that rose at (.+) after it fell at (.+), \d{4}-\d\d-\d\d")
_SCORED = frozenset({"back", "never", "went_on", "unseen"})


def planted_scores(case: Case, truth: Truth, persons: Mapping[str, str]) -> list[Row]:
    """Rows of (section, name, value, note, aim); none of a truth that plants no branches."""
    if not truth.branches:
        return []
    return [*_moves(case, truth), *followed(_told(case, truth), truth.branches), *_parties(case, truth, persons)]


def _moves(case: Case, truth: Truth) -> list[Row]:
    labels = case.read("loophole", "label", where="rule = 'displaced'").to_pydict()["label"]
    return moved(labels, truth.branches, truth.moves)


def moved(labels: Iterable[str], branches: Iterable[Told], moves: Iterable[Told]) -> list[Row]:
    """Precision and recall of the moves that labels of the rule `displaced` tell.

    branches  rows of branches.csv; moves: rows of moves.csv
    """
    named = {row[name].casefold(): row["place"] for row in branches for name in ("place", "site", "company")}
    found: set[tuple[str, str]] = set()
    for label in labels:
        match = _MOVED.fullmatch(label)
        if match is not None:
            to, of = (named.get(name.casefold(), name) for name in match.groups())
            found.add((of, to))
    planted = list(moves)
    true = {(row["from_place"], row["to_place"]) for row in planted if row["moved"] == "1"}
    traps = {(row["from_place"], row["to_place"]) for row in planted} - true
    precision, recall, _ = precision_recall_f1(found, true)
    note = f"{len(found & true)} of {len(true)} moves told, {len(found - true)} told that were none"
    return [
        ("crackdown", "displacement, precision", precision, f"{note}, {len(found & traps)} of {len(traps)} traps", ""),
        ("crackdown", "displacement, recall", recall, note, ""),
    ]


def followed(told: Mapping[str, Sequence[float | None]], branches: Iterable[Told]) -> list[Row]:
    """What is told of the days after each raid, against what became of the floor.

    told      place of a raided branch -> days told for each action of its passages; None: not seen to come back
    branches  rows of branches.csv
    """
    right, stopped, missing, wrong_days = 0, 0, 0, []
    scored = [row for row in branches if row["fate"] in _SCORED]
    for row in scored:
        days = told.get(row["place"], [])
        if row["fate"] == "unseen":
            # Its records end: neither a stop nor a return may be told.
            right += not days
            stopped += any(value is None for value in days)
            continue
        missing += not days
        if row["fate"] == "back":
            near = [abs(value - float(row["days"])) for value in days if value]
            right += len(near) == 1 == len(days)
            wrong_days += near
        elif row["fate"] == "never":
            right += list(days) == [None]
        else:
            right += list(days) == [0.0]
            stopped += any(value != 0.0 for value in days)
    kinds = f"{right} of {len(scored)} raids: back, never back, did not stop, or not to be known; {missing} not told"
    rows: list[Row] = [
        ("crackdown", "what followed a raid, right", right / max(len(scored), 1), kinds, ""),
        ("crackdown", "stops told that were none", float(stopped), "floors that went on, one beyond its records", ""),
    ]
    if wrong_days:
        note = f"median over {len(wrong_days)} floors that came back; at most {max(wrong_days):g}"
        rows.append(("crackdown", "days until back, error", float(median(wrong_days)), note, ""))
    return rows


def _told(case: Case, truth: Truth) -> dict[str, list[float | None]]:
    """Place of a raided branch -> days told for each action of its passages; None: not seen to resume."""
    place = {passage: row["place"] for row in truth.branches for passage in split(row["passages"])}
    position = FORMS["news"].position("passage_id")
    passages = dict(zip(*case.sql(
        f"SELECT e.report_id, r.fields[{position}] AS passage FROM event_report e JOIN record r "
        "ON r.record_id = e.record_id WHERE r.form = 'news' ORDER BY e.report_id"
    ).to_pydict().values(), strict=True))  # fmt: skip
    of_action: dict[str, set[str]] = {}
    for row in case.read("action", "action_id", "report_ids").to_pylist():
        of_action[row["action_id"]] = {
            place[passages[name]] for name in row["report_ids"] if passages.get(name) in place
        }
    told: dict[str, list[float | None]] = defaultdict(list)
    for row in case.read("coverage", where="dimension = 'time'").to_pylist():
        if "no figure" in row["reached_what"]:
            continue
        for name in of_action.get(row["action_id"], ()):
            told[name].append(row["reached"])
    return told


def _parties(case: Case, truth: Truth, persons: Mapping[str, str]) -> list[Row]:
    """Pairs who travel together, against those who travelled as a party."""
    parties: defaultdict[str, set[str]] = defaultdict(set)
    for row in truth.journeys:
        if row["party"]:
            parties[row["party"]].add(row["person_id"])
    true = {pair for people in parties.values() for pair in combinations(sorted(people), 2)}
    # Travellers are known by their papers: of the strangers no other record tells.
    by_paper = {row["document"]: row["person_id"] for row in truth.journeys}
    sql = (
        "SELECT e.canonical_id, s.value FROM statement s JOIN entity e ON e.entity_id = s.entity_id "
        "WHERE s.prop = 'idNumber' ORDER BY e.canonical_id, s.value"
    )
    nodes = dict(persons)
    for node, paper in zip(*case.sql(sql).to_pydict().values(), strict=True):
        nodes[node] = by_paper.get(paper, nodes.get(node, node))
    found: set[tuple[str, ...]] = set()
    rows: list[dict[str, Any]] = case.read("edge", "source_id", "target_id", where="kind = 'travels_with'").to_pylist()
    for row in rows:
        found.add(tuple(sorted(nodes.get(row[end], row[end]) for end in ("source_id", "target_id"))))
    precision, recall, _ = precision_recall_f1(found, true)
    note = f"{len(found & true)} of {len(true)} pairs of a party among {len(found)} tied"
    return [
        ("ties", "co-travel pairs, precision", precision, note, ""),
        ("ties", "co-travel pairs, recall", recall, note, ""),
    ]
