from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from upriver.case.journal import Decision
from upriver.case.store import Case
from upriver.review.deck import Deck, Doubt


def entity(name: str, cluster: str = "", schema: str = "Person") -> dict[str, Any]:
    return {"entity_id": name, "canonical_id": cluster or name, "schema": schema, "caption": name, "n_members": 1}


def judged(left: str, right: str, probability: float, judgement: str = "unsure", by: str = "model") -> dict[str, Any]:
    return {"left_id": left, "right_id": right, "judgement": judgement, "match_probability": probability,
            "match_weight": 1.0, "reason": "drawn", "decided_by": by}  # fmt: skip


def told(*names: str) -> list[dict[str, Any]]:
    return [
        {"statement_id": f"{name}{at}", "entity_id": name, "schema": "Person", "prop": "name", "value": name,
         "lang": None, "record_id": f"f#row {name}{at}"}
        for name in names
        for at in range(3)
    ]  # fmt: skip


def decided(left: str, right: str, kind: str) -> Decision:
    return Decision(f"{left}{right}", kind, left, right, None, "A", "2026-01-01T00:00:00", "seen")


def drawn(case: Case, entities: Sequence[dict[str, Any]], judgements: Sequence[dict[str, Any]]) -> Case:
    case.fill("entity", list(entities))
    case.fill("judgement", list(judgements))
    case.fill("statement", told(*(one["entity_id"] for one in entities)))
    return case


def pairs(doubts: Sequence[Doubt]) -> list[str]:
    return [one.left_id + one.right_id for one in doubts]


def test_what_would_change_most_comes_first_and_the_likelier_of_equals(case: Case) -> None:
    drawn(
        case, [entity(name) for name in "abcdef"], [judged("a", "b", 0.3), judged("c", "d", 0.8), judged("e", "f", 0.3)]
    )
    case.fill("role", [
        {"person_id": who, "rank": rank, "rank_low": 1, "rank_high": 2, "score": 0.9, "features": "{}",
         "reason": "keys", "protection": "none", "record_ids": []} for rank, who in enumerate("ef", 1)
    ])  # fmt: skip
    assert pairs(Deck.of(case).open([])) == ["ef", "cd", "ab"]


def test_a_leader_and_a_presumed_victim_are_looked_at_first(case: Case) -> None:
    drawn(case, [entity(name) for name in "abcd"], [judged("a", "b", 0.6), judged("c", "d", 0.6)])
    case.fill("role", [{"person_id": "c", "rank": 1, "rank_low": 1, "rank_high": 2, "score": 0.9, "features": "{}",
                        "reason": "keys", "protection": "none", "record_ids": []}])  # fmt: skip
    case.fill("protected_person", [{"person_id": "d", "status": "presumed_victim", "grounds": "strong", "n_present": 2,
                                    "n_unknown": 9, "child": False, "reason": "told", "open_questions": [],
                                    "record_ids": []}])  # fmt: skip
    assert pairs(Deck.of(case).open([])) == ["cd", "ab"]


def test_near_the_threshold_is_in_doubt_and_far_from_it_is_not(case: Case) -> None:
    drawn(case, [entity(name) for name in "abcdefgh"], [
        judged("a", "b", 0.96, "same"), judged("c", "d", 0.999, "same"), judged("e", "f", 0.94, "different"),
        judged("g", "h", 0.0, "different"),
    ])  # fmt: skip
    assert sorted(pairs(Deck.of(case).open([]))) == ["ab", "ef"]


def test_accounts_and_what_an_analyst_decided_are_not_asked(case: Case) -> None:
    accounts = [entity(name, schema="BankAccount") for name in "cd"]
    judgements = [judged("a", "b", 1.0, by="Inspector A"), judged("c", "d", 0.5), judged("e", "f", 0.5)]
    drawn(case, [*(entity(name) for name in "abef"), *accounts], judgements)
    case.fill("decision", [{"decision_id": "1", "kind": "same", "subject_id": "a", "object_id": "b", "value": None,
                            "who": "Inspector A", "decided_at": datetime(2026, 1, 1), "why": "seen"}])  # fmt: skip
    assert pairs(Deck.of(case).open([])) == ["ef"]


def test_merged_pairs_come_the_least_sure_first(case: Case) -> None:
    drawn(case, [entity("a"), entity("b", "a"), entity("c", "a"), entity("d")],
          [judged("a", "b", 0.99, "same"), judged("b", "c", 0.96, "same"), judged("a", "d", 0.5)])  # fmt: skip
    assert pairs(Deck.of(case, merged=True).open([])) == ["bc", "ab"]
    assert pairs(Deck.of(case).open([])) == ["ad"]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from(["same", "different"])), max_size=6))
def test_no_pair_is_open_that_decisions_settle_already(choices: list[tuple[int, int, str]]) -> None:
    names = "abcdef"
    deck = Deck([Doubt(names[i], names[j], names[i], names[j], "unsure", 0.5, 0.0, "drawn", 1.0)
                    for i in range(6) for j in range(i + 1, 6)])  # fmt: skip
    made = [decided(min(names[i], names[j]), max(names[i], names[j]), kind) for i, j, kind in choices if i != j]
    last = {(one.subject_id, one.object_id): one.kind for one in made}
    # The slow and obvious way: groups by walking, then any rejected pair between two groups parts them.
    group = {name: {name} for name in names}
    for _ in names:
        for (a, b), kind in last.items():
            if kind == "same":
                joined = group[a] | group[b]
                for one in joined:
                    group[one] = joined
    apart = [(group[a], group[str(b)]) for (a, b), kind in last.items() if kind == "different"]
    expected = [
        a + b
        for i, a in enumerate(names)
        for b in names[i + 1 :]
        if (a, b) not in last
        and b not in group[a]
        and not any((a in x and b in y) or (a in y and b in x) for x, y in apart)
    ]
    assert sorted(pairs(deck.open(made))) == expected
