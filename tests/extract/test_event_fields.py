"""Who acts, gives and receives, in sentences made up for the purpose."""

from __future__ import annotations

import pytest

from upriver.extract.event_bodies import acting, plain_name
from upriver.extract.events import Event, read_events


def only(text: str, language: str = "en") -> Event:
    (event,) = read_events(text, None, language)
    return event


@pytest.mark.parametrize(
    ("text", "language", "sides"),
    [
        ("Wa police handed over 154 suspects to Yunnan police on Monday.", "en", ("Wa police", "Yunnan police")),
        ("Cambodia deported 45 Korean nationals on Friday.", "en", ("Cambodia", "South Korea")),
        ("Some 84 Indonesians were flown home from Poipet on Monday.", "en", ("Cambodia", "Indonesia")),
        ("老挝警方向云南公安机关移交犯罪嫌疑人41名。", "zh", ("老挝警方", "云南公安机关")),
        ("佤邦警方分两批向我方移交电诈嫌疑人214名。", "zh", ("佤邦警方", "中方")),
    ],
)
def test_both_sides_of_a_transfer_are_named_or_stand_for_their_nation(
    text: str, language: str, sides: tuple[str, str]
) -> None:
    event = only(text, language)
    assert (event.from_party, event.to_party) == sides


def test_a_landing_place_receives_nobody() -> None:
    event = only("The DKBA handed over 61 people to the Kaw Thaung landing on Monday.")
    assert event.to_party is None or "landing" not in event.to_party


def test_the_body_of_another_clause_acts() -> None:
    event = only("Fifty foreigners were arrested when military police entered a hotel in Bavet, a monk said.")
    assert event.actor == "military police"


def test_nobody_is_named_where_nobody_speaks_or_acts() -> None:
    assert only("Thirty foreigners were arrested in Bavet in May 2024.").attributed_to == ("unattributed",)


def test_joint_bodies_are_listed_one_by_one() -> None:
    assert acting("Thai police and Lao authorities") == ["Thai police", "Lao authorities"]


def test_a_town_goes_before_its_police() -> None:
    assert plain_name("police in Mae Sot") == "Mae Sot police"


def test_whom_a_verb_of_blame_describes_says_nothing() -> None:
    """ "alleged" is a verb of speech too; "Of these" is nobody."""
    event = only("Of these alleged scammers, 77 were arrested in Vientiane on Monday.")
    assert event.attributed_to == ("unattributed",)
