"""Sheets on disk: a page and CSV files for each recipient, an index in order of urgency, and keys that stay at home."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import zip_longest
from pathlib import Path
from typing import Any

from markupsafe import Markup

from upriver.case.files import put
from upriver.errors import CaseError, ExportError
from upriver.report.exports import csv_lines
from upriver.report.figures import counted, sentence, usd
from upriver.report.identity import masks
from upriver.report.masking import Masks
from upriver.report.pages import environment
from upriver.report.why import Housed
from upriver.requests.asks import asks, draft, harm, method, pair
from upriver.requests.book import book
from upriver.requests.clocks import local, utc
from upriver.requests.params import RequestParams
from upriver.requests.sheets import FREEZE, RECORDS, TIERS, URGENT, Book, Sheet, TransferRow
from upriver.requests.victims import Victims, victims

FOLDER = "requests"
# Keys of the references and of the files: they tell what a recipient need not know.
OWN = "own"
# Names of files that are ours: no other is ever taken away.
_NAME = r"[a-z0-9][a-z0-9.-]*-[0-9a-f]{8}(\.[a-z]+)?\.(html|csv)"
_INDEX = (
    "order", "request", "recipient", "kind", "named", "asked", "accounts", "freeze_now", "freeze_now_usd", "freeze_usd",
    "numbers", "last_utc", "losses", "files",
)  # fmt: skip
_KINDS = {
    "bank": "bank", "exchange": "exchange or wallet service", "token": "issuer of a token", "wallet": "keeper not told",
    "telecom": "telecom", "platform": "platform", "unnamed": "platform not told", "mail": "mail provider",
    "domain": "registrars and hosts",
}  # fmt: skip


_MANY = {
    "exchange": "exchanges or wallet services", "token": "issuers of tokens", "wallet": "keepers not told",
    "unnamed": "platforms not told", "domain": "registrars and hosts",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """What one run wrote."""

    index: Path
    sheets: tuple[Sheet, ...]
    left_out: tuple[str, ...]

    def as_text(self) -> str:
        """A line for the terminal."""
        if not self.sheets:
            return (
                "there is nobody to ask: no victim's payment was traced to an account, and no report of a victim names "
                "a number, name or site. Add victims' reports and transfers to the folder of evidence"
            )
        urgent = sum(sheet.n_urgent for sheet in self.sheets)
        kinds = sentence(
            [
                counted(n, name, _MANY.get(kind, ""))
                for kind, name in _KINDS.items()
                if (n := sum(sheet.recipient.kind == kind for sheet in self.sheets))
            ]
        )
        freeze = f"; freeze now: {counted(urgent, 'account')}, {usd(_kept(self.sheets, URGENT))}" if urgent else ""
        return f"{counted(len(self.sheets), 'sheet')} ({kinds}){freeze}"


def write_requests(
    case: Housed, home: Path, params: RequestParams, out: Path | None = None, wanted: str | None = None,
    unmask: bool = False,
) -> Written:  # fmt: skip
    """Write the sheets of a finished case to `out`, or to `requests/` in its folder.

    wanted  only sheets whose recipient's name, kind or reference holds this; in a folder of their own
    unmask  name victims and the people who may be victims; the caller writes that into the manifest
    raises  CaseError when nobody of that name is asked; ExportError when the folder cannot be written
    """
    guard = masks(case)
    shown = Masks.none() if unmask else guard
    known = victims(case, shown)
    made = book(case, guard, shown, known, params)
    target = out or home / FOLDER
    if wanted is not None:
        chosen = [sheet for sheet in made.sheets if _is(sheet, wanted)]
        if not chosen:
            names = "; ".join(sheet.recipient.name for sheet in made.sheets[:30]) or "nobody: there is no sheet"
            raise CaseError(f"no sheet is for {wanted!r}. This case asks: {names}")
        made.sheets, made.left_out = chosen, []
        target = out or target / f"for-{_slug(wanted) or chosen[0].reference.lower()}"
    title = shown.text(_title(case))
    try:
        index = _write(case, target, made, known, title, params, shown)
    except OSError as error:
        raise ExportError(f"{target}: cannot be written ({error.strerror}); name another place with --out") from error
    return Written(index, tuple(made.sheets), tuple(made.left_out))


def _title(case: Any) -> str:
    return str(case.manifest.title or case.home.stem)


def _is(sheet: Sheet, wanted: str) -> bool:
    small = wanted.casefold()
    names = (sheet.recipient.name, *sheet.spellings)
    return small in {sheet.recipient.kind, sheet.reference.casefold()} or any(
        small in name.casefold() for name in names
    )


# ---- files ------------------------------------------------------------------------------------------------------


def _write(
    case: Any, target: Path, made: Book, known: Victims, title: str, params: RequestParams, shown: Masks
) -> Path:
    """The sheets first, the index last: it names only what stands. Then what an earlier index named goes."""
    (target / OWN).mkdir(parents=True, exist_ok=True)
    earlier = _listed(target / "index.csv")
    common = {
        "title": title, "version": case.manifest.upriver, "masked": shown.hides, "book": made, "params": params,
        "draft": draft(), "harm": harm(), "method": method(made.method), "pair": pair(),
        "tiers": TIERS, "kinds": _KINDS, "URGENT": URGENT, "FREEZE": FREEZE,
        "RECORDS": RECORDS, "utc": utc, "local": local, "losses": _some_losses, "references": _some,
        "kept": _kept, "stem": stem, "rows_file": _rows_file, "warned": _warnings(made.sheets),
        "own_style": _style(),
    }  # fmt: skip
    sheet_page, index_page = (environment("upriver.requests").get_template(n) for n in ("sheet.html", "index.html"))
    rows = []
    for order, sheet in enumerate(made.sheets, 1):
        files = {f"{stem(sheet)}.csv": _asked_rows(sheet)}
        if sheet.transfers or sheet.calls:
            files[f"{stem(sheet)}.{_rows_file(sheet)}.csv"] = _basis_rows(sheet)
        if sheet.pairs:
            files[f"{stem(sheet)}.pairs.csv"] = _pair_rows(sheet)
        for name, lines in files.items():
            put(target / name, _csv(lines))
        page = f"{stem(sheet)}.html"
        groups = _groups(sheet, params)
        context = {
            **common, "sheet": sheet, "asks": asks(sheet.recipient.kind), "groups": groups,
            "n_shown": sum(len(rows) for _, rows, _ in groups),
        }  # fmt: skip
        put(target / page, sheet_page.render(context))
        rows.append(_index_row(order, sheet, [page, *files]))
    own = [OWN + "/references.csv", OWN + "/files.csv"]
    put(target / own[0], _csv(_references(known, {loss for sheet in made.sheets for loss in sheet.losses})))
    put(target / own[1], _csv(_sources(case, made, shown)))
    put(target / "index.html", index_page.render(common))
    put(target / "index.csv", _csv([_INDEX, *rows]))
    for name in earlier - {name for row in rows for name in row[-1].split("|")}:
        (target / name).unlink(missing_ok=True)
    # What a killed run left half written.
    for part in target.glob(".*.part"):
        if re.fullmatch(_NAME, part.name[1:].removesuffix(".part")):
            part.unlink(missing_ok=True)
    return target / "index.html"


def _warnings(sheets: Iterable[Sheet]) -> list[tuple[str, str]]:
    """What the sender should think of, once for each kind of recipient."""
    kinds = dict.fromkeys(sheet.recipient.kind for sheet in sheets)
    return [(_KINDS[kind], text) for kind in kinds for text in asks(kind).caution]


def _style() -> Markup:
    return Markup(resources.files("upriver.requests").joinpath("templates/requests.css").read_text(encoding="utf-8"))


def _groups(sheet: Sheet, params: RequestParams) -> list[tuple[str, list[TransferRow], int]]:
    """Transfers for the page, by account: those that carried most, in time order, and how many there are."""
    by_account: dict[str, list[TransferRow]] = {}
    for row in sheet.transfers:
        by_account.setdefault(row.account, []).append(row)
    groups, n = [], 0
    for account, rows in by_account.items():
        if n >= params.most_rows:
            break
        most = sorted(rows, key=lambda row: (-row.traced_usd, row.transfer_id))[: params.most_transfers]
        groups.append((account, sorted(most, key=lambda row: (row.at, row.transfer_id)), len(rows)))
        n += len(most)
    return groups


def stem(sheet: Sheet) -> str:
    """Name of a sheet's files, without ending: the same on every run, and safe on every disk."""
    slug = _slug(sheet.recipient.name.removesuffix(", not told"))
    return f"{slug or sheet.recipient.kind}-{sheet.reference[2:]}"


def _slug(text: str) -> str:
    from anyascii import anyascii

    return re.sub(r"[^a-z0-9]+", "-", anyascii(text).lower()).strip("-")[:48].strip("-")


def _rows_file(sheet: Sheet) -> str:
    return "transfers" if sheet.accounts else "calls"


def _listed(index: Path) -> set[str]:
    """Files that an earlier index names; only plain names of our own endings, whatever stands in it."""
    if not index.is_file():
        return set()
    with index.open(encoding="utf-8", errors="replace", newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = {name for row in rows for name in (row.get("files") or "").split("|")}
    return {name for name in names if re.fullmatch(_NAME, name)}


def _csv(rows: Iterable[Iterable[Any]]) -> str:
    return "".join(csv_lines(rows))


# ---- rows -------------------------------------------------------------------------------------------------------


def _kept(sheets: Iterable[Sheet], tier: int) -> float:
    return sum(sheet.kept_usd(tier) for sheet in sheets)


def _money(value: float) -> float:
    return round(value, 2)


def _all_losses(losses: Mapping[str, float]) -> str:
    return "; ".join(f"{loss} {usd_:.2f}" for loss, usd_ in losses.items())


def _some_losses(losses: Mapping[str, float], most: int = 3) -> Markup:
    """The largest losses for a page; the CSV holds all."""
    return _some(list(losses), most, [f" ({usd_:,.0f})" for usd_ in losses.values()])


def _some(references: Sequence[str], most: int = 6, beside: Sequence[str] = ()) -> Markup:
    """The first of some references, none broken over two lines, with what stands beside each; and how many more."""
    shown = zip_longest(references[:most], beside[:most], fillvalue="")
    told = Markup(", ").join(Markup('<span class="ref">{}</span>{}').format(at or "not told", by) for at, by in shown)
    more = len(references) - most
    return told + Markup(f" and {more:,} more") if more > 0 else told


def _index_row(order: int, sheet: Sheet, files: list[str]) -> list[Any]:
    at = sheet.recipient
    return [
        order, sheet.reference, at.name, _KINDS[at.kind], "yes" if at.told else "no", TIERS[sheet.tier],
        len(sheet.accounts), sheet.n_urgent, _money(sheet.kept_usd(URGENT)), _money(sheet.kept_usd(FREEZE)),
        len(sheet.numbers), utc(sheet.last_at), len(sheet.losses), "|".join(files),
    ]  # fmt: skip


def _asked_rows(sheet: Sheet) -> Iterable[Iterable[Any]]:
    """Accounts, or numbers."""
    if sheet.accounts:
        yield (
            "request", "account", "holder", "asked", "why", "received_usd", "kept_usd", "low_usd", "high_usd",
            "first_utc", "first_local", "last_utc", "last_local", "where_it_stops", "losses", "losses_received",
            "may_be_victim", "note",
        )  # fmt: skip
        for row in sheet.accounts:
            yield (
                sheet.reference, row.account, row.holder, TIERS[row.tier], row.why, _money(row.received_usd),
                _money(row.kept_usd), _money(row.low_usd), _money(row.high_usd), utc(row.first_at),
                local(row.first_at, sheet.zone), utc(row.last_at), local(row.last_at, sheet.zone), row.stop,
                _all_losses(row.losses), _all_losses(row.came), "yes" if row.care else "", row.note,
            )  # fmt: skip
        return
    yield (
        "request", "number_or_name", "kind", "why", "losses", "reported_usd", "first_utc", "first_local", "last_utc",
        "last_local", "calls", "messages", "range_first_given_to", "devices", "record_ids",
    )  # fmt: skip
    for number in sheet.numbers:
        yield (
            sheet.reference, number.value, number.kind, number.why, "; ".join(number.victims),
            _money(number.reported_usd), utc(number.first_at), local(number.first_at, number.zone),
            utc(number.last_at), local(number.last_at, number.zone), number.n_calls, number.n_messages, number.seen,
            "; ".join(number.devices), "; ".join(number.record_ids),
        )  # fmt: skip


def _basis_rows(sheet: Sheet) -> Iterable[Iterable[Any]]:
    """Transfers, or calls with victims."""
    if sheet.accounts:
        yield (
            "request", "account", "way", "transfer_id", "record_id", "reference", "utc", "local", "amount", "asset",
            "usd", "traced_usd", "low_usd", "high_usd", "other_account", "losses",
        )  # fmt: skip
        for row in sheet.transfers:
            yield (
                sheet.reference, row.account, row.way, row.transfer_id, row.record_id, row.reference, utc(row.at),
                local(row.at, sheet.zone), row.amount, row.asset, _money(row.usd), _money(row.traced_usd),
                _money(row.low_usd), _money(row.high_usd), row.other, _all_losses(row.losses),
            )  # fmt: skip
        return
    yield (
        "request", "number", "way", "call_id", "record_id", "utc", "local", "seconds", "device", "cell", "loss",
    )  # fmt: skip
    for call in sheet.calls:
        yield (
            sheet.reference, call.value, call.way, call.call_id, call.record_id, utc(call.at),
            local(call.at, call.zone), call.seconds, call.device, call.cell, call.loss,
        )  # fmt: skip


def _pair_rows(sheet: Sheet) -> Iterable[Iterable[Any]]:
    """Payments in and out that are or may be two sides of one exchange."""
    yield (
        "request", "followed", "confidence", "in_transfer_id", "in_record_id", "in_utc", "in_local", "in_account",
        "in_amount", "in_usd", "paid_by", "out_transfer_id", "out_record_id", "out_utc", "out_local", "out_account",
        "out_amount", "out_usd", "paid_to", "traced_usd", "why",
    )  # fmt: skip
    for row in sheet.pairs:
        yield (
            sheet.reference, "yes" if row.joined else "no", round(row.confidence, 2), row.in_transfer_id,
            row.in_record_id, utc(row.in_at), local(row.in_at, sheet.zone), row.in_account, row.in_amount,
            _money(row.in_usd), row.payer, row.out_transfer_id, row.out_record_id, utc(row.out_at),
            local(row.out_at, sheet.zone), row.out_account, row.out_amount, _money(row.out_usd), row.payee,
            _money(row.traced_usd), row.reason,
        )  # fmt: skip


def _references(known: Victims, used: set[str]) -> Iterable[Iterable[Any]]:
    yield ("reference", "in_the_dossier", "reports", "reported_usd", "record_ids")
    for victim in known.known():
        if victim.reference in used:
            yield (
                victim.reference, victim.shown, "; ".join(victim.reports),
                "" if victim.reported_usd is None else _money(victim.reported_usd), "; ".join(victim.record_ids),
            )  # fmt: skip


def _sources(case: Any, made: Book, shown: Masks) -> Iterable[Iterable[Any]]:
    """Files that the record ids of the sheets open to."""
    records = {row.record_id for sheet in made.sheets for row in sheet.transfers}
    records |= {row.record_id for sheet in made.sheets for row in sheet.calls}
    records |= {one for sheet in made.sheets for row in sheet.pairs for one in (row.in_record_id, row.out_record_id)}
    records |= {record for sheet in made.sheets for row in sheet.numbers for record in row.record_ids}
    used = {record.partition("#")[0] for record in records}
    yield ("file_id", "path", "sha256")
    for row in case.read("source_file", "file_id", "path", "sha256").to_pylist():
        if row["file_id"] in used:
            yield row["file_id"], shown.text(row["path"]), row["sha256"]
