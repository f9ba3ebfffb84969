"""Encodings are guessed from what is not ASCII, and rewritten without losing a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from upriver.evidence.encodings import escaped, guess, transcode, unmarked_utf16, utf8
from upriver.evidence.folder import UnreadableError

SIMPLIFIED = "付款账号,金额\n李小明转账给王大伟，用于投资平台充值"
TRADITIONAL = "付款帳號,金額\n陳小明轉帳給王大偉，用於投資平臺儲值"
THAI = "ชื่อ,หมายเลขโทรศัพท์,จำนวนเงิน\nสมชาย,0812345678,500"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLIFIED, "utf-8"), (SIMPLIFIED, "gb18030"), (TRADITIONAL, "utf-8"), (TRADITIONAL, "big5"),
        (TRADITIONAL, "gb18030"), (THAI, "utf-8"), (THAI, "cp874"), ("nom\nRené Étoile\nGaël", "cp1252"),
        ("姓名", "gb18030"), ("電話", "big5"), ("plain", "utf-8"),
    ],
)  # fmt: skip
def test_encoding_is_found_by_its_everyday_characters(text: str, encoding: str) -> None:
    assert guess(text.encode(encoding)) == encoding


def test_utf8_with_a_few_torn_bytes_stays_utf8() -> None:
    assert guess(SIMPLIFIED.encode() + b"\xff," + SIMPLIFIED.encode()[:-1]) == "utf-8"


def test_utf16_without_a_mark_is_known_and_other_zeros_are_not() -> None:
    assert unmarked_utf16("附言,1234567890".encode("utf-16-be")) == "utf-16-be"
    assert unmarked_utf16(b"\0" * 40) is None
    assert unmarked_utf16(b"") is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "gb18030", "big5", "utf-32"])
def test_rewritten_text_has_the_same_characters_and_line_feeds(tmp_path: Path, encoding: str) -> None:
    text = TRADITIONAL.replace("\n", "\r\n") + "\rlast"
    path = tmp_path / "a"
    path.write_bytes(text.encode(encoding))
    transcode(path, encoding, tmp_path / "b")
    assert (tmp_path / "b").read_text("utf-8") == TRADITIONAL + "\nlast"


def test_unknown_byte_becomes_one_that_no_text_has(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes("金额\n".encode("gb18030") + b"\xff\n" + "账号".encode("gb18030"))
    with utf8(path, "gb18030") as stream:
        good, bad, last = stream.read().split(b"\n")
    assert (good.decode(), escaped(bad), last.decode()) == ("金额", "\\xff", "账号")
    assert bad.decode("utf-8", "replace") == "\ufffd"
    with pytest.raises(UnicodeDecodeError):
        bad.decode()


def test_a_file_that_is_not_of_the_told_encoding_at_all_is_refused_alone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"account\n")
    with pytest.raises(UnreadableError, match="does not read as utf-16"):
        transcode(tmp_path / "a.csv", "utf-16", tmp_path / "b.csv")
