from __future__ import annotations

from pathlib import Path

import pytest

from upriver.errors import EvidenceError, SettingsError
from upriver.plain.records.cleaned import Named, born, cleaned, named, usual_form
from upriver.plain.records.fields import fields_of, told_columns

HERE = Path("people.csv")


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("Henry Paulet, 16th Marquess of Winchester", Named("henry", "paulet", ("winchester",))),
        ("Tan, Mei Ling", Named("mei", "tan", ("ling",))),
        ("Dr. Ana de la Cruz", Named("ana", "cruz", ())),
        ("Prince", Named(None, None, ())),
        ("Cher", Named("cher", None, ())),
        ("", Named(None, None, ())),
    ],
)
def test_a_full_name_is_read_in_its_parts(full: str, parts: Named) -> None:
    assert named("", "", [full]) == parts


def test_a_rank_in_the_column_of_family_names_is_no_family_name() -> None:
    assert named("Edmund", "Baronet", ["Sir Edmund Gyles, 2nd Baronet"]) == Named("edmund", "gyles", ())


def test_a_short_form_is_known_by_its_full_name_and_a_name_that_is_none_by_itself() -> None:
    assert usual_form("kate") == usual_form("katharine") == "catherine"
    assert usual_form("somchai") == "somchai"


def test_birth_dates_of_any_order_are_eight_figures() -> None:
    told = ("1990-05-06", "6.5.1990", "19900506", "6 May 1990", "1990", "1990-05", "05/26/1990", "nobody knows")
    assert [born(text) for text in told] == [
        "19900506", "19900506", "19900506", "19900506", "19900000", "19900500", "19900526", None
    ]  # fmt: skip


def test_the_first_of_january_is_a_year_alone_where_half_a_register_is_born_on_it() -> None:
    fields = fields_of(HERE, ["id", "name", "birth"], [[], [], []], [])
    days = [f"18{n:02}-01-01" for n in range(10)] + [f"18{n:02}-06-{n + 10}" for n in range(10)]
    names = [f"Name{n}" for n in range(20)]
    births = cleaned(fields, {1: names, 2: days}).rows["f2"].to_pylist()
    assert births[:2] == ["18000000", "18010000"]
    assert births[10] == "18000610"
    few = cleaned(fields, {1: names[:1] * 100, 2: ["1800-01-01"] + ["1850-06-07"] * 99}).rows["f2"].to_pylist()
    assert few[0] == "18000101", "one in a hundred is a birthday like any other"


def test_columns_are_known_by_header_by_content_and_as_told() -> None:
    header = ["Rec ID", "Given Name", "SURNAME", "D.O.B.", "Customer_Mobile", "contact", "Nationality", "colour"]
    cells: list[list[str]] = [[] for _ in header]
    cells[5] = [f"p{n}@mail.example" for n in range(6)]
    fields = fields_of(HERE, header, cells, told_columns(["place=colour"]))
    assert fields.identity == 0
    assert {(one.header, one.field) for one in fields.compared} == {
        ("Given Name", "given"), ("SURNAME", "family"), ("D.O.B.", "birth"), ("Customer_Mobile", "phone"),
        ("contact", "email"), ("colour", "place"),
    }  # fmt: skip
    assert fields.unread == ("Nationality",), "what somebody is by birth is no sign of who he is"


def test_a_register_that_tells_nobody_apart_is_refused_with_what_to_do() -> None:
    with pytest.raises(EvidenceError, match="--column name=NAME"):
        fields_of(HERE, ["id", "age"], [[], []], [])


@pytest.mark.parametrize("told", ["colour=x", "name", "name=", "=x"])
def test_a_column_told_wrongly_is_refused(told: str) -> None:
    with pytest.raises(SettingsError, match="write FIELD=NAME"):
        told_columns([told])


def test_a_told_column_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(SettingsError, match="it has: id, name"):
        fields_of(HERE, ["id", "name"], [[], []], told_columns(["birth=dob"]))
