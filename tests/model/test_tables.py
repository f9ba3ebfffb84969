"""The declarations of tables and forms hold together."""

from __future__ import annotations

import pytest

from upriver.model.columns import Column, Table
from upriver.model.forms import FORMS
from upriver.model.tables import TABLES
from upriver.model.units import asset


def test_names_follow_the_house() -> None:
    for table in TABLES.values():
        for column in table.columns:
            if column.type == "time":
                assert column.name.endswith("_at"), (table.name, column.name)
            if column.type == "date":
                assert column.name.endswith("_on"), (table.name, column.name)
            if column.unit == "USD":
                assert column.name.endswith("usd"), (table.name, column.name)
            if column.name.startswith("n_"):
                assert column.type == "int", (table.name, column.name)


def test_keys_are_never_null() -> None:
    for table in TABLES.values():
        for column in table.columns:
            assert not (column.name in table.key and column.optional), (table.name, column.name)


def test_a_key_that_names_no_column_is_refused() -> None:
    with pytest.raises(ValueError, match="key names no column"):
        Table("t", "w", "m", ("absent",), (Column("a", "text", "m"),))


def test_needed_fields_of_a_form_are_its_fields() -> None:
    for form in FORMS.values():
        for choice in form.needed:
            assert set(choice) <= set(form.fields), form.name
        assert len(set(form.fields)) == len(form.fields), form.name


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("US$", "USD"),
        ("usdt (trc20)", "USDT"),
        ("人民币", "CNY"),
        ("baht?", None),
        ("บาท", "THB"),
        ("Baht", "THB"),
        ("ကျပ်", "MMK"),
        ("đồng", "VND"),
        ("VNĐ", "VND"),
        ("euro", "EUR"),
        ("港币", "HKD"),
        ("SHIB", "SHIB"),
        ("", None),
        (None, None),
    ],
)
def test_an_asset_is_known_as_written(written: str | None, code: str | None) -> None:
    assert asset(written) == code
