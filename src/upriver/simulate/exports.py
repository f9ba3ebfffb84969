"""One bank's or explorer's file: transfers as its layout writes them, and the lines that a failing export leaves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upriver.simulate.dice import Dice
from upriver.simulate.layouts import Layout
from upriver.simulate.syndicate import Cast
from upriver.simulate.town import PURPOSES, Rows
from upriver.simulate.workbook import workbook

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Export:
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


def texts(
    layout: Layout,
    cast: Cast,
    rows: Rows,
    own: NDArray[np.float64],
    numbers: NDArray[np.uint64],
    chosen: NDArray[np.int64],
    rng: np.random.Generator,
    paid_in: Mapping[int, tuple[str, str]],
) -> dict[str, Any]:
    """The texts of a file's columns for the chosen rows.

    paid_in  accounts that pay in another token, or on another chain, than USDT on Tron
    """
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
        paid = [paid_in.get(account, ("USDT", "TRON")) for account in source]
        columns |= {
            "token": [token for token, _ in paid],
            "chain": [chain for _, chain in paid],
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
