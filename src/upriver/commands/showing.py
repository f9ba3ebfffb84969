"""What a run shows on a terminal: its bars, and the summary of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from upriver.case.store import Case
    from upriver.pipeline import Run


def with_bars(work: Any, steps: int) -> Any:
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


def print_summary(case: Case, run: Run | None = None) -> None:
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
