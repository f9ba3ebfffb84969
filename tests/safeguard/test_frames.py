"""The two sources as data: counted, mapped onto each other, and questions that lead nobody."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.safeguard.cues import cues
from upriver.safeguard.frames import dimension_present, dimensions, indicators, operational, sources


def test_the_eleven_are_numbered_as_in_the_source_and_asked_in_an_order_of_their_own() -> None:
    assert [indicator.number for indicator in indicators()] == list(range(1, 12))
    assert sorted(indicator.ask for indicator in indicators()) == list(range(1, 12))
    assert "2012" in sources()[0]


def test_the_six_dimensions_hold_as_many_signs_as_the_source() -> None:
    assert [len(dimension.signs) for dimension in dimensions()] == [10, 10, 16, 9, 15, 7]
    assert "2009" in sources()[1]


def test_every_sign_of_2009_falls_under_one_of_the_eleven() -> None:
    names = {indicator.name for indicator in indicators()}
    assert {sign.ilo for sign in operational().values()} <= names
    assert {sign.weight for sign in operational().values()} == {"strong", "medium", "weak"}


def test_every_wording_of_a_sign_that_is_present_is_mapped_to_both_sources() -> None:
    names = {indicator.name for indicator in indicators()}
    for cue in cues().signs.cues:
        if (
            "indicator" not in cue.says
            or cue.says["state"] == "absent"
            or cue.says["name"].startswith("said to be a victim")
        ):
            continue
        assert cue.says["indicator"] in names
        assert cue.says["operational"] in operational(), cue.name


# A question that names a deed hands the answer over; one that begins so can be answered with yes.
DEEDS = re.compile(r"\b(?:beat|hit|hurt|raped?|threat|locked|guard|sold|ransom|taken|forced|escape|debt|confiscat)\w*")


@pytest.mark.parametrize("indicator", indicators(), ids=lambda indicator: indicator.name)
def test_no_question_leads(indicator) -> None:
    assert DEEDS.findall(indicator.question.lower()) == []
    assert not re.match(r"(?:was|were|did|could|has|have|is|are) ", indicator.question.lower())


def test_violence_and_threats_are_asked_last() -> None:
    last = sorted(indicators(), key=lambda indicator: indicator.ask)[-2:]
    assert {indicator.name for indicator in last} == {"physical_and_sexual_violence", "intimidation_and_threats"}


@pytest.mark.parametrize(
    ("weights", "present"),
    [
        ([], False), (["strong"], False), (["strong", "strong"], True), (["strong", "medium"], True),
        (["strong", "weak"], True), (["medium", "medium"], False), (["medium"] * 3, True),
        (["medium", "medium", "weak"], True), (["weak"] * 5, False), (["medium", "weak", "weak"], False),
    ],
)  # fmt: skip
def test_a_dimension_is_present_by_the_rule_of_the_source(weights: list[str], present: bool) -> None:
    assert dimension_present(weights) is present


@given(
    st.lists(st.sampled_from(["strong", "medium", "weak"]), max_size=6), st.sampled_from(["strong", "medium", "weak"])
)
@settings(max_examples=50)
def test_one_more_sign_never_undoes_a_dimension(weights: list[str], more: str) -> None:
    assert not dimension_present(weights) or dimension_present([*weights, more])
