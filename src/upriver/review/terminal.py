"""The sitting on a terminal, key by key; or through a pipe, line by line: the same words either way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from upriver.case.store import Case
from upriver.report.figures import counted, shortened, visible
from upriver.report.masking import Masks
from upriver.review.deck import Doubt, in_words
from upriver.review.evidence import DIFFER, SAME, Sides, side_by_side
from upriver.review.keys import WIDE, keys, lines, say, sitting
from upriver.review.session import ACCEPT, REJECT, Session

if TYPE_CHECKING:
    from rich.console import Console

KEYS = "a accept (one)  r reject (two)  s skip  u undo  q quit  ? help"
_HELP = """\
a  accept: the two are one. It goes into the journal at once and counts from the next `upriver investigate`.
r  reject: they are two, and stay two; of a merged pair: they are parted.
s  skip: nothing is written; the pair comes again another day.
u  undo: take back the last decision or skip of this sitting.
q  quit. What is decided stands.
A and R ask for a reason of your own; through a pipe it stands after the letter: `a saw both passports`."""
_MARKS = {SAME: "=", DIFFER: "≠"}
_WORDS = {
    "accept": "a", "same": "a", "one": "a", "reject": "r", "different": "r", "two": "r", "skip": "s", "undo": "u",
    "quit": "q", "help": "?",
}  # fmt: skip
_LONGEST = 400


def sit(session: Session, case: Case, hidden: Masks, most: int | None = None) -> None:
    """Go through the pairs until none is left, `most` are done, or the analyst quits; the end of the input quits."""
    console, talks = sitting()
    answers = keys(console, KEYS, dict.fromkeys("AR", ("Why",))) if talks else lines(_WORDS)
    seen: tuple[str, str] | None = None
    while most is None or len(session.made) < most:
        pairs = session.open()
        if not pairs:
            say(console, "no pair is left to look at")
            break
        doubt = pairs[0]
        if seen != (doubt.left_id, doubt.right_id):
            _show(console, side_by_side(case, hidden, doubt), doubt, len(session.made) + 1, len(pairs), session)
            seen = (doubt.left_id, doubt.right_id)
        key, why = next(answers, ("q", ""))
        if key == "q":
            break
        said, moved = _answer(session, doubt, key, why)
        seen = None if moved else seen
        say(console, said)
    accepted, rejected, skipped = session.counts()
    say(console, f"{accepted:,} accepted, {rejected:,} rejected, {skipped:,} skipped")
    if accepted or rejected:
        say(console, f"they count from the next run: upriver investigate {case.folder}")


def _answer(session: Session, doubt: Doubt, key: str, why: str) -> tuple[str, bool]:
    """What was done, and whether another pair comes."""
    if key in {"a", "r"}:
        made = session.decide(doubt, ACCEPT if key == "a" else REJECT, why)
        return f"{'one' if key == 'a' else 'two'}: written as {made.decision_id}", True
    return session.aside(key, (doubt.left_id, doubt.right_id), KEYS, _HELP)


def _show(console: Console, sides: Sides, doubt: Doubt, number: int, n_left: int, session: Session) -> None:
    from rich.table import Table
    from rich.text import Text

    others = _settled(session.open(), doubt)
    console.print()
    state = "one now" if doubt.merged else doubt.judgement
    say(
        console,
        f"Pair {number:,}, {counted(n_left, 'pair')} left: {state}, {doubt.match_probability:.2f} likely one "
        f"({doubt.match_weight:+.1f} bits)",
    )
    say(console, f"Why: {sides.reason}")
    say(console, f"What hangs on it: {in_words(doubt, others)}")
    table = Table(show_edge=False, pad_edge=False, expand=False, width=min(console.width, WIDE))
    table.add_column("", width=16, overflow="fold")
    table.add_column(doubt.left_id, ratio=1, overflow="fold")
    table.add_column("", width=1)
    table.add_column(doubt.right_id, ratio=1, overflow="fold")

    def row(field: str, left: str, mark: str, right: str) -> None:
        # Evidence is text: neither markup nor an order to the terminal.
        table.add_row(*(Text("\n".join(map(_plain, text.split("\n")))) for text in (field, left, mark, right)))

    row("what", sides.schemata[0], "", sides.schemata[1])
    for line in sides.lines:
        row(line.field, "\n".join(line.left), _MARKS.get(line.mark, ""), "\n".join(line.right))
    if any(sides.others):
        row("one with", "\n".join(sides.others[0]), "", "\n".join(sides.others[1]))
    row("records", _records(sides, 0), "", _records(sides, 1))
    console.print(table)


def _plain(line: str) -> str:
    return visible(shortened(line, _LONGEST))


def _records(sides: Sides, at: int) -> str:
    told = [f"{seen.path}, {seen.locator} ({seen.form}): {seen.fields}" for seen in sides.records[at]]
    more = sides.n_records[at] - len(told)
    return "\n".join([*told, *([f"and {counted(more, 'record')} more"] if more > 0 else [])])


def _settled(pairs: list[Doubt], doubt: Doubt) -> list[Doubt]:
    """Other pairs between the same two clusters: one decision is enough for all."""
    ends = {doubt.left_cluster, doubt.right_cluster}
    return [
        one for one in pairs if one is not doubt and not one.merged and {one.left_cluster, one.right_cluster} == ends
    ]
