"""Numbers in English and Chinese."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.written import WHOLE, WITH_CENTS

from upriver.clean.numbers import figures, number

_HAN = "零一二三四五六七八九"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("31,000", 31_000), ("5.5万", 55_000), ("5.5萬", 55_000), ("5万3388", 53_388), ("1亿", 1e8),
        ("一亿二千万", 1.2e8),
        ("四千六百六十六", 4_666), ("两千", 2_000), ("十五", 15), ("二〇二五", 2025), ("twenty-three", 23),
        ("a dozen", 12),
        ("two thousand three hundred and five", 2_305), ("half a million", 500_000), ("1.1 billion", 1.1e9),
        ("3k", 3_000),
    ],
)  # fmt: skip
def test_a_number_is_read_in_either_language(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["dozens", "数百", "tens of thousands", "several", "", "12 monkeys", "1e999"])
def test_a_vague_word_or_no_number_has_no_value(text: str) -> None:
    assert number(text) is None


def test_figures_are_found_with_their_places() -> None:
    text = "已累计抓获5.5万余名嫌疑人,其中920余名"
    assert [(text[f.start : f.end], f.value) for f in figures(text)] == [("5.5万", 55_000), ("920", 920)]


def test_a_figure_with_more_inside_says_so() -> None:
    assert [(f.value, f.more) for f in figures("涉案2000余万元")] == [(20_000_000, True)]


def test_letters_scale_only_when_they_touch_the_digits() -> None:
    assert [f.value for f in figures("1.2m people and 10 m of wire")] == [1_200_000, 10]


@given(st.integers(0, 10**12))
def test_digits_with_separators_read_back(value: int) -> None:
    assert number(f"{value:,}") == value


@given(st.integers(1, 9_999))
def test_chinese_numerals_read_back(value: int) -> None:
    written = "".join(
        _HAN[int(digit)] + place for digit, place in zip(f"{value:04d}", "千百十 ", strict=True) if digit != "0"
    ).strip()
    assert number(written) == value


@settings(max_examples=150, deadline=None)
@given(st.decimals("0.01", 10**11, places=2), st.sampled_from(sorted(WITH_CENTS)))
def test_a_number_written_in_any_way_reads_back(value: Decimal, way: str) -> None:
    assert number(WITH_CENTS[way](value)) == pytest.approx(float(value), rel=1e-12)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 10**7), st.sampled_from(sorted(WHOLE)))
def test_a_whole_number_written_in_any_way_reads_back(ten_thousands: int, way: str) -> None:
    value = Decimal(ten_thousands * 10**4)
    assert number(WHOLE[way](value)) == float(value)


@pytest.mark.parametrize(("text", "value"), [("1.234,5", 1234.5), ("0,125", 0.125), ("2,5", 2.5), ("1,2,3", None)])
def test_a_comma_is_no_sign_that_is_thrown_away(text: str, value: float | None) -> None:
    assert number(text) == value
