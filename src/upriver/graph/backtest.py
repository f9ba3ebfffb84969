"""A forecast tried on the past: fitted on what was known at the end of a period, judged by the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from upriver.graph.build import Flags, Floats
from upriver.graph.forecast import Forecast, forecast
from upriver.graph.keys import among
from upriver.graph.panel import Panel


@dataclass(frozen=True, slots=True)
class Tried:
    """What was told for period `k` + 1 at the end of period `k`, and what came.

    active  who had a tie then; at_large: who had one and was not known to be gone
    formed  which of told.low, told.high were tied then
    """

    k: int
    told: Forecast
    active: Flags
    at_large: Flags
    formed: Flags


def tried(known: Panel, first: int = 0, seed: int = 0) -> Iterator[Tried]:
    """Each period from the one after `first` on, told by the periods before it alone."""
    for k in range(first, len(known.periods) - 1):
        told = forecast(known.until(k), int(known.periods[k + 1] - known.periods[k]), seed)
        active = known.tied(k + 1)
        formed = among(told.low.astype(np.int64) * known.n + told.high, known.keys(k + 1))
        yield Tried(k, told, active, active & ~known.gone[k + 1], formed)


def auc(happened: Flags, score: Floats, weight: Floats | None = None) -> float:
    """How likely one that happened has a higher score than one that did not, ties counted half.

    weight   how often each case counts; 1 where none is given
    returns  NaN where all happened, or none
    """
    often = np.ones(len(score)) if weight is None else weight
    places = np.unique(score, return_inverse=True)[1]
    yes = np.bincount(places, weights=often * happened, minlength=1)
    no = np.bincount(places, weights=often * ~happened, minlength=1)
    if not yes.sum() or not no.sum():
        return float("nan")
    below = np.cumsum(no) - no
    return float((yes * (below + no / 2)).sum() / (yes.sum() * no.sum()))
