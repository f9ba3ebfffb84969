"""Records that cannot be used, each with its place, the reason and what to do: broken rows, tables of no known form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from upriver.extract.hints import SHEET
from upriver.model.forms import FORMS
from upriver.model.ids import content_id, content_id_sql

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

_RAW_LENGTH = 2000


def broken(case: Desk) -> None:
    """Hand broken records on, and one row for each table whose columns fit no form."""
    form = FORMS["broken"]
    reason, raw = (f"fields[{form.position(name)}]" for name in ("reason", "raw"))
    told = f"coalesce({reason}, 'the row cannot be read')"
    case.write_sql(
        "rejected_record",
        f"SELECT {content_id_sql('record_id', told)} AS rejected_id, file_id, locator, {told} AS reason, "
        f"substr(coalesce({raw}, ''), 1, {_RAW_LENGTH}) AS raw, record_id FROM record WHERE form = 'broken'",
    )
    # The rows themselves stay in `record`, whole: what is said once for a table need not be said for each of its rows.
    own = "concat(cast(u.n_rows AS text), ' lines of the messenger itself, written by nobody: nothing to do')"
    unread = (
        "concat('the columns of this table fit no known form, so its ', CASE WHEN u.n_rows = 1 THEN 'row was' ELSE "
        "concat(cast(u.n_rows AS text), ' rows were') END, ' not used: name its form and columns in case.toml [files]')"
    )
    beside = (
        "concat(CASE WHEN u.n_rows = 1 THEN '1 line stands' ELSE concat(cast(u.n_rows AS text), ' lines stand') END, "
        "' outside the table that was read here, as above its header: nothing to do, unless it is a table of its own')"
    )
    shared = (
        "concat(cast(u.n_rows AS text), ' objects that name no person, account or identifier, or were taken back: kept "
        "whole in the record, nothing to do')"
    )
    said = (
        f"CASE WHEN s.format IN ('whatsapp', 'telegram') THEN {own} WHEN s.format IN ('stix', 'misp') THEN {shared} "
        f"WHEN u.n_read > 0 THEN {beside} ELSE {unread} END"
    )
    case.write_sql(
        "rejected_record",
        f"SELECT {content_id_sql('r.record_id', said)} AS rejected_id, r.file_id, r.locator, {said} AS reason, "
        f"substr(coalesce(r.extra, ''), 1, {_RAW_LENGTH}) AS raw, r.record_id FROM "
        "(SELECT min(CASE WHEN form = 'unknown' THEN record_id END) AS record_id, "
        "sum(CASE WHEN form = 'unknown' THEN 1 ELSE 0 END) AS n_rows, "
        "sum(CASE WHEN form IN ('unknown', 'broken') THEN 0 ELSE 1 END) AS n_read FROM "
        f"(SELECT record_id, file_id, form, {SHEET} AS sheet FROM record "
        "WHERE file_id IN (SELECT file_id FROM record WHERE form = 'unknown')) AS each "
        "GROUP BY file_id, sheet) AS u JOIN record r ON r.record_id = u.record_id "
        "LEFT JOIN source_file s ON s.file_id = r.file_id",
    )


def refuse_sql(select: str) -> str:
    """SELECT for `rejected_record` from a SELECT with columns record_id, file_id, locator, reason, fields."""
    return (
        f"SELECT {content_id_sql('record_id', 'reason')} AS rejected_id, file_id, locator, reason, "
        f"substr(coalesce(array_to_string(fields, ' | '), ''), 1, {_RAW_LENGTH}) AS raw, record_id "
        f"FROM ({select}) AS refused"
    )


class Rejects:
    """Collects refused records of one part of the stage, to be written at its end."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, object]] = {}

    def add(self, record: dict[str, object], reason: str) -> None:
        """Refuse `record` (record_id, file_id, locator, fields) or a part of it; told twice, it is kept once."""
        rejected = content_id(record["record_id"], reason)
        fields = record["fields"]
        assert isinstance(fields, list)
        raw = " | ".join(str(value) for value in fields if value is not None)
        self._rows[rejected] = {
            "rejected_id": rejected, "file_id": record["file_id"], "locator": record["locator"], "reason": reason,
            "raw": raw[:_RAW_LENGTH], "record_id": record["record_id"],
        }  # fmt: skip

    def write(self, case: Desk) -> None:
        """Write what was collected."""
        if self._rows:
            case.write("rejected_record", list(self._rows.values()))


def twice(case: Desk, select: str, **lent: pa.Table) -> pa.Table:
    """Rows that are told more than once, with the number each has among equals of its file and who told it first; and
    rows with a fault, which are nobody's equals.

    select   SELECT with columns record_id, file_id, same (equal for equal rows), counted (true where equal rows of one
             file are different things, false where they are one thing told again) and fault (null: none)
    returns  record_id, number (from 1), first_record, fault
    """
    # Two exports of one period tell the same rows: the k-th of equals in one file is the k-th of equals in the other.
    return case.sql(
        f"WITH told AS ({select}), "
        "often AS (SELECT same FROM told WHERE fault IS NULL GROUP BY same HAVING count(*) > 1), "
        "numbered AS (SELECT t.record_id, t.same, CASE WHEN t.counted THEN row_number() OVER "
        "(PARTITION BY t.same, t.file_id ORDER BY t.record_id) ELSE 1 END AS number, t.fault FROM told t "
        "JOIN often o ON o.same = t.same WHERE t.fault IS NULL) "
        "SELECT record_id, number, min(record_id) OVER (PARTITION BY same, number) AS first_record, fault "
        "FROM numbered UNION ALL SELECT record_id, NULL AS number, NULL AS first_record, fault FROM told "
        "WHERE fault IS NOT NULL ORDER BY record_id",
        **lent,
    )
