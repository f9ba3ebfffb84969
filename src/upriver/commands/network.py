"""Networks on plain files of ties."""

from __future__ import annotations

from pathlib import Path

import click

from upriver.commands.words import PATH, Finite, manual


@click.command(
    short_help="Find the removals that break a network apart.",
    help=manual(
        """
Find which nodes to take out of the network in EDGES, a CSV of ties (source, target), so that little of it hangs
together: an order of arrests until no part holds more than a tenth, or --budget K of them, or --raid K at once.
Directions and weights do not count.

Writes ORDER.csv: node, place, largest (nodes of the largest part that is left; for a raid, after it), share of all
nodes, share_high (the same where 10 to 30 % of the ties were hidden from whoever chose). It tells what would break the
network; it tells of nobody that he leads it, and whoever may be a victim belongs into --never.

Examples:

  upriver disrupt ties.csv --out order.csv
  upriver disrupt ties.csv --raid 10 --never presumed-victims.csv --out raid.csv
"""
    ),
)
@click.argument("edges", type=PATH)
@click.option("--budget", type=click.IntRange(1), metavar="K", help="Nodes to take one after another.")
@click.option("--raid", "at_once", type=click.IntRange(1), metavar="K", help="Nodes to take at once.")
@click.option("--share", type=Finite(0, 1, min_open=True), default=0.1, show_default=True,
              help="Without --budget: until no part holds more than this share of all nodes.")  # fmt: skip
@click.option("--never", type=PATH, metavar="NODES.csv", help="CSV with a column node: these are not chosen.")
@click.option("--out", type=PATH, required=True, help="File to write; - for standard output.")
def disrupt(edges: Path, budget: int | None, at_once: int | None, share: float, never: Path | None, out: Path) -> None:
    from upriver.plain.disrupt import disrupt as find
    from upriver.report.figures import visible

    if budget is not None and at_once is not None:
        raise click.UsageError("give --budget or --raid, not both")

    def tell(line: str) -> None:
        click.echo(f"upriver: {visible(line)}", err=True)

    made = find(edges, None if str(out) == "-" else out, budget, at_once, share, never, tell)
    tell(made.as_text())


@click.command(
    short_help="Rank who stands between others, by ties alone.",
    help=manual(
        """
Rank the nodes of TIES, a CSV of ties (source, target, perhaps a weight), by where they stand: between people who are
otherwise apart, and, where ties are messages, by who writes to them and is answered. Volume is no merit: busy
coordinators are not those who lead.

Writes RANKING.csv: node, score, rank_low and rank_high (between which it stands, nine times in ten, if 10 to 30 % of
the ties are missing, more of those who are watched less), why. Bare ties tell brokerage only; that is no evidence of
organising, and each row says so. For evidence of control use `upriver investigate`. Whoever may be a victim belongs
into --never.

Examples:

  upriver rank ties.csv --out ranking.csv
  upriver rank calls.csv --directed --never presumed-victims.csv --out ranking.csv
"""
    ),
)
@click.argument("ties", type=PATH)
@click.option("--directed/--undirected", "arcs", default=None,
              help="Whether ties run from source to target; by default as the header or the ties tell.")  # fmt: skip
@click.option("--never", type=PATH, metavar="NODES.csv", help="CSV with a column node: these are not ranked.")
@click.option("--out", type=PATH, required=True, help="File to write; - for standard output.")
def rank(ties: Path, arcs: bool | None, never: Path | None, out: Path) -> None:
    from upriver.plain.rank import rank as find
    from upriver.report.figures import visible

    def tell(line: str) -> None:
        click.echo(f"upriver: {visible(line)}", err=True)

    tell(find(ties, None if str(out) == "-" else out, arcs, never, tell).as_text())
