"""Identifiers seen in evidence: those that a text mentions, each with its place, and the devices of call records.

Identifiers that a list ties to a person or account are told by `statements.py`, which knows whose they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from upriver.extract.hints import Hints, of_form
from upriver.extract.mentions import mentions
from upriver.model.forms import FORMS
from upriver.model.ids import observable_id

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

# Forms with running text, and the fields that hold it.
TEXTS = {
    "message": ("text",), "job_advert": ("text", "title"), "victim_report": ("narrative",), "note": ("text",),
    "interview": ("text",), "news": ("text",), "handover_list": ("remarks",), "account_list": ("note",),
    "watchlist": ("remarks",), "told_observable": ("note",), "organisation": ("note",),
}  # fmt: skip
_BATCH = 50_000


def observables(case: Desk) -> None:
    """Write `observable` for mentions in texts (no owner, start >= 0) and for devices of calls (start -1)."""
    hints = Hints.of(case)
    known = _known_accounts(case)
    case.write("observable", _tables(_mentions(case, hints, known)))
    _devices(case)


def _mentions(case: Desk, hints: Hints, known: frozenset[str]) -> Iterator[dict[str, object]]:
    for form, fields in TEXTS.items():
        for row in of_form(case, form, fields):
            country = hints.at(row["file_id"], row["locator"]).country
            # Two texts of one record may mention one identifier at one place.
            seen: set[tuple[str, int]] = set()
            for text in (row[field] for field in fields):
                for mention in mentions(text, country, known) if text else ():
                    found = observable_id(mention.kind, mention.value)
                    if (found, mention.start) not in seen:
                        seen.add((found, mention.start))
                        yield {
                            "observable_id": found, "kind": mention.kind, "value": mention.value,
                            "raw": mention.raw, "entity_id": None, "start": mention.start,
                            "record_id": row["record_id"],
                        }  # fmt: skip


def _known_accounts(case: Desk) -> frozenset[str]:
    """Accounts of transfers that are long enough, and have digits enough, not to be met by chance."""
    ends = ("source_account", "target_account")
    union = " UNION ".join(f"SELECT {end} AS account FROM transfer" for end in ends)
    digits = "regexp_replace(account, '[^0-9]', '', 'g')"
    rows = case.sql(
        f"SELECT account FROM ({union}) AS a WHERE length(account) >= 8 AND length({digits}) >= 4 ORDER BY account"
    )
    return frozenset(rows["account"].to_pylist())


def _devices(case: Desk) -> None:
    """One row for each device and caller: the call that shows them together first."""
    device, caller = (f"nullif(trim(fields[{FORMS['call'].position(name)}]), '')" for name in ("device", "caller"))
    seen = (
        f"SELECT min({device}) AS raw, min(record_id) AS record_id FROM record WHERE form = 'call' "
        f"AND {device} IS NOT NULL GROUP BY lower({device}), {caller}"
    )
    case.write_sql(
        "observable",
        "SELECT concat('device:', lower(raw)) AS observable_id, 'device' AS kind, lower(raw) AS value, "
        f"min(raw) AS raw, cast(NULL AS text) AS entity_id, -1 AS start, record_id FROM ({seen}) AS s "
        "GROUP BY lower(raw), record_id",
    )


def _tables(rows: Iterator[dict[str, object]]) -> Iterator[pa.Table]:
    """`rows` in tables of bounded size."""
    import pyarrow as pa

    batch: list[dict[str, object]] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= _BATCH:
            yield pa.Table.from_pylist(batch)
            batch = []
    if batch:
        yield pa.Table.from_pylist(batch)
