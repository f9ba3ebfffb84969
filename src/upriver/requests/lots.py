"""Whose loss each traced transfer carries: the traced money replayed, first in first out, with its victim's name on it.

The trace by FIFO passes on the money that came first, clean or not; so the traced part of it leaves in the order in
which it came, and can be replayed alone. Beside another method it is the reading by FIFO of that method's amounts.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

# USD: less is the rounding of a sum.
CRUMB = 1e-6
NOT_TOLD = ""


@dataclass(frozen=True, slots=True)
class Traced:
    """A traced transfer; `loss` is set where money enters: whose it was."""

    transfer_id: str
    source: str
    target: str
    usd: float
    loss: str | None = None
    back: bool = False


@dataclass(slots=True)
class Lots:
    """carried  transfer_id -> loss -> USD, of the transfers asked for
    kept     account -> loss -> USD that stayed, of the accounts asked for
    """

    carried: dict[str, dict[str, float]] = field(default_factory=dict)
    kept: dict[str, dict[str, float]] = field(default_factory=dict)


def lots(moves: Iterable[Traced], accounts: Collection[str]) -> Lots:
    """Replay transfers, in the order in which they happened, and keep what `accounts` received, sent and hold.

    What an account sends beyond what it was seen to receive is nobody's (`NOT_TOLD`): it is counted, not guessed.
    """
    held: dict[str, deque[tuple[str, float]]] = defaultdict(deque)
    found = Lots()
    for move in moves:
        parts = [(move.loss, move.usd)] if move.loss is not None else _taken(held[move.source], move.usd)
        if move.source in accounts or move.target in accounts:
            found.carried[move.transfer_id] = _summed(parts)
        if not move.back:
            for loss, usd in parts:
                _put(held[move.target], loss, usd)
    for account in accounts:
        if held.get(account):
            found.kept[account] = _summed(held[account])
    return found


def within(losses: dict[str, float], kept_usd: float) -> dict[str, float]:
    """`losses` cut in proportion where they are more than the account kept.

    A trace lets dust go, and tells no transfer for it: the replay still has that money where it last was seen.
    """
    total = sum(losses.values())
    if total <= kept_usd + CRUMB:
        return losses
    return {loss: usd * kept_usd / total for loss, usd in losses.items()} if kept_usd > CRUMB else {}


def _put(queue: deque[tuple[str, float]], loss: str, usd: float) -> None:
    if queue and queue[-1][0] == loss:
        usd += queue.pop()[1]
    queue.append((loss, usd))


def _taken(queue: deque[tuple[str, float]], usd: float) -> list[tuple[str, float]]:
    taken = []
    while usd > CRUMB:
        if not queue:
            taken.append((NOT_TOLD, usd))
            break
        loss, there = queue.popleft()
        if there > usd + CRUMB:
            queue.appendleft((loss, there - usd))
            there = usd
        taken.append((loss, there))
        usd -= there
    return taken


def _summed(parts: Iterable[tuple[str, float]]) -> dict[str, float]:
    """loss -> USD, the largest first."""
    sums: dict[str, float] = defaultdict(float)
    for loss, usd in parts:
        sums[loss] += usd
    return dict(sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])))
