"""Groups in the network: found without hubs and without mere presence, each with a name from its own evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from upriver.model.ids import content_id

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.graph.build import Flags, Floats, Ints

# Ties by which strangers meet by the thousand; register lines have no switchboards.
_FLOWS = ("calls", "pays", "writes_to")
# Standing on one list with somebody makes no group.
_NO_GLUE = ("same_site",)


@dataclass(frozen=True)
class GroupParams:
    """hub_least, hub_times  a node with more partners than both `hub_least` and `hub_times` the mean of its kind of tie
                          (an exchange, a switchboard, a help line) does not glue strangers: those ties stay in
                          `edge` and are left out here
    resolution            above 1: smaller groups
    resamples, keep       networks drawn for `stability`, and the share of ties in each
    """

    hub_least: int = 40
    hub_times: float = 10.0
    resolution: float = 1.0
    resamples: int = 8
    keep: float = 0.8
    seed: int = 7


def group_rows(
    edges: pa.Table, captions: Mapping[str, tuple[str, str]], services: frozenset[str], params: GroupParams
) -> list[dict[str, object]]:
    """Rows of `community`, for nodes that are tied to another; groups are the same for the same edges in any order.

    edges     source_id, target_id, kind, weight of `edge`
    captions  schema and caption by canonical_id
    services  nodes of known services: they belong to no group
    """
    from upriver.graph.build import encode, undirected
    from upriver.graph.communities import communities

    ids, (source, target) = encode(edges["source_id"], edges["target_id"])
    names: list[str] = ids.to_pylist()
    kinds = np.array(edges["kind"].to_pylist(), dtype=object)
    weights = edges["weight"].to_numpy()
    kept = ~np.isin(kinds, _NO_GLUE)
    for kind in _FLOWS:
        kept &= ~_through_hubs(len(names), source, target, kinds == kind, params)
    service = np.array([name in services for name in names], dtype=np.bool_)
    if len(names):
        kept &= ~(service[source] | service[target])
    source, target, weights = source[kept], target[kept], weights[kept]
    if not len(source):
        return []
    label = communities(undirected(len(names), source, target, weights), params.resolution)
    stability = _stability(len(names), source, target, weights, label, params)
    tied = np.zeros(len(names), dtype=np.bool_)
    tied[source] = tied[target] = True
    members: dict[int, list[int]] = defaultdict(list)
    for node in np.flatnonzero(tied).tolist():
        members[int(label[node])].append(node)
    both_ends = np.r_[source, target]
    degree = np.bincount(both_ends, weights=np.r_[weights, weights], minlength=len(names)).astype(np.float64)
    rows: list[dict[str, object]] = []
    for nodes in members.values():
        group = [names[node] for node in nodes]
        name, community = _name(nodes, names, degree, captions), content_id("community", *group)
        rows += [
            {
                "node_id": names[node], "community_id": community, "name": name,
                "n_members": len(group), "stability": round(float(stability[node]), 4),
            }
            for node in nodes
        ]  # fmt: skip
    return rows


def _through_hubs(n: int, source: Ints, target: Ints, chosen: Flags, params: GroupParams) -> Flags:
    """Which of the `chosen` ties have a hub at an end."""
    ends = np.unique(np.stack([np.r_[source[chosen], target[chosen]], np.r_[target[chosen], source[chosen]]]), axis=1)
    partners = np.bincount(ends[0], minlength=n)
    present = partners[partners > 0]
    bound = max(params.hub_least, params.hub_times * float(present.mean())) if len(present) else params.hub_least
    hub = partners > bound
    through: Flags = chosen & (hub[source] | hub[target])
    return through


def _stability(n: int, source: Ints, target: Ints, weights: Floats, label: Ints, params: GroupParams) -> Floats:
    """For each node, the share of drawn networks in which it stays with more than half of its group."""
    from upriver.graph.build import undirected
    from upriver.graph.communities import communities

    dice = np.random.default_rng(params.seed)
    # Ties are drawn in the order of their ends, so that the draw does not depend on the order of rows.
    order = np.lexsort((weights, target, source))
    source, target, weights = source[order], target[order], weights[order]
    size = np.bincount(label, minlength=n)
    stays = np.zeros(n)
    for _ in range(params.resamples):
        drawn = dice.random(len(source)) < params.keep
        again = communities(undirected(n, source[drawn], target[drawn], weights[drawn]), params.resolution)
        both = label.astype(np.int64) * n + again
        _, place, together = np.unique(both, return_inverse=True, return_counts=True)
        stays += together[place] * 2 > size[label]
    result: Floats = stays / max(1, params.resamples)
    return result


def _name(nodes: list[int], names: list[str], degree: Floats, captions: Mapping[str, tuple[str, str]]) -> str:
    """From companies, sites and threads in it, then from its identifiers; never from a person's name."""
    ranked = sorted(nodes, key=lambda node: (-degree[node], names[node]))
    for node in ranked:
        schema, caption = captions.get(names[node], ("", ""))
        if schema in ("Company", "Organization", "PublicBody", "LegalEntity") and caption and caption != schema:
            return caption
    kinds = Counter(names[node].partition(":")[0] for node in nodes if ":" in names[node])
    if not kinds:
        return f"group of {len(nodes)} people"
    kind = min(kinds, key=lambda k: (-kinds[k], k))
    words = kind.replace("_", " ")
    if kind in ("phone", "whatsapp"):
        starts = Counter(names[node].partition(":")[2][:3] for node in nodes if names[node].startswith(f"{kind}:+"))
        if starts:
            start = min(starts, key=lambda s: (-starts[s], s))
            return f"group of {len(nodes)} around phones {start}…"
    return f"group of {len(nodes)} around {words}s"
