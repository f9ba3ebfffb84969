"""Signs composed of slots: an act near what it is done to, and what keeps it from being read into ordinary life."""

from __future__ import annotations

from pathlib import Path

import pytest

from upriver.clean.lexicon import Cue, Lexicon, Text
from upriver.errors import SettingsError
from upriver.safeguard.cues import cues
from upriver.safeguard.indicators import read_signs
from upriver.safeguard.slots import Compositions, parsed

PAPERS, MOVEMENT = "retention_of_identity_documents", "restriction_of_movement"
SIGN = Cue("papers", (), {"indicator": PAPERS, "state": "present"})
SLOTS = {
    "take": ("took", "收走"),
    "card": ("passport", "护照"),
    "desk": ("hotel",),
    "boss": ("boss",),
    "word": ("took",),
}
WORDS = Lexicon(Cue(f"slot:{name}", words, {"slot": name}) for name, words in SLOTS.items())


def found(form: str, text: str) -> list[str]:
    made = Text(text)
    hits = Compositions(parsed(form, SLOTS, SIGN)).find(made, WORDS.find(made))
    return [text[hit.start : hit.end] for hit in hits]


def told(text: str) -> dict[str, str]:
    return {sign.indicator: sign.state for sign in read_signs(text)}


def test_a_row_is_found_in_its_order_and_an_ampersand_in_either() -> None:
    assert found("take > card", "they took my old passport") == ["took my old passport"]
    assert found("take > card", "the passport they took") == []
    assert found("take & card", "the passport they took") == ["passport they took"]
    assert found("take & card", "护照被他们收走") == ["护照被他们收走"]


def test_what_is_too_far_apart_or_across_a_full_comma_is_not_found() -> None:
    assert found("take > card /2", "took a b passport") == ["took a b passport"]
    assert found("take > card /2", "took a b c passport") == []
    assert found("take & card", "收走，护照") == []
    assert found("take & card", "took it. passport") == []


def test_a_comma_behind_the_reach_lets_the_slots_lie_in_two_clauses() -> None:
    assert found("take & card /5,", "收走，护照") == ["收走，护照"]
    assert found("take & card /1,", "收走了那么多，护照") == []
    assert found("take & card /5,", "收走。护照") == []


def test_what_is_a_word_of_a_slot_is_no_setting_beside_it() -> None:
    assert found("take > card !word", "they took my passport") == ["took my passport"]
    assert found("take > card !word", "they took my passport, took") == []


def test_what_must_not_stand_beside_withdraws_and_what_must_is_asked_for() -> None:
    assert found("take > card !desk", "the hotel took my passport") == []
    assert found("take > card +boss", "they took my passport") == []
    assert found("take > card +boss", "the boss came and took my passport") == ["took my passport"]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("take >", "write slots as"), ("take > phone", r"no list 'phone' under \[slots\]"),
        ("take > card & boss", "either > or &"), ("take > card /40", "one reach, of at most 12"),
        ("take > card /2 !desk /3", "one reach"), ("take>card>take>card>take", "at most four"),
    ],
)  # fmt: skip
def test_a_slip_in_a_row_says_what_is_wrong(form: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parsed(form, SLOTS, SIGN)


OWN = """
[slots]
quitar = ["quitaron", "retienen"]
documento = ["pasaporte", "documentos"]
[[sign]]
name = "documentos"
indicator = "retention_of_identity_documents"
operational = "coercion_at_destination.documents"
state = "present"
source = "s"
slots = ["quitar & documento"]
"""


def test_a_file_of_ones_own_composes_signs_and_a_slip_is_told_with_its_entry(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN)
    assert [sign.indicator for sign in read_signs("Nos quitaron a todos el pasaporte.", cues(tmp_path))] == [PAPERS]
    own.write_text(OWN.replace("quitar & documento", "quitar & papel"))
    with pytest.raises(SettingsError, match=r"\[\[sign\]\] 1 \(documentos\) slots: .*no list 'papel'"):
        cues(tmp_path)
    own.write_text(OWN.replace('state = "present"', 'state = "present"\ndenial = "never"'))
    with pytest.raises(SettingsError, match="denial must be before or inside"):
        cues(tmp_path)
    own.write_text('[ordinary]\nsadness = ["rain"]\n')
    with pytest.raises(SettingsError, match=r"\[ordinary\] sadness: no such indicator"):
        cues(tmp_path)


@pytest.mark.parametrize(
    ("text", "indicator"),
    [
        # none of these stands in a set of benchmarks/testimony: each composition meets what nobody listed
        ("Our passports lay in a carton under the accountant's table.", PAPERS),
        ("证件全装在会计的麻袋里。", PAPERS),
        ("The exit only opens for the boss.", MOVEMENT),
        ("大门只给货车开，不给我们开。", MOVEMENT),
        ("Not one of us had breathed fresh air since March.", MOVEMENT),
        ("Whoever came last got the cable.", "physical_and_sexual_violence"),
        ("垫底的挨皮带，轮到我两次。", "physical_and_sexual_violence"),
        ("He held up photos of my son on his phone and smiled.", "intimidation_and_threats"),
        ("上一个报警的人，听说埋在后山。", "intimidation_and_threats"),
        ("The penalty for being late was higher than the week's wages.", "withholding_of_wages"),
        ("Every blanket went into the ledger under my name.", "debt_bondage"),
        ("床位、被子都记在我名下。", "debt_bondage"),
        ("There was no restaurant, only rows of computers.", "deception"),
        ("哪有什么工厂，一屋子全是电脑。", "deception"),
        ("We had to read from a page before every call home.", "isolation"),
        ("Saturdays were like Mondays.", "excessive_overtime"),
        ("Supper was for those who had met their quota.", "abusive_working_and_living_conditions"),
        ("Five small children at home depend on me.", "abuse_of_vulnerability"),
    ],
)  # fmt: skip
def test_what_a_telling_implies_is_composed_of_who_keeps_opens_counts_and_pays(text: str, indicator: str) -> None:
    assert told(text).get(indicator) == "present"


@pytest.mark.parametrize(
    "text",
    [
        "The hotel keeps passports of guests in the safe.", "The headmaster collects phones in the morning.",
        "The fine for late return of books is more than the book cost.", "Our gate is kept locked because of the dog.",
        "班主任早上收手机，放学发回来。", "机房的卡只有主管有。", "房东把玻璃算在我账上。",
        "He sold his shares to another company.", "Nobody had been outside for days because of the typhoon.",
    ],
)  # fmt: skip
def test_schools_hotels_landlords_and_strict_employers_are_quiet(text: str) -> None:
    assert "present" not in told(text).values()


def test_of_kin_who_are_held_a_report_speaks_and_of_others_a_witness() -> None:
    violence = "physical_and_sexual_violence"
    assert told("My son writes that they beat him.")[violence] == "present"
    assert told("They beat a Kenyan in front of us.")[violence] == "others"
    assert told("The cleaners told me that they were beaten.")[violence] == "others"
    assert told("The girl was slapped when she cried.")[violence] == "present"
    assert told("I saw them slap a girl.")[violence] == "others"


def test_a_negation_that_is_part_of_the_sign_denies_nothing() -> None:
    assert told("没有通行证出不了大门。")[MOVEMENT] == "present"
    assert told("I left without my passport, it is still with them.")[PAPERS] == "present"
    assert told("合同没到期不许回家。")[MOVEMENT] == "present"


def test_a_ransom_is_a_debt_however_it_is_announced() -> None:
    assert told("他们说要五万才放我弟弟。")["debt_bondage"] == "present"


def test_you_is_anybody_in_what_is_told_and_somebody_in_an_order() -> None:
    assert told("You could have your passport when you had paid.")[PAPERS] == "present"
    assert told("If you do not work we will sell you, they said.")["intimidation_and_threats"] == "present"
    assert told("If you do not work we will sell you.") == {}


@pytest.mark.parametrize(
    "text",
    [
        "I made them kneel on bottle caps until the shift ended.", "我让他们跪在瓶盖上跪到下班。",
        "We fined them more than a day's pay.", "新到7个，证件都放保险柜了。",
    ],
)  # fmt: skip
def test_what_the_speaker_makes_others_suffer_is_no_sign_of_the_speaker(text: str) -> None:
    assert "present" not in told(text).values()


def test_the_speaker_who_does_it_to_others_shows_no_sign_of_their_own() -> None:
    for text in (
        "I took their passports and put them in the safe.",
        "他们的护照我锁起来了。",
        "We keep their passports in the safe.",
    ):
        assert told(text) == {}
    assert told("4 new heads came over the river, passports put in the safe.") == {PAPERS: "others"}
    assert told("他们把我锁在屋里。") == {MOVEMENT: "present"}


def test_an_order_is_no_testimony() -> None:
    assert told("Hand in all passports by noon.") == {}


def test_a_negation_between_slots_denies_and_one_that_is_part_of_a_slot_does_not() -> None:
    assert told("My passport was never once taken by them.") == {PAPERS: "absent"}
    assert told("They would not let go of my passport.")[PAPERS] == "present"


@pytest.mark.parametrize(
    "text",
    [
        "The hotel kept my passport at the desk for an hour to register us.",
        "I am stuck in traffic and cannot get out.",
        "In the film the guards lock the hero in a cellar.",
        "According to the news, workers had their passports taken.",
        "If somebody took my passport I would go to the police.", "They beat us three nil in the final.",
        "小说里绑匪要一百万赎金。", "电梯坏了，我们被困在里面，快叫物业。", "如果有人拿我的护照，我就报警。",
    ],
)  # fmt: skip
def test_ordinary_life_stories_and_what_might_be_are_no_signs(text: str) -> None:
    assert told(text) == {}
