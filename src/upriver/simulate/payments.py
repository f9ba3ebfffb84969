"""All transfers, ordinary and not, merged by time and streamed into the files of banks and explorers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from upriver.simulate.dice import Dice, stream
from upriver.simulate.exports import Export, texts
from upriver.simulate.laundering import Laundering
from upriver.simulate.layouts import BY_CURRENCY, CHAIN_LAYOUTS, SWAPS, WORKBOOK
from upriver.simulate.rates import Rates
from upriver.simulate.syndicate import DAY, Cast
from upriver.simulate.town import CHAIN, Rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CHUNK = 400_000
_BRANCH_ACCOUNTS = 40


@dataclass(slots=True)
class Written:
    """What the files hold of the story's transfers: reference by row (empty: the row is lost), and how many in all."""

    references: list[str]
    transfers: int = 0
    files: list[Path] = field(default_factory=list)


def write_payments(
    folder: Path,
    seed: int,
    cast: Cast,
    laundering: Laundering,
    rates: Rates,
    hidden: NDArray[np.bool_],
    ordinary: int,
    progress: Callable[[float], None],
) -> Written:
    """Write every bank and explorer file into `folder`; memory is bounded by a chunk of time, not by the scale.

    hidden   rows of the story that are lost; as many of the town's are lost by chance
    ordinary  about how many transfers the town makes itself
    returns  the references of the story's rows, as the files tell them
    """
    import numpy as np

    rng = stream(seed, "payments")
    town, preset = cast.town, cast.preset
    layouts = (
        [layout for market in preset.markets for layout in BY_CURRENCY[market.currency]]
        + list(CHAIN_LAYOUTS)
        + [WORKBOOK, SWAPS]
    )
    dice = Dice(seed, "damage")
    files = [Export(folder, layout, dice, preset.broken) for layout in layouts]
    # Which file tells of what an account sends.
    place_of = np.zeros(len(town.values), dtype=np.int16)
    names = np.array(town.market)
    draw = np.ones(len(town.values))
    draw[: town.settled] = rng.random(town.settled)
    for place, market in enumerate(preset.markets):
        place_of[names == market.name] = 2 * place
        place_of[(names == market.name) & (draw < 0.42)] = 2 * place + 1
    place_of[names == CHAIN] = 2 * len(preset.markets)
    place_of[(names == CHAIN) & (draw < 0.45)] = 2 * len(preset.markets) + 1
    branch = rng.choice(town.quarters[preset.markets[0].name].people, _BRANCH_ACCOUNTS, replace=False)
    place_of[branch] = layouts.index(WORKBOOK)
    desks = np.array(sorted(laundering.swaps.accounts()))
    currency_of = np.array([CHAIN] + [market.name for market in preset.markets])
    market_of = np.searchsorted(np.sort(currency_of), names)
    walks = np.array(
        [
            rates.walk(next((m.currency for m in preset.markets if m.name == name), "USDT"))
            for name in np.sort(currency_of)
        ]
    )
    moved = laundering.moved
    at, order = np.array(moved.at, dtype=np.int64), np.argsort(np.array(moved.at, dtype=np.int64), kind="stable")
    source, target = np.array(moved.source, dtype=np.int64), np.array(moved.target, dtype=np.int64)
    usd, local, purpose = np.array(moved.usd), np.array(moved.local), np.array(moved.purpose, dtype=np.int64)
    written = Written([""] * len(at))
    chunks = max(1, ordinary // _CHUNK)
    edges = np.linspace(cast.start - 6 * DAY, cast.end + 2 * DAY, chunks + 1).astype(np.int64)
    counter = 0
    for number in range(chunks):
        start, end = int(edges[number]), int(edges[number + 1])
        days = town.ordinary(rng, start, min(end, cast.end), ordinary // chunks)
        mine = order[np.searchsorted(at[order], start) : np.searchsorted(at[order], end)]
        mine = mine[~hidden[mine]]
        kept = rng.random(len(days.at)) >= preset.missing
        whole = Rows(
            *(
                np.concatenate([getattr(days, name)[kept], story[mine]])
                for name, story in (
                    ("at", at),
                    ("source", source),
                    ("target", target),
                    ("usd", usd),
                    ("purpose", purpose),
                )
            )
        )
        row = np.concatenate([np.full(int(kept.sum()), -1), mine])
        by_time = np.argsort(whole.at, kind="stable")
        whole = Rows(*(getattr(whole, name)[by_time] for name in Rows.__slots__))
        row = row[by_time]
        day = np.clip(whole.at // DAY - rates.first_day, 0, rates.days - 1)
        own = whole.usd / walks[market_of[whole.source], day]
        own = np.where(row >= 0, local[row], _as_typed(rng, own))
        numbers = _scattered(counter + np.arange(len(row)), seed)
        counter += len(row)
        told_by = place_of[whole.source]
        told_by[np.isin(whole.source, desks) | np.isin(whole.target, desks)] = layouts.index(SWAPS)
        for index, file in enumerate(files):
            chosen = np.flatnonzero(told_by == index)
            doubled = chosen[rng.random(len(chosen)) < preset.doubled]
            chosen = np.sort(np.concatenate([chosen, doubled]), kind="stable")
            layout = file.layout
            if layout.order == "newest":
                chosen = chosen[::-1]
            elif layout.order == "shuffled":
                chosen = rng.permutation(chosen)
            columns = texts(layout, cast, whole, own, numbers, chosen, rng, laundering.swaps.paid_in())
            told = row[chosen]
            for spot in np.flatnonzero(told >= 0):
                written.references[told[spot]] = columns["reference"][spot]
            file.write(columns, len(chosen))
            written.transfers += len(chosen)
        progress((number + 1) / chunks)
    for file in files:
        file.close()
        written.files.append(file.path)
    return written


def _as_typed(rng: np.random.Generator, local: NDArray[np.float64]) -> NDArray[np.float64]:
    """Amounts as people type them: some in round hundreds, thousands or whole units, in the shares of the story."""
    import numpy as np

    draw = rng.random(len(local))
    unit = np.full(len(local), 0.01)
    unit[(draw < 0.6) & (local > 50)] = 1.0
    unit[(draw < 0.42) & (local > 25_000)] = 1_000.0
    unit[(draw < 0.3) & (local > 2_500)] = 100.0
    typed: NDArray[np.float64] = np.maximum(np.round(np.floor(local / unit + 1e-9) * unit, 2), 0.01)
    return typed


def _scattered(counter: NDArray[np.int64], seed: int) -> NDArray[np.uint64]:
    """A one-to-one scatter of numbers over 44 bits: references are unique and say nothing about order."""
    import numpy as np

    mask = np.uint64((1 << 44) - 1)
    number = (counter.astype(np.uint64) + np.uint64(seed * 7_919 % (1 << 30))) & mask
    for factor in (0x9E3779B97F5, 0x85EBCA77C2B):
        number = (number * np.uint64(factor)) & mask
        number ^= number >> np.uint64(23)
    return number
