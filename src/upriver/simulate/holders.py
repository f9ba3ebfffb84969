"""What banks and exchanges answered: holders of accounts, and which accounts are services."""

from __future__ import annotations

from upriver.simulate.clerk import Clerk
from upriver.simulate.identifiers import account_kind
from upriver.simulate.swaps import Swaps
from upriver.simulate.syndicate import DAY
from upriver.simulate.tables import moment, write_table
from upriver.simulate.town import CHAIN

# How often the holder of an account of this layer is known.
_KNOWN = {
    "mule": 0.45, "collection": 0.2, "victim": 0.3, "backer": 0.65, "landlord": 0.65, "company": 0.5, "vendor": 0.5,
}  # fmt: skip
_BANKS = {10: "Lotus Bay", 19: "虹桥银行", 12: "Meridian"}


def write_account_holders(clerk: Clerk) -> None:
    """Some accounts of the case, and many that mean nothing; mules' accounts may carry a stranger's name."""
    cast, dice, town = clerk.cast, clerk.dice, clerk.cast.town
    people = {person.code: person for person in cast.people}
    rows: list[list[object]] = []

    def opened(oldest: int) -> str:
        return moment(cast.start - dice.whole(5, oldest) * DAY, 0, "%Y-%m-%d")

    for account, code in cast.owner.items():
        person, value = people.get(code), town.values[account]
        if person is None or not dice.chance(_KNOWN.get(cast.layer[account], 0.4)):
            continue
        if account in cast.stranger:
            # Opened with another's papers: that person knows nothing of it.
            rows.append([value, cast.stranger[account], "", "", opened(60), ""])
            continue
        person.show(account_kind(value), value)
        phone = person.show("phone", person.phones[-1]) if dice.chance(0.75) else ""
        document = person.document if dice.chance(0.5) else ""
        name = clerk.spell(person, "native" if town.market[account] == "CN" else "latin")
        rows.append([value, name, phone, document, opened(1_500), ""])
    for market in cast.preset.markets:
        for account in dice.some(town.quarters[market.name].claimable, 60 + cast.scale.victims // 20):
            phone = cast.numbers.phone(market.country)
            rows.append([town.values[account], town.names[account], phone, "", opened(2_500), ""])
    rows = [[row[0], _BANKS.get(len(str(row[0])), "exchange KYC"), *row[1:]] for row in rows]
    header = "Account|Bank|Holder Name|Holder Phone|Holder ID No|Opened|Note"
    write_table(clerk.folder / "account_holders.csv", header.split("|"), dice.shuffled(rows))


def write_service_list(clerk: Clerk, swaps: Swaps) -> None:
    """Some exchanges, shops, agents and payrolls, all decoys, the swap desks: being listed says nothing of use."""
    cast, dice, town = clerk.cast, clerk.dice, clerk.cast.town
    rows: list[list[object]] = []
    for name, quarter in town.quarters.items():
        payrolls = [] if name == CHAIN else dice.some(quarter.firms.tolist(), len(quarter.firms) // 4)
        listed = {
            "exchange": dice.some(quarter.exchanges.tolist(), 2),
            "shop": dice.some(quarter.shops.tolist(), len(quarter.shops) // 2),
            "remittance": dice.some(quarter.agents.tolist(), len(quarter.agents) // 2),
            "other service": quarter.decoys.tolist(),
            "payroll": payrolls,
        }
        rows += [
            [town.values[account], town.names[account], kind]
            for kind, accounts in listed.items()
            for account in accounts
            if account not in cast.owner
        ]
    rows = dice.shuffled(rows)
    rows += [[town.values[account], desk.name, desk.kind] for account, desk in swaps.accounts().items()]
    write_table(clerk.folder / "service_list.csv", ["Account", "Service", "Kind"], rows)
