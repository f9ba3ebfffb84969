"""Sheets of banks, exchanges and issuers: accounts that victims' money reached, and the transfers that tell so."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from upriver.extract.hints import Hints
from upriver.graph.build import encode
from upriver.graph.order import time_order
from upriver.model.ids import file_of, locator_of
from upriver.report.figures import counted, usd
from upriver.report.identity import Readable
from upriver.report.labels import Labels
from upriver.report.masking import SHARED_NAME, Masks, tail
from upriver.report.sections.money import stop_words
from upriver.requests.clocks import zone_of_country
from upriver.requests.lots import NOT_TOLD, Lots, Traced, lots, within
from upriver.requests.params import RequestParams
from upriver.requests.recipients import Keepers, Recipient, keepers
from upriver.requests.sheets import FREEZE, RECORDS, URGENT, AccountRow, Book, Sheet, TransferRow
from upriver.requests.victims import reference

_TRACED = (
    "SELECT t.transfer_id, t.traced_usd, t.low_usd, t.high_usd, f.source_account, f.target_account, f.occurred_at, "
    "f.amount_usd, f.origin, f.victim_id, f.record_id, x.amount, x.asset, x.rail, x.reference FROM trace t "
    "JOIN flow f ON f.transfer_id = t.transfer_id JOIN transfer x ON x.transfer_id = t.transfer_id "
    "WHERE t.main AND t.traced_usd > 0 ORDER BY t.transfer_id"
)
_ENTERS = ("victim_payment", "ransom", "stolen")
# A share of what arrived: from here on the account is one that money left as cash.
_CASH = 0.5
# Some payments stand in another bank's file alone: so many of the accounts must agree on the clock.
_ONE_CLOCK = 0.75


def money_sheets(case: Readable, guard: Masks, shown: Masks, params: RequestParams) -> Book:
    """One sheet for each keeper of accounts that victims' money reached; none where nothing was traced.

    guard  masks that tell who is protected, whoever is shown
    shown  masks for what is written
    """
    method = next((row["method"] for row in case.sql("SELECT DISTINCT method FROM trace WHERE main").to_pylist()), "")
    (row,) = case.sql("SELECT max(occurred_at) AS ends_at FROM flow").to_pylist()
    book = Book([], row["ends_at"], method)
    reached = case.read("traced_account").to_pylist()
    if not reached or not method or book.ends_at is None:
        return book
    asked = _asked(reached, guard, params, book)
    rows = traced(case)
    found = lots((_moved(row) for row in rows), asked)
    desk = _Desk(case, guard, shown, rows, asked)
    sheets: dict[str, Sheet] = {}
    for account, at in asked.items():
        keeper = desk.keepers.recipients[account]
        sheet = sheets.setdefault(keeper.key, Sheet(keeper, desk.keepers.spellings.get(keeper.key, ())))
        sheet.accounts.append(desk.account(at, found, book.ends_at, params))
    by_account = _by_account(rows, asked)
    for sheet in sheets.values():
        sheet.accounts.sort(key=lambda row: (row.tier, -row.last_at.timestamp(), -row.kept_usd, row.account))
        for listed in sheet.accounts:
            sheet.transfers += [
                desk.transfer(listed.account, row, sheet.recipient, found) for row in by_account[listed.account]
            ]
        desk.set_clock(sheet)
    book.sheets = sorted(sheets.values(), key=lambda sheet: sheet.order)
    _unnamed(book)
    _unrated(case, book)
    return book


def traced(case: Readable) -> list[dict[str, Any]]:
    """The traced transfers, in the order in which the trace itself takes them: within an instant paid before paying."""
    found = case.sql(_TRACED)
    _, (source, target) = encode(found["source_account"], found["target_account"])
    time = found["occurred_at"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
    rows: list[dict[str, Any]] = found.take(pa.array(time_order(time, source, target))).to_pylist()
    return rows


def _asked(reached: list[dict[str, Any]], guard: Masks, params: RequestParams, book: Book) -> dict[str, dict[str, Any]]:
    """account -> its row of traced_account, of those that are asked about."""
    asked, small, own = {}, [], 0
    for row in reached:
        if is_victims(guard, row["account"]):
            own += 1
        elif row["received_usd"] < params.least_usd:
            small.append(row["kept_usd"])
        else:
            asked[row["account"]] = row
    if small:
        book.left_out.append(
            f"{counted(len(small), 'account')} that received less than {usd(params.least_usd)} of the traced "
            f"money; {usd(sum(small))} stayed there (--least-usd)"
        )
    if own:
        book.left_out.append(f"{counted(own, 'account')} of victims themselves: nothing is asked about them")
    return asked


def is_victims(guard: Masks, account: str) -> bool:
    """Whether an account is one of a victim who reported, or one named as a source of stolen money."""
    shown = guard.account(account)
    return shown != account and shown.split()[0] in {"Victim", "Source"}


def may_be_victims(guard: Masks, account: str, holder: str | None) -> bool:
    """Whether an account's holder is presumed or may be a victim: handed over, to be interviewed, or of such a name."""
    return guard.account(account) != account or (holder is not None and guard.node(holder) is not None)


def _moved(row: Mapping[str, Any]) -> Traced:
    loss = None
    if row["origin"] in _ENTERS:
        whose = row["victim_id"]
        loss = reference(whose) if whose else NOT_TOLD
        if row["origin"] == "stolen":
            loss = reference(row["source_account"], account=True)
    return Traced(
        row["transfer_id"], row["source_account"], row["target_account"], row["traced_usd"], loss,
        row["origin"] == "return",
    )  # fmt: skip


def _by_account(rows: Iterable[dict[str, Any]], asked: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        for account in (row["source_account"], row["target_account"]):
            if account in asked:
                found[account].append(row)
    return found


class _Desk:
    """What is looked up once to write the rows of all sheets."""

    def __init__(
        self, case: Readable, guard: Masks, shown: Masks, rows: list[dict[str, Any]], asked: Mapping[str, Any]
    ) -> None:
        self._guard, self._shown = guard, shown
        read = case.read("source_file", "file_id", "path", "format", "guessed").to_pylist()
        self._hints = Hints(*({row["file_id"]: row[name] for row in read} for name in ("guessed", "path", "format")))
        self._labels = Labels(case, shown, [row["holder_id"] for row in asked.values() if row["holder_id"]])
        files: dict[str, Counter[str]] = defaultdict(Counter)
        clocks: dict[str, Counter[str]] = defaultdict(Counter)
        assets: dict[str, Counter[str]] = defaultdict(Counter)
        cash: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for row in rows:
            file = file_of(row["record_id"])
            # A chain's own clock is UTC: it tells nothing of where a service is.
            zone = None if row["rail"] == "chain" else self._hints.at(file, locator_of(row["record_id"])).time_zone
            for account in (row["source_account"], row["target_account"]):
                files[account][file] += 1
                if zone:
                    clocks[account][zone] += 1
            assets[row["target_account"]][row["asset"]] += 1
            cash[row["target_account"]][0] += row["traced_usd"]
            cash[row["target_account"]][1] += row["traced_usd"] if row["rail"] == "cash" else 0.0
        self._cash = {account for account, (all_, part) in cash.items() if part >= _CASH * all_}
        # A payment stands in the files of both banks: the account's own is the one that tells most of it.
        self._zones = {account: _most(found) for account, found in clocks.items()}
        paths = {file: shown.text(path) for file, path in self._hints.paths.items()}
        self.keepers: Keepers = keepers(
            case,
            {*files, *asked},
            {account: paths[_most(found)] for account, found in files.items() if _most(found) in paths},
            {account: _most(found) for account, found in assets.items()},
        )

    def account(self, at: Mapping[str, Any], found: Lots, ends_at: datetime, params: RequestParams) -> AccountRow:
        tier, why = urgency(at, at["account"] in self._cash, ends_at, params)
        holder, care = at["holder_id"], may_be_victims(self._guard, at["account"], at["holder_id"])
        name = "" if holder is None else self._labels.label(holder)
        if self._shown.hides and (care or name.startswith(SHARED_NAME)):
            name = "not named"
        losses = within(found.kept.get(at["account"], {}), at["kept_usd"])
        return AccountRow(
            at["account"], name, tier, why, at["received_usd"], at["kept_usd"], at["low_usd"], at["high_usd"],
            at["first_at"], at["last_at"], stop_words(at["stop_reason"]), losses, care,
            self._shown.text(self.keepers.notes.get(at["account"], "")),
        )  # fmt: skip

    def transfer(self, account: str, row: Mapping[str, Any], asked: Recipient, found: Lots) -> TransferRow:
        into = row["target_account"] == account
        other = row["source_account" if into else "target_account"]
        whose = row["victim_id"] if row["origin"] in _ENTERS and into else None
        return TransferRow(
            account, "in" if into else "out", row["transfer_id"], row["record_id"], row["reference"] or "",
            row["occurred_at"], row["amount"], row["asset"], row["amount_usd"], row["traced_usd"], row["low_usd"],
            row["high_usd"], self._other(other, asked, whose), found.carried.get(row["transfer_id"], {}),
        )  # fmt: skip

    def _other(self, account: str, asked: Recipient, victim: str | None) -> str:
        """The other account: in clear where the recipient keeps it, or where its holder is under no protection."""
        keeper = self.keepers.recipients.get(account)
        if not self._shown.hides or (keeper is not None and keeper.told and keeper.key == asked.key):
            return account
        if victim is not None or is_victims(self._guard, account):
            return f"…{tail(account)} (account of the loss)"
        if self._guard.account(account) != account:
            return f"…{tail(account)} (masked)"
        return account

    def set_clock(self, sheet: Sheet) -> None:
        """The recipient's time zone: by the country in its accounts' numbers, else by the files of its payments."""
        country = sheet.recipient.country
        zone = zone_of_country(country) if country else None
        if zone:
            sheet.zone, sheet.zone_why = zone, f"the time of {country}, the country in the account numbers"
            return
        if sheet.recipient.kind in ("token", "wallet"):
            sheet.zone_why = "a chain keeps UTC: no local time is told"
            return
        zones = Counter(self._zones[row.account] for row in sheet.accounts if row.account in self._zones)
        del zones["UTC"]
        if zones and zones[one := _most(zones)] >= _ONE_CLOCK * zones.total():
            sheet.zone, sheet.zone_why = one, "the time zone of the files that tell the payments of these accounts"
        elif zones:
            sheet.zone_why = "the files that tell these payments keep different times: UTC alone is told"
        else:
            sheet.zone_why = "no evidence tells the recipient's time zone: UTC alone is told"


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))


def urgency(at: Mapping[str, Any], cash: bool, ends_at: datetime, params: RequestParams) -> tuple[int, str]:
    """How urgent an account of `traced_account` is, and why in words.

    cash  most of what reached it was paid out in cash
    """
    kept, reason = at["kept_usd"], at["stop_reason"]
    days = (ends_at - at["last_at"]) / timedelta(days=1)
    if cash:
        return RECORDS, "paid out in cash: nothing is left here to freeze; ask who took it, and for pictures"
    if reason == "mixer":
        return RECORDS, "a mixer: the way ends here; ask for what it keeps of the deposits"
    if reason == "service" and not at["cash_out"]:
        return RECORDS, "an everyday payee, by its list or its habits: what was bought, for whom; no measure against it"
    if kept < params.least_usd or (reason is None and kept < params.fee_usd):
        return RECORDS, "passed on what it received: who opened it, and who uses it"
    if days <= params.urgent_days:
        return URGENT, f"last money came {days:.0f} days before the evidence ends, and was not seen to leave"
    return FREEZE, f"kept by the trace; last money came {days:.0f} days before the evidence ends"


def _unnamed(book: Book) -> None:
    unnamed = [sheet for sheet in book.sheets if not sheet.recipient.told and sheet.recipient.kind == "bank"]
    if unnamed:
        n = sum(len(sheet.accounts) for sheet in unnamed)
        book.left_out.append(
            f"The bank of {counted(n, 'account')} is named by no evidence: a list with the columns account "
            "and bank in the folder of evidence brings them onto the sheet of that bank"
        )


def _unrated(case: Readable, book: Book) -> None:
    (row,) = case.sql("SELECT count(*) AS n FROM transfer WHERE amount_usd IS NULL").to_pylist()
    if row["n"]:
        book.left_out.append(
            f"{counted(int(row['n']), 'transfer')} in assets without a rate to USD were not traced; they "
            "stand on no sheet"
        )
