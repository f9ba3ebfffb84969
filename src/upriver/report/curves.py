"""What if these go, as curves: what is left after each removal, with a band for what is not in the evidence."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from markupsafe import Markup

from upriver.report.claims import Facts
from upriver.report.drawing import DEEP, FAINT, INK, PAPER, RUST, SOFT, Drawing
from upriver.report.figures import share
from upriver.report.opened import Opened

AS_IT_WAS = "as the crackdown did"
_PANELS = (
    ("largest", "Largest connected part", "of its nodes with nobody gone", "to break it apart"),
    ("money", "Money that still arrives", "of traced money at cash-out", "to stop the money"),
    ("roles", "Roles still staffed", "of marks of control at sites", "to leave roles unstaffed"),
)
_WIDTH, _HEIGHT = 1000.0, 360.0
_LEFT, _GAP, _TOP, _BOTTOM = 46.0, 52.0, 66.0, 76.0
_OTHER = "#9aa4ae"


def curves(facts: Facts, opened: Opened) -> tuple[Markup, Markup] | None:
    """Three panels and a caption; None where nobody is removed in any order."""
    orders: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(facts.rows("scenario"), key=lambda row: (row["scenario_id"], row["step"])):
        orders[row["scenario_id"]].append(row)
    orders = {name: rows for name, rows in orders.items() if len(rows) > 1}
    if not orders:
        return None
    most = max(rows[-1]["n_gone"] for rows in orders.values())
    drawing = Drawing("curves", _WIDTH, _HEIGHT, "What if these go", _described(orders))
    drawing.text(
        0,
        16,
        "What is left after each removal, by several orders of as many people as were taken, at most",
        14,
        INK,
        bold=True,
    )
    wide = (_WIDTH - _LEFT - 2 * _GAP - 8) / 3
    for at, panel in enumerate(_PANELS):
        _panel(drawing, orders, panel, _LEFT + at * (wide + _GAP), wide, most)
    _legend(drawing, orders)
    caption = (
        f"Shares of what there was with nobody gone{_before(opened)}. A line ends early where nobody else is in its "
        "order, or no further removal would change what it is chosen for. "
        "Bands: 10 to 30 % of ties, of holders of accounts and of holders of roles may be hidden (nine tenths of the "
        "draws; the settings say how many). Nobody who may be a victim, and no child, is in any order but the one that "
        "shows what was done. Roles to be investigated, no list for arrest; networks repair themselves. "
        "Source: ties, traces and roles of this case."
    )
    rules = ("better_targets", "residual_network", "residual_money", "residual_roles")
    return drawing.svg(), Markup("{}{}").format(caption, opened.links(opened.by_rule(*rules)))


def _before(opened: Opened) -> str:
    """How large the largest part was with nobody gone, as its ratio tells it: one base for the table and the curve."""
    told = [row for row in opened.by_rule("residual_network") if row["denominator"]]
    return f": {told[0]['denominator']:,.0f} nodes {told[0]['denominator_what']}" if told else ""


def _described(orders: dict[str, list[dict[str, Any]]]) -> str:
    return "; ".join(
        f"{name}: after {rows[-1]['n_gone']} removals {share(rows[-1]['largest_share'])} of the largest part is left, "
        f"{share(rows[-1]['money_share'])} of the money arrives, {share(rows[-1]['roles_share'])} of roles are staffed"
        for name, rows in orders.items()
    )


def _panel(
    drawing: Drawing, orders: dict[str, list[dict[str, Any]]], panel: tuple[str, str, str, str], x: float, wide: float,
    most: int,
) -> None:  # fmt: skip
    what, title, of, best = panel
    tall = _HEIGHT - _TOP - _BOTTOM

    def place(row: dict[str, Any], value: float) -> tuple[float, float]:
        return x + wide * row["n_gone"] / most, _TOP + tall * (1.0 - min(max(value, 0.0), 1.0))

    drawing.text(x, _TOP - 26, title, 12.5, INK, bold=True)
    drawing.text(x, _TOP - 11, of, 11, SOFT)
    for part in (0.0, 0.5, 1.0):
        y = _TOP + tall * (1.0 - part)
        drawing.line([(x, y), (x + wide, y)], FAINT, 1)
        drawing.text(x - 6, y + 4, f"{100 * part:.0f} %", 10.5, SOFT, "end")
    drawing.text(x, _TOP + tall + 16, "0", 10.5, SOFT)
    drawing.text(x + wide, _TOP + tall + 16, f"{most} people gone", 10.5, SOFT, "end")
    if what == "money" and not any(rows[0]["money_share"] for rows in orders.values()):
        drawing.text(x + wide / 2, _TOP + tall / 2, "no figure: no traced money arrives", 12, SOFT, "middle")
        return
    for name, colour in ((AS_IT_WAS, RUST), (best, DEEP)):
        rows = orders.get(name, [])
        if rows:
            edge = [place(row, row[f"{what}_high"]) for row in rows]
            edge += [place(row, row[f"{what}_low"]) for row in reversed(rows)]
            d = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in edge) + "Z"
            drawing.path(d, colour, opacity=0.16, tip=f"{name}: over hidden ties and nodes")
    ordered = sorted(orders, key=lambda name: (name == AS_IT_WAS, name == best, name))
    for name in ordered:
        points = [place(row, row[f"{what}_share"]) for row in orders[name]]
        if name in (AS_IT_WAS, best):
            drawing.line(points, RUST if name == AS_IT_WAS else DEEP, 2.4)
        else:
            drawing.line(points, _OTHER, 1.1, _dash(name, orders))
    for name, colour in ((best, DEEP), (AS_IT_WAS, RUST)):
        if name in orders:
            last = orders[name][-1]
            a, b = place(last, last[f"{what}_share"])
            drawing.circle(a, b, 3.4, colour, PAPER)
            text = share(last[f"{what}_share"])
            above = b > _TOP + 16
            drawing.text(min(a, x + wide), b - 7 if above else b + 15, text, 11, colour, "end", bold=True, halo=True)


def _dash(name: str, orders: dict[str, list[dict[str, Any]]]) -> str:
    styles = ("", "5 3", "1.5 3", "8 3 1.5 3", "3 3", "10 4")
    return styles[sorted(orders).index(name) % len(styles)]


def _legend(drawing: Drawing, orders: dict[str, list[dict[str, Any]]]) -> None:
    y = _HEIGHT - 40
    x = _LEFT
    marks: list[tuple[str, str, float, str]] = []
    if AS_IT_WAS in orders:
        marks.append((AS_IT_WAS, RUST, 2.4, ""))
    if any(best in orders for _, _, _, best in _PANELS):
        marks.append(("chosen for what the panel shows", DEEP, 2.4, ""))
    marks += [(name, _OTHER, 1.4, _dash(name, orders)) for name in sorted(orders) if name != AS_IT_WAS]
    for text, colour, width, dash in marks:
        size = 34 + len(text) * 6.2 + 18
        if x + size > _WIDTH:
            x, y = _LEFT, y + 20
        drawing.line([(x, y), (x + 26, y)], colour, width, dash)
        drawing.text(x + 32, y + 4, text, 11, SOFT)
        x += size
