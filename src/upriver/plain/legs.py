"""Legs of swaps, bridges and exchanges on plain files that tell assets, beside a list that tells kinds of services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from upriver.graph.assets import changes
from upriver.graph.build import Flags, Floats, Ints, encode
from upriver.graph.crossing import Crossing, cross
from upriver.graph.legs import Pairs, Sides, pairs
from upriver.money.evidence import joins_legs
from upriver.money.legs import SIGNS, chain_codes, chain_of, checked, reason
from upriver.money.params import MoneyParams
from upriver.plain.transfers import Transfers

if TYPE_CHECKING:
    import pyarrow as pa

HEADER = (
    "in_transfer_id", "out_transfer_id", "in_account", "out_account", "in_asset", "out_asset", "in_usd", "out_usd",
    "traced_usd", "minutes", "confidence", "rivals", "sign", "joined", "reason",
)  # fmt: skip
_MINUTE = 60_000_000  # microseconds
_LEAST_USD = 1.0  # a change of assets below this is a rest of a sum


@dataclass(frozen=True, slots=True)
class Legs:
    """Transfers in an order in which money comes out of a leg after it went in, the legs, and the pairs behind them."""

    net: Transfers
    crossing: Crossing
    pairs: Pairs


def join(net: Transfers, kinds: Mapping[str, str], operators: Mapping[str, str]) -> Legs | None:
    """Join legs; None where nothing could be one.

    kinds      account -> kind of service as listed; operators: account -> name of its operator, where listed
    """
    if not (net.asset >= 0).any():
        return None
    names = net.accounts.to_pylist()
    operator, chain = np.full(len(names), -1, dtype=np.int32), [""] * len(names)
    joining = [(code, name) for code, name in enumerate(names) if joins_legs(kinds.get(name, ""))]
    hands = {name: operators.get(name) or name for _, name in joining}
    codes = {hand: code for code, hand in enumerate(sorted(set(hands.values())))}
    for code, name in joining:
        operator[code], chain[code] = codes[hands[name]], chain_of(name)
    deal = _deals(net.ids)
    if not joining and not (deal >= 0).any():
        return None
    sides = Sides(
        net.source, net.target, net.time, net.amount, net.asset, deal, operator, chain_codes(chain),
        np.arange(len(names), dtype=np.int32),
    )  # fmt: skip
    found = pairs(sides, checked(MoneyParams()))
    sure = found.only(found.joined)
    crossing = cross(net.time, net.source, net.target, len(names), sure.first, sure.second, sure.confidence)
    place = np.empty(len(crossing.order), dtype=np.int64)
    place[crossing.order] = np.arange(len(place))
    moved = Pairs(
        place[found.first], place[found.second], found.confidence, found.sign, found.rivals, found.joined
    )  # fmt: skip
    return Legs(net.taken(crossing.order), crossing, moved)


def _deals(ids: pa.Array) -> Ints:
    """The transaction of each transfer, where its id stands several times in the file (ID, ID#2, ...); else -1."""
    import pyarrow.compute as pc

    again = pc.match_substring_regex(ids, "#[0-9]+'*$").to_numpy(zero_copy_only=False)
    if not again.any():
        return np.full(len(ids), -1, dtype=np.int32)
    plain = pc.replace_substring_regex(ids, "#[0-9]+'*$", "")
    _, (code,) = encode(plain)
    return np.where(np.bincount(code)[code] > 1, code, -1).astype(np.int32)


def leg_rows(legs: Legs, usd: Floats, some: Flags) -> Iterator[Sequence[object]]:
    """Rows of legs.csv: of payments in that carry traced money by any method.

    usd, some  per transfer of `legs.net`: traced by the method asked for; whether any method traces some
    """
    yield HEADER
    net, found = legs.net, legs.pairs
    names, ids, assets = net.accounts, net.ids, net.assets
    for k in np.flatnonzero(some[found.first]):
        a, b = int(found.first[k]), int(found.second[k])
        minutes, joined = float(net.time[b] - net.time[a]) / _MINUTE, bool(found.joined[k])
        paid, out, sign = float(net.amount[a]), float(net.amount[b]), SIGNS[found.sign[k]]
        yield (
            ids[a], ids[b], names[int(net.target[a])], names[int(net.source[b])], assets[int(net.asset[a])],
            assets[int(net.asset[b])], f"{paid:.2f}", f"{out:.2f}", f"{usd[a]:.2f}", f"{minutes:.1f}",
            f"{found.confidence[k]:.3f}", int(found.rivals[k]), sign, str(joined).lower(),
            reason(sign, paid, out, minutes, int(found.rivals[k]), joined),
        )  # fmt: skip


def words(net: Transfers, legs: Legs | None, usd: Floats, received: Floats, stops: Flags) -> dict[int, str]:
    """By account: what to add to its reason of money that went on by legs, and of assets that changed unseen.

    usd  traced per transfer; received, stops: per account
    """
    said: dict[int, str] = {}
    source, target = net.source, net.target
    if legs is not None:
        source, target = legs.crossing.source, legs.crossing.target
        for account, went in enumerate(legs.crossing.across(usd)):
            if went > 0.0:
                said[account] = f"; {went:,.2f} went on by legs in another asset"
    if not (net.asset >= 0).any():
        return said
    chosen = np.zeros(int(max(source.max(), target.max(), len(received) - 1)) + 1, dtype=np.bool_)
    chosen[: len(received)] = (received > 0.0) & ~stops
    found = changes(source, target, net.amount, net.asset, chosen)
    for account, changed, sold, bought in zip(found.account, found.usd, found.sold, found.bought, strict=True):
        if changed >= max(_LEAST_USD, 0.01 * received[account]):
            assets = f"from {net.assets[int(sold)]} to {net.assets[int(bought)]}"
            said[int(account)] = (
                f"{said.get(int(account), '')}; {changed:,.2f} may have changed {assets} without a payment that is seen"
            )
    return said
