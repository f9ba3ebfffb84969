"""A folder of the formats that users hold goes the whole way: its transfers, calls and messages come out right."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from tests import folders

from upriver.case.store import Case
from upriver.pipeline import investigate

from .test_calls import LINES
from .test_camt import MULE, OWN, SHOP, detail, document, entry
from .test_explorers import NATIVE, TRON_A, TRON_B, TRONSCAN, A, B
from .test_mail import MIXED, PLAIN, box
from .test_mt940 import GERMAN

VICTIM, DESK = "+66812345678", "+959420000001"
CALLS = f"{LINES[0][0]}\n{VICTIM},{DESK},IN,06/05/2025,10:00:00,65\n{VICTIM},{DESK},SMS_IN,06/05/2025,10:05:00,0\n"
CHAT = (
    "[5/31/25, 3:04:09\u202fPM] Lin: \u200eMessages and calls are end-to-end encrypted.\n"
    "[5/31/25, 3:05:09\u202fPM] Lin: pay the fee\nto this account\n"
    f"[6/1/25, 9:00:00\u202fAM] {VICTIM}: paid\n"
)
PAID = entry(details=detail(8, ("Cdtr", "Boss", MULE)))
GOT = entry(way="CRDT", amount="20.00", details=detail(8, ("Dbtr", "Shop", SHOP), end="E2E-2"))
FILES: dict[str, str | bytes] = {
    "bank/mule.xml": document(PAID, GOT, entry(status="PDNG")), "bank/german.sta": GERMAN, "chain/native.csv": NATIVE,
    "chain/tron.csv": TRONSCAN, "phones/target.csv": CALLS, "chats/WhatsApp Chat with Lin.txt": CHAT,
    "mail/one.eml": PLAIN, "mail/inbox.mbox": box(MIXED, b"torn"),
    "case.toml": '[files."phones/*"]\ntime_zone = "Asia/Bangkok"\n',
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folders.write(tmp_path / "evidence", FILES)


def test_transfers_calls_and_messages_of_every_format_come_out_right(folder: Path) -> None:
    run = investigate(folder)
    with Case.open(run.home) as case:
        formats = sorted(case.read("source_file", "format")["format"].to_pylist())
        assert formats == ["camt", "csv", "csv", "csv", "eml", "mbox", "mt940", "whatsapp"]
        paid = case.sql(
            "SELECT source_account, target_account, amount, asset, amount_usd, rail FROM transfer "
            "ORDER BY amount, asset, source_account"
        ).to_pylist()
        assert [tuple(row.values()) for row in paid] == [
            (B, A, 0.5, "ETH", 1000.0, "chain"),
            (A, B, 0.75, "ETH", 1500.0, "chain"),
            (SHOP, "37040044/0532013000", 5.5, "EUR", None, "bank"),
            ("37050198/0012345678", "37040044/0532013000", 20.0, "EUR", None, "bank"),
            (SHOP, OWN, 20.0, "EUR", None, "bank"),
            ("37040044/0532013000", MULE, 1500.0, "EUR", None, "bank"),
            (OWN, MULE, 1500.0, "EUR", None, "bank"),
            (TRON_A, TRON_B, 1500.0, "USDT", 1500.0, "chain"),
        ]
        (call,) = case.read("call", "caller", "callee", "started_at", "seconds").to_pylist()
        assert call == {
            "caller": f"phone:{DESK}", "callee": f"phone:{VICTIM}", "started_at": datetime(2025, 5, 6, 3),
            "seconds": 65,
        }  # fmt: skip
        said = case.sql("SELECT sender, recipient, sent_at, platform, text FROM message ORDER BY sent_at").to_pylist()
        assert [(row["sender"], row["recipient"], row["sent_at"], row["platform"]) for row in said] == [
            ("email:desk@invest.example", "email:ada@mail.example", datetime(2025, 5, 6, 3), "mail"),
            ("email:ada@mail.example", None, datetime(2025, 5, 6, 10, 30), "mail"),
            ("handle:lin", f"whatsapp:{VICTIM}", datetime(2025, 5, 31, 15, 5, 9), "whatsapp"),
            (f"whatsapp:{VICTIM}", "handle:lin", datetime(2025, 6, 1, 9), "whatsapp"),
        ]
        assert said[2]["text"] == "pay the fee\nto this account"
        refused = case.read("rejected_record", "reason")["reason"].to_pylist()
        for reason in (
            "it is pending", "it did not go through", "the amount is 0", "it is a text message",
            "the mail has no sender",
        ):  # fmt: skip
            assert any(told.startswith(reason) for told in refused), reason
        # A mail to three goes to each of them.
        wrote = case.sql("SELECT count(*) AS n FROM edge WHERE kind = 'writes_to'").to_pylist()[0]["n"]
        assert wrote >= 5


@pytest.mark.slow
@pytest.mark.spark
def test_every_format_gives_the_same_tables_on_both_engines(folder: Path, tmp_path: Path) -> None:
    tables = {}
    for engine in ("duckdb", "spark"):
        with Case.open(investigate(folder, tmp_path / f"{engine}.upriver", engine=engine).home) as case:
            tables[engine] = case.digests()
    assert tables["spark"] == tables["duckdb"]
