"""What came back to victims: small gains that make them pay on, what is paid back, and what is neither.

Crews let a victim draw a little out at first, so that it trusts and pays more. That is no act of good will and lessens
no loss that the report tells; but it is money the victim has. An account that is paid more than it ever paid earns
something else there (wages, a mule's part): that is not a return, and is followed on like any other money.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

RETURNS = ("inducement", "return")


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment of a victim that was found among the transfers."""

    at: datetime
    usd: float
    victim_id: str


@dataclass(frozen=True, slots=True)
class Received:
    """A transfer from an account that victims paid to one that a victim paid from, after both."""

    transfer_id: str
    account: str
    at: datetime
    usd: float


def typed(received: Iterable[Received], paid: Mapping[str, Sequence[Payment]]) -> list[tuple[str, str, str]]:
    """transfer_id, origin and victim_id of the returns among `received`.

    inducement  the account paid again later
    return      it did not: paid back, or the last gain that was shown

    paid  by account that it left; the victim of the first payment of an account is the one who is paid back
    """
    by_account: dict[str, list[Received]] = defaultdict(list)
    for one in received:
        by_account[one.account].append(one)
    rows = []
    for account, came in sorted(by_account.items()):
        payments = sorted(paid[account], key=lambda payment: (payment.at, payment.victim_id))
        last, got = payments[-1].at, 0.0
        for one in sorted(came, key=lambda one: (one.at, one.transfer_id)):
            if got + one.usd > sum(payment.usd for payment in payments if payment.at < one.at):
                continue
            got += one.usd
            rows.append((one.transfer_id, "inducement" if last > one.at else "return", payments[0].victim_id))
    return rows
