"""`upriver patterns`: a file of transfers in, alerts out; accounts that look like a mule's and refused rows beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from upriver.errors import SettingsError
from upriver.money import typologies
from upriver.money.params import MoneyParams
from upriver.money.standing import services
from upriver.money.tracing import Network
from upriver.plain.columns import Columns
from upriver.plain.lists import ACCOUNT, listed
from upriver.plain.outputs import beside, dollars, file_of, lines_to, not_read, refused_to
from upriver.plain.transferfile import read
from upriver.plain.transfers import Transfers
from upriver.report.exports import csv_lines

if TYPE_CHECKING:
    import pyarrow as pa

ALERTS = (
    "alert_id", "kind", "account", "severity", "severity_reasons", "amount_usd", "n_transfers", "first_at", "last_at",
    "reason", "innocent", "transfer_ids",
)  # fmt: skip
MULES = ("account", "score", "reasons", "innocent")
REJECTED = ("line", "reason", "raw")
# What of the parameters of the money stage speaks of patterns.
SETTINGS = (
    "most_alerts", "least_usd", "window_days", "fan", "quick_hours", "quick_share", "threshold_usd", "threshold_band",
    "n_structured", "ring", "peel", "layers", "fee", "crowd", "closed", "burst", "mule_days", "mule_least",
    "most_mules",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Count:
    """What was read and found."""

    transfers: int
    refused: int
    alerts: int
    kinds: int
    mules: int
    services: int

    def as_text(self) -> str:
        """One line for a person."""
        return (
            f"{self.transfers:,} transfers: {self.alerts:,} alerts of {self.kinds} kinds, {self.mules:,} accounts that "
            f"look like a mule's; {self.services:,} accounts passed by as services; {self.refused:,} rows refused"
        )


def settings(told: Iterable[str]) -> MoneyParams:
    """Parameters with those of `told`, each NAME=VALUE, in the place of the defaults.

    raises  SettingsError when a name is not one of `SETTINGS` or a value is no number above zero
    """
    params = MoneyParams()
    kinds = {one.name: type(getattr(params, one.name)) for one in fields(params)}
    for text in told:
        name, _, value = text.partition("=")
        if name not in SETTINGS:
            raise SettingsError(f"--set {text}: there is no {name!r}; allowed: {', '.join(SETTINGS)}")
        try:
            number = kinds[name](value)
        except ValueError as error:
            raise SettingsError(f"--set {text}: {value!r} is no {kinds[name].__name__}") from error
        if not 0 < number < 1e15:
            raise SettingsError(f"--set {text}: it must be above zero, and finite")
        params = replace(params, **{name: number})
    return params


def patterns(
    source: Path,
    out: Path | None,
    tell: Callable[[str], None],
    columns: Columns | None = None,
    params: MoneyParams | None = None,
    known: Path | None = None,
) -> Count:
    """Write alerts to `out`, None for standard output; beside it `OUT.mules.csv`, and `OUT.rejected.csv` where any.

    known   a CSV with a column `account`: services, never at the centre of a pattern
    tell    takes each line for the reader of the terminal
    raises  EvidenceError when `source` is no table of transfers or no row can be used; SettingsError; ExportError
    """
    params = params or MoneyParams()
    not_read(out, source)
    list_ = listed(known, ACCOUNT, "account") if known else None
    told_services = frozenset(list_.values) if list_ else frozenset()
    told = read(source, columns)
    for line in told.told():
        tell(line)
    flow, net = of_transfers(told.transfers)
    stops = services(net, net.flags(told_services), params)
    found, mules = typologies.found(net, stops, params)
    alerts = typologies.alerts(flow, net, found, None, params, most_transfers=None)
    alerts.sort(key=lambda row: (-float(str(row["severity"])), str(row["alert_id"])))
    lines_to(out, csv_lines(_rows(ALERTS, alerts)))
    file = file_of(out)
    if file:
        lines_to(beside(file, "mules"), csv_lines(_rows(MULES, typologies.mule_rows(net, mules))))
        rejected = beside(file, "rejected")
        lost = [dict(zip(REJECTED, row, strict=True)) for row in (list_.refused if list_ else ())]
        refused = [*lost, *told.refused.to_pylist()]
        if refused_to(rejected, refused, csv_lines(_rows(REJECTED, refused))):
            tell(f"what was refused, with reasons: {rejected}")
    return Count(
        len(net.time),
        told.refused.num_rows + (len(list_.refused) if list_ else 0),
        len(alerts),
        len({row["kind"] for row in alerts}),
        len(mules),
        int(stops.sum()),
    )


def of_transfers(told: Transfers) -> tuple[pa.Table, Network]:
    """The flow table and network of transfers read from a file; both in the order in which they happen."""
    import pyarrow as pa

    n = len(told.time)
    flow = pa.table(
        {
            "transfer_id": told.ids,
            "source_account": told.accounts.take(pa.array(told.source)),
            "target_account": told.accounts.take(pa.array(told.target)),
            "occurred_at": pa.array(told.time).cast(pa.timestamp("us")),
            "amount_usd": told.amount,
            "origin": pa.repeat("", n),
        }
    )
    nothing = np.zeros(n, dtype=np.bool_)
    row = np.arange(n, dtype=np.int64)
    net = Network(told.accounts, row, told.source, told.target, told.time, told.amount, nothing, nothing)
    return flow, net


def _rows(names: Sequence[str], rows: Iterable[dict[str, object]]) -> Iterator[Sequence[object]]:
    """The names, then the cells of each row; of a list, the texts with bars between, of transfer ids as of reasons."""
    yield names
    for row in rows:
        yield [_cell(row[name]) for name in names]


def _cell(value: object) -> str:
    if isinstance(value, list):
        return "|".join(str(one) for one in value)
    if isinstance(value, float):
        return dollars(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
