"""`upriver ledger`: events of news passages, or the tellings of a case, reconciled into happenings.

A member of an events file is named as in its passages: `d002#0` is event 0 of passage d002. In a case, a report_id.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upriver.case import journal
from upriver.crackdown.actions import Action
from upriver.crackdown.conflicts import Conflict
from upriver.crackdown.entries import Entries, entries
from upriver.crackdown.ledger import basis, title
from upriver.crackdown.origins import steps
from upriver.crackdown.params import CrackdownParams
from upriver.crackdown.relations import not_together
from upriver.crackdown.rulings import NO_RULINGS, Rulings, idle, rulings
from upriver.crackdown.telling import Telling, counted
from upriver.errors import EvidenceError
from upriver.plain.outputs import lines_to
from upriver.plain.page import Show, page
from upriver.plain.tellings import read

if TYPE_CHECKING:
    from upriver.case.store import Case

Line = dict[str, Any]


def in_short(made: Entries) -> str:
    """A ledger in one line for a person."""
    kinds = [action.kind for action in made.actions if not action.is_part]
    alarms = sum(len(action.alarms) for action in made.actions)
    return (
        f"{len(made.told)} tellings: {kinds.count('happening')} happenings, {kinds.count('series')} running totals, "
        f"{kinds.count('estimate')} estimates, {kinds.count('site')} sites; {len(made.tied)} relations, "
        f"{alarms} alarms"
    )


def of_events(
    source: Path, out: Path | None, html: Path | None, decisions: Path | None, tell: Callable[[str], None]
) -> Entries:
    """Write the ledger of an events file.

    decisions   a journal of accept, merge, split and copy that names members as the ledger does
    tell        takes each line for the reader of the terminal
    raises      EvidenceError when nothing can be read; ExportError when a file cannot be written
    """
    told = read(source)
    for fault in told.faults:
        tell(fault)
    if not told.n_passages:
        raise EvidenceError(f"{source}: no passage with its events could be read; mend what is told above")
    decided = _decided(decisions, tell)
    made = entries(told.tellings, CrackdownParams(), decided)
    _tell_idle(decided, told.tellings, made, tell)
    write(made, out, html, source.name, lambda text, _: text, masked=False)
    return made


def of_case(
    case: Case, out: Path | None, html: Path | None, show: Show, tell: Callable[[str], None], masked: bool = True
) -> Entries:
    """Write the ledger of a case, from the tellings and decisions that its last run knew.

    show    masks its texts
    tell    takes what a reader should know: decisions that wait for the next run, decisions that touch nothing
    """
    known = case.read("decision").to_pylist()
    waiting = {one.decision_id for one in journal.read(case.home)[0]} - {row["decision_id"] for row in known}
    if waiting:
        tell(f"{counted(len(waiting), 'decision')} of the journal not yet in: run `upriver investigate` first")
    tellings = [Telling.of(row) for row in case.read("event_report").to_pylist()]
    decided = rulings(known)
    made = entries(tellings, CrackdownParams(**case.manifest.parameters.get("crackdown", {})), decided)
    _tell_idle(decided, tellings, made, tell)
    write(made, out, html, case.manifest.title or case.home.stem, show, masked)
    return made


def _decided(home: Path | None, tell: Callable[[str], None]) -> Rulings:
    if home is None:
        return NO_RULINGS
    if not home.is_file():
        raise EvidenceError(f"{home}: no such file; name a journal of decisions, one JSON object a line")
    decisions, notices = journal.read_file(home)
    for notice in notices:
        tell(notice)
    return rulings([asdict(decision) for decision in decisions])


def _tell_idle(decided: Rulings, told: Sequence[Telling], made: Entries, tell: Callable[[str], None]) -> None:
    for line in idle(decided, told, made.ids):
        tell(f"this decision touches nothing: {line}")


def write(made: Entries, out: Path | None, html: Path | None, name: str, show: Show, masked: bool) -> None:
    """Write the lines, and the page where one is asked for."""
    lines_to(out, (json.dumps(line, ensure_ascii=False) + "\n" for line in lines(made, show)))
    if html is not None:
        lines_to(html, [page(name, made, show, masked)])


def lines(made: Entries, show: Show = lambda text, _: text) -> list[Line]:
    """Lines in the form of clusters.jsonl, with the range, basis and witnesses of each happening beside."""
    told: list[Line] = []
    ids = made.ids
    apart = not_together(made.tied)
    for number, action in enumerate(made.actions):
        if action.is_part:
            continue
        told.append({"action_id": ids[number], **_happening(action, show)})
        told[-1]["not_added_to"] = [ids[other] for other in apart.get(number, ())]
        for point in action.points:
            members = _members(point.tellings)
            if len(members) > 1:
                about = f"{title(action)}: told for {point.at or 'no day'}"
                inside = [one for one in action.conflicts if set(one.values) <= set(members)]
                told.append(_line(about, members, "same", inside, show))
    told += [
        {**_line(one.words, list(one.members), one.kind, one.conflicts, show), "entries": [ids[n] for n in one.actions]}
        for one in made.tied
    ]
    return [{"id": f"h{number:04d}", **line} for number, line in enumerate(told, 1)]


def _line(about: str, members: list[str], relation: str, conflicts: Iterable[Conflict], show: Show) -> Line:
    return {
        "about": show(about, None),
        "members": [show(name, None) for name in members],
        "relation": relation,
        "conflicts": _conflicts(conflicts, show),
    }


def _happening(action: Action, show: Show) -> Line:
    running = action.kind == "series" and len(action.points) > 1
    return {
        **_line(title(action), _members(action.tellings), "series" if running else "same", action.conflicts, show),
        "kind": action.kind,
        "types": list(action.types),
        "count": _plain(action.value),
        "count_range": [_plain(action.low), _plain(action.high)],
        "unit": show(action.head.unit, None),
        "basis": basis(action),
        "may_be_added": action.counts,
        "accepted": action.accepted,
        "witnesses": [show(speaker, None) for speaker in action.speakers],
        "alarms": [show(alarm, None) for alarm in action.alarms],
        "tellings": [
            {
                "member": telling.report_id,
                "type": telling.type,
                "count": _plain(telling.count),
                "qualifier": telling.qualifier,
                "source": show(telling.source, None),
                "speaker": show(telling.speaker, None),
                "steps_from_first_speaker": steps(telling),
                "copy_of": None if telling.copy_of is None else show(telling.copy_of, None),
                "url": None if telling.url is None else show(telling.url, telling.record_id),
                "span": show(telling.words, telling.record_id),
                "doubts": [show(doubt, telling.record_id) for doubt in telling.doubts],
            }
            for telling in action.tellings
        ],
    }


def _members(tellings: Iterable[Telling]) -> list[str]:
    return sorted({telling.report_id for telling in tellings})


def _plain(value: float | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value


def _conflicts(found: Iterable[Conflict], show: Show) -> list[Line]:
    return [
        {
            "field": one.field,
            "values": {
                name: show(value, None) if isinstance(value, str) else _plain(value)
                for name, value in sorted(one.values.items())
            },
            "kind": one.kind,
            "comment": show(one.words, None),
        }
        for one in found
    ]
