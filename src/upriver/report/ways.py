"""The few ways on which victims' money reached an end, as the dossier shows them: from one victim, or from all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from upriver.graph.build import Flags, Floats, encode
from upriver.graph.order import time_order
from upriver.graph.ways import Flow, Traces
from upriver.report.claims import Facts
from upriver.report.labels import account_label

_WAYS = 2  # to one end
_ENDS = 12  # among which a victim's largest is looked for
_STEPS = 8  # shown of a way: the first and the last
# What the search may cost in all (looks at arcs); beyond it a way may not be the widest that there is, and says so.
_BUDGET = 20_000_000


def ways(facts: Facts, n_ends: int, n_victims: int) -> list[dict[str, Any]]:
    """Rows: the widest ways from all sources to each of the largest ends, then from each large loss to its largest end.

    returns  who, end, flow_usd (the most that can have come so), usd and share (of what the end received), whole, steps
    """
    table = facts.case.sql(
        "SELECT f.transfer_id, f.source_account, f.target_account, f.occurred_at, f.origin, f.victim_id, t.traced_usd, "
        "t.n_hops FROM flow f JOIN trace t ON t.transfer_id = f.transfer_id "
        "WHERE t.main AND t.traced_usd > 0 AND f.origin NOT IN ('return', 'inducement') ORDER BY f.transfer_id"
    )
    ends = facts.many(
        "SELECT account, received_usd, kept_usd FROM traced_account WHERE kept_usd > 0 AND "
        f"(cash_out OR stop_reason IS NOT NULL) ORDER BY kept_usd DESC, account LIMIT {max(n_ends, _ENDS)}"
    )
    if not table.num_rows or not ends:
        return []
    accounts, (source, target) = encode(table["source_account"], table["target_account"])
    time = table["occurred_at"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
    order = time_order(time, source, target)
    table = table.take(pa.array(order))
    usd = table["traced_usd"].cast(pa.float64()).to_numpy()
    begin: Floats = np.where(table["n_hops"].to_numpy() == 0, usd, 0.0)
    traces = Traces(source[order], target[order], usd)
    code = {name: at for at, name in enumerate(accounts.to_pylist())}
    received = {code[row["account"]]: row["received_usd"] for row in ends if row["account"] in code}
    drawn = _Drawn(facts, table, accounts, received)
    rows = []
    for end, flow in traces.flows(begin, list(received)[:n_ends], _WAYS, _BUDGET).items():
        rows += drawn.rows("all of them together", end, flow)
    victims = facts.many(
        "SELECT l.victim_id, coalesce(e.canonical_id, l.victim_id) AS node FROM loss l LEFT JOIN entity e ON "
        f"e.entity_id = l.victim_id ORDER BY l.found_usd DESC, l.reported_usd DESC, l.victim_id LIMIT {n_victims}"
    )
    labels = facts.labels(row["node"] for row in victims)
    for row in victims:
        own = np.where(_of(table, row["victim_id"]), begin, 0.0)
        found = traces.flows(own, list(received)[:_ENDS], _WAYS, _BUDGET // n_victims)
        end = max(found, key=lambda end: (found[end].usd, -end), default=-1)
        if end >= 0 and found[end].ways:
            rows += drawn.rows(labels.label(row["node"]), end, found[end])
    return rows


def _of(table: pa.Table, victim: str) -> Flags:
    """Which transfers are payments of a victim, or leave an account named as a source."""
    import pyarrow.compute as pc

    named = pc.fill_null(pc.equal(table["victim_id"], victim), False)
    stolen = pc.and_(pc.equal(table["origin"], "stolen"), pc.equal(table["source_account"], victim))
    flags: Flags = pc.or_(named, stolen).to_numpy()
    return flags


class _Drawn:
    """Ways in words that may be shown."""

    def __init__(self, facts: Facts, table: pa.Table, accounts: pa.Array, received: dict[int, float]) -> None:
        self._facts, self._table, self._accounts, self._received = facts, table, accounts, received

    def rows(self, who: str, end: int, flow: Flow) -> list[dict[str, Any]]:
        account = self._accounts[end].as_py()
        return [
            {
                "who": who, "end": account_label(self._facts.masks, account), "flow_usd": flow.usd, "whole": flow.whole,
                "usd": way.usd, "share": way.usd / self._received[end], "n_steps": len(way.transfers),
                "first": number == 0, "n_ways": len(flow.ways), **self._steps(list(way.transfers)),
            }
            for number, way in enumerate(flow.ways)
        ]  # fmt: skip

    def _steps(self, transfers: list[int]) -> dict[str, Any]:
        """The steps of a way, without its middle where it is long, and how many were left out."""
        left = max(0, len(transfers) - _STEPS)
        shown = transfers if not left else transfers[: _STEPS // 2] + transfers[-(_STEPS // 2) :]
        rows = self._table.take(pa.array(shown, type=pa.int64())).to_pylist()
        steps = [
            {
                "payer": account_label(self._facts.masks, row["source_account"]),
                "payee": account_label(self._facts.masks, row["target_account"]),
                "at": row["occurred_at"], "transfer_id": row["transfer_id"],
            }
            for row in rows
        ]  # fmt: skip
        return {"steps": steps, "left": left, "left_at": _STEPS // 2 if left else -1}
