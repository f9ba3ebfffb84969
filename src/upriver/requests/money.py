"""Sheets of banks, exchanges and issuers: accounts that victims' money reached, and the transfers that tell so."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from upriver.extract.hints import Hints
from upriver.model.ids import file_of, locator_of
from upriver.report.figures import counted, usd
from upriver.report.identity import Readable
from upriver.report.labels import Labels
from upriver.report.masking import SHARED_NAME, Masks, tail
from upriver.report.sections.money import stop_words
from upriver.requests.clocks import zone_of_country
from upriver.requests.params import RequestParams
from upriver.requests.recipients import CHAIN_NAMES, Keepers, Recipient, keepers
from upriver.requests.sheets import FREEZE, RECORDS, URGENT, AccountRow, Book, PairRow, Sheet, TransferRow
from upriver.requests.whose import Standing, carried, standing, summed

_TRACED = (
    "SELECT t.transfer_id, t.traced_usd, t.low_usd, t.high_usd, f.source_account, f.target_account, f.occurred_at, "
    "f.amount_usd, f.origin, f.victim_id, f.record_id, x.amount, x.asset, x.rail, x.reference FROM trace t "
    "JOIN flow f ON f.transfer_id = t.transfer_id JOIN transfer x ON x.transfer_id = t.transfer_id "
    "WHERE t.main AND t.traced_usd > 0 ORDER BY f.occurred_at, t.transfer_id"
)
_PAIRS = (
    "SELECT l.*, a.occurred_at AS in_at, a.amount AS in_amount, a.record_id AS in_record_id, "
    "a.source_account AS payer, b.occurred_at AS out_at, b.amount AS out_amount, b.record_id AS out_record_id, "
    "b.target_account AS payee FROM leg l JOIN transfer a ON a.transfer_id = l.in_transfer_id "
    "JOIN transfer b ON b.transfer_id = l.out_transfer_id "
    "ORDER BY a.occurred_at DESC, l.in_transfer_id, l.out_transfer_id"
)
_ENTERS = ("victim_payment", "ransom", "stolen")
# Ends of the trace that are no end of the money.
_NOT_FOLLOWED = {
    "limit": "not followed further from here, by a limit of the trace",
    "unseen_inflow": "it sends more than it was seen to have, and is not followed further",
}
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
    rows, pairs = case.sql(_TRACED).to_pylist(), _pairs(case, asked)
    stands, whose = standing(case), carried(case, asked)
    desk = _Desk(case, guard, shown, rows, asked, {pair["in_account"] for pair in pairs if pair["joined"]})
    by_account = _by_account(rows, asked)
    sheets: dict[str, Sheet] = {}
    for account, at in asked.items():
        keeper = desk.keepers.recipients[account]
        sheet = sheets.setdefault(keeper.key, Sheet(keeper, desk.keepers.spellings.get(keeper.key, ())))
        came = summed(
            whose.get(row["transfer_id"], {}) for row in by_account[account] if row["target_account"] == account
        )
        sheet.accounts.append(desk.account(at, stands, came, book.ends_at, params))
    for sheet in sheets.values():
        sheet.accounts.sort(key=lambda row: (row.tier, -row.last_at.timestamp(), -row.kept_usd, row.account))
        for listed in sheet.accounts:
            sheet.transfers += [
                desk.transfer(listed.account, row, sheet.recipient, whose.get(row["transfer_id"], {}))
                for row in by_account[listed.account]
            ]
        mine = {listed.account for listed in sheet.accounts}
        sheet.pairs = [desk.pair(row, sheet.recipient) for row in pairs if row["in_account"] in mine]
        desk.set_clock(sheet)
    book.sheets = sorted(sheets.values(), key=lambda sheet: sheet.order)
    _unnamed(book)
    _unrated(case, book)
    return book


def _pairs(case: Readable, asked: Collection[str]) -> list[dict[str, Any]]:
    """Legs at the accounts that are asked about, the latest first: joined, or the likeliest for a payment in."""
    return [row for row in case.sql(_PAIRS).to_pylist() if row["in_account"] in asked]


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
        self, case: Readable, guard: Masks, shown: Masks, rows: list[dict[str, Any]], asked: Mapping[str, Any],
        changed: Collection[str],
    ) -> None:  # fmt: skip
        self._guard, self._shown, self._changed = guard, shown, changed
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

    def account(
        self, at: Mapping[str, Any], stands: Standing, came: dict[str, float], ends_at: datetime, params: RequestParams
    ) -> AccountRow:
        account, holder = at["account"], at["holder_id"]
        # What left as crumbs is not followed, but it left: nobody can be asked to hold it here.
        kept = max(at["kept_usd"] - stands.let_go.get(account, 0.0), 0.0)
        tier, why = urgency({**at, "kept_usd": kept}, account in self._cash, ends_at, params, account in self._changed)
        care = may_be_victims(self._guard, account, holder)
        name = "" if holder is None else self._labels.label(holder)
        if self._shown.hides and (care or name.startswith(SHARED_NAME)):
            name = "not named"
        return AccountRow(
            account, name, tier, why, at["received_usd"], kept, at["low_usd"], at["high_usd"], at["first_at"],
            at["last_at"], stop_words(at["stop_reason"]), stands.losses.get(account, {}), came, care,
            self._shown.text(self.keepers.notes.get(account, "")),
        )  # fmt: skip

    def transfer(self, account: str, row: Mapping[str, Any], asked: Recipient, losses: dict[str, float]) -> TransferRow:
        into = row["target_account"] == account
        other = row["source_account" if into else "target_account"]
        whose = row["victim_id"] if row["origin"] in _ENTERS and into else None
        return TransferRow(
            account, "in" if into else "out", row["transfer_id"], row["record_id"], row["reference"] or "",
            row["occurred_at"], row["amount"], row["asset"], row["amount_usd"], row["traced_usd"], row["low_usd"],
            row["high_usd"], self._other(other, asked, whose), losses,
        )  # fmt: skip

    def pair(self, row: Mapping[str, Any], asked: Recipient) -> PairRow:
        return PairRow(
            row["joined"], row["confidence"], row["in_transfer_id"], row["in_record_id"], row["in_at"],
            row["in_account"], _amount(row, "in"), row["in_usd"],
            self._other(row["payer"], asked, None), row["out_transfer_id"], row["out_record_id"], row["out_at"],
            row["out_account"], _amount(row, "out"), row["out_usd"],
            self._other(row["payee"], asked, None), row["traced_usd"], row["reason"],
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


def _amount(row: Mapping[str, Any], side: str) -> str:
    """As recorded, in the asset with its chain: 1,250.5 USDT on TRON."""
    amount = f"{row[f'{side}_amount']:,.6f}".rstrip("0").rstrip(".")
    asset, on, chain = row[f"{side}_asset"].partition(" on ")
    return f"{amount} {asset}{on}{CHAIN_NAMES.get(chain, chain)}"


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))


def urgency(
    at: Mapping[str, Any], cash: bool, ends_at: datetime, params: RequestParams, changed: bool = False
) -> tuple[int, str]:
    """How urgent an account of `traced_account` is, and why in words.

    cash     most of what reached it was paid out in cash
    changed  money went on from it in another asset, by a payment out that was found
    """
    kept, reason = at["kept_usd"], at["stop_reason"]
    days = (ends_at - at["last_at"]) / timedelta(days=1)
    came = f"last money came {days:.0f} days before the evidence ends"
    rest = "; what was changed into another asset is not in it" if changed else ""
    if cash:
        return RECORDS, "paid out in cash: nothing is left here to freeze; ask who took it, and for pictures"
    if reason == "mixer":
        return RECORDS, "a mixer: the way ends here; ask for what it keeps of the deposits"
    if reason == "service" and not at["cash_out"]:
        return RECORDS, "an everyday payee, by its list or its habits: what was bought, for whom; no measure against it"
    if changed and kept < max(params.least_usd, params.fee_usd):
        return RECORDS, "changed what it received into another asset: for whom, by the pairs of payments below"
    if kept < params.least_usd or (reason is None and kept < params.fee_usd):
        return RECORDS, "passed on what it received: who opened it, and who uses it"
    if reason in _NOT_FOLLOWED:
        return FREEZE, f"{_NOT_FOLLOWED[reason]}: what is left here is not known; {came}"
    if reason == "service":
        words = "behaves like a service, though no list names one: the money may lie with a customer of it; "
        return (URGENT if days <= params.urgent_days else FREEZE), words + came
    if days <= params.urgent_days:
        return URGENT, f"{came}, and was not seen to leave{rest}"
    return FREEZE, f"kept by the trace; {came}{rest}"


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
