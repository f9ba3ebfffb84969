"""A file of transfers, read alone: who paid whom, when, how much in USD, and which rows could not be used.

One pass of the engine over the file types what is plainly written; what is not is read once for each distinct text.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from upriver.clean.dates import doubt, moment
from upriver.errors import EvidenceError
from upriver.evidence.encodings import BAD_BYTES
from upriver.evidence.marks import Marks
from upriver.extract.amounts import amount
from upriver.graph.build import Flags, Floats, Longs, encode
from upriver.graph.order import settle
from upriver.plain.columns import Columns, made, places
from upriver.plain.content import content_order
from upriver.plain.opened import Opened, opened
from upriver.plain.rows import RAW, shown
from upriver.plain.transfers import Transfers
from upriver.plain.transferscan import DOLLARS, LONGEST_ROW, MOST_USD, Scan, plain_number

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_NEVER = np.iinfo(np.int64).min
# What an engine finds wrong with a row, in our words.
_NO_ROW = {"INVALID ENCODING": BAD_BYTES, "LINE SIZE OVER MAXIMUM": f"it is longer than {LONGEST_ROW} bytes"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file told.

    refused  line (int64), reason, raw (text): rows that could not be used, in the order of the file
    used     field -> name of its column, as written; notes: what was taken for granted, one sentence each
    """

    transfers: Transfers
    refused: pa.Table
    used: dict[str, str]
    notes: tuple[str, ...]

    def told(self) -> Iterator[str]:
        """Lines for a person: what was read as what."""
        yield "read " + ", ".join(f"{field} from {name!r}" for field, name in self.used.items())
        yield from self.notes


def read(path: Path, columns: Columns | None = None) -> Reading:
    """Read a file of transfers.

    raises  EvidenceError when there is no such file, it is no table of transfers, or no row can be used
            SettingsError when `columns` names a column that it does not have
    """
    with opened(path, "a CSV of transfers") as file:
        if len(file.names) < 4:
            raise EvidenceError(
                f"{path}: its first line names {len(file.names)} columns; a table of transfers has four or more"
            )
        return _Reader(file, columns or Columns()).read()


class _Reader:
    def __init__(self, file: Opened, columns: Columns) -> None:
        self._file, self._columns = file, columns
        self._places = places(file.told, file.names, file.below, columns)
        self._money = "amount_usd" if "amount_usd" in self._places else "amount"
        self._notes: list[str] = []
        own = made(file.names, file.below).items()  # but for what is told otherwise
        made_ = {field: sql for field, (columns_, sql) in own if self._places.get(field) == columns_}
        self._sql = Scan(file, self._places, made_, self._money, columns.zone)
        if "amount_usd" in made_:
            price = file.names[self._places["amount_usd"][-1]]
            self._notes.append(f"amounts in USD are coins at the price of their day, {price!r}")
        if self._money == "amount" and "currency" not in self._places:
            self._notes.append("no column tells a currency: amounts are taken as US dollars")

    def read(self) -> Reading:
        import duckdb
        import pyarrow as pa

        with duckdb.connect() as engine:
            rows, torn, told = self._scan(engine)
            at = self._times(rows)
            usd = self._amounts(rows, engine)
        lines: Callable[[Longs], Longs] = partial(_lines, torn=torn["line"].to_numpy(), first=self._file.skip + 1)
        if told is not None:
            lines = told.__getitem__
        fault, refused = self._faults(rows, at, usd, lines)
        refused = pa.concat_tables([refused, torn]).sort_by("line")
        good = ~fault
        if not good.any():
            why = refused["reason"][0].as_py() if refused.num_rows else "it has no rows"
            raise EvidenceError(f"{self._file.told}: no transfer could be read: {why}")
        if fault.any():
            rows, at, usd = rows.filter(pa.array(good)), at[good], usd[good]
        transfers = self._transfers(rows, at, usd, lambda: lines(np.flatnonzero(good)))
        names = self._file.names
        used = {field: " + ".join(names[place] for place in pair) for field, pair in self._places.items()}
        return Reading(transfers, refused, used, tuple(self._notes))

    # ---- the pass over the file ----

    def _scan(self, engine: duckdb.DuckDBPyConnection) -> tuple[pa.Table, pa.Table, Longs | None]:
        """Rows; lines that are no row (line, reason, raw); and the line of each row, where it had to be noted.

        Columns of the rows: the fields as text, `utc` and `usd` where they are plainly written, else `odd_time` and
        `odd_amount`; `raw`, the whole line, where a row may be refused.
        """
        import duckdb

        try:
            rows = engine.sql(self._sql.text(self._file.place, self._file.packed)).to_arrow_table()
            # A mark that is not closed takes the rows behind it with it.
            swallowed = engine.execute(
                "SELECT 1 FROM reject_errors WHERE error_type = 'UNQUOTED VALUE' "
                "OR contains(rtrim(csv_line, chr(10) || chr(13)), chr(10)) LIMIT 1"
            ).fetchone()
        except duckdb.Error:
            swallowed = (1,)
        if swallowed:
            engine.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
            # Written anew row by row, slower.
            with self._rewritten() as (place, broken, lines):
                try:
                    rows = engine.sql(self._sql.text(place, False)).to_arrow_table()
                except duckdb.Error as error:
                    told = str(error).split("\n", 1)[0]
                    raise EvidenceError(
                        f"{self._file.told}: it cannot be read as a table ({told}); save it as CSV again"
                    ) from error
                return rows, self._torn(engine, broken), lines
        return rows, self._torn(engine, []), None

    @contextmanager
    def _rewritten(self) -> Iterator[tuple[Path, list[tuple[int, str, str]], Longs]]:
        """A plain copy, one line for each row; what is no row: line, reason, raw; and the line of each row."""
        broken: list[tuple[int, str, str]] = []
        lines: list[int] = []
        width = len(self._file.names)
        with TemporaryDirectory(prefix="upriver-") as folder:
            place = Path(folder) / "rewritten.csv"
            with place.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream, delimiter=self._file.delimiter, lineterminator="\n")
                stream.write("\n" * self._file.skip)
                for line, row in self._file.rows(lambda *told: broken.append(told)):
                    while len(row) > width and not row[-1]:
                        row.pop()
                    cells = [" ".join(cell.replace("\0", " ").split()) for cell in row]
                    if len(row) != width:
                        reason = f"not a row of this table: {len(row)} cells, where the header has {width}"
                        broken.append((line, reason, self._file.delimiter.join(row)[:RAW]))
                    elif any(cells):
                        lines.append(line)
                        writer.writerow(cells)
            yield place, broken, np.array(lines, dtype=np.int64)

    def _torn(self, engine: duckdb.DuckDBPyConnection, broken: Sequence[tuple[int, str, str]]) -> pa.Table:
        """line, reason, raw: what is no row of this table."""
        found = engine.execute(
            f"SELECT min(line)::BIGINT, min(error_type)::VARCHAR, any_value(csv_line)[:{RAW}], "
            "min(line_byte_position)::BIGINT FROM reject_errors GROUP BY line ORDER BY line"
        ).fetchall()
        rows = []
        with self._file.bytes() as stream:
            for line, error, raw, position in found:
                if error == "INVALID ENCODING":  # the engine shows such bytes as question marks
                    stream.seek(position - 1)
                    raw = shown(stream.readline(4 * RAW))
                words = _NO_ROW.get(error, error.lower().replace("_", " "))
                rows.append((line, f"not a row of this table: {words}", raw or ""))
        line, reason, raw = map(list, zip(*rows, *broken, strict=True)) if rows or broken else ([], [], [])
        return _refused(line, reason, raw)

    # ---- what the engine does not read itself: once for each distinct text ----

    def _times(self, rows: pa.Table) -> Longs:
        """Microseconds of each row; the smallest integer where no time can be read."""
        import pyarrow as pa
        import pyarrow.compute as pc

        at = pc.fill_null(rows["utc"].cast(pa.timestamp("us")).cast(pa.int64()), _NEVER).to_numpy()
        if rows["odd_time"].null_count == rows.num_rows:
            return np.asarray(at, dtype=np.int64)
        odd = rows["odd_time"].combine_chunks().dictionary_encode()
        texts = odd.dictionary.to_pylist()
        order = self._columns.date_order or _order(sorted(texts))
        if order and not self._columns.date_order:
            self._notes.append(f"dates such as {min(texts)} are read as {order}")
        read_ = [moment(text, order, self._columns.zone) for text in texts]
        micros = pa.array(read_, pa.timestamp("us")).cast(pa.int64()).fill_null(_NEVER).to_numpy()
        found: Longs = np.where(odd.indices.is_null(), at, micros[odd.indices.fill_null(0).to_numpy()])
        return found

    def _amounts(self, rows: pa.Table, engine: duckdb.DuckDBPyConnection) -> Floats:
        """USD of each row, NaN where no figure can be read, minus infinity where its currency has no rate."""
        value = self._settled(rows)
        if self._money == "amount_usd" or "currency" not in self._places:
            return value
        paid = rows["currency"].combine_chunks().dictionary_encode()
        names = paid.dictionary.to_pylist()
        rate = dict.fromkeys(DOLLARS, 1.0)
        if {"received", "received_currency"} <= set(self._places) and not set(names) <= set(rate):
            rate = self._rates(rows, value, engine)
        factor = np.array([rate.get(name, -np.inf) for name in names] + [1.0])
        return np.asarray(value * factor[paid.indices.fill_null(len(names)).to_numpy()], dtype=np.float64)

    def _settled(self, rows: pa.Table) -> Floats:
        """Figures of each row; the column as a whole settles what one alone leaves open."""
        import pyarrow.compute as pc

        marks = Marks()
        unsure = rows["open"].combine_chunks()
        marks.see(unsure)
        marks.see(rows["odd_amount"].combine_chunks())
        told = self._columns.decimal
        if marks.n_open and not told:
            # A part of a unit that no thousands could be is written with a point, or the engine had not read it.
            sure = pc.and_kleene(rows["usd"].is_valid(), rows["open"].is_null())
            parts = rows["usd"].filter(sure)
            marks.n_point += int(pc.sum(pc.not_equal(parts, pc.floor(parts))).as_py() or 0)
            if marks.n_point and "." not in marks.first:
                first = pc.index(pc.not_equal(parts, pc.floor(parts)), True).as_py()
                marks.first["."] = f"{parts[first].as_py()!r}"
        sign = told or marks.decided
        value = _figures(rows["usd"], rows["odd_amount"], sign)
        if sign == "," and marks.n_open:
            # Stand-ins are left as they were read.
            doubtful = pc.if_else(pc.equal(rows["open"], "0.5"), None, rows["open"])
            again = _figures(pc.if_else(doubtful.is_valid(), None, rows["usd"]), doubtful, sign)
            value = np.where(np.asarray(doubtful.is_valid()), again, value)
        if not told and marks.doubt:
            self._notes.append(f"{self._money}: {marks.doubt}, as in --decimal ,")
        elif not told and sign == "," and marks.n_open:
            self._notes.append(f"decimals of {self._money} are read behind a comma: {marks.seen}")
        return value

    def _rates(self, rows: pa.Table, value: Floats, engine: duckdb.DuckDBPyConnection) -> dict[str, float]:
        """Asset -> USD: dollars, and what the file itself exchanges into dollars at."""
        import pyarrow as pa

        engine.register("told", rows.select(["received"]))
        told = engine.sql(
            "SELECT CASE WHEN isfinite(figure) THEN figure END AS figure, "
            "CASE WHEN isfinite(figure) THEN NULL ELSE received END AS odd FROM "
            f"(SELECT received, {plain_number('received')} AS figure FROM told)"
        ).to_arrow_table()
        got = pa.array(_figures(told["figure"], told["odd"]))
        engine.register(
            "exchanged",
            pa.table({"paid": rows["currency"], "got": rows["received_currency"], "value": value, "received": got}),
        )
        ratios = engine.execute(
            "SELECT paid, got, median(received / value) FROM exchanged WHERE paid <> got AND value > 0 "
            "AND received > 0 AND isfinite(value) AND isfinite(received) GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        rate = dict.fromkeys(DOLLARS, 1.0)
        while True:  # outward from the dollar, one exchange a round
            found: dict[str, list[float]] = {}
            for paid, got_in, ratio in ratios:
                if got_in in rate and paid not in rate:
                    found.setdefault(paid, []).append(ratio * rate[got_in])
                if paid in rate and got_in not in rate:
                    found.setdefault(got_in, []).append(rate[paid] / ratio)
            if not found:
                break
            rate.update({asset: float(np.median(values)) for asset, values in found.items()})
        if len(rate) > len(DOLLARS):
            self._notes.append("other currencies are turned into US dollars at the median rate of the file's exchanges")
        return rate

    # ---- judgement ----

    def _faults(
        self, rows: pa.Table, at: Longs, usd: Floats, lines: Callable[[Longs], Longs]
    ) -> tuple[Flags, pa.Table]:
        """Which rows cannot be used; line, reason and raw of them."""
        import pyarrow as pa
        import pyarrow.compute as pc

        source, target = rows["source_account"], rows["target_account"]
        no_payer, no_payee = (np.asarray(column.is_null()) for column in (source, target))
        own = np.asarray(pc.fill_null(pc.equal(source, target), False))
        failed = np.asarray(rows["failed"].is_valid())
        fault: Flags = failed | no_payer | no_payee | own | (at == _NEVER) | ~(usd > 0.0) | (usd > MOST_USD)
        chosen = rows.select(["failed", "odd_time", "odd_amount", "raw"]).filter(pa.array(fault)).to_pylist()
        reasons = []
        for i, told in zip(np.flatnonzero(fault), chosen, strict=True):
            time, figure = told["odd_time"], told["odd_amount"]
            if failed[i]:
                reason = f"it did not go through: {told['failed'][:80]}"
            elif no_payer[i]:
                reason = "no payer"
            elif no_payee[i]:
                reason = "no payee"
            elif at[i] == _NEVER:
                why = doubt(time) if time else ""
                reason = f"no time can be read from {time[:80]}{why and f': {why}'}" if time else "no time"
            elif np.isneginf(usd[i]):
                reason = f"no rate to US dollars is known for {rows['currency'][int(i)].as_py()[:80]}"
            elif np.isnan(usd[i]) or usd[i] > MOST_USD:
                reason = f"no amount can be read from {figure[:80]}" if figure else "no amount that can be"
            elif not usd[i] > 0.0:
                reason = f"the amount is not above zero: {usd[i]:g}"
            else:
                reason = "an account that pays itself"
            reasons.append(reason)
        raw = [(told["raw"] or "")[:RAW] for told in chosen]
        return fault, _refused(lines(np.flatnonzero(fault)), reasons, raw)

    def _transfers(self, rows: pa.Table, at: Longs, usd: Floats, lines: Callable[[], Longs]) -> Transfers:
        import pyarrow as pa
        import pyarrow.compute as pc

        accounts, (source, target) = encode(rows["source_account"], rows["target_account"])
        asset, assets = np.full(len(at), -1, dtype=np.int32), pa.array([], type=pa.string())
        ids, once = None, True
        if "transfer_id" in self._places:
            ids = rows["transfer_id"]
            once = not ids.null_count and _all_differ(rows["id_hash"])
            if ids.null_count:
                ids = pc.coalesce(ids, _by_line(lines()))
        order, at = content_order(ids, at, source, target, usd)
        # What follows looks at the transfers one after another: in this order they lie side by side.
        source, target = source[order], target[order]
        within = np.arange(len(order))
        settle(within, at, source, target)
        order, source, target = order[within], source[within], target[within]
        if "currency" in self._places:
            assets, (asset,) = encode(rows["currency"])
            asset = asset[order]
        told = _by_line(lines()) if ids is None else ids
        net = Transfers(told, accounts, source, target, at, usd[order], assets, asset, order)
        return net if once else replace(net, told=self._distinct(net.ids), place=None)

    def _distinct(self, ids: pa.Array) -> pa.Array:
        """Ids, the second of one id, in the order of the transfers, as ID#2."""
        import pyarrow as pa

        texts = ids.to_pylist()
        seen = set(texts)
        if len(seen) == len(texts):
            return ids
        self._notes.append("ids that stand several times got a number behind them: the second is ID#2")
        times: dict[str, int] = {}
        for i, text in enumerate(texts):
            times[text] = times.get(text, 0) + 1
            if times[text] > 1:
                name = f"{text}#{times[text]}"
                while name in seen:
                    name += "'"
                seen.add(name)
                texts[i] = name
        return pa.array(texts, type=pa.string())


def _figures(plain: pa.ChunkedArray, odd: pa.ChunkedArray, decimal: str | None = None) -> Floats:
    """Plain figures, and those of odd texts, each read once; NaN where none can be read."""
    import pyarrow.compute as pc

    value: Floats = pc.fill_null(plain, np.nan).to_numpy()
    if odd.null_count == len(odd):
        return value
    told = odd.combine_chunks().dictionary_encode()
    found = [amount(text, decimal) for text in told.dictionary.to_pylist()]
    figures = np.array([one[0] if one else np.nan for one in found])
    return np.where(told.indices.is_null(), value, figures[told.indices.fill_null(0).to_numpy()])


def _refused(line: Sequence[int] | Longs, reason: Sequence[str], raw: Sequence[str]) -> pa.Table:
    import pyarrow as pa

    schema = pa.schema([("line", pa.int64()), ("reason", pa.string()), ("raw", pa.string())])
    return pa.table({"line": line, "reason": reason, "raw": raw}, schema=schema)


def _all_differ(hashes: pa.ChunkedArray) -> bool:
    """Whether no hash stands twice: then no text does."""
    found = np.sort(hashes.to_numpy())
    return not bool((found[1:] == found[:-1]).any())


def _by_line(line: Longs) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.binary_join_element_wise("row", pa.array(line).cast(pa.string()), " ")


def _lines(rows: Longs, torn: Longs, first: int) -> Longs:
    """The lines of rows, 0 for that on line `first` or the next that is not torn; where no cell spans several lines."""
    taken = np.asarray(torn, dtype=np.int64)
    # The k-th good row is pushed on by every torn line before it; torn lines are in order.
    pushed = np.searchsorted(taken - np.arange(len(taken)) - first, rows, side="right")
    lines: Longs = rows + first + pushed
    return lines


def _order(texts: Sequence[str]) -> str | None:
    """dmy or mdy, where some date of the file can be read in one way alone and none speaks against it."""
    some = texts[:20_000]
    read_ = {order: sum(moment(text, order) is not None for text in some) for order in ("dmy", "mdy")}
    plain = sum(moment(text) is not None for text in some)
    best = max(read_, key=lambda order: read_[order])
    worst = min(read_.values())
    return best if read_[best] > worst and read_[best] > plain else None
