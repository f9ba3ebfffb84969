"""What nobody foresaw: samples cut, flipped, doubled and filled up; no error but a refusal, no row in silence."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.case.settings import FileSettings
from upriver.evidence import stage
from upriver.evidence.folder import UnreadableError, content
from upriver.evidence.formats import sniff
from upriver.evidence.params import EvidenceParams
from upriver.evidence.records import Source

from .sources import rows
from .test_calls import LINES, OTHER, OWN
from .test_camt import MULE, detail, document, entry
from .test_explorers import NATIVE
from .test_mail import MIXED, PLAIN, box
from .test_mt940 import DUTCH, GERMAN

PAID = entry(details=detail(8, ("Cdtr", "Boss", MULE)))
CHAT = (
    "[25/05/2024, 15:04:09] Team: \u200eMessages and calls are end-to-end encrypted.\n"
    "[25/05/2024, 15:05:09] Ann: 你好: here\nsecond line\n"
    "\u200e[25/05/2024, 15:06:09] Bob: \u200eimage omitted\n"
    "[26/05/2024, 15:07:09] +66 81 234 5678: 5,000 บาท\n"
)
CALLS = "\n".join([LINES[0][0], *(f"{OWN},{OTHER},{way},06/05/2025,10:00:00,65" for way in ("IN", "OUT", "SMS_IN"))])
SAMPLES = {
    "chat.txt": CHAT.encode(), "a.eml": PLAIN, "b.eml": MIXED, "a.mbox": box(PLAIN, MIXED, PLAIN),
    "a.xml": document(PAID, PAID, PAID).encode(), "b.xml": document(PAID, PAID, prefix="n").encode(),
    "a.sta": GERMAN.encode(), "b.sta": DUTCH.encode(), "native.csv": NATIVE.encode(), "calls.csv": CALLS.encode(),
}  # fmt: skip
DIRT = (
    b"<", b"&x;", b"]]>", b"<!--", b"<![CDATA[", b"\n", b"\r", b"\0", b"\xff\xfe", b'"', b",", b":61:", b":86:", b"?31",
    b"--AAA\n", b"/IBAN/", b"=?utf-8?b?", b"\nFrom x Tue May  6 03:00:00 2025\n", b"</Ntry>", b"<Stmt>",
    b"\xe2\x80\x8e", b"[1/1/24, 1:00 AM] ",
)  # fmt: skip
Change = tuple[str, float, float, bytes]
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["cut", "flip", "double", "insert", "drop"]), st.floats(0, 1), st.floats(0, 0.2),
        st.sampled_from(DIRT) | st.binary(min_size=1, max_size=4),
    ),
    min_size=1, max_size=4,
)  # fmt: skip


def changed(data: bytes, changes: list[Change]) -> bytes:
    for how, place, length, dirt in changes:
        at = int(place * len(data))
        end = min(len(data), at + 1 + int(length * len(data)))
        if how == "cut":
            data = data[:at]
        elif how == "flip":
            data = data[:at] + dirt[:1] + data[at + 1 :]
        elif how == "double":
            data = data[:end] + data[at:end] + data[end:]
        elif how == "insert":
            data = data[:at] + dirt + data[at:]
        else:
            data = data[:at] + data[end:]
    return data


def read(name: str, data: bytes) -> tuple[str, list[dict[str, Any]]]:
    """Format and records of a file, as the stage reads it; a refusal as the one record that says so."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            seen = content(path)
            format_, encoding = sniff(path, name, seen, None)
            source = Source(path, name, seen.sha256[:20], seen.n_bytes, encoding, FileSettings())
            reader = import_module(f"upriver.evidence.readers.{stage._READERS[format_]}").read
            return format_, rows(reader(source, EvidenceParams()))
        except UnreadableError as error:
            return "refused", [{"at": "", "form": "broken", "reason": error.reason and error.advice}]


def whole_entries(data: bytes) -> int:
    return data.count(PAID.strip().encode())


def chat_lines(data: bytes) -> int:
    return len(re.findall(rb"(?m)^\[2[56]/05/2024, 15:0[4567]:09\] [ABT+]", data))


def statement_lines(data: bytes) -> int:
    return len(re.findall(rb"(?m)^:61:\d{10}", data))


# For some formats what must be found again can be counted without reading them.
COUNTS: dict[str, tuple[str, Callable[[bytes], int], tuple[str, ...]]] = {
    "a.xml": ("camt", whole_entries, ("bank_transfer",)),
    "chat.txt": ("whatsapp", chat_lines, ("message", "unknown", "broken")),
    "a.sta": ("mt940", statement_lines, ("bank_transfer", "broken")),
    "b.sta": ("mt940", statement_lines, ("bank_transfer", "broken")),
}


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=60)
@given(changes=CHANGES)
def test_a_torn_file_gives_records_broken_rows_or_a_refusal(name: str, changes: list[Change]) -> None:
    data = changed(SAMPLES[name], changes)
    format_, found = read(name, data)
    places = [row["at"] for row in found]
    assert len(places) == len(set(places))
    assert all(row["reason"] for row in found if row["form"] == "broken")
    wanted, count, forms = COUNTS.get(name, ("", len, ()))
    if format_ == wanted:
        assert sum(row["form"] in forms for row in found) >= count(data)


def test_an_entry_whose_statement_lost_its_beginning_is_kept_and_takes_no_other_statements_account() -> None:
    # Found by changing samples at random: `<Stmt>` and the account are gone, and nothing speaks against what is left.
    data = SAMPLES["a.xml"]
    begin, end = data.index(b"<Stmt>"), data.index(b"<Ntry>")
    format_, found = read("a.xml", data[:begin] + data[end:])
    assert format_ == "camt"
    told = [row for row in found if row["form"] == "bank_transfer"]
    assert len(told) >= whole_entries(data)
    own = re.search(rb"<IBAN>([A-Z0-9]+)</IBAN>", data[begin:end])
    assert own is not None
    assert not [row for row in told if own[1].decode() in (row.get("source_account"), row.get("target_account"))]
