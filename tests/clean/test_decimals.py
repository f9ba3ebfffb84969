from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.clean.decimals import decimal_sign, is_open, settled


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("1,234.50", "."), ("1.234,50", ","), ("1.234.567", ","), ("1,234,567", "."), ("1,25,000", "."), ("12.5", "."),
        ("12,5", ","), ("0.123", "."), ("0,123", ","), ("1234.567", "."), ("1 234,567", ","), ("1'234.567", "."),
        ("€ 1.234,5-", ","), ("１，２３４．５０", "."), ("๑,๒๓๔.๕", "."), ("1234", None),
        ("1.234", None), ("1,234", None),
        ("12.05.2024", None), ("", None), ("no figure", None), ("1,2,3.4,5", None),
    ],
)  # fmt: skip
def test_a_figure_tells_its_decimal_sign_or_leaves_it_open(text: str, sign: str | None) -> None:
    assert decimal_sign(text) == sign


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 10**9), st.integers(0, 9999), st.integers(0, 4), st.sampled_from(".,"))
def test_what_is_written_with_a_sign_is_never_taken_for_the_other(
    whole: int, part: int, places: int, sign: str
) -> None:
    text = f"{whole:,}" + (f".{part:04d}"[: places + 1] if places else "")
    text = text if sign == "." else text.translate(str.maketrans(".,", ",."))
    assert decimal_sign(text) in (sign, None)
    assert decimal_sign(text) is None or not is_open(text)


@settings(max_examples=100, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_a_machine_writes_is_settled_and_the_same_number(value: float) -> None:
    assert not is_open(settled(repr(value)))
    assert float(settled(repr(value))) == value
