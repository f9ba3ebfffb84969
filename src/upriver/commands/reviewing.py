"""Decide on doubtful pairs; label contacts; what to look at first."""

from __future__ import annotations

from pathlib import Path

import click

from upriver.commands.opening import check_finished, opened_case, outside
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

--contacts shows messages, notes, adverts and reports instead, those first of which a look would change most, each with
the reason. Keys: c scam contact, l lure, n neither, s skip, u undo, q quit; c:romance tells the kind too.

Examples:

  upriver review demo/evidence.upriver --who "Inspector A"
  upriver review demo/evidence.upriver --who "Inspector A" --merged
  upriver review demo/evidence.upriver --who "Inspector A" --contacts
  printf 'a saw both passports\\nr\\nq\\n' | upriver review demo/evidence.upriver --who A
"""
    ),
)
@click.argument("case", type=PATH, required=False)
@click.option("--who", required=True, help="Who decides: it stands in the journal.")
@click.option("--merged", is_flag=True, help="Pairs that were joined, to part them.")
@click.option("--contacts", is_flag=True, help="Contacts and adverts, to label them.")
@click.option("--most", type=click.IntRange(1), help="Stop after so many. [default: when none is left]")
@click.option("--unmask", is_flag=True, help="Show victims by name; written into the manifest.")
def review(case: Path | None, who: str, merged: bool, contacts: bool, most: int | None, unmask: bool) -> None:
    from upriver.pipeline import note_unmasked
    from upriver.report.identity import masks
    from upriver.review.contact_terminal import sit as label
    from upriver.review.deck import Deck
    from upriver.review.labelling import Labelling
    from upriver.review.queue import Queue
    from upriver.review.session import Session
    from upriver.review.terminal import sit

    if not who.strip():
        raise click.UsageError("--who takes the name of whoever decides")
    if merged and contacts:
        raise click.UsageError("--merged is about pairs; leave it out with --contacts")
    if unmask:
        with opened_case(case, read_only=False) as opened:
            note_unmasked(opened, "review")
    with opened_case(case) as opened:
        check_finished(opened)
        if contacts:
            label(Labelling(opened.home, Queue.of(opened), who.strip()), opened, masks(opened, unmask), most)
            return
        sit(Session(opened.home, Deck.of(opened, merged), who.strip()), opened, masks(opened, unmask), most)


@click.command(
    short_help="Write which contacts to look at first, and why.",
    help=manual(
        """
Write the contacts and adverts of CASE that are worth a look as a table (CSV), those first of which a look would change
most, each with its reasons: the readings disagree or are near the threshold, many people got the same words, victims'
money went out soon after, a rare kind. `upriver review --contacts` asks the same, one by one.

Victims are masked. A place in the queue is a reason to look, never proof.

Examples:

  upriver queue demo/evidence.upriver --out queue.csv
  upriver queue demo/evidence.upriver --most 50 --out - | less
"""
    ),
)
@click.argument("case", type=PATH, required=False)
@click.option("--out", type=PATH, required=True, help="File to write; - for standard output.")
@click.option("--most", type=click.IntRange(1), default=1000, show_default=True, help="Write so many.")
@click.option("--unmask", is_flag=True, help="Show victims by name; written into the manifest.")
def queue(case: Path | None, out: Path, most: int, unmask: bool) -> None:
    from upriver.case import journal
    from upriver.pipeline import note_unmasked
    from upriver.plain.outputs import lines_to
    from upriver.report.exports import csv_lines
    from upriver.report.figures import counted
    from upriver.report.identity import masks
    from upriver.review.queue import Queue
    from upriver.review.queue_rows import COLUMNS, rows

    target = None if str(out) == "-" else out
    with opened_case(case, read_only=not unmask) as opened:
        check_finished(opened)
        if target is not None:
            outside(opened, target, "a queue")
        left = Queue.of(opened).open(journal.read(opened.home)[0])
        lines_to(target, csv_lines([COLUMNS, *rows(opened, masks(opened, unmask), left[:most])]))
        if unmask:
            note_unmasked(opened, "queue")
    told = counted(len(left), "contact") + ("" if len(left) <= most else f", the first {most:,} written,")
    click.echo(f"upriver: {told} worth a look. A place in the queue is a reason to look, never proof", err=True)
