"""A name as units to be laid side by side, each with the ways it is spelt; and many names packed for the kernels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np

from upriver.clean.names import han
from upriver.clean.names.align import INITIAL
from upriver.clean.names.scripts import as_thai, burmese_units, hangul_spellings, khmer_sounds, thai_sounds
from upriver.clean.names.sounds import MOST_LETTERS, encode, encode_sounds
from upriver.clean.readings import script
from upriver.clean.zawgyi import to_unicode

ALL = 0xFFFF
_CHINESE = han.MANDARIN | han.CANTONESE | han.SOUTHERN


@dataclass(frozen=True, slots=True)
class Unit:
    """A word, a Han character or a syllable.

    written    as it stands
    spellings  codes of each way to spell it, with the traditions (bits) in which it is so spelt
    """

    written: str
    spellings: tuple[tuple[bytes, int], ...]

    @property
    def fits(self) -> int:
        """Traditions (bits) in which it may be a syllable or two, all where it is not in Latin letters; `INITIAL`."""
        found = fits(self.spellings[0][0]) if self.written.isascii() else ALL
        return found | INITIAL if len(self.written) == 1 and self.written.isascii() else found

    @property
    def is_native(self) -> bool:
        """Whether it may be Chinese: what Albert is not."""
        return bool(self.fits & _CHINESE)


@lru_cache(maxsize=1)
def _syllables() -> tuple[tuple[int, frozenset[bytes]], ...]:
    return tuple((bit, frozenset(map(encode, spelt))) for bit, spelt in han.syllables().items())


@lru_cache(maxsize=1 << 16)
def fits(codes: bytes) -> int:
    """Traditions in which a word is one to three syllables."""
    found = 0
    for bit, known in _syllables():
        reached = {0}
        for _ in range(3):
            reached = {start + n for start in reached for n in range(1, 7) if codes[start : start + n] in known}
            if len(codes) in reached:
                found |= bit
    return found


@lru_cache(maxsize=1 << 17)
def units_of(words: tuple[str, ...]) -> tuple[Unit, ...]:
    """Units of the words of a name, which are plain text without titles."""
    found: list[Unit] = []
    n_han = n_hangul = 0
    for word in words:
        if word.isascii():
            found.append(_latin(word))
            continue
        for name, group in groupby(word, key=_script_of):
            text = "".join(group)
            if name == "han":
                for char in text:
                    found.append(_han(char, n_han))
                    n_han += 1
            elif name == "hangul":
                for char in text:
                    found.append(Unit(char, _plain(hangul_spellings(char, is_surname=n_hangul == 0))))
                    n_hangul += 1
            elif name == "burmese":
                found += [Unit(written, _plain(spelt)) for written, spelt in burmese_units(to_unicode(text))]
            elif name in ("thai", "lao", "khmer"):
                sounds = khmer_sounds(text) if name == "khmer" else thai_sounds(as_thai(text))
                found.append(Unit(text, tuple((encode_sounds(one), ALL) for one in sounds if one)))
            elif name:
                found.append(_latin(_ascii(text), text))
    return tuple(unit for unit in found if any(codes for codes, _ in unit.spellings))


def _plain(spellings: Iterable[str]) -> tuple[tuple[bytes, int], ...]:
    return tuple(dict.fromkeys((encode(one), ALL) for one in spellings))


@lru_cache(maxsize=1 << 16)
def _latin(word: str, written: str = "") -> Unit:
    spellings = [encode(word)]
    if "ng" in word[1:-1]:
        # Jianguo is jian and guo, Mingan is ming and an.
        apart = encode(word[: word.index("ng", 1) + 1]) + encode(word[word.index("ng", 1) + 1 :])
        spellings.append(apart[:MOST_LETTERS])
    return Unit(written or word, tuple((codes, ALL) for codes in spellings))


@lru_cache(maxsize=1 << 15)
def _han(char: str, place: int) -> Unit:
    traditions: dict[bytes, int] = {}
    for spelling, tradition in han.spelt(char, min(place, 1)):
        codes = encode(spelling)
        traditions[codes] = traditions.get(codes, 0) | tradition
    return Unit(char, tuple(traditions.items()))


def _script_of(char: str) -> str:
    return _script(char) if char.isalpha() or "\u0e00" <= char <= "\u109f" or "\u1780" <= char <= "\u17ff" else ""


@lru_cache(maxsize=1 << 14)
def _script(char: str) -> str:
    code = ord(char)
    for low, high, name in (
        (0x0E00, 0x0E7F, "thai"), (0x0E80, 0x0EFF, "lao"), (0x1000, 0x109F, "burmese"), (0x1780, 0x17FF, "khmer"),
        (0xAC00, 0xD7A3, "hangul"), (0x3400, 0x9FFF, "han"), (0xF900, 0xFAFF, "han"),
    ):  # fmt: skip
        if low <= code <= high:
            return name
    return script(char)


def _ascii(text: str) -> str:
    from anyascii import anyascii

    return "".join(char for char in anyascii(text).lower() if "a" <= char <= "z")


class Pool:
    """Names packed into arrays: `name` (n+1) into units, `unit_alt` into spellings, `alt_code` into `codes`.

    bits   of each unit: log2 of one in how many names bears it
    """

    def __init__(self, names: Sequence[Sequence[Unit]], bits: Sequence[Sequence[float]]) -> None:
        units = [unit for name in names for unit in name]
        spellings = [one for unit in units for one in unit.spellings]
        self.name = _offsets(len(name) for name in names)
        self.unit_alt = _offsets(len(unit.spellings) for unit in units)
        self.alt_code = _offsets(len(codes) for codes, _ in spellings)
        self.alt_mask = np.array([mask for _, mask in spellings], dtype=np.int32)
        self.codes = np.frombuffer(b"".join(codes for codes, _ in spellings), dtype=np.uint8).copy()
        self.fits = np.array([unit.fits for unit in units], dtype=np.int32)
        self.bits = np.array([value for told in bits for value in told], dtype=np.float32)


def _offsets(sizes: Iterable[int]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.cumsum([0, *sizes], dtype=np.int32)
