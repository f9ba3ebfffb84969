"""Decide on doubtful pairs."""

from __future__ import annotations

from pathlib import Path

import click

from upriver.commands.opening import check_finished, opened_case
from upriver.commands.words import PATH, manual


@click.command(
    short_help="Decide on doubtful pairs, side by side.",
    help=manual(
        """
Show pairs of which the machine is not sure whether they are one, side by side with what agrees, what differs and the
records they rest on; those first of which a decision would change most. Keys: a accept (they are one), r reject (they
are two), s skip, u undo, q quit. Through a pipe: one answer a line, a reason may follow the letter.

Decisions go into the journal at once, by ids that are made of the evidence, and count from the next `upriver
investigate`. --merged shows pairs that were joined, the least sure first: a reject parts them.

Examples:

  upriver review demo/evidence.upriver --who "Inspector A"
  upriver review demo/evidence.upriver --who "Inspector A" --merged
  printf 'a saw both passports\\nr\\nq\\n' | upriver review demo/evidence.upriver --who A
"""
    ),
)
@click.argument("case", type=PATH, required=False)
@click.option("--who", required=True, help="Who decides: it stands in the journal.")
@click.option("--merged", is_flag=True, help="Pairs that were joined, to part them.")
@click.option("--most", type=click.IntRange(1), help="Stop after so many. [default: when none is left]")
@click.option("--unmask", is_flag=True, help="Show victims by name; written into the manifest.")
def review(case: Path | None, who: str, merged: bool, most: int | None, unmask: bool) -> None:
    from upriver.pipeline import note_unmasked
    from upriver.report.identity import masks
    from upriver.review.deck import Deck
    from upriver.review.session import Session
    from upriver.review.terminal import sit

    if not who.strip():
        raise click.UsageError("--who takes the name of whoever decides")
    if unmask:
        with opened_case(case, read_only=False) as opened:
            note_unmasked(opened, "review")
    with opened_case(case) as opened:
        check_finished(opened)
        sit(Session(opened.home, Deck.of(opened, merged), who.strip()), opened, masks(opened, unmask), most)
