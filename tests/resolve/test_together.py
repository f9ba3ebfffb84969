"""Records that no third record joins in pairs, and that their groups join; names respelt; lists of one site."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.case.store import Case
from upriver.resolve.respelt import is_slip
from upriver.resolve.stage import STAGE

from .told import people


def _clusters(case: Case, *told: str, links: tuple[str, ...] = ()) -> set[frozenset[str]]:
    statements, observables = people(*told)
    linked, _ = people(*links, schema="UnknownLink")
    sites, _ = people("s1: name=Ravenpark", "s2: name=Quarry House", schema="Organization")
    case.fill("statement", [*statements, *linked, *(sites if links else [])])
    case.fill("observable", observables)
    case.run(STAGE, fresh=True)
    rows = case.read("entity", where="schema = 'Person'").to_pylist()
    return {frozenset(r["entity_id"] for r in rows if r["canonical_id"] == one["canonical_id"]) for one in rows}


def test_two_groups_meet_in_what_their_records_tell_together(case: Case) -> None:
    # The register has the document and both names, the key list document and number, the gate number and name.
    register = "a: name=Okafor Marlowe; name=Tomas Reyes; idNumber=N100200"
    keys, gate = "b: name=Okafor Marlowe; idNumber=N100200; phone:+661", "c: name=Tomas Reyes; phone:+661"
    assert _clusters(case, keys, gate) == {frozenset("b"), frozenset("c")}
    assert _clusters(case, register, keys, gate) == {frozenset("abc")}
    reasons = [row["reason"] for row in case.read("judgement", where="judgement = 'same'").to_pylist()]
    assert any("with all that their groups tell" in reason for reason in reasons)


def test_groups_that_contradict_stay_apart(case: Case) -> None:
    told = ("a: name=Okafor Marlowe; name=Tomas Reyes; idNumber=N100200; birthDate=1980-01-01",
            "b: name=Okafor Marlowe; idNumber=N100200; phone:+661",
            "c: name=Tomas Reyes; phone:+661; birthDate=1990-05-05")  # fmt: skip
    assert _clusters(case, *told) == {frozenset("ab"), frozenset("c")}


@pytest.mark.parametrize("other", ["Meng aBi", "MengB ai"])
def test_a_slip_of_the_pen_beside_a_shared_number_is_one_name(case: Case, other: str) -> None:
    assert _clusters(case, "a: name=Meng Bai; phone:+661", f"b: name={other}; phone:+661") == {frozenset("ab")}


def test_one_name_in_two_spellings_needs_something_shared_and_a_family_s_number_joins_no_brothers(case: Case) -> None:
    assert _clusters(case, "a: name=Zou Defu; phone:+661", "b: name=Chow Tak-fuk; phone:+661") == {frozenset("ab")}
    assert len(_clusters(case, "a: name=Zou Defu; phone:+661", "b: name=Chow Tak-fuk; phone:+662")) == 2
    assert len(_clusters(case, "a: name=Zou Defu; phone:+661", "b: name=Chow Wai-man; phone:+661")) == 2


def test_a_rare_name_on_lists_of_one_small_site_is_one_person_and_on_those_of_two_is_not(case: Case) -> None:
    crowd = [f"w{n}: name={first} {last}" for n, (first, last) in enumerate(
        (a, b) for a in ("Ada", "Bela", "Cato", "Dora", "Egon") for b in ("Quill", "Rasmus", "Sorin", "Thal")
    )]  # fmt: skip
    there = [f"k{n}: subject=w{n}; object=s2" for n in range(20)]
    pair = ("a: name=Marlowe Wenceslas Okafor", "b: name=Marlowe Wenceslas Okafor")
    same_site = ("la: subject=a; object=s1; role=holds: safe", "lb: subject=b; object=s1; role=holds: gate")
    assert frozenset("ab") in _clusters(case, *crowd, *pair, links=(*there, *same_site))
    apart = ("la: subject=a; object=s1; role=holds: safe", "lb: subject=b; object=s2; role=holds: gate")
    assert frozenset("ab") not in _clusters(case, *crowd, *pair, links=(*there, *apart))


LETTERS = st.text("abcdefghij", min_size=6, max_size=12)


@given(LETTERS, st.integers(0, 10))
def test_letters_put_in_the_other_order_are_a_slip_both_ways_and_another_letter_is_none(name: str, place: int) -> None:
    at = place % (len(name) - 1)
    slipped = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    assert is_slip(name, slipped)
    assert is_slip(slipped, name)
    assert not is_slip(name, name[:at] + "z" + name[at + 1 :])
    assert is_slip(name, f"{name[:at]} {name[at:]}")
