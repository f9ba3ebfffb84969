"""Scam contacts and lures in texts: the word lists alone, and models trained on the open files, on every set.

python -m benchmarks.contacts             figures of docs/contacts.md; needs the data folder beside the project
python -m benchmarks.contacts --quick     the word lists alone
python -m benchmarks.contacts --fit       slope and base of extract/contact_odds.toml from texts that may be used for it

Inside one source any split is easy; what counts is training on one source and testing on another. The word lists were
mended after they had been run on these files, so their own figures here flatter them.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from upriver.extract.contact_model import load
from upriver.extract.contact_odds import weight
from upriver.extract.contacts import read_turns
from upriver.extract.turns import spoken, unmarked
from upriver.plain.contacts import label, rows
from upriver.plain.texts import Refused
from upriver.plain.threads import threads
from upriver.plain.training import train

SHARED = Path(__file__).parents[2] / "shared" / "data" / "text"
WRITTEN = Path(__file__).parent / "contacts_written.tsv"
_BENIGN = {"ham", "normal", "legitimate", "ordinary"}
_RATES = (0.001, 0.005, 0.01)

Rows = list[dict[str, Any]]
Chosen = Callable[[dict[str, Any]], bool]
Floats = npt.NDArray[np.float64]


def main(words: Sequence[str] = ()) -> None:
    if "--fit" in words:
        fit()
        return
    if not SHARED.is_dir():
        print(f"no data folder at {SHARED}: nothing measured")
        return
    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        bench.shipped()
        if "--quick" in words:
            return
        bench.folds()
        bench.between()
        bench.speed()


class Bench:
    """One run over the open files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sets = {path.stem: _read(path) for path in sorted(SHARED.glob("*.jsonl"))}
        self.benign = self.sets["benign_sms"]
        self._n = 0

    def shipped(self) -> None:
        print("\n# word lists alone: recall at false positives of 0.1 %, 0.5 %, 1 %, AUC")
        en, zh = self.sets["sms_en"], self.sets["sms_zh_open"]
        benign = self.scores(self.benign)
        for name, some in (
            ("sms_en, spam and smishing", _some(en, lambda row: row["label"] != "ham")),
            ("sms_en, smishing", _some(en, _is("smishing"))),
            ("scam_types_en", self.sets["scam_types_en"]),
            ("... network friendship", _some(self.sets["scam_types_en"], _is("network friendship"))),
        ):
            _show(f"{name} | benign_sms", self.scores(some), benign)
        _show("sms_en, spam and smishing | its ham", self.scores(_some(en, _positive)), self.scores(_some(en, _ham)))
        _show("sms_zh_open, FR | the rest", self.scores(_some(zh, _fraud)), self.scores(_some(zh, _no_fraud)))
        calls = self.sets["calls_zh_open"]
        for source in ("tft5", "teleantifraud"):
            own = _some(calls, _is(source, "source"))
            _show(f"calls_zh_open, {source}", self.scores(_some(own, _positive)), self.scores(_some(own, _normal)))
        lures = self.sets["lures_dev"]
        _show(
            "lures_dev (wiring, no evidence)",
            self.scores(_some(lures, _is("lure")), adverts=True),
            self.scores(_some(lures, _is("ordinary")), adverts=True),
        )
        ads = self.sets["job_ads_open"]
        _show(
            "job_ads_open, fraud (another thing than a lure)",
            self.scores(_some(ads, _is("fraud")), adverts=True),
            self.scores(_some(ads, _is("legitimate")), adverts=True),
        )
        flagged = sum(row["label"] == "scam" for row in self.lines(self.benign))
        print(f"benign_sms called scam: {flagged} of {len(self.benign):,}")
        print("\n# calibration of the word lists: share of scams among texts by score")
        _calibration([*en, *self.benign], self.lines([*en, *self.benign]), _positive)
        _calibration(zh, self.lines(zh), _fraud)

    def folds(self) -> None:
        print("\n# trained, by the folds of the data folder")
        tasks: tuple[tuple[str, bool, Callable[[str], bool] | None], ...] = (
            ("sms_en", False, lambda told: told != "ham"),
            ("sms_zh_open", False, lambda told: told.startswith("FR")),
            ("calls_zh_open", False, lambda told: told != "normal"),
            ("scam_types_en", False, None),
            ("job_ads_open", True, lambda told: told == "fraud"),
        )
        for name, adverts, positive in tasks:
            own = self.sets[name]
            if name == "calls_zh_open":
                own = _some(own, _is("tft5", "source"))
            gold, told, scores = [], [], []
            for fold in range(5):
                # Fraud-R1 has no ordinary texts of its own.
                others = [row for row in own if row["fold"] != fold]
                extra = self.benign[:500] if positive is None else []
                asked = [row for row in own if row["fold"] == fold]
                lines = self.trained([*others, *extra], asked, adverts=adverts)
                gold += [row["label"] for row in asked]
                told += [str(line["label"]) for line in lines]
                scores += [float(str(line["score"])) for line in lines]
            text = f"{name}: macro-F1 {_macro(gold, told):.4f}"
            if positive is not None:
                sure, found = [positive(x) for x in gold], [positive(x) for x in told]
                text += f", positive F1 {_f1(sure, found):.4f}, AUC {_auc(scores, sure):.4f}"
            print(text)
            if positive is not None:
                _calibration([], [{"score": score} for score in scores], _positive, sure)

    def between(self) -> None:
        print("\n# trained on one source, tested on another: recall at 0.1 %, 0.5 %, 1 %, AUC")
        en, zh, calls = self.sets["sms_en"], self.sets["sms_zh_open"], self.sets["calls_zh_open"]
        uci, mendeley = (_some(en, _is(source, "source")) for source in ("uci", "mendeley"))
        tft5, tele = (_some(calls, _is(source, "source")) for source in ("tft5", "teleantifraud"))
        types = self.sets["scam_types_en"]
        for name, known, asked, ordinary in (
            ("sms_en > scam_types_en | benign_sms", en, types, self.benign),
            ("sms_en > network friendship | benign_sms", en, _some(types, _is("network friendship")), self.benign),
            ("uci > mendeley | benign_sms", uci, _some(mendeley, _positive), self.benign),
            ("mendeley > uci | benign_sms", mendeley, _some(uci, _positive), self.benign),
            ("tft5 > sms_zh_open FR | the rest", tft5, _some(zh, _fraud), _some(zh, _no_fraud)),
            ("teleantifraud > sms_zh_open FR | the rest", tele, _some(zh, _fraud), _some(zh, _no_fraud)),
            ("sms_zh_open > tft5 | its normal", zh, _some(tft5, _positive), _some(tft5, _normal)),
            ("sms_zh_open > teleantifraud | normal of both", zh, _some(tele, _positive), _some(calls, _normal)),
        ):
            lines = self.trained(known, [*asked, *ordinary], adverts=False)
            scores = np.array([float(str(line["score"])) for line in lines])
            _show(name, scores[: len(asked)], scores[len(asked) :])

    def speed(self) -> None:
        print("\n# speed, one process, from file to file")
        model = self.folder / "speed.model"
        path = self._file(self.sets["sms_en"])
        train("contacts", path, model, lambda line: None)
        print(f"model of sms_en: {model.stat().st_size / 1e6:.2f} MB")
        for name in ("benign_sms", "sms_en", "sms_zh_open", "calls_zh_open"):
            source = self._file(self.sets[name])
            for told, used in (("word lists", None), ("with the model", load(model))):
                label(source, self.folder / "out.jsonl", lambda line: None, used, adverts=False)
                begun = time.process_time()
                count = label(source, self.folder / "out.jsonl", lambda line: None, used, adverts=False)
                print(f"{name}, {told}: {count.texts / (time.process_time() - begun):,.0f} a second")

    def lines(self, some: Rows, *, adverts: bool = False) -> Rows:
        read = [item for item in threads(self._file(some), adverts=adverts) if not isinstance(item, Refused)]
        return rows(read, None, adverts=adverts)

    def scores(self, some: Rows, *, adverts: bool = False) -> Floats:
        return np.array([float(str(line["score"])) for line in self.lines(some, adverts=adverts)])

    def trained(self, known: Rows, asked: Rows, *, adverts: bool) -> Rows:
        model = self.folder / "trained.model"
        train("adverts" if adverts else "contacts", self._file(known), model, lambda line: None)
        read = [item for item in threads(self._file(asked), adverts=adverts) if not isinstance(item, Refused)]
        return rows(read, load(model), adverts=adverts)

    def _file(self, some: Rows) -> Path:
        self._n += 1
        path = self.folder / f"{self._n}.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in some), "utf-8")
        return path


def fit() -> None:
    """Print slope and base for strength of signs, from the written texts and TeleAntiFraud (Apache-2.0)."""
    from scipy.optimize import minimize

    told: dict[str, list[tuple[float, bool]]] = {"contacts": [], "adverts": []}
    for line in WRITTEN.read_text("utf-8").splitlines()[1:]:
        task, name, text = line.split("\t")
        read = read_turns(spoken(unmarked(text.replace("\\n", "\n"))), advert=task == "adverts")
        told[task].append((weight(read), name != "ordinary"))
    calls = SHARED / "calls_zh_open.jsonl"
    if calls.is_file():
        some = _some(_read(calls), _is("teleantifraud", "source"))
        told["contacts"] += [(weight(read_turns(spoken(row["text"]))), row["label"] != "normal") for row in some]
    for task, pairs in told.items():
        x, y = np.array([strength for strength, _ in pairs]), np.array([sure for _, sure in pairs])
        # One text in ten is taken to be a scam contact before anything is read.
        each = np.where(y, 0.1 / y.sum(), 0.9 / (~y).sum())

        def loss(at: Floats, x: Floats = x, y: npt.NDArray[np.bool_] = y, each: Floats = each) -> float:
            z = np.where(y, 1, -1) * (at[0] * x + at[1])
            return float((each * np.logaddexp(0, -z)).sum() + 0.001 * at[0] ** 2)

        slope, base = minimize(loss, np.array([1.0, -3.0])).x
        print(f"[{task}]  # {len(pairs)} texts\nslope = {slope:.2f}\nbase = {base:.2f}")


def _read(path: Path) -> Rows:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]


def _some(some: Rows, chosen: Chosen) -> Rows:
    return [row for row in some if chosen(row)]


def _is(value: str, column: str = "label") -> Chosen:
    return lambda row: bool(row[column] == value)


def _positive(row: dict[str, Any]) -> bool:
    return row["label"] not in _BENIGN


def _ham(row: dict[str, Any]) -> bool:
    return bool(row["label"] == "ham")


def _normal(row: dict[str, Any]) -> bool:
    return bool(row["label"] == "normal")


def _fraud(row: dict[str, Any]) -> bool:
    return str(row["label"]).startswith("FR")


def _no_fraud(row: dict[str, Any]) -> bool:
    return not _fraud(row)


def _show(name: str, positive: Floats, ordinary: Floats) -> None:
    falling = np.sort(ordinary)[::-1]
    recalls = [float((positive > falling[int(rate * len(falling) + 1e-9)]).mean()) for rate in _RATES]
    sure = [True] * len(positive) + [False] * len(ordinary)
    told = "  ".join(f"{recall:.3f}" for recall in recalls)
    print(f"{name:48s} {told}  AUC {_auc(np.r_[positive, ordinary].tolist(), sure):.3f}")


def _calibration(some: Rows, lines: Rows, positive: Chosen, told: Sequence[bool] | None = None) -> None:
    sure = np.array(told if told is not None else [positive(row) for row in some])
    scores = np.array([float(str(line["score"])) for line in lines])
    parts = []
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        inside = (scores >= low) & (scores < high)
        if inside.any():
            parts.append(f"{low:.1f} to {min(high, 1.0):.1f}: {sure[inside].mean():.3f} of {inside.sum():,}")
    print("  " + "; ".join(parts))


def _f1(sure: Sequence[bool], found: Sequence[bool]) -> float:
    both = sum(a and b for a, b in zip(sure, found, strict=True))
    return 2 * both / (sum(sure) + sum(found)) if sum(sure) + sum(found) else 0.0


def _macro(gold: Sequence[str], told: Sequence[str]) -> float:
    names = sorted(set(gold))
    return sum(_f1([x == name for x in gold], [x == name for x in told]) for name in names) / len(names)


def _auc(scores: Sequence[float], sure: Sequence[bool]) -> float:
    from scipy.stats import rankdata

    ranks, flags = rankdata(scores), np.array(sure)
    n, m = int(flags.sum()), int((~flags).sum())
    return float((ranks[flags].sum() - n * (n + 1) / 2) / (n * m)) if n and m else float("nan")


if __name__ == "__main__":
    main(sys.argv[1:])
