"""`upriver train`: labelled texts in, a linear model of hashed runs of letters out, with a card of how well it does."""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from upriver.clean.grams import BITS, cut, plain
from upriver.clean.lexicon import load_list
from upriver.clean.pieces import pieces
from upriver.errors import EvidenceError
from upriver.extract.contact_model import SIGNS, ContactModel, Heads, together
from upriver.extract.contact_odds import curve, weight
from upriver.extract.contact_texts import text_id
from upriver.extract.contacts import read_turns
from upriver.plain.corrections import Corrections, corrections
from upriver.plain.outputs import lines_to, not_read, part_of
from upriver.plain.texts import Refused
from upriver.plain.threads import Thread, threads

_FOLDS = 5
_MOST_BYTES = 9_000_000  # of weights: packed and with its card the file stays below 10 MB
_LEAST = 20  # texts, and ...
_LEAST_EACH = 5  # ... of each side that there is: with fewer nothing can be learnt or measured
_LEAST_LABELS = 2
# Strength of fit (C) of the head that tells scam from the rest and of those of labels, chosen by folds of open data.
_FIT = {"contacts": (2.0, 1.0), "adverts": (2.0, 4.0)}
_RATES = (0.001, 0.01)
_SHOWN = 20

_Floats = npt.NDArray[np.float64]
_Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Data:
    """Labelled texts: runs as a sparse matrix, strength of signs, labels, which of them are positive, source, fold.

    pieces  runs of the pieces of long texts, with the number of each one's text
    """

    runs: Any
    pieces: tuple[Any, npt.NDArray[np.int64]]
    strengths: _Floats
    labels: npt.NDArray[np.object_]
    positive: _Bools
    sources: npt.NDArray[np.object_]
    folds: npt.NDArray[np.int64]
    card: dict[str, Any]


def train(task: str, data: Path | None, out: Path, tell: Callable[[str], None], cases: Sequence[Path] = ()) -> str:
    """Write the model of `task` trained on the labelled texts of `data` to `out`; a line about it for a person.

    data    a folder of *.jsonl, or one such file; None where cases alone are trained on
    cases   whose analysts' labels are trained on too: they outweigh the same text labelled otherwise in `data`
    raises  EvidenceError when there is too little to learn from; CaseError, JournalError when a case cannot be read;
            ExportError when `out` cannot be written
    """
    files = [] if data is None else _files(data)
    not_read(out, *files)
    read = _data(task, files, tell, corrections(task, cases, tell))
    firm, loose = _FIT[task]
    held = _held_out(read, firm)
    z = together(held, read.strengths, task)
    one_sided = bool(read.positive.all() or not read.positive.any())
    if one_sided:
        tell("only scams or only ordinary texts: labels are learnt, scores come from the word lists alone")
        slope, b = curve(advert=task == "adverts")
        a = slope / SIGNS[task]
    else:
        a, b = _curve(z, read.positive)
    names = sorted(set(read.labels.tolist()))
    # Never so many runs that the file outgrows its limit; rare runs go first.
    most = _MOST_BYTES // (2 * len(names) + 8)
    hashes, idf = _vocabulary(read.runs, most)
    rows = _weighed(read.runs, hashes, idf)
    first, bias = _first(read, np.ones(len(read.labels), np.bool_), hashes, idf, firm)
    others, biases = _labelled(rows, read.labels, loose)
    weights = np.column_stack([first, *others]).astype(np.float32)
    heads = Heads(hashes, idf, weights, np.array([bias, *biases], np.float32))
    card = {**read.card, "held_out": _scores(z, read.positive), "by_source": _by_source(z, read)}
    card["between_sources"] = _between(read, firm)
    sides = dict(zip(read.labels.tolist(), read.positive.tolist(), strict=True))
    model = ContactModel(task, tuple(names), tuple(sides[name] for name in names), (a, b), heads, card)
    content = model.to_bytes()
    _write(out, content)
    told = card["held_out"]
    labelled = sum(case["texts"] for case in card.get("cases", {}).values())
    reached = f"AUC {told['auc']:.3f}, recall {told['recall_at_1pct']:.3f} at 1 % false positives; "
    return (
        f"{len(read.labels):,} texts, {int(read.positive.sum()):,} of them positive, {len(names)} labels; "
        f"{f'{labelled:,} labelled by analysts in cases; ' if labelled else ''}"
        f"{'' if one_sided else 'on folds: ' + reached}{len(content) / 1e6:.1f} MB"
    )


def _files(data: Path) -> list[Path]:
    if data.is_dir():
        found = sorted(path for path in data.glob("*.jsonl") if path.is_file())
        if not found:
            raise EvidenceError(f"{data}: no *.jsonl in it; put labelled texts there, one object a line")
        return found
    if not data.is_file():
        raise EvidenceError(f"{data}: no such folder or file; name one with labelled texts (*.jsonl)")
    return [data]


def _data(task: str, files: Sequence[Path], tell: Callable[[str], None], own: Corrections) -> Data:
    words = load_list("upriver.extract", "contact_labels.toml")
    of_adverts = frozenset(words["adverts"])
    kept: list[tuple[Path, Thread]] = []
    others: list[tuple[Path, Thread]] = []
    left: Counter[str] = Counter()
    foreign: set[Path] = set()
    for path in files:
        for item in threads(path, adverts=task == "adverts"):
            if isinstance(item, Refused):
                left[f"{path.name}: cannot be read"] += 1
                if left.total() <= _SHOWN:
                    tell(f"{path.name}, line {item.line}: {item.reason}; left out")
            elif item.label is None or item.label in words["elsewhere"]:
                left[f"{path.name}: no label of a contact or advert"] += 1
                if item.label is not None:
                    foreign.add(path)  # labelled for another question, in all its rows
            else:
                mine = (item.titled or item.label in of_adverts) == (task == "adverts")
                (kept if mine else others).append((path, item))
    for path in sorted(foreign):
        left[f"{path.name}: no label of a contact or advert"] += sum(own == path for own, _ in [*kept, *others])
    kept, others = ([pair for pair in some if pair[0] not in foreign] for some in (kept, others))
    if not kept:
        kept, others = others, []  # labelled in other words, and nothing else is there
    left.update(f"{path.name}: of the other task" for path, _ in others)
    kept, overruled = _without_overruled(kept, own, words)
    left.update(overruled)
    for reason, n in sorted(left.items()):
        tell(f"{reason}: {n:,} rows left out")
    labels = np.array([thread.label for _, thread in kept], object)
    positive = np.array([not _ordinary(label, words) for label in labels.tolist()], np.bool_)
    n_each = Counter(positive.tolist())
    told = f", {len(own.threads)} of them analysts' labels" if own.card else ""
    few = len(kept) < _LEAST or min(n_each.values()) < _LEAST_EACH or len(set(labels.tolist())) < _LEAST_LABELS
    if few:
        raise EvidenceError(
            f"{len(kept)} labelled texts for {task}{told}, {n_each[True]} of them positive: at least {_LEAST} are "
            f"needed, {_LEAST_EACH} of a side and {_LEAST_LABELS} labels; ordinary ones are labelled ham, normal or "
            "legitimate"
        )
    texts = [plain(thread.text) for _, thread in kept]
    strengths = [weight(read_turns(thread.turns, advert=task == "adverts")) for _, thread in kept]
    return Data(
        _matrix(texts),
        _pieces(texts if task == "contacts" else ()),
        np.array(strengths),
        labels,
        positive,
        np.array([thread.source or path.name for path, thread in kept], object),
        _folds(texts, [thread.fold for _, thread in kept]),
        {
            "task": task,
            "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
            "labels": dict(sorted(Counter(labels.tolist()).items())),
            "left_out": dict(sorted(left.items())),
            **({"cases": own.card} if own.card else {}),
        },
    )


def _without_overruled(
    kept: list[tuple[Path, Thread]], own: Corrections, words: dict[str, Any]
) -> tuple[list[tuple[Path, Thread]], Counter[str]]:
    """The rows of files and of cases together, but for those of files that an analyst labelled otherwise."""

    stay: list[tuple[Path, Thread]] = []
    gone: Counter[str] = Counter()
    for path, thread in kept:
        said = own.words.get(text_id(thread.text)) if own.words else None
        if said is not None and _ordinary(said, words) != _ordinary(str(thread.label), words):
            gone[f"{path.name}: labelled otherwise by an analyst, whose label counts"] += 1
        else:
            stay.append((path, thread))
    return [*stay, *((Path(str(thread.source)), thread) for thread in own.threads)], gone


def _ordinary(label: str, words: dict[str, Any]) -> bool:
    """Whether a label means an ordinary text, or one that is unwanted and no scam."""
    return label.casefold() in words["benign"] or label.startswith(tuple(words["unwanted"]))


def _folds(texts: Sequence[str], told: Sequence[int | None]) -> npt.NDArray[np.int64]:
    """Fold of each text: as told, else by its letters without digits, so that copies stand in one."""
    own = [
        zlib.crc32("".join(char for char in text if char.isalpha())[:80].encode("utf-8", "replace")) for text in texts
    ]
    return np.array([(own[i] if fold is None else fold) % _FOLDS for i, fold in enumerate(told)], np.int64)


def _matrix(texts: Sequence[str]) -> Any:
    from scipy import sparse

    offsets, hashes, counts = cut(texts)
    return sparse.csr_matrix((counts.astype(np.float32), hashes, offsets), shape=(len(texts), 1 << BITS))


def _pieces(texts: Sequence[str]) -> tuple[Any, npt.NDArray[np.int64]]:
    cuts = [pieces(text) for text in texts]
    own = np.repeat(np.arange(len(cuts), dtype=np.int64), [len(cut) for cut in cuts])
    return _matrix([piece for some in cuts for piece in some]), own


def _vocabulary(runs: Any, most: int | None = None) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """Runs that stand in two texts at least, and how rare each is; of too many the most frequent."""
    n_texts = np.bincount(runs.indices, minlength=1 << BITS)
    least = 2
    while most is not None and int((n_texts >= least).sum()) > most:
        least += 1
    hashes = np.flatnonzero(n_texts >= least).astype(np.int32)
    idf = np.log((1 + runs.shape[0]) / (1 + n_texts[hashes])) + 1
    return hashes, idf.astype(np.float16).astype(np.float32)


def _weighed(runs: Any, hashes: npt.NDArray[np.int32], idf: npt.NDArray[np.float32]) -> Any:
    """TF-IDF with logarithmic counts, rows of length 1: what `clean.grams.project` reckons."""
    from scipy import sparse

    rows = runs[:, hashes].tocsr()
    rows.data = (1.0 + np.log(rows.data)) * idf[rows.indices]
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sparse.diags(1.0 / np.where(length > 0, length, 1.0)) @ rows


def _first(
    read: Data, known: _Bools, hashes: npt.NDArray[np.int32], idf: npt.NDArray[np.float32], firm: float
) -> tuple[npt.NDArray[np.float32], float]:
    """Weights and base of the head that tells scam from the rest, from the `known` texts and their pieces.

    The pieces of a text count together as much as the text: a model that knows scams by whole calls alone takes a
    message for ordinary because it is short (docs/contacts.md).
    """
    from scipy import sparse

    runs, own = read.pieces
    some = known[own]
    rows = _weighed(read.runs[known], hashes, idf)
    positive, each = read.positive[known], np.ones(int(known.sum()))
    if some.any():
        n_each = np.bincount(own, minlength=len(known))
        rows = sparse.vstack([rows, _weighed(runs[some], hashes, idf)]).tocsr()
        positive = np.r_[positive, read.positive[own[some]]]
        each = np.r_[each, 1.0 / n_each[own[some]]]
    return _fitted(rows, positive, each, firm)


def _fitted(rows: Any, positive: _Bools, each: _Floats, firm: float) -> tuple[npt.NDArray[np.float32], float]:
    from sklearn.svm import LinearSVC

    if positive.all() or not positive.any():
        return np.zeros(rows.shape[1], np.float32), 0.0
    # Both sides count the same, however many there are of each.
    side = np.where(positive, each[positive].sum(), each[~positive].sum())
    weight = each * each.sum() / (2.0 * side)
    fitted = LinearSVC(C=firm, random_state=0).fit(rows, positive, sample_weight=weight)
    return fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0])


def _labelled(rows: Any, labels: npt.NDArray[np.object_], loose: float) -> tuple[_Floats, list[float]]:
    """Weights (label, run) and base of each label, in their order."""
    from sklearn.svm import LinearSVC

    fitted = LinearSVC(C=loose, class_weight="balanced", random_state=0).fit(rows, labels.astype(str))
    weights, bases = fitted.coef_, fitted.intercept_
    if len(weights) == 1:  # two labels: what speaks for the second speaks against the first
        weights, bases = np.vstack([-weights, weights]), np.r_[-bases, bases]
    return weights, [float(base) for base in bases]


def _foretold(read: Data, known: _Bools, asked: _Bools, firm: float) -> _Floats:
    hashes, idf = _vocabulary(read.runs[known])
    weights, bias = _first(read, known, hashes, idf, firm)
    found: _Floats = np.asarray(_weighed(read.runs[asked], hashes, idf) @ weights.astype(np.float64) + bias)
    return found


def _held_out(read: Data, firm: float) -> _Floats:
    """The first head's value of each text by a model that saw the other folds."""
    values = np.zeros(len(read.labels))
    for fold in sorted(set(read.folds.tolist())):
        asked = read.folds == fold
        if not asked.all():
            values[asked] = _foretold(read, ~asked, asked, firm)
    return values


def _curve(z: _Floats, positive: _Bools) -> tuple[float, float]:
    """Slope and base of the probability (Platt), never falling."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=100.0).fit(z[:, None], positive)
    return max(1e-3, float(fitted.coef_[0, 0])), float(fitted.intercept_[0])


def _scores(z: _Floats, positive: _Bools) -> dict[str, float]:
    from sklearn.metrics import f1_score, roc_auc_score

    scores = {"n": len(z), "f1": round(float(f1_score(positive, z > 0.0)), 4)}
    if positive.all() or not positive.any():
        return scores
    scores["auc"] = round(float(roc_auc_score(positive, z)), 4)
    ordinary = np.sort(z[~positive])[::-1]
    for rate in _RATES:
        reached = z[positive] > ordinary[int(rate * len(ordinary) + 1e-9)]
        scores[f"recall_at_{rate * 100:g}pct"] = round(float(reached.mean()), 4)
    return scores


def _by_source(z: _Floats, read: Data) -> dict[str, dict[str, float]]:
    return {
        str(name): _scores(z[read.sources == name], read.positive[read.sources == name])
        for name in sorted(set(read.sources.tolist()))
    }


def _between(read: Data, firm: float) -> dict[str, dict[str, float]]:
    """Scores on each source of a model that saw only the others: what to expect of texts from elsewhere."""
    found = {}
    for name in sorted(set(read.sources.tolist())):
        asked = read.sources == name
        both = 0 < read.positive[asked].sum() < asked.sum()
        if both and 0 < read.positive[~asked].sum() < (~asked).sum():
            z = together(_foretold(read, ~asked, asked, firm), read.strengths[asked], read.card["task"])
            found[str(name)] = _scores(z, read.positive[asked])
    return found


def _write(out: Path, content: bytes) -> None:
    """Write the file whole or not at all; a wrong place is refused as `lines_to` refuses it."""
    lines_to(out, ())
    part = part_of(out)
    try:
        part.write_bytes(content)
        part.replace(out.resolve())
    finally:
        part.unlink(missing_ok=True)
