"""One case by all methods: the parts that victims' money can reach, each traced apart, wherever the engine runs it.

A service passes nothing on, so it joins nothing (graph/parts.py): what a part carries does not depend on the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import TYPE_CHECKING

import numpy as np

from upriver.errors import SettingsError
from upriver.graph import taint
from upriver.graph.auto import DEFAULTS, auto
from upriver.graph.build import Flags, Floats, Longs
from upriver.graph.parts import parts

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.money.params import MoneyParams

    Each = Callable[[pa.Table, str, Callable[[pa.Table], pa.Table], pa.Schema], pa.Table]

METHODS = {
    "haircut": taint.haircut, "fifo": taint.fifo, "lifo": taint.lifo, "taint_first": taint.taint_first,
}  # fmt: skip
MAIN = ("auto", *METHODS)
UNSEEN = ("carry", "clean", "opening", "unknown")
_BUNDLES = 64  # parts are handed out in so many bundles at most: most parts are a handful of transfers
_PER_TRANSFER = ("usd", "entered", "left", "presumed")
_PER_ACCOUNT = ("held", "let_go", "unseen")


@dataclass(frozen=True, slots=True)
class Traces:
    """Victims' money per transfer of the network.

    by         each method of the spread
    main       the one that sums, stops and pictures rest on
    low, high  least and most over the methods
    stops      per account: where it ends, told, by its looks, or by the life it leads
    lives      account -> what tells that it leads a life of its own
    """

    by: Mapping[str, taint.Carried]
    main: taint.Carried
    low: Floats
    high: Floats
    stops: Flags
    lives: Mapping[int, str]


def spread(moves: taint.Moves, params: MoneyParams, may_stop: Flags, each: Each) -> Traces:
    """Trace by the main method and by all of `METHODS`, with the same stops.

    moves     the whole case; times in seconds
    may_stop  per account: whether `auto` may take it for a service by how it lives
    each      runs work by key (Desk.each)
    raises    SettingsError when `method` or `unseen` names none
    """
    for name, value, allowed in (("method", params.method, MAIN), ("unseen", params.unseen, UNSEEN)):
        if value not in allowed:
            raise SettingsError(f"[parameters.money] {name}: {value!r}; allowed: {', '.join(allowed)}")
    names = ["auto", *METHODS] if params.method == "auto" else list(METHODS)
    work = partial(_work, params=params, names=names)
    found = each(_rows(moves, may_stop), "bundle", work, _result())
    columns = {name: found[name].to_numpy() for name in found.column_names if name != "life"}
    of_transfer = columns["place"] >= 0
    by = {}
    for number, name in enumerate(names):
        mine = columns["method"] == number
        by[name] = _carried(moves, columns, mine & of_transfer, mine & ~of_transfer)
    stops, lives = moves.stops.copy(), {}
    life = found.filter(found["life"].is_valid())
    for account, words in zip(life["account"].to_pylist(), life["life"].to_pylist(), strict=True):
        stops[account], lives[account] = True, words
    low, high = (reduce(pick, (carried.usd for carried in by.values())) for pick in (np.minimum, np.maximum))
    return Traces(by, by[params.method], low, high, stops, lives)


def _rows(moves: taint.Moves, may_stop: Flags) -> pa.Table:
    """The transfers of parts with an entry, with all that a worker needs to know of them and of their accounts."""
    import pyarrow as pa

    part = parts(moves.source, moves.target, moves.stops)
    has = np.zeros(int(part.max(initial=-1)) + 1, dtype=np.bool_)
    has[part[moves.entry]] = True
    rows = np.flatnonzero(has[part])
    # Parts one after the other in turn, so that bundles are of like size.
    bundle = (np.cumsum(has) - 1)[part[rows]] % _BUNDLES
    so_far = np.cumsum(np.where(moves.entry, moves.amount, 0.0))
    source, target = moves.source[rows], moves.target[rows]
    return pa.table(
        {
            "bundle": bundle.astype(np.int32), "place": rows, "source": source, "target": target,
            "amount": moves.amount[rows], "time": moves.time[rows], "entry": moves.entry[rows],
            "back": moves.back[rows], "so_far": so_far[rows], "source_stops": moves.stops[source],
            "target_stops": moves.stops[target], "source_may": may_stop[source], "target_may": may_stop[target],
            "opening": moves.opening[source],
        }
    )  # fmt: skip


def _result() -> pa.Schema:
    """A row of a method tells a transfer (place) or an account; the other of the two is -1."""
    import pyarrow as pa

    return pa.schema(
        [("method", pa.int8()), ("place", pa.int64()), ("account", pa.int32()), ("hops", pa.int32())]
        + [(name, pa.float64()) for name in (*_PER_TRANSFER, *_PER_ACCOUNT)]
        + [("beyond", pa.int32()), ("life", pa.string())]
    )


def _work(rows: pa.Table, params: MoneyParams, names: list[str]) -> pa.Table:
    """Trace one bundle. Codes of accounts keep their order, places theirs: the answer is that of the whole case."""
    import pyarrow as pa

    rows = rows.sort_by("place")
    told = {name: rows[name].to_numpy() for name in rows.column_names}
    accounts, codes = np.unique(np.concatenate([told["source"], told["target"]]), return_inverse=True)
    source, target = np.split(codes.astype(np.int32), 2)
    opening = np.zeros(len(accounts))
    opening[source] = told["opening"]
    stops, may_stop = np.zeros((2, len(accounts)), dtype=np.bool_)
    for flags, name in ((stops, "stops"), (may_stop, "may")):
        flags[source], flags[target] = told[f"source_{name}"], told[f"target_{name}"]
    moves = taint.Moves(
        source, target, told["amount"], told["entry"], told["back"], stops, opening, told["time"].astype(np.int64)
    )
    cut = _cut(params)
    results, lives = [], {}
    for number, name in enumerate(names):
        if name == "auto":
            own = replace(cut, unseen={"carry": "carry", "unknown": "unknown"}.get(params.unseen, "clean"))
            found = auto(moves, moves.time, own, DEFAULTS, may_stop, told["so_far"])
            lives = {int(a): found.habits.in_words(int(a)) for a in np.flatnonzero(found.stops & ~stops)}
            moves, carried = replace(moves, stops=found.stops), found.carried
        else:
            carried = METHODS[name](moves, cut)
        results.append(_told(number, carried, told["place"], accounts, lives if name == "auto" else {}))
    return pa.concat_tables(results) if results else _result().empty_table()


def _cut(params: MoneyParams) -> taint.Cut:
    return taint.Cut(
        usd=params.dust_usd,
        share=params.dust_share,
        hops=params.max_hops,
        unseen="unknown" if params.unseen == "unknown" else "clean",
        held=int(params.max_hold_days * 86_400),
        span=int(params.max_days * 86_400),
    )


def _told(number: int, carried: taint.Carried, place: Longs, accounts: Longs, lives: Mapping[int, str]) -> pa.Table:
    """What a method carried, as rows; those that tell nothing are left out."""
    import pyarrow as pa

    n = len(place)
    per = {name: _or_zeros(getattr(carried, name), n) for name in _PER_TRANSFER}
    some = np.flatnonzero((per["usd"] > 0.0) | (per["left"] > 0.0))
    beyond = carried.beyond.astype(np.float64) if len(carried.beyond) else np.zeros(len(accounts))
    ends = (carried.held != 0.0) | (carried.let_go != 0.0) | (carried.unseen != 0.0) | (beyond != 0)
    ends[list(lives)] = True
    those = np.flatnonzero(ends)
    m, k = len(some), len(those)

    def both(of_transfers: Floats | Longs, of_accounts: Floats | Longs) -> Floats | Longs:
        joined: Floats | Longs = np.concatenate([of_transfers, of_accounts])
        return joined

    return pa.table(
        {
            "method": np.full(m + k, number),
            "place": both(place[some], np.full(k, -1)),
            "account": both(np.full(m, -1), accounts[those]),
            "hops": both(carried.hops[some].astype(np.int64), np.full(k, taint.FAR)),
            **{name: both(per[name][some], np.zeros(k)) for name in _PER_TRANSFER},
            **{name: both(np.zeros(m), getattr(carried, name)[those]) for name in _PER_ACCOUNT},
            "beyond": both(np.zeros(m), beyond[those]),
            "life": pa.array([None] * m + [lives.get(int(a)) for a in those], type=pa.string()),
        }
    ).cast(_result())


def _or_zeros(values: Floats, n: int) -> Floats:
    return values if len(values) else np.zeros(n)


def _carried(moves: taint.Moves, columns: Mapping[str, Floats], rows: Flags, ends: Flags) -> taint.Carried:
    """The parts put together; what a service holds is the sum of what it was sent, in the order of the transfers."""
    n, n_accounts = len(moves.source), len(moves.stops)
    place, account = columns["place"][rows].astype(np.int64), columns["account"][ends].astype(np.int64)
    per = {name: np.zeros(n) for name in _PER_TRANSFER}
    for name, values in per.items():
        values[place] = columns[name][rows]
    hops = np.full(n, taint.FAR, dtype=np.int32)
    hops[place] = columns["hops"][rows]
    of = {name: np.zeros(n_accounts) for name in _PER_ACCOUNT}
    for name, values in of.items():
        values[account] = columns[name][ends]
    beyond = np.zeros(n_accounts, dtype=np.int32)
    beyond[account] = columns["beyond"][ends]
    followed = np.where(moves.back, 0.0, per["usd"])
    sent = np.bincount(moves.target, weights=followed, minlength=n_accounts)
    of["held"][moves.stops] = sent[moves.stops]
    return taint.Carried(
        per["usd"], per["entered"], hops, per["left"], of["held"], of["let_go"], of["unseen"], per["presumed"], beyond
    )
