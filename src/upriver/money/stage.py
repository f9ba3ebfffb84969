"""The money stage."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from upriver.case.stage import Desk, Stage
from upriver.money.params import MoneyParams

if TYPE_CHECKING:
    from collections.abc import Mapping


def run(case: Desk, params: MoneyParams) -> None:
    """Where the money went: flows between accounts, traces from victims, whose it is, what each lost, alerts."""
    from upriver.money import approaches, evidence, flows, legs, losses, shares, spread, standing, tracing, typologies

    told = evidence.told(case)
    found = flows.flows(case, told, params)
    flow = case.read("flow")
    approaches.write_approaches(case, flow, told, found, _rates(case))
    if not flow.num_rows:
        return
    case.progress(0.3, f"{len(found):,} of {len(told.payments):,} reported payments found")
    net = tracing.network(flow)
    services = tracing.services(net, told, _paid_in_cash(case), params)
    holders = _holders(case)
    joined = legs.joined(case, flow, net, services, told, holders, params)
    net = joined.recorded
    moves = tracing.moves(joined.net, joined.services.stops, params)
    # Where services are told, other accounts that live like one are taken for people.
    may_stop = joined.services.stops if told.services else ~joined.services.named
    through = spread.spread(moves, params, may_stop, case.each)
    traces = joined.folded(through)
    case.progress(0.6, "traced")
    case.write("trace", tracing.trace_rows(flow, net, traces, joined.surety))
    case.write("leg", legs.leg_rows(flow, joined, traces))
    accounts = tracing.traced_accounts(net, services, traces, holders, params)
    legs.tell(accounts, joined, traces, params)
    case.write("traced_account", accounts)
    stop = {str(row["account"]): row["stop_reason"] for row in accounts}
    case.write("attribution", shares.attributions(flow, joined.net, through, joined.crossing.home, stop, params))
    points = {str(row["account"]) for row in accounts if row["cash_out"]}
    reached = tracing.cash_out_shares(joined.net, through, joined.points(points))
    case.write("loss", losses.losses(flow, net, reached, told, found, _rates(case)))
    case.progress(0.8, "patterns")
    # What stops a trace may still be a hub of laundering: a till, or an account that only looks like a service.
    known = standing.services(net, net.flags(told.services), params)
    patterns, mules = typologies.found(net, known, params)
    case.write("alert", typologies.alerts(flow, net, patterns, traces.main.usd, params))
    case.write("mule", typologies.mule_rows(net, mules))


def _holders(case: Desk) -> Mapping[str, str]:
    from upriver.money.evidence import holders

    table = holders(case)
    return dict(zip(table["account"].to_pylist(), table["holder_id"].to_pylist(), strict=True))


def _paid_in_cash(case: Desk) -> frozenset[str]:
    """Accounts that are paid in cash and pay nobody by bank or chain: tills, machines, carriers."""
    rows = case.sql(
        "SELECT DISTINCT target_account AS account FROM transfer WHERE rail = 'cash' AND target_account NOT IN "
        "(SELECT source_account FROM transfer WHERE rail <> 'cash') ORDER BY account"
    )
    return frozenset(rows["account"].to_pylist())


def _rates(case: Desk) -> dict[str, list[tuple[datetime, float]]]:
    rates: dict[str, list[tuple[datetime, float]]] = {}
    for row in case.read("rate", "asset", "rate_on", "usd").to_pylist():
        rates.setdefault(row["asset"], []).append((datetime.combine(row["rate_on"], time()), row["usd"]))
    return rates


STAGE = Stage(
    "money",
    reads=(
        "statement", "observable", "transfer", "rate", "entity", "decision", "identifier", "approach", "approach_means",
        "common_value",
    ),
    writes=(
        "flow", "trace", "traced_account", "attribution", "leg", "loss", "alert", "mule", "approach_payment",
        "approach_source",
    ),
    run=run,
    heeds=("service", "not_service", "victim", "not_victim", "leg", "not_leg"),
    params=MoneyParams,
)  # fmt: skip
