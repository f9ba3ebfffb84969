from __future__ import annotations

from upriver.case.store import Case
from upriver.resolve.stage import STAGE, ResolveParams

from .told import people


def test_pairs_never_explode(case: Case) -> None:
    statements, observables = people(*(f"p{n:03}: name=Li Wei; phone:+661" for n in range(300)))
    case.fill("statement", statements)
    case.fill("observable", observables)
    case.run(STAGE)
    assert case.read("candidate_pair").num_rows == 299, "a chain of neighbours, not 44,850 pairs"


def test_the_strongest_rule_is_told(case: Case) -> None:
    statements, observables = people(
        "a: name=Marlowe Okafor; idNumber=X12; phone:+661", "b: name=Marlowe Okafor; idNumber=X-12; phone:+661"
    )
    case.fill("statement", statements)
    case.fill("observable", observables)
    case.run(STAGE)
    assert case.read("candidate_pair")["rule"].to_pylist() == ["same document number"]


def test_a_usual_name_brings_nobody_together(case: Case) -> None:
    statements, _ = people(*(f"p{n}: name=Li Wei" for n in range(9)))
    case.fill("statement", statements)
    case.run(STAGE, ResolveParams(name_most=5))
    assert case.read("candidate_pair").num_rows == 0
