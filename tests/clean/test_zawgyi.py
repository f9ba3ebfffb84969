from __future__ import annotations

import pytest

from upriver.clean.zawgyi import repaired

ZAWGYI = "\u1031\u1021\u102c\u1004\u1039\u1011\u103c\u1014\u1039\u1038"  # Aung Tun, as the font has it
UNICODE = "\u1021\u1031\u102c\u1004\u103a\u1011\u103d\u1014\u103a\u1038"
SHAN = "\u1075\u1082\u103a\u1038\u1010\u1086\u1038"  # letters of Shan stand where Zawgyi keeps its stacked ones


def test_zawgyi_is_told_in_unicode_and_once_is_enough() -> None:
    assert repaired(ZAWGYI) == UNICODE
    assert repaired(f"U {ZAWGYI}, 09 420 001 234") == f"U {UNICODE}, 09 420 001 234"
    assert repaired(repaired(ZAWGYI)) == UNICODE


@pytest.mark.parametrize(
    "text", ["", "Aung Tun", UNICODE, SHAN, "\u1000\u1039\u1000", "\u101e\u1019\u1039\u1019\u1010"]
)
def test_what_is_not_surely_zawgyi_stays_as_it_is(text: str) -> None:
    assert repaired(text) == text
