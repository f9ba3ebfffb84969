from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.clean.contacts import contact, digits_of, domain, email, phone, platform, refanged, url


@pytest.mark.parametrize(
    ("text", "country", "value"),
    [
        ("+66 81 234 5678", None, "+66812345678"),
        ("0066812345678", None, "+66812345678"),
        ("081-234-5678", "TH", "+66812345678"),
        ("(02) 8123 4567", "PH", "+63281234567"),
        ("13800138000", "CN", "+8613800138000"),
        ("＋６６ ８１ ２３４ ５６７８", None, "+66812345678"),
        ("021-61234567转8001", "CN", "+862161234567"),
        ("tel:+12025550155", None, "+12025550155"),
        ("081-234-5678", None, None),
        ("12", "TH", None),
        ("call me", "TH", None),
        ("2025-03-01 08:00", "TH", None),
    ],
)
def test_phones_are_read_by_country(text: str, country: str | None, value: str | None) -> None:
    assert phone(text, country) == value


def test_a_possible_number_that_nobody_has_is_read_in_columns_and_refused_in_texts() -> None:
    assert phone("+1 202 155 0143") == "+12021550143"
    assert phone("+1 202 155 0143", surely=True) is None


@pytest.mark.parametrize(
    ("text", "on", "found"),
    [
        ("+66 81 234 5678", None, ("phone", "+66812345678")),
        ("+66 81 234 5678", "WhatsApp", ("whatsapp", "+66812345678")),
        ("wa.me/66812345678", None, ("whatsapp", "+66812345678")),
        ("WhatsApp: +66 81 234 5678", None, ("whatsapp", "+66812345678")),
        ("电话：+66812345678", "whatsapp", ("phone", "+66812345678")),
        ("@Lin_88", "telegram", ("telegram", "lin_88")),
        ("https://t.me/Lin_88", None, ("telegram", "lin_88")),
        ("Lin_88", "微信", ("wechat", "lin_88")),
        ("12345678", "QQ", ("qq", "12345678")),
        ("微信号：Mei_Sot99", None, ("wechat", "mei_sot99")),
        ("@kk_park88", None, ("handle", "kk_park88")),
        ("Cs@Ab-C.vip", None, ("email", "cs@ab-c.vip")),
        ("hxxps://ab-c[.]vip/Get", None, ("url", "https://ab-c.vip/Get")),
        ("191", None, ("phone", "191")),
        ("Aunt  Mei", None, ("handle", "Aunt Mei")),
        ("阿强", "telegram", ("handle", "阿强")),
        ("unknown", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_contact_is_of_the_kind_that_its_form_and_platform_say(
    text: str | None, on: str | None, found: tuple[str, str] | None
) -> None:
    assert contact(text, on) == found


def test_hosts_end_in_a_public_suffix() -> None:
    assert domain("Alpha-Coin[.]TOP") == "alpha-coin.top"
    assert domain("beta-coin。top") == "beta-coin.top"
    assert domain("report.final.docx") is None
    assert domain("top") is None


def test_paths_keep_their_case_and_hosts_do_not() -> None:
    assert url("HTTPS://App.Alpha-Coin.TOP/Get") == "https://app.alpha-coin.top/Get"
    assert url("http://203[.]0[.]113[.]7/panel/") == "http://203.0.113.7/panel/"
    assert url("m.parcel-fee.top/x7") == "http://m.parcel-fee.top/x7"
    assert url("and/or") is None
    assert url("http://nothing") is None


def test_mail_addresses_are_refanged() -> None:
    assert email("billing[@]alpha-coin[.]top") == "billing@alpha-coin.top"
    assert email("agent at gamma-coin dot xyz") == "agent@gamma-coin.xyz"
    assert email("nobody") is None


def test_platforms_are_those_of_the_table() -> None:
    assert [platform(text) for text in ("WA", "微信", "LINE", None, "pigeon")] == [
        "whatsapp", "wechat", "other", "other", "other",
    ]  # fmt: skip


@given(st.text(max_size=40))
def test_no_text_breaks_a_reader(text: str) -> None:
    for read in (phone, digits_of, email, url, domain, contact, refanged):
        read(text)


@given(st.integers(min_value=600_000_000, max_value=999_999_999))
def test_a_number_in_e164_reads_as_itself(number: int) -> None:
    found = phone(f"+66{number}")
    assert found is None or phone(found) == found
