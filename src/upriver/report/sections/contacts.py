"""Contacts: approaches by kind, what hangs on each number and script, when victims paid, what went unanswered."""

from __future__ import annotations

from typing import Any

from upriver.model.contacts import STAGES
from upriver.report.approached import CARE, LOOK, Approached, Delays
from upriver.report.claims import Claim, Facts, Support, confidence
from upriver.report.figures import counted, number, sentence, usd

_SECTION = "network"
# Rows of the page that each claim rests on; each gives as many records.
SOURCES, SCRIPTS, UNANSWERED = 25, 12, 25
_METHOD = "sides of conversations, calls, reports, adverts and notes; ties by identifiers and reports alone"


def claims(facts: Facts) -> list[Claim]:
    """Claims about approaches; none where no text is read as one."""
    found = Approached(facts)
    kinds = found.kinds()
    if not kinds:
        return []
    made = [_all(found, kinds), _sources(found), _scripts(found), _paid(found), _unanswered(found)]
    return [claim for claim in made if claim is not None]


def _supports(facts: Facts, table: str, key: str, rows: list[dict[str, Any]]) -> tuple[tuple[Support, ...], int]:
    """A few records of each row, so that every row of the page opens to some of its own; and how many these rest on."""
    n = len({record for row in rows for record in row["record_ids"]})
    each = max(1, facts.max_support // max(1, len(rows)))
    supports, _ = facts.from_rows(table, key, [{**row, "record_ids": row["record_ids"][:each]} for row in rows])
    return supports, n


def _all(found: Approached, kinds: list[dict[str, Any]]) -> Claim:
    written = [row for row in kinds if row["kind"] != "calls"]
    n, n_calls = (
        sum(int(row["n"]) for row in written),
        sum(int(row["n"]) for row in kinds) - sum(int(row["n"]) for row in written),
    )
    listed = sentence([f"{row['kind']} ({int(row['n']):,})" for row in written[:6]])
    reached = [(stage, sum(int(row[stage]) for row in written)) for stage in STAGES]
    told = sentence([f"{stage.replace('_', ' ')} ({count:,})" for stage, count in reached if count])
    text = f"By kind: {listed}. " if listed else ""
    text += f"Stages that their words bear marks of: {told}. " if told else ""
    if n_calls:
        text += f"The same numbers called those approached, or victims: {counted(n_calls, 'number')} called. "
    supports, _ = _supports(found.facts, "approach", "approach_id", found.first(found.facts.max_support))
    n_records = sum(int(row["n_records"]) for row in written)
    level = confidence("medium", "read from words, and from what reports name")
    title = f"{counted(n, 'approach', 'approaches')} by message, advert or as a report tells"
    return Claim(_SECTION, title, text + CARE, float(n), "approaches", _METHOD, level, supports, n_records)


def _sources(found: Approached) -> Claim | None:
    rows = found.sources(SOURCES)
    if not rows:
        return None
    counts = found.counts()
    labels = found.label([row["source_id"] for row in rows])
    named = sentence(
        [
            f"{labels[row['source_id']]} ({counted(int(row['n_approached']), 'person', 'people')} approached, "
            f"{int(row['n_paid']):,} paid after it)"
            for row in rows[:5]
        ]
    )
    text = (
        f"{int(counts['n_several'] or 0):,} of them reached more than one person. First to ask for: {named}. "
        f"What was paid after a contact need not be because of it. {LOOK}"
    )
    supports, n = _supports(found.facts, "approach_source", "source_id", rows)
    title = f"{counted(int(counts['n']), 'number, handle or link', 'numbers, handles and links')} of approaches"
    level = confidence("medium", "counted; who holds a number is not told by it")
    return Claim(_SECTION, title, text, float(counts["n"]), "sources", _METHOD, level, supports, n)


def _scripts(found: Approached) -> Claim | None:
    rows = found.scripts(SCRIPTS)
    if not rows:
        return None
    first = rows[0]
    text = (
        f"The most used, of {counted(int(first['n_senders']), 'number or handle', 'numbers and handles')} and "
        f"{counted(int(first['n_texts']), 'text')}: “{found.facts.text(first['words'])}”. Whoever sends a script was "
        f"given it, and may be a captive: it ties numbers to one desk, and nobody to a crime."
    )
    supports, n = _supports(found.facts, "approach_source", "source_id", rows)
    total = int(found.facts.one("SELECT count(*) AS n FROM approach_source WHERE kind = 'script'")["n"])
    level = confidence("medium", "near-equal texts of several senders, laid side by side word by word")
    method = "runs of words hashed and compared (MinHash), then aligned exactly; names, sums and links left out"
    title = f"{counted(total, 'script')} of several senders in approaches"
    return Claim(_SECTION, title, text, float(total), "scripts", method, level, supports, n)


def days_words(delays: Delays) -> str:
    """The median and its interval in words."""
    if delays.median is None:
        return "nobody was seen to pay after a contact of a told time"
    told = f"{number(round(delays.median, 1))} days"
    if delays.interval is None:
        return f"{told} (of {len(delays.days)}: too few for an interval)"
    low, high = (number(round(value, 1)) for value in delays.interval)
    return f"{told} ({low} to {high})"


def _paid(found: Approached) -> Claim | None:
    delays = found.delays()
    if delays.median is None:
        return None
    wanted = set(delays.approach_ids)
    rows = [row for row in found.facts.rows("approach_payment") if row["approach_id"] in wanted]
    first = sum(row["first_usd"] for row in rows if row["first_usd"] is not None)
    text = (
        f"Of {counted(delays.n_victims, 'victim')} whose first contact the folder holds with its time, "
        f"{len(delays.days):,} paid after it; the first payments come to {usd(first)}. Contacts before it may lie in "
        "telephones that nobody seized: the true time is as long or longer."
    )
    supports, n = _supports(found.facts, "approach_payment", "approach_id", rows)
    interval = "by order statistics, 95 %, exact" if delays.interval else "too few for an interval"
    level = confidence("low" if delays.interval is None else "medium", "those reported, and found in what was seized")
    title = f"From first contact to first payment: {days_words(delays)}, at the median"
    method = f"each victim once, from the earliest contact in the folder to the first payment after it; {interval}"
    return Claim(_SECTION, title, text, round(delays.median, 1), "days", method, level, supports, n)


def _unanswered(found: Approached) -> Claim | None:
    rows, counts = found.unanswered(UNANSWERED)
    if not counts["n"] and not counts["n_others"]:
        return None
    text = (
        f"Of {counted(counts['n_told'], 'approach', 'approaches')} of which an answer would be told. Nobody wrote or "
        "called back, or picked up, in what the folder holds; an answer may lie in a file that it does not. Those "
        "approached may be warned, and may tell of the contact. "
    )
    if counts["n_others"]:
        text += f"Besides, {counted(counts['n_others'], 'number')} of nobody known did not pick up calls of these. "
    supports, n = _supports(found.facts, "approach", "approach_id", rows)
    level = confidence("low", "an answer that is not in the folder looks the same as none")
    title = f"{counted(counts['n'], 'approach', 'approaches')} went unanswered"
    return Claim(_SECTION, title, text + LOOK, float(counts["n"]), "approaches", _METHOD, level, supports, n)
