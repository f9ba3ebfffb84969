"""Disguised letters made plain, so that a word list meets the word however it was written.

Scam texts hide their words: full-width letters, zero-width marks, Cyrillic or Greek look-alikes, accents, traditional
for simplified characters. Folding undoes that one character at a time, so that every place in the folded text leads
back to its place in the text as written.
"""

from __future__ import annotations

import tomllib
import unicodedata
from importlib.resources import files

# Letters that look like Latin ones; folding is for matching only, nothing folded is ever shown.
_LOOK_ALIKE = {
    **dict(zip("аеорсухівкмнтԁѕјһԛԝɡ", "aeopcyxibkmhtdsjhqwg", strict=True)),
    **dict(zip("αερονικτυχω", "aepoviktuxw", strict=True)),
    **dict(zip("’‘ʼ＇`´", "''''''", strict=True)),
    **dict(zip("–—‒−", "----", strict=True)),
    "ß": "ss", "ı": "i", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe",
}  # fmt: skip
_DROPPED = frozenset({"Cf", "Mn", "Me", "Cc"})


class _Table(dict[int, str]):
    """What each character folds to, worked out when it is first met."""

    def __init__(self) -> None:
        super().__init__()
        self._plain = _plain_han()

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = character
        if character not in "\n\t":
            wide = unicodedata.normalize("NFKD", character).lower()
            # Hangul would fall apart into jamo, which no word list holds.
            parts = unicodedata.normalize("NFC", wide) if "\uac00" <= character <= "\ud7a3" else wide
            folded = "".join(
                self._plain.get(part, _LOOK_ALIKE.get(part, part))
                for part in parts
                if part in "\n\t" or unicodedata.category(part) not in _DROPPED
            )
        self[code] = folded
        return folded


def _plain_han() -> dict[str, str]:
    pairs = tomllib.loads(files("upriver.clean").joinpath("han_pairs.toml").read_text("utf-8"))["pairs"]
    return {pair[0]: pair[1] for pair in pairs.split()}


_TABLE = _Table()
_SINGLE: set[str] = set()  # characters met so far that fold to one


def fold(text: str) -> str:
    """`text` in plain lower-case letters and simplified characters.

    >>> fold("Ｃrypтo 賺錢")
    'crypto 赚钱'
    """
    # Control characters below 32 other than tab and line break carry nothing; ASCII needs no table.
    return text.lower() if text.isascii() and text.isprintable() else text.translate(_TABLE)


def offsets(text: str) -> list[int]:
    """For each character of `fold(text)` the offset in `text` it came from, and the length of `text` at the end."""
    unmet = set(text) - _SINGLE
    if unmet:
        _SINGLE.update(character for character in unmet if len(_TABLE[ord(character)]) == 1)
        unmet -= _SINGLE
    if not unmet:
        return list(range(len(text) + 1))
    places = [place for place, character in enumerate(text) for _ in _TABLE[ord(character)]]
    places.append(len(text))
    return places
