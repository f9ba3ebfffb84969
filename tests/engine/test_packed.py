"""Packed records are the records that are told in lists: read back, and digested."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.case.stage import Desk, Stage
from upriver.case.store import Case
from upriver.engine.packed import unpacked
from upriver.errors import CaseError, SchemaError
from upriver.evidence.params import EvidenceParams
from upriver.model.tables import TABLES

Fields = list[str | None]

# What no field may hold is the mark between them: the reader leaves such rows in lists.
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x1f"), min_size=1, max_size=4)
fields = st.lists(st.none() | texts, min_size=2, max_size=4)


def packed(rows: list[Fields], extra: str | None = None) -> pa.Table:
    return pa.table(
        {
            "record_id": [f"f#row {number}" for number in range(len(rows))],
            "file_id": ["f"] * len(rows),
            "form": ["call"] * len(rows),
            "cells": ["\x1f".join(cell or "" for cell in row) for row in rows],
            "extra": pa.array([extra] * len(rows), pa.string()),
        }
    )


def told(rows: list[Fields], extra: str | None = None) -> pa.Table:
    return pa.table(
        {
            "record_id": [f"f#row {number}" for number in range(len(rows))],
            "file_id": ["f"] * len(rows),
            "locator": [f"row {number}" for number in range(len(rows))],
            "form": ["call"] * len(rows),
            "fields": pa.array(rows, pa.list_(pa.string())),
            "extra": pa.array([extra] * len(rows), pa.string()),
        }
    )


def writing(*parts: pa.Table) -> Stage:
    def run(desk: Desk, params: EvidenceParams) -> None:
        """Write these records."""
        desk.write_each("record", iter(parts))

    return Stage("evidence", (), ("record",), run, EvidenceParams)


ROWS: list[Fields] = [["a", None, "b"], [None, None, None], ["é\x00", "\x1e", "c" * 300]]


@pytest.mark.parametrize("extra", [None, '{"Comment": "x"}'])
def test_packed_and_listed_records_are_read_alike_and_have_one_digest(any_case: Case, extra: str | None) -> None:
    seen = []
    for parts in ([packed(ROWS, extra)], [told(ROWS, extra)], [told(ROWS, extra)[:1], packed(ROWS, extra)[1:]]):
        any_case.run(writing(*parts))
        noted = any_case.manifest.stages["evidence"]["tables"]["record"]
        assert any_case.digests()["record"] == (noted["rows"], noted["digest"])
        seen.append((any_case.read("record").to_pylist(), noted))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0] == told(ROWS, extra).to_pylist()


@given(st.lists(fields, min_size=1, max_size=20))
def test_any_fields_come_back_from_their_text(rows: list[Fields]) -> None:
    assert unpacked(packed(rows)).select(TABLES["record"].names).to_pylist() == told(rows).to_pylist()


def test_a_value_in_another_field_is_another_digest(any_case: Case) -> None:
    digests = []
    for rows in ([["a", None, "b"]], [["a", "b", None]], [["a", "", "b"]]):
        any_case.fill("record", told(rows))
        digests.append(any_case.digests()["record"])
    assert len(set(digests)) == 3


def test_a_place_that_its_id_does_not_tell_is_kept(case: Case) -> None:
    (row,) = told([["a"]]).to_pylist()
    before = None
    for locator in ("row 0", "page 3"):
        case.fill("record", [row | {"locator": locator}])
        assert case.read("record", "locator")["locator"].to_pylist() == [locator]
        assert case.digests()["record"] != before
        before = case.digests()["record"]


def test_a_stage_that_fails_leaves_the_records_of_the_one_before(case: Case) -> None:
    case.run(writing(packed(ROWS)))
    before = case.digests()["record"]
    with pytest.raises(SchemaError, match="no column"):
        case.run(
            writing(packed(ROWS[:1]), told(ROWS).drop_columns("extra").append_column("colour", pa.array(["x"] * 3)))
        )
    assert case.digests()["record"] == before
    assert case.read("record").num_rows == 3


def test_a_case_that_keeps_records_as_lists_is_made_again(case: Case, tmp_path: Path) -> None:
    case.run(writing(packed(ROWS)))
    case.close()
    with duckdb.connect(str(case.home / "case.duckdb")) as older:
        for statement in (
            'DROP VIEW "record"',
            'DROP TABLE "_record"',
            'CREATE TABLE "record" AS SELECT 1 AS record_id',
        ):
            older.execute(statement).fetchall()
    with pytest.raises(CaseError, match="made by an older Upriver"):
        Case.open(case.home, read_only=True)
    with Case.open(case.home) as again:
        assert "evidence" not in again.manifest.stages
        assert again.read("record").num_rows == 0
