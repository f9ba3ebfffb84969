"""The network before and after those taken, as two pictures of one layout: what still holds together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import pyarrow as pa
from markupsafe import Markup

from upriver.report.claims import Facts
from upriver.report.drawing import AMBER, DEEP, INK, OTHER_GROUP, PAPER, RUST, SOFT, Drawing
from upriver.report.figures import counted, share
from upriver.report.network import layout
from upriver.report.opened import Opened

_FRONT, _TAKEN, _EDGES = 70, 60, 900
_WIDTH, _HEIGHT = 1000.0, 500.0
_PANEL, _TOP, _TALL = 470.0, 54.0, 400.0
# Kin is shown elsewhere and never holds a network together here; a shared site or script ties workers to workers.
_LEFT_OUT = "('kin', 'same_site', 'travels_with', 'script')"


def standing(facts: Facts, opened: Opened) -> tuple[Markup, Markup] | None:
    """Two panels and a caption; None where nobody is told as handed over, or nobody in the picture has a tie."""
    ranked = sorted((row for row in facts.rows("role") if row["score"] > 0), key=lambda r: (r["rank"], r["person_id"]))
    taken = _handed(facts)
    if not taken or not ranked:
        return None
    front = [row["person_id"] for row in ranked[:_FRONT]]
    edges = _edges(facts, front, sorted(taken))
    tied = _ties(edges)
    held = sorted((node for node in taken - set(front) if node in tied), key=lambda node: (-tied[node], node))[:_TAKEN]
    shown = {*front, *held}
    edges = [edge for edge in edges if edge["source_id"] in shown and edge["target_id"] in shown][:_EDGES]
    nodes = sorted(_ties(edges))
    if len(nodes) < 3:
        return None
    place = layout(nodes, edges, {})
    at = {node: (float(x), float(y)) for node, (x, y) in zip(nodes, place, strict=True)}
    gone = taken & set(nodes)
    before, after = _largest(nodes, edges, set()), _largest(nodes, edges, gone)
    title = (
        f"Of {counted(len(nodes), 'node')} drawn: {len(before)} hold together before; after, {len(after)} of the "
        f"{len(nodes) - len(gone)} that are left"
    )
    drawing = Drawing(
        "standing", _WIDTH, _HEIGHT, "The network before and after those taken",
        f"{title}. {counted(len(gone), 'person', 'people')} taken.",
    )  # fmt: skip
    drawing.text(0, 16, title, 14, INK, bold=True)
    labels = facts.labels(nodes)
    _panel(drawing, 0.0, "before", nodes, edges, at, set(), before, labels)
    _panel(drawing, _WIDTH - _PANEL, f"without the {len(gone)} taken", nodes, edges, at, gone, after, labels)
    _legend(drawing)
    caption = (
        f"{counted(len(front), 'person', 'people')} with most marks of control, {len(held)} of {len(taken)} handed "
        "over who have a tie to somebody here, and the ties among them. Both panels have one layout; nearness means "
        f"little, and a tie is no accusation.{_whole(opened)} Hidden ties would hold more together. Source: ties, "
        "roles and lists of this case."
    )
    return drawing.svg(), Markup("{}{}").format(caption, opened.links(opened.by_rule("residual_network")))


def _whole(opened: Opened) -> str:
    """What holds together of the whole network, of which the picture shows the front."""
    told = [row for row in opened.by_rule("residual_network") if row["ratio"] is not None]
    if not told:
        return ""
    row = told[0]
    return (
        f" This is its front alone: of the whole, {row['numerator']:,.0f} of {row['denominator']:,.0f} nodes stay in "
        f"the largest part ({share(row['ratio'])})."
    )


def _handed(facts: Facts) -> set[str]:
    rows = facts.many(
        "SELECT DISTINCT e.canonical_id FROM statement s JOIN entity e ON s.entity_id = e.entity_id "
        "WHERE s.prop = 'status' AND s.value = 'handed over' ORDER BY 1"
    )
    return {row["canonical_id"] for row in rows}


def _edges(facts: Facts, front: list[str], taken: list[str]) -> list[dict[str, Any]]:
    chosen = pa.table({"node": sorted({*front, *taken})})
    return facts.many(
        "SELECT e.source_id, e.target_id, e.kind, e.weight FROM edge e "
        "JOIN chosen a ON a.node = e.source_id JOIN chosen b ON b.node = e.target_id "
        f"WHERE e.kind NOT IN {_LEFT_OUT} AND e.source_id <> e.target_id ORDER BY e.weight DESC, e.edge_id",
        chosen=chosen,
    )


def _ties(edges: list[dict[str, Any]]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for edge in edges:
        counts[edge["source_id"]] += 1
        counts[edge["target_id"]] += 1
    return counts


def _largest(nodes: list[str], edges: list[dict[str, Any]], gone: Collection[str]) -> set[str]:
    """Nodes of the largest part without those gone."""
    near: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        if edge["source_id"] not in gone and edge["target_id"] not in gone:
            near[edge["source_id"]].append(edge["target_id"])
            near[edge["target_id"]].append(edge["source_id"])
    best: set[str] = set()
    seen: set[str] = set(gone)
    for node in nodes:
        if node in seen:
            continue
        part, ahead = {node}, [node]
        while ahead:
            for other in near[ahead.pop()]:
                if other not in part:
                    part.add(other)
                    ahead.append(other)
        seen |= part
        if len(part) > len(best):
            best = part
    return best


def _panel(
    drawing: Drawing, x: float, name: str, nodes: list[str], edges: list[dict[str, Any]],
    at: dict[str, tuple[float, float]], gone: set[str], largest: set[str], labels: Any,
) -> None:  # fmt: skip
    drawing.rect(x, _TOP - 20, _PANEL, _TALL + 24, "#f6f8fa", round_by=4)
    drawing.text(x + 10, _TOP - 3, name, 12.5, SOFT, bold=True)
    wide = max(a for a, _ in at.values()) - min(a for a, _ in at.values()) or 1.0
    tall = max(b for _, b in at.values()) - min(b for _, b in at.values()) or 1.0
    left, top = min(a for a, _ in at.values()), min(b for _, b in at.values())

    def spot(node: str) -> tuple[float, float]:
        a, b = at[node]
        return x + 14 + (a - left) / wide * (_PANEL - 28), _TOP + 12 + (b - top) / tall * (_TALL - 24)

    for edge in edges:
        ends = (edge["source_id"], edge["target_id"])
        if not gone.intersection(ends):
            drawing.line([spot(end) for end in ends], "#a9b8c5", 0.7, opacity=0.7)
    for node in nodes:
        a, b = spot(node)
        if node in gone:
            drawing.circle(a, b, 3.4, PAPER, RUST, 1.2, f"{labels.label(node)}: taken")
        else:
            colour = DEEP if node in largest else AMBER if len(largest) > 1 else OTHER_GROUP
            drawing.circle(a, b, 4.4, colour, PAPER, 0.8, labels.label(node))


def _legend(drawing: Drawing) -> None:
    x, y = 10.0, _HEIGHT - 14
    for text, fill, stroke in (
        ("in the largest part", DEEP, PAPER), ("apart from it", AMBER, PAPER), ("taken", PAPER, RUST),
    ):  # fmt: skip
        drawing.circle(x + 5, y, 4.6, fill, stroke, 1.2)
        drawing.text(x + 16, y + 4, text, 11.5, SOFT)
        x += 160
