"""Logistic regression that starts from stated beliefs: with few events it says what was believed, else what was seen.

The coefficients are the mode of their posterior under normal priors; intervals take it as normal there (Laplace).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from upriver.graph.build import Floats

_ROUNDS = 100
_STEP = 1e-9  # of a coefficient: smaller steps change nothing that is shown
_NINE_IN_TEN = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Fitted:
    """coefficients: one per column; spread: their covariance."""

    coefficients: Floats
    spread: Floats

    def score(self, rows: Floats, offset: Floats) -> Floats:
        """Log odds."""
        found: Floats = rows @ self.coefficients + offset
        return found

    def within(self, rows: Floats, offset: Floats) -> tuple[Floats, Floats, Floats]:
        """Probability, and between what it lies in nine of ten cases were the rows right and only the fit unsure."""
        middle = self.score(rows, offset)
        wide = _NINE_IN_TEN * np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", rows, self.spread, rows), 0.0))
        return chance(middle), chance(middle - wide), chance(middle + wide)


def chance(score: Floats) -> Floats:
    """Log odds as a probability."""
    small = np.exp(-np.abs(score))
    return np.where(score >= 0, 1.0, small) / (1.0 + small)


def fit(rows: Floats, happened: Floats, offset: Floats, weight: Floats, mean: Floats, sd: Floats) -> Fitted:
    """The most likely coefficients.

    rows       cases by columns; a column of ones where an intercept is wanted
    happened   0 or 1; offset: log odds that are added to each case; weight: how often each case counts
    mean, sd   the belief in each coefficient before anything was seen; sd > 0
    """
    b = mean.astype(np.float64).copy()
    precision = np.diag(1.0 / sd**2)
    rows = np.ascontiguousarray(rows)

    def loss(at: Floats) -> float:
        return float(_loss(rows, happened, offset, weight, at)) + 0.5 * float((at - mean) @ precision @ (at - mean))

    now = loss(b)
    for _ in range(_ROUNDS):
        slope, curve = _shape(rows, happened, offset, weight, b)
        step = np.linalg.solve(curve + precision, slope + precision @ (b - mean))
        size = 1.0
        # Halved until it is no worse: Newton's step overshoots where all probabilities are near 0 or 1.
        while (then := loss(b - size * step)) > now and size > _STEP:
            size *= 0.5
        if then > now:
            break
        b, now = b - size * step, then
        if float(np.max(np.abs(size * step))) < _STEP:
            break
    curve = _shape(rows, happened, offset, weight, b)[1]
    spread: Floats = np.linalg.inv(curve + precision).astype(np.float64)
    return Fitted(b, spread)


# Millions of cases are walked through, not laid out anew in each round.


@njit(cache=True)
def _loss(rows: Floats, happened: Floats, offset: Floats, weight: Floats, b: Floats) -> float:
    """How unlikely what was seen is: the negative log likelihood. What rounding leaves out is kept, and added."""
    total, left = 0.0, 0.0
    for i in range(rows.shape[0]):
        score = offset[i]
        for j in range(rows.shape[1]):
            score += rows[i, j] * b[j]
        one = weight[i] * (max(score, 0.0) + math.log1p(math.exp(-abs(score))) - happened[i] * score) - left
        then = total + one
        left = (then - total) - one
        total = then
    return total


@njit(cache=True)
def _shape(rows: Floats, happened: Floats, offset: Floats, weight: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Slope and curve of the loss."""
    d = rows.shape[1]
    slope, curve = np.zeros(d), np.zeros((d, d))
    for i in range(rows.shape[0]):
        score = offset[i]
        for j in range(d):
            score += rows[i, j] * b[j]
        small = math.exp(-abs(score))
        p = (1.0 if score >= 0.0 else small) / (1.0 + small)
        off, bend = weight[i] * (p - happened[i]), weight[i] * p * (1.0 - p)
        for j in range(d):
            slope[j] += off * rows[i, j]
            for k in range(j + 1):
                curve[j, k] += bend * rows[i, j] * rows[i, k]
    for j in range(d):
        for k in range(j):
            curve[k, j] = curve[j, k]
    return slope, curve
