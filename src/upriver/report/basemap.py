"""Where it happened, as a picture: places of the ledger on an offline map of land and borders."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from functools import lru_cache
from importlib import resources
from math import cos, pi, radians, sin, sqrt
from typing import Any

from markupsafe import Markup

from upriver.report.drawing import BORDER, INK, LAND, PAPER, RUST, SEA, Drawing, Space, text_width
from upriver.report.figures import counted, measure, shortened
from upriver.report.told import Told

_WIDTH, _TALLEST = 1000.0, 640.0
_LABELS = 18
_MARGIN = 1.6
_SMALLEST = 11.0
_CORNERS = 48  # of a ring
_WIDEST_KM = 250.0  # a country or region has no ring: it would hide the others


@lru_cache(maxsize=1)
def land() -> dict[str, Any]:
    """Land and borders as they are packed, with their bounds and source."""
    text = resources.files("upriver.report").joinpath("data/land.json").read_text(encoding="utf-8")
    told: dict[str, Any] = json.loads(text)
    return told


def basemap(facts: Told) -> tuple[Markup, str] | None:
    """The picture and its caption; None where no action has a place on the map."""
    ground = land()
    west, south, east, north = ground["bounds"]
    places: dict[tuple[float, float], list[dict[str, Any]]] = defaultdict(list)
    outside = 0
    for row in facts.rows("action"):
        if row["lat"] is None or row["lon"] is None or row["kind"] == "estimate":
            continue
        if west < row["lon"] < east and south < row["lat"] < north:
            places[round(row["lon"], 3), round(row["lat"], 3)].append(row)
        else:
            outside += 1
    if not places:
        return None
    seen = view(list(places), ground["bounds"])
    told = f"{counted(len(places), 'place')} on a map."
    drawing, x, y = canvas(seen, "map", "Where it happened", told)
    named = countries(drawing, ground["countries"], seen, x, y)
    ordered = sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))
    space = Space()
    sizes = {place: 4.0 + min(20.0, 2.6 * sqrt(len(rows))) for place, rows in ordered}
    _reaches(drawing, ordered, seen, x, y)
    for place, rows in ordered:
        names = _name(facts, rows)
        largest = max(
            (row for row in rows if row["unit"] == "people" and row["count"] is not None),
            key=lambda row: (row["count"], row["action_id"]),
            default=None,
        )
        tip = f"{names}: {counted(len(rows), 'entry', 'entries')}"
        if largest is not None:
            tip += f"; largest figure {measure(largest['count'], 'people')}, {facts.text(largest['title'])}"
        drawing.circle(x(place[0]), y(place[1]), sizes[place], RUST, PAPER, 1, tip, 0.6)
    for place, rows in ordered[:_LABELS]:
        label(drawing, space, x(place[0]), y(place[1]), sizes[place], shortened(_name(facts, rows), 34))
    for country, lon, lat in named:
        width = text_width(country, 11)
        if space.take(x(lon) - width / 2, y(lat) - 10, width, 13):
            drawing.text(x(lon), y(lat), country, 11, "#9a917d", "middle")
    caption = (
        f"{counted(len(places), 'place')} of the ledger; circles grow with the number of entries told of a place, "
        "not with people. "
        "A dotted ring is as far as a place reaches: where in it, nobody tells. "
        f"Broad areas are drawn at their centre. {ground['source'].partition(' (')[0]}; no position on borders is "
        "taken."
    )
    if outside:
        caption += f" {counted(outside, 'entry lies', 'entries lie')} outside the map."
    return drawing.svg(), caption


def _reaches(drawing: Drawing, ordered: Any, view: Any, x: Any, y: Any) -> None:
    """A dotted ring around each place: as far as the place reaches, for nobody tells where in it."""
    degree = 111.2
    for (lon, lat), rows in ordered:
        reach = max((row["radius_km"] for row in rows if row["radius_km"]), default=None)
        if reach is None or reach > _WIDEST_KM:
            continue
        ring = [
            (lon + reach / degree / cos(radians(lat)) * cos(turn), lat + reach / degree * sin(turn))
            for turn in (2 * pi * step / _CORNERS for step in range(_CORNERS + 1))
        ]
        if all(view[0] < a < view[2] and view[1] < b < view[3] for a, b in ring):
            drawing.line([(x(a), y(b)) for a, b in ring], RUST, 0.7, "2 3")


def _name(facts: Told, rows: list[dict[str, Any]]) -> str:
    """The place named most often; of several places told together the first."""
    names = Counter(row["place"].partition("|")[0] for row in rows if row["place"])
    if not names:
        return "unnamed place"
    return facts.text(min(names, key=lambda name: (-names[name], name)))


def view(places: list[tuple[float, float]], bounds: list[float]) -> tuple[float, float, float, float]:
    """West, south, east, north: all places with a margin, in the shape of the picture, inside the data."""
    lons, lats = [p[0] for p in places], [p[1] for p in places]
    middle = ((min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2)
    squeeze = cos(radians(middle[1]))
    tall = max(_SMALLEST, max(lats) - min(lats) + 2 * _MARGIN)
    wide = max(tall * _WIDTH / _TALLEST / squeeze, max(lons) - min(lons) + 2 * _MARGIN + 2)
    tall = max(tall, wide * squeeze * _TALLEST / _WIDTH)
    return (
        max(bounds[0], middle[0] - wide / 2), max(bounds[1], middle[1] - tall / 2),
        min(bounds[2], middle[0] + wide / 2), min(bounds[3], middle[1] + tall / 2),
    )  # fmt: skip


def canvas(view: tuple[float, float, float, float], name: str, title: str, describe: str) -> tuple[Drawing, Any, Any]:
    """A picture of the view, true to scale at its middle."""
    west, south, east, north = view
    squeeze = cos(radians((south + north) / 2))
    scale = _WIDTH / ((east - west) * squeeze)
    tall = (north - south) * scale
    drawing = Drawing(name, _WIDTH, tall, title, describe)
    drawing.rect(0, 0, _WIDTH, tall, SEA)
    return drawing, lambda lon: (lon - west) * squeeze * scale, lambda lat: (north - lat) * scale


def countries(drawing: Drawing, countries: list[dict[str, Any]], view: Any, x: Any, y: Any) -> list[Any]:
    """Draw land and borders; return a name and a place for each country of which enough is seen."""
    west, south, east, north = view
    names = []
    for country in countries:
        d = []
        best: tuple[int, float, float] = (0, 0.0, 0.0)
        for flat in country["rings"]:
            points = _points(flat)
            lons, lats = [a for a, _ in points], [b for _, b in points]
            if max(lons) < west or min(lons) > east or max(lats) < south or min(lats) > north:
                continue
            d.append("M" + "L".join(f"{x(a):.1f} {y(b):.1f}" for a, b in points) + "Z")
            inside = [(a, b) for a, b in points if west < a < east and south < b < north]
            if len(inside) > best[0]:
                across, up = [a for a, _ in inside], [b for _, b in inside]
                best = (len(inside), (min(across) + max(across)) / 2, (min(up) + max(up)) / 2)
        if d:
            drawing.path("".join(d), LAND, BORDER, 0.8)
        if best[0] >= 8:
            names.append((country["name"].upper(), best[1], best[2]))
    return names


def _points(flat: list[int]) -> list[tuple[float, float]]:
    points, a, b = [], 0, 0
    for at in range(0, len(flat), 2):
        a, b = a + flat[at], b + flat[at + 1]
        points.append((a / 100, b / 100))
    return points


def label(drawing: Drawing, space: Space, x: float, y: float, size: float, text: str) -> None:
    """Write beside a circle, where there is room; where there is none, nothing."""
    width = text_width(text, 11.5)
    for left, base in (
        (x + size + 3, y + 4), (x - size - 3 - width, y + 4), (x - width / 2, y - size - 4),
        (x - width / 2, y + size + 13),
    ):  # fmt: skip
        if (
            left > 2
            and left + width < _WIDTH - 2
            and 12 < base < drawing.height - 4
            and space.take(left, base - 10, width, 13)
        ):
            drawing.text(left, base, text, 11.5, INK, halo=True)
            return
