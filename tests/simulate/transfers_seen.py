"""Reads the transfers of a simulated folder with nothing but the layouts, and follows money through them, plainly."""

from __future__ import annotations

import csv
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from upriver.simulate.layouts import BY_CURRENCY, CHAIN_LAYOUTS, SWAPS, Layout

DUST_USD, DUST_SHARE = 25.0, 0.05


@dataclass(frozen=True)
class Seen:
    """One transfer as a file tells it, in USD and UTC."""

    at: datetime
    source: str
    target: str
    usd: float
    reference: str


def rows_of(path: Path) -> list[dict[str, str]]:
    """A small table, whatever its encoding and delimiter."""
    raw = path.read_bytes()
    for encoding in ("utf-16" if raw[:2] == b"\xff\xfe" else "utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    lines = text.split("\r\n", 1)[0]
    delimiter = max(",;|\t", key=lines.count)
    return list(csv.DictReader(text.splitlines(), delimiter=delimiter))


def transfers(evidence: Path) -> list[Seen]:
    """Every readable transfer, each reference once, by time."""
    rates: dict[tuple[str, str], float] = {}
    for row in rows_of(evidence / "money" / "rates.csv"):
        rates[row["Asset"], row["Date"]] = float(row["USD"])
    seen: dict[str, Seen] = {}
    for layouts in (*BY_CURRENCY.values(), CHAIN_LAYOUTS, (SWAPS,)):
        for layout in layouts:
            path = evidence / "money" / layout.file
            for row in rows_of(path) if path.exists() else []:
                one = _seen(row, layout, rates)
                if one is not None:
                    seen[one.reference] = one
    return sorted(seen.values(), key=lambda one: (one.at, one.reference))


def _seen(row: dict[str, str], layout: Layout, rates: dict[tuple[str, str], float]) -> Seen | None:
    cell = {field: row.get(header) or "" for field, header in layout.columns}
    try:
        at = datetime.strptime(cell["occurred_at"], layout.clock) - timedelta(hours=layout.utc_hours)
        amount = float(cell["amount"].replace(",", ""))
    except ValueError:
        return None
    if not amount > 0 or None in row or not cell["target_account"] or not cell["reference"]:
        return None
    usd = amount * rates.get((cell.get("token") or layout.currency, f"{at:%Y-%m-%d}"), 1.0)
    return Seen(at, cell["source_account"], cell["target_account"], usd, cell["reference"])


def starts(evidence: Path, seen: list[Seen]) -> set[str]:
    """References of the payments that victims report: by reference, else by receiver, amount and day."""
    by_reference = {one.reference for one in seen}
    by_receiver: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        by_receiver[one.target].append(one)
    rates = {(row["Asset"], row["Date"]): float(row["USD"]) for row in rows_of(evidence / "money" / "rates.csv")}
    found: set[str] = set()
    for row in rows_of(evidence / "people" / "victims_reports.csv"):
        if not row["Paid At"]:
            continue
        if row["Transfer Reference"] in by_reference:
            found.add(row["Transfer Reference"])
            continue
        usd = float(row["Amount"]) * rates.get((row["Currency"], row["Paid At"][:10]), 1.0)
        day = datetime.strptime(row["Paid At"][:10], "%Y-%m-%d")
        near = [
            one for one in by_receiver[row["Receiving Account"].replace("-", "")]
            if abs(one.usd - usd) <= 0.02 * usd and abs(one.at - day) < timedelta(days=2)
        ]  # fmt: skip
        found |= {one.reference for one in near[:1]}
    return found


def services(evidence: Path, seen: list[Seen], fan: int = 60) -> set[str]:
    """Accounts named as services, and those with very many counterparties on both sides."""
    payers, payees = defaultdict(set), defaultdict(set)
    for one in seen:
        payers[one.target].add(one.source)
        payees[one.source].add(one.target)
    told = {row["Account"] for row in rows_of(evidence / "sites" / "service_list.csv")}
    return told | {account for account in payers if len(payers[account]) + len(payees[account]) >= fan}


def fifo(seen: list[Seen], begin: set[str], stops: set[str]) -> dict[str, float]:
    """Victims' USD received by account, first in first out, pennies dropped: slow and obvious."""
    held: dict[str, deque[list[float]]] = defaultdict(deque)
    received: dict[str, float] = defaultdict(float)
    for one in seen:
        traced = 0.0
        left = one.usd
        queue = held[one.source]
        while left > 1e-9 and queue:
            total, share = queue[0]
            part = min(left, total)
            traced += part * share
            left -= part
            if part >= total - 1e-9:
                queue.popleft()
            else:
                queue[0][0] = total - part
        if one.reference in begin:
            traced = one.usd
        if traced < DUST_USD or traced < DUST_SHARE * one.usd:
            traced = 0.0
        received[one.target] += traced
        if one.target not in stops:
            held[one.target].append([one.usd, traced / one.usd])
    return {account: usd for account, usd in received.items() if usd > 0}
