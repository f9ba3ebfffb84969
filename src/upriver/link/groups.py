"""Groups in the network: found without hubs and without mere presence, each with a name from its own evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from upriver.model.ids import content_id

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.graph.build import Flags, Floats, Ints

# Ties by which strangers meet by the thousand; register lines have no switchboards.
_FLOWS = ("calls", "pays", "writes_to")
# Standing on one list or sitting in one aircraft with somebody makes no group.
_NO_GLUE = ("same_site", "travels_with")
# One of these alone may be a wrong number, a sale, a lead: it glues by what goes beyond one record.
_ONCE = ("calls", "pays")
_ONE = float(np.log(2.0))  # the weight of a tie of one record
# Ties to a thing that many may have: a site of hundreds says less of two people there than an office of five.
_BELONGS = ("works_at", "member_of", "administers", "holds_key", "directs", "owns")
_BODIES = ("Company", "Organization", "PublicBody", "LegalEntity")
_WORDS = 6  # of a script, in the name of a group


@dataclass(frozen=True)
class GroupParams:
    """hub_least, hub_times  a node with more partners than both `hub_least` and `hub_times` the mean of its kind of tie
                          (an exchange, a switchboard, a help line) does not glue strangers: those ties stay in
                          `edge` and are left out here
    resolution            above 1: smaller groups; at 0.5 a company stays whole more often than its teams
    resamples, keep       networks drawn for `stability` and `cohesion`, and the share of ties in each
    core_share            of the drawn networks, in which a core member stays with most of its group
    """

    hub_least: int = 40
    hub_times: float = 10.0
    resolution: float = 0.5
    resamples: int = 20
    keep: float = 0.8
    core_share: float = 0.8
    seed: int = 7


def group_rows(
    edges: pa.Table,
    captions: Mapping[str, tuple[str, str]],
    services: frozenset[str],
    params: GroupParams,
    says: Mapping[str, Sequence[str]] | None = None,
) -> list[dict[str, object]]:
    """Rows of `community`, for nodes that are tied to another; groups are the same for the same edges in any order.

    edges     source_id, target_id, kind, weight of `edge`
    captions  schema and caption by canonical_id
    services  nodes of known services: they belong to no group
    says      words of the scripts that a node sends
    """
    from upriver.graph.build import encode, undirected
    from upriver.graph.communities import communities

    ids, (source, target) = encode(edges["source_id"], edges["target_id"])
    names: list[str] = ids.to_pylist()
    kinds = np.array(edges["kind"].to_pylist(), dtype=object)
    weights = _glue(kinds, target, edges["weight"].to_numpy(), len(names))
    kept = (weights > 0.0) & ~np.isin(kinds, _NO_GLUE)
    for kind in _FLOWS:
        kept &= ~_through_hubs(len(names), source, target, kinds == kind, params)
    service = np.array([name in services for name in names], dtype=np.bool_)
    if len(names):
        kept &= ~(service[source] | service[target])
    source, target, weights = source[kept], target[kept], weights[kept]
    if not len(source):
        return []
    label = communities(undirected(len(names), source, target, weights), params.resolution)
    stability, cohesion = _stability(len(names), source, target, weights, label, params)
    tied = np.zeros(len(names), dtype=np.bool_)
    tied[source] = tied[target] = True
    members: dict[int, list[int]] = defaultdict(list)
    for node in np.flatnonzero(tied).tolist():
        members[int(label[node])].append(node)
    naming = _Naming(names, label, source, target, captions, says or {})
    rows: list[dict[str, object]] = []
    for number, nodes in members.items():
        group = [names[node] for node in nodes]
        (name, why), community = naming.of(nodes), content_id("community", *group)
        rows += [
            {
                "node_id": names[node], "community_id": community, "name": name, "named_by": why,
                "n_members": len(group), "stability": round(float(stability[node]), 4),
                "core": bool(stability[node] >= params.core_share), "cohesion": round(float(cohesion[number]), 4),
            }
            for node in nodes
        ]  # fmt: skip
    return rows


def _glue(kinds: np.ndarray[tuple[int], np.dtype[np.object_]], target: Ints, weights: Floats, n: int) -> Floats:
    """How much each tie holds a group together, 0 or more."""
    glue: Floats = np.where(np.isin(kinds, _ONCE), np.maximum(0.0, weights - _ONE), weights)
    glue[glue < 1e-5] = 0.0  # weights are rounded to a millionth
    for kind in _BELONGS:
        chosen = kinds == kind
        size = np.bincount(target[chosen], minlength=n)
        glue[chosen] /= np.sqrt(size[target[chosen]])
    return glue


def _through_hubs(n: int, source: Ints, target: Ints, chosen: Flags, params: GroupParams) -> Flags:
    """Which of the `chosen` ties have a hub at an end."""
    ends = np.unique(np.stack([np.r_[source[chosen], target[chosen]], np.r_[target[chosen], source[chosen]]]), axis=1)
    partners = np.bincount(ends[0], minlength=n)
    present = partners[partners > 0]
    bound = max(params.hub_least, params.hub_times * float(present.mean())) if len(present) else params.hub_least
    hub = partners > bound
    through: Flags = chosen & (hub[source] | hub[target])
    return through


def _stability(
    n: int, source: Ints, target: Ints, weights: Floats, label: Ints, params: GroupParams
) -> tuple[Floats, Floats]:
    """How the groups fare in networks drawn with a part of the ties.

    returns  for each node, the share of the drawn networks in which it stays with more than half of its group; for each
             group, the share of its pairs of members that stay together, meant over the drawn networks
    """
    from upriver.graph.build import undirected
    from upriver.graph.communities import communities

    dice = np.random.default_rng(params.seed)
    # Ties are drawn in the order of their ends, so that the draw does not depend on the order of rows.
    order = np.lexsort((weights, target, source))
    source, target, weights = source[order], target[order], weights[order]
    size = np.bincount(label, minlength=n).astype(np.int64)
    stays, pairs = np.zeros(n), np.zeros(n)
    for _ in range(params.resamples):
        drawn = dice.random(len(source)) < params.keep
        again = communities(undirected(n, source[drawn], target[drawn], weights[drawn]), params.resolution)
        both = label.astype(np.int64) * n + again
        piece, place, together = np.unique(both, return_inverse=True, return_counts=True)
        stays += together[place] * 2 > size[label]
        pairs += np.bincount(piece // n, weights=together * (together - 1.0), minlength=n)
    draws = max(1, params.resamples)
    stability: Floats = stays / draws
    cohesion: Floats = np.where(size > 1, pairs / np.maximum(1, size * (size - 1)) / draws, 1.0)
    return stability, cohesion


class _Naming:
    """Names a group by the body or the script that most of it has and few others have; never by a person's name."""

    def __init__(
        self,
        names: list[str],
        label: Ints,
        source: Ints,
        target: Ints,
        captions: Mapping[str, tuple[str, str]],
        says: Mapping[str, Sequence[str]],
    ) -> None:
        self._names, self._captions, self._says = names, captions, says
        self._senders = Counter(words for node in names for words in set(says.get(node, ())))
        ends = np.unique(np.stack([np.r_[source, target], np.r_[target, source]]), axis=1)
        inside = label[ends[0]] == label[ends[1]]
        self._all = np.bincount(ends[0], minlength=len(names))
        self._in = np.bincount(ends[0][inside], minlength=len(names))

    def of(self, nodes: list[int]) -> tuple[str, str]:
        """Name of the group of `nodes`, and in words what it rests on."""
        offers: list[tuple[float, int, str, str]] = []
        for node in nodes:
            schema, caption = self._captions.get(self._names[node], ("", ""))
            if schema in _BODIES and caption and caption != schema:
                n_in, n_all = int(self._in[node]), max(1, int(self._all[node]))
                why = f"{n_in} of the {n_all} tied to {caption} are in this group"
                offers.append((-n_in * n_in / n_all, 0, caption, why))
        sent = Counter(words for node in nodes for words in set(self._says.get(self._names[node], ())))
        for words, n_in in sent.items():
            if n_in >= 2 and words:
                short = " ".join(words.split()[:_WORDS])
                why = f"{n_in} of the {self._senders[words]} who send it are in this group"
                offers.append((-n_in * n_in / self._senders[words], 1, f"script “{short}…”", why))
        if offers:
            _, _, name, why = min(offers)
            return name, why
        return _by_identifiers([self._names[node] for node in nodes])


def _by_identifiers(group: list[str]) -> tuple[str, str]:
    kinds = Counter(name.partition(":")[0] for name in group if ":" in name)
    if not kinds:
        return f"group of {len(group)} people", "no body and no script is shared"
    kind = min(kinds, key=lambda k: (-kinds[k], k))
    why = f"{kinds[kind]} of its {len(group)} are {kind.replace('_', ' ')}s that nobody is known to own"
    if kind in ("phone", "whatsapp"):
        starts = Counter(name.partition(":")[2][:3] for name in group if name.startswith(f"{kind}:+"))
        if starts:
            start = min(starts, key=lambda s: (-starts[s], s))
            return f"group of {len(group)} around phones {start}…", why
    return f"group of {len(group)} around {kind.replace('_', ' ')}s", why
