"""Places by their many names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.clean.places import Place, distance_km, gazetteer, nations_in, near, place, places_in, within

_PLACES = st.sampled_from([known for known, _ in gazetteer()])


def _named(name: str) -> Place:
    found = place(name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["Laukkai", "laukkaing", "老街", "LAUK KAI", "လောက်ကိုင်"])
def test_one_town_is_found_under_any_of_its_names(name: str) -> None:
    assert _named(name).name == "Laukkai"


def test_an_unknown_name_is_no_place() -> None:
    assert place("Atlantis") is None
    assert place("") is None
    assert place(None) is None


def test_the_longest_name_wins_and_broadcasters_are_no_places() -> None:
    text = "Myawaddy TV said the Golden Triangle Special Economic Zone and Mae Sot were searched"
    assert [mention.place.name for mention in places_in(text)] == ["Golden Triangle SEZ", "Mae Sot"]


def test_names_inside_words_are_not_found() -> None:
    assert places_in("They attack the musem in Takeover") == []


def test_chinese_names_are_found_without_blanks() -> None:
    assert [mention.place.name for mention in places_in("通过云南打洛口岸移交")] == ["Yunnan", "Daluo"]


def test_nations_are_found_by_name_and_by_people() -> None:
    assert [nation.country for nation in nations_in("Chinese police and 12 Vietnamese in Laos; 缅方")] == [
        "CN",
        "VN",
        "LA",
        "MM",
    ]
    assert nations_in("they told us") == []


def test_a_town_is_near_its_district_and_in_its_country_but_not_near_another_border() -> None:
    assert near(_named("Laukkai"), _named("Kokang SAZ"))
    assert near(_named("Laukkai"), _named("Myanmar"))
    assert not near(_named("Laukkai"), _named("Myawaddy"))
    assert not near(_named("Myanmar"), _named("Thailand"))
    assert within(_named("Laukkai"), _named("northern Myanmar"))
    assert not within(_named("northern Myanmar"), _named("Laukkai"))


@given(_PLACES, _PLACES)
def test_nearness_and_distance_are_symmetric(a: Place, b: Place) -> None:
    assert near(a, b) == near(b, a)
    assert distance_km(a, b) == pytest.approx(distance_km(b, a))
    assert near(a, a)
    assert within(a, a)


@given(st.text(max_size=40))
def test_no_text_makes_it_fall(text: str) -> None:
    places_in(text)
    nations_in(text)
    place(text)
