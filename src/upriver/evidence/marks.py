"""How a column writes decimals, over all its values: with a point or a comma, by which of them, and what stays open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from upriver.clean.decimals import decimal_sign, is_open

_POINT, _COMMA = ord("."), ord(",")
_SHOWN = 40


@dataclass(slots=True)
class Marks:
    """Counts over the values of one column seen so far, and the first value of each kind.

    n_point  only a decimal point fits: 1,234.5; n_comma  only a decimal comma fits: 1.234,5
    n_open   1.234 and 1,234: decimals or thousands
    """

    n_point: int = 0
    n_comma: int = 0
    n_open: int = 0
    first: dict[str, str] = field(default_factory=dict)

    def see(self, cells: pa.Array, index: npt.NDArray[np.int64] | None = None) -> None:
        """Count texts of `cells`, those at `index` or all; empty ones and nulls say nothing."""
        values = (cells if index is None else cells.take(pa.array(index))).fill_null("")
        if not len(values):
            return
        texts, odd = self._by_bytes(values)
        self._plainly(values, *texts)
        if odd.any():
            # Words and signs beside the figure, several marks: one by one, each text once.
            for counted in pc.value_counts(values.filter(pa.array(odd))).to_pylist():
                self.one(counted["values"], counted["counts"])

    def one(self, text: str, n: int = 1) -> None:
        """Count one text that stands `n` times."""
        sign = decimal_sign(text)
        if sign is not None:
            self._count(sign, text, n)
        elif is_open(text):
            self._count("open", text, n)

    @property
    def decided(self) -> str | None:
        """`.` or `,`, as the values tell: what most of those tell that leave no doubt. None where none does."""
        if not self.n_point and not self.n_comma:
            return None
        return "," if self.n_comma > self.n_point else "."

    @property
    def seen(self) -> str:
        """What speaks for it, in words; empty where no value leaves anything open and all agree."""
        if not self.n_open and not (self.n_point and self.n_comma):
            return ""
        told = [
            f"{words}: {n:,}{f' (the first: {self.first[kind]})' if n else ''}"
            for words, kind, n in (
                ("values that can only have a decimal comma", ",", self.n_comma),
                ("only a decimal point", ".", self.n_point),
                ("either", "open", self.n_open),
            )
        ]
        return ", ".join(told)

    @property
    def doubt(self) -> str:
        """What was taken for granted where the values do not settle it; empty where they do."""
        if self.n_open and not self.n_point and not self.n_comma:
            return (
                f"no value settles how decimals are written: {self.n_open:,} such as {self.first['open']} are read as "
                f"{reading(self.first['open'], '.')}; tell decimal"
            )
        if self.n_open and self.n_point and self.n_comma:
            return (
                f"the values contradict each other: {self.n_open:,} such as {self.first['open']} are read as "
                f"{reading(self.first['open'], self.decided or '.')}; tell decimal"
            )
        return ""

    def _count(self, kind: str, text: str, n: int) -> None:
        if kind == ".":
            self.n_point += n
        elif kind == ",":
            self.n_comma += n
        else:
            self.n_open += n
        self.first.setdefault(kind, text[:_SHOWN])

    def _by_bytes(self, values: pa.Array) -> tuple[tuple[Any, Any, Any], Any]:
        """Which values are of the kinds point, comma and open, and which cannot be told by counting bytes."""
        ends = np.frombuffer(values.buffers()[1], np.int32)[values.offset : values.offset + len(values) + 1]
        buffer = values.buffers()[2]
        data = np.frombuffer(buffer, np.uint8) if buffer is not None else np.zeros(0, np.uint8)
        data = np.concatenate([np.zeros(8, np.uint8), data[ends[0] : ends[-1]], np.zeros(8, np.uint8)])
        start, end = ends[:-1] - ends[0] + 8, ends[1:] - ends[0] + 8
        nothing = np.zeros(len(values), bool)
        points, commas = data == _POINT, data == _COMMA
        n_all = np.count_nonzero(points)
        if not n_all and not commas.any():
            return (nothing, nothing, nothing), nothing
        if not commas.any() and np.count_nonzero((data >= ord("0")) & (data <= ord("9"))) + n_all == len(data) - 16:
            # Digits and points alone, each point before one or two digits: what most columns of money are.
            short = ((data[end - 3] == _POINT) & (end - start >= 4)) | ((data[end - 2] == _POINT) & (end - start >= 3))
            if np.count_nonzero(short) == n_all:
                return (short, nothing, nothing), nothing
        n_points, n_commas = _between(points, start, end), _between(commas, start, end)
        some = (n_points + n_commas > 0) & (end > start)
        digits = (data >= ord("0")) & (data <= ord("9"))
        plain = some & (_between(digits, start, end) + n_points + n_commas == end - start)
        alone = plain & (n_points + n_commas == 1) & digits[start] & digits[end - 1]
        threes = (
            np.isin(data[end - 4], (_POINT, _COMMA))
            & (end - start >= 5)
            & (end - start <= 7)
            & (data[start] != ord("0"))
        )
        both = plain & digits[start] & digits[end - 2] & digits[end - 1] & (n_points > 0) & (n_commas > 0)
        point = (alone & ~threes & (n_points == 1)) | (both & (n_points == 1) & (data[end - 3] == _POINT))
        comma = (alone & ~threes & (n_commas == 1)) | (both & (n_commas == 1) & (data[end - 3] == _COMMA))
        either = alone & threes
        return (point, comma, either), some & ~(point | comma | either)

    def _plainly(self, values: pa.Array, point: Any, comma: Any, either: Any) -> None:
        for kind, where in ((".", point), (",", comma), ("open", either)):
            n = int(where.sum())
            if n:
                self._count(kind, values[int(np.argmax(where))].as_py(), n)


def reading(text: str, sign: str) -> str:
    """How an open figure reads under a decimal sign, in words."""
    mark = next((character for character in text if character in ".,"), "")
    return "decimals" if mark == sign else "thousands"


def _between(flags: Any, start: Any, end: Any) -> Any:
    """How many flags are set from `start` to before `end`."""
    sums = np.cumsum(flags, dtype=np.int32)
    return sums[end - 1] - sums[start - 1]
