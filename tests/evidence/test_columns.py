"""Tables are recognised by their columns."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from upriver.case.settings import FileSettings
from upriver.evidence.columns import key, recognise
from upriver.model.forms import FORMS

SHARED = Path(__file__).parents[3] / "shared" / "data"

NOTHING = FileSettings()


@pytest.mark.parametrize("form", [form for form in FORMS.values() if form.needed])
def test_every_form_is_known_by_its_own_field_names(form: object) -> None:
    assert isinstance(form, type(FORMS["call"]))
    layout = recognise(form.fields, form.name, NOTHING)
    assert layout.form.name == form.name
    assert layout.columns() == {field: field for field in form.fields}


@pytest.mark.parametrize(
    "header",
    [
        "Date opération;Compte émetteur;Compte bénéficiaire;Libellé;Montant;Devise",
        "Fecha operación;Cuenta origen;Cuenta destino;Concepto;Importe;Divisa",
        "Data;Conta de origem;Conta de destino;Descrição;Valor;Moeda",
        "Data operazione;Conto ordinante;Conto beneficiario;Causale;Importo;Valuta",
        "Ngày giao dịch;Tài khoản chuyển;Tài khoản thụ hưởng;Nội dung;Số tiền;Loại tiền",
        "ရက်စွဲ;ပေးပို့သူ အကောင့်;လက်ခံသူ အကောင့်;အကြောင်းအရာ;ငွေပမာဏ;ငွေကြေး",
        "Tanggal;Rekening pengirim;Rekening tujuan;Keterangan;Jumlah;Mata uang",
        "取引日;出金口座;振込先口座;取引内容;取引金額;通貨",
        "거래일자;출금계좌번호;입금계좌번호;적요;거래금액;통화",
        "Дата операции;Счёт отправителя;Счёт получателя;Назначение платежа;Сумма;Валюта",
        "កាលបរិច្ឆេទ;គណនីអ្នកផ្ញើ;គណនីអ្នកទទួល;ការពិពណ៌នា;ចំនួនទឹកប្រាក់;រូបិយប័ណ្ណ",
        "ວັນທີ;ບັນຊີຕົ້ນທາງ;ບັນຊີປາຍທາງ;ລາຍລະອຽດ;ຈຳນວນເງິນ;ສະກຸນເງິນ",
    ],
)
def test_a_transfer_is_known_by_its_columns_in_the_languages_of_banks(header: str) -> None:
    names = header.split(";")
    layout = recognise(names, "export", NOTHING)
    fields = ("occurred_at", "source_account", "target_account", "purpose", "amount", "currency")
    assert layout.form.name == "bank_transfer"
    assert layout.columns() == dict(zip(fields, names, strict=True))


@pytest.mark.parametrize(
    "header",
    [
        "Date opération;Libellé;Compte contrepartie;Débit;Crédit;Devise",
        "Fecha;Concepto;Cuenta contraparte;Cargo;Abono;Divisa",
        "Ngày giao dịch;Diễn giải;Tài khoản đối ứng;Ghi nợ;Ghi có;Loại tiền",
        "Date;Narration;Counterparty Account;Withdrawal Amt.;Deposit Amt.;Currency",
        "거래일시;적요;상대계좌번호;출금액;입금액;통화",
        "交易日期;摘要;對方帳號;支出金額;存入金額;幣別",
    ],
)
def test_a_statement_of_one_account_is_known_in_the_languages_of_banks(header: str) -> None:
    names = header.split(";")
    layout = recognise(names, "export", FileSettings(own_account="1"))
    assert layout.form.name == "bank_transfer"
    assert layout.columns() == {
        "occurred_at": names[0], "purpose": names[1], "statement.other": names[2], "statement.debit": names[3],
        "statement.credit": names[4], "currency": names[5],
    }  # fmt: skip


@pytest.mark.parametrize("time", ["101500", "93000", "10h15"])
def test_a_time_of_day_without_colons_makes_one_moment_with_its_date(time: str) -> None:
    names = ["付款账号", "收款账号", "交易日期", "交易时间", "金额", "币种"]
    layout = recognise(names, "a", NOTHING, [["A", "B", "20250315", time, "1", "CNY"]])
    assert layout.clocks == {"occurred_at": (2, 3)}


@pytest.mark.parametrize(
    ("stem", "header", "form", "some"),
    [
        ("流水", "付款账号,付款户名,收款账号,收款户名,交易时间,金额,币种,附言", "bank_transfer", {"purpose": "附言"}),
        ("a", "Payer Acct No.,Payee Acct No.,Booking Date,Amt", "bank_transfer", {"source_account": "Payer Acct No."}),
        (
            "export", "Transaction Hash,UnixTimestamp,DateTime (UTC),From,To,Quantity,Token Symbol,Method",
            "token_transfer", {"occurred_at": "DateTime (UTC)", "reference": "Transaction Hash"},
        ),
        ("TRC20", "Txn Hash,Block,Time(UTC),From,To,Amount,Token,Confirmed", "token_transfer", {"token": "Token"}),
        ("话单", "主叫号码,被叫号码,通话时间,通话时长,基站", "call", {"seconds": "通话时长"}),
        ("cdr", "A Number,B Number,Start Time,Duration,IMEI,Cell ID", "call", {"device": "IMEI"}),
        ("pax", "Passenger Name,Passport No,Flight No,PNR,Departure Date", "journey", {"booking": "PNR"}),
        ("log", "Name,Passport No,Nationality,Border Post,Entry/Exit,Crossing Time", "journey", {"kind": "Entry/Exit"}),
        ("旅馆", "姓名,证件号码,酒店名称,房间号,入住时间,退房时间", "journey", {"until_at": "退房时间"}),
        ("ผู้โดยสาร", "ชื่อผู้โดยสาร,เลขหนังสือเดินทาง,เที่ยวบิน,วันเดินทาง", "journey", {"service": "เที่ยวบิน"}),
        ("移交", "序号,姓名,性别,出生日期,国籍,护照号,园区,移交日期,备注", "handover_list", {"document_no": "护照号"}),
        ("x", "ลำดับ,ชื่อ,สัญชาติ,วันเกิด,หนังสือเดินทาง,วันที่ส่งตัว", "handover_list", {"name": "ชื่อ"}),
        (
            "complaints", "Case No,Date,Victim Name,Mobile,Scam Type,Loss,Currency,Suspect Account,Details",
            "victim_report", {"reported_at": "Date", "amount": "Loss"},
        ),
        (
            "complaints", "Case No,Victim Name,Date,Payment Date,Loss,Suspect Account,Details",
            "victim_report", {"reported_at": "Date", "paid_at": "Payment Date"},
        ),
        ("x", "เลขที่คดี,ผู้เสียหาย,เบอร์โทร,บัญชีม้า,พฤติการณ์", "victim_report", {"target_account": "บัญชีม้า"}),
        (
            "p", "No,Name,Nat.,Sex,Date handed over",
            "handover_list", {"nationality": "Nat.", "handed_over_on": "Date handed over"},
        ),
        ("handover 3", "Name,Compound,Phone", "handover_list", {"site": "Compound"}),
        ("p", "Name,Compound,Phone", "unknown", {}),
        ("p", "Name,Compound,Date", "unknown", {}),
        ("people", "Site,Name,Position,Boss,Phone", "staff_list", {"unit": "Position", "supervisor": "Boss"}),
        ("p", "园区,姓名,职位,上司,电话", "staff_list", {"unit": "职位", "supervisor": "上司", "phone": "电话"}),
        ("p", "Name,Position,Phone", "unknown", {}),
        ("watch", "id,name,aliases", "watchlist", {"listed_id": "id"}),
        ("news", "id,url,published,language,text", "news", {"passage_id": "id"}),
        ("sources", "account", "source_list", {}),
        ("services", "account", "service_list", {}),
        ("sources", "source_id,publisher,url", "claim_source", {}),
        ("accounts", "account", "unknown", {}),
        ("ties", "source,target,weight", "unknown", {}),
        ("people", "given_name,surname,postcode,state", "unknown", {}),
    ],
)  # fmt: skip
def test_tables_of_the_field_are_recognised(stem: str, header: str, form: str, some: dict[str, str]) -> None:
    layout = recognise(header.split(","), stem, NOTHING)
    assert layout.form.name == form
    assert some.items() <= layout.columns().items()


def test_columns_that_nothing_takes_are_told() -> None:
    assert recognise(["Name", "Team", "", "Shoe size"], "staff", NOTHING).unused == ("Shoe size",)


def test_order_of_columns_does_not_matter() -> None:
    names = ["Amount", "To", "Time", "From", "Token", "Hash"]
    told = recognise(names, "x", NOTHING).columns()
    assert recognise(names[::-1], "x", NOTHING).columns() == told


def test_date_and_time_of_day_in_two_columns_are_one_moment() -> None:
    names = ["Caller", "Callee", "Date", "Time"]
    assert recognise(names, "cdr", NOTHING, [["1", "2", "01/05/24", "12:30"]]).clocks == {"started_at": (2, 3)}
    # A column called time may hold the whole moment: then it alone is it.
    whole = recognise(names, "cdr", NOTHING, [["1", "2", "01/05/24", "01/05/24 12:30"]])
    assert not whole.clocks


def test_statement_of_one_account_needs_the_account() -> None:
    names = ["Date", "Description", "Withdrawal", "Deposit", "Counterparty Account"]
    assert recognise(names, "may", NOTHING).form.name == "unknown"
    layout = recognise(names, "may", FileSettings(own_account="777"))
    assert layout.form.name == "bank_transfer"
    assert layout.statement is not None
    assert (layout.statement.own_told, layout.statement.debit, layout.statement.credit) == ("777", 2, 3)


def test_told_columns_stand_before_all_guesses() -> None:
    told = FileSettings(form="call", columns={"caller": "b", "callee": "1"})
    layout = recognise(["a", "b", "Call time"], "x", told)
    assert layout.columns() == {"caller": "b", "callee": "a", "started_at": "Call time"}


def test_names_that_are_empty_or_equal_are_told_apart() -> None:
    assert recognise(["a", "", "a"], "x", NOTHING).names == ("a", "2", "a (2)")


@pytest.mark.parametrize(
    ("one", "other"), [("From Account No.", "from_acct_nr"), ("ＡＭＴ", "amount"), ("Date/Time", "datetime")]
)
def test_spellings_of_a_name_are_one(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.shared
def test_public_record_is_recognised_by_its_columns() -> None:
    forms = {
        "claims": "claim", "breakdowns": "claim_part", "sources": "claim_source", "sites": "site_status",
        "estimates": "estimate", "organisations": "organisation",
    }  # fmt: skip
    for stem, form in forms.items():
        path: Path = SHARED / "public_record" / f"{stem}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        layout = recognise(header, stem, NOTHING)
        assert (layout.form.name, layout.n_matched) == (form, len(header))
