"""The workbook opens in a reader that did not write it."""

from __future__ import annotations

from io import BytesIO

import openpyxl

from upriver.simulate.workbook import workbook

ROWS = [["Date", "Amount", "Name"], ["2025-01-02", 12.5, "A & B <x>"], ["", 3, "林"]]


def test_cells_come_back_as_they_went_in() -> None:
    book = openpyxl.load_workbook(BytesIO(workbook({"Ledger": ROWS, "Notes": [["seen"]]})))
    assert book.sheetnames == ["Ledger", "Notes"]
    read = [list(row) for row in book["Ledger"].iter_rows(values_only=True)]
    assert read == [ROWS[0], ROWS[1], [None, 3, "林"]]


def test_same_rows_give_the_same_bytes() -> None:
    assert workbook({"a": ROWS}) == workbook({"a": ROWS})
