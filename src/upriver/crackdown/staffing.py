"""Staffed roles: at each site or company, who gives orders, holds the keys, owns, keeps the money or administers.

A role is filled as long as one of those who show its mark there is left; who else shows the mark can replace them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from upriver.crackdown.known import member_marks

if TYPE_CHECKING:
    from upriver.crackdown.known import Known

_NOWHERE = ""  # of no site: one role for all of the network


@dataclass(frozen=True, slots=True)
class Staffing:
    """holders: (mark, key of the site) -> those who show the mark there."""

    holders: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many roles."""
        return len(self.holders)

    @property
    def replaceable(self) -> int:
        """Roles that two or more can fill."""
        return sum(len(people) > 1 for people in self.holders.values())

    def filled(self, gone: Collection[str]) -> list[bool]:
        """Per role, in a fixed order: whether somebody who is not gone fills it."""
        return [bool(self.holders[role] - set(gone)) for role in sorted(self.holders)]

    def order(self, allowed: Collection[str], budget: int, rank: Mapping[str, int]) -> list[str]:
        """Whom to take, one after another, for most roles to be left with nobody: last holders first."""
        left = {role: set(people) for role, people in self.holders.items()}
        mine: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for role in sorted(self.holders):
            for person in self.holders[role]:
                if person in allowed:
                    mine[person].append(role)
        chosen: list[str] = []
        while mine and len(chosen) < budget:
            best = min(mine, key=lambda one: (*_worth(mine[one], left), rank.get(one, len(rank) + 1), one))
            chosen.append(best)
            for role in mine.pop(best):
                left[role].discard(best)
        return chosen


def _worth(roles: Sequence[tuple[str, str]], left: Mapping[tuple[str, str], Collection[str]]) -> tuple[int, float]:
    """Less is better: roles that this one alone fills, then how near the others come to being left with nobody."""
    alone = sum(len(left[role]) == 1 for role in roles)
    return -alone, -round(sum(1.0 / len(left[role]) for role in roles), 9)


def staffing(known: Known) -> Staffing:
    """The roles of the known network."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for person, told in known.people.items():
        for mark in member_marks():
            if told.marks.get(mark, 0.0) > 0.0:
                for key in sorted(told.places) or [_NOWHERE]:
                    found[mark, key].add(person)
    return Staffing({role: frozenset(people) for role, people in sorted(found.items())})
