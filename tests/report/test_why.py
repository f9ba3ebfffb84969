from __future__ import annotations

import pytest

from upriver.case.store import Case
from upriver.errors import CaseError
from upriver.report.source import ABSENT, CHANGED, UNCHANGED
from upriver.report.why import trail, why


def _finding(case: Case, words: str) -> str:
    rows = case.read("finding", "finding_id", "title").to_pylist()
    return next(row["finding_id"] for row in rows if words in row["title"])


def test_every_finding_can_be_walked_to_its_records_without_a_protected_name(
    harbour: Case, secrets: tuple[str, ...]
) -> None:
    for finding in harbour.read("finding", "finding_id")["finding_id"].to_pylist():
        told = why(harbour, finding, records=50)
        assert [secret for secret in secrets if secret.lower() in told.lower()] == [], finding


def test_the_row_is_read_anew_from_its_file(harbour: Case) -> None:
    found = trail(harbour, _finding(harbour, "Victims report"))
    first = found.records[0]
    assert (first.path, first.locator, first.state) == ("reports.csv", "row 2", UNCHANGED)
    assert first.raw is not None
    assert first.raw[:2] == ("R1", "Victim 1")
    assert "Signed Victim 1" in first.raw[-1]


def test_unmasked_the_row_stands_as_written(harbour: Case) -> None:
    told = why(harbour, _finding(harbour, "Victims report"), unmask=True)
    assert "Signed LOPEZ, MARIA ELENA" in told


def test_a_changed_or_absent_file_is_said_to_be_so(harbour: Case) -> None:
    finding = _finding(harbour, "Victims report")
    path = harbour.folder / "reports.csv"
    path.write_text(path.read_text(encoding="utf-8") + "R9,x\n", encoding="utf-8")
    changed = [record for record in trail(harbour, finding).records if record.path == "reports.csv"]
    assert {(record.state, record.raw) for record in changed} == {(CHANGED, None)}
    path.unlink()
    assert trail(harbour, finding).records[0].state == ABSENT


def test_the_path_of_a_file_named_after_a_captive_is_masked(harbour: Case) -> None:
    found = trail(harbour, _finding(harbour, "presumed victim"), records=20)
    assert "handover_Person 1.csv" in {record.path for record in found.records}


def test_records_shown_are_bounded_and_the_rest_is_counted(harbour: Case) -> None:
    found = trail(harbour, _finding(harbour, "Victims report"), records=1)
    assert (len(found.records), found.n_support) == (1, 3)


def test_an_unknown_finding_says_what_to_do(harbour: Case) -> None:
    with pytest.raises(CaseError, match="no finding F999"):
        why(harbour, "F999")
