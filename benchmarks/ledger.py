"""How well tellings are reconciled: pairs of one happening, series never summed, conflicts found.

    python -m benchmarks.ledger [PASSAGES CLUSTERS]

By default: our own clusters (benchmarks/clusters, a ledger for each round), and where ../shared/data is there the
development clusters and the public record (its columns `happening` and `series` are taken away first: the gold).
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from upriver.crackdown.entries import entries
from upriver.crackdown.params import CrackdownParams
from upriver.plain.ledger import Line, lines
from upriver.plain.tellings import tellings_of

HERE = Path(__file__).parent
OWN = HERE / "clusters"
SHARED = HERE.parent.parent / "shared" / "data"
Pair = tuple[str, str]


def pairs(lines: Iterable[Line], *relations: str) -> set[Pair]:
    """Unordered pairs of members that stand together in a line of one of `relations`."""
    return {
        (min(a, b), max(a, b))
        for line in lines
        if line["relation"] in relations
        for a, b in combinations(sorted(set(line["members"])), 2)
    }


@dataclass(slots=True)
class Tally:
    """Counts of one or more sets; `by_relation`: pairs of the gold found, pairs of the gold, pairs given beside."""

    hit: int = 0
    wrong: int = 0
    wanted: int = 0
    series: int = 0
    never_summed: int = 0
    conflicts: int = 0
    found: int = 0
    by_relation: dict[str, list[int]] = field(default_factory=dict)

    def add(self, gold: list[Line], told: list[Line], members: set[str]) -> None:
        """Count one set.

        members  every member that the gold speaks of: pairs with others are not judged
        """
        told = [{**line, "members": [m for m in line["members"] if m in members]} for line in told]
        happened = pairs(gold, "same", "contradict")
        free = pairs(gold, "series", "related", "either")  # two tellings of one point or stage are the same, unsaid
        found = pairs(told, "same", "contradict")
        self.hit += len(happened & found)
        self.wrong += len(found - happened - free)
        self.wanted += len(happened)
        series = [line for line in gold if line["relation"] == "series"]
        sums = pairs(told, "sum")
        self.series += len(series)
        self.never_summed += sum(not pairs([line], "series") & sums for line in series)
        wanted = [(line, conflict) for line in gold for conflict in line["conflicts"]]
        self.conflicts += len(wanted)
        self.found += sum(_is_found(line, conflict, told) for line, conflict in wanted)
        for relation in ("series", "part_of", "sum", "related", "contradict"):
            right, given = pairs(gold, relation), pairs(told, relation)
            counts = self.by_relation.setdefault(relation, [0, 0, 0])
            for place, n in enumerate((len(right & given), len(right), len(given - right))):
                counts[place] += n

    def scores(self) -> dict[str, tuple[float, str]]:
        """Scores by name, each with what it was counted from."""
        precision, recall = self.hit / ((self.hit + self.wrong) or 1), self.hit / (self.wanted or 1)
        result = {
            "same happening: pairwise F1": (
                2 * precision * recall / ((precision + recall) or 1),
                f"precision {precision:.3f}, recall {recall:.3f}, {self.wanted} pairs",
            ),
        }
        if self.series:
            result["series never summed"] = (self.never_summed / self.series, f"{self.series} series")
        if self.conflicts:
            result["conflicts found"] = (self.found / self.conflicts, f"{self.found} of {self.conflicts}")
        for relation, (right, wanted, beside) in self.by_relation.items():
            if wanted:
                result[f"{relation}: pairs"] = (right / wanted, f"recall of {wanted}; {beside} given beside")
        return result


def peer(passages: list[Line]) -> list[Line]:
    """What a table would do: one happening for each type, figure, unit and country of one month."""
    groups: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for passage in passages:
        for number, event in enumerate(passage["events"]):
            month = (event["date"] or event["announced"] or passage["published"] or "")[:7]
            key = (event["type"], event["count"], event["unit"], event["country"], month)
            groups[key].append(f"{passage['id']}#{number}")
    return [{"relation": "same", "members": members, "conflicts": []} for members in groups.values()]


def scores(gold: list[Line], told: list[Line], members: set[str]) -> dict[str, tuple[float, str]]:
    """Scores of one set."""
    tally = Tally()
    tally.add(gold, told, members)
    return tally.scores()


def own(make: Callable[[list[Line]], list[Line]] | None = None) -> tuple[Tally, int]:
    """Our own clusters, a ledger for each round, made by `run` or by `make`; and how many there are."""
    tally, n = Tally(), 0
    for round_ in sorted(OWN.iterdir()):
        passages, gold = _lines(round_ / "passages.jsonl"), _lines(round_ / "clusters.jsonl")
        tally.add(gold, (make or run)(passages), judged(passages, gold, whole=True))
        n += len(gold)
    return tally, n


def _is_found(line: Line, conflict: Line, told: list[Line]) -> bool:
    wanted = set(conflict["values"]) or set(line["members"])
    return any(
        one["field"] == conflict["field"] and len(wanted & set(one["values"])) >= min(2, len(wanted))
        for other in told
        for one in other["conflicts"]
    )


def public_record(folder: Path) -> tuple[list[Line], list[Line]]:
    """The claims of the public record as passages without `happening` and `series`; and the clusters these two tell."""
    with (folder / "sources.csv").open(encoding="utf-8", newline="") as file:
        sources = {row["source_id"]: row for row in csv.DictReader(file)}
    with (folder / "breakdowns.csv").open(encoding="utf-8", newline="") as file:
        parts: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
        for row in csv.DictReader(file):
            parts[row["claim_id"]][row["dimension"]][row["label"]] = float(row["count"])
    passages: dict[str, Line] = {}
    named: dict[tuple[str, ...], list[str]] = defaultdict(list)
    with (folder / "claims.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            source = sources[row["source_id"]]
            passage = passages.setdefault(
                row["source_id"],
                {
                    "id": row["source_id"],
                    "url": source["url"],
                    "published": source["published_on"] or None,
                    "publisher": source["publisher"],
                    "events": [],
                },
            )
            member = f"{row['source_id']}#{len(passage['events'])}"
            passage["events"].append(_event(row, source, dict(parts[row["claim_id"]])))
            moves = (
                "moves"
                if row["type"] in ("handover", "repatriation", "rescue_release")
                else "holds"
                if row["type"] in ("arrest", "raid")
                else row["type"]
            )
            if row["happening"]:
                role = "" if row["role"] in ("all", "worker", "victim", "member") else row["role"]
                spot = row["place"] if row["type"] == "estimate" else ""
                key = (row["happening"], row["unit"], role, row["modality"], spot)
                named["same", *key, moves].append(member)
                # Two types under one id (arrested and handed over) may be one happening or two stages: both are right.
                named["either", *key].append(member)
            if row["series"]:
                named["series", row["series"], row["unit"], row["role"]].append(member)
    gold = [
        {"id": f"g{number}", "about": key[1], "members": members, "relation": key[0], "conflicts": []}
        for number, (key, members) in enumerate(sorted(named.items()))
        if len(members) > 1
    ]
    return list(passages.values()), gold


def _event(row: dict[str, str], source: dict[str, str], breakdown: dict[str, dict[str, float]]) -> Line:
    dates = [text for text in (row["date_from"], row["date_to"]) if text]
    spoken = row["attributed_to"] if row["attributed_to"] != "unattributed" else ""
    ends = [float(row[name]) for name in ("count_low", "count_high") if row[name]]
    return {
        "type": row["type"], "actor": [row["actor"]] if row["actor"] else [], "from_party": row["from_party"] or None,
        "to_party": row["to_party"] or None, "count": float(row["count"]) if row["count"] else None,
        "count_qualifier": row["qualifier"], "count_range": ends if len(ends) == 2 else None, "unit": row["unit"],
        "role": row["role"], "place": [name for name in row["place"].split("|") if name],
        "country": row["country"] or None, "date": "/".join(dict.fromkeys(dates)) or None,
        "announced": row["announced_on"] or None, "cumulative": row["cumulative"] == "true",
        "attributed_to": [spoken or source["first_speaker"]], "modality": row["modality"], "names": [],
        "breakdown": breakdown, "role_counts": {}, "span": "",
    }  # fmt: skip


def sets(told: list[str]) -> Iterator[tuple[str, list[Line], list[Line]]]:
    """Name, passages and gold clusters of each set."""
    if told:
        yield told[0], _lines(Path(told[0])), _lines(Path(told[1]))
        return
    if SHARED.is_dir():
        news = SHARED / "news"
        yield "development clusters", _lines(news / "annotations.jsonl"), _lines(news / "clusters.jsonl")
        yield ("public record, its ids taken away", *public_record(SHARED / "public_record"))
    else:
        print(f"{SHARED} is not there: the development clusters and the public record are left out")


def _lines(path: Path) -> list[Line]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def run(passages: list[Line]) -> list[Line]:
    """The ledger of passages with their events."""
    return lines(entries([telling for passage in passages for telling in tellings_of(passage)], CrackdownParams()))


def judged(passages: list[Line], gold: list[Line], whole: bool) -> set[str]:
    """Members that are judged: all where the gold speaks of every passage, else those it names."""
    named: set[str] = {member for line in gold for member in line["members"]}
    every = {f"{passage['id']}#{n}" for passage in passages for n in range(len(passage["events"]))}
    return every if whole else named


def main(told: list[str]) -> None:
    """Print the scores of every set."""
    if not told:
        tally, n = own()
        print(f"own clusters: {n} in {len(list(OWN.iterdir()))} rounds")
        _print(tally.scores())
        _print_peer(own(peer)[0].scores())
    for name, passages, gold in sets(told):
        made = run(passages)
        print(f"{name}: {len(gold)} clusters, {len(passages)} passages, {len(made)} lines")
        whole = name != "development clusters"
        members = judged(passages, gold, whole)
        _print(scores(gold, made, members))
        _print_peer(scores(gold, peer(passages), members))


def _print_peer(told: dict[str, tuple[float, str]]) -> None:
    value, of = told["same happening: pairwise F1"]
    print(f"  {'peer, equal columns: pairwise F1':32} {value:6.3f}  {of}")


def _print(told: dict[str, tuple[float, str]]) -> None:
    for what, (value, of) in told.items():
        print(f"  {what:32} {value:6.3f}  {of}")


if __name__ == "__main__":
    main(sys.argv[1:])
