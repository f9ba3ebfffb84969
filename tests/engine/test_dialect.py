"""One SQL text, two engines: the same words give the same rows."""

from __future__ import annotations

import datetime
import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.case.stage import Desk, Stage
from upriver.case.store import Case
from upriver.engine.dialect import tables_in
from upriver.errors import EngineError
from upriver.model.ids import content_id, content_id_sql


@dataclass(frozen=True)
class Nothing:
    """No parameters."""


EXPRESSIONS = {
    "list": "fields[2]",
    "missing place": "fields[9]",
    "try_cast of text": "try_cast(record_id AS double)",
    "try_cast of a number": "try_cast('12.5' AS double)",
    "try_cast of a time": "cast(try_cast('2026-01-02T03:04:05' AS timestamp) AS text)",
    "regexp": "regexp_replace('a-b-c', '-', '', 'g')",
    "hash": "substr(sha256('x'), 1, 20)",
    "parts": "concat_ws(chr(31), 'a', 'b')",
    "choice": "CASE WHEN locator LIKE 'row%' THEN 1 ELSE 0 END",
    "id": content_id_sql("'a'", "NULL", "'b'"),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_means_the_same_on_both_engines(any_case: Case, name: str) -> None:
    any_case.fill(
        "record",
        [{"record_id": "f#row 1", "file_id": "f", "locator": "row 1", "form": "call", "fields": ["a", "b", None]}],
    )
    wanted = {
        "list": "b", "missing place": None, "try_cast of text": None, "try_cast of a number": 12.5,
        "try_cast of a time": "2026-01-02 03:04:05", "regexp": "abc",
        "hash": hashlib.sha256(b"x").hexdigest()[:20], "parts": "a\x1fb", "choice": 1, "id": content_id("a", None, "b"),
    }  # fmt: skip
    assert any_case.sql(f"SELECT {EXPRESSIONS[name]} AS value FROM record").to_pylist() == [{"value": wanted[name]}]


def test_money_is_summed_alike_in_any_order(any_case: Case) -> None:
    amounts = [0.1, 1e12, 0.2, -1e12, 0.3]
    for turn in (amounts, amounts[::-1]):
        any_case.fill(
            "rate",
            [
                {"asset": str(i), "rate_on": datetime.date(2026, 1, 1), "usd": usd, "record_id": "f#1"}
                for i, usd in enumerate(turn)
            ],
        )
        total = any_case.sql("SELECT cast(sum(cast(usd AS decimal(38, 6))) AS double) AS usd FROM rate")["usd"][
            0
        ].as_py()
        assert total == pytest.approx(0.6, abs=1e-12)


def test_tables_of_a_select_are_known_and_its_own_left_out() -> None:
    select = "WITH mine AS (SELECT * FROM transfer) SELECT * FROM mine JOIN rate USING (asset)"
    assert tables_in(select) == {"transfer", "rate"}


def test_what_is_not_sql_is_refused_in_words() -> None:
    with pytest.raises(EngineError, match="cannot be read"):
        tables_in("SELECT FROM WHERE (")


@given(st.lists(st.none() | st.text(), min_size=1), st.lists(st.none() | st.text(), min_size=1))
def test_two_contents_share_an_id_only_when_they_are_one(left: list[str | None], right: list[str | None]) -> None:
    marks = {"\x1e", "\x1f"}
    if any(mark in (part or "") for part in (*left, *right) for mark in marks):
        return
    assert (content_id(*left) == content_id(*right)) == (left == right)


def test_a_refused_statement_is_told_even_inside_a_stage(case: Case) -> None:
    def breaks(desk: Desk, _params: object) -> None:
        desk.write_sql(
            "candidate_pair", "SELECT a AS left_id, NULL AS right_id, a AS rule FROM l", l=pa.table({"a": ["x"]})
        )

    with pytest.raises(EngineError, match=r"NOT NULL|not null"):
        case.run(Stage("resolve", (), ("candidate_pair",), breaks, Nothing))
    assert case.read("candidate_pair").num_rows == 0


_FLOATS = (0.1, 1 / 3, 1.6e-05, 2.2737367544323206e-13, -7.25, 123456789.123, 1e15 + 0.5, 2.0**60, float("inf"), -0.0)


@pytest.mark.spark
def test_a_digest_of_floats_is_the_same_on_both_engines(tmp_path: Path) -> None:
    rows = [
        {"asset": f"A{at}", "rate_on": datetime.date(2026, 1, 1), "usd": value, "record_id": "f#row 1"}
        for at, value in enumerate(_FLOATS)
    ]
    found = []
    for engine in ("duckdb", "spark"):
        with Case.create(tmp_path / f"{engine}.upriver", tmp_path, engine) as case:
            case.fill("rate", rows)
            found.append(case.digests()["rate"])
    assert found[0] == found[1]


@pytest.mark.spark
def test_a_sum_of_decimals_is_rounded_alike_on_both_engines(tmp_path: Path) -> None:
    # The seventh decimal is a 5, or is a hair below it in the bits of the number.
    amounts = (
        30.466541499999998, 377.46862649999997, 4265.6009085, 1046.5590905, 199.63642049999999, -16.5985235, 0.0,
        1 / 3, 123456789.1234565, 8_999_999_999.999999, 2.5e-7, 5e-7,
    )  # fmt: skip
    rows = [
        {"asset": f"A{at:02}", "rate_on": datetime.date(2026, 1, 1), "usd": value, "record_id": "f#row 1"}
        for at, value in enumerate(amounts)
    ]
    found = []
    for engine in ("duckdb", "spark"):
        with Case.create(tmp_path / f"{engine}.upriver", tmp_path, engine) as case:
            case.fill("rate", rows)
            found.append(
                case.sql(
                    "SELECT asset, cast(sum(cast(usd AS decimal(38, 6))) AS double) AS usd, "
                    "cast(sum(cast(1 / (usd + 17) AS decimal(38, 9))) AS double) AS part, "
                    "cast(max(cast(1 / (usd + 18) AS decimal(18, 9))) AS double) AS few FROM rate "
                    "GROUP BY asset ORDER BY asset"
                ).to_pylist()
            )
    assert found[0] == found[1]


def test_a_digest_tells_the_last_bit_of_a_float(case: Case) -> None:
    def digest(value: float) -> tuple[int, str]:
        row = {"asset": "A", "rate_on": datetime.date(2026, 1, 1), "usd": value, "record_id": "f#row 1"}
        case.fill("rate", [row])
        return case.digests()["rate"]

    assert digest(1.0) != digest(math.nextafter(1.0, 2.0))
    assert digest(85.93272272000047) != digest(math.nextafter(85.93272272000047, 0.0))
