"""Which node an identifier stands for: its owner where exactly one is known, itself otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

HOLDERS = "('Person', 'Company', 'Organization', 'LegalEntity', 'PublicBody')"
ACCOUNT_KINDS = "('bank_account', 'iban', 'bank_card', 'btc', 'eth', 'tron')"

# A WhatsApp number is a telephone number: its owner is whoever owns either, if that is one; else it is the phone's.
_OWNERS = f"""
WITH owned AS (
    SELECT DISTINCT o.observable_id, o.kind, o.value, e.canonical_id
    FROM observable o JOIN entity e ON o.entity_id = e.entity_id WHERE e.schema IN {HOLDERS}
), numbers AS (
    SELECT value, min(canonical_id) AS node_id FROM owned WHERE kind IN ('phone', 'whatsapp')
    GROUP BY value HAVING count(DISTINCT canonical_id) = 1
), whatsapp AS (
    SELECT DISTINCT observable_id, value FROM observable WHERE kind = 'whatsapp'
), owners AS (
    SELECT observable_id, min(canonical_id) AS node_id FROM owned WHERE kind NOT IN ('phone', 'whatsapp')
    GROUP BY observable_id HAVING count(DISTINCT canonical_id) = 1
    UNION ALL SELECT concat('phone:', value) AS observable_id, node_id FROM numbers
    UNION ALL SELECT concat('whatsapp:', value) AS observable_id, node_id FROM numbers
    UNION ALL SELECT w.observable_id AS observable_id, concat('phone:', w.value) AS node_id
    FROM whatsapp w LEFT JOIN numbers n ON w.value = n.value WHERE n.value IS NULL
)
SELECT observable_id, node_id FROM owners ORDER BY observable_id
"""

# Accounts that a record ties to a holder, lists, or that a text names: all but those that only transfers tell of.
_KNOWN = f"""
SELECT value AS account, min(observable_id) AS observable_id FROM observable
WHERE kind IN {ACCOUNT_KINDS} GROUP BY value ORDER BY value
"""

_STRANGERS = """
WITH met AS (
    SELECT DISTINCT t.source_account AS known, t.target_account AS account
    FROM transfer t JOIN known_account k ON t.source_account = k.account
    LEFT JOIN known_account o ON t.target_account = o.account WHERE o.account IS NULL
    UNION
    SELECT DISTINCT t.target_account AS known, t.source_account AS account
    FROM transfer t JOIN known_account k ON t.target_account = k.account
    LEFT JOIN known_account o ON t.source_account = o.account WHERE o.account IS NULL
), sized AS (
    SELECT account, count(*) OVER (PARTITION BY known) AS n FROM met
)
SELECT DISTINCT account FROM sized WHERE n <= {most} ORDER BY account
"""


def owners(case: Desk) -> pa.Table:
    """Rows of `identifier`: those that exactly one canonical person, company or organisation is told to use."""
    return case.sql(_OWNERS)


def accounts(case: Desk, node: pa.Table, strangers_most: int) -> pa.Table:
    """account, node_id, known: nodes of the accounts whose payments become edges.

    node            owners()
    strangers_most  partners of a known account that nobody else tells of: where it has more, as an exchange has, these
                    payments are left to the money stage and make no edges
    """
    import pyarrow as pa

    from upriver.clean.accounts import account

    known = case.sql(_KNOWN)
    holder = dict(zip(node["observable_id"].to_pylist(), node["node_id"].to_pylist(), strict=True))
    values = known["account"].to_pylist()
    nodes = [holder.get(i, i) for i in known["observable_id"].to_pylist()]
    strangers = case.sql(_STRANGERS.format(most=strangers_most), known_account=known)["account"].to_pylist()
    for value in strangers:
        kind, plain = account(value) or ("bank_account", value)
        nodes.append(f"{kind}:{plain}")
    n_known = len(values)
    return pa.table(
        {
            "account": pa.array(values + strangers, pa.string()),
            "node_id": pa.array(nodes, pa.string()),
            "known": pa.array([1] * n_known + [0] * len(strangers), pa.int64()),
        }
    )
