"""The front door: `upriver COMMAND`. Heavy packages are imported inside commands, so that help answers at once."""

from __future__ import annotations

import io
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from upriver import __version__
from upriver.errors import CaseError, EvidenceError, ExportError, UpriverError

if TYPE_CHECKING:
    from collections.abc import Callable

    from upriver.case.store import Case
    from upriver.pipeline import Run

_PATH = click.Path(path_type=Path)


class _Finite(click.FloatRange):
    """A number in a range: neither NaN, which is in every range, nor infinite."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


class Manual(click.Group):
    """A group whose errors are one clear message, and whose commands stand in the order of an investigation."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # A terminal of one alphabet shows a name in another as \u5f20, and the work goes on.
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            # A full disk, a right taken away, a share gone: not ours, but said in words, with the place.
            place = f"{error.filename}: " if error.filename else ""
            click.echo(f"upriver: {place}{error.strerror or error}", err=True)
            sys.exit(1)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UpriverError as error:
            click.echo(f"upriver: {error}", err=True)
            ctx.exit(1)
        except BrokenPipeError:
            # The reader of our output (`| head`) has gone; nothing is wrong with the case.
            sys.stderr.close()
            ctx.exit(0)
        except KeyboardInterrupt:
            click.echo("\nupriver: stopped. Finished stages stand; the same command goes on from there.", err=True)
            ctx.exit(130)


def _manual(text: str) -> str:
    """Keep the line breaks of examples: click folds paragraphs that do not begin with this mark."""
    return "\n\n".join(f"\b\n{part}" if part.startswith("  ") else part for part in text.strip("\n").split("\n\n"))


def _columns(command: Callable[..., None]) -> Callable[..., None]:
    """Options of commands that read a file of transfers: how it is written."""
    for option in (
        click.option("--zone", help="Time zone of times without one, as Asia/Bangkok.  [default: UTC]"),
        click.option("--date-order", type=click.Choice(["ymd", "dmy", "mdy"]), help="How 03/04/2025 is read."),
        click.option(
            "--column", "named", multiple=True, metavar="FIELD=NAME",
            help="The column that tells transfer_id, source_account, target_account, occurred_at, amount, currency, "
            "amount_usd, source_bank, target_bank, received, received_currency or status.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group(
    cls=Manual,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=_manual(
        """
Upriver reads the folder of evidence that a crackdown on cyberscam syndicates leaves behind (victim reports, chats,
call logs, bank and crypto transfers, handover lists, watchlists, registers, news) and shows who is connected, where the
money went, who runs it and who may be its captive, and what the crackdown has missed. Every answer opens to the records
it rests on. It works offline; nothing leaves this machine.

Begin with a made-up case, or with your own folder:

  upriver simulate demo --scale small
  upriver investigate demo/evidence
  upriver why F001 --case demo/evidence.upriver

Victims and presumed victims are masked in everything it prints and writes, unless --unmask is given.
"""
    ),
)
@click.version_option(__version__, "-V", "--version", prog_name="upriver")
def main() -> None:
    """Group of all commands."""


# ---- the main job ------------------------------------------------------------------------------------------------


@main.command(
    short_help="Read a folder of evidence, run every stage, write the dossier.",
    help=_manual(
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
@click.argument("folder", type=_PATH)
@click.option("--case", "home", type=_PATH, help="Where the case is kept. [default: FOLDER.upriver]")
@click.option(
    "--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True, help="What runs the SQL."
)
@click.option("--fresh", is_flag=True, help="Run every stage, also those that nothing changed for.")
@click.option("--unmask", is_flag=True, help="Show victims by name in the dossier; written into the manifest.")
@click.option("--quiet", "-q", is_flag=True, help="No progress bars.")
def investigate(folder: Path, home: Path | None, engine: str, fresh: bool, unmask: bool, quiet: bool) -> None:
    from upriver import pipeline
    from upriver.case.store import Case

    def work(progress: pipeline.Progress | None) -> Run:
        return pipeline.investigate(folder, home, engine=engine, fresh=fresh, unmask=unmask, progress=progress)

    run = work(None) if quiet else _with_bars(work, len(pipeline.ORDER) + 1)
    with Case.open(run.home, read_only=True) as case:
        _print_summary(case, run)


def _with_bars(work: Any, steps: int) -> Any:
    """Run `work(progress)` under a progress bar on stderr; a pipe or a log gets one line a stage."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from upriver.report.figures import visible

    console = Console(stderr=True)
    if not console.is_terminal:
        seen: set[str] = set()

        def line(stage: str, number: int, _done: float, _text: str) -> None:
            if stage not in seen:
                seen.add(stage)
                click.echo(f"[{number}/{steps}] {stage}", err=True)

        return work(line)
    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        # The name of a file may hold what rich takes for a style, or a terminal for an order.
        TextColumn("{task.fields[text]}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def bar(stage: str, _number: int, done: float, text: str) -> None:
            if stage not in tasks:
                for task in tasks.values():
                    bars.update(task, completed=1.0, text="")
                tasks[stage] = bars.add_task(stage, total=1.0, text="")
            bars.update(tasks[stage], completed=done, text=visible(" ".join(text.split()))[:60])

        return work(bar)


def _print_summary(case: Case, run: Run | None = None) -> None:
    from rich.console import Console

    from upriver.report.figures import visible
    from upriver.report.identity import masks
    from upriver.report.summary import summary

    console = Console(highlight=False)
    title = masks(case).text(case.manifest.title)
    console.print(summary(case, title, min(console.width, 110)), markup=False, soft_wrap=True)
    if run is not None:
        for notice in run.notices:
            console.print(f"note: {visible(notice)}", markup=False)
        if run.kept:
            console.print(f"Unchanged since the last run, not run again: {', '.join(run.kept)}", markup=False)
    console.print(f"Dossier: {(case.home / 'dossier' / 'index.html')}", markup=False, soft_wrap=True)


@main.command(
    short_help="Print the summary of a case again.",
    help=_manual(
        """
Print the summary of a case again, without running anything.

  upriver show seizure-2026-03.upriver
"""
    ),
)
@click.argument("case", type=_PATH, required=False)
def show(case: Path | None) -> None:
    with _open(case) as opened:
        _check_finished(opened)
        _print_summary(opened)


@main.command(
    short_help="Walk from a finding to the rows of source files it rests on.",
    help=_manual(
        """
Walk from the finding FINDING (F001, as the summary and the dossier number them) to the rows of the source files that
it rests on.

Examples:

  upriver why F003 --case demo/evidence.upriver
  upriver why F003 --records 50
"""
    ),
)
@click.argument("finding")
@click.option("--case", "home", type=_PATH, help="The case. [default: the only case in this folder]")
@click.option("--records", type=click.IntRange(1), default=10, show_default=True, help="Records to show in full.")
@click.option("--unmask", is_flag=True, help="Show victims by name; written into the manifest.")
def why(finding: str, home: Path | None, records: int, unmask: bool) -> None:
    from rich.console import Console

    from upriver.pipeline import note_unmasked
    from upriver.report.why import why as walk

    with _open(home, read_only=not unmask) as case:
        _check_finished(case)
        Console(highlight=False).print(
            walk(case, finding, records=records, unmask=unmask), markup=False, soft_wrap=True
        )
        if unmask:
            note_unmasked(case, f"why {finding}")


@main.command(
    short_help="Write a case for other tools: CSV, GraphML, FollowTheMoney.",
    help=_manual(
        """
Write the case for other tools: csv (every table), graphml (ties, for Gephi and the like) or ftm (FollowTheMoney JSON
lines, for Aleph and OpenSanctions tools).

Examples:

  upriver export demo/evidence.upriver --form ftm --to entities.ftm.json
  upriver export demo/evidence.upriver --form csv --to tables/
"""
    ),
)
@click.argument("case", type=_PATH)
@click.option("--form", type=click.Choice(["csv", "graphml", "ftm"]), required=True, help="Form of the export.")
@click.option("--to", "target", type=_PATH, required=True, help="File to write; a folder for csv.")
@click.option("--unmask", is_flag=True, help="Write victims by name; written into the manifest.")
def export(case: Path, form: str, target: Path, unmask: bool) -> None:
    from upriver.pipeline import note_unmasked
    from upriver.report.exports import export as write

    with _open(case, read_only=not unmask) as opened:
        _outside(opened, target, "an export")
        written = write(opened, form, target, unmask=unmask)
        if unmask:
            note_unmasked(opened, f"export {form}")
    for path in written if isinstance(written, list) else [written]:
        click.echo(path)


@main.command(
    short_help="Write who to ask next: a sheet for each bank, exchange, telecom, platform.",
    help=_manual(
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
@click.argument("case", type=_PATH)
@click.option("--out", type=_PATH, help="Folder to write to. [default: CASE/requests]")
@click.option("--for", "wanted", metavar="NAME", help="Only the sheets of this recipient, kind or reference.")
@click.option("--urgent-days", type=click.IntRange(0, 3650), default=14, show_default=True,
              help="Money is urgent that came so many days before the evidence ends.")  # fmt: skip
@click.option("--least-usd", type=_Finite(0), default=100.0, show_default=True,
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
    with _open(case, read_only=not unmask) as opened:
        _check_finished(opened)
        if out is not None:
            _outside(opened, out, "a request")
        made = write_requests(opened, opened.home, params, out, wanted, unmask)
        if unmask:
            note_unmasked(opened, "requests")
    for text in made.left_out:
        click.echo(f"note: {visible(text)}", err=True)
    click.echo(f"upriver: {visible(made.as_text())}", err=True)
    click.echo(made.index)


@main.command(
    short_help="Add an analyst's decision to the journal.",
    help=_manual(
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

Examples:

  upriver decide demo/evidence.upriver same 3f0c... 91ab... --who "Inspector A" --why "same passport, seen on paper"
  upriver decide demo/evidence.upriver service TQx3... --who A --why "the exchange confirmed it"
"""
    ),
)
@click.argument("case", type=_PATH)
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


@main.command(
    short_help="Serve a case as pages on this machine alone.",
    help=_manual(
        """
Serve CASE as pages on this machine alone (127.0.0.1), with a form for decisions. Stop it with Ctrl-C.

  upriver serve demo/evidence.upriver --port 8000
"""
    ),
)
@click.argument("case", type=_PATH)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0 takes a free one."
)
def serve(case: Path, port: int) -> None:
    from upriver.web.app import serve as run

    run(case, port)


# ---- one stage alone, on plain files ---------------------------------------------------------------------------


@main.command(
    short_help="Read the events out of passages of news.",
    help=_manual(
        """
Read PASSAGES (JSON lines with text and published, a text, a saved page, or a folder of them) and write one line for
each: id, url, published, language, events. What cannot be read is told, and kept with its reason in OUT.rejected.jsonl.
Nothing leaves the machine.

A model may propose further events; one stands only if its words are in the text and its figure is in those words.
UPRIVER_API_KEY is sent to the endpoint if it is set.

Examples:

  upriver news passages.jsonl --out events.jsonl
  upriver news press/ --out - | head
  upriver news passages.jsonl --out events.jsonl --endpoint http://127.0.0.1:8080/v1 --model qwen
"""
    ),
)
@click.argument("passages", type=_PATH)
@click.option("--out", type=_PATH, required=True, help="File to write; - for standard output.")
@click.option("--endpoint", help="An OpenAI-compatible endpoint of this machine or network that proposes events too.")
@click.option("--model", help="The model to ask there.")
@click.option("--proposer", metavar="COMMAND", help="A program that proposes events: prompt in, JSON out.")
@click.option("--timeout", type=_Finite(0, min_open=True, max=86_400), default=60.0, show_default=True,
              help="Seconds to wait for one answer.")  # fmt: skip
@click.option("--allow-remote", is_flag=True, help="Let the text leave this machine, to an endpoint elsewhere.")
def news(
    passages: Path,
    out: Path,
    endpoint: str | None,
    model: str | None,
    proposer: str | None,
    timeout: float,
    allow_remote: bool,
) -> None:
    from upriver.plain.news import news as read
    from upriver.plain.proposals import Proposals
    from upriver.plain.proposers import Endpoint, Program, Proposer
    from upriver.report.figures import visible

    def tell(line: str) -> None:
        click.echo(f"upriver: {visible(line)}", err=True)

    if endpoint and proposer:
        raise click.UsageError("give --endpoint or --proposer, not both")
    if bool(endpoint) != bool(model):
        raise click.UsageError("--endpoint and --model go together: an address and the model to ask there")
    asked: Proposer | None = None
    if endpoint and model:
        asked = Endpoint(endpoint, model, timeout, allow_remote)
        remote = asked.remote()
        if remote:
            tell(f"WARNING: the text of every passage leaves this machine, to {endpoint} ({remote}): --allow-remote")
    elif proposer:
        asked = Program(proposer, timeout)
    target = None if str(out) == "-" else out
    count = read(passages, target, tell, Proposals(asked) if asked else None)
    click.echo(f"upriver: {count.as_text()}", err=True)
    if not count.passages:
        raise EvidenceError(f"{passages}: no passage could be read; mend what is told above")


@main.command(
    short_help="Reconcile events, or a case, into a ledger of happenings.",
    help=_manual(
        """
Reconcile what is told of the crackdown: SOURCE is an EVENTS.jsonl of `upriver news`, or the folder of a case. Writes
one line for each happening and running total (members, relation, conflicts, the range of its figures with its basis,
first speakers) and one for each relation: parts and sums, stages of the same people, contradictions. Totals are never
added.

Decisions come from the journal of the case, or for an events file from --journal: accept, merge, split, copy, with
members named as the ledger names them.

Examples:

  upriver ledger events.jsonl --out ledger.jsonl --html ledger.html
  upriver ledger demo/evidence.upriver --out ledger.jsonl
"""
    ),
)
@click.argument("source", type=_PATH)
@click.option("--out", type=_PATH, required=True, help="File to write; - for standard output.")
@click.option("--html", type=_PATH, help="Write a page too, that opens offline.")
@click.option("--journal", "decisions", type=_PATH, help="Decisions on the events of a file.")
@click.option("--unmask", is_flag=True, help="Show victims of a case by name; written into the manifest.")
def ledger(source: Path, out: Path, html: Path | None, decisions: Path | None, unmask: bool) -> None:
    from upriver.pipeline import note_unmasked
    from upriver.plain import ledger as plain
    from upriver.report.figures import visible
    from upriver.report.identity import masks

    target = None if str(out) == "-" else out
    if not source.is_dir():
        made = plain.of_events(source, target, html, decisions, lambda line: click.echo(visible(line), err=True))
    elif decisions is not None:
        raise click.UsageError("a case has a journal of its own: use `upriver decide`, then `upriver investigate`")
    else:
        with _open(source, read_only=not unmask) as case:
            _check_finished(case)
            hidden = masks(case, unmask)
            made = plain.of_case(
                case,
                target,
                html,
                lambda text, record: hidden.text(text, sorted(hidden.about.get(record or "", ()))),
                lambda line: click.echo(visible(line), err=True),
                masked=not unmask,
            )
            if unmask:
                note_unmasked(case, "ledger")
    click.echo(f"upriver: {plain.in_short(made)}", err=True)


@main.command(
    short_help="Follow money through a CSV of transfers.",
    help=_manual(
        """
Follow stated payments or all that left stolen wallets through TRANSFERS.csv (payer, payee, time, amount; columns are
guessed, or told with --column), or with --backward find whose money came to an account. SOURCES.csv has transfer_id or
account, and may have victim (whose each is) and kind (loss, ransom, stolen). An account of a victim is no source: rent
and groceries leave it too.

Writes DIR/accounts.csv (what each received, with the spread over the methods, and why the trace stops), transfers.csv,
paths.csv (the widest ways), flow.html (a picture), shares.csv (whose money stands at each account), victims.csv (what
each paid, what came back, where the rest is), legs.csv where it crosses swaps, and rejected.csv where rows cannot be
used. The spread is that of the methods; it is no bound.

Examples:

  upriver trace transfers.csv --from stolen.csv --stop-at exchanges.csv --out trace/
  upriver trace transfers.csv --from payments.csv --column amount=value --method haircut --out trace/
"""
    ),
)
@click.argument("transfers", type=_PATH)
@click.option("--from", "sources", type=_PATH, required=True, help="CSV with transfer_id or account.")
@click.option("--stop-at", "stops", type=_PATH, help="CSV with account (and kind): services that can be asked.")
@click.option("--method", type=click.Choice(["auto", "poison", "haircut", "fifo", "lifo", "taint-first"]),
              default="auto", show_default=True)  # fmt: skip
@click.option("--backward", is_flag=True, help="From the payees of the sources back to where the money came from.")
@click.option("--max-hops", type=click.IntRange(1, 1_000_000), help="Transfers from a source at most.")
@click.option("--max-days", type=_Finite(0, 36_500, min_open=True), help="Days from a source at most.")
@click.option("--max-hold", type=_Finite(0, 876_000, min_open=True), metavar="HOURS",
              help="Money that lay in an account for longer is not followed on.")  # fmt: skip
@click.option("--least", type=_Finite(0), default=0.0, metavar="USD",
              help="Smaller traced amounts are not followed.")  # fmt: skip
@click.option("--unseen", type=click.Choice(["clean", "unknown", "carry"]),
              help="What an account sends beyond what it was seen to have: clean money; or nothing is followed on from "
              "there; or traced, where almost all it got is.  [default: carry for auto, else clean]")  # fmt: skip
@_columns
@click.option("--out", type=_PATH, required=True, help="Folder to write to.")
def trace(
    transfers: Path,
    sources: Path,
    stops: Path | None,
    method: str,
    backward: bool,
    max_hops: int | None,
    max_days: float | None,
    max_hold: float | None,
    least: float,
    unseen: str | None,
    named: tuple[str, ...],
    date_order: str | None,
    zone: str | None,
    out: Path,
) -> None:
    from upriver.graph.taint import FAR, Cut
    from upriver.plain.columns import columns
    from upriver.plain.trace import trace as follow
    from upriver.report.figures import visible

    # A limit in time of 0 would be none.
    cut = Cut(
        least, hops=max_hops or FAR, unseen=unseen or "", held=max(1, round(3_600 * max_hold)) if max_hold else 0,
        span=max(1, round(86_400 * max_days)) if max_days else 0,
    )  # fmt: skip
    made = follow(
        transfers, sources, stops, method, backward, cut, out, columns(named, date_order, zone),
        lambda line: click.echo(f"upriver: {visible(line)}", err=True),
    )  # fmt: skip
    click.echo(f"upriver: {made.as_text()}", err=True)


@main.command(
    short_help="Find laundering patterns in a file of transfers.",
    help=_manual(
        """
Find patterns that laundering leaves in TRANSFERS, a CSV: fan-in, fan-out, gather-scatter, cycles, pass-through,
layering, structuring, peel chains, bursts of new accounts, one group paying another, and layers of groups. Each alert
names its transfers, a severity with what it rests on, and an innocent reading of the same transfers. No case is needed.

Writes ALERTS.csv, ALERTS.mules.csv (accounts that look like a mule's, with reasons), and ALERTS.rejected.csv where rows
cannot be used.

Examples:

  upriver patterns transfers.csv --out alerts.csv
  upriver patterns export.csv --column source_account=Debitor --zone Asia/Bangkok --out alerts.csv
  upriver patterns transfers.csv --set window_days=3 --set threshold_usd=5000 --out alerts.csv
"""
    ),
)
@click.argument("transfers", type=_PATH)
@click.option("--out", type=_PATH, required=True, help="File to write; - for standard output.")
@click.option("--services", "known", type=_PATH, help="A CSV of accounts that are known services.")
@_columns
@click.option("--set", "changed", multiple=True, metavar="NAME=VALUE", help="A parameter, as window_days=3.")
def patterns(
    transfers: Path,
    out: Path,
    known: Path | None,
    named: tuple[str, ...],
    date_order: str | None,
    zone: str | None,
    changed: tuple[str, ...],
) -> None:
    from upriver.plain.columns import columns
    from upriver.plain.patterns import patterns as find
    from upriver.plain.patterns import settings
    from upriver.report.figures import visible

    def tell(line: str) -> None:
        click.echo(f"upriver: {visible(line)}", err=True)

    target = None if str(out) == "-" else out
    count = find(transfers, target, tell, columns(named, date_order, zone), settings(changed), known)
    click.echo(f"upriver: {count.as_text()}", err=True)


# ---- made-up cases -----------------------------------------------------------------------------------------------


@main.command(
    short_help="Write a made-up case, with its truth apart.",
    help=_manual(
        """
Write a made-up case to DIR: DIR/evidence as an agency gets it, DIR/truth apart. The same seed gives the same bytes.
All people, companies and accounts in it are fictional.

Examples:

  upriver simulate demo
  upriver simulate towers --preset city-towers --scale medium --seed 7
"""
    ),
)
@click.argument("target", metavar="DIR", type=_PATH)
@click.option("--preset", type=click.Choice(["border-town", "city-towers"]), default="border-town", show_default=True)
@click.option("--scale", type=click.Choice(["small", "medium", "large"]), default="small", show_default=True,
              help="About 10^4, 10^6, 10^7 transfers.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Start of the random numbers.")
def simulate(target: Path, preset: str, scale: str, seed: int) -> None:
    from upriver.simulate.folder import simulate as write

    click.echo(write(target, preset, scale, seed).as_text())


@main.command(
    short_help="Score a simulated case against its truth.",
    help=_manual(
        """
Score CASE, made from a simulated folder, against the planted truth in TRUTH. Trivial rules are scored beside, to show
that the case does not give its answers away.

  upriver evaluate demo/evidence.upriver demo/truth
"""
    ),
)
@click.argument("case", type=_PATH)
@click.argument("truth", type=_PATH)
@click.option("--json", "as_json", is_flag=True, help="Print the scores as one JSON object.")
def evaluate(case: Path, truth: Path, as_json: bool) -> None:
    from upriver.evaluate.metrics import score

    with _open(case) as opened:
        scores = score(opened, truth)
    click.echo(scores.as_json() if as_json else scores.as_text())


# ---- reference ---------------------------------------------------------------------------------------------------


@main.command(
    short_help="Print a digest of every table.",
    help=_manual(
        """
Print a digest of every table of CASE: equal for the same evidence, journal and parameters, on any machine.

  upriver digest demo/evidence.upriver
"""
    ),
)
@click.argument("case", type=_PATH)
def digest(case: Path) -> None:
    with _open(case) as opened:
        for name, (n_rows, value) in opened.digests().items():
            click.echo(f"{name:24} {n_rows:>12,}  {value}")


@main.command(
    short_help="Print what every table holds.",
    help=_manual(
        """
Print what every table of a case holds, as Markdown (docs/tables.md).

  upriver tables > docs/tables.md
"""
    ),
)
def tables() -> None:
    from upriver.model.reference import markdown

    click.echo(markdown(), nl=False)


def _outside(case: Case, target: Path, what: str) -> None:
    """raises  ExportError when `target` lies in the case or in its evidence"""
    for kept, name in ((case.home, "the case"), (case.folder, "the evidence")):
        if target.resolve().is_relative_to(kept.resolve()):
            raise ExportError(f"{target} lies in {name} itself, which {what} may not touch; name another place")


def _check_finished(case: Case) -> None:
    """Findings come last: a run that was killed before them left tables and nothing to show.

    raises  CaseError that names the stages which stand, and the command that goes on
    """
    from upriver.pipeline import ORDER, home_of

    stand = [stage for stage in ORDER if stage in case.manifest.stages]
    if ORDER[-1] in stand:
        return
    there = (
        f"the stages {', '.join(stand)} stand" if len(stand) > 1 else f"the stage {stand[0]} stands" if stand else ""
    )
    place = "" if home_of(case.folder) == case.home.resolve() else f" --case {case.home}"
    raise CaseError(
        f"{case.home}: the case is not finished: {there or 'no stage stands'}; run `upriver investigate "
        f"{case.folder}{place}` to go on"
    )


def _open(home: Path | None, read_only: bool = True) -> Case:
    """The case `home`, or the only one in this folder.

    raises  CaseError when none or several lie here
    """
    from upriver.case.store import Case
    from upriver.pipeline import SUFFIX

    if home is None:
        found = sorted(path for path in Path().iterdir() if path.is_dir() and path.name.endswith(SUFFIX))
        if len(found) != 1:
            told = "several cases are" if found else "no case is"
            raise CaseError(f"{told} in this folder; name one, or make one with `upriver investigate FOLDER`")
        home = found[0]
    return Case.open(home, read_only=read_only)
