"""Rows of plain files as a user holds them: dirt in one costs that row, and the others are read."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.errors import EvidenceError
from upriver.plain.lists import ACCOUNT, listed
from upriver.plain.opened import opened
from upriver.plain.rows import rows
from upriver.plain.ties import read_nodes, read_ties
from upriver.plain.transferfile import read

HEADER = b"transfer_id,source_account,target_account,occurred_at,amount_usd\n"
GOOD = b"t1,A,B,2026-01-01,5\n", b"t2,A,C,2026-01-02,6\n"
BAD_BYTES = "it holds bytes that are no characters in the file's encoding"

Cut = tuple[list[tuple[int, list[str]]], list[tuple[int, str, str]]]


def cut(data: bytes, delimiter: str = ",") -> Cut:
    refused: list[tuple[int, str, str]] = []
    good = list(rows(io.BytesIO(data), delimiter, lambda *told: refused.append(told)))
    return good, refused


def read_whole(path: Path, data: bytes) -> Cut:
    path.write_bytes(data)
    refused: list[tuple[int, str, str]] = []
    with opened(path, "a table") as file:
        good = list(file.rows(lambda *told: refused.append(told)))
    return good, refused


@pytest.mark.parametrize("pack", [False, True])
def test_bad_bytes_cost_their_row_and_are_shown_as_bytes(tmp_path: Path, pack: bool) -> None:
    data = HEADER + GOOD[0] + b"t3,A\xff\xfeX,B,2026-01-03,7\n" + GOOD[1]
    path = tmp_path / "transfers.csv"
    path.write_bytes(gzip.compress(data) if pack else data)
    told = read(path)
    assert len(told.transfers.time) == 2
    assert told.refused.to_pylist() == [
        {"line": 3, "reason": f"not a row of this table: {BAD_BYTES}", "raw": "t3,A\\xff\\xfeX,B,2026-01-03,7"}
    ]


def test_bytes_that_another_encoding_does_not_know_are_shown_as_they_were(tmp_path: Path) -> None:
    data = "编号,姓名\n1,张伟\n2,李".encode("gb18030") + b"\xff\n" + "3,王芳\n".encode("gb18030")
    good, refused = read_whole(tmp_path / "a.csv", data)
    assert [cells for _, cells in good] == [["1", "张伟"], ["3", "王芳"]]
    assert refused == [(3, BAD_BYTES, "2,李\\xff")]


def test_a_foreign_character_far_behind_the_beginning_tells_the_encoding(tmp_path: Path) -> None:
    data = "id,name\n" + "".join(f"{n},plain name of somebody\n" for n in range(12_000)) + "x,张伟明李芳，中国北京市\n"
    good, refused = read_whole(tmp_path / "a.csv", data.encode("gb18030"))
    assert good[-1] == (12_002, ["x", "张伟明李芳，中国北京市"])
    assert not refused


def test_a_huge_cell_is_no_matter_and_one_beyond_the_limit_costs_its_row(tmp_path: Path) -> None:
    good, refused = read_whole(
        tmp_path / "a.csv", b"id,name\n1," + b"x" * 200_000 + b'\n2,"' + b"y" * 9_000_000 + b'"\n3,c'
    )
    assert [(line, cells[0], len(cells[1])) for line, cells in good] == [(2, "1", 200_000), (4, "3", 1)]
    assert [(line, reason) for line, reason, _ in refused] == [(3, "the line is longer than 8388608 bytes")]


def test_a_huge_row_of_transfers_costs_itself(tmp_path: Path) -> None:
    path = tmp_path / "transfers.csv"
    path.write_bytes(HEADER + GOOD[0] + b"t3,A," + b"B" * 3_000_000 + b",2026-01-03,7\n" + GOOD[1])
    told = read(path)
    assert len(told.transfers.time) == 2
    assert told.refused["line"].to_pylist() == [3]


def test_a_mark_that_never_closes_costs_its_line(tmp_path: Path) -> None:
    path = tmp_path / "transfers.csv"
    path.write_bytes(HEADER + GOOD[0] + b't3,"A,B,2026-01-03,7\n' + GOOD[1] + b"t4,A\xff,B,2026-01-03,7\n")
    told = read(path)
    assert told.transfers.ids.to_pylist() == ["t1", "t2"]
    assert [(row["line"], row["raw"]) for row in told.refused.to_pylist()] == [
        (3, 't3,"A,B,2026-01-03,7'), (5, "t4,A\\xff,B,2026-01-03,7")
    ]  # fmt: skip


def test_rows_behind_torn_ones_keep_their_line(tmp_path: Path) -> None:
    path = tmp_path / "transfers.csv"
    rest = HEADER.partition(b",")[2]
    path.write_bytes(
        rest + b'"A,B,2026-01-01,5\n\nA,B,2026-01-02,5\nA,B\n"A ""x""",B,2026-01-03,5\nA,"B,2026-01-01,5\n'
    )
    told = read(path)
    assert told.transfers.ids.to_pylist() == ["row 4", "row 6"]
    assert told.refused["line"].to_pylist() == [2, 5, 7]


@pytest.mark.parametrize("data", [b"id,name\r1,a\r2,b\r", b"id;name\n1;a\n2;b", b"sep=;\nid;name\n1;a\n2;b\n"])
def test_line_ends_and_told_delimiters_are_known(tmp_path: Path, data: bytes) -> None:
    for content in (data, gzip.compress(data)):
        good, refused = read_whole(tmp_path / "a.csv", content)
        assert [cells for _, cells in good] == [["1", "a"], ["2", "b"]]
        assert not refused


def test_a_few_zero_bytes_are_dirt_and_many_no_text(tmp_path: Path) -> None:
    assert read_whole(tmp_path / "a.csv", b"id,name\n1,a\0b\n2,b\n")[0] == [(2, ["1", "a\0b"]), (3, ["2", "b"])]
    with pytest.raises(EvidenceError, match="not a text"):
        read_whole(tmp_path / "b.csv", b"id,name\n" + b"1\0\0\0\0,\0" * 9)


def test_a_packed_file_that_ends_too_early_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="damaged gzip"):
        read_whole(tmp_path / "a.csv", gzip.compress(b"id,name\n" + bytes(range(65, 90)) * 9)[:-9])


def test_what_is_lost_of_a_list_is_told_and_of_those_to_spare_nothing_may_be(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"account\nA\nB\xff\nC\n")
    found = listed(path, ACCOUNT, "account")
    assert found.values == ["A", "C"]
    assert found.refused == [(3, f"list.csv: {BAD_BYTES}", "B\\xff")]
    path.write_bytes(b"node\nA\nB\xff\nC\n")
    with pytest.raises(EvidenceError, match="line 3"):
        read_nodes(path)
    path.write_bytes(b"source,target\nA,B\nA,C\xff\n")
    assert read_ties(path).refused == [(3, BAD_BYTES, "A,C\\xff")]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), max_size=6),
                      min_size=2, max_size=4), max_size=8),
    st.sampled_from(",;\t|"),
)  # fmt: skip
def test_what_a_program_writes_is_read_back(table: list[list[str]], delimiter: str) -> None:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(table)
    good, refused = cut(stream.getvalue().encode(), delimiter)
    assert [cells for _, cells in good] == table
    assert not refused


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([b"a", b'"', b",", b"\n", b"\r", b'""', b"\xff", b"\0", "é".encode()]), max_size=30))
def test_every_line_of_any_bytes_is_in_a_row_or_refused(parts: list[bytes]) -> None:
    data = b"".join(parts)
    good, refused = cut(data)
    lines = [line for line, *_ in [*good, *refused]]
    assert len(lines) == len(set(lines))
    # Behind everything that is torn, a plain row is a row.
    assert ["last", "row"] in [cells for _, cells in cut(data + b"\nlast,row\n")[0]]


def test_marks_that_nobody_sees_make_no_other_account(tmp_path: Path) -> None:
    path = tmp_path / "transfers.csv"
    rest = HEADER.partition(b",")[2]
    rows_ = "A,B,2026-01-01,5\n\ufeffA,B,2026-01-02,5\nA\0,B\u200e,2026-01-03,5\n"
    path.write_bytes(rest + rows_.encode())
    assert read(path).transfers.accounts.to_pylist() == ["A", "B"]
    assert cut("\ufeffid,name\n\ufeff1,a\n".encode())[0] == [(1, ["id", "name"]), (2, ["1", "a"])]
