"""News: totals that run, re-writes that drift."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.simulate.transfers_seen import rows_of


def _texts(case: Path) -> dict[str, str]:
    lines = (case / "evidence" / "news.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["passage_id"]: row["text"] for row in map(json.loads, lines)}


def test_a_running_total_rises_to_the_count_that_truth_tells(tiny: Path) -> None:
    texts = _texts(tiny)
    for row in rows_of(tiny / "truth" / "happenings.csv"):
        if row["kind"] != "series":
            continue
        told = []
        for name in row["passages"].split("|"):
            text = re.sub(r"\d{1,2} [A-Z]\w+ \d{4}|\w+ \d{1,2}\b(?!,)|20\d\d年|\d+[月日]", " ", texts[name])
            told.append(max(int(figure.replace(",", "")) for figure in re.findall(r"\d[\d,]*", text)))
        assert told == sorted(told)
        assert told[-1] == int(row["count"])


def test_every_passage_has_its_publisher_day_and_language(tiny: Path) -> None:
    for line in (tiny / "evidence" / "news.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert row["publisher"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["published"])
        assert row["language"] in {"en", "zh-Hans"}
        assert row["language"] != "en" or row["text"].isascii()
