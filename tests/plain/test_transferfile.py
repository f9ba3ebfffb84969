from __future__ import annotations

import gzip
from datetime import datetime
from pathlib import Path

import pytest

from upriver.errors import EvidenceError, SettingsError
from upriver.plain.columns import Columns
from upriver.plain.patterns import of_transfers
from upriver.plain.transferfile import Reading, read

HEADER = "transfer_id,source_account,target_account,occurred_at,amount_usd\n"
BENCHMARK = (
    "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,Payment Currency,"
    "Payment Format,Is Laundering\n"
)


def of(folder: Path, text: str, columns: Columns | None = None) -> Reading:
    path = folder / "transfers.csv"
    path.write_text(text, encoding="utf-8")
    return read(path, columns)


def rows(told: Reading) -> list[dict[str, object]]:
    """The transfers as a person sees them, in the order in which they happened."""
    return of_transfers(told.transfers)[0].drop_columns("origin").to_pylist()


def reasons(told: Reading) -> list[tuple[int, str]]:
    return [(row["line"], row["reason"]) for row in told.refused.to_pylist()]


def test_our_own_columns_are_read_as_they_are(tmp_path: Path) -> None:
    told = of(tmp_path, HEADER + "t1,A,B,2026-01-01T08:00:00+07:00,12.5\n")
    assert rows(told) == [
        {"transfer_id": "t1", "source_account": "A", "target_account": "B", "occurred_at": datetime(2026, 1, 1, 1),
         "amount_usd": 12.5}
    ]  # fmt: skip
    assert not told.refused.num_rows
    assert told.notes == ()


def test_names_that_banks_use_are_known(tmp_path: Path) -> None:
    told = of(tmp_path, "Txn Date;From Acct;To Acct;Amount\n13/02/2026 09:30;1;2;1.234,50\n")
    row = rows(told)[0]
    assert (row["transfer_id"], row["occurred_at"], row["amount_usd"]) == (
        "row 2",
        datetime(2026, 2, 13, 9, 30),
        1234.5,
    )
    assert told.notes == ("no column tells a currency: amounts are taken as US dollars",)


def test_an_export_of_an_explorer_is_known_and_its_addresses_have_no_case(tmp_path: Path) -> None:
    told = of(
        tmp_path, "Txhash,Blockno,UnixTimestamp,From,To,TokenValue,TokenSymbol\n0xAA,1,1767225600,0xAb,0xcD,5,USDT\n"
    )
    row = rows(told)[0]
    assert (row["source_account"], row["target_account"], row["amount_usd"]) == ("0xab", "0xcd", 5)
    assert row["occurred_at"] == datetime(2026, 1, 1)


def test_the_benchmark_is_known_and_its_answer_is_not_read(tmp_path: Path) -> None:
    text = "2022/09/01 00:20,01,X,02,Y,7,US Dollar,7,US Dollar,Cheque,{0}\n"
    told = of(tmp_path, BENCHMARK + text.format(1))
    assert [row["source_account"] for row in rows(told)] == ["01:X"]
    assert [row["target_account"] for row in rows(told)] == ["02:Y"]
    assert "Is Laundering" not in told.used.values()
    again = of(tmp_path, BENCHMARK.replace("Bank,Account,Amount", "Bank,Account.1,Amount") + text.format(0))
    assert rows(again) == rows(told)


def test_other_currencies_are_turned_at_the_rates_of_the_file(tmp_path: Path) -> None:
    told = of(
        tmp_path,
        BENCHMARK + "2022/09/01 00:20,1,X,2,Y,110,US Dollar,100,Euro,Wire,0\n"
        "2022/09/01 00:21,1,X,2,Y,20,Euro,40,Pound,Wire,0\n2022/09/01 00:22,1,X,2,Y,3,Yen,3,Yen,Wire,0\n",
    )
    assert [row["amount_usd"] for row in rows(told)] == pytest.approx([110, 22])
    assert reasons(told) == [(4, "no rate to US dollars is known for YEN")]


def test_a_bad_row_costs_itself_alone_and_says_why(tmp_path: Path) -> None:
    told = of(
        tmp_path,
        HEADER + "t1,A,B,2026-01-01,5\nt2,A,B,yesterday,5\nt3,A,,2026-01-01,5\nt4,A,B\nt5,A,B,2026-01-01,0\n"
        "t6,A,B,2026-01-01,much\nt7,A,B,,5\nt8,A,B,2026-01-02,6\nt9,A,B,2026-01-01,-4\n",
    )
    assert [row["transfer_id"] for row in rows(told)] == ["t1", "t8"]
    assert reasons(told) == [
        (3, "no time can be read from yesterday"), (4, "no payee"), (5, "not a row of this table: missing columns"),
        (6, "the amount is not above zero: 0"), (7, "no amount can be read from much"), (8, "no time"),
        (10, "the amount is not above zero: -4"),
    ]  # fmt: skip
    assert told.refused["raw"].to_pylist()[0] == "t2,A,B,yesterday,5"


def test_a_row_without_an_id_is_called_by_its_line_also_behind_torn_rows(tmp_path: Path) -> None:
    told = of(tmp_path, HEADER.partition(",")[2] + "A,B,2026-01-01,5\nA\nA,B\nA,B,2026-01-02,5\nA\nA,B,2026-01-03,5\n")
    assert [row["transfer_id"] for row in rows(told)] == ["row 2", "row 5", "row 7"]


def test_an_id_that_stands_twice_gets_a_number(tmp_path: Path) -> None:
    told = of(tmp_path, HEADER + "h,A,B,2026-01-01,5\nh,A,C,2026-01-01,6\n")
    assert [row["transfer_id"] for row in rows(told)] == ["h", "h#2"]


def test_a_date_that_reads_both_ways_follows_the_others_or_is_refused(tmp_path: Path) -> None:
    row = "t1,A,B,03/04/2026,5\n"
    with pytest.raises(EvidenceError, match="no time can be read from 03/04/2026"):
        of(tmp_path, HEADER + row)
    told = of(tmp_path, HEADER + row + "t2,A,B,25/04/2026,5\n")
    assert next(row["occurred_at"] for row in rows(told)) == datetime(2026, 4, 3)
    told = of(tmp_path, HEADER + row, Columns(date_order="mdy", zone="Asia/Bangkok"))
    assert next(row["occurred_at"] for row in rows(told)) == datetime(2026, 3, 3, 17)


def test_columns_can_be_told(tmp_path: Path) -> None:
    text = "a,b,c,d,usd\nX,Y,2026-01-01,5,7\n"
    told = of(tmp_path, text, Columns(source_account="b", target_account="1", occurred_at="c", amount="d"))
    assert rows(told)[0]["source_account"] == "Y"
    assert [row["amount_usd"] for row in rows(told)] == [5]
    with pytest.raises(SettingsError, match="no_such"):
        of(tmp_path, text, Columns(source_account="no_such"))


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"PK\x03\x04", b"\x00" * 99, b"just words\n", b"\x1f\x8b torn", b"a,b,c,d\n1,2,3,4\n"]
)
def test_what_is_no_table_of_transfers_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(EvidenceError):
        read(path)
    with pytest.raises(EvidenceError, match="no such file"):
        read(tmp_path)


def test_packed_and_foreign_encodings_are_read(tmp_path: Path) -> None:
    text = HEADER + "t1,帐户,B,2026-01-01,5\n"
    for name, content in (("a.csv.gz", gzip.compress(text.encode())), ("b", text.encode("utf-16")),
                          ("c", text.replace("\n", "\r\n").encode("utf-8-sig"))):  # fmt: skip
        (tmp_path / name).write_bytes(content)
        assert [row["source_account"] for row in rows(read(tmp_path / name))] == ["帐户"]


def test_spaces_around_a_cell_are_no_part_of_it(tmp_path: Path) -> None:
    told = of(tmp_path, HEADER + " t1 , A,B , 2026-01-01T01:00:00Z , 12.5 \nt2,\u3000A,B\u00a0, 1767229200 , 3\u00a0\n")
    assert rows(told) == [
        {"transfer_id": "t1", "source_account": "A", "target_account": "B", "occurred_at": datetime(2026, 1, 1, 1),
         "amount_usd": 12.5},
        {"transfer_id": "t2", "source_account": "A", "target_account": "B", "occurred_at": datetime(2026, 1, 1, 1),
         "amount_usd": 3.0},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "went", "did_not"),
    [
        ("Result", "SUCCESS", "FAILED"),
        ("Status", "", "Error(0)"),
        ("isError", "0", "1"),
        ("txreceipt_status", "1", "0"),
    ],
)
def test_a_payment_that_failed_moved_nothing(tmp_path: Path, column: str, went: str, did_not: str) -> None:
    head = f"Txhash,UnixTimestamp,From,To,TokenValue,{column}\n"
    told = of(tmp_path, head + f"0xa,1767225600,0x1,0x2,5,{went}\n0xb,1767225601,0x1,0x2,7,{did_not}\n")
    assert [row["amount_usd"] for row in rows(told)] == [5]
    assert reasons(told) == [(3, f"it did not go through: {did_not}")]


@pytest.mark.parametrize(
    ("amounts", "read_as", "note"),
    [
        (("1.234", "1.234,56", "99,5", "7"), [1234.0, 1234.56, 99.5, 7.0],
         "decimals of amount_usd are read behind a comma"),
        (("1,234", "12,5", "0,125"), [1.234, 12.5, 0.125], "decimals of amount_usd are read behind a comma"),
        (("1.234", "12.5", "2,000"), [1.234, 12.5, 2000.0], ""),
        (("1,234", "1,234,567"), [1234.0, 1234567.0], ""),
        (("1.234", "2.345"), [1.234, 2.345], "amount_usd: no value settles how decimals are written: 2 such as 1.234"),
        (("1.234", "12.5", "1,5"), [1.234, 12.5, 1.5], "amount_usd: the values contradict each other: 1 such as 1.234"),
    ],
)  # fmt: skip
def test_the_column_settles_what_one_amount_leaves_open(
    tmp_path: Path, amounts: tuple[str, ...], read_as: list[float], note: str
) -> None:
    lines = (f"t{n};A;B;2026-01-0{n};{text}\n" for n, text in enumerate(amounts, 1))
    told = of(tmp_path, HEADER.replace(",", ";") + "".join(lines))
    assert told.transfers.amount.tolist() == read_as
    assert [line for line in told.notes if "amount_usd" in line and line.startswith(note)] if note else not told.notes
    for sign, first in ((",", 0), (".", 0)):
        again = of(tmp_path, HEADER.replace(",", ";") + f"t1;A;B;2026-01-01;{amounts[0]}\n", Columns(decimal=sign))
        wanted = float(amounts[0].replace({",": ".", ".": ","}[sign], "").replace(sign, "."))
        assert again.transfers.amount.tolist()[first] == wanted
