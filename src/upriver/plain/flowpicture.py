"""Boxes and bands as SVG: columns from the sources to the ends, as high as the sums, coloured by style sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from upriver.plain.flowboxes import Box, Boxes
from upriver.report.drawing import n as digits
from upriver.report.figures import visible

_STEP, _BAR, _GAP, _PITCH, _TOP, _ROOM = 190.0, 14.0, 9.0, 35.0, 46.0, 220.0
_HEIGHT, _HEIGHT_OF_ONE = 520.0, 80.0  # of the tallest column; of a column for each of its boxes, at most
_ROUNDS = 6
_LEAST = 0.8  # of a band: thinner cannot be seen


@dataclass(slots=True)
class _Place:
    """Where a box stands, and how much of its sides is taken."""

    x: float
    y: float = 0.0
    height: float = 0.0
    used_near: float = 0.0
    used_far: float = 0.0

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def picture(
    made: Boxes,
    heads: Sequence[str],
    label: Callable[[int], tuple[str, str, str]],
    tip: Callable[[int], str],
    mirrored: bool,
    title: str,
    describe: str,
) -> tuple[Markup, str]:
    """The picture, and the ratio of its sides.

    heads     one per column
    label     of a box: first line, second line, and all of it as a sentence
    tip       of a band: a sentence
    mirrored  the sources stand on the right: a trace backwards
    """
    columns = [[at for at, box in enumerate(made.boxes) if box.column == c] for c in range(len(made.steps))]
    scale = _scale(made.boxes, columns)
    width = (len(made.steps) - 1) * _STEP + _ROOM
    places = [
        _Place(
            (len(made.steps) - 1 - box.column if mirrored else box.column) * _STEP, height=max(2.0, box.value * scale)
        )
        for box in made.boxes
    ]
    _order(made, columns, places)
    bottom = max(place.y + max(place.height, _PITCH) for place in places)
    paths, lowest, leftmost = _paths(made, places, scale, mirrored, tip)
    height, left = max(bottom, lowest) + 16, 8 - leftmost
    parts = [
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" id="picture" viewBox="{} 0 {} {}" role="group" '
            'aria-labelledby="picture-t" aria-describedby="picture-d" tabindex="0"{}><title id="picture-t">{}</title>'
            '<desc id="picture-d">{}</desc><g id="bands" aria-hidden="true">'
        ).format(
            digits(-left),
            digits(width + left),
            digits(height),
            Markup(' data-mirrored="1"') if mirrored else "",
            title,
            describe,
        ),
        *paths,
        Markup('</g><g id="heads" aria-hidden="true">'),
    ]
    for column, head in enumerate(heads):
        x = (len(made.steps) - 1 - column if mirrored else column) * _STEP
        parts.append(Markup('<text class="head" x="{}" y="16">{}</text>').format(digits(x), head))
        parts.append(Markup('<path class="rule" d="M{} 25h120"/>').format(digits(x)))
    parts.append(Markup('</g><g id="boxes">'))
    # The sources first, then column by column from the top: the order in which a keyboard walks.
    for at in sorted(range(len(places)), key=lambda at: (made.boxes[at].column, places[at].y)):
        parts.append(_box(at, made.boxes[at], places[at], scale, label(at)))
    return Markup("").join([*parts, Markup("</g></svg>")]), f"{width + left:.0f} / {height:.0f}"


def _scale(boxes: Sequence[Box], columns: Sequence[Sequence[int]]) -> float:
    tallest = max(sum(boxes[at].value for at in column) for column in columns)
    height = min(_HEIGHT, _HEIGHT_OF_ONE * max(len(column) for column in columns))
    return height / tallest if tallest > 0.0 else 1.0


def _order(made: Boxes, columns: Sequence[list[int]], places: Sequence[_Place]) -> None:
    """Boxes stand at the height of what they are tied to; what is folded stands last."""
    ties: list[list[tuple[int, float]]] = [[] for _ in places]
    for band in made.bands:
        ties[band.near].append((band.far, band.usd))
        ties[band.far].append((band.near, band.usd))
    heights = [_stack(made, column, places) for column in columns]
    tallest = max(heights)
    for number in range(_ROUNDS + 1):
        for at in range(len(columns)) if number % 2 == 0 else range(len(columns) - 1, -1, -1):
            column = columns[at]
            if number:
                pull = {}
                for box in column:
                    weight = sum(usd for _, usd in ties[box])
                    pull[box] = sum(places[o].middle * usd for o, usd in ties[box]) / weight if weight else 0.0
                column.sort(key=lambda box: (not made.boxes[box].named, pull[box], box))
            _stack(made, column, places, (tallest - heights[at]) / 2)


def _stack(made: Boxes, column: Sequence[int], places: Sequence[_Place], top: float = 0.0) -> float:
    """Put the boxes of a column under one another; returns how high they stand together."""
    y = _TOP + top
    for box in column:
        places[box].y = y
        y += max(places[box].height + _GAP, _PITCH)
    return y - _TOP - top


def _paths(
    made: Boxes, places: Sequence[_Place], scale: float, mirrored: bool, tip: Callable[[int], str]
) -> tuple[list[Markup], float, float]:
    """Bands, the widest first so that narrow ones lie on top; and how far down and left they go."""
    starts, stops = [0.0] * len(made.bands), [0.0] * len(made.bands)
    for at in sorted(range(len(made.bands)), key=lambda at: (places[made.bands[at].far].middle, at)):
        band = made.bands[at]
        place = places[band.near]
        starts[at] = place.y + place.used_far + band.usd * scale / 2
        place.used_far += band.usd * scale
    for at in sorted(range(len(made.bands)), key=lambda at: (places[made.bands[at].near].middle, at)):
        band = made.bands[at]
        place = places[band.far]
        stops[at] = place.y + place.used_near + band.usd * scale / 2
        place.used_near += band.usd * scale
    paths = []
    lowest = leftmost = 0.0
    for at, band in enumerate(made.bands):
        ends = (places[band.near], starts[at]), (places[band.far], stops[at])
        (left, y0), (right, y1) = ends[::-1] if mirrored else ends
        wide = max(_LEAST, band.usd * scale)
        d, low, out = _path(left, y0, right, y1, wide)
        lowest, leftmost = max(lowest, low), min(leftmost, out)
        name = f"{made.boxes[band.far].kind}{' back' if right.x <= left.x else ''}"
        first, thick = band.first // 1_000_000, f"{wide:.2f}"
        paths.append(
            Markup(
                '<path class="band b-{}" data-band="{}" data-near="{}" data-far="{}" data-first="{}" d="{}" '
                'stroke-width="{}"><title>{}</title></path>'
            ).format(name, at, band.near, band.far, first, d, thick, visible(tip(at)))
        )
    return paths, lowest, leftmost


def _path(left: _Place, y0: float, right: _Place, y1: float, wide: float) -> tuple[str, float, float]:
    """From the right side of one box to the left side of another: an area; where that stands no further right: a line
    below both, as wide as the sum.

    returns  the path, how far down it goes and how far left
    """
    x0, x1 = left.x + _BAR, right.x
    if x1 > x0:
        bend = (x1 - x0) / 2
        top0, top1, low0, low1 = y0 - wide / 2, y1 - wide / 2, y0 + wide / 2, y1 + wide / 2
        return (
            f"M{x0:.1f} {top0:.2f}C{x0 + bend:.1f} {top0:.2f} {x1 - bend:.1f} {top1:.2f} {x1:.1f} {top1:.2f}"
            f"V{low1:.2f}C{x1 - bend:.1f} {low1:.2f} {x0 + bend:.1f} {low0:.2f} {x0:.1f} {low0:.2f}Z",
            0.0,
            0.0,
        )
    low = max(left.y + left.height, right.y + right.height) + 8 + wide / 2
    out = 26.0 + wide * 0.8
    return (
        f"M{x0:.1f} {y0:.1f}C{x0 + out:.1f} {y0:.1f} {x0 + out:.1f} {low:.1f} {x0:.1f} {low:.1f}"
        f"L{x1:.1f} {low:.1f}C{x1 - out:.1f} {low:.1f} {x1 - out:.1f} {y1:.1f} {x1:.1f} {y1:.1f}",
        low + wide / 2,
        x1 - 0.75 * out - wide / 2,
    )


def _box(at: int, box: Box, place: _Place, scale: float, label: tuple[str, str, str]) -> Markup:
    """A box: what passed on above, what stayed below, its name beside."""
    stayed = min(place.height, box.kept * scale)
    if box.kind not in ("source", "layer"):
        stayed = max(stayed, min(2.0, place.height))
    passed = place.height - stayed
    base = "source" if box.kind == "source" else "layer"
    end = "stayed" if box.kind in ("source", "layer") else box.kind
    shapes = Markup("")
    if passed > 0.05:
        shapes += Markup('<rect class="k-{}" x="{}" y="{}" width="{}" height="{}"/>').format(
            base, digits(place.x), digits(place.y), digits(_BAR), f"{passed:.2f}"
        )
    if stayed > 0.05:
        shapes += Markup('<rect class="k-{}" x="{}" y="{}" width="{}" height="{}"/>').format(
            end, digits(place.x), f"{place.y + passed:.2f}", digits(_BAR), f"{stayed:.2f}"
        )
    x, middle = digits(place.x + _BAR + 6), max(place.middle, place.y + 11)
    return Markup(
        '<g class="box{}" data-box="{}" data-first="{}" tabindex="0" role="button" aria-label="{}">'
        '<rect class="hit" x="{}" y="{}" width="{}" height="{}"/>{}'
        '<text class="name halo" x="{}" y="{}">{}</text><text class="sum halo" x="{}" y="{}">{}</text></g>'
    ).format(
        "" if box.named else " folded", at, box.first // 1_000_000, visible(label[2]), digits(place.x - 3),
        digits(place.y - 3), digits(_STEP - 24), digits(max(place.height, 24.0) + 6), shapes, x, digits(middle - 1),
        visible(label[0]), x, digits(middle + 12), visible(label[1]),
    )  # fmt: skip
