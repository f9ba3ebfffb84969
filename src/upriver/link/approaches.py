"""Who approached whom, and by what: sides of conversations, calls, contacts that reports, adverts and notes name.

An approach is read from words, never proved by them, and it is of a number or handle, never of a person: who holds the
telephone may be a captive. What ties one to a victim is an identifier that the case knows, or the victim's report.
SQL for both engines; what is fetched is one row for each report, advert and note.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from upriver.model.columns import MOST_RECORDS
from upriver.model.ids import content_id, content_id_sql, phone_sql

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

_CONTACTS = "('phone', 'whatsapp', 'telegram', 'wechat', 'qq', 'line', 'zalo', 'handle', 'email')"


_FAR = "cast('9999-01-01' AS timestamp)"
_STAGES = (
    ("first_contact", None), ("trust", "trust_at"), ("shown_gains", "gains_at"), ("payment", "payment_at"),
    ("squeeze", "squeeze_at"),
)  # fmt: skip


@dataclass(frozen=True)
class ApproachParams:
    """domain_ordinary   least ordinary senders of a domain for it to be a public one, if they are the more"""

    domain_ordinary: int = 3


# Reported victims, and every identifier told to be one's.
_VICTIMS = """
victim AS (
    SELECT DISTINCT e.canonical_id AS canonical_id FROM statement s JOIN entity e ON s.entity_id = e.entity_id
    WHERE s.prop = 'status' AND s.value = 'reported victim' AND s.schema = 'Person'
), victims_own AS (
    SELECT DISTINCT o.observable_id AS observable_id FROM victim v JOIN entity f ON f.canonical_id = v.canonical_id
    JOIN observable o ON o.entity_id = f.entity_id
    UNION SELECT i.observable_id AS observable_id FROM identifier i JOIN victim v ON v.canonical_id = i.node_id
)
"""
_SAID = """
flagged AS (
    SELECT record_id, label, kind, stage, cast(score AS decimal(18, 9)) AS score FROM contact_class
    WHERE label IN ('scam', 'lure') AND medium IN ('message', 'thread')
), said AS (
    SELECT m.thread AS thread, m.sender AS sender, m.sent_at AS sent_at, m.record_id AS record_id, f.label AS label,
           f.kind AS kind, f.stage AS stage, f.score AS score
    FROM message m JOIN flagged f ON f.record_id = m.record_id
)
"""
_REACHED = ", ".join(
    f"max(CASE WHEN stage = '{stage}' THEN 1 ELSE 0 END) AS has_{stage}, "
    f"min(CASE WHEN stage = '{stage}' THEN sent_at END) AS {stage}_at"
    for stage, _ in _STAGES
)
_PASSED = ", ".join(f"CASE WHEN k.has_{stage} = 1 THEN '{stage}' END" for stage, _ in _STAGES)
_TIMES = ", ".join(f"k.{stage}_at AS {column}" for stage, column in _STAGES if column)
# In a conversation of two, the side whose words bear most marks approaches: the other answers, and may quote them. In a
# group each does who bears them. A victim's own words never make the victim the one who approaches another side.
_MESSAGES = f"""
WITH {_VICTIMS}, {_SAID}, in_thread AS (
    SELECT DISTINCT thread FROM said
), talk AS (
    SELECT m.thread AS thread, m.sender AS sender, m.recipient AS recipient, m.sent_at AS sent_at
    FROM message m JOIN in_thread t ON t.thread = m.thread
), wrote AS (
    SELECT thread, sender, count(*) AS n, min(sent_at) AS first_at, max(sent_at) AS last_at FROM talk
    GROUP BY thread, sender
), party AS (
    SELECT thread, sender AS observable_id FROM wrote
    UNION SELECT thread, recipient AS observable_id FROM talk WHERE recipient IS NOT NULL
), known AS (
    SELECT p.thread AS thread, p.observable_id AS observable_id,
           coalesce(i.node_id, {phone_sql("p.observable_id")}) AS node_id
    FROM party p LEFT JOIN identifier i ON i.observable_id = p.observable_id
), sized AS (
    SELECT thread, count(DISTINCT node_id) AS n_parties FROM known GROUP BY thread
), side AS (
    SELECT thread, sender, sum(score) AS weight, count(DISTINCT record_id) AS n_records,
           sum(CASE WHEN label = 'lure' THEN score ELSE 0 END) AS lure_weight, {_REACHED}
    FROM said GROUP BY thread, sender
), kinds AS (
    SELECT thread, sender, kind,
           row_number() OVER (PARTITION BY thread, sender ORDER BY weight DESC, kind) AS place
    FROM (SELECT thread, sender, kind, sum(score) AS weight FROM said WHERE kind IS NOT NULL
          GROUP BY thread, sender, kind) AS w
), told AS (
    SELECT s.thread AS thread, s.sender AS sender, s.weight AS weight, w.n AS n, w.first_at AS first_at,
           w.last_at AS last_at, z.n_parties AS n_parties, n.node_id AS node_id,
           CASE WHEN v.observable_id IS NULL THEN 0 ELSE 1 END AS of_victim
    FROM side s JOIN wrote w ON w.thread = s.thread AND w.sender = s.sender
    JOIN sized z ON z.thread = s.thread JOIN known n ON n.thread = s.thread AND n.observable_id = s.sender
    LEFT JOIN victims_own v ON v.observable_id = s.sender
), ranked AS (
    SELECT thread, sender, n, first_at, last_at, n_parties, node_id, of_victim,
           row_number() OVER (PARTITION BY thread ORDER BY of_victim, weight DESC, coalesce(first_at, {_FAR}), sender)
           AS place
    FROM told
), kept AS (
    SELECT * FROM ranked WHERE n_parties > 2 OR place = 1
), others AS (
    SELECT k.thread AS thread, k.sender AS sender, min(n.observable_id) AS object_id
    FROM kept k JOIN known n ON n.thread = k.thread AND n.node_id <> k.node_id WHERE k.n_parties = 2
    GROUP BY k.thread, k.sender
), back AS (
    SELECT k.thread AS thread, k.sender AS sender, sum(w.n) AS n, max(w.last_at) AS last_at
    FROM kept k JOIN known n ON n.thread = k.thread AND n.node_id <> k.node_id
    JOIN wrote w ON w.thread = n.thread AND w.sender = n.observable_id GROUP BY k.thread, k.sender
), listed AS (
    SELECT thread, sender, list_sort(array_agg(record_id)) AS record_ids
    FROM (SELECT thread, sender, record_id,
                 row_number() OVER (PARTITION BY thread, sender ORDER BY coalesce(sent_at, {_FAR}), record_id) AS place
          FROM (SELECT thread, sender, record_id, min(sent_at) AS sent_at FROM said
                GROUP BY thread, sender, record_id) AS d) AS p
    WHERE place <= {MOST_RECORDS} GROUP BY thread, sender
)
SELECT {content_id_sql("'message'", "r.sender", "r.thread")} AS approach_id, 'message' AS medium, 'words' AS basis,
       r.thread AS thread, r.sender AS source_id, o.object_id AS object_id, r.n_parties AS n_parties,
       CASE WHEN k.lure_weight * 2 > k.weight THEN 'lure' ELSE 'scam' END AS label,
       CASE WHEN k.lure_weight * 2 > k.weight THEN cast(NULL AS text) ELSE c.kind END AS kind,
       nullif(concat_ws('|', {_PASSED}), '') AS stages,
       r.n AS n_out, cast(coalesce(b.n, 0) AS bigint) AS n_back, r.first_at AS first_at, r.last_at AS last_at, {_TIMES},
       CASE WHEN r.n_parties > 2 THEN NULL WHEN b.n IS NULL THEN false
            WHEN r.first_at IS NULL OR b.last_at IS NULL THEN true ELSE b.last_at >= r.first_at END AS answered,
       v.canonical_id AS victim_id, CASE WHEN v.canonical_id IS NOT NULL THEN 'owner' END AS tie,
       r.of_victim = 1 AS by_victim, k.n_records AS n_records, l.record_ids AS record_ids
FROM kept r JOIN side k ON k.thread = r.thread AND k.sender = r.sender
JOIN listed l ON l.thread = r.thread AND l.sender = r.sender
LEFT JOIN kinds c ON c.thread = r.thread AND c.sender = r.sender AND c.place = 1
LEFT JOIN others o ON o.thread = r.thread AND o.sender = r.sender
LEFT JOIN back b ON b.thread = r.thread AND b.sender = r.sender
LEFT JOIN identifier i ON i.observable_id = o.object_id
LEFT JOIN victim v ON v.canonical_id = i.node_id AND r.of_victim = 0
"""

# Contacts that a victim's report names in a column of its own, but for reports of a ransom: there it is the captive's
# telephone as often as the captor's.
_REPORTS = f"""
WITH {_VICTIMS}, ransom AS (
    SELECT DISTINCT record_id FROM statement WHERE schema = 'Payment' AND prop = 'purpose' AND lower(value) = 'ransom'
), told AS (
    SELECT DISTINCT s.record_id AS record_id, e.canonical_id AS canonical_id
    FROM statement s JOIN entity e ON s.entity_id = e.entity_id
    WHERE s.prop = 'status' AND s.value = 'reported victim' AND s.schema = 'Person'
)
SELECT DISTINCT 'report' AS medium, o.observable_id AS source_id, t.canonical_id AS victim_id, o.record_id AS record_id,
       'scam' AS label, CASE WHEN c.label = 'scam' THEN c.kind END AS kind, c.score AS score
FROM observable o JOIN told t ON t.record_id = o.record_id
LEFT JOIN contact_class c ON c.record_id = o.record_id LEFT JOIN ransom x ON x.record_id = o.record_id
LEFT JOIN victims_own w ON w.observable_id = o.observable_id
WHERE o.entity_id IS NULL AND o.start = -1 AND o.kind IN {_CONTACTS} AND x.record_id IS NULL
  AND w.observable_id IS NULL ORDER BY source_id, victim_id, record_id
"""
# An advert names its contact in a column. A note may name several numbers: with more than one nobody knows which it is.
_NAMED = f"""
WITH {_VICTIMS}, read AS (
    SELECT record_id, medium, label, kind, score FROM contact_class
    WHERE label IN ('scam', 'lure') AND medium IN ('advert', 'note')
), named AS (
    SELECT DISTINCT r.medium AS medium, r.record_id AS record_id, o.observable_id AS observable_id
    FROM read r JOIN observable o ON o.record_id = r.record_id
    LEFT JOIN victims_own v ON v.observable_id = o.observable_id
    WHERE o.entity_id IS NULL AND o.kind IN {_CONTACTS} AND v.observable_id IS NULL
      AND (r.medium = 'note' OR o.start = -1)
), alone AS (
    SELECT medium, record_id, min(observable_id) AS observable_id FROM named GROUP BY medium, record_id
    HAVING count(*) = 1
)
SELECT r.medium AS medium, a.observable_id AS source_id, cast(NULL AS text) AS victim_id, r.record_id AS record_id,
       r.label AS label, CASE WHEN r.label = 'scam' THEN r.kind END AS kind, r.score AS score
FROM read r JOIN alone a ON a.record_id = r.record_id AND a.medium = r.medium
ORDER BY medium, source_id, record_id
"""

# Numbers that approached, as nodes, with those whom they approached. An advert's number is read by anybody.
_MET = f"""
SELECT DISTINCT coalesce(i.node_id, {phone_sql("a.source_id")}) AS node_id,
       coalesce(j.node_id, {phone_sql("a.object_id")}, '') AS object_node
FROM approach a LEFT JOIN identifier i ON i.observable_id = a.source_id
LEFT JOIN identifier j ON j.observable_id = a.object_id
WHERE NOT a.by_victim AND a.label = 'scam' AND a.medium <> 'advert' ORDER BY 1, 2
"""
# Whom such a number calls may be a colleague or a mother: those who are known to be others, who ever call it, or who
# approach others themselves, are left out.
_CALLS = f"""
WITH {_VICTIMS}, source AS (
    SELECT DISTINCT node_id FROM met
), hub AS (
    SELECT node_id AS observable_id FROM common_value WHERE kind = 'number'
), pair AS (
    SELECT p.caller AS caller, p.callee AS callee, p.n_calls AS n_calls, p.n_answered AS n_answered,
           p.first_at AS first_at, p.last_at AS last_at, p.record_ids AS record_ids,
           coalesce(i.node_id, p.caller) AS from_node, coalesce(j.node_id, p.callee) AS to_node, j.node_id AS owner
    FROM call_pair p LEFT JOIN identifier i ON i.observable_id = p.caller
    LEFT JOIN identifier j ON j.observable_id = p.callee
    LEFT JOIN hub h ON h.observable_id = p.caller LEFT JOIN hub g ON g.observable_id = p.callee
    WHERE h.observable_id IS NULL AND g.observable_id IS NULL
), ways AS (
    SELECT p.caller AS caller, p.callee AS callee, p.n_calls AS n_calls, p.n_answered AS n_answered,
           p.first_at AS first_at, p.last_at AS last_at, p.record_ids AS record_ids, v.canonical_id AS victim_id,
           coalesce(r.n_calls, 0) AS n_back, CASE WHEN w.observable_id IS NULL THEN 0 ELSE 1 END AS of_victim,
           CASE WHEN v.canonical_id IS NOT NULL OR c.observable_id IS NOT NULL THEN 'victim'
                WHEN m.node_id IS NOT NULL THEN 'approached'
                WHEN p.owner IS NULL AND r.n_calls IS NULL THEN 'number' END AS basis
    FROM pair p JOIN source s ON s.node_id = p.from_node
    LEFT JOIN source t ON t.node_id = p.to_node
    LEFT JOIN met m ON m.node_id = p.from_node AND m.object_node = p.to_node
    LEFT JOIN victim v ON v.canonical_id = p.to_node
    LEFT JOIN victims_own c ON c.observable_id = p.callee
    LEFT JOIN victims_own w ON w.observable_id = p.caller
    LEFT JOIN call_pair r ON r.caller = p.callee AND r.callee = p.caller
    WHERE t.node_id IS NULL
)
SELECT {content_id_sql("'call'", "caller", "callee")} AS approach_id, 'call' AS medium, basis,
       cast(NULL AS text) AS thread, caller AS source_id, callee AS object_id, 2 AS n_parties, 'scam' AS label,
       cast(NULL AS text) AS kind, cast(NULL AS text) AS stages, n_calls AS n_out, n_back, first_at, last_at,
       cast(NULL AS timestamp) AS trust_at, cast(NULL AS timestamp) AS gains_at, cast(NULL AS timestamp) AS payment_at,
       cast(NULL AS timestamp) AS squeeze_at, n_answered > 0 OR n_back > 0 AS answered, victim_id,
       CASE WHEN victim_id IS NOT NULL THEN 'owner' END AS tie, false AS by_victim, n_calls AS n_records, record_ids
FROM ways WHERE basis IS NOT NULL AND of_victim = 0
"""

_SEEN = """
seen AS (
    SELECT coalesce(h.domain, o.value) AS domain, o.kind AS kind, o.value AS value, o.record_id AS record_id
    FROM observable o LEFT JOIN host h ON h.url = o.value AND o.kind = 'url'
    WHERE o.kind IN ('url', 'domain') AND o.start >= 0
)
"""
_MEANS = f"""
WITH {_SAID}, {_SEEN}, held AS (
    SELECT a.approach_id AS approach_id, s.record_id AS record_id
    FROM said s JOIN approach a ON a.thread = s.thread AND a.source_id = s.sender WHERE a.medium = 'message'
    UNION SELECT approach_id, record_id FROM named_record
), means AS (
    SELECT h.approach_id AS approach_id, concat('domain:', s.domain) AS source_id, 'domain' AS kind, h.record_id
    FROM held h JOIN seen s ON s.record_id = h.record_id WHERE s.domain IS NOT NULL
    UNION
    SELECT h.approach_id AS approach_id, concat('url:', s.value) AS source_id, 'link' AS kind, h.record_id
    FROM held h JOIN seen s ON s.record_id = h.record_id WHERE s.kind = 'url'
    UNION
    SELECT h.approach_id AS approach_id, t.script_id AS source_id, 'script' AS kind, h.record_id
    FROM held h JOIN told_script t ON t.record_id = h.record_id
), listed AS (
    SELECT approach_id, source_id, list_sort(array_agg(record_id)) AS record_ids
    FROM (SELECT approach_id, source_id, record_id,
                 row_number() OVER (PARTITION BY approach_id, source_id ORDER BY record_id) AS place FROM means) AS p
    WHERE place <= {MOST_RECORDS} GROUP BY approach_id, source_id
), counted AS (
    SELECT approach_id, source_id, min(kind) AS kind, count(*) AS n_texts FROM means GROUP BY approach_id, source_id
), own AS (
    SELECT approach_id, record_ids, n_records, {phone_sql("source_id")} AS source_id
    FROM approach
)
SELECT c.approach_id AS approach_id, c.source_id AS source_id, c.kind AS kind, c.n_texts AS n_texts,
       l.record_ids AS record_ids
FROM counted c JOIN listed l ON l.approach_id = c.approach_id AND l.source_id = c.source_id
UNION ALL
SELECT approach_id, source_id, CASE WHEN source_id LIKE 'phone:%' THEN 'number' ELSE 'handle' END AS kind,
       n_records AS n_texts, record_ids FROM own
"""
# Who writes a domain at all, and who of them approaches others.
_DOMAINS = f"""
WITH {_SEEN}, wanted AS (
    SELECT DISTINCT substr(source_id, 8) AS domain FROM approach_means WHERE kind = 'domain'
), source AS (
    SELECT DISTINCT source_id FROM approach
), wrote AS (
    SELECT DISTINCT s.domain AS domain, m.sender AS sender
    FROM seen s JOIN wanted w ON w.domain = s.domain JOIN message m ON m.record_id = s.record_id
)
SELECT d.domain AS domain, count(w.sender) AS n, count(w.sender) - count(a.source_id) AS n_ordinary
FROM wanted d LEFT JOIN wrote w ON w.domain = d.domain LEFT JOIN source a ON a.source_id = w.sender
GROUP BY d.domain ORDER BY d.domain
"""


def write_approaches(case: Desk, script_of: list[tuple[str, str]], params: ApproachParams) -> None:
    """Write approach and approach_means, and public domains among these into common_value.

    script_of  record_id and script_id of each message of a script of several senders
    """
    case.write_sql("approach", _MESSAGES)
    named, records = _named([*case.sql(_REPORTS).to_pylist(), *case.sql(_NAMED).to_pylist()])
    case.write("approach", named)
    met = case.sql(_MET)
    if met.num_rows:
        case.write_sql("approach", _CALLS, met=met)
    lent = {
        "host": _hosts(case),
        "named_record": _pairs(records, "approach_id", "record_id"),
        "told_script": _pairs(sorted(set(script_of)), "record_id", "script_id"),
    }
    case.write_sql("approach_means", _MEANS, **lent)
    case.write("common_value", _public(case.sql(_DOMAINS, host=lent["host"]), params))


def _named(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """Rows of `approach` of contacts that reports, adverts and notes name; and (approach_id, record_id) of each."""
    grouped: dict[tuple[str, str, str | None], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["medium"], row["source_id"], row["victim_id"]].append(row)
    made, records = [], []
    for (medium, source, victim), told in sorted(grouped.items(), key=lambda item: tuple(map(str, item[0]))):
        approach = content_id(medium, source, victim)
        held = sorted({row["record_id"] for row in told})
        weights: dict[str, float] = defaultdict(float)
        for row in sorted(told, key=lambda row: row["record_id"]):
            if row["kind"]:
                weights[row["kind"]] += row["score"] or 0.0
        made.append({
            "approach_id": approach, "medium": medium, "basis": "named", "source_id": source, "n_parties": 0,
            "label": "scam" if any(row["label"] == "scam" for row in told) else "lure",
            "kind": min(weights, key=lambda kind: (-weights[kind], kind), default=None), "n_out": 0, "n_back": 0,
            "victim_id": victim, "tie": "report" if victim else None, "by_victim": False, "n_records": len(held),
            "record_ids": held[:MOST_RECORDS],
            **dict.fromkeys(
                ("thread", "object_id", "stages", "first_at", "last_at", "trust_at", "gains_at", "payment_at",
                 "squeeze_at", "answered")
            ),
        })  # fmt: skip
        records += [(approach, record) for record in held]
    return made, records


def _pairs(pairs: list[tuple[str, str]], one: str, other: str) -> pa.Table:
    import pyarrow as pa

    return pa.table(
        {name: pa.array([pair[place] for pair in pairs], pa.string()) for place, name in enumerate((one, other))}
    )


def _hosts(case: Desk) -> pa.Table:
    """url, domain: the host of each web address that a text mentions."""
    from upriver.clean.contacts import domain

    urls = case.sql("SELECT DISTINCT value FROM observable WHERE kind = 'url' AND start >= 0 ORDER BY value")
    found = [(url, host) for url in urls["value"].to_pylist() if (host := domain(_host(url)))]
    return _pairs([(url, host.removeprefix("www.")) for url, host in found], "url", "domain")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # brackets that hold no address
        return ""


def _public(domains: pa.Table, params: ApproachParams) -> list[dict[str, Any]]:
    rows = []
    for row in domains.to_pylist():
        why, others = public_service(row["domain"]), row["n_ordinary"]
        if why is None and (others < params.domain_ordinary or others * 2 <= row["n"]):
            continue
        reason = (
            f"{why}'s: everybody's links go there. It ties nobody; what stands behind one link may be one sender's"
            if why
            else "senders, most of whom approach nobody: a public site? It ties none of them"
        )
        bound = 0 if why else params.domain_ordinary
        rows.append({
            "kind": "domain", "node_id": f"domain:{row['domain']}", "n": row["n"], "bound": bound, "reason": reason
        })  # fmt: skip
    return rows


def public_service(domain: str) -> str | None:
    """What the public service is that `domain` belongs to; None where it is of none that is listed.

    >>> public_service("chat.whatsapp.com"), public_service("whatsapp.com.example.top")
    ('a messenger', None)
    """
    labels = domain.split(".")
    return next((why for at in range(len(labels)) if (why := _services().get(".".join(labels[at:])))), None)


@cache
def _services() -> dict[str, str]:
    text = resources.files("upriver.link").joinpath("public_domains.toml").read_text(encoding="utf-8")
    return {host: table["why"] for table in tomllib.loads(text).values() for host in table["hosts"]}
