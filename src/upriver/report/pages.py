"""How pages are made of templates: escaped, offline, without scripts, evidence's control characters in sight."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from upriver.report import figures

# No script may run, nothing may be fetched: what evidence smuggles into a page stays text. A served page has a form of
# its own; a page in a file has none.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action {forms}"


_SOLID = re.compile(r"(\d{4}-\d{2}(?:-\d{2})?|[\d.,]+ %)")


def _in_sight(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str) and not isinstance(value, Markup):
        return figures.visible(value)
    return value


@lru_cache(maxsize=8)
def environment(package: str = "upriver.report") -> Environment:
    """Templates of `package`, with this room's own behind them, and the filters that write figures."""
    from jinja2 import ChoiceLoader

    own = PackageLoader("upriver.report", "templates")
    loader = own if package == "upriver.report" else ChoiceLoader([PackageLoader(package, "templates"), own])
    made = Environment(
        loader=loader, autoescape=True, finalize=_in_sight, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters.update(
        number=figures.number,
        usd=figures.usd,
        share=figures.share,
        day=figures.day,
        words=_words,
        opening=figures.opening,
        short=figures.shortened,
        capital=figures.capital,
        solid=_solid,
    )
    made.globals.update(
        measure=figures.measure, between=figures.between, period=figures.period, counted=figures.counted,
        policy=POLICY.format(forms="'self'" if package == "upriver.web" else "'none'"),
        style=Markup(resources.files("upriver.report").joinpath("templates/style.css").read_text(encoding="utf-8")),
    )  # fmt: skip
    return made


def _solid(text: str | None) -> Markup:
    """`text` with dates and shares that never break over two lines."""
    return Markup(_SOLID.sub(r'<span class="nowrap">\1</span>', str(escape(_in_sight(text)))))


def _words(name: str | None) -> str:
    """A name of a table's value as words: `wanted_notice|arrest` as `wanted notice, arrest`."""
    return (name or "").replace("_", " ").replace("|", ", ")
