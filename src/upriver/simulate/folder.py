"""A case as an agency gets it: `evidence/` with all its files, and `truth/` apart."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from upriver.errors import UpriverError
from upriver.simulate.branches import TOLD as BRANCHES_TOLD
from upriver.simulate.branches import Branches
from upriver.simulate.calls import write_calls
from upriver.simulate.chats import write_chats
from upriver.simulate.clerk import Clerk
from upriver.simulate.dice import Dice, stream
from upriver.simulate.handover import write_handovers
from upriver.simulate.holders import write_account_holders, write_service_list
from upriver.simulate.journeys import TOLD as JOURNEYS_TOLD
from upriver.simulate.journeys import Journeys
from upriver.simulate.laundering import Laundering
from upriver.simulate.layouts import BY_CURRENCY, CHAIN_LAYOUTS, SWAPS, WORKBOOK
from upriver.simulate.payments import write_payments
from upriver.simulate.presets import PRESETS, SCALES, Scale, Syndicate
from upriver.simulate.press import Press
from upriver.simulate.rates import Rates
from upriver.simulate.registers import write_company_register, write_family_register, write_watchlist
from upriver.simulate.reports import write_adverts, write_interviews, write_reports
from upriver.simulate.schemes import Schemes
from upriver.simulate.sites import write_access_list, write_front_desk, write_staff_lists
from upriver.simulate.syndicate import Cast
from upriver.simulate.tables import write_table
from upriver.simulate.talk import Talk
from upriver.simulate.town import Town
from upriver.simulate.truth import hidden_rows, write_planted, write_truth

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written: counts of the evidence, and of the truth behind it."""

    evidence: Path
    truth: Path
    transfers: int
    traced_transfers: int
    traced_accounts: int
    people: int
    leaders: int
    reports: int
    messages: int
    calls: int
    passages: int
    files: int

    def as_text(self) -> str:
        """What was written, for people."""
        return (
            f"Evidence: {self.evidence} ({self.files:,} files: {self.transfers:,} transfers, "
            f"{self.messages:,} messages, {self.calls:,} calls, {self.reports:,} victims' reports, "
            f"{self.passages:,} news passages)\n"
            f"Truth:    {self.truth} ({self.people:,} people, {self.leaders:,} of them leaders; "
            f"{self.traced_accounts:,} accounts that victims' money reached)"
        )


def simulate(target: Path, preset: str, scale: str, seed: int, progress: Progress | None = None) -> Summary:
    """Write a simulated case into `target`: the same preset, scale and seed give the same bytes.

    preset    a name of `presets.PRESETS`
    scale     a name of `presets.SCALES`
    progress  told the share done (0 to 1) and what is being written
    raises    UpriverError when a name is unknown or `target` holds anything
    """
    if preset not in PRESETS:
        raise UpriverError(f"no preset {preset!r}; there are: {', '.join(PRESETS)}")
    if scale not in SCALES:
        raise UpriverError(f"no scale {scale!r}; there are: {', '.join(SCALES)}")
    return write_case(target, PRESETS[preset], SCALES[scale], seed, progress)


def write_case(target: Path, preset: Syndicate, scale: Scale, seed: int, progress: Progress | None = None) -> Summary:
    """As `simulate`, with knobs of one's own."""
    tell = progress or (lambda done, text: None)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UpriverError(f"{target}: not empty; name a new folder, or clear this one first")
    evidence, truth = target / "evidence", target / "truth"
    for folder in (evidence / "money", evidence / "people", evidence / "sites", truth):
        folder.mkdir(parents=True)
    tell(0.0, "people and accounts")
    town = Town(seed, preset, scale)
    cast = Cast(seed, preset, scale, town)
    rates = Rates(seed, [market.currency for market in preset.markets], cast.start, cast.end)
    tell(0.05, "where the money goes")
    laundering = Laundering(seed, cast, rates)
    ordinary = max(scale.transfers - len(laundering.moved.at) + laundering.swaps.n_rows, scale.transfers // 3)
    Schemes(seed, laundering)
    hidden = hidden_rows(stream(seed, "hidden").random(len(laundering.moved.at)), laundering, preset.missing)
    tell(0.2, "bank and token transfers")
    written = write_payments(
        evidence / "money",
        seed,
        cast,
        laundering,
        rates,
        hidden,
        ordinary,
        lambda done: tell(0.2 + 0.6 * done, "bank and token transfers"),
    )
    rate_rows = [*rates.rows(), *laundering.swaps.rate_rows()]
    write_table(evidence / "money" / "rates.csv", ["Asset", "Date", "USD"], rate_rows)
    tell(0.8, "chats and calls")
    clerk = Clerk(evidence / "sites", cast, Dice(seed, "lists"))
    handed = write_handovers(clerk)
    talk = Talk(seed, cast, laundering)
    messages = write_chats(evidence / "chats", seed, cast, talk)
    (evidence / "calls").mkdir()
    calls = write_calls(evidence / "calls", seed, cast, cast.numbers)
    tell(0.93, "reports, lists, news")
    reports = write_reports(evidence / "people", seed, cast, laundering, written.references)
    for write in (
        write_watchlist, write_company_register, write_family_register, write_access_list, write_staff_lists,
        write_front_desk, write_account_holders,
    ):  # fmt: skip
        write(clerk)
    write_service_list(clerk, laundering.swaps)
    write_interviews(evidence / "people", seed, cast, handed)
    write_adverts(evidence / "people", seed, cast)
    press = Press(evidence, seed, cast, laundering, handed)
    # Last, so that nothing before it draws otherwise for it.
    branches = Branches(evidence, seed, cast)
    journeys = Journeys(evidence / "people", seed, cast, branches)
    _leftovers(evidence, seed)
    _tell_case(evidence / "case.toml", preset)
    accounts, transfers = write_truth(truth, cast, laundering, written, handed, press)
    write_planted(truth, branches, journeys)
    tell(1.0, "done")
    return Summary(
        evidence,
        truth,
        written.transfers + branches.transfers,
        transfers,
        accounts,
        len(cast.people),
        sum(person.leader for person in cast.people),
        reports,
        messages + branches.messages,
        calls + branches.calls,
        press.n_passages + branches.n_passages,
        sum(path.is_file() for path in evidence.rglob("*")),
    )


def _leftovers(evidence: Path, seed: int) -> None:
    """What every seized disk holds as well: a second copy of a file, and files that cannot be read."""
    shutil.copyfile(evidence / "sites" / "access_list.csv", evidence / "sites" / "access_list (1).csv")
    dice = Dice(seed, "leftovers")
    torn = bytes(dice.whole(0, 255) for _ in range(700))
    (evidence / "money" / "ledger_old.xlsx").write_bytes(b"PK\x03\x04" + torn)
    (evidence / "sites" / "IMG_2107.dat").write_bytes(torn[::-1])
    (evidence / "people" / "empty.csv").write_bytes(b"")


def _tell_case(path: Path, preset: Syndicate) -> None:
    """What the files do not tell of themselves."""
    layouts = [layout for market in preset.markets for layout in BY_CURRENCY[market.currency]] + [
        *CHAIN_LAYOUTS,
        WORKBOOK,
        SWAPS,
    ]
    told = {layout.file: layout.told for layout in layouts if layout.told}
    country = f'country = "{preset.markets[0].country}"'
    local = 'time_zone = "Asia/Bangkok"'
    told |= {
        "cdr_mekongtel.csv": (local, country),
        "cdr_南方通信.csv": ('time_zone = "Asia/Shanghai"', 'country = "CN"'),
        "WhatsApp*.txt": (local, 'date_order = "dmy"', country),
        "phone_messages.csv": (local, country),
        "result.json": ('time_zone = "UTC"',),
        "victims_reports.csv": (local, country),
        "interviews.jsonl": (local,),
        "job_adverts.jsonl": (local, country),
        "repatriation_flight.csv": (local, 'date_order = "dmy"', country),
        "access_list*.csv": (local, country),
        "account_holders.csv": (local, country),
    }
    if preset.branches:
        told |= BRANCHES_TOLD | JOURNEYS_TOLD
    lines = [
        f"# Written by the simulator ({preset.name}): all people, firms and accounts are fictional.",
        "[case]",
        f'title = "{preset.name}, simulated"',
        "",
    ]
    for file, facts in told.items():
        lines += [f'[files."{file}"]', *facts, ""]
    path.write_text("\n".join(lines), encoding="utf-8")
