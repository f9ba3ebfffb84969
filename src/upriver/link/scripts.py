"""One script, many victims: messages that are nearly the same but for what is filled in: names, sums, links.

MinHash over runs of words, in bands (Broder 1997); every pair that meets in a band is compared in full, so chance
collisions do no harm. Short gaps between long common runs are taken for blanks that the sender filled in, whatever
stands in them.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from upriver.model.columns import MOST_RECORDS
from upriver.model.ids import content_id

if TYPE_CHECKING:
    from upriver.case.stage import Desk

_LINK = re.compile(r"(?:https?://|www\.)\S+|\b\S+@\S+|\b[\w-]+\.(?:com|net|org|io|top|xyz|vip|cc|app|site|online)\b\S*")
_NUMBER = re.compile(r"[$€£¥฿]?\d[\d.,:/-]*%?")
# A capitalised word that does not open a sentence is most often a name that the sender filled in.
_FILLED = re.compile(
    r"(?<=[a-z,] )[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*|(?<=^Hi )\w+|(?<=^Hey )\w+|(?<=^Hello )\w+|(?<=^Dear )\w+"
)
_HAN = re.compile(r"[㐀-鿿]")
_PRIME = (1 << 31) - 1
Row = dict[str, Any]  # of a table, or of the messages that one rests on
_ALIGNED = 20  # texts of a script whose common words are told


@dataclass(frozen=True)
class ScriptParams:
    """script_letters  letters that a masked message must have: shorter ones are everybody's
    script_alike     likeness (0 to 100) at which two messages are one script
    script_most      senders of one script; a text of more is a chain letter or a notice
    script_blank     words (of Han: characters) that may be filled into one blank
    script_between   common words (characters) for each blank, at least
    """

    script_letters: int = 40
    script_alike: float = 82.0
    script_most: int = 30
    script_blank: int = 4
    script_between: int = 4
    script_bands: int = 20
    script_rows: int = 2


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of `edge` and of `script`, and scripts of too many senders: (script_id, senders)."""

    edges: list[Row]
    scripts: list[Row]
    common: list[tuple[str, int]]
    says: dict[str, list[str]]


def masked(text: str) -> str:
    """`text` with what is filled in taken out: names, sums, times, links; lower case, single spaces.

    >>> masked("Hi Anna, send $500 to www.x.top by 9:30")
    'hi _, send # to @ by #'
    """
    text = _LINK.sub("@", text)
    text = _FILLED.sub("_", text)
    text = _NUMBER.sub("#", text)
    return re.sub(r"\s+", " ", text).strip().lower()


def scripts(case: Desk, node: dict[str, str], params: ScriptParams) -> Found:
    """Scripts of several senders, and ties between these, each with the records of their messages.

    node  observable_id -> node_id, where an owner is known
    """
    # What the extract stage took for an ordinary message is nobody's script, however often it is sent.
    rows = case.sql(
        "SELECT m.sender AS sender, m.recipient AS recipient, m.thread AS thread, m.text AS text, "
        "m.sent_at AS sent_at, m.record_id AS record_id FROM message m "
        "LEFT JOIN (SELECT DISTINCT record_id FROM contact_class WHERE label = 'neither' AND medium = 'message') c "
        f"ON m.record_id = c.record_id WHERE c.record_id IS NULL AND length(m.text) >= {params.script_letters // 2} "
        "ORDER BY m.message_id"
    ).to_pylist()
    sent: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        text = masked(row["text"])
        # A Han character says as much as a word of three letters does.
        if sum(3 if _HAN.match(char) else 1 for char in text if char.isalpha()) >= params.script_letters:
            sent[text].append(row | {"node_id": node.get(row["sender"], row["sender"])})
    texts = sorted(sent)
    alike_texts: dict[int, list[str]] = defaultdict(list)
    for text, label in zip(texts, alike(texts, params).tolist(), strict=True):
        alike_texts[label].append(text)
    found, rows_of, common, says = [], [], [], defaultdict(list)
    for members in alike_texts.values():
        messages = [row for text in members for row in sent[text]]
        by_node: dict[str, list[Row]] = defaultdict(list)
        for row in messages:
            by_node[str(row["node_id"])].append(row)
        script = content_id("script", members[0])
        if len(by_node) > params.script_most:
            common.append((script, len(by_node)))
        elif len(by_node) > 1:
            words = shared_words(sorted(members, key=lambda text: (-len(sent[text]), text)))
            found += _pairs(by_node, script)
            rows_of.append(_script(script, words, len(by_node), messages))
            for name in by_node:
                says[name].append(words)
    return Found(_summed(found), rows_of, common, dict(says))


def _script(script: str, words: str, n_senders: int, messages: list[Row]) -> Row:
    _, rests = _rests_on(messages)
    return {
        "script_id": script, "words": words, "n_senders": n_senders, "n_messages": len(messages),
        "n_recipients": len({row["recipient"] or row["thread"] for row in messages}), **rests,
    }  # fmt: skip


def _rests_on(messages: Iterable[Row]) -> tuple[int, Row]:
    """Of these messages how many records they are, and: first_at, last_at, record_ids."""
    rows = list(messages)
    times = [row["sent_at"] for row in rows if row["sent_at"] is not None]
    records = sorted({row["record_id"] for row in rows})
    return len(records), {
        "first_at": min(times, default=None), "last_at": max(times, default=None), "record_ids": records[:MOST_RECORDS],
    }  # fmt: skip


def tokens(text: str) -> list[str]:
    """Words of a masked text; of Han its characters."""
    return list(text.replace(" ", "")) if _HAN.search(text) else text.split()


def likeness(one: str, other: str, params: ScriptParams) -> float:
    """How alike two masked texts are, 0 to 100: letter by letter, or but for what is filled into blanks.

    A stretch of at most `script_blank` words on either side between common words is a blank and costs nothing, as long
    as there are `script_between` common words for each; longer stretches count in full.
    """
    from rapidfuzz import fuzz

    letters = fuzz.ratio(one, other, score_cutoff=params.script_alike)
    if letters:
        return float(letters)
    left, right = tokens(one), tokens(other)
    common, blanks, cost = 0, 0, 0
    for same, n_left, n_right in _stretches(left, right):
        if same:
            common += n_left
        elif max(n_left, n_right) <= params.script_blank * (2 if _HAN.search(one) else 1):
            blanks += 1
        else:
            cost += n_left + n_right
    if not common or blanks * params.script_between > common:
        return 0.0
    return 100.0 * 2 * common / (2 * common + cost)


def shared_words(texts: Sequence[str]) -> str:
    """The words of the first text that all of the others have too, in their order; … for what differs.

    >>> shared_words(["hi anna , send # today my dear", "hi bo , send # today my dear"])
    'hi … , send # today my dear'
    """
    first = tokens(texts[0])
    kept = [True] * len(first)
    for text in texts[1:_ALIGNED]:
        at = 0
        for same, n_left, _ in _stretches(first, tokens(text)):
            if not same:
                kept[at : at + n_left] = [False] * n_left
            at += n_left
    shown = [word if keep else "…" for word, keep in zip(first, kept, strict=True)]
    once = [word for place, word in enumerate(shown) if word != "…" or place == 0 or shown[place - 1] != "…"]
    return ("" if _HAN.search(texts[0]) else " ").join(once)


def _stretches(left: Sequence[str], right: Sequence[str]) -> list[tuple[bool, int, int]]:
    """An alignment of two texts: (the same on both sides, words on the left, words on the right), in order.

    A single common word between two stretches that differ is chance, and belongs to them.
    """
    from rapidfuzz.distance import Indel

    found: list[tuple[bool, int, int]] = []
    codes = list(Indel.opcodes(left, right))
    for place, code in enumerate(codes):
        n_left, n_right = code.src_end - code.src_start, code.dest_end - code.dest_start
        same = code.tag == "equal" and (n_left > 1 or place in (0, len(codes) - 1))
        if found and found[-1][0] == same:
            found[-1] = (same, found[-1][1] + n_left, found[-1][2] + n_right)
        else:
            found.append((same, n_left, n_right))
    return found


def alike(texts: Sequence[str], params: ScriptParams) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """The group of each text: texts of one group are chained by likeness of at least `script_alike`.

    texts  distinct, sorted: the groups are then the same for the same texts
    """
    from upriver.graph.components import components

    if not texts:
        return np.zeros(0, dtype=np.int32)
    bands = _bands(texts, params)
    tried: set[tuple[int, int]] = set()
    for band in range(bands.shape[1]):
        order = np.lexsort((np.arange(len(texts)), bands[:, band]))
        keys = bands[order, band]
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        first = np.repeat(order[starts], np.diff(np.r_[starts, len(keys)]))
        # Each is compared with the first of its bucket and with the one before it: pairs grow with the number of texts.
        before = np.r_[order[:1], order[:-1]]
        same = np.r_[False, keys[1:] == keys[:-1]]
        tried.update(zip(first[same].tolist(), order[same].tolist(), strict=True))
        tried.update(zip(before[same].tolist(), order[same].tolist(), strict=True))
    pairs = [(a, b) for a, b in sorted(tried) if a != b and likeness(texts[a], texts[b], params) >= params.script_alike]
    ends = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    return components(len(texts), np.ascontiguousarray(ends[:, 0]), np.ascontiguousarray(ends[:, 1]))


def _bands(texts: Sequence[str], params: ScriptParams) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """One key for each text and band: equal keys mean that `script_rows` least hashes agree."""
    hashes: list[int] = []
    starts = np.zeros(len(texts), dtype=np.int64)
    for place, text in enumerate(texts):
        starts[place] = len(hashes)
        words = tokens(text)
        hashes += [
            zlib.crc32("\x1f".join(words[i : i + 3]).encode("utf-8", "surrogatepass"))
            for i in range(max(1, len(words) - 2))
        ]
    shingles = np.array(hashes, dtype=np.int64) % _PRIME
    # Fixed multipliers: the same texts fall into the same buckets on every machine.
    dice = np.random.default_rng(20240229)
    keys = np.zeros((len(texts), params.script_bands), dtype=np.int64)
    for band in range(params.script_bands):
        key = np.zeros(len(texts), dtype=np.int64)
        for _ in range(params.script_rows):
            a, b = (int(x) for x in dice.integers(1, _PRIME, 2))
            least = np.minimum.reduceat((shingles * a + b) % _PRIME, starts)
            key = (key * 1_000_003 + least) % _PRIME
        keys[:, band] = key
    return keys


def _pairs(by_node: dict[str, list[Row]], script: str) -> list[Row]:
    nodes = sorted(by_node)
    return [
        {"source_id": a, "target_id": b, "via": script, "share": 1 / (len(nodes) - 1), "rows": by_node[a] + by_node[b]}
        for i, a in enumerate(nodes)
        for b in nodes[i + 1 :]
    ]


def _summed(found: list[Row]) -> list[Row]:
    """One edge for each pair of senders, over all the scripts that they share."""
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for tie in found:
        grouped[tie["source_id"], tie["target_id"]].append(tie)
    edges: list[Row] = []
    for (source, target), ties in sorted(grouped.items()):
        n_records, rests = _rests_on(row for tie in ties for row in tie["rows"])
        edges.append(
            {
                "edge_id": content_id("script", source, target),
                "source_id": source,
                "target_id": target,
                "kind": "script",
                "directed": False,
                "weight": round(float(np.log1p(sum(sorted(tie["share"] for tie in ties)))), 6),
                "n_records": n_records,
                "via": min(tie["via"] for tie in ties),
                **rests,
            }
        )
    return edges
