"""Claims from all tables, each with figure, method, confidence and records, numbered by use to a reader."""

from __future__ import annotations

from dataclasses import dataclass

from upriver.report.claims import Claim, Facts
from upriver.report.identity import TABLES_READ, Readable
from upriver.report.masking import Masks
from upriver.report.sections import (
    contacts,
    crackdown,
    evidence,
    loophole,
    money,
    network,
    open_questions,
    people,
    protection,
)

SECTIONS = ("loophole", "crackdown", "money", "people", "protection", "network", "open", "evidence")
READS = tuple(
    sorted(
        {
            *TABLES_READ, "source_file", "record", "rejected_file", "rejected_record", "transfer", "event_report",
            "contact_class", "judgement", "watchlist_hit", "edge", "community", "trace", "traced_account", "leg",
            "loss", "attribution", "alert", "mule", "trafficking_indicator", "role", "action", "loophole",
            "loophole_part", "scenario", "script", "approach", "approach_payment", "approach_source",
        }
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim with its number and its place in the summary."""

    finding_id: str
    rank: int
    claim: Claim


def findings(case: Readable, masks: Masks, max_support: int) -> list[Finding]:
    """All findings, most useful first: headlines, then details, then what is missing; numbered in that order."""
    facts = Facts(case, masks, max_support)
    made = [
        claim
        for room in (loophole, crackdown, money, people, protection, network, contacts, evidence)
        for claim in room.claims(facts)
    ]
    made += open_questions.claims(facts, made)
    ordered = sorted(enumerate(made), key=lambda item: (item[1].tier, SECTIONS.index(item[1].section), item[0]))
    return [Finding(f"F{rank:03d}", rank, claim) for rank, (_, claim) in enumerate(ordered, 1)]
