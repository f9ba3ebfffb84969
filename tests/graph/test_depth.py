from __future__ import annotations

import numpy as np

from upriver.graph.depth import depths


def test_money_that_came_on_two_ways_stands_between_them() -> None:
    # 0 pays 1 30 and 2 10; 1 pays 2 the 30: of the 40 at 2, 30 took two transfers and 10 took one.
    source, target = np.array([0, 0, 1], dtype=np.int32), np.array([1, 2, 2], dtype=np.int32)
    usd = np.array([30.0, 10.0, 30.0])
    assert depths(source, target, usd, np.array([30.0, 10.0, 0.0]), 4).tolist() == [0.0, 1.0, 1.75, 0.0]


def test_what_nobody_was_seen_to_bring_counts_from_its_payer() -> None:
    source, target = np.array([0, 1], dtype=np.int32), np.array([1, 2], dtype=np.int32)
    assert depths(source, target, np.array([5.0, 5.0]), np.array([0.0, 0.0]), 3).tolist() == [0.0, 1.0, 2.0]
