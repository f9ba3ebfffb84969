"""A long text cut into pieces as long as a text message, so that a model trained on calls also reads messages."""

from __future__ import annotations

import re

_LEAST = 160  # what a text message holds in letters ...
_HAN = 4  # ... where a character of Chinese, of which it says as much in 40, counts for so many
_STOP = re.compile(r"(?<=[。！？!?；;\n，,.])\s*")
_IS_HAN = re.compile(r"[\u3400-\u9fff]")


def pieces(text: str) -> list[str]:
    """The pieces of `text`, each cut behind a comma or stop; none where it would not make two of them.

    What is left behind the last piece is in none: the whole text is read as well.

    >>> [len(piece) for piece in pieces("We hold your parcel, so pay the fee now. " * 12)]
    [163, 163, 163]
    >>> pieces("See you at eight.")
    []
    """
    if _size(text) < 2 * _LEAST:
        return []
    found, begun = [], 0
    for end in [match.end() for match in _STOP.finditer(text)]:
        if _size(text[begun:end]) >= _LEAST:
            found.append(text[begun:end].strip())
            begun = end
    return found if len(found) > 1 else []


def _size(text: str) -> int:
    return len(text) + (_HAN - 1) * sum(1 for _ in _IS_HAN.finditer(text))
