"""Who runs it: marks of control with their interval and reasons, and the need for protection always beside."""

from __future__ import annotations

from typing import Any

from upriver.report.claims import HEADLINE, Claim, Facts, confidence, nothing
from upriver.report.figures import capital, counted, sentence

_SECTION = "people"
_SHOWN = 10
_METHOD = (
    "marks of control (keys, money kept, orders, admin rights, ownership, brokerage), never volume or kin; the "
    "interval "
    "is that of ranks over resampled evidence"
)
PROTECTION = {
    "reported_victim": "a victim of the scam by their own report",
    "presumed_victim": "presumed victim of trafficking",
    "refer": "to be interviewed by trained staff first",
    "no_information": "nothing known about need for protection",
    "none": "nothing known about need for protection",
}


def claims(facts: Facts) -> list[Claim]:
    """One claim for those in front together, and one for each of them."""
    # Who shows no mark has a rank in the table, the last, and is nobody to be told of here.
    marked = (row for row in facts.rows("role") if row["score"] > 0)
    ranked = sorted(marked, key=lambda row: (row["rank"], row["person_id"]))
    if not ranked:
        text = "Nothing in the evidence shows who holds keys, keeps money, gives orders or owns: nobody is ranked."
        return [nothing(_SECTION, "Who runs it: no evidence of this kind", text)]
    top = ranked[:_SHOWN]
    labels = facts.labels(row["person_id"] for row in top)
    flagged = [row for row in top if row["protection"] in {"presumed_victim", "refer", "reported_victim"}]
    supports, n = facts.from_rows("role", "person_id", top)
    first = top[: min(5, len(top))]
    named = sentence(
        [f"{labels.label(row['person_id'])} (rank {row['rank_low']} to {row['rank_high']})" for row in first]
    )
    text = f"Most marks of control: {named}. "
    if flagged:
        who = sentence([f"{labels.label(row['person_id'])} ({PROTECTION[row['protection']]})" for row in flagged])
        text += f"Beside it stands the need for protection, which nothing here lessens: {who}. "
    text += "A rank is a place to look, not guilt; who left no records is not in it."
    wide = sum(row["rank_high"] - row["rank_low"] for row in first) / len(first)
    level = "high" if wide <= 2 else "medium" if wide <= 6 else "low"
    reason = f"ranks of the first {len(first)} move by {wide:.1f} places on average when evidence is resampled"
    title = f"{counted(len(ranked), 'person shows', 'people show')} some mark of control, ranked by how many and which"
    whole = Claim(
        _SECTION, title, text, float(len(ranked)), "people with marks of control", _METHOD, confidence(level, reason),
        supports, n, HEADLINE,
    )  # fmt: skip
    made = [whole]
    for row in top:
        kept, n = facts.from_rows("role", "person_id", [row])
        who = labels.label(row["person_id"])
        spread = row["rank_high"] - row["rank_low"]
        level = "high" if spread <= 2 else "medium" if spread <= 6 else "low"
        reason = capital(facts.text(row["reason"], person=row["person_id"])).rstrip(".")
        body = (
            f"Evidence of organising: rank {row['rank']} (between {row['rank_low']} and {row['rank_high']}). "
            f"{reason}. Need for protection, apart from it: "
            f"{PROTECTION.get(row['protection'], row['protection'])}."
        )
        made.append(
            Claim(
                _SECTION,
                f"{who}: rank {row['rank']}{_between(row)} by control",
                body,
                float(row["rank"]),
                "rank by control",
                _METHOD,
                confidence(level, f"rank between {row['rank_low']} and {row['rank_high']} over resampled evidence"),
                kept,
                n,
            )
        )
    return made


def _between(row: dict[str, Any]) -> str:
    """The interval of a rank, where it moves."""
    return f" ({row['rank_low']} to {row['rank_high']})" if row["rank_low"] != row["rank_high"] else ""
