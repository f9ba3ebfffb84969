"""A text's language by its script and its little words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.clean.languages import language


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Soldiers took 70 people out of a hotel in the east of the town.", "en"),
        ("警察在酒店里带走了七十个人。", "zh-Hans"),
        ("警察在酒店裡帶走了七十個人,將於明日遣返。", "zh-Hant"),
        ("四十人被捕", "zh"),
        ("カンボジアで日本人29人が拘束された", "ja"),
        ("ตำรวจจับผู้ต้องสงสัย 40 คน", "th"),
        ("Polisi menahan 40 orang asing di sebuah kompleks.", None),
        ("Công an bắt giữ 40 nghi phạm tại một khu phức hợp.", None),
        ("Полиция задержала 40 человек", None),
        ("40, 50 / 60", None),
        ("", None),
    ],
)
def test_a_text_is_known_by_its_script(text: str, told: str | None) -> None:
    assert language(text) == told


def test_a_name_in_another_script_does_not_turn_a_text() -> None:
    assert language("The owner of the hotel (陈大文) was held at the border on Monday.") == "en"
    assert language("周一,KK Park 园区的业主在边境被拘留,随后被移交。") == "zh-Hans"


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    assert language(text) is None or language(f"{text}\n{text}") == language(text)
