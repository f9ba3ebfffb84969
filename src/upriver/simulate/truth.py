"""The answers, kept apart from the evidence: only the evaluation may read them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from upriver.simulate.identifiers import account_kind
from upriver.simulate.laundering import Laundering
from upriver.simulate.lists import Lists
from upriver.simulate.payments import Written
from upriver.simulate.press import Press
from upriver.simulate.syndicate import Cast
from upriver.simulate.tables import write_table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Below this, an account is not counted as having received victims' money: pennies that stick to everything.
DUST_USD = 25.0


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
    """Accounts that a time-ordered walk over visible transfers reaches from reported payments."""
    moved = laundering.moved
    paid = {deposit.row for deposit in laundering.deposits if deposit.reported}
    reached: set[int] = set()
    for row in sorted(range(len(moved.at)), key=lambda row: moved.at[row]):
        if written.references[row] and moved.reported[row] > 0 and (row in paid or moved.source[row] in reached):
            reached.add(moved.target[row])
    return reached


def write_truth(
    folder: Path, cast: Cast, laundering: Laundering, written: Written, lists: Lists, press: Press
) -> tuple[int, int]:
    """Write all files of truth; returns how many accounts and transfers carried reported victims' money."""
    accounts, transfers = _money(folder, cast, laundering, written)
    _people(folder, cast)
    write_table(
        folder / "happenings.csv",
        ["happening", "type", "count", "unit", "place", "country", "date", "kind", "passages"],
        (
            [
                one.code,
                one.type,
                one.count,
                one.unit,
                one.place,
                one.country,
                one.day.isoformat(),
                one.kind,
                "|".join(one.passages),
            ]
            for one in press.happenings
        ),
    )
    _loopholes(folder, cast, press, lists)
    write_table(
        folder / "typologies.csv", ["kind", "account", "references"],
        ([kind, cast.town.values[account], "|".join(told)] for kind, account, rows in laundering.patterns
         if (told := [written.references[row] for row in rows if written.references[row]]) and any(laundering.moved.reported[row] > 0 for row in rows)),
    )  # fmt: skip
    return accounts, transfers


def _money(folder: Path, cast: Cast, laundering: Laundering, written: Written) -> tuple[int, int]:
    moved, town = laundering.moved, cast.town
    received: Counter[int] = Counter()
    unreported: Counter[int] = Counter()
    sent: Counter[int] = Counter()
    deposits = {deposit.row for deposit in laundering.deposits}
    for row in sorted(range(len(moved.at)), key=lambda row: moved.at[row]):
        received[moved.target[row]] += moved.reported[row]
        unreported[moved.target[row]] += moved.unreported[row]
        if row not in deposits:
            sent[moved.source[row]] += moved.reported[row]
    reached = _reached(laundering, written)
    rows: list[list[object]] = []
    for account in sorted({*cast.layer, *received}, key=lambda account: town.values[account]):
        layer = cast.layer.get(account, "innocent")
        got = received[account]
        illicit = account in reached and got >= DUST_USD and layer != "victim"
        terminal = illicit and sent[account] < got / 2
        rows.append(
            [
                town.values[account],
                cast.owner.get(account, ""),
                layer,
                int(illicit),
                int(terminal),
                f"{got:.6f}",
                f"{unreported[account]:.6f}",
            ]
        )
    for quarter in town.quarters.values():
        known = {*cast.layer, *received}
        services = sorted(
            {int(account) for part in (quarter.shops, quarter.agents, quarter.decoys) for account in part} - known,
            key=lambda account: town.values[account],
        )
        rows += [[town.values[account], "", "service", 0, 0, "0.000000", "0.000000"] for account in services]
    write_table(
        folder / "accounts.csv",
        ["account", "owner_id", "layer", "illicit", "terminal", "received_usd", "unreported_usd"],
        rows,
    )
    carried = [row for row in range(len(moved.at)) if written.references[row] and moved.reported[row] >= 0.01]
    write_table(
        folder / "transfers.csv", ["reference", "source_account", "target_account", "illicit_usd"],
        sorted([written.references[row], town.values[moved.source[row]], town.values[moved.target[row]], f"{moved.reported[row]:.6f}"] for row in carried),
    )  # fmt: skip
    return sum(bool(row[3]) for row in rows), len(carried)


def _people(folder: Path, cast: Cast) -> None:
    town, rows = cast.town, []
    for person in cast.people:
        for account in person.accounts:
            if account not in cast.stranger and any(town.values[account] in shown for shown in person.shown):
                person.show(account_kind(town.values[account]), town.values[account])
        accounts = {f"{account_kind(town.values[account])}:{town.values[account]}" for account in person.accounts}
        zone = cast.preset.zones[person.zone].place if 0 <= person.zone < len(cast.preset.zones) else ""
        rows.append([
            person.code, "|".join(sorted(person.seen)), person.role, int(person.leader), int(person.coerced),
            int(person.age(cast.last_day) < 18), cast.companies[person.company].code if person.company >= 0 else "", zone,
            "|".join(sorted(person.shown | accounts)), "|".join(person.handover), person.report, int(person.signs > 0),
        ])  # fmt: skip
    write_table(
        folder / "people.csv",
        [
            "person_id",
            "names",
            "role",
            "leader",
            "coerced",
            "child",
            "company",
            "zone",
            "identifiers",
            "handover",
            "victim_report",
            "signs_told",
        ],
        sorted(rows, key=lambda row: str(row[0])),
    )


def _loopholes(folder: Path, cast: Cast, press: Press, lists: Lists) -> None:
    rows: list[list[object]] = []

    def ratio(dimension: str, label: str, numerator: float, denominator: float) -> None:
        rows.append(
            [
                dimension,
                label,
                round(numerator, 2),
                round(denominator, 2),
                f"{numerator / denominator:.6f}" if denominator else "",
            ]
        )

    for number, zone in enumerate(cast.preset.zones):
        reached = sum(
            one.count for one in press.happenings
            if one.place == zone.place and one.kind == "separate" and one.type in ("handover", "rescue_release")
        )  # fmt: skip
        ratio("area", zone.place, reached, press.denominators.get(number, 0))
    handed = [person for person, *_ in lists.handed]
    for role in ("backer", "landlord", "boss", "supervisor", "team_leader", "recruiter", "guard", "worker"):
        ratio(
            "role",
            role,
            sum(person.role == role for person in handed),
            sum(person.role == role for person in cast.people),
        )
    ratio("role", "leader", sum(person.leader for person in handed), sum(person.leader for person in cast.people))
    ratio("money", "seized of taken, USD", press.seized_usd, press.taken_usd)
    write_table(folder / "loopholes.csv", ["dimension", "label", "numerator", "denominator", "ratio"], rows)
