from __future__ import annotations

import pytest

from upriver.model.ontology import SCHEMATA, fault, is_a, props, stock_name


@pytest.mark.parametrize("schema", sorted(SCHEMATA))
def test_every_schema_extends_known_ones_and_its_entities_point_to_known_ones(schema: str) -> None:
    assert set(SCHEMATA[schema].extends) <= set(SCHEMATA)
    for prop in props(schema).values():
        assert is_a(schema, prop.schema)
        assert prop.is_entity == bool(prop.range)
        assert not prop.range or prop.range in SCHEMATA
        assert prop.stock in props(schema)


def test_a_company_is_an_asset_so_that_it_can_be_owned() -> None:
    assert is_a("Company", props("Ownership")["asset"].range)
    assert is_a("BankAccount", "Asset")
    assert not is_a("Organization", "Asset")


@pytest.mark.parametrize(
    ("schema", "prop", "value"),
    [
        ("Person", "name", "阿强"),
        ("Person", "birthDate", "1990"),
        ("Person", "birthDate", "1990-05-01"),
        ("Person", "nationality", "th"),
        ("Person", "gender", "female"),
        ("Person", "phone", "+66812345678"),
        ("Person", "status", "handed over"),
        ("Person", "topics", "sanction"),
        ("Payment", "date", "2025-03-01T08:00:00"),
        ("Payment", "amount", "1250.5"),
        ("Ownership", "owner", "0123456789abcdef0123"),
        ("BankAccount", "status", "stolen from"),
    ],
)
def test_what_the_stage_says_is_valid(schema: str, prop: str, value: str) -> None:
    assert fault(schema, prop, value) is None


@pytest.mark.parametrize(
    ("schema", "prop", "value", "why"),
    [
        ("Mule", "name", "x", "no schema in use is called Mule"),
        ("Thing", "name", "x", "Thing is abstract"),
        ("BankAccount", "birthDate", "1990", "BankAccount has no property birthDate"),
        ("Person", "name", " ", "Person.name is empty"),
        ("Person", "birthDate", "May 1990", "Person.birthDate is no date"),
        ("Person", "nationality", "Thai", "Person.nationality is no country"),
        ("Person", "gender", "m", "Person.gender is none of"),
        ("Person", "topics", "boss", "Person.topics is none of"),
        ("Person", "phone", "081", "Person.phone is no phone"),
        ("Payment", "amount", "1e9", "Payment.amount is no number"),
        ("Ownership", "owner", "Mr Lin", "Ownership.owner is no entity"),
        ("BankAccount", "accountNumber", "1" * 65, "BankAccount.accountNumber is longer than 64"),
    ],
)
def test_what_the_tools_would_refuse_is_refused_here(schema: str, prop: str, value: str, why: str) -> None:
    assert str(fault(schema, prop, value)).startswith(why)


def test_the_status_of_an_account_leaves_as_a_keyword_and_that_of_a_person_as_it_is() -> None:
    assert stock_name("BankAccount", "status") == stock_name("CryptoWallet", "status") == "keywords"
    assert stock_name("Person", "status") == "status"


def test_an_inherited_property_is_that_of_its_ancestor() -> None:
    assert props("Company")["amount"].schema == "Value"
    assert props("Event")["name"].matchable
    assert not props("Person")["sourceUrl"].matchable
