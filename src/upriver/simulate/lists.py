"""Lists and registers: who was handed over, who is wanted, who owns, who is kin to whom, who holds which key."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from upriver.simulate.dice import Dice
from upriver.simulate.grammar import Grammar
from upriver.simulate.identifiers import account_kind, national
from upriver.simulate.people import Company, Person
from upriver.simulate.syndicate import DAY, Cast
from upriver.simulate.tables import moment, write_table

_KEYS_OF_CHIEFS = ("safe of the accounts room", "server room, root login", "hardware wallet, small black", "master key, all floors",
                   "seal and company chop", "cloud console owner", "camera control room", "vault, second key")  # fmt: skip
_KEYS_OF_OTHERS = ("dormitory key, block B", "kitchen store", "main gate, day shift", "laundry room", "badge, floor 3", "generator shed",
                   "badge, canteen", "van key", "north stairs", "badge, all day", "locker room", "watch tower, night shift")  # fmt: skip
_NATIONS = {"CN": ("China", "中国"), "MM": ("Myanmar", "缅甸"), "VN": ("Vietnam", "越南"), "PH": ("Philippines", "菲律宾"), "IN": ("India", "印度"),
            "KE": ("Kenya", "肯尼亚"), "MY": ("Malaysia", "马来西亚"), "KH": ("Cambodia", "柬埔寨"), "TH": ("Thailand", "泰国")}  # fmt: skip


class Lists:
    """Writes the lists and remembers who stands on which (for interviews, news and truth)."""

    def __init__(self, folder: Path, seed: int, cast: Cast) -> None:
        self.cast, self.folder = cast, folder
        self.dice = Dice(seed, "lists")
        self._said = Grammar("testimony")
        self.handed: list[tuple[Person, str, str, str, int]] = []
        self._handovers()
        self._watchlist()
        self._registers()
        self._access()
        self._staff()
        self._accounts()

    def _spell(self, person: Person, how: str = "any") -> str:
        return person.write(self.cast.names.spelled(person.name, how))

    # ---- handover --------------------------------------------------------------------------------------------
    def _chosen(self) -> list[Person]:
        dice, chosen = self.dice, []
        for company in self.cast.companies:
            chosen += [worker for worker in company.workers if dice.chance(self.cast.preset.handed_over)]
            chosen += [leader for leader in company.leaders if dice.chance(0.35)]
            chosen += [recruiter for recruiter in company.recruiters if dice.chance(0.2)]
            chosen += [person for person in company.supervisors if dice.chance(0.15)]
        chosen += [guard for guard in self.cast.guards if dice.chance(0.1)]
        # One of very many: a crackdown that reaches few of those who run the place.
        chosen += dice.some([company.boss for company in self.cast.companies], max(1, len(self.cast.companies) // 8))
        return dice.shuffled(chosen)

    def _handovers(self) -> None:
        cast, dice = self.cast, self.dice
        people = self._chosen()
        rows: dict[str, list[list[object]]] = {"HL-1": [], "HL-2": [], "HL-3": []}
        count = {"HL-1": 0, "HL-2": 0, "HL-3": 0}
        for person in people:
            zone = person.zone % len(cast.preset.zones)
            name = ("HL-1", "HL-2")[zone % 2] if dice.chance(0.7) else "HL-3"
            count[name] += 1
            number = str(count[name])
            day = cast.last_day - timedelta(days={"HL-1": 74, "HL-2": 51, "HL-3": 23}[name])
            company = cast.companies[person.company] if person.company >= 0 else cast.companies[0]
            nation, nation_zh = _NATIONS.get(person.origin, ("Malaysia", "马来西亚"))
            age = person.age(day)
            child = age < 18
            sign = person.coerced and dice.chance(0.35)
            remark = self._said.say("remark_sign" if sign else "remark_plain", dice)
            if name == "HL-1":
                written = self._spell(person)
                rows[name].append([name, number, written, person.born.isoformat() if dice.chance(0.85) else "", person.sex, nation,
                                   person.document if dice.chance(0.6) else "", company.compound[0], day.isoformat(), "zone administration",
                                   "border police", remark])  # fmt: skip
            elif name == "HL-2":
                written = self._spell(person, "native" if person.origin in ("CN", "MM") else "latin")
                remark = self._said.say("remark_sign_zh" if sign else "remark_plain_zh", dice)
                rows[name].append([name, number, written, self._spell(person, "latin"), age, "男" if person.sex == "M" else "女", nation_zh,
                                   company.compound[1], day.strftime("%Y年%m月%d日").replace("年0", "年").replace("月0", "月"), "当地武装" if cast.preset.landlord == "militia" else "当地警方",
                                   "公安机关", remark])  # fmt: skip
            else:
                written = self._spell(person)
                phone = person.show("phone", person.phones[0]) if dice.chance(0.55) else ""
                rows[name].append([number, written, person.alias if dice.chance(0.4) else "", age, nation, national(phone, dice) if phone else "", day.strftime("%d/%m/%Y"),
                                   "embassy", remark, name])  # fmt: skip
            person.handover.append(f"{name}/{number}")
            if sign or child:
                person.signs += 1
            self.handed.append((person, name, number, written, int((day - cast.last_day).days * DAY + cast.end)))
        write_table(self.folder / "handover_first.csv",
                    ["List", "No.", "Name", "Date of Birth", "Sex", "Nationality", "Passport No", "Site", "Handed over on", "From", "To", "Remarks"],
                    rows["HL-1"], torn="HL-1,")  # fmt: skip
        write_table(self.folder / "移交名单_第二批.csv",
                    ["名单编号", "序号", "姓名", "拼音", "年龄", "性别", "国籍", "所在园区", "移交日期", "移交方", "接收方", "备注"],
                    rows["HL-2"], encoding="gb18030")  # fmt: skip
        write_table(self.folder / "repatriation_flight.csv",
                    ["No", "Full name", "Also known as", "Age", "Nationality", "Phone", "Date", "Handed to", "Note", "List"],
                    rows["HL-3"], delimiter=";", encoding="utf-8-sig")  # fmt: skip

    # ---- watchlist and registers -----------------------------------------------------------------------------
    def _watchlist(self) -> None:
        cast, dice, rows = self.cast, self.dice, []
        wanted = dice.some(
            [person for person in cast.people if person.leader],
            max(2, sum(person.leader for person in cast.people) // 3),
        )
        for person in wanted:
            aliases = "|".join(
                dict.fromkeys((self._spell(person, "native"), self._spell(person), person.write(person.alias)))
            )
            rows.append([cast.numbers.code("W-99999"), "Person", self._spell(person, "latin"), aliases, person.born.year, person.origin,
                         dice.pick(("sanctions: forced criminality", "wanted notice", "asset freeze")), ""])  # fmt: skip
        for _ in range(70):
            country = dice.pick(("CN", "MM", "TH", "KH", "VN", "PH", "US"))
            name = cast.names.anyone(country)
            rows.append([cast.numbers.code("W-99999"), "Person", name.latin, "|".join(name.spellings[:2]), dice.whole(1950, 1999), country,
                         dice.pick(("wanted notice", "asset freeze", "sanctions: other")), ""])  # fmt: skip
        for company in dice.some(cast.companies, max(1, len(cast.companies) // 4)):
            rows.append(
                [
                    cast.numbers.code("W-99999"),
                    "Company",
                    company.name,
                    company.name_zh,
                    "",
                    cast.preset.zones[company.zone].country,
                    "sanctions: forced criminality",
                    "",
                ]
            )
        write_table(
            self.folder / "watchlist.csv",
            ["Listed ID", "Schema", "Name", "Aliases", "Born", "Country", "Programme", "Remarks"],
            dice.shuffled(rows),
        )

    def _registers(self) -> None:
        cast, dice, rows = self.cast, self.dice, []

        def officer(
            number: str, name: str, other: str, country: str, person: Person, position: str, share: object
        ) -> None:
            document = person.show("document", person.document) if dice.chance(0.75) else ""
            rows.append(
                [
                    number,
                    name,
                    other,
                    (cast.last_day - timedelta(days=dice.whole(300, 2_500))).isoformat(),
                    country,
                    "",
                    self._spell(person),
                    document,
                    position,
                    share,
                ]
            )

        for company in cast.companies:
            number, country = cast.numbers.code("99999999"), cast.preset.zones[company.zone].country
            # Owners stand behind kin; directors are those who sign anything.
            owner = company.boss if dice.chance(0.35) else cast.relative_of(company.boss)
            officer(number, company.name, company.name_zh, country, owner, "shareholder", dice.pick((51, 60, 70)))
            for backer in company.backers:
                officer(
                    number,
                    company.name,
                    company.name_zh,
                    country,
                    backer if dice.chance(0.3) else cast.relative_of(backer),
                    "shareholder",
                    dice.pick((15, 20, 24)),
                )
            officer(
                number,
                company.name,
                company.name_zh,
                country,
                dice.pick(company.workers) if dice.chance(0.3) else company.supervisors[0],
                "director",
                "",
            )
        for zone, lords in enumerate(cast.landlords):
            english, chinese = cast.names.firm()
            number, country = cast.numbers.code("99999999"), cast.preset.zones[zone].country
            for lord in lords:
                officer(
                    number,
                    english,
                    chinese,
                    country,
                    lord if dice.chance(0.5) else cast.relative_of(lord),
                    "shareholder",
                    100 // len(lords),
                )
            for manager in (manager for manager in cast.managers if manager.zone == zone):
                officer(number, english, chinese, country, manager, "manager", "")
        for head in cast.heads:
            english, chinese = cast.names.firm()
            officer(
                cast.numbers.code("99999999"),
                english,
                chinese,
                "HK",
                head if dice.chance(0.6) else cast.relative_of(head),
                "director",
                100,
            )
        for person in cast.bystanders:
            english, chinese = cast.names.firm()
            number = cast.numbers.code("99999999")
            officer(
                number,
                english,
                chinese,
                person.origin,
                person,
                dice.pick(("director", "shareholder", "manager")),
                dice.pick(("", 50, 100)),
            )
            if dice.chance(0.3):
                officer(number, english, chinese, person.origin, dice.pick(cast.bystanders), "shareholder", 50)
        write_table(self.folder / "company_register.csv",
                    ["Company No", "Company Name", "Other Name", "Registered On", "Country", "Address", "Officer Name", "Officer ID", "Position", "Share %"],
                    dice.shuffled(rows), delimiter="\t")  # fmt: skip
        kin = [
            [
                self._spell(one),
                one.show("document", one.document),
                self._spell(two),
                two.show("document", two.document),
                relation,
            ]
            for one, two, relation in cast.kin
            if dice.chance(0.8)
        ]
        for _ in range(len(kin)):
            one, two = dice.pick(cast.bystanders), dice.pick(cast.bystanders)
            if one is not two:
                kin.append(
                    [
                        self._spell(one),
                        one.show("document", one.document),
                        self._spell(two),
                        two.show("document", two.document),
                        dice.pick(("cousin", "spouse", "sister", "brother")),
                    ]
                )
        write_table(
            self.folder / "family_register.csv",
            ["Person", "Person ID", "Relative", "Relative ID", "Relation"],
            dice.shuffled(kin),
        )

    # ---- what was found on the sites -------------------------------------------------------------------------
    def _access(self) -> None:
        cast, dice, rows = self.cast, self.dice, []

        def give(person: Person, item: str, site: str) -> None:
            phone = national(person.show("phone", person.phones[0]), dice) if dice.chance(0.85) else ""
            rows.append([site, self._spell(person), person.show("document", person.document) if dice.chance(0.4) else "", phone, item,
                         moment(cast.start - dice.whole(5, 300) * DAY, 0, "%Y-%m-%d")])  # fmt: skip

        for company in cast.companies:
            site = company.compound[0]
            for person in (company.boss, *([company.agent] if company.agent else [])):
                for item in dice.some(_KEYS_OF_CHIEFS, dice.whole(1, 3)):
                    give(person, item, site)
            if dice.chance(0.6):
                give(dice.pick(company.backers), dice.pick(_KEYS_OF_CHIEFS), site)
            if dice.chance(0.5):
                give(company.supervisors[0], dice.pick(_KEYS_OF_CHIEFS), site)
            for person in dice.some([*company.workers, *company.leaders, *company.recruiters], 6):
                give(person, dice.pick(_KEYS_OF_OTHERS), site)
        for zone, lords in enumerate(cast.landlords):
            site = cast.preset.zones[zone].compounds[0][0]
            for lord in lords:
                if dice.chance(0.8):
                    give(
                        lord,
                        dice.pick(("master key, all floors", "armoury", "gate control, owner", "power house, owner")),
                        site,
                    )
            for guard in (guard for guard in cast.guards if guard.zone == zone):
                give(guard, dice.pick(_KEYS_OF_OTHERS), site)
            for manager in (manager for manager in cast.managers if manager.zone == zone):
                for item in ("master key, all floors", dice.pick(_KEYS_OF_OTHERS)):
                    give(manager, item, site)
        for head in cast.heads:
            give(
                head,
                dice.pick(("hardware wallet, small black", "cloud console owner", "market escrow, signer")),
                cast.companies[0].compound[0],
            )
        for person in dice.some(cast.bystanders, 14):
            # Cleaners and delivery people hold keys as well.
            give(person, dice.pick(_KEYS_OF_OTHERS), dice.pick(cast.companies).compound[0])
        write_table(
            self.folder / "access_list.csv",
            ["Site", "Holder", "Holder ID", "Phone", "Item", "Granted"],
            dice.shuffled(rows),
        )

    def _staff(self) -> None:
        """Two layouts; a list names everyone's superior, the loud ones most often; only some companies' lists were found."""
        found = self.dice.some(self.cast.companies, max(2, round(len(self.cast.companies) * 0.75)))
        for number, company in enumerate(found):
            rows = self._staff_rows(company)
            if company.language == "zh":
                write_table(
                    self.folder / f"人员表_{number + 1}.csv",
                    ["地点", "公司", "姓名", "飞机号", "电话", "部门", "上级", "入职日期"],
                    rows,
                    encoding="utf-8-sig",
                )
            else:
                write_table(
                    self.folder / f"staff_list_{number + 1}.csv",
                    ["Site", "Company", "Name", "Handle", "Phone", "Unit", "Supervisor", "Joined"],
                    rows,
                )

    def _staff_rows(self, company: Company) -> list[list[object]]:
        dice, rows, zh = self.dice, [], company.language == "zh"
        called: dict[str, str] = {}
        for person in company.everyone():
            called[person.code] = self._spell(person, "native" if zh and person.origin == "CN" else "latin")
        for person in company.everyone():
            if dice.chance(0.06) or (person is company.boss and dice.chance(0.3)):
                continue
            unit = {
                "worker": "floor",
                "team_leader": "floor",
                "recruiter": "HR",
                "supervisor": "office",
                "boss": "office",
            }[person.role]
            chief = person.chief
            person.show("telegram", "@" + person.handle)
            phone = national(person.show("phone", person.phones[0]), dice) if dice.chance(0.7) else ""
            rows.append([company.compound[1 if zh else 0], company.name_zh if zh else company.name, called[person.code], "@" + person.handle, phone,
                         f"{unit} {dice.whole(1, 4)}" if unit == "floor" else unit, called.get(chief.code, "") if chief else "",
                         moment(self.cast.start - dice.whole(10, 500) * DAY, 0, "%Y-%m-%d")])  # fmt: skip
        return dice.shuffled(rows)

    # ---- accounts --------------------------------------------------------------------------------------------
    def _accounts(self) -> None:
        """What banks and exchanges answered on holders: some of the case's accounts, and many that mean nothing."""
        cast, dice, town = self.cast, self.dice, self.cast.town
        by_code = {person.code: person for person in cast.people}
        rows = []
        for account, code in cast.owner.items():
            person = by_code.get(code)
            layer = cast.layer[account]
            chance = {
                "mule": 0.45,
                "collection": 0.2,
                "victim": 0.3,
                "innocent": 0.4,
                "backer": 0.65,
                "landlord": 0.65,
                "company": 0.5,
                "vendor": 0.5,
            }.get(layer, 0.4)
            if person is None or not dice.chance(chance):
                continue
            if account in cast.stranger:
                # Opened with another's papers: the name on the account is a real stranger's, who knows nothing.
                rows.append(
                    [
                        town.values[account],
                        "",
                        cast.stranger[account],
                        "",
                        "",
                        moment(cast.start - dice.whole(5, 60) * DAY, 0, "%Y-%m-%d"),
                        "",
                    ]
                )
                continue
            person.show(account_kind(town.values[account]), town.values[account])
            phone = person.show("phone", person.phones[-1]) if dice.chance(0.75) else ""
            document = person.show("document", person.document) if dice.chance(0.5) else ""
            rows.append([town.values[account], "", self._spell(person, "native" if town.market[account] == "CN" else "latin"), phone, document,
                         moment(cast.start - dice.whole(5, 1_500) * DAY, 0, "%Y-%m-%d"), ""])  # fmt: skip
        for market in cast.preset.markets:
            for account in dice.some(town.quarters[market.name].claimable, 60 + cast.scale.victims // 20):
                rows.append(
                    [
                        town.values[account],
                        "",
                        town.names[account],
                        cast.numbers.phone(market.country),
                        "",
                        moment(cast.start - dice.whole(100, 2_500) * DAY, 0, "%Y-%m-%d"),
                        "",
                    ]
                )
        for row in rows:
            row[1] = {10: "Lotus Bay", 19: "虹桥银行", 12: "Meridian"}.get(len(str(row[0])), "exchange KYC")
        write_table(
            self.folder / "account_holders.csv",
            ["Account", "Bank", "Holder Name", "Holder Phone", "Holder ID No", "Opened", "Note"],
            dice.shuffled(rows),
        )
        services: list[list[object]] = []
        for name, quarter in town.quarters.items():
            told = [("exchange", dice.some(list(quarter.exchanges), 2)), ("shop", dice.some(list(quarter.shops), len(quarter.shops) // 2)),
                    ("remittance", dice.some(list(quarter.agents), len(quarter.agents) // 2)), ("other service", list(quarter.decoys)),
                    ("payroll", dice.some(list(quarter.firms), len(quarter.firms) // 4))]  # fmt: skip
            for kind, accounts in told:
                if kind == "payroll" and name == "chain":
                    continue
                services += [
                    [town.values[int(account)], town.names[int(account)], kind]
                    for account in accounts
                    if int(account) not in cast.owner
                ]
        write_table(self.folder / "service_list.csv", ["Account", "Service", "Kind"], dice.shuffled(services))
