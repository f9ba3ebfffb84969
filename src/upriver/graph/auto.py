"""Upriver's own method: last in, first out, steered by how the accounts live that are paid.

Alone, last-in-first-out is right only as long as innocent money comes at other times than the traced money. Where an
account holds traced and clean money, a payment to an account that was new when the traced money came, or where traced
money meets again, takes the traced money first; a payment to anyone else takes the clean money first. Within each the
newest goes first. Two rounds: beside haircut, then beside the mean of haircut and the first round.

An account that has almost only traced money and sends more than it was seen to have (swaps, a transfer missing from
the record) is taken to carry on: the gap is traced too, and stands in `presumed`, apart from what entered.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from upriver.graph import kernel
from upriver.graph.build import Flags, Floats, Ints, Longs
from upriver.graph.habits import Groups, Habits, established, habits, likely
from upriver.graph.kernel import CARRY, CRUMB, FAR, HELD, arrive, followed, may_pay, reach
from upriver.graph.parts import parts
from upriver.graph.taint import NO_CUT, Carried, Cut, Moves, haircut, terms


@dataclass(frozen=True, slots=True)
class AutoParams:
    """Why these: they hold over both kinds of noise and missing transfers of benchmarks/money_quality.py.

    dust       a transfer is not followed that carries less than this share of all entries until then
    share      nor one of which less than this share is traced, unless it carries `large` of all entries until then:
               who mixes a whole loss into ten times as much is followed
    carry      an account carries on with unseen money if at least this share of what it received is traced;
               above 1, none does
    least      share of a transfer that makes it traced, when habits are read
    grace      seconds before the first traced money that are no history
    quick      seconds within which a lent account hands on; fee: the share it keeps at most
    passed     share handed on so that makes it a lent account, whatever its other habits
    fan        payers and payees that make a service
    others     payers of other money that make a life of its own, where it lived on other money before
    meeting    payers of traced money that make a meeting place
    rounds     of reading habits and tracing
    """

    dust: float = 1e-6
    share: float = 0.1
    large: float = 0.05
    carry: float = 0.9
    least: float = 0.1
    grace: int = 3_600
    quick: int = 86_400
    fee: float = 0.1
    passed: float = 0.5
    fan: int = 12
    others: int = 2
    meeting: int = 2
    rounds: int = 2


DEFAULTS = AutoParams()


@dataclass(frozen=True, slots=True)
class Auto:
    """What `auto` found.

    carried   as of any method; entered + presumed = held + let go + returned
    stops     per account: told, or established where none were told
    habits    what the choice of stops was read from; nothing of stops that were told, nor of accounts out of reach
    """

    carried: Carried
    stops: Flags
    habits: Habits

    @property
    def presumed(self) -> Floats:
        """Per transfer: USD beyond what its sender was seen to have, taken to be traced."""
        return self.carried.presumed


def auto(
    moves: Moves,
    time: Longs,
    cut: Cut = NO_CUT,
    params: AutoParams = DEFAULTS,
    find_services: bool | Flags = True,
    so_far: Floats | None = None,
) -> Auto:
    """Trace by habits.

    time           seconds per transfer, in the order of the moves
    cut            limits beside the method's own dust; its times are seconds
    find_services  stop at established accounts too, or at those of these alone; not where a list of services is told
    so_far         USD of all entries up to each transfer; where the moves are a part of a case, those of the whole case
    raises         ValueError where `cut.unseen` names no policy
    """
    if so_far is None:
        so_far = np.cumsum(np.where(moves.entry, moves.amount, 0.0))
    moves = replace(moves, time=time)
    rows = kernel.within_reach(moves.source, moves.target, moves.entry, moves.back, moves.stops)
    if len(rows) == len(moves.source):
        return _auto(moves, so_far, cut, params, find_services)
    found = _auto(moves.only(rows), so_far[rows], cut, params, find_services)
    per_transfer = {}
    for name, rest in (("usd", 0.0), ("entered", 0.0), ("presumed", 0.0), ("hops", FAR)):
        few = getattr(found.carried, name)
        per_transfer[name] = np.full(len(moves.source), rest, dtype=few.dtype)
        per_transfer[name][rows] = few
    return replace(found, carried=replace(found.carried, **per_transfer))


def _auto(moves: Moves, so_far: Floats, cut: Cut, params: AutoParams, find_services: bool | Flags) -> Auto:
    far = Cut(hops=cut.hops, held=cut.held, span=cut.span)
    first = haircut(moves, far)
    read = (params.least, params.grace, params.quick, params.fee)
    # To each part of a case a service is an account of its own: its habits elsewhere would join what it holds apart.
    lives = _by_part(moves)
    groups = Groups.of(lives)
    # Stops are found on a trace that runs through everything, at the least mixing that still counts.
    found = habits(lives, groups, first.usd, params.least / 2, *read[1:])
    if np.any(find_services):
        stopped = established(found, params.fan, params.others, params.passed)[: len(moves.stops)] & find_services
        stopped[moves.source[moves.entry]] = False
        moves = replace(moves, stops=moves.stops | stopped)
        first = haircut(moves, far)
    _, share, hops, held, span, policy, carry = terms(moves, replace(cut, carry=params.carry), "carry")
    mixed = np.minimum(max(share, params.share) * moves.amount, params.large * so_far)
    least = np.maximum(np.maximum(cut.usd, params.dust * so_far), mixed)
    usd = first.usd
    for _ in range(max(params.rounds, 1)):
        wanted = likely(habits(lives, groups, usd, *read), params.meeting)[lives.target] | moves.back
        accounts, lots = kernel.rows(len(moves.stops), kernel.ACCOUNT), kernel.rows(_room(moves), _LOT)
        parts = _steered(
            *moves.arrays, wanted, least, hops, held, span, policy, carry, accounts, lots,
        )  # fmt: skip
        usd = (parts[0] + first.usd) / 2
    per_transfer, presumed, let_go = parts[:3], parts[3], parts[4]
    held_at, unseen, beyond = kernel.told(accounts)
    carried = Carried(*per_transfer, np.empty(0), held_at, let_go, unseen, presumed, beyond)
    told = Habits(*(getattr(found, one.name)[: len(moves.stops)] for one in fields(found)))
    return Auto(carried, moves.stops, told)


def _by_part(moves: Moves) -> Moves:
    """The same transfers with another account for each part that a stop has to do with; those come after the others."""
    if not moves.stops.any():
        return moves
    n, part = len(moves.stops), parts(moves.source, moves.target, moves.stops).astype(np.int64)
    ends = [(codes, moves.stops[codes]) for codes in (moves.source, moves.target)]
    pairs, code = np.unique(
        np.concatenate([part[stops] * n + codes[stops] for codes, stops in ends]), return_inverse=True
    )
    made = []
    for (codes, stops), own in zip(ends, np.split(code, [int(ends[0][1].sum())]), strict=True):
        made.append(codes.copy())
        made[-1][stops] = n + own
    more = np.zeros(len(pairs))
    return replace(
        moves, source=made[0], target=made[1], stops=np.concatenate([moves.stops, more > 0.0]),
        opening=np.concatenate([moves.opening, more]),
    )  # fmt: skip


# A lot holds traced and clean money mixed; it knows its neighbours in the stack, and when it came.
_LOT = np.dtype([("traced", "f8"), ("clean", "f8"), ("since", "i8"), ("below", "i4"), ("above", "i4")])


def _room(moves: Moves) -> int:
    return len(moves.source) + len(moves.stops)


@njit(cache=True)
def _steered(
    source: Ints,
    target: Ints,
    amount: Floats,
    entry: Flags,
    back: Flags,
    stops: Flags,
    opening: Floats,
    time: Longs,
    wanted: Flags,
    least: Floats,
    max_hops: int,
    longest: int,
    span: int,
    policy: int,
    carry: float,
    accounts: NDArray[np.void],
    lots: NDArray[np.void],
) -> tuple[Floats, Floats, Ints, Floats, Floats]:
    """Each account holds a stack of lots, one for each transfer at most; emptied lots are used again."""
    n, n_accounts = len(source), len(stops)
    usd, entered, presumed = np.zeros(n), np.zeros(n), np.zeros(n)
    hops = np.full(n, FAR, dtype=np.int32)
    let_go = np.zeros(n_accounts)
    got = np.zeros((n_accounts if policy == CARRY else 0, 2))
    born = np.full(n_accounts if span > 0 else 0, np.iinfo(np.int64).min)
    top = np.full(n_accounts, -1, dtype=np.int32)
    reached = reach(source, target, entry, back, stops)
    free, fresh = -1, 0
    for a in range(n_accounts):
        accounts[a].near, accounts[a].passes, accounts[a].balance = FAR, not stops[a], opening[a]
        if reached[a] and opening[a] > 0.0:
            lots[fresh].clean, lots[fresh].below, lots[fresh].above = opening[a], -1, -1
            top[a] = fresh
            fresh += 1
    for i in range(n):
        s, t, x, now = source[i], target[i], amount[i], time[i]
        if not (reached[s] or reached[t] or entry[i]):
            continue
        carried, gap, hop = 0.0, 0.0, FAR
        if reached[s]:
            payer = accounts[s]
            hop = payer.near
            carries = policy == CARRY and got[s, 1] > 0.0 and got[s, 1] >= carry * got[s, 0]
            age = now - born[s] if span > 0 else 0
            pays, gap = may_pay(payer, x, entry[i], carries, age, max_hops, span, policy)
            need = x if pays else 0.0
            for step in range(0 if payer.held > 0.0 else 1, 2):
                at = top[s]
                while at >= 0 and need > CRUMB:
                    lot, under = lots[at], lots[at].below
                    young = longest == 0 or now - lot.since <= longest
                    if step == 1 or wanted[i] == (young and lot.traced > lot.clean):
                        size = lot.traced + lot.clean
                        if size - need < CRUMB:
                            part = lot.traced
                            need -= size
                            if under >= 0:
                                lots[under].above = lot.above
                            if lot.above >= 0:
                                lots[lot.above].below = under
                            else:
                                top[s] = under
                            lot.below = free
                            free = at
                        else:
                            part = lot.traced * (need / size)
                            lot.clean -= need - part
                            lot.traced -= part
                            need = 0.0
                        carried += part if young else 0.0
                        if not young and part > 0.0:
                            payer.beyond |= HELD
                    at = under
            payer.held = max(payer.held - carried, 0.0)
            payer.balance = max(payer.balance - x, 0.0)
            carried = min(carried, x)
        new, gap, total = followed(x, carried, gap, entry[i], least[i])
        if entry[i]:
            entered[i] = new
            hop = 0
        if gap > 0.0:
            presumed[i] = gap
        if carried > total:
            let_go[s] += carried
        if total > 0.0:
            usd[i], hops[i] = total, hop
        if not reached[t]:
            continue
        onward = 0.0 if back[i] else total
        arrive(accounts[t], x, onward, hop)
        if span > 0 and onward > 0.0:
            born[t] = max(born[t], now if entry[i] else born[s])
        if policy == CARRY:
            got[t, 0] += x
            got[t, 1] += onward
        if stops[t]:
            continue
        rest = max(x - onward, 0.0)
        at = top[t]
        # Neighbours of one kind are one lot: the stack of a busy account stays short.
        if at >= 0 and (
            (onward == 0.0 and lots[at].traced == 0.0)
            or (rest == 0.0 and lots[at].clean == 0.0 and (longest == 0 or lots[at].since == now))
        ):
            lots[at].traced += onward
            lots[at].clean += rest
            continue
        if free >= 0:
            made, free = free, lots[free].below
        else:
            made, fresh = fresh, fresh + 1
        lots[made].traced, lots[made].clean, lots[made].since = onward, rest, now
        lots[made].below, lots[made].above = at, -1
        if at >= 0:
            lots[at].above = made
        top[t] = made
    return usd, entered, hops, presumed, let_go
