"""Transfers between accounts in USD, and which of them are victims' money by evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from upriver.model.units import DOLLAR_TOKENS
from upriver.money.evidence import Reported, Told
from upriver.money.returns import Payment, Received, typed

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk
    from upriver.money.params import MoneyParams

# An amount beyond this is a broken row, not money; NaN compares as larger than every number.
_SANE = "t.source_account <> t.target_account AND t.amount_usd > 0 AND t.amount_usd < 1e15"

# Which transfers a reported payment may be: by its reference, or by accounts. Amount and time are weighed afterwards.
_CANDIDATES = f"""
SELECT p.payment_id, t.transfer_id, t.source_account, t.target_account, t.occurred_at, t.amount, t.asset, t.amount_usd,
       upper(trim(t.reference)) AS reference
FROM reported_payment AS p JOIN transfer AS t ON upper(trim(t.reference)) = p.reference WHERE {_SANE}
UNION
SELECT p.payment_id, t.transfer_id, t.source_account, t.target_account, t.occurred_at, t.amount, t.asset, t.amount_usd,
       upper(trim(t.reference)) AS reference
FROM reported_payment AS p JOIN transfer AS t ON t.target_account = p.payee_account
WHERE {_SANE} AND (p.from_at IS NULL OR (t.occurred_at >= p.from_at AND t.occurred_at <= p.to_at))
UNION
SELECT p.payment_id, t.transfer_id, t.source_account, t.target_account, t.occurred_at, t.amount, t.asset, t.amount_usd,
       upper(trim(t.reference)) AS reference
FROM reported_payment AS p JOIN transfer AS t ON t.source_account = p.payer_account
WHERE {_SANE} AND p.payee_account IS NULL
  AND (p.from_at IS NULL OR (t.occurred_at >= p.from_at AND t.occurred_at <= p.to_at))
ORDER BY 1, 2
"""

_FLOW = f"""
SELECT t.transfer_id, t.source_account, t.target_account, t.occurred_at, t.amount_usd,
       CASE WHEN m.origin IS NOT NULL THEN m.origin
            WHEN s.account IS NOT NULL THEN 'stolen'
            WHEN v.account IS NOT NULL AND x.account IS NULL THEN 'victim_payment'
            WHEN r.origin IS NOT NULL THEN r.origin
            ELSE 'other' END AS origin,
       CASE WHEN m.origin IS NOT NULL THEN m.victim_id
            WHEN s.account IS NOT NULL THEN NULL
            WHEN v.account IS NOT NULL AND x.account IS NULL THEN v.victim_id
            WHEN r.origin IS NOT NULL THEN r.victim_id
            ELSE NULL END AS victim_id,
       t.record_id
FROM transfer AS t
LEFT JOIN matched AS m ON t.transfer_id = m.transfer_id
LEFT JOIN stolen_from AS s ON t.source_account = s.account
LEFT JOIN told_victim AS v ON t.source_account = v.account
LEFT JOIN told_service AS x ON t.target_account = x.account
LEFT JOIN came_back AS r ON t.transfer_id = r.transfer_id
WHERE {_SANE}
"""

# A return is paid later, out of any account that victims paid: crews pay the small gains that they show out of all.
_CAME = f"""
SELECT t.transfer_id, t.target_account, t.occurred_at, t.amount_usd
FROM transfer AS t JOIN paid_by_victims AS q ON t.source_account = q.account AND t.occurred_at > q.first_at
JOIN paid_by AS r ON t.target_account = r.account AND t.occurred_at > r.first_at
WHERE {_SANE} ORDER BY t.transfer_id
"""


def flows(case: Desk, told: Told, params: MoneyParams) -> dict[str, str]:
    """Write `flow`: what moves between different accounts and has a value in USD, victims' payments marked.

    What comes back to an account that a victim paid from is typed by returns.py.

    returns  payment_id -> transfer_id of each reported payment that was found
    """
    import pyarrow as pa

    window = timedelta(hours=params.match_hours)
    text, time = pa.string(), pa.timestamp("us")
    reported = _table(
        [
            (
                p.payment_id,
                p.reference.strip().upper() if p.reference and p.reference.strip() else None,
                p.payer_account,
                p.payee_account,
                None if p.paid_at is None else p.paid_at - window,
                None if p.paid_at is None else p.paid_at + window,
            )
            for p in told.payments
        ],
        payment_id=text, reference=text, payer_account=text, payee_account=text, from_at=time, to_at=time,
    )  # fmt: skip
    payments = {p.payment_id: p for p in told.payments}
    candidates = case.sql(_CANDIDATES, reported_payment=reported).to_pylist() if told.payments else []
    found = match(told.payments, candidates, params)
    by_transfer = {row["transfer_id"]: row for row in candidates}
    matched: list[tuple[str, ...]] = []
    payees: dict[str, datetime] = {}
    paid: dict[str, list[Payment]] = {}
    for payment_id, transfer_id in found.items():
        payment, row = payments[payment_id], by_transfer[transfer_id]
        matched.append((transfer_id, "ransom" if payment.ransom else "victim_payment", payment.victim_id))
        at, payee = row["occurred_at"], row["target_account"]
        payees[payee] = min(payees.get(payee, at), at)
        paid.setdefault(row["source_account"], []).append(Payment(at, row["amount_usd"], payment.victim_id))
    came = case.sql(
        _CAME,
        paid_by_victims=_table(sorted(payees.items()), account=text, first_at=time),
        paid_by=_table(
            [(account, min(one.at for one in payments)) for account, payments in sorted(paid.items())],
            account=text, first_at=time,
        ),
    ).to_pylist() if paid else []  # fmt: skip
    known = {transfer_id for transfer_id, _, _ in matched}
    received = [
        Received(row["transfer_id"], row["target_account"], row["occurred_at"], row["amount_usd"])
        for row in came
        if row["transfer_id"] not in known
    ]
    case.write_sql(
        "flow",
        _FLOW,
        matched=_table(matched, transfer_id=text, origin=text, victim_id=text),
        stolen_from=_table([(account,) for account in sorted(told.sources)], account=text),
        told_victim=_table(sorted(told.victims.items()), account=text, victim_id=text),
        told_service=_table([(account,) for account in sorted(told.services)], account=text),
        came_back=_table(typed(received, paid), transfer_id=text, origin=text, victim_id=text),
    )  # fmt: skip
    return found


def match(payments: Iterable[Reported], candidates: Iterable[dict[str, object]], params: MoneyParams) -> dict[str, str]:
    """One transfer for one reported payment, the best pairs first: payment_id -> transfer_id.

    A pair must agree in reference, or in account, amount and time. The reference alone is not enough where account and
    amount both speak against it: references are mistyped and used twice.
    """
    by_id = {payment.payment_id: payment for payment in payments}
    pairs = []
    undated: dict[str, int] = {}
    for row in candidates:
        payment = by_id[str(row["payment_id"])]
        rank = _rank(payment, row, params)
        if rank is not None:
            pairs.append((*rank, payment.payment_id, str(row["transfer_id"])))
            if payment.paid_at is None and rank[0] > 0:
                undated[payment.payment_id] = undated.get(payment.payment_id, 0) + 1
    found: dict[str, str] = {}
    taken: set[str] = set()
    for _, _, _, payment_id, transfer_id in sorted(pairs):
        # Without a day, several equal payments cannot be told apart: none is better than a guess.
        if payment_id in found or transfer_id in taken or undated.get(payment_id, 0) > 1:
            continue
        found[payment_id] = transfer_id
        taken.add(transfer_id)
    return dict(sorted(found.items()))


def _rank(payment: Reported, row: dict[str, object], params: MoneyParams) -> tuple[int, int, float] | None:
    """How well a transfer fits: kind of agreement, payer's account, time apart; None where it does not."""
    payee = payment.payee_account is not None and payment.payee_account == row["target_account"]
    payer = payment.payer_account is not None and payment.payer_account == row["source_account"]
    amount = _amount_agrees(payment, row, params.match_tolerance)
    by_reference = payment.reference is not None and payment.reference.strip().upper() == row["reference"]
    apart = 0.0
    if payment.paid_at is not None and isinstance(row["occurred_at"], datetime):
        apart = abs((row["occurred_at"] - payment.paid_at).total_seconds())
    if by_reference:
        silent = payment.payee_account is None and payment.amount is None
        if payee or amount or silent:
            return 0, 0 if payer else 1, apart
        return None
    if not amount or apart > params.match_hours * 3600:
        return None
    if payee:
        # An own account that differs may be a typo or a friend's: it ranks last, it does not exclude.
        return 1, 0 if payer else (1 if payment.payer_account is None else 2), apart
    return (2, 0, apart) if payer and payment.payee_account is None else None


def _amount_agrees(payment: Reported, row: dict[str, object], tolerance: float) -> bool:
    if payment.amount is None:
        return False
    dollars = {"USD", *DOLLAR_TOKENS}
    if payment.asset is None or payment.asset == row["asset"]:
        there = row["amount"]
    elif payment.asset in dollars:
        there = row["amount_usd"]
    else:
        return False
    return isinstance(there, float) and abs(there - payment.amount) <= tolerance * payment.amount


def _table(rows: Sequence[tuple[object, ...]], **columns: pa.DataType) -> pa.Table:
    """An Arrow table of `rows`, typed even where there are none."""
    import pyarrow as pa

    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    return pa.table(
        {name: pa.array(list(column), type=kind) for (name, kind), column in zip(columns.items(), values, strict=True)}
    )
