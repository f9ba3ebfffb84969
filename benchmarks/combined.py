"""The label of a case: word lists alone, a model alone, both combined, where the model was trained on another source.

python -m benchmarks.combined    figures of docs/queue.md; needs the data folder beside the project
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from upriver.extract.contact_model import load
from upriver.extract.contact_reader import Reading, readings
from upriver.extract.contacts import read_turns
from upriver.extract.turns import spoken, unmarked
from upriver.plain.training import train

SHARED = Path(__file__).parents[2] / "shared" / "data" / "text"
_ORDINARY = {"ham", "normal"}
_HALF = 0.5
_WAYS: dict[str, Callable[[Reading], str]] = {
    "word lists": lambda one: one.contact.label,
    "model's probability": lambda one: "scam" if (one.model_score or 0.0) >= _HALF else "neither",
    "combined": lambda one: one.label,
}

Rows = list[dict[str, Any]]


def main() -> None:
    if not SHARED.is_dir():
        print(f"no data folder at {SHARED}: nothing measured")
        return
    calls = list(_rows("calls_zh_open"))
    sources: dict[str, Rows] = {
        "sms_en": list(_rows("sms_en")),
        "Telecom-5": [row for row in calls if row["source"] == "tft5"],
        "TeleAntiFraud": [row for row in calls if row["source"] != "tft5"],
        "scam_types_en": list(_rows("scam_types_en")),
        "benign_sms": list(_rows("benign_sms")),
    }
    print("| trained on | read | way | called scam, of scams | unsure | called scam, of ordinary | unsure |")
    print("|---|---|---|---|---|---|---|")
    with TemporaryDirectory() as folder:
        for known, asked in (
            ("sms_en", ("scam_types_en", "benign_sms", "Telecom-5", "TeleAntiFraud")),
            ("Telecom-5", ("TeleAntiFraud", "sms_en", "benign_sms")),
        ):
            data, model = Path(folder) / f"{known}.jsonl", Path(folder) / f"{known}.model"
            data.write_text("".join(json.dumps(row) + "\n" for row in sources[known]), "utf-8")
            train("contacts", data, model, lambda line: None)
            for name in asked:
                _show(known, name, sources[name], model)


def _rows(name: str) -> Iterable[dict[str, Any]]:
    for line in (SHARED / f"{name}.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)


def _show(known: str, name: str, some: Rows, model: Path) -> None:
    texts = [row["text"] for row in some]
    read = readings([read_turns(spoken(unmarked(text))) for text in texts], texts, load(model), advert=False)
    # What is only ordinary has no labels.
    scams = [one for row, one in zip(some, read, strict=True) if row.get("label", "ham") not in _ORDINARY]
    others = [one for row, one in zip(some, read, strict=True) if row.get("label", "ham") in _ORDINARY]
    for way, told in _WAYS.items():
        shares = []
        for side in (scams, others):
            labels = [told(one) for one in side]
            shares += [f"{labels.count(label) / len(side):.3f}" if side else "-" for label in ("scam", "unsure")]
        print(f"| {known} | {name} | {way} | {' | '.join(shares)} |")


if __name__ == "__main__":
    main()
