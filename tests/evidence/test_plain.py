"""Plain stretches cut by a kernel give the records that the other way gives, to the last byte."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.case.settings import FileSettings
from upriver.case.store import Case
from upriver.engine.packed import is_packed, unpacked
from upriver.evidence import guesses
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers import delimited, plain
from upriver.evidence.readers.tokens import Blocks, Good
from upriver.evidence.stage import STAGE

from .sources import NOTHING, source
from .test_tokens import by_rule

HEADER = "Txn Ref,From Account,To Account,Date,Amount,Comment\n"


@pytest.fixture(autouse=True)
def _short_stretches_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "LEAST_ROWS", 1)


def told(path: Path, data: bytes, by_kernel: bool, settings: FileSettings = NOTHING) -> tuple[list[Any], str, bool]:
    file = source(path, data, settings)
    params = EvidenceParams(block_bytes=256, max_cell_bytes=64, plain_bytes=1 if by_kernel else 1 << 40)
    tables = [unpacked(table) if is_packed(table) else table for table in delimited.read(file, params)]
    found = [record for table in tables for record in table.to_pylist()]
    return sorted(found, key=lambda record: record["record_id"]), guesses.shown(file), file.placed


def same(folder: Path, data: bytes, settings: FileSettings = NOTHING) -> list[Any]:
    kernel, other = (told(folder / "a.csv", data, by_kernel, settings) for by_kernel in (True, False))
    assert kernel == other
    assert kernel[2]
    assert len({record["locator"] for record in kernel[0]}) == len(kernel[0])
    return kernel[0]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize(
    "row",
    [
        b"r1,111,222,2024-05-01 10:00,5.00,rent",
        b'"r1","1,1","222",2024,"5",""',
        b'r1,1,2,2024,5,"x"y',
        b'r1,1,2,2024,5,"x"\r',
        b'r1,1,2,2024,5,"a""b"',
        b'r1,1,2,2024,5,x,""',
        b'""',
        b'r1,1,2,2024,5,"' + b"x" * 63 + b'"',
 b"r1,111,222,31/05/2024 10:00Z,5.00,", b",,,,,", b"", b"\r", b"a,b",
        "r1,111,222,2024-05-01,5.00,房租".encode(), b"r1,111,222,2024-05-01,5.00,\xff", b"r1,111,222,2024,5,x,,",
        b"r1,111,222,2024,5,x,y", b'r1,"1,1",222,2024,5,x', b'r1,111,222,2024,5,5" pipe', b'r1,111,222,2024,5,"torn',
        b"r1,111,222,2024,5," + b"x" * 65, b"r1,111,222,2024,5,a\rb", b"r1,111,222,2024,5,\x00", b'r1,1,2,2024,5,q\\"',
    ],
)  # fmt: skip
def test_a_row_among_plain_ones_is_told_alike(tmp_path: Path, row: bytes, end: bytes) -> None:
    ordinary = b"r0,333,444,2024-05-01T10:00:00Z,7.25,x"
    same(tmp_path, HEADER.encode() + end.join([ordinary] * 9 + [row] + [ordinary] * 9))


pieces = st.lists(
    st.sampled_from(
        ["a,b,c,2024-05-01,5,d\n"] * 6
        + ["1,2,3,05/06/2024 10:00,5,\n", "\n", ",", "a", '"', '""', "\r\n", "é", '"x,y"', '"x\ny"', "\xa0\n"]
    ),
    max_size=80,
)


@given(pieces)
def test_any_file_is_told_alike(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    same(tmp_path_factory.mktemp("any"), (HEADER + "".join(parts)).encode())


# Many other controls make a file binary, which no reader gets to see; the mark between packed fields is among these.
cells = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\t\r\n\x1e\x1f"), max_size=9)


@given(st.lists(st.lists(cells, min_size=6, max_size=6), min_size=1, max_size=40))
def test_what_a_csv_writer_writes_is_told_alike(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    same(tmp_path_factory.mktemp("any"), (HEADER + out.getvalue()).encode("utf-8", "replace"))


@given(st.lists(st.sampled_from(["a", "bb", ",", "\n", "\n", '"', "\r\n", "é", "a,b\n", "c,d\n"]), max_size=60))
def test_stretches_and_blocks_together_are_what_the_plain_rule_cuts(parts: list[str]) -> None:
    data = "".join(parts).encode()
    found: list[tuple[int, tuple[str, ...] | str]] = []
    for part in Blocks(BytesIO(data), b",", 2, 1, 40, 64, plain=True):
        if isinstance(part, plain.Stretch):
            texts = part.texts([0, 1]).fill_null("").to_pylist()
            pairs = zip(part.lines.tolist(), texts[0::2], texts[1::2], strict=True)
            found += [(line, (first, second)) for line, first, second in pairs]
        elif isinstance(part, Good):
            for number, line in enumerate(part.lines.tolist()):
                cells = [part.block.cells[int(part.block.at(place)[number])].as_py() for place in range(2)]
                found.append((line, tuple(cells)))
        else:
            found.append((part.line, part.reason))
    assert sorted(found) == by_rule(data, 2)


def test_a_stretch_ends_before_a_cell_of_two_lines_and_a_row_that_is_not_whole() -> None:
    def end_of(text: bytes) -> int:
        stretch = plain.cut(np.frombuffer(text, np.uint8), ord(","), 2, 40, 1)
        return 0 if stretch is None else stretch.end

    assert end_of(b'a,b\nc,d\n"e,e",f\n') == 16
    assert end_of(b'a,b\nc,d\n"e""e",f\n') == 17
    assert end_of(b'a,b\nc,d\n"e\n",f\n') == 8
    assert end_of(b"a,b\nc,d\ne,") == 8
    assert end_of(b'"a\n","b"\n') == 0


def test_odd_rows_are_named_with_their_place_and_line() -> None:
    text = b'a,b\n\n"c""",d\ne\nf,g\n"h"h,i\n'
    stretch = plain.cut(np.frombuffer(text, np.uint8), ord(","), 2, 40, 1)
    assert stretch is not None
    assert stretch.lines.tolist() == [1, 5]
    assert stretch.odd == [(5, 3), (13, 4), (19, 6)]


@given(st.lists(st.integers(1, 10**12), max_size=30), st.text(st.characters(codec="ascii"), max_size=8))
def test_lines_are_written_as_python_writes_them(lines: list[int], prefix: str) -> None:
    assert plain.texts_of(np.array(lines, np.int64), prefix).to_pylist() == [f"{prefix}{line}" for line in lines]


def test_columns_without_a_field_and_a_told_form_go_the_same_way(tmp_path: Path) -> None:
    settings = FileSettings(form="rate", columns={"asset": "From Account", "usd": "Amount"})
    (record,) = same(tmp_path, (HEADER + "r1,111,222,2024-05-01,5.00,say \t\n").encode(), settings)
    assert record["fields"] == ["111", "2024-05-01", "5.00"]
    assert record["extra"] == '{"Txn Ref": "r1", "To Account": "222", "Comment": "say \\t"}'


def test_a_case_is_the_same_whichever_way_its_file_was_cut(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    rows = [
        "r1,111,222,2024-05-01T10:00:00Z,5.00,rent", "r2,111,,2024-05-01T10:00:00Z,5.00,", "torn,111",
        'r3,"1,1",222,2024-05-01T10:00:00Z,5.00,"a ""b"""',
    ]  # fmt: skip
    (folder / "plain.csv").write_text(HEADER + "\n".join(rows) + "\n")
    (folder / "marked.csv").write_text(HEADER + "r4,111,222,2024-05-01T10:00:00Z,6.00,a\x1fb\n")
    seen = []
    for plain_bytes in (1, 1 << 40):
        with Case.create(tmp_path / f"{plain_bytes}.upriver", folder) as case:
            case.run(STAGE, EvidenceParams(plain_bytes=plain_bytes))
            noted = case.manifest.stages["evidence"]["tables"]["record"]
            assert case.digests()["record"] == (noted["rows"], noted["digest"])
            seen.append((noted, case.read("record").to_pylist()))
    assert seen[0] == seen[1]
    assert len(seen[0][1]) == 5
