"""Statements, reports and notifications of ISO 20022: camt.053, camt.052 and camt.054, of any version.

Locator: `line L entry N`, N counted over the file from 1; `... detail K` of a booking that gathers several payments.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from upriver.evidence.encodings import utf8
from upriver.evidence.folder import UnreadableError
from upriver.evidence.readers.entries import Entry, Party, transfers
from upriver.evidence.readers.xml_guard import encoding
from upriver.evidence.readers.xml_pieces import Element, Torn, pieces, shown
from upriver.evidence.records import Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

PARENTS = ("Stmt", "Rpt", "Ntfctn")
_BATCH = 2000
_NOTHING = ("NOTPROVIDED", "NONREF", "NOT PROVIDED")
_NOT_BOOKED = {
    "PDNG": "it is pending: the entry that books it tells the transfer",
    "FUTR": "it is announced for a later day: the entry that books it tells the transfer",
    "INFO": "it is told for information: nothing was booked",
}


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """Records of the booked entries; entries that are pending or torn are broken.

    raises  UnreadableError when it holds no entry, or declares a document type
    """
    with utf8(source.path, encoding(source)) as stream:
        data = stream.read()
    owns: dict[int, Party] = {}
    told: list[Entry] = []
    broken: list[tuple[str, str, str]] = []
    number, n_told = 0, 0
    for piece in pieces(data, PARENTS, "Ntry", params.max_cell_bytes):
        if isinstance(piece, Torn):
            number += 1
            broken.append((f"line {piece.line} entry {number}", piece.reason, piece.text))
            continue
        if piece.element.name == "Acct":
            owns[piece.parent] = _party(piece.element, piece.element.first("Ownr"))
        if piece.element.name != "Ntry":
            continue
        number += 1
        place = f"line {piece.line} entry {number}"
        reason = _fault(piece.element)
        if reason:
            broken.append((place, reason, shown(piece.raw)))
            continue
        own = owns.get(piece.parent) or Party(source.told.own_account or "")
        told += _entries(place, own, piece.element)
        if len(told) >= _BATCH:
            n_told += len(told)
            yield transfers(source, told)
            told = []
    n_told += len(told)
    if not n_told and not broken:
        raise UnreadableError("it holds no entry", "ask the bank for the statement of a longer time")
    if source.told.form is None:
        source.guessed["form"] = "bank_transfer"
    if told:
        yield transfers(source, told)
    if broken:
        yield source.broken(broken)


def _fault(entry: Element) -> str | None:
    status = entry.told("Sts/Cd", "Sts/Prtry", "Sts").upper()
    if status in _NOT_BOOKED:
        return _NOT_BOOKED[status]
    if entry.told("CdtDbtInd") not in ("CRDT", "DBIT"):
        return "it does not say whether it is a credit or a debit"
    return None


def _entries(place: str, own: Party, entry: Element) -> Iterator[Entry]:
    details = entry.all("NtryDtls/TxDtls")
    if len(details) > 1 and all(_amount(detail) is not None for detail in details):
        for number, detail in enumerate(details, start=1):
            yield _entry(f"{place} detail {number}", own, entry, detail, len(details))
        return
    # Of several payments of which some tell no amount, only their sum is known.
    yield _entry(place, own, entry, details[0] if len(details) == 1 else None, max(len(details), 1))


def _entry(place: str, own: Party, entry: Element, detail: Element | None, n_details: int) -> Entry:
    within = detail if detail is not None else Element("TxDtls", {})
    money = (_amount(within) if n_details > 1 else None) or entry.first("Amt")
    # The indicator says which way this entry moves money, also where it takes another one back.
    out = (within.told("CdtDbtInd") or entry.told("CdtDbtInd")) == "DBIT"
    other = _other(own, within, out)
    booked, valued = entry.told("BookgDt/DtTm", "BookgDt/Dt"), entry.told("ValDt/DtTm", "ValDt/Dt")
    moment = booked or valued
    exact = within.told("RltdDts/AccptncDtTm", "RltdDts/TxDtTm")
    if len(moment) == 10 and exact.startswith(moment):
        moment = exact
    refs = {
        "end_to_end_id": within.told("Refs/EndToEndId"), "transaction_id": within.told("Refs/TxId", "Refs/UETR"),
        "bank_reference": within.told("Refs/AcctSvcrRef") or entry.told("AcctSvcrRef"),
        "mandate": within.told("Refs/MndtId"), "entry_reference": entry.told("NtryRef"),
    }  # fmt: skip
    refs = {name: value for name, value in refs.items() if value.upper() not in _NOTHING}
    own_ref = refs.get("bank_reference", "")
    if n_details > 1 and not within.told("Refs/AcctSvcrRef"):
        own_ref = ""  # the booking's, and so of all its payments
    agents = {"DbtrAgt": "debtor_bank", "CdtrAgt": "creditor_bank"}
    rest = {
        **refs,
        "value_date": valued if valued != moment else "",
        "reversal": "true" if entry.told("RvslInd").lower() in ("true", "1") else "",
        "return_reason": within.told("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry", "RtrInf/AddtlInf"),
        "booked_amount": entry.told("Amt") if n_details > 1 else "",
        "payments_booked_together": str(n_details) if n_details > 1 else entry.told("NtryDtls/Btch/NbOfTxs"),
        "instructed_amount": _money(within.first("AmtDtls/InstdAmt/Amt"), money),
        "ultimate_debtor": within.told("RltdPties/UltmtDbtr/Nm", "RltdPties/UltmtDbtr/Pty/Nm"),
        "ultimate_creditor": within.told("RltdPties/UltmtCdtr/Nm", "RltdPties/UltmtCdtr/Pty/Nm"),
        **{told: within.told(*(f"RltdAgts/{name}/FinInstnId/{code}" for code in ("BICFI", "BIC", "Nm")))
           for name, told in agents.items()},
        "entry_text": entry.told("AddtlNtryInf"),
    }  # fmt: skip
    return Entry(
        place=place, own=own, other=other, out=out, occurred_at=moment,
        amount=money.text.removeprefix("-") if money is not None else "",
        currency=money.attributes.get("Ccy", "") if money is not None else "",
        reference=own_ref or refs.get("transaction_id", "") or refs.get("end_to_end_id", ""),
        purpose=_purpose(entry, within), channel=_channel(entry, within), rest=rest,
    )  # fmt: skip


def _amount(detail: Element) -> Element | None:
    return detail.first("Amt", "AmtDtls/TxAmt/Amt")


def _money(told: Element | None, booked: Element | None) -> str:
    """An amount in another currency than was booked."""
    if told is None or booked is None or told.attributes.get("Ccy") == booked.attributes.get("Ccy"):
        return ""
    return f"{told.text} {told.attributes.get('Ccy', '')}"


def _party(account: Element | None, holder: Element | None) -> Party:
    number = account.told("Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id", "Id/BBAN") if account is not None else ""
    name = holder.told("Nm", "Pty/Nm", "Agt/FinInstnId/Nm") if holder is not None else ""
    return Party(number, name)


def _other(own: Party, detail: Element, out: bool) -> Party:
    """The other side: the creditor of what is paid, the debtor of what comes in."""
    debtor, creditor = (
        _party(detail.first(f"RltdPties/{role}Acct"), detail.first(f"RltdPties/{role}")) for role in ("Dbtr", "Cdtr")
    )
    likely, less = (creditor, debtor) if out else (debtor, creditor)
    # What is taken back keeps the roles that it had on its way out.
    if less.account and less.account != own.account and likely.account in ("", own.account):
        return less
    return likely if likely.account != own.account else Party("", likely.name)


def _purpose(entry: Element, detail: Element) -> str:
    told = [line.text for line in detail.all("RmtInf/Ustrd") if line.text]
    told += [line.text for line in detail.all("RmtInf/Strd/CdtrRefInf/Ref") if line.text]
    return " ".join(told) or detail.told("AddtlTxInf") or entry.told("AddtlNtryInf")


def _channel(entry: Element, detail: Element) -> str:
    for within in (detail, entry):
        paths = ("BkTxCd/Domn/Cd", "BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Fmly/SubFmlyCd")
        codes = [code for path in paths if (code := within.told(path))]
        if codes or within.told("BkTxCd/Prtry/Cd"):
            return " ".join(codes) or within.told("BkTxCd/Prtry/Cd")
    return ""
