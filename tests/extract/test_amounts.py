from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.written import WHOLE, WITH_CENTS

from upriver.extract.amounts import amount


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("3.5万元", (35_000.0, "CNY")), ("1.2亿", (120_000_000.0, None)), ("三万五千元", (35_000.0, "CNY")),
        ("3万5千", (35_000.0, None)), ("一百二十万", (1_200_000.0, None)), ("NT$3萬", (30_000.0, "TWD")),
        ("１２，８００．００", (12_800.0, None)), ("1.5 lakh", (150_000.0, None)),
        ("₹ 2.5 crore", (25_000_000.0, "INR")), ("₹1,25,000", (125_000.0, "INR")),
        ("12,34,567.50", (1_234_567.5, None)), ("Rp12.500.000", (12_500_000.0, "IDR")),
        ("Rp 500.000", (500_000.0, "IDR")), ("10.000 đ", (10_000.0, "VND")), ("10.000 EUR", (10.0, "EUR")),
        ("12.5 triệu", (12_500_000.0, None)), ("5 juta", (5_000_000.0, None)), ("5 ล้านบาท", (5_000_000.0, "THB")),
        ("๕,๐๐๐ บาท", (5_000.0, "THB")), ("၁၂၅၀၀ ကျပ်", (12_500.0, "MMK")), ("25만원", (250_000.0, "KRW")),
        ("1’234.50", (1_234.5, None)), ("1 234,56", (1_234.56, None)), ("THB 5,000.-", (5_000.0, "THB")),
        ("500-", (-500.0, None)), ("−500", (-500.0, None)), ("500 CR", (500.0, None)), ("USD 500 DR", (-500.0, "USD")),
        ("100U", (100.0, "USDT")), ("K 500", (500.0, "MMK")), ("50k", (50_000.0, None)),
        ("1,2,3", None), ("12 34", None), ("5 to 7", None), ("lakh", None), ("一些", None), ("", None),
    ],
)  # fmt: skip
def test_sums_are_read_as_people_and_banks_write_them(text: str, told: tuple[float, str | None] | None) -> None:
    assert amount(text) == told


@given(st.text(alphabet="0123456789.,'- 万千億lakhUSD฿()", max_size=24))
def test_no_sum_is_read_as_infinite_or_breaks_the_reading(text: str) -> None:
    found = amount(text)
    assert found is None or abs(found[0]) < float("inf")


@settings(max_examples=150, deadline=None)
@given(st.decimals("0.01", 10**11, places=2), st.sampled_from(sorted(WITH_CENTS)), st.sampled_from(["", " THB", "฿"]))
def test_an_amount_written_in_any_way_reads_back(value: Decimal, way: str, named: str) -> None:
    text = WITH_CENTS[way](value)
    if way == "power of ten":
        named = ""  # a machine writes no currency beside it
    found = amount(f"{named}{text}" if named == "฿" else f"{text}{named}")
    assert found is not None
    assert found[0] == pytest.approx(float(value), rel=1e-12)
    assert found[1] == ("THB" if named else None)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 10**7), st.sampled_from(sorted(WHOLE)))
def test_a_whole_amount_written_in_any_way_reads_back(ten_thousands: int, way: str) -> None:
    value = Decimal(ten_thousands * 10**4)
    assert amount(WHOLE[way](value)) == (float(value), None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("壹万贰仟叁佰元整", (12_300.0, "CNY")), ("৳ ১২,৩৪,৫৬৭.০০", (1_234_567.0, "BDT")), ("৫ লাখ", (500_000.0, None)),
        ("1,5 Mio. EUR", (1_500_000.0, "EUR")), ("3 Mrd", (3e9, None)), ("1e-05", (1e-05, None)), ("1e400", None),
        ("5,000.-", (5_000.0, None)), ("0,125", (0.125, None)),
    ],
)  # fmt: skip
def test_words_and_signs_beside_a_figure_are_read(text: str, told: tuple[float, str | None] | None) -> None:
    assert amount(text) == told
