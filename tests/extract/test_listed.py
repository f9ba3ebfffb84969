"""Entries of lists and entities of others' tools: what is stated of them, and what is left out with a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from upriver.case.store import Case
from upriver.extract.listed import _sure
from upriver.extract.statements import statements

from .told import part_of_stage, tell


def records(case: Case, form: str, rows: list[dict[str, Any]]) -> None:
    tell(case, *(("f", form, row) for row in rows))


def said(case: Case, prop: str) -> set[str]:
    return set(case.read("statement", "value", where=f"prop = '{prop}'")["value"].to_pylist())


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("1990-01-01", ["1990-01-01"]),
        ("01 Jan 1990", ["01 Jan 1990"]),
        ("dd/mm/1960", ["1960"]),
        ("00/00/1960", ["1960"]),
        ("00/05/1960", ["1960-05"]),
        ("1958 to 1960", ["1958", "1959", "1960"]),
        ("between 1958 and 1959", ["1958", "1959"]),
        ("1950 to 1970", []),
        ("circa 1971", []),
        ("approximately 1968", []),
    ],
)
def test_a_birth_is_told_as_far_as_its_list_is_sure(text: str, dates: list[str]) -> None:
    assert _sure(text) == dates


def row(**fields: str) -> dict[str, Any]:
    return {"listed_id": "7", "programme": "TCO", **fields}


def test_a_listing_is_a_sanction_beside_the_entity(case: Case) -> None:
    records(case, "watchlist", [row(
        schema="Individual", name="Wei Lun TAMBARA", aliases="覃伟伦", weak_aliases="Big Brother | Lun",
        birth_date="circa 1990", list_name="OFAC SDN list", published_on="2025-09-08", listed_on="2025-09-01",
        entry_url="https://example.com/7",
    )])  # fmt: skip
    case.run(part_of_stage(lambda desk, _params: statements(desk)))
    listing = case.read("statement", "prop", "value", where="schema = 'Sanction' AND prop <> 'entity'").to_pylist()
    assert {(one["prop"], one["value"]) for one in listing} == {
        ("authority", "OFAC SDN list"), ("recordId", "7"), ("program", "TCO"), ("listingDate", "2025-09-01"),
        ("date", "2025-09-08"), ("sourceUrl", "https://example.com/7"),
    }  # fmt: skip
    assert said(case, "weakAlias") == {"Big Brother", "Lun"}
    assert said(case, "notes") == {"birthDate: circa 1990"}
    assert said(case, "birthDate") == set()


def test_rows_of_one_entry_are_one_entity(case: Case) -> None:
    records(case, "watchlist", [row(schema="E", name="Karuna Gate"), row(schema="E", aliases="Gate Services")])
    case.run(part_of_stage(lambda desk, _params: statements(desk)))
    names = case.read("statement", "entity_id", "schema", where="prop IN ('name', 'alias')").to_pylist()
    assert len({one["entity_id"] for one in names}) == 1
    assert {one["schema"] for one in names} == {"Organization"}


def test_a_ship_has_a_number_and_a_flag_and_is_no_person(case: Case) -> None:
    records(case, "watchlist", [row(schema="Vessel", name="SILVER HERON", country="Cambodia",
                                         identifiers="imoNumber: 9000001 | passportNumber: X1")])  # fmt: skip
    case.run(part_of_stage(lambda desk, _params: statements(desk)))
    assert (said(case, "imoNumber"), said(case, "flag"), said(case, "registrationNumber")) == (
        {"9000001"}, {"kh"}, {"X1"},
    )  # fmt: skip
    assert not said(case, "passportNumber")


def test_wallets_of_an_entry_are_his_and_one_that_fails_its_checksum_is_refused(case: Case) -> None:
    records(case, "watchlist", [row(
        schema="Individual", name="A B",
        wallets="BTC: 1BoatSLRHtKNngkdXEeobR76b53LETtpyT | BTC: 1BoatSLRHtKNngkdXEeobR76b53LETtpyU | ZZZ: 9qqqabc",
    )])  # fmt: skip
    case.run(part_of_stage(lambda desk, _params: statements(desk)))
    found = case.read("observable", "observable_id", where="entity_id IS NOT NULL")["observable_id"].to_pylist()
    assert sorted(found) == ["btc:1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "zzz:9qqqabc"]
    assert "its checksum fails" in case.read("rejected_record", "reason").to_pylist()[0]["reason"]


def entity(called: str, schema: str, /, **properties: list[str]) -> dict[str, Any]:
    return {"entity_id": called, "schema": schema, "properties": json.dumps(properties), "dataset": "d"}


def test_entities_keep_their_ties_and_what_has_no_place_is_counted_once(case: Case) -> None:
    rows = [
        entity("p", "Person", name=["Ann"], eyeColor=["brown", "green"], topics=["role.pep", "no.such"]),
        entity("q", "Person", name=["Bo"], eyeColor=["blue"], gender=["F"], nationality=["Thailand"]),
        entity("k", "Associate", person=["p"], associate=["q"], relationship=["friend"]),
        entity("n", "Passport", holder=["p"], number=["AB12"]),
        entity("x", "Plan9"),
        {"entity_id": "y", "schema": "Person", "properties": "[1]"},
    ]
    records(case, "told_entity", rows)
    case.run(part_of_stage(lambda desk, _params: statements(desk)))
    ties = case.read("statement", "prop", "value", where="schema = 'UnknownLink'").to_pylist()
    people = dict.fromkeys(case.read("statement", "entity_id", where="prop = 'name'")["entity_id"].to_pylist())
    assert {one["value"] for one in ties if one["prop"] in ("subject", "object")} == set(people)
    assert (said(case, "passportNumber"), said(case, "gender"), said(case, "nationality")) == (
        {"AB12"},
        {"female"},
        {"th"},
    )
    assert said(case, "topics") == {"role.pep"}
    reasons = sorted(case.read("rejected_record", "reason")["reason"].to_pylist())
    assert [reason.partition(":")[0] for reason in reasons] == [
        "Person.eyeColor", "an entity without an id, or with properties that are no object",
        "entities of the schema Plan9", "the topic no.such",
    ]  # fmt: skip
    assert "3 values" in reasons[0]


def test_statements_of_one_entity_take_the_schema_that_says_most(any_case: Case) -> None:
    one = {"canonical_id": "c", "entity_id": "a", "dataset": "d"}
    records(any_case, "told_statement", [
        {**one, "prop": "name", "schema": "LegalEntity", "value": "Golden Salt"},
        {**one, "prop": "registrationNumber", "schema": "Company", "value": "00123", "entity_id": "b"},
        {**one, "prop": "alias", "schema": "LegalEntity", "value": "Salt", "external": "t"},
        {**one, "prop": "name", "schema": "LegalEntity", "value": None},
    ])  # fmt: skip
    any_case.run(part_of_stage(lambda desk, _params: statements(desk)))
    found = any_case.read("statement", "entity_id", "schema").to_pylist()
    assert {one["schema"] for one in found} == {"Company"}
    assert len({one["entity_id"] for one in found}) == 1
    reasons = " / ".join(any_case.read("rejected_record", "reason")["reason"].to_pylist())
    assert "marked external" in reasons
    assert "without entity, property or value" in reasons


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("url", "hxxps://a[.]example[.]com/x", "url:https://a.example.com/x"),
        ("domain", "A.Example.com", "domain:a.example.com"),
        ("email", "Desk@Example.com", "email:desk@example.com"),
        ("ip", "198.51.100.7", "ip:198.51.100.7"),
        ("wallet", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", "tron:TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"),
        ("telegram", "lin_desk9", "telegram:lin_desk9"),
        ("whatsapp", "+66 81 234 5678", "whatsapp:+66812345678"),
        ("iban", "GB33 BUKB 2020 1555 5555 55", "iban:GB33BUKB20201555555555"),
        ("btc", "1BoatSLRHtKNngkdXEeobR76b53LETtpyU", None),
        ("wallet", "12345", None),
        ("ip", "not an address", None),
        ("phone", "call me", None),
        ("sandwich", "ham", None),
        ("email", None, None),
    ],
)
def test_an_identifier_that_a_report_lists_is_read_as_its_kind_or_refused(
    case: Case, kind: str, value: str | None, found: str | None
) -> None:
    records(case, "told_observable", [{"kind": kind, "value": value}])
    case.run(part_of_stage(lambda desk, _params: statements(desk)))
    assert case.read("observable", "observable_id")["observable_id"].to_pylist() == ([found] if found else [])
    assert case.read("rejected_record").num_rows == (0 if found else 1)
