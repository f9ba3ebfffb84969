"""Identifiers in texts as people write them, in many scripts: what is found, where, and what is refused."""

from __future__ import annotations

import hashlib

import pytest
from benchmarks.marked import MENTIONS, Marked, marked
from hypothesis import given
from hypothesis import strategies as st

from upriver.clean.checksums import BITCOIN
from upriver.extract.mentions import KINDS, mentions
from upriver.plain.observables import USUAL

TEXTS = [one for name in ("first.tsv", "second.tsv", "third.tsv") for one in marked(MENTIONS / name)]
FOURTH = marked(MENTIONS / "fourth.tsv")
# What is not found yet: a name before its platform, a name glued to its letter, the first of two that share a word.
NOT_YET = ("DM visa_fast_uk on insta", "Q2701948356 Vhongyun6688", "Two admins, @lion_admin1", "QQ 364810275 / Tele")


def _name(one: Marked) -> str:
    return f"{one.note}-{one.text[:40]}"


@pytest.mark.parametrize("one", TEXTS, ids=_name)
def test_the_marked_identifiers_are_found_in_their_places_and_nothing_else_is(one: Marked) -> None:
    found = mentions(one.text, one.country, kinds=frozenset(USUAL))
    assert [(m.kind, m.value, m.start, m.end) for m in found] == sorted(one.told, key=lambda told: told[2])


@pytest.mark.parametrize(
    "one",
    [one for one in FOURTH if not one.text.startswith(NOT_YET)],
    ids=[f"fourth-{n}" for n in range(len(FOURTH) - 4)],
)
def test_texts_of_a_stranger_are_read_as_he_marked_them(one: Marked) -> None:
    found = mentions(one.text, one.country, kinds=frozenset((*USUAL, "line")))
    assert [(m.kind, m.value, m.start, m.end) for m in found] == sorted(one.told, key=lambda told: told[2])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9 ok", [("ltc", "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9")]),
        ("doge DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", [("doge", "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L")]),
        (
            "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a now",
            [("bch", "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a")],
        ),
        ("ripple:rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh?dt=1", [("xrp", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh")]),
        ("钱包rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTj不对", []),
        ("to EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2 please", [
            ("ton", "EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2")]),
        ("SOL wallet 7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV", [
            ("sol", "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV")]),
        ("session 7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV ended", []),
        ("IMEI: 490154203237518 seized", [("device", "490154203237518")]),
        ("IMEI: 490154203237517 seized", []),
        ("wifi MAC 00-1A-2B-3C-4D-5E", [("device", "00:1a:2b:3c:4d:5e")]),
        ("fill 00-1A-2B-3C-4D-5E in", []),
        ("GAID 550E8400-e29b-41d4-a716-446655440000", [("device", "550e8400-e29b-41d4-a716-446655440000")]),
        ("ไลน์ไอดี somchai.th โทรได้", [("line", "somchai.th")]),
        ("加賴 @abc123 詢問", [("line", "abc123")]),
        ("https://line.me/ti/p/~kk_job and zalo.me/0912345678", [("line", "kk_job"), ("zalo", "0912345678")]),
    ],
)  # fmt: skip
def test_kinds_beyond_the_usual_ones(text: str, told: list[tuple[str, str]]) -> None:
    assert [(m.kind, m.value) for m in mentions(text)] == told


def test_a_kind_that_is_not_asked_for_is_told_as_the_one_it_has_the_form_of() -> None:
    usual = frozenset(USUAL)
    assert [(m.kind, m.value) for m in mentions("ไลน์ @jobkh", kinds=usual)] == [("handle", "jobkh")]
    assert [m.kind for m in mentions("https://line.me/ti/p/~kk_job", kinds=usual)] == ["url"]
    assert mentions("LINE ID: somchai.th", kinds=usual) == []


def _tron(label: str) -> str:
    import base58

    return base58.b58encode_check(b"\x41" + hashlib.sha256(label.encode()).digest()[:20]).decode()


@given(st.text(max_size=8), st.integers(1, 33), st.sampled_from(BITCOIN), st.sampled_from(["TH", "CN", "US", None]))
def test_a_wallet_with_one_wrong_sign_is_nothing(label: str, place: int, sign: str, country: str | None) -> None:
    good = _tron(label)
    wrong = good[:place] + sign + good[place + 1 :]
    told = [(m.kind, m.value) for m in mentions(f"地址{wrong}转账", country)]
    assert told == ([("tron", good)] if wrong == good else [])


@given(
    st.text(alphabet="+0123456789()-. /,@:。点微信QqvVxXT.gcomtp[]木", max_size=60), st.sampled_from(["TH", "CN", None])
)
def test_no_dense_text_breaks_the_search_and_no_place_is_counted_twice(text: str, country: str | None) -> None:
    last = 0
    for mention in mentions(text, country):
        assert mention.kind in KINDS
        assert last <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.raw
        last = mention.end


def test_signs_that_nobody_sees_hide_nothing_and_places_are_those_of_the_text() -> None:
    text = "加微\u200b信：lin\u200b_8899\u200d，电话１３９\u200b0000 1234"
    first, second = mentions(text, "CN")
    assert (first.kind, first.value, first.raw) == ("wechat", "lin_8899", "lin\u200b_8899")
    assert (second.value, text[second.start : second.end]) == ("+8613900001234", "１３９\u200b0000 1234")


def test_a_very_long_text_is_read_in_parts_with_places_of_the_whole() -> None:
    text = "nothing here " * 4_000 + "call +66 81 234 5678 now"
    (mention,) = mentions(text)
    assert text[mention.start : mention.end] == mention.raw == "+66 81 234 5678"
    assert len(mentions("1" * 300_000)) == 0


@pytest.mark.parametrize(
    "part", ["微信:", "微信是我的", "a.", "a-", "1 ", "qq 1 2 3 4 ", "a dot ", "http://", "DE12 ", "@a", "("]
)
def test_a_text_that_repeats_itself_is_read_to_its_end(part: str) -> None:
    # Where a pattern tries every way to part it, this test does not come back.
    text = part * (6_000 // len(part))
    for found in mentions(text, "TH"):
        assert text[found.start : found.end] == found.raw


def test_a_vietnamese_word_that_begins_like_a_unit_makes_no_price_of_the_number_before_it() -> None:
    assert [one.value for one in mentions("Zalo 0912345678 để nhận việc", "VN")] == ["+84912345678"]
    assert list(mentions("chuyển 0912345678đ", "VN")) == []


@pytest.mark.parametrize("host", ["例え.jp", "ตัวอย่าง.com", "한국.kr", "例子.com", "www.例子.net", "bücher.de"])
def test_behind_a_scheme_a_host_is_found_in_any_script(host: str) -> None:
    (mention,) = mentions(f"看 https://{host}/x 吧")
    assert (mention.kind, mention.value) == ("url", f"https://{host}/x")
