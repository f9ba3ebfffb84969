"""What call records tell, on one page of text: the numbers, then what stands out, then what to make of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from upriver.case.store import Case
from upriver.report.figures import counted, visible

_MOST = 10  # lines under one heading
_SURE = 0.05


def report(case: Case, zone: ZoneInfo, n_calls: int, n_refused: int) -> str:
    """The report, of tables that `calls` has written."""
    parts: list[tuple[str, list[str]]] = [
        (f"Call records, hours in {zone.key}", list(_whole(case, zone, n_calls, n_refused))),
        ("Numbers with most contacts, over-common ones left out", list(_numbers(case, zone))),
        ("Regular hours", list(_shifts(case))),
        ("First contacts of victims", list(_first(case, zone))),
        ("Handsets and numbers that change", list(_swaps(case, zone))),
        ("Around the event", list(_bursts(case, zone))),
        ("Fell silent, and who appeared after: leads, not identities", list(_successors(case, zone))),
        ("Contacts in common, more than chance brings", list(_common(case))),
        ("Too common to tie anybody (over_common.csv)", list(_over_common(case))),
    ]
    shown = [f"{title}\n" + "\n".join(f"  {line}" for line in lines) for title, lines in parts if lines]
    shown.append(
        "A number is no person: it may be lent, sold or forged (anybody may set a caller identity). Hours are the "
        "telephone's.\nWhat these files do not hold (other operators, calls by messengers) is not seen here."
    )
    return "\n\n".join(visible(part) for part in shown) + "\n"


def _whole(case: Case, zone: ZoneInfo, n_calls: int, n_refused: int) -> Iterator[str]:
    (reach,) = case.sql("SELECT min(started_at) AS first, max(started_at) AS last FROM call").to_pylist()
    (numbers,) = case.sql("SELECT count(*) AS n, count(shift_from) AS n_shifts FROM call_number").to_pylist()
    yield (
        f"{counted(n_calls, 'call')} of {counted(numbers['n'], 'number')} from {_at(reach['first'], zone)} to "
        f"{_at(reach['last'], zone)}"
    )
    if n_refused:
        yield f"{counted(n_refused, 'row')} not used: rejected.csv says why"


def _numbers(case: Case, zone: ZoneInfo) -> Iterator[str]:
    rows = case.sql(
        "SELECT n.* FROM call_number n LEFT JOIN common_value c ON c.kind = 'number' AND c.node_id = n.observable_id "
        f"WHERE c.node_id IS NULL ORDER BY n.n_contacts DESC, n.observable_id LIMIT {_MOST}"
    ).to_pylist()
    for row in rows:
        yield (
            f"{plain_number(row['observable_id'])}: {counted(row['n_contacts'], 'contact')}, "
            f"{counted(row['n_out'], 'call')} out, {row['n_in']:,} in, {row['seconds'] / 60:,.0f} minutes, "
            f"{_at(row['first_at'], zone)} to {_at(row['last_at'], zone)}"
        )


def _shifts(case: Case) -> Iterator[str]:
    rows = case.sql(
        "SELECT * FROM call_number WHERE shift_from IS NOT NULL ORDER BY n_out + n_in DESC, observable_id"
    ).to_pylist()
    for row in rows[:_MOST]:
        off = f", hardly on {' and '.join(row['days_off'])}" if row["days_off"] else ""
        yield (
            f"{plain_number(row['observable_id'])}: {row['shift_from']} to {row['shift_to']}, "
            f"{row['shift_share']:.0%} of the calls it makes{off}; {counted(row['n_days'], 'day')} with a call"
        )
    yield from _more(len(rows), "numbers.csv")


def _first(case: Case, zone: ZoneInfo) -> Iterator[str]:
    rows = case.sql("SELECT * FROM first_contact WHERE NOT common ORDER BY observable_id, place").to_pylist()
    seen: dict[str, int] = {}
    for row in rows:
        seen[row["observable_id"]] = seen.get(row["observable_id"], 0) + 1
        if seen[row["observable_id"]] <= 3:
            victim, other = plain_number(row["observable_id"]), plain_number(row["object_id"])
            ends = (victim, other) if row["by_victim"] else (other, victim)
            yield (
                f"{victim}, {seen[row['observable_id']]}: {ends[0]} called {ends[1]} on {_at(row['first_at'], zone)}; "
                f"{counted(row['n_contacts'], 'call')} between them in all"
            )


def _swaps(case: Case, zone: ZoneInfo) -> Iterator[str]:
    rows = case.sql("SELECT * FROM handset_swap ORDER BY in_turns, first_at, kind, subject_id, target_id").to_pylist()
    for row in rows[:_MOST]:
        what, other = ("handset", "number") if row["kind"] == "number" else ("number", "handset")
        when = "used in turns with" if row["in_turns"] else f"last used {_at(row['last_at'], zone)}, then"
        yield (
            f"{what} {plain_number(row['subject_id'])}: {other} {plain_number(row['source_id'])}, {when} "
            f"{plain_number(row['target_id'])} from {_at(row['first_at'], zone)}"
        )
    yield from _more(len(rows), "swaps.csv")


def _bursts(case: Case, zone: ZoneInfo) -> Iterator[str]:
    for row in case.sql("SELECT * FROM call_burst WHERE observable_id = 'all' ORDER BY event_at").to_pylist():
        yield f"{_at(row['event_at'], zone)}, all numbers: {row['words']}"
        sure = case.sql(
            f"SELECT * FROM call_burst WHERE observable_id <> 'all' AND p_adjusted < {_SURE} "
            f"AND event_at = TIMESTAMP '{row['event_at']}' ORDER BY p_adjusted, observable_id"
        ).to_pylist()
        for one in sure[:_MOST]:
            yield f"{plain_number(one['observable_id'])}: {one['words']}"
        yield from _more(len(sure), "bursts.csv")
        if row["n_windows"] and not sure:
            yield "no single number changed more than chance would bring among so many"


def _successors(case: Case, zone: ZoneInfo) -> Iterator[str]:
    rows = case.sql("SELECT * FROM successor_lead ORDER BY by_chance, source_id, target_id").to_pylist()
    for row in rows[:_MOST]:
        yield (
            f"{plain_number(row['source_id'])} silent since {_at(row['silent_at'], zone)}; "
            f"{plain_number(row['target_id'])} from {_at(row['appears_at'], zone)}: {row['reason']}"
        )
    yield from _more(len(rows), "successors.csv")


def _common(case: Case) -> Iterator[str]:
    rows = case.sql("SELECT * FROM common_contact ORDER BY by_chance, weight DESC, left_id, right_id").to_pylist()
    for row in rows[:_MOST]:
        shown = ", ".join(plain_number(one) for one in row["contacts"][:3])
        yield (
            f"{plain_number(row['left_id'])} and {plain_number(row['right_id'])}: {row['n_common']} in common "
            f"({row['expected']:.2g} by chance), the rarest {shown}"
        )
    yield from _more(len(rows), "common_contacts.csv")


def _over_common(case: Case) -> Iterator[str]:
    rows = case.sql("SELECT * FROM common_value ORDER BY n DESC, kind, node_id").to_pylist()
    for row in rows[:5]:
        yield f"{plain_number(row['node_id'])}: {row['n']:,} {row['reason']}"
    yield from _more(len(rows), "over_common.csv", 5)


def _more(n: int, file: str, shown: int = _MOST) -> Iterator[str]:
    if n > shown:
        yield f"and {n - shown:,} more: {file}"


def _at(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M}"


def local(at: datetime, zone: ZoneInfo) -> str:
    """A time in UTC as a clock in `zone` shows it, with its offset."""
    return at.replace(tzinfo=UTC).astimezone(zone).isoformat(timespec="seconds")


def plain_number(name: str) -> str:
    """An identifier without its kind.

    >>> plain_number("phone:+6681"), plain_number("09:00"), plain_number("handle:kbank")
    ('+6681', '09:00', 'kbank')
    """
    kind, colon, value = name.partition(":")
    return value if colon and kind.isalpha() else name
