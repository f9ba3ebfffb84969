"""shares.csv and victims.csv of `upriver trace`, on files small enough to draw."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from upriver.cli import main

HEAD = "transfer_id,source_account,target_account,occurred_at,amount_usd\n"
# Ann pays the mule M 30, Bo 90. M pays 5 back to Ann, then 60 to the exchange X, where the family F pays ransom too.
CASE = HEAD + (
    "t1,A,M,2024-01-01T10:00:00Z,30\n"
    "t2,B,M,2024-01-01T11:00:00Z,90\n"
    "t3,M,A,2024-01-01T12:00:00Z,5\n"
    "t4,M,X,2024-01-01T13:00:00Z,60\n"
    "t5,F,X,2024-01-01T14:00:00Z,40\n"
)
SOURCES = "transfer_id,victim,kind\nt1,Ann,\nt2,Bo,\nt5,Fay,ransom\n"
STOPS = "account,kind\nX,exchange\n"


def run(folder: Path, transfers: str, sources: str, *more: str, services: str | None = STOPS) -> Result:
    for name, text in (("t.csv", transfers), ("s.csv", sources), ("stop.csv", services or "")):
        (folder / name).write_text(text, encoding="utf-8")
    call = ["trace", str(folder / "t.csv"), "--from", str(folder / "s.csv"), "--out", str(folder / "out")]
    done = CliRunner().invoke(main, [*call, *(["--stop-at", str(folder / "stop.csv")] if services else []), *more])
    assert done.exit_code == 0, done.output
    return done


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "out" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def stands(folder: Path) -> dict[tuple[str, str], float]:
    return {
        (row["account"], row.get("victim") or row["asked"]): float(row["usd"])
        for row in rows(folder, "shares.csv")
        if row["stop_reason"] != "returned"
    }


@pytest.mark.parametrize("method", ["auto", "haircut", "fifo", "lifo", "taint-first"])
def test_each_victims_money_stands_where_it_went_in_proportion(tmp_path: Path, method: str) -> None:
    run(tmp_path, CASE, SOURCES, "--method", method)
    assert stands(tmp_path) == pytest.approx(
        {("X", "Bo"): 45, ("X", "Fay"): 40, ("X", "Ann"): 15, ("M", "Bo"): 41.25, ("M", "Ann"): 13.75}
    )


def test_whose_money_is_here_is_read_from_the_top(tmp_path: Path) -> None:
    run(tmp_path, CASE, SOURCES)
    told = [row for row in rows(tmp_path, "shares.csv") if row["stop_reason"] != "returned"]
    assert [(row["account"], row["victim"]) for row in told][:4] == [
        ("X", "Bo"),
        ("X", "Fay"),
        ("X", "Ann"),
        ("M", "Bo"),
    ]
    top = told[0]
    assert (top["stop_reason"], top["share_of_account"], top["share_of_loss"]) == ("cash_out", "0.450000", "0.500000")
    assert float(top["low_usd"]) <= float(top["usd"]) <= float(top["high_usd"])


def test_a_small_return_is_typed_apart_and_not_followed(tmp_path: Path) -> None:
    run(tmp_path, CASE, SOURCES)
    back = {
        row["victim"]: float(row["usd"]) for row in rows(tmp_path, "shares.csv") if row["stop_reason"] == "returned"
    }
    assert back == pytest.approx({"Ann": 1.25, "Bo": 3.75})
    account = {row["account"]: row for row in rows(tmp_path, "accounts.csv")}["A"]
    assert (account["stop_reason"], account["returned_usd"], account["kept_usd"]) == ("returned", "5", "0")


def test_what_each_victim_paid_got_back_and_lost_adds_up(tmp_path: Path) -> None:
    run(tmp_path, CASE, SOURCES)
    told = {row["victim"]: row for row in rows(tmp_path, "victims.csv")}
    assert [(told["Ann"][name]) for name in ("paid_usd", "got_back_usd", "net_usd")] == ["30", "5", "25"]
    assert (told["Bo"]["got_back_usd"], told["Fay"]["kind"], told["Bo"]["kind"]) == ("0", "ransom", "loss")
    for row in told.values():
        parts = ("stands_usd", "returned_usd", "let_go_usd", "others_usd")
        assert sum(float(row[name]) for name in parts) == pytest.approx(float(row["paid_usd"]), rel=1e-9)


def test_a_victim_may_be_named_by_many_payments_and_loss_and_ransom_stay_apart(tmp_path: Path) -> None:
    run(tmp_path, CASE, "id;Victim ID;Type\nt1;Ann;loss\nt5;Ann;Ransom\n".replace("id;", "transfer_id;", 1))
    assert [(row["victim"], row["kind"], row["paid_usd"]) for row in rows(tmp_path, "victims.csv")] == [
        ("Ann", "loss", "30"), ("Ann", "ransom", "40")
    ]  # fmt: skip


def test_without_names_each_source_is_its_own_victim(tmp_path: Path) -> None:
    run(tmp_path, CASE, "transfer_id\nt1\nt2\n")
    assert {row["victim"] for row in rows(tmp_path, "victims.csv")} == {"t1", "t2"}
    run(tmp_path, CASE, "account\nA\nB\n")
    assert {(row["victim"], row["kind"]) for row in rows(tmp_path, "victims.csv")} == {("A", "stolen"), ("B", "stolen")}


def test_an_exchange_that_a_victim_paid_from_is_paid_nothing_back(tmp_path: Path) -> None:
    # The victim's payment leaves the exchange's own wallet X: what thieves bring there later is cashed out.
    text = HEAD + "t1,X,M,2024-01-01,50\nt2,M,N,2024-01-02,50\nt3,N,X,2024-01-03,50\n"
    run(tmp_path, text, "transfer_id,victim\nt1,Ann\n")
    assert {row["account"]: row["returned_usd"] for row in rows(tmp_path, "accounts.csv")}["X"] == "0"
    # Not told, but open to so many that nobody owns it.
    crowd = "".join(f"p{n},c{n},X,2023-01-01,5\nq{n},X,d{n},2023-01-02,4\n" for n in range(12))
    run(tmp_path, text + crowd, "transfer_id,victim\nt1,Ann\n", services=None)
    assert stands(tmp_path) == {("X", "Ann"): 50}


def test_backward_tells_from_which_account_the_money_of_each_payment_came(tmp_path: Path) -> None:
    # X's 60 came through M, which B had paid last; its 40 came from F.
    run(tmp_path, CASE, "transfer_id\nt4\nt5\n", "--backward", services=None)
    assert stands(tmp_path) == {("B", "t4"): 60, ("F", "t5"): 40}
    run(tmp_path, CASE, "account\nX\n", "--backward", services=None)
    assert stands(tmp_path) == {("B", "X"): 60, ("F", "X"): 40}


def test_what_came_from_nowhere_seen_is_a_share_of_its_own(tmp_path: Path) -> None:
    # M was paid 50 and pays 80: by `auto` it carries on.
    run(tmp_path, HEAD + "t1,A,M,2024-01-01,50\nt2,M,N,2024-01-02,80\n", "transfer_id,victim\nt1,Ann\n", services=None)
    assert stands(tmp_path) == {("N", "Ann"): 50, ("N", "(unseen)"): 30}
    assert [row["share_of_loss"] for row in rows(tmp_path, "shares.csv")] == ["1.000000", ""]


def test_poison_has_no_shares_and_an_older_file_of_them_does_not_stay(tmp_path: Path) -> None:
    run(tmp_path, CASE, SOURCES)
    done = run(tmp_path, CASE, SOURCES, "--method", "poison")
    assert "has no shares" in done.output
    assert not (tmp_path / "out" / "shares.csv").exists()


def test_the_order_of_rows_changes_no_share(tmp_path: Path) -> None:
    written = []
    for name, order in (("a", 1), ("b", -1)):
        folder = tmp_path / name
        folder.mkdir()
        run(folder, HEAD + "\n".join(CASE.splitlines()[1:][::order]) + "\n", "\n".join(
            ["transfer_id,victim,kind", *SOURCES.splitlines()[1:][::order]]))  # fmt: skip
        written.append([(folder / "out" / one).read_bytes() for one in ("shares.csv", "victims.csv")])
    assert written[0] == written[1]
