"""Figures of one sentence that are the parts of another by arithmetic: "117 foreigners: 71 Chinese, 29 ..., 17 ...".

Words need not say so: where two or more smaller figures that stand together come to exactly the figure before them,
or to the one behind them that is called the sum, they split it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from upriver.extract.event_figures import Counted
from upriver.extract.event_parts import same_family

_MOST = 12  # figures of one list
_ALTOGETHER = re.compile(
    r"\b(?:altogether|in all|in total|all told|a total of|totalling|totaling|makes?|making|together|combined)\b"
    r"|[共总總合]计|[共總]計|合共|总共|總共|一共|总数|總數",
    re.IGNORECASE,
)


def parts_by_sum(text: str, inside: Sequence[Counted]) -> tuple[frozenset[Counted], Counted | None]:
    """Figures of `inside` that are parts of another by their sum, and the whole itself where it is told last."""
    people = [one for one in inside if one.value is not None and one.kind is None]
    for place in range(len(people)):
        run = _run(text, people, place)
        if run:
            return frozenset(run), None
    for place in range(2, len(people)):
        whole = people[place]
        near = text[max(0, whole.start - 40) : whole.start] + text[whole.end : whole.end + 16]
        if not _ALTOGETHER.search(near):
            continue
        for first in range(place - 1):
            parts = people[first:place]
            if _one_kind(parts, whole) and sum(one.value or 0 for one in parts) == whole.value:
                return frozenset(parts), whole
    return frozenset(), None


def _run(text: str, people: Sequence[Counted], place: int) -> list[Counted]:
    """The figures right behind the whole at `place` that come to it, two at least."""
    whole, total = people[place], 0.0
    parts: list[Counted] = []
    for one in people[place + 1 : place + 1 + _MOST]:
        if not _one_kind([one], whole) or (one.value or 0) >= (whole.value or 0):
            return []
        if re.search(r"[.。]\s", text[(parts or [whole])[-1].end : one.start]):
            return []
        parts.append(one)
        total += one.value or 0
        if total == whole.value:
            return parts if len(parts) > 1 else []
        if total > (whole.value or 0):
            return []
    return []


def _one_kind(parts: Sequence[Counted], whole: Counted) -> bool:
    """A bare figure may be of any kind but money."""
    return all(same_family(one.unit, whole.unit) for one in parts) and whole.unit not in ("?",)
