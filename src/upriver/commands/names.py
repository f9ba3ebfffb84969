"""Names on plain files."""

from __future__ import annotations

from pathlib import Path

import click

from upriver.commands.words import PATH, Finite, manual


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


@click.command(
    short_help="Look names up in a watchlist, across scripts.",
    help=manual(
        """
Look each name of QUERIES.csv (id, query) up among the names of a list (id, name and, split on |, aliases) in any script
and order, and write query_id, match_id, score and why, the best first; a name without a hit is left out. The score is
how likely the list's entry bears that name, given all its other entries. A hit is a lead, no statement about a person.

Rows that cannot be used stand in HITS.rejected.csv, with the reason.

  upriver screen queries.csv --against watchlist.csv --out hits.csv
"""
    ),
)
@click.argument("queries", type=PATH)
@click.option("--against", type=PATH, required=True, help="CSV with id, name and aliases: the list.")
@click.option("--out", type=PATH, required=True, help="File to write; - for standard output.")
@click.option("--least", type=Finite(0, 1), default=0.05, show_default=True, help="Hits of a lower score are left out.")
@click.option("--most", type=click.IntRange(1, 100), default=5, show_default=True, help="Hits of one name at most.")
@click.option("--kind", type=click.Choice(["person", "company"]), default="person", show_default=True)
def screen(queries: Path, against: Path, out: Path, least: float, most: int, kind: str) -> None:
    from upriver.plain.screening import Told
    from upriver.plain.screening import screen as look_up

    target = None if str(out) == "-" else out
    count = look_up(queries, against, target, "company" if kind == "company" else "person", Told(least, most), _tell)
    _tell(count.as_text())
