"""Groups compared as wholes, after their records were compared one by one.

A key list tells a number and a name as one desk spells it, a register a document and the name in its own script.
Neither alone meets the third list, which has the number and the script; together they do. The rules are those of two
records: names that agree and something beside them, and nothing that contradicts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from upriver.resolve.compare import Comparer, Comparison, Weights
from upriver.resolve.facts import Facts

Pair = tuple[str, str]
Met = tuple[str, int, str, int]  # two groups and their sizes
ROUNDS = 5  # groups that join may meet others; chains longer than this are left as they are


def joined_as_groups(
    facts: Mapping[str, Facts], canonical: Mapping[str, str], unsure: Iterable[Pair], weights: Weights, seen: set[Met]
) -> dict[Pair, Comparison]:
    """Of the pairs `unsure` of two people's records, one for each two groups that are the same when weighed as wholes.

    canonical  entity -> its group
    seen       groups that were compared before, as large as they are; those of this round are added
    """
    between: dict[Pair, list[Pair]] = defaultdict(list)
    for left, right in unsure:
        one, two = sorted((canonical[left], canonical[right]))
        if one != two and facts[left].family == facts[right].family == "person":
            between[one, two].append((left, right))
    members: dict[str, list[Facts]] = defaultdict(list)
    for entity, one_of in facts.items():
        members[canonical[entity]].append(one_of)
    met = {(one, two): (one, len(members[one]), two, len(members[two])) for one, two in between}
    worth = [
        (one, two) for (one, two), now in sorted(met.items())
        if now not in seen and len(members[one]) + len(members[two]) > 2 and _may_share(members[one], members[two])
    ]  # fmt: skip
    if not worth:
        return {}
    seen.update(met[pair] for pair in worth)
    # How rare a name is, and how many use an identifier, is counted in people, not in their records.
    whole = {group: _merged(group, held) for group, held in members.items()}
    comparer = Comparer(whole.values(), weights)
    found: dict[Pair, Comparison] = {}
    for one, two in worth:
        comparison = comparer.compare(whole[one], whole[two])
        if comparison.judgement == "same":
            found[min(between[one, two])] = comparison
    return found


def _may_share(one: Sequence[Facts], two: Sequence[Facts]) -> bool:
    return not _held(one).isdisjoint(_held(two))


def _held(records: Sequence[Facts]) -> set[str]:
    held: set[str] = set()
    for one in records:
        held.update(one.documents, one.identifiers, one.births, one.at, (one.address,))
    return held - {""}


def _merged(group: str, held: Sequence[Facts]) -> Facts:
    """What all records of one person tell; what somebody calls himself in a chat is a name only where none is told."""
    named = [one for one in held if one.names and not one.nickname]
    return Facts(
        entity_id=group,
        schema=held[0].schema,
        family=held[0].family,
        names=tuple(_by_use(one.names for one in named or held)),
        births=_all(one.births for one in held),
        documents=_all(one.documents for one in held),
        identifiers=_all(one.identifiers for one in held),
        address=next(_by_use([one.address] for one in held if one.address), ""),
        at=frozenset().union(*(one.at for one in held)),
        listed=any(one.listed for one in held),
        nickname=not named and any(one.nickname for one in held),
        records=_all(one.records for one in held),
        marks=_marks(held),
    )


def _by_use(told: Iterable[Sequence[str]]) -> Iterator[str]:
    """Values, the most frequent first."""
    counts = Counter(value for values in told for value in values)
    return iter(sorted(counts, key=lambda value: (-counts[value], value)))


def _all(told: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(sorted({value for values in told for value in values}))


def _marks(held: Sequence[Facts]) -> dict[str, frozenset[str]]:
    marks: dict[str, frozenset[str]] = {}
    for one in held:
        for mark, values in one.marks.items():
            marks[mark] = marks.get(mark, frozenset()) | values
    return marks
