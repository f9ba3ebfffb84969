"""How rare a word or syllable of a name is, in bits: log2 of one in how many names bears it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from upriver.clean.names.han import simple
from upriver.clean.names.read import Name, read_name
from upriver.clean.names.units import Pool, Unit
from upriver.clean.names.words import Kind, common

COMMON_BITS = 5.5  # a word of the list of common ones: about one name in fifty bears it
_RARE_BITS = 10.0
_HAN_BITS = 7.0
_SYLLABLE_BITS = 7.0
_MOST_POOLS = 1 << 16
_LISTED = 200  # how many names the list of common words stands for


class Rarity:
    """From a list of common words, and from the names of the case itself; the more of these, the more they count."""

    def __init__(self, counts: Mapping[str, int] | None = None, n_names: int = 0) -> None:
        self._counts = dict(counts or {})
        self._n_names = n_names
        self._bits: dict[str, float] = {}
        self._unit_counts: Mapping[str | bytes, int] = {}
        self._unit_bits: dict[Unit, float] = {}
        self._pools: dict[Name, Pool] = {}

    @classmethod
    def of(cls, names: Iterable[str], kind: Kind = "person") -> Rarity:
        """Rarity by the distinct `names` of a case."""
        counts: Counter[str] = Counter()
        units: Counter[str | bytes] = Counter()
        distinct = set(names)
        for text in distinct:
            name = read_name(text, kind)
            for reading in name.readings[:1]:
                counts.update(set(reading))
            units.update(_marks(name.units))
        found = cls(counts, len(distinct))
        found._unit_counts = units
        return found

    def bits(self, word: str) -> float:
        """log2 of one in how many names bears `word`, written in Latin letters."""
        found = self._bits.get(word)
        if found is None:
            found = self._bits[word] = self._shared(_told(word), self._counts.get(word, 0))
        return found

    def unit_bits(self, unit: Unit) -> float:
        """The same of a unit: of a Han character itself, else of all that may sound like it."""
        found = self._unit_bits.get(unit)
        if found is None:
            if _is_written(unit):
                told, count = _HAN_BITS, self._unit_counts.get(simple(unit.written), 0)
            else:
                codes = unit.spellings[0][0]
                count = self._unit_counts.get(codes, 0)
                told = _told(unit.written) if unit.written.isascii() else min(_RARE_BITS, 4.5 + 0.9 * len(codes))
            found = self._unit_bits[unit] = self._shared(told, count)
        return found

    def of_name(self, name: Name) -> tuple[float, ...]:
        """Bits of each unit of `name`, words that only join names counting for little."""
        return tuple(self.unit_bits(unit) * weight for unit, weight in zip(name.units, name.weights, strict=True))

    def pool(self, name: Name) -> Pool:
        """`name` packed for `align`, kept for the next comparison."""
        found = self._pools.get(name)
        if found is None:
            if len(self._pools) >= _MOST_POOLS:
                self._pools.clear()
            found = self._pools[name] = Pool([name.units], [self.of_name(name)])
        return found

    def _shared(self, told: float, count: int) -> float:
        if not self._n_names:
            return told
        # So that ten names of a case do not make a usual word a rare one.
        share = (count + _LISTED * 2.0**-told) / (self._n_names + _LISTED)
        return min(_RARE_BITS, max(1.0, -math.log2(share)))


def _told(word: str) -> float:
    if len(word) == 1:
        return 2.0
    return COMMON_BITS if word in common() else min(_RARE_BITS, COMMON_BITS + 0.9 * max(0, len(word) - 2))


def _is_written(unit: Unit) -> bool:
    return len(unit.written) == 1 and "\u3400" <= unit.written <= "\u9fff"


def _marks(units: Sequence[Unit]) -> set[str | bytes]:
    found: set[str | bytes] = set()
    for unit in units:
        if _is_written(unit):
            found.add(simple(unit.written))
        found.update(codes for codes, _ in unit.spellings)
    return found
