"""What the words of a command line mean: paths, numbers, manuals."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click

PATH = click.Path(path_type=Path)


class Finite(click.FloatRange):
    """A number in a range: neither NaN, which is in every range, nor infinite."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


def manual(text: str) -> str:
    """Keep the line breaks of examples: click folds paragraphs that do not begin with this mark."""
    return "\n\n".join(f"\b\n{part}" if part.startswith("  ") else part for part in text.strip("\n").split("\n\n"))
