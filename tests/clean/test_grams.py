from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.clean.grams import BITS, cut, plain, points, project, shares


@pytest.mark.parametrize(
    ("disguised", "straight"),
    [
        ("Ｃryptо", "crypto"),
        ("c\u200bry\u200dpto", "crypto"),
        ("c r y p t o", "crypto"),
        ("c.r.y.p.t.o", "crypto"),
        ("賺錢", "赚钱"),
        ("hxxps://pay[.]example/x", "https://pay.example/x"),
        ("pay(.)example", "pay.example"),
    ],
)
def test_disguised_text_is_read_as_the_straight_one(disguised: str, straight: str) -> None:
    assert plain(disguised) == plain(straight)


def test_a_link_and_a_word_that_stands_for_one_carry_the_same_sign() -> None:
    assert plain("登录http://a.example")[-1] == plain("登录URL")[-1]


def test_runs_are_counted_by_text() -> None:
    offsets, hashes, counts = cut(["赚钱赚钱", "", "ab"])
    # 赚 钱 赚钱 钱赚 赚钱赚 钱赚钱; nothing; " a", "ab", "b ", " ab", "ab ", " ab ", and the word itself
    assert offsets.tolist() == [0, 6, 6, 13]
    assert sorted(counts[:6].tolist()) == [1, 1, 1, 2, 2, 2]
    assert (np.diff(hashes[:6]) > 0).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_a_text_is_projected_the_same_alone_and_among_others(texts: list[str]) -> None:
    texts = [plain(text) for text in texts]
    offsets, hashes, _ = cut(texts)
    known = np.unique(hashes)
    column = np.full(1 << BITS, -1, np.int32)
    column[known] = np.arange(len(known), dtype=np.int32)
    idf = np.ones(len(known), np.float32)
    weights = (np.arange(2 * len(known), dtype=np.float32).reshape(-1, 2) % 7) - 3
    bias = np.array([0.5, -0.5], np.float32)
    found = project(texts, column, idf, weights, bias)
    assert np.isfinite(found).all()
    for place, text in enumerate(texts):
        assert project([text], column, idf, weights, bias).tolist() == found[place : place + 1].tolist()
        assert len(shares(text, column, idf, np.ascontiguousarray(weights[:, 0]))) == len(text)
    assert offsets[-1] == len(hashes)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    read = plain(text)
    letters, offsets = points([read])
    assert offsets[-1] == len(letters) == len(read)
