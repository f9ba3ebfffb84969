"""References by which a sheet names a loss: the same on every run, and telling nothing of the person."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from upriver.model.forms import FORMS
from upriver.model.ids import content_id
from upriver.report.identity import Readable
from upriver.report.masking import Masks


@dataclass(frozen=True, slots=True)
class Victim:
    """reference  V-3f09ab12 for a victim, S-... for an account named as a source of stolen money
    shown      what the dossier calls them, or their name where nobody is masked
    reports    numbers of the reports, as the agency gave them
    """

    reference: str
    shown: str
    reports: tuple[str, ...] = ()
    reported_usd: float | None = None
    record_ids: tuple[str, ...] = ()


@dataclass(slots=True)
class Victims:
    """Victims by entity_id, or by the account that is named as a source."""

    by_id: dict[str, Victim] = field(default_factory=dict)

    def reference(self, victim_id: str) -> str:
        """The reference of an entity or account, also of one that `loss` does not list."""
        known = self.by_id.get(victim_id)
        return known.reference if known else reference(victim_id)

    def known(self) -> list[Victim]:
        """All, in the order of their references."""
        return sorted(self.by_id.values(), key=lambda victim: victim.reference)


def reference(victim_id: str, account: bool = False) -> str:
    """Eight hex digits made of the id, which is made of the evidence: the same as long as the report is the same."""
    return f"{'S' if account else 'V'}-{content_id('loss', victim_id)[:8]}"


def victims(case: Readable, shown: Masks) -> Victims:
    """All victims who report a payment, and all accounts named as sources."""
    rows = case.read("loss", "victim_id", "reported_usd", "record_ids").to_pylist()
    lent = pa.table({"entity_id": pa.array([row["victim_id"] for row in rows], pa.string())})
    people = {
        row["entity_id"]: row["caption"]
        for row in case.sql(
            "SELECT e.entity_id, e.caption FROM entity e JOIN wanted w ON w.entity_id = e.entity_id", wanted=lent
        ).to_pylist()
    }
    numbers: dict[str, set[str]] = {}
    place = FORMS["victim_report"].position("report_id")
    for row in case.sql(
        f"SELECT DISTINCT s.entity_id, r.fields[{place}] AS report FROM statement s "
        "JOIN record r ON r.record_id = s.record_id WHERE r.form = 'victim_report' AND s.prop = 'status' ORDER BY 1, 2"
    ).to_pylist():
        if row["report"]:
            numbers.setdefault(row["entity_id"], set()).add(row["report"].strip())
    found = Victims()
    for row in rows:
        who = row["victim_id"]
        label = shown.node(who) or (shown.text(people[who] or "") if who in people else shown.account(who))
        found.by_id[who] = Victim(
            reference(who, who not in people), label, tuple(sorted(numbers.get(who, ()))), row["reported_usd"],
            tuple(row["record_ids"]),
        )  # fmt: skip
    return found
