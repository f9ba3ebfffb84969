"""A claim before it is numbered, and what the sections need to make one: figures and records from the case's tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from upriver.report.identity import Readable
from upriver.report.labels import Labels
from upriver.report.masking import Masks

Support = tuple[str, str, str]
Row = Mapping[str, Any]

HEADLINE, DETAIL, NOTHING = 0, 1, 2
NO_EVIDENCE = "no evidence of this kind"


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim in words, with its figure and the records it rests on.

    tier        HEADLINE comes first in the summary, NOTHING says that a kind of evidence is missing
    supports    record_id, table, key of the row in that table
    n_support   records it rests on in all; `supports` may be cut shorter
    """

    section: str
    title: str
    text: str
    figure: float | None
    unit: str
    method: str
    confidence: str
    supports: tuple[Support, ...] = ()
    n_support: int = 0
    tier: int = DETAIL


def nothing(section: str, title: str, text: str) -> Claim:
    """A claim that there is no evidence of a kind: it has no figure, and none is invented."""
    return Claim(
        section, title, text, None, "", "looked for in every table that could hold it",
        "high: nothing was found to read", tier=NOTHING,
    )  # fmt: skip


class Facts:
    """A case's tables as the sections read them: small ones whole and once, large ones summed in SQL."""

    def __init__(self, case: Readable, masks: Masks, max_support: int) -> None:
        self.case = case
        self.masks = masks
        self.max_support = max_support
        self._tables: dict[str, list[dict[str, Any]]] = {}

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of a small table, in the order of its key."""
        if table not in self._tables:
            self._tables[table] = self.case.read(table).to_pylist()
        return self._tables[table]

    def one(self, select: str, **lent: pa.Table) -> dict[str, Any]:
        """The single row of an aggregate; decimals as floats."""
        row = self.case.sql(select, **lent).to_pylist()[0]
        return {name: _plain(value) for name, value in row.items()}

    def many(self, select: str, **lent: pa.Table) -> list[dict[str, Any]]:
        """Rows of a SELECT; decimals as floats."""
        return [
            {name: _plain(value) for name, value in row.items()} for row in self.case.sql(select, **lent).to_pylist()
        ]

    def text(self, text: str | None, record_id: str | None = None, person: str | None = None) -> str:
        """A text of the evidence, masked; `record_id` or `person` say whom it is about."""
        about = set(self.masks.about.get(record_id or "", ()))
        if person in self.masks.people:
            about.add(self.masks.people[person or ""])
        return self.masks.text(text or "", sorted(about))

    def labels(self, nodes: Iterable[str]) -> Labels:
        """Labels of nodes."""
        return Labels(self.case, self.masks, nodes)

    @cached_property
    def report_records(self) -> dict[str, str]:
        """report_id -> record_id."""
        found = self.case.read("event_report", "report_id", "record_id").to_pydict()
        return dict(zip(found["report_id"], found["record_id"], strict=True))

    @cached_property
    def n_transfers(self) -> int:
        """Transfers in the evidence."""
        return int(self.one("SELECT count(*) AS n FROM transfer")["n"])

    # ---- supports ---------------------------------------------------------------------------------------------

    def supports(self, found: Iterable[Support]) -> tuple[tuple[Support, ...], int]:
        """Supports sorted and cut to the most that are kept, with the number of records there are."""
        listed = sorted(set(found))
        return tuple(listed[: self.max_support]), len({record for record, _, _ in listed})

    def from_rows(self, table: str, key: str, rows: Sequence[Row]) -> tuple[tuple[Support, ...], int]:
        """Supports of rows that carry `record_ids` or `record_id`."""
        return self.supports(
            (record, table, row[key])
            for row in rows
            for record in (row["record_ids"] if "record_ids" in row else [row["record_id"]])
            if record is not None
        )

    def from_reports(self, reports: Iterable[str]) -> tuple[tuple[Support, ...], int]:
        """Supports of event reports."""
        known = self.report_records
        return self.supports((known[report], "event_report", report) for report in reports if report in known)

    def from_transfers(
        self, condition: str, order: str = "f.transfer_id", **lent: pa.Table
    ) -> tuple[tuple[Support, ...], int]:
        """Supports of the flows `f` (with their trace `t`) that meet a condition, in the order given."""
        tables = "FROM flow f LEFT JOIN trace t ON t.transfer_id = f.transfer_id AND t.main"
        joined = "".join(f" JOIN {name} ON {name}.account = f.target_account" for name in lent)
        n = self.one(f"SELECT count(DISTINCT f.record_id) AS n {tables}{joined} WHERE {condition}", **lent)["n"]
        rows = self.many(
            f"SELECT f.record_id, f.transfer_id {tables}{joined} WHERE {condition} "
            f"ORDER BY {order}, f.transfer_id LIMIT {self.max_support}",
            **lent,
        )
        return tuple(sorted((row["record_id"], "flow", row["transfer_id"]) for row in rows)), int(n)


def _plain(value: Any) -> Any:
    return float(value) if hasattr(value, "as_tuple") else value


def confidence(level: str, reason: str) -> str:
    """How sure a claim is, with the reason.

    >>> confidence("high", "counted")
    'high: counted'
    """
    if level not in {"high", "medium", "low"}:
        raise ValueError(f"no such confidence: {level}")
    return f"{level}: {reason}"
