"""Numbers are well formed, with true check digits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from upriver.clean.accounts import account
from upriver.clean.contacts import phone
from upriver.simulate.dice import Dice
from upriver.simulate.identifiers import Numbers, account_kind, dialled, luhn, tron


@given(st.integers(10**15, 10**16 - 1))
def test_a_card_number_passes_the_check_of_the_cleaner(number: int) -> None:
    card = luhn(f"62{number}")
    assert account(card) == ("bank_card", card)
    assert account_kind(card) == "bank_card"


@given(st.binary(max_size=20))
def test_a_wallet_passes_the_check_of_the_cleaner(label: bytes) -> None:
    assert account(tron(label)) == ("tron", tron(label))
    assert account_kind(tron(label)) == "tron"


@given(
    st.integers(0, 10_000), st.sampled_from(["TH", "CN", "MM", "KH", "VN", "US", "SG", "MY", "PH", "IN", "KE", "HK"])
)
def test_a_phone_is_the_same_however_it_is_written(seed: int, country: str) -> None:
    dice = Dice(seed, "test")
    number = Numbers(dice).phone(country)
    for _ in range(4):
        assert phone(dialled(number, dice), "TH") == number


def test_no_identifier_is_given_twice() -> None:
    numbers = Numbers(Dice(1, "test"))
    drawn = [numbers.phone("US") for _ in range(3_000)] + [numbers.handle() for _ in range(3_000)]
    assert len(set(drawn)) == len(drawn)
