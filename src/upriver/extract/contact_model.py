"""A linear model of texts, trained on the user's own data (`upriver train`), in one file without code.

The file is a numpy archive of plain numbers and a card in JSON: nothing in it is run, so one from a stranger can be
wrong, and does nothing. Its heads: the first tells scam (or lure) from the rest, the others one label each.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from upriver.clean.grams import BITS, Floats, project, shares
from upriver.errors import EvidenceError
from upriver.extract.contact_odds import likely

FORM = 1
TASKS = ("contacts", "adverts")
# How much the strength of the signs weighs beside the model's own value, and the most of it that counts: chosen by
# training on one source and testing on another (docs/contacts.md).
# Labelled adverts are mostly of other frauds than lures, so there the signs weigh little.
SIGNS = {"contacts": 0.4, "adverts": 0.05}
STRONGEST = {"contacts": 8.0, "adverts": 6.0}
_ARRAYS = {"hashes": "<i4", "idf": "<f2", "first": "<i2", "others": "<i2", "scales": "<f4", "bias": "<f4"}
_MOST_BYTES = 200_000_000  # unpacked
_MOST_LABELS = 500
_STEPS = 32_767  # a weight is stored in so many steps of the largest of its head
_WORDS = 3  # words told of one text
_WORD = re.compile(r"[\u3400-\u9fff]+|[^\W_]+(?:['’@$.-][^\W_]+)*")
_HAN = 4  # characters of Chinese that are told together


@dataclass(frozen=True, slots=True)
class Heads:
    """Weights as trained: `hashes` in order; `weights` by hash and head; bias by head."""

    hashes: npt.NDArray[np.int32]
    idf: Floats
    weights: Floats
    bias: Floats


@dataclass(frozen=True)
class ContactModel:
    """A model as read from its file.

    task      contacts or adverts
    labels    what the heads after the first stand for
    positive  which of them are scam contacts or lures
    curve     (a, b): the probability is 1 / (1 + exp(-(a z + b))), z the model's value and the signs together
    card      how it was made: data hashes, folds, scores
    """

    task: str
    labels: tuple[str, ...]
    positive: tuple[bool, ...]
    curve: tuple[float, float]
    heads: Heads
    card: Mapping[str, Any]

    @cached_property
    def _column(self) -> npt.NDArray[np.int32]:
        column = np.full(1 << BITS, -1, np.int32)
        column[self.heads.hashes] = np.arange(len(self.heads.hashes), dtype=np.int32)
        return column

    def values(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """The value of each text (as `clean.grams.plain` gives it) under each head."""
        return project(texts, self._column, self.heads.idf, self.heads.weights, self.heads.bias)

    def told(self, values: npt.NDArray[np.float64]) -> list[str]:
        """The label of each row of `values`."""
        return [self.labels[place] for place in values[:, 1:].argmax(axis=1).tolist()]

    def probability(
        self, values: npt.NDArray[np.float64], strengths: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """How likely each text is a scam contact or lure, by the model's value and the strength of its signs."""
        a, b = self.curve
        return likely(a * together(values[:, 0], strengths, self.task) + b)

    def words(self, text: str) -> list[str]:
        """The words of `text` that speak most for the first head, as they were read."""
        weight = shares(text, self._column, self.heads.idf, np.ascontiguousarray(self.heads.weights[:, 0]))
        found: dict[str, float] = {}
        for match in _WORD.finditer(text):
            begin, end = match.span()
            if "\u3400" <= match.group()[0] <= "\u9fff" and end - begin > _HAN:
                sums = np.convolve(weight[begin:end], np.ones(_HAN), "valid")
                best = begin + int(sums.argmax())
                begin, end = best, best + _HAN
            value = float(weight[begin:end].sum())
            if value > 0:
                word = text[begin:end]
                found[word] = max(found.get(word, 0.0), value)
        return sorted(found, key=lambda word: (-found[word], word))[:_WORDS]

    def to_bytes(self) -> bytes:
        """The file."""
        heads = self.heads
        scales = np.abs(heads.weights).max(axis=0, initial=0.0).astype("<f4")
        scales[scales == 0] = 1.0
        whole = np.rint(heads.weights / scales * _STEPS)
        about = {
            "form": FORM, "task": self.task, "labels": self.labels, "positive": self.positive, "curve": self.curve,
            "bits": BITS, "card": self.card,
        }  # fmt: skip
        stream = io.BytesIO()
        np.savez_compressed(
            stream, about=np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), np.uint8),
            hashes=heads.hashes.astype("<i4"), idf=heads.idf.astype("<f2"), first=whole[:, 0].astype("<i2"),
            others=whole[:, 1:].astype("<i2"), scales=scales, bias=heads.bias.astype("<f4"),
        )  # fmt: skip
        return stream.getvalue()


def together(values: npt.NDArray[np.float64], strengths: npt.NDArray[np.float64], task: str) -> npt.NDArray[np.float64]:
    """The model's value and the strength of the signs in one number."""
    found: npt.NDArray[np.float64] = values + SIGNS[task] * np.minimum(strengths, STRONGEST[task])
    return found


def load(path: Path) -> ContactModel:
    """The model of a file.

    raises  EvidenceError when there is no such file, or it is none that `upriver train` wrote
    """
    if not path.is_file():
        raise EvidenceError(
            f"{path}: no such file; train a model first: upriver train contacts --data FOLDER --out {path}"
        )
    advice = "make it again with upriver train"
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(member.file_size for member in packed.infolist()) > _MOST_BYTES:
                raise EvidenceError(f"{path}: unpacked it is larger than any model; {advice}")
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in ("about", *_ARRAYS)}
        about = json.loads(arrays["about"].tobytes().decode("utf-8"))
        return _checked(about, arrays)
    except (
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        EOFError,
        RecursionError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise EvidenceError(f"{path}: not a model that upriver train wrote ({error}); {advice}") from error


def _checked(about: Any, arrays: dict[str, npt.NDArray[Any]]) -> ContactModel:
    """raises  ValueError, KeyError or TypeError when it is no whole model"""
    if about["form"] != FORM or about["bits"] != BITS or about["task"] not in TASKS:
        raise ValueError("made by another version")
    labels, positive = tuple(about["labels"]), tuple(about["positive"])
    n_heads, n = 1 + len(labels), len(arrays["hashes"])
    shapes = {
        "hashes": (n,), "idf": (n,), "first": (n,), "others": (n, len(labels)), "scales": (n_heads,),
        "bias": (n_heads,),
    }  # fmt: skip
    for name, shape in shapes.items():
        if arrays[name].dtype != np.dtype(_ARRAYS[name]) or arrays[name].shape != shape:
            raise ValueError(f"its {name} do not fit")
        if not np.isfinite(arrays[name]).all():
            raise ValueError(f"its {name} are no numbers")
    fits = 1 < len(labels) <= _MOST_LABELS and len(positive) == len(labels)
    if not fits or not all(isinstance(told, str) for told in labels):
        raise ValueError("its labels do not fit")
    hashes = arrays["hashes"].astype(np.int32)
    if n and (hashes[0] < 0 or hashes[-1] >= 1 << BITS or (np.diff(hashes) <= 0).any()):
        raise ValueError("its hashes are in no order")
    a, b = (float(value) for value in about["curve"])
    if not (np.isfinite(a) and np.isfinite(b)) or not isinstance(about["card"], dict):
        raise ValueError("its curve or card does not fit")
    whole = np.column_stack([arrays["first"].astype(np.float32), arrays["others"].astype(np.float32)])
    weights = np.ascontiguousarray((whole * (arrays["scales"] / np.float32(_STEPS))).astype(np.float32))
    heads = Heads(hashes, arrays["idf"].astype(np.float32), weights, arrays["bias"].astype(np.float32))
    return ContactModel(about["task"], labels, tuple(map(bool, positive)), (a, b), heads, about["card"])
