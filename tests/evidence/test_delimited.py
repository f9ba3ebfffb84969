"""Delimited files: any delimiter and encoding, exact places, broken rows kept."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest

from upriver.case.settings import FileSettings
from upriver.errors import SettingsError
from upriver.evidence.folder import UnreadableError
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers import delimited

from .sources import NOTHING, rows, source

HEADER = ["Txn Ref", "From Account", "To Account", "Date", "Amount", "Comment"]
FIRST = ["r1", "111", "222", "2024-05-01 10:00", "5.00", "rent"]
SECOND = ["r2", "222", "333", "2024-05-02 10:00", "6.00", ""]


def written(delimiter: str) -> str:
    out = StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows([HEADER, FIRST, SECOND])
    return out.getvalue()


def read(path: Path, data: bytes | str, told: FileSettings = NOTHING, **limits: int) -> list[dict[str, object]]:
    return rows(delimited.read(source(path, data, told), EvidenceParams(**limits)))


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "^", "~", "\x01", "#"])
def test_any_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    first, second = read(tmp_path / "a.csv", written(delimiter))
    assert first == {
        "at": "row 2", "form": "bank_transfer", "reference": "r1", "source_account": "111", "target_account": "222",
        "occurred_at": "2024-05-01 10:00", "amount": "5.00", "extra": '{"Comment": "rent"}',
    }  # fmt: skip
    assert (second["at"], second["extra"]) == ("row 3", None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5"])
def test_any_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    text = (
        "付款帳號,收款帳號,交易時間,金額,附言\n111,222,2024-05-01,5.00,投資平台儲值\n333,444,2024-05-02,6.00,生活費\n"
    )
    if encoding == "gb18030":
        for wide, narrow in zip("帳號額時間資臺費", "账号额时间资台费", strict=True):
            text = text.replace(wide, narrow)
    found = read(tmp_path / "流水.csv", text.encode(encoding))
    assert [(row["at"], row["form"], row["amount"]) for row in found] == [
        ("row 2", "bank_transfer", "5.00"),
        ("row 3", "bank_transfer", "6.00"),
    ]
    assert found[0]["purpose"] == text.split("\n")[1].split(",")[4]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_read(tmp_path: Path, end: str) -> None:
    found = read(tmp_path / "a.csv", written(",").replace("\n", end))
    assert [row["at"] for row in found] == ["row 2", "row 3"]
    assert found[1]["amount"] == "6.00"


def test_the_file_opened_at_the_locator_shows_the_row(tmp_path: Path) -> None:
    text = (
        "Bank of the River\n\nFrom Account,To Account,Date,Amount,Description\n"
        '111,222,2024-05-01,1.00,"two\nlines"\n'
        "torn row,222\n"
        "\n"
        '333,444,2024-05-01,2.00,plain\n555,666,2024-05-01,3.00,"never closed\n'
        "777,888,2024-05-01,4.00,after\n"
    )
    lines = text.split("\n")
    found = read(tmp_path / "a.csv", text)
    for row in found:
        line = lines[int(str(row["at"]).removeprefix("row ")) - 1]
        known = row.get("amount") or row.get("raw") or str(row["extra"])[7:20]
        assert str(known).split("\n")[0] in line
    assert [(row["at"], row["form"]) for row in sorted(found, key=lambda row: int(str(row["at"])[4:]))] == [
        ("row 1", "unknown"), ("row 4", "bank_transfer"), ("row 6", "broken"), ("row 8", "bank_transfer"),
        ("row 9", "broken"), ("row 10", "bank_transfer"),
    ]  # fmt: skip


def test_a_million_characters_are_kept_and_more_than_the_limit_is_broken_with_the_reason(tmp_path: Path) -> None:
    text = f'From Account,To Account,Date,Amount,Note\n1,2,2024-05-01,3,"{"x" * 1_000_000}"\n4,5,2024-05-01,6,y\n'
    long, short = read(tmp_path / "a.csv", text)
    assert len(str(long["purpose"])) == 1_000_000
    assert short["at"] == "row 3"
    found = {row["at"]: row for row in read(tmp_path / "b.csv", text + "7,8,2024-05-01,9,z\n", max_cell_bytes=1000)}
    assert found["row 2"]["form"] == "broken"
    assert len(str(found["row 2"]["raw"])) == 2000
    assert (found["row 3"]["amount"], found["row 4"]["amount"]) == ("6", "9")


def test_bad_bytes_break_their_row_only(tmp_path: Path) -> None:
    data = "From Account,To Account,Date,Amount,Note\n1,2,2024-05-01,3,é\n4,5,2024-05-01,6,".encode()
    found = read(tmp_path / "a.csv", data + b"\xff\n7,8,2024-05-01,9,z\n")
    assert {(row["at"], row["form"]) for row in found} == {
        ("row 2", "bank_transfer"), ("row 3", "broken"), ("row 4", "bank_transfer"),
    }  # fmt: skip


def test_names_with_marks_of_direction_and_controls_stay_as_written(tmp_path: Path) -> None:
    name = "\u202eevil\u202c\x07<b>"
    (row,) = read(tmp_path / "a.csv", f"listed_id,name,aliases\nW1,{name},x\n")
    assert row["name"] == name


def test_a_table_without_header_is_refused_with_advice_and_read_once_its_columns_are_told(tmp_path: Path) -> None:
    text = "111,222,2024-05-01,5.00\n333,444,2024-05-02,6.00\n"
    with pytest.raises(UnreadableError, match="no header") as caught:
        read(tmp_path / "a.csv", text)
    assert "case.toml" in caught.value.advice
    columns = {"source_account": "1", "target_account": "2", "occurred_at": "3", "amount": "4"}
    told = FileSettings(form="bank_transfer", header=False, columns=columns)
    assert [(row["at"], row["amount"]) for row in read(tmp_path / "a.csv", text, told)] == [
        ("row 1", "5.00"), ("row 2", "6.00"),
    ]  # fmt: skip


def test_unknown_table_is_kept_whole(tmp_path: Path) -> None:
    (row,) = read(tmp_path / "a.csv", 'shade,weight\n"deep ""blue""",3\n')
    assert row == {"at": "row 2", "form": "unknown", "extra": '{"shade": "deep \\"blue\\"", "weight": "3"}'}


def test_told_column_that_is_not_there_stops_with_the_columns_that_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="the table has no such column, but: a, b"):
        read(tmp_path / "a.csv", "a,b\nx,y\n", FileSettings(columns={"amount": "sum"}))


def test_what_is_guessed_is_told(tmp_path: Path) -> None:
    file = source(tmp_path / "a.csv", "From Account;To Account;Date;Amount (THB)\n1;2;31/05/2024 10:00;3\n")
    rows(delimited.read(file, EvidenceParams()))
    assert file.guessed["delimiter"] == ";"
    assert file.guessed["form"] == "bank_transfer"
    assert file.guessed["currency"] == "THB"
    assert file.guessed["columns"]["amount"] == "Amount (THB)"
    assert file.habits.date_order == "dmy"


def test_small_blocks_give_the_same_records(tmp_path: Path) -> None:
    lines = [f'{n},{n + 1},2024-05-01 10:00,{n}.50,"a, ""{n}"""' for n in range(3000)]
    text = "From Account,To Account,Date,Amount,Note\n" + "\n".join(lines) + "\n"
    assert read(tmp_path / "a.csv", text, block_bytes=1000) == read(tmp_path / "b.csv", text)


GERMAN = (
    '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Beguenstigter/Zahlungspflichtiger";'
    '"Kontonummer/IBAN";"BIC (SWIFT-Code)";"Betrag";"Waehrung";"Info"\n'
    '"DE89370400440532013000";"09.01.26";"09.01.26";"UEBERWEISUNG";"Invest";"Global Trade";"LT121000011101001000";"";'
    '"-2.500,00";"EUR";"Umsatz gebucht"\n'
)
DUTCH = (
    '"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mutatiesoort"\n'
    '"20260109";"Global Trade";"NL91ABNA0417164300";"LT121000011101001000";"GT";"Af";"2.500";"Online bankieren"\n'
)


@pytest.mark.parametrize(
    ("text", "own", "amount"),
    [(GERMAN, "DE89370400440532013000", "2.500,00"), (DUTCH, "NL91ABNA0417164300", "2.500")],
)
def test_exports_of_accounts_in_german_and_dutch_are_known(tmp_path: Path, text: str, own: str, amount: str) -> None:
    (row,) = rows(delimited.read(source(tmp_path / "a.csv", text), EvidenceParams()))
    assert (row["form"], row["source_account"], row["target_account"]) == (
        "bank_transfer", own, "LT121000011101001000"
    )  # fmt: skip
    assert (row["amount"], row["target_name"]) == (amount, "Global Trade")


def test_a_table_that_tells_too_little_is_kept_under_the_names_below_its_preamble(tmp_path: Path) -> None:
    text = (
        "微信支付账单明细,,,,\n起始时间：[2026-01-01 00:00:00],,,,\n,,,,\n交易时间,交易类型,交易对方,金额(元),备注\n"
        "2026-01-03 10:12:44,转账,李某,¥3000.00,/\n"
    )
    found = rows(delimited.read(source(tmp_path / "a.csv", text), EvidenceParams()))
    assert found[-1]["form"] == "unknown"
    assert '"交易对方": "李某"' in found[-1]["extra"]
    assert found[-1]["at"] == "row 5"


def test_a_statement_without_the_other_side_takes_the_one_iban_its_text_names(tmp_path: Path) -> None:
    text = (
        "Date,Narration,Withdrawal Amt.,Deposit Amt.\n15/03/2025,UPI RAMESH,100.00,\n"
        "16/03/2025,NEFT from DE89370400440532013000 rent,,250.00\n"
        "17/03/2025,DE89370400440532013000 to FR7630006000011234567890189,,9.00\n"
    )
    found = read(tmp_path / "may.csv", text, FileSettings(own_account="5010"))
    sides = [(row.get("source_account"), row.get("target_account"), row["amount"]) for row in found]
    assert sides == [("5010", None, "100.00"), ("DE89370400440532013000", "5010", "250.00"), (None, "5010", "9.00")]
    (row, *_) = read(tmp_path / "may.csv", text)
    assert row["form"] == "unknown", "without the own account it is nobody's statement"
