"""Torn, doubled and spoilt copies of every sample: a reader answers with records and reasons, not with a traceback."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.evidence import archives
from upriver.evidence.folder import UnreadableError, hashed
from upriver.evidence.formats import sniff
from upriver.evidence.params import EvidenceParams
from upriver.evidence.records import Source
from upriver.evidence.stage import _READERS

from .sources import NOTHING, rows

SAMPLES = {path.name: path.read_bytes() for path in sorted((Path(__file__).parent / "samples").iterdir())}
SMALL = EvidenceParams(max_cell_bytes=20_000)
Change = tuple[str, float, float, bytes]
CHANGES = st.tuples(
    st.sampled_from(["cut", "drop", "double", "put", "swap"]),
    st.floats(0, 1, exclude_max=True),
    st.floats(0, 1, exclude_max=True),
    st.one_of(
        st.binary(max_size=6),
        st.sampled_from(
            [b"<", b">", b"&", b'"', b"]]>", b"<!DOCTYPE x>", b"&#0;", b"\xff\xfe", b"\x00", b"{", b"}", b"[", b",",
             b"\\", b"null", b"\xed\xa0\x80", b"1e999", b"<a>" * 70, b"|", b";", b"\r\n", "。".encode(), b"9" * 400]
        ),
    ),
)  # fmt: skip


def changed(data: bytes, changes: list[Change]) -> bytes:
    for kind, one, two, what in changes:
        start, end = sorted((int(one * len(data)), int(two * len(data))))
        if kind == "cut":
            data = data[: max(end, 1)]
        elif kind == "drop":
            data = data[:start] + data[min(end, start + 200) :]
        elif kind == "double":
            data = data[:end] + data[start:end][:2000] + data[end:]
        elif kind == "put":
            data = data[:start] + what + data[start:]
        else:
            data = data[:start] + what + data[start + len(what) :]
    return data or b" "


def answer(folder: Path, name: str, data: bytes) -> list[dict[str, Any]] | str:
    """Records of `data`, or the reason why the file is not read."""
    path = folder / name
    path.write_bytes(data)
    seen = hashed(path)
    try:
        format_, encoding = sniff(path, name, seen, None)
        if format_ == "archive":
            kind = archives.kind_of(path, seen.head)
            assert kind is not None
            return [{"at": one.name, "form": "member"} for one in archives.members(path, name, kind, SMALL)]
        file = Source(path, name, seen.sha256[:20], seen.n_bytes, encoding, NOTHING)
        return rows(import_module(f"upriver.evidence.readers.{_READERS[format_]}").read(file, SMALL))
    except UnreadableError as error:
        return f"{error.reason}; {error.advice}"


@pytest.mark.parametrize("name", sorted(SAMPLES))
@settings(max_examples=40)
@given(changes=st.lists(CHANGES, min_size=1, max_size=4))
def test_a_spoilt_file_gives_records_with_places_of_their_own_or_a_reason(name: str, changes: list[Change]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = answer(Path(folder), name, changed(SAMPLES[name], changes))
    if isinstance(found, str):
        assert found
        return
    places = [row["at"] for row in found]
    assert len(set(places)) == len(places)
    assert all(row.get("reason") for row in found if row["form"] == "broken")


def _width(data: bytes, line: int) -> int:
    """How many cells a line of a table has; quoted ones hold no line breaks in these samples."""
    text = data.splitlines()[line].decode("utf-8", "replace")
    return max(len(next(csv.reader([text], delimiter=sign))) for sign in ",;")


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - {"targets.simple.csv", "statements.csv"}))
@settings(max_examples=25)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_anywhere_keeps_what_stood_above_and_says_that_it_is_cut(name: str, share: float) -> None:
    data = SAMPLES[name]
    cut = data[: max(1, int(share * len(data)))]
    with tempfile.TemporaryDirectory() as folder:
        whole, found = answer(Path(folder), name, data), answer(Path(folder), name, cut)
    assert not isinstance(whole, str)
    if isinstance(found, str) or cut.endswith(b"\n") or data[len(cut) :].startswith((b"\n", b"\r\n")):
        return  # refused with a reason; or cut between two lines, as a shorter file of the same kind would end
    if name.endswith(".csv") and cut.count(b"\n") < 3:
        return  # cut in or above the header: a table without rows, as its count of records says
    if name.endswith(".csv") and _width(cut, -1) == max(_width(data, line) for line in range(2)):
        return  # cut in the last cell of a row, which may end so as well
    told = {row["at"] for row in found}
    assert any(row["form"] in ("broken", "unknown", "text", "note") for row in found) or told >= {
        row["at"] for row in whole if row["form"] != "broken"
    }


@settings(max_examples=40)
@given(changes=st.lists(CHANGES, min_size=1, max_size=4))
def test_a_spoilt_archive_gives_members_or_a_reason(changes: list[Change]) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in SAMPLES.items():
            archive.writestr(f"lists/{name}", content)
    with tempfile.TemporaryDirectory() as folder:
        found = answer(Path(folder), "a.zip", changed(data.getvalue(), changes))
    assert found or found == []
