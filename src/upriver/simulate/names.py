"""Names of fictional people and firms, and the ways in which clerks of several scripts write them."""

from __future__ import annotations

from dataclasses import dataclass

from upriver.simulate.dice import Dice
from upriver.simulate.grammar import Grammar

_HAN = ("CN", "TW", "MY", "SG")


@dataclass(frozen=True, slots=True)
class Name:
    """A name: `latin` in the order of its country, `native` script (or equal to latin), other spellings, surname."""

    latin: str
    native: str
    spellings: tuple[str, ...]
    surname: str


class Names:
    """Draws names; no two people get the same one, except those whom `namesake` makes."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._parts = Grammar("names")
        self._used: set[str] = set()

    def _part(self, rule: str) -> list[str]:
        parts = self._dice.pick(self._parts.inventory(rule)).split("=")
        return parts + parts[-1:] * (3 - len(parts)) if len(parts) > 1 else [parts[0]] * 3

    def person(self, country: str, surname: str | None = None) -> Name:
        """A name as it is common in `country` (ISO 3166-1); `surname` (Latin) is kept for kin."""
        for _ in range(200):
            name = self._draw(country)
            if name.latin not in self._used and (surname is None or name.surname == surname):
                break
        self._used.add(name.latin)
        return name

    def anyone(self, country: str) -> Name:
        """A name of somebody who is not told apart from namesakes."""
        return self._draw(country)

    def _draw(self, country: str) -> Name:
        if country in _HAN:
            family, first = self._part("han_surname"), self._part("han_given")
            second = self._part("han_given") if self._dice.chance(0.75) else ["", "", ""]
            given = (first[1] + second[1]).capitalize()
            southern = f"{family[2]} {first[2].capitalize()} {second[2].capitalize()}".strip()
            hyphen = f"{family[2]} {first[2].capitalize()}-{second[2]}" if second[2] else southern
            native = family[0] + first[0] + second[0]
            return Name(
                f"{family[1]} {given}",
                native,
                (f"{given} {family[1]}", southern, hyphen, f"{family[1].upper()} {given}"),
                family[1],
            )
        if country == "MM":
            parts = [self._part("mm_part") for _ in range(self._dice.pick((2, 3, 3)))]
            latin = " ".join(part[1] for part in parts)
            title = self._dice.pick(("U", "Ko", "Maung", "Daw", "Ma"))
            spelling = " ".join(part[2] for part in parts)
            return Name(
                latin,
                "".join(part[0] for part in parts),
                (f"{title} {latin}", spelling, latin.replace(" ", "")),
                parts[-1][1],
            )
        rules = {
            "TH": ("th_given", "th_surname"),
            "KH": ("kh_surname", "kh_given"),
            "VN": ("vn_surname", "vn_given"),
        }.get(country, ("latin_given", "latin_surname"))
        one, two = self._part(rules[0]), self._part(rules[1])
        surname = (two if country not in ("KH", "VN") else one)[1]
        gap = "" if country == "KH" else " "
        turned = f"{two[1]} {one[1]}" if country in ("TH", "KH") else f"{two[1]}, {one[1]}"
        latin = f"{one[1]} {two[1]}"
        return Name(latin, one[0] + gap + two[0], (turned, f"{one[2]} {two[2]}", latin.upper()), surname)

    def spelled(self, name: Name, how: str = "any") -> str:
        """`name` as a clerk writes it; `how`: latin, native, or any (other spellings and slips of the pen too)."""
        if how == "native":
            return name.native
        if how == "latin":
            return name.latin
        kind = self._dice.weighted((("latin", 0.45), ("spelling", 0.3), ("native", 0.15), ("slip", 0.1)))
        if kind == "spelling":
            return self._dice.pick(name.spellings)
        if kind == "native":
            return name.native
        return slip(name.latin, self._dice) if kind == "slip" else name.latin

    def nick(self) -> tuple[str, str]:
        """A nickname in Latin and Chinese script; several people may share one."""
        place = self._dice.whole(0, len(self._parts.inventory("nick")) - 1)
        return self._parts.inventory("nick")[place], self._parts.inventory("nick_han")[place]

    def firm(self) -> tuple[str, str]:
        """A firm's name in English and in Chinese."""
        words, hans = self._parts.inventory("firm_word"), self._parts.inventory("firm_han")
        for _ in range(200):
            one, two = self._dice.whole(0, len(words) - 1), self._dice.whole(0, len(words) - 1)
            trade, form = self._part("firm_trade"), self._part("firm_form")
            english, chinese = words[one], hans[one]
            if one != two and self._dice.chance(0.4):
                english, chinese = f"{words[one]} {words[two]}", hans[one] + hans[two]
            english, chinese = f"{english} {trade[0]} {form[0]}", chinese + trade[1] + form[1]
            if english not in self._used:
                break
        self._used.add(english)
        return english, chinese

    def listed(self, rule: str) -> list[str]:
        """All names of a rule that is walked: exchanges, decoys, shops."""
        return self._parts.inventory(rule)


def slip(text: str, dice: Dice) -> str:
    """`text` with one slip of the pen: two letters turned, one left out, or one doubled."""
    if len(text) < 4:
        return text
    at = dice.whole(1, len(text) - 3)
    kind = dice.whole(0, 2)
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at + 1 :] if kind == 1 else text[:at] + text[at] + text[at:]
