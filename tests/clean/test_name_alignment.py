"""Names laid side by side, and looked up in a list: the fast ways against slow ones, and what a score means."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.clean.names import Rarity, read_name
from upriver.clean.names.align import LEAST_ALIKE
from upriver.clean.names.compare import lay
from upriver.clean.names.keys import keys_of
from upriver.clean.names.near import Near
from upriver.clean.names.sounds import N_VOWELS, costs
from upriver.clean.names.units import ALL, Pool
from upriver.clean.names.watch import Watch

_WORDS = st.lists(
    st.sampled_from(["chan", "siu", "ming", "xiaoming", "ng", "li", "hongwei", "k"]), min_size=1, max_size=4
)


def _spelt_alike(run: tuple[bytes, ...], word: bytes) -> tuple[float, float]:
    """By its definition: the cheapest way to spell a run's sounds as a word's: its cost, and the likeness it makes."""
    swap, lost, weight = costs()
    sounds = [(code, place == 0) for unit in run for place, code in enumerate(unit)]

    @cache
    def cost(i: int, k: int) -> float:
        if i == 0:
            return float(sum(lost[code] for code in word[:k]))
        (code, first), left = sounds[i - 1], cost(i - 1, k) + float(lost[sounds[i - 1][0]])
        if k == 0:
            return left
        other = word[k - 1]
        change = float(swap[code, other]) * (1.3 if first else 1.0) * max(float(weight[code]), float(weight[other]))
        return min(left, cost(i, k - 1) + float(lost[other]), cost(i - 1, k - 1) + change)

    whole = float(sum(weight[code] for code, _ in sounds) + sum(weight[code] for code in word))
    least = cost(len(sounds), len(word))
    return least, max(0.0, 1.0 - 2.0 * least / whole)


def _alike(run: list[list[bytes]], word: bytes) -> float:
    """Likeness of a run of units to one spelling of a word: that of the cheapest spelling of the run."""
    return min(_spelt_alike(spelt, word) for spelt in product(*run))[1]


def _spellings(word: str) -> list[bytes]:
    (unit,) = read_name(word).units
    return [spelling for spelling, _ in unit.spellings]


def _vowels(word: bytes) -> int:
    return sum(code <= N_VOWELS for code in word)


def _vowel_groups(word: bytes) -> int:
    return sum(code <= N_VOWELS and (not at or word[at - 1] > N_VOWELS) for at, code in enumerate(word))


def _slow_score(a: list[str], b: list[str], bits: float) -> float:
    """The best of all ways to pair runs of a with words of b and the other way round, b turned round at every place."""
    ours, theirs = [_spellings(word) for word in a], [_spellings(word) for word in b]
    n, m = len(ours), len(theirs)

    def gain(run: list[list[bytes]], word: list[bytes], syllables: Callable[[bytes], int]) -> float:
        alike = max((_alike(run, one) for one in word if len(run) <= max(1, syllables(one))), default=0.0)
        return (alike - LEAST_ALIKE) / (1 - LEAST_ALIKE) * bits * (len(run) + 1) if alike > LEAST_ALIKE else 0.0

    best = 0.0
    for turn in range(m):
        order = [(k + turn) % m for k in range(m)]

        @cache
        def score(i: int, k: int, order: tuple[int, ...] = tuple(order)) -> float:
            if i == n or k == m:
                return 0.0
            top = max(score(i + 1, k), score(i, k + 1))
            for p in range(1, min(3, n - i) + 1):
                top = max(top, gain(ours[i : i + p], theirs[order[k]], _vowels) + score(i + p, k + 1))
            for q in range(2, min(3, m - k) + 1):
                if order[k] + q <= m:
                    joined = gain(theirs[order[k] : order[k] + q], ours[i], _vowel_groups)
                    top = max(top, joined + score(i + 1, k + q))
            return top

        best = max(best, score(0, 0))
    return best / (bits * (n + m))


@settings(max_examples=150, deadline=None)
@given(_WORDS, _WORDS)
def test_names_are_laid_side_by_side_as_a_slow_search_lays_them(a: list[str], b: list[str]) -> None:
    one, two = (
        Pool([name.units], [[5.0] * len(name.units)]) for name in (read_name(" ".join(words)) for words in (a, b))
    )
    fast = lay(one, 0, two, 0, ALL).features[0]
    assert fast == pytest.approx(_slow_score(a, b, 5.0), abs=0.03)


def test_a_run_of_characters_is_one_word_of_the_other_script() -> None:
    left, right = read_name("陈小明"), read_name("Xiaoming Chen")
    rarity = Rarity()
    found = lay(rarity.pool(left), 0, rarity.pool(right), 0, 1)
    pairs = {tuple(int(x) for x in pair[:4]) for pair in found.pairs}
    assert pairs == {(0, 1, 1, 1), (1, 2, 0, 1)}, "the surname with the second word, two characters with the first"
    assert found.features[7] == 1.0, "turned round"


@settings(max_examples=60, deadline=None)
@given(st.lists(_WORDS, min_size=1, max_size=12), _WORDS)
def test_the_nearest_by_keys_are_those_of_a_slow_count(listed: list[list[str]], asked: list[str]) -> None:
    bags = [keys_of(read_name(" ".join(words)).units) for words in listed]
    bag = keys_of(read_name(" ".join(asked)).units)
    near = Near(bags)
    ends, found = near.nearest([bag], len(bags))
    sharing = {at for at, (keys, _) in enumerate(bags) if keys & bag[0]}
    assert ends.tolist() == [0, len(found)]
    assert set(found.tolist()) <= sharing
    equal = [at for at, (keys, _) in enumerate(bags) if keys == bag[0]]
    if equal and len(sharing) > 1 and len(found) > 1 and near.telling(bag[0]):
        assert found[0] in equal, "nothing is nearer than the name itself"


PEOPLE = ["陳小明", "Somchai Wongsuwan", "ကျော်ဇင်ထွန်း", "Nguyễn Văn Hùng", "Quentin Abernathy", "李國強", "សុខ អាន"]


@pytest.mark.parametrize(
    ("asked", "entry"),
    [("CHAN Siu-ming", 0), ("สมชาย วงษ์สุวรรณ", 1), ("Kyaw Zin Tun", 2), ("Hung Nguyen Van", 3),
     ("ABERNATHY, Q.", 4), ("Lee Kwok Keung", 5), ("Sok An", 6)],
)  # fmt: skip
def test_a_name_is_found_in_another_script(asked: str, entry: int) -> None:
    (hits,) = Watch([[name] for name in PEOPLE]).hits([asked])
    assert hits
    assert hits[0].entry == entry
    assert hits[0].why


def test_the_entries_of_one_name_share_what_there_is_to_share() -> None:
    watch = Watch([["Li Wei"], ["李伟"], ["Quentin Abernathy"]])
    two, one = watch.hits(["Wei Li", "Quentin Abernathy"], least=0.0)
    assert sum(hit.score for hit in two) <= 1.0
    assert two[0].score < one[0].score
    assert [hit.score for hit in two] == sorted((hit.score for hit in two), reverse=True)


def test_an_alias_is_a_name_of_its_entry() -> None:
    (hits,) = Watch([["Marlowe Okafor", "陈大文"], ["Ann Bell"]]).hits(["Chan Tai-man"])
    assert (hits[0].entry, hits[0].name) == (0, "陈大文")


def test_nobody_on_the_list_is_nobody() -> None:
    watch = Watch([[name] for name in PEOPLE])
    assert watch.hits(["Ingrid Johansson"], least=0.5) == [[]]
    assert watch.hits([]) == []
    assert watch.hits(["—"]) == [[]], "a name without a word is found nowhere"
