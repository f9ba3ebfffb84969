"""Ties from records: calls, messages, payments, shared identifiers, and what registers and lists say of two parties.

Every tie is told by one SELECT with the columns kind, source_id, target_id, directed, via, told_at, amount_usd, share
and record_id; `_EDGE` sums them. SQL for both engines: it runs over billions of rows elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from upriver.link.nodes import HOLDERS
from upriver.model.ids import content_id_sql

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

RECORDS_MOST = 50


@dataclass(frozen=True)
class EdgeParams:
    """What is too common to be a tie, and how much a register's word weighs beside one call.

    shared_most      owners of one identifier; of more it is a switchboard's, a shop's, a common device
    members_most     members of a group thread to whom a message goes; larger groups are channels
    strangers_most   unknown partners of one account (see nodes.accounts)
    site_most        people on one list of one site; longer lists say that they were in the same place and no more
    relation_share   calls that a line of a register, staff list or key list counts for
    site_share       the same for standing on one short list
    handset_most     numbers in one handset; of more it is a shop's, a gateway's, or no true number of a handset
    travel_most      travellers of one journey, stay or crossing; of more, company is chance
    travel_party     travellers who may be one party by being there together once; of more, only those tie who share a
                     booking or room, or meet so on two days
    """

    shared_most: int = 8
    members_most: int = 60
    strangers_most: int = 500
    site_most: int = 6
    relation_share: float = 4.0
    site_share: float = 0.1
    travel_most: int = 40
    travel_party: int = 8
    handset_most: int = 6


# Ties of a node with itself go after the sums: as a condition on rows it would stand between both ends of a join, and a
# planner may then pair all nodes with all before it looks at one record.
_EDGE = """
WITH tie AS ({{tie}}),
clean AS (
    SELECT * FROM tie WHERE source_id IS NOT NULL AND target_id IS NOT NULL
),
listed AS (
    SELECT kind, source_id, target_id, list_sort(array_agg(record_id)) AS record_ids
    FROM (
        SELECT kind, source_id, target_id, record_id,
               row_number() OVER (PARTITION BY kind, source_id, target_id ORDER BY record_id) AS place
        FROM (SELECT DISTINCT kind, source_id, target_id, record_id FROM clean) AS told
    ) AS placed
    WHERE place <= {most} GROUP BY kind, source_id, target_id
),
summed AS (
    SELECT kind, source_id, target_id, max(directed) AS directed, min(via) AS via, min(told_at) AS first_at,
           max(told_at) AS last_at, count(DISTINCT record_id) AS n_records,
           sum(cast(amount_usd AS decimal(38, 6))) AS amount_usd, sum(cast(share AS decimal(38, 9))) AS strength
    FROM clean GROUP BY kind, source_id, target_id
    HAVING max(CASE WHEN source_id <> target_id THEN 1 ELSE 0 END) = 1
)
SELECT {edge_id} AS edge_id, s.source_id AS source_id, s.target_id AS target_id, s.kind AS kind,
       s.directed = 1 AS directed, round(ln(1 + cast(s.strength AS double)), 6) AS weight, s.n_records AS n_records,
       cast(s.amount_usd AS double) AS amount_usd, s.first_at AS first_at, s.last_at AS last_at, s.via AS via,
       l.record_ids AS record_ids
FROM summed s JOIN listed l ON s.kind = l.kind AND s.source_id = l.source_id AND s.target_id = l.target_id
""".format(most=RECORDS_MOST, edge_id=content_id_sql("s.kind", "s.source_id", "s.target_id"))

_CALLS = """
SELECT 'calls' AS kind, coalesce(a.node_id, c.caller) AS source_id, coalesce(b.node_id, c.callee) AS target_id,
       1 AS directed, cast(NULL AS text) AS via, c.started_at AS told_at, cast(NULL AS double) AS amount_usd,
       cast(1 AS double) AS share, c.record_id AS record_id
FROM call c LEFT JOIN node a ON c.caller = a.observable_id LEFT JOIN node b ON c.callee = b.observable_id
"""

# To one: as addressed. To a group: to every member, a message among many counting the less the more there are.
_WRITES = """
WITH named AS (
    SELECT coalesce(a.node_id, m.sender) AS sender_id, coalesce(b.node_id, m.recipient) AS recipient_id,
           m.thread AS thread, m.sent_at AS sent_at, m.record_id AS record_id
    FROM message m LEFT JOIN node a ON m.sender = a.observable_id LEFT JOIN node b ON m.recipient = b.observable_id
), room AS (
    SELECT DISTINCT entity_id, value AS thread FROM statement WHERE schema = 'Organization' AND prop = 'name'
), member AS (
    SELECT DISTINCT thread, sender_id AS member_id FROM named
    UNION
    SELECT DISTINCT n.thread AS thread, e.canonical_id AS member_id
    FROM statement o JOIN statement p ON o.entity_id = p.entity_id AND p.prop = 'member'
    JOIN room n ON o.value = n.entity_id
    JOIN entity e ON p.value = e.entity_id
    WHERE o.schema = 'Membership' AND o.prop = 'organization'
), sized AS (
    SELECT thread, member_id, count(*) OVER (PARTITION BY thread) AS n FROM member
)
SELECT 'writes_to' AS kind, sender_id AS source_id, recipient_id AS target_id, 1 AS directed,
       cast(NULL AS text) AS via, sent_at AS told_at, cast(NULL AS double) AS amount_usd, cast(1 AS double) AS share,
       record_id
FROM named WHERE recipient_id IS NOT NULL
UNION ALL
SELECT 'writes_to' AS kind, w.sender_id AS source_id, g.member_id AS target_id, 1 AS directed,
       w.thread AS via, w.sent_at AS told_at, cast(NULL AS double) AS amount_usd,
       cast(1 AS double) / (g.n - 1) AS share, w.record_id AS record_id
FROM named w JOIN sized g ON w.thread = g.thread AND w.sender_id <> g.member_id
WHERE w.recipient_id IS NULL AND g.n BETWEEN 2 AND {members_most}
"""

# Two parts and not `a.known + b.known >= 1`: a condition over both ends tempts a planner to pair all accounts first.
_PAYS_PART = """
SELECT 'pays' AS kind, a.node_id AS source_id, b.node_id AS target_id, 1 AS directed, cast(NULL AS text) AS via,
       t.occurred_at AS told_at, t.amount_usd AS amount_usd, cast(1 AS double) AS share, t.record_id AS record_id
FROM transfer t JOIN account_node a ON t.source_account = a.account JOIN account_node b ON t.target_account = b.account
WHERE {known}
"""
_PAYS = f"{_PAYS_PART.format(known='a.known = 1')} UNION ALL {_PAYS_PART.format(known='a.known = 0 AND b.known = 1')}"

# Both records of a pair bear witness; what two share is worth more than what eight do. A handset is shared by numbers.
_SHARES = f"""
WITH used AS (
    SELECT o.observable_id AS observable_id, e.canonical_id AS owner_id, min(o.record_id) AS record_id
    FROM observable o JOIN entity e ON o.entity_id = e.entity_id
    WHERE e.schema IN {HOLDERS} GROUP BY o.observable_id, e.canonical_id
), sized AS (
    SELECT observable_id, owner_id, record_id, count(*) OVER (PARTITION BY observable_id) AS n FROM used
), paired AS (
    SELECT a.owner_id AS source_id, b.owner_id AS target_id, a.observable_id AS via, a.n AS n,
           a.record_id AS one, b.record_id AS other
    FROM sized a JOIN sized b ON a.observable_id = b.observable_id AND a.owner_id < b.owner_id
    WHERE a.n <= {{shared_most}}
), held AS (
    SELECT caller_device AS device, caller AS observable_id, started_at, record_id FROM call
    WHERE caller_device IS NOT NULL
    UNION ALL
    SELECT callee_device AS device, callee AS observable_id, started_at, record_id FROM call
    WHERE callee_device IS NOT NULL
), in_hand AS (
    SELECT h.device AS device, coalesce(min(d.node_id), h.observable_id) AS owner_id, min(h.started_at) AS told_at,
           min(h.record_id) AS record_id, count(*) OVER (PARTITION BY h.device) AS n
    FROM held h LEFT JOIN node d ON d.observable_id = h.observable_id GROUP BY h.device, h.observable_id
), swapped AS (
    SELECT least(a.owner_id, b.owner_id) AS source_id, greatest(a.owner_id, b.owner_id) AS target_id,
           concat('device:', a.device) AS via, a.n AS n, a.record_id AS one, b.record_id AS other,
           a.told_at AS one_at, b.told_at AS other_at
    FROM in_hand a JOIN in_hand b ON a.device = b.device AND a.owner_id < b.owner_id
    WHERE a.n <= {{handset_most}}
), shared AS (
    SELECT source_id, target_id, via, n, one, other, cast(NULL AS timestamp) AS one_at,
           cast(NULL AS timestamp) AS other_at FROM paired
    UNION ALL SELECT source_id, target_id, via, n, one, other, one_at, other_at FROM swapped
)
SELECT 'shares' AS kind, source_id, target_id, 0 AS directed, via, one_at AS told_at,
       cast(NULL AS double) AS amount_usd, cast(1 AS double) / (n - 1) AS share, one AS record_id FROM shared
UNION ALL
SELECT 'shares' AS kind, source_id, target_id, 0 AS directed, via, other_at AS told_at,
       cast(NULL AS double) AS amount_usd, cast(0 AS double) AS share, other AS record_id FROM shared
"""

_RELATIONS = """
WITH fact AS (
    SELECT DISTINCT entity_id, prop, value FROM statement
    WHERE prop IN ('asset', 'organization', 'relative', 'employer', 'object')
), role AS (
    SELECT entity_id, min(value) AS role FROM statement WHERE prop = 'role' GROUP BY entity_id
), began AS (
    SELECT entity_id, min(try_cast(value AS timestamp)) AS told_at FROM statement
    WHERE prop IN ('startDate', 'date')
      AND schema IN ('Ownership', 'Directorship', 'Family', 'Employment', 'Membership', 'UnknownLink')
    GROUP BY entity_id
), told AS (
    SELECT a.schema AS schema, x.canonical_id AS one, y.canonical_id AS other, y.schema AS other_schema, r.role AS role,
           t.told_at AS told_at, a.record_id AS record_id
    FROM statement a JOIN fact b ON a.entity_id = b.entity_id
    JOIN entity x ON a.value = x.entity_id JOIN entity y ON b.value = y.entity_id
    LEFT JOIN role r ON a.entity_id = r.entity_id LEFT JOIN began t ON a.entity_id = t.entity_id
    WHERE (a.schema = 'Ownership' AND a.prop = 'owner' AND b.prop = 'asset')
       OR (a.schema = 'Directorship' AND a.prop = 'director' AND b.prop = 'organization')
       OR (a.schema = 'Family' AND a.prop = 'person' AND b.prop = 'relative')
       OR (a.schema = 'Employment' AND a.prop = 'employee' AND b.prop = 'employer')
       OR (a.schema = 'Membership' AND a.prop = 'member' AND b.prop = 'organization')
       OR (a.schema = 'UnknownLink' AND a.prop = 'subject' AND b.prop = 'object')
), typed AS (
    SELECT CASE schema
               WHEN 'Ownership' THEN 'owns' WHEN 'Directorship' THEN 'directs' WHEN 'Family' THEN 'kin'
               WHEN 'Employment' THEN 'works_at'
               WHEN 'Membership' THEN CASE WHEN role = 'admin' THEN 'administers' ELSE 'member_of' END
               ELSE CASE WHEN role = 'supervises' THEN 'manages' WHEN role LIKE 'holds:%' THEN 'holds_key' END
           END AS kind, one, other,
           CASE WHEN role LIKE 'holds:%' THEN trim(substr(role, 7)) ELSE role END AS role, told_at,
           record_id
    FROM told WHERE NOT (schema = 'Ownership' AND other_schema IN ('BankAccount', 'CryptoWallet'))
)
SELECT kind, CASE WHEN kind = 'kin' THEN least(one, other) ELSE one END AS source_id,
       CASE WHEN kind = 'kin' THEN greatest(one, other) ELSE other END AS target_id,
       CASE WHEN kind = 'kin' THEN 0 ELSE 1 END AS directed, CASE WHEN kind = 'manages' THEN NULL ELSE role END AS via,
       told_at, cast(NULL AS double) AS amount_usd, cast({share} AS double) AS share, record_id
FROM typed WHERE kind IS NOT NULL
"""

# A long list proves presence and nothing between two people on it.
_SITES = """
WITH fact AS (
    SELECT DISTINCT entity_id, prop, value FROM statement WHERE schema = 'Event' AND prop IN ('location', 'name')
), stood AS (
    SELECT DISTINCT e.canonical_id AS person_id, l.value AS site, coalesce(n.value, '') AS list_name,
           p.record_id AS record_id
    FROM statement p JOIN fact l ON p.entity_id = l.entity_id AND l.prop = 'location'
    LEFT JOIN fact n ON p.entity_id = n.entity_id AND n.prop = 'name'
    JOIN entity e ON p.value = e.entity_id
    WHERE p.schema = 'Event' AND p.prop = 'involved'
), counted AS (
    SELECT site, list_name, count(DISTINCT person_id) AS n FROM stood GROUP BY site, list_name
)
SELECT 'same_site' AS kind, a.person_id AS source_id, b.person_id AS target_id, 0 AS directed, a.site AS via,
       cast(NULL AS timestamp) AS told_at, cast(NULL AS double) AS amount_usd,
       cast({share} AS double) / (c.n - 1) AS share, a.record_id AS record_id
FROM stood a JOIN stood b ON a.site = b.site AND a.list_name = b.list_name AND a.person_id < b.person_id
JOIN counted c ON a.site = c.site AND a.list_name = c.list_name
WHERE c.n BETWEEN 2 AND {most}
"""

# Travellers of one booking, service on its day, room, hotel, or post within minutes. Both records bear witness.
TRAVELLED = """
WITH journey AS (
    SELECT entity_id, min(CASE WHEN prop = 'name' THEN value END) AS name,
           max(CASE WHEN value IN ('journey: booking', 'journey: room') THEN 1 ELSE 0 END) AS chosen
    FROM statement
    WHERE schema = 'Event' AND prop IN ('keywords', 'name') GROUP BY entity_id
    HAVING max(CASE WHEN prop = 'keywords' AND value LIKE 'journey: %' THEN 1 ELSE 0 END) = 1
), link AS (
    SELECT entity_id, max(CASE WHEN prop = 'subject' THEN value END) AS subject,
           max(CASE WHEN prop = 'object' THEN value END) AS object,
           min(CASE WHEN prop = 'startDate' THEN try_cast(value AS timestamp) END) AS told_at,
           min(record_id) AS record_id
    FROM statement WHERE schema = 'UnknownLink' GROUP BY entity_id
), went AS (
    SELECT j.entity_id AS journey_id, j.name AS name, j.chosen AS chosen, e.canonical_id AS person_id,
           min(l.told_at) AS told_at, min(l.record_id) AS record_id
    FROM link l JOIN journey j ON l.object = j.entity_id JOIN entity e ON l.subject = e.entity_id
    GROUP BY j.entity_id, j.name, j.chosen, e.canonical_id
), sized AS (
    SELECT journey_id, name, chosen, person_id, told_at, record_id, count(*) OVER (PARTITION BY journey_id) AS n
    FROM went
)
"""
# On a coach, at a post and in a hotel sit strangers: two of many are company where they meet so on another day, too.
_TRAVELS = f"""{TRAVELLED}, met AS (
    SELECT a.person_id AS source_id, b.person_id AS target_id, a.name AS name, a.n AS n, a.told_at AS told_at,
           b.told_at AS other_at, a.record_id AS one, b.record_id AS other, a.chosen AS chosen,
           coalesce(cast(cast(a.told_at AS date) AS text), a.journey_id) AS on_day
    FROM sized a JOIN sized b ON a.journey_id = b.journey_id AND a.person_id < b.person_id WHERE a.n <= {{most}}
), again AS (
    SELECT source_id, target_id, count(DISTINCT on_day) AS n_days FROM met GROUP BY source_id, target_id
), paired AS (
    SELECT m.source_id AS source_id, m.target_id AS target_id, m.name AS name, m.n AS n, m.told_at AS told_at,
           m.other_at AS other_at, m.one AS one, m.other AS other
    FROM met m JOIN again g ON m.source_id = g.source_id AND m.target_id = g.target_id
    WHERE m.chosen = 1 OR m.n <= {{party}} OR g.n_days >= 2
)
SELECT 'travels_with' AS kind, source_id, target_id, 0 AS directed, name AS via, told_at,
       cast(NULL AS double) AS amount_usd, cast(1 AS double) / (n - 1) AS share, one AS record_id FROM paired
UNION ALL
SELECT 'travels_with' AS kind, source_id, target_id, 0 AS directed, name AS via, other_at AS told_at,
       cast(NULL AS double) AS amount_usd, cast(0 AS double) AS share, other AS record_id FROM paired
"""


def write_edges(case: Desk, node: pa.Table, account_node: pa.Table, params: EdgeParams) -> None:
    """Write every edge but those of scripts.

    node  rows of `identifier`; account_node: nodes.accounts()
    """
    parts: list[tuple[str, dict[str, pa.Table]]] = [
        (_CALLS, {"node": node}),
        (_WRITES.format(members_most=params.members_most), {"node": node}),
        (_PAYS, {"account_node": account_node}),
        (_SHARES.format(shared_most=params.shared_most, handset_most=params.handset_most), {"node": node}),
        (_RELATIONS.format(share=params.relation_share), {}),
        (_SITES.format(share=params.site_share, most=params.site_most), {}),
        (_TRAVELS.format(most=params.travel_most, party=params.travel_party), {}),
    ]
    for number, (tie, lent) in enumerate(parts, 1):
        case.write_sql("edge", _EDGE.format(tie=tie), **lent)
        case.progress(0.4 * number / len(parts), "ties")
