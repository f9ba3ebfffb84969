"""Ratios from the case's own lists: who was handed over, of those the evidence shows at a place or in control."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from upriver.crackdown.presence import maybe_words
from upriver.crackdown.ratios import Figure, Row, counted, loophole, no_figure

if TYPE_CHECKING:
    from upriver.case.stage import Desk
    from upriver.crackdown.params import CrackdownParams

Handed = Mapping[str, set[str]]

# Who has each mark of control. A key or share counts when it plainly is one: room keys and single gifts are none.
_MARKS = (
    ("commands", 0.0, "people who command others"),
    ("holds_key", 0.3, "holders of keys of control"),
    ("shares", 0.3, "people who receive regular shares"),
    ("owns", 0.0, "owners and directors of companies of the operation"),
)

# People on a list of people handed over, with the records that say so.
_HANDED = """
SELECT e.canonical_id AS person_id, s.record_id AS record_id
FROM statement s JOIN entity e ON s.entity_id = e.entity_id
WHERE s.prop = 'status' AND s.value = 'handed over'
ORDER BY person_id, record_id
"""

# Pairs that are neither joined nor told apart: one of the two may be on a list under another spelling.
_UNDECIDED = """
SELECT a.canonical_id AS one, b.canonical_id AS other FROM judgement j
JOIN entity a ON a.entity_id = j.left_id JOIN entity b ON b.entity_id = j.right_id
WHERE j.judgement = 'unsure' AND j.match_probability >= {least} AND a.canonical_id <> b.canonical_id
ORDER BY one, other
"""


def custody(case: Desk, handed: Handed, maybe: frozenset[str], params: CrackdownParams) -> list[Row]:
    """Rows of `loophole` from lists of people; none where the case has no such list.

    maybe  as `may_be_handed` tells
    """
    if not handed:
        return []
    return [
        *_by_mark(case, handed, maybe, params), *_by_control(case, handed, maybe, params),
        *_by_protection(case, handed),
    ]  # fmt: skip


def handed_over(case: Desk) -> Handed:
    """People on lists of people handed over -> the records that say so."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in case.sql(_HANDED).to_pylist():
        found[row["person_id"]].add(row["record_id"])
    return found


def may_be_handed(case: Desk, handed: Handed, params: CrackdownParams) -> frozenset[str]:
    """People not known to be on a list, who may be one with somebody on it."""
    found = set()
    for pair in case.sql(_UNDECIDED.format(least=params.maybe_from)).to_pylist():
        for one, other in ((pair["one"], pair["other"]), (pair["other"], pair["one"])):
            if other in handed and one not in handed:
                found.add(one)
    return frozenset(found)


def _taken(who: str, people: Iterable[str], handed: Handed, maybe: frozenset[str]) -> tuple[Figure, str]:
    """People of `who` on lists; the upper end counts those who may be, and the caution says so."""
    crowd = set(people)
    sure, more = sorted(crowd & handed.keys()), crowd & maybe
    figure = counted(float(len(sure)), f"handed over, of {who}", "people", sure, _ground(handed, sure))
    if not more:
        return figure, ""
    figure = replace(figure, high=float(len(sure) + len(more)))
    return figure, maybe_words(len(more))


def _ground(handed: Handed, people: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({record for person in people for record in handed.get(person, ())}))


def _by_control(case: Desk, handed: Handed, maybe: frozenset[str], params: CrackdownParams) -> Iterable[Row]:
    """Those early in the ranking by control, as a share of those handed over; of themselves they are a rung."""
    ranked: list[dict[str, Any]] = case.read("role").to_pylist()
    early = sorted(
        row["person_id"]
        for row in ranked
        if row["rank"] <= params.early_rank
        and row["score"] >= params.early_score
        and row["protection"] != "presumed_victim"
    )
    if not early:
        nobody = no_figure("leaders among people handed over: no figure", "people")
        yield loophole(
            "by_control_none",
            "role",
            "leaders among people handed over",
            nobody,
            _all(handed),
            "the evidence ranks nobody by control",
        )
        return
    grounds = sorted({record for row in ranked if row["person_id"] in early for record in row["record_ids"]})
    above, more = _taken(f"ranks 1 to {params.early_rank} by control", early, handed, maybe)
    above = replace(above, records=tuple(sorted({*above.records, *grounds})))
    caution = "rank is by marks of control in this evidence; it is no guilt, and missing records count for nobody"
    yield loophole("by_control_share", "role", "leaders among people handed over", above, _all(handed), caution + more)


def _by_mark(case: Desk, handed: Handed, maybe: frozenset[str], params: CrackdownParams) -> Iterable[Row]:
    """For each mark of control: people handed over, of those who show it."""
    ranked = [
        (row["person_id"], json.loads(row["features"]), row["record_ids"])
        for row in case.read("role", "person_id", "features", "record_ids").to_pylist()
    ]
    for mark, least, who in _MARKS:
        shown = {person: records for person, features, records in ranked if features.get(mark, 0.0) > least}
        if len(shown) < params.fewest_people:
            continue
        above, more = _taken(who, shown, handed, maybe)
        grounds = sorted({record for records in shown.values() for record in records})
        below = counted(float(len(shown)), f"{who}, by the evidence", "people", sorted(shown), grounds)
        caution = "a mark of control in this evidence is no guilt; one person known by two names may stand here twice"
        label = f"{who}: handed over, of those the evidence shows on any rung"
        yield loophole("by_mark", "role", label, above, below, caution + more, "control")


def _by_protection(case: Desk, handed: Handed) -> Iterable[Row]:
    """Presumed victims among those handed over; no figure where nothing is told of any of them."""
    screened = dict(zip(*case.read("protected_person", "person_id", "status").to_pydict().values(), strict=True))
    status = {person: screened.get(person, "no_information") for person in handed}
    presumed = sorted(person for person, state in status.items() if state == "presumed_victim")
    silent = sum(state == "no_information" for state in status.values())
    what = "handed over and presumed victims of trafficking"
    above = counted(float(len(presumed)), what, "people", presumed, _ground(handed, presumed))
    asked = sum(state == "refer" for state in status.values())
    above = replace(above, high=float(len(presumed) + asked))
    if silent == len(handed):
        above = no_figure(f"{what}: no figure", "people")
    yield loophole("by_protection",
        "role", "presumed victims among people handed over", above, _all(handed),
        f"of {silent:,} of them nothing is told, which clears nobody: the share is a least one; the upper end adds "
        "those to be interviewed first",
    )  # fmt: skip


def _all(handed: Handed) -> Figure:
    return counted(
        float(len(handed)), "people on lists of people handed over", "people", (), _ground(handed, sorted(handed))
    )
