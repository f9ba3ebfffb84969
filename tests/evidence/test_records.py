"""Cells set in the order of a form's fields, against a slow answer."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from upriver.case.settings import FileSettings
from upriver.evidence.columns import Layout, recognise
from upriver.evidence.records import compose, from_rows

from .sources import source

cell = st.sampled_from(
    ["", "0", "5.00", "-7", "(8.5)", "+3", "x", 'q"\\\n', "借", "贷", "D", "in", "2024-05-01", "12:30"]
)


def by_hand(layout: Layout, row: list[str]) -> tuple[list[str | None], dict[str, str]]:
    values = {f: row[p] for f, p in zip(layout.form.fields, layout.places, strict=True) if p is not None}
    for field, (date, time) in layout.clocks.items():
        values[field] = " ".join(part for part in (row[date], row[time]) if part)
    one = layout.statement
    if one:
        own = row[one.own] if one.own is not None else str(one.own_told)
        if one.debit is not None and one.credit is not None:
            has = [any(digit in row[place] for digit in "123456789") for place in (one.debit, one.credit)]
            out, amount = has[0], row[one.debit] if has[0] else row[one.credit]
        else:
            assert one.amount is not None
            amount = row[one.amount]
            out = amount.startswith(("-", "("))
            if one.direction is not None:
                out = row[one.direction].casefold() in ("借", "d", "out", "dr", "-")
        names = [row[place] if place is not None else "" for place in (one.own_name, one.other_name)]
        sides = [(own, names[0]), (row[one.other], names[1])]
        (source_account, source_name), (target_account, target_name) = sides if out else sides[::-1]
        values.update(source_account=source_account, source_name=source_name, target_account=target_account)
        values.update(target_name=target_name, amount=amount.lstrip("(-+").rstrip(")"))
    extra = {name: row[place] for place, name in enumerate(layout.names) if place not in layout.used and row[place]}
    return [values.get(field) or None for field in layout.form.fields], extra


HEADERS = [
    ["From Account", "To Account", "Date", "Amount", "Colour", 'odd "name"'],
    ["Account No", "Counterparty Account", "Counterparty", "Date", "Debit", "Credit"],
    ["Own Account", "对方账号", "交易日期", "交易时间", "借贷标志", "交易金额"],
    ["Account Name", "Own Account", "Contra Account", "Date", "Amount", "Details"],
    ["a", "b", "c", "d", "e", "f"],
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(HEADERS), st.lists(st.lists(cell, min_size=6, max_size=6), min_size=1, max_size=8))
def test_columns_at_once_give_what_rows_by_hand_give(tmp_path: Path, header: list[str], table: list[list[str]]) -> None:
    layout = recognise(header, "x", FileSettings(), [["", "", "", "12:30", "", ""]])
    file = source(tmp_path / "a.csv", "x,y\n")
    places = [f"row {number}" for number in range(len(table))]
    found = compose(file, layout, from_rows(table, 6), places).to_pylist()
    for row, record in zip(table, found, strict=True):
        fields, extra = by_hand(layout, row)
        assert record["fields"] == fields
        assert (json.loads(record["extra"]) if record["extra"] else {}) == extra
        assert record["record_id"] == f"{file.file_id}#{record['locator']}"


def test_each_header_of_the_property_is_the_layout_it_is_meant_to_be() -> None:
    layouts = [recognise(header, "x", FileSettings(), [["", "", "", "12:30", "", ""]]) for header in HEADERS]
    assert [layout.form.name for layout in layouts] == ["bank_transfer"] * 4 + ["unknown"]
    assert [layout.statement is not None for layout in layouts] == [False, True, True, True, False]
    assert layouts[2].clocks == {"occurred_at": (2, 3)}
