"""Who commands whom: from staff lists, and from the words of those who work together.

Of a pair, whoever gives orders and is reported to commands the other. What counts is the balance within a pair, never
how much is written: few short messages to people who answer to you are command, thousands to strangers are not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from upriver.clean.lexicon import Lexicon, Text, load_cues

_CLEAR = 0.5  # share of all words of command in a pair by which one side must lead
_ENOUGH = 1.5  # one order may be a favour
_TO_ALL = 0.5  # what is said to a group says half of what is said to one


@dataclass(frozen=True, slots=True)
class Word:
    """One word of command: who stands above by it, who below, how much it says, and its place in the conversation."""

    above: str
    below: str
    weight: float
    place: int


@cache
def _lexicon() -> Lexicon:
    return Lexicon(load_cues("upriver.roles", "order_cues.toml", "cue"))


@cache
def way(text: str) -> int:
    """1 where the sender commands the receiver, -1 where they report to them, 0 where the text says neither or both."""
    ways = {hit.cue.says["way"] for hit in _lexicon().find(Text(text))}
    return {frozenset({"order"}): 1, frozenset({"report"}): -1}.get(frozenset(ways), 0)


def between(told: Sequence[tuple[str, str, str]]) -> list[Word]:
    """Words of command between two, from (sender, receiver, text)."""
    words = []
    for place, (sender, receiver, text) in enumerate(told):
        direction = way(text)
        if direction and sender != receiver:
            words.append(Word(*((sender, receiver) if direction > 0 else (receiver, sender)), 1.0, place))
    return words


def in_group(told: Sequence[tuple[str, str]], admins: set[str]) -> list[Word]:
    """Words of command in one group chat, from (sender, text).

    Whoever orders more than they report stands above in this group, and so does an admin who does not report more than
    they order: reports go up to those, and not to all who read along. Orders go down to everyone else who writes.
    """
    ways = [(sender, way(text)) for sender, text in told]
    balance: dict[str, int] = defaultdict(int)
    for sender, direction in ways:
        balance[sender] += direction
    above = {sender for sender, orders in balance.items() if orders > 0}
    above |= {admin for admin in admins if balance.get(admin, 0) >= 0}
    below = balance.keys() - above
    words: list[Word] = []
    for place, (sender, direction) in enumerate(ways):
        if direction > 0 and sender in above:
            words += [Word(sender, under, _TO_ALL, place) for under in sorted(below)]
        elif direction < 0 and sender in below:
            words += [Word(head, sender, _TO_ALL, place) for head in sorted(above)]
    return words


def leads(words: Iterable[Word]) -> dict[tuple[str, str], float]:
    """(who commands, who is commanded) with the lead of the one, where one side of a pair clearly leads."""
    said: dict[tuple[str, str], float] = defaultdict(float)
    for word in words:
        said[word.above, word.below] += word.weight
    clear = {}
    for (one, other), lead in sorted(said.items()):
        back = said.get((other, one), 0.0)
        if lead - back >= _CLEAR * (lead + back) and lead - back >= _ENOUGH:
            clear[one, other] = lead - back
    return clear


def levels(below: Mapping[str, set[str]]) -> dict[str, int]:
    """Levels of command under each node: 1 where nobody below commands anyone; 0 for those who are not in `below`.

    Commanders who command each other in a ring stand on one level.
    """
    found: dict[str, int] = {}
    everyone = {top: closure(top, below) for top in sorted(below)}

    def level(node: str) -> int:
        if node not in below:
            return 0
        if node not in found:
            ring = {other for other in everyone[node] if node in everyone.get(other, ())} | {node}
            lower = {under for member in ring for under in below.get(member, ())} - ring
            found.update(dict.fromkeys(ring, 1 + max((level(under) for under in sorted(lower)), default=0)))
        return found[node]

    return {node: level(node) for node in sorted(below)}


def closure(top: str, below: Mapping[str, set[str]]) -> set[str]:
    """Everyone under `top` at any distance; `top` itself where a ring leads back."""
    seen: set[str] = set()
    open_nodes = [top]
    while open_nodes:
        for node in below.get(open_nodes.pop(), ()):
            if node not in seen:
                seen.add(node)
                open_nodes.append(node)
    return seen


def reach(below: Mapping[str, set[str]]) -> dict[str, int]:
    """How many people stand under each commander, at any distance."""
    return {top: len(closure(top, below) - {top}) for top in sorted(below)}
