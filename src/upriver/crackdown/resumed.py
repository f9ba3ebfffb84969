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
from upriver.crackdown.measures import where
from upriver.crackdown.rates import limits
from upriver.crackdown.ratios import Figure, Row, loophole, no_figure
from upriver.crackdown.telling import counted

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
_SAID = 8  # actions named in the sentence
_CAUTION = (
    "activity is calls, messages and payments that the evidence holds: a line nobody listens to is silent; people who "
    "start again may be held by force"
)


@dataclass(frozen=True, slots=True)
class Back:
    """When a part was active again after a day.

    days       days until then, 0: it never paused, None: not seen to come back; low and high: by chance alone
    seen       days of evidence after that day, of records that showed it before
    cut        the day on which these records end, where that is before the evidence does
    """

    days: int | None
    low: int | None
    high: int | None
    seen: int
    cut: int | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """What followed one action: see Back.

    part   whose activity it is, in words
    """

    number: int | None
    label: str
    part: str
    back: Back
    records: tuple[str, ...]

    @property
    def days(self) -> int | None:
        """Days until it was back; None where it was not seen to come back."""
        return self.back.days

    @property
    def known(self) -> bool:
        """Whether its records run long enough to tell."""
        return self.back.cut is None or self.back.seen > 0

    @property
    def words(self) -> str:
        """What was seen, for people."""
        what, back = f"days until activity resumed, {self.part}", self.back
        ends = f"the records that showed it end on {date.fromordinal(back.cut)}" if back.cut is not None else ""
        if not self.known:
            return f"{what}: no figure, {ends}"
        if back.days is None:
            return f"{what}: not seen to resume by the end of evidence" + (f"; {ends}" if ends else "")
        return what + (": it did not pause" if back.days == 0 else "")

    @property
    def brief(self) -> str:
        """The same in a few words, with the range."""
        back = self.back
        if back.days is None:
            return f"{self.label}: not seen to come back in {counted(back.seen, 'day')}"
        low, high = back.low, back.high if back.high is not None else f"{back.seen} or never"
        spread = f" ({low} to {high})" if (low, high) != (back.days, back.days) else ""
        return f"{self.label}: back after {counted(back.days, 'day')}{spread}"


def back_after(series: Series, day: int, last: int, params: CrackdownParams) -> Back | None:
    """When a part is active again after `day`.

    Acts are compared within the same files: those whose records do not run to the end of a window show nothing of it,
    neither before nor after. None where too little was seen before, or less than a window of evidence follows.
    """
    if series.between(day - params.before_days, day) < _FEWEST_ACTS or last - day < params.window_days:
        return None
    found: dict[str, int] = {}
    seen = last - day
    cut = None
    running: tuple[int, ...] | None = None
    kept = series
    for gap in range(seen - params.window_days + 1):
        first, after = day + 1 + gap, day + 1 + gap + params.window_days
        still = series.running(day - params.before_days, after - 1)
        if still != running:
            running, kept = still, series.only(still)
        before = kept.between(day - params.before_days, day)
        if before < _FEWEST_ACTS:
            cut = _cut(series, day, after - 1, params)
            seen = cut - day if gap else 0
            break
        fewest, most = limits(before)
        again = kept.between(first, after)
        for name, acts in (("low", fewest), ("days", float(before)), ("high", most)):
            wanted = max(1.0, params.back_share * acts * params.window_days / params.before_days)
            if name not in found and again >= wanted:
                found[name] = _begins(kept, first, after, wanted / params.window_days) - day - 1 if gap else 0
        if len(found) == len(("low", "days", "high")):
            break
    days, high = found.get("days"), found.get("high")
    soon = found.get("low")
    if days is not None:
        soon, high = min(days, days if soon is None else soon), None if high is None else max(days, high)
    return Back(days, soon, high, seen, cut)


def _begins(series: Series, first: int, after: int, rate: float) -> int:
    """The day of a window from which most acts beyond `rate` a day come: one that is half full began in its middle."""
    best, beyond, begins = 0.0, 0.0, first
    for day in range(after - 1, first - 1, -1):
        beyond += series.between(day, day + 1) - rate
        if beyond >= best:
            best, begins = beyond, day
    return begins


def _cut(series: Series, day: int, before: int, params: CrackdownParams) -> int:
    """The last day, before the day `before`, to which files run that showed enough; the day itself where none does."""
    for end in range(before - 1, day, -1):
        kept = series.only(series.running(day - params.before_days, end))
        if kept.between(day - params.before_days, day) >= _FEWEST_ACTS:
            return end
    return day


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
        part, people, places = _part(reach, action, found, known)
        series = acts.of(people, places)
        back = back_after(series, day.toordinal(), acts.last, params)
        if back is None:
            continue
        records = series.records_from(day.toordinal() - params.before_days, 1)
        if back.days is not None:
            records += series.records_from(day.toordinal() + 1 + back.days, _RECORDS)
        label = _label(action, day) if action is not None else reach.lists[0].words
        told.append(Pause(reach.number, label, part, back, records))
    return told


def _label(action: Action, day: date) -> str:
    return f"{action.types[0].replace('_', ' ')}, {where(action)}, {day}"


def _day(reach: Reach, action: Action | None) -> date | None:
    if reach.lists and reach.lists[0].day:
        return reach.lists[0].day
    return action.at if action is not None else None


def _part(
    reach: Reach, action: Action | None, found: Reached, known: Known
) -> tuple[str, set[str], frozenset[str] | None]:
    """Whose activity counts, of people who were not taken then; and the sites at which it does, None: anywhere."""
    sites = reach.sites or {key for person in reach.people & known.people.keys() for key in known.people[person].places}
    people = {person for key in sites for person in known.sites[key].people} & known.people.keys()
    if people - reach.people:
        return "others at the sites it reached", set(people - reach.people), frozenset(sites)
    for area in action.head.places if action is not None else ():
        people = set(found.people_of(known, area)) - reach.people
        if people:
            keys = frozenset(key for key, names in found.areas.items() if area in names)
            return f"others known at sites of {area}", people, keys
    nodes = {*known.people, *(one.node for one in known.accounts.values())}
    return "all others of the known network", nodes - reach.people, None


def time_rows(made: Entries, told: Sequence[Pause]) -> list[Row]:
    """Rows of `coverage` by time: days until activity resumed, or until a struck site is told as running again."""
    rows = []
    for pause in told:
        action = made.actions[pause.number] if pause.number is not None else None
        tellings = action.tellings if action is not None else ()
        back = pause.back
        value = None if back.days is None else float(back.days)
        low = min(back.low if back.low is not None else back.seen, back.days if back.days is not None else back.seen)
        above = Figure(
            value, float(low) if pause.known else None, None if back.high is None else float(back.high), pause.words,
            "days", None, tellings, (), pause.records,
        )  # fmt: skip
        below = Figure(float(back.seen), None, None, "days of evidence after it", "days")
        if not pause.known:
            below = no_figure("days of evidence after it: no figure", "days")
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
    told = [pause for pause in told if pause.known]
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
    row = loophole(
        "resumed", "time", "actions after which the activity of those not taken went on or came back", above, below,
        f"{_CAUTION}; the upper end counts those not seen to resume by the end of evidence",
    )  # fmt: skip
    stopped = [pause for pause in told if pause.days != 0]
    if stopped:
        row["sentence"] = f"{str(row['sentence']).removesuffix('.')}; {_each(stopped)}."
    yield row


def _each(stopped: Sequence[Pause]) -> str:
    """What followed each action that stopped something, those that came back latest first."""
    ordered = sorted(stopped, key=lambda pause: (pause.days is None, -(pause.days or 0), pause.label))
    words = "; ".join(pause.brief for pause in ordered[:_SAID])
    more = len(ordered) - _SAID
    rest = f"; {counted(more, 'more action')} in the table coverage" if more > 0 else ""
    return f"with the range that chance leaves: {words}{rest}"
