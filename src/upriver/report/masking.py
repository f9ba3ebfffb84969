"""Victims and presumed victims out of sight: stable pseudonyms in place of names, accounts, phones, handles, documents.

Known strings of masked people are looked for in any text, whatever its case, width, spacing and script. What is not
known to belong to anyone cannot be found this way, so fields that tell who somebody is are hidden by their form too
(`upriver.report.redaction`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from upriver.report.folding import Folded, fold, is_ideographic, is_unspaced, squeeze, words

NAME_GONE = "[name]"
SHARED_NAME = "[protected name]"
# Shorter words are too common to be taken for a name anywhere but in a record about that very person.
_SHORTEST_NAME = 4
_SHORTEST_IDEOGRAPHIC = 2
_PHONE_DIGITS = 8
_GAP = re.compile(r"[\W_]{0,4}\Z")
_LONGER_NAME = re.compile(r"[\s-]+[^\W\d_]")
_MOST_CHUNKS = 10
_REMEMBERED = 200_000
# Most other cells of a large table are days, times and amounts: they need no search.
_PLAIN = re.compile(
    r"(?:(?:(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d)"
    r"(?:[ T]\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?|-?\d{1,6}(?:\.\d+)?|\w{0,3})\Z",
    re.ASCII,
)


def tail(value: str) -> str:
    """What stays of an account: its last 4 characters, or the last third of a short one."""
    return value[-4:] if len(value) >= 10 else value[-max(1, len(value) // 3) :]


@dataclass(slots=True)
class Identity:
    """A masked person's strings. `pseudonym` is shown instead; the other fields are values as written."""

    pseudonym: str
    names: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)


class Masks:
    """Replaces what would tell who a protected person is. Built once a case by `upriver.report.identity.masks`.

    people   person_id (canonical_id, entity_id or observable_id) -> pseudonym
    shared   names that somebody else bears too: they go, but name no pseudonym
    about    record_id -> pseudonyms of those it is about
    kinds    observable_id of a masked person's phone, account or handle -> what is shown for it
    hides    False shows everyone: for `unmask=True`
    """

    def __init__(
        self,
        people: Mapping[str, str],
        identities: Iterable[Identity],
        shared: Collection[str] = (),
        about: Mapping[str, tuple[str, ...]] | None = None,
        kinds: Mapping[str, str] | None = None,
        hides: bool = True,
    ) -> None:
        self.hides = hides
        self.people = dict(people)
        self.about = dict(about or {})
        self.nodes = dict(kinds or {})
        self._accounts: dict[str, str] = {}
        self._account_words: set[str] = set()
        self._starts: dict[str, dict[tuple[str, ...], str]] = defaultdict(dict)
        self._unspaced: dict[str, str] = {}
        self._phones: dict[str, str] = {}
        self._parts: dict[str, set[str]] = defaultdict(set)
        self._memory: dict[str, str] = {}
        # A written phone may have an exit code or a trunk zero before its number.
        self._longest_number = 18
        shared_keys = {self._key(name) for name in shared}
        for identity in identities:
            self._learn(identity, shared_keys)
        self._spans = {
            first: sorted({len(parts) for parts in choices}, reverse=True) for first, choices in self._starts.items()
        }
        lengths: dict[str, set[int]] = defaultdict(set)
        for text in self._unspaced:
            lengths[text[0]].add(len(text))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    @classmethod
    def none(cls) -> Masks:
        """Masks nobody: for `unmask=True`."""
        return cls({}, (), hides=False)

    # ---- learning ---------------------------------------------------------------------------------------------

    @staticmethod
    def _key(name: str) -> str:
        return squeeze(fold(name)).text

    def _learn(self, identity: Identity, shared: set[str]) -> None:
        who = identity.pseudonym
        for account in sorted(identity.accounts):
            if account not in self._accounts:
                shown = f"{who} account …{tail(account)}"
                number = 2
                while shown in self._account_words:
                    shown = f"{who} account {number} …{tail(account)}"
                    number += 1
                self._account_words.add(shown)
                self._accounts[account] = shown
            self._add(account, self._accounts[account])
        for phone in sorted(identity.phones):
            digits = "".join(c for c in fold(phone).text if c.isdigit())
            if len(digits) >= _PHONE_DIGITS:
                self._phones.setdefault(digits[-_PHONE_DIGITS:], f"{who} phone")
            self._add(phone, f"{who} phone")
        for other in sorted(identity.others):
            self._add(other, f"{who} contact")
        for name in sorted(identity.names):
            key = self._key(name)
            shown = SHARED_NAME if key in shared else who
            self._add(name, shown)
            folded = fold(name).text
            if is_unspaced(folded):
                # In a record about the person the given name alone tells who it is: all but the first character.
                if is_ideographic(key) and len(key) >= 3:
                    self._parts[who].add(key[1:])
                continue
            parts = [match.group() for match in words(folded)]
            self._parts[who].update(part for part in parts if len(part) > 1)
            for order in _orders(parts):
                self._add(" ".join(order), shown)

    def _add(self, text: str, shown: str) -> None:
        folded = fold(text)
        key = squeeze(folded).text
        if is_unspaced(folded.text):
            if len(key) >= (_SHORTEST_IDEOGRAPHIC if is_ideographic(key) else _SHORTEST_NAME):
                self._unspaced.setdefault(key, shown)
            return
        if len(key) < _SHORTEST_NAME:
            return
        parts = tuple(match.group() for match in words(folded.text))
        self._starts[parts[0]].setdefault(parts, shown)
        self._starts[key].setdefault((key,), shown)
        if any(character.isdigit() for character in key):
            self._longest_number = max(self._longest_number, len(key))

    # ---- masking ----------------------------------------------------------------------------------------------

    def account(self, value: str) -> str:
        """An account's value as it may be shown: its last characters stay where its holder is masked."""
        return self._accounts.get(value, value)

    def node(self, node_id: str) -> str | None:
        """What to show for a masked person's canonical_id, entity_id or observable_id; None where it is not masked."""
        if node_id in self.people:
            return self.people[node_id]
        return self.nodes.get(node_id)

    def text(self, text: str, about: Collection[str] = ()) -> str:
        """`text` without the known strings of masked people.

        about  pseudonyms of those whom the text is about: single parts of their names go too
        """
        if not (self._starts or self._unspaced):
            return text
        # A bare number may be a short account, so it is never taken for an amount unseen.
        one_word = text.isascii() and text.isalnum()
        if about:
            return text if not one_word and _PLAIN.match(text) else self._replace(text, tuple(about))
        if one_word:
            return self._word(text)
        known = self._memory.get(text)
        if known is not None:
            return known
        if _PLAIN.match(text):
            return text
        if len(self._memory) >= _REMEMBERED:
            self._memory.clear()
        known = self._memory[text] = self._replace(text, ())
        return known

    def _word(self, text: str) -> str:
        """One run of ASCII letters and digits, as most cells of a large table are: what `_replace` would make of it."""
        key = text.lower()
        shown = self._starts[key].get((key,)) if key in self._starts else None
        if shown is None and _PHONE_DIGITS <= len(key) <= self._longest_number and key.isdigit():
            shown = self._phones.get(key[-_PHONE_DIGITS:])
        return text if shown is None else shown

    def _replace(self, text: str, about: tuple[str, ...]) -> str:
        folded = fold(text)
        found = self._spaced_hits(folded)
        if is_unspaced(folded.text):
            found += self._unspaced_hits(squeeze(folded), {})
        for who in about:
            parts = self._parts.get(who, set())
            found += [
                (*folded.place(*match.span()), NAME_GONE) for match in words(folded.text) if match.group() in parts
            ]
            if is_unspaced(folded.text):
                found += self._unspaced_hits(squeeze(folded), {p: NAME_GONE for p in parts if is_unspaced(p)})
        if not found:
            return text
        found.sort(key=lambda hit: (hit[0], -hit[1]))
        pieces, at = [], 0
        for start, end, shown in found:
            if start < at:
                # Overlapping hits: the rest of the longer one goes as well.
                at = max(at, end)
                continue
            pieces += [text[at:start], SHARED_NAME if shown in self._parts and _goes_on(text, end) else shown]
            at = end
        return "".join([*pieces, text[at:]])

    def _spaced_hits(self, folded: Folded) -> list[tuple[int, int, str]]:
        found: list[tuple[int, int, str]] = []
        runs = words(folded.text)
        for number, run in enumerate(runs):
            first = run.group()
            if first in self._starts:
                hit = self._longest(folded.text, runs, number)
                if hit:
                    found.append((*folded.place(_begin(folded.text, run), hit[0]), hit[1]))
            if first[0].isdigit() or first[-1].isdigit():
                joined = self._digits(folded.text, runs, number)
                if joined:
                    found.append((*folded.place(_begin(folded.text, run), joined[0]), joined[1]))
        return found

    def _longest(self, text: str, runs: list[re.Match[str]], number: int) -> tuple[int, str] | None:
        """End and replacement of the longest known string that begins with this run."""
        first = runs[number].group()
        for length in self._spans[first]:
            following = runs[number : number + length]
            shown = self._starts[first].get(tuple(run.group() for run in following))
            gaps = pairwise(following)
            if shown is not None and all(_GAP.match(text[left.end() : right.start()]) for left, right in gaps):
                return following[-1].end(), shown
        return None

    def _digits(self, text: str, runs: list[re.Match[str]], number: int) -> tuple[int, str] | None:
        """A phone or account written in groups that begins at this run."""
        joined, best, last = "", None, None
        for run in runs[number : number + _MOST_CHUNKS]:
            if last is not None and not _GAP.match(text[last.end() : run.start()]):
                break
            if last is not None and len(run.group()) > _PHONE_DIGITS and not run.group().isdigit():
                break
            joined += run.group()
            if len(joined) > self._longest_number:
                break
            last = run
            shown = self._starts.get(joined, {}).get((joined,))
            if shown is None and len(joined) >= _PHONE_DIGITS and joined.isdigit():
                shown = self._phones.get(joined[-_PHONE_DIGITS:])
            if shown is not None:
                best = (run.end(), shown)
        return best

    def _unspaced_hits(self, squeezed: Folded, extra: Mapping[str, str]) -> list[tuple[int, int, str]]:
        table = extra or self._unspaced
        lengths = self._lengths
        if extra:
            lengths = {text[0]: sorted({len(t) for t in extra if t[0] == text[0]}, reverse=True) for text in extra}
        found, at = [], 0
        text = squeezed.text
        while at < len(text):
            for length in lengths.get(text[at], ()):
                shown = table.get(text[at : at + length])
                # At the end of the text a longer slice is cut short, and may be a shorter name.
                if shown is not None and at + length <= len(text):
                    found.append((*squeezed.place(at, at + length), shown))
                    at += length - 1
                    break
            at += 1
        return found


def _begin(text: str, run: re.Match[str]) -> int:
    """Where a hit begins: the plus before a number goes with it."""
    start = run.start()
    return start - 1 if start and run.group().isdigit() and text[start - 1] == "+" else start


def _goes_on(text: str, end: int) -> bool:
    """Whether a capitalised word follows: a longer name, which may be another person's, gets no pseudonym."""
    match = _LONGER_NAME.match(text, end)
    return match is not None and match.group()[-1].isupper()


def _orders(parts: list[str]) -> list[tuple[str, ...]]:
    """The ways in which a name of spaced script is turned round or shortened."""
    if not 2 <= len(parts) <= 5:
        return []
    turned = [tuple(parts[at:] + parts[:at]) for at in range(1, len(parts))]
    turned.append(tuple(reversed(parts)))
    if len(parts) > 2:
        turned += [(parts[0], parts[-1]), (parts[-1], parts[0]), (*parts[:2],), (*parts[-2:],)]
    return turned
