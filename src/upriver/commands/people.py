"""Sheets for interviews by trained staff: who must be heard first, and what is still open."""

from __future__ import annotations

from pathlib import Path

import click

from upriver.commands.opening import check_finished, opened_case, outside
from upriver.commands.words import PATH, manual


@click.command(
    short_help="Print the sheets for interviews by trained staff, children first.",
    help=manual(
        """
Print a sheet for each person of CASE who was at a site or may be held: signs of forced labour with their words, who
said them and the records they rest on, what is still open and in which order to ask, what is told in two ways, what
cannot wait. Children come first.

A sheet is no finding, and what nobody told clears nobody. It holds no tie, no payment, no role and no rank, and is
refused a place beside a list that ranks people. Nobody but the person is ever named on it, also with --unmask.

--out writes a folder (a page for each person, index.html, people.csv, signs.csv, people.json), or one file by its
ending: .html, .json, .csv, .txt.

Examples:

  upriver people demo/evidence.upriver | less
  upriver people demo/evidence.upriver --out sheets/
  upriver people demo/evidence.upriver --person P-3f09ab12 --out sheet.html
"""
    ),
)
@click.argument("case", type=PATH)
@click.option("--person", metavar="ID", help="One person: reference (P-...), pseudonym of the dossier, or person_id.")
@click.option("--out", type=PATH, metavar="DIR|FILE", help="Folder or file to write. [default: the terminal]")
@click.option(
    "--unmask", is_flag=True, help="Name the person of each sheet, and nobody else; written into the manifest."
)
def people(case: Path, person: str | None, out: Path | None, unmask: bool) -> None:
    from upriver.interview import folder
    from upriver.pipeline import note_unmasked

    if person is not None and not person.strip():
        raise click.UsageError("--person takes a reference (P-...), a pseudonym or a person_id")
    with opened_case(case, read_only=not unmask) as opened:
        check_finished(opened)
        if out is not None:
            outside(opened, out, "a sheet")
        made, shown = folder.people(opened, person, unmask)
        written = folder.write(opened, made, shown, out) if out is not None else None
        if unmask:
            note_unmasked(opened, "people")
    n_children = sum(sheet.child for sheet in made)
    first = f"; handle first: {n_children} who may be children" if n_children else ""
    if not made:
        click.echo(
            "upriver: nobody to hear: no list of people, interview or message tells of anyone at a site. This clears "
            "nobody",
            err=True,
        )
    else:
        click.echo(f"upriver: {len(made):,} {'sheet' if len(made) == 1 else 'sheets'}{first}", err=True)
    if written is not None:
        click.echo(written)
        return
    for number, sheet in enumerate(made):
        click.echo(("\n" + "=" * 100 + "\n" if number else "") + folder.as_text(sheet))
