"""`upriver resolve` on a plain file: records in, clusters and judged pairs out."""

from __future__ import annotations

import math
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from upriver.errors import EvidenceError, SettingsError
from upriver.plain.opened import opened
from upriver.plain.outputs import beside, lines_to, not_read, refused_to
from upriver.plain.records.cleaned import Feature, cleaned
from upriver.plain.records.clusters import Clusters, gather
from upriver.plain.records.fields import Fields, fields_of, told_columns
from upriver.plain.records.levels import levels
from upriver.plain.records.weights import ENOUGH, Weighed, weighed
from upriver.report.exports import csv_lines

# A wrong merge accuses somebody: two groups are joined where one bearer is nineteen times as likely as two.
THRESHOLD = 0.95
_SHOWN = 0.01  # pairs that are less likely one are not written, unless their groups were joined
_SAMPLE = 500  # rows by whose cells the columns are known
_Refused = tuple[int, str, str]
PAIRS = ("left_id", "right_id", "match_probability", "match_weight", "judgement", "reason")


@dataclass(frozen=True, slots=True)
class Count:
    """What a run found: records, clusters, records that stand alone, pairs compared, rows refused."""

    records: int
    clusters: int
    alone: int
    compared: int
    refused: int

    def as_text(self) -> str:
        found = f"{self.records:,} records, {self.clusters:,} clusters ({self.alone:,} of one record)"
        refused = f"; {self.refused:,} rows refused" if self.refused else ""
        return f"{found}; {self.compared:,} pairs compared{refused}"


@dataclass(frozen=True, slots=True)
class Register:
    """ids of the records, the cells of each compared column by its place, the fields, and the rows refused."""

    ids: list[str]
    cells: dict[int, list[str]]
    fields: Fields
    refused: list[_Refused]


def resolve(
    source: Path, out: Path, tell: Callable[[str], None], named: Sequence[str] = (), threshold: float = THRESHOLD
) -> Count:
    """Write `out` (id, cluster), and beside it `OUT.pairs.csv`, and `OUT.rejected.csv` where rows are refused.

    named      columns as told, each FIELD=NAME
    threshold  match probability from which two records, or two groups of records, are joined
    tell       takes each line for the reader of the terminal
    raises     EvidenceError when `source` is no table of records; SettingsError; ExportError
    """
    if not 0.5 <= threshold < 1.0:
        raise SettingsError(f"--threshold {threshold}: write a probability from 0.5 up to, but not, 1")
    not_read(out, source)
    register = read(source, told_columns(named))
    tell(register.fields.as_text())
    n = len(register.ids)
    if n < ENOUGH:
        tell(f"{n:,} records are too few to learn weights from: stated weights are used")
    pairs = _weighed(register)
    found = gather(n, pairs, _bits(threshold))
    count = Counter(found.of.tolist())
    lines_to(out, csv_lines(_clusters(register.ids, found)))
    lines_to(beside(out, "pairs"), csv_lines(_pairs(register.ids, pairs, found, threshold)))
    rejected = beside(out, "rejected")
    if refused_to(rejected, register.refused, csv_lines([("line", "reason", "raw"), *register.refused])):
        tell(f"what was refused, with reasons: {rejected}")
    return Count(n, len(count), sum(size == 1 for size in count.values()), len(pairs.left), len(register.refused))


def read(source: Path, told: Sequence[tuple[str, str]]) -> Register:
    """Records of a delimited text of any encoding.

    raises  EvidenceError when there is no such file, or no record with an id of its own in it
    """
    with opened(source, "a CSV of records") as file:
        sample = [row for row in file.below if len(row) == len(file.names)][:_SAMPLE]
        fields = fields_of(source, file.names, list(zip(*sample, strict=True)) or [()] * len(file.names), told)
        ids: list[str] = []
        seen: set[str] = set()
        cells: dict[int, list[str]] = {column.place: [] for column in fields.compared}
        refused: list[_Refused] = []
        for line, row in file.rows(lambda *told: refused.append(told)):
            why = _unusable(row, len(file.names))
            name = str(line) if fields.identity is None or why else row[fields.identity].strip()
            why = why or ("" if name else "no id") or ("its id stands in an earlier row" if name in seen else "")
            if why == "empty":
                continue
            if why:
                refused.append((line, why, file.delimiter.join(row)))
                continue
            seen.add(name)
            ids.append(name)
            for place, values in cells.items():
                values.append(row[place].strip())
    if not ids:
        raise EvidenceError(f"{source}: no record can be used; rows need as many cells as the header, and ids")
    return Register(ids, cells, fields, refused)


def _unusable(row: Sequence[str], columns: int) -> str:
    if not any(cell.strip() for cell in row):
        return "empty"
    return "" if len(row) == columns else f"{len(row)} cells, where the header has {columns}"


def _weighed(register: Register) -> Weighed:
    import duckdb

    with tempfile.TemporaryDirectory(prefix="upriver-") as spill, duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false").fetchall()
        con.execute(f"SET temp_directory = '{spill.replace(chr(39), chr(39) * 2)}'").fetchall()
        return weighed(con, cleaned(register.fields, register.cells))


def _bits(probability: float) -> float:
    return math.log2(probability / (1 - probability))


def _clusters(ids: Sequence[str], found: Clusters) -> Iterator[Sequence[object]]:
    yield "id", "cluster"
    for own, first in zip(ids, found.of.tolist(), strict=True):
        yield own, ids[first]


def _pairs(ids: Sequence[str], pairs: Weighed, found: Clusters, threshold: float) -> Iterator[Sequence[object]]:
    """Pairs that may be one or were joined, each with what speaks for and against it, the heaviest first."""
    yield PAIRS
    weight = pairs.weight
    probability = 1.0 / (1.0 + np.exp2(-np.clip(weight, -60.0, 60.0)))
    together = found.of[pairs.left] == found.of[pairs.right]
    told = [_told(feature) for feature in pairs.features]
    for pair in np.flatnonzero((probability >= _SHOWN) | together).tolist():
        one = bool(together[pair])
        reason = reason_of(told, pairs.gamma[pair].tolist(), pairs.bits[pair].tolist())
        if one and probability[pair] < threshold:
            reason += "; joined by what the other records of their group tell"
        elif pair in found.held:
            reason += f"; not joined: {found.held[pair]}"
        yield (
            ids[int(pairs.left[pair])], ids[int(pairs.right[pair])], f"{probability[pair]:.6f}", f"{weight[pair]:.3f}",
            "same" if one else "different" if probability[pair] < 0.5 else "unsure", reason,
        )  # fmt: skip


def _told(feature: Feature) -> list[str]:
    """Words of each level by its gamma: 0 is the last."""
    return [level.told for level in reversed(levels(feature))]


def reason_of(told: Sequence[Sequence[str]], gamma: Iterable[int], bits: Iterable[float]) -> str:
    """What two records agree and differ in, with the log2 odds that each lends, the heaviest first.

    told  for each feature the words of its levels, from the last up
    """
    parts = [(weight, words[level]) for words, level, weight in zip(told, gamma, bits, strict=True) if level >= 0]
    said = [f"{text} ({weight:+.1f})" for weight, text in sorted(parts, key=lambda part: -abs(part[0])) if text]
    return ", ".join(said) or "nothing in common is told"
