"""Transfers of a CSV as arrays: which column is what, and which rows cannot be used and why.

Known beside plain names: the public AML benchmark (Timestamp, From Bank, Account, To Bank, Account.1, Amount Received)
and exports of block explorers (UnixTimestamp, From, To, TokenValue).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from upriver.errors import EvidenceError, SettingsError
from upriver.graph.build import Floats, Ints, Longs, encode
from upriver.graph.order import time_order

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

ROLES = ("id", "source", "target", "time", "amount")
_SPOKEN = {"id": "transfer id", "source": "payer", "target": "payee", "time": "time", "amount": "amount"}
# Folded names (letters and digits only), the surest first.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("transferid", "transactionid", "txid", "txhash", "transactionhash", "hash", "trxid", "reference", "id"),
    "source": ("sourceaccount", "fromaccount", "senderaccount", "payeraccount", "originaccount", "nameorig", "from",
               "fromaddress", "sender", "payer", "source", "src", "account"),
    "target": ("targetaccount", "toaccount", "receiveraccount", "payeeaccount", "beneficiaryaccount", "namedest", "to",
               "toaddress", "receiver", "recipient", "payee", "beneficiary", "target", "dst", "account1"),
    "time": ("occurredat", "datetimeutc", "timestamp", "unixtimestamp", "datetime", "blocktimestamp", "blocktime",
             "date", "time", "bookedat"),
    "amount": ("amountusd", "usdvalue", "valueusd", "usdvaluedayoftx", "amount", "amountreceived", "amountpaid",
               "tokenvalue", "quantity", "value"),
}  # fmt: skip
_BANKS = {"source": "frombank", "target": "tobank"}
_FORMATS = ("%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y")
_FOLD = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Transfers:
    """Usable transfers in the order in which they happen (order.py), equal times by transfer_id.

    ids      transfer ids; where the file has none, `row N`, counted without lines that are no rows
    accounts sorted ids; source and target: codes of them
    time     microseconds, UTC
    amount   > 0, in the unit of the file
    """

    ids: pa.Array
    accounts: pa.Array
    source: Ints
    target: Ints
    time: Longs
    amount: Floats


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that cannot be used."""

    row: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Transfers, what was refused, and which column was taken for what (`told`: lines for a person)."""

    transfers: Transfers
    refused: Sequence[Refusal]
    told: Sequence[str]


def header(path: Path) -> tuple[list[str], str]:
    """Column names of a CSV, made distinct as `Account`, `Account.1`; and its delimiter.

    raises  EvidenceError where the file is none, is empty or has no header
    """
    if not path.is_file():
        raise EvidenceError(f"{path}: no such file; name a CSV")
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        line = stream.readline(1_000_000)
    if not line.strip() or "\0" in line:
        raise EvidenceError(f"{path}: no line of column names; the first line of a CSV names its columns")
    delimiter = max(",;\t|", key=line.count)
    names: list[str] = []
    try:
        raw_names = next(csv.reader([line], delimiter=delimiter))
    except csv.Error as error:
        raise EvidenceError(f"{path}: the line of column names cannot be read ({error})") from error
    for position, raw in enumerate(raw_names, 1):
        name = raw.strip() or f"column {position}"
        again = 0
        while (name if not again else f"{name}.{again}") in names:
            again += 1
        names.append(name if not again else f"{name}.{again}")
    return names, delimiter


def guess(names: Sequence[str], given: Mapping[str, str], path: Path) -> dict[str, str]:
    """Role to column.

    given   what the user says; wins
    raises  SettingsError where a given column is not there, EvidenceError where one that is needed is not found
    """
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(_FOLD.sub("", name.casefold()), name)
    chosen: dict[str, str] = {}
    for role in ROLES:
        if role in given:
            if given[role] not in names:
                raise SettingsError(f"{path}: no column {given[role]!r}; it has: {', '.join(names)}")
            chosen[role] = given[role]
            continue
        found = next(
            (folded[name] for name in _NAMES[role] if name in folded and folded[name] not in given.values()), ""
        )
        if found:
            chosen[role] = found
        elif role != "id":
            raise EvidenceError(
                f"{path}: no column for the {_SPOKEN[role]}; say which with --column {role}=NAME. "
                f"It has: {', '.join(names)}"
            )
    return chosen


def read(path: Path, given: Mapping[str, str]) -> Reading:
    """Read a CSV of transfers.

    given   role (`ROLES`) to column, for what is not to be guessed
    raises  EvidenceError where nothing can be read; SettingsError where `given` names what is not there
    """
    import duckdb
    import pyarrow as pa

    names, delimiter = header(path)
    roles = guess(names, given, path)
    with duckdb.connect() as connection:
        refused = _load(connection, path, len(names), delimiter)
        _shape(connection, names, roles)
        refused = _unusable(connection) + refused
        good = connection.sql(
            """SELECT id, source, target, time, amount FROM told WHERE reason IS NULL
            ORDER BY id, source, target, time, amount"""
        ).to_arrow_table()
    if not good.num_rows:
        why = refused[0].reason if refused else "it has no rows"
        raise EvidenceError(f"{path}: no transfer could be read ({why})")
    told = [f"{path.name}: " + ", ".join(f"{_SPOKEN[role]} = {column}" for role, column in roles.items())]
    ids, doubled = _distinct(good["id"].to_pylist())
    if doubled:
        told.append(f"{doubled} transfers share their id with another: told apart as id#2, id#3, ...")
    accounts, (source, target) = encode(good["source"], good["target"])
    time, amount = good["time"].to_numpy(), good["amount"].to_numpy()
    order = time_order(time, source, target)
    found = Transfers(
        pa.array(ids, type=pa.string()).take(pa.array(order)), accounts, source[order], target[order], time[order],
        amount[order].astype(np.float64),
    )  # fmt: skip
    return Reading(found, refused, told)


def _load(connection: duckdb.DuckDBPyConnection, path: Path, width: int, delimiter: str) -> list[Refusal]:
    """The table `raw` (_row, c0, c1, ...) of all lines with a field for each column; the others are returned."""
    import duckdb

    columns = ", ".join(f"c{position}: 'VARCHAR'" for position in range(width))
    try:
        connection.execute(
            f"""CREATE TABLE raw AS SELECT row_number() OVER () AS _row, * FROM read_csv({_text(str(path))},
            auto_detect = false, header = true, delim = {_text(delimiter)}, quote = '"', escape = '"',
            columns = {{{columns}}}, ignore_errors = true, store_rejects = true)"""
        )
    except duckdb.Error:  # line ends of several kinds, a stray quotation mark: read line by line, slower
        return _load_slowly(connection, path, width, delimiter)
    words = {
        "MISSING COLUMNS": "fewer fields than columns",
        "TOO MANY COLUMNS": "more fields than columns",
        "UNQUOTED VALUE": "a quotation mark that does not close",
        "INVALID ENCODING": "not UTF-8",
    }
    return [
        Refusal(f"line {line}", words.get(kind, kind.lower()), raw or "")
        for line, kind, raw in connection.execute(
            "SELECT DISTINCT line, error_type::VARCHAR, csv_line FROM reject_errors ORDER BY line"
        ).fetchall()
    ]


def _load_slowly(connection: duckdb.DuckDBPyConnection, path: Path, width: int, delimiter: str) -> list[Refusal]:
    import pyarrow as pa

    rows: list[list[str]] = []
    refused = []
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        lines = csv.reader((line.replace("\0", "") for line in stream), delimiter=delimiter)
        next(lines)
        try:
            for row in lines:
                if len(row) == width:
                    rows.append(row)
                elif row:
                    reason = f"{'fewer' if len(row) < width else 'more'} fields than columns"
                    refused.append(Refusal(f"line {lines.line_num}", reason, delimiter.join(row)))
        except csv.Error as error:
            refused.append(Refusal(f"line {lines.line_num}", f"from here on it cannot be read: {error}", ""))
    columns = [pa.array([row[position] for row in rows], type=pa.string()) for position in range(width)]
    lines_read = pa.table(
        {"_row": pa.array(range(1, len(rows) + 1), type=pa.int64()), **{f"c{i}": one for i, one in enumerate(columns)}}
    )
    connection.register("lines_read", lines_read)
    connection.execute("CREATE TABLE raw AS SELECT * FROM lines_read")
    return refused


def _shape(connection: duckdb.DuckDBPyConnection, names: Sequence[str], roles: Mapping[str, str]) -> None:
    """The table `told`: each row in its roles, and the reason where it cannot be used."""
    folded = {_FOLD.sub("", name.casefold()): name for name in names}
    place = {name: f"c{position}" for position, name in enumerate(names)}
    column = {role: f"nullif(trim({place[name]}), '')" for role, name in roles.items()}
    for role, bank in _BANKS.items():
        if bank in folded and _FOLD.sub("", roles[role].casefold()) in ("account", "account1"):
            column[role] = f"nullif(trim({place[folded[bank]]}), '') || ':' || {column[role]}"
    number = f"regexp_replace({column['amount']}, '^[$€£¥]|[ ]', '', 'g')"
    # Commas group digits only where they stand before threes of them.
    plain = f"""CASE WHEN regexp_full_match({number}, '-?[0-9]{{1,3}}(,[0-9]{{3}})+([.][0-9]+)?')
        THEN replace({number}, ',', '') ELSE {number} END"""
    time = column["time"]
    epoch = f"try_cast({time} AS DOUBLE)"
    # Seconds, milliseconds or microseconds since 1970: no record of payments is older than 1990 or later than 2100.
    since = f"""CASE WHEN {epoch} BETWEEN 631152000 AND 4102444800 THEN {epoch} * 1e6
        WHEN {epoch} BETWEEN 631152000e3 AND 4102444800e3 THEN {epoch} * 1e3
        WHEN {epoch} BETWEEN 631152000e6 AND 4102444800e6 THEN {epoch} END"""
    written = f"regexp_replace({time}, ' ?UTC$', 'Z')"
    formats = ", ".join(_text(one) for one in _FORMATS)
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(
        f"""CREATE TABLE told AS SELECT *, CASE
            WHEN source IS NULL THEN 'no payer' WHEN target IS NULL THEN 'no payee'
            WHEN time IS NULL THEN 'no time that can be read' WHEN amount IS NULL THEN 'no amount that can be read'
            WHEN NOT isfinite(amount) OR amount > 1e15 THEN 'no amount that can be'
            WHEN amount <= 0 THEN 'an amount of nothing or less'
            WHEN source = target THEN 'an account that pays itself' END AS reason
        FROM (SELECT _row, {column.get("id", "'row ' || lpad(_row::VARCHAR, 9, '0')")} AS given_id,
            coalesce(given_id, 'row ' || lpad(_row::VARCHAR, 9, '0')) AS id,
            {column["source"]} AS source, {column["target"]} AS target,
            coalesce(({since})::BIGINT, epoch_us(try_cast({written} AS TIMESTAMPTZ)),
                epoch_us(try_strptime({time}, [{formats}]))) AS time,
            try_cast({plain} AS DOUBLE) AS amount,
            concat_ws(',', {", ".join(place.values())}) AS written FROM raw)"""
    )


def _unusable(connection: duckdb.DuckDBPyConnection) -> list[Refusal]:
    return [
        Refusal(f"row {row}", reason, raw)
        for row, reason, raw in connection.execute(
            "SELECT _row, reason, written FROM told WHERE reason IS NOT NULL ORDER BY _row"
        ).fetchall()
    ]


def _distinct(ids: list[str]) -> tuple[list[str], int]:
    """Sorted ids, the second of one id as id#2."""
    again, doubled, seen = 1, 0, set(ids)
    if len(seen) == len(ids):
        return ids, 0
    made = list(ids)
    for i in range(1, len(ids)):
        again = again + 1 if ids[i] == ids[i - 1] else 1
        if again > 1:
            doubled += 1
            name = f"{ids[i]}#{again}"
            while name in seen:
                name += "'"
            seen.add(name)
            made[i] = name
    return made, doubled


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
