"""Money kept and shares received: regular payments from several groups apart, never how much passes through.

A protector or backer is paid by several companies, at regular times, and keeps it. A mule is paid more and keeps a few
per cent; a shop is paid by many strangers once; a worker's wage comes from one group.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from upriver.clean.lexicon import Text
from upriver.roles.evidence import Item, mark_words
from upriver.roles.graph import rows

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

_TIMES = 3  # payments from which a payer can be called regular
_SPREAD = 0.75  # standard deviation of the gaps between payments, over their mean, up to which they are
_PERIOD = 4.0  # days: rent, dividends and shares are paid by the week or month, takings by the day
_AMOUNT = 0.6
_PASSED = 0.25  # a share that is passed on, or whose use is not seen, says less than one that is kept
_NAMED = 1.5  # a payment whose purpose says rent, power, protection or share says more
_ONE_GROUP = 0.3  # what one group pays is as likely a wage
_SEVERAL = 0.3  # what several groups pay is less so
_LARGE = 0.2  # part of all that a payer pays, from which it is none
_SERVICES = "('service', 'cash_out', 'mixer')"
_USD_LEAST, _DECADES = 1_000.0, 3.0


@cache
def names_a_share(purpose: str | None) -> bool:
    """Whether a payment's purpose says rent, power, protection or share."""
    return bool(purpose and mark_words("received").find(Text(purpose)))


def is_regular(days: list[float]) -> bool:
    """Whether payments on these days (any order) come at regular times, by the week or more seldom."""
    gaps = np.diff(np.sort(np.array(days)))
    gaps = gaps[gaps > 0.5]
    if len(gaps) < _TIMES - 1 or float(gaps.mean()) < _PERIOD:
        return False
    return float(gaps.std()) <= _SPREAD * float(gaps.mean())


def share_items(desk: Desk, holder: Mapping[str, str], group: Mapping[str, str], companies: set[str]) -> list[Item]:
    """Marks of shares and of money kept.

    holder     account -> person who alone holds it
    group      account or its holder -> the group it belongs to
    companies  accounts of companies of the operation
    """
    import pyarrow as pa

    if not holder:
        return []
    mine = pa.table({"account": pa.array(sorted(holder), pa.string())})
    payers = pa.table({"account": pa.array(sorted(companies), pa.string())})
    return [*_shares(desk, holder, group, mine, payers), *_kept(desk, holder, mine)]


def _shares(
    desk: Desk, holder: Mapping[str, str], group: Mapping[str, str], mine: pa.Table, payers: pa.Table
) -> list[Item]:
    """Only payers that carry victims' money or are companies of the operation count; services do not."""
    paid = desk.sql(
        "SELECT t.target_account, t.source_account, t.occurred_at, t.purpose, t.amount_usd, t.record_id"
        " FROM transfer t JOIN mine m ON m.account = t.target_account"
        f" LEFT JOIN traced_account a ON a.account = t.target_account AND a.stop_reason IN {_SERVICES} JOIN ("
        f" SELECT account FROM traced_account WHERE stop_reason IS NULL OR stop_reason NOT IN {_SERVICES}"
        " UNION SELECT account FROM payers) p ON p.account = t.source_account WHERE a.account IS NULL"
        " ORDER BY t.target_account, t.source_account, t.occurred_at, t.transfer_id", mine=mine, payers=payers,
    )  # fmt: skip
    into, out = _sums(desk, "target_account", mine), _passed_on(desk, mine)
    given = _given(desk, paid)
    series: dict[tuple[str, str], list[tuple[float, bool, float, str]]] = defaultdict(list)
    for target, source, at, purpose, usd, record in rows(paid):
        if holder[target] != holder.get(source):
            series[target, source].append((at.timestamp() / 86_400, names_a_share(purpose), float(usd or 0.0), record))
    groups: dict[str, dict[str, list[tuple[float, float, int, list[str]]]]] = defaultdict(lambda: defaultdict(list))
    regular: dict[str, float] = defaultdict(float)
    for (target, source), payments in sorted(series.items()):
        named = sum(is_named for _, is_named, _, _ in payments)
        if not is_regular([day for day, *_ in payments]) and named < 2:
            continue
        # An account that pays nobody on record may be a desk that hands out cash: what is not seen is not kept.
        received, (sent, passed) = into.get(target, 0.0), out.get(target, (0.0, 0.0))
        keeps = max(0.0, 1.0 - passed / received) if sent > 0 and received > 0 else 0.0
        amount = _AMOUNT * (_NAMED if named >= 2 else 1.0) * (_PASSED + (1.0 - _PASSED) * keeps)
        usd = sum(usd for *_, usd, _ in payments)
        part = usd / given[source] if given.get(source, 0.0) > 0 else 0.0
        from_group = group.get(holder.get(source, source)) or group.get(source) or source
        groups[holder[target]][from_group].append((amount, part, len(payments), [record for *_, record in payments]))
        regular[target] += usd
    few: dict[str, float] = {}
    for target, usd in regular.items():
        # Shops are paid by many strangers: the part of regular payers in all that came says whose account this is.
        few[holder[target]] = max(few.get(holder[target], 0.0), min(1.0, usd / into[target]) if usd > 0 else 0.0)
    items = []
    for person, received_from in sorted(groups.items()):
        for _, parts in sorted(received_from.items()):
            amount, _, n, _ = max(parts, key=lambda part: part[0])
            # One group pays a wage to many, and to few a part of all it has.
            large = min(1.0, max(part for _, part, _, _ in parts) / _LARGE)
            least = _ONE_GROUP if len(received_from) == 1 else _SEVERAL
            factor = few[person] * (least + (1.0 - least) * large)
            records = sorted({record for *_, found in parts for record in found})[:10]
            items.append(Item(person, "shares", amount * factor, n, tuple(records)))
    return items


def _sums(desk: Desk, side: str, accounts: pa.Table) -> dict[str, float]:
    """USD that stands on one side, source_account or target_account, of the transfers of each account."""
    found = desk.sql(
        f"SELECT t.{side} AS account, sum(cast(t.amount_usd AS decimal(38, 6))) AS usd"
        f" FROM transfer t JOIN told ON told.account = t.{side} WHERE t.amount_usd IS NOT NULL GROUP BY t.{side}",
        told=accounts,
    )
    return {account: float(usd) for account, usd in rows(found)}


def _passed_on(desk: Desk, mine: pa.Table) -> dict[str, tuple[float, float]]:
    """USD that each account paid, and those paid to other than services: who cashes out there hands nothing on."""
    found = desk.sql(
        "SELECT t.source_account AS account, sum(cast(t.amount_usd AS decimal(38, 6))) AS usd,"
        " sum(CASE WHEN a.account IS NULL THEN cast(t.amount_usd AS decimal(38, 6)) ELSE 0 END) AS passed"
        " FROM transfer t JOIN mine m ON m.account = t.source_account"
        f" LEFT JOIN traced_account a ON a.account = t.target_account AND a.stop_reason IN {_SERVICES}"
        " WHERE t.amount_usd IS NOT NULL GROUP BY t.source_account",
        mine=mine,
    )
    return {account: (float(usd), float(passed)) for account, usd, passed in rows(found)}


def _given(desk: Desk, paid: pa.Table) -> dict[str, float]:
    """USD that each payer of `paid` paid in all."""
    import pyarrow as pa

    payers = sorted(set(paid["source_account"].to_pylist()))
    return _sums(desk, "source_account", pa.table({"account": pa.array(payers, pa.string())}))


def _kept(desk: Desk, holder: Mapping[str, str], mine: pa.Table) -> list[Item]:
    """Victims' money that stayed on a person's accounts: its share first, its size only by the decade."""
    found = desk.sql(
        "SELECT a.account, a.received_usd, a.kept_usd FROM traced_account a JOIN mine m ON m.account = a.account"
        " WHERE a.received_usd > 0 AND (a.stop_reason IS NULL OR a.stop_reason = 'parked') ORDER BY a.account",
        mine=mine,
    )
    records = dict(rows(desk.sql(
        "SELECT f.target_account, min(f.record_id) FROM flow f JOIN trace t ON t.transfer_id = f.transfer_id"
        " JOIN mine m ON m.account = f.target_account GROUP BY f.target_account", mine=mine,
    )))  # fmt: skip
    items = []
    for account, received, kept in rows(found):
        if kept > _USD_LEAST:
            amount = kept / received * min(1.0, math.log10(kept / _USD_LEAST) / _DECADES)
            record = records.get(account)
            items.append(Item(holder[account], "kept", amount, 1, (record,) if record else ()))
    return items
