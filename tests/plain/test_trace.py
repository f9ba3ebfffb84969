"""`upriver trace` on files small enough to draw."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from upriver.cli import main
from upriver.errors import EvidenceError
from upriver.plain.columns import Columns
from upriver.plain.transferfile import read

HEAD = "transfer_id,source_account,target_account,occurred_at,amount_usd\n"
# A thief T sends 100 to M, which hands 99 on to the exchange X; B pays the exchange; X pays C.
CASE = HEAD + (
    "t1,T,M,2024-01-01T10:00:00Z,100\n"
    "t2,B,X,2024-01-01T11:00:00Z,500\n"
    "t3,M,X,2024-01-01T12:00:00Z,99\n"
    "t4,X,C,2024-01-01T13:00:00Z,300\n"
)


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def run(folder: Path, transfers: str, sources: str, *more: str, services: str | None = None) -> Result:
    call = ["trace", str(put(folder, "t.csv", transfers)), "--from", str(put(folder, "s.csv", sources))]
    if services is not None:
        call += ["--stop-at", str(put(folder, "stop.csv", services))]
    return CliRunner().invoke(main, [*call, "--out", str(folder / "out"), *more])


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "out" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_trace_stops_at_told_services_and_says_why(tmp_path: Path) -> None:
    done = run(tmp_path, CASE, "account\nT\n", services="account,kind\nX,exchange\nQ,exchange\n")
    assert done.exit_code == 0, done.output
    accounts = {row["account"]: row for row in rows(tmp_path, "accounts.csv")}
    assert list(accounts) == ["M", "X"]
    assert (accounts["M"]["received_usd"], accounts["M"]["kept_usd"], accounts["M"]["stop_reason"]) == ("100", "1", "")
    assert accounts["X"]["received_usd"] == accounts["X"]["low_usd"] == accounts["X"]["high_usd"] == "99"
    assert accounts["X"]["hops"] == "2"
    assert accounts["X"]["first_at"] == "2024-01-01T12:00:00Z"
    assert "told to be a service (exchange)" in accounts["X"]["reason"]
    assert [(row["transfer_id"], row["traced_usd"]) for row in rows(tmp_path, "transfers.csv")] == [
        ("t1", "100"),
        ("t3", "99"),
    ]
    way = [row for row in rows(tmp_path, "paths.csv") if row["end_account"] == "X"]
    assert [(row["step"], row["transfer_id"], row["path_usd"]) for row in way] == [("1", "t1", "99"), ("2", "t3", "99")]
    assert not (tmp_path / "out" / "rejected.csv").exists()


@pytest.mark.parametrize("method", ["auto", "poison", "haircut", "fifo", "lifo", "taint-first"])
def test_the_spread_contains_every_method(tmp_path: Path, method: str) -> None:
    done = run(tmp_path, CASE, "account\nT\n", "--method", method)
    assert done.exit_code == 0, done.output
    for name, value in (("accounts.csv", "received_usd"), ("transfers.csv", "traced_usd")):
        told = rows(tmp_path, name)
        assert told
        for row in told:
            assert float(row["low_usd"]) <= float(row[value]) <= float(row["high_usd"])
    assert rows(tmp_path, "paths.csv")
    assert (tmp_path / "out" / "flow.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_source_may_be_a_payment_and_other_money_of_its_payer_is_not_traced(tmp_path: Path) -> None:
    text = CASE + "t5,T,L,2024-01-02T10:00:00Z,40\n"
    done = run(tmp_path, text, "transfer_id\nt1\nt99\n")
    assert done.exit_code == 0, done.output
    assert "1 source not among the transfers, the first 't99'" in done.output
    assert "L" not in {row["account"] for row in rows(tmp_path, "accounts.csv")}


def test_backward_finds_whose_money_came(tmp_path: Path) -> None:
    done = run(tmp_path, CASE, "transfer_id\nt3\n", "--backward")
    assert done.exit_code == 0, done.output
    told = rows(tmp_path, "transfers.csv")
    assert [(row["transfer_id"], row["traced_usd"]) for row in told] == [("t1", "99"), ("t3", "99")]
    accounts = {row["account"]: row for row in rows(tmp_path, "accounts.csv")}
    assert accounts["T"]["stop_reason"] == "unseen_inflow"
    assert accounts["M"]["reason"] == "sent on, 0% kept"
    assert accounts["T"]["first_at"] == "2024-01-01T10:00:00Z"
    way = [row["transfer_id"] for row in rows(tmp_path, "paths.csv") if row["end_account"] == "T"]
    assert way == ["t1", "t3"]


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    lines = [*CASE.splitlines()[1:], "t0,T,M,2024-01-01T12:00:00Z,7", "t6,M,X,2024-01-01T12:00:00Z,7"]
    written = []
    for name, order in (("a", lines), ("b", lines[::-1])):
        folder = tmp_path / name
        folder.mkdir()
        assert run(folder, HEAD + "\n".join(order) + "\n", "account\nT\n").exit_code == 0
        written.append([(folder / "out" / f).read_bytes() for f in ("accounts.csv", "transfers.csv", "paths.csv")])
    assert written[0] == written[1]


def test_bad_rows_cost_only_themselves_and_are_kept_with_their_reason(tmp_path: Path) -> None:
    bad = (
        "b1,T,,2024-01-01,5\nb2,,M,2024-01-01,5\nb3,T,M,yesterday,5\nb4,T,M,2024-01-01,many\nb5,T,M,2024-01-01,-5\n"
        "b6,T,T,2024-01-01,5\nb7,T,M\nb8,T,M,2024-01-01,5,6,7\nb9,T,M,2024-01-01,1e400\nb10,T,M,2024-01-01,nan\n"
    )
    done = run(tmp_path, CASE + bad, "account\nT\n", services="account\nX\n")
    assert done.exit_code == 0, done.output
    refused = {row["raw"].split(",")[0]: row["reason"] for row in rows(tmp_path, "rejected.csv")}
    assert refused == {
        "b1": "no payee", "b2": "no payer", "b3": "no time can be read from yesterday",
        "b4": "no amount can be read from many", "b5": "the amount is not above zero: -5",
        "b6": "an account that pays itself", "b7": "not a row of this table: missing columns",
        "b8": "not a row of this table: too many columns", "b9": "no amount can be read from 1e400",
        "b10": "no amount can be read from nan",
    }  # fmt: skip
    assert {row["transfer_id"] for row in rows(tmp_path, "transfers.csv")} == {"t1", "t3"}


def test_the_benchmark_layout_joins_bank_and_account(tmp_path: Path) -> None:
    path = put(
        tmp_path, "aml.csv",
        "Timestamp,From Bank,Account,To Bank,Account,Amount Received,Receiving Currency,Amount Paid,Is Laundering\n"
        '2022/09/01 00:20,010,8000,03,8000,"1,697.34",US Dollar,1697.34,0\n',
    )  # fmt: skip
    found = read(path).transfers
    assert found.accounts.to_pylist() == ["010:8000", "03:8000"]
    assert found.amount.tolist() == [1697.34]
    assert found.time.tolist() == [1_661_991_600_000_000]
    assert found.ids.to_pylist() == ["row 2"]


def test_an_explorer_export_may_give_one_hash_to_several_transfers(tmp_path: Path) -> None:
    path = put(
        tmp_path, "chain.csv",
        "Transaction Hash;UnixTimestamp;From;To;Value\n0xa;1690000000;0x1;0x2;12.5\n0xa;1690000000000;0x2;0x3;$1 200\n",
    )  # fmt: skip
    found = read(path)
    assert found.transfers.ids.to_pylist() == ["0xa", "0xa#2"]
    assert found.transfers.time.tolist() == [1_690_000_000_000_000] * 2
    assert found.transfers.amount.tolist() == [12.5, 1200]
    assert any("the second is ID#2" in note for note in found.notes)


def test_a_column_that_is_not_guessed_can_be_told(tmp_path: Path) -> None:
    path = put(tmp_path, "x.csv", "who,whom,when,much,amount\nA,B,2024-01-01,5,6\n")
    with pytest.raises(EvidenceError, match="no column is known to tell source_account"):
        read(path)
    told = Columns(source_account="who", target_account="whom", occurred_at="when", amount="much")
    assert read(path, told).transfers.amount.tolist() == [5]


@pytest.mark.parametrize(
    ("transfers", "sources", "words"),
    [
        (CASE, "account\nnobody\n", "none of its sources is among the transfers (1)"),
        (CASE, "name\nT\n", "no column transfer_id or account"),
        (HEAD, "account\nT\n", "no transfer could be read"),
        ("", "account\nT\n", "an empty file"),
        ("\0\1\2", "account\nT\n", "t.csv"),
    ],
)
def test_what_cannot_be_traced_is_told_in_one_line(tmp_path: Path, transfers: str, sources: str, words: str) -> None:
    done = run(tmp_path, transfers, sources)
    assert done.exit_code != 0
    assert words in done.output
    assert "Traceback" not in done.output


def test_a_limit_of_hops_ends_the_trace(tmp_path: Path) -> None:
    done = run(tmp_path, CASE, "account\nT\n", "--max-hops", "1")
    assert done.exit_code == 0, done.output
    assert [row["account"] for row in rows(tmp_path, "accounts.csv")] == ["M"]
    assert rows(tmp_path, "accounts.csv")[0]["stop_reason"] == "limit"


def test_limits_of_time_and_amount_end_the_trace_and_say_so(tmp_path: Path) -> None:
    for more, words in (
        (("--max-hold", "1.5"), "lay here for more than 1.5 hours"),
        (("--max-days", "0.05"), "more than 0.05 days from a source"),
        (("--least", "99.5"), "too small"),
    ):
        done = run(tmp_path, CASE, "account\nT\n", *more)
        assert done.exit_code == 0, done.output
        (only,) = rows(tmp_path, "accounts.csv")
        assert (only["account"], only["kept_usd"], only["stop_reason"]) == ("M", "100", "limit")
        assert words in only["reason"]
    run(tmp_path, CASE, "account\nT\n", "--max-hold", "2", "--max-days", "0.125", "--least", "99")
    assert "X" in {row["account"] for row in rows(tmp_path, "accounts.csv")}


def test_limits_of_time_hold_backward(tmp_path: Path) -> None:
    # M got its money two hours before it paid X.
    back = ("--backward", "--method", "fifo")
    for more, found in (((), ["M", "T"]), (("--max-hold", "1.5"), ["M"]), (("--max-hold", "2"), ["M", "T"])):
        done = run(tmp_path, CASE, "transfer_id\nt3\n", *back, *more)
        assert done.exit_code == 0, done.output
        assert sorted(row["account"] for row in rows(tmp_path, "accounts.csv")) == found


def test_what_is_made_of_unseen_inflow_is_chosen(tmp_path: Path) -> None:
    text = HEAD + "t1,T,M,2024-01-01T10:00:00Z,100\nt2,M,N,2024-01-01T12:00:00Z,130\n"
    for unseen, method, traced in (
        ("carry", "fifo", ["100", "130"]),
        ("clean", "auto", ["100", "100"]),
        ("unknown", "haircut", ["100"]),
    ):
        done = run(tmp_path, text, "account\nT\n", "--unseen", unseen, "--method", method)
        assert done.exit_code == 0, done.output
        assert [row["traced_usd"] for row in rows(tmp_path, "transfers.csv")] == traced
    assert rows(tmp_path, "accounts.csv")[0]["stop_reason"] == "unseen_inflow"
    refused = run(tmp_path, text, "account\nN\n", "--unseen", "carry", "--backward")
    assert refused.exit_code == 1
    assert "no question backward" in refused.output


def test_a_file_that_is_read_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    done = run(tmp_path, CASE, "account\nT\n")
    assert done.exit_code == 0
    before = (tmp_path / "out" / "transfers.csv").read_bytes()
    read_from, to = str(tmp_path / "out" / "transfers.csv"), str(tmp_path / "out")
    done = CliRunner().invoke(main, ["trace", read_from, "--from", str(tmp_path / "s.csv"), "--out", to])
    assert done.exit_code != 0
    assert "is a file that is read" in done.output
    assert (tmp_path / "out" / "transfers.csv").read_bytes() == before


def test_line_ends_of_several_kinds_and_names_that_differ_in_case_are_read(tmp_path: Path) -> None:
    text = "From,FROM,to,time,amount\nA,B,C,2024-01-01,5\r\nA,B,D,2024-01-02,6\nA,B\r\n"
    (tmp_path / "x.csv").write_bytes(text.encode())
    found = read(tmp_path / "x.csv")
    assert found.transfers.amount.tolist() == [5, 6]
    assert found.refused["line"].to_pylist() == [4]
    assert found.transfers.accounts.to_pylist() == ["A", "C", "D"]


def test_paths_tell_what_can_have_come_from_all_sources_and_from_each_alone(tmp_path: Path) -> None:
    # V pays 60 and W 40 to M, which hands on 50 and 50; X keeps it.
    text = HEAD + (
        "t1,V,M,2024-01-01T10:00:00Z,60\nt2,W,M,2024-01-01T11:00:00Z,40\n"
        "t3,M,X,2024-01-01T12:00:00Z,50\nt4,M,X,2024-01-01T13:00:00Z,50\n"
    )
    done = run(tmp_path, text, "transfer_id\nt1\nt2\n", "--method", "haircut", services="account\nX\n")
    assert done.exit_code == 0, done.output
    told = [
        (row["asked_from"], row["flow_usd"], row["path_usd"], row["end_share"], row["source_transfer_id"])
        for row in rows(tmp_path, "paths.csv")
        if row["step"] == "1"
    ]
    assert told == [
        ("", "100", "50", "0.5000", "t1"),
        ("", "100", "40", "0.4000", "t2"),
        ("", "100", "10", "0.1000", "t1"),
        ("V", "60", "50", "0.5000", "t1"),
        ("V", "60", "10", "0.1000", "t1"),
        ("W", "40", "40", "0.4000", "t2"),
    ]


def test_of_a_large_trace_fewer_ways_are_asked_for_and_this_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upriver.plain.paths._QUESTIONS", 1)
    text = HEAD + "t1,V,M,2024-01-01T10:00:00Z,60\nt2,W,M,2024-01-01T11:00:00Z,40\n"
    done = run(tmp_path, text, "transfer_id\nt1\nt2\n", "--method", "haircut")
    assert "a large trace: the 1 largest ends, and the 1 largest sources alone" in done.output
    assert {row["asked_from"] for row in rows(tmp_path, "paths.csv")} == {"", "V"}


# ---- legs ---------------------------------------------------------------------------------------------------------

COINS = "transfer_id,source_account,target_account,occurred_at,amount_usd,token\n"
# The thief's 100 USDT go to M, which swaps 99 of it at X; X pays N 98 in BTC ten minutes later, and a stranger 500.
SWAP = COINS + (
    "t1,T,M,2024-01-01T10:00:00Z,100,USDT\n"
    "t2,B,X,2024-01-01T11:00:00Z,500,USDT\n"
    "t3,M,X,2024-01-01T12:00:00Z,99,USDT\n"
    "t4,X,N,2024-01-01T12:10:00Z,98,BTC\n"
    "t5,X,C,2024-01-01T12:20:00Z,495,BTC\n"
    "t6,N,P,2024-01-01T15:00:00Z,98,BTC\n"
)
LISTED = "account,kind,operator\nX,swap,\n"


@pytest.mark.parametrize("method", ["auto", "haircut", "fifo", "lifo", "taint-first"])
def test_every_method_goes_on_across_a_swap(tmp_path: Path, method: str) -> None:
    done = run(tmp_path, SWAP, "account\nT\n", "--method", method, services=LISTED)
    assert done.exit_code == 0, done.output
    traced = {row["transfer_id"]: row for row in rows(tmp_path, "transfers.csv")}
    assert {one: row["traced_usd"] for one, row in traced.items()} == {"t1": "100", "t3": "99", "t4": "98", "t6": "98"}
    (leg,) = rows(tmp_path, "legs.csv")
    told = ("in_transfer_id", "out_transfer_id", "in_asset", "out_asset", "joined", "sign")
    assert [leg[name] for name in told] == ["t3", "t4", "USDT", "BTC", "true", "fit"]
    assert float(traced["t6"]["leg_confidence"]) == pytest.approx(float(leg["confidence"]), abs=0.001)
    assert traced["t3"]["leg_confidence"] == "1"
    accounts = {row["account"]: row for row in rows(tmp_path, "accounts.csv")}
    assert set(accounts) == {"M", "N", "P", "X"}
    assert (accounts["X"]["received_usd"], accounts["X"]["stop_reason"]) == ("99", "cash_out")
    assert "98.00 went on by legs in another asset" in accounts["X"]["reason"]
    way = [row for row in rows(tmp_path, "paths.csv") if row["end_account"] == "P"]
    assert [row["transfer_id"] for row in way][:4] == ["t1", "t3", "t4", "t6"]


def test_poison_reaches_across_a_swap_and_no_stranger(tmp_path: Path) -> None:
    assert run(tmp_path, SWAP, "account\nT\n", "--method", "poison", services=LISTED).exit_code == 0
    assert {row["account"] for row in rows(tmp_path, "accounts.csv")} == {"M", "X", "N", "P"}


def test_backward_the_money_of_a_swap_came_from_who_swapped(tmp_path: Path) -> None:
    done = run(tmp_path, SWAP, "account\nP\n", "--backward", "--method", "haircut", services=LISTED)
    assert done.exit_code == 0, done.output
    assert {row["account"] for row in rows(tmp_path, "accounts.csv")} == {"N", "X", "M", "T"}
    assert [row["joined"] for row in rows(tmp_path, "legs.csv")] == ["true"]


def test_without_assets_or_a_kind_the_trace_ends_at_the_service(tmp_path: Path) -> None:
    plain = "\n".join(line.rpartition(",")[0] for line in SWAP.splitlines()) + "\n"
    for transfers, services in ((plain, LISTED), (SWAP, "account\nX\n"), (SWAP, "account,kind\nX,mixer\n")):
        put(tmp_path, "old.csv", "")
        assert run(tmp_path, transfers, "account\nT\n", services=services).exit_code == 0
        assert {row["account"] for row in rows(tmp_path, "accounts.csv")} == {"M", "X"}
        assert not (tmp_path / "out" / "legs.csv").exists()


def test_a_rival_that_fits_as_well_leaves_the_trace_at_the_service(tmp_path: Path) -> None:
    rival = SWAP + "t7,D,X,2024-01-01T12:00:00Z,99,USDT\nt8,X,E,2024-01-01T12:10:00Z,98,BTC\n"
    assert run(tmp_path, rival, "account\nT\n", services=LISTED).exit_code == 0
    (leg,) = rows(tmp_path, "legs.csv")
    assert (leg["joined"], leg["rivals"]) == ("false", "2")
    assert {row["account"] for row in rows(tmp_path, "accounts.csv")} == {"M", "X"}


def test_an_operator_pays_out_of_another_account_where_the_list_says_so(tmp_path: Path) -> None:
    lines = SWAP.replace("t4,X,", "t4,Y,")
    for operator, goes_on in (("Long Bridge", True), ("", False)):
        services = f"account,kind,operator\nX,bridge,{operator}\nY,bridge,{operator}\n"
        assert run(tmp_path, lines, "account\nT\n", services=services).exit_code == 0
        assert ("P" in {row["account"] for row in rows(tmp_path, "accounts.csv")}) == goes_on


def test_one_transaction_of_an_explorer_joins_though_rivals_fit(tmp_path: Path) -> None:
    chain = COINS.replace("transfer_id", "txhash") + (
        "a1,T,M,2024-01-01T10:00:00Z,100,USDT\n"
        "b2,M,X,2024-01-01T12:00:00Z,99,USDT\n"
        "b2,X,M,2024-01-01T12:00:00Z,98,BTC\n"
        "c3,D,X,2024-01-01T12:00:00Z,99,USDT\n"
        "d4,X,E,2024-01-01T12:01:00Z,98,BTC\n"
        "e5,M,P,2024-01-01T13:00:00Z,98,BTC\n"
    )
    assert run(tmp_path, chain, "account\nT\n", services=LISTED).exit_code == 0
    legs = [(row["sign"], row["confidence"], row["joined"]) for row in rows(tmp_path, "legs.csv")]
    assert legs == [("transaction", "1.000", "true")]
    assert {row["account"] for row in rows(tmp_path, "accounts.csv")} == {"M", "X", "P"}


def test_an_asset_that_changes_unseen_is_told(tmp_path: Path) -> None:
    lines = COINS + "t1,T,M,2024-01-01T10:00:00Z,100,USDT\nt2,M,N,2024-01-01T12:00:00Z,90,ETH\n"
    assert run(tmp_path, lines, "account\nT\n").exit_code == 0
    accounts = {row["account"]: row["reason"] for row in rows(tmp_path, "accounts.csv")}
    assert accounts["M"].endswith("90.00 may have changed from USDT to ETH without a payment that is seen")
    assert "changed" not in accounts["N"]


@pytest.mark.parametrize("more", [(), ("--backward",)])
def test_payments_that_the_money_cannot_reach_change_nothing(tmp_path: Path, more: tuple[str, ...]) -> None:
    apart = "u1,D,E,2024-01-01T10:30:00Z,700\nu2,E,F,2024-01-01T12:00:00Z,650\nu3,A,D,2024-01-01T12:30:00Z,80\n"
    told = []
    for name, text in (("alone", CASE), ("among", CASE + apart)):
        folder = tmp_path / name
        folder.mkdir()
        done = run(folder, text, "transfer_id\nt3\n" if more else "transfer_id\nt1\n", *more)
        assert done.exit_code == 0, done.output
        files = ("accounts.csv", "transfers.csv", "shares.csv", "victims.csv", "paths.csv")
        told.append([(folder / "out" / file).read_text(encoding="utf-8") for file in files])
        assert rows(folder, "transfers.csv")
    assert told[0] == told[1]


# ---- what a reader found ------------------------------------------------------------------------------------------


def test_a_told_service_that_victims_paid_from_passes_nothing_on(tmp_path: Path) -> None:
    # Ada buys at the exchange EX and pays M1 from there; the money comes back to EX, which then pays a stranger.
    text = HEAD + (
        "p1,EX,M1,2024-01-01T10:00:00Z,100\np2,M1,M2,2024-01-01T11:00:00Z,100\np3,M2,EX,2024-01-01T12:00:00Z,100\n"
        "p4,EX,Z,2024-01-01T13:00:00Z,100\n"
    )
    for method in ("auto", "fifo", "haircut"):
        done = run(tmp_path, text, "transfer_id\np1\n", "--method", method, services="account,kind\nEX,exchange\n")
        assert done.exit_code == 0, done.output
        accounts = {row["account"]: row for row in rows(tmp_path, "accounts.csv")}
        assert set(accounts) == {"M1", "M2", "EX"}
        assert (accounts["EX"]["kept_usd"], accounts["EX"]["stop_reason"]) == ("100", "cash_out")


def test_who_mixes_a_whole_loss_into_ten_times_as_much_is_followed(tmp_path: Path) -> None:
    text = HEAD + (
        "p1,T,M,2024-01-01T10:00:00Z,100\np2,C,M,2024-01-01T11:00:00Z,1000\np3,M,X,2024-01-01T12:00:00Z,1100\n"
    )
    assert run(tmp_path, text, "account\nT\n", services="account\nX\n").exit_code == 0
    assert {row["account"]: row["kept_usd"] for row in rows(tmp_path, "accounts.csv")}["X"] == "100"


def test_a_large_sum_that_lies_there_has_a_reason_whatever_went_on(tmp_path: Path) -> None:
    text = HEAD + (
        "p1,T,M,2024-01-01T10:00:00Z,1000000\np2,M,N,2024-01-01T11:00:00Z,710000\np3,B,C,2024-03-01T11:00:00Z,5\n"
    )
    assert run(tmp_path, text, "account\nT\n").exit_code == 0
    assert {row["account"]: row["stop_reason"] for row in rows(tmp_path, "accounts.csv")} == {
        "M": "parked",
        "N": "parked",
    }


@pytest.mark.parametrize("option", ["--max-days", "--max-hold", "--least"])
@pytest.mark.parametrize("number", ["nan", "inf"])
def test_a_limit_that_is_no_number_is_refused(tmp_path: Path, option: str, number: str) -> None:
    done = run(tmp_path, CASE, "account\nT\n", option, number)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_a_name_that_would_run_in_a_spreadsheet_is_text(tmp_path: Path) -> None:
    text = HEAD + "p1,T,=1+1,2024-01-01T10:00:00Z,100\n"
    assert run(tmp_path, text, "account\nT\n").exit_code == 0
    assert [row["account"] for row in rows(tmp_path, "accounts.csv")] == ["'=1+1"]


def test_a_list_of_services_that_names_nobody_is_told(tmp_path: Path) -> None:
    done = run(tmp_path, CASE, "account\nT\n", services="account\nnobody\n")
    assert "none of its services is among the transfers" in done.output
