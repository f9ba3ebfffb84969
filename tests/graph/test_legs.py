"""Pairs of legs: cases small enough to draw, the kernel beside a slow twin, and what never matters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.graph.legs import (
    CROWD,
    DECIDED,
    DOUBT,
    FEW,
    FIT,
    MIRROR,
    OWNER,
    TRANSACTION,
    Limits,
    Pairs,
    Sides,
    pairs,
)  # fmt: skip

LIMITS = Limits(window=60, fee=0.05, gain=0.02, least=0.6)
# Accounts: 0 and 1 are one service, 2 is another, the rest are customers.
OPERATOR = np.array([0, 0, 1] + [-1] * 9, dtype=np.int32)
ASSETS = ("USDT", "BTC", "?")

Line = tuple[int, int, float, int, str, int]


def sides(lines: list[Line], owner: dict[int, int] | None = None, chain: dict[int, int] | None = None) -> Sides:
    """Lines in time order: payer, payee, USD, minute, asset, transaction (-1: none)."""
    source, target, usd, minute, asset, deal = zip(*lines, strict=True) if lines else ((),) * 6
    own = np.arange(len(OPERATOR), dtype=np.int32)
    for account, hand in (owner or {}).items():
        own[account] = hand
    chains = np.full(len(OPERATOR), -1, dtype=np.int32)
    for account, one in (chain or {}).items():
        chains[account] = one
    return Sides(
        np.array(source, dtype=np.int32), np.array(target, dtype=np.int32), np.array(minute, dtype=np.int64),
        np.array(usd, dtype=np.float64), np.array([ASSETS.index(a) if a != "?" else -1 for a in asset], dtype=np.int32),
        np.array(deal, dtype=np.int32), OPERATOR, chains, own,
    )  # fmt: skip


def joined(found: Pairs) -> list[tuple[int, int]]:
    only = found.only(found.joined)
    return list(zip(only.first.tolist(), only.second.tolist(), strict=True))


def test_a_swap_that_nothing_else_fits_is_joined() -> None:
    found = pairs(sides([(3, 0, 100, 0, "USDT", -1), (0, 4, 99, 8, "BTC", -1)]), LIMITS)
    assert joined(found) == [(0, 1)]
    assert found.sign.tolist() == [FIT]
    assert found.confidence[0] == pytest.approx(0.93, abs=0.02)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ((0, 4, 99, 8, "USDT", -1), "the same asset"),
        ((0, 4, 99, 8, "?", -1), "an asset that is not known"),
        ((0, 4, 94, 8, "BTC", -1), "too much lost"),
        ((0, 4, 103, 8, "BTC", -1), "too much won"),
        ((0, 4, 99, 61, "BTC", -1), "too late"),
        ((2, 4, 99, 8, "BTC", -1), "another service"),
        ((0, 1, 99, 8, "BTC", -1), "between accounts of the operator"),
        ((5, 4, 99, 8, "BTC", -1), "no service"),
    ],
)
def test_what_is_not_the_other_side(line: Line, why: str) -> None:
    assert not len(pairs(sides([(3, 0, 100, 0, "USDT", -1), line]), LIMITS).first), why


def test_a_payment_out_before_the_payment_in_is_not_its_other_side() -> None:
    assert not len(pairs(sides([(0, 4, 99, 0, "BTC", -1), (3, 0, 100, 8, "USDT", -1)]), LIMITS).first)


def test_the_operator_may_pay_out_of_another_account_and_on_another_chain() -> None:
    lines: list[Line] = [(3, 0, 100, 0, "USDT", -1), (1, 4, 99, 8, "USDT", -1)]
    assert joined(pairs(sides(lines, chain={0: 0, 1: 1}), LIMITS)) == [(0, 1)]
    assert joined(pairs(sides(lines, chain={0: 0, 1: 0}), LIMITS)) == []
    assert joined(pairs(sides(lines, chain={0: 0}), LIMITS)) == []  # a chain that is not known is no other chain


def test_two_customers_at_once_are_not_told_apart() -> None:
    lines: list[Line] = [
        (3, 0, 100, 0, "USDT", -1), (5, 0, 100, 0, "USDT", -1), (0, 4, 99, 8, "BTC", -1), (0, 6, 99, 8, "BTC", -1)
    ]  # fmt: skip
    found = pairs(sides(lines), LIMITS)
    assert joined(found) == []
    assert len(found.first) == 2  # the best candidate of each is told
    assert (found.confidence < 0.4).all()
    assert found.rivals.tolist() == [2, 2]


def test_who_is_paid_back_at_the_own_address_is_told_apart_and_leaves_the_other() -> None:
    lines: list[Line] = [
        (3, 0, 100, 0, "USDT", -1), (5, 0, 100, 0, "USDT", -1), (0, 3, 99, 8, "BTC", -1), (0, 6, 99, 8, "BTC", -1)
    ]  # fmt: skip
    found = pairs(sides(lines), LIMITS)
    assert joined(found) == [(0, 2), (1, 3)]
    assert found.sign.tolist() == [OWNER, FIT]
    assert joined(pairs(sides(lines, owner={6: 5}), LIMITS)) == [(0, 2), (1, 3)]


def test_one_transaction_settles_it_at_a_service_and_anywhere_on_a_way() -> None:
    lines: list[Line] = [
        (3, 0, 100, 0, "USDT", 1), (0, 3, 60, 0, "BTC", 1), (8, 7, 100, 0, "USDT", 2), (7, 5, 99, 0, "BTC", 2),
        (9, 7, 100, 1, "USDT", -1), (7, 9, 99, 1, "BTC", -1),
    ]  # fmt: skip
    found = pairs(sides(lines), LIMITS)
    assert joined(found) == [(0, 1), (2, 3)]
    assert found.sign.tolist() == [TRANSACTION] * 2
    assert found.confidence.tolist() == [1.0] * 2


def test_in_a_ring_of_strangers_nobody_knows_who_swaps() -> None:
    lines: list[Line] = [(3, 7, 100, 0, "USDT", 1), (7, 3, 99, 0, "BTC", 1)]
    assert joined(pairs(sides(lines), LIMITS)) == []


def test_a_transaction_with_two_payments_in_settles_nothing() -> None:
    lines: list[Line] = [(3, 7, 50, 0, "USDT", 1), (8, 7, 50, 0, "USDT", 1), (7, 5, 99, 0, "BTC", 1)]
    assert joined(pairs(sides(lines), LIMITS)) == []


def test_an_analyst_joins_and_keeps_apart() -> None:
    lines: list[Line] = [(3, 0, 100, 0, "USDT", 1), (0, 3, 99, 0, "BTC", 1), (0, 4, 50, 90, "BTC", -1)]
    assert joined(pairs(sides(lines), LIMITS)) == [(0, 1)]
    assert joined(pairs(sides(lines), LIMITS, refused=[(0, 1)])) == []
    found = pairs(sides(lines), LIMITS, decided=[(0, 2)])
    assert (joined(found), found.sign.tolist()) == ([(0, 2)], [DECIDED])


def test_strangers_on_the_wrong_side_of_the_time_lower_the_confidence() -> None:
    lines: list[Line] = [(0, 5, 99, minute, "BTC", -1) for minute in (0, 20, 40, 60)]
    swap: list[Line] = [(3, 0, 100, 70, "USDT", -1), (0, 4, 99, 78, "BTC", -1)]
    alone, busy = pairs(sides(swap), LIMITS), pairs(sides([*lines, *swap]), LIMITS)
    assert (joined(alone), joined(busy)) == ([(0, 1)], [])
    assert busy.confidence[0] < alone.confidence[0] - 0.2


def test_of_a_crowd_nothing_is_joined_and_nothing_is_told() -> None:
    n = CROWD + 1
    paid: Line = (3, 0, 100, 0, "USDT", -1)
    out: Line = (0, 4, 99, 8, "BTC", -1)
    lines = [paid] * n + [out] * n
    assert not len(pairs(sides(lines), LIMITS).first)


# ---- the twin -----------------------------------------------------------------------------------------------------


def slow_pairs(lines: list[Line], limits: Limits) -> set[tuple[int, int, float, bool]]:
    """As `pairs`, without transactions and chains: every pair is looked at."""
    ins = [
        k for k, (s, t, _, _, a, _) in enumerate(lines) if a != "?" and OPERATOR[t] >= 0 and OPERATOR[t] != OPERATOR[s]
    ]
    outs = [
        k for k, (s, t, _, _, a, _) in enumerate(lines) if a != "?" and OPERATOR[s] >= 0 and OPERATOR[t] != OPERATOR[s]
    ]

    def near(a: int, b: int) -> float:
        (_, service, usd, _, asset, _), (other, _, out, _, into, _) = lines[a], lines[b]
        ratio = out / usd
        if a == b or asset == into or OPERATOR[service] != OPERATOR[other]:
            return 0.0
        if not 1 - limits.fee <= ratio <= 1 + limits.gain:
            return 0.0
        return float(4.0 ** -((1 - ratio) / limits.fee if ratio < 1 else (ratio - 1) / limits.gain))

    def late(a: int, b: int) -> int:
        return lines[b][3] - lines[a][3]

    def fit(a: int, b: int) -> float:
        return near(a, b) * 4.0 ** (-late(a, b) / limits.window) if 0 <= late(a, b) <= limits.window else 0.0

    def mirrored(a: int, b: int) -> float:
        return near(a, b) if -MIRROR * limits.window - 1 <= late(a, b) < 0 else 0.0

    chance: dict[tuple[str, int], float] = {}
    mean = 0.75 / np.log(4.0)
    for name, mine, others in (("in", ins, outs), ("out", outs, ins)):

        def pair(k: int, other: int, name: str = name) -> tuple[int, int]:
            return (k, other) if name == "in" else (other, k)

        windows = {}
        for k in mine:
            room = lines[k][3] - lines[0][3] if name == "in" else lines[-1][3] - lines[k][3]
            windows[k] = min(max(room / limits.window, 1.0), MIRROR)
        for operator in (0, 1):
            here = [k for k in mine if OPERATOR[lines[k][1] if name == "in" else lines[k][0]] == operator]
            more = sum(
                sum(fit(*pair(k, o)) > 0 for o in others) - sum(mirrored(*pair(k, o)) > 0 for o in others) / windows[k]
                for k in here
            )
            seen = min(max((more + 0.5 * FEW) / (len(here) + FEW), 0.05), 0.95)
            for k in here:
                strangers = sum(mirrored(*pair(k, o)) for o in others) / windows[k] * mean
                chance[name, k] = strangers * (1 / seen - 1)
    found: set[tuple[int, int, float, bool]] = set()
    left: list[tuple[float, int, int, int]] = []
    for own in (True, False):
        for _ in range(8):
            taken_in, taken_out = {a for a, *_ in found}, {b for _, b, *_ in found}

            def may(a: int, b: int, own: bool = own) -> float:
                return fit(a, b) if not own or lines[a][0] == lines[b][1] else 0.0

            free = [a for a in ins if a not in taken_in], [b for b in outs if b not in taken_out]
            left = []
            for a in free[0]:
                for b in free[1]:
                    if may(a, b) > 0:
                        rivals = sum(may(a, o) for o in free[1]) + sum(may(o, b) for o in free[0]) - 2 * may(a, b)
                        extra = 0.0 if own else chance["in", a] + chance["out", b]
                        left.append((may(a, b) / (DOUBT + rivals + extra + may(a, b)), late(a, b), a, b))
            left.sort(key=lambda one: (-round(one[0], 9), *one[1:]))
            before = len(found)
            for confidence, _, a, b in left:
                if confidence >= limits.least and all(a != c and b != d for c, d, *_ in found):
                    found.add((a, b, round(confidence, 6), True))
            if len(found) == before:
                break
    best: dict[int, tuple[int, float]] = {}
    for confidence, _, a, b in left:
        best.setdefault(a, (b, confidence))
    return found | {(a, b, round(confidence, 6), False) for a, (b, confidence) in best.items()}


LINES = st.lists(
    st.tuples(
        st.integers(0, 7), st.integers(0, 7), st.sampled_from((95.5, 97.0, 98.0, 99.0, 100.0, 101.0, 150.0)),
        st.integers(0, 200), st.sampled_from(("USDT", "BTC", "USDT", "BTC", "?")), st.just(-1),
    ).filter(lambda line: line[0] != line[1]),
    max_size=14,
).map(lambda lines: sorted(lines, key=lambda line: line[3]))  # fmt: skip


def told(found: Pairs) -> set[tuple[int, int, float, bool]]:
    return {
        (int(a), int(b), round(float(c), 6), bool(j))
        for a, b, c, j in zip(found.first, found.second, found.confidence, found.joined, strict=True)
    }


@given(LINES)
def test_the_kernel_finds_what_looking_at_every_pair_finds(lines: list[Line]) -> None:
    assert told(pairs(sides(lines), LIMITS)) == slow_pairs(lines, LIMITS)


@given(LINES, st.sampled_from((0.001, 7.0, 1e6)), st.sampled_from((0, 10**9)))
def test_the_unit_of_money_and_the_day_never_matter(lines: list[Line], scale: float, later: int) -> None:
    moved: list[Line] = [(s, t, usd * scale, minute + later, a, d) for s, t, usd, minute, a, d in lines]
    assert {row[:2] + row[3:] for row in told(pairs(sides(moved), LIMITS))} == {
        row[:2] + row[3:] for row in told(pairs(sides(lines), LIMITS))
    }


@given(LINES, st.floats(0.05, 1.0))
def test_no_transfer_is_twice_on_one_side(lines: list[Line], least: float) -> None:
    found = joined(pairs(sides(lines), Limits(60, 0.05, 0.02, least)))
    assert len({a for a, _ in found}) == len({b for _, b in found}) == len(found)


@given(LINES.map(lambda lines: [line for line in lines if line[0] > 1 or line[4] == "USDT"]))
def test_a_rival_never_makes_a_pair_surer(lines: list[Line]) -> None:
    # One more payment in that fits the pair's payment out as well, at the pair's own time. Nothing fits on the wrong
    # side of the time: where strangers do, one more payment also tells how often other sides are seen at all.
    swap: list[Line] = [(8, 0, 100.0, 300, "USDT", -1), (0, 9, 99.0, 308, "BTC", -1)]
    rival: list[Line] = [(10, 0, 100.0, 300, "USDT", -1)]
    alone, beside = (pairs(sides([*lines, *more]), LIMITS) for more in (swap, [*rival, *swap]))
    n = len(lines)
    before = next(c for a, b, c, _ in told(alone) if (a, b) == (n, n + 1))
    after = [c for a, b, c, _ in told(beside) if (a, b) == (n + 1, n + 2)]
    assert all(c < before for c in after)
