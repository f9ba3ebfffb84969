"""Coverage by area, as a picture: at each place what was reached, of what there was, or no figure."""

from __future__ import annotations

from collections import defaultdict
from math import cos, log10, pi, sin
from typing import Any

from markupsafe import Markup

from upriver.report import basemap
from upriver.report.claims import Facts
from upriver.report.drawing import INK, PAPER, RUST, SOFT, Drawing, Space, text_width
from upriver.report.figures import counted, measure, number, share, shortened
from upriver.report.opened import Opened

_PALE = "#ead9c6"
_LABELS = 16
_OVER = "more than are said to be there"


def areas(facts: Facts, opened: Opened) -> tuple[Markup, Markup] | None:
    """The picture and its caption; None where no area with a place on the map is covered or left out."""
    spots = _spots(facts)
    land = basemap.land()
    west, south, east, north = land["bounds"]
    shown: dict[str, dict[str, Any]] = {}
    for row in facts.rows("coverage"):
        name = row["label"]
        if row["dimension"] != "area" or row["unit"] != "people" or name not in spots:
            continue
        lon, lat = spots[name]
        if west < lon < east and south < lat < north and _better(row, shown.get(name)):
            shown[name] = row
    if not shown:
        return None
    view = basemap.view([spots[name] for name in shown], land["bounds"])
    drawing, x, y = basemap.canvas(view, "areas", "Coverage by area", _described(facts, shown))
    countries = basemap.countries(drawing, land["countries"], view, x, y)
    space = Space()
    space.take(0, 0, 420, 26)
    drawing.text(12, 19, "People reached, of those said to be there", 14, INK, bold=True, halo=True)
    ordered = sorted(shown, key=lambda name: (shown[name]["ratio"] is None, -(shown[name]["of"] or 0.0), name))
    sizes = {name: _size(shown[name]) for name in ordered}
    for name in sorted(ordered, key=lambda name: (-sizes[name], name)):
        lon, lat = spots[name]
        _pie(drawing, x(lon), y(lat), sizes[name], shown[name], facts.text(name))
    for name in ordered:
        lon, lat = spots[name]
        space.take(x(lon) - sizes[name] * 0.7, y(lat) - sizes[name] * 0.7, sizes[name] * 1.4, sizes[name] * 1.4)
    for name in [name for name in ordered if shown[name]["reached"] is not None][:_LABELS]:
        lon, lat = spots[name]
        text = f"{shortened(facts.text(name), 26)}: {_figure(shown[name])}"
        basemap.label(drawing, space, x(lon), y(lat), sizes[name], text)
    for country, lon, lat in countries:
        width = text_width(country, 11)
        if space.take(x(lon) - width / 2, y(lat) - 10, width, 13):
            drawing.text(x(lon), y(lat), country, 11, "#9a917d", "middle")
    n_blank = sum(row["ratio"] is None for row in shown.values())
    caption = (
        f"People reached (red) of those there (pale), {counted(len(shown), 'area')}; circles grow with each power of "
        f"ten of those there. Hollow, dashed: nobody tells how many are there, or were reached ({n_blank}); that is no "
        "figure, not zero. Where several "
        "estimates are told, the one with a figure and the largest number is drawn; the table has them all. "
        f"Source: the ledger and lists of this case; {land['source'].partition(' (')[0]}; no position on borders is "
        "taken."
    )
    rules = ("against_estimates", "area_people", "unreached")
    return drawing.svg(), Markup("{}{}").format(caption, opened.links(opened.by_rule(*rules)))


def _spots(facts: Facts) -> dict[str, tuple[float, float]]:
    """Area -> where the map has it, of the entries of the ledger that name it first."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in facts.rows("action"):
        name = (row["place"] or "").partition("|")[0]
        if name and row["lat"] is not None and row["lon"] is not None:
            found[name].append((row["lon"], row["lat"]))
    return {name: min(points) for name, points in sorted(found.items())}


def _better(row: dict[str, Any], other: dict[str, Any] | None) -> bool:
    if other is None:
        return True
    keys = [
        (one["ratio"] is not None, one["of"] or 0.0, one["reached"] or 0.0, one["coverage_id"]) for one in (row, other)
    ]
    return keys[0] > keys[1]


def _size(row: dict[str, Any]) -> float:
    return 7.0 + 4.0 * log10(max(row["of"] or row["reached"] or 1.0, 1.0)) if row["ratio"] is not None else 4.5


def _figure(row: dict[str, Any]) -> str:
    if row["ratio"] is None:
        return f"{number(row['reached'])} reached"
    return share(row["ratio"]) if row["ratio"] <= 1 else _OVER


def _described(facts: Facts, shown: dict[str, dict[str, Any]]) -> str:
    return "; ".join(
        f"{facts.text(name)}: {measure(row['reached'], 'people')} of {measure(row['of'], 'people')}"
        for name, row in sorted(shown.items())
    )


def _pie(drawing: Drawing, x: float, y: float, size: float, row: dict[str, Any], name: str) -> None:
    told = f"{name}: {measure(row['reached'], 'people')} of {measure(row['of'], 'people')}"
    if row["ratio"] is None:
        drawing.circle(x, y, size, PAPER, SOFT, 1, told, 0.6)
        ring = [(x + size * cos(turn), y + size * sin(turn)) for turn in (2 * pi * k / 24 for k in range(25))]
        drawing.line(ring, RUST, 1.2, "2.5 2.5")
        return
    drawing.circle(x, y, size, _PALE, INK, 0.8, told)
    part = min(row["ratio"], 1.0)
    if part >= 0.999:
        drawing.circle(x, y, size, RUST, INK, 0.8, told)
    elif part > 0.0:
        end = 2 * pi * part - pi / 2
        d = (
            f"M{x:.1f} {y:.1f}L{x:.1f} {y - size:.1f}A{size:.1f} {size:.1f} 0 {int(part > 0.5)} 1 "
            f"{x + size * cos(end):.1f} {y + size * sin(end):.1f}Z"
        )
        drawing.path(d, RUST, INK, 0.6, tip=told)
