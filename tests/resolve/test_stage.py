from __future__ import annotations

import random
from datetime import datetime

from upriver.case.store import Case
from upriver.resolve.stage import STAGE

from .told import people


def _run(case: Case, *told: str, decisions: list[dict[str, object]] | None = None) -> None:
    statements, observables = people(*told)
    case.fill("statement", statements)
    case.fill("observable", observables)
    case.fill("decision", decisions or [])
    case.run(STAGE)


def _clusters(case: Case) -> set[frozenset[str]]:
    rows = case.read("entity").to_pylist()
    return {frozenset(r["entity_id"] for r in rows if r["canonical_id"] == one["canonical_id"]) for one in rows}


def _sets(*groups: str) -> set[frozenset[str]]:
    return {frozenset(group.split()) for group in groups}


def _decision(kind: str, left: str, right: str, hour: int = 0) -> dict[str, object]:
    return {"decision_id": f"d{hour}", "kind": kind, "subject_id": left, "object_id": right, "who": "Analyst Oo",
            "decided_at": datetime(2025, 1, 1, hour), "why": "both files looked at"}  # fmt: skip


def test_a_name_and_a_birth_date_are_enough_on_every_engine(any_case: Case) -> None:
    _run(any_case, "a: name=Marlowe Okafor; birthDate=1990-04-05", "b: name=OKAFOR, Marlowe; birthDate=1990-04-05",
         "c: name=Zin Mar Htay; birthDate=1991-01-01")  # fmt: skip
    assert _clusters(any_case) == _sets("a b", "c")
    row = any_case.read("judgement", where="left_id = 'a' AND right_id = 'b'").to_pylist()[0]
    assert row["judgement"] == "same"
    assert "same birth date" in row["reason"]


def test_a_name_alone_never_merges_two_people(case: Case) -> None:
    _run(case, "a: name=Marlowe Okafor", "b: name=Marlowe Okafor")
    assert _clusters(case) == _sets("a", "b")
    assert "a name alone" in case.read("judgement").to_pylist()[0]["reason"]


def test_a_phone_alone_never_merges_two_people_but_with_the_name_it_does(case: Case) -> None:
    _run(case, "a: name=Marlowe Okafor; phone:+661", "b: name=Zin Mar Htay; phone:+661",
         "c: name=M. Okafor; phone:+661", "d: name=Okafor Marlowe; phone:+661")  # fmt: skip
    clusters = _clusters(case)
    assert frozenset({"b"}) in clusters
    assert any({"a", "d"} <= group for group in clusters)


def test_a_chat_name_is_a_nickname_and_its_user_name_is_one_persons(case: Case) -> None:
    statements, observables = people(
        "staff: name=Marlowe Okafor; handle:mok_77",
        "chat: name=Brother Long; handle:mok_77",
        "other: name=Brother Long; handle:Brother Long",
        "third: name=Zin Mar Htay; handle:Brother Long",
    )
    membership, _ = people("m1: member=chat; role=admin", "m2: member=other", schema="Membership")
    case.fill("statement", statements + membership)
    case.fill("observable", observables)
    case.run(STAGE)
    assert _clusters(case) >= _sets("staff chat", "other", "third"), "a displayed name may be anybody's"


def test_what_a_person_is_never_counts(case: Case) -> None:
    """Nationality, sex, age, language and place are not features, however many agree."""
    same = "nationality=mm; gender=male; country=mm; birthPlace=Hpa-An; notes=age 24"
    _run(case, f"a: name=Marlowe Okafor; {same}", f"b: name=Marlowe Okafor; {same}")
    assert _clusters(case) == _sets("a", "b")


def test_two_birth_dates_block_whatever_else_agrees(case: Case) -> None:
    _run(case, "a: name=Marlowe Okafor; birthDate=1990-04-05; phone:+661",
         "b: name=Marlowe Okafor; birthDate=1991-04-05; phone:+661")  # fmt: skip
    assert _clusters(case) == _sets("a", "b")
    row = case.read("judgement").to_pylist()[0]
    assert row["judgement"] == "different"
    assert "contradiction" in row["reason"]


def test_a_chain_through_a_record_without_birth_date_is_split(case: Case) -> None:
    _run(case, "a: name=Marlowe Okafor; birthDate=1990-04-05; phone:+661",
         "b: name=Marlowe Okafor; phone:+661; phone:+662",
         "c: name=Marlowe Okafor; birthDate=1995-04-05; phone:+662")  # fmt: skip
    clusters = _clusters(case)
    assert not any({"a", "c"} <= group for group in clusters)
    assert len(clusters) == 2
    assert sum("not joined" in row["reason"] for row in case.read("judgement").to_pylist()) == 1


def test_a_switchboard_joins_nobody(case: Case) -> None:
    """Thirty names on one number: the number says nothing, also of the two who bear one name."""
    names = [
        f"{a}{b} {b}{a}son" for a in ("Ab", "Ke", "Lo", "Mi", "Nu", "Po") for b in ("dra", "fi", "gu", "ka", "tev")
    ]
    _run(case, *(f"p{n:02}: name={name}; phone:+660" for n, name in enumerate([*names, names[0]])))
    assert len(_clusters(case)) == 31


def test_an_analyst_overrules(case: Case) -> None:
    told = ["a: name=Marlowe Okafor; birthDate=1990-04-05; phone:+661", "b: name=Marlowe Okafor; phone:+661",
            "c: name=Zin Mar Htay; birthDate=1988-01-01"]  # fmt: skip
    _run(case, *told)
    assert _clusters(case) == _sets("a b", "c")
    _run(case, *told, decisions=[_decision("different", "a", "b"), _decision("same", "a", "c", hour=1)])
    assert _clusters(case) == _sets("a c", "b")
    _run(case, *told, decisions=[_decision("different", "b", "a"), _decision("same", "a", "b", hour=1)])
    assert _clusters(case) == _sets("a b", "c"), "the later decision holds"


def test_listed_people_are_hits_and_never_members(case: Case) -> None:
    _run(case, "a: name=王小明; birthDate=1990-04-05", "b: name=Marlowe Okafor",
         "w: name=WANG Xiaoming; birthDate=1990-04-05; topics=sanction",
         "x: name=Marlowe Okafor; topics=wanted; birthDate=1970-01-01")  # fmt: skip
    assert _clusters(case) == _sets("a", "b", "w", "x")
    hits = {(r["entity_id"], r["listed_id"]): r for r in case.read("watchlist_hit").to_pylist()}
    assert hits["a", "w"]["match_probability"] > 0.95
    assert hits["a", "w"]["record_ids"] == ["f#a", "f#w"]
    assert hits["b", "x"]["match_probability"] <= 0.8, "a name alone is no more than a hint"


def test_companies_of_one_full_name_are_one_unless_their_numbers_differ(case: Case) -> None:
    statements, _ = people(
        "a: name=Silver Heron Logistics Co Ltd",
        "b: name=SILVER HERON LOGISTICS LIMITED",
        "c: name=Silver Heron Logistics Ltd; registrationNumber=0105555",
        "d: name=Silver Heron Logistics Ltd; registrationNumber=0105777",
        schema="Company",
    )
    case.fill("statement", statements)
    case.run(STAGE)
    clusters = _clusters(case)
    assert any({"a", "b"} <= group for group in clusters)
    assert not any({"c", "d"} <= group for group in clusters)


def test_an_account_on_many_lists_is_one_account(case: Case) -> None:
    statements, _ = people(*(f"a{n:02}: accountNumber=77-88" for n in range(20)), schema="BankAccount")
    case.fill("statement", statements)
    case.run(STAGE)
    assert len(_clusters(case)) == 1


def test_holders_whose_wallets_pay_together_are_one_when_names_agree(case: Case) -> None:
    statements, observables = people(
        "a: name=Marlowe Okafor; tron:W1", "b: name=Marlowe Okafor; tron:W2", "c: name=Zin Mar Htay; tron:W2"
    )
    transfers = [
        {"transfer_id": f"t{n}", "source_account": wallet, "target_account": "W9", "occurred_at": datetime(2025, 1, 1),
         "amount": 1.0, "asset": "USDT", "rail": "chain", "reference": "0xabc", "record_id": f"t#{n}"}
        for n, wallet in enumerate(["W1", "W2"])
    ]  # fmt: skip
    case.fill("statement", statements)
    case.fill("observable", observables)
    case.run(STAGE)
    assert _clusters(case) == _sets("a", "b", "c")
    case.fill("transfer", transfers)
    case.run(STAGE)
    assert _clusters(case) == _sets("a b", "c")


def test_the_order_of_rows_never_matters(case: Case) -> None:
    told = [
        f"p{n}: name=Marlowe Okafor{'' if n % 2 else ' Jr'}; birthDate=199{n % 3}-04-05; phone:+66{n % 4}"
        for n in range(12)
    ]
    statements, observables = people(*told)
    found = []
    for seed in range(3):
        random.Random(seed).shuffle(statements)
        random.Random(seed).shuffle(observables)
        case.fill("statement", statements)
        case.fill("observable", observables)
        case.run(STAGE)
        found.append(case.digests()["judgement"] + case.digests()["entity"])
    assert found[0] == found[1] == found[2]


def test_every_entity_gets_a_row_and_a_caption(case: Case) -> None:
    _run(
        case,
        "a: name=Marlowe Okafor; birthDate=1990-04-05",
        "b: name=Marlowe Okafor; alias=Brother Mar; birthDate=1990-04-05",
    )
    rows = case.read("entity").to_pylist()
    assert {(r["entity_id"], r["caption"], r["n_members"]) for r in rows} == {
        ("a", "Marlowe Okafor", 2), ("b", "Marlowe Okafor", 2)
    }  # fmt: skip


def test_a_hit_names_list_entry_and_days_and_is_worded_as_a_lead(any_case: Case) -> None:
    statements, observables = people("a: name=王小明; birthDate=1990-04-05",
                                     "w: name=WANG Xiaoming; birthDate=1990-04-05; topics=sanction; program=TCO",
                                     "x: name=WANG Xiaoming; topics=wanted; program=Red notices")  # fmt: skip
    listing, _ = people(
        "l: entity=w; authority=Office of the List; recordId=771; listingDate=2024-02-01; date=2025-01-03",
        "k: entity=w; authority=Office of the List; date=2024-12-31",
        schema="Sanction",
    )
    any_case.fill("statement", statements + listing)
    any_case.fill("observable", observables)
    any_case.run(STAGE)
    hits = {row["listed_id"]: row for row in any_case.read("watchlist_hit").to_pylist()}
    told = ("list_name", "entry", "listed_on", "list_date")
    assert [hits["w"][name] for name in told] == ["Office of the List", "771", "2024-02-01", "2025-01-03"]
    assert [hits["x"][name] for name in told] == ["Red notices", None, None, None]
    assert "confirm by birth date or document" in hits["x"]["reason"]
    assert {row["entity_id"]: row["canonical_id"] for row in any_case.read("entity").to_pylist()}["a"] == "a"


def test_what_a_person_shares_with_an_entry_is_a_hit_without_a_name(case: Case) -> None:
    _run(case, "a: gender=male; email:boss@heron.example", "b: name=Zin Mar Htay; email:boss@heron.example",
         "c: gender=male; phone:+661",
         "w: name=Marlowe Okafor; topics=sanction; email:boss@heron.example; passportNumber=AB12345")  # fmt: skip
    hits = {row["entity_id"]: row for row in case.read("watchlist_hit").to_pylist()}
    assert set(hits) == {"a"}, "of another name it is a friend's or a firm's mail; who shares nothing is nobody's"
    assert "same email" in hits["a"]["reason"]


def test_a_listed_account_is_a_hit_wherever_the_evidence_meets_it(any_case: Case) -> None:
    statements, observables = people("v: name=Zin Mar Htay; tron:W1", "w: name=Heron Group; topics=sanction; tron:W1",
                                     "x: name=Okafor; topics=sanction; tron:W9")  # fmt: skip
    transfers = [
        {"transfer_id": f"t{n}", "source_account": source, "target_account": target, "amount": 10.0, "amount_usd": 10.0,
         "occurred_at": datetime(2025, 1, 1), "asset": "USDT", "rail": "chain", "record_id": f"t#{n}"}
        for n, (source, target) in enumerate([("W2", "W1"), ("W3", "W1"), ("W1", "W4")])
    ]  # fmt: skip
    any_case.fill("statement", statements)
    any_case.fill("observable", observables)
    any_case.fill("transfer", transfers)
    any_case.run(STAGE)
    (hit,) = [row for row in any_case.read("watchlist_hit").to_pylist() if row["entity_id"] == "tron:W1"]
    assert (hit["listed_id"], hit["match_probability"]) == ("w", 1.0)
    assert hit["reason"].startswith(
        "the list names this very account; it is named in 1 record and received 2 transfers (USD 20) and "
        "sent 1 transfer (USD 10)"
    )
    assert hit["record_ids"] == ["f#v", "f#w", "t#0", "t#1", "t#2"]
