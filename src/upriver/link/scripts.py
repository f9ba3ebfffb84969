"""One script, many victims: messages that are nearly the same once names, sums and links are masked.

MinHash over runs of words, in bands (Broder 1997); every pair that meets in a band is compared in full, so chance
collisions do no harm.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

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


@dataclass(frozen=True)
class ScriptParams:
    """script_letters  letters that a masked message must have: shorter ones are everybody's
    script_alike     likeness (0 to 100) at which two messages are one script
    script_most      senders of one script; a text of more is a chain letter or a notice
    """

    script_letters: int = 40
    script_alike: float = 82.0
    script_most: int = 30
    script_bands: int = 12
    script_rows: int = 2


def masked(text: str) -> str:
    """`text` with what is filled in taken out: names, sums, times, links; lower case, single spaces.

    >>> masked("Hi Anna, send $500 to www.x.top by 9:30")
    'hi _, send # to @ by #'
    """
    text = _LINK.sub("@", text)
    text = _FILLED.sub("_", text)
    text = _NUMBER.sub("#", text)
    return re.sub(r"\s+", " ", text).strip().lower()


def script_edges(case: Desk, node: dict[str, str], params: ScriptParams) -> list[dict[str, object]]:
    """Rows of `edge` between senders of one script, each with the records of their messages.

    node  observable_id -> node_id, where an owner is known
    """
    # What the extract stage took for an ordinary message is nobody's script, however often it is sent.
    rows = case.sql(
        "SELECT m.sender AS sender, m.text AS text, m.sent_at AS sent_at, m.record_id AS record_id FROM message m "
        "LEFT JOIN (SELECT DISTINCT record_id FROM contact_class WHERE label = 'neither' AND medium = 'message') c "
        f"ON m.record_id = c.record_id WHERE c.record_id IS NULL AND length(m.text) >= {params.script_letters // 2} "
        "ORDER BY m.message_id"
    ).to_pylist()
    sent: dict[str, list[dict[str, object]]] = defaultdict(list)
    for row in rows:
        text = masked(row["text"])
        # A Han character says as much as a word of three letters does.
        if sum(3 if _HAN.match(char) else 1 for char in text if char.isalpha()) >= params.script_letters:
            sent[text].append(row | {"node_id": node.get(row["sender"], row["sender"])})
    texts = sorted(sent)
    scripts: dict[int, list[str]] = defaultdict(list)
    for text, label in zip(texts, alike(texts, params).tolist(), strict=True):
        scripts[label].append(text)
    found = []
    for members in scripts.values():
        messages = [row for text in members for row in sent[text]]
        by_node: dict[str, list[dict[str, object]]] = defaultdict(list)
        for row in messages:
            by_node[str(row["node_id"])].append(row)
        if 2 <= len(by_node) <= params.script_most:
            found += _pairs(by_node, content_id("script", members[0]))
    return _summed(found)


def alike(texts: Sequence[str], params: ScriptParams) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """The group of each text: texts of one group are chained by likeness of at least `script_alike`.

    texts  distinct, sorted: the groups are then the same for the same texts
    """
    from rapidfuzz import fuzz

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
    pairs = [
        (a, b)
        for a, b in sorted(tried)
        if a != b and fuzz.ratio(texts[a], texts[b], score_cutoff=params.script_alike) > 0
    ]
    ends = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    return components(len(texts), np.ascontiguousarray(ends[:, 0]), np.ascontiguousarray(ends[:, 1]))


def _bands(texts: Sequence[str], params: ScriptParams) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """One key for each text and band: equal keys mean that `script_rows` least hashes agree."""
    hashes: list[int] = []
    starts = np.zeros(len(texts), dtype=np.int64)
    for place, text in enumerate(texts):
        starts[place] = len(hashes)
        words = list(text.replace(" ", "")) if _HAN.search(text) else text.split()
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


def _pairs(by_node: dict[str, list[dict[str, object]]], script: str) -> list[dict[str, object]]:
    nodes = sorted(by_node)
    return [
        {"source_id": a, "target_id": b, "via": script, "share": 1 / (len(nodes) - 1), "rows": by_node[a] + by_node[b]}
        for i, a in enumerate(nodes)
        for b in nodes[i + 1 :]
    ]


def _summed(found: list[dict[str, object]]) -> list[dict[str, object]]:
    """One edge for each pair of senders, over all the scripts that they share."""
    grouped: dict[tuple[str, str], list[dict[str, object]]] = defaultdict(list)
    for tie in found:
        grouped[str(tie["source_id"]), str(tie["target_id"])].append(tie)
    edges: list[dict[str, object]] = []
    for (source, target), ties in sorted(grouped.items()):
        rows: list[dict[str, object]] = [row for tie in ties for row in tie["rows"]]  # type: ignore[attr-defined]
        records = sorted({str(row["record_id"]) for row in rows})
        times = [row["sent_at"] for row in rows if row["sent_at"] is not None]
        edges.append(
            {
                "edge_id": content_id("script", source, target),
                "source_id": source,
                "target_id": target,
                "kind": "script",
                "directed": False,
                "weight": round(float(np.log1p(sum(sorted(float(str(tie["share"])) for tie in ties)))), 6),
                "n_records": len(records),
                "first_at": min(times, default=None),  # type: ignore[type-var]
                "last_at": max(times, default=None),  # type: ignore[type-var]
                "via": min(str(tie["via"]) for tie in ties),
                "record_ids": records[:50],
            }
        )
    return edges
