"""Running totals: points that replace each other, whoever tells them."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.crackdown.tellings import tell

from upriver.crackdown.params import CrackdownParams
from upriver.crackdown.series import series
from upriver.crackdown.telling import Telling

PARAMS = CrackdownParams()


def total(name: str, count: float, month: int, day: int = 20, **more: Any) -> Telling:
    told = {
        "type": "handover", "count": count, "cumulative": True, "to_party": "China", "places": ("northern Myanmar",),
        "country": "MM", "first": date(2023, 9, 1), "last": date(2023, month, day), "announced": None,
    }  # fmt: skip
    said = {"published": date(2023, month, day), "speaker": "China's Ministry of Public Security"}
    return tell(name, **{**told, **said, **more})


def values(made: list[list[list[Telling]]]) -> list[list[float | None]]:
    return [[point[0].value for point in points] for points in made]


def test_points_of_one_ministry_in_two_languages_are_one_total() -> None:
    told = [
        total("a", 1482.0, 9), total("b", 4666.0, 10, speaker="公安部", to_party="中方"), total("c", 31_000.0, 11),
        total("d", 31_000.0, 11, 22, qualifier="about", speaker="AFP, citing the Ministry of Public Security of China"),
    ]  # fmt: skip
    (points,) = series(told, PARAMS)
    assert [[t.report_id for t in point] for point in points] == [["a"], ["b"], ["c", "d"]]


def test_a_month_told_without_its_day_stands_where_its_figure_belongs() -> None:
    told = [total("a", 1482.0, 9), total("b", 4666.0, 10, 16), total("c", 2317.0, 10, 31)]
    assert values(series(told, PARAMS)) == [[1482.0, 2317.0, 4666.0]]


def test_a_zero_too_many_in_one_copy_does_not_end_a_total() -> None:
    told = [total("a", 31_000.0, 9), total("b", 44_000.0, 10), total("c", 440_000.0, 10), total("d", 49_000.0, 11)]
    (points,) = series(told, PARAMS)
    assert [len(point) for point in points] == [1, 2, 1]


def test_another_bodys_deeds_are_another_total() -> None:
    told = [
        total("a", 300.0, 9), total("b", 450.0, 10, type="arrest", actor="Thai police", speaker="Thai police"),
        total("c", 500.0, 11, to_party="Viet Nam", speaker="Viet Nam's police"),
    ]  # fmt: skip
    assert len(series(told, PARAMS)) == 3


def test_two_figures_of_one_speaker_on_one_page_are_two_totals() -> None:
    told = [total("a", 131.0, 9, passage="p"), total("b", 29.0, 9, passage="p")]
    assert len(series(told, PARAMS)) == 2


def test_the_order_of_tellings_does_not_matter() -> None:
    told = [total(name, 1000.0 + 500 * n, 9 + n) for n, name in enumerate("abcd"[:3])]
    assert series(told, PARAMS) == series(told[::-1], PARAMS)


def test_a_total_without_a_place_does_not_join_another_speakers_total() -> None:
    arrest: dict[str, Any] = {"type": "arrest", "to_party": None}
    told = [
        total("a", 281.0, 10, places=(), country=None, speaker="INTERPOL", **arrest),
        total("b", 900.0, 11, places=("Cebu City",), country="PH", speaker="NBI", **arrest),
        total("c", 1200.0, 12, places=("Cebu City",), country="PH", speaker="PAOCC", **arrest),
    ]
    assert sorted(values(series(told, PARAMS))) == [[281.0], [900.0, 1200.0]]
