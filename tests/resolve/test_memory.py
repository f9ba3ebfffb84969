"""A case that grows: new files link into what is there."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime

import pytest

from upriver.case.store import Case
from upriver.errors import SchemaError
from upriver.resolve.stage import STAGE, ResolveParams

from .told import people

PAIR = ["m: name=Marlowe Okafor; birthDate=1990-04-05; phone:+661", "n: name=Okafor Marlowe; phone:+661"]


def _told(case: Case, *told: str, decisions: list[dict[str, object]] | None = None) -> None:
    statements, observables = people(*told)
    case.fill("statement", statements)
    case.fill("observable", observables)
    case.fill("decision", decisions or [])


def _run(case: Case, *told: str, **asked: bool) -> dict[str, str]:
    _told(case, *told)
    case.run(STAGE, **asked)
    return _ids(case)


def _ids(case: Case) -> dict[str, str]:
    return {row["entity_id"]: row["canonical_id"] for row in case.read("entity").to_pylist()}


def _different(left: str, right: str) -> dict[str, object]:
    return {"decision_id": "d", "kind": "different", "subject_id": left, "object_id": right, "who": "Analyst Oo",
            "decided_at": datetime(2025, 1, 1), "why": "father and son"}  # fmt: skip


def test_a_cluster_keeps_its_id_when_a_file_is_added_on_every_engine(any_case: Case) -> None:
    assert _run(any_case, *PAIR) == {"m": "m", "n": "m"}
    grown = _run(any_case, *PAIR, "a: name=Marlowe Okafor; birthDate=1990-04-05")
    assert grown == {"a": "m", "m": "m", "n": "m"}, "the smallest id would be a; the case knows them as m"
    assert _run(any_case, *PAIR, "a: name=Marlowe Okafor; birthDate=1990-04-05", fresh=True) == dict.fromkeys(
        "amn", "a"
    )


def test_any_number_of_added_files_leaves_ids_as_they_were(case: Case) -> None:
    told = [
        f"{name}{n}: name={name} Okafor; birthDate=19{n}0-04-05" for n in range(5, 9) for name in ("Zin", "Marlowe")
    ]
    told += [f"b{n}: name=Zin Okafor; birthDate=19{n}0-04-05" for n in range(5, 9)]
    random.Random(7).shuffle(told)
    before: dict[str, str] = {}
    for size in range(1, len(told) + 1):
        ids = _run(case, *told[:size])
        for entity, known in before.items():
            assert ids[entity] == known
        before = ids
    assert set(before.values()) == {before[entity] for entity in before if before[entity] == entity}


def test_what_was_joined_stays_joined_when_a_number_turns_out_to_be_a_crowds(case: Case) -> None:
    _run(case, "m: name=Marlowe Okafor; phone:+661", "n: name=Okafor Marlowe; phone:+661")
    letters = enumerate(zip("KLMNPQRSTVWZ", "abcdefghijkl", strict=True))
    crowd = [f"p{n:02}: name={a}dra {b}son; phone:+661" for n, (a, b) in letters]
    ids = _run(case, "m: name=Marlowe Okafor; phone:+661", "n: name=Okafor Marlowe; phone:+661", *crowd)
    assert ids["m"] == ids["n"] == "m"
    (row,) = case.read("judgement", where="left_id = 'm' AND right_id = 'n'").to_pylist()
    assert row["judgement"] == "same"
    assert "joined in the run before, and nothing contradicts it" in row["reason"]
    assert row["match_probability"] < 0.95, "what the evidence of today says is told as it is"
    case.run(STAGE, fresh=True)
    assert _ids(case)["n"] == "n", "judged anew, a crowd's number says nothing"


def test_a_contradiction_in_a_new_file_is_heard(case: Case) -> None:
    _run(case, "m: name=Marlowe Okafor; phone:+661", "n: name=Okafor Marlowe; phone:+661")
    ids = _run(case, "m: name=Marlowe Okafor; phone:+661; birthDate=1990-04-05",
               "n: name=Okafor Marlowe; phone:+661; birthDate=1955-01-02")  # fmt: skip
    assert ids == {"m": "m", "n": "n"}


def test_other_parameters_are_a_new_question(case: Case) -> None:
    _run(case, "m: name=Marlowe Okafor; phone:+661", "n: name=Okafor Marlowe; phone:+661")
    assert _ids(case)["n"] == "m"
    case.run(STAGE, replace(ResolveParams(), phone_bits=0.5))
    assert _ids(case)["n"] == "n"


def test_a_merge_of_three_is_split_by_one_decision_and_the_id_stays_with_the_entity_it_names(any_case: Case) -> None:
    told = ["a: name=Marlowe Okafor; phone:+661", "b: name=Marlowe Okafor; phone:+661; birthDate=1990-04-05",
            "c: name=Marlowe Okafor; birthDate=1990-04-05"]  # fmt: skip
    assert _run(any_case, *told) == dict.fromkeys("abc", "a")
    _told(any_case, *told, decisions=[_different("a", "c")])
    any_case.run(STAGE)
    ids = _ids(any_case)
    assert ids["a"] != ids["c"]
    assert ids["a"] == "a"
    rows = any_case.read("judgement").to_pylist()
    assert {row["reason"] for row in rows if row["decided_by"] == "Analyst Oo"} == {"father and son"}
    assert any("not joined: an analyst parted their group" in row["reason"] for row in rows)


def test_a_stage_remembers_only_what_it_declares(case: Case) -> None:
    _told(case, *PAIR)
    with pytest.raises(SchemaError, match="remembers 'entity' without declaring it"):
        case.run(replace(STAGE, remembers=("judgement",)))
