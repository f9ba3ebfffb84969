"""A file of ties, read alone: who is tied to whom, how strongly, and which rows could not be used."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from upriver.errors import EvidenceError
from upriver.evidence.columns import key
from upriver.graph.build import Floats, Ints, Longs, encode
from upriver.plain.columns import place_of
from upriver.plain.opened import opened
from upriver.plain.rows import RAW
from upriver.report.figures import counted

if TYPE_CHECKING:
    import pyarrow as pa

FROM = ("source", "sourceid", "from", "caller", "sender", "payer", "node1", "a", "left", "u")
TO = ("target", "targetid", "to", "callee", "called", "receiver", "recipient", "payee", "node2", "b", "right", "v")
# Names of columns that tell which way a tie runs; source and target, or from and to, stand over ties of any kind.
_ONE_WAY = {"caller", "sender", "payer", "callee", "called", "receiver", "recipient", "payee"}
_WEIGHT = ("weight", "count", "ncontacts", "n", "contacts", "messages", "calls", "strength", "value")
NODE = ("node", "id", "nodeid", "name", "person", "account", "entity")


@dataclass(frozen=True, slots=True)
class Ties:
    """Ties as told, one for each row.

    names    sorted; source and target: codes of them
    weight   > 0; 1 where no column tells it
    one_way  whether the header says which way ties run (caller and callee, payer and payee)
    refused  line, reason, raw
    notes    what was taken for granted, one sentence each
    """

    names: pa.Array
    source: Ints
    target: Ints
    weight: Floats
    one_way: bool
    refused: list[tuple[int, str, str]]
    notes: tuple[str, ...]


def loops_told(path: Path, read: Ties, tell: Callable[[str], None], purpose: str) -> None:
    """Rows that tie a node with itself are no ties: it is told that they do not count.

    purpose  what the ties are for, ending "... takes ties between two"
    raises   EvidenceError when no other rows are left: nothing can be said of nodes that nothing ties
    """
    loops = int((read.source == read.target).sum())
    if loops == len(read.source):
        raise EvidenceError(
            f"{path}: no tie between two nodes, only {counted(loops, 'tie')} of a node with itself; {purpose} takes "
            "ties between two"
        )
    if loops:
        tell(f"{counted(loops, 'tie')} of a node with itself {'do' if loops > 1 else 'does'} not count")


def read_ties(path: Path) -> Ties:
    """Read a CSV of ties: two columns of names, by their headers or else the first two, and perhaps a weight.

    raises  EvidenceError when there is no such file, it has fewer than two columns, or no row can be used
    """
    import pyarrow as pa

    refused: list[tuple[int, str, str]] = []
    notes: list[str] = []
    with opened(path, "a CSV of ties") as file:
        if len(file.names) < 2:
            raise EvidenceError(f"{path}: its first line names one column; a table of ties has two or more")
        at, to = place_of(file.names, FROM), place_of(file.names, TO)
        if at is None or to is None:
            at, to = 0, 1
            notes.append(f"ties are read from {file.names[0]!r} to {file.names[1]!r}, the first two columns")
        one_way = bool({key(file.names[at]), key(file.names[to])} & _ONE_WAY)
        weigh = place_of(file.names, _WEIGHT)
        if weigh in (at, to):
            weigh = None
        if weigh is not None:
            notes.append(f"ties weigh what {file.names[weigh]!r} tells")
        sources: list[str] = []
        targets: list[str] = []
        weights: list[float] = []
        for line, row in file.rows(lambda *told: refused.append(told)):
            if not any(cell.strip() for cell in row):
                continue
            reason, weight = "", 1.0
            if len(row) <= max(at, to):
                reason = f"not a row of this table: {len(row)} of {len(file.names)} cells"
            elif not row[at].strip() or not row[to].strip():
                reason = "a tie of nobody: a name is missing"
            elif weigh is not None:
                weight = _number(row[weigh]) if len(row) > weigh else math.nan
                if not weight > 0.0 or math.isinf(weight):
                    reason = "no weight above zero can be read"
            if reason:
                refused.append((line, reason, file.delimiter.join(row)[:RAW]))
                continue
            sources.append(row[at].strip())
            targets.append(row[to].strip())
            weights.append(weight)
    if not sources:
        raise EvidenceError(f"{path}: no tie could be read: {refused[0][1] if refused else 'it has no rows'}")
    names, (source, target) = encode(pa.array(sources, pa.string()), pa.array(targets, pa.string()))
    return Ties(names, source, target, np.array(weights), one_way, refused, tuple(notes))


def read_nodes(path: Path) -> list[str]:
    """The nodes that a CSV lists, by a column node (id, name, person ...).

    raises  EvidenceError when there is no such file or column, or a row of it cannot be read: a node that is left out
            of such a list is one that may be chosen
    """

    def stop(line: int, reason: str, _raw: str) -> None:
        raise EvidenceError(f"{path}: line {line} cannot be read ({reason}); mend it: nobody on this list may be lost")

    with opened(path, "a CSV with a column node") as file:
        at = place_of(file.names, NODE)
        if at is None:
            raise EvidenceError(f"{path}: no column node; it has: {', '.join(file.names)}")
        return [row[at].strip() for _, row in file.rows(stop) if len(row) > at and row[at].strip()]


def listed(path: Path, names: Sequence[str], tell: Callable[[str], None]) -> Longs:
    """Places in `names`, which differ, of the nodes that a CSV lists; those that are not among them are told.

    raises  as `read_nodes`
    """
    place = {name: k for k, name in enumerate(names)}
    told = read_nodes(path)
    missing = [name for name in told if name not in place]
    if missing:
        tell(f"{path.name}: {counted(len(missing), 'node')} not in the network, the first {missing[0]!r}")
    return np.array([place[name] for name in told if name in place], dtype=np.int64)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
