"""Persons and groups that tellings name, known again across scripts: 孟氏集团 is the Meng clan."""

from __future__ import annotations

import re
from functools import cache

from upriver.clean.readings import readings

_GROUP = re.compile(
    r"\b(?:group|family|families|clan|gang|ring|syndicate|organi[sz]ation|crime|criminal|network|company|holdings?)\b"
    r"|集团|集團|家族|团伙|團伙|犯罪|组织|組織|公司|氏",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"\b(?:the|mr|ms|mrs|gen|col|alias)\b|[“”\"'‘’]", re.IGNORECASE)
_CLAN = re.compile(r"[A-Z][a-z]+s")  # the Duans
_READINGS = 3  # a Han name is tried in its usual readings


@cache
def keys(names: tuple[str, ...]) -> frozenset[str]:
    """Keys of names: letters alone, Han names by their Latin readings; a group's family name is marked with ~."""
    found: set[str] = set()
    for name in names:
        bare = " ".join(_ARTICLE.sub(" ", _GROUP.sub(" ", name)).split())
        group = _GROUP.search(name) is not None or _CLAN.fullmatch(name.strip()) is not None
        bare = bare[:-1] if _CLAN.fullmatch(bare) else bare
        for words in _spelt(bare):
            if not words:
                continue
            found.add("".join(words))
            # A family group is known by its family name, and so is a person who bears it, or is called by it alone.
            if len(words) == 1 or not group:
                found.add(f"~{words[0]}" if len(words) == 1 else f"?{words[0]}")
    return frozenset(key for key in found if len(key) > 2)


def _spelt(name: str) -> list[tuple[str, ...]]:
    if name.isascii() or not name:
        return [tuple("".join(char for char in word.casefold() if char.isalnum()) for word in name.split())]
    return [tuple(syllables) for syllables in readings(name.replace(" ", ""))[:_READINGS]]


def share(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether two tellings name one person or group, or one names a member of the other's family group."""
    left, right = keys(a), keys(b)
    whole = {key for key in left & right if key[0] not in "?"}
    family = {f"?{key[1:]}" for key in left if key[0] == "~"} & right
    family |= {f"?{key[1:]}" for key in right if key[0] == "~"} & left
    return bool(whole or family)
