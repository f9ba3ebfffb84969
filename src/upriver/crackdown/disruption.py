"""What if these go: the network and the money after removals, by control, by volume, and as the crackdown did.

A presumed victim is never proposed for removal. What the crackdown did is shown as it was, whoever was taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from upriver.clean.accounts import KINDS as _KINDS
from upriver.graph.build import Flags, Floats, Graph, Ints

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk
    from upriver.crackdown.params import CrackdownParams

# Kin is shown, never scored; a shared site or script ties workers to workers, not a network together.
_TIES = "('kin', 'same_site', 'travels_with', 'script')"
_PROTECTED = "('reported_victim', 'presumed_victim', 'refer')"
_AS_IT_WAS = "as the crackdown did"
_CAUTION = "hidden ties change this more than the order does: a floor for what stays standing, not a forecast"


@dataclass(frozen=True, slots=True)
class _Money:
    """Traced transfers in time order; node: the network's node of each account, -1 where it has none."""

    source: Ints
    target: Ints
    usd: Floats
    entry: Flags
    value: Floats
    node: Ints


def scenarios(case: Desk, params: CrackdownParams) -> None:
    """Write `scenario`: after each removal, the largest connected part and the money that still reaches cash-out.

    Nothing is written where there are no ties.
    """
    import numpy as np

    from upriver.graph.build import encode, undirected

    ties = case.sql(
        f"SELECT source_id, target_id, weight FROM edge WHERE kind NOT IN {_TIES} "
        "ORDER BY source_id, target_id, kind, weight"
    )
    if not ties.num_rows:
        return
    ids, (source, target) = encode(ties["source_id"], ties["target_id"])
    graph = undirected(len(ids), source, target, ties["weight"].to_numpy().astype(np.float64))
    names = ids.to_pylist()
    code = {name: k for k, name in enumerate(names)}
    money = _money(case, code)
    orders = {
        "by control": (_by_control(case), "persons by evidence of control, presumed victims left out"),
        "by volume": (_by_volume(case), "nodes by money paid and received, services and presumed victims left out"),
        _AS_IT_WAS: (_as_it_was(case), "persons on lists of people handed over, by the dates of the lists"),
    }
    rows: list[dict[str, object]] = []
    for name, (nodes, method) in orders.items():
        order = [code[node] for node in nodes if node in code]
        if order:
            rows += _steps(name, method, order, names, graph, money, params)
    case.write("scenario", rows)


def _steps(
    name: str,
    method: str,
    order: Sequence[int],
    names: Sequence[str],
    graph: Graph,
    money: _Money | None,
    params: CrackdownParams,
) -> list[dict[str, object]]:
    """Rows of one scenario; a longer order than `disruption_steps` goes in equal batches, its last member named."""
    import numpy as np

    from upriver.graph.dismantle import largest_after
    from upriver.graph.taint import still_arrives

    taken = np.array(order, dtype=np.int32)
    sizes = largest_after(graph, taken)
    # The crackdown's order is shown to its end; the others stop where the list of proposals should.
    whole = name == _AS_IT_WAS
    batch = -(-len(order) // params.disruption_steps) if whole else 1
    ends = [0, *range(batch, len(order), batch), len(order)] if whole else list(range(len(order) + 1))
    rows: list[dict[str, object]] = []
    before = None
    for step, end in enumerate(ends[: params.disruption_steps + 1]):
        share = 0.0
        if money is not None:
            gone_nodes = np.zeros(len(names) + 1, dtype=np.bool_)
            gone_nodes[taken[:end]] = True
            arrives = still_arrives(
                money.source, money.target, money.usd, money.entry, money.value, gone_nodes[money.node]
            )
            before = arrives if before is None else before
            share = arrives / before if before > 0.0 else 0.0
        said = f"{method}; {end} of {len(order)} gone; {_CAUTION}"
        rows.append(
            {
                "scenario_id": name,
                "step": step,
                "removed_id": names[order[end - 1]] if end else None,
                "largest_share": float(sizes[end]) / graph.n,
                "money_share": share,
                "method": said if money is not None and before else f"{said}; no traced money reaches a cash-out point",
            }
        )
    return rows


def _money(case: Desk, code: Mapping[str, int]) -> _Money | None:
    """The traced transfers and which node of the network each account belongs to; None where nothing is traced."""
    import numpy as np
    import pyarrow as pa

    from upriver.graph.build import encode
    from upriver.graph.order import time_order

    rows = case.sql(
        "SELECT f.source_account, f.target_account, f.occurred_at, t.traced_usd, t.n_hops FROM trace AS t "
        "JOIN flow AS f ON t.transfer_id = f.transfer_id WHERE t.main AND f.origin NOT IN ('return', 'inducement') "
        "ORDER BY f.transfer_id"
    )
    if not rows.num_rows:
        return None
    ids, (source, target) = encode(rows["source_account"], rows["target_account"])
    order = time_order(rows["occurred_at"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy(), source, target)
    accounts = ids.to_pylist()
    known = case.read("traced_account", "account", "holder_id", "cash_out").to_pylist()
    points = {row["account"] for row in known if row["cash_out"]}
    holders = {row["account"]: row["holder_id"] for row in known}
    return _Money(
        source=source[order],
        target=target[order],
        usd=rows["traced_usd"].to_numpy()[order].astype(np.float64),
        entry=(rows["n_hops"].to_numpy() == 0)[order],
        value=np.array([float(account in points) for account in accounts]),
        node=np.array([_node(account, holders.get(account), code) for account in accounts], dtype=np.int32),
    )


def _node(account: str, holder: str | None, code: Mapping[str, int]) -> int:
    """The network's node of an account: its holder, else the account itself under one of its kinds; -1 for none."""
    names = ([holder] if holder else []) + [f"{kind}:{account}" for kind in _KINDS]
    return next((code[name] for name in names if name in code), -1)


def _by_control(case: Desk) -> list[str]:
    rows = case.sql(
        "SELECT r.person_id FROM role AS r WHERE r.person_id NOT IN "
        f"(SELECT person_id FROM protected_person WHERE status IN {_PROTECTED} OR child) "
        f"AND r.protection NOT IN {_PROTECTED} ORDER BY r.rank, r.person_id"
    )
    return _texts(rows, "person_id")


def _by_volume(case: Desk) -> list[str]:
    rows = case.sql(
        "SELECT node FROM (SELECT node, sum(cast(usd AS decimal(38, 6))) AS usd FROM ("
        "SELECT source_id AS node, amount_usd AS usd FROM edge WHERE kind = 'pays' AND amount_usd IS NOT NULL "
        "UNION ALL SELECT target_id AS node, amount_usd AS usd FROM edge WHERE kind = 'pays' AND amount_usd IS NOT NULL"
        f") AS both_ends GROUP BY node) AS volume WHERE node NOT IN (SELECT person_id FROM protected_person "
        f"WHERE status IN {_PROTECTED} OR child) ORDER BY usd DESC, node"
    )
    services = _service_nodes(case)
    return [node for node in _texts(rows, "node") if node not in services]


def _service_nodes(case: Desk) -> set[str]:
    """Services are used, not taken out; their accounts end traces."""
    rows = case.sql(
        "SELECT account, holder_id FROM traced_account WHERE stop_reason IN ('service', 'cash_out', 'mixer') "
        "ORDER BY account"
    )
    nodes = {node for node in _texts(rows, "holder_id") if node}
    return nodes | {f"{kind}:{account}" for account in _texts(rows, "account") for kind in _KINDS}


def _as_it_was(case: Desk) -> list[str]:
    """Canonical ids of the people on handover lists, by the date of their list, undated last."""
    rows = case.sql(
        "SELECT canonical_id FROM (SELECT e.canonical_id, min(coalesce(d.value, '9999')) AS on_day FROM statement AS s "
        "JOIN entity AS e ON s.entity_id = e.entity_id "
        "LEFT JOIN statement AS i ON i.prop = 'involved' AND i.value = s.entity_id "
        "LEFT JOIN statement AS d ON d.entity_id = i.entity_id AND d.prop = 'date' "
        "WHERE s.prop = 'status' AND s.value = 'handed over' GROUP BY e.canonical_id) AS listed "
        "ORDER BY on_day, canonical_id"
    )
    return _texts(rows, "canonical_id")


def _texts(rows: pa.Table, column: str) -> list[str]:
    texts: list[str] = rows[column].to_pylist()
    return texts
