"""What each victim reported, what of it was found, given back, and seen to reach a cash-out point."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from upriver.graph.build import Floats
from upriver.money.evidence import Reported, Told, usd_of
from upriver.money.returns import RETURNS
from upriver.money.tracing import Network

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_RECORDS = 50


@dataclass(slots=True)
class _Sum:
    reported: list[float] = field(default_factory=list)
    found: list[float] = field(default_factory=list)
    returned: list[float] = field(default_factory=list)
    inducement: list[float] = field(default_factory=list)
    ransom: list[float] = field(default_factory=list)
    cashed: list[float] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    records: set[str] = field(default_factory=set)
    n_payments: int = 0


def losses(
    flow: pa.Table,
    net: Network,
    reached: Floats,
    told: Told,
    found: dict[str, str],
    rates: dict[str, list[tuple[datetime, float]]],
) -> list[dict[str, object]]:
    """Rows of `loss`: one per victim, and one per account that money was stolen from.

    flow     the flow table, in the order of its key
    reached  per transfer of the network: share of its traced money that reached a cash-out point
    found    payment_id -> transfer_id of the reported payments that were found
    """
    import numpy as np
    import pyarrow.compute as pc

    place = np.empty(len(net.row), dtype=np.int64)
    place[net.row] = np.arange(len(net.row))
    marked = np.flatnonzero(pc.not_equal(flow["origin"], "other").to_numpy(zero_copy_only=False))
    rows = flow.take(marked).to_pylist()
    by_transfer = {row["transfer_id"]: row for row in rows}
    sums: dict[str, _Sum] = defaultdict(_Sum)
    paid_for = set(found.values())
    for payment in told.payments:
        _add_report(sums[payment.victim_id], payment, by_transfer.get(found.get(payment.payment_id, "")), rates)
    for k, row in zip(marked, rows, strict=True):
        victim = row["victim_id"] or row["source_account"]
        usd = row["amount_usd"]
        entry = sums[victim]
        entry.records.add(row["record_id"])
        if row["origin"] in RETURNS:
            entry.returned.append(usd)
            if row["origin"] == "inducement":
                entry.inducement.append(usd)
            continue
        entry.found.append(usd)
        if row["origin"] == "ransom":
            entry.ransom.append(usd)
        entry.cashed.append(usd * float(reached[place[k]]))
        entry.times.append(row["occurred_at"])
        if row["transfer_id"] not in paid_for:  # told by its account, not by a report: found is what is told
            entry.reported.append(usd)
            entry.n_payments += 1
    return [
        {
            "victim_id": victim,
            "reported_usd": sum(sorted(entry.reported)),
            "found_usd": sum(sorted(entry.found)),
            "ransom_usd": sum(sorted(entry.ransom)),
            "returned_usd": sum(sorted(entry.returned)),
            "inducement_usd": sum(sorted(entry.inducement)),
            "net_usd": sum(sorted(entry.found)) - sum(sorted(entry.returned)),
            "reached_cash_out_usd": sum(sorted(entry.cashed)),
            "n_payments": entry.n_payments,
            "first_at": min(entry.times, default=None),
            "last_at": max(entry.times, default=None),
            "record_ids": sorted(entry.records)[:_MOST_RECORDS],
        }
        for victim, entry in sorted(sums.items())
    ]


def _add_report(
    entry: _Sum, payment: Reported, row: dict[str, object] | None, rates: dict[str, list[tuple[datetime, float]]]
) -> None:
    entry.n_payments += 1
    entry.records.update(payment.record_ids)
    usd = usd_of(payment, rates)
    if usd is None and row is not None:
        # No rate for the currency told: the transfer that was found says what it was worth.
        usd = float(str(row["amount_usd"]))
    if usd is not None:
        entry.reported.append(usd)
    if payment.paid_at is not None and row is None:
        entry.times.append(payment.paid_at)
