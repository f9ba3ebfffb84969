"""The front door: `upriver COMMAND`. The commands themselves are in `commands/`."""

from __future__ import annotations

import io
import sys
from typing import Any

import click

from upriver import __version__
from upriver.commands import (
    calls,
    case,
    contacts,
    handing,
    made_up,
    mapping,
    money,
    names,
    network,
    people,
    records,
    reference,
    reports,
    reviewing,
    texts,
)
from upriver.commands.words import manual
from upriver.errors import UpriverError

# In the order of an investigation: the help lists them so.
_COMMANDS = (
    mapping.map_, case.investigate, case.show, case.why, reviewing.review, reviewing.queue, case.decide, case.serve,
    people.people, case.requests, case.export, handing.package, handing.verify,
    reports.news, reports.ledger, money.trace, money.patterns, texts.observables, contacts.contacts, contacts.adverts,
    contacts.train, contacts.scripts, names.match_names, names.screen, records.resolve, calls.calls,
    network.rank, network.disrupt, network.recover, network.forecast,
    made_up.simulate, made_up.evaluate, reference.digest, reference.tables,
)  # fmt: skip


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


@click.group(
    cls=Manual,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=manual(
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


for _command in _COMMANDS:
    main.add_command(_command)
