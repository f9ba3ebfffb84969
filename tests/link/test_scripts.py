from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from upriver.case.store import Case
from upriver.link.scripts import ScriptParams, alike, masked
from upriver.link.stage import STAGE

from .told import messages

SCRIPT = "Hi {name}, my uncle teaches me gold futures, deposit ${sum} at www.{name}gold.top and the profit is yours"


def test_names_sums_and_links_are_masked() -> None:
    assert masked(SCRIPT.format(name="Anna", sum="500")) == masked(SCRIPT.format(name="Bob", sum="9,200.50"))


def test_one_script_ties_its_senders_and_not_their_victims(case: Case) -> None:
    case.fill("message", messages(
        ("a", "phone:+661", "phone:+11", SCRIPT.format(name="Anna", sum="500")),
        ("b", "phone:+662", "phone:+12", SCRIPT.format(name="Bert", sum="800").replace("profit", "whole profit")),
        ("c", "phone:+663", "phone:+13", "Good morning, the parcel that you ordered on Monday is waiting at our shop"),
    ))  # fmt: skip
    case.run(STAGE)
    edges = case.read("edge", where="kind = 'script'").to_pylist()
    assert [(e["source_id"], e["target_id"]) for e in edges] == [("phone:+661", "phone:+662")]
    assert edges[0]["record_ids"] == ["m#message 00000", "m#message 00001"]


def test_a_han_script_is_found_too(case: Case) -> None:
    text = "你好{name}，我叔叔在做黄金投资，今天转{sum}元到平台，明天就能翻倍，机会难得"
    case.fill("message", messages(
        ("a", "wechat:a", "wechat:v1", text.format(name="王姐", sum="5000")),
        ("b", "wechat:b", "wechat:v2", text.format(name="李哥", sum="8800")),
    ))  # fmt: skip
    case.run(STAGE)
    assert case.read("edge", where="kind = 'script'").num_rows == 1


def test_a_chain_letter_ties_nobody(case: Case) -> None:
    case.fill("message", messages(*((f"t{n}", f"handle:{n}", "handle:all", SCRIPT) for n in range(40))))
    case.run(STAGE)
    assert case.read("edge", where="kind = 'script'").num_rows == 0


WORDS = st.lists(
    st.sampled_from(["gold", "profit", "uncle", "deposit", "bank", "today", "tomorrow", "friend", "lucky", "trade"]),
    min_size=12,
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=10))
def test_banding_never_joins_what_comparing_all_with_all_keeps_apart(lists: list[list[str]]) -> None:
    params = ScriptParams()
    texts = sorted({" ".join(words) for words in lists})
    fast = alike(texts, params).tolist()
    slow = list(range(len(texts)))
    for a in range(len(texts)):
        for b in range(a):
            if fuzz.ratio(texts[a], texts[b]) >= params.script_alike:
                old, new = slow[a], slow[b]
                slow = [new if label == old else label for label in slow]
    for a in range(len(texts)):
        for b in range(a):
            assert fast[a] != fast[b] or slow[a] == slow[b]


def test_banding_finds_what_comparing_all_with_all_finds() -> None:
    base = "my uncle reads the gold market every night and lets his friends follow his trades for a small fee"
    texts = sorted({base.replace(word, f"really {word}", 1) for word in base.split(" ")})
    assert set(alike(texts, ScriptParams()).tolist()) == {0}
