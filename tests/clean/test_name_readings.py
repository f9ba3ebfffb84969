"""How scripts are spelt: Han in several traditions, Burmese (Zawgyi too), Thai, Khmer, Hangul; titles and degrees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.clean.names import compare_names, read_name
from upriver.clean.names.han import CANTONESE, KOREAN, SOUTHERN, VIETNAMESE, simple, spelt, wade_giles
from upriver.clean.names.scripts import burmese_units, hangul_spellings, khmer_sounds, thai_sounds
from upriver.clean.names.sounds import costs, encode, encode_sounds
from upriver.clean.names.written import compare
from upriver.clean.zawgyi import is_zawgyi, to_unicode


@pytest.mark.parametrize(
    ("char", "tradition", "spelling"),
    [("張", CANTONESE, "cheung"), ("国", CANTONESE, "kwok"), ("王", SOUTHERN, "ong"), ("林", SOUTHERN, "lim"),
     ("朴", KOREAN, "park"), ("陈", VIETNAMESE, "tran"), ("銘", SOUTHERN, "beng")],
)  # fmt: skip
def test_a_character_is_spelt_by_tradition(char: str, tradition: int, spelling: str) -> None:
    assert (spelling, tradition) in spelt(char, 0)


@pytest.mark.parametrize(
    ("pinyin", "older"), [("zhang", "chang"), ("xie", "hsieh"), ("qing", "ching"), ("guo", "kuo"), ("zi", "tzu")]
)
def test_older_spellings_of_mandarin(pinyin: str, older: str) -> None:
    assert older in wade_giles(pinyin)


@pytest.mark.parametrize(
    ("written", "spelling"),
    [("ကျော်ဇင်ထွန်း", ["kyaw", "zin", "htun"]), ("မြင့်", ["myint"]), ("ခိုင်", ["khaing"]), ("နန္ဒာ", ["nan", "da"]),
     ("ရွှေ", ["shwe"]), ("ချို", ["cho"]), ("ဦး", ["u"])],
)  # fmt: skip
def test_burmese_syllables_are_spelt_as_in_papers(written: str, spelling: list[str]) -> None:
    assert [spellings[0] for _, spellings in burmese_units(written)] == spelling


@pytest.mark.parametrize(
    ("zawgyi", "unicode"),
    [("ေအာင္ထြန္း", "အောင်ထွန်း"), ("ျမင့္", "မြင့်"), ("ေက်ာ္", "ကျော်"), ("ၾကည္", "ကြည်"), ("ဦးသန္႔", "ဦးသန့်"), ("ႏိုင္", "နိုင်")],
)
def test_zawgyi_is_turned_into_unicode_and_unicode_left_alone(zawgyi: str, unicode: str) -> None:
    assert is_zawgyi(zawgyi)
    assert to_unicode(zawgyi) == unicode
    assert not is_zawgyi(unicode)
    assert to_unicode(unicode) == unicode


def test_thai_and_khmer_leave_unwritten_vowels_open() -> None:
    assert thai_sounds("พร") == ("ph|p * r|l|n",)
    assert thai_sounds("สมชาย")[0].startswith("s * m ch a")
    assert khmer_sounds("គន់") == ("k * n",)


def test_hangul_surnames_are_spelt_as_people_spell_them() -> None:
    assert hangul_spellings("이", is_surname=True)[0] == "lee"
    assert "cheol" in hangul_spellings("철")


@given(st.text(max_size=30))
def test_no_text_breaks_a_reader(text: str) -> None:
    name = read_name(text)
    assert len(name.units) == len(name.weights)
    assert all(codes for unit in name.units for codes, _ in unit.spellings if len(unit.spellings) == 1)
    assert to_unicode(to_unicode(text)) == to_unicode(text) or is_zawgyi(to_unicode(text))


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=12), st.text("abcdefghijklmnopqrstuvwxyz", max_size=12))
def test_costs_are_the_same_both_ways_and_nothing_for_oneself(one: str, other: str) -> None:
    swap, lost, weight = costs()
    for a in encode(one):
        assert swap[a, a] == 0.0
        for b in encode(other):
            assert swap[a, b] == swap[b, a]
            assert 0.0 <= swap[a, b] <= 1.0
        assert 0.0 < lost[a] <= 1.0
        assert 0.0 < weight[a] <= 1.0


def test_an_open_sound_costs_what_its_nearest_spelling_costs() -> None:
    swap = costs()[0]
    (either,) = encode_sounds("ph|p")
    assert swap[either, encode("p")[0]] == 0.0
    assert swap[either, encode("ph")[0]] == 0.0


@pytest.mark.parametrize(
    ("left", "right"),
    [("Dr. Daw Thet Thet Khaing", "သက်သက်ခိုင်"), ("H.E. Tan Kee Kwong", "Tan Kee Kwong"),
     ("ANWAR HADI, S.H., M.M.", "Anwar Hadi"),
     ("Masagos bin Yusof", "Masagos Yusof"), ("J. Marlowe Ho", "James Marlowe Ho"),
     ("Albert HO Chun-yan", "何俊仁"), ("依斯迈沙比礼", "Ismail Sabri"), ("박성호", "PARK Seong-ho"),
     ("Wong Wai Ming", "黃偉明"), ("Ooi Chuan Aun", "黄泉安")],
)  # fmt: skip
def test_titles_degrees_traditions_and_sounds_leave_one_name(left: str, right: str) -> None:
    found = compare_names(left, right)
    assert found.match_probability >= 0.5, found


@pytest.mark.parametrize(
    ("left", "right"),
    [("LEUNG Ka-lau", "梁美芬"), ("Wang Gang", "王芳"), ("U Myint Kyi", "ကျော်မြင့်"),
     ("Thong Sophea", "ថោង បុប្ផា"), ("李莉", "李力"),
     ("Nguyen Van Canh", "Nguyễn Bá Thanh"), ("88 Trading", "99 Trading")],
)  # fmt: skip
def test_a_surname_or_a_sound_in_common_is_not_one_name(left: str, right: str) -> None:
    found = compare_names(left, right)
    assert found.match_probability < 0.5, found


def test_names_in_han_are_compared_as_written() -> None:
    assert simple("蔣麗芸") == "蒋丽芸"
    assert compare("蔣麗芸", "蒋丽芸")[1] == "the same characters, simplified and traditional"
    assert "one sound, but other characters" in compare("刘捷", "刘杰")[1]


def test_the_reason_names_the_tradition_and_what_is_left_over() -> None:
    told = compare_names("Albert HO Chun-yan", "何俊仁").reason
    assert "ho = 何" in told
    assert "Cantonese spelling" in told
    assert "albert" in told
