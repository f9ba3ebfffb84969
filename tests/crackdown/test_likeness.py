"""How far two tellings can be of one happening."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crackdown.tellings import tell

from upriver.crackdown.counts import ends, fit, weight
from upriver.crackdown.likeness import SAME, likeness
from upriver.crackdown.nearness import same_area
from upriver.crackdown.params import CrackdownParams

PARAMS = CrackdownParams()
MOVED = {"type": "handover", "count": 387.0, "to_party": "Chinese police"}


@pytest.mark.parametrize(
    ("qualifier", "count", "inside", "outside"),
    [
        ("exact", 387.0, 387.0, 388.0),
        ("exact", 800.0, 791.0, 860.0),
        ("more_than", 2500.0, 2590.0, 2400.0),
        ("nearly", 800.0, 791.0, 801.0),
        ("about", 260.0, 256.0, 310.0),
        ("up_to", 100.0, 70.0, 101.0),
        ("at_least", 20.0, 26.0, 19.0),
    ],
)
def test_a_figure_means_what_its_qualifier_lets_it_mean(
    qualifier: str, count: float, inside: float, outside: float
) -> None:
    told = ends(tell("a", count=count, qualifier=qualifier))
    assert told is not None
    assert told[0] <= inside <= told[1]
    assert not told[0] <= outside <= told[1]


def test_figures_fit_as_equal_rounded_close_a_zero_off_or_not_at_all() -> None:
    def how(a: float, b: float, **more: Any) -> str:
        return fit(tell("a", count=a), tell("b", count=b, **more), PARAMS.count_share)

    assert how(571, 571) == "equal"
    assert how(791, 800, qualifier="nearly") == "rounded"
    assert how(218, 215) == "close"
    assert how(2714, 27_140) == "zero"
    assert how(40, 100) == "apart"
    assert how(40, 0, qualifier="vague") == "apart"
    assert fit(tell("a"), tell("b", count=None, qualifier="vague"), 0.15) == "open"


def test_a_figure_that_few_things_share_says_more() -> None:
    assert weight(3) < weight(30) < weight(571) <= weight(55_711)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"type": "repatriation"},
        {"count": 390.0, "qualifier": "nearly"},
        {"places": ("Kunming",), "country": "CN"},
        {"first": date(2025, 11, 4), "last": date(2025, 11, 4)},
        {"first": date(2025, 11, 1), "last": date(2025, 11, 30)},
        {"first": None, "last": None},
        {"to_party": "中方"},
    ],
)
def test_another_word_rounding_end_of_the_road_or_a_month_alone_is_the_same_handover(changes: dict[str, Any]) -> None:
    a = tell("a", places=("Muse",), country="MM", from_party="Myanmar authorities", **MOVED)
    b = tell("b", **{"places": ("Muse",), "country": "MM", "from_party": "缅方", **MOVED, **changes})
    points = likeness(a, b, PARAMS)
    assert points is not None
    assert points >= SAME


@pytest.mark.parametrize(
    "changes",
    [
        {"to_party": "Viet Nam's police", "count": 38.0},
        {"first": date(2025, 11, 17), "last": date(2025, 11, 17)},
        {"modality": "planned"},
        {"unit": "buildings"},
        {"count": 300.0},
        {"role": "leader"},
        {"places": ("Sihanoukville",), "country": "KH", "to_party": None},
    ],
)
def test_another_receiver_week_plan_unit_figure_role_or_country_is_another_handover(changes: dict[str, Any]) -> None:
    a = tell("a", places=("Muse",), country="MM", **MOVED)
    b = tell("b", **{"places": ("Muse",), "country": "MM", **MOVED, **changes})
    points = likeness(a, b, PARAMS)
    assert points is None or points < SAME


def test_one_page_with_two_figures_tells_two_things_unless_two_speakers_give_them() -> None:
    a, b = tell("a", passage="p"), tell("b", passage="p", count=101.0)
    assert likeness(a, b, PARAMS) is None
    other = tell("b", passage="p", count=101.0, speaker="the governor")
    assert likeness(a, other, PARAMS) is not None


def test_the_same_page_that_tells_arrest_and_handover_tells_two_stages() -> None:
    a = tell("a", passage="p", count=370.0)
    assert likeness(a, tell("b", passage="p", count=370.0, type="handover"), PARAMS) is None


def test_a_spot_no_gazetteer_knows_lies_in_its_country() -> None:
    assert same_area(tell("a", places=("Upper Reedham",)), tell("b", places=("Cambodia",))) == "area"
    assert same_area(tell("a", places=("Upper Reedham",)), tell("b", places=("Lower Reedham",))) == "open"
    assert same_area(tell("a"), tell("b", places=("Myawaddy",), country="MM")) == "apart"


@given(
    st.sampled_from([None, 1.0, 99.0, 100.0, 571.0]),
    st.sampled_from([None, 1.0, 99.0, 571.0]),
    st.sampled_from(["arrest", "handover", "raid", "sentence", "execution"]),
    st.sampled_from(["Bavet", "Cambodia", "Muse", "Nowhere"]),
    st.integers(1, 28),
)
def test_likeness_is_the_same_both_ways(
    one: float | None, other: float | None, kind: str, place: str, day: int
) -> None:
    a = tell("a", count=one)
    b = tell("b", count=other, type=kind, places=(place,), first=date(2025, 11, day), last=date(2025, 11, day))
    assert likeness(a, b, PARAMS) == likeness(b, a, PARAMS)
