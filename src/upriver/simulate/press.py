"""News of the crackdown: separate happenings told several times, totals that run, parts that do not sum, and traps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from upriver.simulate.dice import Dice
from upriver.simulate.grammar import Grammar
from upriver.simulate.handover import DAYS_BEFORE, Handed
from upriver.simulate.laundering import Laundering
from upriver.simulate.syndicate import Cast
from upriver.simulate.tables import write_lines

Kind = Literal["separate", "series", "part", "planned", "stock", "trap"]

_PAPERS = {
    "en": ("Riverbank Daily", "The Frontier Ledger", "Delta Wire", "Hill Post", "Southern Lantern", "Monsoon Times"),
    "zh": ("边境早报", "江畔晚报", "南亭新闻网", "灯塔周刊"),
}
_ACTORS = (
    ("the provincial police", "省公安厅"),
    ("the border command", "边防指挥部"),
    ("the public prosecutor", "检察机关"),
    ("the interior ministry", "内政部"),
    ("the task force", "联合工作组"),
)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# Types of separate happenings and what they count; low and high of the figure.
_TYPES = (
    ("rescue_release", "people", 24, 420),
    ("arrest", "people", 11, 340),
    ("raid", "buildings", 3, 22),
    ("repatriation", "people", 40, 280),
    ("sanction", "targets", 3, 16),
    ("sentence", "people", 5, 39),
    ("disruption", "compounds", 2, 9),
    ("wanted_notice", "people", 3, 14),
    ("death", "people", 2, 9),
    ("seizure", "USD", 0, 0),
)
_SAID: tuple[tuple[Kind, int, int], ...] = (("planned", 100, 900), ("stock", 200, 1_900))
_FRAMES = {
    "handover": ("arrest", "rescue_release"),
    "rescue_release": ("arrest",),
    "arrest": ("rescue_release", "handover"),
}


@dataclass(slots=True)
class Happening:
    """One thing that happened (or is planned, or is no action at all), and the passages that tell of it."""

    code: str
    type: str
    count: int
    unit: str
    place: str
    country: str
    day: date
    kind: Kind
    passages: list[str] = field(default_factory=list)


class Press:
    """Writes news.jsonl; then `happenings`, `seized_usd` and `denominators` (people of a zone) are known."""

    def __init__(self, folder: Path, seed: int, cast: Cast, laundering: Laundering, handed: list[Handed]) -> None:
        self.cast = cast
        self.dice = Dice(seed, "press")
        self._grammars = {language: Grammar(f"press_{language}") for language in ("en", "zh")}
        self.happenings: list[Happening] = []
        self._passages: list[dict[str, object]] = []
        self.denominators: dict[int, int] = {}
        self.taken_usd = sum(laundering.moved.usd[deposit.row] for deposit in laundering.deposits)
        self.seized_usd = 0
        self._handovers(handed)
        self._separate(max(0, cast.scale.happenings - len(self.happenings)))
        for zone in range(len(cast.preset.zones)):
            self._series(zone)
            self._others(zone)
        write_lines(folder / "news.jsonl", self.dice.shuffled(self._passages))

    @property
    def n_passages(self) -> int:
        return len(self._passages)

    # ---- one passage -----------------------------------------------------------------------------------------
    def _tell(
        self,
        happening: Happening,
        rule: str,
        zone: int,
        language: str,
        actor: tuple[str, str],
        day: date,
        count: int,
        about: bool = False,
        first: bool = True,
        **more: object,
    ) -> None:
        dice, preset = self.dice, self.cast.preset
        place, number = preset.zones[zone], 0 if language == "en" else 1
        taker = (("Chinese police", "中国公安机关"), ("Thai police", "泰国警方"), ("their embassy", "使领馆"))[
            int(happening.code[-3:]) % 3
        ]
        giver = (("a militia", "当地民兵"), ("the zone administration", "园区管理方"), ("an armed group", "地方武装"))[
            int(happening.code[-2:]) % 3
        ]
        figure = (
            f"{count:,}"
            if language == "en"
            else (str(count) if count < 10_000 or count % 10_000 else f"{count // 10_000}万")
        )
        written = f"{_MONTHS[day.month - 1]} {day.day}" if language == "en" else f"{day.month}月{day.day}日"
        if dice.chance(0.25):
            written = f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if language == "en" else f"{day.year}年{written}"
        slots: dict[str, object] = {
            "count": figure,
            "place": (place.place, place.place_zh)[number],
            "country": place.country,
            "date": written,
            "date_late": f"late on {written}",
            "actor": actor[number],
            "giver": giver[number],
            "taker": taker[number],
            "about": ("about ", "约")[number] if about else "",
            "about_cap": "About " if about else "",
            "small": dice.whole(18, 62),
        }
        grammar, gap = self._grammars[language], (" ", "")[number]
        text = gap.join((grammar.say(rule, dice, **{**slots, **more}), grammar.say("tail", dice))).strip()
        text = text[0].upper() + text[1:]
        code = self.cast.numbers.code("N-999999")
        published = day + timedelta(days=dice.pick((0, 1, 1, 2)))
        publisher = dice.pick(_PAPERS[language])
        passage: dict[str, object] = {
            "passage_id": code,
            "url": f"https://{('news', 'xinwen')[number]}.example/{published:%Y/%m}/{code.lower()}",
            "published": published.isoformat(),
            "publisher": publisher,
            "language": ("en", "zh-Hans")[number],
            "text": text,
        }
        if first or dice.chance(0.5):
            passage["first_speaker"] = actor[0]
        self._passages.append(passage)
        happening.passages.append(code)

    def _happen(self, kind: Kind, type_: str, count: int, unit: str, zone: int, day: date) -> Happening:
        place = self.cast.preset.zones[zone]
        happening = Happening(
            f"E{len(self.happenings) + 1:03d}", type_, count, unit, place.place, place.country, day, kind
        )
        self.happenings.append(happening)
        return happening

    def _retell(self, happening: Happening, zone: int, actor: tuple[str, str], times: int) -> None:
        """First as it was said; then re-writes that round, slip a day, or frame the same people otherwise."""
        dice = self.dice
        self._tell(
            happening, happening.type, zone, dice.pick(("en", "en", "zh")), actor, happening.day, happening.count
        )
        for _ in range(times):
            day, count, about, rule = happening.day, happening.count, False, happening.type
            draw = dice.number(0, 1)
            if draw < 0.3 and count > 40:
                count, about = round(count, -2 if count > 400 else -1), True
            elif draw < 0.5:
                day += timedelta(days=dice.pick((-1, 1)))
            elif draw < 0.65 and rule in _FRAMES:
                rule = dice.pick(_FRAMES[rule])
            elif draw < 0.72 and count > 100:
                count += dice.pick((-10, 10, 1))
            self._tell(happening, rule, zone, dice.pick(("en", "zh")), actor, day, count, about, first=False)

    # ---- kinds -----------------------------------------------------------------------------------------------
    def _handovers(self, handed: list[Handed]) -> None:
        """The handovers of which the lists are in the folder."""
        for number, (name, days) in enumerate(DAYS_BEFORE.items()):
            count = sum(place.list_id == name for place in handed)
            if count:
                zone = number % len(self.cast.preset.zones)
                day = self.cast.last_day - timedelta(days=days)
                happening = self._happen("separate", "handover", count, "people", zone, day)
                self._retell(happening, zone, _ACTORS[number], self.dice.whole(1, 3))

    def _separate(self, count: int) -> None:
        dice, cast = self.dice, self.cast
        for number in range(count):
            type_, unit, low, high = _TYPES[number % len(_TYPES)]
            zone = number % len(cast.preset.zones)
            day = cast.last_day - timedelta(
                days=8 + int((number + dice.number(0, 0.5)) / count * (cast.preset.days - 60))
            )
            figure = dice.whole(low, high)
            if unit == "USD":
                figure = int(round(self.taken_usd * dice.number(0.01, 0.04), -3))
                self.seized_usd += figure
            happening = self._happen("separate", type_, figure, unit, zone, day)
            self._retell(happening, zone, dice.pick(_ACTORS), dice.whole(0, 3))

    def _series(self, zone: int) -> None:
        """A running total: the later replaces the earlier, and nobody may add them up."""
        dice = self.dice
        total, actor = dice.whole(300, 1_600), dice.pick(_ACTORS)
        day = self.cast.last_day - timedelta(days=190)
        began = day - timedelta(days=dice.whole(40, 90))
        happening = self._happen("series", "handover", total, "people", zone, day)
        for _ in range(dice.whole(4, 5)):
            language = dice.pick(("en", "zh"))
            month = _MONTHS[began.month - 1] if language == "en" else f"{began.year}年{began.month}月"
            self._tell(happening, "series", zone, language, actor, day, total, since=month)
            happening.count, happening.day = total, day
            total += dice.whole(180, 2_400)
            day += timedelta(days=dice.whole(22, 44))

    def _others(self, zone: int) -> None:
        dice, cast = self.dice, self.cast
        day = cast.last_day - timedelta(days=dice.whole(20, 150))
        one, two, three = dice.whole(20, 90), dice.whole(6, 30), dice.whole(4, 20)
        whole = one + two + three + dice.pick((0, 0, 1, -2, 10))
        happening = self._happen("separate", "handover", whole, "people", zone, day)
        self._tell(
            happening,
            "parts",
            zone,
            dice.pick(("en", "zh")),
            dice.pick(_ACTORS),
            day,
            whole,
            part_one=one,
            part_two=two,
            part_three=three,
        )
        for part in (one, two, three):
            self._happen("part", "handover", part, "people", zone, day).passages += happening.passages
        people = dice.whole(90, 200) * 100
        self.denominators[zone] = people
        estimate = self._happen("stock", "estimate", people, "people", zone, day)
        for language in ("en", "zh"):
            self._tell(estimate, "estimate", zone, language, _ACTORS[zone], day, people, about=True)
        for kind, low, high in _SAID:
            figure = dice.whole(low, high)
            other = self._happen(
                kind, "handover" if kind == "planned" else "stock", figure, "people", zone, day + timedelta(days=3)
            )
            self._tell(other, kind, zone, dice.pick(("en", "zh")), dice.pick(_ACTORS), day + timedelta(days=3), figure)
        for _ in range(3):
            figure = dice.whole(5, 90) * 100
            trap = self._happen("trap", "none", figure, "", zone, day + timedelta(days=dice.whole(-30, 20)))
            self._tell(trap, "trap", zone, dice.pick(("en", "en", "zh")), dice.pick(_ACTORS), trap.day, figure)
