"""The link stage."""

from __future__ import annotations

from dataclasses import dataclass

from upriver.case.stage import Desk, Stage
from upriver.link.edges import EdgeParams, write_edges
from upriver.link.groups import GroupParams, group_rows
from upriver.link.nodes import owners
from upriver.link.scripts import ScriptParams, script_edges


@dataclass(frozen=True)
class LinkParams(EdgeParams, ScriptParams, GroupParams):
    """What counts as a tie, a script and a group."""


def run(case: Desk, params: LinkParams) -> None:
    """Who is connected: typed, timed, weighted ties with their records, and the groups they form."""
    node = owners(case)
    case.write("identifier", node)
    write_edges(case, node, params)
    holder = dict(zip(node["observable_id"].to_pylist(), node["node_id"].to_pylist(), strict=True))
    case.progress(0.5, "scripts")
    case.write("edge", script_edges(case, holder, params))
    case.progress(0.8, "groups")
    edges = case.sql("SELECT source_id, target_id, kind, weight FROM edge ORDER BY edge_id")
    case.write("community", group_rows(edges, _captions(case), _services(case, holder), params))


def _captions(case: Desk) -> dict[str, tuple[str, str]]:
    rows = case.sql("SELECT DISTINCT canonical_id, schema, caption FROM entity ORDER BY canonical_id")
    return {row["canonical_id"]: (row["schema"], row["caption"]) for row in rows.to_pylist()}


def _services(case: Desk, holder: dict[str, str]) -> frozenset[str]:
    """Nodes of accounts that a list names as a service's."""
    rows = case.sql(
        "SELECT DISTINCT o.observable_id FROM statement s JOIN observable o ON s.entity_id = o.entity_id "
        "WHERE s.prop = 'status' AND s.value = 'service' ORDER BY o.observable_id"
    )
    named = rows["observable_id"].to_pylist()
    return frozenset(named) | frozenset(holder[observable] for observable in named if observable in holder)


STAGE = Stage(
    "link",
    reads=("statement", "observable", "entity", "transfer", "call", "message", "contact_class"),
    writes=("identifier", "edge", "community"),
    run=run,
    params=LinkParams,
)
