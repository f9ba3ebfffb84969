"""The news reader and the mapping of claims, on passages written for these tests."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.case.stage import Stage
from upriver.case.store import Case
from upriver.extract.events import Event, event_reports, read_events
from upriver.extract.params import ExtractParams
from upriver.model.forms import FORMS

PUBLISHED = date(2025, 11, 20)  # a Thursday
EXTRACT = Stage("extract", ("record",), ("event_report", "rejected_record"), event_reports, ExtractParams)


def read(text: str) -> list[Event]:
    return read_events(text, PUBLISHED)


@pytest.mark.parametrize(
    ("text", "kind", "count", "unit"),
    [
        ("Police in Poipet arrested 37 suspects on Monday.", "arrest", 37, "people"),
        ("警方在金边抓获嫌疑人269名。", "arrest", 269, "people"),
        ("Cambodian authorities handed over 209 Chinese nationals to Chinese police.", "handover", 209, "people"),
        ("11月18日,缅甸木姐地区移交中方571名犯罪嫌疑人。", "handover", 571, "people"),
        ("Fifty-two Kenyans were freed from a compound near Myawaddy.", "rescue_release", 52, "people"),
        ("军方解救260名被困人员。", "rescue_release", 260, "people"),
        ("Thailand deported 549 foreigners through Mae Sot in March.", "repatriation", 549, "people"),
        ("泰國上月遣返549名外國人。", "repatriation", 549, "people"),
        ("Officers raided 43 locations across Sihanoukville.", "raid", 43, "locations"),
        ("Investigators froze assets worth US$15 million.", "seizure", 15e6, "USD"),
        ("联合行动中冻结资金约2.3亿元。", "seizure", 230e6, "CNY"),
        ("The Treasury imposed sanctions on nine companies.", "sanction", 9, "targets"),
        ("美国财政部制裁了4名个人。", "sanction", 4, "targets"),
        ("A court in Wenzhou sentenced 39 members of the family group.", "sentence", 39, "people"),
        ("温州市中级人民法院一审宣判,39名被告人获刑。", "sentence", 39, "people"),
        ("Prosecutors charged 168 people with fraud.", "prosecution", 168, "people"),
        ("检方已对58人提起公诉。", "prosecution", 58, "people"),
        ("Eleven members of the gang were executed on January 29.", "execution", 11, "people"),
        ("法院29日对11名罪犯执行死刑。", "execution", 11, "people"),
        ("Wenzhou police issued arrest warrants for four ringleaders.", "wanted_notice", 4, "people"),
        ("公安机关公开通缉4名电诈集团头目。", "wanted_notice", 4, "people"),
        ("Four workers died when guards opened fire.", "death", 4, "people"),
        ("枪击造成4人死亡。", "death", 4, "people"),
        ("About 1,500 people fled from KK Park after the raid.", "flight", 1500, "people"),
        ("周二,约1500人从园区逃往泰国湄索。", "flight", 1500, "people"),
        ("Engineers demolished 101 buildings at KK Park.", "disruption", 101, "buildings"),
        ("妙瓦底KK园区被拆除建筑101栋。", "disruption", 101, "buildings"),
        ("SpaceX disabled more than 2,500 Starlink terminals.", "disruption", 2500, "satellite terminals"),
        ("The UN estimates that 120,000 people are held in compounds across Myanmar.", "estimate", 120_000, "people"),
        ("据估计,每年损失高达370亿美元。", "estimate", 37e9, "USD/year"),
    ],
)
def test_every_type_is_read_in_both_languages(text: str, kind: str, count: float, unit: str) -> None:
    (event,) = read(text)
    assert (event.type, event.count, event.unit) == (kind, count, unit)
    assert text[event.start : event.end] == event.span


@pytest.mark.parametrize(
    "text",
    [
        "Some 1,655 foreigners remain in detention at the border, waiting for flights home.",
        "目前仍有1655人滞留边境,等待遣返。",
        "A reward of 500,000 yuan was offered for each of the four suspects.",
        "The 25-year-old was paid 300 dollars a month and fined 50 dollars for every lost customer.",
        "他月薪8000元,被罚款2000元。",
        "Fraud cases fell by 30 percent compared with 45,000 cases a year earlier.",
        "Fighting between rebels and the army killed 14 soldiers near Laukkai.",
        "The government will pardon 6,186 prisoners to mark Independence Day.",
        "Cross-border trade reached 2 billion dollars; 800 trucks passed the gate.",
        "Police seized 300 kilograms of heroin and arrested 4 traffickers near Tachileik.",
        "About 500 police officers took part in the operation.",
        "No arrests were made.",
        "",
    ],
)
def test_stocks_rewards_wages_ages_shares_comparisons_and_wars_are_no_events(text: str) -> None:
    assert read(text) == []


def test_the_number_before_last_is_no_event_either() -> None:
    (event,) = read("To date, a total of 8,906 foreigners have been repatriated, up from 7,200 in April.")
    assert (event.count, event.cumulative) == (8906, True)


@pytest.mark.parametrize(
    "text",
    [
        "Since November, 7,051 people from Bavet have been handed over, the task force said on 24 March 2025.",
        "The task force said on Monday that 7,051 people have been handed over since November.",
    ],
)
def test_what_is_counted_from_a_beginning_is_a_running_total_whenever_it_is_announced(text: str) -> None:
    (event,) = read(text)
    assert (event.count, event.cumulative) == (7051, True)


def test_a_prosecutor_who_estimates_prosecutes_nobody() -> None:
    (event,) = read("The public prosecutor estimates that about 16,900 people work in the compounds of Bavet.")
    assert (event.type, event.count) == ("estimate", 16_900)


def test_a_days_figure_stays_apart_from_the_total_told_beside_it() -> None:
    found = read("Police arrested 30 people on Monday, bringing the number of arrests since October to 900.")
    assert {event.count: event.cumulative for event in found}[30] is False


@pytest.mark.parametrize(
    ("words", "qualifier"),
    [
        ("more than", "more_than"),
        ("at least", "at_least"),
        ("nearly", "nearly"),
        ("up to", "up_to"),
        ("about", "about"),
    ],
)
def test_a_qualifier_is_kept(words: str, qualifier: str) -> None:
    (event,) = read(f"Police arrested {words} 120 suspects in Bavet.")
    assert (event.count, event.qualifier) == (120, qualifier)


def test_handed_over_does_not_mean_more_than() -> None:
    (event,) = read("The militia handed over 164 suspects.")
    assert event.qualifier == "exact"


def test_a_range_keeps_its_two_ends_and_a_vague_word_has_no_figure() -> None:
    (event,) = read("Between 6,000 and 7,000 workers left the casino complex in January 2026.")
    assert (event.count, event.low, event.high, event.qualifier) == (None, 6000, 7000, "range")
    (event,) = read("Hundreds of people were rescued from the building.")
    assert (event.count, event.qualifier) == (None, "vague")


def test_roles_penalties_sexes_and_nationalities_are_parts_of_their_whole() -> None:
    (event,) = read("Since September, 31,000 suspects were handed over, among them 63 financiers and 1,531 fugitives.")
    assert event.cumulative
    assert [(part.role, part.count) for part in event.parts] == [("financier", 63), ("fugitive", 1531)]
    (event,) = read("A court sentenced 39 members of the group, 11 of them to death.")
    assert [(part.kind, part.label, part.count) for part in event.parts] == [("penalty", "death", 11)]
    (event,) = read("军方解救260名被困人员,其中女性13名。")
    assert [(part.kind, part.label) for part in event.parts] == [("sex", "female")]


def test_a_chinese_running_total_with_its_leaders() -> None:
    text = "截至目前,缅北执法部门已累计向我方移交电诈犯罪嫌疑人3.1万名,其中幕后组织头目和骨干63名,网上在逃人员1531名。"
    (event,) = read(text)
    assert (event.count, event.cumulative, event.places) == (31_000, True, ("northern Myanmar",))
    assert [(part.role, part.count) for part in event.parts] == [("leader", 63), ("fugitive", 1531)]


def test_plans_and_attempts_are_marked() -> None:
    assert read("Officials plan to deport 172 foreigners next week.")[0].modality == "planned"
    assert read("計劃下週遣返172名外國人。")[0].modality == "planned"
    assert read("Police tried to arrest 12 suspects but they escaped.")[0].modality == "attempted"


def test_a_plan_told_on_a_day_has_no_day_of_the_next_year() -> None:
    text = "555 people are expected to be handed over before the end of the month, the task force said on May 1."
    (event,) = read_events(text, date(2025, 5, 2))
    assert (event.modality, event.first, event.last) == ("planned", date(2025, 5, 1), date(2025, 5, 1))


def test_one_figure_may_have_two_verbs() -> None:
    events = read("64 South Koreans were detained in Cambodia and were flown to Seoul on Saturday.")
    assert [(event.type, event.count) for event in events] == [("arrest", 64), ("repatriation", 64)]


def test_parties_place_day_and_speaker_are_read() -> None:
    (event,) = read("Lao police handed over 164 suspects to Chinese police in Vientiane on Tuesday, the embassy said.")
    assert (event.actor, event.from_party, event.to_party) == ("Lao police", "Lao police", "Chinese police")
    assert (event.places, event.first, event.last) == (("Vientiane",), date(2025, 11, 18), date(2025, 11, 18))
    assert event.attributed_to == ("embassy",)


def test_a_place_outside_the_gazetteer_is_kept_as_spelt() -> None:
    (event,) = read("Police arrested 12 suspects in Upper Reedham on Monday.")
    assert event.places == ("Upper Reedham",)


def test_a_language_without_a_file_is_left_alone() -> None:
    assert read_events("Cảnh sát bắt giữ 12 nghi phạm", PUBLISHED, "vi") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A raid in Bavet led to the arrest, with help from Interpol, of 20 brokers.", [("arrest", 20)]),
        ("The campaign produced 276 arrests and 31 deportations.", [("arrest", 276), ("repatriation", 31)]),
        ("Ninety workers, most of them Kenyans, were let go on Monday.", [("rescue_release", 90)]),
        ("The 38 Thais whom gendarmes let out of a dormitory on Sunday are well.", [("rescue_release", 38)]),
        ("Handed over to Chinese police that night were 63 suspects.", [("handover", 63)]),
        ("Confiscated in the same flat: 500 SIM cards.", [("seizure", 500)]),
        ("The number of foreigners deported since June stands at 4,120.", [("repatriation", 4120)]),
        ("Officers took 88 people into custody and carted off 212 phones.", [("arrest", 88), ("seizure", 212)]),
        ("188 Indonesians freed from compounds touched down in Jakarta on Tuesday.", [("repatriation", 188)]),
        ("Britain blacklisted six companies and four individuals.", [("sanction", 10)]),
        ("A court jailed Ma Dehai and 33 others for fraud.", [("sentence", 34)]),
        ("A man was arrested in Poipet on Monday.", [("arrest", 1)]),
        ("Police found nineteen graduates in a villa. All were detained on Monday.", [("arrest", 19)]),
        ("Of the 148 structures marked for destruction, 101 had been blown up by Monday.", [("disruption", 101)]),
        ("警方带走二百二十余人,缴获手机46部、电脑12台。", [("arrest", 220), ("seizure", 46), ("seizure", 12)]),
        ("39名被告人中,9人被判处死刑,5人被判处死缓。", [("sentence", 39)]),
        ("英国将4名个人及6家企业列入制裁名单。", [("sanction", 10)]),
        ("通缉令发布后,117名通缉人员被遣返。", [("repatriation", 117)]),
        ("他们被捕前,民警查获12名嫌疑人。", [("arrest", 12)]),
    ],
)
def test_grammar_joins_a_figure_to_what_was_done(text: str, told: list[tuple[str, float]]) -> None:
    assert [(event.type, event.count) for event in read(text)] == told


@pytest.mark.parametrize(
    "text",
    [
        "Rescuers and detainees met 40 reporters.",
        "The film shows 12 gangsters who are arrested in the last minute.",
        "有关抓获200人的说法纯属谣言。",
        "无罪释放3人。",
        "A recruiter earns 3,000 dollars for each man delivered.",
        "Mortar fire killed 27 soldiers near the park.",
    ],
)
def test_agents_films_rumours_acquittals_and_wars_tell_nothing(text: str) -> None:
    assert read(text) == []


def test_a_part_that_another_verb_takes_is_an_event_of_its_own() -> None:
    found = read("Warrants are out for 42 people, of whom 29 had been rounded up by nightfall.")
    assert [(event.type, event.count) for event in found] == [("wanted_notice", 42), ("arrest", 29)]


def test_parts_that_add_up_to_a_whole_told_before_are_no_new_events() -> None:
    text = "Authorities rescued 187 workers on Monday. 157 foreigners were rescued along with 30 Filipinos."
    (event,) = read(text)
    assert sum(part.count for part in event.parts) == 187


def test_the_penalties_of_a_verdict_are_parts_of_it() -> None:
    text = "A court sentenced 27 members of the clan on Monday. Six were condemned to death; nine got life terms."
    (event,) = read(text)
    assert {part.label: part.count for part in event.parts} == {"death": 6, "life": 9}


def test_speakers_are_told_the_nearest_first_then_the_agency() -> None:
    text = "PHNOM PENH, Nov. 18 (Xinhua) -- Police arrested 40 people in Bavet, a police spokesman said."
    assert read(text)[0].attributed_to == ("police spokesman", "Xinhua")
    assert read("《柬中时报》引述西港警方消息,周二抓获40人。")[0].attributed_to == ("西港警方", "柬中时报")


def test_a_body_that_tells_of_its_own_act_speaks_for_it_and_else_nobody_does() -> None:
    assert read("Cambodian police arrested 40 people in Bavet.")[0].attributed_to == ("Cambodian police",)
    assert read("Forty people were arrested in Bavet.")[0].attributed_to == ("unattributed",)


def test_the_day_of_the_telling_is_not_the_day_of_the_act() -> None:
    (event,) = read("The ministry said on Wednesday that 40 people were arrested in Bavet on November 14.")
    assert (event.first, event.announced) == (date(2025, 11, 14), date(2025, 11, 19))


def test_a_court_sits_where_its_name_says_whatever_the_crimes() -> None:
    (event,) = read("The Wenzhou Intermediate Court jailed 12 people on Monday for crimes committed in Kokang.")
    assert (event.places[0], event.country) == ("Wenzhou", "CN")


def test_doubts_are_stated_on_the_row() -> None:
    (event,) = read("Police seized 5,000,000,000,000,000,000 dollars in Upper Reedham.")
    assert event.doubts == ("a figure beyond 10^15", "no day is told", "Upper Reedham is not in the gazetteer")
    (event,) = read_events("Police arrested 12 suspects on Monday.", None)
    assert "the day of publication is not known: days told from it stay open" in event.doubts
    (event,) = read("警方在老街抓获12名嫌疑人。")
    assert "老街 may be Laukkai (MM) or Lao Cai (VN): taken for the first" in event.doubts
    (event,) = read("Police arrested 12 suspects on 42 March in Bavet.")
    assert "a day that is in no calendar" in event.doubts
    for text in ("In 1850, police arrested 12 people in Bavet.", "On 5 May 1850 arrested in Bavet."):
        (event,) = read(text)
        assert "a year before 1900 is not read as a day" in event.doubts


def test_a_file_of_words_is_a_language() -> None:
    (event,) = read_events("Pada Senin polisi menangkap 1.250 WNA di Batam.", PUBLISHED, "id")
    assert (event.type, event.count, event.places, event.first) == ("arrest", 1250, ("Batam",), date(2025, 11, 17))
    (event,) = read_events("Sebanyak dua belas orang ditangkap di Jakarta pada 12 Agustus 2025.", PUBLISHED)
    assert (event.count, event.first) == (12, date(2025, 8, 12))
    (event,) = read_events("Petugas menyita Rp1,5 miliar dari rekening sindikat.", PUBLISHED, "id")
    assert (event.type, event.count, event.unit) == ("seizure", 1.5e9, "IDR")


def test_languages_in_one_passage_do_not_hide_each_other() -> None:
    found = read_events("警方抓获12名嫌疑人。 Police arrested 30 suspects in Bavet.", PUBLISHED)
    assert 12 in [event.count for event in found]


@pytest.mark.parametrize("piece", ["police arrested 12 men and ", "被抓获3名", "12 ", "(((", "of them, "])
def test_a_text_without_a_stop_costs_no_more_than_its_length(piece: str) -> None:
    for event in read_events((piece * 4000)[:8000], PUBLISHED):
        assert event.end - event.start < 2000


@given(st.text(max_size=80))
def test_no_text_makes_the_reader_fall_and_spans_are_exact(text: str) -> None:
    for event in read(text):
        assert text[event.start : event.end] == event.span


def _record(number: int, form: str, **fields: str) -> dict[str, object]:
    values = [fields.get(name) for name in FORMS[form].fields]
    return {"record_id": f"f#row {number}", "file_id": "f", "locator": f"row {number}", "form": form, "fields": values}


def _reports(case: Case, *records: dict[str, object]) -> list[dict[str, object]]:
    case.fill("record", list(records))
    case.run(EXTRACT, ExtractParams())
    rows: list[dict[str, object]] = case.read("event_report").to_pylist()
    return rows


def test_news_become_rows_with_parts_under_their_whole(case: Case) -> None:
    text = "Police in Bavet arrested 40 people on Monday, including 3 ringleaders."
    rows = _reports(case, _record(1, "news", passage_id="p1", text=text, published="2025-11-20", publisher="The Paper"))
    whole = next(row for row in rows if row["part_of"] is None)
    part = next(row for row in rows if row["part_of"] is not None)
    assert (whole["count"], whole["place"], whole["from_on"], whole["source"]) == (
        40.0,
        "Bavet",
        date(2025, 11, 17),
        "The Paper",
    )
    assert (part["count"], part["role"], part["part_of"]) == (3.0, "leader", whole["report_id"])


def test_claims_are_mapped_as_they_stand_with_their_source(case: Case) -> None:
    rows = _reports(
        case,
        _record(1, "claim", claim_id="C1", type="handover", count="1207", qualifier="exact", unit="people", role="all",
                place="Pu'er", country="CN", date_from="2023-09", cumulative="false", happening="h1", source_id="s1"),
        _record(2, "claim_part", claim_id="C1", dimension="sex", label="female", count="100"),
        _record(3, "claim_source", source_id="s1", publisher="Page", url="https://example.org",
                published_on="2023-09-08", language="en", first_speaker="Ministry"),
        _record(4, "estimate", estimate_id="E1", what="people_in_compounds", place="Myanmar", country="MM", year="2023",
                low="50000", high="100000", qualifier="range", unit="people", by_whom="A general"),
        _record(5, "site_status", site_id="x", name="X Park", place="KK Park", status="raided",
                status_date="2025-10-16"),
    )  # fmt: skip
    by_type = {(row["type"], row["part_kind"]): row for row in rows}
    claim, part = by_type["handover", None], by_type["handover", "sex"]
    assert (claim["count"], claim["first_speaker"], claim["source"], claim["happening"]) == (
        1207.0,
        "Ministry",
        "Page",
        "h1",
    )
    assert (claim["from_on"], claim["to_on"]) == (date(2023, 9, 1), date(2023, 9, 30))
    assert (part["count"], part["part_of"], part["part_label"]) == (100.0, claim["report_id"], "female")
    estimate = by_type["estimate", None]
    assert (estimate["count"], estimate["count_low"], estimate["count_high"]) == (None, 50_000.0, 100_000.0)
    assert by_type["site_status", None]["status"] == "raided"


def test_a_claim_that_cannot_be_read_is_refused_with_a_reason(case: Case) -> None:
    rows = _reports(
        case,
        _record(1, "claim", claim_id="C1", type="magic", count="3", qualifier="exact"),
        _record(2, "claim", claim_id="C2", type="arrest", count="many", qualifier="exact"),
        _record(3, "claim_part", claim_id="C9", dimension="sex", label="female", count="1"),
        _record(4, "news", passage_id="p"),
    )
    assert [(row["type"], row["count"]) for row in rows] == [("arrest", None)]
    reasons = " / ".join(case.read("rejected_record", "reason")["reason"].to_pylist())
    assert "magic" in reasons
    assert "many" in reasons
    assert "C9" in reasons
    assert "no text" in reasons


def test_row_order_does_not_matter(case: Case, tmp_path_factory: pytest.TempPathFactory) -> None:
    records = [
        _record(
            n, "news", passage_id=f"p{n}", text=f"Police arrested {10 + n} suspects in Bavet.", published="2025-11-20"
        )
        for n in range(4)
    ]
    other_folder = tmp_path_factory.mktemp("other")
    with Case.create(other_folder / "x.upriver", folder=other_folder) as other:
        assert _reports(case, *records) == _reports(other, *reversed(records))
