"""Whose money is where: for each large end of the money, whose it holds; for all victims, what could be asked back."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from upriver.report.claims import Claim, Facts, confidence
from upriver.report.figures import counted, sentence, share, usd
from upriver.report.labels import account_label

_SECTION = "money"
_ENDS, _NAMED = 5, 4  # ends that have a claim of their own, and victims named in it
_METHOD = (
    "the traced money shared out among all whose it is: within an account it is mixed, and each payment takes from all "
    "in proportion to what they then had in it"
)
# Ends at which somebody can be asked, or something frozen.
_ASKED = ("service", "cash_out", "mixer", "parked", "end_of_evidence", "unseen_inflow")
_KINDS = {"ransom": ", ransom", "loss": "", "stolen": ""}


def claims(facts: Facts) -> list[Claim]:
    """Claims of whose money stands where; none where nothing was attributed."""
    rows = _standing(facts)
    return [*_all(facts, rows), *_ends(facts, rows)] if rows else []


def standing(facts: Facts, most: int) -> dict[str, list[dict[str, Any]]]:
    """victim_id -> where most of that victim's money stands at an end, most first."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(_standing(facts), key=lambda row: (-row["usd"], row["account"], row["attribution_id"])):
        if row["victim_id"] is not None and len(found[row["victim_id"]]) < most:
            label = account_label(facts.masks, row["account"])
            found[row["victim_id"]].append({**row, "label": label})
    return dict(found)


def _standing(facts: Facts) -> list[dict[str, Any]]:
    return facts.many(
        "SELECT a.attribution_id, a.victim_id, coalesce(e.canonical_id, a.victim_id) AS node, a.kind, a.account, "
        "a.usd, a.low_usd, a.high_usd, a.share_of_account, a.stop_reason, a.record_ids FROM attribution a "
        "LEFT JOIN entity e ON e.entity_id = a.victim_id WHERE a.fate = 'stands' AND a.stop_reason IS NOT NULL "
        "ORDER BY a.attribution_id"
    )


def _all(facts: Facts, rows: list[dict[str, Any]]) -> list[Claim]:
    """What could be asked back, of all that was found and did not come back."""
    sums = facts.one(
        "SELECT sum(cast(net_usd AS decimal(38, 6))) AS net, sum(cast(inducement_usd AS decimal(38, 6))) AS "
        "inducement, sum(cast(returned_usd AS decimal(38, 6))) AS returned FROM loss"
    )
    named = [row for row in rows if row["victim_id"] is not None and row["stop_reason"] in _ASKED]
    victims = {row["victim_id"] for row in named}
    if not victims:
        return []
    total = sum(sorted(row["usd"] for row in named))
    ransom = sum(sorted(row["usd"] for row in named if row["kind"] == "ransom"))
    who = counted(len(victims), "victim or named source", "victims or named sources")
    accounts = len({row["account"] for row in named})
    net = sums["net"] or 0.0
    part = f" ({share(min(total / net, 1.0))} of what was found and did not come back)" if net > 0 else ""
    text = (
        f"{usd(total)}{part} of {who} can be told to stand at {counted(accounts, 'account')} where the trace ends: "
        "each account's keeper can be asked, and what is still there frozen."
    )
    if ransom:
        text += f" {usd(ransom)} of it was paid as ransom for people held."
    if sums["returned"]:
        text += (
            f" {usd(sums['returned'])} came back to victims, {usd(sums['inducement'])} of it before they paid again: "
            "a return that wins trust."
        )
    text += " Who has a right to it is for a court: this is arithmetic, by a stated rule."
    supports, n = facts.from_rows("attribution", "attribution_id", named)
    level = confidence("medium", "within an account no record tells whose dollar went where; the rule is stated")
    title = f"{usd(total)} can be told by victim and account where it could be asked back"
    return [Claim(_SECTION, title, text, total, "USD", _METHOD, level, supports, n)]


def _ends(facts: Facts, rows: list[dict[str, Any]]) -> list[Claim]:
    """Whose money is at the largest ends."""
    at: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        at[row["account"]].append(row)
    sums = {account: sum(sorted(row["usd"] for row in here)) for account, here in at.items()}
    made = []
    labels = facts.labels(row["node"] for row in rows if row["node"])
    for account in sorted(sums, key=lambda account: (-sums[account], account))[:_ENDS]:
        here = sorted(at[account], key=lambda row: (-row["usd"], row["attribution_id"]))
        named = [row for row in here if row["victim_id"] is not None]
        if not named:
            continue
        listed = [
            f"{labels.label(row['node'])} ({usd(row['usd'])}{_KINDS[row['kind']]}; {usd(row['low_usd'])} to "
            f"{usd(row['high_usd'])} over the methods)"
            for row in named[:_NAMED]
        ]
        if len(named) > _NAMED:
            rest = sum(sorted(row["usd"] for row in named[_NAMED:]))
            listed.append(f"{counted(len(named) - _NAMED, 'other')} ({usd(rest)} together)")
        nobody = sum(sorted(row["usd"] for row in here if row["victim_id"] is None))
        label, owners = account_label(facts.masks, account), len({row["victim_id"] for row in named})
        text = f"Of the money that is followed, {usd(sums[account])} stands at {label}: {sentence(listed)}."
        if nobody:
            text += f" {usd(nobody)} is nobody's by name: too small to tell apart, or from a gap in the record."
        supports, n = facts.from_rows("attribution", "attribution_id", here)
        high = sum(sorted(row["high_usd"] for row in named))
        wide = 1.0 - sum(sorted(row["low_usd"] for row in named)) / high if high > 0.0 else 0.0
        level = "high" if wide < 0.2 else "medium" if wide < 0.6 else "low"
        reason = f"the methods differ by {share(wide)} of it, victim by victim"
        who = counted(owners, "victim or named source", "victims or named sources")
        title = f"Whose money is at {label}: {usd(sums[account])} of {who}"
        made.append(Claim(_SECTION, title, text, sums[account], "USD", _METHOD, confidence(level, reason), supports, n))
    return made
