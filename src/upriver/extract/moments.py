"""Times as written to UTC: ISO texts inside the engine, all others once for each distinct text.

A table of a million rows holds nearly as many different times, but few ways of writing them: what is ISO and in a zone
of fixed offset never leaves the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from upriver.clean import zones
from upriver.clean.dates import moment

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

# Years since hints.FIXED_SINCE: before, zones that are fixed today were not.
_ISO = (
    "^(199[5-9]|20[0-9]{2})-[0-9]{2}-[0-9]{2}"
    "[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$"
)
_END = "(Z|[+-][0-9]{2}:?[0-9]{2})$"


def is_iso(text: str, offset: str) -> str:
    """SQL: whether the engine itself reads `text`; `offset` is the file's offset in seconds, null where it changes."""
    return f"(regexp_matches({text}, '{_ISO}') AND ({offset} IS NOT NULL OR regexp_matches({text}, '{_END}')))"


def moment_sql(text: str, offset: str, slow: str) -> str:
    """SQL for the moment in UTC that `text` tells: read here where it is ISO, else `slow` (a column of `others`)."""
    end = f"regexp_extract({text}, '{_END}', 1)"
    sign = f"CASE WHEN substr({end}, 1, 1) = '-' THEN -1 ELSE 1 END"
    hours = f"coalesce(try_cast(substr({end}, 2, 2) AS integer), 0)"
    minutes = f"coalesce(try_cast(substr(replace({end}, ':', ''), 4, 2) AS integer), 0)"
    seconds = f"CASE WHEN {end} = '' THEN {offset} ELSE ({sign}) * ({hours} * 3600 + {minutes} * 60) END"
    naive = f"try_cast(regexp_replace({text}, '{_END}', '') AS timestamp)"
    return f"CASE WHEN {is_iso(text, offset)} THEN {naive} - ({seconds}) * INTERVAL '1 second' ELSE {slow} END"


def unread_sql(raw: str) -> str:
    """SQL for the reason why the time `raw` could not be read, and what to do."""
    several = " ".join(
        f"WHEN regexp_matches({raw}, '(^|[^A-Za-z]){short}([^A-Za-z]|$)') THEN '{why}: tell time_zone of the file in "
        "case.toml, or write the offset, as 2025-01-31 08:05+07:00'"
        for short, why in zones.several().items()
    )
    return (
        f"CASE WHEN regexp_matches({raw}, '(^|[^0-9.])1[34][0-9][0-9][-/.][0-9]') THEN 'the year may be of the Persian "
        f"or of the Islamic calendar: write it as 2025-01-31' {several} "
        "ELSE 'tell date_order in case.toml, or write it as 2025-01-31 08:05' END"
    )


def others(case: Desk, select: str, **lent: pa.Table) -> pa.Table:
    """Read the times that the engine does not.

    select   SELECT with columns raw, zone, date_order, offset_s
    returns  raw, zone, date_order, at (null where `raw` tells no moment); one row for each distinct text
    """
    import pyarrow as pa

    rows = case.sql(
        f"SELECT DISTINCT raw, zone, date_order FROM ({select}) AS asked "
        f"WHERE raw IS NOT NULL AND NOT {is_iso('raw', 'offset_s')}",
        **lent,
    )
    raw, zone, order = (rows[name].to_pylist() for name in ("raw", "zone", "date_order"))
    found = [moment(text, order=o or None, zone=z) for text, z, o in zip(raw, zone, order, strict=True)]
    return rows.append_column("at", pa.array(found, pa.timestamp("us")))
