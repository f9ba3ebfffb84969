"""From two names laid side by side to how likely they are one name: a small logistic model, in model.toml."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from upriver.clean.names import han

Floats = npt.NDArray[np.float64]

FAMILIES = ("latin", "han", "burmese", "thai", "khmer", "hangul", "other")
_FREE_BITS = 9.0
_STRANGERS = 2.0
_MOST_BITS = 24.0
MIXED = han.MANDARIN | han.CANTONESE | han.SOUTHERN
# What the model looks at, in order: of `align.align`'s features, by family and by tradition.
COLUMNS = (
    "one", "paired", "paired of the fuller", "paired of the other", "least alike", "alike", "bits paired",
    "bits left on both", "bits left on one", "turned round", "first paired", "free words left", "both left, not free",
    "spelt in no such way", "all pinyin, read so", "all pinyin, read otherwise", "least alike, squared",
    "southern", "korean", "vietnamese", "mixed", "by sound", "by sound x bits",
    *(f"is {family}" for family in FAMILIES[1:]),
    *(f"paired, {family}" for family in FAMILIES[1:]),
)  # fmt: skip

_HAN = FAMILIES.index("han")
_OWN_COLUMN = {
    han.SOUTHERN: "southern", han.KOREAN: "korean", han.VIETNAMESE: "vietnamese", MIXED: "mixed",
    han.FOREIGN: "by sound",
}  # fmt: skip


def family(left: str, right: str) -> int:
    """Number of the family of a pair of scripts: of the one that is not Latin."""
    a, b = ({"lao": "thai"}.get(script, script) for script in (left, right))
    other = b if a == "latin" else a
    if "latin" not in (a, b) and a != b:
        other = "han" if {a, b} == {"han", "hangul"} else "other"
    return FAMILIES.index(other) if other in FAMILIES else len(FAMILIES) - 1


def strangers(left: str, right: str) -> float:
    """Log odds that two scripts take from a likeness: a list seldom gives a Burmese name in Khmer.

    No development pair is of such scripts, so that this is set and not learned.
    """
    same = left == right or {left, right} == {"han", "hangul"}
    return 0.0 if same or "latin" in (left, right) else -_STRANGERS


def columns(features: npt.NDArray[np.float32], mode: int, family: int) -> Floats:
    """Rows of `align` features as rows of what the model looks at."""
    told = np.atleast_2d(features).astype(np.float64)
    bits = np.minimum(told[:, 4], _MOST_BITS) / 10
    is_han = float(family == _HAN)
    # A Western name before a Chinese one says little; more than one such word is another name.
    free = is_han * np.minimum(np.minimum(told[:, 12], told[:, 6]), _FREE_BITS) / 10
    spelt = is_han * (mode != han.FOREIGN)
    found = np.zeros((len(told), len(COLUMNS)))
    found[:, 0] = 1.0
    found[:, 1:6] = told[:, (0, 1, 2, 3, 10)]
    found[:, 6] = bits
    found[:, 7] = told[:, 5] / 10
    found[:, 8] = told[:, 6] / 10
    found[:, 9:11] = told[:, (7, 11)]
    found[:, 11] = free
    found[:, 12] = np.maximum(0.0, told[:, 5] / 10 - free)
    found[:, 13] = told[:, 14] / 10 * spelt
    found[:, 14 if mode == han.MANDARIN else 15] = told[:, 15] * spelt
    found[:, 16] = told[:, 3] ** 2
    if mode in _OWN_COLUMN:
        found[:, COLUMNS.index(_OWN_COLUMN[mode])] = 1.0
    if mode == han.FOREIGN:
        found[:, COLUMNS.index("by sound x bits")] = bits
    if family:
        found[:, COLUMNS.index(f"is {FAMILIES[family]}")] = 1.0
        found[:, COLUMNS.index(f"paired, {FAMILIES[family]}")] = told[:, 0]
    return found


@lru_cache(maxsize=1)
def _model() -> dict[str, Any]:
    return tomllib.loads(files("upriver.clean.names").joinpath("model.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def weights() -> Floats:
    """One weight for each of `COLUMNS`."""
    told = _model()["weights"]
    return np.array([told[name] for name in COLUMNS])


def listed(log_odds: Floats, bits: Floats, n_entries: int) -> Floats:
    """Log odds of an entry of a list, from those of the pair, the bits of what is paired, and how long the list is."""
    told = _model()["listed"]
    surplus = np.minimum(bits, _MOST_BITS) - np.log2(max(2, n_entries))
    return np.asarray(told["odds"] * log_odds + told["base"] + told["bits"] * surplus)
