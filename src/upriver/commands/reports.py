"""What is told of the crackdown, on plain files."""

from __future__ import annotations

from pathlib import Path

import click

from upriver.commands.opening import check_finished, opened_case
from upriver.commands.words import PATH, Finite, manual
from upriver.errors import EvidenceError


@click.command(
    short_help="Read the events out of passages of news.",
    help=manual(
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
@click.argument("passages", type=PATH)
@click.option("--out", type=PATH, required=True, help="File to write; - for standard output.")
@click.option("--endpoint", help="An OpenAI-compatible endpoint of this machine or network that proposes events too.")
@click.option("--model", help="The model to ask there.")
@click.option("--proposer", metavar="COMMAND", help="A program that proposes events: prompt in, JSON out.")
@click.option("--timeout", type=Finite(0, min_open=True, max=86_400), default=60.0, show_default=True,
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


@click.command(
    short_help="Reconcile events, or a case, into a ledger of happenings.",
    help=manual(
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
@click.argument("source", type=PATH)
@click.option("--out", type=PATH, required=True, help="File to write; - for standard output.")
@click.option("--html", type=PATH, help="Write a page too, that opens offline.")
@click.option("--journal", "decisions", type=PATH, help="Decisions on the events of a file.")
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
        with opened_case(source, read_only=not unmask) as case:
            check_finished(case)
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
