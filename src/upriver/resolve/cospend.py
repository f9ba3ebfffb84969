"""Wallets under one hand: those that pay in one transaction, since one who signs for all of them holds them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from upriver.case.stage import Desk

# A transaction of many payers is a mixing round or a service's batch: it shows no common hand.
_SQL = """
WITH spent AS (
    SELECT reference, source_account, count(DISTINCT target_account) AS n_targets FROM transfer
    WHERE rail = 'chain' AND reference IS NOT NULL AND reference <> ''
    GROUP BY reference, source_account
), sized AS (
    SELECT reference, source_account, count(*) OVER (PARTITION BY reference) AS n,
           max(n_targets) OVER (PARTITION BY reference) AS n_targets
    FROM spent
)
SELECT reference, source_account FROM sized
WHERE n BETWEEN 2 AND {most} AND n_targets <= 2 ORDER BY reference, source_account
"""


def hands(case: Desk, most_inputs: int) -> dict[str, str]:
    """wallet -> smallest wallet of the hand that holds it, for wallets that paid together; all others are absent.

    most_inputs  transactions of more payers, or to more than two payees, show nothing: joint transactions of strangers
                 have many of both
    source       Meiklejohn et al. 2013
    """
    from upriver.graph.components import components

    rows = case.sql(_SQL.format(most=most_inputs))
    together: dict[str, list[str]] = defaultdict(list)
    for reference, wallet in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        together[reference].append(wallet)
    wallets = sorted({wallet for group in together.values() for wallet in group})
    code = {wallet: n for n, wallet in enumerate(wallets)}
    pairs = [(code[group[0]], code[other]) for group in together.values() for other in group[1:]]
    if not pairs:
        return {}
    ends = np.array(pairs, dtype=np.int32)
    labels = components(len(wallets), np.ascontiguousarray(ends[:, 0]), np.ascontiguousarray(ends[:, 1]))
    first: dict[int, str] = {}
    for wallet, label in zip(wallets, labels.tolist(), strict=True):
        first.setdefault(label, wallet)
    return {wallet: first[label] for wallet, label in zip(wallets, labels.tolist(), strict=True)}
