"""Rows cut by whole blocks are the rows that the plain rule cuts."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.evidence.readers.tokens import Blocks, Good, row

LIMIT = 40


def by_rule(data: bytes, width: int, limit: int = LIMIT) -> list[tuple[int, tuple[str, ...] | str]]:
    """(line, cells or reason) of every row: the slow, obvious answer."""
    found: list[tuple[int, tuple[str, ...] | str]] = []
    position, line = 0, 1
    while position < len(data):
        one = row(data, position, b",", width, limit)
        if one.cells:
            try:
                found.append((line, tuple(cell.decode() for cell in one.cells)))
            except UnicodeDecodeError:
                found.append((line, "it holds bytes that are no characters in the file's encoding"))
        elif one.reason:
            found.append((line, one.reason))
        line += data.count(b"\n", position, one.end)
        position = one.end
    return found


def by_blocks(data: bytes, width: int, block: int = 64, limit: int = LIMIT) -> list[tuple[int, tuple[str, ...] | str]]:
    found: list[tuple[int, tuple[str, ...] | str]] = []
    for part in Blocks(BytesIO(data), b",", width, 1, limit, block):
        if isinstance(part, Good):
            for number, line in enumerate(part.lines.tolist()):
                cells = [part.block.cells[int(part.block.at(place)[number])].as_py() for place in range(width)]
                found.append((line, tuple(cells)))
        else:
            found.append((part.line, part.reason))
    return sorted(found)


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"a,b\nc,d\n", [(1, ("a", "b")), (2, ("c", "d"))]),
        (b"a,b\r\nc,d\r\n", [(1, ("a", "b")), (2, ("c", "d"))]),
        (b"a,b", [(1, ("a", "b"))]),
        (b"\n\na,b\n\n", [(3, ("a", "b"))]),
        (b'"a\nx",b\nc,d\n', [(1, ("a\nx", "b")), (3, ("c", "d"))]),
        (b'"a ""q"" z","b"\n', [(1, ('a "q" z', "b"))]),
        (b'5" pipe,b\nc,d\n', [(1, ('5" pipe', "b")), (2, ("c", "d"))]),
        (b'"",b\n', [(1, ("", "b"))]),
        (b"a,b,,\n", [(1, ("a", "b"))]),
        (b"a\nc,d\n", [(1, "it has 1 cells where the header has 2"), (2, ("c", "d"))]),
        (b"a,b\nc", [(1, ("a", "b")), (2, "it has 1 cells where the header has 2, and the file ends in it")]),
        (
            b'a,"torn\nc,d\ne,f\n',
            [(1, "a quotation mark is opened and never closed"), (2, ("c", "d")), (3, ("e", "f"))],
        ),
        (b'a,"torn\nc,"d"\n', [(1, "text stands behind a closing quotation mark"), (2, ("c", "d"))]),
        (b'"x"y,b\nc,d\n', [(1, "text stands behind a closing quotation mark"), (2, ("c", "d"))]),
        (b"a," + b"x" * 41 + b"\nc,d\n", [(1, "a cell is longer than 40 bytes"), (2, ("c", "d"))]),
        (b"a,\xff\nc,d\n", [(1, "it holds bytes that are no characters in the file's encoding"), (2, ("c", "d"))]),
    ],
)
def test_row_is_cut_or_named_broken(data: bytes, rows: list[tuple[int, tuple[str, ...] | str]]) -> None:
    assert by_rule(data, 2) == rows
    assert by_blocks(data, 2, block=1 << 16) == rows


pieces = st.lists(
    st.sampled_from(
        ["a", "b", ",", ",", "\n", "\n", '"', '""', "\r\n", "é", '"x"', '"x,y"', '"x\ny"', "a,b\n", "c,d\n"]
    ),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(pieces, st.integers(1, 3), st.integers(1, 200))
def test_blocks_of_any_size_cut_as_the_rule_does(parts: list[str], width: int, block: int) -> None:
    data = "".join(parts).encode()
    assert by_blocks(data, width, block, limit=10_000) == by_rule(data, width, limit=10_000)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80).map(lambda data: data.replace(b"\r", b"\n").replace(b"\0", b",")))
def test_no_bytes_crash_it_and_no_line_is_told_twice(data: bytes) -> None:
    found = by_blocks(data, 2, block=7)
    assert len({line for line, _ in found}) == len(found)


def test_a_row_longer_than_all_that_may_be_read_is_broken_and_the_next_is_read() -> None:
    data = b"a,b\n" + b"x," * 5000 + b"\nc,d\n"
    found = by_blocks(data, 2, block=64, limit=100)
    assert found[0] == (1, ("a", "b"))
    assert found[1][0] == 2
    assert "longer than" in str(found[1][1])
    assert found[2:] == [(3, ("c", "d"))]


def test_many_torn_quotation_marks_cost_only_their_own_lines() -> None:
    lines = [f'{number},"torn' if number % 7 == 0 else f"{number},x" for number in range(500)]
    found = by_blocks("\n".join(lines).encode() + b"\n", 2, block=1 << 12, limit=1 << 12)
    good = [line for line, cells in found if isinstance(cells, tuple)]
    assert good == [number + 1 for number in range(500) if number % 7]
    assert len(found) == 500
