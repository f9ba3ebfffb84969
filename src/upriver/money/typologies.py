"""Typologies: patterns of transfers that laundering leaves, each with an innocent reading, the strongest only.

Services, told or standing week after week, are never the centre of a pattern: everything passes through them.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from upriver.graph.build import Flags, Floats
from upriver.graph.windows import sorted_by
from upriver.model.ids import content_id
from upriver.money.crowds import bipartite, found_crowds, stacks
from upriver.money.fans import fan_patterns, fans, gather_scatter
from upriver.money.mules import Mule, bursts, lives, scores
from upriver.money.passages import pass_through, passed_on, structuring
from upriver.money.pattern import Pattern
from upriver.money.runs import cycles, layers, peel_chains

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.money.params import MoneyParams
    from upriver.money.tracing import Network

_HOUR = 3_600_000_000  # microseconds
MOST_TRANSFERS = 50
# Kinds whose alerts overlap: a group is found in two windows, or from two of its members.
_OVERLAPPING = ("bipartite", "stack", "mule_burst")


def found(net: Network, stops: Flags, params: MoneyParams) -> tuple[list[Pattern], list[Mule]]:
    """All patterns of the network, and the accounts that look like mules'."""
    if not net.n:
        return [], []
    window = int(params.window_days * 24 * _HOUR)
    out, into = sorted_by(net.source, net.n), sorted_by(net.target, net.n)
    fan_in, fan_out = fans(net, into, net.source, window), fans(net, out, net.target, window)
    passed = passed_on(net, into, out, params)
    told = lives(net, into, out, passed, stops, params)
    crowds = found_crowds(net, stops, window, params)
    patterns = [
        *fan_patterns("fan_in", fan_in, stops, params),
        *fan_patterns("fan_out", fan_out, stops, params),
        *gather_scatter(net, fan_in, fan_out, stops, window, params),
        *cycles(net, stops, window, params),
        *pass_through(net, into, out, passed, stops, params),
        *structuring(net, into, out, stops, window, params),
        *peel_chains(net, out, stops, window, params),
        *layers(net, out, stops, params),
        *bursts(net, into, out, told, stops, window, params),
        *bipartite(net, crowds, params),
        *stacks(net, crowds, window, params),
    ]
    patterns = [pattern for pattern in patterns if pattern.usd >= params.least_usd]
    return patterns, scores(told, patterns, stops, params)


def alerts(
    flow: pa.Table,
    net: Network,
    patterns: list[Pattern],
    traced: Floats | None,
    params: MoneyParams,
    most_transfers: int | None = MOST_TRANSFERS,
) -> list[dict[str, object]]:
    """Rows of `alert`: of each kind the strongest that carry victims' money, and as many of those that carry none.

    traced  per transfer of the network: victims' money in it, by the main method; None where nothing is traced:
            strength alone then makes the severity
    most_transfers  named in an alert; None: all
    """
    words = _words()
    ids = flow["transfer_id"]
    ranked: dict[str, list[tuple[float, float, int, Pattern]]] = {}
    for pattern in patterns:
        places = list(pattern.transfers)
        # A dollar that comes in and goes out again is in two transfers of the pattern, and is one dollar.
        share = 0.0 if traced is None else min(float(traced[places].sum()) / float(net.amount[places].sum()), 1.0)
        carried = share * pattern.usd
        severity = pattern.strength if traced is None else 0.5 * pattern.strength + 0.5 * share
        ranked.setdefault(pattern.kind, []).append((-severity, -carried, pattern.account, pattern))
    rows = []
    for kind in sorted(ranked):
        best = sorted(ranked[kind], key=lambda item: (*item[:3], item[3].transfers))
        shown: set[tuple[int, ...]] = set()
        covered: set[int] = set()
        left = {True: params.most_alerts, False: params.most_alerts}
        for severity, carried, _, pattern in best:
            # The same transfers seen from their payer and from their payee are one pattern.
            if pattern.transfers in shown or not left[carried < 0]:
                continue
            if kind in _OVERLAPPING and 2 * len(covered.intersection(pattern.transfers)) > len(pattern.transfers):
                continue
            shown.add(pattern.transfers)
            left[carried < 0] -= 1
            covered.update(pattern.transfers if kind in _OVERLAPPING else ())
            chosen = ids.take(net.row[list(pattern.transfers)]).to_pylist()
            first, last = net.time[pattern.transfers[0]], net.time[pattern.transfers[-1]]
            marks = list(pattern.marks)
            if traced is not None:
                marks.append(f"{100 * carried / -pattern.usd:.0f} % of the money is victims'")
            rows.append(
                {
                    "alert_id": content_id(kind, *sorted(chosen)),
                    "kind": kind,
                    "account": net.accounts[pattern.account].as_py(),
                    "severity": -severity,
                    "severity_reasons": marks,
                    "amount_usd": pattern.usd,
                    "traced_usd": -carried,
                    "n_transfers": len(chosen),
                    "first_at": np.datetime64(int(first), "us").item(),
                    "last_at": np.datetime64(int(last), "us").item(),
                    "reason": words[kind]["reason"].format(
                        n=pattern.n,
                        usd=f"{pattern.usd:,.0f}",
                        days=f"{params.window_days:g}",
                        hours=f"{params.quick_hours:g}",
                        share=f"{100 * pattern.share:.0f}",
                    ),
                    "innocent": words[kind]["innocent"],
                    "transfer_ids": chosen[:most_transfers],
                }
            )
    return rows


def mule_rows(net: Network, mules: list[Mule]) -> list[dict[str, object]]:
    """Rows of `mule`, highest score first."""
    words = _words()["mule"]
    return [
        {
            "account": net.accounts[mule.account].as_py(),
            "score": mule.score,
            "reasons": list(mule.reasons),
            # Readings of the two heaviest marks: more would be read by nobody.
            "innocent": "; ".join([*(words[name] for name in mule.marks[:2]), words["lent"]]),
        }
        for mule in mules
    ]


@cache
def _words() -> dict[str, dict[str, str]]:
    text = resources.files(__package__).joinpath("typologies.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
