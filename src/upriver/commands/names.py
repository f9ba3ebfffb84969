"""Names on plain files."""

from __future__ import annotations

from pathlib import Path

import click

from upriver.commands.words import PATH, manual


def _tell(line: str) -> None:
    from upriver.report.figures import visible

    click.echo(f"upriver: {visible(line)}", err=True)


@click.command(
    "match-names",
    short_help="Tell whether two names are one, across scripts.",
    help=manual(
        """
Compare the names left and right of each row of PAIRS.csv (id, left, right; other columns are not read) in any script
and order, and write id, score (how likely they are one name) and why. One name is not yet one person.

Rows that cannot be used stand in SCORES.rejected.csv, with the reason.

  upriver match-names pairs.csv --out scores.csv
"""
    ),
)
@click.argument("pairs", type=PATH)
@click.option("--out", type=PATH, required=True, help="File to write; - for standard output.")
@click.option("--kind", type=click.Choice(["person", "company"]), default="person", show_default=True)
def match_names(pairs: Path, out: Path, kind: str) -> None:
    from upriver.plain.namepairs import match_names as match

    count = match(pairs, None if str(out) == "-" else out, "company" if kind == "company" else "person", _tell)
    _tell(count.as_text())
