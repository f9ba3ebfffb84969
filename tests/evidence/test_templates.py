"""A header held against templates: used where one fits, and a sentence where it nearly does, or two do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from upriver.case.settings import FileSettings
from upriver.case.templates import Template
from upriver.evidence import guesses, templates
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers import delimited, excel
from upriver.extract.hints import Hints

from .sources import NOTHING, rows, source

HEADER = ["Wann", "Von", "An", "Wieviel"]
COLUMNS = {"occurred_at": "Wann", "source_account": "Von", "target_account": "An", "amount": "Wieviel"}
TOLD = FileSettings(form="bank_transfer", columns=COLUMNS, time_zone="Europe/Berlin", currency="EUR", date_order="dmy")
RIVER = Template("river.toml", tuple(HEADER), TOLD)
ROW = ["03.04.2024", "111", "222", "5,00"]


def read(path: Path, text: str, *known: Template, told: FileSettings = NOTHING) -> tuple[list[dict[str, object]], dict]:
    file = source(path, text, told)
    file.templates = known
    found = rows(delimited.read(file, EvidenceParams()))
    return found, json.loads(guesses.shown(file))


def test_a_header_that_no_word_knows_is_read_by_its_template(tmp_path: Path) -> None:
    found, shown = read(tmp_path / "a.csv", "Wann;Von;An;Wieviel\n03.04.2024;111;222;5,00\n", RIVER)
    assert found == [
        {"at": "row 2", "form": "bank_transfer", "occurred_at": "03.04.2024", "source_account": "111",
         "target_account": "222", "amount": "5,00", "extra": None}
    ]  # fmt: skip
    assert shown["template"] == {"name": "river.toml", **TOLD.told()}
    assert "time_zone" not in shown["guessed"]
    assert "date_order" not in shown["guessed"]
    hint = Hints({"f": json.dumps(shown)}, {}, {}).at("f")
    assert (hint.time_zone, hint.currency, hint.date_order) == ("Europe/Berlin", "EUR", "dmy")


@given(st.permutations(HEADER), st.sampled_from([str.upper, str.lower, lambda name: f" {name} "]))
def test_order_case_and_blanks_of_a_header_do_not_matter(header: list[str], changed: object) -> None:
    assert callable(changed)
    written = [changed(name) for name in header]
    below = [[ROW[HEADER.index(name)] for name in header]]
    match = templates.match([RIVER], [["Bank of the River"], written, *below], NOTHING)
    assert match.used["name"] == "river.toml"
    assert {field: column.strip().lower() for field, column in match.told.columns.items()} == {
        field: column.lower() for field, column in COLUMNS.items()
    }


def test_case_toml_goes_before_a_template(tmp_path: Path) -> None:
    told = FileSettings(currency="CHF", columns={"source_account": "An", "target_account": "Von"})
    (found,), shown = read(tmp_path / "a.csv", "Wann;Von;An;Wieviel\n03.04.2024;111;222;5,00\n", RIVER, told=told)
    assert (found["source_account"], found["target_account"]) == ("222", "111")
    hint = Hints({"f": json.dumps(shown)}, {}, {}).at("f")
    assert (hint.currency, hint.time_zone) == ("CHF", "Europe/Berlin")


def test_two_templates_that_differ_are_both_left_and_that_is_said() -> None:
    other = Template("lake.toml", tuple(HEADER), FileSettings(form="bank_transfer", currency="CHF"))
    match = templates.match([RIVER, other], [HEADER, ROW], NOTHING)
    assert match.used == {}
    assert match.told == NOTHING
    assert match.doubts["template"] == (
        "river.toml and lake.toml have this header and differ: none is used; keep one of them"
    )


def test_a_template_of_the_case_goes_before_one_of_the_user_and_that_is_said() -> None:
    other = Template("lake.toml", tuple(HEADER), FileSettings(form="bank_transfer", currency="CHF"), own=False)
    match = templates.match([RIVER, other], [HEADER, ROW], NOTHING)
    assert match.used["name"] == "river.toml"
    assert match.doubts["template"] == "river.toml of the case goes before lake.toml"
    same = Template("copy.toml", tuple(HEADER), TOLD, own=False)
    assert templates.match([RIVER, same], [HEADER, ROW], NOTHING).doubts == {}


def test_a_template_whose_column_holds_something_else_is_not_used() -> None:
    match = templates.match([RIVER], [HEADER, ["Mueller", "111", "222", "5,00"]], NOTHING)
    assert match.used == {}
    assert "none of 1 values of 'Wann' looks like dates or times, as occurred_at needs" in match.doubts["template"]


def test_a_header_that_is_nearly_that_of_a_template_is_told_apart() -> None:
    match = templates.match([RIVER], [[*HEADER, "Saldo"], [*ROW, "1"]], NOTHING)
    assert match.used == {}
    assert match.doubts["template"] == (
        "river.toml is not used: this header has besides 'Saldo'; `upriver map` makes one for it"
    )
    assert templates.match([RIVER], [["a", "b"], ["1", "2"]], NOTHING).doubts == {}


def test_two_columns_of_one_name_in_another_order_are_no_match() -> None:
    header = ("Wann", "Konto", "Konto", "Wieviel")
    told = FileSettings(form="bank_transfer", columns={"source_account": "Konto"})
    match = templates.match([Template("t.toml", header, told)], [["Konto", "Wann", "Konto", "Wieviel"], ROW], NOTHING)
    assert "two columns have one name" in match.doubts["template"]


def test_a_date_order_against_the_dates_is_said(tmp_path: Path) -> None:
    _, shown = read(tmp_path / "a.csv", "Wann;Von;An;Wieviel\n12/31/2024;111;222;5,00\n", RIVER)
    assert shown["guessed"]["date_order_doubt"] == "dmy is told; 1 dates can only be the other way round"


def test_each_sheet_of_a_workbook_has_its_own_template(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "Aus"
    for row in (HEADER, ROW):
        book.active.append(row)
    other = book.create_sheet("Other")
    for row in (["From Account", "To Account", "Date", "Amount"], ["1", "2", "2024-05-01", "3"]):
        other.append(row)
    path = tmp_path / "b.xlsx"
    book.save(path)
    file = source(path, path.read_bytes())
    file.templates = [RIVER]
    found = rows(excel.read(file, EvidenceParams()))
    assert [(row["at"], row["source_account"]) for row in found] == [("Aus!row 2", "111"), ("Other!row 2", "1")]
    shown = json.loads(guesses.shown(file))
    assert shown["template"]["sheets"]["Aus"]["name"] == "river.toml"
    hints = Hints({"f": json.dumps(shown)}, {}, {})
    assert hints.at("f", "Aus!row 2").time_zone == "Europe/Berlin"
    assert hints.at("f", "Other!row 2").time_zone == "UTC"


@pytest.mark.parametrize("told", [NOTHING, FileSettings(header=False)])
def test_without_templates_or_header_nothing_is_looked_for(told: FileSettings) -> None:
    assert templates.match([] if told == NOTHING else [RIVER], [HEADER, ROW], told) == templates.Match(told)
