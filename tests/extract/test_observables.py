from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.extract.told import part_of_stage, tell

from upriver.case.stage import Desk
from upriver.case.store import Case
from upriver.extract.mentions import mentions
from upriver.extract.observables import observables
from upriver.extract.params import ExtractParams
from upriver.extract.transfers import transfers


def found(text: str, country: str | None = None) -> list[tuple[str, str]]:
    return [(mention.kind, mention.value) for mention in mentions(text, country)]


@pytest.mark.parametrize(
    ("text", "country", "told"),
    [
        ("Ring +66 81 234 5678 or 081-234-5679.", "TH", [("phone", "+66812345678"), ("phone", "+66812345679")]),
        ("Ring 081-234-5679.", None, []),
        ("电话13800138000，晚上打", "CN", [("phone", "+8613800138000")]),
        ("My WhatsApp is +66 81 234 5678", None, [("whatsapp", "+66812345678")]),
        (
            "+66 81 234 5678 (WhatsApp), +66 81 234 5679",
            None,
            [("whatsapp", "+66812345678"), ("phone", "+66812345679")],
        ),
        ("加微信 Lin_8899 细聊", None, [("wechat", "lin_8899")]),
        ("WeChat is blocked here", None, []),
        ("QQ群 731200456", None, [("qq", "731200456")]),
        ("TG @rate_desk, photos @lake_view", None, [("telegram", "rate_desk"), ("handle", "lake_view")]),
        ("LINE ID: somchai.th", None, [("line", "somchai.th")]),
        ("open hxxps://pay[.]alpha-coin[.]top/in?x=1.", None, [("url", "https://pay.alpha-coin.top/in?x=1")]),
        (
            "mail cs@alpha-coin.top, site alpha-coin.top",
            None,
            [("email", "cs@alpha-coin.top"), ("domain", "alpha-coin.top")],
        ),
        ("see you at work.today then", None, []),
        ("see report.final.docx and main.py", None, []),
        ("IBAN DE62 0000 0000 0000 0000 17 paid", None, [("iban", "DE62000000000000000017")]),
        ("卡号6217000000000000129户名", None, [("bank_card", "6217000000000000129")]),
        ("卡号6217000000000000128户名", None, []),
        ("订单号6217000000000000129", None, []),
        ("account no. 123-4-56789-0", None, [("bank_account", "1234567890")]),
        ("to TDy1j1rvLxBu1Hb4gKEYmmYRzS5LeqrVyn now", None, [("tron", "TDy1j1rvLxBu1Hb4gKEYmmYRzS5LeqrVyn")]),
        ("to TDy1j1rvLxBu1Hb4gKEYmmYRzS5LeqrVym now", None, []),
        ("on 2025-03-01 at 10:30, 1,234,567.89 USD, order 20250301123456", "US", []),
        ("身份证号110101199003070011", "CN", []),
    ],
)
def test_identifiers_are_found_and_other_numbers_are_not(
    text: str, country: str | None, told: list[tuple[str, str]]
) -> None:
    assert found(text, country) == told


def test_places_are_those_of_the_text_as_written() -> None:
    text = "全角号码１３８００１３８００２，谢谢"
    (mention,) = mentions(text, "CN")
    assert mention.value == "+8613800138002"
    assert text[mention.start : mention.end] == mention.raw == "１３８００１３８００２"


def test_an_account_that_transfers_name_is_found_without_a_cue() -> None:
    (mention,) = mentions("send it to 0042-7781-99 today", known={"0042778199"})
    assert (mention.kind, mention.value, mention.raw) == ("bank_account", "0042778199", "0042-7781-99")


@given(st.text(max_size=120))
def test_no_text_breaks_the_search_and_no_place_is_counted_twice(text: str) -> None:
    last = 0
    for mention in mentions(text, "TH", known=frozenset({"00000000"})):
        assert last <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.raw
        last = mention.end


def _run(desk: Desk, params: ExtractParams) -> None:
    transfers(desk, params)
    observables(desk)


def test_mentions_of_texts_have_no_owner_and_devices_no_place(any_case: Case) -> None:
    tell(any_case,
         ("chat", "message", {"sender": "a", "text": "pay 66-77-88-99-00, tg @rate_desk"}),
         ("bank", "bank_transfer", {"source_account": "x1", "target_account": "6677889900",
                                    "occurred_at": "2025-03-01", "amount": "5", "currency": "USD"}),
         ("cdr", "call", {"caller": "1", "callee": "2", "started_at": "2025-03-01", "device": "35A1"}),
         ("cdr", "call", {"caller": "1", "callee": "3", "started_at": "2025-03-01", "device": "35a1"}))  # fmt: skip
    any_case.run(part_of_stage(_run))
    rows = any_case.read("observable", "observable_id", "start", "entity_id", "record_id").to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("bank_account:6677889900", 4, None, "chat#row 2"),
        ("device:35a1", -1, None, "cdr#row 2"),
        ("telegram:rate_desk", 23, None, "chat#row 2"),
    ]
