"""`upriver map`: what it proposes, why, what is missing, and a template that the next case knows the bank by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from upriver.case.store import Case
from upriver.case.templates import read
from upriver.cli import main
from upriver.errors import EvidenceError, SettingsError
from upriver.evidence.stage import STAGE as EVIDENCE
from upriver.extract.stage import STAGE as EXTRACT
from upriver.plain.mapped import FileMap, Told, mapped
from upriver.plain.template import write

RIVER = (
    "Umsatzliste\n\nKsiegowanie;Auftraggeber IBAN;Empfaenger IBAN;Kwota;Waluta;Verwendung\n"
    "03.04.2024 10:00;GB82WEST12345698765432;DE89370400440532013000;1.250,00;EUR;Miete\n"
    "25.04.2024 11:00;DE89370400440532013000;GB82WEST12345698765432;12,50;EUR;Essen\n"
)
KNOWN = (
    "Txn Ref,From Account,To Account,Date,Amount\nr1,1111,2222,05/06/2024 10:00,5.00\nr2,2222,3333,06/06/2024 10:00,6\n"
)
SIDES = {"source_account": "Auftraggeber IBAN", "target_account": "3"}


def of(path: Path, text: str = RIVER, told: Told | None = None) -> FileMap:
    path.write_text(text, encoding="utf-8")
    return mapped(path, told or Told({}))


def command(*words: object) -> Result:
    return CliRunner().invoke(main, ["map", *map(str, words)])


def test_a_known_header_is_mapped_by_its_words(tmp_path: Path) -> None:
    (table,) = of(tmp_path / "a.csv", KNOWN).tables
    told = {column.name: (column.fields, column.basis) for column in table.proposal.columns}
    assert told == {
        "Txn Ref": (("reference",), "header"), "From Account": (("source_account",), "header"),
        "To Account": (("target_account",), "header"), "Date": (("occurred_at",), "header"),
        "Amount": (("amount",), "header"),
    }  # fmt: skip
    assert table.proposal.layout.form.name == "bank_transfer"


def test_zone_currency_and_order_that_nobody_told_are_missing_and_never_silent(tmp_path: Path) -> None:
    (table,) = of(tmp_path / "a.csv", KNOWN).tables
    assert [need.name for need in table.needs] == ["time_zone", "currency", "date_order"]
    told = Told({}, time_zone="Asia/Bangkok", currency="THB", date_order="mdy")
    (table,) = of(tmp_path / "a.csv", KNOWN, told).tables
    assert table.needs == ()
    assert table.rows[0][1]["occurred_at"] == ("05/06/2024 10:00", "2024-05-06 03:00:00 UTC")


def test_one_date_that_can_only_be_one_way_settles_the_file_and_is_shown(tmp_path: Path) -> None:
    (table,) = of(tmp_path / "a.csv", KNOWN.replace("06/06", "06/26")).tables
    assert "date_order" not in [need.name for need in table.needs]
    assert table.guessed["date_order"] == (
        "mdy; dates that can only be day first: 0, only month first: 1, either way: 1 (row 3: 06/26/2024 10:00)"
    )


def test_dates_that_contradict_each_other_are_told(tmp_path: Path) -> None:
    text = KNOWN.replace("06/06", "06/26").replace("05/06", "26/05")
    (table,) = of(tmp_path / "a.csv", text).tables
    (need,) = [need for need in table.needs if need.name == "date_order"]
    assert "contradict each other" in need.text


def test_an_unknown_header_is_mapped_by_its_values_but_never_who_pays(tmp_path: Path) -> None:
    (table,) = of(tmp_path / "a.csv").tables
    assert table.place == "row 3"
    told = {field: column.basis for column in table.proposal.columns for field in column.fields}
    assert told == {"occurred_at": "values", "amount": "values", "currency": "values"}
    needs = {need.name: need.options for need in table.needs}
    assert needs["source_account"] == needs["target_account"] == ("Auftraggeber IBAN", "Empfaenger IBAN")


def test_what_is_told_is_read_so_and_shown(tmp_path: Path) -> None:
    (table,) = of(tmp_path / "a.csv", told=Told(SIDES, time_zone="Europe/Berlin")).tables
    assert table.needs == ()
    place, fields = table.rows[0]
    assert place == "row 4"
    assert fields["source_account"][0] == "GB82WEST12345698765432"
    assert fields["occurred_at"] == ("03.04.2024 10:00", "2024-04-03 08:00:00 UTC")
    assert fields["amount"] == ("1.250,00", "1,250")


def test_a_like_name_is_proposed_where_its_values_fit(tmp_path: Path) -> None:
    text = "From Account,To Account,Date,Amnount,Referrence\n1111,2222,2024-05-01,5.00,TX-001\n"
    (table,) = of(tmp_path / "a.csv", text).tables
    assert {column.name: column.basis for column in table.proposal.columns if column.basis == "like"} == {
        "Amnount": "like", "Referrence": "like",
    }  # fmt: skip


def test_a_template_of_one_case_reads_the_banks_next_export(tmp_path: Path) -> None:
    first = tmp_path / "first.csv"
    target = tmp_path / "evidence" / "templates" / "flussbank.toml"
    target.parent.mkdir(parents=True)
    write(of(first, told=Told(SIDES, time_zone="Europe/Berlin")), target)
    for word in ("GB82", "1.250", "25.04", str(tmp_path), "Miete"):
        assert word not in target.read_text(encoding="utf-8")
    again = RIVER.replace("1.250,00", "99,00").replace("25.04.2024", "05.04.2024")
    (tmp_path / "evidence" / "next.csv").write_text(again, encoding="utf-8")
    with Case.create(tmp_path / "case.upriver", tmp_path / "evidence") as case:
        case.run(EVIDENCE)
        case.run(EXTRACT)
        found = case.sql("SELECT source_account, amount, asset, occurred_at FROM transfer ORDER BY amount").to_pylist()
        (file,) = case.read("source_file").to_pylist()
        assert case.read("rejected_file").num_rows == 0
        assert case.read("rejected_record", "locator")["locator"].to_pylist() == ["row 1"]  # the bank's own line
    assert [(row["source_account"], row["amount"], row["asset"]) for row in found] == [
        ("DE89370400440532013000", 12.5, "EUR"),
        ("GB82WEST12345698765432", 99.0, "EUR"),
    ]
    assert found[0]["occurred_at"].isoformat() == "2024-04-05T09:00:00"
    assert json.loads(file["guessed"])["template"]["name"] == "flussbank.toml"


def test_a_new_template_makes_the_evidence_stage_run_again(tmp_path: Path) -> None:
    from upriver.case.settings import Settings
    from upriver.evidence.folder import fingerprint

    folder = tmp_path / "evidence"
    folder.mkdir()
    made = of(folder / "a.csv", told=Told(SIDES))
    before = fingerprint(folder, Settings(), [])
    (folder / "templates").mkdir()
    write(made, folder / "templates" / "t.toml")
    assert fingerprint(folder, Settings(), []) != before


def test_case_toml_above_the_file_is_heard_and_its_templates(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text('[files."*.csv"]\ncurrency = "CHF"\n', encoding="utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "bank").mkdir()
    write(of(tmp_path / "bank" / "a.csv", told=Told(SIDES)), tmp_path / "templates" / "t.toml")
    (table,) = mapped(tmp_path / "bank" / "a.csv", Told({})).tables
    assert table.used == "t.toml"
    assert table.told["currency"] == "CHF"
    assert [column.basis for column in table.proposal.columns[:3]] == ["template"] * 3


def test_a_statement_of_one_account_keeps_its_parts_in_the_template(tmp_path: Path) -> None:
    text = "Datum,Gegenkonto,Soll,Haben\n2024-05-01T10:00Z,222,5.00,\n2024-05-02T10:00Z,333,,6.00\n"
    told = Told(
        {"occurred_at": "Datum", "target_account": "Gegenkonto", "debit": "Soll", "credit": "Haben"},
        form="bank_transfer", currency="EUR", own_account="111",
    )  # fmt: skip
    made = of(tmp_path / "a.csv", text, told)
    (table,) = made.tables
    assert [(row["source_account"][0], row["target_account"][0], row["amount"][0]) for _, row in table.rows] == [
        ("111", "222", "5.00"), ("333", "111", "6.00"),
    ]  # fmt: skip
    write(made, tmp_path / "t.toml")
    (template,) = read(tmp_path / "t.toml")
    assert template.told.columns == {
        "occurred_at": "Datum", "target_account": "Gegenkonto", "debit": "Soll", "credit": "Haben",
    }  # fmt: skip
    assert '"111"' not in (tmp_path / "t.toml").read_text(encoding="utf-8")


def test_a_statement_that_does_not_name_its_own_account_asks_for_it_and_is_no_list_of_its_other_sides(
    tmp_path: Path,
) -> None:
    header = "交易日期,交易时间,摘要,收入金额,支出金额,币种,对方户名,对方账号"
    text = f"{header}\n20250315,101500,转账,,10.00,CNY,李四,62170001\n"
    (table,) = of(tmp_path / "a.csv", text).tables
    assert table.proposal.layout.form.name == "bank_transfer"
    assert [need.name for need in table.needs if "--own-account" in need.text] == ["source_account"]
    (told,) = of(tmp_path / "a.csv", text, Told({}, own_account="62220202")).tables
    ((_, shown),) = told.rows
    assert (shown["source_account"][0], shown["target_account"][0]) == ("62220202", "62170001")
    assert shown["occurred_at"] == ("20250315 101500", "2025-03-15 10:15:00 UTC")


def test_a_date_and_a_time_of_day_make_one_moment_also_when_told(tmp_path: Path) -> None:
    text = "Tag,Uhr,From Account,To Account,Amount,Currency\n2024-05-01,10:45,1,2,5,THB\n"
    made = of(tmp_path / "a.csv", text, Told({"occurred_at": "Tag + Uhr"}))
    assert made.tables[0].rows[0][1]["occurred_at"] == ("2024-05-01 10:45", "2024-05-01 10:45:00 UTC")
    write(made, tmp_path / "t.toml")
    assert read(tmp_path / "t.toml")[0].told.columns["occurred_at"] == "Tag + Uhr"


def test_each_sheet_is_mapped_and_what_is_told_needs_its_sheet(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "Out"
    for row in (["From Account", "To Account", "Date", "Value X"], ["1111", "2222", "2024-05-01", "5.25"]):
        book.active.append(row)
    names = book.create_sheet("Names")
    for row in (["caller", "callee", "started_at"], ["+66812345678", "+66812345679", "2024-05-01T10:00Z"]):
        names.append(row)
    path = tmp_path / "b.xlsx"
    book.save(path)
    with pytest.raises(SettingsError, match="name one with --sheet: Out, Names"):
        mapped(path, Told({"amount": "Value X"}))
    assert [table.proposal.layout.form.name for table in mapped(path, Told({})).tables] == ["bank_transfer", "call"]
    made = mapped(path, Told({"amount": "Value X"}, sheet="Out"))
    assert made.tables[0].rows[0] == (
        "Out!row 2",
        {
            "source_account": ("1111", ""), "target_account": ("2222", ""),
            "occurred_at": ("2024-05-01", "2024-05-01 00:00:00 UTC"), "amount": ("5.25", ""),
        },
    )  # fmt: skip
    with pytest.raises(SettingsError, match="no such filled sheet, but: Out, Names"):
        mapped(path, Told({}, sheet="In"))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (Told({"amount": "Summe"}), "no such column, but: Ksiegowanie"),
        (Told({"amout": "Kwota"}), "'amout' is no field"),
        (Told({}, form="ledger"), "is no form"),
        (Told({}, time_zone="Mars"), "is no time zone"),
        (Told({}, sheet="Out"), "is no workbook"),
        (Told({}, folder=Path("nowhere")), "--templates nowhere: there is no such folder"),
    ],
)
def test_what_is_told_wrongly_is_refused_in_words(tmp_path: Path, told: Told, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        of(tmp_path / "a.csv", told=told)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.csv", b"", "it is empty"), ("a.csv", b"1,2\n3,4\n", "it has no header"), ("a.pdf", b"%PDF-1.7", "a PDF"),
        ("a.xlsx", b"PK\x03\x04torn", "damaged"), ("a.json", b"[]", "read as json"), ("a.csv", b"\n\n", "no filled"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused_in_words(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(EvidenceError, match=said):
        mapped(tmp_path / name, Told({}))
    told = command(tmp_path / name)
    assert told.exit_code == 1
    assert "Traceback" not in told.output


def test_a_template_is_not_written_over_another_nor_without_what_its_form_needs(tmp_path: Path) -> None:
    made = of(tmp_path / "a.csv")
    with pytest.raises(SettingsError, match="--set source_account=COLUMN"):
        write(made, tmp_path / "t.toml")
    assert not (tmp_path / "t.toml").exists()
    (tmp_path / "t.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(SettingsError, match="it is there already"):
        write(made, tmp_path / "t.toml")


def test_the_folder_of_templates_is_made_the_first_time_and_no_more_than_that(tmp_path: Path) -> None:
    made = of(tmp_path / "a.csv", KNOWN)
    write(made, tmp_path / "templates" / "t.toml")
    assert (tmp_path / "templates" / "t.toml").exists()
    with pytest.raises(SettingsError, match="there is no folder"):
        write(made, tmp_path / "typo" / "templates" / "t.toml")


def test_the_command_prints_what_is_missing_and_hides_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(RIVER.replace("Miete", "\x1b[31mMiete"), encoding="utf-8")
    told = command(path)
    assert told.exit_code == 0
    assert "MISSING: time_zone: 2 times carry no zone and are taken as UTC" in told.output
    assert "\x1b" not in told.output
    asked = command(path, "--ask")
    assert asked.exit_code == 2
    assert "--ask needs a terminal" in asked.output
    assert command(path, "--set", "amount").exit_code == 2


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12), min_size=2, max_size=5))
def test_any_header_that_can_be_mapped_comes_back_from_its_template(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    import csv

    folder = tmp_path_factory.mktemp("any")
    header = ["From Account", "To Account", "Date", "Amount", *names]
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, ["1111", "2222", "2024-05-01", "5.25", *["x"] * len(names)]])
    made = mapped(folder / "a.csv", Told({}, currency="THB", time_zone="UTC"))
    write(made, folder / "t.toml")
    (folder / "templates").mkdir()
    (folder / "t.toml").rename(folder / "templates" / "t.toml")
    (again,) = mapped(folder / "a.csv", Told({})).tables
    assert again.used == "t.toml"
    assert again.rows == made.tables[0].rows
