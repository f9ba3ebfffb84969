"""Keys of a sitting: struck on a terminal one by one, or through a pipe line by line."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from upriver.report.figures import visible

if TYPE_CHECKING:
    from rich.console import Console

WIDE = 110  # of what is written through a pipe


def sitting() -> tuple[Console, bool]:
    """Where to write, and whether a person sits there who strikes keys."""
    from rich.console import Console

    talks = sys.stdin.isatty() and sys.stdout.isatty()
    return (Console(highlight=False) if talks else Console(highlight=False, width=WIDE, color_system=None)), talks


def keys(console: Console, told: str, asking: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """One key each, without Enter, and a reason where it is asked.

    told    what the keys are, for the person
    asking  key -> what is asked for behind it: a reason at the end; what comes before goes behind the key, `c:romance`
    """
    while True:
        with _single_keys():
            console.print(told, markup=False, style="bold")
            try:
                key = _key()
            except (EOFError, KeyboardInterrupt):
                return
        answers = [click.prompt(words, default="", show_default=False).strip() for words in asking.get(key, ())]
        key = ":".join(["q" if key in {"\x03", "\x04", "\x1b"} else key.lower(), *filter(None, answers[:-1])])
        yield key, answers[-1] if answers else ""


@contextmanager
def _single_keys() -> Iterator[None]:
    """The terminal hands on each key as it is struck, those too that were struck while a pair was being drawn."""
    if sys.platform == "win32":
        yield
        return
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        # At once, and nothing thrown away: click's own reading drops what was struck early.
        tty.setcbreak(terminal, termios.TCSANOW)
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)


def _key() -> str:
    """One key; an arrow or the like is one key of several signs."""
    if sys.platform == "win32":
        return click.getchar()
    terminal = sys.stdin.fileno()
    struck = os.read(terminal, 1)
    if not struck:
        raise EOFError
    # Escape alone, or the first sign of an arrow; or the first byte of a letter of another script.
    while (struck[0] == 0x1B or struck[0] >= 0x80) and select.select([terminal], [], [], 0.02)[0]:
        struck += os.read(terminal, 1)
    return struck.decode("utf-8", "replace")


def lines(words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """One answer a line: a letter or its word (`words`), and behind it a reason; empty lines are passed over."""
    for line in sys.stdin:
        head, _, why = line.strip().partition(" ")
        if head:
            key = head.lower()
            yield words.get(key, key), why


def say(console: Console, text: str) -> None:
    """A text for the person: evidence in it is neither markup nor an order to the terminal."""
    for line in text.split("\n"):
        console.print(visible(line), markup=False, soft_wrap=True)
