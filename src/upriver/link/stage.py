"""The link stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from upriver.case.stage import Desk, Stage
from upriver.link.approaches import ApproachParams, write_approaches
from upriver.link.bursts import write_bursts
from upriver.link.calls import CallParams, any_call, write_calls, zone_of
from upriver.link.common import write_common
from upriver.link.contacts import write_contacts
from upriver.link.edges import EdgeParams, write_edges
from upriver.link.groups import GroupParams, group_rows
from upriver.link.nodes import accounts, owners
from upriver.link.scripts import ScriptParams, scripts

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class LinkParams(EdgeParams, ScriptParams, GroupParams, CallParams, ApproachParams):
    """What counts as a tie, a script and a group, what call records are read for, and which domains are public."""


def run(case: Desk, params: LinkParams) -> None:
    """Who is connected: typed, timed, weighted ties with their records, and the groups they form."""
    node = owners(case)
    case.write("identifier", node)
    account_node = accounts(case, node, params.strangers_most)
    write_edges(case, node, account_node, params)
    case.progress(0.4, "call records")
    hub = call_records(case, params)
    holder = dict(zip(node["observable_id"].to_pylist(), node["node_id"].to_pylist(), strict=True))
    case.progress(0.6, "scripts")
    found = scripts(case, holder, params)
    case.write("edge", found.edges)
    case.write("script", found.scripts)
    write_common(case, account_node, hub, found.common, params)
    write_approaches(case, found.of, params)
    case.progress(0.8, "groups")
    edges = case.sql("SELECT source_id, target_id, kind, weight FROM edge ORDER BY edge_id")
    case.write("community", group_rows(edges, _captions(case), _services(case, holder), params, found.says))


def call_records(case: Desk, params: CallParams) -> pa.Table:
    """Write every table of call records.

    returns  as write_calls
    """
    hub = write_calls(case, params)
    if any_call(case):
        write_contacts(case, hub, params)
        write_bursts(case, zone_of(case, params.call_zone), params)
    return hub


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
    reads=("source_file", "statement", "observable", "entity", "transfer", "call", "message", "contact_class"),
    writes=(
        "identifier", "edge", "community", "script", "approach", "approach_means", "common_value", "call_pair",
        "call_number", "first_contact", "handset", "handset_swap", "common_contact", "call_burst", "successor_lead",
    ),
    run=run,
    params=LinkParams,
)  # fmt: skip
