"""A list of names that other names are looked up in: near ones found by keys, and laid side by side in full."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from upriver.clean.names import contradict, han, model, written
from upriver.clean.names.align import align_many
from upriver.clean.names.compare import HAN_MODES, compare_read, longest_run
from upriver.clean.names.keys import characters, keys_of
from upriver.clean.names.near import Bag, Near
from upriver.clean.names.rarity import Rarity
from upriver.clean.names.read import Name, read_name
from upriver.clean.names.sounds import costs
from upriver.clean.names.units import ALL, Pool
from upriver.clean.names.words import Kind

_NEAR = 40  # names of a list that are laid beside a name in full
_NEAR_A_TRADITION = 20
_WELL_READ = 10  # of them, those that are read in every tradition
_CHUNK = 500
_UNLIKELY = -4.0  # log odds below which what stands against a pair is not looked for

_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Names that may be one with names that were asked for, the likeliest of a query first.

    query, face   positions: of the name asked for, of the name in the list
    log_odds      that they are one name, by the model of pairs; bits: of what is paired
    mode          in which tradition a Han name was read for it
    """

    query: _Ints
    face: _Ints
    log_odds: _Floats
    bits: _Floats
    mode: _Ints


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry of the list that may bear a name: its position, the name of it that fits best, score and reason.

    score   how likely it is this entry, all others and nobody on the list being the alternatives
    """

    entry: int
    name: str
    score: float
    why: str


class Watch:
    """A list of entries, each of one or more names."""

    def __init__(self, entries: Sequence[Sequence[str]], kind: Kind = "person") -> None:
        self._kind = kind
        told = [(text, entry) for entry, texts in enumerate(entries) for text in texts]
        self.texts = [text for text, _ in told]
        self.entry = np.array([entry for _, entry in told], np.int64)
        self.n_entries = len(entries)
        self.names = [read_name(text, kind) for text in self.texts]
        self.rarity = Rarity.of(self.texts, kind)
        self.pool = _pool(self.names, self.rarity)
        self._is_marked = _marked(self.names)
        self._han = [at for at, name in enumerate(self.names) if name.script == "han"]
        self._other = [at for at, name in enumerate(self.names) if name.script != "han"]
        self._by_sound = (
            Near([keys_of(self.names[at].units) for at in self._han]),
            Near([keys_of(self.names[at].units) for at in self._other]),
        )
        self._by_character = Near([characters(self.names[at].units) for at in self._han])

    def hits(self, texts: Sequence[str], least: float = 0.05, most: int = 5) -> list[list[Hit]]:
        """For each of `texts` the entries that may bear it, the likeliest first: `most` of them, of score `least` on.

        The longer the list, the more of its names are alike by chance: what is paired must be rarer than one in the
        list, and near rivals share what there is to share.
        """
        found = self.candidates(texts)
        entry = self.entry[found.face]
        first = np.unique(found.query * self.n_entries + entry, return_index=True)[1]
        first.sort()
        query, entry = found.query[first], entry[first]
        odds = np.exp(np.clip(model.listed(found.log_odds[first], found.bits[first], self.n_entries), -30, 30))
        scores = odds / (1 + np.bincount(query, odds, minlength=len(texts)))[query]
        hits: list[list[Hit]] = [[] for _ in texts]
        for at in np.lexsort((entry, -scores, query)):
            mine = hits[query[at]]
            if scores[at] >= least and len(mine) < most:
                face = int(found.face[first[at]])
                mine.append(Hit(int(entry[at]), self.texts[face], float(scores[at]), self._why(texts[query[at]], face)))
        return hits

    def _why(self, text: str, face: int) -> str:
        told = compare_read(read_name(text, self._kind), self.names[face], self.rarity)
        return told.reason

    def candidates(self, texts: Sequence[str]) -> Candidates:
        """Names of the list near each of `texts`, and how likely each is the same name."""
        chunks = [texts[start : start + _CHUNK] for start in range(0, len(texts), _CHUNK)]
        with ThreadPoolExecutor(2) as workers:
            parts = list(workers.map(self._chunk, chunks))
        if not parts:
            nothing = np.zeros(0, np.int64)
            return Candidates(nothing, nothing, np.zeros(0), np.zeros(0), nothing)
        for number, part in enumerate(parts):
            part.query[:] += number * _CHUNK
        return Candidates(*(np.concatenate([getattr(part, name) for part in parts]) for name in Candidates.__slots__))

    def _chunk(self, texts: Sequence[str]) -> Candidates:
        names = [read_name(text, self._kind) for text in texts]
        query, face = self._near(names)
        pool = _pool(names, self.rarity)
        both_han = np.array(
            [names[q].script == "han" == self.names[f].script for q, f in zip(query, face, strict=True)], bool
        )
        log_odds = np.full(len(query), -9.0)
        bits = np.zeros(len(query))
        mode = np.zeros(len(query), np.int64)
        family, kinds, less = self._families(names, query, face)
        self._read(pool, query, face, family, np.flatnonzero(~both_han & (kinds == 0)), (ALL,), log_odds, bits, mode)
        mixed = np.flatnonzero(~both_han & (kinds == 1))
        self._read(pool, query, face, family, mixed, (model.MIXED,), log_odds, bits, mode)
        free = mixed[~(_all_native(names)[query[mixed]] | _all_native(self.names)[face[mixed]])]
        self._read(pool, query, face, family, free, (han.FOREIGN,), log_odds, bits, mode)
        best = mixed[_first_of_each(query[mixed], log_odds[mixed], _WELL_READ)]
        others = tuple(one for one in HAN_MODES if one not in (model.MIXED, han.FOREIGN))
        self._read(pool, query, face, family, best, others, log_odds, bits, mode)
        for at in np.flatnonzero(both_han):
            one, two = names[query[at]], self.names[face[at]]
            probability, _ = written.compare(one.text, two.text)
            log_odds[at] = np.log(probability / (1 - probability))
            bits[at] = min(sum(self.rarity.of_name(one)), sum(self.rarity.of_name(two)))
        log_odds += less
        for at in np.flatnonzero(_marked(names)[query] & self._is_marked[face] & (log_odds > _UNLIKELY)):
            share, _ = contradict.found_against(names[query[at]], self.names[face[at]])
            probability = share / (1 + np.exp(-log_odds[at]))
            log_odds[at] = np.log(probability / (1 - probability)) if share < 1.0 else log_odds[at]
        order = np.lexsort((face, -log_odds, query))
        return Candidates(query[order], face[order], log_odds[order], bits[order], mode[order])

    def _families(self, names: Sequence[Name], query: _Ints, face: _Ints) -> tuple[_Ints, _Ints, _Floats]:
        """Family of each pair, 1 where one of the two is written in Han, and what strange scripts take away."""
        scripts: dict[str, int] = {}
        ours = np.array([scripts.setdefault(name.script, len(scripts)) for name in names], np.int64)
        theirs = np.array([scripts.setdefault(name.script, len(scripts)) for name in self.names], np.int64)
        listed = list(scripts)
        family = np.array([[model.family(a, b) for b in listed] for a in listed], np.int64)
        kinds = np.array([[int((a == "han") != (b == "han")) for b in listed] for a in listed], np.int64)
        less = np.array([[model.strangers(a, b) for b in listed] for a in listed], np.float64)
        pair = ours[query], theirs[face]
        return family[pair], kinds[pair], less[pair]

    def _read(
        self, pool: Pool, query: _Ints, face: _Ints, family: _Ints, which: _Ints, modes: Sequence[int],
        log_odds: _Floats, bits: _Floats, mode: _Ints,
    ) -> None:  # fmt: skip
        """Lay the pairs `which` side by side in each of `modes`; what is likelier than before takes its place."""
        for one in modes:
            features = align_pairs(pool, query[which], self.pool, face[which], one)
            for number in np.unique(family[which]):
                here = family[which] == number
                found = model.columns(features[here], one, int(number)) @ model.weights()
                places = which[here]
                better = found > log_odds[places]
                log_odds[places[better]] = found[better]
                bits[places[better]] = features[here][better, 4]
                mode[places[better]] = one

    def _near(self, names: Sequence[Name]) -> tuple[_Ints, _Ints]:
        han_at = [at for at, name in enumerate(names) if name.script == "han"]
        other_at = [at for at, name in enumerate(names) if name.script != "han"]
        found: list[tuple[_Ints, _Ints]] = []

        def look(near: Near, places: list[int], at: list[int], bags: list[Bag], most: int) -> None:
            ends, near_ones = near.nearest(bags, most)
            found.append((np.repeat(np.array(at, np.int64), np.diff(ends)), np.array(places, np.int64)[near_ones]))

        look(self._by_character, self._han, han_at, [characters(names[at].units) for at in han_at], _NEAR)
        for tradition in han.TRADITIONS:
            bags = [keys_of(names[at].units, tradition) for at in han_at]
            look(self._by_sound[1], self._other, han_at, bags, _NEAR_A_TRADITION)
        bags = [keys_of(names[at].units) for at in other_at]
        look(self._by_sound[0], self._han, other_at, bags, _NEAR)
        look(self._by_sound[1], self._other, other_at, bags, _NEAR)
        query = np.concatenate([pair[0] for pair in found])
        face = np.concatenate([pair[1] for pair in found])
        pairs = np.unique(query * len(self.names) + face)
        return pairs // max(1, len(self.names)), pairs % max(1, len(self.names))


def align_pairs(a: Pool, i: _Ints, b: Pool, j: _Ints, mode: int) -> npt.NDArray[np.float32]:
    """Features of names `i` of one pool beside names `j` of another, read in the way `mode`."""
    swap, lost, weight = costs(foreign=mode == han.FOREIGN)
    found: npt.NDArray[np.float32] = align_many(
        i, a.name, a.unit_alt, a.alt_mask, a.alt_code, a.codes, a.bits, a.fits,
        j, b.name, b.unit_alt, b.alt_mask, b.alt_code, b.codes, b.bits, b.fits,
        mode, longest_run(mode), swap, lost, weight,
    )  # fmt: skip
    return found


def _pool(names: Sequence[Name], rarity: Rarity) -> Pool:
    return Pool([name.units for name in names], [rarity.of_name(name) for name in names])


def _all_native(names: Sequence[Name]) -> npt.NDArray[np.bool_]:
    """Of each name that is not written in Han: whether every word may be a Chinese syllable."""
    return np.array([name.script != "han" and all(unit.is_native for unit in name.units) for name in names], np.bool_)


def _marked(names: Sequence[Name]) -> npt.NDArray[np.bool_]:
    """Of each name whether it has what may stand against a likeness."""
    return np.array([contradict.is_marked(name) for name in names], np.bool_)


def _first_of_each(query: _Ints, log_odds: _Floats, most: int) -> _Ints:
    """Places of the `most` likeliest pairs of each query."""
    order = np.lexsort((-log_odds, query))
    if not len(order):
        return order
    starts = np.flatnonzero(np.diff(query[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return order[rank < most]
