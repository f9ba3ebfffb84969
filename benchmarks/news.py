"""The news reader against passages annotated by hand: events found, false events, and each field of those found.

python -m benchmarks.news [GOLD.jsonl ...] [--misses]

Without a file it reads every list of benchmarks/passages and, where ../shared/data is there, the development passages.

Predicted and annotated events of a passage are paired one to one, those that agree in most fields first. A pair needs
the same type and the same count: strict, the type itself; lenient, a type of the same family. Figures are equal below
a million, else within half a percent; no figure pairs with no figure; of a range both ends count, or one of them.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from upriver.clean.dates import span
from upriver.clean.places import place
from upriver.extract.events import Event, read_events

Told = Mapping[str, Any]
PASSAGES = Path(__file__).with_name("passages")
SHARED = Path(__file__).parents[2] / "shared" / "data" / "news" / "annotations.jsonl"
_FAMILIES = (
    {"handover", "repatriation", "rescue_release"},
    {"arrest", "raid"},
    {"arrest", "prosecution"},
    {"seizure", "disruption"},
)
_VERBS = {
    "arrest": r"arrest|detain|抓获|拘捕|逮捕", "handover": r"hand\w* over|transfer|extradit|移交|引渡",
    "rescue_release": r"rescu|freed|releas|解救|救出", "repatriation": r"repatriat|deport|flown|遣返|押解",
    "raid": r"raid|search|突击|搜查", "seizure": r"seiz|froze|confiscat|查获|冻结|扣押", "sanction": r"sanction|制裁",
    "sentence": r"sentenc|判处|获刑", "prosecution": r"indict|charged|起诉", "execution": r"execut|执行死刑",
    "wanted_notice": r"wanted|warrant|通缉", "death": r"died|killed|dead|死亡", "flight": r"fled|escap|逃",
    "disruption": r"shut|demolish|cut off|关闭|拆除", "estimate": r"estimat|losses|lost|估计|损失",
}  # fmt: skip
_SCALES = {"million": 1e6, "billion": 1e9, "万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8}
FIELDS = (
    "qualifier", "unit", "date", "country", "cumulative", "modality", "place", "actor", "from_to", "attributed_to",
    "role_counts",
)  # fmt: skip


@dataclass
class Tally:
    """What one file of passages came to."""

    right: dict[str, int] = field(default_factory=lambda: {"strict": 0, "lenient": 0})
    told: int = 0
    read: int = 0
    false_on_negatives: int = 0
    negatives: int = 0
    peer_read: int = 0
    peer_right: int = 0
    fields: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))

    def f1(self, mode: str) -> float:
        return 2 * self.right[mode] / (self.told + self.read) if self.told + self.read else 1.0

    def peer_f1(self) -> float:
        return 2 * self.peer_right / (self.told + self.peer_read) if self.told + self.peer_read else 1.0

    def accuracy(self, name: str) -> float | None:
        seen = self.fields[name]
        return sum(seen) / len(seen) if seen else None


def as_told(event: Event) -> dict[str, Any]:
    """An event of the reader in the form of an annotation."""
    parts: dict[str, float] = {part.label: part.count for part in event.parts if part.kind in ("role", "penalty")}
    date = f"{event.first or event.last}/{event.last}" if event.last else None
    return {
        "type": event.type,
        "actor": [event.actor] if event.actor else [],
        "from_party": event.from_party,
        "to_party": event.to_party,
        "count": event.count,
        "count_qualifier": event.qualifier,
        "count_range": [event.low, event.high] if event.low is not None else None,
        "role_counts": parts,
        "unit": event.unit,
        "place": list(event.places),
        "country": event.country,
        "date": date,
        "announced": event.announced.isoformat() if event.announced else None,
        "cumulative": event.cumulative,
        "attributed_to": list(event.attributed_to),
        "modality": event.modality,
        "span": event.span,
    }


def read(passage: Told) -> list[dict[str, Any]]:
    """The reader's events for one annotated passage."""
    days = span(passage["published"] or "", None)
    return [as_told(e) for e in read_events(passage["text"], days[1] if days else None, passage["language"])]


def peer(passage: Told) -> list[dict[str, Any]]:
    """What a script of an afternoon finds: each figure of a sentence, with the verb that stands nearest to it."""
    found = []
    for sentence in re.split(r"(?<=[.!?])\s|[。！？;；]", passage["text"]):
        verbs = [(m.start(), kind) for kind, form in _VERBS.items() for m in re.finditer(form, sentence, re.IGNORECASE)]
        for match in re.finditer(r"(\d[\d,]*(?:\.\d+)?)(\s?(?:million|billion)|[万亿萬億])?", sentence):
            value = float(match[1].replace(",", "")) * _SCALES.get((match[2] or "").strip(), 1)
            kind = min(verbs, key=lambda verb: abs(verb[0] - match.start()), default=None)
            if kind is not None and not 1990 <= value <= 2030:
                found.append({"type": kind[1], "count": value, "count_qualifier": "exact", "unit": "people"})
    return found


def same_type(told: str, found: str, lenient: bool) -> bool:
    return told == found or (lenient and any(told in family and found in family for family in _FAMILIES))


def same_count(told: Told, found: Told) -> bool:
    """Whether two counts agree under the rule of the module."""
    ends, found_ends = told.get("count_range"), found.get("count_range")
    if ends:
        if found_ends:
            return all(abs(a - b) <= 0.005 * max(abs(a), 1) for a, b in zip(ends, found_ends, strict=True))
        return found.get("count") in ends
    a, b = told.get("count"), found.get("count")
    if a is None or b is None:
        return a is None and b is None
    exact = told.get("count_qualifier") == "exact" and abs(a) < 1e6
    return bool(abs(a - b) <= (0 if exact else 0.005 * abs(a)))


def agreement(told: Told, found: Told) -> dict[str, bool | None]:
    """Field by field whether an event agrees with its annotation; None where the annotation leaves a field open."""
    parties = [(told[k], found.get(k)) for k in ("from_party", "to_party") if told[k]]
    speakers = told["attributed_to"]
    return {
        "qualifier": told["count_qualifier"] == found.get("count_qualifier"),
        "unit": _plain(told["unit"]) == _plain(found.get("unit")),
        "date": _dates_meet(told, found),
        "country": told["country"] == found.get("country") if told["country"] else None,
        "cumulative": None if told["cumulative"] == "unknown" else told["cumulative"] == found.get("cumulative"),
        "modality": told.get("modality", "actual") == found.get("modality"),
        "place": _overlap(told["place"], found.get("place"), by_gazetteer=True),
        "actor": _overlap(told["actor"], found.get("actor")),
        "from_to": all(_overlap([a], [b] if b else []) for a, b in parties) if parties else None,
        "attributed_to": None if speakers in ([], ["unattributed"]) else _overlap(speakers, found.get("attributed_to")),
        "role_counts": sorted(told["role_counts"].values()) == sorted((found.get("role_counts") or {}).values())
        if told["role_counts"]
        else None,
    }


def paired(told: Sequence[Told], found: Sequence[Told], lenient: bool) -> list[tuple[int, int]]:
    """Annotated and found events that belong together, as pairs of their places in the two lists."""
    offers = []
    for i, gold in enumerate(told):
        for j, one in enumerate(found):
            for variant in (gold, *({**gold, **other} for other in gold.get("accept") or ())):
                if same_type(variant["type"], one["type"], lenient) and same_count(variant, one):
                    offers.append((-sum(v is True for v in agreement(variant, one).values()), i, j))
    pairs: dict[int, int] = {}
    for _, i, j in sorted(offers):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return sorted(pairs.items())


def tally(passages: Iterable[Told]) -> tuple[Tally, list[str]]:
    """The tally of annotated passages, and a line for each event missed, false or with a field amiss."""
    total, notes = Tally(), []
    for passage in passages:
        told, found = passage["events"], read(passage)
        total.told += len(told)
        script = peer(passage)
        total.peer_read += len(script)
        total.peer_right += len(paired(told, script, lenient=False))
        total.read += len(found)
        if not told:
            total.negatives += 1
            total.false_on_negatives += len(found)
        for mode in total.right:
            total.right[mode] += len(paired(told, found, mode == "lenient"))
        strict = paired(told, found, lenient=False)
        for i, j in strict:
            agreed = agreement(told[i], found[j])
            for name, value in agreed.items():
                if value is not None:
                    total.fields[name].append(value)
                if value is False:
                    notes.append(f"{passage['id']} {told[i]['type']} {name}: {_value(told[i], name)} not "
                                 f"{_value(found[j], name)}")  # fmt: skip
        notes += [
            f"{passage['id']} missed {gold['type']} {gold['count']} {gold['unit']}: {gold['span']}"
            for i, gold in enumerate(told)
            if i not in dict(strict)
        ]
        notes += [
            f"{passage['id']} false {one['type']} {one['count']} {one['unit']}: {one['span']}"
            for j, one in enumerate(found)
            if j not in dict(strict).values()
        ]
    return total, notes


def table(tallies: Mapping[str, Tally]) -> Iterator[str]:
    """The lines of the report: one column a file."""
    yield f"{'':24}" + "".join(f"{name[:15]:>16}" for name in tallies)
    rows: list[tuple[str, list[str]]] = [
        ("events told", [str(t.told) for t in tallies.values()]),
        ("events read", [str(t.read) for t in tallies.values()]),
        ("F1 strict", [f"{t.f1('strict'):.3f}" for t in tallies.values()]),
        ("F1 strict of the peer", [f"{t.peer_f1():.3f}" for t in tallies.values()]),
        ("F1 lenient", [f"{t.f1('lenient'):.3f}" for t in tallies.values()]),
        ("false on negatives", [f"{t.false_on_negatives} of {t.negatives}" for t in tallies.values()]),
    ]
    for name in FIELDS:
        cells = []
        for one in tallies.values():
            value = one.accuracy(name)
            cells.append("-" if value is None else f"{value:.3f} ({len(one.fields[name])})")
        rows.append((name, cells))
    for label, cells in rows:
        yield f"{label:24}" + "".join(f"{cell:>16}" for cell in cells)


def _value(event: Told, name: str) -> object:
    if name == "from_to":
        return f"{event['from_party']} > {event['to_party']}"
    if name == "date":
        return f"{event['date']} announced {event.get('announced')}"
    return event["count_qualifier" if name == "qualifier" else name]


def _plain(text: object) -> str:
    return re.sub(r"[^\w]+", " ", str(text or "").casefold()).strip()


def _overlap(told: Sequence[str], found: Sequence[str] | None, by_gazetteer: bool = False) -> bool | None:
    """Whether two lists of names share one; a name within the other counts; None where nothing is told."""
    if not told:
        return None

    def folded(name: str) -> str:
        known = place(name) if by_gazetteer else None
        return _plain(known.name if known else name)

    a, b = {folded(name) for name in told if name}, {folded(name) for name in found or () if name}
    return any(x == y or (len(x) > 3 and x in y) or (len(y) > 3 and y in x) for x in a for y in b)


def _dates_meet(told: Told, found: Told) -> bool | None:
    gold = [days for days in (_days(told.get("date")), _days(told.get("announced"))) if days]
    ours = [days for days in (_days(found.get("date")), _days(found.get("announced"))) if days]
    return any(a[0] <= b[1] and b[0] <= a[1] for a in gold for b in ours) if gold else None


def _days(text: str | None) -> tuple[str, str] | None:
    """First and last day of an ISO date or interval, as words that sort by time."""
    if not text:
        return None
    first, _, last = text.partition("/")
    last = last or first
    return first + "-01-01"[len(first) - 4 :] * (len(first) < 10), last + "-12-31"[len(last) - 4 :] * (len(last) < 10)


def _lists(given: Sequence[str]) -> list[Path]:
    if given:
        return [Path(name) for name in given]
    found = sorted(PASSAGES.glob("*.jsonl"))
    if SHARED.is_file():
        return [SHARED, *found]
    print(f"{SHARED} is not there: the development passages are left out")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="score the news reader on annotated passages")
    parser.add_argument("lists", nargs="*")
    parser.add_argument("--misses", action="store_true", help="list every event missed, false or with a field amiss")
    options = parser.parse_args()
    tallies = {}
    for path in _lists(options.lists):
        passages = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        tallies[path.stem], notes = tally(passages)
        if options.misses:
            print("\n".join(notes))
    print("\n".join(table(tallies)))


if __name__ == "__main__":
    main()
