"""Spellings as sounds: letters made into codes, and what it costs to hear one spelling for another."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

VOWEL_WEIGHT = 0.55  # a vowel beside a consonant: vowels are written freely
N_VOWELS = 5
UNWRITTEN = "*"  # the vowel that abugidas leave unwritten
MOST_LETTERS = 24


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(files("upriver.clean.names").joinpath("sounds.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _codes() -> dict[str, int]:
    """Code of each letter or group: vowels first; 0 stands for none."""
    table = _table()
    plain = [*"aeiou", *table["consonants"].split()]
    return {sound: code for code, sound in enumerate([*plain, UNWRITTEN, *table["open"]["either"].split()], start=1)}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    plain = [sound for sound in _codes() if sound.isalpha()]
    return re.compile("|".join(sorted(plain, key=lambda sound: (-len(sound), sound))))


@lru_cache(maxsize=1 << 17)
def encode(word: str) -> bytes:
    """Codes of the sounds that `word` (Latin letters, lower case) spells, doubled letters as one.

    >>> encode("hsieh") == encode("hsie"), encode("lee") == encode("li")
    (True, True)
    """
    word = re.sub(r"[^a-z]", "", word)
    for spelt, sound in _table()["doubled"].items():
        if spelt in word:
            # aw, ow, ah before a vowel begin a syllable of their own.
            word = re.sub(f"{spelt}(?![aeiou])" if spelt[-1] in "hwy" else spelt, sound, word)
    codes = [_codes()[found] for found in _pattern().findall(word)]
    kept = [code for place, code in enumerate(codes) if not place or code != codes[place - 1]]
    return bytes(kept[:MOST_LETTERS])


def encode_sounds(sounds: str) -> bytes:
    """Codes of sounds named with spaces between them, open ones as `k|kh`."""
    codes = [_codes()[sound] for sound in sounds.split()]
    return bytes(code for place, code in enumerate(codes) if not place or code != codes[place - 1])[:MOST_LETTERS]


@lru_cache(maxsize=2)
def costs(*, foreign: bool = False) -> tuple[Floats, Floats, Floats]:
    """Cost of one sound for another, of a sound that only one side has, and each sound's weight.

    foreign   of a name that another language writes by its own syllables: 沙比礼 for Sabri; vowels are fillers there
    """
    table, codes = _table(), _codes()
    size = len(codes) + 1
    swap = np.ones((size, size), dtype=np.float32)
    weight = np.ones(size, dtype=np.float32)
    weight[: N_VOWELS + 1] = VOWEL_WEIGHT
    lost = np.full(size, 0.80, dtype=np.float32)
    lost[: N_VOWELS + 1] = 0.36
    for section in ("costs", "vowels"):
        for cost, groups in table[section].items():
            for group in filter(None, groups.split(",")):
                members = [codes[sound] for sound in group.split()]
                for one in members:
                    for other in members:
                        swap[one, other] = min(swap[one, other], int(cost) / 100)
    for sound, cost in table["lost"].items():
        lost[codes[sound]] = cost / 100
    np.fill_diagonal(swap, 0.0)
    is_vowel = np.zeros(size, dtype=np.bool_)
    is_vowel[1 : N_VOWELS + 1] = True
    if foreign:
        swap[np.ix_(is_vowel, is_vowel)] *= 0.5
        swap[np.ix_(~is_vowel, ~is_vowel)] *= 0.75
        lost = np.where(is_vowel, np.float32(0.12), lost * np.float32(0.7)).astype(np.float32)
    _add_open(codes, swap, lost, weight)
    return swap, lost, weight


def _add_open(codes: dict[str, int], swap: Floats, lost: Floats, weight: Floats) -> None:
    """An open sound costs what the nearest of its spellings costs."""
    free = codes[UNWRITTEN]
    for sound, code in codes.items():
        if "|" in sound:
            members = [codes[one] for one in sound.split("|") if one]
            swap[code, :] = swap[members, :].min(axis=0)
            lost[code] = min(lost[members].min(), 0.1 if sound.endswith("|") else 1.0)
            weight[code] = weight[members].mean()
    vowels = [codes["a"], codes["o"]]
    swap[free, :] = np.minimum(1.0, swap[vowels, :].min(axis=0) * 0.7)
    lost[free], weight[free] = 0.08, 0.2
    swap[:] = np.minimum(swap, swap.T)
    np.fill_diagonal(swap, 0.0)


@lru_cache(maxsize=1)
def skeleton_classes() -> Codes:
    """A coarse class of each code, for keys: what is often written one for another has one class; vowels have 0."""
    classes = {
        "p b ph bh hp f v": 1, "m hm": 2, "t d th dh ht": 3, "n ng ny hn": 4, "k g kh gh c ck q qu hk": 5,
        "ch j zh z ts tz dz tj tch jh dj": 6, "s sh x hs sz xh sj": 7, "l r ll hl": 8, "h": 9, "y": 10, "w": 11,
    }  # fmt: skip
    found = np.zeros(len(_codes()) + 1, dtype=np.uint8)
    codes = _codes()
    for sounds, number in classes.items():
        for sound in sounds.split():
            found[codes[sound]] = number
    for sound, code in codes.items():
        if "|" in sound:
            found[code] = found[codes[sound.split("|")[0]]]
    return found
