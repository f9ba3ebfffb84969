"""Accounts that look like a mule's, those that victims' money reached first; who may be a victim is marked so."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from upriver.report.claims import Claim, Facts, confidence
from upriver.report.figures import capital, counted, sentence, usd
from upriver.report.identity import masks
from upriver.report.labels import account_label
from upriver.report.masking import Masks

_SECTION = "money"
_NAMED, _OWN = 5, 3  # accounts named in the claim of all, and those with a claim of their own
_METHOD = (
    "stated marks of the account's transfers, weighed and added: how much leaves within hours, new and brief, little "
    "stays, many on one side and few on the other, kinds of patterns it is in"
)
_HOLDER = "The score speaks of the account: its holder may have known, been deceived, or be held; nothing here tells."
_CARE = {
    "presumed_victim": "its holder is a presumed victim of trafficking: help comes first",
    "refer": "its holder is to be interviewed by trained staff first",
    "reported_victim": "its holder is a victim of the scam by their own report",
}
_MAY_BE = "its holder may be a victim: help comes first"
_KINDS = {"Victim": _CARE["reported_victim"], "Source": "it is named as one that money was stolen from"}


def claims(facts: Facts, whose: str) -> list[Claim]:
    """One claim for all that are told, and one for each of the first; none where no account looks like a mule's.

    whose  what the money that is followed is called
    """
    rows = mules(facts)
    if not rows:
        return []
    return [_all(facts, rows, whose), *(_one(facts, row, whose) for row in rows[:_OWN])]


def mules(facts: Facts) -> list[dict[str, Any]]:
    """Rows of `mule` as they may be shown, those with traced money alone where there are any; highest score first."""
    rows = facts.many(
        "SELECT m.account, m.score, m.reasons, m.innocent, coalesce(t.received_usd, 0) AS traced_usd, t.holder_id "
        "FROM mule m LEFT JOIN traced_account t ON t.account = m.account "
        "ORDER BY m.score DESC, coalesce(t.received_usd, 0) DESC, m.account"
    )
    if not rows:
        return []
    # Who may be a victim is marked so whoever is shown by name.
    needs = Needs(facts, facts.masks if facts.masks.hides else masks(facts.case))
    traced = [row for row in rows if row["traced_usd"] > 0]
    return [
        {
            **row,
            "label": account_label(facts.masks, row["account"], 30),
            "care": needs.of(row["account"], row["holder_id"]),
            "reasons": [facts.text(reason) for reason in row["reasons"]],
            "innocent": facts.text(row["innocent"]),
        }
        for row in traced or rows
    ]


class Needs:
    """What is known of an account holder's need for protection.

    guard  masks that tell who is protected, whoever is shown
    """

    def __init__(self, facts: Facts, guard: Masks) -> None:
        self._guard = guard
        status = {
            row["person_id"]: "presumed_victim" if row["child"] else row["status"]
            for row in facts.rows("protected_person")
        }
        self._status: dict[str, set[str]] = {}
        for person, who in guard.people.items():
            if person in status:
                self._status.setdefault(who, set()).add(status[person])

    def of(self, account: str, holder: str | None) -> str:
        """The need in words, the gravest first; empty where nothing is known of it."""
        shown = self._guard.account(account)
        if shown != account:
            who = " ".join(shown.split()[:2])
        elif holder is not None and self._guard.node(holder) is not None:
            who = str(self._guard.node(holder))
        else:
            return ""
        known = self._status.get(who, set())
        return next((_CARE[name] for name in _CARE if name in known), _KINDS.get(who.split()[0], _MAY_BE))


def _all(facts: Facts, rows: list[dict[str, Any]], whose: str) -> Claim:
    traced = rows[0]["traced_usd"] > 0
    cared = sum(bool(row["care"]) for row in rows)
    listed = sentence(
        [f"{row['label']} ({row['score']:.2f}{'; ' + row['care'] if row['care'] else ''})" for row in rows[:_NAMED]]
    )
    text = f"Highest scores: {listed}. {_HOLDER}"
    if cared:
        text += f" {counted(cared, 'account is', 'accounts are')} of people who may be victims, and marked so."
    what = counted(len(rows), "account looks", "accounts look")
    title = f"{what} like a mule's" + (f" in the path of {whose}" if traced else "")
    supports, n = _supports(facts, rows)
    level = confidence("low", "a score of stated marks; who passes money on for good reasons has them too")
    return Claim(_SECTION, title, text, float(len(rows)), "accounts", _METHOD, level, supports, n)


def _one(facts: Facts, row: dict[str, Any], whose: str) -> Claim:
    came = f"{usd(row['traced_usd'])} of {whose} reached it. " if row["traced_usd"] > 0 else ""
    care = f"{capital(row['care'])}. " if row["care"] else ""
    text = (
        f"{came}{care}Why: {'; '.join(row['reasons'])}. What innocent thing would fit: {row['innocent']}. {_HOLDER}"
    )  # fmt: skip
    n_marks = len(row["reasons"])
    level = "medium" if n_marks >= 4 else "low"
    supports, n = _supports(facts, [row])
    title = f"{row['label']} looks like a mule's account: {row['score']:.2f} of 1"
    reason = f"{n_marks} of five marks are strong"
    return Claim(
        _SECTION, title, text, row["score"], "of 1", _METHOD, confidence(level, reason), supports, n
    )  # fmt: skip


def _supports(facts: Facts, rows: list[dict[str, Any]]) -> tuple[tuple[tuple[str, str, str], ...], int]:
    """The largest transfers to and from these accounts, of each as many, and how many records there are in all."""
    wanted = pa.table({"account": sorted(row["account"] for row in rows)})
    theirs = (
        "(SELECT w.account, f.record_id, f.transfer_id, f.amount_usd FROM flow f "
        "JOIN wanted w ON w.account = f.source_account UNION ALL "
        "SELECT w.account, f.record_id, f.transfer_id, f.amount_usd FROM flow f "
        "JOIN wanted w ON w.account = f.target_account) x"
    )
    n = facts.one(f"SELECT count(DISTINCT x.record_id) AS n FROM {theirs}", wanted=wanted)["n"]
    each = max(1, facts.max_support // len(rows))
    found = facts.many(
        "SELECT y.record_id, y.transfer_id FROM (SELECT x.record_id, x.transfer_id, row_number() OVER (PARTITION BY "
        f"x.account ORDER BY x.amount_usd DESC, x.transfer_id) AS place FROM {theirs}) y WHERE y.place <= {each} "
        "ORDER BY y.place, y.transfer_id",
        wanted=wanted,
    )
    # More accounts than supports: the largest transfer of each, as far as they go.
    chosen = list(dict.fromkeys((row["record_id"], "flow", row["transfer_id"]) for row in found))
    return tuple(sorted(chosen[: facts.max_support])), int(n)
