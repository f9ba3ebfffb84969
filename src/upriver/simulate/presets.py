"""Every knob of the simulator: scales, and presets that differ in structure and not only in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Rail = Literal["bank", "chain"]


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything.

    transfers    transfers of the whole folder, about
    victims      people who are deceived (a few more are families that pay ransom)
    companies    scam companies
    workers      workers of a company
    messages     messages of all chats, about
    calls        calls of all call records, about
    happenings   separate happenings of the crackdown told by the news
    """

    transfers: int
    victims: int
    companies: int
    workers: int
    messages: int
    calls: int
    happenings: int


SCALES = MappingProxyType(
    {
        "small": Scale(10_000, 100, 4, 36, 3_000, 5_000, 11),
        "medium": Scale(1_000_000, 3_000, 12, 70, 60_000, 200_000, 30),
        "large": Scale(10_000_000, 12_000, 30, 90, 120_000, 600_000, 50),
    }
)


@dataclass(frozen=True, slots=True)
class Zone:
    """An area under one landlord: real town, fictional compounds (English and Chinese name)."""

    place: str
    place_zh: str
    country: str
    compounds: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Market:
    """People who bank in one currency.

    share     part of the population
    country   country of its telephone numbers and most of its names
    others    further countries its people come from
    """

    name: str
    currency: str
    country: str
    share: float
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the laundering: a pool of accounts that take money, hold it and hand it on.

    layer     what truth calls its accounts
    per_100   accounts for 100 victims (the square root of the scale beyond that), at least two
    fee       share kept at each hand-over, low and high
    hours     median hours that money rests
    split     least and most targets of one hand-over
    to        next steps with weights; empty: the money ends here
    mode      pass: each hand-over goes to one next step; share: divided over all of them in proportion (what is
              missing to 1 stays); peel: most goes on, a slice is peeled off to the second of `to`; keep: as pass, but
              most loads simply stay
    life      days that an account is used before it is dropped; 0: always
    """

    name: str
    layer: str
    rail: Rail
    per_100: float
    fee: tuple[float, float]
    hours: float
    split: tuple[int, int]
    to: tuple[tuple[str, float], ...]
    mode: Literal["pass", "share", "peel", "keep"] = "pass"
    life: int = 0


@dataclass(frozen=True, slots=True)
class Syndicate:
    """A preset.

    zones              areas and their compounds
    landlord           militia: armed group with guards, rent in regular shares; tower: owners behind property managers
    marketplace        a guarantee marketplace whose vendors settle with the companies
    agents             agents who stand between a company and its backers
    subleases          companies rent floors from other companies
    backers            financiers; each pays for and takes from several companies
    team               workers under one team leader
    coerced            share of workers held by force or deceit
    promoted           share of team leaders who began as coerced workers
    reported           share of victims who report; `told` is the share of their payments that they tell
    bank_share         share of victims who pay through a bank (others in tokens; some do both)
    stranger           share of mule accounts that carry a stranger's or a victim's name
    days               days of evidence, before `last_day`
    steps              the laundering, victims pay into the first step of their rail
    markets            the banking population
    languages          language of a company's talk, with weights
    missing, doubled, broken   shares of rows that are lost, written twice, unreadable
    branches           floors in other towns, each with one compound: none, or one for each fate of `branches.FATES`
    """

    name: str
    zones: tuple[Zone, ...]
    landlord: Literal["militia", "tower"]
    marketplace: bool
    agents: bool
    subleases: bool
    backers: int
    markets: tuple[Market, ...]
    steps: tuple[Step, ...]
    languages: tuple[tuple[str, float], ...]
    team: int = 9
    coerced: float = 0.6
    promoted: float = 0.15
    child: float = 0.04
    handed_over: float = 0.8
    reported: float = 0.9
    told: float = 0.94
    bank_share: float = 0.62
    payment_usd: float = 2_200.0
    payments: tuple[int, int] = (2, 7)
    return_share: float = 0.45
    ransom_share: float = 0.12
    stranger: float = 0.2
    days: int = 270
    last_day: str = "2025-06-30"
    missing: float = 0.004
    doubled: float = 0.002
    broken: float = 0.0008
    branches: tuple[Zone, ...] = ()

    def step(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)


_ENDS = (
    Step("otc", "otc", "bank", 4, (0, 0), 0, (1, 1), ()),
    Step("otc_wallet", "otc", "chain", 3, (0, 0), 0, (1, 1), ()),
    Step("cash", "cash", "bank", 4, (0, 0), 0, (1, 1), ()),
)

BORDER_TOWN = Syndicate(
    name="border-town",
    zones=(
        Zone("Myawaddy", "妙瓦底", "MM", (("Teak Bend Park", "柚木湾园区"), ("Golden Heron Estate", "金鹭庄园"))),
        Zone("Laukkai", "老街", "MM", (("Red Kapok Villas", "红棉山庄"), ("North Terrace Compound", "北台大院"))),
    ),
    branches=(
        Zone("Tachileik", "大其力", "MM", (("Blue Fern Court", "蓝蕨大院"),)),
        Zone("Muse", "木姐", "MM", (("Old Ferry House", "老渡口大院"),)),
        Zone("Mong La", "小勐拉", "MM", (("Marble Deer Villas", "玉鹿山庄"),)),
        Zone("Payathonzu", "三塔山", "MM", (("Two Banyan Yard", "双榕大院"),)),
        Zone("Hpa-An", "帕安", "MM", (("Salt Road House", "盐路大院"),)),
        Zone("Kengtung", "景栋", "MM", (("Rain Tree Court", "雨树大院"),)),
        Zone("Lashio", "腊戌", "MM", (("Slate Hill Yard", "石板坡大院"),)),
        Zone("Tangyan", "当阳", "MM", (("Orchid Steps House", "兰阶大院"),)),
        Zone("Pangkham", "邦康", "MM", (("Copper Bell Court", "铜铃大院"),)),
        Zone("Wanhai", "万海", "MM", (("Mist Gate Yard", "雾门大院"),)),
        Zone("Mengneng", "勐能", "MM", (("Tin Lantern House", "锡灯大院"),)),
    ),
    landlord="militia",
    marketplace=True,
    agents=False,
    subleases=False,
    backers=3,
    markets=(
        Market("TH", "THB", "TH", 0.45, ("MM",)),
        Market("CN", "CNY", "CN", 0.35),
        Market("WW", "USD", "US", 0.2, ("SG", "MY", "PH")),
    ),
    steps=(
        Step(
            "mule",
            "mule",
            "bank",
            54,
            (0.01, 0.04),
            14,
            (1, 2),
            (("card", 0.84), ("cash", 0.09), ("exchange", 0.07)),
            life=50,
        ),
        Step(
            "card",
            "mule",
            "bank",
            54,
            (0.005, 0.02),
            24,
            (1, 2),
            (("gather", 0.82), ("cash", 0.08), ("otc", 0.1)),
            life=80,
        ),
        Step(
            "gather",
            "consolidation",
            "bank",
            16,
            (0.002, 0.01),
            60,
            (1, 2),
            (("otc", 0.4), ("exchange", 0.24), ("shell", 0.24), ("cash", 0.12)),
        ),
        Step(
            "shell",
            "company",
            "bank",
            4,
            (0, 0),
            200,
            (1, 1),
            (("landlord_bank", 0.3), ("backer_bank", 0.35), ("exchange", 0.25)),
            "share",
        ),
        Step(
            "collection",
            "collection",
            "chain",
            16,
            (0.002, 0.01),
            20,
            (1, 2),
            (("hop", 0.85), ("gather_wallet", 0.15)),
            life=60,
        ),
        Step(
            "hop",
            "mule",
            "chain",
            34,
            (0.001, 0.006),
            16,
            (1, 2),
            (("second_hop", 0.7), ("swap", 0.12), ("gather_wallet", 0.18)),
            life=60,
        ),
        Step(
            "second_hop",
            "mule",
            "chain",
            28,
            (0.001, 0.006),
            24,
            (1, 1),
            (("gather_wallet", 0.85), ("swap", 0.15)),
            life=90,
        ),
        Step("swap", "mule", "chain", 2, (0.004, 0.008), 0.3, (1, 1), (("gather_wallet", 1.0),)),
        Step(
            "gather_wallet",
            "consolidation",
            "chain",
            8,
            (0.001, 0.004),
            50,
            (1, 2),
            (("vendor", 0.74), ("exchange_wallet", 0.14), ("otc_wallet", 0.12)),
        ),
        Step(
            "vendor",
            "vendor",
            "chain",
            6,
            (0.01, 0.03),
            90,
            (1, 2),
            (("company", 0.58), ("otc_wallet", 0.2), ("exchange_wallet", 0.16), ("head", 0.06)),
        ),
        Step("head", "vendor", "chain", 0, (0, 0), 60, (1, 1), (("exchange_wallet", 1.0),), "keep"),
        Step(
            "company",
            "company",
            "chain",
            0,
            (0, 0),
            400,
            (1, 1),
            (("backer", 0.44), ("landlord", 0.16), ("staff", 0.05), ("exchange_wallet", 0.2)),
            "share",
        ),
        Step("backer", "backer", "chain", 0, (0, 0), 60, (1, 1), (("exchange_wallet", 1.0),), "keep"),
        Step("backer_bank", "backer", "bank", 0, (0, 0), 60, (1, 1), (("exchange", 1.0),), "keep"),
        Step("landlord", "landlord", "chain", 0, (0, 0), 60, (1, 1), (("otc_wallet", 1.0),), "keep"),
        Step("landlord_bank", "landlord", "bank", 0, (0, 0), 60, (1, 1), (("cash", 1.0),), "keep"),
        Step("staff", "company", "chain", 0, (0, 0), 60, (1, 1), (("exchange_wallet", 1.0),), "keep"),
        *_ENDS,
    ),
    languages=(("en", 0.5), ("zh", 0.5)),
)

CITY_TOWERS = Syndicate(
    name="city-towers",
    zones=(
        Zone("Sihanoukville", "西港", "KH", (("Jade Gull Tower", "玉鸥大厦"), ("Harbour Crown Plaza", "港冠广场"))),
        Zone(
            "Phnom Penh", "金边", "KH", (("Lantern Square Tower", "灯笼广场大厦"), ("Nine Bridges Centre", "九桥中心"))
        ),
        Zone("Bavet", "巴域", "KH", (("Silver Sail Building", "银帆大楼"),)),
    ),
    branches=(
        Zone("Poipet", "波贝", "KH", (("Green Anchor Court", "绿锚大院"),)),
        Zone("O Smach", "奥斯玛", "KH", (("Ridge Palm House", "岭棕大院"),)),
        Zone("Koh Kong", "戈公", "KH", (("Mangrove Steps", "红树台阶楼"),)),
        Zone("Pursat", "菩萨省", "KH", (("Marble Heron Yard", "石鹭大院"),)),
        Zone("Kratie", "桔井", "KH", (("Long Sandbar House", "长滩大院"),)),
        Zone("Stung Treng", "上丁", "KH", (("Three Oar Court", "三桨大院"),)),
        Zone("Siem Reap", "暹粒", "KH", (("Grey Lotus Annex", "灰莲附楼"),)),
        Zone("Battambang", "马德望", "KH", (("Rice Mill Court", "米厂大院"),)),
        Zone("Kampot", "贡布", "KH", (("Pepper Wharf House", "椒埠大院"),)),
        Zone("Pailin", "拜林", "KH", (("Red Clay Yard", "红土大院"),)),
        Zone("Chrey Thom", "齐托姆", "KH", (("Kite Field Court", "风筝坪大院"),)),
    ),
    landlord="tower",
    marketplace=False,
    agents=True,
    subleases=True,
    backers=4,
    markets=(
        Market("KH", "USD", "KH", 0.4, ("VN", "PH")),
        Market("CN", "CNY", "CN", 0.4),
        Market("TH", "THB", "TH", 0.2),
    ),
    steps=(
        Step(
            "mule",
            "mule",
            "bank",
            64,
            (0.01, 0.05),
            14,
            (1, 2),
            (("trader", 0.7), ("exchange", 0.18), ("cash", 0.12)),
            life=35,
        ),
        Step(
            "trader",
            "consolidation",
            "bank",
            22,
            (0.005, 0.02),
            70,
            (1, 2),
            (("second_trader", 0.6), ("otc", 0.25), ("exchange", 0.15)),
        ),
        Step(
            "second_trader",
            "consolidation",
            "bank",
            14,
            (0.002, 0.01),
            120,
            (1, 2),
            (("manager_bank", 0.3), ("otc", 0.3), ("exchange", 0.2), ("cash", 0.2)),
        ),
        Step(
            "manager_bank",
            "company",
            "bank",
            0,
            (0.03, 0.06),
            300,
            (1, 1),
            (("landlord_bank", 0.6), ("exchange", 0.2)),
            "share",
        ),
        Step(
            "collection", "collection", "chain", 20, (0.002, 0.01), 24, (1, 1), (("swap", 0.4), ("peel", 0.6)), life=40
        ),
        Step("swap", "mule", "chain", 3, (0.004, 0.01), 0.3, (1, 1), (("peel", 0.9), ("head", 0.1))),
        Step("head", "vendor", "chain", 0, (0, 0), 60, (1, 1), (("exchange_wallet", 1.0),), "keep"),
        Step(
            "peel",
            "mule",
            "chain",
            64,
            (0.001, 0.003),
            12,
            (1, 1),
            (("peel", 0.66), ("exchange_wallet", 0.1), ("agent", 0.22)),
            "peel",
            life=70,
        ),
        Step(
            "agent",
            "company",
            "chain",
            0,
            (0.01, 0.03),
            120,
            (1, 2),
            (("company", 0.45), ("backer", 0.35), ("otc_wallet", 0.2)),
        ),
        Step(
            "company",
            "company",
            "chain",
            0,
            (0, 0),
            400,
            (1, 1),
            (("agent_share", 0.4), ("manager", 0.18), ("staff", 0.06), ("exchange_wallet", 0.2)),
            "share",
        ),
        Step("agent_share", "company", "chain", 0, (0.08, 0.12), 40, (1, 1), (("backer", 1.0),)),
        Step("manager", "company", "chain", 0, (0.05, 0.1), 200, (1, 1), (("landlord", 1.0),)),
        Step("backer", "backer", "chain", 0, (0, 0), 60, (1, 1), (("exchange_wallet", 1.0),), "keep"),
        Step("landlord", "landlord", "chain", 0, (0, 0), 60, (1, 1), (("otc_wallet", 1.0),), "keep"),
        Step("landlord_bank", "landlord", "bank", 0, (0, 0), 60, (1, 1), (("cash", 1.0),), "keep"),
        Step("staff", "company", "chain", 0, (0, 0), 60, (1, 1), (("exchange_wallet", 1.0),), "keep"),
        *_ENDS,
    ),
    languages=(("zh", 0.6), ("en", 0.4)),
    team=7,
    coerced=0.5,
    promoted=0.12,
    handed_over=0.75,
    bank_share=0.55,
    payment_usd=2_300.0,
    stranger=0.3,
)

PRESETS = MappingProxyType({preset.name: preset for preset in (BORDER_TOWN, CITY_TOWERS)})
