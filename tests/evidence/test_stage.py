"""A folder of good and bad files: nothing crashes, nothing vanishes, the same folder gives the same tables."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from upriver.case import journal
from upriver.case.store import Case
from upriver.errors import EvidenceError, SettingsError
from upriver.evidence.params import EvidenceParams
from upriver.evidence.stage import STAGE, _gathered
from upriver.model.tables import TABLES

TRANSFERS = "transfer_id,source_account,target_account,occurred_at,amount\nt1,A,B,2024-05-01 10:00,5\nt2,B,C\n"


def put(case: Case, **files: str | bytes) -> None:
    for name, data in files.items():
        path = case.folder / name.replace("__", ".")
        path.write_bytes(data if isinstance(data, bytes) else data.encode())


def test_rows_of_all_files_are_records_and_the_others_are_named(case: Case) -> None:
    put(
        case,
        transfers__csv=TRANSFERS,
        copy__csv=TRANSFERS,
        empty__csv="",
        torn__xlsx=b"PK\x03\x04",
        notes__txt="He called.",
    )
    case.run(STAGE)
    assert case.read("source_file", "path", "n_records").sort_by("path").to_pylist() == [
        {"path": "copy.csv", "n_records": 2}, {"path": "notes.txt", "n_records": 1},
    ]  # fmt: skip
    rejected = {row["path"]: row["reason"] for row in case.read("rejected_file").to_pylist()}
    assert sorted(rejected) == ["empty.csv", "torn.xlsx", "transfers.csv"]
    assert "the same content as copy.csv" in rejected["transfers.csv"]
    forms = case.sql("SELECT form, count(*) AS n FROM record GROUP BY form ORDER BY form").to_pylist()
    assert forms == [{"form": "bank_transfer", "n": 1}, {"form": "broken", "n": 1}, {"form": "note", "n": 1}]
    record = case.read("record", where="form = 'broken'").to_pylist()[0]
    assert record["record_id"] == f"{record['file_id']}#row 3"
    assert record["fields"] == ["it has 3 cells where the header has 5", "t2,B,C"]


def test_what_is_told_and_what_is_guessed_stand_apart(case: Case) -> None:
    put(case, a__csv=TRANSFERS, case__toml='[files."a.csv"]\ncurrency = "thb"\n')
    case.run(STAGE)
    shown = json.loads(case.read("source_file", "guessed").to_pylist()[0]["guessed"])
    assert shown["told"] == {"currency": "THB"}
    assert shown["guessed"]["time_zone"] == "UTC"
    assert shown["guessed"]["date_order"] == "ymd"
    assert shown["guessed"]["delimiter"] == ","


def test_accounts_named_in_case_toml_are_records_of_it(case: Case) -> None:
    put(case, a__csv=TRANSFERS, case__toml='[accounts]\nsources = ["A"]\nservices = ["B", "C"]\nvictims = ["V"]\n')
    case.run(STAGE)
    found = case.sql("SELECT locator, form, fields[1] AS account FROM record WHERE form LIKE '%_list' ORDER BY locator")
    assert [tuple(row.values()) for row in found.to_pylist()] == [
        ("accounts.services item 1", "service_list", "B"),
        ("accounts.services item 2", "service_list", "C"),
        ("accounts.sources item 1", "source_list", "A"),
        ("accounts.victims item 1", "victim_list", "V"),
    ]
    (kept,) = case.read("source_file", "format", "n_records", where="path = 'case.toml'").to_pylist()
    assert kept == {"format": "toml", "n_records": 4}


def test_decisions_of_the_journal_are_rows(case: Case) -> None:
    put(case, a__csv=TRANSFERS)
    journal.append(case.home, "service", "B", who="analyst", why="a shop")
    case.run(STAGE)
    (row,) = case.read("decision").to_pylist()
    assert (row["kind"], row["subject_id"], row["who"], row["why"]) == ("service", "B", "analyst", "a shop")


def test_order_of_files_on_disk_and_second_runs_change_nothing(tmp_path: Path) -> None:
    digests = []
    for number, names in enumerate((["a.csv", "b.txt"], ["b.txt", "a.csv"])):
        folder = tmp_path / f"folder{number}"
        folder.mkdir()
        for name in names:
            (folder / name).write_text(TRANSFERS if name == "a.csv" else "A note.")
        with Case.create(tmp_path / f"{number}.upriver", folder) as case:
            case.run(STAGE)
            case.run(STAGE)
            digests.append([case.digests()[name] for name in STAGE.writes])
    assert digests[0] == digests[1]


def test_empty_folder_stops_the_run(case: Case) -> None:
    with pytest.raises(EvidenceError, match="is empty"):
        case.run(STAGE)


def test_told_columns_that_are_not_there_stop_the_run_with_the_name_of_the_file(case: Case) -> None:
    put(case, a__csv=TRANSFERS, case__toml='[files."a.csv"]\ncolumns = { amount = "sum" }\n')
    with pytest.raises(SettingsError, match=r"^a\.csv: "):
        case.run(STAGE)


def test_the_stage_writes_the_tables_that_are_declared_for_it() -> None:
    assert set(STAGE.writes) == {name for name, table in TABLES.items() if table.writer == "evidence"}


def test_tables_of_any_size_are_gathered_without_losing_a_row() -> None:
    sizes = [1, 0, 300_000, 7, 500_000, 3]
    starts = [sum(sizes[:place]) for place in range(len(sizes))]
    tables = [pa.table({"n": pa.array(range(b, b + size), pa.int64())}) for b, size in zip(starts, sizes, strict=True)]
    gathered = list(_gathered(iter(tables)))
    assert pa.concat_tables(gathered)["n"].to_pylist() == list(range(sum(sizes)))
    assert len(gathered) < len(tables)


@pytest.mark.parametrize("name", ["max_cell_bytes", "max_text_bytes", "block_bytes"])
def test_a_limit_below_one_byte_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}: -1; allowed: 1 or more"):
        EvidenceParams(**{name: -1})
