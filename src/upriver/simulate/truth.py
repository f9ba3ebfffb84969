"""The answers, kept apart from the evidence: only the evaluation may read them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from upriver.simulate.branches import Branches
from upriver.simulate.fates import fates
from upriver.simulate.handover import Handed
from upriver.simulate.identifiers import account_kind
from upriver.simulate.journeys import Journeys
from upriver.simulate.laundering import Laundering
from upriver.simulate.payments import Written
from upriver.simulate.people import Person
from upriver.simulate.press import Press
from upriver.simulate.syndicate import Cast
from upriver.simulate.tables import write_table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Below this, an account is not counted as having received victims' money: pennies that stick to everything.
DUST_USD = 25.0
# An end of the trace is a place where money came to lie, not where some change stuck: a thousandth of all of it.
END_SHARE = 0.001
# Types of happenings by which people of a place were reached.
_TAKEN = ("handover", "rescue_release")


def hidden_rows(draws: NDArray[np.float64], laundering: Laundering, missing: float) -> NDArray[np.bool_]:
    """Rows of the story that are lost, so that no account of the chain loses its only link to the victims.

    draws   one number in [0, 1) for each row
    """
    import numpy as np

    moved = laundering.moved
    arrivals = Counter(target for target, usd in zip(moved.target, moved.reported, strict=True) if usd > 0)
    hidden = np.zeros(len(moved.at), dtype=bool)
    for row in np.flatnonzero(draws < missing * 2):
        target = moved.target[row]
        if moved.reported[row] <= 0 or arrivals[target] > 1:
            hidden[row] = True
            arrivals[target] -= moved.reported[row] > 0
    return hidden


def _reached(laundering: Laundering, written: Written) -> set[int]:
    """Accounts that a time-ordered walk over visible transfers, and exchanges, reaches from reported payments."""
    moved = laundering.moved
    paid = {deposit.row for deposit in laundering.deposits if deposit.reported}
    went_in = {second: first for first, second, _ in laundering.swaps.pairs}
    reached: set[int] = set()
    seen: set[int] = set()
    for row in sorted(range(len(moved.at)), key=lambda row: (moved.at[row], row)):
        known = went_in[row] in seen if row in went_in else row in paid or moved.source[row] in reached
        if written.references[row] and moved.reported[row] > 0 and known:
            seen.add(row)
            reached.add(moved.target[row])
    return reached


def write_truth(
    folder: Path, cast: Cast, laundering: Laundering, written: Written, handed: list[Handed], press: Press
) -> tuple[int, int]:
    """Write all files of truth; returns how many accounts and transfers carried reported victims' money."""
    counts = _accounts(folder, cast, laundering, written), _transfers(folder, cast, laundering, written)
    _people(folder, cast)
    whose = sorted((cast.town.values[account], code, f"{usd:.6f}") for code, account, usd in fates(laundering))
    write_table(folder / "shares.csv", ["account", "person_id", "usd"], whose)
    header = "happening|type|count|unit|place|country|date|kind|passages"
    rows = (
        [one.code, one.type, one.count, one.unit, one.place, one.country, one.day, one.kind, "|".join(one.passages)]
        for one in press.happenings
    )
    write_table(folder / "happenings.csv", header.split("|"), rows)
    _loopholes(folder, cast, press, handed)
    _typologies(folder, cast, laundering, written)
    _legs(folder, laundering, written)
    return counts


def _accounts(folder: Path, cast: Cast, laundering: Laundering, written: Written) -> int:
    moved, town = laundering.moved, cast.town
    received: defaultdict[int, float] = defaultdict(float)
    unreported: defaultdict[int, float] = defaultdict(float)
    sent: defaultdict[int, float] = defaultdict(float)
    deposits = {deposit.row for deposit in laundering.deposits}
    for row in range(len(moved.at)):
        received[moved.target[row]] += moved.reported[row]
        unreported[moved.target[row]] += moved.unreported[row]
        if row not in deposits:
            sent[moved.source[row]] += moved.reported[row]
    services = {
        int(account)
        for quarter in town.quarters.values()
        for part in (quarter.shops, quarter.agents, quarter.decoys)
        for account in part
    } | set(laundering.swaps.accounts())
    reached = _reached(laundering, written)
    least = END_SHARE * sum(moved.reported[deposit.row] for deposit in laundering.deposits)
    rows: list[list[object]] = []
    n_illicit = 0
    for account in sorted({*cast.layer, *received, *services}, key=lambda account: town.values[account]):
        layer = cast.layer.get(account, "service" if account in services else "innocent")
        got = received[account]
        illicit = account in reached and got >= DUST_USD and layer != "victim"
        terminal = illicit and got >= least and sent[account] < got / 2
        n_illicit += illicit
        told = [town.values[account], cast.owner.get(account, ""), layer, int(illicit), int(terminal)]
        rows.append([*told, f"{got:.6f}", f"{unreported[account]:.6f}"])
    header = ("account", "owner_id", "layer", "illicit", "terminal", "received_usd", "unreported_usd")
    write_table(folder / "accounts.csv", header, rows)
    return n_illicit


def _transfers(folder: Path, cast: Cast, laundering: Laundering, written: Written) -> int:
    moved, values = laundering.moved, cast.town.values
    rows = sorted(
        [written.references[row], values[moved.source[row]], values[moved.target[row]], f"{moved.reported[row]:.6f}"]
        for row in range(len(moved.at))
        if written.references[row] and moved.reported[row] >= 0.01
    )
    write_table(folder / "transfers.csv", ["reference", "source_account", "target_account", "illicit_usd"], rows)
    return len(rows)


def _people(folder: Path, cast: Cast) -> None:
    values, rows = cast.town.values, []
    for person in sorted(cast.people, key=lambda person: person.code):
        accounts = {f"{account_kind(values[account])}:{values[account]}" for account in person.accounts}
        zone = cast.preset.zones[person.zone].place if 0 <= person.zone < len(cast.preset.zones) else ""
        company = cast.companies[person.company].code if person.company >= 0 else ""
        marks = [person.leader, person.coerced, person.age(cast.last_day) < 18]
        rows.append([
            person.code, "|".join(sorted(person.seen)), person.role, *map(int, marks), company, zone,
            "|".join(sorted(person.shown | accounts)), "|".join(person.handover), person.report, int(person.signs > 0),
        ])  # fmt: skip
    header = "person_id,names,role,leader,coerced,child,company,zone,identifiers,handover,victim_report,signs_told"
    write_table(folder / "people.csv", header.split(","), rows)


def _loopholes(folder: Path, cast: Cast, press: Press, handed: list[Handed]) -> None:
    """What the crackdown truly reached, worded as the questions that the evidence can answer."""
    rows: list[list[object]] = []

    def ratio(dimension: str, label: str, numerator: float, denominator: float) -> None:
        share = f"{numerator / denominator:.6f}" if denominator else ""
        rows.append([dimension, label, round(numerator, 2), round(denominator, 2), share])

    for number, zone in enumerate(cast.preset.zones):
        there = [one for one in press.happenings if one.place == zone.place and one.type in _TAKEN]
        apart = sum(one.count for one in there if one.kind == "separate")
        # A running total holds the handovers told one by one.
        running = max((one.count for one in there if one.kind == "series"), default=0)
        ratio("area", zone.place, max(apart, running), press.denominators.get(number, 0))
    found = [place.person for place in handed]

    def reached(label: str, belongs: Callable[[Person], bool]) -> None:
        ratio("role", label, *(sum(belongs(person) for person in crowd) for crowd in (found, cast.people)))

    chiefs = {person.chief.code for person in cast.people if person.chief is not None}
    reached("leaders handed over", lambda person: person.leader)
    reached("people who command others", lambda person: person.code in chiefs or person.role == "boss")
    captive = [person for person in found if person.coerced or person.age(cast.last_day) < 18]
    ratio("role", "presumed victims among people handed over", len(captive), len(found))
    if press.seized_usd:
        ratio("money", "frozen or seized", press.seized_usd, press.taken_usd)
    write_table(folder / "loopholes.csv", ["dimension", "label", "numerator", "denominator", "ratio"], rows)


def _typologies(folder: Path, cast: Cast, laundering: Laundering, written: Written) -> None:
    rows: list[list[object]] = []
    for planted, patterns in ((0, laundering.patterns), (1, laundering.schemes)):
        for kind, account, made in patterns:
            told = [written.references[row] for row in made if written.references[row]]
            if told and (planted or any(laundering.moved.reported[row] > 0 for row in made)):
                rows.append([kind, cast.town.values[account], "|".join(told), planted])
    write_table(folder / "typologies.csv", ["kind", "account", "references", "planted"], rows)


def _legs(folder: Path, laundering: Laundering, written: Written) -> None:
    """The two sides of each exchange at a swap desk or bridge; an empty reference is a side that is lost."""
    rows = [
        [written.references[first], written.references[second], int(laundering.moved.reported[first] > 0), int(crew)]
        for first, second, crew in laundering.swaps.pairs
    ]
    write_table(folder / "legs.csv", ["in_reference", "out_reference", "victims_money", "crew"], sorted(rows))


def write_planted(folder: Path, branches: Branches, journeys: Journeys) -> None:
    """Write what became of the branches: which stopped, for how long, which moved on; and who travelled as one."""
    there = branches.branches.values()
    rows: list[list[object]] = [
        [one.zone.place, one.zone.compounds[0][0], one.firm[0], branches.raid_day(one), one.fate, one.days,
         "|".join(one.passages)]
        for one in there
    ]  # fmt: skip
    write_table(folder / "branches.csv", ["place", "site", "company", "raided_on", "fate", "days", "passages"], rows)
    rows = [
        [one.source.zone.place, one.target.zone.place, branches.raid_day(one.source), int(one.moved), one.shared]
        for one in branches.moves
    ]
    write_table(folder / "moves.csv", ["from_place", "to_place", "raided_on", "moved", "shared"], rows)
    rows = [[journey, person.code, person.document, party] for journey, person, party in journeys.taken]
    write_table(folder / "journeys.csv", ["journey", "person_id", "document", "party"], rows)
