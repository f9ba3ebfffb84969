"""MT940 and MT942, the statements of SWIFT, as German, Dutch and other banks write them.

Locator: `line N`, the line on which field :61: of an entry begins. A library reads what is well formed and stops at
what is not; here each entry stands alone, so that a torn one costs itself.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

import pyarrow as pa

from upriver.clean.accounts import iban, only_iban
from upriver.evidence.encodings import utf8
from upriver.evidence.folder import UnreadableError
from upriver.evidence.readers.entries import Entry, Party, transfers
from upriver.evidence.records import Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

# Fields by which a text is known, each at the beginning of a line.
KNOWN = re.compile(r"(?m)^\s*:25P?:[^\n]*\n(?:.*\n){0,12}?:(?:60[FM]|34F|61):")
_TAG = re.compile(r":(?P<tag>\d{2}[A-Z]?):(?P<value>.*)\Z", re.DOTALL)
_END = re.compile(r"-\}?(?:\{5:.*)?\Z")
# What stands around a message: blocks of SWIFT, or the bank's code and the number of the message.
_AROUND = re.compile(r"\{[1-5]:.*|[A-Z0-9]{8,12}|9[45][0-9]\Z|[-}\s]*\Z")
_ENTRY = re.compile(
    r"(?P<valued>\d{6})(?P<booked>\d{4})?(?P<mark>R?[CD]|E[CD])(?P<funds>[A-Z])?(?P<amount>\d[\d.]*,?\d*)"
    r"(?P<kind>[NFS][A-Z0-9]{3})(?P<rest>.*)\Z",
    re.DOTALL,
)
# The beginning of an entry whose tag is torn.
_LIKE_ENTRY = re.compile(r".{0,5}?\d{6}(?:\d{4})?(?:R?[CD]|E[CD])[A-Z]?\d+,\d*[NFS][A-Z0-9]{3}")
_BALANCE = re.compile(r"[CD]\d{6}(?P<currency>[A-Z]{3})")
_FLOOR = re.compile(r"(?P<currency>[A-Z]{3})")
_GERMAN = re.compile(r"(?P<code>\d{3})(?P<mark>[?~<>^+@*|#!])(?=\d{2})")
_WIDTH = 65  # signs of a full line: what follows goes on in the middle of a word
_OLD_DUTCH = re.compile(r"\s*(?:(?P<dots>\d{1,2}\.\d{2}\.\d{2}\.\d{3})|GIRO\s+(?P<giro>\d{3,9}))\s+(?P<name>[^\n]*)")
_NOTHING = ("", "NOTPROVIDED", "NONREF", "NOREF")
_BATCH = 2000


@dataclass(slots=True)
class _Field:
    """A field of a statement: the line on which it begins, its lines, and whether the file may end within it."""

    line: int
    tag: str
    lines: list[str]

    @property
    def raw(self) -> str:
        return (f":{self.tag}:" if self.tag else "") + "\n".join(self.lines)


@dataclass(slots=True)
class _Statement:
    """What holds for the entries that follow."""

    account: str = ""
    currency: str = ""


@dataclass(slots=True)
class _Open:
    """An entry whose information (:86:) may still come."""

    entry: _Field
    told: list[_Field] = field(default_factory=list)

    @property
    def n_signs(self) -> int:
        return sum(len(line) for part in (self.entry, *self.told) for line in part.lines)

    @property
    def raw(self) -> str:
        return "\n".join(part.raw for part in (self.entry, *self.told))


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """Records of the entries of all statements; what is no entry, or may be cut, is broken.

    raises  UnreadableError when it holds no entry
    """
    with utf8(source.path, source.encoding or "utf-8") as stream:
        text = stream.read().decode("utf-8", "replace").removeprefix("\ufeff")
    statement, waiting = _Statement(), None
    told: list[Entry] = []
    broken: list[tuple[str, str, str]] = []
    n_told, n_guessed = 0, 0

    def close(one: _Open | None) -> None:
        nonlocal n_guessed
        if one is not None:
            place = f"line {one.entry.line}"
            found = "it is too long" if one.n_signs > params.max_cell_bytes else _entry(place, source, statement, one)
            if isinstance(found, str):
                broken.append((place, found, one.raw))
            else:
                n_guessed += "account_from_text" in found.rest
                told.append(found)

    for part in _fields(text):
        if part.tag == "86" and waiting is not None:
            waiting.told.append(part)
            continue
        close(waiting)
        waiting = None
        if part.tag in ("25", "25P"):
            statement = _Statement(" ".join(part.lines).strip())
        elif part.tag in ("60F", "60M", "34F"):
            found = (_FLOOR if part.tag == "34F" else _BALANCE).match(part.lines[0])
            statement.currency = found["currency"] if found else statement.currency
        elif part.tag == "61" or (not part.tag and _LIKE_ENTRY.match(part.lines[0])):
            waiting = _Open(part)
        elif not part.tag:
            broken.append((f"line {part.line}", "it belongs to no field of a statement", "\n".join(part.lines)))
        if len(told) >= _BATCH:
            n_told += len(told)
            yield transfers(source, told)
            told.clear()
    if waiting is not None:
        # The closing balance is missing: an amount or an account at the very end may be cut in the middle.
        broken.append((f"line {waiting.entry.line}", "the file ends here, before the closing balance", waiting.raw))
    if not n_told + len(told) + len(broken):
        raise UnreadableError("it holds no entry", "ask the bank for the statement of a longer time")
    if source.told.form is None:
        source.guessed["form"] = "bank_transfer"
    if n_guessed:
        source.guessed["accounts_from_free_text"] = n_guessed
    if told:
        yield transfers(source, told)
    if broken:
        yield source.broken(broken)


def _fields(text: str) -> Iterator[_Field]:
    """Fields in the order of the file; tag "" for lines that belong to none, "-" for the end of a message."""
    held: _Field | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.rstrip("\r")
        found = _TAG.match(line.removeprefix("{4:").lstrip() if held is None else line)
        ends = _END.match(line)
        stray = held is not None and held.tag in ("61", "86") and _LIKE_ENTRY.match(line) and not found
        if found or ends or stray:
            if held is not None:
                yield held
            held = None
            if found:
                held = _Field(number, found["tag"], [found["value"]])
            elif ends:
                yield _Field(number, "-", [line])
            else:
                yield _Field(number, "", [line])
        elif held is not None:
            held.lines.append(line)
        elif line.strip() and not _AROUND.match(line):
            yield _Field(number, "", [line])
    if held is not None:
        yield held


def _entry(place: str, source: Source, statement: _Statement, found: _Open) -> Entry | str:
    """The entry, or why it is none."""
    match = _ENTRY.match("\n".join(found.entry.lines))
    if match is None or not found.entry.tag:
        return "it is no entry: date, C or D, amount and kind are needed"
    if match["mark"].startswith("E"):
        return "it is expected: the entry that books it tells the transfer"
    head, *supplement = match["rest"].split("\n")
    customer, _, bank = head.partition("//")
    told = _information(found.told)
    # RC takes a credit back, and so pays out.
    out = match["mark"] in ("D", "RC")
    own = statement.account.removesuffix(statement.currency).rstrip() or source.told.own_account or ""
    account = told.pop("account", "")
    rest: dict[str, str] = {}
    if not account:
        account = next((line.strip() for line in supplement if iban(line.strip())), "")
    if not account and told.pop("free", ""):
        account, rest = _from_text(own, told.get("purpose", ""))
    told.pop("free", None)
    refs = [bank.strip(), told.get("end_to_end_id", ""), told.get("customer_reference", ""), customer.strip()]
    valued, booked = _dates(match["valued"], match["booked"])
    purpose, kind = told.pop("purpose", ""), told.pop("kind", "")
    name = told.pop("name", "")
    rest |= {
        **told, "value_date": valued if valued != booked else "",
        "reversal": "true" if match["mark"].startswith("R") else "",
        "customer_reference": "" if customer.strip() in _NOTHING else customer.strip(),
        "bank_reference": bank.strip(), "supplement": " ".join(line.strip() for line in supplement).strip(),
    }  # fmt: skip
    return Entry(
        place=place, own=Party(own), other=Party(account, name), out=out, occurred_at=booked,
        amount=_amount(match["amount"]), currency=statement.currency,
        reference=next((ref for ref in refs if ref.upper() not in _NOTHING), ""), purpose=purpose,
        channel=" ".join(part for part in (match["kind"], kind) if part), rest=rest,
    )  # fmt: skip


def _amount(text: str) -> str:
    """1.500,00 of the file as 1500.00: the comma is always the decimal mark."""
    return text.replace(".", "").replace(",", ".").rstrip(".")


def _dates(valued: str, booked: str | None) -> tuple[str, str]:
    """Day of value and of booking; the latter is told without a year, and may lie in another."""
    year = int(valued[:2]) + (1900 if int(valued[:2]) >= 80 else 2000)
    of_value = f"{year}-{valued[2:4]}-{valued[4:6]}"
    # A month that is none says nothing of the year: the day is left as it is written, to be refused.
    if booked is None or not 1 <= int(valued[2:4]) <= 12:
        return of_value, of_value
    apart = int(booked[:2]) - int(valued[2:4])
    year += 1 if apart < -6 else -1 if apart > 6 else 0
    return of_value, f"{year}-{booked[:2]}-{booked[2:4]}"


def _information(parts: list[_Field]) -> dict[str, str]:
    """What field :86: tells, by our names; `free` where it follows no scheme."""
    lines = [line for part in parts for line in part.lines]
    if not lines:
        return {}
    bare = "".join(line.strip("\r\n") for line in lines)
    german = _GERMAN.match(bare)
    if german:
        return _german(bare, german)
    flat = ""
    for line in lines:
        flat += line if len(line) >= _WIDTH else f"{line} "
    codes = _table("slash")
    split = re.split(rf"/({'|'.join(codes)})/", flat)
    if len(split) > 1:
        return _slashed(split, codes)
    return {"purpose": "\n".join(lines).strip(), "free": "true"}


def _german(text: str, found: re.Match[str]) -> dict[str, str]:
    mark = re.escape(found["mark"])
    split = re.split(rf"{mark}(?=\d{{2}})", text[found.end("code") :])
    names = _table("fields")
    told: dict[str, str] = {"business_code": found["code"]}
    purpose = ""
    for piece in split[1:]:
        number, value = piece[:2], piece[2:]
        if "20" <= number <= "29" or "60" <= number <= "63":
            # A full subfield goes on in the next without a blank.
            purpose += value if len(value) >= 27 else f"{value} "
        elif number in names:
            name = names[number]
            told[name] = f"{told[name]} {value.strip()}" if name in told and name == "name" else value.strip()
        else:
            told[f"subfield_{number}"] = value.strip()
    told |= {name: value for name, value in _plus(purpose.strip()).items() if not told.get(name)}
    account, bank = told.get("account", ""), told.get("bank", "")
    if account.isdigit() and bank.isdigit():
        told["account"] = f"{bank}/{account}"  # as field :25: writes it: a number alone is of many banks
    return {name: value for name, value in told.items() if value}


def _plus(purpose: str) -> dict[str, str]:
    codes = _table("plus")
    first, *split = re.split(rf"(?:^|(?<=[\s])|(?<=[^A-Z]))({'|'.join(codes)})[+:](?=\s*\S)", purpose)
    told: dict[str, str] = {}
    for code, value in zip(split[::2], split[1::2], strict=True):
        told.setdefault(codes[code], value.strip())
    rest = " ".join(part for part in (first.strip(), told.get("purpose", "")) if part)
    return {**told, "purpose": rest}


def _slashed(split: list[str], codes: dict[str, str]) -> dict[str, str]:
    told: dict[str, str] = {}
    before = split[0].strip(" /")
    for code, value in zip(split[1::2], split[2::2], strict=True):
        name = codes[code]
        if name == "counterparty":
            account, bank, party, *_ = [*(part.strip() for part in value.split("/")), "", "", ""]
            told |= {"account": account, "bank": bank, "name": party}
            continue
        if name == "purpose":
            value = re.sub(r"^/?(?:USTD|STRD/CUR|STRD)/+", "", value)
        value = value.strip(" /")
        told[name] = told.get(name) or value
    for role in ("ordering_party", "beneficiary"):
        told["name"] = told.get("name") or told.pop(role, "")
    told["purpose"] = told.get("purpose") or before
    return {name: value for name, value in told.items() if value}


def _from_text(own: str, text: str) -> tuple[str, dict[str, str]]:
    """The other account where a free text names exactly one, and a word that says so."""
    old = _OLD_DUTCH.match(text)
    if old:
        return (old["dots"] or old["giro"]).replace(".", ""), {"account_from_text": "true"}
    found = only_iban(text, own)
    return (found, {"account_from_text": "true"}) if found else ("", {})


@lru_cache(maxsize=4)
def _table(name: str) -> dict[str, str]:
    text = resources.files("upriver.evidence").joinpath("mt940.toml").read_text("utf-8")
    found: dict[str, str] = tomllib.loads(text)[name]
    return found
