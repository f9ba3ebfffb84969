"""How each bank and explorer lays out its exports: headers, delimiter, encoding, clock, order of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Order = Literal["time", "newest", "shuffled"]


@dataclass(frozen=True, slots=True)
class Layout:
    """One institution's export.

    columns      (field, header) in the order of the file; a field is one of the form's (model/forms.py)
    clock        strftime pattern, in local time `utc_hours` ahead of UTC
    amounts      plain: 1234.5; grouped: "1,234.50"; token: up to six decimals
    order        how rows stand: by time, newest first, or shuffled
    told         lines for case.toml that cannot be guessed from the file
    """

    file: str
    currency: str
    columns: tuple[tuple[str, str], ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    clock: str = "%Y-%m-%d %H:%M:%S"
    utc_hours: int = 0
    amounts: Literal["plain", "grouped", "token"] = "plain"
    order: Order = "time"
    reference: str = "FT"
    told: tuple[str, ...] = ()


_THB = (
    Layout(
        "bank_lotusbay_2025.csv",
        "THB",
        (
            ("reference", "Txn Ref"),
            ("occurred_at", "Transaction Date/Time"),
            ("source_account", "From Account"),
            ("source_name", "From Name"),
            ("target_account", "To Account"),
            ("target_name", "To Name"),
            ("amount", "Amount"),
            ("purpose", "Description"),
        ),
        clock="%d/%m/%Y %H:%M",
        utc_hours=7,
        order="time",
        reference="LB",
        told=('time_zone = "Asia/Bangkok"', 'currency = "THB"', 'country = "TH"', 'date_order = "dmy"'),
    ),
    Layout(
        "bank_siamriver_export.csv",
        "THB",
        (
            ("occurred_at", "Posting Time"),
            ("source_account", "Payer Account No"),
            ("target_account", "Payee Account No"),
            ("amount", "Amount (THB)"),
            ("channel", "Channel"),
            ("reference", "Reference No"),
        ),
        delimiter="\t",
        encoding="utf-16",
        utc_hours=7,
        amounts="grouped",
        order="newest",
        reference="SR",
        told=('time_zone = "Asia/Bangkok"', 'currency = "THB"', 'country = "TH"'),
    ),
)
_CNY = (
    Layout(
        "bank_hongqiao_流水.csv",
        "CNY",
        (
            ("reference", "交易流水号"),
            ("occurred_at", "交易时间"),
            ("source_account", "付款账号"),
            ("source_name", "付款人"),
            ("target_account", "收款账号"),
            ("target_name", "收款人"),
            ("amount", "交易金额"),
            ("currency", "币种"),
            ("purpose", "摘要"),
        ),
        encoding="gb18030",
        utc_hours=8,
        order="time",
        reference="HQ",
        told=('time_zone = "Asia/Shanghai"', 'country = "CN"'),
    ),
    Layout(
        "bank_jinhe_dump.csv",
        "CNY",
        (
            ("occurred_at", "发生时点"),
            ("reference", "凭证编号"),
            ("source_account", "转出卡号"),
            ("target_account", "转入卡号"),
            ("amount", "发生额"),
        ),
        delimiter=";",
        encoding="utf-8-sig",
        clock="%Y/%m/%d %H:%M:%S",
        utc_hours=8,
        order="shuffled",
        reference="JH",
        told=(
            'time_zone = "Asia/Shanghai"',
            'currency = "CNY"',
            'country = "CN"',
            'form = "bank_transfer"',
            'columns = { occurred_at = "发生时点", reference = "凭证编号", source_account = "转出卡号", '
            'target_account = "转入卡号", amount = "发生额" }',
        ),
    ),
)
_USD = (
    Layout(
        "bank_meridian_ledger.csv",
        "USD",
        (
            ("reference", "transaction_id"),
            ("occurred_at", "booked_at"),
            ("source_account", "debtor_account"),
            ("source_name", "debtor_name"),
            ("target_account", "creditor_account"),
            ("target_name", "creditor_name"),
            ("amount", "amount"),
            ("currency", "currency"),
            ("purpose", "remittance_info"),
        ),
        delimiter="|",
        clock="%Y-%m-%dT%H:%M:%SZ",
        order="time",
        reference="MRD",
    ),
    Layout(
        "bank_capitol_statement.csv",
        "USD",
        (
            ("occurred_at", "Date"),
            ("reference", "Confirmation"),
            ("source_account", "Sender Acct"),
            ("target_account", "Recipient Acct"),
            ("amount", "Amount USD"),
            ("channel", "Method"),
        ),
        clock="%m/%d/%Y %H:%M:%S",
        amounts="grouped",
        order="shuffled",
        reference="CP",
        told=('time_zone = "UTC"', 'currency = "USD"', 'date_order = "mdy"'),
    ),
)


def _explorer(file: str, order: Order) -> Layout:
    columns = (
        ("reference", "Txhash"),
        ("occurred_at", "DateTime (UTC)"),
        ("source_account", "From"),
        ("target_account", "To"),
        ("amount", "Quantity"),
        ("token", "Token"),
        ("chain", "Chain"),
        ("method", "Method"),
    )
    return Layout(file, "USDT", columns, amounts="token", order=order, reference="", told=('time_zone = "UTC"',))


CHAIN_LAYOUTS = (_explorer("usdt_export_a.csv", "time"), _explorer("usdt_export_b.csv", "shuffled"))
# What an analyst fetched of the desks that swap and bridge: every payment to them and out of them.
SWAPS = _explorer("swap_desks_export.csv", "shuffled")
BY_CURRENCY = {"THB": _THB, "CNY": _CNY, "USD": _USD}
# A small branch keeps its ledger in a workbook; it takes a few accounts of the first market.
WORKBOOK = Layout(
    "branch_ledger.xlsx",
    "",
    (
        ("occurred_at", "Value Date"),
        ("reference", "Slip No"),
        ("source_account", "Debit Account"),
        ("source_name", "Debit Name"),
        ("target_account", "Credit Account"),
        ("target_name", "Credit Name"),
        ("amount", "Amount"),
        ("currency", "Currency"),
    ),
    utc_hours=7,
    reference="BR",
    told=('time_zone = "Asia/Bangkok"',),
)
