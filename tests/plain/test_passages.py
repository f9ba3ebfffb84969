"""Passages out of plain files: what is read, with which doubts, and what is refused, with its place."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.errors import EvidenceError
from upriver.plain.passages import Passage, Refused, read

TEXT = "Police in the town arrested 37 suspects on Monday."


def lines(path: Path, *values: Any) -> Path:
    """A file of JSON lines; a value that is bytes stands as it is."""
    rows = [value if isinstance(value, bytes) else json.dumps(value).encode() for value in values]
    path.write_bytes(b"\n".join(rows) + b"\n")
    return path


def passages(path: Path) -> list[Passage]:
    found = list(read(path))
    assert all(isinstance(item, Passage) for item in found), found
    return [item for item in found if isinstance(item, Passage)]


def only(path: Path) -> Passage | Refused:
    (item,) = read(path)
    return item


def whole(**more: Any) -> dict[str, Any]:
    return {"id": "p1", "text": TEXT, "published": "2025-11-20", "language": "en", "url": "https://a.example/1", **more}


def test_a_line_of_json_is_a_passage(tmp_path: Path) -> None:
    found = only(lines(tmp_path / "a.jsonl", whole(tags=["x"])))
    assert found == Passage("p1", "a.jsonl:1", TEXT, "2025-11-20", date(2025, 11, 20), "en", "https://a.example/1", ())


def test_the_order_of_the_file_stays(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", *(whole(id=f"p{n}") for n in (3, 1, 2)))
    assert [passage.id for passage in passages(path)] == ["p3", "p1", "p2"]


def test_a_passage_without_id_is_named_by_file_and_line(tmp_path: Path) -> None:
    found = passages(lines(tmp_path / "a.jsonl", {"text": TEXT}, b"", {"text": TEXT}))
    assert [passage.id for passage in found] == ["a.jsonl line 1", "a.jsonl line 3"]


def test_names_of_columns_that_the_evidence_room_knows_are_known_here(tmp_path: Path) -> None:
    found = only(lines(tmp_path / "a.jsonl", {"编号": "7", "正文": TEXT, "发布日期": "2025-11-20", "lang": "en"}))
    assert isinstance(found, Passage)
    assert (found.id, found.text, found.published, found.language) == ("7", TEXT, "2025-11-20", "en")


def test_an_id_of_twenty_digits_stays_whole(tmp_path: Path) -> None:
    found = only(lines(tmp_path / "a.jsonl", b'{"id": 12345678901234567890, "text": "Forty were held."}'))
    assert isinstance(found, Passage)
    assert found.id == "12345678901234567890"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"{", "no JSON"),
        (b"Police arrested 40.", "no JSON"),
        (b"[1, 2", "no JSON"),
        (b"7", "no object"),
        ({"id": "x"}, "no text"),
        ({"id": "x", "events": []}, "holds events"),
        ({"id": "x", "text": None}, "no text"),
        ({"id": "x", "text": 370}, "a number and no string"),
        ({"id": "x", "text": ["a"]}, "a list and no string"),
        ({"id": "x", "text": "  \n"}, "no text"),
        ({"id": "x", "text": "\0\0"}, "no text"),
        ('{"id": "x", "text": "警方在园区抓获四十人'.encode() + b'\xff\xfe"}', "no characters in utf-8"),
        (b"[" * 200_000, "no JSON"),
    ],
)
def test_a_line_that_is_no_passage_is_refused_with_its_place_and_the_others_are_read(
    tmp_path: Path, value: Any, reason: str
) -> None:
    first, second, third = read(lines(tmp_path / "a.jsonl", whole(), value, whole(id="p2")))
    assert isinstance(first, Passage)
    assert isinstance(third, Passage)
    assert isinstance(second, Refused)
    assert second.place == "a.jsonl:2"
    assert reason in second.reason
    assert second.advice
    assert second.raw


@pytest.mark.parametrize(
    ("more", "doubt"),
    [
        ({"published": None}, "no day of publication"),
        ({"published": "2025-02-30"}, "'2025-02-30' is no day"),
        ({"published": "soon"}, "'soon' is no day"),
        ({"published": ["2025"]}, "published is a list"),
        ({"text": TEXT + "\0"}, "zero bytes"),
        ({"text": TEXT + "\ud83d"}, "halves of characters"),
        ({"text": TEXT + "\ufffd"}, "lost before"),
        ({"language": "zh"}, "told to be zh, written in en"),
        ({"id": {"a": 1}}, "id is no text"),
        ({"url": 7.5, "id": []}, "id is no text"),
    ],
)
def test_a_doubtful_passage_is_read_and_says_why(tmp_path: Path, more: dict[str, Any], doubt: str) -> None:
    found = only(lines(tmp_path / "a.jsonl", whole(**more)))
    assert isinstance(found, Passage)
    assert any(doubt in told for told in found.doubts), found.doubts
    assert json.dumps(found.text, ensure_ascii=False).encode()


def test_an_impossible_day_of_publication_is_not_passed_on(tmp_path: Path) -> None:
    found = only(lines(tmp_path / "a.jsonl", whole(published="2025-13-40")))
    assert isinstance(found, Passage)
    assert (found.published, found.published_on) == (None, None)


def test_a_month_of_publication_stays_a_month(tmp_path: Path) -> None:
    found = only(lines(tmp_path / "a.jsonl", whole(published="2025-11")))
    assert isinstance(found, Passage)
    assert (found.published, found.published_on) == ("2025-11", date(2025, 11, 30))


def test_a_language_is_detected_where_none_is_told(tmp_path: Path) -> None:
    found = passages(lines(tmp_path / "a.jsonl", {"text": TEXT}, {"text": "警方抓获四十人"}, {"text": "查獲贓款"}))
    assert [passage.language for passage in found] == ["en", "zh-Hans", "zh-Hant"]


@pytest.mark.parametrize(("told", "kept"), [("English", "en"), ("eng", "en"), ("en-GB", "en-GB"), ("id", "en")])
def test_a_language_is_told_by_its_tag(tmp_path: Path, told: str, kept: str) -> None:
    found = only(lines(tmp_path / "a.jsonl", whole(language=told)))
    assert isinstance(found, Passage)
    assert found.language == kept


def test_a_second_passage_of_the_same_id_is_read_and_says_so(tmp_path: Path) -> None:
    first, second = passages(lines(tmp_path / "a.jsonl", whole(), whole()))
    assert first.doubts == ()
    assert second.doubts == ("the id p1 is also that of a.jsonl:1",)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    rows = [json.dumps({"id": str(n), "text": "警方在园区内抓获嫌疑人四十名。"}, ensure_ascii=False) for n in range(3)]
    path = tmp_path / "a.jsonl"
    path.write_bytes("\r\n".join(rows).encode(encoding))
    assert [passage.text for passage in passages(path)] == ["警方在园区内抓获嫌疑人四十名。"] * 3


def test_a_line_in_another_encoding_costs_itself_alone(tmp_path: Path) -> None:
    odd = json.dumps({"id": "odd", "text": "警方"}, ensure_ascii=False).encode("gb18030")
    good = json.dumps({"id": "g", "text": "警方在园区内抓获嫌疑人四十名。"}, ensure_ascii=False).encode()
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join([good, odd, good]))
    kinds = [type(item).__name__ for item in read(path)]
    assert kinds == ["Passage", "Refused", "Passage"]


def test_a_line_that_is_too_long_is_refused_and_reading_goes_on(tmp_path: Path) -> None:
    long = b'{"text": "' + b"a" * (9 << 20) + b'"}'
    _, second, third = read(lines(tmp_path / "a.jsonl", whole(), long, whole(id="p2")))
    assert isinstance(second, Refused)
    assert "longer than" in second.reason
    assert isinstance(third, Passage)
    assert third.place == "a.jsonl:3"


@pytest.mark.parametrize("shape", ["[%s]", '{"articles": [%s]}', "%s"])
def test_a_json_document_holds_passages(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(shape % json.dumps(whole()))
    found = only(path)
    assert isinstance(found, Passage)
    assert found.id == "p1"


def test_a_list_in_a_file_that_ends_in_jsonl_is_read_as_the_list_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps([whole(), {"id": "x"}], indent=1))
    first, second = read(path)
    assert isinstance(first, Passage)
    assert isinstance(second, Refused)
    assert second.place == "a.jsonl:item 2"


def test_a_text_is_one_passage_and_the_lines_above_it_tell_its_day(tmp_path: Path) -> None:
    path = tmp_path / "release.txt"
    path.write_text(
        "Ministry of the River\n\nPublished: 2025-11-20\nURL: https://m.example/1\nContact: the desk\n\n"
        f"{TEXT}\n\nOn Tuesday they raided 3 hotels.\n"
    )
    found = only(path)
    assert isinstance(found, Passage)
    assert (found.published, found.url, found.id) == ("2025-11-20", "https://m.example/1", "release.txt line 1")
    assert found.text.startswith("Ministry of the River")
    assert found.text.endswith("On Tuesday they raided 3 hotels.")
    assert "Contact: the desk" in found.text
    assert "Published" not in found.text


def test_a_saved_page_tells_its_own_day_and_address(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        '<!doctype html><html lang="en"><head><meta property="article:published_time" content="2025-11-20T08:00:00Z">'
        '<link rel="canonical" href="https://a.example/2"><script>var a = "arrested 99";</script></head>'
        f"<body><nav>Home</nav><p>{TEXT}</p></body></html>"
    )
    found = only(path)
    assert isinstance(found, Passage)
    assert (found.text, found.published, found.url) == (TEXT, "2025-11-20", "https://a.example/2")
    assert found.place == "page.html:1"


def test_a_table_of_news_is_read_and_any_other_is_refused_once(tmp_path: Path) -> None:
    (tmp_path / "news.csv").write_text(f'id,published,url,text\n1,2025-11-20,u,"{TEXT}"\n2,2025-11-20,u,\n')
    (tmp_path / "pay.csv").write_text("from account,to account,date,amount\nA,B,2025-01-01,5\nA,C,2025-01-02,6\n")
    first, second, third = read(tmp_path)
    assert isinstance(first, Passage)
    assert isinstance(second, Refused)
    assert (second.place, second.id) == ("news.csv:3", "2")
    assert isinstance(third, Refused)
    assert third.reason == "2 rows are rows of a bank_transfer, and no news"


def test_a_folder_is_read_in_the_order_of_its_paths_and_loses_no_file(tmp_path: Path) -> None:
    lines(tmp_path / "b.jsonl", whole(id="b"))
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "d.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "c" / "e.txt").write_text("")
    found = list(read(tmp_path))
    assert [item.place for item in found] == ["a.txt:1", "b.jsonl:1", "c/d.pdf", "c/e.txt"]
    assert [type(item) for item in found] == [Passage, Passage, Refused, Refused]


def test_what_the_command_wrote_itself_is_no_passage(tmp_path: Path) -> None:
    lines(tmp_path / "b.jsonl", whole(id="b"))
    out = lines(tmp_path / "events.jsonl", {"id": "b", "events": []})
    assert [item.place for item in read(tmp_path, [out])] == ["b.jsonl:1"]


@pytest.mark.parametrize(
    ("content", "said"), [(None, "there is no such file"), (b"", "it is empty"), (b"%PDF-1.4 ...", "it is a PDF")]
)
def test_a_file_that_cannot_be_read_at_all_says_so(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "a.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EvidenceError, match=said):
        list(read(path))


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="is empty"):
        list(read(tmp_path))


@given(st.binary(max_size=300))
def test_no_bytes_stop_the_reading(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "a.jsonl"
    path.write_bytes(json.dumps(whole()).encode() + b"\n" + content)
    try:
        found = list(read(path))
    except EvidenceError:
        return
    n_lines = sum(1 for line in content.split(b"\n") if line.strip())
    assert found or n_lines


@given(st.dictionaries(st.sampled_from(["id", "text", "published", "language", "url", "x"]), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2), max_leaves=4,
)))  # fmt: skip
def test_any_object_is_a_passage_or_refused(tmp_path_factory: pytest.TempPathFactory, value: dict[str, Any]) -> None:
    path = tmp_path_factory.mktemp("any") / "a.jsonl"
    path.write_text(json.dumps(value) + "\n")
    (found,) = read(path)
    assert isinstance(found, Passage | Refused)
