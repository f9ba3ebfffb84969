from __future__ import annotations

from datetime import datetime, timedelta

from upriver.money.returns import Payment, Received, typed

NOON = datetime(2026, 1, 5, 12)


def paid(*told: tuple[float, float]) -> dict[str, list[Payment]]:
    """Payments of ada out of account A: day and USD."""
    return {"A": [Payment(NOON + timedelta(days=day), usd, "ada") for day, usd in told]}


def came(*told: tuple[float, float]) -> list[Received]:
    return [Received(f"r{n}", "A", NOON + timedelta(days=day), usd) for n, (day, usd) in enumerate(told)]


def test_what_comes_back_before_the_victim_pays_again_is_an_inducement() -> None:
    assert typed(came((1, 5), (9, 20)), paid((0, 100), (3, 900))) == [
        ("r0", "inducement", "ada"), ("r1", "return", "ada")
    ]  # fmt: skip


def test_who_is_paid_more_than_it_ever_paid_earns_and_is_given_nothing_back() -> None:
    assert typed(came((1, 60), (2, 60), (3, 30)), paid((0, 100))) == [("r0", "return", "ada"), ("r2", "return", "ada")]


def test_the_order_of_rows_does_not_matter() -> None:
    told, payments = came((1, 5), (2, 6), (9, 7)), paid((0, 10), (3, 900))
    assert typed(told[::-1], payments) == typed(told, payments)
