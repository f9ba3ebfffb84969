from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.clean.accounts import account, bank_card, iban, only_iban, plain
from upriver.clean.checksums import keccak256
from upriver.clean.wallets import btc, eth, tron

TRON = "TDy1j1rvLxBu1Hb4gKEYmmYRzS5LeqrVyn"
ETH = "0x95Ae7fF672aC45B989499431c8EB7003D2d81F79"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("GB63 TEST 1234 5600 0000 11", "iban", "GB63TEST12345600000011"),
        ("6217 0000 0000 0000 129", "bank_card", "6217000000000000129"),
        ("６２１７０００００００００００01２９", "bank_card", "6217000000000000129"),
        (TRON, "tron", TRON),
        (ETH, "eth", ETH.lower()),
        ("0xDf4Ce581206D9447da5349d409423e9A9c7EfEa1", "eth", "0xdf4ce581206d9447da5349d409423e9a9c7efea1"),
        ("1Eo53JA2H3CFWPSsdgkvxvr2fxuu5ETaDR", "btc", "1Eo53JA2H3CFWPSsdgkvxvr2fxuu5ETaDR"),
        ("123-4-56789-0", "bank_account", "1234567890"),
        ("001 234 567", "bank_account", "001234567"),
        ("1234567890.0", "bank_account", "1234567890"),
        (" acc_1829 ", "bank_account", "acc_1829"),
        ("AB-12", "bank_account", "AB-12"),
        ("\u200facc\u200b_1", "bank_account", "acc_1"),
    ],
)
def test_an_account_has_one_value_however_it_is_written(text: str, kind: str, value: str) -> None:
    assert account(text) == (kind, value)


@pytest.mark.parametrize(
    "text", [None, "", " ", "-", "N/A", "unknown", "未知", "6.22202E+18", "***", "1" * 65, "a" * 65]
)
def test_what_names_no_account_is_none(text: str | None) -> None:
    assert account(text) is None


def test_an_account_of_64_signs_is_one() -> None:
    assert account("1" * 64) == ("bank_account", "1" * 64)


def test_letters_keep_their_dashes_because_two_accounts_may_differ_by_one() -> None:
    assert account("ab-12") != account("ab12")


@pytest.mark.parametrize(
    ("read", "good"),
    [
        (iban, "DE62000000000000000017"),
        (bank_card, "6225880000000142"),
        (btc, "33C4pRdgsWfiumNYJCUNVzke5iFHy3PCBa"),
        (btc, "bc1qxkvchfzvf3w5sgr07kp4w8dwv5cgtk2d4jl3cy"),
        (btc, "bc1ptp53s2qh8j8xaq5jy8fkxnd9l3gwqq3vphkm5c25x0agyeskgkfs3akshv"),
        (tron, TRON),
    ],
)
def test_one_wrong_sign_breaks_the_checksum(read: object, good: str) -> None:
    assert callable(read)
    assert read(good) == good
    for place in range(6, len(good), 5):
        wrong = "2" if good[place] != "2" else "3"
        assert read(good[:place] + wrong + good[place + 1 :]) is None


def test_mixed_case_of_ethereum_is_a_checksum() -> None:
    assert eth(ETH) == ETH.lower()
    assert eth(ETH.lower()) == ETH.lower()
    assert eth(ETH.swapcase().replace("0X", "0x")) is None
    assert eth(ETH[:-1]) is None


def test_keccak_gives_the_published_digest_of_nothing() -> None:
    digest = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"").hex() == digest


def test_upper_case_bech32_is_valid_and_mixed_case_is_not() -> None:
    assert btc("BC1Q7W6J4W0ZAG68WVLF6DA6GZTPNKZ5JY5EHVVLZY") == "bc1q7w6j4w0zag68wvlf6da6gztpnkz5jy5ehvvlzy"
    assert btc("bc1Q7W6J4W0ZAG68WVLF6DA6GZTPNKZ5JY5EHVVLZY") is None


def test_a_date_and_number_of_an_order_is_no_card() -> None:
    assert bank_card("2024051812345674") is None


@given(st.text(max_size=60))
def test_reading_an_account_twice_changes_nothing(text: str) -> None:
    found = account(text)
    if found is not None:
        assert account(found[1]) == found
        assert plain(found[1]) == found[1]


@pytest.mark.parametrize(
    ("kind", "good"),
    [
        ("ltc", "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9"), ("doge", "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L"),
        ("bch", "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"), ("xrp", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"),
        ("ton", "EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2"),
        ("xlm", "GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7"),
        ("xmr", "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"),
        ("dot", "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5"),
        ("ada", "addr1vx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl8"),
        ("dash", "XpESxaUmonkq8RaLLp46Brx2K39ggQe226"), ("zec", "t1VShHAhsQc5RVndQLyM1ZbQXLHKd35GkG1"),
    ],
)  # fmt: skip
def test_addresses_of_other_chains_are_wallets_and_one_wrong_sign_makes_them_none(kind: str, good: str) -> None:
    assert account(good) == (kind, good)
    for place in range(5, len(good), 7):
        wrong = "2" if good[place] != "2" else "3"
        found = account(good[:place] + wrong + good[place + 1 :])
        assert found is None or found[0] == "bank_account"


def test_bech32_and_bech32m_are_not_taken_for_each_other() -> None:
    # BIP-350: version 1 with the checksum of version 0, and version 0 with that of version 1.
    assert btc("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd") is None
    assert btc("bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47") is None
    assert btc("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0") is not None


def test_the_one_iban_of_a_text_is_told_and_of_two_none() -> None:
    one, two = "DE89370400440532013000", "FR7630006000011234567890189"
    assert only_iban(f"SEPA {one[:4]} {one[4:8]} 0044 0532 0130 00 Rent") == one
    assert only_iban(f"{one} {two}") == ""
    assert only_iban(f"{one} {two}", own=two) == one
    assert only_iban("DE89370400440532013001") == "", "its check digits do not hold"
