"""`upriver calls`: plain call records in, tables and one page of text out."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from upriver.errors import EvidenceError, ExportError, SettingsError
from upriver.plain.calls import Told, calls

START = datetime(2025, 1, 6)
HEADER = "Calling Number,Called Number,Start Time,Duration (s),IMEI"


def _file(place: Path, rows: Iterable[str], header: str = HEADER) -> Path:
    place.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return place


def _work(number: str, imei: str, first: int, last: int, friends: int = 6) -> list[str]:
    """Three calls each day from 09:00, in turn to some friends."""
    return [
        f"{number},+6681000000{(day + hour) % friends},{START + timedelta(days=day, hours=9 + hour)},60,{imei}"
        for day in range(first, last)
        for hour in (0, 3, 6)
    ]


def _rows(place: Path) -> list[dict[str, str]]:
    with place.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _read(source: Path, out: Path, **told: object) -> tuple[str, list[str]]:
    said: list[str] = []
    usual = {"zone": "Asia/Bangkok", "country": "TH"}
    return calls([source], out, Told(**{**usual, **told}), said.append), said  # type: ignore[arg-type]


def test_a_telephone_that_is_changed_is_told_in_every_table(tmp_path: Path) -> None:
    crowd = [
        f"+6682000{n:04},+6683{n % 7}{k}00000,{START + timedelta(days=k, hours=n % 20)},5,"
        for n in range(40)
        for k in range(0, 60, 7)
    ]
    log = [*_work("0819990001", "352099001761481", 0, 30), *_work("0819990002", "35-209900-176148-1", 31, 60), *crowd]
    source = _file(tmp_path / "cdr.csv", [*log, "0811111111,,2025-01-07 09:00,5,", "torn"])
    words, said = _read(source, tmp_path / "out", events=("2025-02-06T00:00",), victims=("+66810000000", "0898765432"))
    out = tmp_path / "out"
    pairs = {(row["caller"], row["callee"]): row for row in _rows(out / "pairs.csv")}
    assert pairs["+66819990001", "+66810000000"]["first_at"] == "2025-01-06T09:00:00+07:00"
    assert pairs["+66819990001", "+66810000000"]["records"].startswith("cdr.csv: row ")
    number = {row["number"]: row for row in _rows(out / "numbers.csv")}["+66819990001"]
    assert (number["shift_from"], number["shift_to"]) == ("09:00", "16:00")
    (swap,) = [row for row in _rows(out / "swaps.csv") if row["what_changes"] == "number"]
    assert (swap["of"], swap["before"], swap["after"]) == ("35209900176148", "+66819990001", "+66819990002")
    (lead,) = _rows(out / "successors.csv")
    assert (lead["silent"], lead["successor"], lead["handset"]) == ("+66819990001", "+66819990002", "35209900176148")
    first = _rows(out / "first_contacts.csv")
    assert next(row["contact"] for row in first if row["place"] == "1") == "+66819990001"
    assert _rows(out / "bursts.csv")[0]["event_at"] == "2025-02-06T00:00:00+07:00"
    assert [row["place"] for row in _rows(out / "rejected.csv")] == [f"row {len(log) + n}" for n in (2, 3)]
    assert "A lead, not an identity" in words
    assert words == (out / "report.txt").read_text(encoding="utf-8")
    assert said[0] == "+66898765432: no call of it is in these files"


def test_one_numbers_own_record_in_thai_is_read(tmp_path: Path) -> None:
    header = "เบอร์เป้าหมาย,เบอร์คู่สนทนา,ประเภทการโทร,วันที่,เวลา,ระยะเวลา"
    lines = [f"0812345678,0898765432,{way},06/05/2025,10:0{n}:00,65" for n, way in enumerate(["โทรออก", "โทรเข้า"])]
    _read(_file(tmp_path / "a.csv", lines, header), tmp_path / "out")
    ends = [(row["caller"], row["callee"]) for row in _rows(tmp_path / "out" / "pairs.csv")]
    assert ends == [("+66812345678", "+66898765432"), ("+66898765432", "+66812345678")]


def test_a_layout_that_is_not_known_is_told_column_by_column(tmp_path: Path) -> None:
    source = _file(tmp_path / "a.csv", ["+66812345678,+66898765432,2025-05-06 10:00"], "Anrufer,Ziel,Wann")
    with pytest.raises(EvidenceError, match="no column is known to tell caller, callee, started_at"):
        _read(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    _read(source, tmp_path / "out", columns={"caller": "Anrufer", "callee": "Ziel", "started_at": "Wann"})
    assert len(_rows(tmp_path / "out" / "pairs.csv")) == 1


def test_what_cannot_be_read_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="no such file"):
        _read(tmp_path / "none.csv", tmp_path / "out")
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(EvidenceError, match=r"empty\.csv"):
        _read(tmp_path / "empty.csv", tmp_path / "out")
    with pytest.raises(EvidenceError, match="no row below its header"):
        _read(_file(tmp_path / "bare.csv", []), tmp_path / "out")
    good = _file(tmp_path / "a.csv", ["+66812345678,+66898765432,2025-05-06 10:00,5,"])
    with pytest.raises(SettingsError, match="no time"):
        _read(good, tmp_path / "out", events=("the raid",))
    with pytest.raises(SettingsError, match="time zone"):
        _read(good, tmp_path / "out", zone="Asia/Nowhere")
    with pytest.raises(SettingsError, match="no country of two letters"):
        _read(good, tmp_path / "out", country="Siam")
    with pytest.raises(SettingsError, match="FIELD is one of caller, callee"):
        _read(good, tmp_path / "out", columns={"who": "Anrufer"})
    with pytest.raises(EvidenceError, match="no call could be read; 1 row not used"):
        _read(_file(tmp_path / "b.csv", ["+66812345678,+66898765432,soon,5,"]), tmp_path / "out")
    with pytest.raises(ExportError, match="name a folder"):
        _read(good, good)
    with pytest.raises(ExportError, match="is the file that is read"):
        _read(_file(tmp_path / "pairs.csv", ["+66812345678,+66898765432,2025-05-06 10:00,5,"]), tmp_path)
