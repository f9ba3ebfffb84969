"""Queries to pages: what each page of the local server shows, masked unless the caller says otherwise."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pyarrow as pa

from upriver.case import journal
from upriver.case.store import Case
from upriver.errors import CaseError
from upriver.model.contacts import KINDS
from upriver.model.tables import TABLES
from upriver.report import exports, panels
from upriver.report.claims import Facts
from upriver.report.findings import SECTIONS
from upriver.report.identity import masks
from upriver.report.labels import account_label
from upriver.report.sections.mules import Needs
from upriver.report.why import rows_of, trail
from upriver.review.contact import shown
from upriver.review.contact_terminal import in_words as reading
from upriver.review.deck import Deck, in_words
from upriver.review.evidence import side_by_side
from upriver.review.queue import Asked, Queue

PAGE = 50
_FOUND = 100


class Views:
    """One case, opened for reading, with its masks made once. Not safe for several threads: the caller holds a lock."""

    def __init__(self, case: Case, unmask: bool = False) -> None:
        self.case = case
        self.masks = masks(case, unmask)
        self.facts = Facts(case, self.masks, max_support=1)
        self._decks: dict[bool, Deck] = {}
        self._queue: Queue | None = None

    def summary(self) -> dict[str, Any]:
        """Findings by section, and the counts at the head."""
        rows = sorted(rows_of(self.case, self.masks), key=lambda row: row["rank"])
        by_section = {name: [row for row in rows if row["section"] == name] for name in SECTIONS}
        return {"strip": panels.strip(self.facts), "by_section": by_section}

    def finding(self, finding_id: str) -> dict[str, Any]:
        """A finding with records behind it.

        raises  CaseError when there is no such finding
        """
        return {"trail": trail(self.case, finding_id, 25, hidden=self.masks)}

    def people(self) -> dict[str, Any]:
        """Two scales for each person: those ranked by control, and those to be protected or interviewed first."""
        needing, n_needing = panels.protected(self.facts, 200)
        return {"people": panels.people(self.facts, 200), "protected": needing, "n_protected": n_needing}

    def accounts(self, wanted: str) -> dict[str, Any]:
        """Accounts whose value holds `wanted`, with what was traced to them; none for an empty search.

        A masked account is found only by what is shown of it.
        """
        wanted = wanted.strip()
        found: list[dict[str, Any]] = []
        if wanted:
            rows = self.facts.many(
                "SELECT f.account, t.received_usd, t.kept_usd, t.stop_reason, t.cash_out, t.holder_id, t.reason, "
                "f.n_sent, f.n_got, m.score, m.reasons, m.innocent FROM ("
                "SELECT account, sum(sent) AS n_sent, sum(got) AS n_got FROM ("
                "SELECT source_account AS account, 1 AS sent, 0 AS got FROM transfer UNION ALL "
                "SELECT target_account AS account, 0 AS sent, 1 AS got FROM transfer) GROUP BY account) f "
                "JOIN asked a ON strpos(lower(f.account), lower(a.wanted)) > 0 "
                "LEFT JOIN traced_account t ON t.account = f.account LEFT JOIN mule m ON m.account = f.account "
                f"ORDER BY coalesce(t.received_usd, 0) DESC, f.account LIMIT {_FOUND}",
                asked=pa.table({"wanted": [wanted]}),
            )
            shown = [(row, self.masks.account(row["account"])) for row in rows]
            rows = [row for row, label in shown if label == row["account"] or wanted.lower() in label.lower()]
            holders = self.facts.labels(row["holder_id"] for row in rows if row["holder_id"])
            needs = Needs(self.facts, self.masks if self.masks.hides else masks(self.case)) if rows else None
            found = [
                {
                    **row,
                    "label": account_label(self.masks, row["account"], 60),
                    "holder": holders.label(row["holder_id"]) if row["holder_id"] else "",
                    "reason": self.facts.text(row["reason"]),
                    "care": needs.of(row["account"], row["holder_id"]) if needs else "",
                    "marks": [self.facts.text(reason) for reason in row["reasons"] or ()],
                    "innocent": self.facts.text(row["innocent"]),
                }
                for row in rows
            ]
        return {"wanted": wanted, "found": found, "most": _FOUND}

    def ledger(self) -> dict[str, Any]:
        """All entries of the ledger with their tellings."""
        rows = panels.ledger(self.facts)
        return {"ledger": rows[:1000], "n_ledger": len(rows), "tellings": panels.tellings(self.facts, rows[:1000], 6)}

    def tables(self) -> dict[str, Any]:
        """Every table with its meaning and number of rows."""
        listed = [
            {"name": table.name, "writer": table.writer, "meaning": table.meaning,
             "n": int(self.facts.one(f'SELECT count(*) AS n FROM "{table.name}"')["n"])}
            for table in TABLES.values()
        ]  # fmt: skip
        return {"tables": listed}

    def table(self, name: str, page: int) -> dict[str, Any]:
        """One page of a table's rows, in the order of its key.

        raises  CaseError when there is no such table
        """
        if name not in TABLES:
            raise CaseError(f"no table is called {name}")
        declared = TABLES[name]
        keys = ", ".join(f'"{key}"' for key in declared.key)
        rows = self.case.sql(f'SELECT * FROM "{name}" ORDER BY {keys} LIMIT {PAGE + 1} OFFSET {max(page, 0) * PAGE}')
        columns = exports.columns(declared, rows.slice(0, PAGE), self.masks)
        return {
            "table": declared, "page": max(page, 0), "more": rows.num_rows > PAGE,
            "rows": [list(row) for row in zip(*columns, strict=True)],
        }  # fmt: skip

    def review(self, merged: bool, after: int) -> dict[str, Any]:
        """One doubtful pair side by side: that of which a decision would change most, but for `after` others."""
        if merged not in self._decks:
            self._decks[merged] = Deck.of(self.case, merged)
        pairs = self._decks[merged].open(journal.read(self.case.home)[0])
        place = min(max(after, 0), len(pairs))
        doubt = pairs[place] if place < len(pairs) else None
        return {
            "merged": merged, "after": place, "n_left": len(pairs), "doubt": doubt,
            "sides": side_by_side(self.case, self.masks, doubt) if doubt else None,
            "change": in_words(doubt) if doubt else "",
        }  # fmt: skip

    def contacts(self, after: int) -> dict[str, Any]:
        """One contact to label: that of which a look would change most, but for `after` others."""
        left = self._asked().open(journal.read(self.case.home)[0])
        place = min(max(after, 0), len(left))
        asked = left[place] if place < len(left) else None
        return {
            "after": place, "n_left": len(left), "asked": asked, "kinds": KINDS,
            "seen": shown(self.case, self.masks, asked) if asked else None, "reading": reading(asked) if asked else "",
        }  # fmt: skip

    def asked(self, record_id: str) -> Asked:
        """The contact of a record, as it stands in the queue.

        raises  CaseError when it is not in the queue
        """
        for one in self._asked().asked:
            if one.record_id == record_id:
                return one
        raise CaseError(f"{record_id or 'nothing'} is not in the queue; open the page again")

    def _asked(self) -> Queue:
        if self._queue is None:
            self._queue = Queue.of(self.case)
        return self._queue

    def decisions(self) -> dict[str, Any]:
        """The journal as it stands now, newest first, masked."""
        made, notices = journal.every(self.case.home / journal.FILE)
        gone = {decision.subject_id for decision in made if decision.kind == "withdraw"}
        shown = [
            {
                **asdict(decision),
                "subject_id": exports.node(decision.subject_id, self.masks),
                "object_id": exports.node(decision.object_id, self.masks) if decision.object_id else "",
                "why": self.masks.text(decision.why),
                "value": self.masks.text(decision.value or ""),
                "withdrawn": decision.decision_id in gone,
            }
            for decision in reversed(made)
        ]
        return {"decisions": shown, "notices": notices, "kinds": journal.KINDS}
