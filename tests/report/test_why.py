from __future__ import annotations

import pytest

from upriver.case.store import Case
from upriver.errors import CaseError
from upriver.report.source import ABSENT, CHANGED, UNCHANGED
from upriver.report.stage import STAGE, ReportParams
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


def test_a_single_record_is_not_records(harbour: Case) -> None:
    assert "It rests on 1 record:" in why(harbour, _finding(harbour, "look like a lure"))


def test_a_list_that_was_cut_is_not_said_to_be_all(harbour: Case) -> None:
    rows = harbour.read("loss").to_pylist()
    known = rows[0]["record_ids"]
    harbour.fill("loss", [{**row, "record_ids": [*known, *(f"f#row {n}" for n in range(48))]} for row in rows])
    harbour.run(STAGE)
    told = why(harbour, _finding(harbour, "Victims report"))
    assert "It rests on 50 records or more: a row of its tables keeps the first 50 of its records;" in told


def test_why_fewer_can_be_shown_than_there_are_is_said(harbour: Case) -> None:
    harbour.run(STAGE, ReportParams(max_support=2))
    told = why(harbour, _finding(harbour, "Victims report"))
    assert "It rests on 3 records; of those the case keeps 2 to be shown; 2 of them:" in told


def test_more_records_than_shown_are_asked_for_by_number(harbour: Case) -> None:
    told = why(harbour, _finding(harbour, "Victims report"), records=1)
    assert "It rests on 3 records; 1 of them (--records 3 shows all that are kept):" in told


def test_an_unknown_finding_says_what_to_do(harbour: Case) -> None:
    with pytest.raises(CaseError, match="no finding F999"):
        why(harbour, "F999")


def _with_parts(case: Case) -> str:
    told = case.read("finding_support", where="table_name = 'loophole' AND row_id = 'l1'").to_pylist()
    return str(told[0]["finding_id"])


def test_ratios_told_with_a_finding_are_listed_and_open_by_their_numbers(harbour: Case) -> None:
    name = _with_parts(harbour)
    text = why(harbour, name)
    assert f"  {name}.1  How many of those near" in text
    assert f"  {name}.2  How many at Lake House? no figure / 12 people, 2 first speakers" in text
    part = why(harbour, f"{name.lower()}.1")
    assert part.startswith(f"{name}.1  By role: How many of those near")
    assert "10 % (8.0 % to 15 %)" in part
    assert "by loophole_part q1" in part or "by event_report E1" in part


def test_no_protected_name_stands_in_a_ratio_told_with_another(harbour: Case, secrets: tuple[str, ...]) -> None:
    name = _with_parts(harbour)
    told = (why(harbour, name) + why(harbour, f"{name}.1") + why(harbour, f"{name}.2")).lower()
    assert not [secret for secret in secrets if secret.lower() in told]


@pytest.mark.parametrize(
    ("part", "said"), [("9", r"it has F\d+\.1 to F\d+\.2"), ("x", "there is no ratio"), ("0", "no")]
)
def test_an_unknown_ratio_says_which_there_are(harbour: Case, part: str, said: str) -> None:
    with pytest.raises(CaseError, match=said):
        why(harbour, f"{_with_parts(harbour)}.{part}")
