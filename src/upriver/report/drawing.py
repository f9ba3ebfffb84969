"""SVG by hand: shapes, text and colours of the dossier's pictures, escaped, titled and without scripts."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from upriver.report.figures import visible

INK, SOFT, FAINT, PAPER = "#1f2a36", "#5b6876", "#d9dfe5", "#ffffff"
SEA, LAND, BORDER = "#e8f0f5", "#f6f2e9", "#b9b19f"
DEEP, AMBER, RUST, MOSS = "#1f5a7a", "#d08a1e", "#a8432f", "#4d7a4a"
# Told apart by people with any colour vision, after Okabe and Ito.
GROUPS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7d6bb0")
OTHER_GROUP = "#9aa4ae"


def n(value: float) -> str:
    """A coordinate with at most one digit after the point.

    >>> n(3.0), n(2.06)
    ('3', '2.1')
    """
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def text_width(text: str, size: float) -> float:
    """Rough width of `text`: Han and Hangul letters are as wide as they are high."""
    return sum(size if character >= "\u2e80" else size * 0.56 for character in text)


class Drawing:
    """One picture; shapes are kept in the order in which they are drawn.

    name      a word that makes the ids of its title and description unique on the page
    title     what it shows, read out by screen readers
    describe  the same at more length, with the figures that matter
    """

    def __init__(self, name: str, width: float, height: float, title: str, describe: str) -> None:
        self.width, self.height = width, height
        self._name, self._title, self._describe = name, title, describe
        self._parts: list[Markup] = []

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, tip: str = "", round_by: float = 0
    ) -> None:
        corner = Markup(' rx="{}"').format(n(round_by)) if round_by else ""
        shape = Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}"{}').format(
            n(x), n(y), n(max(width, 0)), n(max(height, 0)), fill, corner
        )
        self._close("rect", shape, tip)

    def circle(
        self,
        x: float,
        y: float,
        radius: float,
        fill: str,
        stroke: str = PAPER,
        width: float = 1,
        tip: str = "",
        opacity: float = 1,
    ) -> None:
        shape = Markup(
            '<circle cx="{}" cy="{}" r="{}" fill="{}" stroke="{}" stroke-width="{}" fill-opacity="{}"'
        ).format(n(x), n(y), n(radius), fill, stroke, n(width), n(opacity) if opacity in (0, 1) else f"{opacity:.2f}")
        self._close("circle", shape, tip)

    def line(
        self, points: Sequence[tuple[float, float]], stroke: str, width: float = 1, dash: str = "", opacity: float = 1
    ) -> None:
        listed = " ".join(f"{n(x)},{n(y)}" for x, y in points)
        dashed = Markup(' stroke-dasharray="{}"').format(dash) if dash else ""
        self._parts.append(
            Markup(
                '<polyline points="{}" fill="none" stroke="{}" stroke-width="{}" stroke-opacity="{}" '
                'stroke-linejoin="round"{}/>'
            ).format(listed, stroke, n(width), f"{opacity:.2f}", dashed)
        )

    def path(
        self, d: str, fill: str, stroke: str = "none", width: float = 1, opacity: float = 1, tip: str = ""
    ) -> None:
        shape = Markup('<path d="{}" fill="{}" stroke="{}" stroke-width="{}" fill-opacity="{}"').format(
            d, fill, stroke, f"{width:.2f}", f"{opacity:.2f}"
        )
        self._close("path", shape, tip)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 12,
        fill: str = INK,
        anchor: str = "start",
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        weight = Markup(' font-weight="600"') if bold else ""
        around = Markup(' class="halo"') if halo else ""
        self._parts.append(
            Markup('<text x="{}" y="{}" font-size="{}" fill="{}" text-anchor="{}"{}{}>{}</text>').format(
                n(x), n(y), n(size), fill, anchor, weight, around, visible(text)
            )
        )

    def _close(self, tag: str, shape: Markup, tip: str) -> None:
        end = Markup("><title>{}</title></{}>").format(visible(tip), tag) if tip else Markup("/>")
        self._parts.append(shape + end)

    def svg(self) -> Markup:
        """The picture, to stand in a page."""
        head = Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d">'
            '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>'
        ).format(
            n(self.width), n(self.height), self._name, self._name, self._name, visible(self._title), self._name,
            visible(self._describe),
        )  # fmt: skip
        return head + Markup("").join(self._parts) + Markup("</svg>")


class Space:
    """Boxes already taken on a picture, so that labels do not lie over one another."""

    def __init__(self) -> None:
        self._taken: list[tuple[float, float, float, float]] = []

    def take(self, x: float, y: float, width: float, height: float) -> bool:
        """Take the box with its upper left corner at x, y if it is free."""
        box = (x, y, x + width, y + height)
        if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in self._taken):
            return False
        self._taken.append(box)
        return True


def plain(text: str) -> Markup:
    """Text escaped, with control and bidirectional characters made visible."""
    return escape(visible(text))
