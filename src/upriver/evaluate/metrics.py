"""Scores a simulated case: money, patterns, mules, groups, leaders, protection, loopholes, ledger; trivial rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from upriver.evaluate.ledger import ledger_scores
from upriver.evaluate.legs import leg_scores
from upriver.evaluate.mules import mule_scores
from upriver.evaluate.patterns import pattern_scores
from upriver.evaluate.planted import planted_scores
from upriver.evaluate.scores import average_precision, b_cubed, best_ranked_recall, overlap, precision_recall_f1
from upriver.evaluate.shares import share_scores
from upriver.evaluate.trivial import trivial_leaders, trivial_money
from upriver.evaluate.truth import Truth, persons_of, read_truth

if TYPE_CHECKING:
    from upriver.case.store import Case

_TOP = 5


@dataclass(frozen=True, slots=True)
class Score:
    """One figure; `aim` says what is asked of it, `note` what it counts."""

    section: str
    name: str
    value: float
    note: str
    aim: str = ""


@dataclass(frozen=True, slots=True)
class Scores:
    """All figures of one case."""

    rows: tuple[Score, ...]

    def as_text(self) -> str:
        """A table for people, section by section."""
        lines: list[str] = []
        section = ""
        for row in self.rows:
            if row.section != section:
                section = row.section
                lines += ["", section]
            lines.append(f"  {row.name:34} {_number(row.value):>14}  {row.aim:9} {row.note}".rstrip())
        return "\n".join(lines[1:])

    def as_json(self) -> str:
        """section -> name -> value."""
        told: dict[str, dict[str, float]] = {}
        for row in self.rows:
            told.setdefault(row.section, {})[row.name] = row.value
        return json.dumps(told, indent=2)

    def find(self, section: str, name: str) -> float | None:
        """A figure, or None where this case has none of that name."""
        return next((row.value for row in self.rows if (row.section, row.name) == (section, name)), None)


def score(case: Case, folder: Path) -> Scores:
    """Score `case` against the truth in `folder`.

    raises  EvidenceError when a truth file is missing
    """
    truth = read_truth(folder)
    persons = persons_of(case, truth)
    rows = [
        *_money(case, truth),
        *(Score(*row) for row in share_scores(case, truth, persons)),
        *(Score(*row) for row in leg_scores(case, truth)),
        *(Score(*row) for row in pattern_scores(case, truth)),
        *(Score(*row) for row in mule_scores(case, truth)),
        *_groups(case, truth, persons),
        *_leaders(case, truth, persons),
        *_protection(case, truth, persons),
        *(Score(*row) for row in ledger_scores(case, truth)),
        *(Score(*row) for row in planted_scores(case, truth, persons)),
    ]
    return Scores(tuple(rows))


def _money(case: Case, truth: Truth) -> list[Score]:
    # Victims' own accounts are where the money starts, not where it was traced to.
    true = {
        row["account"]: float(row["received_usd"])
        for row in truth.accounts
        if _is(row, "illicit") and row["layer"] != "victim"
    }
    ends = {row["account"] for row in truth.accounts if _is(row, "terminal")}
    rows = case.read("traced_account", "account", "received_usd", "stop_reason").to_pylist()
    found = {row["account"]: row["received_usd"] for row in rows if row["received_usd"] > 0}
    ranked = sorted(found, key=lambda account: (-found[account], account))
    stopped = {row["account"] for row in rows if row["stop_reason"]}
    precision, recall, f1 = precision_recall_f1(found, true)
    section = "money"
    told = [
        Score(section, "traced accounts F1", f1, f"precision {precision:.3f}, recall {recall:.3f}", ">= 0.80"),
        Score(section, "traced USD overlap", overlap(found, true), "by account, the main method against truth"),
        Score(section, "terminal recall", best_ranked_recall(ranked, ends, true.keys() - ends),
              f"{len(ends)} true ends among as many best ranked, true middles dropped", ">= 0.85"),
        Score(section, "ends named as open", len(ends & stopped) / max(len(ends), 1), "true ends with a stop reason"),
    ]  # fmt: skip
    told += [
        Score(section, f"trivial: {name}", value, "traced accounts F1 of as many")
        for name, value in trivial_money(case, true)
    ]
    return told


def _groups(case: Case, truth: Truth, persons: Mapping[str, str]) -> list[Score]:
    true = {row["person_id"]: row["company"] for row in truth.people if row["company"]}
    found: dict[str, str] = {}
    for node, community in zip(*case.read("community", "node_id", "community_id").to_pydict().values(), strict=True):
        person = persons.get(node)
        if person in true:
            found.setdefault(person, community)
    precision, recall, f1 = b_cubed(found, true)
    note = f"precision {precision:.3f}, recall {recall:.3f} over {len(found)} of {len(true)} people of a company"
    return [Score("groups", "companies, B-cubed F1", f1, note)]


def _leaders(case: Case, truth: Truth, persons: Mapping[str, str]) -> list[Score]:
    leaders = {row["person_id"] for row in truth.people if _is(row, "leader")}
    rows = case.sql("SELECT person_id FROM role ORDER BY rank, person_id").to_pydict()["person_id"]
    ranked = list(dict.fromkeys(persons.get(node, node) for node in rows))
    section = "leaders"
    note = f"{len(leaders)} leaders, {len(ranked)} ranked"
    on_top = len(set(ranked[: len(leaders)]) & leaders) / max(len(leaders), 1)
    told = [
        Score(section, "average precision", average_precision(ranked, leaders), note, ">= 0.60"),
        Score(section, "leaders among as many on top", on_top, "share"),
    ]
    for depth in (_TOP, 10, 20):
        wrong = [truth.by_person[p] for p in ranked[:depth] if p in truth.by_person]
        coerced = sum(_is(row, "coerced") for row in wrong)
        innocent = sum(row["role"] in {"innocent", "victim"} for row in wrong)
        aim = "0" if depth == _TOP else ""
        told.append(
            Score(section, f"coerced in the top {depth}", coerced, "false accusation: a captive shown as a leader", aim)
        )
        told.append(Score(section, f"innocent in the top {depth}", innocent, "false accusation", aim))
    told += [
        Score(section, f"trivial: {name}", value, "average precision of a rule that knows nothing", "<= 0.30")
        for name, value in trivial_leaders(case, persons, leaders)
    ]
    return told


def _protection(case: Case, truth: Truth, persons: Mapping[str, str]) -> list[Score]:
    coerced = {row["person_id"] for row in truth.people if _is(row, "coerced")}
    children = {row["person_id"] for row in truth.people if _is(row, "child")}
    rows = case.read("protected_person", "person_id", "status", "child").to_pylist()
    status: dict[str, set[str]] = {}
    for row in rows:
        person = persons.get(row["person_id"])
        if person is not None:
            status.setdefault(person, set()).add(row["status"])
    presumed = {person for person, told in status.items() if "presumed_victim" in told}
    referred = {person for person, told in status.items() if told & {"presumed_victim", "refer"}}
    seen = coerced & set(persons.values())
    found_children = children & {persons.get(row["person_id"]) for row in rows if row["child"]}
    wrong = presumed - coerced - children
    section = "protection"
    return [
        Score(section, "presumed victims, recall", len(presumed & coerced) / max(len(coerced), 1),
              f"{len(presumed & coerced)} of {len(coerced)} coerced, {len(seen)} of them seen in evidence", ">= 0.80"),
        Score(section, "presumed or referred, recall", len(referred & coerced) / max(len(coerced), 1), ""),
        Score(section, "presumed victims, precision", (len(presumed) - len(wrong)) / max(len(presumed), 1),
              f"{len(wrong)} presumed who were not coerced: to presume too many is the lesser wrong"),
        Score(section, "children found", len(found_children) / max(len(children), 1), f"of {len(children)}"),
    ]  # fmt: skip


def _is(row: Mapping[str, str], name: str) -> bool:
    return row[name] == "1"


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) and abs(value) != 1 and value != 0 else f"{value:.3f}"
