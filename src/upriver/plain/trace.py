"""`upriver trace`: where the money of stated payments or stolen wallets went, or where it came from, on plain files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from upriver.errors import EvidenceError, ExportError, SettingsError
from upriver.graph import kernel, pools, taint
from upriver.graph.auto import DEFAULTS, Auto, auto
from upriver.graph.build import Flags, Floats, Ints, Longs
from upriver.graph.taint import NO_CUT, Carried, Cut, Moves
from upriver.graph.ways import BUDGET, Flow, Traces
from upriver.money.evidence import service_class
from upriver.money.params import MoneyParams
from upriver.plain.columns import Columns
from upriver.plain.flowpage import page
from upriver.plain.lists import ACCOUNT, ID, Listed, listed
from upriver.plain.outputs import lines_to
from upriver.plain.shares import owners, returns, share_rows
from upriver.plain.transfers import Transfers, read

if TYPE_CHECKING:
    import pyarrow as pa

METHODS = ("auto", "poison", "haircut", "fifo", "lifo", "taint-first")
_SPREAD = {"haircut": taint.haircut, "fifo": taint.fifo, "lifo": taint.lifo, "taint-first": pools.taint_first}
_WRITTEN = (
    "accounts.csv", "transfers.csv", "paths.csv", "shares.csv", "victims.csv", "legs.csv", "flow.html", "rejected.csv",
)  # fmt: skip
_DAY = 86_400_000_000
# What paths.csv tells, the largest of each: ends, and ways to each; then sources asked alone, and the ends of each.
_ENDS, _WAYS, _ALONE, _ENDS_ALONE = 50, 3, 20, 3
_QUESTIONS = 20_000_000  # traced transfers times ends, of either kind: a larger trace is asked for fewer


@dataclass(frozen=True, slots=True)
class Traced:
    """A finished trace.

    low, high  per transfer: least and most of haircut, FIFO, LIFO, taint-first-out and the method asked for
    presumed   per transfer: USD beyond what its sender was seen to have, taken to be traced
    cut        where following ends, in seconds
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
    cut: Cut

    @property
    def max_hops(self) -> int:
        """Transfers from a source at most."""
        return self.cut.hops

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
        given = self.carried.usd[self.moves.back].sum()
        back = f", {given:,.0f} given back" if given else ""
        return (
            f"{words}; {kept:,.0f} found where it stopped{back}, {self.carried.let_go.sum():,.0f} let go as dust{gap}"
        )


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
    """Trace, and write accounts.csv, transfers.csv, paths.csv, flow.html and, where rows were refused, rejected.csv.

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
    reading = read(transfers, columns)
    for line in reading.told():
        tell(line)
    net = reading.transfers
    named = listed(sources, (*ID, *ACCOUNT), "transfer_id or account")
    entry = _entry(net, named, sources, backward, tell)
    kinds = {}
    if stops is not None:
        told = listed(stops, ACCOUNT, "account")
        kinds = dict(zip(told.values, told.kinds, strict=True))
    back = returns(net, entry, kinds) if named.by in ID and not backward else None
    made = follow(net, entry, kinds if stops is not None else None, method, backward, cut, back)
    out.mkdir(exist_ok=True)
    accounts = list(_account_rows(made))
    lines_to(out / "accounts.csv", _csv(accounts))
    for name in ("shares.csv", "victims.csv"):
        (out / name).unlink(missing_ok=True)
    if method == "poison":
        tell("poison counts money many times over: it has no shares, and shares.csv is not written")
    else:
        stop = {str(row[0]): str(row[8]) for row in accounts[1:]}
        owned = owners(net, entry, named, backward)
        for name, rows in zip(("shares.csv", "victims.csv"), share_rows(made, owned, stop, _SPREAD), strict=True):
            lines_to(out / name, _csv(rows))
    lines_to(out / "transfers.csv", _csv(_transfer_rows(made)))
    lines_to(out / "paths.csv", _csv(_path_rows(made, tell)))
    lines_to(out / "flow.html", [page(made, accounts)])
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
    cut: Cut = NO_CUT,
    back: Flags | None = None,
) -> Traced:
    """Trace in memory.

    entry     per transfer: all of it is traced by evidence
    services  account to kind; None where no list is told: then `auto` stops at accounts with a life of their own
    cut       where following ends; its times are seconds
    back      per transfer: it gives money back and is not followed; not read backward
    raises    SettingsError where a policy for unseen inflow is told backward
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if backward and cut.unseen:
        raise SettingsError("--unseen is no question backward: money that came and is not asked about is no gap")
    kinds, n_accounts = services or {}, len(net.accounts)
    stops = pc.is_in(net.accounts, pa.array(sorted(kinds), type=pa.string())).to_numpy(zero_copy_only=False).copy()
    payer, payee, time = net.source, net.target, net.time
    if backward:
        # The record read from its end: what was paid last is first, and money walks from payee to payer.
        payer, payee, time = net.target[::-1].copy(), net.source[::-1].copy(), -net.time[::-1]
        entry = entry[::-1].copy()
    stops[payer[entry]] = False
    amount = net.amount[::-1].copy() if backward else net.amount
    nothing = np.zeros(len(payer), dtype=np.bool_)
    given = nothing if back is None or backward else back
    moves = Moves(payer, payee, amount, entry, given, stops, np.zeros(n_accounts), time // 1_000_000)
    found: Auto | None = None
    if method == "auto":
        # Backward, an account that was paid more than is asked about has no gap: nothing is presumed.
        params = replace(DEFAULTS, carry=2.0) if backward else DEFAULTS
        found = auto(moves, moves.time, cut, params, find_services=services is None and not backward)
        moves = replace(moves, stops=found.stops)
    # The spread is told without a method's own cut-off: what one lets go as dust may be what another follows.
    runs = {name: run(moves, cut) for name, run in _SPREAD.items()}
    if found is not None:
        runs["auto"] = found.carried
    elif method == "poison":
        runs["poison"] = pools.poison(moves, cut)
    carried = runs[method]
    low, high = carried.usd.copy(), carried.usd.copy()
    into_low, into_high = _sums(payee, carried.usd, n_accounts), _sums(payee, carried.usd, n_accounts)
    for name, run in runs.items():
        if name != method:
            into = _sums(payee, run.usd, n_accounts)
            for least, most, usd in ((low, high, run.usd), (into_low, into_high, into)):
                np.minimum(least, usd, out=least)
                np.maximum(most, usd, out=most)
    presumed = carried.presumed if len(carried.presumed) else np.zeros(len(payer))
    return Traced(net, moves, carried, low, high, into_low, into_high, presumed, found, kinds, method, backward, cut)


def _entry(net: Transfers, told: Listed, sources: Path, backward: bool, tell: Callable[[str], None]) -> Flags:
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = told.values
    wanted = pa.array(sorted(set(rows)), type=pa.string())
    names = net.ids if told.by in ID else net.accounts
    known = pc.is_in(names, wanted)
    chosen, flags = set(names.filter(known).to_pylist()), known.to_numpy(zero_copy_only=False).copy()
    if told.by in ID:
        # Transfers that share an id were told apart as id#2: a source names all of them.
        again = np.flatnonzero(pc.match_substring(names, "#").to_numpy(zero_copy_only=False))
        plain = pc.replace_substring_regex(names.take(pa.array(again)), pattern="#[0-9]+'*$", replacement="")
        flags[again] |= pc.is_in(plain, wanted).to_numpy(zero_copy_only=False)
    entry: Flags = flags if told.by in ID else flags[net.target if backward else net.source].copy()
    missing = sorted(set(rows) - chosen)
    if not entry.any():
        raise EvidenceError(f"{sources}: none of its {len(set(rows))} sources is among the transfers")
    if missing:
        tell(f"{sources.name}: {len(missing)} sources are not among the transfers, the first {missing[0]!r}")
    return entry


# ---- what is written ----------------------------------------------------------------------------------------------


def _account_rows(made: Traced) -> Iterator[Sequence[object]]:
    yield (
        "account", "received_usd", "low_usd", "high_usd", "kept_usd", "hops", "first_at", "last_at", "stop_reason",
        "unseen_inflow_usd", "reason", "returned_usd",
    )  # fmt: skip
    carried, moves, n = made.carried, made.moves, len(made.net.accounts)
    time = -made.net.time[::-1] if made.backward else made.net.time
    some = carried.usd > 0.0
    received = np.bincount(moves.target, weights=carried.usd, minlength=n)
    sent = np.bincount(moves.source, weights=carried.usd, minlength=n)
    given = np.bincount(moves.target[moves.back], weights=carried.usd[moves.back], minlength=n)
    kept = np.maximum(received - sent, 0.0) if made.method == "poison" else carried.held + carried.let_go
    first, last = np.full(n, np.iinfo(np.int64).max), np.full(n, np.iinfo(np.int64).min)
    np.minimum.at(first, moves.target[some], time[some])
    np.maximum.at(last, moves.target[some], time[some])
    hops = np.full(n, taint.FAR, dtype=np.int64)
    np.minimum.at(hops, moves.target[some], carried.hops[some])
    names, _ = _names(made)
    quiet = (int(time[-1]) - last) / _DAY
    for a in sorted(np.flatnonzero(received > 0.0), key=lambda a: (-received[a], names[a])):
        stop, reason = _stop(
            made, names[a], int(a), float(received[a]), float(kept[a]), float(quiet[a]), int(hops[a]) + 1
        )
        if given[a] > received[a] / 2:
            stop, reason = "returned", "given back to an account that a source payment came from: not followed on"
        early, late = (-int(last[a]), -int(first[a])) if made.backward else (int(first[a]), int(last[a]))
        yield (
            names[a], _usd(received[a]), _usd(made.into_low[a]), _usd(made.into_high[a]), _usd(kept[a]),
            int(hops[a]) + 1, _at(early), _at(late), stop, _usd(0.0 if made.backward else carried.unseen[a]), reason,
            _usd(given[a]),
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
        return "service", made.found.habits.in_words(a)
    if kept < params.kept_share * received:
        return "", f"sent on, {kept / received:.0%} kept{gap}"
    if hops >= made.max_hops:
        return "limit", f"{hops} transfers from a source: not followed further"
    beyond = carried.beyond[a]
    if beyond & kernel.SPAN:
        days = made.cut.span / 86_400
        return "limit", f"more than {days:,.6g} days from a source: not followed further{gap}"
    if beyond & kernel.HELD:
        hours = made.cut.held / 3_600
        return "limit", f"lay here for more than {hours:,.6g} hours: what was paid on then is not followed{gap}"
    if beyond & kernel.UNSEEN:
        return "unseen_inflow", f"not followed on from where it sent more than it was seen to have{gap}"
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
        "high_usd", "hops", "presumed_usd",
    )  # fmt: skip
    net, (names, ids) = made.net, _names(made)
    for row, i in _in_time(made, np.flatnonzero(made.carried.usd > 0.0)):
        yield (
            ids[row], names[net.source[row]], names[net.target[row]], _at(int(net.time[row])), _usd(net.amount[row]),
            _usd(made.carried.usd[i]), _usd(made.low[i]), _usd(made.high[i]), int(made.carried.hops[i]),
            _usd(made.presumed[i]),
        )  # fmt: skip


def _path_rows(made: Traced, tell: Callable[[str], None]) -> Iterator[Sequence[object]]:
    yield (
        "path", "asked_from", "end_account", "flow_usd", "path_usd", "end_share", "source_transfer_id", "step",
        "transfer_id", "source_account", "target_account", "occurred_at",
    )  # fmt: skip
    net, (names, ids) = made.net, _names(made)
    received = np.bincount(made.moves.target, weights=made.carried.usd, minlength=len(names))
    number = unproved = 0
    for asked, end, flow in _flows(made, names, tell):
        unproved += not flow.whole
        for way in flow.ways:
            number += 1
            steps = [row for row, _ in _in_time(made, np.array(way.transfers))]
            begun = ids[steps[-1 if made.backward else 0]]
            for step, row in enumerate(steps, 1):
                yield (
                    number, asked, names[end], _usd(flow.usd), _usd(way.usd), f"{way.usd / received[end]:.4f}", begun,
                    step, ids[row], names[net.source[row]], names[net.target[row]], _at(int(net.time[row])),
                )  # fmt: skip
    if unproved:
        tell(f"paths.csv: for {unproved} ends the search ended at its limit; larger ways together may be possible")


def _flows(made: Traced, names: NDArray[np.object_], tell: Callable[[str], None]) -> Iterator[tuple[str, int, Flow]]:
    """Source asked alone (empty: all together), end, and the flow from the one to the other."""
    moves, carried = made.moves, made.carried
    kept = carried.held
    if made.method == "poison":  # holds nothing: it counts reach
        came = np.bincount(moves.target, weights=carried.usd, minlength=len(names))
        kept = np.maximum(came - np.bincount(moves.source, weights=carried.usd, minlength=len(names)), 0.0)
    asked = max(3, _QUESTIONS // max(1, int((carried.usd > 0.0).sum())))
    ends = sorted(np.flatnonzero(kept > 0.0).tolist(), key=lambda a: (-kept[a], names[a]))[: min(_ENDS, asked)]
    traces = Traces(moves.source, moves.target, carried.usd)
    for end, flow in traces.flows(carried.entered + made.presumed, ends, _WAYS).items():
        yield "", end, flow
    began = np.bincount(moves.source, weights=carried.entered, minlength=len(names))
    sources = sorted(np.flatnonzero(began > 0.0).tolist(), key=lambda a: (-began[a], names[a]))
    n_alone = min(_ALONE, max(1, asked // (3 * _ENDS_ALONE)))
    if n_alone < min(_ALONE, len(sources)):
        tell(f"paths.csv: a large trace: the {len(ends)} largest ends, and the {n_alone} largest sources alone")
    for source in sources[:n_alone] if len(sources) > 1 else ():
        own = np.where(moves.source == source, carried.entered, 0.0)
        alone = traces.flows(own, ends[: 3 * _ENDS_ALONE], _WAYS, BUDGET // _ALONE)
        reached = [end for end in sorted(alone, key=lambda end: (-alone[end].usd, names[end])) if alone[end].ways]
        for end in reached[:_ENDS_ALONE]:
            yield names[source], end, alone[end]


def _in_time(made: Traced, chosen: Longs) -> Iterator[tuple[int, int]]:
    """Row of the record and place in the trace of each chosen transfer, in the order in which they happened."""
    n = len(made.net.time)
    for i in chosen[::-1] if made.backward else chosen:
        yield (n - 1 - int(i) if made.backward else int(i)), int(i)


def _sums(account: Ints, usd: Floats, n_accounts: int) -> Floats:
    return np.bincount(account, weights=usd, minlength=n_accounts).astype(np.float64)


def _names(made: Traced) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Names of the accounts and ids of the transfers, those of traced transfers alone: most of a record is none."""
    net, some = made.net, made.carried.usd > 0.0
    rows = np.flatnonzero(some[::-1] if made.backward else some)
    accounts = np.unique(np.concatenate([net.source[rows], net.target[rows]]))
    return _named(net.accounts, accounts), _named(net.ids, rows)


def _named(texts: pa.Array, chosen: NDArray[np.integer[Any]]) -> NDArray[np.object_]:
    import pyarrow as pa

    named = np.full(len(texts), "", dtype=object)
    named[chosen] = texts.take(pa.array(chosen)).to_pylist()
    return named


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
