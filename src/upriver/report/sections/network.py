"""Who is connected: groups, ties, scam contacts, listed names, and what if these go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from upriver.report.claims import HEADLINE, Claim, Facts, confidence, nothing
from upriver.report.figures import counted, sentence, share

_SECTION = "network"
_SMALLEST_GROUP = 3


def claims(facts: Facts) -> list[Claim]:
    """Claims about ties and groups; without ties they say so."""
    n_edges = facts.one("SELECT count(*) AS n FROM edge")["n"]
    if not n_edges:
        text = "No calls, messages, shared identifiers, payments or registers were found that tie one party to another."
        made = [nothing(_SECTION, "Network: no evidence of this kind", text)]
    else:
        made = [*_groups(facts, int(n_edges)), *_scenarios(facts)]
    return [*made, *_contacts(facts), *_listed(facts)]


def _groups(facts: Facts, n_edges: int) -> list[Claim]:
    kinds = facts.many("SELECT kind, count(*) AS n FROM edge GROUP BY kind ORDER BY n DESC, kind")
    groups = facts.many(
        "SELECT community_id, min(name) AS name, count(*) AS n, avg(stability) AS stability FROM community "
        f"GROUP BY community_id HAVING count(*) >= {_SMALLEST_GROUP} ORDER BY n DESC, community_id"
    )
    ties = sentence([f"{row['kind'].replace('_', ' ')} ({row['n']:,})" for row in kinds[:6]])
    top = groups[:5]
    named = sentence([f"{facts.text(row['name'])} ({counted(int(row['n']), 'member')})" for row in top])
    text = f"{counted(n_edges, 'tie')}: {ties}. "
    text += f"The largest groups: {named}. " if top else "The ties form no group of three or more. "
    text += "A group is a pattern of ties: who is in it may be a worker, a captive, a customer or a shop."
    rows = facts.many("SELECT edge_id, record_ids FROM edge ORDER BY weight DESC, edge_id LIMIT 200")
    supports, _ = facts.from_rows("edge", "edge_id", rows)
    n = int(facts.one("SELECT sum(n_records) AS n FROM edge")["n"] or 0)
    stability = min((row["stability"] for row in top), default=0.0)
    level = "high" if stability >= 0.8 else "medium" if stability >= 0.5 else "low"
    reason = f"when ties are left out at random, members stay together in {share(stability)} of draws at least"
    number = counted(len(groups), "group") if groups else "No group"
    title = f"{number} of three or more in a network of {counted(n_edges, 'tie')}"
    method = "typed, timed ties; what many share by chance counts little; groups kept under resampling"
    return [Claim(_SECTION, title, text, float(len(groups)), "groups", method, confidence(level, reason), supports, n)]


def _scenarios(facts: Facts) -> list[Claim]:
    made = []
    steps = facts.rows("scenario")
    for name in sorted({row["scenario_id"] for row in steps}):
        path = sorted((row for row in steps if row["scenario_id"] == name), key=lambda row: row["step"])
        first, last = path[0], path[-1]
        gone = last["n_gone"]
        if gone < 1:
            continue
        # Where no traced money reached a cash-out point to begin with, nothing can be said of what would still flow.
        flowed = first["money_share"] > 0
        parted = f"{share(last['largest_share'])} of the largest connected part is left"
        text = f"After {counted(gone, 'removal')} {parted}"
        text += (
            f", and {share(last['money_share'])} of the traced money can still reach a cash-out point. "
            if flowed
            else ". No traced money reached a cash-out point to begin with: what would still flow is no figure. "
        )
        text += (
            f"Of the roles, {share(last['roles_share'])} are still staffed. With 10 to 30 % of ties, holders and nodes "
            "hidden, by default, of the largest part would be left "
            f"{share(last['largest_low'])} to {share(last['largest_high'])}"
            + (f", the money {share(last['money_low'])} to {share(last['money_high'])}. " if flowed else ". ")
        )
        text += (
            "Networks repair themselves: this is a picture of the day, not a forecast. It concerns roles to be "
            "investigated, not a list for arrest."
        )
        ids = {row["removed_id"] for row in path if row["removed_id"]}
        removed = [row for row in facts.rows("role") if row["person_id"] in ids]
        supports, n = facts.from_rows("role", "person_id", removed)
        level = confidence("low", "a network seen in part, held still")
        left = (
            f"{share(last['money_share'])} of the money could still flow after {gone}"
            if flowed
            else f"{parted} after {gone}"
        )
        title = f"What if these go ({name}): {left}"
        made.append(
            Claim(
                _SECTION,
                title,
                text,
                last["money_share"] if flowed else last["largest_share"],
                "of traced USD" if flowed else "of the largest part",
                facts.text(last["method"]),
                level,
                supports,
                n,
            )
        )
    return made


def _contacts(facts: Facts) -> list[Claim]:
    rows = facts.many("SELECT label, count(*) AS n FROM contact_class GROUP BY label ORDER BY label")
    counts = {row["label"]: int(row["n"]) for row in rows}
    if not counts.get("scam"):
        return []
    kinds = facts.many(
        "SELECT coalesce(kind, 'kind not clear') AS kind, count(*) AS n FROM contact_class WHERE label = 'scam' "
        "GROUP BY 1 ORDER BY n DESC, 1"
    )
    top = facts.many(
        "SELECT record_id FROM contact_class WHERE label = 'scam' ORDER BY score DESC, record_id "
        f"LIMIT {facts.max_support}"
    )
    supports, _ = facts.from_rows("contact_class", "record_id", top)
    listed = sentence([f"{row['kind']} ({row['n']:,})" for row in kinds[:6]])
    text = (
        f"Of {sum(counts.values()):,} texts, {counts['scam']:,} bear the marks of a scam contact: {listed}. "
        f"{counts.get('unsure', 0):,} are not clear. The words that say so stand with each text."
    )
    said = int(facts.one("SELECT count(*) AS n FROM contact_class WHERE label_by = 'analyst'")["n"])
    text += f" {said:,} were labelled by an analyst." if said else ""
    level = confidence("medium", "read from the words alone; a quotation or a warning may use the same words")
    title = f"{counted(counts['scam'], 'text')} bear the marks of a scam contact"
    method = "lexicons and shared scripts over every message, note and advert"
    return [Claim(_SECTION, title, text, float(counts["scam"]), "texts", method, level, supports, counts["scam"])]


def _of_list(row: Mapping[str, Any]) -> str:
    """Where the entry stands, and how old the list is: who is not on it now may be on it tomorrow, and the reverse."""
    name = row["list_name"] or "a list without a name"
    entry = f"entry {row['entry']} of {name}" if row["entry"] else name
    listed = f", listed {row['listed_on']}" if row["listed_on"] else ""
    return f"{entry}{listed}; {'list of ' + row['list_date'] if row['list_date'] else 'day of the list not told'}"


def _listed(facts: Facts) -> list[Claim]:
    rows = facts.rows("watchlist_hit")
    if not rows:
        return []
    known = {
        row["entity_id"]: row["canonical_id"]
        for row in facts.case.read("entity", "entity_id", "canonical_id").to_pylist()
    }
    # One person told by seven records is one possible match, not seven: the likeliest of them is shown.
    best: dict[tuple[str, str], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (-row["match_probability"], row["entity_id"], row["listed_id"])):
        best.setdefault((known.get(row["entity_id"], row["entity_id"]), row["listed_id"]), row)
    ordered = list(best.values())
    ids = {row["entity_id"] for row in ordered[:5]} | {row["listed_id"] for row in ordered[:5]}
    labels = facts.labels(known.get(entity, entity) for entity in ids)
    named = sentence(
        [
            f"{labels.label(known.get(row['entity_id'], row['entity_id']))} "
            f"({share(row['match_probability'])}: {facts.text(row['reason'], person=row['entity_id'])}; "
            f"{_of_list(row)})"
            for row in ordered[:5]
        ]
    )
    strong = sum(row["match_probability"] >= 0.9 for row in ordered)
    supports, n = facts.from_rows("watchlist_hit", "entity_id", ordered)
    text = (
        f"{strong:,} of them at 90 % or more. Nearest: {named}. A match is a lead: a question for a person to answer, "
        "neither an identification nor a label."
    )
    level = confidence(
        "medium" if strong else "low", "names agree across spellings and scripts; check birth dates and documents"
    )
    title = f"{counted(len(ordered), 'possible match', 'possible matches')} with listed people, companies and accounts"
    method = "names across scripts and spellings, what else agrees or contradicts; accounts by their number"
    return [Claim(_SECTION, title, text, float(len(ordered)), "possible matches", method, level, supports, n, HEADLINE)]
