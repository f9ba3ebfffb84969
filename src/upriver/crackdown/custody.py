"""Ratios from the case's own lists: who was handed over, of those the evidence shows at a place or in control."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from upriver.clean.places import fold
from upriver.crackdown.ratios import Figure, Row, counted, loophole, no_figure

if TYPE_CHECKING:
    from upriver.case.stage import Desk
    from upriver.crackdown.params import CrackdownParams

_PRESENCE = "a list proves presence, not role, guilt or freedom; people nobody wrote down are in neither figure"

# Who has each mark of control. A key or share counts when it plainly is one: room keys and single gifts are none.
_MARKS = (
    ("commands", 0.0, "people who command others"),
    ("holds_key", 0.3, "holders of keys of control"),
    ("shares", 0.3, "people who receive regular shares"),
    ("owns", 0.0, "owners and directors of companies of the operation"),
)

# People on a list of people handed over, with the place and the records that say so.
_HANDED = """
SELECT e.canonical_id AS person_id, coalesce(l.value, '') AS site, s.record_id AS record_id
FROM statement s JOIN entity e ON s.entity_id = e.entity_id
LEFT JOIN statement i ON i.prop = 'involved' AND i.value = s.entity_id
LEFT JOIN statement l ON l.entity_id = i.entity_id AND l.prop = 'location'
WHERE s.prop = 'status' AND s.value = 'handed over'
ORDER BY person_id, site, record_id
"""

# People whom lists of staff or keys tie to a site or company: owners and directors need not be there.
TIED = """
SELECT t.source_id AS person_id, t.target_id AS place_id, n.caption AS place, t.record_ids AS record_ids
FROM edge t JOIN (
    SELECT canonical_id, min(caption) AS caption, min(schema) AS schema FROM entity GROUP BY canonical_id
) n ON n.canonical_id = t.target_id
WHERE t.kind IN ('works_at', 'holds_key') AND n.schema IN ('Organization', 'Company')
ORDER BY person_id, place_id, t.kind
"""


# Pairs that are neither joined nor told apart: one of the two may be on a list under another spelling.
_UNDECIDED = """
SELECT a.canonical_id AS one, b.canonical_id AS other FROM judgement j
JOIN entity a ON a.entity_id = j.left_id JOIN entity b ON b.entity_id = j.right_id
WHERE j.judgement = 'unsure' AND j.match_probability >= {least} AND a.canonical_id <> b.canonical_id
ORDER BY one, other
"""


def custody(case: Desk, params: CrackdownParams) -> list[Row]:
    """Rows of `loophole` from lists of people; none where the case has no such list."""
    handed: dict[str, set[str]] = defaultdict(set)
    sites: dict[str, set[str]] = defaultdict(set)
    for row in case.sql(_HANDED).to_pylist():
        handed[row["person_id"]].add(row["record_id"])
        if row["site"]:
            sites[row["site"]].add(row["person_id"])
    rows = list(_by_place(case, handed, sites, params))
    if handed:
        maybe = _maybe(case, handed, params)
        rows += [*_by_control(case, handed, maybe, params), *_by_mark(case, handed, maybe, params)]
        rows += _by_protection(case, handed)
    return rows


def _maybe(case: Desk, handed: dict[str, set[str]], params: CrackdownParams) -> set[str]:
    """People not known to be on a list, who may be one with somebody on it."""
    found = set()
    for pair in case.sql(_UNDECIDED.format(least=params.maybe_from)).to_pylist():
        for one, other in ((pair["one"], pair["other"]), (pair["other"], pair["one"])):
            if other in handed and one not in handed:
                found.add(one)
    return found


def _taken(who: str, people: Iterable[str], handed: dict[str, set[str]], maybe: set[str]) -> tuple[Figure, str]:
    """People of `who` on lists; the upper end counts those who may be, and the caution says so."""
    crowd = set(people)
    sure, more = sorted(crowd & handed.keys()), crowd & maybe
    figure = counted(float(len(sure)), f"handed over, of {who}", "people", sure, _ground(handed, sure))
    if not more:
        return figure, ""
    figure = replace(figure, high=float(len(sure) + len(more)))
    return figure, f"; the upper end counts {len(more)} more who bear a name on a list: a name alone proves nobody"


def _ground(handed: dict[str, set[str]], people: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({record for person in people for record in handed.get(person, ())}))


def _by_place(
    case: Desk, handed: dict[str, set[str]], sites: dict[str, set[str]], params: CrackdownParams
) -> Iterable[Row]:
    """For each site or company: people handed over, of those that its own papers show there."""
    seen: dict[str, set[str]] = defaultdict(set)
    records: dict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    for row in case.sql(TIED).to_pylist():
        key = fold(row["place"])
        names.setdefault(key, row["place"])
        seen[key].add(row["person_id"])
        records[key].update(row["record_ids"])
    listed: dict[str, set[str]] = defaultdict(set)
    for site in sorted(sites):
        names.setdefault(fold(site), site)
        listed[fold(site)] |= sites[site]
    for key in sorted(names, key=lambda key: (names[key], key)):
        name, there = names[key], seen[key] | listed[key]
        taken = there & handed.keys()
        if not listed[key] and len(there) < params.fewest_people:
            continue
        what = f"people on lists of people handed over, {name}"
        above = counted(float(len(taken)), what, "people", sorted(taken), _ground(handed, taken))
        if not handed:
            above = no_figure(f"{what}: no figure", "people")
        below = no_figure(f"people seen at {name} in its own papers: no figure", "people")
        if seen[key]:
            grounds = sorted(records[key])
            below = counted(
                float(len(there)),
                f"people on lists of staff, keys or handover, {name}",
                "people",
                (),
                grounds,
            )
        yield loophole(
            "by_place",
            "area",
            f"people handed over, of those the evidence shows there: {name}",
            above,
            below,
            _PRESENCE,
        )


def _by_control(case: Desk, handed: dict[str, set[str]], maybe: set[str], params: CrackdownParams) -> Iterable[Row]:
    """Those early in the ranking by control: how many were handed over, and what share of the handed over they are."""
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
    caution = "rank is by marks of control in this evidence; it is no guilt, and missing records count for nobody"
    below = counted(float(len(early)), f"ranks 1 to {params.early_rank} by control", "people", early, grounds)
    yield loophole(
        "by_control", "role", "leaders handed over, of those highest by control", above, below, caution + more
    )
    yield loophole("by_control_share", "role", "leaders among people handed over", above, _all(handed), caution + more)


def _by_mark(case: Desk, handed: dict[str, set[str]], maybe: set[str], params: CrackdownParams) -> Iterable[Row]:
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
        yield loophole(
            "by_mark", "role", f"{who}: handed over, of those the evidence shows", above, below, caution + more
        )


def _by_protection(case: Desk, handed: dict[str, set[str]]) -> Iterable[Row]:
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


def _all(handed: dict[str, set[str]]) -> Figure:
    return counted(
        float(len(handed)), "people on lists of people handed over", "people", (), _ground(handed, sorted(handed))
    )
