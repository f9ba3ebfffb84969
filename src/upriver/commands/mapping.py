"""How a table is read, proposed and told once."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from upriver.commands.words import PATH, manual

if TYPE_CHECKING:
    from upriver.plain.mapped import FileMap, TableMap, Told


@click.command(
    name="map",
    short_help="Propose how the columns of a table are read; write a template.",
    help=manual(
        """
Propose how FILE, a CSV or a workbook, is read: which form it tells and which column tells which field, each with its
reason; what is told, what is guessed, and what is MISSING; and its first rows as they would be read. Nothing is asked
for; correct it with --set, and tell what the file cannot: its time zone, its currency, the order of day and month.

--template writes it to a file that works for every table with the same header: put it into `templates/` beside
case.toml, or into your own folder of templates. It holds names of columns, and nothing of the evidence.

The rows are shown as they stand in FILE: nobody in them is masked.

Examples:

  upriver map export.csv
  upriver map export.csv --set source_account=Auftraggeber --set target_account=Empfänger --zone Europe/Berlin
  upriver map export.csv --zone Asia/Bangkok --currency THB --template seizure/templates/river-bank.toml
  upriver map ledger.xlsx --sheet Out --form bank_transfer
"""
    ),
)
@click.argument("file", type=PATH)
@click.option("--set", "changed", multiple=True, metavar="FIELD=COLUMN",
              help='The column (its name, or number from 1) that tells a field; "Date + Time" for two.')  # fmt: skip
@click.option("--form", help="What the table tells, as bank_transfer; a wrong one lists all.")
@click.option("--zone", help="Time zone of times without one, as Asia/Bangkok.")
@click.option("--currency", help="Currency of amounts without one, as THB.")
@click.option("--date-order", type=click.Choice(["ymd", "dmy", "mdy"]), help="How 03/04/2025 is read.")
@click.option("--decimal", type=click.Choice([".", ","]), help="The sign before decimals: how 1.234 is read.")
@click.option("--country", help="Country of phone numbers without one, as TH.")
@click.option("--own-account", help="The account whose statement this is; never written into a template.")
@click.option("--sheet", help="Only this sheet of a workbook.")
@click.option("--templates", "folder", type=PATH, help="Folder of templates in place of your own.")
@click.option("--template", "target", type=PATH, help="Write a template to this .toml file.")
@click.option("--ask", is_flag=True, help="Ask for what is missing; in a terminal only.")
def map_(
    file: Path,
    changed: tuple[str, ...],
    form: str | None,
    zone: str | None,
    currency: str | None,
    date_order: str | None,
    decimal: str | None,
    country: str | None,
    own_account: str | None,
    sheet: str | None,
    folder: Path | None,
    target: Path | None,
    ask: bool,
) -> None:
    from upriver.plain.mapped import Told, mapped
    from upriver.plain.template import write

    columns = {}
    for text in changed:
        field, sign, column = text.partition("=")
        if not sign or not field.strip() or not column.strip():
            raise click.UsageError(f"--set {text}: write FIELD=COLUMN, as --set amount=Betrag")
        columns[field.strip()] = column.strip()
    if ask and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("--ask needs a terminal; tell with --set, --zone, --currency and the others")
    told = Told(columns, form, zone, currency, date_order, country, own_account, sheet, folder, decimal)
    made = mapped(file, told)
    _show(made)
    if ask:
        told = _asked(made, told)
        made = mapped(file, told)
        _show(made)
    if target is not None:
        write(made, target)
        click.echo(f"upriver: template written to {target}", err=True)


def _asked(made: FileMap, told: Told) -> Told:
    """What the user answers to each need; an empty answer leaves it as it is."""
    columns = dict(told.columns)
    others: dict[str, str] = {}
    for table in made.tables:
        for need in table.needs:
            answer = click.prompt(
                f"{need.name} ({', '.join(need.options[:6])})", default="", show_default=False
            ).strip()
            if answer and need.name in table.proposal.missing:
                columns[need.name] = answer
            elif answer:
                others[need.name] = answer
    return dataclasses.replace(told, columns=columns, **others)  # type: ignore[arg-type]  # names of needs are fields


def _show(made: FileMap) -> None:
    from upriver.report.figures import visible

    def say(text: str = "") -> None:
        click.echo(visible(text))

    known = [made.format, made.encoding, f"delimiter {made.delimiter!r}" if made.delimiter else ""]
    say(f"{made.path}: {', '.join(part for part in known if part)}")
    for note in made.notes:
        say(f"note: {note}")
    for table in made.tables:
        say()
        _show_table(table, made.whole, say)


def _show_table(table: TableMap, whole: bool, say: object) -> None:
    assert callable(say)
    name = f"sheet {table.sheet!r}: " if table.sheet else ""
    where = f"header in {table.place}" if table.place else "no header"
    say(f"{name}{table.proposal.layout.form.name}, {where}")
    if table.used:
        say(f"template: {table.used}")
    width = max((len(column.name) for column in table.proposal.columns), default=0)
    for column in table.proposal.columns:
        tells = " + ".join(column.fields) or "-"
        basis = f" [{_BASES[column.basis]}]" if column.basis in _BASES else ""
        look = f"; {column.look}" if column.look and column.look not in column.why else ""
        empty = "; empty in all rows looked at" if not column.n_filled and column.n_seen else ""
        say(f"  {column.name:<{min(width, 30)}}  {tells}: {column.why}{basis}{look}{empty}")
    for title, listed in (("told", table.told), ("guessed", table.guessed)):
        for what, text in listed.items():
            say(f"{title}: {what.replace('_', ' ')}: {text}")
    for need in table.needs:
        say(f"MISSING: {need.name}: {need.text}")
    if table.rows:
        say("as it would be read:")
    for place, fields in table.rows:
        say(f"  {place}")
        for field, (written, read) in fields.items():
            say(f"    {field}: {written[:80]}{f'  ->  {read}' if read else ''}")
    for line in table.broken[:5]:
        say(f"refused: {line}")
    if len(table.broken) > 5:
        say(f"refused: {len(table.broken) - 5:,} more")
    if not whole:
        say("only the first rows of this long file were looked at; the whole of it settles the order of day and month")


_BASES = {"like": "a guess by its name", "values": "a guess by its values: check it"}
