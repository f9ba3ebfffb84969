"""Masking texts: our search for known strings beside one regular expression of all of them, on the same texts.

    python -m benchmarks.masking [--people 5000] [--texts 20000] [--peer-texts 200]

The expression is what a script would write. It finds names as they are spelt and nothing else: no turned order, no
full-width letters, no phone in groups. It is timed on fewer texts, because it needs seconds for a hundred.
"""

from __future__ import annotations

import argparse
import random
import re

from benchmarks.timing import best_of, took
from upriver.report.masking import Identity, Masks

_SYLLABLES = ("ka", "min", "tho", "ra", "wen", "li", "sun", "dar", "po", "zin", "hla", "mor", "el", "ta", "vin", "sok")
_WORDS = ("paid", "the", "fee", "again", "from", "account", "see", "note", "on", "Tuesday", "with", "thanks", "to")


def people(n: int, dice: random.Random) -> list[Identity]:
    """Made-up people, each with a name, two accounts and a phone."""
    return [
        Identity(
            f"Person {number}",
            names={" ".join("".join(dice.choices(_SYLLABLES, k=3)).capitalize() for _ in range(2))},
            accounts={f"{dice.randrange(10**10):010d}" for _ in range(2)},
            phones={f"+66{dice.randrange(10**8, 10**9)}"},
        )
        for number in range(1, n + 1)
    ]


def texts(n: int, known: list[Identity], dice: random.Random) -> list[str]:
    """Short messages, one in four with a string of somebody known."""
    told = []
    for number in range(n):
        words = [*dice.choices(_WORDS, k=12), f"INV-{number:07d}"]
        if dice.random() < 0.25:
            one = dice.choice(known)
            words.insert(dice.randrange(12), dice.choice(sorted(one.names | one.accounts | one.phones)))
        told.append(" ".join(words))
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--peer-texts", type=int, default=200)
    options = parser.parse_args()
    dice = random.Random(7)
    known = people(options.people, dice)
    told = texts(options.texts, known, dice)
    learning = took(lambda: Masks({}, known))
    strings = sorted({text for one in known for text in one.names | one.accounts | one.phones}, key=len, reverse=True)
    expression = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, strings))})(?!\w)", re.IGNORECASE)
    few = told[: options.peer_texts]
    ours = len(told) / best_of(lambda: [masks.text(text) for masks in (Masks({}, known),) for text in told], 1)
    plain = len(few) / best_of(lambda: [expression.sub("[name]", text) for text in few])
    masks = Masks({}, known)
    missed = sum(masks.text(text) == text and expression.search(text) is not None for text in few)
    print(f"masking: {len(known):,} people, {len(strings):,} strings; {len(told):,} texts (expression: {len(few):,})")
    print(f"  upriver     {ours:10,.0f} texts/s, learning the people ({learning.wall:.1f} s) included")
    print(
        f"  expression  {plain:10,.0f} texts/s   upriver is {ours / plain:,.0f} times as fast; it missed {missed} hits"
    )


if __name__ == "__main__":
    main()
