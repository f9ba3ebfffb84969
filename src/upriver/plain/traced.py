"""A finished trace of a file of transfers, and what of it is written account by account and transfer by transfer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from upriver.graph import kernel, taint
from upriver.graph.auto import Auto
from upriver.graph.build import Floats, Longs, summed
from upriver.graph.crossing import Crossing
from upriver.graph.taint import Carried, Cut, Moves
from upriver.money.evidence import service_class
from upriver.money.params import MoneyParams
from upriver.plain import legs
from upriver.plain.outputs import at, dollars
from upriver.plain.transfers import Transfers
from upriver.report.figures import counted

if TYPE_CHECKING:
    import pyarrow as pa

_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Traced:
    """A finished trace.

    low, high  per transfer: least and most of haircut, FIFO, LIFO, taint-first-out and the method asked for
    presumed   per transfer: USD beyond what its sender was seen to have, taken to be traced
    cut        where following ends, in seconds
    ways       moves as they were followed, joined legs as accounts of their own; across: what the method carried there
    crossing   the joined legs, if there are any
    sure       per transfer: share of its traced money that stands if each leg holds at its confidence
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
    ways: Moves
    across: Carried
    crossing: Crossing | None
    sure: Floats

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
        over = counted(int(some.sum()), "transfer")
        words = f"{self.method}: {entered:,.0f} USD {word} {counted(accounts, 'account')} over {over}"
        if self.method == "poison":
            return words
        gap = f"; {self.presumed.sum():,.0f} presumed in gaps of the record" if self.presumed.any() else ""
        given = self.carried.usd[self.moves.back].sum()
        back = f", {given:,.0f} given back" if given else ""
        return (
            f"{words}; {kept:,.0f} found where it stopped{back}, {self.carried.let_go.sum():,.0f} let go as dust{gap}"
        )


def stayed(made: Traced) -> tuple[Floats, Floats]:
    """USD per account: what it kept, and what was given back to it and is not followed."""
    carried, moves, n = made.carried, made.moves, len(made.net.accounts)
    given = summed(moves.target[moves.back], carried.usd[moves.back], n)
    if made.method != "poison":
        return carried.held + carried.let_go, given
    return np.maximum(summed(moves.target, carried.usd, n) - summed(moves.source, carried.usd, n), 0.0), given


def account_rows(made: Traced, found: legs.Legs | None) -> Iterator[Sequence[object]]:
    yield (
        "account", "received_usd", "low_usd", "high_usd", "kept_usd", "hops", "first_at", "last_at", "stop_reason",
        "unseen_inflow_usd", "reason", "returned_usd",
    )  # fmt: skip
    carried, moves, n = made.carried, made.moves, len(made.net.accounts)
    time = -made.net.time[::-1] if made.backward else made.net.time
    some = carried.usd > 0.0
    received = summed(moves.target, carried.usd, n)
    kept, given = stayed(made)
    first, last = np.full(n, np.iinfo(np.int64).max), np.full(n, np.iinfo(np.int64).min)
    np.minimum.at(first, moves.target[some], time[some])
    np.maximum.at(last, moves.target[some], time[some])
    hops = np.full(n, taint.FAR, dtype=np.int64)
    np.minimum.at(hops, moves.target[some], carried.hops[some])
    names, _ = names_of(made)
    quiet = (int(time[-1]) - last) / _DAY
    said = {} if made.backward else legs.words(made.net, found, carried.usd, received, moves.stops)
    for a in sorted(np.flatnonzero(received > 0.0), key=lambda a: (-received[a], names[a])):
        stop, reason = _stop(
            made, names[a], int(a), float(received[a]), float(kept[a]), float(quiet[a]), int(hops[a]) + 1
        )
        if given[a] > received[a] / 2:
            stop, reason = "returned", "given back to an account that a source payment came from: not followed on"
        early, late = (-int(last[a]), -int(first[a])) if made.backward else (int(first[a]), int(last[a]))
        yield (
            names[a], dollars(received[a]), dollars(made.into_low[a]), dollars(made.into_high[a]), dollars(kept[a]),
            int(hops[a]) + 1, at(early), at(late), stop, dollars(0.0 if made.backward else carried.unseen[a]),
            reason + said.get(int(a), ""), dollars(given[a]),
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
    if kept < params.kept_share * received and kept < params.kept_usd:
        return "", f"sent on, {kept / received:.0%} kept{gap}"
    if hops >= made.max_hops:
        return "limit", f"{counted(hops, 'transfer')} from a source: not followed further"
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


def transfer_rows(made: Traced) -> Iterator[Sequence[object]]:
    yield (
        "transfer_id", "source_account", "target_account", "occurred_at", "amount_usd", "traced_usd", "low_usd",
        "high_usd", "hops", "presumed_usd", "leg_confidence",
    )  # fmt: skip
    net, (names, ids) = made.net, names_of(made)
    for row, i in in_time(made, np.flatnonzero(made.carried.usd > 0.0)):
        yield (
            ids[row], names[net.source[row]], names[net.target[row]], at(int(net.time[row])), dollars(net.amount[row]),
            dollars(made.carried.usd[i]), dollars(made.low[i]), dollars(made.high[i]), int(made.carried.hops[i]),
            dollars(made.presumed[i]), dollars(made.sure[i]),
        )  # fmt: skip


def in_time(made: Traced, chosen: Longs) -> Iterator[tuple[int, int]]:
    """Row of the record and place in the trace of each chosen transfer, in the order in which they happened."""
    n = len(made.net.time)
    for i in chosen[::-1] if made.backward else chosen:
        yield (n - 1 - int(i) if made.backward else int(i)), int(i)


def names_of(made: Traced) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
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
