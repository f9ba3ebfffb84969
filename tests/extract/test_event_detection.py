"""Which events the news reader finds: classes of language met in passages that nobody had tuned on, in own words."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from time import monotonic

import pytest

from upriver.extract.event_text import LONGEST, WINDOW, sentences
from upriver.extract.events import read_events

PUBLISHED = date(2025, 11, 20)


def told(text: str) -> list[tuple[str, float | None]]:
    return [(event.type, event.count) for event in read_events(text, PUBLISHED)]


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("Another 43 suspects, watched by marines, walked through the border gate into Laos.", [("handover", 43)]),
        ("Twenty-two Kenyans accused of cheating clients out of some $3 million landed at Nairobi on Friday.",
         [("repatriation", 22), ("estimate", 3e6)]),
        ("The 17 Nepalis who had waited six weeks in a monastery came home on Sunday.", [("repatriation", 17)]),
        ("All 36 Ugandans stranded at the border have been flown home.", [("repatriation", 36)]),
        ("扣查非法滞留人员73名。", [("arrest", 73)]),
        ("公安机关公开通缉朱某、马某等6名在逃人员。", [("wanted_notice", 6)]),
    ],
)  # fmt: skip
def test_the_subject_may_stand_far_from_its_verb(text: str, events: list[tuple[str, float]]) -> None:
    assert told(text) == events


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("Osaka police served warrants on 19 men on Monday.", [("arrest", 19)]),
        ("Lao officers saw off 31 Thais at the bridge on Friday.", [("handover", 31)]),
        ("The ministry placed seven companies on its sanctions list on Tuesday.", [("sanction", 7)]),
        ("Police in Kunming put out a notice naming eight suspects.", [("wanted_notice", 8)]),
        ("Nine people were put on an evening flight to Manila.", [("repatriation", 9)]),
        ("Case files on 14 persons have gone to the courts.", [("prosecution", 14)]),
        ("The number of suspects handed over has climbed past 3,300.", [("handover", 3300)]),
        ("刑事局扣得現金新台幣900萬元。", [("seizure", 9e6)]),
        ("警方突查5处窝点。", [("raid", 5)]),
        ("21名越南人冲出园区。", [("flight", 21)]),
    ],
)
def test_verbs_of_everyday_news_are_known(text: str, events: list[tuple[str, float]]) -> None:
    assert told(text) == events


@pytest.mark.parametrize(
    "text",
    [
        "Police detained 60 foreigners: 33 Chinese, 20 Burmese and seven Indians.",
        "Police detained 60 foreigners, 41 men and 19 women, in a hotel.",
        "警方抓获外国人60名,其中男41名、女19名。",
        "警方抓获60人,33人来自印度,27人来自尼泊尔。",
    ],
)
def test_figures_that_come_to_the_one_before_are_its_parts(text: str) -> None:
    assert told(text) == [("arrest", 60)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("法院一审宣判,29名被告人获刑:4人被判死刑,6人无期徒刑,其余19人被判有期徒刑。", 29),
        ("法院对林某等2人判处死刑,7人判处死缓,另有9名被告人获刑三年至十年不等。", 18),
        ("法院对周某等15人案宣判,主犯周某被判无期徒刑,其余14人分别获刑三年至八年。", 15),
        (
            "A court sentenced 26 defendants, with four receiving the death penalty, two life, and the other 20 terms.",
            26,
        ),
    ],
)
def test_one_verdict_is_one_event(text: str, count: float) -> None:
    assert told(text) == [("sentence", count)]


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("A court sentenced Hu Lin to death for sending 88 people to Bokeo.", [("sentence", 1)]),
        ("法院对胡某执行死刑,其曾诱骗六十余人前往老挝。", [("execution", 1)]),
        ("Police stormed a warehouse in Bavet and arrested 52 Thais.", [("arrest", 52)]),
        ("警方突击一栋写字楼,抓获外国人52名。", [("arrest", 52)]),
        ("Twelve properties, including a £9m mansion, have been frozen.", [("seizure", 12)]),
        ("Police held 38 account holders aged 19 to 64 who were arrested on Monday.", [("arrest", 38)]),
        ("Two Indian navy transporters flew home 88 nationals.", [("repatriation", 88)]),
        ("检方指控,该团伙骗取境内900余名被害人4亿余元。", [("estimate", 4e8)]),
        ("Officers raided the Lotus 7 compound and detained 25 men.", [("arrest", 25)]),
    ],
)
def test_what_only_describes_is_no_event(text: str, events: list[tuple[str, float]]) -> None:
    assert told(text) == events


@pytest.mark.parametrize(
    "text",
    [
        "Police in Poipet arrested 37 suspects on Monday. 另据报道,警方在金边抓获嫌疑人269名。",
        "另据报道,警方在金边抓获嫌疑人269名。Police in Poipet arrested 37 suspects on Monday.",
    ],
)
def test_each_sentence_is_read_in_its_own_language(text: str) -> None:
    assert sorted(told(text)) == [("arrest", 37), ("arrest", 269)]


def test_a_text_without_stops_is_cut_into_windows() -> None:
    text = "police held 12 men and then " * 200
    cuts = sentences(text)
    assert cuts[0][0] == 0
    assert cuts[-1][1] == len(text)
    assert all(a[1] == b[0] for a, b in pairwise(cuts))
    assert max(end - start for start, end in cuts) <= LONGEST
    assert len(cuts) > len(text) / LONGEST >= 1 > WINDOW / LONGEST


def test_the_time_of_a_text_without_stops_grows_with_its_length() -> None:
    words = "police arrested 37 suspects on Monday and seized 12 phones, then "
    times = []
    for size in (200, 800):
        start = monotonic()
        read_events(words * size, PUBLISHED)
        times.append(monotonic() - start)
    assert times[1] < 8 * times[0]
