"""How long until activity resumed after each action: of the sites it reached, else of its area, else of all.

Activity is back on the first day from which a whole window holds at least a share of what a window held before. Where
the evidence ends first it is "not seen to resume", which says no more than that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TYPE_CHECKING

from upriver.crackdown.coverage import covered
from upriver.crackdown.ratios import Figure, Row, loophole, no_figure

if TYPE_CHECKING:
    from upriver.crackdown.actions import Action
    from upriver.crackdown.activity import Activity, Series
    from upriver.crackdown.entries import Entries
    from upriver.crackdown.known import Known
    from upriver.crackdown.params import CrackdownParams
    from upriver.crackdown.reach import Reach, Reached

_STRIKES = frozenset({"arrest", "handover", "raid", "disruption", "seizure", "rescue_release", "repatriation"})
_FEWEST_ACTS = 10  # before an action: of fewer, chance alone makes a pause
_STRUCK = frozenset({"raided", "demolished", "partly_demolished", "sealed", "cleared", "emptied"})
_OPEN = frozenset({"operating", "rebuilt", "new"})
_RECORDS = 5
_CAUTION = (
    "activity is calls, messages and payments that the evidence holds: a line nobody listens to is silent; people who "
    "start again may be held by force"
)


@dataclass(frozen=True, slots=True)
class Pause:
    """What followed one action.

    part   whose activity it is, in words
    days   days until it was back; None where it was not seen to come back
    seen   days of evidence after the action
    """

    number: int | None
    label: str
    part: str
    days: int | None
    seen: int
    records: tuple[str, ...]

    @property
    def words(self) -> str:
        """What was seen, for people."""
        if self.days is None:
            return f"days until activity resumed, {self.part}: not seen to resume by the end of evidence"
        return f"days until activity resumed, {self.part}" + (": it did not pause" if self.days == 0 else "")


def back_after(series: Series, day: int, last: int, params: CrackdownParams) -> tuple[int | None, int] | None:
    """Days until a part is active again after `day` (0: it never paused; None: not seen), and days of evidence.

    None where too little was seen before the action, or less than a window after it.
    """
    before = series.between(day - params.before_days, day)
    seen = last - day
    if before < _FEWEST_ACTS or seen < params.window_days:
        return None
    wanted = max(1.0, params.back_share * before * params.window_days / params.before_days)
    for gap in range(seen - params.window_days + 1):
        first = day + 1 + gap
        if series.between(first, first + params.window_days) >= wanted:
            return gap, seen
    return None, seen


def pauses(made: Entries, found: Reached, known: Known, acts: Activity, params: CrackdownParams) -> list[Pause]:
    """One for each action, or list alone, of which enough is seen before and after."""
    told: list[Pause] = []
    if acts.last is None:
        return told
    for reach in found.each:
        action = made.actions[reach.number] if reach.number is not None else None
        day = _day(reach, action)
        if day is None or (action is not None and (action.types[0] not in _STRIKES or action.kind != "happening")):
            continue
        part, people = _part(reach, action, found, known)
        series = acts.of(people)
        back = back_after(series, day.toordinal(), acts.last, params)
        if back is None:
            continue
        days, seen = back
        records = series.records_from(day.toordinal() - params.before_days, 1)
        if days is not None:
            records += series.records_from(day.toordinal() + 1 + days, _RECORDS)
        label = f"{action.types[0].replace('_', ' ')}, {day}" if action is not None else reach.lists[0].words
        told.append(Pause(reach.number, label, part, days, seen, records))
    return told


def _day(reach: Reach, action: Action | None) -> date | None:
    if reach.lists and reach.lists[0].day:
        return reach.lists[0].day
    return action.at if action is not None else None


def _part(reach: Reach, action: Action | None, found: Reached, known: Known) -> tuple[str, set[str]]:
    """Whose activity counts: of people who were not taken then."""
    sites = reach.sites or {key for person in reach.people & known.people.keys() for key in known.people[person].places}
    people = {person for key in sites for person in known.sites[key].people} & known.people.keys()
    if people - reach.people:
        return "others at the sites it reached", set(people - reach.people)
    for area in action.head.places if action is not None else ():
        people = set(found.people_of(known, area)) - reach.people
        if people:
            return f"others known at sites of {area}", people
    nodes = {*known.people, *(one.node for one in known.accounts.values())}
    return "all others of the known network", nodes - reach.people


def time_rows(made: Entries, told: Sequence[Pause]) -> list[Row]:
    """Rows of `coverage` by time: days until activity resumed, or until a struck site is told as running again."""
    rows = []
    for pause in told:
        action = made.actions[pause.number] if pause.number is not None else None
        tellings = action.tellings if action is not None else ()
        value = None if pause.days is None else float(pause.days)
        above = Figure(
            value, value if value is not None else float(pause.seen), value, pause.words, "days", None, tellings, (),
            pause.records,
        )  # fmt: skip
        below = Figure(float(pause.seen), None, None, "days of evidence after it", "days")
        action_id = made.ids[pause.number] if pause.number is not None else None
        rows.append({**covered(action_id, "time", pause.label, above, below), "ratio": None})
    return [*rows, *_told_again(made)]


def _told_again(made: Entries) -> Iterable[Row]:
    for action, action_id in zip(made.actions, made.ids, strict=True):
        if action.kind != "site" or action.head.unit == "organisations":
            continue
        struck = sorted(t.at for t in action.tellings if t.status in _STRUCK and t.at)
        again = sorted(t.at for t in action.tellings if struck and t.status in _OPEN and t.at and t.at > struck[0])
        if not struck:
            continue
        what = "days until the site is told as running, rebuilt or new again"
        days = float((again[0] - struck[0]).days) if again else None
        figure = Figure(
            days, days, days, what if again else f"{what}: no figure, nobody tells that it runs again", "days", None,
            action.tellings,
        )  # fmt: skip
        yield covered(action_id, "time", f"site, {action.head.subject or 'unnamed'}", figure, no_figure(
            "no figure: how long the site was watched is not told", "days"
        ))  # fmt: skip


def time_ratios(made: Entries, told: Sequence[Pause]) -> Iterable[Row]:
    """How many actions were followed by activity again, of those before which enough was seen."""
    if not told:
        return
    back = [pause for pause in told if pause.days is not None]
    paused = [pause for pause in back if pause.days]
    tellings = tuple(
        telling for pause in told if pause.number is not None for telling in made.actions[pause.number].tellings
    )
    records = tuple(sorted({record for pause in told for record in pause.records}))
    half = f"{median(pause.days or 0 for pause in paused):g}" if paused else ""
    days = f", came back after {len(paused)}, half of these within {half} days" if paused else ""
    above = Figure(
        float(len(back)), float(len(back)), float(len(told)),
        f"activity went on without a pause after {len(back) - len(paused)}{days}",
        "actions", None, tellings, (), records,
    )  # fmt: skip
    below = Figure(
        float(len(told)), float(len(told)), float(len(told)), "actions with activity seen before and after", "actions",
        None, tellings, (), records,
    )  # fmt: skip
    yield loophole(
        "resumed", "time", "actions after which the activity of those not taken went on or came back", above, below,
        f"{_CAUTION}; the upper end counts those not seen to resume by the end of evidence",
    )  # fmt: skip
