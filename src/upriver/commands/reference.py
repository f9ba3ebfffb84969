"""What tables hold."""

from __future__ import annotations

from pathlib import Path

import click

from upriver.commands.opening import opened_case
from upriver.commands.words import PATH, manual


@click.command(
    short_help="Print a digest of every table.",
    help=manual(
        """
Print a digest of every table of CASE: equal for the same evidence, journal and parameters, on any machine.

  upriver digest demo/evidence.upriver
"""
    ),
)
@click.argument("case", type=PATH)
def digest(case: Path) -> None:
    with opened_case(case) as opened:
        for name, (n_rows, value) in opened.digests().items():
            click.echo(f"{name:24} {n_rows:>12,}  {value}")


@click.command(
    short_help="Print what every table holds.",
    help=manual(
        """
Print what every table of a case holds, as Markdown (docs/tables.md).

  upriver tables > docs/tables.md
"""
    ),
)
def tables() -> None:
    from upriver.model.reference import markdown

    click.echo(markdown(), nl=False)
