"""The ties of a case as GraphML, for tools that draw and measure networks."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import escape

from upriver.report.figures import visible
from upriver.report.identity import Readable
from upriver.report.labels import Labels
from upriver.report.masking import Masks

_NODE_KEYS = (
    ("label", "string"), ("schema", "string"), ("group", "string"), ("rank", "int"), ("protection", "string"),
)  # fmt: skip
_EDGE_KEYS = (
    ("kind", "string"), ("weight", "double"), ("n_records", "int"), ("amount_usd", "double"), ("first_at", "string"),
    ("last_at", "string"),
)  # fmt: skip
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'


def lines(case: Readable, hidden: Masks) -> Iterator[str]:
    """The file, piece by piece. Nodes are numbered, so that no id of the evidence stands in it."""
    edges = case.read("edge", "edge_id", "source_id", "target_id", "directed", *(name for name, _ in _EDGE_KEYS))
    nodes = sorted({*edges["source_id"].to_pylist(), *edges["target_id"].to_pylist()})
    labels = Labels(case, hidden, nodes)
    groups = {row["node_id"]: row["name"] for row in case.read("community", "node_id", "name").to_pylist()}
    roles = {row["person_id"]: row for row in case.read("role", "person_id", "rank", "protection").to_pylist()}
    needs = {
        row["person_id"]: row["status"] for row in case.read("protected_person", "person_id", "status").to_pylist()
    }
    yield _HEAD
    for of, keys in (("node", _NODE_KEYS), ("edge", _EDGE_KEYS)):
        for name, kind in keys:
            yield f'<key id="{of}-{name}" for="{of}" attr.name="{name}" attr.type="{kind}"/>\n'
    yield '<graph id="ties" edgedefault="directed">\n'
    code = {node: f"n{number}" for number, node in enumerate(nodes, 1)}
    for node in nodes:
        role = roles.get(node)
        told = {
            "label": labels.label(node),
            "schema": labels.schema(node),
            "group": hidden.text(groups[node]) if node in groups else None,
            "rank": role["rank"] if role else None,
            "protection": needs.get(node) or (role["protection"] if role else None),
        }
        yield f'<node id="{code[node]}">{_data("node", told)}</node>\n'
    for number, row in enumerate(edges.to_pylist(), 1):
        directed = "true" if row["directed"] else "false"
        ends = f'source="{code[row["source_id"]]}" target="{code[row["target_id"]]}"'
        told = {name: row[name] for name, _ in _EDGE_KEYS}
        yield f'<edge id="e{number}" {ends} directed="{directed}">{_data("edge", told)}</edge>\n'
    yield "</graph>\n</graphml>\n"


def _data(of: str, told: dict[str, object]) -> str:
    return "".join(
        f'<data key="{of}-{name}">{escape(visible(str(value)))}</data>'
        for name, value in told.items()
        if value is not None
    )
