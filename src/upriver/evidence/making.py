"""Fields that no column tells as they stand: an explorer's coins in two columns, a telephone's calls in and out.

What is made is said in `source_file.guessed`: which columns it comes from, and at whose price coins are valued.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from upriver.evidence.records import Block

_Ints = npt.NDArray[np.int64]
# (section of columns.toml, name of the part) -> place of the column that has one of its names
Take = Callable[[str, str], int | None]
_COIN = re.compile(r"[(（]\s*([A-Za-z0-9]{2,10})\s*[)）]")
_WORD = re.compile(r"[^\W_]+")
_WHOLE = re.compile(r"\d{1,78}(?:\.0+)?\Z")
_SIGNS = {"0": ("0", "false", "no"), "1": ("1", "true", "yes")}
_PLACES = 8  # decimals to which a value in dollars is written


class Made(Protocol):
    """How some columns make some fields of a form."""

    @property
    def used(self) -> frozenset[int]:
        """Places of the columns."""

    @property
    def fields(self) -> frozenset[str]:
        """Fields that are made."""

    def columns(self, names: Sequence[str]) -> dict[str, str]:
        """Field -> what it is made of, for a person."""

    def cells(self, block: Block) -> dict[str, _Ints]:
        """Field -> where its cells stand in the block, row by row."""


@dataclass(frozen=True, slots=True)
class Coins:
    """What an explorer's export tells in its own way.

    into, out  columns of what came in and went out, of which one is zero; coin: the asset that their names give
    raw        amount in the smallest unit, to be divided by ten to the power of the column `decimals`
    contract   address of the token where no column names it; known: address -> asset
    price      USD of one coin at the time of the transfer
    flags      columns of 0 and 1 (or false and true), and the sign that says that nothing moved
    """

    into: int | None = None
    out: int | None = None
    coin: str | None = None
    raw: int | None = None
    decimals: int | None = None
    contract: int | None = None
    known: Mapping[str, str] | None = None
    price: int | None = None
    flags: tuple[tuple[int, str], ...] = ()

    @property
    def used(self) -> frozenset[int]:
        """Places of the columns."""
        listed = (self.into, self.out, self.raw, self.decimals, self.contract, self.price)
        return frozenset(place for place in (*listed, *(place for place, _ in self.flags)) if place is not None)

    @property
    def fields(self) -> frozenset[str]:
        """Fields that are made."""
        have = {
            "amount": self.into is not None or self.raw is not None,
            "token": self.coin is not None or self.contract is not None,
            "amount_usd": self.price is not None,
            "status": bool(self.flags),
        }
        return frozenset(name for name, made in have.items() if made)

    def columns(self, names: Sequence[str]) -> dict[str, str]:
        """Field -> what it is made of, for a person."""
        told: dict[str, str] = {}
        if self.into is not None and self.out is not None:
            told["amount"] = f"{names[self.into]} or {names[self.out]}, the one that is not 0"
        if self.raw is not None and self.decimals is not None:
            told["amount"] = f"{names[self.raw]} / 10 ^ {names[self.decimals]}"
        if self.contract is not None:
            told["token"] = names[self.contract]
        elif self.coin is not None and self.into is not None:
            told["token"] = f"{self.coin}, in the name {names[self.into]}"
        if self.price is not None:
            told["amount_usd"] = f"amount x {names[self.price]}"
        if self.flags:
            told["status"] = ", ".join(f"{names[place]}: {sign} = failed" for place, sign in self.flags)
        return told

    def cells(self, block: Block) -> dict[str, _Ints]:
        """Field -> where its cells stand in the block, row by row."""
        made: dict[str, _Ints] = {}
        n_rows = len(block.first)
        amounts: list[str | None] = []
        if self.into is not None and self.out is not None:
            into, out = block.at(self.into), block.at(self.out)
            figure = pc.fill_null(pc.match_substring_regex(block.take(into), "[1-9]"), False)
            made["amount"] = np.where(np.asarray(figure), into, out)
            amounts = block.take(made["amount"]).to_pylist()
        elif self.raw is not None and self.decimals is not None:
            pairs = zip(*(block.take(block.at(place)).to_pylist() for place in (self.raw, self.decimals)), strict=True)
            amounts = [scaled(raw, decimals) for raw, decimals in pairs]
            made["amount"] = block.add(pa.array(amounts, pa.string()))
        if self.coin is not None:
            made["token"] = block.add(pa.repeat(self.coin, n_rows))
        elif self.contract is not None:
            addresses = block.take(block.at(self.contract)).to_pylist()
            known = self.known or {}
            named = [known.get(address.lower(), address) if address else None for address in addresses]
            made["token"] = block.add(pa.array(named, pa.string()))
        if self.price is not None:
            prices = block.take(block.at(self.price)).to_pylist()
            values = [valued(amount, price) for amount, price in zip(amounts, prices, strict=True)]
            made["amount_usd"] = block.add(pa.array(values, pa.string()))
        if self.flags:
            columns = [block.take(block.at(place)).to_pylist() for place, _ in self.flags]
            signs = [_SIGNS[sign] for _, sign in self.flags]
            states = [_state(row, signs) for row in zip(*columns, strict=True)]
            made["status"] = block.add(pa.array(states, pa.string()))
        return made

    def sql(self) -> dict[str, tuple[tuple[int, ...], str]]:
        """Field of a file of transfers -> its columns and SQL for its text, over cells c0, c1, ..."""
        made: dict[str, tuple[tuple[int, ...], str]] = {}
        places: tuple[int, ...] = ()
        amount = ""
        if self.into is not None and self.out is not None:
            places = (self.into, self.out)
            amount = f"coalesce(nullif({_number(self.into)}, 0), {_number(self.out)})"
        elif self.raw is not None and self.decimals is not None:
            places = (self.raw, self.decimals)
            amount = f"({_number(self.raw)} / power(10, {_number(self.decimals)}))"
        if self.price is not None:
            told = f"trim(c{places[0]}) || ' or ' || trim(c{places[1]}) || ' at ' || trim(c{self.price})"
            made["amount_usd"] = (*places, self.price), f"coalesce(({amount} * {_number(self.price)})::VARCHAR, {told})"
        elif amount:
            made["amount"] = places, f"coalesce({amount}::VARCHAR, c{places[0]})"
            if self.coin is not None:
                made["currency"] = (places[0],), f"'{self.coin.upper()}'"
        if self.contract is not None and self.price is None:
            known = " ".join(f"WHEN '{address}' THEN '{asset}'" for address, asset in (self.known or {}).items())
            made["currency"] = (
                (self.contract,),
                f"upper(CASE lower(trim(c{self.contract})) {known} ELSE nullif(trim(c{self.contract}), '') END)",
            )
        if self.flags:
            tests = " OR ".join(
                f"lower(trim(c{place})) IN ({', '.join(map(repr, _SIGNS[sign]))})" for place, sign in self.flags
            )
            first = self.flags[0][0]
            made["status"] = (
                tuple(place for place, _ in self.flags),
                f"CASE WHEN {tests} THEN 'failed' ELSE c{first} END",
            )
        return made


@dataclass(frozen=True, slots=True)
class Line:
    """A record of one number's calls: every line names the other end and says which way the call went.

    own  column of the number, or None where it is told (`number`); ways: word -> whether it means out
    """

    own: int | None
    number: str | None
    other: int
    direction: int
    ways: Mapping[str, bool]

    @property
    def used(self) -> frozenset[int]:
        """Places of the columns."""
        return frozenset(place for place in (self.own, self.other, self.direction) if place is not None)

    @property
    def fields(self) -> frozenset[str]:
        """Fields that are made."""
        return frozenset({"caller", "callee", "kind"})

    def columns(self, names: Sequence[str]) -> dict[str, str]:
        """Field -> what it is made of, for a person."""
        own = names[self.own] if self.own is not None else str(self.number)
        told = f"{own} or {names[self.other]}, as {names[self.direction]} says"
        return {"caller": told, "callee": told, "kind": names[self.direction]}

    def cells(self, block: Block) -> dict[str, _Ints]:
        """Field -> where its cells stand in the block; of a line that does not say which way, neither end is told."""
        n_rows = len(block.first)
        own = block.at(self.own) if self.own is not None else block.add(pa.repeat(self.number, n_rows))
        other, kind = block.at(self.other), block.at(self.direction)
        ways = [self.way(word) for word in block.take(kind).to_pylist()]
        out, known = np.array([way is True for way in ways]), np.array([way is not None for way in ways])
        nobody = block.add(pa.repeat("", n_rows))
        return {
            "caller": np.where(known, np.where(out, own, other), nobody),
            "callee": np.where(known, np.where(out, other, own), nobody),
            "kind": kind,
        }

    def way(self, word: str | None) -> bool | None:
        """Whether a word of the column of directions means out; None where it says neither or both."""
        text = (word or "").lower()
        parts = set(_WORD.findall(text))
        found = {out for name, out in self.ways.items() if (name in parts if name.isascii() else name in text)}
        return found.pop() if len(found) == 1 else None


def of_form(
    form: str,
    names: Sequence[str],
    take: Take,
    words: Mapping[str, Any],
    rows: Sequence[Sequence[str]],
    own: str | None,
) -> Made | None:
    """What is made of these columns for this form, if anything.

    words  columns.toml; rows: some rows below the header; own: the number or account that case.toml tells
    """
    if form == "token_transfer":
        coins = _coins(names, take, words, rows)
        return coins if coins.fields else None
    if form == "call":
        return _line(take, words["line"], rows, own)
    return None


def scaled(raw: str | None, decimals: str | None) -> str | None:
    """A whole number of the smallest unit in units, or None where one of the two is no whole number.

    >>> scaled("1500000", "6"), scaled("1,5", "6")
    ('1.5', None)
    """
    digits, power = (raw or "").strip(), (decimals or "").strip()
    if not _WHOLE.match(digits) or not power.isdigit() or int(power) > 36:
        return None
    digits = digits.partition(".")[0].zfill(int(power) + 1)
    whole, part = digits[: len(digits) - int(power)], digits[len(digits) - int(power) :].rstrip("0")
    return f"{whole.lstrip('0') or '0'}.{part}" if part else whole.lstrip("0") or "0"


def valued(amount: str | None, price: str | None) -> str | None:
    """Amount times price in USD, or None where one of the two is no figure."""
    try:
        figures = [Decimal(re.sub(r"[$,\s]", "", text or "")) for text in (amount, price)]
        usd = figures[0] * figures[1]
        return f"{round(usd, _PLACES).normalize():f}" if usd.is_finite() else None
    except InvalidOperation:  # no figure, or one of more digits than any sum of money has
        return None


def _state(cells: Sequence[str | None], signs: Sequence[Sequence[str]]) -> str | None:
    """What the flags of one row say of its payment."""
    for text, failed in zip(cells, signs, strict=True):
        if text and text.strip().lower() in failed:
            return f"failed ({text})"
    return next((text for text in cells if text), None)


def _coins(names: Sequence[str], take: Take, words: Mapping[str, Any], rows: Sequence[Sequence[str]]) -> Coins:
    into, out = take("explorer", "into"), take("explorer", "out")
    both = into is not None and out is not None
    coin = _COIN.search(names[into]) if both and into is not None else None
    raw = decimals = None
    if not both:
        raw, decimals = take("explorer", "raw"), take("explorer", "decimals")
        if raw is None or decimals is None or not _in_smallest(rows, raw, decimals):
            raw = decimals = None
    contract = None
    if coin is None and take("explorer", "named") is None:
        contract = take("explorer", "contract")
    flags = ((take("explorer", f"flag_{sign}"), sign) for sign in ("0", "1"))
    return Coins(
        into=into if both else None, out=out if both else None, coin=coin[1].upper() if coin else None, raw=raw,
        decimals=decimals, contract=contract, known={k.lower(): v for k, v in words["contracts"].items()},
        price=take("explorer", "price") if both or raw is not None else None,
        flags=tuple((place, sign) for place, sign in flags if place is not None),
    )  # fmt: skip


def _in_smallest(rows: Sequence[Sequence[str]], raw: int, decimals: int) -> bool:
    """Whether amounts are whole numbers, most of them longer than the decimals: units of a coin are written shorter."""
    pairs = [(row[raw].strip(), row[decimals].strip()) for row in rows if len(row) > max(raw, decimals)]
    pairs = [(amount, power) for amount, power in pairs if amount not in ("", "0") and power.isdigit()]
    if not pairs or not all(_WHOLE.match(amount) for amount, _ in pairs):
        return False
    return sum(len(amount) > int(power) for amount, power in pairs) * 2 > len(pairs)


def _line(
    take: Take, words: Mapping[str, Sequence[str]], rows: Sequence[Sequence[str]], own: str | None
) -> Line | None:
    other, direction, place = take("line", "other"), take("line", "direction"), take("line", "own")
    if direction is None:
        return None
    ways = {word.lower(): out for name, out in (("out_words", True), ("in_words", False)) for word in words[name]}
    if other is not None and (place is not None or own is not None):
        return Line(place, None if place is not None else own, other, direction, ways)
    # A and B are the calling and the called party, unless A is one number all along and gets calls, too.
    place, other = take("line", "party_a"), take("line", "party_b")
    if place is None or other is None or other == place:
        return None
    line = Line(place, None, other, direction, ways)
    told = [row for row in rows if len(row) > max(place, other, direction) and row[place].strip()]
    one = len({row[place].strip() for row in told}) == 1
    return line if one and any(line.way(row[direction]) is False for row in told) else None


def _number(place: int) -> str:
    return f"try_cast(regexp_replace(c{place}, '[$,\\s]', '', 'g') AS DOUBLE)"
