"""Archives: members are files of their own, bombs and tricks with paths are named, nothing is left behind."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from upriver.case.store import Case
from upriver.evidence import archives
from upriver.evidence.folder import UnreadableError, content
from upriver.evidence.formats import sniff
from upriver.evidence.params import EvidenceParams
from upriver.evidence.stage import STAGE

TRANSFERS = "transfer_id,source_account,target_account,occurred_at,amount\nt1,A,B,2024-05-01 10:00,5\n"


def zipped(entries: dict[str, str | bytes], **how: Any) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, **how) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return data.getvalue()


def tarred(fill: Callable[[tarfile.TarFile], None]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        fill(archive)
    return data.getvalue()


def add(archive: tarfile.TarFile, name: str, content: bytes, kind: bytes = tarfile.REGTYPE) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.type, entry.linkname = len(content), kind, "/etc/passwd"
    archive.addfile(entry, io.BytesIO(content))


def run(case: Case, **files: bytes) -> tuple[dict[str, int], dict[str, str]]:
    """Records of each file that was read, and the reason of each that was not."""
    for name, data in files.items():
        (case.folder / name.replace("__", ".")).write_bytes(data)
    case.run(STAGE)
    read = case.read("source_file", "path", "n_records").to_pylist()
    rejected = case.read("rejected_file", "path", "reason").to_pylist()
    return {row["path"]: row["n_records"] for row in read}, {row["path"]: row["reason"] for row in rejected}


def test_members_are_files_of_their_own_with_the_hash_of_the_archive(case: Case) -> None:
    data = zipped({"bank/may.csv": TRANSFERS, "notes.txt": "He called.", "README.md": "x", "a/": ""})
    read, rejected = run(case, handed__zip=data)
    assert read == {"handed.zip": 0, "handed.zip!bank/may.csv": 1, "handed.zip!notes.txt": 1}
    assert list(rejected) == ["handed.zip!README.md"]
    rows = {row["path"]: row for row in case.read("source_file").to_pylist()}
    inside = json.loads(rows["handed.zip!bank/may.csv"]["guessed"])
    assert inside["archive"] == rows["handed.zip"]["sha256"]
    assert rows["handed.zip"]["format"] == "archive"
    (record,) = case.read("record", where="form = 'bank_transfer'").to_pylist()
    assert record["file_id"] == rows["handed.zip!bank/may.csv"]["file_id"]
    assert not [left for left in Path(tempfile.gettempdir()).glob("upriver-*") if (left / "member").exists()]


def test_a_file_that_lies_beside_its_archive_is_read_once(case: Case) -> None:
    read, rejected = run(case, a__csv=TRANSFERS.encode(), b__zip=zipped({"a.csv": TRANSFERS}))
    assert read == {"a.csv": 1, "b.zip": 0}
    assert "the same content as a.csv" in rejected["b.zip!a.csv"]


def test_what_case_toml_tells_of_a_file_holds_inside_an_archive(case: Case) -> None:
    (case.folder / "case.toml").write_text('[files."may.csv"]\ncurrency = "THB"\n')
    run(case, handed__zip=zipped({"bank/may.csv": TRANSFERS}))
    (row,) = case.read("source_file", "guessed", where="path LIKE '%may.csv'").to_pylist()
    assert json.loads(row["guessed"])["told"] == {"currency": "THB"}


def test_tar_and_gzip_are_read_too(case: Case) -> None:
    packed = tarred(lambda archive: add(archive, "bank/may.csv", TRANSFERS.encode()))
    read, _ = run(case, a__tgz=packed, june__csv__gz=gzip.compress(TRANSFERS.replace("t1", "t2").encode()))
    assert read == {"a.tgz": 0, "a.tgz!bank/may.csv": 1, "june.csv.gz": 0, "june.csv.gz!june.csv": 1}


@pytest.mark.parametrize(
    "name",
    ["../may.csv", "a/../../may.csv", "/etc/may.csv", "..\\may.csv", "C:\\may.csv", "c:may.csv", "\\\\host\\may.csv"],
)
def test_a_path_that_leads_out_of_its_archive_is_refused(tmp_path: Path, name: str) -> None:
    found = _members(tmp_path / "a.zip", zipped({name: TRANSFERS, "good.csv": TRANSFERS}))
    assert [one.name for one in found if one.refused is None] == ["a.zip!good.csv"]
    (reason,) = [one.refused.reason for one in found if one.refused]
    assert reason == "a path that leads out of its archive"


def test_two_files_of_one_name_are_told_apart(case: Case) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for number, name in enumerate(("may.csv", "MAY.csv", "May.CSV")):
            archive.writestr(name, TRANSFERS.replace("t1", f"t{number}"))
    read, rejected = run(case, a__zip=data.getvalue())
    assert read == {"a.zip": 0, "a.zip!MAY.csv": 1}
    assert set(rejected.values()) == {"a second file of the same name in its archive"}
    assert len(rejected) == 2


def test_links_in_archives_are_not_followed(case: Case) -> None:
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = 0o120777 << 16
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(link, "/etc/passwd")

    def fill(archive: tarfile.TarFile) -> None:
        add(archive, "soft.csv", b"", tarfile.SYMTYPE)
        add(archive, "hard.csv", b"", tarfile.LNKTYPE)
        add(archive, "pipe.csv", b"", tarfile.FIFOTYPE)
        add(archive, "good.csv", TRANSFERS.encode())

    read, rejected = run(case, a__zip=data.getvalue(), b__tgz=tarred(fill))
    assert set(read) == {"a.zip", "b.tgz", "b.tgz!good.csv"}
    assert set(rejected.values()) == {"a link or device in an archive, which is not followed"}
    assert len(rejected) == 4


def test_an_archive_inside_an_archive_is_not_opened_but_a_workbook_is_none(case: Case) -> None:
    inner = zipped({"may.csv": TRANSFERS})
    packed = tarred(lambda archive: add(archive, "may.csv", TRANSFERS.encode()))
    book = zipped({"[Content_Types].xml": "", "xl/workbook.xml": "<x/>"})
    _, rejected = run(
        case, a__zip=zipped({"inner.zip": inner, "inner.tgz": packed, "plain.txt": inner, "b.xlsx": book})
    )
    assert {path: reason for path, reason in rejected.items() if "inside an archive" in reason} == dict.fromkeys(
        ("a.zip!inner.tgz", "a.zip!inner.zip", "a.zip!plain.txt"), "an archive inside an archive, which is not opened"
    )
    assert "workbook" in rejected["a.zip!b.xlsx"]


def _members(path: Path, data: bytes, **limits: int) -> list[archives.Member]:
    path.write_bytes(data)
    kind = archives.kind_of(path, data[:1024])
    assert kind is not None
    return list(archives.members(path, path.name, kind, EvidenceParams(**limits)))


@pytest.mark.parametrize("form", ["zip", "tgz", "gz"])
def test_a_bomb_is_stopped_by_what_comes_out_of_it(tmp_path: Path, form: str) -> None:
    zeros = bytes(40 << 20)

    def fill(archive: tarfile.TarFile) -> None:
        add(archive, "a.txt", b"first")
        add(archive, "bomb.txt", zeros)

    if form == "zip":
        data = zipped({"a.txt": "first", "bomb.txt": zeros, "z.txt": "last"})
    else:
        data = gzip.compress(zeros) if form == "gz" else tarred(fill)
    if form == "gz":
        with pytest.raises(UnreadableError, match="250 times its size, as bombs do"):
            _members(tmp_path / "a.gz", data)
        return
    found = _members(tmp_path / f"a.{form}", data)
    assert [(one.name, one.path is not None) for one in found] == [
        (f"a.{form}!a.txt", True), (f"a.{form}!bomb.txt", False), (f"a.{form}! (the rest)", False),
    ]  # fmt: skip
    assert found[1].refused is not None
    assert "250 times its size" in found[1].refused.reason


def test_a_name_of_gigabytes_is_not_held(tmp_path: Path) -> None:
    def fill(archive: tarfile.TarFile) -> None:
        add(archive, "a.txt", b"first")
        add(archive, "././@LongLink", b"n" * (8 << 20), tarfile.GNUTYPE_LONGNAME)

    found = _members(tmp_path / "a.tgz", tarred(fill))
    assert found[0].refused is None
    assert found[1].refused is not None
    assert "as bombs have" in found[1].refused.reason


def test_a_bomb_of_another_packing_is_asked_for_little(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("bomb.txt", bytes(40 << 20))
    found = _members(tmp_path / "a.zip", data.getvalue())
    assert found[0].refused is not None
    assert "250 times its size" in found[0].refused.reason


def test_limits_of_size_and_number_are_parameters(tmp_path: Path) -> None:
    data = zipped({f"{number}.txt": f"text {number}" for number in range(5)})
    few = _members(tmp_path / "a.zip", data, max_members=3)
    assert [one.refused is None for one in few] == [True, True, True, False]
    assert few[-1].refused is not None
    assert "more than 3 files" in few[-1].refused.reason
    small = _members(tmp_path / "a.zip", data, max_unpacked_bytes=15)
    assert [one.refused is None for one in small] == [True, True, False, False]


def test_a_size_that_the_archive_lies_about_is_not_believed(tmp_path: Path) -> None:
    data = zipped({"a.txt": b"x" * 100_000})
    # The directory says that ten bytes come out: what comes out is what is counted.
    place = data.rindex(b"PK\x01\x02") + 24
    lying = data[:place] + (10).to_bytes(4, "little") + data[place + 4 :]
    (found,) = _members(tmp_path / "a.zip", lying, max_unpacked_bytes=1000)[:1]
    assert found.path is None or found.n_bytes <= 1000


def test_a_locked_member_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": "locked", "b.txt": "open"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    locked, opened = _members(tmp_path / "a.zip", bytes(data))
    assert locked.refused is not None
    assert "password" in locked.refused.reason
    assert opened.refused is None


@pytest.mark.parametrize(("place", "value"), [(6, b"\x5e\x00"), (42, b"\xff\xff\xff\x7f"), (10, b"\x63\x00")])
def test_a_spoilt_header_is_a_damaged_archive(tmp_path: Path, place: int, value: bytes) -> None:
    # Found by spoiling bytes near headers: version 9.4, a place beyond the end, an unknown packing.
    data = zipped({"a.txt": "x" * 100})
    start = data.index(b"PK\x01\x02") + place
    path = tmp_path / "a.zip"
    path.write_bytes(data[:start] + value + data[start + len(value) :])
    try:
        format_, _ = sniff(path, path.name, content(path), None)
        assert format_ == "archive"
        refused = [one.refused for one in archives.members(path, path.name, "zip", EvidenceParams())]
    except UnreadableError as error:
        refused = [error]
    assert [one for one in refused if one and "damaged" in one.reason]


def test_a_member_without_a_name_is_refused(tmp_path: Path) -> None:
    # Found by spoiling bytes: a name that begins with zero is none.
    found = _members(tmp_path / "a.zip", zipped({"Qx": "x", "b.txt": "y"}).replace(b"Qx", b"\x00x"))
    assert [one.refused is None for one in found] == [False, True]


def test_an_archive_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    noise = bytes(range(256)) * 4

    def fill(archive: tarfile.TarFile) -> None:
        for number in range(9):
            add(archive, f"{number}.txt", bytes((byte * (number + 3)) % 251 for byte in noise) * 40)

    data = tarred(fill)
    found = _members(tmp_path / "a.tgz", data[: len(data) * 2 // 3])
    assert found[0].refused is None
    assert found[-1].refused is not None
    assert "damaged or not whole" in found[-1].refused.reason


def test_names_packed_on_a_chinese_machine_are_read_as_written(tmp_path: Path) -> None:
    raw = zipped({"ABCD.txt": "x"}).replace(b"ABCD.txt", "流水.txt".encode("gb18030"))
    assert [one.name for one in _members(tmp_path / "a.zip", raw)] == ["a.zip!流水.txt"]
    assert [one.name for one in _members(tmp_path / "a.zip", zipped({"流水.txt": "x"}))] == ["a.zip!流水.txt"]


def test_an_empty_archive_is_told(case: Case) -> None:
    read, rejected = run(case, a__zip=zipped({}), b__txt=b"A note.")
    assert read == {"a.zip": 0, "b.txt": 1}
    assert rejected == {}


def test_the_list_of_a_million_files_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    end = b"PK\x05\x06" + bytes(8) + (20 << 20).to_bytes(4, "little") + bytes(4) + bytes(2)
    path.write_bytes(b"PK\x03\x04" + bytes(21 << 20) + end)
    with pytest.raises(UnreadableError, match="the list of its files alone"):
        archives.directory(path)
