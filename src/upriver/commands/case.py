"""Work on a case: make it, look at it, ask with it, decide, hand it on."""

from __future__ import annotations

from pathlib import Path

import click

from upriver.commands.opening import check_finished, opened_case, outside
from upriver.commands.showing import print_summary, with_bars
from upriver.commands.words import PATH, Finite, manual


@click.command(
    short_help="Read a folder of evidence, run every stage, write the dossier.",
    help=manual(
        """
Investigate the folder FOLDER: read all it holds, run every stage, print a summary, write the dossier.

The case is kept in FOLDER.upriver beside it, or where --case says. What a file cannot tell by itself (time zone,
currency, unusual columns, known accounts) goes into FOLDER/case.toml. A second run goes on where the first stopped,
and runs again only what a changed file, parameter or decision touches.

Examples:

  upriver investigate seizure-2026-03
  upriver investigate seizure-2026-03 --case /cases/march.upriver
  upriver investigate lake --engine spark
"""
    ),
)
@click.argument("folder", type=PATH)
@click.option("--case", "home", type=PATH, help="Where the case is kept. [default: FOLDER.upriver]")
@click.option(
    "--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True, help="What runs the SQL."
)
@click.option("--fresh", is_flag=True,
              help="Run every stage, also those that nothing changed for, and judge every pair anew.")  # fmt: skip
@click.option("--unmask", is_flag=True, help="Show victims by name in the dossier; written into the manifest.")
@click.option("--quiet", "-q", is_flag=True, help="No progress bars.")
def investigate(folder: Path, home: Path | None, engine: str, fresh: bool, unmask: bool, quiet: bool) -> None:
    from upriver import pipeline
    from upriver.case.store import Case

    def work(progress: pipeline.Progress | None) -> pipeline.Run:
        return pipeline.investigate(folder, home, engine=engine, fresh=fresh, unmask=unmask, progress=progress)

    run = work(None) if quiet else with_bars(work, len(pipeline.ORDER) + 1)
    with Case.open(run.home, read_only=True) as case:
        print_summary(case, run)


@click.command(
    short_help="Print the summary of a case again.",
    help=manual(
        """
Print the summary of a case again, without running anything.

  upriver show seizure-2026-03.upriver
"""
    ),
)
@click.argument("case", type=PATH, required=False)
def show(case: Path | None) -> None:
    with opened_case(case) as opened:
        check_finished(opened)
        print_summary(opened)


@click.command(
    short_help="Walk from a finding to the rows of source files it rests on.",
    help=manual(
        """
Walk from the finding FINDING (F001, as the summary and the dossier number them) to the rows of the source files that
it rests on. A ratio that is told with a finding opens by its own number (F003.2).

Examples:

  upriver why F003 --case demo/evidence.upriver
  upriver why F003 --records 50
  upriver why F003.2
"""
    ),
)
@click.argument("finding")
@click.option("--case", "home", type=PATH, help="The case. [default: the only case in this folder]")
@click.option("--records", type=click.IntRange(1), default=10, show_default=True, help="Records to show in full.")
@click.option("--unmask", is_flag=True, help="Show victims by name; written into the manifest.")
def why(finding: str, home: Path | None, records: int, unmask: bool) -> None:
    from rich.console import Console

    from upriver.pipeline import note_unmasked
    from upriver.report.why import why as walk

    with opened_case(home, read_only=not unmask) as case:
        check_finished(case)
        Console(highlight=False).print(
            walk(case, finding, records=records, unmask=unmask), markup=False, soft_wrap=True
        )
        if unmask:
            note_unmasked(case, f"why {finding}")


@click.command(
    short_help="Write a case for other tools: CSV, GraphML, FollowTheMoney.",
    help=manual(
        """
Write the case for other tools: csv (every table), graphml (ties, for Gephi and the like) or ftm (FollowTheMoney JSON
lines, for Aleph and OpenSanctions tools).

Examples:

  upriver export demo/evidence.upriver --form ftm --to entities.ftm.json
  upriver export demo/evidence.upriver --form csv --to tables/
"""
    ),
)
@click.argument("case", type=PATH)
@click.option("--form", type=click.Choice(["csv", "graphml", "ftm"]), required=True, help="Form of the export.")
@click.option("--to", "target", type=PATH, required=True, help="File to write; a folder for csv.")
@click.option("--unmask", is_flag=True, help="Write victims by name; written into the manifest.")
def export(case: Path, form: str, target: Path, unmask: bool) -> None:
    from upriver.pipeline import note_unmasked
    from upriver.report.exports import export as write

    with opened_case(case, read_only=not unmask) as opened:
        outside(opened, target, "an export")
        written = write(opened, form, target, unmask=unmask)
        if unmask:
            note_unmasked(opened, f"export {form}")
    for path in written if isinstance(written, list) else [written]:
        click.echo(path)


@click.command(
    short_help="Write who to ask next: a sheet for each bank, exchange, telecom, platform.",
    help=manual(
        """
Write who to ask next: one sheet for each bank, exchange, telecom or platform that CASE leads to, urgent freezes first.
A sheet is a page to print and two CSV files: accounts or numbers, and the transfers or calls they rest on, in UTC and
local time. An index orders them. What the evidence does not tell, the bank of an account above all, is said so.

Sheets are drafts for a competent authority. Accounts stand in clear, for those who keep them; victims stand as
references. Numbers of people who may be victims themselves stand on no sheet.

Examples:

  upriver requests demo/evidence.upriver
  upriver requests demo/evidence.upriver --for "Lotus Bay" --out lotus-bay/
  upriver requests demo/evidence.upriver --for telecom
"""
    ),
)
@click.argument("case", type=PATH)
@click.option("--out", type=PATH, help="Folder to write to. [default: CASE/requests]")
@click.option("--for", "wanted", metavar="NAME", help="Only the sheets of this recipient, kind or reference.")
@click.option("--urgent-days", type=click.IntRange(0, 3650), default=14, show_default=True,
              help="Money is urgent that came so many days before the evidence ends.")  # fmt: skip
@click.option("--least-usd", type=Finite(0), default=100.0, show_default=True,
              help="Leave out accounts that received less of the traced money.")  # fmt: skip
@click.option("--unmask", is_flag=True, help="Name victims in the keys and on the sheets; written into the manifest.")
def requests(
    case: Path, out: Path | None, wanted: str | None, urgent_days: int, least_usd: float, unmask: bool
) -> None:
    from upriver.pipeline import note_unmasked
    from upriver.report.figures import visible
    from upriver.requests.folder import write_requests
    from upriver.requests.params import RequestParams

    if wanted is not None and not wanted.strip():
        raise click.UsageError("--for takes a name, a kind (bank, exchange, telecom ...) or a reference")
    params = RequestParams(urgent_days=urgent_days, least_usd=least_usd)
    with opened_case(case, read_only=not unmask) as opened:
        check_finished(opened)
        if out is not None:
            outside(opened, out, "a request")
        made = write_requests(opened, opened.home, params, out, wanted, unmask)
        if unmask:
            note_unmasked(opened, "requests")
    for text in made.left_out:
        click.echo(f"note: {visible(text)}", err=True)
    click.echo(f"upriver: {visible(made.as_text())}", err=True)
    click.echo(made.index)


@click.command(
    short_help="Add an analyst's decision to the journal.",
    help=manual(
        """
Add a decision to the journal of CASE. It returns as evidence on the next `upriver investigate`.

  same, different          two entities are, or are not, one
  service, not_service     an account is, or is not, a service where tracing stops
  leg, not_leg             two transfers are, or are not, the two sides of one swap or bridge
  victim, not_victim       an account is, or is not, a victim's
  label                    a record is a scam contact, a lure or neither (--value)
  note                     a remark on any id
  accept                   an entry of the ledger (action_id) stands; lapses when it changes
  merge, split             two tellings (report_ids) are, or are not, one happening
  copy                     a source repeats the words of another, and is no witness
  withdraw                 a decision of the journal (decision_id) no longer counts

Examples:

  upriver decide demo/evidence.upriver same 3f0c... 91ab... --who "Inspector A" --why "same passport, seen on paper"
  upriver decide demo/evidence.upriver service TQx3... --who A --why "the exchange confirmed it"
"""
    ),
)
@click.argument("case", type=PATH)
@click.argument("kind")
@click.argument("subject")
@click.argument("other", required=False)
@click.option("--value", help="What is decided, where the kind does not say it.")
@click.option("--who", required=True, help="Who decides.")
@click.option("--why", "reason", required=True, help="Why: it will be read by others.")
def decide(case: Path, kind: str, subject: str, other: str | None, value: str | None, who: str, reason: str) -> None:
    from upriver.case import journal
    from upriver.case.manifest import load

    load(case)  # a journal without a case would never be read
    decision = journal.append(case, kind, subject, other, value, who=who, why=reason)
    click.echo(f"{decision.decision_id}  {decision.kind}  written to {case / journal.FILE}")


@click.command(
    short_help="Serve a case as pages on this machine alone.",
    help=manual(
        """
Serve CASE as pages on this machine alone (127.0.0.1), with a form for decisions. Stop it with Ctrl-C.

  upriver serve demo/evidence.upriver --port 8000
"""
    ),
)
@click.argument("case", type=PATH)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0 takes a free one."
)
def serve(case: Path, port: int) -> None:
    from upriver.web.app import serve as run

    run(case, port)
