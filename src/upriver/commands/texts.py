"""Identifiers in plain texts."""

from __future__ import annotations

from pathlib import Path

import click

from upriver.commands.words import PATH, manual
from upriver.errors import EvidenceError


@click.command(
    short_help="Find phones, links, wallets, cards and chat names in texts.",
    help=manual(
        """
Read TEXTS.jsonl (one object a line: text, and id and region where known) and write one line for each: id and its
observables, each with kind, normalised value, start and end (characters of the text, end exclusive). Region is the
country, as TH, in which national phone numbers are read; without it only numbers with a country code are. What fails
its checksum is left out. Lines that cannot be read are told, and kept with their reason in OUT.rejected.csv.

Examples:

  upriver observables texts.jsonl --out observables.jsonl
  upriver observables chat.jsonl --region KH --kinds all --out - | head
"""
    ),
)
@click.argument("source", metavar="TEXTS.jsonl", type=PATH)
@click.option("--out", type=PATH, required=True, help="File to write; - for standard output.")
@click.option("--region", help="Country (ISO 3166-1, two letters) of texts that name none.")
@click.option("--kinds", default="usual", show_default=True, metavar="usual|all|KIND,KIND",
              help="Kinds to tell; usual leaves out other chains, LINE, Zalo, devices, accounts.")  # fmt: skip
def observables(source: Path, out: Path, region: str | None, kinds: str) -> None:
    from upriver.clean.contacts import is_country
    from upriver.extract.mentions import KINDS
    from upriver.plain.observables import USUAL
    from upriver.plain.observables import observables as find
    from upriver.report.figures import visible

    if region is not None and not is_country(region.upper()):
        raise click.BadParameter(f"{region!r} is no country of two letters, as TH", param_hint="--region")
    told = [kind.strip() for kind in kinds.split(",") if kind.strip()]
    wanted = {"usual": USUAL, "all": None}.get(kinds, told)
    if wanted is not None and (not wanted or set(wanted) - set(KINDS)):
        unknown = ", ".join(sorted(set(wanted) - set(KINDS))) or "none"
        raise click.BadParameter(f"{unknown}; known: usual, all, {', '.join(KINDS)}", param_hint="--kinds")
    count = find(
        source,
        None if str(out) == "-" else out,
        lambda line: click.echo(f"upriver: {visible(line)}", err=True),
        region.upper() if region else None,
        wanted,
    )
    click.echo(f"upriver: {count.as_text()}", err=True)
    if not count.texts:
        raise EvidenceError(f"{source}: no text could be read; mend what is told above")
