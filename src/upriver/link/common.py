"""What too many have for it to tie anybody, listed with the reason: left out of ties, not out of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from upriver.link.edges import TRAVELLED
from upriver.link.nodes import ACCOUNT_KINDS, HOLDERS

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk
    from upriver.link.stage import LinkParams

_IDENTIFIERS = f"""
SELECT 'identifier' AS kind, o.observable_id AS node_id, count(DISTINCT e.canonical_id) AS n,
       {{most}} AS bound, 'owners told: a switchboard, a shop, a form''s sample? It ties none of them' AS reason
FROM observable o JOIN entity e ON o.entity_id = e.entity_id WHERE e.schema IN {HOLDERS}
GROUP BY o.observable_id HAVING count(DISTINCT e.canonical_id) > {{most}}
"""
_DEVICES = """
SELECT 'handset' AS kind, concat('device:', device) AS node_id, count(*) AS n, {most} AS bound,
       'numbers in one handset: a shop, a gateway of many SIMs, a number that no maker gave? No swap is told' AS reason
FROM handset GROUP BY device HAVING count(*) > {most}
"""
_LISTS = """
WITH fact AS (
    SELECT DISTINCT entity_id, prop, value FROM statement WHERE schema = 'Event' AND prop IN ('location', 'name')
), stood AS (
    SELECT DISTINCT p.value AS person_id, l.value AS site, coalesce(n.value, '') AS list_name
    FROM statement p JOIN fact l ON p.entity_id = l.entity_id AND l.prop = 'location'
    LEFT JOIN fact n ON p.entity_id = n.entity_id AND n.prop = 'name'
    WHERE p.schema = 'Event' AND p.prop = 'involved'
)
SELECT 'list' AS kind, concat(list_name, ' / ', site) AS node_id, count(*) AS n, {most} AS bound,
       'people on one list of one site: it proves that they were there, and nothing between two of them' AS reason
FROM stood GROUP BY site, list_name HAVING count(*) > {most}
"""
_JOURNEYS = f"""{TRAVELLED}
SELECT 'journey' AS kind, concat(coalesce(name, ''), ' / ', journey_id) AS node_id, count(*) AS n, {{most}} AS bound,
       'travellers of one journey or stay: most of them are strangers. It ties none of them' AS reason
FROM sized GROUP BY journey_id, name HAVING count(*) > {{most}}
UNION ALL
SELECT 'journey' AS kind, concat(coalesce(name, ''), ' / ', journey_id) AS node_id, count(*) AS n, {{party}} AS bound,
       'travellers of one journey or stay: it ties those alone who share a booking or room or meet so again' AS reason
FROM sized WHERE chosen = 0 GROUP BY journey_id, name HAVING count(*) > {{party}} AND count(*) <= {{most}}
"""
_ACCOUNTS = f"""
WITH known AS (SELECT DISTINCT value AS account FROM observable WHERE kind IN {ACCOUNT_KINDS}), met AS (
    SELECT DISTINCT t.source_account AS known, t.target_account AS account
    FROM transfer t JOIN known k ON t.source_account = k.account
    LEFT JOIN known o ON t.target_account = o.account WHERE o.account IS NULL
    UNION
    SELECT DISTINCT t.target_account AS known, t.source_account AS account
    FROM transfer t JOIN known k ON t.target_account = k.account
    LEFT JOIN known o ON t.source_account = o.account WHERE o.account IS NULL
)
SELECT 'account' AS kind, k.node_id AS node_id, count(*) AS n, {{most}} AS bound,
       'payers and payees that no other record names: an exchange, a shop? Its payments make no ties to them' AS reason
FROM met JOIN account_node k ON k.account = met.known GROUP BY k.node_id HAVING count(*) > {{most}}
"""
_GROUPS = """
SELECT 'thread' AS kind, thread AS node_id, count(DISTINCT sender) AS n, {most} AS bound,
       'writers in one chat: a channel. What is written there is to nobody' AS reason
FROM message WHERE recipient IS NULL GROUP BY thread HAVING count(DISTINCT sender) > {most}
"""


def write_common(
    case: Desk, account_node: pa.Table, hub: pa.Table, scripts: list[tuple[str, int]], params: LinkParams
) -> None:
    """Write common_value.

    account_node  nodes.accounts(); hub: calls.write_calls(); scripts: (script_id, senders) of chain letters
    """
    parts = (
        _IDENTIFIERS.format(most=params.shared_most), _DEVICES.format(most=params.handset_most),
        _ACCOUNTS.format(most=params.strangers_most), _GROUPS.format(most=params.members_most),
        _LISTS.format(most=params.site_most), _JOURNEYS.format(most=params.travel_most, party=params.travel_party),
    )  # fmt: skip
    columns = "kind, node_id, n, bound, reason"
    union = " UNION ALL ".join(f"SELECT {columns} FROM ({part}) AS part_{at}" for at, part in enumerate(parts))
    # Two lists may be called alike once their name and site are put together.
    most = "max(n) AS n, max(bound) AS bound, max(reason) AS reason"
    select = f"SELECT kind, node_id, {most} FROM ({union}) AS listed GROUP BY kind, node_id"
    case.write_sql("common_value", select, account_node=account_node)
    write_numbers(case, hub)
    case.write("common_value", [
        {"kind": "script", "node_id": script, "n": n, "bound": params.script_most,
         "reason": "senders of one text: a chain letter, a notice? It ties none of them"}
        for script, n in scripts
    ])  # fmt: skip


def write_numbers(case: Desk, hub: pa.Table) -> None:
    """Write those of telephone numbers: by whom calls whom, what such a number may be."""
    case.write("common_value", [
        {"kind": "number", "node_id": row["observable_id"], "n": row["n_contacts"], "bound": row["bound"],
         "reason": _number(row["observable_id"], row["n_contacts"], row["n_called"])}
        for row in hub.to_pylist()
    ])  # fmt: skip


def write_handsets(case: Desk, most: int) -> None:
    """Write those of handsets."""
    case.write_sql("common_value", _DEVICES.format(most=most))


def _number(number: str, n: int, n_called: int) -> str:
    digits = number.partition(":")[2]
    if number.startswith("phone:") and len(digits) <= 6 and digits.isdigit():
        what = "a short number, an operator's, a bank's or an office's"
    elif not number.startswith("phone:") and not any(char.isdigit() for char in digits):
        what = "a name in place of a number, an operator's or a bank's notices"
    elif n_called * 4 < n:
        what = "called far more than it calls (a hotline, an exchange, a shop?)"
    elif n_called * 4 > 3 * n:
        what = "calls far more than it is called (a notice line, a call centre, or a dialler of the scam? Look at it)"
    else:
        what = "calls and is called (a switchboard, an office, a trader?)"
    return f"contacts; {what}: nobody's common contact"
