"""A sheet: who is asked, about what, how urgently; the same rows for the page and for the CSV."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from upriver.model.ids import content_id
from upriver.requests.recipients import Recipient
from upriver.requests.whose import UNNAMED

# How urgent a row is, the smallest first.
URGENT, FREEZE, RECORDS = 1, 2, 3
TIERS = {URGENT: "freeze now", FREEZE: "freeze", RECORDS: "records"}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account that is asked about. Money in USD; times UTC.

    kept_usd  what lies here by the trace; what left in parts too small to follow is not in it
    losses  reference of the loss -> USD of it that lies here, the largest first
    came    the same, of all that came here
    care    its holder may be a victim
    """

    account: str
    holder: str
    tier: int
    why: str
    received_usd: float
    kept_usd: float
    low_usd: float
    high_usd: float
    first_at: datetime
    last_at: datetime
    stop: str
    losses: dict[str, float]
    came: dict[str, float]
    care: bool
    note: str


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A transfer that brought traced money to an account of the sheet (`in`), or took it away (`out`)."""

    account: str
    way: str
    transfer_id: str
    record_id: str
    reference: str
    at: datetime
    amount: float
    asset: str
    usd: float
    traced_usd: float
    low_usd: float
    high_usd: float
    other: str
    losses: dict[str, float]


@dataclass(frozen=True, slots=True)
class PairRow:
    """A payment to a service and the payment out of it, in another asset, that is or may be its other side.

    joined   whether the trace goes on there; else the payment out is only the likeliest
    payer, payee  who paid in, and who was paid out, as the recipient may see them
    """

    joined: bool
    confidence: float
    in_transfer_id: str
    in_record_id: str
    in_at: datetime
    in_account: str
    in_amount: str
    in_usd: float
    payer: str
    out_transfer_id: str
    out_record_id: str
    out_at: datetime
    out_account: str
    out_amount: str
    out_usd: float
    payee: str
    traced_usd: float
    reason: str


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number, name, address or site that is asked about.

    victims  references of the losses whose reports name it
    seen     where this number was first given out, or on which platform it was seen, in words
    """

    value: str
    kind: str
    why: str
    victims: tuple[str, ...]
    reported_usd: float
    first_at: datetime | None
    last_at: datetime | None
    n_calls: int
    n_messages: int
    seen: str
    devices: tuple[str, ...]
    record_ids: tuple[str, ...]
    zone: str | None


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call between a number of the sheet and a victim."""

    value: str
    way: str
    call_id: str
    record_id: str
    at: datetime
    seconds: int
    device: str
    cell: str
    loss: str
    zone: str | None


@dataclass(slots=True)
class Sheet:
    """Everything on one sheet.

    zone       IANA name of the recipient's local time; None where it is not known
    zone_why   how it is known, or why not
    left_out   numbers beyond the most that a sheet takes
    """

    recipient: Recipient
    spellings: tuple[str, ...] = ()
    zone: str | None = None
    zone_why: str = ""
    accounts: list[AccountRow] = field(default_factory=list)
    transfers: list[TransferRow] = field(default_factory=list)
    pairs: list[PairRow] = field(default_factory=list)
    numbers: list[NumberRow] = field(default_factory=list)
    calls: list[CallRow] = field(default_factory=list)
    left_out: int = 0

    @property
    def reference(self) -> str:
        """By which recipient and sender speak of this sheet; the same on every run."""
        return f"Q-{content_id('request', self.recipient.key)[:8]}"

    @property
    def tier(self) -> int:
        """How urgent its most urgent row is."""
        return min((row.tier for row in self.accounts), default=RECORDS)

    def kept_usd(self, tier: int) -> float:
        """Money that stayed on its accounts of one tier."""
        return sum(row.kept_usd for row in self.accounts if row.tier == tier)

    @property
    def n_urgent(self) -> int:
        """Accounts to freeze now."""
        return sum(row.tier == URGENT for row in self.accounts)

    @property
    def last_at(self) -> datetime | None:
        """Last traced arrival, or last time a number was seen."""
        times = [row.last_at for row in self.accounts] + [row.last_at for row in self.numbers if row.last_at]
        return max(times, default=None)

    @property
    def losses(self) -> tuple[str, ...]:
        """References of the losses it concerns."""
        found = {loss for row in self.accounts for loss in (*row.losses, *row.came)}
        found |= {loss for row in self.transfers for loss in row.losses}
        return tuple(sorted(found - UNNAMED | {loss for row in self.numbers for loss in row.victims}))

    @property
    def unnamed(self) -> bool:
        """Whether some of the money is told as nobody's by name."""
        told = [row.losses for row in self.accounts] + [row.came for row in self.accounts]
        return any(UNNAMED & losses.keys() for losses in (*told, *(row.losses for row in self.transfers)))

    @property
    def care(self) -> bool:
        """Whether the holder of any account may be a victim."""
        return any(row.care for row in self.accounts)

    @property
    def asks_freeze(self) -> bool:
        """Whether any row asks for a freeze."""
        return self.tier < RECORDS

    @property
    def order(self) -> tuple[object, ...]:
        """Urgent freezes first, then what is kept, then numbers that most victims report; names last."""
        return (
            self.tier, -round(self.kept_usd(URGENT), 2), -round(self.kept_usd(FREEZE), 2), not self.accounts,
            -sum(len(row.victims) for row in self.numbers), self.recipient.key,
        )  # fmt: skip


@dataclass(slots=True)
class Book:
    """All sheets of a case, the most urgent first, and what stands on none.

    ends_at    last transfer of the evidence
    method     the method whose traced amounts are told
    left_out   sentences: what was left out, how much of it, and why
    """

    sheets: list[Sheet]
    ends_at: datetime | None
    method: str
    left_out: list[str] = field(default_factory=list)
