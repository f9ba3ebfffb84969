"""A file of transfers, read alone: who paid whom, when, how much in USD, and which rows could not be used.

Delimited text of any delimiter and encoding, packed by gzip or not. Columns are recognised by the names that banks and
explorers use; the public AML benchmark layout is known by its header, and its answer column is never read.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from upriver.case.settings import FileSettings
from upriver.clean.dates import moment
from upriver.errors import EvidenceError, SettingsError
from upriver.evidence.columns import key, recognise
from upriver.evidence.encodings import guess, marked, unmarked_utf16, utf8
from upriver.extract.amounts import amount
from upriver.extract.moments import is_iso, moment_sql
from upriver.model.units import DOLLAR_TOKENS

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from upriver.graph.build import Longs

_PEEK = 1 << 18
_SAMPLE_ROWS = 50
_DELIMITERS = (",", "\t", ";", "|")
_RAW = 2_000  # characters of a refused row that are kept
_NEEDED = ("source_account", "target_account", "occurred_at")
_DOLLARS = (*sorted(DOLLAR_TOKENS), "USD", "US DOLLAR", "US DOLLARS", "US$", "$", "")
_PLAIN = "^[0-9]+([.][0-9]+)?([eE][+-]?[0-9]{1,3})?$"
# An account of the benchmark is known by its bank and its number together. "Is Laundering" is the answer: not opened.
_BENCHMARK = {
    "occurred_at": "timestamp",
    "source_bank": "frombank",
    "source_account": "account",
    "target_bank": "tobank",
    "target_account": "account1",
    "amount": "amountpaid",
    "currency": "paymentcurrency",
    "received": "amountreceived",
    "received_currency": "receivingcurrency",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Names, or numbers from 1, of the columns that tell each field; None: guessed.

    received and received_currency, where told, are what came in at the other end: rows that change one currency into
    another tell at what rate. date_order (ymd, dmy, mdy) and zone (IANA) say how times are written.
    """

    transfer_id: str | None = None
    source_account: str | None = None
    target_account: str | None = None
    occurred_at: str | None = None
    amount: str | None = None
    currency: str | None = None
    amount_usd: str | None = None
    source_bank: str | None = None
    target_bank: str | None = None
    received: str | None = None
    received_currency: str | None = None
    date_order: str | None = None
    zone: str | None = None


def columns(named: Sequence[str], date_order: str | None = None, zone: str | None = None) -> Columns:
    """Columns as told on the command line, each FIELD=NAME.

    raises  SettingsError when a field or the zone is not known
    """
    told: dict[str, str] = {}
    allowed = [one.name for one in fields(Columns) if one.name not in ("date_order", "zone")]
    for text in named:
        field, sign, name = text.partition("=")
        if field not in allowed or not sign or not name:
            raise SettingsError(f"--column {text}: write FIELD=NAME; FIELD is one of {', '.join(allowed)}")
        told[field] = name
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise SettingsError(f"--zone {zone}: no such time zone; write it as Asia/Bangkok") from error
    return Columns(**told, date_order=date_order, zone=zone)


@dataclass(frozen=True, slots=True)
class Transfers:
    """What a file told.

    table    transfer_id (text, each once), source_account, target_account (text), occurred_at (timestamp, UTC),
             amount_usd (float64, above 0); rows in the order of the file
    refused  line (int64), reason, raw (text): rows that could not be used, in the order of the file
    used     field -> name of its column, as written; notes: what was taken for granted, one sentence each
    """

    table: pa.Table
    refused: pa.Table
    used: dict[str, str]
    notes: tuple[str, ...]


def read(path: Path, columns: Columns | None = None) -> Transfers:
    """Read a file of transfers.

    A row without an id of its own is called `row N`, N the line on which it stands; an id that came before gets `#2`.
    raises  EvidenceError when there is no such file, or it is no table of transfers
            SettingsError when `columns` names a column that it does not have
    """
    if not path.is_file():
        raise EvidenceError(f"{path}: no such file; name a CSV of transfers")
    wanted = columns or Columns()
    with _opened(path) as (head, place):
        delimiter, names, below, skip = _header(path, head)
        places, notes = _places(path, names, below, wanted)
        return _Reading(place, delimiter, names, skip, places, wanted, notes).run()


@contextmanager
def _opened(path: Path) -> Iterator[tuple[str, Path]]:
    """The first characters, and where the bytes stand as UTF-8."""
    with path.open("rb") as stream:
        head = stream.read(_PEEK)
    if head.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(path) as packed:
                head = packed.read(_PEEK)
        except (OSError, EOFError) as error:
            raise EvidenceError(f"{path}: a damaged gzip file ({error}); pack it again") from error
        yield _text(path, head, "utf-8"), path
        return
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"PAR1")):
        raise EvidenceError(f"{path}: a workbook, archive or Parquet file; save its table as CSV")
    encoding = marked(head) or unmarked_utf16(head[:4096]) or guess(head)
    if encoding is None:
        raise EvidenceError(f"{path}: no known encoding fits; save it as UTF-8")
    with utf8(path, encoding) as stream:
        yield _text(path, stream.read(_PEEK), "utf-8-sig"), Path(stream.name)


def _text(path: Path, head: bytes, encoding: str) -> str:
    text = head.decode(encoding, "replace").lstrip("\ufeff")
    if not text.strip():
        raise EvidenceError(f"{path}: an empty file; name a CSV of transfers")
    if text.count("\0") > len(text) // 1000:
        raise EvidenceError(f"{path}: not a text; name a CSV of transfers")
    return text


def _header(path: Path, head: str) -> tuple[str, list[str], list[list[str]], int]:
    """Delimiter, names, some rows below them, and how many lines come before the first row."""
    begin = len(head) - len(head.lstrip("\r\n"))
    first = head[begin:].split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    lines = csv.reader(io.StringIO(head[begin:]), delimiter=delimiter)
    try:
        rows = [row for row, _ in zip(lines, range(_SAMPLE_ROWS), strict=False)]
    except csv.Error as error:
        raise EvidenceError(f"{path}: its header cannot be read ({error}); save it as CSV again") from error
    names = [name.strip() for name in rows[0]]
    if len(names) < 4:
        raise EvidenceError(f"{path}: its first line names {len(names)} columns; a table of transfers has four or more")
    return delimiter, names, rows[1:], head[:begin].count("\n") + 1


def _places(
    path: Path, names: Sequence[str], below: Sequence[Sequence[str]], columns: Columns
) -> tuple[dict[str, tuple[int, ...]], list[str]]:
    """Field -> its columns (two for a date and a time of day), and notes."""
    told = {
        one.name: (_told(path, names, one.name, str(getattr(columns, one.name))),)
        for one in fields(columns)
        if one.name not in ("date_order", "zone") and getattr(columns, one.name) is not None
    }
    found = {**(_benchmark(names) or _guessed(names, below)), **told}
    for money in ("amount", "amount_usd"):  # a told column of one kind overrules a guessed one of the other
        if money in told:
            found = {field: place for field, place in found.items() if field in told or "amount" not in field}
    missing = [field for field in _NEEDED if field not in found]
    if "amount" not in found and "amount_usd" not in found:
        missing.append("amount")
    if missing:
        raise EvidenceError(
            f"{path}: no column is known to tell {', '.join(missing)}; it has: {', '.join(names)}; "
            f"name it, as in --column {missing[0]}=NAME"
        )
    notes = []
    if "amount_usd" in found:
        found = {field: place for field, place in found.items() if field not in ("amount", "currency")}
    elif "currency" not in found:
        notes.append("no column tells a currency: amounts are taken as US dollars")
    return found, notes


def _told(path: Path, names: Sequence[str], field: str, name: str) -> int:
    if name in names:
        return names.index(name)
    same = [place for place, own in enumerate(names) if key(own) == key(name)]
    if same:
        return same[0]
    # A second column of one name, as some readers call it.
    stem, _, number = name.rpartition(".")
    again = [place for place, own in enumerate(names) if own == stem]
    if number.isdigit() and int(number) < len(again):
        return again[int(number)]
    if name.isdigit() and 1 <= int(name) <= len(names):
        return int(name) - 1
    raise SettingsError(f"{path}: {field} is said to be in {name!r}; it has: {', '.join(names)}")


def _benchmark(names: Sequence[str]) -> dict[str, tuple[int, ...]] | None:
    """Places of the AML benchmark's columns, or None where the header is another."""
    keys = [key(name) for name in names]
    if keys.count("account") == 2:  # as published, both columns are called Account
        keys[len(keys) - 1 - keys[::-1].index("account")] = "account1"
    if not all(name in keys for name in _BENCHMARK.values()):
        return None
    return {field: (keys.index(name),) for field, name in _BENCHMARK.items()}


def _guessed(names: Sequence[str], below: Sequence[Sequence[str]]) -> dict[str, tuple[int, ...]]:
    """Places of columns by the names that banks and explorers use; our own names first."""
    keys = [key(name) for name in names]
    own = [one.name for one in fields(Columns) if key(one.name) in keys]
    found: dict[str, tuple[int, ...]] = {field: (keys.index(key(field)),) for field in own}
    taken = {place for pair in found.values() for place in pair}
    for form in ("bank_transfer", "token_transfer"):
        layout = recognise(names, "", FileSettings(form=form), below)
        offers: dict[str, tuple[int, ...]] = {
            field: (place,) for field, place in zip(layout.form.fields, layout.places, strict=True) if place is not None
        }
        offers.update(layout.clocks)
        for theirs, field in (
            ("reference", "transfer_id"), ("source_account", "source_account"), ("target_account", "target_account"),
            ("occurred_at", "occurred_at"), ("amount_usd", "amount_usd"), ("amount", "amount"),
            ("currency", "currency"), ("token", "currency"),
        ):  # fmt: skip
            offer = offers.get(theirs)
            if offer and field not in found and not taken & set(offer):
                found[field] = offer
                taken.update(offer)
    return found


class _Reading:
    """One pass of the engine over the file."""

    def __init__(
        self,
        path: Path,
        delimiter: str,
        names: Sequence[str],
        skip: int,
        places: dict[str, tuple[int, ...]],
        columns: Columns,
        notes: list[str],
    ) -> None:
        self._path, self._delimiter, self._names, self._skip = path, delimiter, names, skip
        self._places, self._columns, self._notes = places, columns, notes
        self._line: Longs = np.zeros(0, dtype=np.int64)

    def run(self) -> Transfers:
        import duckdb

        with duckdb.connect() as engine:
            engine.execute("SET preserve_insertion_order = true")
            self._scan(engine)
            self._odd(engine)
            self._judge(engine)
            table = engine.sql(
                "SELECT transfer_id, source_account, target_account, occurred_at, amount_usd "
                "FROM judged WHERE fault IS NULL ORDER BY n"
            ).to_arrow_table()
            refused = engine.sql(
                f"SELECT line, fault AS reason, raw[:{_RAW}] AS raw FROM judged WHERE fault IS NOT NULL UNION ALL "
                f"SELECT line, reason, raw[:{_RAW}] FROM torn ORDER BY line"
            ).to_arrow_table()
        used = {field: " + ".join(self._names[place] for place in pair) for field, pair in sorted(self._places.items())}
        return Transfers(table, refused, used, tuple(self._notes))

    def _scan(self, engine: duckdb.DuckDBPyConnection) -> None:
        """`told`: fields as written, with n from 0; `torn`: lines that are no row of this table."""
        import duckdb

        declared = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(self._names)))
        delimiter = "\\t" if self._delimiter == "\t" else self._delimiter
        path = str(self._path).replace("'", "''")
        packed = "gzip" if self._path.open("rb").read(2) == b"\x1f\x8b" else "none"
        scan = (
            f"read_csv('{path}', columns = {{{declared}}}, delim = '{delimiter}', quote = '\"', escape = '\"', "
            f"header = false, skip = {self._skip}, auto_detect = false, store_rejects = true, "
            f"compression = '{packed}', rejects_limit = 0, max_line_size = 2000000)"
        )
        chosen = ", ".join(f"{self._cell(field)} AS {field}" for field in self._fields())
        seen = sorted({place for pair in self._places.values() for place in pair})
        cells = ", ".join(f"coalesce(c{place}, '')" for place in seen)  # a column that is not used is not looked at
        try:
            engine.execute(
                f"CREATE TABLE told AS SELECT (row_number() OVER ()) - 1 AS n, {chosen}, "
                # Only what may be refused keeps its text.
                f"CASE WHEN {self._suspect()} THEN concat_ws('{delimiter}', {cells}) END AS raw FROM {scan}"
            )
        except duckdb.Error as error:
            told = str(error).split("\n", 1)[0]
            raise EvidenceError(f"{self._path}: it cannot be read as a table ({told}); save it as CSV again") from error
        engine.execute(
            "CREATE TABLE torn AS SELECT min(line)::BIGINT AS line, "
            "'not a row of this table: ' || lower(replace(min(error_type)::VARCHAR, '_', ' ')) AS reason, "
            "any_value(csv_line) AS raw FROM reject_errors GROUP BY line"
        )
        self._line = _lines(
            engine.execute("SELECT count(*) FROM told").fetchall()[0][0],
            engine.execute("SELECT line FROM torn ORDER BY line").fetchnumpy()["line"],
            self._skip + 1,
        )

    def _fields(self) -> list[str]:
        return [field for field in self._places if field not in ("source_bank", "target_bank")]

    def _cell(self, field: str) -> str:
        """SQL for the text of a field; an account of the benchmark is BANK:NUMBER, an Ethereum address has no case."""
        text = " || ' ' || ".join(f"trim(c{place})" for place in self._places[field])
        if field in ("source_account", "target_account"):
            bank = self._places.get(field.replace("account", "bank"))
            text = f"trim(c{bank[0]}) || ':' || nullif({text}, '')" if bank else f"nullif({text}, '')"
            return f"CASE WHEN starts_with({text}, '0x') THEN lower({text}) ELSE {text} END"
        return f"nullif({text}, '')"

    def _suspect(self) -> str:
        """SQL: whether a row may be refused."""
        money = self._cell("amount_usd" if "amount_usd" in self._places else "amount")
        needed = " AND ".join(f"{self._cell(field)} IS NOT NULL" for field in _NEEDED)
        sure = f"{needed} AND coalesce(try_cast({money} AS DOUBLE) > 0, false)"
        return f"NOT ({sure} AND {is_iso(self._cell('occurred_at'), self._offset())} AND {self._dollars()})"

    def _dollars(self) -> str:
        if "currency" not in self._places:
            return "true"
        return f"upper(coalesce({self._cell('currency')}, '')) IN ({', '.join(map(_quoted, _DOLLARS))})"

    def _offset(self) -> str:
        # A zone that shifts with the season has no one offset: such times are read one by one.
        return "0" if self._columns.zone in (None, "UTC") else "NULL::INTEGER"

    def _odd(self, engine: duckdb.DuckDBPyConnection) -> None:
        """`odd_time` and `odd_amount`: each text that the engine does not read itself, read once."""
        import pyarrow as pa

        money = "amount_usd" if "amount_usd" in self._places else "amount"
        texts = engine.sql(
            "SELECT DISTINCT occurred_at FROM told WHERE occurred_at IS NOT NULL "
            f"AND NOT {is_iso('occurred_at', self._offset())} ORDER BY ALL"
        ).to_arrow_table()
        raw = texts["occurred_at"].to_pylist()
        order = self._columns.date_order or _order(raw)
        if order and not self._columns.date_order:
            self._notes.append(f"dates such as {raw[0]} are read as {order}")
        times = pa.table(
            {"raw": raw, "at": pa.array([moment(text, order, self._columns.zone) for text in raw], pa.timestamp("us"))},
            schema=pa.schema([("raw", pa.string()), ("at", pa.timestamp("us"))]),
        )
        engine.register("odd_time", times)
        for name in dict.fromkeys(field for field in (money, "received") if field in self._places):
            texts = engine.sql(
                f"SELECT DISTINCT {name} AS raw FROM told WHERE {name} IS NOT NULL "
                f"AND NOT regexp_matches({name}, '{_PLAIN}') ORDER BY ALL"
            ).to_arrow_table()
            read_ = [amount(text) for text in texts["raw"].to_pylist()]
            values = pa.array([one[0] if one else None for one in read_], pa.float64())
            engine.register(f"odd_{name}", pa.table({"raw": texts["raw"], "value": values}))

    def _judge(self, engine: duckdb.DuckDBPyConnection) -> None:
        """`judged`: every row with its fields in USD and UTC, or its fault."""
        import pyarrow as pa

        engine.register("place", pa.table({"n": np.arange(len(self._line)), "line": self._line}))
        money = "amount_usd" if "amount_usd" in self._places else "amount"
        asset = "upper(coalesce(t.currency, ''))" if "currency" in self._places else "''"
        rate = self._rates(engine)
        own = "t.transfer_id" if "transfer_id" in self._places else "NULL"
        engine.execute(
            "CREATE TABLE judged AS WITH cleaned AS (SELECT t.n, p.line, t.raw, t.source_account, t.target_account, "
            f"t.occurred_at AS told_at, {moment_sql('t.occurred_at', self._offset(), 'o.at')} AS occurred_at, "
            f"t.{money} AS told_amount, {_value('t.' + money, 'a')} AS amount, r.usd, {asset} AS asset, "
            f"coalesce({own}, 'row ' || p.line) AS own_id FROM told t JOIN place p ON p.n = t.n "
            "LEFT JOIN odd_time o ON o.raw = t.occurred_at "
            f"LEFT JOIN odd_{money} a ON a.raw = t.{money} LEFT JOIN {rate} r ON r.asset = {asset}), "
            "faulty AS (SELECT *, CASE "
            "WHEN source_account IS NULL THEN 'no payer' WHEN target_account IS NULL THEN 'no payee' "
            "WHEN told_at IS NULL THEN 'no time' "
            "WHEN occurred_at IS NULL THEN 'no time can be read from ' || told_at[:80] "
            "WHEN told_amount IS NULL THEN 'no amount' "
            "WHEN amount IS NULL OR NOT isfinite(amount) THEN 'no amount can be read from ' || told_amount[:80] "
            "WHEN NOT amount > 0 THEN 'the amount is not above zero: ' || told_amount[:80] "
            "WHEN usd IS NULL THEN 'no rate to US dollars is known for ' || asset[:80] END AS fault FROM cleaned) "
            "SELECT n, line, fault, raw, source_account, target_account, occurred_at, amount * usd AS amount_usd, "
            f"{self._unique(engine)} AS transfer_id FROM faulty"
        )

    def _unique(self, engine: duckdb.DuckDBPyConnection) -> str:
        """SQL for an id that stands once; numbering is paid for only where ids repeat."""
        if "transfer_id" not in self._places:
            return "own_id"
        counted = engine.execute("SELECT count(transfer_id), count(DISTINCT transfer_id) FROM told").fetchall()
        told, distinct = counted[0]
        if told == distinct:
            return "own_id"
        self._notes.append("ids that stand several times got a number behind them: the second is ID#2")
        again = "row_number() OVER (PARTITION BY own_id ORDER BY n)"
        return f"CASE WHEN {again} > 1 THEN own_id || '#' || {again} ELSE own_id END"

    def _rates(self, engine: duckdb.DuckDBPyConnection) -> str:
        """Name of a table (asset, usd): dollars, and what the file itself exchanges into dollars at."""
        dollars = ", ".join(f"({_quoted(asset)})" for asset in _DOLLARS)
        engine.execute(f"CREATE TABLE rate AS SELECT asset, 1.0::DOUBLE AS usd FROM (VALUES {dollars}) AS v(asset)")
        if not {"currency", "received", "received_currency"} <= set(self._places):
            return "rate"
        engine.execute(
            "CREATE TABLE exchanged AS SELECT upper(currency) AS paid, upper(received_currency) AS got, "
            f"median({_value('t.received', 'b')} / {_value('t.amount', 'a')}) AS ratio FROM told t "
            "LEFT JOIN odd_amount a ON a.raw = t.amount LEFT JOIN odd_received b ON b.raw = t.received "
            f"WHERE upper(currency) <> upper(received_currency) AND {_value('t.amount', 'a')} > 0 "
            f"AND {_value('t.received', 'b')} > 0 GROUP BY ALL"
        )
        while True:  # outward from the dollar, one exchange a round
            before = engine.execute("SELECT count(*) FROM rate").fetchall()[0][0]
            engine.execute(
                "INSERT INTO rate SELECT asset, median(usd) FROM ("
                "SELECT x.paid AS asset, x.ratio * r.usd AS usd FROM exchanged x JOIN rate r ON r.asset = x.got "
                "UNION ALL SELECT x.got, r.usd / x.ratio FROM exchanged x JOIN rate r ON r.asset = x.paid) "
                "WHERE asset NOT IN (SELECT asset FROM rate) GROUP BY asset"
            )
            if engine.execute("SELECT count(*) FROM rate").fetchall()[0][0] == before:
                break
        if before > len(_DOLLARS):
            self._notes.append(
                "other currencies are turned into US dollars at the median rate of this file's exchanges"
            )
        return "rate"


def _value(text: str, odd: str) -> str:
    """SQL for the figure that `text` writes: read here where it is plain, else from the table `odd`."""
    plain = f"CASE WHEN regexp_matches({text}, '{_PLAIN}') THEN try_cast({text} AS DOUBLE) END"
    return f"coalesce({plain}, {odd}.value)"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _lines(n: int, torn: Longs, first: int) -> Longs:
    """The line of each of `n` rows: those after `first` that are not torn. Lines hold where no cell spans several."""
    taken = np.asarray(torn, dtype=np.int64)
    # The k-th good row is pushed on by every torn line before it; torn lines are in order.
    pushed = np.searchsorted(taken - np.arange(len(taken)) - first, np.arange(n), side="right")
    lines: Longs = np.arange(n, dtype=np.int64) + first + pushed
    return lines


def _order(texts: Sequence[str]) -> str | None:
    """dmy or mdy, where some date of the file can be read in one way alone and none speaks against it."""
    some = texts[:20_000]
    read_ = {order: sum(moment(text, order) is not None for text in some) for order in ("dmy", "mdy")}
    plain = sum(moment(text) is not None for text in some)
    best = max(read_, key=lambda order: read_[order])
    worst = min(read_.values())
    return best if read_[best] > worst and read_[best] > plain else None
