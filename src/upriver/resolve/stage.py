"""The resolve stage."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from upriver.case.stage import Desk, Stage
from upriver.clean.wallets import CHAINS
from upriver.resolve.blocking import RULES, Bounds, candidate_pairs
from upriver.resolve.cluster import clusters
from upriver.resolve.compare import Comparer, Weights
from upriver.resolve.cospend import hands
from upriver.resolve.facts import Facts, gather, usual_caption
from upriver.resolve.memory import joined_before, kept_ids
from upriver.resolve.together import ROUNDS, Met, joined_as_groups
from upriver.resolve.watchlist import Screening, hits

# Of the schemata in one cluster, the one that says most.
_SPECIFIC = ("Person", "Company", "PublicBody", "Organization", "LegalEntity")
_WALLETS = (*sorted(CHAINS), "account")


Pair = tuple[str, str]


@dataclass(frozen=True)
class ResolveParams(Bounds, Weights, Screening):
    """How entities are brought together; `most_inputs`: payers of one transaction that still show one hand."""

    most_inputs: int = 20


def run(case: Desk, params: ResolveParams) -> None:
    """Who is who: pairs worth comparing, judged with reasons; clusters; hits on watchlists."""
    facts, captions = gather(case)
    facts = _with_hands(facts, hands(case, params.most_inputs))
    decided = _decisions(case, facts)
    case.progress(0.3, "pairs worth comparing")
    pairs = {
        (left, right): RULES[rule]
        for left, right, rule in zip(
            *(c.to_pylist() for c in candidate_pairs(case, facts, params).columns), strict=True
        )
        # A listed entity meets the evidence in watchlist_hit only.
        if not (facts[left].listed or facts[right].listed)
    }
    standing = joined_before(case, facts)
    pairs |= dict.fromkeys(sorted(standing - pairs.keys()), "joined before")
    pairs |= dict.fromkeys(sorted(decided), "decision of an analyst")
    case.write("candidate_pair", [{"left_id": a, "right_id": b, "rule": pairs[a, b]} for a, b in sorted(pairs)])

    case.progress(0.5, "comparing")
    comparer = Comparer(facts.values(), params)
    judgements = {pair: _judge(pair, facts, comparer, decided) for pair in sorted(pairs)}
    _hold(judgements, standing)

    case.progress(0.8, "clusters")
    canonical = _clusters(facts, judgements, decided)
    seen: set[Met] = set()
    for _ in range(ROUNDS):
        unsure = [pair for pair, row in judgements.items() if row["judgement"] == "unsure" and pair not in decided]
        joined = joined_as_groups(facts, canonical, unsure, params, seen)
        if not joined:
            break
        for pair, whole in joined.items():
            judgements[pair] |= {
                "judgement": "same", "match_probability": whole.match_probability, "match_weight": whole.match_weight,
                "reason": f"{judgements[pair]['reason']}; with all that their groups tell: {whole.reason}",
            }  # fmt: skip
        canonical = _clusters(facts, judgements, decided)
    case.write("judgement", list(judgements.values()))
    case.write("entity", _entities(captions, kept_ids(case, canonical)))
    case.write("watchlist_hit", list(hits(case, facts, comparer, params)))


def _clusters(
    facts: Mapping[str, Facts], judgements: Mapping[Pair, dict[str, object]], decided: Mapping[Pair, Mapping[str, str]]
) -> dict[str, str]:
    """entity -> the first of its group. Pairs that would join a contradiction become unsure, with the reason."""
    ids = list(facts)
    code = {entity: n for n, entity in enumerate(ids)}
    label, refused = clusters(
        len(ids),
        same=[
            (code[a], code[b], float(str(row["match_weight"])))
            for (a, b), row in judgements.items()
            if row["judgement"] == "same" and (a, b) not in decided
        ],
        marks={code[entity]: one.marks for entity, one in facts.items() if one.marks},
        forced=[(code[a], code[b]) for (a, b), d in sorted(decided.items()) if d["kind"] == "same"],
        apart=[(code[a], code[b]) for (a, b), d in sorted(decided.items()) if d["kind"] == "different"],
        listed=frozenset(code[entity] for entity, one in facts.items() if one.listed),
    )
    for (a, b), reason in refused.items():
        row = judgements[ids[a], ids[b]]
        row["judgement"], row["reason"] = "unsure", f"{row['reason']}; not joined: {reason}"
    return {entity: ids[label[code[entity]]] for entity in ids}


def _judge(
    pair: Pair,
    facts: Mapping[str, Facts],
    comparer: Comparer,
    decided: Mapping[Pair, Mapping[str, str]],
) -> dict[str, object]:
    left, right = facts[pair[0]], facts[pair[1]]
    row: dict[str, object] = {"left_id": pair[0], "right_id": pair[1]}
    decision = decided.get(pair)
    if decision is not None:
        same = decision["kind"] == "same"
        return row | {
            "judgement": decision["kind"], "match_probability": float(same), "match_weight": 30.0 if same else -30.0,
            "reason": decision["why"], "decided_by": decision["who"],
        }  # fmt: skip
    found = comparer.compare(left, right)
    return row | {
        "judgement": found.judgement, "match_probability": found.match_probability, "match_weight": found.match_weight,
        "reason": found.reason, "decided_by": "rule" if left.family == "account" else "model",
    }  # fmt: skip


def _hold(judgements: Mapping[Pair, dict[str, object]], standing: Collection[Pair]) -> None:
    """What was joined before new evidence came stays joined, unless the new evidence contradicts it."""
    for pair in standing:
        row = judgements[pair]
        if row["judgement"] == "unsure":
            row["judgement"] = "same"
            row["reason"] = f"{row['reason']}; joined in the run before, and nothing contradicts it"


def _decisions(case: Desk, facts: Mapping[str, Facts]) -> dict[Pair, dict[str, str]]:
    """The analysts' last decision on each pair of entities of this case."""
    rows = case.read("decision", where="kind IN ('same', 'different') AND object_id IS NOT NULL").to_pylist()
    decided: dict[Pair, dict[str, str]] = {}
    for row in sorted(rows, key=lambda row: (row["decided_at"], row["decision_id"])):
        left, right = sorted((row["subject_id"], row["object_id"]))
        if left != right and left in facts and right in facts:
            decided[left, right] = row
    return decided


def _with_hands(facts: dict[str, Facts], hand: Mapping[str, str]) -> dict[str, Facts]:
    """Wallets spent together become one more thing that their holders share; the wallets themselves stay two."""
    if not hand:
        return facts
    found = {}
    for entity, one in facts.items():
        held = {
            f"hand:{hand[value]}"
            for kind, _, value in (identifier.partition(":") for identifier in one.identifiers)
            if kind in _WALLETS and value in hand and one.family != "account"
        }
        found[entity] = replace(one, identifiers=tuple(sorted({*one.identifiers, *held}))) if held else one
    return found


def _entities(captions: Mapping[str, tuple[str, str]], canonical: Mapping[str, str]) -> list[dict[str, object]]:
    members: dict[str, list[str]] = defaultdict(list)
    for entity in captions:
        members[canonical.get(entity, entity)].append(entity)
    rows: list[dict[str, object]] = []
    for shared, entities in members.items():
        schemata = Counter(captions[entity][0] for entity in entities)
        schema = next((s for s in _SPECIFIC if s in schemata), min(schemata))
        caption = usual_caption(captions[entity][1] for entity in entities) or schema
        rows += [
            {
                "entity_id": entity, "canonical_id": shared, "schema": schema, "caption": caption,
                "n_members": len(entities),
            }
            for entity in entities
        ]  # fmt: skip
    return rows


STAGE = Stage(
    "resolve",
    reads=("statement", "observable", "transfer", "decision"),
    heeds=("same", "different"),
    writes=("candidate_pair", "judgement", "entity", "watchlist_hit"),
    run=run,
    params=ResolveParams,
    remembers=("judgement", "entity"),
)
