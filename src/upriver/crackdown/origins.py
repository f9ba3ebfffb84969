"""How far each telling is from whoever said it first; a re-write is no witness beside its original."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from upriver.crackdown.speakers import chain, origin
from upriver.crackdown.telling import Telling

_LEAST_LETTERS, _LEAST_HAN = 60, 24  # words shorter than this may well be equal by chance
_HAN = re.compile(r"[\u3400-\u9fff]")


def traced(tellings: Sequence[Telling], copies: Mapping[str, str]) -> list[Telling]:
    """`tellings` with `copy_of` set where another says the same in the same words, or an analyst says so.

    copies  source that is a copy: source that it copies, from the journal
    """
    first: dict[tuple[str, float | None, str], Telling] = {}
    told = []
    for telling in sorted(tellings, key=_age):
        key = (telling.type, telling.value, _fold(telling.words))
        known = first.get(key)
        original = copies.get(telling.source)
        if original is not None:
            telling = replace(telling, copy_of=original)
        elif known is not None and known.source != telling.source and _telling(telling.words):
            telling = replace(telling, copy_of=known.source)
        else:
            first.setdefault(key, telling)
        told.append(telling)
    return told


def steps(telling: Telling) -> int:
    """Hands through which a telling came: 0 the speaker's own page, 1 a page that quotes it, one more for each between.

    A copy is one further than what it copies.
    """
    through = len(chain(telling.speaker)) - 1
    own = origin(telling.source) == telling.origin
    return through + (0 if own else 1) + (telling.copy_of is not None)


def _age(telling: Telling) -> tuple[str, str]:
    return str(telling.published or telling.announced or "9999"), telling.report_id


def _fold(words: str) -> str:
    return "".join(char for char in words.casefold() if char.isalnum())


def _telling(words: str) -> bool:
    """Whether words are long enough that nobody finds them twice."""
    return len(_fold(words)) >= (_LEAST_HAN if _HAN.search(words) else _LEAST_LETTERS)


def rows(tellings: Iterable[tuple[Telling, str]]) -> list[dict[str, object]]:
    """Rows of the table `telling`, from tellings with the action_id of each."""
    return [
        {
            "report_id": telling.report_id, "action_id": action_id, "source": telling.source,
            "speaker": telling.speaker, "origin": telling.origin, "n_steps": steps(telling), "copy_of": telling.copy_of,
        }
        for telling, action_id in sorted(tellings, key=lambda pair: (pair[0].report_id, pair[1]))
    ]  # fmt: skip
