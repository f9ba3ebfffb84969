"""Work on plain files of people and companies."""

from __future__ import annotations

from pathlib import Path

import click

from upriver.commands.words import PATH, Finite, manual


@click.command(
    short_help="Find the records of one person in a file.",
    help=manual(
        """
Find the rows of RECORDS, a CSV of people or companies with errors in it, that tell of one bearer. Columns (names, birth
date, postcode, places, documents, e-mail, telephone, company) are guessed, or told with --column; sex, nationality and
the like are never compared. Weights are learnt from the file itself (Fellegi-Sunter, by Splink). Names and dates with
typing errors, in another order, or in short forms still meet; a name alone never merges two records, and no group holds
two birth dates with two given names.

Writes CLUSTERS.csv (id, cluster), CLUSTERS.pairs.csv (the pairs that may be one, with probability, weight and reason),
and CLUSTERS.rejected.csv where rows cannot be used.

Examples:

  upriver resolve people.csv --out clusters.csv
  upriver resolve people.csv --column document=licence --column unread=notes --threshold 0.99 --out clusters.csv
"""
    ),
)
@click.argument("records", type=PATH)
@click.option("--out", type=PATH, required=True, help="File to write.")
@click.option("--threshold", type=Finite(0.5, 1.0, max_open=True), default=0.95, show_default=True,
              help="Probability from which two groups are joined; higher joins less.")  # fmt: skip
@click.option("--column", "named", multiple=True, metavar="FIELD=NAME",
              help="The column that tells id, given, family, name, alias, company, birth, document, email, phone, "
              "account, postcode, number, street, building, place, region or occupation; "
              "unread: leave it out.")  # fmt: skip
def resolve(records: Path, out: Path, threshold: float, named: tuple[str, ...]) -> None:
    from upriver.plain.records.resolving import resolve as find
    from upriver.report.figures import visible

    count = find(records, out, lambda line: click.echo(f"upriver: {visible(line)}", err=True), named, threshold)
    click.echo(f"upriver: {count.as_text()}", err=True)
