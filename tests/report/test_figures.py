from __future__ import annotations

import doctest
from datetime import date, datetime
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.report import claims, drawing, figures, folding, identity
from upriver.report.sections import loophole


@pytest.mark.parametrize("module", [figures, folding, drawing, claims, identity, loophole])
def test_examples_in_docstrings_hold(module: ModuleType) -> None:
    told = doctest.testmod(module)
    assert told.attempted > 0
    assert told.failed == 0


def test_a_missing_figure_is_never_zero() -> None:
    assert {figures.number(None), figures.usd(None), figures.share(None), figures.measure(None, "people")} == {
        "no figure"
    }
    assert figures.number(0) == "0"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2023, 11, 21), date(2023, 11, 21), "2023-11-21"), (date(2023, 1, 1), date(2023, 12, 31), "2023"),
        (date(2024, 2, 1), date(2024, 2, 29), "2024-02"), (date(2023, 11, 1), date(2023, 12, 31),
        "2023-11-01 to 2023-12-31"),
        (None, date(2023, 11, 21), "2023-11-21"), (None, None, "no date"),
        (datetime(2023, 5, 1, 9), datetime(2023, 5, 3, 1), "2023-05-01 to 2023-05-03"),
        (date(9999, 12, 1), date(9999, 12, 31), "9999-12"),
    ],
)  # fmt: skip
def test_periods_are_told_as_short_as_they_can_be(start: date | None, end: date | None, words: str) -> None:
    assert figures.period(start, end) == words


@given(st.text())
def test_nothing_that_reorders_or_controls_text_is_left(text: str) -> None:
    shown = figures.visible(text)
    assert not set(shown) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\x00\x07\x1b\x7f")
    assert figures.visible(shown) == shown


@given(st.text(), st.integers(2, 50))
def test_shortened_text_is_no_longer_than_asked(text: str, length: int) -> None:
    assert len(figures.shortened(text, length)) <= length
