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
nodes, share_high (the same where 10 to 30 % of the ties were hidden from whoever chose), and why, which says what it is
no evidence of. It tells what would break the network; it tells of nobody that he leads it, and whoever may be a victim
belongs into --never. --recover RECOVERY.csv adds what works again when the posts are filled (see `upriver recover`).

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
@click.option("--recover", "recovery", type=PATH, metavar="RECOVERY.csv",
              help="File to write what works again after the removals to.")  # fmt: skip
@click.option("--out", type=PATH, required=True, help="File to write; - for standard output.")
def disrupt(
    edges: Path,
    budget: int | None,
    at_once: int | None,
    share: float,
    never: Path | None,
    recovery: Path | None,
    out: Path,
) -> None:
    from upriver.plain.disrupt import disrupt as find
    from upriver.report.figures import visible

    if budget is not None and at_once is not None:
        raise click.UsageError("give --budget or --raid, not both")

    def tell(line: str) -> None:
        click.echo(f"upriver: {visible(line)}", err=True)

    made = find(edges, None if str(out) == "-" else out, budget, at_once, share, never, tell, recovery)
    tell(made.as_text())
    if made.recovered is not None:
        tell(made.recovered.as_text())


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


@click.command(
    short_help="Simulate what still works after removals, and what is replaced.",
    help=manual(
        """
Simulate what follows when the people that GONE.csv lists (a column node) are taken out of the network in TIES, a CSV of
ties (source, target): what still works, and what works again as their posts are filled, one a step, by those nearest to
the contacts left behind, by those with most ties, or at random. --roles ROLES.csv (node, role) tells which roles posts
have, --skills SKILLS.csv (node, role) what else somebody could do, --flows FLOWS.csv (source, target, usd) the money.

Writes RECOVERY.csv: removals (told, or instead: as many, chosen to break it), rule, step, post, by, and as shares of
what was before largest (part), efficiency, posts, roles, money, each with low and high were 10 to 30 % of people and
ties hidden; and RECOVERY.substitutes.csv: who could take which post. Both are evidence on nobody, and whoever may be a
victim belongs into --never.

Examples:

  upriver recover ties.csv --gone arrested.csv --out recovery.csv
  upriver recover ties.csv --gone arrested.csv --roles roles.csv --flows money.csv --never victims.csv --out r.csv
"""
    ),
)
@click.argument("ties", type=PATH)
@click.option("--gone", type=PATH, required=True, metavar="NODES.csv", help="CSV with a column node: the removals.")
@click.option("--roles", type=PATH, metavar="ROLES.csv", help="CSV of node and role: the roles that posts have.")
@click.option("--skills", type=PATH, metavar="SKILLS.csv", help="CSV of node and role: who could do what else.")
@click.option("--flows", type=PATH, metavar="FLOWS.csv", help="CSV of source, target, usd: money between people.")
@click.option("--never", type=PATH, metavar="NODES.csv", help="CSV with a column node: these are named nowhere.")
@click.option("--steps", type=click.IntRange(0, 10_000), default=20, show_default=True, help="Posts that are filled.")
@click.option("--out", type=PATH, required=True, metavar="RECOVERY.csv", help="File to write; - for standard output.")
def recover(
    ties: Path,
    gone: Path,
    roles: Path | None,
    skills: Path | None,
    flows: Path | None,
    never: Path | None,
    steps: int,
    out: Path,
) -> None:
    from upriver.plain.recover import Files, recover_told
    from upriver.report.figures import visible

    if skills is not None and roles is None:
        raise click.UsageError("--skills needs --roles: a skill is that for a role")

    def tell(line: str) -> None:
        click.echo(f"upriver: {visible(line)}", err=True)

    files = Files(roles, skills, flows, never)
    tell(recover_told(ties, gone, files, steps, None if str(out) == "-" else out, tell).as_text())


@click.command(
    short_help="Tell who stays in a network, and which ties form next.",
    help=manual(
        """
Tell who still has a tie in the next period of the network in TIES, a CSV of ties with their times (year or date,
source, target), and which ties form; fitted on the periods before, and tried on each of them. --status adds who was
free, jailed or dead when (year, node, status): without it, who leaves is told far less well.

Writes to the folder of --out: active.csv (node, probability, low, high, known, why), ties.csv (a, b, probability, why),
check.csv (how well the last periods of the file would have been told), about.txt. A forecast says where a network may
hold or grow again; it is evidence on nobody, and whoever may be a victim belongs into --never.

Examples:

  upriver forecast ties.csv --status status.csv --out forecast
  upriver forecast ties.csv --status status.csv --until 2001 --never presumed-victims.csv --out forecast
  upriver forecast calls.csv --by month --out forecast
"""
    ),
)
@click.argument("ties", type=PATH)
@click.option("--status", type=PATH, metavar="STATUS.csv", help="CSV of who was free, jailed or dead in which period.")
@click.option("--never", type=PATH, metavar="NODES.csv", help="CSV with a column node: these are listed nowhere.")
@click.option("--by", type=click.Choice(["year", "month"]), default="year", show_default=True,
              help="How long a period is.")  # fmt: skip
@click.option("--until", metavar="PERIOD", help="Last period to look at, as 2001 or 2001-05; later rows are not used.")
@click.option("--ahead", type=click.IntRange(1, 1000), default=1, show_default=True, help="Periods to look ahead.")
@click.option("--out", type=PATH, required=True, metavar="DIR", help="Folder to write to.")
def forecast(
    ties: Path, status: Path | None, never: Path | None, by: str, until: str | None, ahead: int, out: Path
) -> None:
    from upriver.plain.forecast import foretell
    from upriver.report.figures import visible

    def tell(line: str) -> None:
        click.echo(f"upriver: {visible(line)}", err=True)

    tell(foretell(ties, status, never, by, until, ahead, out, tell).as_text())
