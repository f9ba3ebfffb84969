"""The syndicate: landlords, backers, companies and their ladders, a laundering crew apart, victims, kin."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

from upriver.simulate.dice import Dice
from upriver.simulate.identifiers import Numbers
from upriver.simulate.names import Name, Names
from upriver.simulate.people import Company, Person, Pooled, Role, Victim
from upriver.simulate.presets import Scale, Step, Syndicate
from upriver.simulate.town import CHAIN, Town

DAY = 86_400
_DOCUMENT = {"CN": "A99999999", "TH": "AA9999999", "MM": "AA999999", "US": "999999999", "VN": "A9999999"}


class Cast:
    """Everybody of the story. Built once; talk, lists and laundering read it."""

    def __init__(self, seed: int, preset: Syndicate, scale: Scale, town: Town) -> None:
        self.preset, self.scale, self.town = preset, scale, town
        self.dice = Dice(seed, "cast")
        self.names = Names(Dice(seed, "names"))
        self.numbers = Numbers(Dice(seed, "numbers"))
        self.last_day = date.fromisoformat(preset.last_day)
        self.end = int(datetime.fromisoformat(preset.last_day).replace(tzinfo=UTC).timestamp())
        self.start = self.end - preset.days * DAY
        self.people: list[Person] = []
        self.kin: list[tuple[Person, Person, str]] = []
        self.layer: dict[int, str] = {}
        self.owner: dict[int, str] = {}
        self.stranger: dict[int, str] = {}
        self.pools: dict[str, list[Pooled]] = {}
        self.landlords = [
            [
                self.person("landlord", "MM" if preset.landlord == "militia" else "KH", zone=zone, leader=True)
                for _ in range(2 if preset.landlord == "militia" else 1)
            ]
            for zone in range(len(preset.zones))
        ]
        self.guards = self._guards()
        self.backers = [
            self.person("backer", self.dice.pick(("CN", "CN", "MY", "TH")), leader=True) for _ in range(preset.backers)
        ]
        self.heads = [self.person("vendor", self.dice.pick(("CN", "KH", "MM")), leader=True) for _ in range(2)]
        self.clerks = [
            self.person("vendor", self.dice.pick(("CN", "MM", "TH"))) for _ in range(max(4, scale.companies))
        ]
        for clerk in self.clerks:
            clerk.chief = self.dice.pick(self.heads)
        count = max(2, math.ceil(scale.companies / 2))
        self.agents = [self.person("boss", "CN", leader=True) for _ in range(count)] if preset.agents else []
        self.managers = (
            [
                self.person("manager", self.dice.pick(("CN", "KH")), zone=zone % len(preset.zones))
                for zone in range(2 * len(preset.zones))
            ]
            if preset.landlord == "tower"
            else []
        )
        self.companies = [self._company(place) for place in range(scale.companies)]
        self._kin_of_leaders()
        self.bystanders = [self._bystander() for _ in range(40 + scale.victims // 3)]
        self.hotlines = [self.person("innocent", preset.markets[0].country) for _ in range(6)]
        self._pools()
        self.victims = [self._victim() for _ in range(scale.victims)]
        self.families = self._families()
        self._borrowed_names()

    # ---- one person ------------------------------------------------------------------------------------------
    def person(
        self,
        role: Role,
        country: str,
        zone: int = -1,
        company: int = -1,
        leader: bool = False,
        surname: str | None = None,
        age: int = 0,
    ) -> Person:
        """A new person of the story."""
        dice = self.dice
        name: Name = self.names.person(country, surname)
        alias, alias_zh = self.names.nick()
        years = age or dice.whole(
            *{"worker": (19, 38), "kin": (24, 66), "landlord": (41, 68), "backer": (36, 60)}.get(role, (21, 58))
        )
        born = self.last_day - timedelta(days=years * 365 + dice.whole(40, 320))
        handle = self.numbers.handle()
        display = dice.pick((alias, alias_zh)) + " " + handle[:3].strip("_")
        made = Person(
            code=self.numbers.code("P-99999999"),
            role=role,
            name=name,
            alias=alias_zh if country in ("CN", "MY") and dice.chance(0.6) else alias,
            origin=country,
            born=born,
            sex=dice.pick(("F", "M")),
            document=self.numbers.code(_DOCUMENT.get(country, "AA9999999")),
            phones=[self.numbers.phone(country) for _ in range(2 if dice.chance(0.25) else 1)],
            handle=handle,
            display=display,
            zone=zone,
            company=company,
            leader=leader,
        )
        self.people.append(made)
        return made

    def _bystander(self) -> Person:
        market = self.dice.pick(self.preset.markets)
        person = self.person("innocent", market.country)
        firms = self.town.quarters[market.name].firms
        # Owners of busy firms: their turnover is above that of most leaders, and none of it is victims' money.
        account = int(firms[self.dice.whole(0, max(0, len(firms) // 2 - 1))])
        if account not in self.owner:
            self._own(person, account, "innocent")
        return person

    def _own(self, person: Person, account: int, layer: str) -> int:
        person.accounts.append(account)
        self.layer[account] = layer
        self.owner[account] = person.code
        return account

    def open(self, person: Person, market: str, layer: str, fresh: float = 0.3) -> int:
        """An account of `market` (or a wallet) for `person`."""
        spelled = person.name.native if market == "CN" else person.name.latin
        return self._own(person, self.town.claim(market, spelled, self.dice.chance(fresh)), layer)

    # ---- the ladders -----------------------------------------------------------------------------------------
    def _guards(self) -> list[Person]:
        country = self.preset.zones[0].country
        per_zone = 7 if self.preset.landlord == "militia" else 3
        guards = [
            self.person("guard", country, zone=zone) for zone in range(len(self.preset.zones)) for _ in range(per_zone)
        ]
        for guard in guards:
            guard.chief = self.landlords[guard.zone][0]
        return guards

    def _company(self, place: int) -> Company:
        dice, preset = self.dice, self.preset
        zone = place % len(preset.zones)
        english, chinese = self.names.firm()
        language = dice.weighted(preset.languages)
        home = "CN" if language == "zh" else dice.pick(("CN", "MY", "TH"))
        boss = self.person("boss", home, zone, place, leader=True)
        company = Company(
            self.numbers.code("C-999999"),
            english,
            chinese,
            zone,
            dice.pick(preset.zones[zone].compounds),
            language,
            boss,
        )
        backers = dice.some(self.backers, 2)
        # Every backer pays for several companies, so that regular shares from several companies are a mark.
        company.backers = [
            self.backers[place % len(self.backers)],
            *(backer for backer in backers if backer is not self.backers[place % len(self.backers)]),
        ][:2]
        company.agent = self.agents[place // 2 % len(self.agents)] if self.agents else None
        if self.managers:
            company.manager = dice.pick([manager for manager in self.managers if manager.zone == zone])
        if preset.subleases and place >= len(preset.zones):
            company.lets_from = place - len(preset.zones)
        homes = ("CN", "MM", "VN") if language == "zh" else ("PH", "IN", "KE", "MM", "MY")
        company.supervisors = [self.person("supervisor", home, zone, place) for _ in range(2)]
        company.recruiters = [self.person("recruiter", dice.pick(homes), zone, place) for _ in range(2)]
        teams = max(2, round(self.scale.workers / preset.team))
        company.leaders = [self.person("team_leader", dice.pick(homes), zone, place) for _ in range(teams)]
        for person in (*company.supervisors, *company.recruiters):
            person.chief = boss
        for leader in company.leaders:
            leader.chief = dice.pick(company.supervisors)
            leader.coerced = dice.chance(preset.promoted)
        for number in range(self.scale.workers):
            child = dice.chance(preset.child)
            worker = self.person("worker", dice.pick(homes), zone, place, age=dice.whole(15, 16) if child else 0)
            worker.coerced = child or dice.chance(preset.coerced)
            worker.chief = company.leaders[number % teams]
            company.workers.append(worker)
        return company

    def _kin_of_leaders(self) -> None:
        for leader in [person for person in self.people if person.leader]:
            for _ in range(self.dice.whole(1, 2)):
                relation = self.dice.pick(("spouse", "brother", "sister", "son", "cousin", "daughter"))
                surname = None if relation == "spouse" else leader.name.surname
                self.kin.append((leader, self.person("kin", leader.origin, surname=surname), relation))

    def relative_of(self, leader: Person) -> Person:
        return self.dice.pick([kin for person, kin, _ in self.kin if person is leader])

    # ---- accounts of the laundering --------------------------------------------------------------------------
    def _pools(self) -> None:
        crowd = self.scale.victims / 100
        for step in self.preset.steps:
            maker = getattr(self, f"_pool_{step.name}", None)
            if maker is not None:
                self.pools[step.name] = maker(step)
                continue
            markets = [market.name for market in self.preset.markets] if step.rail == "bank" else [CHAIN]
            pool: list[Pooled] = []
            for market in markets:
                share = next((m.share for m in self.preset.markets if m.name == market), 1.0)
                count = max(
                    2, round(step.per_100 * share * (crowd if crowd <= 10 or step.life else 10 + math.sqrt(crowd - 10)))
                )
                pool += self._crew(step, market, count)
            self.pools[step.name] = pool
        self.pools["exchange"] = [
            Pooled(int(account), market.name, 0, self.end)
            for market in self.preset.markets
            for account in self.town.quarters[market.name].exchanges
        ]
        self.pools["exchange_wallet"] = [
            Pooled(int(account), CHAIN, 0, self.end) for account in self.town.quarters[CHAIN].exchanges
        ]
        for name in ("exchange", "exchange_wallet"):
            self.layer.update({pooled.account: "exchange" for pooled in self.pools[name]})

    def _crew(self, step: Step, market: str, count: int) -> list[Pooled]:
        """Accounts of one step in one market: a mule's own, or several wallets under one operator."""
        dice, pool, holder = self.dice, [], None
        country = next((m.country for m in self.preset.markets if m.name == market), "CN")
        role: Role = {"otc": "otc", "vendor": "vendor"}.get(step.layer, "mule")  # type: ignore[assignment]
        left = 0
        for place in range(count):
            if step.layer == "vendor":
                holder = self.clerks[place % len(self.clerks)]
            elif left == 0 or holder is None:
                holder = self.person(role, country)
                left = dice.whole(1, 4) if market == CHAIN else dice.pick((1, 1, 1, 2))
            left = max(0, left - 1)
            account = self.open(holder, market, step.layer, fresh=0.65 if step.to else 0.85)
            if step.layer == "mule" and market != CHAIN and dice.chance(self.preset.stranger):
                self.stranger[account] = self.town.names[dice.pick(self.town.quarters[market].claimable)]
                self.town.names[account] = self.stranger[account]
            if step.layer == "consolidation" and market != CHAIN and dice.chance(0.5):
                english, chinese = self.names.firm()
                self.town.names[account] = chinese if market == "CN" else english
            start, end = self.start - 1, self.end
            if step.life:
                # Accounts come in batches over the whole time: at each moment a part of them is in use.
                span = (self.end - self.start) - step.life * DAY // 2
                start = self.start - step.life * DAY // 2 + int(span * (place + dice.number(0, 0.9)) / count)
                end = start + int(step.life * DAY * dice.number(0.7, 1.4))
            pool.append(Pooled(account, market, start, end))
        return pool

    def _held(self, person: Person, layer: str, company: int, market: str = CHAIN, through_kin: float = 0.0) -> Pooled:
        holder = self.relative_of(person) if self.dice.chance(through_kin) else person
        return Pooled(self.open(holder, market, layer, fresh=0.2), market, 0, self.end, company)

    def _pool_company(self, step: Step) -> list[Pooled]:
        pool = []
        for place, company in enumerate(self.companies):
            for _ in range(2):
                account = self.town.claim(CHAIN, fresh=True)
                self.layer[account], self.owner[account] = step.layer, company.code
                pool.append(Pooled(account, CHAIN, 0, self.end, place))
        return pool

    def _pool_backer(self, step: Step) -> list[Pooled]:
        wallets = {
            backer.code: [self._held(backer, step.layer, -1), self._held(backer, step.layer, -1, CHAIN, 0.5)]
            for backer in self.backers
        }
        return [
            Pooled(wallet.account, CHAIN, 0, self.end, place)
            for place, company in enumerate(self.companies)
            for backer in company.backers
            for wallet in wallets[backer.code]
        ]

    def _pool_backer_bank(self, step: Step) -> list[Pooled]:
        market = self.preset.markets[0].name
        return [self._held(backer, step.layer, -1, market, through_kin=0.6) for backer in self.backers]

    def _pool_landlord(self, step: Step) -> list[Pooled]:
        wallets = {
            lord.code: self._held(lord, step.layer, -1, CHAIN, 0.35) for lords in self.landlords for lord in lords
        }
        return [
            Pooled(wallets[lord.code].account, CHAIN, 0, self.end, place)
            for place, company in enumerate(self.companies)
            for lord in self.landlords[company.zone]
        ]

    def _pool_landlord_bank(self, step: Step) -> list[Pooled]:
        market = self.preset.markets[0].name
        return [self._held(lord, step.layer, -1, market, through_kin=0.5) for lords in self.landlords for lord in lords]

    def _pool_head(self, step: Step) -> list[Pooled]:
        return [self._held(head, step.layer, -1, CHAIN, 0.3) for head in self.heads]

    def _pool_staff(self, step: Step) -> list[Pooled]:
        return [
            self._held(person, step.layer, place)
            for place, company in enumerate(self.companies)
            for person in (*company.supervisors, *self.dice.some(company.leaders, 2))
        ]

    def _pool_manager(self, step: Step) -> list[Pooled]:
        wallets = {manager.code: self._held(manager, step.layer, -1) for manager in self.managers}
        return [
            Pooled(wallets[company.manager.code].account, CHAIN, 0, self.end, place)
            for place, company in enumerate(self.companies)
            if company.manager
        ]

    def _pool_manager_bank(self, step: Step) -> list[Pooled]:
        market = self.preset.markets[0].name
        return [self._held(manager, step.layer, -1, market) for manager in self.managers]

    def _pool_agent(self, step: Step) -> list[Pooled]:
        pool = []
        for agent in self.agents:
            clerk = self.person("supervisor", "CN")
            clerk.chief = agent
            places = [place for place, company in enumerate(self.companies) if company.agent is agent]
            for _ in range(5):
                account = self.open(clerk, CHAIN, step.layer, 1.0)
                pool += [Pooled(account, CHAIN, 0, self.end, place) for place in places]
        return pool

    def _pool_agent_share(self, step: Step) -> list[Pooled]:
        wallets = {agent.code: self._held(agent, step.layer, -1, CHAIN, 0.4) for agent in self.agents}
        return [
            Pooled(wallets[company.agent.code].account, CHAIN, 0, self.end, place)
            for place, company in enumerate(self.companies)
            if company.agent
        ]

    # ---- victims and families --------------------------------------------------------------------------------
    def _victim(self) -> Victim:
        dice = self.dice
        market = dice.weighted([(market, market.share) for market in self.preset.markets])
        country = market.country if market.country != "MM" else "TH"
        person = self.person("victim", dice.weighted(((country, 0.8), (dice.pick((country, *market.others)), 0.2))))
        draw = dice.number(0, 1)
        account = self.open(person, market.name, "victim", fresh=0.1)
        wallet = None
        if draw > self.preset.bank_share - 0.1:
            wallet = self.open(person, CHAIN, "victim", fresh=0.5)
        place = dice.whole(0, len(self.companies) - 1)
        company = self.companies[place]
        # Few workers reach many victims: the talkers of a team, most of them not its leaders.
        worker = company.workers[int(dice.number(0, 1) ** 1.7 * len(company.workers))]
        first = self.start + int(dice.number(0.02, 0.72) * (self.end - self.start))
        return Victim(person, market.name, account, wallet, worker, place, first, dice.chance(self.preset.reported))

    def _borrowed_names(self) -> None:
        """Papers of people who were deceived are used again: some mules' accounts carry victims' names."""
        for pooled in self.dice.some(self.pools["mule"], len(self.pools["mule"]) // 20 + 1):
            victim = self.dice.pick(self.victims).person
            self.stranger[pooled.account] = victim.name.native if pooled.market == "CN" else victim.name.latin
            self.town.names[pooled.account] = victim.write(self.stranger[pooled.account])

    def _families(self) -> list[tuple[Person, Person]]:
        """Families that pay ransom: (relative, worker)."""
        families = []
        for company in self.companies:
            for worker in company.workers:
                if worker.coerced and self.dice.chance(self.preset.ransom_share):
                    relative = self.person("kin", worker.origin, surname=worker.name.surname)
                    relation = self.dice.pick(("brother", "sister", "mother", "father", "spouse"))
                    self.kin.append((worker, relative, relation))
                    self.open(relative, self.dice.pick(self.preset.markets).name, "victim", fresh=0.1)
                    families.append((relative, worker))
        return families
