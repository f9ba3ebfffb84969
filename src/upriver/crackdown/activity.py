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

_LATE = 7

# What a person did on a day, by whatever medium: only what they began themselves, never what was sent to them.
_FILE = "substr({0}.record_id, 1, strpos({0}.record_id, '#') - 1)"
_ACTS = f"""
SELECT node_id, cast(on_day AS text) AS on_day, file_id, count(*) AS n, min(record_id) AS record_id FROM (
    SELECT k.node_id AS node_id, cast(c.started_at AS date) AS on_day, {_FILE.format("c")} AS file_id,
           c.record_id AS record_id
    FROM call c JOIN contact k ON k.observable_id = c.caller
    UNION ALL
    SELECT k.node_id AS node_id, cast(m.sent_at AS date) AS on_day, {_FILE.format("m")} AS file_id,
           m.record_id AS record_id
    FROM message m JOIN contact k ON k.observable_id = m.sender
    UNION ALL
    SELECT a.node_id AS node_id, cast(f.occurred_at AS date) AS on_day, {_FILE.format("f")} AS file_id,
           f.record_id AS record_id
    FROM flow f JOIN paying a ON a.account = f.source_account
) AS acts WHERE on_day IS NOT NULL GROUP BY node_id, on_day, file_id ORDER BY node_id, on_day, file_id
"""

_STAYS = """
SELECT source_id AS person_id, target_id AS place_id, cast(cast(first_at AS date) AS text) AS since FROM edge
WHERE kind = 'works_at' AND first_at IS NOT NULL ORDER BY person_id, place_id, since
"""

# From when to when the records of each file run, and whether anybody else's acts stand in it.
_SPANS = f"""
SELECT file_id, cast(min(on_day) AS text) AS first_on, cast(max(on_day) AS text) AS last_on, max(other) AS others FROM (
    SELECT {_FILE.format("c")} AS file_id, cast(c.started_at AS date) AS on_day,
           CASE WHEN k.node_id IS NULL THEN 1 ELSE 0 END AS other
    FROM call c LEFT JOIN contact k ON k.observable_id = c.caller
    UNION ALL
    SELECT {_FILE.format("m")} AS file_id, cast(m.sent_at AS date) AS on_day,
           CASE WHEN k.node_id IS NULL THEN 1 ELSE 0 END AS other
    FROM message m LEFT JOIN contact k ON k.observable_id = m.sender
    UNION ALL
    SELECT {_FILE.format("f")} AS file_id, cast(f.occurred_at AS date) AS on_day,
           CASE WHEN a.node_id IS NULL THEN 1 ELSE 0 END AS other
    FROM flow f LEFT JOIN paying a ON a.account = f.source_account
) AS told WHERE on_day IS NOT NULL GROUP BY file_id ORDER BY file_id
"""


@dataclass(frozen=True, slots=True)
class Series:
    """Acts by day, ascending: ordinal of the day, how many, one record of the day.

    files  the same by the file that holds them, with the days from and to which its records run (None: nobody can tell)
    """

    days: tuple[int, ...]
    sums: tuple[int, ...]
    records: tuple[str, ...]
    files: tuple[tuple[tuple[int, int] | None, Series], ...] = ()

    @staticmethod
    def of(acts: Mapping[int, tuple[int, str]]) -> Series:
        """The series of: day -> acts, record."""
        days = sorted(acts)
        sums = [0]
        for day in days:
            sums.append(sums[-1] + acts[day][0])
        return Series(tuple(days), tuple(sums), tuple(acts[day][1] for day in days))

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

    def running(self, first: int, last: int) -> tuple[int, ...]:
        """Places in `files` of those whose records run from the day `first` to the day `last`: they can be compared.

        A file begins with its first record, so one that begins within `_LATE` days is taken to run from `first`.
        """
        return tuple(
            at
            for at, (span, _) in enumerate(self.files)
            if span is None or (span[0] <= first + _LATE and span[1] >= last)
        )

    def only(self, files: Sequence[int]) -> Series:
        """The acts of some of the files."""
        if len(files) == len(self.files):
            return self
        acts: dict[int, tuple[int, str]] = {}
        for one in (self.files[at][1] for at in files):
            for at, day in enumerate(one.days):
                n, record = acts.get(day, (0, one.records[at]))
                acts[day] = n + one.sums[at + 1] - one.sums[at], min(record, one.records[at])
        return Series.of(acts)


@dataclass(frozen=True, slots=True)
class Activity:
    """When each node of the known network was seen to act.

    by_node  node -> (day, acts, record, file), ascending
    last     the last day on which anything was seen, as ordinal
    spans    file -> first and last day of its records, and whether acts of others than the known network stand in it
    stays    person -> (day, key of the place), ascending: of those whom dated papers put at several places in turn
    known_in  file -> nodes of the known network that act in it
    """

    by_node: Mapping[str, Sequence[tuple[int, int, str, str]]] = field(default_factory=dict)
    last: int | None = None
    spans: Mapping[str, tuple[int, int, bool]] = field(default_factory=dict)
    stays: Mapping[str, Sequence[tuple[int, str]]] = field(default_factory=dict)
    known_in: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, nodes: Iterable[str], places: Iterable[str] | None = None) -> Series:
        """The acts of some nodes together; with `places`, only while papers put them there (see stays).

        places  keys of sites and companies
        """
        there = None if places is None else frozenset(places)
        found: dict[int, tuple[int, str]] = {}
        by_file: dict[str, dict[int, tuple[int, str]]] = defaultdict(dict)
        chosen = frozenset(nodes)
        for node in sorted(chosen):
            spent = self.stays.get(node, ()) if there is not None else ()
            for day, n, record, file in self.by_node.get(node, ()):
                if spent and there is not None and not _at(spent, day, there):
                    continue
                for acts in (found, by_file[file]):
                    before, first = acts.get(day, (0, record))
                    acts[day] = before + n, min(first, record)
        whole = Series.of(found)
        files = tuple((self._span(file, chosen), Series.of(acts)) for file, acts in sorted(by_file.items()))
        return Series(whole.days, whole.sums, whole.records, files)

    def _span(self, file: str, nodes: frozenset[str]) -> tuple[int, int] | None:
        """From when to when a file's records run; None where only these nodes act in it: it may end with them."""
        span = self.spans.get(file)
        if span is None or not (span[2] or self.known_in.get(file, frozenset()) - nodes):
            return None
        return span[0], span[1]


def _at(spent: Sequence[tuple[int, str]], day: int, places: frozenset[str]) -> bool:
    """Whether somebody was at one of `places` on a day; before the first dated paper they are where that puts them."""
    if not places & {key for _, key in spent}:
        return True
    at = max(0, bisect_right([first for first, _ in spent], day) - 1)
    return any(key in places for first, key in spent if first == spent[at][0])


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
    lent = {
        "contact": pa.table({"observable_id": pa.array(sorted(contacts), pa.string()),
                             "node_id": pa.array([contacts[name] for name in sorted(contacts)], pa.string())}),
        "paying": pa.table({"account": pa.array(sorted(paying), pa.string()),
                            "node_id": pa.array([paying[name] for name in sorted(paying)], pa.string())}),
    }  # fmt: skip
    by_node: dict[str, list[tuple[int, int, str, str]]] = defaultdict(list)
    known_in: dict[str, set[str]] = defaultdict(set)
    for row in case.sql(_ACTS, **lent).to_pylist():
        by_node[row["node_id"]].append((_ordinal(row["on_day"]), row["n"], row["record_id"], row["file_id"]))
        known_in[row["file_id"]].add(row["node_id"])
    last = max((days[-1][0] for days in by_node.values()), default=None)
    spans = {
        row["file_id"]: (_ordinal(row["first_on"]), _ordinal(row["last_on"]), bool(row["others"]))
        for row in case.sql(_SPANS, **lent).to_pylist()
    }
    nodes = {file: frozenset(some) for file, some in known_in.items()}
    return Activity(dict(by_node), last, spans, stays(case, known), nodes)


def _ordinal(text: str) -> int:
    return date.fromisoformat(text[:10]).toordinal()


def stays(case: Desk, known: Known) -> dict[str, list[tuple[int, str]]]:
    """Person -> (day, key of the site), ascending: of those whom dated lists put at two sites or more in turn."""
    key_of = {node: key for key, site in known.sites.items() for node in site.nodes}
    found: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for row in case.sql(_STAYS).to_pylist():
        if row["place_id"] in key_of:
            found[row["person_id"]].add((_ordinal(row["since"]), key_of[row["place_id"]]))
    return {
        person: sorted(told)
        for person, told in sorted(found.items())
        if len({day for day, _ in told}) > 1 and len({key for _, key in told}) > 1
    }
