"""What victims paid after an approach, and what hangs on each number, handle, domain, link and script.

After is not because: a payment stands beside a contact of the same victim that came before it. A victim is tied by an
identifier or by the report that names the number, never by likeness, and payments are those that the victim reports.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from upriver.model.columns import MOST_RECORDS
from upriver.model.contacts import STAGES
from upriver.model.ids import phone_sql
from upriver.money.evidence import Told, usd_of

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

_NOON = time(12)
_PAID = ("victim_payment", "ransom")


@dataclass(frozen=True, slots=True)
class _Payment:
    """A victim's payment; `day` where its hour is not told."""

    paid_at: datetime
    usd: float | None
    transfer_id: str | None
    record_ids: tuple[str, ...]
    day: bool


# Sources, and what hangs on them. Calls to numbers that may be anybody's count apart, victims' own texts for none.
_KEPT = f"""
kept AS (
    SELECT m.source_id AS source_id, m.kind AS means, m.n_texts AS n_texts, a.approach_id AS approach_id,
           a.source_id AS sender, a.label AS label, a.kind AS kind, a.stages AS stages, a.answered AS answered,
           a.first_at AS first_at, a.last_at AS last_at, a.victim_id AS victim_id,
           CASE WHEN a.basis = 'number' THEN 1 ELSE 0 END AS apart,
           coalesce(a.victim_id, i.node_id, {phone_sql("a.object_id")}) AS object_node
    FROM approach_means m JOIN approach a ON a.approach_id = m.approach_id
    LEFT JOIN identifier i ON i.observable_id = a.object_id WHERE NOT a.by_victim
)
"""
_PASSED = ", ".join(f"CASE WHEN max(CASE WHEN stages LIKE '%{s}%' THEN 1 END) = 1 THEN '{s}' END" for s in STAGES)
# Of kinds the most frequent first: the count is turned round, so that lists sort the same on both engines.
_SOURCES = f"""
WITH {_KEPT}, summed AS (
    SELECT source_id, min(means) AS kind, sum(1 - apart) AS n_approaches,
           sum(CASE WHEN apart = 0 THEN n_texts ELSE 0 END) AS n_texts,
           count(DISTINCT sender) AS n_senders, nullif(concat_ws('|', {_PASSED}), '') AS stages,
           max(CASE WHEN label = 'scam' THEN 1 ELSE 0 END) AS any_scam,
           max(CASE WHEN label = 'lure' THEN 1 ELSE 0 END) AS any_lure,
           count(DISTINCT CASE WHEN apart = 0 THEN object_node END) AS n_approached,
           sum(CASE WHEN apart = 0 AND answered THEN 1 ELSE 0 END) AS n_answered,
           sum(CASE WHEN apart = 0 AND NOT answered THEN 1 ELSE 0 END) AS n_unanswered,
           count(DISTINCT CASE WHEN apart = 1 THEN object_node END) AS n_others, min(first_at) AS first_at,
           max(last_at) AS last_at
    FROM kept GROUP BY source_id
), counted AS (
    SELECT source_id, kind, row_number() OVER (PARTITION BY source_id ORDER BY n DESC, kind) AS place
    FROM (SELECT source_id, kind, count(*) AS n FROM kept WHERE kind IS NOT NULL GROUP BY source_id, kind) AS k
), kinds AS (
    SELECT source_id,
           concat_ws('|', max(CASE WHEN place = 1 THEN kind END), max(CASE WHEN place = 2 THEN kind END),
                     max(CASE WHEN place = 3 THEN kind END)) AS kinds
    FROM counted WHERE place <= 3 GROUP BY source_id
), paid AS (
    SELECT source_id, count(DISTINCT victim_id) AS n_paid, cast(sum(cast(usd AS decimal(38, 6))) AS double) AS paid_usd
    FROM (SELECT k.source_id AS source_id, p.victim_id AS victim_id, max(p.paid_usd) AS usd
          FROM kept k JOIN approach_payment p ON p.approach_id = k.approach_id
          GROUP BY k.source_id, p.victim_id) AS v
    GROUP BY source_id
), each_record AS (
    SELECT m.source_id AS source_id, CASE WHEN a.basis = 'number' THEN 1 ELSE 0 END AS apart,
           unnest(m.record_ids) AS record_id
    FROM approach_means m JOIN approach a ON a.approach_id = m.approach_id WHERE NOT a.by_victim
), shown AS (
    SELECT source_id, list_sort(array_agg(record_id)) AS record_ids FROM (
        SELECT source_id, record_id, row_number() OVER (PARTITION BY source_id ORDER BY apart, record_id) AS place
        FROM (SELECT source_id, record_id, min(apart) AS apart FROM each_record GROUP BY source_id, record_id) AS d
    ) AS p WHERE place <= {MOST_RECORDS} GROUP BY source_id
)
SELECT s.source_id AS source_id, s.kind AS kind,
       concat_ws('|', CASE WHEN s.any_scam = 1 THEN 'scam' END, CASE WHEN s.any_lure = 1 THEN 'lure' END) AS label,
       cast(s.n_approaches AS bigint) AS n_approaches, cast(s.n_texts AS bigint) AS n_texts, s.n_senders AS n_senders,
       nullif(k.kinds, '') AS kinds, s.stages AS stages, s.n_approached AS n_approached,
       cast(s.n_answered AS bigint) AS n_answered, cast(s.n_unanswered AS bigint) AS n_unanswered,
       s.n_others AS n_others, coalesce(p.n_paid, 0) AS n_paid, p.paid_usd AS paid_usd, s.first_at AS first_at,
       s.last_at AS last_at, c.reason AS common,
       h.record_ids AS record_ids
FROM summed s LEFT JOIN kinds k ON k.source_id = s.source_id LEFT JOIN paid p ON p.source_id = s.source_id
LEFT JOIN (SELECT node_id, min(reason) AS reason FROM common_value WHERE kind IN ('number', 'script', 'domain')
           GROUP BY node_id) AS c ON c.node_id = s.source_id
JOIN shown h ON h.source_id = s.source_id
"""


def write_approaches(
    case: Desk, flow: pa.Table, told: Told, found: dict[str, str], rates: dict[str, list[tuple[datetime, float]]]
) -> None:
    """Write approach_payment and approach_source.

    found   payment_id -> transfer_id of the reported payments that were found
    """
    tied = case.sql(
        "SELECT approach_id, victim_id, first_at FROM approach WHERE victim_id IS NOT NULL AND NOT by_victim "
        "ORDER BY approach_id"
    ).to_pylist()
    paid = _payments(case, flow, told, found, rates) if tied else {}
    case.write("approach_payment", [row for one in tied if (row := _after(one, paid.get(one["victim_id"], ())))])
    case.write_sql("approach_source", _SOURCES)


def _payments(
    case: Desk, flow: pa.Table, told: Told, found: dict[str, str], rates: dict[str, list[tuple[datetime, float]]]
) -> dict[str, list[_Payment]]:
    """canonical_id of a victim -> payments that the victim reports or that a record tells to be hers, in time order."""
    import pyarrow as pa
    import pyarrow.compute as pc

    chosen = flow.filter(pc.is_in(flow["origin"], pa.array(_PAID)))
    by_transfer = {row["transfer_id"]: row for row in chosen.to_pylist()}
    listed: dict[str, list[_Payment]] = defaultdict(list)
    for payment in told.payments:
        if payment.ransom:
            continue
        transfer = found.get(payment.payment_id)
        row = by_transfer.pop(transfer, None) if transfer else None
        if row is not None:
            records = tuple(sorted({*payment.record_ids, row["record_id"]}))
            listed[payment.victim_id].append(
                _Payment(row["occurred_at"], row["amount_usd"], row["transfer_id"], records, False)
            )
        elif payment.paid_at is not None:
            day = payment.paid_at.time() == _NOON
            listed[payment.victim_id].append(
                _Payment(payment.paid_at, usd_of(payment, rates), None, payment.record_ids, day)
            )
    for row in by_transfer.values():
        if row["victim_id"] is not None and row["origin"] == "victim_payment":
            made = _Payment(row["occurred_at"], row["amount_usd"], row["transfer_id"], (row["record_id"],), False)
            listed[row["victim_id"]].append(made)
    canonical = _canonical(case, sorted(listed))
    paid: dict[str, list[_Payment]] = defaultdict(list)
    for victim, payments in sorted(listed.items()):
        paid[canonical.get(victim, victim)] += payments
    for payments in paid.values():
        payments.sort(key=lambda one: (one.paid_at, one.transfer_id or "", one.record_ids))
    return paid


def _canonical(case: Desk, victims: list[str]) -> dict[str, str]:
    import pyarrow as pa

    rows = case.sql(
        "SELECT DISTINCT e.entity_id AS entity_id, e.canonical_id AS canonical_id FROM entity e "
        "JOIN wanted w ON w.entity_id = e.entity_id ORDER BY 1",
        wanted=pa.table({"entity_id": pa.array(victims, pa.string())}),
    ).to_pydict()
    return dict(zip(rows["entity_id"], rows["canonical_id"], strict=True))


def _after(approach: dict[str, Any], payments: list[_Payment] | tuple[()]) -> dict[str, Any] | None:
    """The row of an approach whose victim paid after it; None where nothing was paid since."""
    first = approach["first_at"]
    since = [one for one in payments if first is None or _is_after(one, first)]
    if not since:
        return None
    start, worth = since[0], [one.usd for one in since if one.usd is not None]
    records = sorted({record for one in since for record in one.record_ids})
    days = None if first is None else max(0.0, (start.paid_at - first).total_seconds() / 86_400)
    return {
        "approach_id": approach["approach_id"], "victim_id": approach["victim_id"], "paid_at": start.paid_at,
        "first_usd": start.usd, "transfer_id": start.transfer_id, "days": None if days is None else round(days, 6),
        "n_payments": len(since), "paid_usd": sum(sorted(worth)) if worth else None, "n_records": len(records),
        "record_ids": records[:MOST_RECORDS],
    }  # fmt: skip


def _is_after(payment: _Payment, first: datetime) -> bool:
    """Whether a payment came after a contact; one of which only the day is told may have come later that day."""
    return payment.paid_at.date() >= first.date() if payment.day else payment.paid_at >= first
