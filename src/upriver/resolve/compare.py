"""Is this pair one? Weights in log2 odds, field by field, each with its reason (Fellegi & Sunter 1969)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from upriver.clean.accounts import KINDS as ACCOUNT_KINDS
from upriver.clean.names import Kind, NameComparison, Rarity, compare_read, read_name
from upriver.resolve.facts import Facts, clash
from upriver.resolve.respelt import respelt

_KINDS: tuple[Kind, ...] = ("person", "company")
# Chat names are one person's; a phone or an account may be a family's or a mule's.
_PERSONAL = ("telegram", "wechat", "qq", "line")
_USER_NAME = re.compile(r"handle:[a-z0-9_.]{4,}")  # given once by a platform; a displayed name may be anybody's
_WORDS = {
    **dict.fromkeys(ACCOUNT_KINDS, "account"), "whatsapp": "phone",
}  # fmt: skip


@dataclass(frozen=True)
class Weights:
    """What an agreement lends, in bits (log2 odds), where nobody else shares it; each further user takes some away.

    A weight is log2 of how much likelier one bearer is to agree with himself than with a stranger: one in 8,000 people
    shares a birth date, so 13 bits. What `crowd` people of different names share (a switchboard's number, a common
    device) lends nothing.
    """

    document_bits: float = 18.0
    birth_bits: float = 13.0
    email_bits: float = 14.0
    account_bits: float = 12.0
    phone_bits: float = 12.0
    user_name_bits: float = 18.0
    device_bits: float = 10.0
    hand_bits: float = 8.0
    address_bits: float = 9.0
    other_bits: float = 8.0
    site_bits: float = 6.0
    site_name_at: float = 0.95
    contradiction_bits: float = -20.0
    crowd: int = 12
    least_population: int = 1000
    same_at: float = 0.95
    name_at: float = 0.5
    name_alone_most: float = 0.8
    company_name_bits: float = 6.0


@dataclass(frozen=True, slots=True)
class Agreement:
    """Something two entities share; `personal`: what one person keeps to himself, as a document or a chat name."""

    reason: str
    bits: float
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """`judgement` is same, different or unsure."""

    judgement: str
    match_probability: float
    match_weight: float
    reason: str


class Comparer:
    """Compares pairs of one case: knows how rare its names are and how many people use each identifier."""

    def __init__(self, facts: Iterable[Facts], weights: Weights) -> None:
        known = list(facts)
        self._weights = weights
        self._users = _users(known)
        self._at = Counter(place for one in known for place in one.at)
        self._n_at = sum(1 for one in known if one.at)
        families = Counter(one.family for one in known)
        # The prior: one entity of the family, or of a small town where the case is smaller, is the same as a given one.
        self._prior = {family: -math.log2(max(weights.least_population, n)) for family, n in families.items()}
        self._rarity: dict[Kind, Rarity] = {
            kind: Rarity.of((name for one in known if one.kind == kind for name in one.names), kind) for kind in _KINDS
        }
        self._names: dict[tuple[str, str, str], NameComparison] = {}

    def names(self, left: Facts, right: Facts) -> NameComparison | None:
        """The best comparison over their names; None where one has no name."""
        best: NameComparison | None = None
        kind = left.kind
        for a, b in product(left.names[:8], right.names[:8]):
            key = (kind, a, b) if a <= b else (kind, b, a)
            found = self._names.get(key)
            if found is None:
                found = compare_read(read_name(key[1], kind), read_name(key[2], kind), self._rarity[kind])
                self._names[key] = found
            if best is None or found.match_probability > best.match_probability:
                best = found
        return best

    def compare(self, left: Facts, right: Facts) -> Comparison:
        """Weigh all that the two share and all in which they contradict."""
        if left.family == "account":
            return _compare_accounts(left, right)
        shared = list(self.shared(left, right))
        name = self.names(left, right)
        if name is not None and name.match_probability < self._weights.name_at:
            if left.nickname or right.nickname:
                # What somebody calls himself in a chat contradicts no name.
                name = None
            elif shared and left.family == "person":
                name = respelt(left.names[:8], right.names[:8], self._rarity["person"]) or name
        if name is not None and name.match_probability >= self._weights.site_name_at:
            shared += self._same_site(left, right)
        mark = clash(left.marks, right.marks)
        weight = self._prior[left.family] + sum(agreement.bits for agreement in shared)
        weight += (name.match_weight if name else 0.0) + (self._weights.contradiction_bits if mark else 0.0)
        reasons = ([name.reason] if name else []) + [agreement.reason for agreement in shared]
        probability = 1 / (1 + 2.0 ** -max(-60.0, min(60.0, weight)))
        alike = name is not None and name.match_probability >= self._weights.name_at
        if mark:
            judgement = "different"
            reasons.append(f"contradiction: different {mark}")
        elif self._known_by_name(left, name):
            # Companies and sites are registered or known under one name; people are not.
            judgement, probability = "same", max(probability, self._weights.same_at)
        elif self._enough(name, alike, shared) and probability >= self._weights.same_at:
            judgement = "same"
        else:
            judgement = "unsure"
            if alike and not shared and left.family == "person":
                probability = min(probability, self._weights.name_alone_most)
                reasons.append("a name alone never merges two people")
            elif shared and name is not None and not alike:
                reasons.append("what they share may be a family's or a mule's: their names do not agree")
        return Comparison(judgement, round(probability, 6), round(weight, 3), "; ".join(reasons) or "nothing in common")

    def _enough(self, name: NameComparison | None, alike: bool, shared: Sequence[Agreement]) -> bool:
        """Names that agree and a second, independent thing; without a name, a document or a handle of one's own."""
        if name is None:
            return any(agreement.personal for agreement in shared)
        return alike and any(agreement.bits > 1.0 for agreement in shared)

    def _known_by_name(self, one: Facts, name: NameComparison | None) -> bool:
        return (
            one.family == "company"
            and name is not None
            and name.equal
            and name.match_weight >= self._weights.company_name_bits
        )

    def shared(self, left: Facts, right: Facts) -> Iterator[Agreement]:
        """What both have, by kind, with what it lends; a crowd's identifier lends nothing and is left out."""
        weights = self._weights
        for document in sorted(set(left.documents) & set(right.documents))[:1]:
            yield Agreement("same document number", self._damped(weights.document_bits, document), personal=True)
        if any(len(birth) == 10 for birth in set(left.births) & set(right.births)):
            yield Agreement("same birth date", weights.birth_bits)
        if left.address and left.address == right.address:
            yield Agreement("same address", self._damped(weights.address_bits, left.address))
        told = set()
        for identifier in sorted(set(left.identifiers) & set(right.identifiers)):
            kind = identifier.partition(":")[0]
            user_name = kind in _PERSONAL or _USER_NAME.fullmatch(identifier) is not None
            word = _WORDS.get(kind, "user_name" if user_name else kind)
            # Two phones shared say little more than one: whoever shares one is likely to share the other.
            if word in told:
                continue
            bits = self._damped(getattr(weights, f"{word}_bits", weights.other_bits), identifier)
            if bits > 0.0:
                told.add(word)
                reason = "wallets spent together" if word == "hand" else f"same {kind if user_name else word}"
                yield Agreement(reason, bits, personal=user_name and self._users[identifier] <= 2)

    def _same_site(self, left: Facts, right: Facts) -> list[Agreement]:
        """That both stand on lists of one site, for names that are one: of all who stand on such lists, few do there.

        People of one site share a nation, and so half of a name: what is only alike is as likely another's.
        """
        few = max((math.log2(self._n_at / self._at[place]) for place in left.at & right.at), default=0.0)
        return [Agreement("on lists of the same site", min(self._weights.site_bits, few))] if few > 0.0 else []

    def _damped(self, bits: float, value: str) -> float:
        """What is left of `bits` when people of different names share the value; nothing of a crowd's."""
        users = self._users[value]
        return 0.0 if users >= self._weights.crowd else max(0.0, bits - 1.5 * math.log2(max(1, users - 1)))


def _users(known: Sequence[Facts]) -> Counter[str]:
    """How many people of different names use each identifier, document and address; all without a name count as one."""
    used = {
        (value, (one.family, *(name.joined for name in one.read_names()[:1] if not one.nickname)))
        for one in known
        for value in {*one.identifiers, *one.documents, one.address}
    }
    return Counter(value for value, _ in used)


def _compare_accounts(left: Facts, right: Facts) -> Comparison:
    shared = [i for i in left.identifiers if i in right.identifiers and i.startswith("account:")]
    if shared:
        return Comparison("same", 1.0, 30.0, "same account number")
    return Comparison("different", 0.0, -30.0, "different account numbers")
