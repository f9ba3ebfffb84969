"""Who keeps an account: told, read from its number, or not told."""

from __future__ import annotations

import pytest

from upriver.case.store import Case
from upriver.requests.recipients import iban_bank, keepers, name_key


@pytest.mark.parametrize("other", ["MERIDIAN  BANK", "Meridian Bank Co., Ltd.", "Ｍｅｒｉｄｉａｎ", "meridian"])
def test_spellings_of_one_bank_share_a_key(other: str) -> None:
    assert name_key(other) == name_key("Meridian Bank")


@pytest.mark.parametrize("other", ["Meridian Trust", "Bank of Meridian", "虹桥银行"])
def test_other_banks_do_not(other: str) -> None:
    assert name_key(other) != name_key("Meridian Bank")


def test_a_bank_named_only_by_the_word_for_banks_keeps_its_key() -> None:
    assert name_key("银行") != ""
    assert name_key("Bank") != ""


@pytest.mark.parametrize(
    ("iban", "code"),
    [("DE89370400440532013000", "37040044"), ("GB29NWBK60161331926819", "NWBK"),
     ("IT60X0542811101000000123456", "05428"),
     ("XK051212012345678906", None)],
)  # fmt: skip
def test_an_iban_tells_its_bank_where_its_country_is_known(iban: str, code: str | None) -> None:
    assert iban_bank(iban) == code


def told(case: Case, *facts: tuple[str, str, str]) -> None:
    case.fill("statement", [
        {"statement_id": f"s{n}", "entity_id": entity, "schema": "BankAccount", "prop": prop, "value": value,
         "record_id": f"r#{n}"}
        for n, (entity, prop, value) in enumerate(facts)
    ])  # fmt: skip


def test_the_name_told_most_often_wins_and_the_other_is_noted(case: Case) -> None:
    told(case, ("a", "accountNumber", "1"), ("a", "bankName", "Lotus Bay"), ("b", "accountNumber", "1"),
         ("b", "bankName", "LOTUS BAY"), ("c", "accountNumber", "1"), ("c", "bankName", "Meridian"))  # fmt: skip
    found = keepers(case, ["1"], {}, {})
    assert found.recipients["1"].name == "LOTUS BAY"
    assert found.spellings[found.recipients["1"].key] == ("LOTUS BAY", "Lotus Bay")
    assert found.notes["1"] == "other evidence says Meridian"


def test_a_desk_that_moves_money_is_not_asked_itself_but_its_bank(case: Case) -> None:
    told(case, ("a", "accountNumber", "1"), ("a", "status", "service"), ("a", "name", "Uncle Wang"),
         ("a", "notes", "remittance"), ("b", "accountNumber", "1"), ("b", "bankName", "Meridian"))  # fmt: skip
    found = keepers(case, ["1"], {}, {})
    assert (found.recipients["1"].kind, found.recipients["1"].name) == ("bank", "Meridian")
    assert found.notes["1"] == "told to be a service: remittance, Uncle Wang"


def test_a_list_that_names_nobody_tells_nobody(case: Case) -> None:
    told(case, ("a", "accountNumber", "1"), ("a", "managingExchange", "exchange KYC"))
    at = keepers(case, ["1"], {}, {}).recipients["1"]
    assert not at.told
    assert at.name == "exchange not told, accounts listed as “exchange KYC”"


@pytest.mark.parametrize("kind", [None, "exchange"])
def test_a_service_without_a_name_is_a_service_and_no_bank(case: Case, kind: str | None) -> None:
    told(case, ("a", "accountNumber", "1"), ("a", "status", "service"), *([("a", "notes", kind)] if kind else []))
    at = keepers(case, ["1"], {}, {}).recipients["1"]
    assert (at.kind, at.name, at.told) == ("exchange", "services not told, accounts of a list", False)


def test_what_nobody_tells_is_said_to_be_not_told(case: Case) -> None:
    tron = "TA1ibDwtxEskXQKnftBQijM4DoNRdBGMav"
    found = keepers(case, ["123456789", "987654321", tron], {"123456789": "money/a.csv"}, {tron: "USDT"})
    names = {account: (at.name, at.told) for account, at in found.recipients.items()}
    assert names == {
        "123456789": ("bank not told, accounts in money/a.csv", False),
        "987654321": ("bank not told", False),
        tron: ("issuer of USDT on TRON", False),
    }
    assert keepers(case, [tron], {}, {tron: "TRX"}).recipients[tron].kind == "wallet"
