"""Calls, chats and adverts in plain texts: scam, lure or neither, and why; models trained on one's own data."""

from __future__ import annotations

from pathlib import Path

import click

from upriver.commands.words import PATH, manual
from upriver.errors import EvidenceError

_OUT = click.option("--out", type=PATH, required=True, help="File to write; - for standard output.")
_MODEL = click.option("--model", type=PATH, help="A model made by upriver train, read beside the word lists.")


@click.command(
    short_help="Tell scam contacts in messages, chats and calls, and why.",
    help=manual(
        """
Read TEXTS.jsonl (one object a line: id, and text, or messages: a list of texts or of objects with sender and text; an
exported chat or a transcript may stand in text) and write one line for each: id, score (probability of a scam contact),
label (scam, lure, neither, "not enough to say"; with a model the labels it was trained on), kind of scam, stage reached
and stages passed, and why: the signs with the words that say so. English and Chinese.

A flag is a reason to look, never proof. Rows that cannot be read are kept with their reason in OUT.rejected.csv.

Examples:

  upriver contacts texts.jsonl --out labels.jsonl
  upriver contacts texts.jsonl --model contacts.model --out - | head
"""
    ),
)
@click.argument("source", metavar="TEXTS.jsonl", type=PATH)
@_MODEL
@_OUT
def contacts(source: Path, model: Path | None, out: Path) -> None:
    _label(source, model, out, adverts=False)


@click.command(
    short_help="Tell lures into scam work among job adverts, and why.",
    help=manual(
        """
Read ADS.jsonl (one object a line: id, text, and title, company, place, salary where known; HTML is read as its words)
and write one line for each: id, score (probability of a lure), label (lure, neither, "not enough to say"; with a model
the labels it was trained on), and why: the signs with the words that say so. Good pay, travel or a border town alone
make none.

A flag is a reason to look, never proof. Rows that cannot be read are kept with their reason in OUT.rejected.csv.

Examples:

  upriver adverts ads.jsonl --out labels.jsonl
"""
    ),
)
@click.argument("source", metavar="ADS.jsonl", type=PATH)
@_MODEL
@_OUT
def adverts(source: Path, model: Path | None, out: Path) -> None:
    _label(source, model, out, adverts=True)


@click.command(
    short_help="Train a model for contacts or adverts on labelled texts.",
    help=manual(
        """
Read the labelled texts of FOLDER (*.jsonl with id, text, label, and source and fold where known) or of one such file,
and write a model of at most 10 MB: weights of hashed runs of letters, calibrated, with a card of what it was trained on
and how well it did on folds and between sources. A model holds traces of its data: pass it on only where you may pass
on the data.

With --case, texts that analysts labelled in a case (`upriver review --contacts`) are trained on too, with or without
FOLDER; they outweigh the same text labelled otherwise there.

Examples:

  upriver train contacts --data labelled --out contacts.model
  upriver train contacts --data labelled --case demo/evidence.upriver --out contacts.model
  upriver train adverts --data ads.jsonl --out adverts.model
"""
    ),
)
@click.argument("task", type=click.Choice(["contacts", "adverts"]))
@click.option("--data", type=PATH, help="Folder of *.jsonl, or one such file.")
@click.option("--case", "cases", type=PATH, multiple=True, help="A case whose labels are trained on; may be repeated.")
@click.option("--out", type=PATH, required=True, help="File to write.")
def train(task: str, data: Path | None, cases: tuple[Path, ...], out: Path) -> None:
    from upriver.plain.training import train as fit
    from upriver.report.figures import visible

    if data is None and not cases:
        raise click.UsageError("name labelled texts with --data, cases with --case, or both")
    card = fit(task, data, out, lambda line: click.echo(f"upriver: {visible(line)}", err=True), cases)
    click.echo(f"upriver: {out}: {card}", err=True)


@click.command(
    short_help="Find texts that are one script but for what is filled in.",
    help=manual(
        """
Read TEXTS.jsonl (one object a line: id, and text, or messages) and write one line for each script of two texts or more,
the most used first: script_id, n_texts, words (those that all share, … for what differs), ids, and filled: for each of
the first 20 texts what stands in the blanks. Names, sums and links may differ, sentences stand in another order,
letters be disguised, characters be traditional or simplified.

Whoever sends a script was given it: it ties senders to one desk, and may have been sent by a captive. Texts are written
out as they stand: mask them before you hand them on. Rows that cannot be read are kept in OUT.rejected.csv.

Examples:

  upriver scripts texts.jsonl --out scripts.jsonl
"""
    ),
)
@click.argument("source", metavar="TEXTS.jsonl", type=PATH)
@_OUT
def scripts(source: Path, out: Path) -> None:
    from upriver.plain.scripts import scripts as find
    from upriver.report.figures import visible

    told = find(
        source, None if str(out) == "-" else out, lambda line: click.echo(f"upriver: {visible(line)}", err=True)
    )
    click.echo(f"upriver: {told.as_text()}", err=True)
    if not told.texts:
        raise EvidenceError(f"{source}: no text could be read; mend what is told above")


def _label(source: Path, model: Path | None, out: Path, *, adverts: bool) -> None:
    from upriver.extract.contact_model import load
    from upriver.plain.contacts import label
    from upriver.report.figures import visible

    count = label(
        source,
        None if str(out) == "-" else out,
        lambda line: click.echo(f"upriver: {visible(line)}", err=True),
        load(model) if model else None,
        adverts=adverts,
    )
    click.echo(f"upriver: {count.as_text()}", err=True)
    if not count.texts:
        raise EvidenceError(f"{source}: no text could be read; mend what is told above")
