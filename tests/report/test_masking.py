from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.report.masking import NAME_GONE, SHARED_NAME, Identity, Masks, tail

MARIA = Identity(
    "Victim 1",
    names={"Maria Elena López", "玛丽亚", "မောင်အောင်ထက်"},
    accounts={"acc_1829", "DE89370400440532013000"},
    phones={"+639175550123"},
    others={"maria.lopez@example.org"},
)
MASKS = Masks({"aa": "Victim 1"}, [MARIA], about={"r1": ("Victim 1",)})


@pytest.mark.parametrize(
    "text",
    [
        "Maria Elena López", "maria  elena lopez", "LOPEZ, MARIA", "López Maria Elena", "maria_elena_lopez.pdf",
        "MariaElenaLopez",
        "Ｍａｒｉａ　Ｅｌｅｎａ　Ｌｏｐｅｚ", "Maria\u200b Elena Lopez", "Maria Lopez", "玛丽亚", "玛 丽 亚",
        "我是玛丽亚。", "မောင် အောင် ထက်",
        "+639175550123", "0917 555 0123", "(+63) 917-555-0123", "９１７５５５０１２３", "๐๙๑๗๕๕๕๐๑๒๓", "acc_1829",
        "ACC-1829",
        "DE89 3704 0044 0532 0130 00", "maria.lopez@example.org",
    ],
)  # fmt: skip
def test_a_known_string_goes_however_it_is_written(text: str) -> None:
    masked = MASKS.text(f"see {text} here")
    assert "Victim 1" in masked
    assert text not in masked
    assert masked.startswith("see ")
    assert masked.endswith(" here")


@pytest.mark.parametrize(
    "text", ["Mariana Elenas", "acc_18299", "6391755501239", "see 500 USD at 10:00", "Maria", "玛丽"]
)
def test_what_only_resembles_a_known_string_stays(text: str) -> None:
    assert MASKS.text(text) == text


def test_single_parts_of_a_name_go_in_texts_about_the_person() -> None:
    assert (
        MASKS.text("I am Maria, of the family Lopez", ("Victim 1",)) == f"I am {NAME_GONE}, of the family {NAME_GONE}"
    )
    assert MASKS.text("丽亚哭了", ("Victim 1",)) == f"{NAME_GONE}哭了"


def test_a_name_that_another_bears_too_gets_nobodys_pseudonym() -> None:
    masks = Masks({"aa": "Victim 1"}, [Identity("Victim 1", names={"Wang Wei"})], shared={"Wang Wei"})
    assert masks.text("paid Wang Wei") == f"paid {SHARED_NAME}"


def test_a_short_name_that_begins_a_longer_one_is_found_at_the_end() -> None:
    masks = Masks({}, [Identity("Victim 1", names={"王小"}), Identity("Victim 2", names={"王小明月"})])
    assert masks.text("找王小") == "找Victim 1"
    assert masks.text("找王小明月") == "找Victim 2"


def test_a_longer_name_gets_nobodys_pseudonym() -> None:
    masks = Masks({}, [Identity("Person 1", names={"Hla Min"})])
    assert masks.text("Hla Min Phyo paid Hla Min twice") == f"{SHARED_NAME} Phyo paid Person 1 twice"


def test_accounts_keep_their_last_characters_and_stay_apart() -> None:
    masks = Masks({}, [Identity("Victim 1", accounts={"0000001829", "1111111829"})])
    shown = [masks.account(account) for account in ("0000001829", "1111111829", "7777771829")]
    assert shown == ["Victim 1 account …1829", "Victim 1 account 2 …1829", "7777771829"]
    assert (tail("123456"), tail("1234567890")) == ("56", "7890")


class _Counted(list[str]):
    """Names that count how often they are gone through."""

    n_readings = 0

    def __iter__(self) -> Iterator[str]:
        self.n_readings += 1
        return super().__iter__()


def test_shared_names_are_read_once_however_many_people_are_masked() -> None:
    shared = _Counted(["Wang Wei", "Su Su"])
    people = [Identity(f"Person {number}", names={"Wang Wei"}) for number in range(50)]
    masks = Masks({}, people, shared=shared)
    assert shared.n_readings == 1
    assert masks.text("paid Wang Wei") == f"paid {SHARED_NAME}"


def test_accounts_that_end_alike_are_told_apart_in_the_order_of_their_values() -> None:
    accounts = {f"{number:010}1829" for number in range(3)}
    masks = Masks(
        {}, [Identity("Victim 1", accounts=accounts), Identity("Victim 2", accounts={*accounts, "55551829x"})]
    )
    assert [masks.account(account) for account in sorted(accounts)] == [
        "Victim 1 account …1829", "Victim 1 account 2 …1829", "Victim 1 account 3 …1829",
    ]  # fmt: skip
    assert masks.account("55551829x").startswith("Victim 2 account …")


def test_no_masks_leave_every_text_as_it_is() -> None:
    assert Masks.none().text("Maria Elena Lopez", ("Victim 1",)) == "Maria Elena Lopez"


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_name_is_found_between_any_other_text(before: str, after: str) -> None:
    assert "Maria Elena López" not in MASKS.text(f"{before} Maria Elena López {after}")


@given(st.text(max_size=80))
def test_text_without_known_strings_is_not_changed(text: str) -> None:
    nobody = Masks({}, [Identity("Victim 1", names={"Qzxwv Yqzkj"}, phones={"+99123454321"})])
    assert nobody.text(text) == text


@pytest.mark.parametrize("about", [(), ("Victim 1",)])
def test_a_short_account_that_fills_a_cell_is_masked_too(about: tuple[str, ...]) -> None:
    masks = Masks({}, [Identity("Victim 1", accounts={"12591"})])
    assert masks.text("12591", about) == "Victim 1 account …1"
    assert masks.text("12592", about) == "12592"


@given(st.lists(st.sampled_from(["A1259", "12591", "1251259125", "259", "aa", "x", "+"]), min_size=1, max_size=3))
def test_one_word_is_masked_as_it_is_among_others(parts: list[str]) -> None:
    word = "".join(parts)
    masks = Masks({}, [Identity("Victim 1", names={"Aa A1"}, accounts={"A1259", "12591"}, phones={"+91251259125"})])
    assert masks.text(f"{word} .") == f"{masks.text(word)} ."


def _twin(text: str, names: list[str]) -> bool:
    """Slow and obvious: whether any name stands in the text as whole words."""
    padded = f" {' '.join(text.lower().split())} "
    return any(f" {name} " in padded for name in names)


@given(st.lists(st.sampled_from(["anna", "bell", "carl", "dora", "egon"]), max_size=12))
def test_hits_are_those_of_the_slow_search(chosen: list[str]) -> None:
    masks = Masks({}, [Identity("Person 1", names={"Anna Bell"}), Identity("Person 2", names={"Carl Dora"})])
    text = " ".join(chosen)
    assert (masks.text(text) != text) == _twin(text, ["anna bell", "bell anna", "carl dora", "dora carl"])
