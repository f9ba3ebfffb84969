from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.case.store import Case
from upriver.clean.wording import masked, shared_words
from upriver.link.scripts import ScriptParams, alike, likeness
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


BLANKS = (
    "{name}! so glad you wrote back, as i promised the platform opens at {sum} tonight and {name} should move {sum} "
    "before my uncle {other} closes the window, then we share what comes"
)
NAMES = ("anna", "maria jose fernandez", "Дмитрий", "somchai", "mr. ludwig von mises")
SUMS = ("500", "nine thousand two hundred", "$12,000.50", "a little")


@settings(max_examples=40, deadline=None)
@given(st.tuples(*[st.sampled_from(NAMES)] * 2, *[st.sampled_from(SUMS)]), st.tuples(*[st.sampled_from(NAMES)] * 2))
def test_whatever_is_filled_into_short_blanks_leaves_a_script_the_same(
    first: tuple[str, str, str], second: tuple[str, str]
) -> None:
    one = masked(BLANKS.format(name=first[0], other=first[1], sum=first[2]))
    other = masked(BLANKS.format(name=second[0], other=second[1], sum="500"))
    assert likeness(one, other, ScriptParams()) >= ScriptParams().script_alike


def test_two_letters_about_the_same_things_are_two_scripts() -> None:
    one = masked("good evening my friend, i hope the weather in your town is as fine as here by the sea tonight")
    other = masked("my friend by the sea, i hope your evening is fine, is the weather in town good here tonight")
    assert likeness(one, other, ScriptParams()) < ScriptParams().script_alike
    # Every second word the same: all blanks and no script.
    blanks = masked("the horse was in garden with flowers of summer and children at evening for supper")
    others = masked("the parcel was in customs with payment of penalty and interest at monday for release")
    assert likeness(blanks, others, ScriptParams()) < ScriptParams().script_alike


def test_the_words_that_a_script_shares_are_told_and_what_is_filled_in_is_not(case: Case) -> None:
    case.fill("message", messages(
        ("a", "phone:+661", "phone:+11", SCRIPT.format(name="anna", sum="500")),
        ("b", "phone:+662", "phone:+12", SCRIPT.format(name="bert van dam", sum="800")),
        ("b", "phone:+662", "phone:+13", SCRIPT.format(name="carla", sum="900")),
    ))  # fmt: skip
    case.run(STAGE)
    (script,) = case.read("script").to_pylist()
    assert (script["n_senders"], script["n_recipients"], script["n_messages"]) == (2, 3, 3)
    assert "my uncle teaches me gold futures, deposit #" in script["words"]
    assert not any(name in script["words"] for name in ("anna", "bert", "carla"))
    (edge,) = case.read("edge", where="kind = 'script'").to_pylist()
    assert edge["via"] == script["script_id"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcdefg"), max_size=12).map(" ".join), min_size=1, max_size=6))
def test_shared_words_stand_in_every_text_in_their_order(texts: list[str]) -> None:
    kept = [word for word in shared_words(texts).split() if word != "…"]
    for text in texts:
        rest = iter(text.split())
        assert all(word in rest for word in kept)


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
            if likeness(texts[a], texts[b], params) >= params.script_alike:
                old, new = slow[a], slow[b]
                slow = [new if label == old else label for label in slow]
    for a in range(len(texts)):
        for b in range(a):
            assert fast[a] != fast[b] or slow[a] == slow[b]


def test_banding_finds_what_comparing_all_with_all_finds() -> None:
    base = "my uncle reads the gold market every night and lets his friends follow his trades for a small fee"
    texts = sorted({base.replace(word, f"really {word}", 1) for word in base.split(" ")})
    assert set(alike(texts, ScriptParams()).tolist()) == {0}
