"""Who is named with an event, in sentences made up for the purpose."""

from __future__ import annotations

from upriver.extract.event_names import names_in
from upriver.extract.events import read_events


def named(text: str, kind: str) -> tuple[str, ...]:
    return names_in(text, 0, len(text) - 1, kind)


def test_a_family_and_its_head_are_named_with_a_verdict() -> None:
    text = "A court in Wenzhou sentenced Lin Dehai, patriarch of the Lin family, to death on Monday."
    assert set(named(text, "sentence")) == {"Lin family", "Lin Dehai"}


def test_a_person_known_by_another_name_is_named_twice() -> None:
    text = "Police arrested Zhu Wanli, also known as Brother Wan, at the airport."
    assert named(text, "arrest") == ("Zhu Wanli", "Brother Wan")


def test_police_courts_months_and_towns_are_no_names() -> None:
    text = "Phnom Penh Municipal Police arrested 12 people in Bavet in March, the Interior Ministry said."
    assert named(text, "arrest") == ()


def test_who_only_speaks_is_not_named_in_the_event() -> None:
    text = "Two men were charged with fraud on Tuesday, prosecutor Arun Chaiwat said."
    assert named(text, "prosecution") == ()


def test_a_chinese_family_and_its_head_are_named() -> None:
    text = "温州中院对林氏家族犯罪集团案公开宣判,以林德海为首的39名被告人获刑。"
    assert set(named(text, "sentence")) == {"林氏家族犯罪集团", "林德海"}


def test_chinese_names_in_a_list_are_told_apart() -> None:
    text = "公安机关将徐建国、白应才等10名头目押解回国,嫌疑人徐建国、白应才被移交。"
    assert {"徐建国", "白应才"} <= set(named(text, "handover"))


def test_an_estimate_names_nobody() -> None:
    assert named("The Lin family may have taken 3 billion dollars.", "estimate") == ()


def test_names_come_only_from_the_sentence_of_an_arrest() -> None:
    text = "Zhu Wanli was arrested in 2021. On Friday police arrested 30 people in Poipet."
    at = text.index("police arrested")
    assert names_in(text, at, len(text) - 1, "arrest") == ()


def test_a_verdict_takes_the_groups_name_from_the_sentence_before() -> None:
    text = "The case of the Lin family was heard in May. Eleven people were sentenced to death on Monday."
    (event,) = read_events(text, None, "en")
    assert event.names == ("Lin family",)
