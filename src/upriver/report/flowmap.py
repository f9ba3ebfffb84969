"""Where the money went, as a picture: from victims over layers of accounts to where it stopped."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from markupsafe import Markup

from upriver.report.claims import Facts
from upriver.report.drawing import AMBER, DEEP, INK, MOSS, PAPER, RUST, SOFT, Drawing
from upriver.report.figures import capital, counted, usd
from upriver.report.labels import account_label
from upriver.report.sections.money import STOLEN, whose_money

_LAYERS = 4
_NAMED, _NAMED_ENDS = 3, 6
# Letters of an account that fit between two columns, and room for the labels of the last.
_LABEL, _ROOM = 15, 226.0
_WIDTH, _HEIGHT, _GAP, _BAR, _TOP = 1000.0, 430.0, 16.0, 13.0, 46.0
_ORIGINS = {"victim_payment": "Victims' payments", "stolen": "Stolen from accounts", "ransom": "Ransom by families"}
_ENDS = {
    "parked": "Parked, not sent on", "service": "Other services", "mixer": "Mixers",
    "unseen_inflow": "Out of sight: unseen inflow", "end_of_evidence": "Out of sight: evidence ends",
    "limit": "Beyond the steps followed",
}  # fmt: skip
_COLOURS = {"start": DEEP, "layer": "#7a93a6", "cash": RUST, "parked": MOSS, "lost": AMBER}


@dataclass(slots=True)
class Stop:
    """A box of the picture: a group of accounts in one column."""

    key: str
    column: int
    label: str
    colour: str
    last: bool = False
    came: float = 0.0
    went: float = 0.0
    y: float = 0.0
    height: float = 0.0
    used_in: float = 0.0
    used_out: float = 0.0
    parts: list[str] = field(default_factory=list)

    @property
    def value(self) -> float:
        return max(self.came, self.went)


def flowmap(facts: Facts) -> tuple[Markup, str] | None:
    """The picture and its caption; None where nothing was traced."""
    accounts = facts.many(
        "SELECT account, received_usd, kept_usd, n_hops, stop_reason, cash_out FROM traced_account "
        "ORDER BY received_usd DESC, account"
    )
    if not accounts:
        return None
    stops, group = _stops(facts, accounts)
    links, aside = _links(facts, accounts, stops, group)
    whose = whose_money(facts)
    if not links:
        return None
    for (source, target), value in links.items():
        stops[source].went += value
        stops[target].came += value
    drawn = [stop for stop in stops.values() if stop.value > 0]
    caption = (
        f"{capital(whose)} by the main method, from where it was lost (left) to where it stopped (right). "
        "Boxes and "
        "bands are as high as the sums; accounts are put into the column of the fewest transfers that reach them."
    )
    if aside > 0:
        caption += f" {usd(aside)} that moved within a column or back is not drawn."
    ends = [stop for stop in drawn if stop.colour in {RUST, MOSS, AMBER}]
    describe = "; ".join(f"{stop.label}: {usd(stop.value)}" for stop in sorted(ends, key=lambda s: (-s.value, s.key)))
    return _draw(drawn, stops, links, describe, whose), caption


def _stops(facts: Facts, accounts: list[dict[str, Any]]) -> tuple[dict[str, Stop], dict[str, str]]:
    """Boxes by key, and the box of each account."""
    stops = {key: Stop(key, 0, label, _COLOURS["start"]) for key, label in _ORIGINS.items()}
    first = min(row["n_hops"] for row in accounts)
    deepest = min(_LAYERS, max(row["n_hops"] for row in accounts) - first + 1)
    end = deepest + 1
    group: dict[str, str] = {}
    rest: dict[str, int] = defaultdict(int)
    named: dict[int, int] = defaultdict(int)
    for row in accounts:
        column = end if row["cash_out"] else min(row["n_hops"] - first + 1, deepest)
        kind = "cash" if row["cash_out"] else "layer"
        if named[column] < (_NAMED_ENDS if row["cash_out"] else _NAMED):
            named[column] += 1
            key = f"{column}:{row['account']}"
            stops[key] = Stop(key, column, account_label(facts.masks, row["account"], _LABEL), _COLOURS[kind])
        else:
            key = f"{column}:others"
            rest[key] += 1
            stops.setdefault(key, Stop(key, column, "", _COLOURS[kind], last=True))
        group[row["account"]] = key
    for key, count in rest.items():
        what = "other cash-out point" if stops[key].colour == RUST else "other account"
        stops[key].label = counted(count, what)
    for reason, label in _ENDS.items():
        colour = _COLOURS["parked"] if reason == "parked" else _COLOURS["lost"]
        stops[f"end:{reason}"] = Stop(f"end:{reason}", end, label, colour, last=True)
    return stops, group


def _links(
    facts: Facts, accounts: list[dict[str, Any]], stops: dict[str, Stop], group: dict[str, str]
) -> tuple[dict[tuple[str, str], float], float]:
    lent = pa.table({"account": list(group), "box": list(group.values())})
    rows = facts.many(
        "SELECT CASE WHEN t.n_hops = 0 THEN f.origin ELSE a.box END AS source, b.box AS target, "
        "sum(cast(t.traced_usd AS decimal(38, 6))) AS usd FROM trace t JOIN flow f ON f.transfer_id = t.transfer_id "
        "LEFT JOIN boxes a ON a.account = f.source_account JOIN boxes b ON b.account = f.target_account "
        "WHERE t.main AND t.traced_usd > 0 GROUP BY 1, 2 ORDER BY 1, 2",
        boxes=lent,
    )
    links: dict[tuple[str, str], float] = defaultdict(float)
    aside = 0.0
    for row in rows:
        source, target = row["source"], row["target"]
        if source not in stops or stops[source].column >= stops[target].column:
            aside += row["usd"]
        else:
            links[source, target] += row["usd"]
    for account in accounts:
        key = f"end:{account['stop_reason']}"
        if not account["cash_out"] and account["kept_usd"] > 0 and key in stops:
            links[group[account["account"]], key] += account["kept_usd"]
    return dict(sorted(links.items())), aside


def _draw(
    drawn: list[Stop], stops: dict[str, Stop], links: dict[tuple[str, str], float], describe: str, whose: str
) -> Markup:
    columns = sorted({stop.column for stop in drawn})
    by_column = {
        column: sorted((s for s in drawn if s.column == column), key=lambda s: (s.last, -s.value, s.key))
        for column in columns
    }
    room = _HEIGHT - _GAP * max(len(boxes) for boxes in by_column.values())
    scale = room / max(sum(stop.value for stop in boxes) for boxes in by_column.values())
    step = (_WIDTH - _ROOM) / max(1, len(columns) - 1)
    across = {column: at * step for at, column in enumerate(columns)}
    for boxes in by_column.values():
        # Small boxes keep the height of their label apart.
        tall = sum(max(2.0, stop.value * scale) + _GAP for stop in boxes) - _GAP
        y = _TOP + max(0.0, (_HEIGHT - tall) / 2)
        for stop in boxes:
            stop.height = max(2.0, stop.value * scale)
            stop.y = y
            y += max(stop.height + _GAP, 30.0)
    height = max([_TOP + _HEIGHT, *(stop.y + max(stop.height, 20) for stop in drawn)]) + 14
    drawing = Drawing("flow", _WIDTH, height, f"Where {whose} went", describe)
    heads = {columns[0]: "Paid by victims" if whose != STOLEN else "Stolen", columns[-1]: "Where it stopped"}
    for at, column in enumerate(columns):
        title = heads.get(column, f"After {counted(at, 'transfer')}" if at < _LAYERS else f"{at} transfers or more")
        drawing.text(across[column], 18, title, 12.5, SOFT, bold=True)
        drawing.line([(across[column], 27), (across[column] + 120, 27)], "#c9d2da", 1)
    _bands(drawing, stops, links, across, scale)
    for stop in drawn:
        x = across[stop.column]
        drawing.rect(x, stop.y, _BAR, stop.height, stop.colour, f"{stop.label}: {usd(stop.value)}", 1.5)
        middle = stop.y + stop.height / 2
        drawing.text(x + _BAR + 6, middle - 1, stop.label, 11.5, INK, halo=True, bold=stop.column == columns[-1])
        drawing.text(x + _BAR + 6, middle + 12, usd(stop.value), 11, SOFT, halo=True)
    return drawing.svg()


def _bands(
    drawing: Drawing,
    stops: dict[str, Stop],
    links: dict[tuple[str, str], float],
    across: dict[int, float],
    scale: float,
) -> None:
    ordered = sorted(links.items(), key=lambda item: (stops[item[0][0]].y, stops[item[0][1]].y, item[0]))
    ends: dict[tuple[str, str], tuple[float, float]] = {}
    for (source, target), value in ordered:
        ends[source, target] = (stops[source].y + stops[source].used_out, 0.0)
        stops[source].used_out += value * scale
    for (source, target), value in sorted(
        ordered, key=lambda item: (stops[item[0][1]].y, stops[item[0][0]].y, item[0])
    ):
        ends[source, target] = (ends[source, target][0], stops[target].y + stops[target].used_in)
        stops[target].used_in += value * scale
    for (source, target), value in ordered:
        x0, x1 = across[stops[source].column] + _BAR, across[stops[target].column]
        y0, y1 = ends[source, target]
        thick = max(0.6, value * scale)
        bend = (x1 - x0) / 2
        d = (
            f"M{x0:.1f} {y0:.1f}C{x0 + bend:.1f} {y0:.1f} {x1 - bend:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
            f"V{y1 + thick:.1f}C{x1 - bend:.1f} {y1 + thick:.1f} {x0 + bend:.1f} {y0 + thick:.1f} {x0:.1f} "
            f"{y0 + thick:.1f}Z"
        )
        tip = f"{stops[source].label} to {stops[target].label}: {usd(value)}"
        drawing.path(d, stops[target].colour, PAPER, 0.3, 0.42, tip)
