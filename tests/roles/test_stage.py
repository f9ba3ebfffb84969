"""Roles on cases small enough to draw."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import pairwise

from tests import identifiers

from upriver.case.store import Case
from upriver.roles.features import controls
from upriver.roles.shares import is_regular, names_a_share
from upriver.roles.stage import STAGE


def persons(*nodes: str) -> list[dict[str, object]]:
    return [{"entity_id": n, "canonical_id": n, "schema": "Company" if n.startswith("co") else "Person", "caption": n,
             "n_members": 1} for n in nodes]  # fmt: skip


def edge(kind: str, source: str, target: str, via: str | None = None, n: int = 1) -> dict[str, object]:
    key = f"{kind}{source}{target}"
    return {"edge_id": key, "source_id": source, "target_id": target, "kind": kind, "directed": True, "weight": 1.0,
            "n_records": n, "via": via, "record_ids": [f"f#{key}"]}  # fmt: skip


def text(number: int, sender: str, recipient: str, words: str) -> dict[str, object]:
    return {"message_id": f"m{number}", "thread": "-".join(sorted((sender, recipient))), "sender": sender,
            "text": words, "recipient": recipient, "platform": "telegram", "record_id": f"f#m{number}"}  # fmt: skip


def paid(source: str, target: str, days: list[float], purpose: str | None = None) -> list[dict[str, object]]:
    start = datetime(2025, 1, 1)
    return [{"transfer_id": f"{source}{target}{day}", "source_account": source, "target_account": target,
             "occurred_at": start + timedelta(days=day), "amount": 100.0, "asset": "USD", "amount_usd": 100.0,
             "rail": "bank", "purpose": purpose, "record_id": f"f#{source}{target}{day}"} for day in days]  # fmt: skip


def traced(account: str, holder: str | None = None, kept: float = 0.0) -> dict[str, object]:
    at = datetime(2025, 1, 1)
    return {"account": account, "holder_id": holder, "received_usd": 1e5, "kept_usd": kept, "low_usd": 1e5,
            "high_usd": 1e5, "n_hops": 1, "first_at": at, "last_at": at, "cash_out": False,
            "unseen_inflow_usd": 0.0, "service_score": 0.0, "reason": "x"}  # fmt: skip


def owned(kind: str, value: str, entity: str) -> dict[str, object]:
    return {"observable_id": f"{kind}:{value}", "kind": kind, "value": value, "raw": value, "entity_id": entity,
            "start": -1, "record_id": "f#o"}  # fmt: skip


def ranked(case: Case) -> list[dict[str, object]]:
    case.run(STAGE)
    return sorted(case.read("role").to_pylist(), key=lambda row: row["rank"])


def marks(row: dict[str, object]) -> dict[str, int]:
    found: dict[str, int] = json.loads(str(row["features"]))["items"]
    return found


def test_command_at_any_distance_ranks_above_a_foreman(case: Case):
    floor = [f"w{n}" for n in range(6)]
    case.fill("entity", persons("boss", "fore1", "fore2", *floor))
    case.fill("edge", [edge("manages", "boss", "fore1"), edge("manages", "boss", "fore2"),
                       *(edge("manages", "fore1" if n < 3 else "fore2", w) for n, w in enumerate(floor))])  # fmt: skip
    rows = ranked(case)
    assert [row["person_id"] for row in rows] == ["boss", "fore1", "fore2"]  # who shows no mark is not ranked


def test_a_loud_worker_has_no_mark_of_control_and_stands_below_a_quiet_chief(case: Case):
    case.fill("entity", persons("chief", "loud", "foreman"))
    identifiers.fill(case, [owned("telegram", name[0], name) for name in ("chief", "loud", "foreman")])
    bait = [text(n, "telegram:l", f"phone:+{n}", "guaranteed profit on the crypto platform") for n in range(100)]
    case.fill("message", [
        *bait, text(200, "telegram:c", "telegram:f", "Send me the list by tonight"),
        text(201, "telegram:f", "telegram:c", "Yes boss"),
    ])  # fmt: skip
    case.fill(
        "contact_class",
        [
            {"record_id": row["record_id"], "medium": "message", "label": "scam", "score": 0.8, "cues": ["x"]}
            for row in bait
        ],
    )
    case.fill("edge", [edge("writes_to", "loud", f"phone:+{n}", n=50) for n in range(100)])
    assert [row["person_id"] for row in ranked(case)] == ["chief"]


def test_words_to_one_who_commands_many_say_less_than_a_list_that_puts_one_above_them(case: Case):
    # Staff lists of four levels under the boss; the landlord tells the boss twice what to do, the owner is on a list.
    chain = ["boss", "head", "fore", "lead", "hand"]
    case.fill("entity", persons(*chain, "owner", "landlord"))
    case.fill("edge", [edge("manages", one, other) for one, other in pairwise(["owner", *chain])])
    identifiers.fill(case, [owned("telegram", name[0], name) for name in ("landlord", "boss")])
    case.fill("message", [text(n, "telegram:l", "telegram:b", "Send me the list by tonight") for n in range(2)])
    rows = {str(row["person_id"]): float(str(row["score"])) for row in ranked(case)}
    assert rows["owner"] > rows["landlord"] > rows["lead"]
    assert rows["landlord"] < rows["boss"]


def test_a_key_of_control_counts_and_a_room_key_hardly(case: Case):
    case.fill("entity", persons("holder", "worker"))
    case.fill("edge", [edge("holds_key", "holder", "site"), edge("holds_key", "worker", "site")])
    case.fill("statement", [
        {"statement_id": e + p, "entity_id": e, "schema": "UnknownLink", "prop": p, "value": v, "record_id": f"f#{e}"}
        for e, person, thing in (("k1", "holder", "server room"), ("k2", "worker", "dormitory 12"))
        for p, v in (("subject", person), ("role", f"holds: {thing}"))
    ])  # fmt: skip
    rows = ranked(case)
    assert rows[0]["person_id"] == "holder"
    assert float(str(rows[0]["score"])) > 3 * float(str(rows[1]["score"]))
    assert "server room" in str(rows[0]["reason"])


def test_a_company_that_nothing_ties_to_the_operation_is_no_mark(case: Case):
    case.fill("entity", persons("owner", "shopkeeper", "worker", "co_scam", "co_shop"))
    case.fill("edge", [edge("works_at", "worker", "co_scam"), edge("owns", "owner", "co_scam"),
                       edge("owns", "shopkeeper", "co_shop")])  # fmt: skip
    rows = {row["person_id"]: row for row in ranked(case)}
    assert marks(rows["owner"]) == {"owns": 1}
    assert "shopkeeper" not in rows


def test_shares_of_several_groups_count_and_volume_passed_on_does_not(case: Case):
    case.fill("entity", persons("backer", "mule"))
    identifiers.fill(case, [owned("bank_account", "B", "backer"), owned("bank_account", "M", "mule")])
    case.fill("traced_account", [traced("C1"), traced("C2"), traced("M", "mule")])
    through = [f"V{n}" for n in range(20)]
    case.fill("transfer", [
        *paid("C1", "B", [0, 30, 60, 90]), *paid("C2", "B", [5, 35, 65, 95]),
        *(row for n, v in enumerate(through) for row in paid(v, "M", [n + d / 7 for d in range(7)])),
        *(row for n, v in enumerate(through) for row in paid("M", f"X{v}", [n + 0.5 + d / 7 for d in range(7)])),
    ])  # fmt: skip
    rows = {row["person_id"]: row for row in ranked(case)}
    assert marks(rows["backer"]) == {"shares": 2}
    assert rows.keys() == {"backer"}


def test_a_shop_paid_by_many_strangers_is_no_protector(case: Case):
    case.fill("entity", persons("shopkeeper"))
    identifiers.fill(case, [owned("bank_account", "S", "shopkeeper")])
    case.fill("traced_account", [traced("C1"), traced("S", "shopkeeper")])
    case.fill("transfer", [*paid("C1", "S", [0, 30, 60]), *(row for n in range(60) for row in paid(f"P{n}", "S", [n]))])
    assert float(str(ranked(case)[0]["score"])) < 0.05


def test_need_for_protection_is_shown_beside_every_rank(case: Case):
    case.fill("entity", persons("lead", "w1", "w2"))
    case.fill("edge", [edge("manages", "lead", "w1"), edge("manages", "lead", "w2"), edge("kin", "lead", "w1")])
    case.fill("protected_person", [
        {"person_id": "lead", "status": "presumed_victim", "grounds": "strong", "n_present": 3, "n_unknown": 8,
         "child": False, "reason": "x", "open_questions": [], "record_ids": []}
    ])  # fmt: skip
    first = ranked(case)[0]
    assert (first["person_id"], first["rank"], first["protection"]) == ("lead", 1, "presumed_victim")
    assert json.loads(str(first["features"]))["shown_not_scored"] == {"kin": 1}


def test_accounts_companies_and_sites_are_not_ranked_as_people(case: Case):
    case.fill("entity", persons("a", "co_x"))
    case.fill("edge", [edge("owns", "co_x", "site"), edge("works_at", "a", "co_x"), edge("holds_key", "co_x", "site"),
                       edge("manages", "tron:T1", "a"), edge("manages", "phone:+1", "a"),
                       edge("manages", "a", "b")])  # fmt: skip
    assert {row["person_id"] for row in ranked(case)} == {"phone:+1", "a"}


def test_nothing_to_rank_writes_nothing(case: Case):
    assert ranked(case) == []


def test_regularity_is_of_gaps_not_of_number():
    assert is_regular([0, 30, 61, 90])
    assert not is_regular([0, 1, 2, 40, 41, 100])
    assert not is_regular([0, 30])


def test_words_of_control_are_told_from_ordinary_ones():
    assert controls("master key, gate 2")
    assert controls("保险柜")
    assert not controls("room 14")
    assert not controls("main gate, night shift")
    assert not controls("generator shed")
    assert controls("generator shed, owner")
    assert not controls(None)
    assert names_a_share("electricity, March")
    assert names_a_share("分红")
    assert not names_a_share("lunch")
    assert not names_a_share(None)


def test_a_confession_in_custody_is_no_mark_of_control(case: Case):
    case.fill("entity", persons("a", "b"))
    case.fill("edge", [edge("works_at", "a", "co_x"), edge("works_at", "b", "co_x")])
    told = "I am the boss. I command forty people and hold the keys of the server room."
    case.fill("statement", [{"statement_id": "s", "entity_id": "a", "schema": "Person", "prop": "notes", "value": told,
                             "record_id": "f#1"}])  # fmt: skip
    assert ranked(case) == []


def test_nationality_sex_and_age_change_no_rank(case: Case):
    case.fill("entity", persons("a", "b"))
    case.fill("edge", [edge("manages", "a", "b")])
    case.fill("statement", [
        {"statement_id": prop, "entity_id": "b", "schema": "Person", "prop": prop, "value": value, "record_id": "f#1"}
        for prop, value in (("nationality", "cn"), ("gender", "male"), ("birthDate", "1970-01-01"), ("country", "mm"))
    ])  # fmt: skip
    assert [row["person_id"] for row in ranked(case)] == ["a"]


def test_one_call_each_from_a_number_that_nobody_is_known_to_own_is_no_mark(case: Case):
    bosses = ["boss1", "boss2"]
    floor = [f"w{b}{n}" for b in "12" for n in range(8)]
    case.fill("entity", persons(*bosses, *floor))
    commands = [edge("manages", f"boss{name[1]}", name) for name in floor]
    once = [edge("calls", "phone:+254711000001", boss) for boss in bosses]
    again = [edge("calls", "phone:+254711000002", boss, n=2) for boss in bosses]
    keys = [edge("holds_key", boss, f"site{boss}") for boss in bosses]
    case.fill("edge", [*commands, *once, *again, *keys])
    case.fill("statement", [
        {"statement_id": boss + p, "entity_id": f"k{boss}", "schema": "UnknownLink", "prop": p, "value": v,
         "record_id": f"f#{boss}"} for boss in bosses for p, v in (("subject", boss), ("role", "holds: server room"))
    ])  # fmt: skip
    found = {row["person_id"]: marks(row) for row in ranked(case)}
    assert found["phone:+254711000002"]["across"] == 2
    assert "across" not in found.get("phone:+254711000001", {})


def held(key: str, person: str, thing: str) -> list[dict[str, object]]:
    return [{"statement_id": key + p, "entity_id": key, "schema": "UnknownLink", "prop": p, "value": v,
             "record_id": f"f#{key}"} for p, v in (("subject", person), ("role", f"holds: {thing}"))]  # fmt: skip


def test_a_caretakers_master_key_says_less_than_the_wallet_that_signs(case: Case):
    case.fill("entity", persons("caretaker", "treasurer", "hand"))
    case.fill("edge", [edge("holds_key", name, "site") for name in ("caretaker", "treasurer", "hand")])
    case.fill("statement", [*held("k1", "caretaker", "master key, all floors"), *held("k2", "hand", "dormitory 12"),
                            *held("k3", "treasurer", "hardware wallet")])  # fmt: skip
    rows = ranked(case)
    assert [row["person_id"] for row in rows] == ["treasurer", "caretaker", "hand"]
    assert "key of control" in str(rows[1]["reason"])
    assert "key of control" not in str(rows[2]["reason"])


def test_a_directors_name_may_be_lent_and_says_little(case: Case):
    case.fill("entity", persons("director", "owner", "worker", "co_scam"))
    case.fill("edge", [edge("works_at", "worker", "co_scam"), edge("owns", "owner", "co_scam"),
                       edge("directs", "director", "co_scam")])  # fmt: skip
    rows = {str(row["person_id"]): row for row in ranked(case)}
    assert float(str(rows["owner"]["score"])) > 2 * float(str(rows["director"]["score"]))
    assert "may be lent" in str(rows["director"]["reason"])


def test_who_only_stands_between_others_shows_no_mark_until_another_record_does(case: Case):
    # chief - driver - foreman: the driver carries messages between them and commands nobody.
    calls = [edge("calls", "chief", "driver", n=5), edge("calls", "driver", "foreman", n=5)]
    commands = [edge("manages", "chief", "c1"), edge("manages", "foreman", "f1")]
    case.fill("entity", persons("chief", "driver", "foreman", "c1", "f1", "co_x"))
    case.fill("edge", [*calls, *commands, edge("works_at", "driver", "co_x")])
    assert "driver" not in {row["person_id"] for row in ranked(case)}
    case.fill("edge", [*calls, *commands, edge("owns", "driver", "co_x"), edge("works_at", "driver", "co_x")])
    row = {row["person_id"]: row for row in ranked(case)}["driver"]
    assert marks(row) == {"owns": 1, "brokerage": 1}
    assert "f#callschiefdriver" in row["record_ids"], "standing between opens to records, too"


def test_a_wage_is_a_small_part_of_what_a_payer_pays_and_a_share_a_large_one(case: Case):
    case.fill("entity", persons("clerk", "landlord"))
    identifiers.fill(case, [owned("bank_account", "W", "clerk"), owned("bank_account", "L", "landlord")])
    case.fill("traced_account", [traced("C")])
    others = [row for n in range(30) for row in paid("C", f"other{n}", [n * 3.0])]
    case.fill("transfer", [*others, *paid("C", "W", [0, 30, 60]), *paid("C", "L", [n * 7.0 for n in range(12)])])
    rows = {row["person_id"]: float(str(row["score"])) for row in ranked(case)}
    assert rows["landlord"] > rows["clerk"] > 0


def test_who_cashes_out_hands_nothing_on(case: Case):
    case.fill("entity", persons("backer", "agent"))
    identifiers.fill(case, [owned("bank_account", "B", "backer"), owned("bank_account", "M", "agent")])
    desk = {**traced("EX"), "stop_reason": "service"}
    case.fill("traced_account", [traced("C1"), desk])
    days = [0.0, 30.0, 60.0, 90.0]
    case.fill("transfer", [*paid("C1", "B", days), *paid("B", "EX", days), *paid("C1", "M", days),
                           *paid("M", "other", days)])  # fmt: skip
    rows = {row["person_id"]: float(str(row["score"])) for row in ranked(case)}
    assert rows["backer"] > 2 * rows["agent"]
