"""Whose money stands where, on plain files: shares.csv and victims.csv of `upriver trace`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from upriver.graph.auto import DEFAULTS
from upriver.graph.build import Flags, Floats, Ints, summed
from upriver.graph.keys import distinct
from upriver.graph.shares import Shares, at_home, shares, spread
from upriver.graph.taint import Carried, Cut, Moves
from upriver.plain.lists import ID, Listed
from upriver.plain.outputs import dollars
from upriver.plain.transfers import Transfers

if TYPE_CHECKING:
    from upriver.plain.traced import Traced

_RANSOM, _STOLEN = ("ransom", "赎金", "贖金", "ค่าไถ่"), ("stolen", "theft", "stolen from", "hack")
UNSEEN, OTHERS = "(unseen)", "(others)"  # in brackets: no victim is called so


@dataclass(frozen=True, slots=True)
class Owners:
    """Whose money enters with each transfer.

    code   per transfer of the record, -1 where it is no source: place in `names` and `kinds`
    names  victims as told; where none is told, the source itself: a payment, or an account
    kinds  loss, ransom or stolen; one victim's loss and ransom are two owners; empty backward
    """

    code: Ints
    names: Sequence[str]
    kinds: Sequence[str]


def owners(net: Transfers, entry: Flags, named: Listed, backward: bool) -> Owners:
    """Whose money each source is, as the list of sources tells."""
    by_id = named.by in ID
    told: dict[str, tuple[str, str]] = {}
    for one, victim, kind in zip(named.values, named.victims, named.kinds, strict=True):
        told.setdefault(one, (victim or one, kind))
    chosen = np.flatnonzero(entry)
    column = net.ids if by_id else net.accounts
    places = chosen if by_id else (net.target if backward else net.source)[chosen]
    found: list[tuple[str, str]] = []
    for value in column.take(places).to_pylist():
        one = value if value in told else value.rpartition("#")[0]
        name, word = told.get(one, (value, ""))
        found.append((name, "" if backward else _kind(word, by_id)))
    distinct = sorted(set(found))
    place = {owner: position for position, owner in enumerate(distinct)}
    code = np.full(len(entry), -1, dtype=np.int32)
    code[chosen] = [place[owner] for owner in found]
    return Owners(code, [name for name, _ in distinct], [word for _, word in distinct])


def returns(net: Transfers, entry: Flags, services: Mapping[str, str]) -> Flags:
    """Transfers that give money back: they go to an account that a stated payment came from, after that payment.

    An account that is a told service, or pays and is paid by so many as a service does, is nobody's own: victims buy
    tokens at an exchange and send them from there, and thieves bring them back to it.
    """
    n = len(net.accounts)
    first = np.full(n, len(entry), dtype=np.int64)
    chosen = np.flatnonzero(entry)
    np.minimum.at(first, net.source[chosen], chosen)
    own = first < len(entry)
    paid = np.flatnonzero(own)
    for account, name in zip(paid, net.accounts.take(paid).to_pylist(), strict=True):
        own[account] = name not in services
    near = own[net.source] | own[net.target]
    pairs = distinct(net.source[near].astype(np.int64) * n + net.target[near])
    payees, payers = np.bincount(pairs // n, minlength=n), np.bincount(pairs % n, minlength=n)
    own &= (payees < DEFAULTS.fan) | (payers < DEFAULTS.fan)
    flags: Flags = own[net.target] & (np.arange(len(entry)) > first[net.target]) & ~entry
    return flags


def share_rows(
    made: Traced, owned: Owners, stop: Mapping[str, str], methods: Mapping[str, Callable[[Moves, Cut], Carried]]
) -> tuple[Iterator[Sequence[object]], Iterator[Sequence[object]]]:
    """Rows of shares.csv and of victims.csv.

    stop     stop reason of each traced account
    methods  those over which `low_usd` and `high_usd` are told
    raises   ValueError where the method has no shares (poison)
    """
    code = owned.code[::-1].copy() if made.backward else owned.code
    n = len(owned.names)

    def shared(run: Carried) -> Shares:
        found = shares(made.ways, run, code, n, run.presumed if len(run.presumed) else None)
        return found if made.crossing is None else at_home(found, made.crossing.home)

    main = shared(made.across)
    # One after another: the traces of several methods are not held at one time.
    runs = (method(made.ways, made.cut) for name, method in methods.items() if name != made.method)
    low, high = spread(main.stands, (shared(run).stands for run in runs), n)
    names, kinds = [*owned.names, UNSEEN, OTHERS], [*owned.kinds, "", ""]
    return _shares(made, main, low, high, names, kinds, stop), _victims(made, main, code, names, kinds)


def _shares(
    made: Traced,
    main: Shares,
    low: Floats,
    high: Floats,
    names: Sequence[str],
    kinds: Sequence[str],
    stop: Mapping[str, str],
) -> Iterator[Sequence[object]]:
    yield (
        "account", "stop_reason", "asked" if made.backward else "victim", "kind", "usd", "low_usd", "high_usd",
        "share_of_account", "share_of_loss",
    )  # fmt: skip
    accounts, paid = made.net.accounts, main.paid
    for parts, told in ((main.stands, (low, high)), (main.returned, None)):
        whole = np.bincount(parts.place, weights=parts.usd, minlength=1)
        label = {int(a): accounts[int(a)].as_py() for a in np.unique(parts.place)}
        rows = sorted(
            (-whole[a], label[int(a)], -usd, names[v], kinds[v], int(v), k)
            for k, (a, v, usd) in enumerate(zip(parts.place, parts.victim, parts.usd, strict=True))
        )
        for total, account, usd, name, kind, v, k in rows:
            yield (
                account, "returned" if told is None else stop.get(account, ""), name, kind, dollars(-usd),
                *(("", "") if told is None else (dollars(told[0][k]), dollars(told[1][k]))),
                f"{usd / total:.6f}", f"{-usd / paid[v]:.6f}" if v < len(kinds) - 2 else "",
            )  # fmt: skip


def _victims(
    made: Traced, main: Shares, code: Ints, names: Sequence[str], kinds: Sequence[str]
) -> Iterator[Sequence[object]]:
    yield (
        "asked" if made.backward else "victim", "kind", "paid_usd", "got_back_usd", "net_usd", "stands_usd",
        "returned_usd", "let_go_usd", "others_usd",
    )  # fmt: skip
    back = _got_back(made, code, len(names) - 2)
    stands, returned, let_go = (main.total(one) for one in (main.stands, main.returned, main.let_go))
    for v, (name, kind) in enumerate(zip(names[:-1], kinds, strict=False)):
        paid, got = float(main.paid[v]), float(back[v]) if v < len(back) else 0.0
        if paid > 0.0:
            yield (
                name, kind, dollars(paid), dollars(got), dollars(paid - got), dollars(stands[v]), dollars(returned[v]),
                dollars(let_go[v]), dollars(main.folded[v]),
            )  # fmt: skip


def _got_back(made: Traced, code: Ints, n: int) -> Floats:
    """Traced USD that came back to the accounts that each victim paid from; of several owners, the first that paid."""
    moves = made.moves
    entries = np.flatnonzero(moves.entry)[::-1]
    owner = np.full(len(moves.stops), -1, dtype=np.int64)
    owner[moves.source[entries]] = code[entries]
    back = moves.back & (made.carried.usd > 0.0)
    return summed(owner[moves.target[back]], made.carried.usd[back], n)


def _kind(word: str, by_id: bool) -> str:
    plain = word.casefold()
    if any(one in plain for one in _RANSOM):
        return "ransom"
    if any(one in plain for one in _STOLEN):
        return "stolen"
    return "loss" if by_id or "loss" in plain else "stolen"
