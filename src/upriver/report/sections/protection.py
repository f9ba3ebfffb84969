"""Who may be a captive: presumed victims, referrals, children, lures, and the questions still open."""

from __future__ import annotations

from collections import Counter

from upriver.report.claims import HEADLINE, Claim, Facts, confidence, nothing
from upriver.report.figures import counted, sentence

_SECTION = "protection"
_METHOD = (
    "eleven indicators of forced labour (ILO 2012), each present, absent or unknown, quoted; unknown is never "
    "counted as "
    "absent; children are presumed victims"
)


def claims(facts: Facts) -> list[Claim]:
    """Claims about need for protection; without people to screen they say so."""
    people = facts.rows("protected_person")
    if not people:
        text = "No list of people, interview or report that tells of anyone's condition was found. This clears nobody."
        return [nothing(_SECTION, "Protection: no evidence of this kind", text), *_lures(facts)]
    status = Counter(row["status"] for row in people)
    screened = [row for row in people if row["status"] != "reported_victim"]
    children = [row for row in people if row["child"]]
    made = []
    if screened:
        urgent = [row for row in screened if row["status"] in {"presumed_victim", "refer"} or row["child"]]
        supports, n = facts.from_rows("protected_person", "person_id", urgent)
        text = (
            f"Of {counted(len(screened), 'person', 'people')} screened: {status['presumed_victim']:,} presumed "
            "victims, "
            f"{status['refer']:,} to be referred for interview by trained staff, {status['no_information']:,} of "
            "whom the "
            "evidence says nothing, which clears nobody. "
            + (f"{counted(len(children), 'child', 'children')} among them. " if children else "")
            + "Interview them before anyone is ranked, charged or sent on."
        )
        title = (
            f"{counted(status['presumed_victim'], 'presumed victim')} of trafficking; "
            f"{counted(status['refer'], 'person', 'people')} to refer for interview"
        )
        level = confidence("medium", "no indicator is conclusive, and the absence of one proves nothing")
        made.append(
            Claim(
                _SECTION,
                title,
                text,
                float(status["presumed_victim"]),
                "presumed victims",
                _METHOD,
                level,
                supports,
                n,
                HEADLINE,
            )
        )
    if children:
        supports, n = facts.from_rows("protected_person", "person_id", children)
        text = (
            "Found under 18 in the evidence: presumed victims whatever they did; no means need be shown. Refer at once."
        )
        level = confidence("high", "age or birth date told by a record")
        victims = "a victim" if len(children) == 1 else "victims"
        title = f"{counted(len(children), 'child', 'children')} to be treated as {victims}"
        made.append(
            Claim(_SECTION, title, text, float(len(children)), "children", _METHOD, level, supports, n, HEADLINE)
        )
    if status["reported_victim"]:
        supports, n = facts.from_rows(
            "protected_person", "person_id", [row for row in people if row["status"] == "reported_victim"]
        )
        text = (
            "They reported a loss, or a ransom they paid for somebody held. They are masked in everything this case "
            "shows."
        )
        level = confidence("high", "their own reports")
        title = f"{counted(status['reported_victim'], 'victim')} of the scam by their own report"
        made.append(
            Claim(
                _SECTION,
                title,
                text,
                float(status["reported_victim"]),
                "victims",
                "victims' reports",
                level,
                supports,
                n,
            )
        )
    return [*made, *_indicators(facts), *_lures(facts)]


def _indicators(facts: Facts) -> list[Claim]:
    rows = [row for row in facts.rows("trafficking_indicator") if row["state"] == "present"]
    if not rows:
        return []
    counts = Counter(row["indicator"].replace("_", " ") for row in rows)
    own = sum(row["directness"] == "own_words" for row in rows)
    listed = sentence([f"{name} ({n:,})" for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))])
    people = len({row["person_id"] for row in rows})
    supports, n = facts.supports(
        (row["record_id"], "trafficking_indicator", f"{row['person_id']} {row['indicator']}")
        for row in rows
        if row["record_id"]
    )
    text = f"{listed}. {own:,} of {len(rows):,} signs are in the person's own words. Each is quoted with its speaker."
    title = f"Signs of forced labour are told for {counted(people, 'person', 'people')}"
    level = confidence("medium", f"{own:,} of {len(rows):,} signs are told in the person's own words")
    return [Claim(_SECTION, title, text, float(people), "people", _METHOD, level, supports, n)]


def _lures(facts: Facts) -> list[Claim]:
    rows = facts.many(
        "SELECT record_id FROM contact_class WHERE label = 'lure' ORDER BY score DESC, record_id "
        f"LIMIT {facts.max_support}"
    )
    if not rows:
        return []
    n = int(facts.one("SELECT count(*) AS n FROM contact_class WHERE label = 'lure'")["n"])
    supports, _ = facts.from_rows("contact_class", "record_id", rows)
    text = (
        "They promise what such work never paid, hide the place, or offer travel and papers. Who answered one was "
        "recruited, perhaps deceived."
    )
    level = confidence("medium", "signs in the wording; no one sign makes a lure")
    title = f"{counted(n, 'advert or message', 'adverts or messages')} look like a lure into a compound"
    return [
        Claim(
            _SECTION, title, text, float(n), "texts", "several signs together in an advert's words", level, supports, n
        )
    ]
