from __future__ import annotations

from datetime import datetime

import pytest

from upriver.case.store import Case
from upriver.link.stage import STAGE, LinkParams

from .told import calls, entities, messages, observables, statements, transfers


def _edges(case: Case, kind: str) -> dict[tuple[str, str], dict[str, object]]:
    return {(r["source_id"], r["target_id"]): r for r in case.read("edge", where=f"kind = '{kind}'").to_pylist()}


def test_every_kind_of_tie_is_the_same_on_every_engine(any_case: Case) -> None:
    case = any_case
    case.fill("entity", entities(
        "ann Person Ann", "bo Person Bo", "cy Person Cy", "acme Company Acme Trading", "site Organization Stone Court",
        "room Organization room-1", "own Ownership own", "dir Directorship dir", "fam Family fam", "job Employment job",
        "sup UnknownLink sup", "key UnknownLink key", "adm Membership adm", "mem Membership mem",
        "ev1 Event list 9", "ev2 Event list 9", "trip Event booking X", "on1 UnknownLink on1", "on2 UnknownLink on2",
    ))  # fmt: skip
    case.fill("statement", statements(
        "own Ownership owner=ann", "own Ownership asset=acme",
        "dir Directorship director=bo", "dir Directorship organization=acme",
        "fam Family person=cy", "fam Family relative=ann",
        "job Employment employee=cy", "job Employment employer=site",
        "sup UnknownLink subject=bo", "sup UnknownLink object=cy", "sup UnknownLink role=supervises",
        "key UnknownLink subject=ann", "key UnknownLink object=site", "key UnknownLink role=holds: cold wallet",
        "adm Membership member=bo", "adm Membership organization=room", "adm Membership role=admin",
        "mem Membership member=cy", "mem Membership organization=room", "mem Membership role=member",
        "room Organization name=room-1",
        "ev1 Event involved=bo", "ev1 Event location=Stone Court", "ev1 Event name=list 9",
        "ev2 Event involved=cy", "ev2 Event location=Stone Court", "ev2 Event name=list 9",
        "job Employment startDate=2024-05-01",
        "trip Event name=booking X", "trip Event keywords=journey: booking",
        "on1 UnknownLink subject=ann", "on1 UnknownLink object=trip", "on1 UnknownLink startDate=2025-01-02",
        "on2 UnknownLink subject=cy", "on2 UnknownLink object=trip", "on2 UnknownLink startDate=2025-01-02T08:10:00",
    ))  # fmt: skip
    case.fill("observable", observables(
        "phone:+661 ann", "phone:+662 bo", "telegram:@cy cy", "bank_account:777 ann", "bank_account:888 bo",
        "phone:+669 bo", "phone:+669 cy",
    ))  # fmt: skip
    case.fill("call", calls("phone:+661>phone:+662", "phone:+661>whatsapp:+662", "phone:+665>phone:+661"))
    case.fill("message", messages(
        ("room-1", "phone:+662", None, "begin"), ("t2", "telegram:@cy", "phone:+661", "hello"),
    ))  # fmt: skip
    case.fill("transfer", transfers("777>888 10", "777>888 2.5", "888>555 1", "444>333 9"))
    case.run(STAGE)

    called = _edges(case, "calls")
    assert called["ann", "bo"]["n_records"] == 2, "a WhatsApp number is the telephone number's owner's"
    assert called["ann", "bo"]["record_ids"] == ["c#row 0", "c#row 1"]
    assert ("phone:+665", "ann") in called
    assert set(_edges(case, "writes_to")) == {("bo", "cy"), ("cy", "ann")}
    paid = _edges(case, "pays")
    assert paid["ann", "bo"]["amount_usd"] == 12.5
    assert set(paid) == {("ann", "bo"), ("bo", "bank_account:555")}, "payments among strangers make no edge"
    assert set(_edges(case, "owns")) == {("ann", "acme")}
    assert set(_edges(case, "directs")) == {("bo", "acme")}
    assert set(_edges(case, "kin")) == {("ann", "cy")}
    assert not _edges(case, "kin")["ann", "cy"]["directed"]
    assert set(_edges(case, "works_at")) == {("cy", "site")}
    assert _edges(case, "works_at")["cy", "site"]["first_at"] == datetime(2024, 5, 1), "a register tells since when"
    (trip,) = _edges(case, "travels_with").values()
    assert (trip["source_id"], trip["target_id"], trip["via"], trip["n_records"]) == ("ann", "cy", "booking X", 2)
    assert (trip["first_at"], trip["last_at"]) == (datetime(2025, 1, 2), datetime(2025, 1, 2, 8, 10))
    assert set(_edges(case, "manages")) == {("bo", "cy")}
    assert _edges(case, "holds_key")["ann", "site"]["via"] == "cold wallet"
    assert set(_edges(case, "administers")) == {("bo", "room")}
    assert set(_edges(case, "member_of")) == {("cy", "room")}
    assert set(_edges(case, "shares")) == {("bo", "cy")}
    assert _edges(case, "same_site")["bo", "cy"]["weight"] < _edges(case, "kin")["ann", "cy"]["weight"] / 5


def test_a_phone_of_many_ties_nobody(case: Case) -> None:
    people = [f"p{n}" for n in range(10)]
    case.fill("entity", entities(*(f"{p} Person {p}" for p in people)))
    case.fill("observable", observables(*(f"phone:+661 {p}" for p in people)))
    case.run(STAGE)
    assert _edges(case, "shares") == {}


def test_an_identifier_of_two_owners_stands_for_itself(case: Case) -> None:
    case.fill("entity", entities("ann Person Ann", "bo Person Bo"))
    case.fill("observable", observables("phone:+661 ann", "phone:+661 bo"))
    case.fill("call", calls("phone:+661>phone:+662"))
    case.run(STAGE)
    assert set(_edges(case, "calls")) == {("phone:+661", "phone:+662")}


def test_a_whatsapp_number_is_a_telephone_number_whosever_it_is(any_case: Case) -> None:
    any_case.fill("entity", entities("ann Person Ann", "bo Person Bo", "cy Person Cy"))
    any_case.fill("observable", observables(
        "phone:+661 ann", "whatsapp:+661", "whatsapp:+662", "phone:+663 bo", "whatsapp:+663 cy",
    ))  # fmt: skip
    any_case.run(STAGE)
    rows = any_case.read("identifier").to_pylist()
    assert {row["observable_id"]: row["node_id"] for row in rows} == {
        "phone:+661": "ann", "whatsapp:+661": "ann", "whatsapp:+662": "phone:+662", "whatsapp:+663": "phone:+663",
    }  # fmt: skip


@pytest.mark.parametrize(("most", "ties", "listed"), [(4, 6, []), (3, 0, [4])])
def test_an_aircraft_of_strangers_ties_nobody_and_is_listed(
    case: Case, most: int, ties: int, listed: list[int]
) -> None:
    told = [f"on{n} UnknownLink {prop}" for n in range(4) for prop in (f"subject=p{n}", "object=trip")]
    case.fill("entity", entities("trip Event PG 703", *(f"p{n} Person P{n}" for n in range(4))))
    case.fill("statement", statements("trip Event name=PG 703", "trip Event keywords=journey: service", *told))
    case.run(STAGE, LinkParams(travel_most=most))
    assert len(_edges(case, "travels_with")) == ties
    assert [row["n"] for row in case.read("common_value", where="kind = 'journey'").to_pylist()] == listed


@pytest.mark.parametrize(("kind", "ties"), [("service", 1), ("post", 1), ("booking", 45)])
def test_strangers_on_one_coach_are_no_company_and_two_who_meet_on_it_again_are(
    case: Case, kind: str, ties: int
) -> None:
    days = {"out": 10, "home": 3}
    aboard = [(trip, n) for trip, size in days.items() for n in ([*range(size)] if trip == "out" else [0, 1, 90])]
    people = [f"p{n} Person P{n}" for n in (*range(10), 90)]
    case.fill("entity", entities("out Event CX 118", "home Event CX 118", *people))
    told = [
        f"{trip}{n} UnknownLink {fact}"
        for trip, n in aboard
        for fact in (f"subject=p{n}", f"object={trip}", f"startDate=2025-01-{days[trip]:02}")
    ]
    trips = [f"{trip} Event {fact}" for trip in days for fact in (f"name=CX {trip}", f"keywords=journey: {kind}")]
    case.fill("statement", statements(*trips, *told))
    case.run(STAGE)
    found = _edges(case, "travels_with")
    # The small party home is company anyhow; of the ten on the way out two were in it.
    home = {("p0", "p1"), ("p0", "p90"), ("p1", "p90")}
    assert home <= set(found)
    assert len(found) == ties + 2
    assert found["p0", "p1"]["n_records"] == 4
    assert [row["n"] for row in case.read("common_value", where="kind = 'journey'").to_pylist()] == (
        [] if kind == "booking" else [10]
    )


@pytest.mark.parametrize(("most", "expected"), [(3, 3), (2, 0)])
def test_an_account_with_too_many_strangers_makes_no_edges_to_them(case: Case, most: int, expected: int) -> None:
    case.fill("entity", entities("shop Company Shop"))
    case.fill("observable", observables("bank_account:1 shop"))
    case.fill("transfer", transfers("7>1 5", "8>1 5", "9>1 5"))
    case.run(STAGE, LinkParams(strangers_most=most))
    assert len(_edges(case, "pays")) == expected


def test_a_tie_lists_at_most_fifty_records_and_counts_all(case: Case) -> None:
    case.fill("call", calls(*["phone:+661>phone:+662"] * 60))
    case.run(STAGE)
    edge = _edges(case, "calls")["phone:+661", "phone:+662"]
    assert edge["n_records"] == 60
    records = edge["record_ids"]
    assert isinstance(records, list)
    assert len(records) == 50
    assert records == sorted(records)


def test_a_message_to_a_group_weighs_less_than_one_to_one(case: Case) -> None:
    group = [("room", f"handle:m{n}", None, "hi") for n in range(5)]
    case.fill("message", messages(*group, ("two", "handle:x", "handle:y", "hi")))
    case.run(STAGE)
    written = _edges(case, "writes_to")
    assert written["handle:m0", "handle:m1"]["weight"] < written["handle:x", "handle:y"]["weight"]  # type: ignore[operator]
