"""A proposal stands only on the words of its passage, whatever a model says."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.errors import ProposerError
from upriver.model.events import QUALIFIERS, TYPES
from upriver.plain.judging import judged
from upriver.plain.news import passage_row
from upriver.plain.passages import Passage
from upriver.plain.proposals import Answer, Proposals, proposed

TEXT = (
    "On 14 October 2025 the river patrol escorted 1,370 foreigners, among them 63 Kenyans, out of a hotel in Myawaddy "
    "and across the bridge, the Ministry of the River said. About 40% of them were ill. "
    "Between 20 and 30 boats were burnt. Dozens of huts were emptied."
)
ESCORTED = "escorted 1,370 foreigners, among them 63 Kenyans"
PASSAGE = Passage("p1", "a.jsonl:1", TEXT, "2025-10-15", date(2025, 10, 15), "en")


def event(**more: Any) -> dict[str, Any]:
    return {
        "type": "rescue_release", "span": ESCORTED, "count": 1370, "count_qualifier": "exact", "unit": "people", **more
    }  # fmt: skip


def stands(**more: Any) -> dict[str, Any]:
    found = judged(event(**more), PASSAGE)
    assert isinstance(found, dict), found
    return found


@dataclass
class Model:
    """A proposer that says what it is told; an error is raised."""

    answers: list[str | ProposerError]
    name: str = "tiny"
    asked: list[tuple[str, str]] = field(default_factory=list)

    def ask(self, instructions: str, passage: str) -> str:
        self.asked.append((instructions, passage))
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(answer, ProposerError):
            raise answer
        return answer


def answered(*events: Any, own: list[dict[str, Any]] | None = None) -> Answer:
    return Proposals(Model([json.dumps({"events": events})])).to(PASSAGE, own or [])


def test_a_proposal_whose_words_and_figure_are_in_the_text_stands() -> None:
    (found,) = answered(event()).events
    assert (found["count"], found["unit"], found["proposed_by"]) == (1370, "people", "tiny")
    assert TEXT[found["start"] : found["end"]] == found["span"] == ESCORTED
    assert isinstance(found["count"], int)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"span": "escorted 1,370 people"}, "not in the text"),
        ({"span": ESCORTED.upper()}, "not in the text"),
        ({"span": ""}, "no span"),
        ({"span": None}, "no span"),
        ({"span": ["x"]}, "no span"),
        ({"count": 1371}, "does not stand in its span"),
        ({"count": 370}, "does not stand in its span"),
        ({"span": "370 foreigners", "count": 370}, "does not stand in its span"),
        ({"span": "14 October 2025 the river patrol escorted", "count": 14}, "does not stand in its span"),
        ({"span": "14 October 2025 the river patrol escorted", "count": 2025}, "does not stand in its span"),
        ({"span": "About 40% of them were ill", "count": 40}, "does not stand in its span"),
        ({"count": "many"}, "is no number"),
        ({"count": True}, "is no number"),
        ({"count": float("nan")}, "is no number"),
        ({"count": 10**400}, "is no number"),
        ({"count": [1370]}, "is no number"),
        ({"count": None}, "no count, and its qualifier is exact"),
        ({"count_qualifier": "vague"}, "vague and has a count"),
        ({"count_qualifier": "roughly"}, "count_qualifier 'roughly' is not known"),
        ({"count_qualifier": None}, "count_qualifier None is not known"),
        ({"type": "escort"}, "type 'escort' is not known"),
        ({"type": ["arrest"]}, "is not known"),
        ({"unit": "souls"}, "unit 'souls' is not known"),
        ({"unit": None}, "unit None is not known"),
        ({"count": None, "count_qualifier": "range", "count_range": [20, 30]}, "does not stand in its span"),
        ({"count": None, "count_qualifier": "range", "count_range": [1370]}, "needs two ends"),
        ({"count_range": [63, 1370]}, "needs two ends and the qualifier range"),
    ],
)
def test_a_proposal_that_the_text_does_not_carry_is_refused(more: dict[str, Any], reason: str) -> None:
    answer = answered(event(**more))
    assert answer.events == []
    ((told, raw),) = answer.refused
    assert reason in told
    assert raw


@pytest.mark.parametrize("item", [None, 7, "x", [], ["arrest"]])
def test_what_is_no_event_at_all_is_refused(item: Any) -> None:
    assert answered(item).refused[0][0] == "it is no object"


def test_a_figure_may_come_as_words_or_text() -> None:
    assert stands(count="1,370")["count"] == 1370


def test_a_vague_event_has_no_count_and_a_range_has_two_ends() -> None:
    vague = stands(span="Dozens of huts were emptied", count=None, count_qualifier="vague", unit="buildings")
    assert vague["count"] is None
    ranged = stands(
        span="Between 20 and 30 boats", count=None, count_qualifier="range", count_range=[20, 30], unit="vehicles"
    )
    assert (ranged["count"], ranged["count_range"]) == (None, [20, 30])


def test_fields_are_kept_where_the_text_says_them() -> None:
    found = stands(
        actor=["river patrol"], from_party="a hotel", to_party=None, place=["Myawaddy"], country="MM",
        date="2025-10-14", attributed_to=["Ministry of the River"], modality="actual", cumulative=False,
        breakdown={"nationality": {"KE": 63}}, names=[],
    )  # fmt: skip
    assert found["actor"] == ["river patrol"]
    assert found["from_party"] == "a hotel"
    assert (found["country"], found["date"], found["cumulative"]) == ("MM", "2025-10-14", False)
    assert found["attributed_to"] == ["Ministry of the River"]
    assert found["breakdown"] == {"nationality": {"KE": 63}}
    assert found["doubts"] == []


def test_fields_that_the_text_does_not_say_are_left_out_or_read_anew_with_a_doubt() -> None:
    found = stands(
        span=TEXT[: TEXT.index(" and across")],
        actor=["the Navy"], to_party="Mars", place=["Bangkok"], country="TH", date="2024-01-01", announced="2025-10-20",
        attributed_to=["a diplomat"], modality="hoped", names=["Nobody", 7],
        role_counts={"leaders": 64, "foreigners": 63},
        breakdown={"nationality": {"UG": 63, "KE": 62}, "sex": "x"},
    )  # fmt: skip
    assert (found["actor"], found["to_party"], found["names"]) == ([], None, [])
    assert found["place"] == ["Myawaddy"]
    assert found["country"] == "MM"
    assert found["date"] == "2025-10-14"
    assert found["announced"] is None
    assert found["attributed_to"] == ["unattributed"]
    assert found["modality"] == "actual"
    assert found["role_counts"] == {"foreigners": 63}
    assert found["breakdown"] == {}
    told = " ".join(found["doubts"])
    for word in (
        "the Navy",
        "Mars",
        "Bangkok",
        "'TH'",
        "2024-01-01",
        "2025-10-20",
        "diplomat",
        "hoped",
        "Nobody",
        "UG",
    ):
        assert word in told


def test_a_place_may_be_told_by_another_of_its_names() -> None:
    assert stands(place=["妙瓦底"])["place"] == ["Myawaddy"]


def test_a_date_needs_an_expression_of_the_text() -> None:
    undated = Passage("p", "a:1", "On Tuesday 12 men were let go.", None, None, "en")
    found = judged(event(span="12 men were let go", count=12, date="2025-10-14"), undated)
    assert isinstance(found, dict)
    assert found["date"] is None


def test_an_event_of_the_reader_is_not_taken_twice() -> None:
    passage = Passage("p", "a:1", "Police in Myawaddy arrested 37 suspects.", "2025-10-15", date(2025, 10, 15), "en")
    own = passage_row(passage)["events"]
    assert [row["count"] for row in own] == [37]
    said = {"span": "arrested 37 suspects", "count": 37, "count_qualifier": "exact", "unit": "people"}
    twins = [{"type": kind, **said} for kind in ("arrest", "raid", "prosecution", "handover", "handover")]
    answer = Proposals(Model([json.dumps({"events": twins})])).to(passage, own)
    assert [row["type"] for row in answer.events] == ["handover"]
    assert [reason for reason, _ in answer.refused] == [
        *["the same event was read by the reader"] * 3,
        "the same event was proposed before",
    ]


@pytest.mark.parametrize(
    "said",
    [
        '{"events": [1]}',
        "[1]",
        '```json\n{"events": [1]}\n```',
        "Here you are:\n```\n[1]\n```\nAnything else?",
        'Sure! {"events": [1]} I hope this helps.',
        '<think>{"events": [2]} or not?</think>\n{"events": [1]}',
    ],
)
def test_a_list_is_found_in_what_models_put_around_it(said: str) -> None:
    assert proposed(said) == [1]


@pytest.mark.parametrize(
    "said", ["", "none", '{"events": [{"type": "arr', "{}", '{"events": {}}', "[" * 5000, "```json\n```"]
)
def test_an_answer_without_a_whole_list_is_no_answer(said: str) -> None:
    with pytest.raises(ProposerError):
        proposed(said)


def test_a_model_that_fails_three_times_in_a_row_is_asked_no_more() -> None:
    model = Model([ProposerError("it is ill"), '{"events": []}', *[ProposerError("it is ill")] * 9])
    proposals = Proposals(model)
    answers = [proposals.to(PASSAGE, []) for _ in range(7)]
    assert len(model.asked) == 5
    assert answers[0].doubts == ["tiny gave no usable answer: it is ill"]
    assert answers[1].doubts == []
    assert any("asked no more" in notice for notice in answers[4].notices)
    assert answers[5].doubts == ["tiny was not asked about it: it had failed before"]


def test_a_long_passage_is_not_sent_and_says_so() -> None:
    model = Model(['{"events": []}'])
    answer = Proposals(model).to(Passage("p", "a:1", "word " * 10_000, None, None, "en"), [])
    assert model.asked == []
    assert "longer than" in answer.doubts[0]


def test_the_prompt_names_every_type_and_qualifier_and_carries_the_text_as_material() -> None:
    model = Model(['{"events": []}'])
    Proposals(model).to(PASSAGE, [])
    ((instructions, question),) = model.asked
    assert all(word in instructions for word in TYPES | QUALIFIERS)
    assert json.loads(question) == {"published": "2025-10-15", "language": "en", "text": TEXT}


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["arrest", "exact", "people", ESCORTED, "Myawaddy", "2025-10-14", "\ud800", 1370, 63]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(sorted(event(place=1, country=1, date=1, actor=1, role_counts=1, breakdown=1))), _ANY
    )
)
def test_whatever_is_proposed_is_judged_and_can_be_written(more: dict[str, Any]) -> None:
    found = judged(event(**more), PASSAGE)
    assert json.dumps(found, ensure_ascii=False).encode()
    if isinstance(found, dict):
        assert found["span"] in TEXT
