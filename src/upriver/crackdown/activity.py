"""When the known network was seen at work: its calls, messages and payments by person and day."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from upriver.clean.accounts import KINDS

if TYPE_CHECKING:
    from upriver.case.stage import Desk
    from upriver.crackdown.known import Known

# What a person did on a day, by whatever medium: only what they began themselves, never what was sent to them.
_ACTS = """
SELECT node_id, cast(on_day AS text) AS on_day, count(*) AS n, min(record_id) AS record_id FROM (
    SELECT k.node_id AS node_id, cast(c.started_at AS date) AS on_day, c.record_id AS record_id
    FROM call c JOIN contact k ON k.observable_id = c.caller
    UNION ALL
    SELECT k.node_id AS node_id, cast(m.sent_at AS date) AS on_day, m.record_id AS record_id
    FROM message m JOIN contact k ON k.observable_id = m.sender
    UNION ALL
    SELECT a.node_id AS node_id, cast(f.occurred_at AS date) AS on_day, f.record_id AS record_id
    FROM flow f JOIN paying a ON a.account = f.source_account
) AS acts WHERE on_day IS NOT NULL GROUP BY node_id, on_day ORDER BY node_id, on_day
"""


@dataclass(frozen=True, slots=True)
class Series:
    """Acts by day, ascending: ordinal of the day, how many, one record of the day."""

    days: tuple[int, ...]
    sums: tuple[int, ...]
    records: tuple[str, ...]

    def between(self, first: int, last: int) -> int:
        """Acts from the day `first` to before the day `last`."""
        low, high = bisect_left(self.days, first), bisect_left(self.days, last)
        return self.sums[high] - self.sums[low]

    def records_from(self, first: int, most: int) -> tuple[str, ...]:
        """One record of each of the first days from `first` on."""
        at = bisect_left(self.days, first)
        return self.records[at : at + most]

    def first_from(self, day: int) -> int | None:
        """The first day from `day` on with any act."""
        at = bisect_left(self.days, day)
        return self.days[at] if at < len(self.days) else None


@dataclass(frozen=True, slots=True)
class Activity:
    """by_node: node -> (day, acts, record), ascending; last: the last day on which anything was seen, as ordinal."""

    by_node: Mapping[str, Sequence[tuple[int, int, str]]] = field(default_factory=dict)
    last: int | None = None

    def of(self, nodes: Iterable[str], until: int | None = None) -> Series:
        """The acts of some nodes together, up to the day `until`."""
        found: dict[int, tuple[int, str]] = {}
        for node in sorted(nodes):
            for day, n, record in self.by_node.get(node, ()):
                acts, first = found.get(day, (0, record))
                found[day] = acts + n, min(first, record)
        days = sorted(found)
        days = days[: bisect_right(days, until)] if until is not None else days
        sums = [0]
        for day in days:
            sums.append(sums[-1] + found[day][0])
        return Series(tuple(days), tuple(sums), tuple(found[day][1] for day in days))


def activity(case: Desk, known: Known) -> Activity:
    """What the people of the known network, and the accounts of the traced money, were seen to do."""
    import pyarrow as pa

    if not known.people and not known.accounts:
        return Activity()
    contacts: dict[str, str] = {}
    paying: dict[str, str] = {name: one.node for name, one in known.accounts.items()}
    for row in case.read("identifier", "observable_id", "node_id").to_pylist():
        if row["node_id"] in known.people:
            kind, _, value = row["observable_id"].partition(":")
            if kind in KINDS:
                paying.setdefault(value, row["node_id"])
            else:
                contacts[row["observable_id"]] = row["node_id"]
    # An identifier nobody is known to own stands for itself.
    contacts.update({node: node for node in known.people if ":" in node})
    rows = case.sql(
        _ACTS,
        contact=pa.table({"observable_id": pa.array(sorted(contacts), pa.string()),
                          "node_id": pa.array([contacts[name] for name in sorted(contacts)], pa.string())}),
        paying=pa.table({"account": pa.array(sorted(paying), pa.string()),
                         "node_id": pa.array([paying[name] for name in sorted(paying)], pa.string())}),
    ).to_pylist()  # fmt: skip
    by_node: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for row in rows:
        by_node[row["node_id"]].append((date.fromisoformat(row["on_day"][:10]).toordinal(), row["n"], row["record_id"]))
    last = max((days[-1][0] for days in by_node.values()), default=None)
    return Activity(dict(by_node), last)
