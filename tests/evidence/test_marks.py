from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from upriver.case.settings import FileSettings
from upriver.evidence import guesses
from upriver.evidence.marks import Marks
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers import delimited, excel

from .sources import rows, source

HEADER = "source_account;target_account;occurred_at;amount\n"


def seen(*texts: str | None) -> Marks:
    marks = Marks()
    marks.see(pa.array(texts, pa.string()))
    return marks


def test_one_value_that_is_sure_settles_the_others() -> None:
    assert seen("1.234", "1.234,56", "2.000").decided == ","
    assert seen("1.234", "1.5", "2.000").decided == "."
    assert seen("1,234", "1.5").decided == "."
    assert seen("1,234", "12,5").decided == ","


def test_what_settled_it_is_told_with_the_value() -> None:
    assert seen("1.234", "1.234,56", None, "").seen == (
        "values that can only have a decimal comma: 1 (the first: 1.234,56), only a decimal point: 0, "
        "either: 1 (the first: 1.234)"
    )
    assert not seen("1.5", "2,000.75").seen


def test_where_nothing_settles_it_the_reading_and_its_number_are_told() -> None:
    marks = seen("1.234", "2.500", "7")
    assert marks.decided is None
    assert marks.doubt.startswith("no value settles how decimals are written: 2 such as 1.234 are read as decimals")
    assert "contradict" in seen("1.234", "1.5", "1,5").doubt
    assert not seen("1.234", "1.5").doubt
    assert not seen("7", "70000").doubt


FIGURE = st.text("0123456789.,", max_size=9) | st.sampled_from(
    ["1.234", "1,234", "1.234,56", "1,234.56", "THB 1,5", "฿1.234", "-12.5", "1 234,5", "(1.234)", "x", "1.234.567"]
)


@settings(max_examples=100, deadline=None)
@example([".", "1.0"])
@given(st.lists(st.none() | FIGURE, max_size=12))
def test_counting_by_bytes_and_one_by_one_is_the_same(texts: list[str | None]) -> None:
    slow = Marks()
    for text in texts:
        slow.one(text or "")
    fast = seen("left out", *texts, "left out")
    whole = pa.array(["1.5", *texts], pa.string())
    part = Marks()
    part.see(whole, np.arange(1, len(texts) + 1))
    counts = (slow.n_point, slow.n_comma, slow.n_open)
    assert (fast.n_point, fast.n_comma, fast.n_open) == counts
    assert (part.n_point, part.n_comma, part.n_open) == counts


def guessed(path: Path, text: str, told: FileSettings | None = None) -> dict[str, object]:
    one = source(path, text, told or FileSettings())
    rows(delimited.read(one, EvidenceParams()))
    return guesses.of_amounts(one, "", one.told)


def test_each_column_of_a_file_is_settled_and_shown(tmp_path: Path) -> None:
    text = HEADER + "A;B;2026-01-01;1.234\nA;C;2026-01-02;1.234,56\n"
    found = guessed(tmp_path / "a.csv", text)
    assert found["decimal"] == {"amount": ","}
    assert "1.234,56" in str(found["decimal_seen"])
    assert "decimal_doubt" not in found
    told = guessed(tmp_path / "a.csv", text, FileSettings(decimal="."))
    assert told == {"decimal_doubt": {"amount": ". is told; 1 values can only be written with the other sign"}}


def test_a_file_without_decimals_says_nothing_of_them(tmp_path: Path) -> None:
    assert guessed(tmp_path / "a.csv", HEADER + "A;B;2026-01-01;1234.5\nA;C;2026-01-02;7\n") == {}


@pytest.mark.parametrize(("value", "text"), [(1.234, "1.2340"), (1234.5, "1234.5"), (12.0, "12")])
def test_a_number_of_a_workbook_is_never_taken_for_thousands(value: float, text: str) -> None:
    assert excel._text(value) == text
