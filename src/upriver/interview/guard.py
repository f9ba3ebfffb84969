"""What a sheet may say: nobody's name but the person's own, and no place beside a rank list."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

from upriver.errors import ExportError
from upriver.model.ids import content_id
from upriver.report.identity import NAME_PROPS, Readable, listed, masks
from upriver.report.masking import NAME_GONE, Identity, Masks

_TOKEN = re.compile(r"⟪(\d+)⟫(?: (?:account|phone|contact)[^⟪⟫]{0,12})?")
_RANKS = frozenset({"rank", "rank_low", "rank_high"})
_SNIFFED = 1 << 16


class Shown:
    """Words of the case as a sheet may show them.

    Whoever else a quotation names goes, victim or accuser, also where names are shown: a statement that names somebody
    could be read by them, and a sheet that names who spoke puts the speaker in danger.
    """

    def __init__(self, case: Readable, unmask: bool = False) -> None:
        self._house = masks(case)
        self._unmask = unmask
        rows = case.sql(
            "SELECT DISTINCT coalesce(e.canonical_id, s.entity_id) AS person_id, s.value FROM statement s "
            "LEFT JOIN entity e ON e.entity_id = s.entity_id "
            f"WHERE s.schema = 'Person' AND s.prop IN {listed(NAME_PROPS)} ORDER BY 1, 2"
        ).to_pylist()
        people = sorted({row["person_id"] for row in rows})
        self._number = {person: number for number, person in enumerate(people)}
        identities = {person: Identity(f"⟪{number}⟫") for person, number in self._number.items()}
        for row in rows:
            identities[row["person_id"]].names.add(row["value"])
        self._names = {person: sorted(identity.names) for person, identity in identities.items()}
        self._shield = Masks({}, [identities[person] for person in people])

    @property
    def hides(self) -> bool:
        """Whether the person of the sheet is masked too."""
        return not self._unmask

    def person(self, person: str) -> str:
        """What the person of a sheet is called: a pseudonym, or the names in the records."""
        if self._unmask and self._names.get(person):
            return ", ".join(self._names[person])
        return self._house.node(person) or reference(person)

    def text(self, text: str, person: str) -> str:
        """`text` of the sheet of `person` without the names of anybody else."""
        if self.hides:
            own = self._house.node(person)
            text = self._house.text(text, (own,) if own else ())
        number = self._number.get(person)
        shown = self.person(person)

        def named(match: re.Match[str]) -> str:
            return shown if number is not None and int(match[1]) == number else NAME_GONE

        return _TOKEN.sub(named, self._shield.text(text)).replace("[protected name]", NAME_GONE)

    def path(self, path: str) -> str:
        """A file's path without the names of masked people: never unmasked, for it may name several."""
        return self._house.text(path)


def reference(person: str) -> str:
    """What a sheet is known by: made of the id, telling nothing of the person, the same on every run."""
    return f"P-{content_id('person', person)[:8]}"


def away_from_ranks(target: Path) -> None:
    """Refuse a place where a list ranks people: a protected statement never lies beside it.

    raises  ExportError that names the list
    """
    folder = target if target.is_dir() else target.parent
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in (".csv", ".tsv", ".json", ".jsonl", ".html") and path.is_file() and _ranks(path):
            raise ExportError(
                f"{folder}: holds {path.name}, which ranks people; what somebody said under protection never lies "
                "beside such a list: name another place with --out"
            )


def _ranks(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            head = file.read(_SNIFFED)
    except OSError:
        return False
    if path.suffix.lower() == ".html":
        return "Evidence of organising" in head
    if path.suffix.lower() in (".json", ".jsonl"):
        return any(f"{json.dumps(name)}:" in head.replace(" ", "") for name in _RANKS)
    first = head.splitlines()[:1]
    cells = next(csv.reader(first, delimiter="\t" if path.suffix.lower() == ".tsv" else ","), [])
    return bool(_RANKS.intersection(cell.strip().lower() for cell in cells))
