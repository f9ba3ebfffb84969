"""What a file is, by its bytes; what it is not, with advice."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from upriver.evidence.folder import UnreadableError, content
from upriver.evidence.formats import sniff

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def of(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return sniff(path, path.name, content(path), None)[0]


@pytest.mark.parametrize(
    ("name", "data", "format_"),
    [
        ("a.csv", b"a,b\n", "csv"),
        ("a.txt", b"a\tb\n1\t2\n", "csv"),
        ("a.txt", b"Dear sir,\nI was called, twice, by a man.\n", "text"),
        ("a", b"Some words.\n", "text"),
        ("a.txt", b"01/05/2024, 10:00 - Ann: hi\nthere\n", "whatsapp"),
        ("_chat.txt", "\u200e[2024/5/1, 下午3:00:00] 安: 喂\n".encode(), "whatsapp"),
        ("a.txt", b"From John on Tuesday at 10:30 in 2025:\nhe called twice.\n", "text"),
        ("a.txt", b"From x@y.example Tue May  6 03:00:00 2025\nSubject: hi\n\nx\n", "mbox"),
        ("a", b"Return-Path: <x@y.example>\nSubject: hi\n\nx\n", "eml"),
        ("a.txt", b"Received: by post on 5 May\nOfficer: K\n\nHe called.\n", "text"),
        ("a.json", b'[{"a": 1}]', "json"),
        ("a.json", b'{"a": 1}\n{"a": 2}\n', "jsonl"),
        ("a.json", b'{"name": "x", "messages": [{"from_id": "user1"}]}', "telegram"),
        ("a.txt", b'{"a": 1}', "json"),
        ("a.htm", b"<p>x</p>", "html"),
        ("page", b"<!DOCTYPE html><p>x</p>", "html"),
    ],
)
def test_format_is_known_by_the_bytes(tmp_path: Path, name: str, data: bytes, format_: str) -> None:
    assert of(tmp_path / name, data) == format_


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.csv", b"", "empty"),
        ("a.bin", bytes(range(256)) * 8, "binary"),
        ("a.xlsx", b"PK\x03\x04 torn", "damaged"),
        ("a.xlsx", b"no workbook", "holds no workbook"),
        ("a.xlsx", OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.doc", OLE + b"\0" * 600, "document"),
        ("a.pdf", b"%PDF-1.7", "PDF"),
        ("a.mhtml", b"From: <Saved by a browser>\nContent-Type: multipart/related\n\n<html>", "page packed"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "picture"),
        ("README.md", b"# x", "not evidence: documentation"),
        ("readme.txt", b"x", "not evidence: documentation"),
        ("check.py", b"import this", "not evidence: a program"),
    ],
)
def test_file_that_is_not_read_says_why_and_what_to_do(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        of(tmp_path / name, data)
    assert reason in caught.value.reason
    assert caught.value.advice


def test_archive_is_told_from_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "a,b\n")
    assert of(path, path.read_bytes()) == "archive"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("word/document.xml", "")
    with pytest.raises(UnreadableError, match="document of an office program"):
        of(path, path.read_bytes())
