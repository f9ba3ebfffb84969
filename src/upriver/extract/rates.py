"""Currency rates that the folder holds: USD value of one unit of an asset on a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from upriver.clean.dates import day
from upriver.extract.amounts import amount
from upriver.extract.hints import Hints
from upriver.extract.params import ExtractParams
from upriver.extract.rejects import Rejects
from upriver.model.forms import FORMS
from upriver.model.units import asset

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk


def rates(case: Desk, params: ExtractParams) -> None:
    """Write `rate`: of several figures for one asset and day the record with the smallest id stands.

    A rate without a day holds from the first year on.
    """
    hints, rejects = Hints.of(case), Rejects()
    form = FORMS["rate"]
    kept: dict[tuple[str, date], dict[str, object]] = {}
    for record in case.read("record", "record_id", "file_id", "locator", "fields", where="form = 'rate'").to_pylist():
        told = dict(zip(form.fields, record["fields"], strict=True))
        hint = hints.at(record["file_id"], record["locator"])
        code, figure = asset(told["asset"]), amount(told["usd"] or "", hint.decimals.get("usd"))
        order = hint.date_order
        on = day(told["rate_on"], order) if told["rate_on"] else date(params.first_year, 1, 1)
        if code is None:
            rejects.add(record, "the rate names no asset: write a currency code, as THB")
        elif figure is None or not 0 < figure[0] <= params.largest_amount:
            rejects.add(record, "the rate is no figure above 0: write the USD value of one unit")
        elif on is None or not params.first_year <= on.year <= params.last_year:
            rejects.add(
                record, "the day of the rate cannot be read: write it as 2025-01-31, or tell date_order in case.toml"
            )
        elif (code, on) not in kept:
            kept[code, on] = {"asset": code, "rate_on": on, "usd": figure[0], "record_id": record["record_id"]}
        elif kept[code, on]["usd"] != figure[0]:
            rejects.add(record, f"another rate for {code} on {on} is told by {kept[code, on]['record_id']}: remove one")
    if kept:
        case.write("rate", list(kept.values()))
    rejects.write(case)


def by_day(case: Desk) -> tuple[pa.Table, pa.Table]:
    """Rates to join on: one row for each asset and day from its first rate to its last, and its last rate alone.

    returns  (asset, rate_on, usd) filled forward, and (asset, last_on, usd)
    """
    import pyarrow as pa

    told: dict[str, list[tuple[date, float]]] = {}
    for row in case.read("rate", "asset", "rate_on", "usd").to_pylist():
        told.setdefault(row["asset"], []).append((row["rate_on"], row["usd"]))
    filled: list[tuple[str, date, float]] = []
    for code, known in told.items():
        for (on, usd), (until, _) in zip(known, [*known[1:], (known[-1][0], 0.0)], strict=True):
            filled += [(code, on + timedelta(days=n), usd) for n in range((until - on).days)]
    last = [(code, *known[-1]) for code, known in told.items()]
    kinds = (pa.string(), pa.date32(), pa.float64())
    return _table(("asset", "rate_on", "usd"), filled, kinds), _table(("asset", "last_on", "usd"), last, kinds)


def _table(names: tuple[str, ...], rows: list[tuple[str, date, float]], kinds: tuple[pa.DataType, ...]) -> pa.Table:
    import pyarrow as pa

    columns = [pa.array([row[place] for row in rows], kind) for place, kind in enumerate(kinds)]
    return pa.table(columns, names=list(names))
