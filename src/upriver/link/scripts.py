"""One script, many victims: messages that are nearly the same but for what is filled in: names, sums, links.

MinHash over runs of words, in bands (Broder 1997); every pair that meets in a band is compared in full, so chance
collisions do no harm. Short gaps between long common runs are taken for blanks that the sender filled in, whatever
stands in them.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from upriver.clean import wording
from upriver.clean.wording import masked, n_letters, sentences, shared_words, tokens
from upriver.model.columns import MOST_RECORDS
from upriver.model.ids import content_id

if TYPE_CHECKING:
    from upriver.case.stage import Desk

_PRIME = (1 << 31) - 1
Row = dict[str, Any]  # of a table, or of the messages that one rests on


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
    """Rows of `edge` and of `script`, and scripts of too many senders: (script_id, senders).

    of  record_id and script_id of each message of a script of several senders
    """

    edges: list[Row]
    scripts: list[Row]
    common: list[tuple[str, int]]
    says: dict[str, list[str]]
    of: list[tuple[str, str]]


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
        if n_letters(text) >= params.script_letters:
            sent[text].append(row | {"node_id": node.get(row["sender"], row["sender"])})
    texts = sorted(sent)
    alike_texts: dict[int, list[str]] = defaultdict(list)
    for text, label in zip(texts, alike(texts, params).tolist(), strict=True):
        alike_texts[label].append(text)
    found, rows_of, common, says, of = [], [], [], defaultdict(list), []
    for members in alike_texts.values():
        messages = [row for text in members for row in sent[text]]
        by_node: dict[str, list[Row]] = defaultdict(list)
        for row in messages:
            by_node[str(row["node_id"])].append(row)
        script = content_id("script", members[0])
        if len(by_node) > 1:
            of += [(row["record_id"], script) for row in messages]
        if len(by_node) > params.script_most:
            common.append((script, len(by_node)))
        elif len(by_node) > 1:
            words = shared_words(sorted(members, key=lambda text: (-len(sent[text]), text)))
            found += _pairs(by_node, script)
            rows_of.append(_script(script, words, len(by_node), messages))
            for name in by_node:
                says[name].append(words)
    return Found(_summed(found), rows_of, common, dict(says), of)


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


def likeness(one: str, other: str, params: ScriptParams) -> float:
    """How alike two masked texts are, 0 to 100 (clean/wording.py)."""
    return wording.likeness(one, other, params.script_alike, params.script_blank, params.script_between)


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
        # Runs within sentences: whoever changes the order of these changes no run.
        for words in map(tokens, sentences(text) or [text]):
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
