"""Wordings compiled into one automaton that walks over words instead of characters.

A wording is parsed into a small non-deterministic automaton; sets of its states are made deterministic when a text
first needs them and kept, so that a word that begins no wording costs one look-up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from upriver.clean.folding import fold

REACH = 3  # words that a gap may hold
_PIECE = re.compile(r"<[a-z]+>|[()|*?+]|[a-z0-9]+(?:'[a-z]+)*~?|[\u3400-\u9fff]")
_OTHER = "\x00"  # a word that occurs in no wording
_ANY = "\x01"


class _Node:
    """A set of states of the wordings: where each word leads, and which wordings end here."""

    __slots__ = ("ends", "moves", "states")

    def __init__(self, states: frozenset[int], ends: tuple[int, ...]) -> None:
        self.states = states
        self.ends = ends
        self.moves: dict[str, _Node | None] = {}


class Automaton:
    """Finds wordings in rows of words.

    wordings  pairs of a number and a wording; the number is what a match gives back
    raises    ValueError when a wording's brackets do not close, or it is empty, or a gap stands at an end
    """

    def __init__(self, wordings: Iterable[tuple[int, str]]) -> None:
        self._edges: list[dict[str, set[int]]] = [{}]
        self._free: list[set[int]] = [set()]  # moves that need no word
        self._ends: dict[int, set[int]] = {}
        for number, wording in wordings:
            last = _Wording(wording, self).build(0)
            self._ends.setdefault(last, set()).add(number)
        self._words = {word for edges in self._edges for word in edges}
        self._nodes: dict[frozenset[int], _Node] = {}
        self._start = self._node({0})

    def state(self) -> int:
        self._edges.append({})
        self._free.append(set())
        return len(self._edges) - 1

    def join(self, source: int, target: int, word: str | None = None) -> None:
        """Let `word`, or nothing where it is None, lead from `source` to `target`."""
        if word is None:
            self._free[source].add(target)
        else:
            self._edges[source].setdefault(word, set()).add(target)

    def matches(self, words: Sequence[str], stop: str) -> Iterator[tuple[int, int, int]]:
        """(first word, number, last word) of each wording, the longest at each place; `stop` is never crossed."""
        start, begun = self._start, self._start.moves
        n_words = len(words)
        for first, word in enumerate(words):
            # Most words begin nothing, and were met before.
            node = begun[word] if word in begun else self._step(start, word)
            if node is None or word == stop:
                continue
            found: dict[int, int] = {}
            place = first
            while node is not None:
                for number in node.ends:
                    found[number] = place
                place += 1
                if place == n_words or words[place] == stop:
                    break
                word = words[place]
                node = node.moves[word] if word in node.moves else self._step(node, word)
            for number in sorted(found) if len(found) > 1 else found:
                yield first, number, found[number]

    def _step(self, node: _Node, word: str) -> _Node | None:
        known = word
        if word not in node.moves:
            known = self._known(word)
            if known not in node.moves:
                figure = known[0] == "#"
                states: set[int] = set()
                for state in node.states:
                    edges = self._edges[state]
                    states |= edges.get(known[1:] if figure else known, set()) | edges.get(_ANY, set())
                    if figure:
                        states |= edges.get("<number>", set())
                node.moves[known] = self._node(states) if states else None
        return node.moves[known]

    def _known(self, word: str) -> str:
        """The word as the wordings know it; figures are marked `#`, so that one entry serves all that none names."""
        if word[0] == "#":
            return word if word[1:] in self._words else "#"
        return word if word in self._words else _OTHER

    def _node(self, states: set[int]) -> _Node:
        closed, open_states = set(states), list(states)
        while open_states:
            for state in self._free[open_states.pop()] - closed:
                closed.add(state)
                open_states.append(state)
        key = frozenset(closed)
        if key not in self._nodes:
            ends = sorted({number for state in key for number in self._ends.get(state, ())})
            self._nodes[key] = _Node(key, tuple(ends))
        return self._nodes[key]


class _Wording:
    """One wording read into states of the automaton."""

    def __init__(self, wording: str, automaton: Automaton) -> None:
        self._wording = wording
        self._automaton = automaton
        self._pieces = _PIECE.findall(fold(wording))
        self._place = 0

    def build(self, start: int) -> int:
        pieces = [piece for piece in self._pieces if piece not in "()|?+"]
        if not pieces or "*" in (self._pieces[0], self._pieces[-1]):
            raise ValueError(f"{self._wording!r}: needs words, and a gap may not stand at an end")
        end = self._choices(start)
        if self._place != len(self._pieces):
            raise ValueError(f"{self._wording!r}: a bracket closes that was never opened")
        return end

    def _choices(self, start: int) -> int:
        end = self._automaton.state()
        while True:
            self._automaton.join(self._row(start), end)
            if self._peek() != "|":
                return end
            self._place += 1

    def _row(self, start: int) -> int:
        state = start
        while (piece := self._peek()) not in ("", "|", ")"):
            self._place += 1
            if piece == "(":
                begin = state
                if self._repeats():  # from a state of its own, so that it leads back to these choices alone
                    begin = self._automaton.state()
                    self._automaton.join(state, begin)
                end = self._choices(begin)
                if self._peek() != ")":
                    raise ValueError(f"{self._wording!r}: a bracket does not close")
                self._place += 1
                if self._peek() == "+":
                    self._place += 1
                    self._automaton.join(end, begin)
                if self._optional():
                    self._automaton.join(state, end)
                state = end
            elif piece == "*":
                state = self._gap(state)
            elif piece not in "?+":
                state = self._word(state, piece)
        return state

    def _repeats(self) -> bool:
        """Whether the bracket just opened closes with a `+` behind it."""
        depth = 1
        for place in range(self._place, len(self._pieces)):
            depth += {"(": 1, ")": -1}.get(self._pieces[place], 0)
            if depth == 0:
                return self._pieces[place + 1 : place + 2] == ["+"]
        return False

    def _gap(self, state: int) -> int:
        end = self._automaton.state()
        self._automaton.join(state, end)
        for _ in range(REACH):
            following = self._automaton.state()
            self._automaton.join(state, following, _ANY)
            self._automaton.join(following, end)
            state = following
        return end

    def _word(self, state: int, piece: str) -> int:
        end = self._automaton.state()
        for word in endings(piece):
            self._automaton.join(state, end, word)
        if self._optional():
            if piece.isascii() and len(piece) > 1:
                self._automaton.join(state, end, piece[:-1])
            else:
                self._automaton.join(state, end)
        return end

    def _peek(self) -> str:
        return self._pieces[self._place] if self._place < len(self._pieces) else ""

    def _optional(self) -> bool:
        if self._peek() != "?":
            return False
        self._place += 1
        return True


def endings(piece: str) -> tuple[str, ...]:
    """The word itself, or with `~` the word with its usual English endings.

    >>> "invested" in endings("invest~"), endings("invest")
    (True, ('invest',))
    """
    if not piece.endswith("~"):
        return (piece,)
    stem = piece[:-1]
    short = stem.removesuffix("e")
    forms = [
        stem,
        f"{stem}s",
        f"{stem}es",
        f"{short}ed",
        f"{short}ing",
        f"{stem}ment",
        f"{stem}{stem[-1]}ed",
        f"{stem}{stem[-1]}ing",
    ]
    if stem.endswith("y"):
        forms += [f"{stem[:-1]}ies", f"{stem[:-1]}ied"]
    return tuple(dict.fromkeys(forms))
