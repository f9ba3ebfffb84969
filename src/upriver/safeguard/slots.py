"""Signs composed of slots: who does what to what, each a list of words, near each other in a sentence.

A phrase names its words one by one; what people say has the same few acts and things in ever other words between. A
composition names slots instead, in a small language:

    take > card          a word of `take`, then one of `card`, with at most REACH words between
    take & card          the same in either order
    boss|guard > has > card /3     choices of slots; at most three words between neighbours
    take & card !counter +me       not where a word of `counter` stands in it or beside it; only where `me` does
    lift & leader /8,              a comma behind the reach: the slots may lie in two clauses

A Chinese character counts as half a word. A full comma of Chinese is crossed only where a composition says so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from upriver.clean.automaton import STOP
from upriver.clean.lexicon import Cue, Hit, Text

REACH = 5  # words between neighbours where a composition says nothing
BESIDE = 6  # words before and behind it in which `!` and `+` look
_LONGEST = 12
_COMPOUNDS = frozenset(
    {"compound", "phone", "card", "talk"}
)  # slots in whose words a single character is none of its own
_SLOT = r"[a-z_]+(?:\|[a-z_]+)*"
_FORM = re.compile(
    rf"(?P<row>{_SLOT}(?:\s*[>&]\s*{_SLOT})*)(?:\s*/(?P<reach>\d+,?))?(?P<beside>(?:\s*[!+]{_SLOT})*)"
    r"(?:\s*/(?P<late>\d+,?))?"
)


@dataclass(frozen=True, slots=True)
class Composition:
    """One row of slots in the order in which they stand; `cue` is the sign that it tells.

    across  its slots may lie in two clauses, with a full comma of Chinese between
    """

    cue: Cue
    row: tuple[frozenset[str], ...]
    reach: int
    without: frozenset[str]
    beside: tuple[frozenset[str], ...]
    across: bool = False


@dataclass(frozen=True, slots=True)
class Found(Hit):
    """A sign found by its slots; `parts` are the words of each, `across` whether they may lie in two clauses."""

    parts: tuple[Hit, ...] = ()
    across: bool = False


def parsed(form: str, known: Iterable[str], cue: Cue) -> list[Composition]:
    """The rows that `form` stands for: one, or each order of its slots.

    raises  ValueError saying what is wrong
    """
    match = _FORM.fullmatch(form.strip())
    if match is None:
        raise ValueError(f"{form!r}: write slots as 'take > card' or 'take & card', then /3, !slot and +slot if needed")
    row, beside = match["row"], match["beside"]
    names = set(re.findall(r"[a-z_]+", row + " " + beside))
    strange = sorted(names - set(known))
    if strange:
        raise ValueError(f"{form!r}: no list {strange[0]!r} under [slots]")
    if ">" in row and "&" in row:
        raise ValueError(f"{form!r}: either > or & between slots, not both")
    written = match["reach"] or match["late"] or str(REACH)
    reach = int(written.rstrip(","))
    if reach > _LONGEST or (match["reach"] and match["late"]):
        raise ValueError(f"{form!r}: one reach, of at most {_LONGEST} words")
    parts = [frozenset(part.strip().split("|")) for part in re.split(r"[>&]", row)]
    if len(parts) > 4:
        raise ValueError(f"{form!r}: at most four slots")
    words = beside.split()
    without = frozenset(name for word in words if word[0] == "!" for name in word[1:].split("|"))
    needed = tuple(frozenset(word[1:].split("|")) for word in words if word[0] == "+")
    orders = permutations(parts) if "&" in row else [tuple(parts)]
    across = written.endswith(",")
    return [Composition(cue, order, reach, without, needed, across) for order in dict.fromkeys(orders)]


class Compositions:
    """The compositions of one or more files, found among the words of their slots."""

    def __init__(self, compositions: Iterable[Composition]) -> None:
        self._by_first: dict[str, list[Composition]] = defaultdict(list)
        for one in compositions:
            for name in one.row[0]:
                self._by_first[name].append(one)

    def find(self, text: Text, hits: Sequence[Hit]) -> list[Found]:
        """Every composition in `text`, whose words of slots are among `hits`."""
        places: dict[str, list[Hit]] = defaultdict(list)
        words = [hit for hit in hits if "slot" in hit.cue.says]
        long = [(hit.token, hit.last) for hit in words if hit.last > hit.token and hit.cue.says["slot"] in _COMPOUNDS]
        for hit in words:
            single = hit.token == hit.last and text.kinds[hit.token] == "han"
            if single and any(token <= hit.token <= last for token, last in long):
                continue  # 手 of 手机 is no hand
            places[hit.cue.says["slot"]].append(hit)
        candidates = [(name, one) for name in places for one in self._by_first.get(name, ())]
        if not candidates:
            return []
        widths, plain = _widths(text), _widths(text, breaks=False)
        found: dict[tuple[int, int, int], Found] = {}
        for name, one in candidates:
            if not all(any(slot in places for slot in part) for part in one.row[1:]):
                continue
            for first in places[name]:
                parts = _reached((first,), one, places, plain if one.across else widths)
                if parts and _stands(one, parts, places, plain):
                    token, last = parts[0].token, max(part.last for part in parts)
                    start, end = text.place(token, last)
                    found[token, last, id(one.cue)] = Found(one.cue, token, last, start, end, parts, one.across)
        return sorted(found.values(), key=lambda hit: (hit.token, hit.last))


def _widths(text: Text, *, breaks: bool = True) -> list[float]:
    """Words before each token, a Chinese character as half of one; what ends a sentence or clause is far."""
    widths = [0.0]
    end = 0
    for key, kind, (start, stop) in zip(text.keys, text.kinds, text.spans, strict=True):
        comma = breaks and "，" in text.written and text.comma_between(end, start)
        widths.append(widths[-1] + (0.5 if kind == "han" else 1.0) + (1000.0 if key == STOP or comma else 0.0))
        end = stop
    return widths


def _reached(
    parts: tuple[Hit, ...], one: Composition, places: Mapping[str, Sequence[Hit]], widths: Sequence[float]
) -> tuple[Hit, ...]:
    """`parts` with the nearest words of each slot that is still to come; nothing where one is out of reach."""
    if len(parts) == len(one.row):
        return parts
    here = parts[-1].last
    near = [
        hit
        for name in one.row[len(parts)]
        for hit in places.get(name, ())
        if hit.token > here and widths[hit.token] - widths[here + 1] <= one.reach and _unbroken(here, hit, widths)
    ]
    for hit in sorted(near, key=lambda hit: (hit.token, -hit.last)):
        if made := _reached((*parts, hit), one, places, widths):
            return made
    return ()


def _unbroken(here: int, hit: Hit, widths: Sequence[float]) -> bool:
    return widths[hit.token + 1] - widths[here + 1] < 500


def _stands(
    one: Composition, parts: Sequence[Hit], places: Mapping[str, Sequence[Hit]], widths: Sequence[float]
) -> bool:
    """Whether what must stand beside the words does, and what must not does not."""
    low, high = widths[parts[0].token] - BESIDE, widths[max(part.last for part in parts) + 1] + BESIDE

    def beside(names: Iterable[str]) -> Iterator[Hit]:
        near = (hit for name in names for hit in places.get(name, ()))
        return (hit for hit in near if widths[hit.token] >= low and widths[hit.last] <= high)

    # "had not felt the rain": what is a word of a slot itself is no setting beside it.
    if any(not within(hit, parts) for hit in beside(one.without)):
        return False
    return all(any(beside(names)) for names in one.beside)


def within(hit: Hit, parts: Sequence[Hit]) -> bool:
    """Whether `hit` lies in one of `parts`."""
    return any(part.token <= hit.token and hit.last <= part.last for part in parts)
