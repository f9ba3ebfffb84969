"""Chance with a name: every part of the simulator draws from its own stream, a change in one leaves the others."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np

_T = TypeVar("_T")


def _number(seed: int, names: tuple[str, ...]) -> int:
    return int.from_bytes(hashlib.sha256("/".join((str(seed), *names)).encode()).digest()[:16], "big")


def stream(seed: int, *names: str) -> np.random.Generator:
    """The numpy stream of that name, for whole columns."""
    import numpy as np

    return np.random.Generator(np.random.PCG64(_number(seed, names)))


class Dice:
    """Single draws from the stream of that name.

    >>> Dice(1, "names").whole(1, 6) == Dice(1, "names").whole(1, 6)
    True
    """

    def __init__(self, seed: int, *names: str) -> None:
        self._random = random.Random(_number(seed, names))

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def number(self, low: float, high: float) -> float:
        return low + (high - low) * self._random.random()

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self._random.random() * (high - low + 1))

    def around(self, median: float, spread: float) -> float:
        """Log-normal: half below `median`; `spread` is the standard deviation of the logarithm."""
        return median * math.exp(spread * self._random.gauss(0.0, 1.0))

    def pick(self, choices: Sequence[_T]) -> _T:
        return choices[int(self._random.random() * len(choices))]

    def weighted(self, choices: Sequence[tuple[_T, float]]) -> _T:
        """One of (item, weight) pairs, by weight."""
        left = self._random.random() * sum(weight for _, weight in choices)
        for item, weight in choices:
            left -= weight
            if left < 0:
                return item
        return choices[-1][0]

    def some(self, choices: Sequence[_T], count: int) -> list[_T]:
        """`count` different ones (all, where there are fewer), in random order."""
        return self.shuffled(choices)[:count]

    def shuffled(self, choices: Sequence[_T]) -> list[_T]:
        order = list(choices)
        for last in range(len(order) - 1, 0, -1):
            other = int(self._random.random() * (last + 1))
            order[last], order[other] = order[other], order[last]
        return order

    def digits(self, count: int) -> str:
        return "".join(str(int(self._random.random() * 10)) for _ in range(count))

    def letters(self, count: int, alphabet: str = "abcdefghijkmnpqrstuvwxyz") -> str:
        return "".join(self.pick(alphabet) for _ in range(count))
