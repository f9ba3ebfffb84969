"""What is still to be asked: of services, of people, of sources, of the folder."""

from __future__ import annotations

from upriver.report.claims import NOTHING, Claim, Facts, confidence
from upriver.report.figures import capital, counted, sentence, usd
from upriver.report.sections.loophole import ordered

_SECTION = "open"


def claims(facts: Facts, made: list[Claim]) -> list[Claim]:
    """Open questions that follow from the tables, and the kinds of evidence that are missing."""
    return [
        *_ask_services(facts), *_ask_people(facts), *_no_figure(facts), *_one_site(facts), *_unsure(facts),
        *_missing(made),
    ]  # fmt: skip


def _ask_services(facts: Facts) -> list[Claim]:
    row = facts.one(
        "SELECT count(*) AS n, sum(cast(kept_usd AS decimal(38, 6))) AS usd FROM traced_account "
        "WHERE stop_reason IN ('service', 'cash_out', 'mixer', 'end_of_evidence', 'unseen_inflow')"
    )
    if not row["n"]:
        return []
    supports, n = facts.from_transfers(
        "t.traced_usd > 0", "t.traced_usd DESC",
        ends=facts.case.sql("SELECT account FROM traced_account WHERE stop_reason IN "
                            "('service', 'cash_out', 'mixer', 'end_of_evidence', 'unseen_inflow')"),
    )  # fmt: skip
    title = f"Who holds {counted(int(row['n']), 'account')} where {usd(row['usd'])} goes from sight?"
    text = (
        "Ask the banks, exchanges and desks that keep them for holder, log-ins and what was sent on. Their dates and "
        "hashes stand with each."
    )
    level = confidence("high", "it follows from the traces")
    return [Claim(_SECTION, title, text, float(row["n"]), "accounts", "open ends of the traces", level, supports, n)]


def _ask_people(facts: Facts) -> list[Claim]:
    waiting = [
        row for row in facts.rows("protected_person") if row["open_questions"] and row["status"] != "reported_victim"
    ]
    if not waiting:
        return []
    total = sum(len(row["open_questions"]) for row in waiting)
    supports, n = facts.from_rows("protected_person", "person_id", waiting)
    title = f"{counted(total, 'question')} still to be asked of {counted(len(waiting), 'person', 'people')}"
    text = (
        "For trained staff, with consent, apart from any case against the person. The questions stand with each in "
        "the dossier."
    )
    level = confidence("high", "each is an indicator of which the evidence says nothing")
    return [Claim(_SECTION, title, text, float(total), "questions", "indicators still unknown", level, supports, n)]


def _no_figure(facts: Facts) -> list[Claim]:
    blank = [row for row in ordered(facts.rows("loophole")) if row["ratio"] is None]
    if not blank:
        return []
    supports, n = facts.from_reports(report for row in blank for report in row["report_ids"])
    labels = [facts.text(row["label"]).rstrip("?. ") for row in blank[:6]]
    listed = "; ".join(labels)
    more = f", and {len(blank) - 6:,} more" if len(blank) > 6 else ""
    text = f"{listed}{more}. No figure is not zero: it is a question to put to the authorities that could answer it."
    level = confidence("high", "no source in the evidence gives one")
    asked = sum(max(1, row["n_parts"]) for row in blank)
    title = f"{counted(asked, 'question')} of the loophole table {'has' if asked == 1 else 'have'} no figure"
    if asked > len(blank):
        title += f", asked as {len(blank):,}"
    return [Claim(_SECTION, title, text, float(asked), "questions", "ratios without a side", level, supports, n)]


def _one_site(facts: Facts) -> list[Claim]:
    """Names that lists of people handed over alone give, which may be those of known sites."""
    made = []
    for row in facts.rows("loophole"):
        if row["rule"] != "one_site":
            continue
        supports, n = facts.from_rows("loophole", "loophole_id", [row])
        text = f"{capital(facts.text(row['caution']))}. What would tell: {facts.text(row['closed_by'])}."
        level = confidence("low", "nothing in the evidence ties the names or parts them")
        method = "names of sites in two scripts, joined only where the evidence ties them"
        title = capital(facts.text(row["label"]))
        made.append(Claim(_SECTION, title, text, row["numerator"], "people", method, level, supports, n))
    return made


def _unsure(facts: Facts) -> list[Claim]:
    n = int(facts.one("SELECT count(*) AS n FROM judgement WHERE judgement = 'unsure'")["n"])
    if not n:
        return []
    title = f"{counted(n, 'pair')} may be one person or two"
    text = (
        "Neither joined nor told apart: decide with `upriver decide` or in the local server; the next run takes the "
        "decision as evidence."
    )
    level = confidence("high", "listed in the table judgement")
    return [Claim(_SECTION, title, text, float(n), "pairs", "pairs between the two thresholds", level)]


def _missing(made: list[Claim]) -> list[Claim]:
    kinds = [claim.title.partition(":")[0].lower() for claim in made if claim.tier == NOTHING]
    if not kinds:
        return []
    title = f"No evidence on {sentence(kinds)}"
    text = "These sections are empty because the folder holds nothing for them, not because there was nothing."
    level = confidence("high", "counted")
    return [Claim(_SECTION, title, text, None, "", "sections without a row", level, tier=NOTHING)]
