"""The planted truth of a simulated case, and whom of it a node of the case stands for."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from upriver.errors import EvidenceError
from upriver.model.forms import FORMS

if TYPE_CHECKING:
    from upriver.case.store import Case

_SIGN = "|"
# The tables of the truth, with columns by which each is known.
_FILES = {
    "accounts": {"account", "layer", "terminal", "received_usd"},
    "transfers": {"reference", "illicit_usd"},
    "people": {"person_id", "names", "identifiers", "handover", "victim_report", "role"},
    "happenings": {"happening", "passages"},
    "loopholes": {"dimension", "label", "ratio"},
    "typologies": {"kind", "account"},
    "shares": {"account", "person_id", "usd"},
    "legs": {"in_reference", "out_reference", "victims_money"},
    "branches": {"place", "site", "company", "fate", "days", "passages"},
    "moves": {"from_place", "to_place", "moved"},
    "journeys": {"journey", "person_id", "document", "party"},
}
# Truths that were written before 2026-11-27 have none.
_NEW = {"shares", "legs", "branches", "moves", "journeys"}


@dataclass(frozen=True)
class Truth:
    """Rows of the truth files as they stand, by the file's name."""

    accounts: list[dict[str, str]]
    transfers: list[dict[str, str]]
    people: list[dict[str, str]]
    happenings: list[dict[str, str]]
    loopholes: list[dict[str, str]]
    typologies: list[dict[str, str]]
    shares: list[dict[str, str]]
    legs: list[dict[str, str]]
    branches: list[dict[str, str]] = field(default_factory=list)
    moves: list[dict[str, str]] = field(default_factory=list)
    journeys: list[dict[str, str]] = field(default_factory=list)

    @cached_property
    def by_person(self) -> dict[str, dict[str, str]]:
        """person_id -> row of people.csv."""
        return {row["person_id"]: row for row in self.people}


def read_truth(folder: Path) -> Truth:
    """The truth in `folder`.

    raises  EvidenceError when a file is missing, torn, or not a table of the truth
    """
    rows: dict[str, list[dict[str, str]]] = {}
    for name in _FILES:
        path = folder / f"{name}.csv"
        if name in _NEW and not path.exists():
            rows[name] = []
            continue
        if not path.is_file():
            raise EvidenceError(f"{path} is missing; name the folder truth/ that `upriver simulate` wrote")
        try:
            with path.open(newline="", encoding="utf-8") as file:
                reader = csv.DictReader(file, strict=True)
                absent = sorted(_FILES[name] - set(reader.fieldnames or ()))
                rows[name] = list(reader)
        except (UnicodeDecodeError, csv.Error) as error:
            raise EvidenceError(f"{path}: no table that `upriver simulate` wrote ({error}); write it again") from error
        if absent:
            raise EvidenceError(f"{path}: has no column {', '.join(absent)}; name the folder truth/ of the case")
        for number, row in enumerate(rows[name], 2):
            if None in row or None in row.values():
                raise EvidenceError(f"{path} row {number}: torn, or not of this table; write it again")
    return Truth(**rows)


def split(text: str) -> list[str]:
    """The parts of a cell that holds several."""
    return [part for part in text.split(_SIGN) if part]


def persons_of(case: Case, truth: Truth) -> dict[str, str]:
    """Node of the case (canonical_id or observable_id) -> person_id of the truth.

    A node is known by the identifiers it uses, then by its place on a handover list or its report, then by a name that
    only one person bears. Where signs disagree the commonest wins, ties to the smaller person_id.
    """
    by_identifier = {sign: row["person_id"] for row in truth.people for sign in split(row["identifiers"])}
    canonical = dict(zip(*case.read("entity", "entity_id", "canonical_id").to_pydict().values(), strict=True))
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for observable, entity in zip(
        *case.read("observable", "observable_id", "entity_id", where="entity_id IS NOT NULL").to_pydict().values(),
        strict=True,
    ):
        person = by_identifier.get(observable)
        if person is not None:
            votes[canonical.get(entity, entity)][person] += 4
    for entity, place in _places(case).items():
        person = _by_place(truth).get(place)
        if person is not None:
            votes[canonical.get(entity, entity)][person] += 2
    names = Counter(name for row in truth.people for name in set(split(row["names"])))
    by_name = {name: row["person_id"] for row in truth.people for name in split(row["names"]) if names[name] == 1}
    told = case.read("statement", "entity_id", "value", where="prop IN ('name', 'alias')").to_pydict()
    for entity, name in zip(told["entity_id"], told["value"], strict=True):
        if name in by_name:
            votes[canonical.get(entity, entity)][by_name[name]] += 1
    found = {node: min(cast, key=lambda person: (-cast[person], person)) for node, cast in votes.items()}
    return by_identifier | found


def _by_place(truth: Truth) -> dict[tuple[str, str], str]:
    places = {}
    for row in truth.people:
        for place in split(row["handover"]):
            list_id, _, number = place.partition("/")
            places[list_id, number] = row["person_id"]
        if row["victim_report"]:
            places["report", row["victim_report"]] = row["person_id"]
    return places


def _places(case: Case) -> dict[str, tuple[str, str]]:
    """Person entity -> its place: list and number of a handover list, or the report's number."""
    lists, reports = FORMS["handover_list"], FORMS["victim_report"]
    rows = case.sql(
        f"""SELECT DISTINCT s.entity_id, r.form, r.fields[{lists.position("list_id")}] AS list_id,
                   r.fields[{lists.position("number")}] AS number,
                   r.fields[{reports.position("report_id")}] AS report_id
            FROM statement s JOIN record r ON r.record_id = s.record_id
            WHERE s.schema = 'Person' AND r.form IN ('handover_list', 'victim_report')
            ORDER BY s.entity_id, r.form, list_id, number"""
    ).to_pylist()
    return {
        row["entity_id"]: (row["list_id"] or "", row["number"] or "")
        if row["form"] == "handover_list"
        else ("report", row["report_id"] or "")
        for row in rows
    }
