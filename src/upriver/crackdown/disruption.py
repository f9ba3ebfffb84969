"""What if these go: the known network, its money and its roles after removals, beside what the crackdown did.

Orders: by control, by volume, to break the largest part, to stop the money, to leave roles unstaffed. All are for as
many people as the crackdown took. A reported or presumed victim, or a child, is never proposed for removal. What the
crackdown did is shown as it was, whoever was taken. Every figure has an interval over hidden ties and nodes.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from upriver.clean.accounts import KINDS as _KINDS
from upriver.crackdown.hidden import Draw, draws, interval
from upriver.crackdown.known import PROTECTED
from upriver.crackdown.staffing import Staffing, staffing
from upriver.graph.build import Flags, Floats, Graph, Ints

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk
    from upriver.crackdown.known import Known
    from upriver.crackdown.params import CrackdownParams

# Kin is shown, never scored; a shared site or script ties workers to workers, not a network together.
_TIES = "('kin', 'same_site', 'travels_with', 'script')"
_PROTECTED = "('" + "', '".join(sorted(PROTECTED)) + "')"
AS_IT_WAS = "as the crackdown did"
APART, MONEY, ROLES = "to break it apart", "to stop the money", "to leave roles unstaffed"
_CAUTION = (
    "shares of what there was with nobody gone; hidden ties and nodes change this more than the order does, the range "
    "says how far"
)
# Why an order may end before as many are gone as the crackdown took.
_ENDS = {
    APART: "nobody else may be chosen",
    MONEY: "no further one would stop any",
    ROLES: "nobody else who may be chosen fills a role",
}
_ENDS_ELSE = "nobody else is in this order"
_SEARCH = 150_000_000  # looks at a tie: a second or two; hidden ties change more than a longer search would
_MOST_PAYERS = 400  # people whose accounts are tried one by one


@dataclass(frozen=True, slots=True)
class _Money:
    """Traced transfers in time order; node: the network's node of each account, -1 where it has none."""

    source: Ints
    target: Ints
    usd: Floats
    entry: Flags
    value: Floats
    node: Ints


@dataclass(frozen=True, slots=True)
class Curve:
    """What is left after each number of removals, as shares of what there was with nobody gone, with intervals.

    short  why it ends before as many are gone as the crackdown took; empty where it does not
    ends   numbers of people gone, from 0
    """

    name: str
    method: str
    order: tuple[str, ...]
    short: str
    ends: tuple[int, ...]
    largest: tuple[Floats, Floats, Floats]
    money: tuple[Floats, Floats, Floats]
    roles: tuple[Floats, Floats, Floats]


@dataclass(frozen=True, slots=True)
class Scenarios:
    """With nobody gone, and after each order of removal.

    curves  by name
    n       nodes of the known network; largest: those of its largest part
    usd     traced USD that reaches a cash-out point
    budget  people that an order takes at most: as many as the crackdown took
    """

    curves: Mapping[str, Curve]
    n: int
    largest: int
    usd: float
    staff: Staffing
    budget: int


def scenarios(case: Desk, known: Known, params: CrackdownParams) -> Scenarios | None:
    """Write `scenario`: after each removal, the largest connected part, the money that arrives, the staffed roles.

    Nothing is written where the known network has no ties.
    """
    import numpy as np

    from upriver.graph.build import encode, undirected

    nodes = sorted(known.nodes)
    if not nodes:
        return None
    ties = case.sql(
        "SELECT e.source_id AS source_id, e.target_id AS target_id, e.weight AS weight FROM edge e "
        "JOIN ours a ON a.node = e.source_id JOIN ours b ON b.node = e.target_id "
        f"WHERE e.kind NOT IN {_TIES} ORDER BY source_id, target_id, e.kind, weight",
        ours=_lent(nodes),
    )
    if not ties.num_rows:
        return None
    # Who is known and has no tie in the evidence is a node too: nobody knows that there is none.
    ids, (source, target, _) = encode(ties["source_id"], ties["target_id"], _lent(nodes)["node"])
    names = ids.to_pylist()
    graph = undirected(len(names), source, target, ties["weight"].to_numpy().astype(np.float64))
    code = {name: k for k, name in enumerate(names)}
    whole = _Whole(names, code, graph, _money(case, code), staffing(known))
    taken = [person for person in _as_it_was(case) if person in code]
    n_tied = sum(graph.offsets[code[person] + 1] > graph.offsets[code[person]] for person in taken)
    n_taken = len(taken) or params.disruption_steps
    orders = _orders(case, known, whole, n_taken)
    orders[AS_IT_WAS] = (
        taken,
        "persons on lists of people handed over, by the dates of the lists; "
        f"{n_tied:,} of {len(taken):,} have a tie here",
    )
    drawn = draws(graph, whole.n_accounts, whole.staff.n, params)
    curves = {}
    for name, (chosen, method) in orders.items():
        order = [node for node in chosen if node in code][:n_taken]
        if order:
            short = _ENDS.get(name, _ENDS_ELSE) if len(order) < n_taken else ""
            curves[name] = _curve(name, method, order, short, whole, drawn, params)
    for curve in curves.values():
        case.write("scenario", _rows(curve, whole))
    usd = whole.arrives(np.zeros(graph.n + 1, dtype=np.bool_))
    return Scenarios(curves, graph.n, _largest(graph), usd, whole.staff, n_taken)


def _largest(graph: Graph) -> int:
    """Nodes of the largest part with nobody gone."""
    import numpy as np

    from upriver.graph.dismantle import largest_after

    return int(largest_after(graph, np.zeros(0, dtype=np.int32))[0])


def _lent(nodes: Sequence[str]) -> pa.Table:
    import pyarrow as pa

    return pa.table({"node": pa.array(nodes, pa.string())})


@dataclass(frozen=True, slots=True)
class _Whole:
    """The known network with its money and its roles."""

    names: list[str]
    code: Mapping[str, int]
    graph: Graph
    money: _Money | None
    staff: Staffing

    @property
    def n_accounts(self) -> int:
        return 0 if self.money is None else len(self.money.node)

    def arrives(self, gone: Flags, spared: Flags | None = None) -> float:
        """Traced USD that still reaches a cash-out point; `gone` by node, with one more for accounts of no node."""
        from upriver.graph.taint import still_arrives

        if self.money is None:
            return 0.0
        shut = gone[self.money.node]
        if spared is not None:
            shut = shut & ~spared
        return float(
            still_arrives(
                self.money.source, self.money.target, self.money.usd, self.money.entry, self.money.value, shut
            )
        )

    def gone(self, people: Sequence[str]) -> Flags:
        """By node, whether it is gone."""
        import numpy as np

        flags = np.zeros(len(self.names) + 1, dtype=np.bool_)
        flags[[self.code[node] for node in people]] = True
        return flags


def _orders(case: Desk, known: Known, whole: _Whole, budget: int) -> dict[str, tuple[list[str], str]]:
    """Each order of removal with its method in words; presumed victims and children in none."""
    import numpy as np

    from upriver.graph.dismantle import dismantle

    targets = {person for person in known.people if not known.people[person].protected and person in whole.code}
    targets -= _protected(case)
    allowed = np.array([name in targets for name in whole.names], dtype=np.bool_)
    rank = {person: told.rank for person, told in known.people.items() if told.rank is not None}
    orders = {
        "by control": (
            [person for person in _by_control(case) if person in targets],
            "persons by evidence of control, presumed victims left out",
        ),
        "by volume": (
            [node for node in _by_volume(case) if node in whole.code],
            "nodes by money paid and received, services and presumed victims left out",
        ),
    }
    if allowed.any():
        few = min(budget, int(allowed.sum()))
        order = dismantle(whole.graph, budget=few, allowed=allowed, effort=_SEARCH)
        orders[APART] = (
            [whole.names[node] for node in order],
            "persons whose removal leaves the smallest parts, searched for over the ties, presumed victims left out",
        )
        orders[MONEY] = (
            _against_money(whole, targets, few),
            "persons without whose accounts least of the traced money arrives, one after another, presumed victims "
            "left out",
        )
        orders[ROLES] = (
            whole.staff.order(targets, few, rank),
            "persons who are the last to show a mark of control at a site, presumed victims left out",
        )
    return orders


def _against_money(whole: _Whole, targets: set[str], budget: int) -> list[str]:
    """One after another, whoever's accounts would let least of the money arrive; it ends where none would stop any.

    A gain is looked at anew only when it comes to the front: gone accounts seldom make the loss of another larger.
    """
    import numpy as np

    if whole.money is None:
        return []
    received = np.bincount(
        np.maximum(whole.money.node[whole.money.target], 0),
        weights=whole.money.usd * (whole.money.node[whole.money.target] >= 0),
        minlength=len(whole.names),
    )
    likely = sorted((node for node in targets if received[whole.code[node]] > 0),
                    key=lambda node: (-received[whole.code[node]], node))[:_MOST_PAYERS]  # fmt: skip
    gone = whole.gone([])
    now = whole.arrives(gone)
    chosen: list[str] = []

    def gain(node: str) -> float:
        gone[whole.code[node]] = True
        left = whole.arrives(gone)
        gone[whole.code[node]] = False
        return round(now - left, 6)

    queue = [(-gain(node), node, 0) for node in likely]
    heapq.heapify(queue)
    while queue and len(chosen) < budget:
        worth, node, turn = heapq.heappop(queue)
        if turn != len(chosen):
            heapq.heappush(queue, (-gain(node), node, len(chosen)))
            continue
        if worth >= 0.0:
            break
        chosen.append(node)
        gone[whole.code[node]] = True
        now = whole.arrives(gone)
    return chosen


def _curve(
    name: str, method: str, order: Sequence[str], short: str, whole: _Whole, drawn: list[Draw],
    params: CrackdownParams,
) -> Curve:  # fmt: skip
    """What is left after each number of removals, as it is seen and over the draws."""
    import numpy as np

    from upriver.graph.dismantle import largest_after

    ends = _ends(len(order), params.disruption_steps)
    taken = np.array([whole.code[node] for node in order], dtype=np.int32)
    flags = [whole.gone(order[:end]) for end in ends]
    before = whole.arrives(flags[0])

    def largest(graph: Graph) -> Floats:
        # Hidden nodes make the network larger before and after: what counts is what is left of the same network.
        left = largest_after(graph, taken)
        found: Floats = left[list(ends)] / max(1, int(left[0]))
        return found

    def money(spared: Flags | None) -> Floats:
        left = [whole.arrives(gone, spared) for gone in flags]
        return np.array([usd / before if before > 0.0 else 0.0 for usd in left])

    filled = np.array([whole.staff.filled(order[:end]) for end in ends], dtype=np.bool_).reshape(len(ends), -1)

    def roles(more: Flags) -> Floats:
        staffed: Floats = (filled | more).mean(axis=1) if whole.staff.n else np.zeros(len(ends))
        return staffed

    seen = largest(whole.graph), money(None), roles(np.zeros(whole.staff.n, dtype=np.bool_))
    return Curve(
        name, method, tuple(order), short, ends,
        (seen[0], *interval(seen[0], lambda draw: largest(draw.graph), drawn)),
        (seen[1], *(interval(seen[1], lambda draw: money(draw.spared), drawn) if before > 0.0 else (seen[1], seen[1]))),
        (seen[2], *interval(seen[2], lambda draw: roles(draw.filled), drawn)),
    )  # fmt: skip


def _ends(n: int, steps: int) -> tuple[int, ...]:
    """Numbers of people gone that are shown: one by one at first, where there are many then evenly to the last."""
    if n <= steps:
        return tuple(range(n + 1))
    single = steps // 2
    rest = steps - single
    return (*range(single + 1), *(single + -(-(n - single) * step // rest) for step in range(1, rest + 1)))


def _rows(curve: Curve, whole: _Whole) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    flows = curve.money[0][0] > 0.0
    for step, end in enumerate(curve.ends):
        short = f"; the order ends there: {curve.short}" if curve.short else ""
        said = f"{curve.method}; {end} of {len(curve.order)} gone{short}; {_CAUTION}"
        row: dict[str, object] = {
            "scenario_id": curve.name,
            "step": step,
            "n_gone": end,
            "removed_id": curve.order[end - 1] if end else None,
            "method": said if flows else f"{said}; no traced money reaches a cash-out point",
        }
        for what in ("largest", "money", "roles"):
            seen, low, high = getattr(curve, what)
            row |= {f"{what}_share": float(seen[step]), f"{what}_low": float(low[step]),
                    f"{what}_high": float(high[step])}  # fmt: skip
        rows.append(row)
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


def _protected(case: Desk) -> set[str]:
    """Reported and presumed victims, those to be interviewed first, and children: never a target."""
    rows = case.sql(
        f"SELECT person_id FROM protected_person WHERE status IN {_PROTECTED} OR child UNION "
        f"SELECT person_id FROM role WHERE protection IN {_PROTECTED} ORDER BY person_id"
    )
    return set(_texts(rows, "person_id"))


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
    left_out = _service_nodes(case) | _protected(case)
    return [node for node in _texts(rows, "node") if node not in left_out]


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
