"""Exports of explorers of chains: coins in two columns or in the smallest unit, prices of the day, what failed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from upriver.evidence.making import scaled, valued
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers import delimited
from upriver.plain.transferfile import read as read_plain

from .sources import rows, source

PARAMS = EvidenceParams()
A, B = "0x" + "a1" * 20, "0x" + "b2" * 20
TRON_A, TRON_B = "TQrY8tryqsYVCYS3MFbtffiPp2ccyn4STm", "TN2YKTAcaEVwwxsjzLQFnjuAF9pyM8tzxA"

# Headers as the explorers write them; every sample pays 1,500 from A to B on 6 May 2025, 10:00 UTC.
NATIVE = (
    '"Transaction Hash","Blockno","UnixTimestamp","DateTime (UTC)","From","To","ContractAddress","Value_IN(ETH)",'
    '"Value_OUT(ETH)","CurrentValue @ $2,629.75/Eth","TxnFee(ETH)","TxnFee(USD)","Historical $Price/Eth","Status",'
    '"ErrCode","Method"\n'
    + "".join(
        f'"{hash_}","1","{at}","2025-05-06 10:0{n}:00","{payer}","{payee}","","{into}","{out}","$1,972.31","0.001","2",'
        f'"2,000.00","{state}","","Transfer"\n'
        for n, (hash_, at, payer, payee, into, out, state) in enumerate(
            (
                ("0x01", "1746525600", A, B, "0.75", "0", ""),
                ("0x02", "1746525660", B, A, "0", "0.5", ""),
                ("0x03", "1746525720", B, A, "0", "9", "Error(0)"),
                ("0x04", "1746525780", B, A, "0", "0", ""),
            )
        )
    )
)
INTERNAL = (
    '"Txhash","Blockno","UnixTimestamp","DateTime (UTC)","ParentTxFrom","ParentTxTo","ParentTxETH_Value","From","TxTo",'
    '"ContractAddress","Value_IN(BNB)","Value_OUT(BNB)","CurrentValue","Historical $Price/BNB","Status","ErrCode",'
    '"Type"\n"0x01","1","1746525600","2025-05-06 10:00:00","0xff","0xee","7",'
    f'"{A}","{B}","","2.5","0","$1","600","0","","call"\n'
)
ERC20 = (
    '"Transaction Hash","Blockno","UnixTimestamp","DateTime (UTC)","From","To","TokenValue","USDValueDayOfTx",'
    '"ContractAddress","TokenName","TokenSymbol"\n'
    f'"0x01","1","1746525600","2025-05-06 10:00:00","{A}","{B}","1,500","$1,500.00","0xdac1","Tether USD","USDT"\n'
)
API = (
    "blockNumber,timeStamp,hash,from,to,value,contractAddress,tokenName,tokenSymbol,tokenDecimal,isError\n"
    f"1,1746525600,0x01,{A},{B},1500000000,0xdac1,Tether USD,USDT,6,0\n"
    f"1,1746525601,0x02,{A},{B},2500000,0xdac1,Tether USD,USDT,6,1\n"
)
BLOCKCHAIR = (
    "block_id\ttransaction_hash\ttime\ttoken_address\ttoken_name\ttoken_symbol\ttoken_decimals\tsender\trecipient\tvalue\n"
    f"1\t0x01\t2025-05-06 10:00:00\t0xdac1\tTether\tUSDT\t6\t{A}\t{B}\t1500000000\n"
)
SOLSCAN = (
    "Signature,Block Time,Human Time,Action,From,To,Token Address,Amount,Flow,Value,Decimals\n"
    "5abc,1746525600,2025-05-06T10:00:00.000Z,TRANSFER,AliceWallet,BobWallet,"
    "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB,1500000000,out,1500,6\n"
)
TRONSCAN = (
    "Txn Hash,Block,Time(UTC),From,To,Amount/TokenID,Token Symbol,Result\n"
    f"ab01,1,2025-05-06 10:00:00,{TRON_A},{TRON_B},1500,USDT,SUCCESS\n"
    f"ab02,1,2025-05-06 10:00:00,{TRON_A},{TRON_B},99,USDT,OUT_OF_ENERGY\n"
)
TONSCAN = (
    f"Time,Hash,Sender,Recipient,Amount,Asset,Status\n2025-05-06 10:00:00,x1,EQ{'c' * 46},UQ{'d' * 46},1500,USDT,ok\n"
)


def read(tmp_path: Path, text: str) -> tuple[Any, list[dict[str, Any]]]:
    file = source(tmp_path / "export.csv", text)
    return file, rows(delimited.read(file, PARAMS))


@pytest.mark.parametrize(
    ("text", "amount", "token"),
    [(ERC20, "1,500", "USDT"), (API, "1500", "USDT"), (BLOCKCHAIR, "1500", "USDT"), (SOLSCAN, "1500", "USDT"),
     (TRONSCAN, "1500", "USDT"), (TONSCAN, "1500", "USDT"), (NATIVE, "0.75", "ETH"), (INTERNAL, "2.5", "BNB")],
    ids=["erc20", "api", "blockchair", "solscan", "tronscan", "tonscan", "native", "internal"],
)  # fmt: skip
def test_the_case_and_the_trace_read_every_explorers_export(tmp_path: Path, text: str, amount: str, token: str) -> None:
    _, found = read(tmp_path, text)
    first = found[0]
    assert (first["form"], first["amount"], first["token"]) == ("token_transfer", amount, token)
    assert {"source_account", "target_account", "occurred_at", "reference"} <= set(first)
    transfers = read_plain(tmp_path / "export.csv").transfers
    assert transfers.amount[0] == pytest.approx(1500.0)
    payer = transfers.accounts[int(transfers.source[0])].as_py()
    assert payer == first["source_account"]
    assert transfers.time[0] == 1746525600_000000


def test_native_coins_are_valued_at_the_price_of_their_day_and_that_is_said(tmp_path: Path) -> None:
    file, found = read(tmp_path, NATIVE)
    assert [(row["amount"], row["amount_usd"]) for row in found] == [
        ("0.75", "1500"), ("0.5", "1000"), ("9", "18000"), ("0", "0"),
    ]  # fmt: skip
    assert found[2]["status"] == "Error(0)"
    told = file.guessed["columns"]
    assert told["amount_usd"] == "amount x Historical $Price/Eth"
    assert told["amount"] == "Value_IN(ETH) or Value_OUT(ETH), the one that is not 0"
    # What it would be worth today is no value of the transfer.
    assert "CurrentValue @ $2,629.75/Eth" in file.guessed["columns_not_used"]
    reading = read_plain(tmp_path / "export.csv")
    assert sorted(reading.transfers.amount.tolist()) == [1000.0, 1500.0]
    assert any("price of their day" in note for note in reading.notes)
    assert [row["reason"] for row in reading.refused.to_pylist()] == [
        "it did not go through: Error(0)", "the amount is not above zero: 0",
    ]  # fmt: skip


def test_native_coins_without_a_price_have_no_dollars(tmp_path: Path) -> None:
    text = NATIVE.replace("Historical $Price/Eth", "Gas")
    _, found = read(tmp_path, text)
    assert [row.get("amount_usd") for row in found] == [None] * 4
    assert {row["token"] for row in found} == {"ETH"}


def test_what_failed_is_told_by_a_flag_too(tmp_path: Path) -> None:
    _, found = read(tmp_path, API)
    assert [row["status"] for row in found] == ["0", "failed (1)"]
    assert len(read_plain(tmp_path / "export.csv").transfers.amount) == 1


def test_two_flags_are_both_asked(tmp_path: Path) -> None:
    header, one, _ = API.split("\n", 2)
    lines = [f"{one[:-2]},{state}" for state in ("0,1", "0,0", "1,1")]
    _, found = read(tmp_path, "\n".join([f"{header},txreceipt_status", *lines]) + "\n")
    assert [row["status"] for row in found] == ["1", "failed (0)", "failed (1)"]
    assert len(read_plain(tmp_path / "export.csv").transfers.amount) == 1


def test_whole_amounts_beside_their_decimals_may_be_units_already(tmp_path: Path) -> None:
    text = API.replace("1500000000", "1500").replace("2500000", "2.5")
    _, found = read(tmp_path, text)
    assert [row["amount"] for row in found] == ["1500", "2.5"]


@pytest.mark.parametrize(
    ("raw", "decimals", "amount"),
    [("1500000", "6", "1.5"), ("1", "18", "0.000000000000000001"), ("0", "6", "0"), ("1.5", "6", None),
     ("12", "x", None), ("12", "99", None), ("1" * 40, "18", "1" * 22 + "." + "1" * 18), (None, "6", None),
     ("-5", "6", None)],
)  # fmt: skip
def test_the_smallest_unit_is_scaled_exactly(raw: str | None, decimals: str, amount: str | None) -> None:
    assert scaled(raw, decimals) == amount


@pytest.mark.parametrize(
    ("amount", "price"),
    [("x", "1"), ("1", ""), ("nan", "1"), ("inf", "2"), (None, None), ("1e999999", "2"), ("9" * 60, "2")],
)
def test_a_value_of_what_is_no_figure_is_none(amount: str | None, price: str | None) -> None:
    assert valued(amount, price) is None
