"""`upriver trace`: where the money of stated payments or stolen wallets went, or where it came from, on plain files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np

from upriver.errors import EvidenceError, ExportError
from upriver.graph import pools, taint
from upriver.graph.auto import DEFAULTS, Auto, auto
from upriver.graph.build import Flags, Floats, Longs
from upriver.graph.crossing import Crossing
from upriver.graph.paths import routes
from upriver.graph.taint import Carried, Cut, Moves
from upriver.money.evidence import service_class
from upriver.money.params import MoneyParams
from upriver.plain import legs
from upriver.plain.columns import Columns
from upriver.plain.lists import ACCOUNT, ID, listed
from upriver.plain.outputs import lines_to
from upriver.plain.transfers import Transfers, read

METHODS = ("auto", "poison", "haircut", "fifo", "lifo", "taint-first")
_SPREAD = {"haircut": taint.haircut, "fifo": taint.fifo, "lifo": taint.lifo, "taint-first": pools.taint_first}
_DAY = 86_400_000_000
_ENDS, _WAYS = 50, 3  # ends and ways to each that paths.csv tells: the largest


@dataclass(frozen=True, slots=True)
class Traced:
    """A finished trace.

    low, high  per transfer: least and most of haircut, FIFO, LIFO, taint-first-out and the method asked for
    presumed   per transfer: USD beyond what its sender was seen to have, taken to be traced (auto alone)
    ways       moves as they were followed: joined legs are accounts of their own; sure: per transfer, share of its
               traced money that stands if each leg holds at its confidence
    """

    net: Transfers
    moves: Moves
    carried: Carried
    low: Floats
    high: Floats
    into_low: Floats
    into_high: Floats
    presumed: Floats
    found: Auto | None
    kinds: Mapping[str, str]
    method: str
    backward: bool
    max_hops: int
    ways: Moves
    sure: Floats

    def as_text(self) -> str:
        """One line for a person."""
        entered, kept = self.carried.entered.sum(), self.carried.held.sum()
        word = "came from" if self.backward else "reached"
        some = self.carried.usd > 0.0
        accounts = len(np.unique(self.moves.target[some]))
        words = f"{self.method}: {entered:,.0f} {word} {accounts:,} accounts over {int(some.sum()):,} transfers"
        if self.method == "poison":
            return words
        gap = f"; {self.presumed.sum():,.0f} presumed in gaps of the record" if self.presumed.any() else ""
        return f"{words}; {kept:,.0f} found where it stopped, {self.carried.let_go.sum():,.0f} let go as dust{gap}"


def trace(
    transfers: Path,
    sources: Path,
    stops: Path | None,
    method: str,
    backward: bool,
    max_hops: int | None,
    out: Path,
    columns: Columns | None,
    tell: Callable[[str], None],
) -> Traced:
    """Trace, and write accounts.csv, transfers.csv, paths.csv to `out`; legs.csv and rejected.csv where there are such.

    sources  transfer_id: those payments; or account: all that leaves it (backward: all that comes to it)
    columns  of `transfers`
    raises   EvidenceError, SettingsError, ExportError
    """
    if out.exists() and not out.is_dir():
        raise ExportError(f"{out} is a file; name a folder for what is written")
    if not out.absolute().parent.is_dir():
        raise ExportError(f"{out}: there is no folder {out.absolute().parent}; make it first")
    for name in ("accounts.csv", "transfers.csv", "paths.csv", "legs.csv", "rejected.csv"):
        for one in (transfers, sources, stops):
            if one is not None and one.exists() and (out / name).exists() and one.samefile(out / name):
                raise ExportError(f"{out / name} is a file that is read; name another folder for what is written")
    reading = read(transfers, columns)
    for line in reading.told():
        tell(line)
    net = reading.transfers
    kinds, operators = {}, {}
    if stops is not None:
        told = listed(stops, ACCOUNT, "account")
        kinds = dict(zip(told.values, told.kinds, strict=True))
        operators = dict(zip(told.values, told.names, strict=True))
    found = legs.join(net, kinds, operators)
    net = net if found is None else found.net
    entry = _entry(net, sources, backward, tell)
    crossing = None if found is None else found.crossing
    made = follow(net, entry, kinds if stops is not None else None, method, backward, max_hops, crossing)
    out.mkdir(exist_ok=True)
    if found is not None and len(found.pairs.first):
        turn = -1 if backward else 1
        lines_to(out / "legs.csv", _csv(legs.leg_rows(found, made.carried.usd[::turn], made.high[::turn] > 0.0)))
    else:
        (out / "legs.csv").unlink(missing_ok=True)
    lines_to(out / "accounts.csv", _csv(_account_rows(made, found)))
    lines_to(out / "transfers.csv", _csv(_transfer_rows(made)))
    lines_to(out / "paths.csv", _csv(_path_rows(made)))
    rejected = out / "rejected.csv"
    refused = reading.refused
    if refused.num_rows:
        rows = zip(*(refused[name].to_pylist() for name in refused.column_names), strict=True)
        lines_to(rejected, _csv(chain([refused.column_names], rows)))
        tell(f"{refused.num_rows:,} rows cannot be used, the first for this: {refused['reason'][0]}; all: {rejected}")
    else:
        rejected.unlink(missing_ok=True)
    return made


def follow(
    net: Transfers,
    entry: Flags,
    services: Mapping[str, str] | None,
    method: str,
    backward: bool = False,
    max_hops: int | None = None,
    crossing: Crossing | None = None,
) -> Traced:
    """Trace in memory.

    entry     per transfer: all of it is traced by evidence
    crossing  joined legs, of transfers in this order
    services  account to kind; None where no list is told: then `auto` stops at accounts with a life of their own
    """
    names = net.accounts.to_pylist()
    kinds = services or {}
    stops = np.array([name in kinds for name in names], dtype=np.bool_)
    payer, payee, time = net.source, net.target, net.time
    if backward:
        # The record read from its end: what was paid last is first, and money walks from payee to payer.
        payer, payee, time = net.target[::-1].copy(), net.source[::-1].copy(), -net.time[::-1]
        entry = entry[::-1].copy()
    stops[payer[entry]] = False
    amount = net.amount[::-1].copy() if backward else net.amount
    nothing = np.zeros(len(payer), dtype=np.bool_)
    moves = Moves(payer, payee, amount, entry, nothing, stops, np.zeros(len(names)))
    if crossing is not None and backward:
        crossing = crossing.backward()
    ways = moves if crossing is None else crossing.through(moves)
    cut = Cut(hops=taint.FAR if max_hops is None else max_hops)
    found: Auto | None = None
    if method == "auto":
        # Backward, an account that was paid more than is asked about has no gap: nothing is presumed.
        params = replace(DEFAULTS, carry=2.0) if backward else DEFAULTS
        found = auto(ways, time // 1_000_000, cut, params, find_services=services is None and not backward)
        moves, ways = replace(moves, stops=found.stops[: len(names)]), replace(ways, stops=found.stops)
    # The spread is told without a cut-off: what a method lets go as dust may be what another follows.
    runs = {name: run(ways, cut) for name, run in _SPREAD.items()}
    if found is not None:
        runs["auto"] = found.carried
    elif method == "poison":
        runs["poison"] = pools.poison(ways, cut)
    sure = np.ones(len(payer))
    if crossing is not None:
        sure = crossing.surety(runs[method].usd, runs[method].entered)
        runs = {name: crossing.folded(run) for name, run in runs.items()}
    carried = runs[method]
    each = np.array([run.usd for run in runs.values()])
    into = np.array([np.bincount(payee, weights=run.usd, minlength=len(names)) for run in runs.values()])
    presumed = found.presumed if found is not None else np.zeros(len(payer))
    return Traced(
        net, moves, carried, each.min(axis=0), each.max(axis=0), into.min(axis=0), into.max(axis=0), presumed, found,
        kinds, method, backward, cut.hops, ways, sure,
    )  # fmt: skip


def _entry(net: Transfers, sources: Path, backward: bool, tell: Callable[[str], None]) -> Flags:
    import pyarrow as pa
    import pyarrow.compute as pc

    told = listed(sources, (*ID, *ACCOUNT), "transfer_id or account")
    rows = told.values
    wanted = pa.array(sorted(set(rows)), type=pa.string())
    if told.by in ID:
        # Transfers that share an id were told apart as id#2: a source names all of them.
        plain = pc.replace_substring_regex(net.ids, pattern="#[0-9]+'*$", replacement="")
        known, chosen = pc.or_(pc.is_in(net.ids, wanted), pc.is_in(plain, wanted)), set(net.ids.to_pylist())
        entry: Flags = known.to_numpy(zero_copy_only=False).copy()
    else:
        flags = pc.is_in(net.accounts, wanted).to_numpy(zero_copy_only=False)
        chosen = set(net.accounts.to_pylist())
        entry = flags[net.target if backward else net.source].copy()
    missing = sorted(set(rows) - chosen)
    if not entry.any():
        raise EvidenceError(f"{sources}: none of its {len(set(rows))} sources is among the transfers")
    if missing:
        tell(f"{sources.name}: {len(missing)} sources are not among the transfers, the first {missing[0]!r}")
    return entry


# ---- what is written ----------------------------------------------------------------------------------------------


def _account_rows(made: Traced, found: legs.Legs | None) -> Iterator[Sequence[object]]:
    yield (
        "account", "received_usd", "low_usd", "high_usd", "kept_usd", "hops", "first_at", "last_at", "stop_reason",
        "unseen_inflow_usd", "reason",
    )  # fmt: skip
    carried, moves, n = made.carried, made.moves, len(made.net.accounts)
    time = -made.net.time[::-1] if made.backward else made.net.time
    some = carried.usd > 0.0
    received = np.bincount(moves.target, weights=carried.usd, minlength=n).astype(np.float64)
    sent = np.bincount(moves.source, weights=carried.usd, minlength=n)
    kept = np.maximum(received - sent, 0.0) if made.method == "poison" else carried.held + carried.let_go
    first, last = np.full(n, np.iinfo(np.int64).max), np.full(n, np.iinfo(np.int64).min)
    np.minimum.at(first, moves.target[some], time[some])
    np.maximum.at(last, moves.target[some], time[some])
    hops = np.full(n, taint.FAR, dtype=np.int64)
    np.minimum.at(hops, moves.target[some], carried.hops[some])
    names = made.net.accounts.to_pylist()
    quiet = (int(time[-1]) - last) / _DAY
    said = {} if made.backward else legs.words(made.net, found, carried.usd, received, moves.stops)
    for a in sorted(np.flatnonzero(received > 0.0), key=lambda a: (-received[a], names[a])):
        stop, reason = _stop(
            made, names[a], int(a), float(received[a]), float(kept[a]), float(quiet[a]), int(hops[a]) + 1
        )
        early, late = (-int(last[a]), -int(first[a])) if made.backward else (int(first[a]), int(last[a]))
        yield (
            names[a], _usd(received[a]), _usd(made.into_low[a]), _usd(made.into_high[a]), _usd(kept[a]),
            int(hops[a]) + 1, _at(early), _at(late), stop, _usd(0.0 if made.backward else carried.unseen[a]),
            reason + said.get(int(a), ""),
        )  # fmt: skip


def _stop(made: Traced, name: str, a: int, received: float, kept: float, quiet: float, hops: int) -> tuple[str, str]:
    """Why the trace ends with an account, empty where it goes on; and in words."""
    params, carried = MoneyParams(), made.carried
    # Read backward, a gap is only money that is not asked about; sums that do not come out even are no gap.
    short = not made.backward and carried.unseen[a] > 0.005
    gap = f"; sent {carried.unseen[a]:,.2f} beyond what it was seen to have" if short else ""
    if name in made.kinds and made.moves.stops[a]:
        kind = made.kinds[name]
        return service_class(kind), f"told to be a service{f' ({kind})' if kind else ''}: its operator can be asked"
    if made.moves.stops[a] and made.found is not None:
        life = made.found.habits
        own = f"had sent {life.own_usd[a]:,.0f} of other money before" if life.own_usd[a] > 0.0 else "is open to many"
        return "service", (
            f"lives like a service or a stranger: {own}, {life.payers[a]} other payers, {life.payees[a]} payees; "
            f"passed {life.passed[a]:.0%} on at once"
        )
    if kept < params.kept_share * received:
        return "", f"sent on, {kept / received:.0%} kept{gap}"
    if hops >= made.max_hops:
        return "limit", f"{hops} transfers from a source: not followed further"
    if made.backward:
        return "unseen_inflow", f"{kept / received:.0%} came from nobody seen, or lay there before"
    if carried.let_go[a] > kept / 2:
        return "limit", f"sent on in parts too small or too mixed to follow{gap}"
    if gap:
        return "unseen_inflow", f"{kept / received:.0%} kept by this method{gap}"
    if quiet >= params.parked_days:
        return "parked", f"{kept / received:.0%} kept, {quiet:,.0f} days since it came"
    return "end_of_evidence", f"{kept / received:.0%} kept when the record ends, {quiet:,.1f} days later"


def _transfer_rows(made: Traced) -> Iterator[Sequence[object]]:
    yield (
        "transfer_id", "source_account", "target_account", "occurred_at", "amount_usd", "traced_usd", "low_usd",
        "high_usd", "hops", "presumed_usd", "leg_confidence",
    )  # fmt: skip
    net, names, ids = made.net, made.net.accounts.to_pylist(), made.net.ids.to_pylist()
    for row, i in _in_time(made, np.flatnonzero(made.carried.usd > 0.0)):
        yield (
            ids[row], names[net.source[row]], names[net.target[row]], _at(int(net.time[row])), _usd(net.amount[row]),
            _usd(made.carried.usd[i]), _usd(made.low[i]), _usd(made.high[i]), int(made.carried.hops[i]),
            _usd(made.presumed[i]), _usd(made.sure[i]),
        )  # fmt: skip


def _path_rows(made: Traced) -> Iterator[Sequence[object]]:
    yield ("path", "end_account", "path_usd", "step", "transfer_id", "source_account", "target_account", "occurred_at")
    net, names, ids = made.net, made.net.accounts.to_pylist(), made.net.ids.to_pylist()
    kept = made.carried.held
    number = 0
    ends = sorted(np.flatnonzero(kept > 0.0).tolist(), key=lambda a: (-kept[a], names[a]))[:_ENDS]
    begins = made.carried.entered > 0.0
    for end, ways in routes(made.ways.source, made.ways.target, made.carried.usd, begins, ends, _WAYS).items():
        for width, way in ways:
            number += 1
            for step, (row, _) in enumerate(_in_time(made, np.array(way)), 1):
                yield (
                    number, names[end], _usd(width), step, ids[row], names[net.source[row]], names[net.target[row]],
                    _at(int(net.time[row])),
                )  # fmt: skip


def _in_time(made: Traced, chosen: Longs) -> Iterator[tuple[int, int]]:
    """Row of the record and place in the trace of each chosen transfer, in the order in which they happened."""
    n = len(made.net.time)
    for i in chosen[::-1] if made.backward else chosen:
        yield (n - 1 - int(i) if made.backward else int(i)), int(i)


def _usd(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _at(microseconds: int) -> str:
    return (
        str(np.datetime64(microseconds, "us").astype("datetime64[ms]" if microseconds % 1_000_000 else "datetime64[s]"))
        + "Z"
    )


def _csv(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for row in rows:
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
