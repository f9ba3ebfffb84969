"""Call records on plain files."""

from __future__ import annotations

from pathlib import Path

import click

from upriver.commands.words import PATH, Finite, manual
from upriver.errors import SettingsError


@click.command(
    short_help="Read call records: who calls whom when, hours, handsets, leads.",
    help=manual(
        """
Read call-detail records (CSV, Excel; both ends in columns, or one number's own record with IN and OUT) and write to
DIR: pairs.csv (who calls whom, first and last contact, minutes), numbers.csv (contacts, hours, weekdays, regular
hours), handsets.csv and swaps.csv (one IMEI with several numbers, one number in several handsets), common_contacts.csv,
successors.csv (numbers that fall silent, and those that appear after with their contacts: leads, not identities),
bursts.csv (before and after each --event, by an exact test), first_contacts.csv (of each --victim), over_common.csv
(hotlines, operators: nobody's common contact), and report.txt. Times are told in --zone.

Examples:

  upriver calls cdr.csv --zone Asia/Bangkok --country TH --out calls
  upriver calls a.csv b.xlsx --event 2025-02-12T09:00+07:00 --victim +66812345678 --out calls
  upriver calls odd.csv --column caller=Anrufer --column callee=Ziel --column started_at=Zeit --out calls
"""
    ),
)
@click.argument("sources", metavar="CALLS.csv...", type=PATH, nargs=-1, required=True)
@click.option("--out", type=PATH, required=True, metavar="DIR", help="Folder to write to.")
@click.option("--zone", help="Time zone of times without one, and of hours told, as Asia/Bangkok.")
@click.option("--country", help="Country (ISO 3166-1, two letters) of numbers written without one.")
@click.option("--own", metavar="NUMBER", help="The number whose calls these are, where no column tells it.")
@click.option("--event", "events", multiple=True, metavar="TIME", help="As 2025-02-12T09:00+07:00; may come again.")
@click.option("--hours", type=Finite(0, 24 * 60, min_open=True), default=24.0, show_default=True,
              help="Length of the window after an event.")  # fmt: skip
@click.option("--days", type=click.IntRange(1, 366), default=14, show_default=True,
              help="Days before an event with which the window is compared.")  # fmt: skip
@click.option("--victim", "victims", multiple=True, metavar="NUMBER", help="Tell its first contacts.")
@click.option("--number", "numbers", multiple=True, metavar="NUMBER",
              help="Tell common contacts of two or more such numbers, however few.")  # fmt: skip
@click.option("--column", "named", multiple=True, metavar="FIELD=NAME", help="A column that is not known by its name.")
def calls(
    sources: tuple[Path, ...], out: Path, zone: str | None, country: str | None, own: str | None,
    events: tuple[str, ...], hours: float, days: int, victims: tuple[str, ...], numbers: tuple[str, ...],
    named: tuple[str, ...],
) -> None:  # fmt: skip
    from upriver.plain.calls import Told
    from upriver.plain.calls import calls as read
    from upriver.report.figures import visible

    columns = {}
    for text in named:
        field, sign, name = text.partition("=")
        if not sign or not field or not name:
            raise SettingsError(f"--column {text}: write FIELD=NAME")
        columns[field] = name
    told = Told(zone, country, own, columns or None, events, victims, numbers, hours, days)
    words = read(sources, out, told, lambda line: click.echo(f"upriver: {visible(line)}", err=True))
    click.echo(words, nl=False)
