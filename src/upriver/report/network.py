"""Who is connected, as a picture: those in front by control, their strongest ties, groups in colours."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa
from markupsafe import Markup
from numpy.typing import NDArray

from upriver.report.claims import Facts
from upriver.report.drawing import (
    AMBER,
    FAINT,
    GROUPS,
    INK,
    OTHER_GROUP,
    PAPER,
    RUST,
    SOFT,
    Drawing,
    Space,
    text_width,
)
from upriver.report.figures import counted, shortened
from upriver.report.labels import Labels

_LEADING, _NODES, _EDGES = 16, 56, 170
_WIDTH, _HEIGHT = 1000.0, 620.0
_CONTROL = frozenset({"holds_key", "administers", "manages", "owns", "directs"})
_PROTECTED = frozenset({"presumed_victim", "refer", "reported_victim"})
_STEPS = 350
Points = NDArray[np.float64]


def network(facts: Facts) -> tuple[Markup, str] | None:
    """The picture and its caption; None where there are no ties."""
    roles = {row["person_id"]: row for row in facts.rows("role")}
    front = [row["person_id"] for row in sorted(roles.values(), key=lambda r: (r["rank"], r["person_id"]))[:_LEADING]]
    edges = _edges(facts, front)
    if not edges:
        return None
    nodes = sorted({end for edge in edges for end in (edge["source_id"], edge["target_id"])})
    groups = _groups(facts, nodes)
    place = layout(nodes, edges, groups)
    labels = facts.labels(nodes)
    n_all = facts.one("SELECT count(*) AS n FROM community")["n"] or 0
    caption = (
        f"{counted(len(nodes), 'node')} of {max(int(n_all), len(nodes)):,}: those with most marks of control, and "
        "their strongest "
        "ties. Colours are groups, nearness means little, and a tie is no accusation. A ring marks need for protection."
    )
    names = ", ".join(labels.label(person) for person in front[:5] if person in set(nodes))
    describe = f"{counted(len(nodes), 'node')}, {counted(len(edges), 'tie')}." + (
        f" In front: {names}." if names else ""
    )
    return _draw(nodes, edges, groups, place, labels, roles, describe), caption


def _edges(facts: Facts, front: list[str]) -> list[dict[str, Any]]:
    """Strongest ties of those in front, then among their neighbours; without anyone in front, the strongest of all."""
    shape = "SELECT e.source_id, e.target_id, e.kind, e.weight FROM edge e"
    if not front:
        found = facts.many(f"{shape} ORDER BY e.weight DESC, e.edge_id LIMIT {_EDGES}")
        return _kept(found, set())
    lent = pa.table({"node": front})
    near = facts.many(
        f"{shape} WHERE e.source_id IN (SELECT node FROM front) OR e.target_id IN (SELECT node FROM front) "
        f"ORDER BY CASE WHEN e.kind IN ('holds_key', 'administers', 'manages', 'owns', 'directs') THEN 0 ELSE 1 END, "
        f"e.weight DESC, e.edge_id LIMIT {_EDGES * 3}",
        front=lent,
    )
    kept = _kept(near, set(front))
    chosen = pa.table({"node": sorted({end for edge in kept for end in (edge["source_id"], edge["target_id"])})})
    among = facts.many(
        f"{shape} WHERE e.source_id IN (SELECT node FROM chosen) AND e.target_id IN (SELECT node FROM chosen) "
        f"ORDER BY e.weight DESC, e.edge_id LIMIT {_EDGES}",
        chosen=chosen,
    )
    known = {(edge["source_id"], edge["target_id"], edge["kind"]) for edge in kept}
    return kept + [edge for edge in among if (edge["source_id"], edge["target_id"], edge["kind"]) not in known]


def _kept(edges: list[dict[str, Any]], front: set[str]) -> list[dict[str, Any]]:
    """Edges in their order as long as the nodes do not become too many to read; no node takes more than a share."""
    seen = set(front)
    degree: dict[str, int] = defaultdict(int)
    kept: list[dict[str, Any]] = []
    for edge in edges:
        ends = {edge["source_id"], edge["target_id"]}
        if len(seen | ends) > _NODES or len(kept) >= _EDGES:
            continue
        if ends - seen and any(degree[end] >= 9 for end in ends & seen):
            continue
        seen |= ends
        for end in ends:
            degree[end] += 1
        kept.append(edge)
    return kept


def _groups(facts: Facts, nodes: list[str]) -> dict[str, tuple[str, str]]:
    """node -> (community_id, name)."""
    rows = facts.many(
        "SELECT c.node_id, c.community_id, c.name FROM community c JOIN wanted w ON w.node_id = c.node_id ORDER BY 1",
        wanted=pa.table({"node_id": nodes}),
    )
    return {row["node_id"]: (row["community_id"], facts.text(row["name"])) for row in rows}


def layout(nodes: list[str], edges: list[dict[str, Any]], groups: dict[str, tuple[str, str]]) -> Points:
    """Places of the nodes on the picture: springs and repulsion from a circle ordered by group; no chance in it."""
    ordered = sorted(range(len(nodes)), key=lambda at: (groups.get(nodes[at], ("~", ""))[0], nodes[at]))
    angle = np.empty(len(nodes))
    angle[ordered] = np.linspace(0, 2 * np.pi, len(nodes), endpoint=False)
    place = np.column_stack([np.cos(angle), np.sin(angle)])
    code = {node: at for at, node in enumerate(nodes)}
    pull = np.zeros((len(nodes), len(nodes)))
    for edge in edges:
        a, b = code[edge["source_id"]], code[edge["target_id"]]
        pull[a, b] = pull[b, a] = min(2.0, pull[a, b] + 0.6 + min(edge["weight"], 1.0))
    ids = [groups.get(node, (node, ""))[0] for node in nodes]
    same = np.array([[a == b for b in ids] for a in ids], dtype=float) * 0.12
    wide = 1.9 / np.sqrt(max(len(nodes), 2))
    for step in range(_STEPS):
        apart = place[:, None, :] - place[None, :, :]
        distance = np.sqrt((apart**2).sum(axis=2)) + 1e-6
        push = wide**2 / distance
        draw = (pull + same) * distance**2 / wide * 0.5
        force = ((push - draw) / distance)[:, :, None] * apart
        move = force.sum(axis=1) - 0.35 * place
        length = np.sqrt((move**2).sum(axis=1, keepdims=True)) + 1e-9
        heat = 0.12 * (1 - step / _STEPS) + 0.002
        place = np.round(place + move / length * np.minimum(length, heat), 9)
    low, high = place.min(axis=0), place.max(axis=0)
    span = np.maximum(high - low, 1e-6)
    scaled: Points = (place - low) / span * np.array([_WIDTH - 230, _HEIGHT - 130]) + np.array([75, 40])
    return scaled


def _draw(
    nodes: list[str],
    edges: list[dict[str, Any]],
    groups: dict[str, tuple[str, str]],
    place: Points,
    labels: Labels,
    roles: dict[str, Any],
    describe: str,
) -> Markup:
    drawing = Drawing("network", _WIDTH, _HEIGHT, "Who is connected", describe)
    code = {node: at for at, node in enumerate(nodes)}
    degree: dict[str, int] = defaultdict(int)
    for edge in sorted(edges, key=lambda e: (e["kind"] in _CONTROL, e["source_id"], e["target_id"], e["kind"])):
        for end in (edge["source_id"], edge["target_id"]):
            degree[end] += 1
        ends = [tuple(place[code[edge[side]]]) for side in ("source_id", "target_id")]
        stroke, width, dash = _style(edge["kind"])
        drawing.line(ends, stroke, width, dash, 0.75)
    colours = _colours(nodes, groups)
    space = Space()
    ordered = sorted(nodes, key=lambda node: (roles[node]["rank"] if node in roles else 10**6, -degree[node], node))
    sizes = {}
    for node in reversed(ordered):
        x, y = place[code[node]]
        size = 11.0 - min(5.0, roles[node]["rank"] * 0.35) if node in roles else 4.0 + min(2.0, degree[node] * 0.2)
        sizes[node] = size
        protection = roles[node]["protection"] if node in roles else ""
        tip = labels.label(node) + (f": rank {roles[node]['rank']} by control" if node in roles else "")
        if protection in _PROTECTED or labels.is_masked(node):
            drawing.circle(x, y, size + 3.5, PAPER, AMBER, 2)
            sizes[node] = size + 4
        drawing.circle(x, y, size, colours.get(groups.get(node, ("", ""))[0], OTHER_GROUP), PAPER, 1, tip)
    for node in nodes:
        x, y = place[code[node]]
        space.take(x - sizes[node], y - sizes[node], 2 * sizes[node], 2 * sizes[node])
    for number, node in enumerate(ordered):
        text = labels.label(node, 30)
        size = 12.0 if node in roles else 10.5
        x, y = place[code[node]]
        _label(drawing, space, x, y, sizes[node], text, size, bold=number < 5 and node in roles)
    _legend(drawing, nodes, groups, colours)
    return drawing.svg()


def _style(kind: str) -> tuple[str, float, str]:
    if kind in _CONTROL:
        return INK, 1.7, ""
    if kind == "pays":
        return RUST, 1.2, ""
    if kind == "kin":
        return SOFT, 1.2, "1.5 3"
    if kind in {"shares", "script", "same_site", "travels_with"}:
        return "#8fa0af", 1.0, "5 3"
    return "#a9b8c5", 0.9, ""


def _colours(nodes: list[str], groups: dict[str, tuple[str, str]]) -> dict[str, str]:
    sizes: dict[str, int] = defaultdict(int)
    for node in nodes:
        if node in groups:
            sizes[groups[node][0]] += 1
    ordered = sorted(sizes, key=lambda group: (-sizes[group], group))[: len(GROUPS)]
    return dict(zip(ordered, GROUPS, strict=False))


def _label(
    drawing: Drawing, space: Space, x: float, y: float, size: float, text: str, letter: float, bold: bool
) -> None:
    width = text_width(text, letter)
    choices = (
        (x + size + 5, y + 4, "start", x + size + 4),
        (x - size - 5, y + 4, "end", x - size - 5 - width),
        (x, y - size - 6, "middle", x - width / 2),
        (x, y + size + 13, "middle", x - width / 2),
    )
    for at_x, at_y, anchor, left in choices:
        inside = left > 2 and left + width < _WIDTH - 2 and 12 < at_y < _HEIGHT - 46
        if inside and space.take(left, at_y - letter, width, letter * 1.25):
            drawing.text(at_x, at_y, text, letter, INK, anchor, bold, halo=True)
            return


def _legend(drawing: Drawing, nodes: list[str], groups: dict[str, tuple[str, str]], colours: dict[str, str]) -> None:
    names = {groups[node][0]: groups[node][1] for node in nodes if node in groups}
    x, y = 8.0, _HEIGHT - 30
    for group, colour in colours.items():
        text = shortened(names[group], 34)
        if x + text_width(text, 11) + 30 > _WIDTH:
            break
        drawing.circle(x + 5, y, 5, colour)
        drawing.text(x + 14, y + 4, text, 11, SOFT)
        x += text_width(text, 11) + 34
    drawing.line([(0, _HEIGHT - 44), (_WIDTH, _HEIGHT - 44)], FAINT)
    x, y = 8.0, _HEIGHT - 10
    for text, kind in (
        ("keys, orders, ownership", "owns"), ("pays", "pays"), ("calls, writes", "calls"),
        ("shares, same script", "shares"),
        ("kin (never scored)", "kin"),
    ):  # fmt: skip
        stroke, width, dash = _style(kind)
        drawing.line([(x, y - 4), (x + 24, y - 4)], stroke, width + 0.4, dash)
        drawing.text(x + 30, y, text, 11, SOFT)
        x += text_width(text, 11) + 56
    drawing.circle(x + 6, y - 4, 4, OTHER_GROUP)
    drawing.circle(x + 6, y - 4, 7, "none", AMBER, 2)
    drawing.text(x + 18, y, "need for protection", 11, SOFT)
