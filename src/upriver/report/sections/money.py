"""What the money did: reported, found, traced, cashed out, parked, gone from sight."""

from __future__ import annotations

import pyarrow as pa

from upriver.report.claims import DETAIL, HEADLINE, Claim, Facts, confidence, nothing
from upriver.report.figures import capital, counted, sentence, share, usd
from upriver.report.labels import account_label
from upriver.report.sections import mules, shares

_SECTION = "money"
_STOPS = {
    "service": "reaches a service, whose keeper must be asked",
    "cash_out": "reaches a cash-out point",
    "mixer": "enters a mixer",
    "parked": "is parked: it came in and was not sent on",
    "unseen_inflow": "reaches accounts that send more than they are seen to receive",
    "end_of_evidence": "reaches accounts of which the evidence shows nothing further",
    "limit": "goes on beyond the steps, times or amounts that were followed",
}
_PATTERNS = {
    "fan_in": "many payers into one account", "fan_out": "one account to many", "gather_scatter": "gathered and spread",
    "cycle": "money that comes back", "pass_through": "in and out at once", "structuring": "sums kept under a limit",
    "peel_chain": "small parts peeled off a long chain", "layering": "one sum handed on and on",
    "mule_burst": "many new accounts around one", "bipartite": "one group paying another", "stack": "layers of groups",
}  # fmt: skip
_METHOD = (
    "followed from the very payments that are reported or named as stolen, in time order, by the case's main "
    "method, on accounts"
)


STOLEN = "stolen money"


def whose_money(facts: Facts) -> str:
    """What the money that is followed is called: accounts named as sources are not victims who reported."""
    paid = facts.one("SELECT count(*) AS n FROM flow WHERE origin IN ('victim_payment', 'ransom')")["n"]
    stolen = facts.one("SELECT count(*) AS n FROM flow WHERE origin = 'stolen'")["n"]
    return STOLEN if stolen and not paid else "victims' money"


def stop_words(reason: str | None) -> str:
    """A stop reason in words."""
    return _STOPS.get(reason or "", "was sent on")


def claims(facts: Facts) -> list[Claim]:
    """Claims about money; without losses or traces they say so."""
    if facts.n_transfers == 0:
        empty = nothing(_SECTION, "Money: no evidence of this kind", "The folder holds no transfers between accounts.")
        return [empty, *_reported(facts)]
    return [
        *_reported(facts), *_traced(facts), *_unrated(facts), *_crossed(facts), *_stopped(facts), *shares.claims(facts),
        *_ransom(facts),
        *_patterns(facts), *mules.claims(facts, whose_money(facts)),
    ]  # fmt: skip


def _reported(facts: Facts) -> list[Claim]:
    rows = facts.rows("loss")
    if not rows:
        text = (
            "No victim's report of a payment, and no account named as a source of stolen money, was found: nothing "
            "can be traced."
        )
        return [nothing(_SECTION, "Losses: no evidence of this kind", text)]
    sums = facts.one(
        "SELECT sum(cast(reported_usd AS decimal(38, 6))) AS reported, sum(cast(found_usd AS decimal(38, 6))) AS "
        "found, "
        "sum(cast(returned_usd AS decimal(38, 6))) AS returned, sum(n_payments) AS n_payments FROM loss"
    )
    reported, found, returned = sums["reported"], sums["found"], sums["returned"]
    part = found / reported if reported else None
    stolen = whose_money(facts) == STOLEN
    who = ("account named as a source", "accounts named as sources") if stolen else (
        "victim or named source", "victims or named sources"
    )  # fmt: skip
    text = (
        f"{counted(len(rows), *who)} with "
        f"{counted(int(sums['n_payments']), 'payment')}: {usd(reported)} {'left them' if stolen else 'reported'}, of "
        f"which {usd(found)} ({share(part)}) is found among the transfers. {usd(returned)} came back to them"
        + ("." if stolen else "; a small return before larger payments is a mark of the scheme and lessens no loss.")
    )
    level = "high" if part is not None and part >= 0.8 else "medium" if part is not None and part >= 0.4 else "low"
    supports, n = facts.from_rows("loss", "victim_id", rows)
    method = "sum of the payments that victims report, each matched to a transfer by account, time and amount"
    reason = f"{share(part)} of what is reported is seen among the transfers"
    title = f"Victims report {usd(reported)} paid; {usd(found)} of it is found among the transfers"
    if stolen:
        method = "sum of what leaves the accounts that a file names as sources of stolen money"
        reason = "counted; that this money is stolen is what the file says"
        title = f"{usd(found)} left {counted(len(rows), *who)} of stolen money"
    return [Claim(_SECTION, title, text, reported, "USD", method, confidence(level, reason), supports, n, HEADLINE)]


def _unrated(facts: Facts) -> list[Claim]:
    """Transfers that nothing can be said of in USD; a headline where no loss is told, for it may be why."""
    rows = facts.many(
        "SELECT asset, count(*) AS n FROM transfer WHERE amount_usd IS NULL GROUP BY asset ORDER BY 2 DESC, 1"
    )
    if not rows:
        return []
    total = int(sum(row["n"] for row in rows))
    found = facts.many(
        "SELECT record_id, transfer_id FROM transfer WHERE amount_usd IS NULL "
        f"ORDER BY transfer_id LIMIT {facts.max_support}"
    )
    supports, _ = facts.supports((row["record_id"], "transfer", row["transfer_id"]) for row in found)
    n = int(facts.one("SELECT count(DISTINCT record_id) AS n FROM transfer WHERE amount_usd IS NULL")["n"])
    listed = sentence([f"{facts.text(row['asset'])} ({row['n']:,})" for row in rows[:6]])
    more = f", and {counted(len(rows) - 6, 'other asset')}" if len(rows) > 6 else ""
    assets = facts.text(rows[0]["asset"]) if len(rows) == 1 else counted(len(rows), "asset")
    title = (
        f"{counted(total, 'transfer')} in {assets} {'has' if total == 1 else 'have'} no rate to USD: "
        "add a table of rates, or a column amount in USD"
    )
    text = (
        f"Of {counted(facts.n_transfers, 'transfer')}, {total:,} cannot be told in USD: {listed}{more}. They are "
        "followed by no trace and stand in no sum of this case. A table with the columns asset, rate_on and usd gives "
        "the rates of as many days as are known."
    )
    tier = DETAIL if facts.rows("loss") else HEADLINE
    level = confidence("high", "counted")
    method = "transfers whose currency or token has no rate in the evidence and no amount in USD beside it"
    return [Claim(_SECTION, title, text, float(total), "transfers", method, level, supports, n, tier)]


def _traced(facts: Facts) -> list[Claim]:
    sums = facts.one(
        "SELECT count(*) AS n, max(n_hops) AS hops, sum(CASE WHEN cash_out THEN 1 ELSE 0 END) AS n_out, "
        "sum(cast(CASE WHEN cash_out THEN kept_usd ELSE 0 END AS decimal(38, 6))) AS out_usd, "
        "sum(cast(kept_usd AS decimal(38, 6))) AS kept FROM traced_account"
    )
    if not sums["n"]:
        return [nothing(_SECTION, "Traces: no evidence of this kind", "No victim's payment could be followed.")]
    top = facts.many(
        "SELECT account, received_usd, kept_usd, low_usd, high_usd FROM traced_account WHERE cash_out "
        "ORDER BY kept_usd DESC, account LIMIT 5"
    )
    if not top:
        text = (
            f"The money was followed over {counted(int(sums['n']), 'account')} and up to "
            f"{counted(int(sums['hops']), 'step')}. "
            "None of the accounts it reached is known, or behaves, as a cash-out point."
        )
        followed = f"{capital(whose_money(facts))} was followed over {counted(int(sums['n']), 'account')}"
        title = f"{followed}; no cash-out point was reached"
        supports, n = facts.from_transfers("t.traced_usd > 0", "t.traced_usd DESC")
        level = confidence("medium", "a cash-out point that nobody has listed may look like any other account")
        return [Claim(_SECTION, title, text, 0.0, "cash-out points", _METHOD, level, supports, n, HEADLINE)]
    listed = sentence(
        [
            f"{account_label(facts.masks, row['account'])} ({usd(row['received_usd'])} received; "
            f"{usd(row['low_usd'])} to {usd(row['high_usd'])} over the methods)"
            for row in top
        ]
    )
    part = sums["out_usd"] / sums["kept"] if sums["kept"] else None
    text = (
        f"Over {counted(int(sums['n']), 'account')} and up to {counted(int(sums['hops']), 'step')}, "
        f"{usd(sums['out_usd'])} "
        f"({share(part)} of all that was followed to a stop) reached {counted(int(sums['n_out']), 'cash-out point')}. "
        f"Largest: {listed}. The spread is that of the stated methods; it is no bound. Ask these services who holds "
        "the accounts."
    )
    accounts = pa.table({"account": [row["account"] for row in top]})
    supports, n = facts.from_transfers("t.traced_usd > 0", "t.traced_usd DESC", top=accounts)
    spread = max((row["high_usd"] - row["low_usd"]) / row["high_usd"] if row["high_usd"] else 0.0 for row in top)
    level = "high" if spread < 0.2 else "medium" if spread < 0.6 else "low"
    reason = f"the methods differ by up to {share(spread)} on the largest of these accounts"
    title = f"{usd(sums['out_usd'])} of {whose_money(facts)} reached {counted(int(sums['n_out']), 'cash-out point')}"
    return [
        Claim(_SECTION, title, text, sums["out_usd"], "USD", _METHOD, confidence(level, reason), supports, n, HEADLINE)
    ]


def _crossed(facts: Facts) -> list[Claim]:
    """Money that went on across swaps and bridges, and what may have."""
    told = (
        "SELECT count(*) AS n, sum(cast(traced_usd AS decimal(38, 6))) AS usd, min(confidence) AS low, "
        "max(confidence) AS high FROM leg WHERE "
    )
    sure, left = facts.one(told + "joined"), facts.one(told + "NOT joined")
    if not sure["n"] and not left["n"]:
        return []
    text = "A payment to a swap, bridge or exchange and one out of it, in another asset or on another chain: "
    title = f"{usd(sure['usd'] or 0.0)} went on across {counted(int(sure['n']), 'exchange')} of one asset for another"
    if not sure["n"]:
        title = f"{counted(int(left['n']), 'payment')} into swaps may have come out in another asset; none is sure"
    if sure["n"]:
        text += (
            f"{counted(int(sure['n']), 'pair')} joined with a confidence of {sure['low']:.2f} to {sure['high']:.2f}, "
            f"{usd(sure['usd'])} paid in. "
        )
    if left["n"]:
        text += (
            f"{counted(int(left['n']), 'payment')} more ({usd(left['usd'])}) may have come out too; others fit as "
            "well, and the trace ends there. "
        )
    text += "The operators can say which payment out belongs to which payment in: ask them."
    wanted = facts.case.sql(
        "SELECT in_transfer_id AS transfer_id FROM leg WHERE joined "
        "UNION SELECT out_transfer_id FROM leg WHERE joined ORDER BY transfer_id"
    )
    found = facts.many(
        "SELECT f.record_id, f.transfer_id FROM flow f JOIN wanted w ON w.transfer_id = f.transfer_id", wanted=wanted
    )
    supports, n = facts.supports((row["record_id"], "flow", row["transfer_id"]) for row in found)
    level = "medium" if (sure["low"] or 0.0) < 0.9 else "high"
    reason = f"the least sure of the joined pairs has {sure['low']:.2f}" if sure["n"] else "none is joined"
    method = "pairs weighed against all others that fit in time and value; one transaction or an analyst settles it"
    return [
        Claim(_SECTION, title, text, sure["usd"] or 0.0, "USD", method, confidence(level, reason), supports, n)
    ]  # fmt: skip


def _stopped(facts: Facts) -> list[Claim]:
    rows = facts.many(
        "SELECT stop_reason, count(*) AS n, sum(cast(kept_usd AS decimal(38, 6))) AS kept, "
        "sum(cast(unseen_inflow_usd AS decimal(38, 6))) AS unseen FROM traced_account "
        "WHERE stop_reason IS NOT NULL AND NOT cash_out GROUP BY stop_reason ORDER BY kept DESC, stop_reason"
    )
    made = []
    for row in rows:
        reason = row["stop_reason"]
        stopped = facts.case.sql(f"SELECT account FROM traced_account WHERE stop_reason = '{reason}' AND NOT cash_out")
        supports, n = facts.from_transfers("t.traced_usd > 0", "t.traced_usd DESC", stopped=stopped)
        text = f"{usd(row['kept'])} {stop_words(reason)} ({counted(int(row['n']), 'account')})."
        if row["unseen"]:
            text += (
                f" These accounts also sent {usd(row['unseen'])} more than they are seen to receive: an inflow the "
                "evidence lacks."
            )
        if reason == "parked":
            text += " Parked money can still be frozen: it is the first to ask for."
        level = confidence("medium", "the evidence may end before the money moved on")
        title = f"{usd(row['kept'])} {stop_words(reason).partition(':')[0]}"
        made.append(Claim(_SECTION, title, text, row["kept"], "USD", _METHOD, level, supports, n))
    return made


def _ransom(facts: Facts) -> list[Claim]:
    row = facts.one(
        "SELECT count(*) AS n, sum(cast(amount_usd AS decimal(38, 6))) AS usd FROM flow WHERE origin = 'ransom'"
    )
    if not row["n"]:
        return []
    supports, n = facts.from_transfers("f.origin = 'ransom'")
    text = (
        f"{counted(int(row['n']), 'payment')} of together {usd(row['usd'])} went as ransom for people held. "
        "Families who pay are victims, and the people they paid for are presumed victims of trafficking."
    )
    level = confidence("medium", "the purpose is told by the families or the payment's own text")
    title = f"Families paid {usd(row['usd'])} in ransom"
    method = "sum of the payments whose reports call them ransom"
    return [Claim(_SECTION, title, text, row["usd"], "USD", method, level, supports, n)]


def _patterns(facts: Facts) -> list[Claim]:
    rows = facts.many(
        "SELECT kind, count(*) AS n, sum(cast(traced_usd AS decimal(38, 6))) AS traced FROM alert "
        "WHERE traced_usd > 0 GROUP BY kind ORDER BY traced DESC, kind"
    )
    if not rows:
        return []
    total = int(sum(row["n"] for row in rows))
    listed = sentence(
        [f"{_PATTERNS.get(row['kind'], row['kind'])} ({row['n']:,}, {usd(row['traced'])})" for row in rows]
    )
    top = facts.many(
        "SELECT alert_id, transfer_ids FROM alert WHERE traced_usd > 0 ORDER BY traced_usd DESC, alert_id LIMIT 20"
    )
    wanted = pa.table({"transfer_id": sorted({transfer for row in top for transfer in row["transfer_ids"]})})
    found = facts.many(
        "SELECT f.record_id, f.transfer_id FROM flow f JOIN wanted w ON w.transfer_id = f.transfer_id", wanted=wanted
    )
    supports, n = facts.supports((row["record_id"], "flow", row["transfer_id"]) for row in found)
    text = (
        f"{counted(total, 'pattern')} carried {whose_money(facts)}: {listed}. The same money can lie in several "
        "patterns: these sums are not to be added. Each pattern names an innocent explanation that would fit too; see "
        "the table of alerts."
    )
    level = confidence("medium", "a pattern is a reason to look, not evidence of intent")
    title = f"{counted(total, 'pattern')} of laundering in the path of {whose_money(facts)}"
    return [
        Claim(
            _SECTION,
            title,
            text,
            float(total),
            "patterns",
            "stated rules over the traced transfers, each with the payments that fit it",
            level,
            supports,
            n,
        )
    ]
