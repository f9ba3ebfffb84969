"""`upriver trace`: where the money of stated payments or stolen wallets went, or where it came from, on plain files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np

from upriver.errors import EvidenceError, ExportError, SettingsError
from upriver.graph import kernel, taint
from upriver.graph.auto import DEFAULTS, Auto, auto
from upriver.graph.build import Flags, Longs, summed
from upriver.graph.crossing import Crossing
from upriver.graph.taint import NO_CUT, Cut, Moves
from upriver.plain import legs
from upriver.plain.columns import Columns
from upriver.plain.flowpage import page
from upriver.plain.lists import ACCOUNT, ID, Listed, listed
from upriver.plain.outputs import lines_to, refused_to
from upriver.plain.paths import path_rows
from upriver.plain.shares import owners, returns, share_rows
from upriver.plain.traced import Traced, account_rows, transfer_rows
from upriver.plain.transferfile import read
from upriver.plain.transfers import Transfers
from upriver.report.exports import csv_lines
from upriver.report.figures import counted

_SPREAD = {"haircut": taint.haircut, "fifo": taint.fifo, "lifo": taint.lifo, "taint-first": taint.taint_first}
METHODS = ("auto", "poison", *_SPREAD)
_WRITTEN = (
    "accounts.csv", "transfers.csv", "paths.csv", "shares.csv", "victims.csv", "legs.csv", "flow.html", "rejected.csv",
)  # fmt: skip


def trace(
    transfers: Path,
    sources: Path,
    stops: Path | None,
    method: str,
    backward: bool,
    cut: Cut,
    out: Path,
    columns: Columns | None,
    tell: Callable[[str], None],
) -> Traced:
    """Trace, and write what was found to `out`: the files of `_WRITTEN`, some only where there is something to tell.

    sources  transfer_id: those payments; or account: all that leaves it (backward: all that comes to it)
    cut      where following ends; its times are seconds
    columns  of `transfers`
    raises   EvidenceError, SettingsError, ExportError
    """
    if out.exists() and not out.is_dir():
        raise ExportError(f"{out} is a file; name a folder for what is written")
    if not out.absolute().parent.is_dir():
        raise ExportError(f"{out}: there is no folder {out.absolute().parent}; make it first")
    for name in _WRITTEN:
        for one in (transfers, sources, stops):
            if one is not None and one.exists() and (out / name).exists() and one.samefile(out / name):
                raise ExportError(f"{out / name} is a file that is read; name another folder for what is written")
    import pyarrow as pa
    import pyarrow.compute as pc

    reading = read(transfers, columns)
    for line in reading.told():
        tell(line)
    net = reading.transfers
    named = listed(sources, (*ID, *ACCOUNT), "transfer_id or account")
    lost = list(named.refused)
    kinds, operators = {}, {}
    if stops is not None:
        told = listed(stops, ACCOUNT, "account")
        kinds = dict(zip(told.values, told.kinds, strict=True))
        operators = dict(zip(told.values, told.names, strict=True))
        lost += told.refused
        if not pc.any(pc.is_in(net.accounts, pa.array(list(kinds), type=pa.string()))).as_py():
            tell(f"{stops.name}: none of its services is among the transfers, so that none of them ends the trace")
    found = legs.join(net, kinds, operators)
    net = net if found is None else found.net
    entry = _entry(net, named, sources, backward, tell)
    back = returns(net, entry, kinds) if named.by in ID and not backward else None
    crossing = None if found is None else found.crossing
    if found is None:
        # All that follows asks only about what the money can reach: most of a long record is left behind here.
        near = reachable(net, entry, back, kinds, backward)
        net, entry, back = net.alone(near), entry[near], None if back is None else back[near]
    made = follow(
        net, entry, kinds if stops is not None else None, method, backward, cut, back, crossing, named.by in ID
    )
    out.mkdir(exist_ok=True)
    for name in ("shares.csv", "victims.csv", "legs.csv"):
        (out / name).unlink(missing_ok=True)
    if found is not None and len(found.pairs.first):
        turn = -1 if backward else 1
        lines_to(out / "legs.csv", csv_lines(legs.leg_rows(found, made.carried.usd[::turn], made.high[::turn] > 0.0)))
    accounts = list(account_rows(made, found))
    lines_to(out / "accounts.csv", csv_lines(accounts))
    if method == "poison":
        tell("poison counts money many times over: it has no shares, and shares.csv is not written")
    else:
        stop = {str(row[0]): str(row[8]) for row in accounts[1:]}
        owned = owners(net, entry, named, backward)
        for name, rows in zip(("shares.csv", "victims.csv"), share_rows(made, owned, stop, _SPREAD), strict=True):
            lines_to(out / name, csv_lines(rows))
    lines_to(out / "transfers.csv", csv_lines(transfer_rows(made)))
    lines_to(out / "paths.csv", csv_lines(path_rows(made, tell)))
    lines_to(out / "flow.html", [page(made, accounts)])
    rejected = out / "rejected.csv"
    columns_ = (reading.refused[name].to_pylist() for name in reading.refused.column_names)
    refused = [*lost, *zip(*columns_, strict=True)]
    if refused_to(rejected, refused, csv_lines(chain([reading.refused.column_names], refused))):
        tell(f"{counted(len(refused), 'row')} not used, the first for this: {refused[0][1]}; all: {rejected}")
    return made


def follow(
    net: Transfers,
    entry: Flags,
    services: Mapping[str, str] | None,
    method: str,
    backward: bool = False,
    cut: Cut = NO_CUT,
    back: Flags | None = None,
    crossing: Crossing | None = None,
    by_payment: bool = False,
) -> Traced:
    """Trace in memory.

    entry     per transfer: all of it is traced by evidence
    crossing  joined legs, of transfers in this order
    services  account to kind; None where no list is told: then `auto` stops at accounts with a life of their own
    cut       where following ends; its times are seconds
    back      per transfer: it gives money back and is not followed; not read backward
    by_payment  sources are payments: a told service that one of them left still passes nothing on; a stolen wallet does
    raises    SettingsError where a policy for unseen inflow is told backward
    """
    if backward and cut.unseen:
        raise SettingsError("--unseen is no question backward: money that came and is not asked about is no gap")
    kinds, n_accounts = services or {}, len(net.accounts)
    stops = _among(net, kinds)
    payer, payee, time = net.source, net.target, net.time
    if backward:
        # The record read from its end: what was paid last is first, and money walks from payee to payer.
        payer, payee, time = net.target[::-1].copy(), net.source[::-1].copy(), -net.time[::-1]
        entry = entry[::-1].copy()
    if not by_payment:
        stops[payer[entry]] = False
    amount = net.amount[::-1].copy() if backward else net.amount
    nothing = np.zeros(len(payer), dtype=np.bool_)
    given = nothing if back is None or backward else back
    moves = Moves(payer, payee, amount, entry, given, stops, np.zeros(n_accounts), time // 1_000_000)
    if crossing is not None and backward:
        crossing = crossing.backward()
    ways = moves if crossing is None else crossing.through(moves)
    found: Auto | None = None
    if method == "auto":
        # Backward, an account that was paid more than is asked about has no gap: nothing is presumed.
        params = replace(DEFAULTS, carry=2.0) if backward else DEFAULTS
        found = auto(ways, ways.time, cut, params, find_services=services is None and not backward)
        moves, ways = replace(moves, stops=found.stops[:n_accounts]), replace(ways, stops=found.stops)
    # The spread is told without a method's own cut-off: what one lets go as dust may be what another follows.
    runs = {name: run(ways, cut) for name, run in _SPREAD.items()}
    if found is not None:
        runs["auto"] = found.carried
    elif method == "poison":
        runs["poison"] = taint.poison(ways, cut)
    sure, across = np.ones(len(payer)), runs[method]
    if crossing is not None:
        sure = crossing.surety(across.usd, across.entered)
        runs = {name: crossing.folded(run) for name, run in runs.items()}
    carried = runs[method]
    low, high = carried.usd.copy(), carried.usd.copy()
    into_low, into_high = summed(payee, carried.usd, n_accounts), summed(payee, carried.usd, n_accounts)
    for name, run in runs.items():
        if name != method:
            into = summed(payee, run.usd, n_accounts)
            for least, most, usd in ((low, high, run.usd), (into_low, into_high, into)):
                np.minimum(least, usd, out=least)
                np.maximum(most, usd, out=most)
    presumed = carried.presumed if len(carried.presumed) else np.zeros(len(payer))
    return Traced(
        net, moves, carried, low, high, into_low, into_high, presumed, found, kinds, method, backward, cut, ways,
        across, crossing, sure,
    )  # fmt: skip


def _entry(net: Transfers, told: Listed, sources: Path, backward: bool, tell: Callable[[str], None]) -> Flags:
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = told.values
    wanted = pa.array(sorted(set(rows)), type=pa.string())
    names = net.told if told.by in ID else net.accounts
    known = pc.is_in(names, wanted)
    chosen, flags = set(names.filter(known).to_pylist()), known.to_numpy(zero_copy_only=False).copy()
    if told.by in ID:
        # Transfers that share an id were told apart as id#2: a source names all of them.
        again = np.flatnonzero(pc.match_substring(names, "#").to_numpy(zero_copy_only=False))
        plain = pc.replace_substring_regex(names.take(pa.array(again)), pattern="#[0-9]+'*$", replacement="")
        flags[again] |= pc.is_in(plain, wanted).to_numpy(zero_copy_only=False)
        flags = flags if net.place is None else flags[net.place]
    entry: Flags = flags if told.by in ID else flags[net.target if backward else net.source].copy()
    missing = sorted(set(rows) - chosen)
    if not entry.any():
        raise EvidenceError(f"{sources}: none of its sources is among the transfers ({len(set(rows))})")
    if missing:
        tell(f"{sources.name}: {counted(len(missing), 'source')} not among the transfers, the first {missing[0]!r}")
    return entry


def reachable(net: Transfers, entry: Flags, back: Flags | None, services: Mapping[str, str], backward: bool) -> Longs:
    """Transfers that can matter to a trace by any method, and the two with which the record begins and ends."""
    stops = _among(net, services)
    given = np.zeros(len(entry), dtype=np.bool_) if back is None else back
    payer, payee = (net.target, net.source) if backward else (net.source, net.target)
    stops[payer[entry]] = False
    turn = -1 if backward else 1
    near = np.zeros(len(entry), dtype=np.bool_)
    near[::turn][
        kernel.within_reach(payer[::turn].copy(), payee[::turn].copy(), entry[::turn].copy(), given, stops)
    ] = True
    near[[0, -1]] = True
    return np.flatnonzero(near)


def _among(net: Transfers, services: Mapping[str, str]) -> Flags:
    """Per account: whether it is a service that was told."""
    import pyarrow as pa
    import pyarrow.compute as pc

    told = pa.array(sorted(services), type=pa.string())
    flags: Flags = pc.is_in(net.accounts, told).to_numpy(zero_copy_only=False).copy()
    return flags
