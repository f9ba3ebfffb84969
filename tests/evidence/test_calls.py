"""Call records: both ends in columns, or one number's own record with the way each call went."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from upriver.case.settings import FileSettings
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers import delimited

from .sources import rows, source

PARAMS = EvidenceParams()
OWN, OTHER = "+66812345678", "+959420000001"
# Headers of both ends, start, length, device, cell, in the languages of the field.
HEADERS = [
    "Calling Number,Called Number,Start Time,Duration (s),IMEI,Cell ID",
    "Calling_Party_Number;Called_Party_Number;Call_Initiation_Time;Call_Duration;IMSI;First_Cell_ID",
    "A Party,B Party,Date Time,Dur(s),IMEI,First CGI",
    "主叫号码,被叫号码,通话开始时间,通话时长,手机串号,基站编号",
    "主叫號碼,被叫號碼,開始時間,時長,設備,基地台",
    "เบอร์ต้นทาง,เบอร์ปลายทาง,วันเวลาที่โทร,ระยะเวลา,หมายเลขเครื่อง,รหัสเสา",
    "ခေါ်ဆိုသူ,ခေါ်ဆိုခံရသူ,စတင်ချိန်,ကြာချိန်,IMEI,တာဝါတိုင်",
    "Số chủ gọi,Số bị gọi,Thời gian bắt đầu,Thời lượng,IMEI,Mã trạm",
]
# The number, the other end, the way, start, length; words for out and in.
LINES = [
    ("Target No,B Party No,Call Type,Date,Time,Dur(s)", "OUT", "IN"),
    ("MSISDN,Other Party Number,Direction,Date,Time,Duration", "Outgoing", "Incoming"),
    ("MSISDN,Other Party,Call Type,Date,Time,Duration", "MOC", "MTC"),
    ("本机号码,对方号码,呼叫类型,通话日期,通话时间,通话时长", "主叫", "被叫"),
    ("เบอร์เป้าหมาย,เบอร์คู่สนทนา,ประเภทการโทร,วันที่,เวลา,ระยะเวลา", "โทรออก", "โทรเข้า"),
    ("ကိုယ်ပိုင်နံပါတ်,တစ်ဖက်နံပါတ်,အဝင်/အထွက်,Date,Time,ကြာချိန်", "အထွက်", "အဝင်"),
    ("Số thuê bao,Số liên lạc,Hướng gọi,Date,Time,Thời lượng", "Gọi đi", "Gọi đến"),
    ("A Party,B Party,Call Type,Date,Time,Duration", "CALL_OUT", "CALL_IN"),
]


def read(tmp_path: Path, text: str, told: FileSettings | None = None) -> list[dict[str, Any]]:
    return rows(delimited.read(source(tmp_path / "numbers.csv", text, told or FileSettings()), PARAMS))


@pytest.mark.parametrize("header", HEADERS)
def test_a_record_of_calls_is_known_in_every_language(tmp_path: Path, header: str) -> None:
    sign = ";" if ";" in header else ","
    (found,) = read(
        tmp_path, f"{header}\n" + sign.join([OWN, OTHER, "2025-05-06 10:00:00", "65", "35-1", "520-1"]) + "\n"
    )
    assert found == {
        "at": "row 2", "form": "call", "caller": OWN, "callee": OTHER, "started_at": "2025-05-06 10:00:00",
        "seconds": "65", "sim" if "IMSI" in header else "device": "35-1", "cell": "520-1", "extra": None,
    }  # fmt: skip


@pytest.mark.parametrize(("header", "out", "into"), LINES)
def test_of_one_numbers_record_the_way_of_a_call_tells_who_called(
    tmp_path: Path, header: str, out: str, into: str
) -> None:
    lines = [f"{OWN},{OTHER},{way},06/05/2025,10:00:00,65" for way in (out, into, "?")]
    one, other, neither = read(tmp_path, "\n".join([header, *lines]) + "\n")
    assert (one["form"], one["caller"], one["callee"], one["kind"]) == ("call", OWN, OTHER, out)
    assert (other["caller"], other["callee"], other["started_at"]) == (OTHER, OWN, "06/05/2025 10:00:00")
    assert "caller" not in neither
    assert "callee" not in neither


def test_the_number_may_be_told(tmp_path: Path) -> None:
    text = f"Other Party,Direction,Start Time,Duration\n{OTHER},IN,2025-05-06 10:00,65\n"
    (found,) = read(tmp_path, text, FileSettings(own_account=OWN))
    assert (found["form"], found["caller"], found["callee"]) == ("call", OTHER, OWN)


def test_a_party_is_the_calling_one_where_a_switch_tells_calls_of_many(tmp_path: Path) -> None:
    lines = [f"{OWN},{OTHER},MOC,2025-05-06 10:00,65", f"{OTHER},{OWN},MTC,2025-05-06 11:00,5"]
    one, other = read(tmp_path, "\n".join(["A Party,B Party,Call Type,Start Time,Duration", *lines]) + "\n")
    assert (one["caller"], other["caller"], other["kind"]) == (OWN, OTHER, "MTC")
