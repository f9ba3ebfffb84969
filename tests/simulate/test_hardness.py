"""The case does not give its answers away, and yields to honest work. Small scale, several seeds, both presets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from tests.simulate.transfers_seen import Seen, fifo, rows_of, services, starts, transfers

CASES = [(preset, seed) for preset in ("border-town", "city-towers") for seed in (1, 2, 3)]
Small = Callable[[str, int], Path]


def _f1(found: Collection[str], true: set[str]) -> float:
    return 2 * len(set(found) & true) / (len(set(found)) + len(true))


def _average_precision(ranked: list[str], true: set[str]) -> float:
    hits, total = 0, 0.0
    for place, name in enumerate(ranked, start=1):
        if name in true:
            hits += 1
            total += hits / place
    return total / len(true)


def _illicit(case: Path) -> set[str]:
    return {row["account"] for row in rows_of(case / "truth" / "accounts.csv") if row["illicit"] == "1"}


@pytest.mark.parametrize(("preset", "seed"), CASES)
def test_rules_that_follow_no_money_do_not_find_the_accounts(small: Small, preset: str, seed: int) -> None:
    case = small(preset, seed)
    seen, true = transfers(case / "evidence"), _illicit(case)
    received: Counter[str] = Counter()
    times: Counter[str] = Counter()
    amounts: dict[str, list[float]] = defaultdict(list)
    first: dict[str, int] = {}
    for place, one in enumerate(seen):
        received[one.target] += one.usd  # type: ignore[assignment]
        times[one.target] += 1
        amounts[one.target].append(round(one.usd, 2))
        first.setdefault(one.target, place)
    told = {row["Account"] for row in rows_of(case / "evidence" / "sites" / "service_list.csv")}
    rules: dict[str, Callable[[str], tuple[float, ...]]] = {
        "most received": lambda a: (-received[a],),
        "most transfers": lambda a: (-times[a],),
        "largest amount": lambda a: (-max(amounts[a]),),
        "repeated amounts": lambda a: (-(len(amounts[a]) - len(set(amounts[a]))),),
        "services first": lambda a: (a not in told, -received[a]),
        "earliest": lambda a: (first[a],),
        "order of ids": lambda a: (),
    }
    for name, rule in rules.items():
        chosen = sorted(received, key=lambda account, rule=rule: (rule(account), account))[: len(true)]  # type: ignore[misc]
        assert _f1(chosen, true) <= 0.62, name


@pytest.mark.parametrize(("preset", "seed"), CASES)
def test_rules_that_know_nothing_of_control_do_not_find_the_leaders(small: Small, preset: str, seed: int) -> None:
    case = small(preset, seed)
    people = rows_of(case / "truth" / "people.csv")
    leaders = {row["person_id"] for row in people if row["leader"] == "1"}
    owner = {sign: row["person_id"] for row in people for sign in row["identifiers"].split("|") if sign}
    held = {sign.partition(":")[2]: person for sign, person in owner.items() if not sign.startswith("phone")}
    volume: Counter[str] = Counter()
    contacts: dict[str, set[str]] = defaultdict(set)
    for one in transfers(case / "evidence"):
        for end, other in ((one.source, one.target), (one.target, one.source)):
            if end in held:
                volume[held[end]] += one.usd  # type: ignore[assignment]
                contacts[held[end]].add(other)
    for row in rows_of(case / "evidence" / "calls" / "cdr_mekongtel.csv"):
        caller, callee = row["Calling Number"], row["Called Number"] or ""
        for end, other in ((caller, callee), (callee, caller)):
            if f"phone:{end}" in owner:
                contacts[owner[f"phone:{end}"]].add(other)
    rules: dict[str, Callable[[str], float]] = {
        "volume": lambda p: -volume[p],
        "degree": lambda p: -len(contacts[p]),
        "low degree": lambda p: len(contacts[p]),
        "order of ids": lambda p: 0.0,
        "order of files": _first_seen(case, people).__getitem__,
    }
    for name, rule in rules.items():
        ranked = sorted((row["person_id"] for row in people), key=lambda p, rule=rule: (rule(p), p))  # type: ignore[misc]
        assert _average_precision(ranked, leaders) <= 0.3, name


def _first_seen(case: Path, people: list[dict[str, str]]) -> dict[str, float]:
    """Place of each person's first name or identifier over all files in order of their names."""
    whole = ""
    for path in sorted((case / "evidence").rglob("*")):
        if path.suffix in (".csv", ".jsonl", ".json", ".txt"):
            raw = path.read_bytes()
            known = "gb18030" if any(sign >= "\u4e00" for sign in path.name) else "utf-8"
            whole += raw.decode("utf-16" if raw[:2] == b"\xff\xfe" else known, errors="ignore")
    first = {}
    for row in people:
        signs = [*row["names"].split("|"), *(sign.partition(":")[2] for sign in row["identifiers"].split("|"))]
        places = [place for sign in signs if sign and (place := whole.find(sign)) >= 0]
        first[row["person_id"]] = float(min(places, default=len(whole)))
    return first


@pytest.mark.parametrize(("preset", "seed"), CASES)
def test_following_the_reported_payments_finds_the_accounts_and_the_ends(small: Small, preset: str, seed: int) -> None:
    case = small(preset, seed)
    seen: list[Seen] = transfers(case / "evidence")
    rows = rows_of(case / "truth" / "accounts.csv")
    true = _illicit(case)
    victims = {row["account"] for row in rows if row["layer"] == "victim"}
    got = fifo(seen, starts(case / "evidence", seen), services(case / "evidence", seen))
    found = {account: usd for account, usd in got.items() if account not in victims}
    assert _f1(found, true) >= 0.85
    ends = {row["account"] for row in rows if row["terminal"] == "1"}
    ranked = [account for account in sorted(found, key=lambda a: -found[a]) if account not in true - ends]
    assert len(set(ranked[: len(ends)]) & ends) / len(ends) >= 0.85


def test_most_of_what_victims_paid_is_reported(small: Small) -> None:
    rows = rows_of(small("border-town", 1) / "truth" / "accounts.csv")
    told, untold = (sum(float(row[name]) for row in rows) for name in ("received_usd", "unreported_usd"))
    assert told / (told + untold) > 0.7


def test_signs_of_coercion_are_in_the_evidence_for_most_coerced(small: Small) -> None:
    for preset in ("border-town", "city-towers"):
        coerced = [row for row in rows_of(small(preset, 1) / "truth" / "people.csv") if row["coerced"] == "1"]
        assert sum(row["signs_told"] == "1" for row in coerced) / len(coerced) > 0.8
        assert any(row["role"] == "team_leader" for row in coerced)
