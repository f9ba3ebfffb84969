"""The word lists of words.toml, read once."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def _lists() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("upriver.extract").joinpath("words.toml").read_text("utf-8"))


@lru_cache(maxsize=64)
def words(topic: str, name: str) -> tuple[str, ...]:
    """The words of one list, in small letters and in order.

    raises  KeyError when there is no such list
    """
    return tuple(sorted({word.lower() for word in _lists()[topic][name]}))


@lru_cache(maxsize=64)
def meanings(topic: str) -> dict[str, str]:
    """Word -> name of the list that holds it, for the lists of one topic."""
    return {word: name for name in _lists()[topic] for word in words(topic, name)}
