"""Made-up cases, with their truth."""

from __future__ import annotations

from pathlib import Path

import click

from upriver.commands.opening import opened_case
from upriver.commands.words import PATH, manual


@click.command(
    short_help="Write a made-up case, with its truth apart.",
    help=manual(
        """
Write a made-up case to DIR: DIR/evidence as an agency gets it, DIR/truth apart. The same seed gives the same bytes.
All people, companies and accounts in it are fictional.

Examples:

  upriver simulate demo
  upriver simulate towers --preset city-towers --scale medium --seed 7
"""
    ),
)
@click.argument("target", metavar="DIR", type=PATH)
@click.option("--preset", type=click.Choice(["border-town", "city-towers"]), default="border-town", show_default=True)
@click.option("--scale", type=click.Choice(["small", "medium", "large"]), default="small", show_default=True,
              help="About 10^4, 10^6, 10^7 transfers.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Start of the random numbers.")
def simulate(target: Path, preset: str, scale: str, seed: int) -> None:
    from upriver.simulate.folder import simulate as write

    click.echo(write(target, preset, scale, seed).as_text())


@click.command(
    short_help="Score a simulated case against its truth.",
    help=manual(
        """
Score CASE, made from a simulated folder, against the planted truth in TRUTH. Trivial rules are scored beside, to show
that the case does not give its answers away.

  upriver evaluate demo/evidence.upriver demo/truth
"""
    ),
)
@click.argument("case", type=PATH)
@click.argument("truth", type=PATH)
@click.option("--json", "as_json", is_flag=True, help="Print the scores as one JSON object.")
def evaluate(case: Path, truth: Path, as_json: bool) -> None:
    from upriver.evaluate.metrics import score

    with opened_case(case) as opened:
        scores = score(opened, truth)
    click.echo(scores.as_json() if as_json else scores.as_text())
