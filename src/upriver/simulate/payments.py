"""All transfers, ordinary and not, merged by time and streamed into the files of banks and explorers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upriver.simulate.dice import Dice, stream
from upriver.simulate.laundering import Laundering
from upriver.simulate.layouts import BY_CURRENCY, CHAIN_LAYOUTS, WORKBOOK, Layout
from upriver.simulate.rates import Rates
from upriver.simulate.syndicate import DAY, Cast
from upriver.simulate.town import CHAIN, PURPOSES, Rows
from upriver.simulate.workbook import workbook

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CHUNK = 400_000
_BRANCH_ACCOUNTS = 40


@dataclass(slots=True)
class Written:
    """What the files hold of the story's transfers: reference by row (empty: the row is lost), and how many in all."""

    references: list[str]
    transfers: int = 0
    files: list[Path] = field(default_factory=list)


class _File:
    """One export that grows chunk by chunk."""

    def __init__(self, folder: Path, layout: Layout, dice: Dice, broken: float) -> None:
        self.layout, self._dice, self._broken = layout, dice, broken
        self.path = folder / layout.file
        self._sheet: list[list[object]] | None = None
        header = [head for _, head in layout.columns]
        self._codec = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(layout.encoding, layout.encoding)
        if layout.file.endswith(".xlsx"):
            self._sheet = [["Internal use only", "printed for the investigators"], list(header)]
        else:
            mark = {"utf-16": b"\xff\xfe", "utf-8-sig": b"\xef\xbb\xbf"}.get(layout.encoding, b"")
            self.path.write_bytes(mark + (layout.delimiter.join(header) + "\r\n").encode(self._codec))

    def write(self, columns: dict[str, Any], count: int) -> None:
        """`columns`: field -> values, in the order in which they shall stand."""
        import pyarrow as pa
        from pyarrow import csv

        if not count:
            return
        if self._sheet is not None:
            rows = zip(*(columns[name] for name, _ in self.layout.columns), strict=True)
            self._sheet += [list(row) for row in rows]
            return
        table = pa.table({head: pa.array(columns[name], pa.string()) for name, head in self.layout.columns})
        sink = pa.BufferOutputStream()
        options = csv.WriteOptions(include_header=False, delimiter=self.layout.delimiter, quoting_style="needed")
        csv.write_csv(table, sink, options)
        text = sink.getvalue().to_pybytes()
        if self._codec != "utf-8" or self._broken:
            text = self._damaged(text.decode("utf-8"), count).encode(self._codec)
        with self.path.open("ab") as file:
            file.write(text)

    def _damaged(self, text: str, count: int) -> str:
        """Lines as a failing export leaves them, put between the good ones."""
        lines = text.split("\n")
        gap = self.layout.delimiter
        for _ in range(max(1, round(count * self._broken))):
            cells = self._dice.pick(lines[:-1] or lines).split(gap)
            kind = self._dice.whole(0, 3)
            place = [name for name, _ in self.layout.columns].index("amount")
            when = [name for name, _ in self.layout.columns].index("occurred_at")
            if kind == 0:
                cells = cells[: max(1, len(cells) // 2)]
            elif kind == 1 and place < len(cells):
                cells[place] = self._dice.pick(("n/a", "###", "-", "NaN"))
            elif kind == 2 and when < len(cells):
                cells[when] = self._dice.pick(("31/02/2025", "pending", "0000-00-00 00:00:00"))
            else:
                cells = [*cells, "?", "?"]
            lines.insert(self._dice.whole(0, len(lines) - 1), gap.join(cells))
        return "\n".join(lines)

    def close(self) -> None:
        if self._sheet is not None:
            notes = [["Branch ledger, copied by hand."], ["Amounts in the currency of the column."]]
            self.path.write_bytes(workbook({"Ledger": self._sheet, "Notes": notes}))


def write_payments(
    folder: Path,
    seed: int,
    cast: Cast,
    laundering: Laundering,
    rates: Rates,
    hidden: NDArray[np.bool_],
    progress: Callable[[float], None],
) -> Written:
    """Write every bank and explorer file into `folder`; memory is bounded by a chunk of time, not by the scale.

    hidden   rows of the story that are lost; as many of the town's are lost by chance
    returns  the references of the story's rows, as the files tell them
    """
    import numpy as np

    rng = stream(seed, "payments")
    town, preset = cast.town, cast.preset
    layouts = (
        [layout for market in preset.markets for layout in BY_CURRENCY[market.currency]]
        + list(CHAIN_LAYOUTS)
        + [WORKBOOK]
    )
    dice = Dice(seed, "damage")
    files = [_File(folder, layout, dice, preset.broken) for layout in layouts]
    # Which file tells of what an account sends.
    place_of = np.zeros(len(town.values), dtype=np.int16)
    names = np.array(town.market)
    draw = rng.random(len(town.values))
    for place, market in enumerate(preset.markets):
        place_of[names == market.name] = 2 * place
        place_of[(names == market.name) & (draw < 0.42)] = 2 * place + 1
    place_of[names == CHAIN] = 2 * len(preset.markets)
    place_of[(names == CHAIN) & (draw < 0.45)] = 2 * len(preset.markets) + 1
    branch = rng.choice(town.quarters[preset.markets[0].name].people, _BRANCH_ACCOUNTS, replace=False)
    place_of[branch] = len(layouts) - 1
    currency_of = np.array([CHAIN] + [market.name for market in preset.markets])
    market_of = np.searchsorted(np.sort(currency_of), names)
    walks = np.array(
        [
            rates.walk(next((m.currency for m in preset.markets if m.name == name), "USDT"))
            for name in np.sort(currency_of)
        ]
    )
    moved = laundering.moved
    at, order = np.array(moved.at, dtype=np.int64), np.argsort(np.array(moved.at, dtype=np.int64), kind="stable")
    source, target = np.array(moved.source, dtype=np.int64), np.array(moved.target, dtype=np.int64)
    usd, local, purpose = np.array(moved.usd), np.array(moved.local), np.array(moved.purpose, dtype=np.int64)
    written = Written([""] * len(at))
    ordinary = max(cast.scale.transfers - len(at), cast.scale.transfers // 3)
    chunks = max(1, ordinary // _CHUNK)
    edges = np.linspace(cast.start - 6 * DAY, cast.end + 2 * DAY, chunks + 1).astype(np.int64)
    counter = 0
    for number in range(chunks):
        start, end = int(edges[number]), int(edges[number + 1])
        days = town.ordinary(rng, start, min(end, cast.end), ordinary // chunks)
        mine = order[np.searchsorted(at[order], start) : np.searchsorted(at[order], end)]
        mine = mine[~hidden[mine]]
        kept = rng.random(len(days.at)) >= preset.missing
        whole = Rows(*(np.concatenate([getattr(days, name)[kept], story[mine]]) for name, story in (
            ("at", at), ("source", source), ("target", target), ("usd", usd), ("purpose", purpose))))  # fmt: skip
        row = np.concatenate([np.full(int(kept.sum()), -1), mine])
        by_time = np.argsort(whole.at, kind="stable")
        whole = Rows(*(getattr(whole, name)[by_time] for name in Rows.__slots__))
        row = row[by_time]
        day = np.clip(whole.at // DAY - rates.first_day, 0, rates.days - 1)
        own = whole.usd / walks[market_of[whole.source], day]
        own = np.where(row >= 0, local[row], _as_typed(rng, own))
        numbers = _scattered(counter + np.arange(len(row)), seed)
        counter += len(row)
        place = place_of[whole.source]
        for index, file in enumerate(files):
            chosen = np.flatnonzero(place == index)
            doubled = chosen[rng.random(len(chosen)) < preset.doubled]
            chosen = np.sort(np.concatenate([chosen, doubled]), kind="stable")
            layout = file.layout
            if layout.order == "newest":
                chosen = chosen[::-1]
            elif layout.order == "shuffled":
                chosen = rng.permutation(chosen)
            columns = _columns(layout, cast, whole, own, numbers, chosen, rng)
            told = row[chosen]
            for spot in np.flatnonzero(told >= 0):
                written.references[told[spot]] = columns["reference"][spot]
            file.write(columns, len(chosen))
            written.transfers += len(chosen)
        progress((number + 1) / chunks)
    for file in files:
        file.close()
        written.files.append(file.path)
    return written


def _as_typed(rng: np.random.Generator, local: NDArray[np.float64]) -> NDArray[np.float64]:
    """Amounts as people type them: some in round hundreds, thousands or whole units, in the shares of the story."""
    import numpy as np

    draw = rng.random(len(local))
    unit = np.full(len(local), 0.01)
    unit[(draw < 0.6) & (local > 50)] = 1.0
    unit[(draw < 0.42) & (local > 25_000)] = 1_000.0
    unit[(draw < 0.3) & (local > 2_500)] = 100.0
    return np.maximum(np.round(np.floor(local / unit + 1e-9) * unit, 2), 0.01)


def _scattered(counter: NDArray[np.int64], seed: int) -> NDArray[np.uint64]:
    """A one-to-one scatter of numbers over 44 bits: references are unique and say nothing about order."""
    import numpy as np

    mask = np.uint64((1 << 44) - 1)
    number = (counter.astype(np.uint64) + np.uint64(seed * 7_919 % (1 << 30))) & mask
    for factor in (0x9E3779B97F5, 0x85EBCA77C2B):
        number = (number * np.uint64(factor)) & mask
        number ^= number >> np.uint64(23)
    return number


def _columns(
    layout: Layout,
    cast: Cast,
    rows: Rows,
    own: NDArray[np.float64],
    numbers: NDArray[np.uint64],
    chosen: NDArray[np.int64],
    rng: np.random.Generator,
) -> dict[str, Any]:
    """The texts of a file's columns for the chosen rows."""
    import numpy as np

    town = cast.town
    source, target = rows.source[chosen].tolist(), rows.target[chosen].tolist()
    amounts = own[chosen].tolist()
    moments = (rows.at[chosen] + layout.utc_hours * 3_600).astype("datetime64[s]")
    wanted = {name for name, _ in layout.columns}
    currency = {market.name: market.currency for market in cast.preset.markets}
    columns: dict[str, Any] = {
        "source_account": [town.values[account] for account in source],
        "target_account": [town.values[account] for account in target],
        "occurred_at": _clocked(moments, layout.clock),
    }
    if layout.reference:
        columns["reference"] = [f"{layout.reference}{number:014d}" for number in numbers[chosen].tolist()]
    else:
        mixed = np.empty((len(chosen), 4), dtype=np.uint64)
        for column in range(4):
            mixed[:, column] = _mixed(numbers[chosen] * np.uint64(4) + np.uint64(column))
        text = mixed.tobytes().hex()
        columns["reference"] = [text[start : start + 64] for start in range(0, len(text), 64)]
    if layout.amounts == "grouped":
        columns["amount"] = [f"{amount:,.2f}" for amount in amounts]
    elif layout.file.endswith(".xlsx"):
        columns["amount"] = amounts
    elif layout.amounts == "token":
        columns["amount"] = [
            f"{amount:g}" if amount < 1e5 and amount == int(amount) else f"{amount:.6f}".rstrip("0").rstrip(".")
            for amount in amounts
        ]
    else:
        columns["amount"] = [f"{amount:.2f}" for amount in amounts]
    if "currency" in wanted:
        columns["currency"] = [currency.get(town.market[account], "USD") for account in source]
    if "source_name" in wanted:
        columns["source_name"] = [town.names[account] for account in source]
        columns["target_name"] = [town.names[account] for account in target]
    if "purpose" in wanted:
        said = rng.random(len(chosen)) < 0.3
        columns["purpose"] = [
            PURPOSES[code] if say else ""
            for code, say in zip(rows.purpose[chosen].tolist(), said.tolist(), strict=True)
        ]
    if "channel" in wanted:
        words = np.array(["mobile", "counter", "ATM", "online"])
        columns["channel"] = words[rng.integers(0, 4, len(chosen))].tolist()
    if "token" in wanted:
        columns |= {
            "token": ["USDT"] * len(chosen),
            "chain": ["TRON"] * len(chosen),
            "method": ["transfer"] * len(chosen),
        }
    return columns


def _mixed(number: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64: looks like a hash, and is one-to-one."""
    import numpy as np

    number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return number ^ (number >> np.uint64(31))


def _clocked(moments: NDArray[np.datetime64], clock: str) -> list[str]:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts: list[str] = pc.strftime(pa.array(moments), format=clock).to_pylist()
    return texts
