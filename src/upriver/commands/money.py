"""Money on plain files of transfers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from upriver.commands.words import PATH, Finite, manual


def columns_told(command: Callable[..., None]) -> Callable[..., None]:
    """Options of commands that read a file of transfers: how it is written."""
    for option in (
        click.option("--zone", help="Time zone of times without one, as Asia/Bangkok.  [default: UTC]"),
        click.option("--decimal", type=click.Choice([".", ","]), help="The sign before decimals: how 1.234 is read."),
        click.option("--date-order", type=click.Choice(["ymd", "dmy", "mdy"]), help="How 03/04/2025 is read."),
        click.option(
            "--column", "named", multiple=True, metavar="FIELD=NAME",
            help="The column that tells transfer_id, source_account, target_account, occurred_at, amount, currency, "
            "amount_usd, source_bank, target_bank, received, received_currency or status.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command(
    short_help="Follow money through a CSV of transfers.",
    help=manual(
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
@click.argument("transfers", type=PATH)
@click.option("--from", "sources", type=PATH, required=True, help="CSV with transfer_id or account.")
@click.option("--stop-at", "stops", type=PATH, help="CSV with account (and kind): services that can be asked.")
@click.option("--method", type=click.Choice(["auto", "poison", "haircut", "fifo", "lifo", "taint-first"]),
              default="auto", show_default=True)  # fmt: skip
@click.option("--backward", is_flag=True, help="From the payees of the sources back to where the money came from.")
@click.option("--max-hops", type=click.IntRange(1, 1_000_000), help="Transfers from a source at most.")
@click.option("--max-days", type=Finite(0, 36_500, min_open=True), help="Days from a source at most.")
@click.option("--max-hold", type=Finite(0, 876_000, min_open=True), metavar="HOURS",
              help="Money that lay in an account for longer is not followed on.")  # fmt: skip
@click.option("--least", type=Finite(0), default=0.0, metavar="USD",
              help="Smaller traced amounts are not followed.")  # fmt: skip
@click.option("--unseen", type=click.Choice(["clean", "unknown", "carry"]),
              help="What an account sends beyond what it was seen to have: clean money; or nothing is followed on from "
              "there; or traced, where almost all it got is.  [default: carry for auto, else clean]")  # fmt: skip
@columns_told
@click.option("--out", type=PATH, required=True, help="Folder to write to.")
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
    decimal: str | None,
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
        transfers, sources, stops, method, backward, cut, out, columns(named, date_order, zone, decimal),
        lambda line: click.echo(f"upriver: {visible(line)}", err=True),
    )  # fmt: skip
    click.echo(f"upriver: {made.as_text()}", err=True)


@click.command(
    short_help="Find laundering patterns in a file of transfers.",
    help=manual(
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
@click.argument("transfers", type=PATH)
@click.option("--out", type=PATH, required=True, help="File to write; - for standard output.")
@click.option("--services", "known", type=PATH, help="A CSV of accounts that are known services.")
@columns_told
@click.option("--set", "changed", multiple=True, metavar="NAME=VALUE", help="A parameter, as window_days=3.")
def patterns(
    transfers: Path,
    out: Path,
    known: Path | None,
    named: tuple[str, ...],
    date_order: str | None,
    zone: str | None,
    decimal: str | None,
    changed: tuple[str, ...],
) -> None:
    from upriver.plain.columns import columns
    from upriver.plain.patterns import patterns as find
    from upriver.plain.patterns import settings
    from upriver.report.figures import visible

    def tell(line: str) -> None:
        click.echo(f"upriver: {visible(line)}", err=True)

    target = None if str(out) == "-" else out
    count = find(transfers, target, tell, columns(named, date_order, zone, decimal), settings(changed), known)
    click.echo(f"upriver: {count.as_text()}", err=True)
