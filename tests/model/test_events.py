"""The words of an event, and how its days are written."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.clean.dates import span
from upriver.extract.event_lexicon import languages
from upriver.model.events import TYPES, UNITS, is_unit, one_family
from upriver.model.periods import written


def test_every_type_and_unit_that_the_reader_knows_may_be_told() -> None:
    for path in set(languages().values()):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        assert set(told["types"]) <= TYPES
        assert {*told["units"], *told.get("measures", ())} <= UNITS
        assert all(is_unit(currency) for currency in told["money"].values())


def test_a_model_is_told_every_type_and_unit() -> None:
    prompt = " ".join(files("upriver.plain").joinpath("proposal_prompt.txt").read_text("utf-8").split())
    assert [word for word in sorted(TYPES | UNITS) if not re.search(rf"\b{word}\b", prompt)] == []


def test_a_family_is_no_chain() -> None:
    assert one_family("arrest", "raid")
    assert one_family("prosecution", "arrest")
    assert not one_family("prosecution", "raid")


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (date(2025, 2, 1), date(2025, 2, 28), "2025-02"),
        (date(2024, 2, 1), date(2024, 2, 28), "2024-02-01/2024-02-28"),
        (date(2025, 1, 1), date(2025, 12, 31), "2025"),
        (date(2025, 1, 1), date(2025, 6, 30), "2025-01-01/2025-06-30"),
        (date(2024, 1, 1), date(2025, 12, 31), "2024-01-01/2025-12-31"),
        (date(2025, 5, 1), date(2025, 5, 1), "2025-05-01"),
    ],
)
def test_days_are_written_in_the_coarsest_form_that_says_exactly_them(first: date, last: date, told: str) -> None:
    assert written(first, last) == told


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_days_that_are_written_are_read_as_the_same(a: date, b: date) -> None:
    first, last = min(a, b), max(a, b)
    assert span(written(first, last), None) == (first, last)
