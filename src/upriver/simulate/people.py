"""A person, a company and a pool account of the story, as the simulator knows them and no file tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from upriver.simulate.names import Name

Role = Literal[
    "backer",
    "boss",
    "supervisor",
    "team_leader",
    "recruiter",
    "worker",
    "guard",
    "landlord",
    "manager",
    "mule",
    "vendor",
    "otc",
    "victim",
    "innocent",
    "kin",
]


@dataclass(slots=True)
class Person:
    """One person; `seen` and `shown` collect the names and identifiers that the evidence really holds of them."""

    code: str
    role: Role
    name: Name
    alias: str
    origin: str
    born: date
    sex: str
    document: str
    phones: list[str]
    handle: str
    display: str
    zone: int = -1
    company: int = -1
    leader: bool = False
    coerced: bool = False
    chief: Person | None = None
    accounts: list[int] = field(default_factory=list)
    handover: list[str] = field(default_factory=list)
    report: str = ""
    signs: int = 0
    seen: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)

    def age(self, on: date) -> int:
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))

    def write(self, spelling: str) -> str:
        """Note that the evidence names this person so, and hand the spelling back."""
        self.seen.add(spelling)
        return spelling

    def show(self, kind: str, value: str) -> str:
        """Note that the evidence holds this identifier of theirs, and hand the value back."""
        self.shown.add(f"{kind}:{value.removeprefix('@')}")
        return value


@dataclass(slots=True)
class Company:
    """A scam company: where it sits, who runs it, its tongue, and its two names."""

    code: str
    name: str
    name_zh: str
    zone: int
    compound: tuple[str, str]
    language: str
    boss: Person
    supervisors: list[Person] = field(default_factory=list)
    leaders: list[Person] = field(default_factory=list)
    recruiters: list[Person] = field(default_factory=list)
    workers: list[Person] = field(default_factory=list)
    backers: list[Person] = field(default_factory=list)
    agent: Person | None = None
    manager: Person | None = None
    lets_from: int = -1

    def everyone(self) -> list[Person]:
        return [self.boss, *self.supervisors, *self.leaders, *self.recruiters, *self.workers]


@dataclass(frozen=True, slots=True)
class Pooled:
    """An account of a laundering step: index, market, the seconds between which it is used, whose order it obeys."""

    account: int
    market: str
    start: int
    end: int
    company: int = -1


@dataclass(slots=True)
class Victim:
    """A deceived person and how they were approached: by which worker, from which market, through which script."""

    person: Person
    market: str
    account: int
    wallet: int | None
    worker: Person
    company: int
    first_contact: int
    reports: bool
