"""What the section on evidence says of files that were read and of which nothing came."""

from __future__ import annotations

from typing import Any

from upriver.case.store import Case
from upriver.report.stage import STAGE
from upriver.report.summary import summary


def _read(case: Case, **forms: tuple[str, ...]) -> list[dict[str, Any]]:
    case.fill("source_file", [
        {"file_id": name, "path": f"{name}.csv", "sha256": name, "n_bytes": 1, "format": "csv", "encoding": "utf-8",
         "n_records": len(held), "guessed": "{}"}
        for name, held in forms.items()
    ])  # fmt: skip
    case.fill("record", [
        {"record_id": f"{name}#row {row}", "file_id": name, "locator": f"row {row}", "form": form, "fields": [],
         "extra": None}
        for name, held in forms.items() for row, form in enumerate(held)
    ])  # fmt: skip
    case.run(STAGE)
    rows: list[dict[str, Any]] = case.read("finding").to_pylist()
    return rows


def test_files_of_no_known_form_are_named_with_what_to_do(case: Case) -> None:
    rows = _read(case, odd=("unknown", "unknown"), torn=("unknown", "broken"), part=("unknown", "note"), good=("note",))
    (row,) = [row for row in rows if "not recognised" in row["title"]]
    assert row["title"] == "2 files hold tables that were not recognised: name their form in case.toml"
    assert row["text"].startswith("odd.csv (2 records); torn.csv (2 records). ")
    assert row["figure"] == 2.0


def test_the_first_line_of_the_summary_counts_them(case: Case) -> None:
    _read(case, odd=("unknown",), good=("note",))
    assert summary(case, "Odd", 100).splitlines()[2] == (
        "2 files read, 2 records; refused with a reason: none; not recognised: 1 file."
    )


def test_refused_rows_stand_in_the_title_beside_refused_files(harbour: Case) -> None:
    titles = [row["title"] for row in harbour.read("finding").to_pylist()]
    assert "15 records from 5 files; refused: 1 file and 1 row" in titles


def test_where_all_is_recognised_nothing_is_said(case: Case) -> None:
    assert not [row for row in _read(case, good=("note",)) if "not recognised" in row["title"]]
