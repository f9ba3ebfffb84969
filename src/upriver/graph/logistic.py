"""Logistic regression that starts from stated beliefs: with few events it says what was believed, else what was seen.

The coefficients are the mode of their posterior under normal priors; intervals take it as normal there (Laplace).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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

    def loss(at: Floats) -> float:
        score = rows @ at + offset
        seen = float(np.sum(weight * (np.logaddexp(0.0, score) - happened * score)))
        return seen + 0.5 * float((at - mean) @ precision @ (at - mean))

    now = loss(b)
    for _ in range(_ROUNDS):
        p = chance(rows @ b + offset)
        slope = rows.T @ (weight * (p - happened)) + precision @ (b - mean)
        step = np.linalg.solve(_curve(rows, p, weight, precision), slope)
        size = 1.0
        # Halved until it is no worse: Newton's step overshoots where all probabilities are near 0 or 1.
        while (then := loss(b - size * step)) > now and size > _STEP:
            size *= 0.5
        if then > now:
            break
        b, now = b - size * step, then
        if float(np.max(np.abs(size * step))) < _STEP:
            break
    p = chance(rows @ b + offset)
    spread: Floats = np.linalg.inv(_curve(rows, p, weight, precision)).astype(np.float64)
    return Fitted(b, spread)


def _curve(rows: Floats, p: Floats, weight: Floats, precision: Floats) -> Floats:
    found: Floats = (rows * (weight * p * (1.0 - p))[:, None]).T @ rows + precision
    return found
