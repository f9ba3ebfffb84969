"""Wordings compiled into one automaton that walks over words instead of characters.

A wording is parsed into a small non-deterministic automaton; sets of its states are made deterministic when a text
first needs them and kept, so that a word that begins no wording costs one look-up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from threading import Lock

import numpy as np

from upriver.clean.folding import fold
from upriver.clean.walking import DONE, MET, NOWHERE, Moves

REACH = 3  # words that a gap may hold
_PIECE = re.compile(r"<[a-z]+>|[()|*?+]|[a-z0-9]+(?:'[a-z]+)*~?|[\u3400-\u9fff]")
_OTHER = "\x00"  # a word that occurs in no wording
_ANY = "\x01"
STOP = "."  # the end of a sentence or line, as a word
_FIRST = 2
_MOST_WORDS = 200_000  # that are kept; of more each is worked out when it is met
_LOCK = Lock()  # texts may be read in several threads, and each enters what it is the first to meet


class _Numbers(dict[str, int]):
    """Numbers of words: 0 is one of no wording, 1 a figure that none names, others from 2 on."""

    def __missing__(self, word: str) -> int:
        number = int(word[0] == "#")
        if len(self) < _MOST_WORDS:
            self[word] = number
        return number


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
        words = {word for edges in self._edges for word in edges}
        self._numbers = _Numbers()
        self._named = [_OTHER, "#"]
        for word in sorted({STOP, *words, *(f"#{word}" for word in words if word[0].isdigit())}):
            self._number(word)
        self._moves = Moves()
        self._nodes: dict[frozenset[int], int] = {}
        self._states: list[frozenset[int]] = []
        self._node({0})

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

    def matches(self, words: Sequence[str], stop: str = STOP) -> list[tuple[int, int, int]]:
        """(first word, number, last word) of each wording, the longest at each place; `stop` is never crossed."""
        numbers = np.fromiter(map(self._numbers.__getitem__, words), np.int64, len(words))
        found = np.empty((2 * len(words) + 16, 3), np.int64)
        place = n_found = 0
        with _LOCK:
            stopped = self._number(stop)
            while True:
                end, place, n_found, node, word = self._moves.walk(numbers, stopped, place, found, n_found)
                if end == DONE:
                    break
                if end == MET:
                    self._learn(node, word)
                else:
                    found = np.concatenate([found, np.empty_like(found)])
        return [(first, number, last) for first, number, last in found[:n_found].tolist()]

    def _number(self, word: str) -> int:
        if self._numbers[word] < _FIRST:
            self._numbers[word] = len(self._named)
            self._named.append(word)
        return self._numbers[word]

    def _learn(self, node: int, number: int) -> None:
        """Enter where the word of a number leads from a node."""
        word = self._named[number]
        figure = word[0] == "#"
        states: set[int] = set()
        for state in self._states[node]:
            edges = self._edges[state]
            states |= edges.get(word[1:] if figure else word, set()) | edges.get(_ANY, set())
            if figure:
                states |= edges.get("<number>", set())
        self._moves.add(node, number, self._node(states) if states else NOWHERE)

    def _node(self, states: set[int]) -> int:
        closed, open_states = set(states), list(states)
        while open_states:
            for state in self._free[open_states.pop()] - closed:
                closed.add(state)
                open_states.append(state)
        key = frozenset(closed)
        if key not in self._nodes:
            ends = sorted({number for state in key for number in self._ends.get(state, ())})
            self._nodes[key] = self._moves.add_node(tuple(ends))
            self._states.append(key)
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
