"""Texts as hashed runs of letters: what a linear model reads, however the letters were disguised.

A text is folded first (clean/folding.py): look-alikes, zero-width marks, spaced letters and defanged links are undone,
links, addresses and digits each become one sign. Then it is cut into runs: of a word with its edges 2 to 5 letters,
whole words and pairs of words; of Chinese 1 to 3 characters. Runs are counted under a hash of 21 bits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from numba import njit

from upriver.clean.folding import fold

BITS = 21
LONGEST = 20_000  # characters of a text that are read; what is longer is no message

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

_SEEN = re.compile(
    r"(?P<defanged>h(?:xx|\*\*)ps?(?=\s?:)|\s?(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\))\s?)"
    r"|(?P<spaced>(?<![a-z0-9])(?:[a-z][ ._*-]){3,}[a-z](?![a-z0-9']))"
)
_LINK, _MAIL, _LONG, _FIGURE = "\ue001", "\ue002", "\ue003", "\ue004"
_HOST = (
    "com|net|org|top|xyz|vip|cc|shop|info|io|me|ly|app|site|online|club|link|co|cn|ru|tk|ltd|live|asia|pro|uk|in|do|gl"
)
# Data sets are shared with links, numbers and addresses replaced by a word for them; that word is the link.
_KINDS = re.compile(
    r"(?P<mail>[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+|#email_[0-9a-f]+#)"
    r"|(?P<link>https?\s?:\s?/\s?/\s?\S+|www\s?\.\s?\S+|#url_[0-9a-f]+#|(?<![a-z])url(?![a-z])"
    r"|(?<=[\u3400-\u9fff])url[a-z]*"
    rf"|(?<![@\w])[a-z0-9-]{{2,}}(?:\.[a-z0-9-]+)*\.(?:{_HOST})(?![a-z0-9])(?:/\S*)?)"
    r"|(?P<long>\+?\d[\d() -]{4,}\d|#phone_[0-9a-f]+#|(?<=[\u3400-\u9fff])(?:cell)?phone(?![a-z]))"
    r"|(?P<figure>\d+|<(?:#|decimal)>|&lt;(?:#|decimal)&gt;|(?<=[\u3400-\u9fff ])digit(?![a-z]))"
)
_MARKS = {"mail": _MAIL, "link": _LINK, "long": _LONG, "figure": _FIGURE}
_MASK = re.compile(
    r"#(?:email|url|phone)_[0-9a-f]+#|<(?:#|decimal)>|&lt;(?:#|decimal)&gt;|(?<![a-z])url(?![a-z])"
    r"|(?<=[\u3400-\u9fff])(?:url|phone|cellphone|digit)"
)


def plain(text: str) -> str:
    """`text` as it is cut into runs: folded, with a sign at its end for each kind of link, address and number in it.

    >>> plain("Gо tо hxxp://a[.]b now, w.i.n")
    'go to http://a.b now, win \ue001'
    """
    folded = _SEEN.sub(_undone, fold(text[:LONGEST]))
    kinds = [_MARKS[match.lastgroup or ""] for match in _KINDS.finditer(folded)]
    marks = "".join(f" {mark}" for mark in dict.fromkeys(kinds))
    return _MASK.sub(" ", folded) + marks


def _undone(match: re.Match[str]) -> str:
    found = match.group()
    if match.lastgroup == "spaced":
        return re.sub(r"[ ._*-]", "", found)
    return ("https" if found.endswith("s") else "http") if found[0] == "h" else "."


def cut(texts: Sequence[str]) -> tuple[Ints, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Runs of each text as a sparse matrix: offsets (n+1), hashes in order, how often each stands.

    texts  as `plain` gives them
    """
    letters, offsets = points(texts)
    found: tuple[Ints, npt.NDArray[np.int32], npt.NDArray[np.int32]] = _cut(letters, offsets, (1 << BITS) - 1)
    return found


def project(
    texts: Sequence[str], column: npt.NDArray[np.int32], idf: Floats, weights: Floats, bias: Floats
) -> npt.NDArray[np.float64]:
    """Each text's value under each head of a linear model: TF-IDF with logarithmic counts, at length 1.

    texts    as `plain` gives them
    column   hash -> row of `weights`, -1 where the model does not know it; length 2 ** BITS
    weights  rows of known hashes, columns of heads; `idf` by row, `bias` by head
    """
    letters, offsets = points(texts)
    found: npt.NDArray[np.float64] = _project(letters, offsets, (1 << BITS) - 1, column, idf, weights, bias)
    return found


def shares(
    text: str, column: npt.NDArray[np.int32], idf: Floats, weights: Floats
) -> npt.NDArray[np.float64]:  # fmt: skip
    """How much each character of `text` speaks for a head: its part of every run that it stands in."""
    letters, _ = points([text])
    found: npt.NDArray[np.float64] = _shares(letters, (1 << BITS) - 1, column, idf, weights)
    return found


def points(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint32], Ints]:
    """The characters of all texts in a row, and where each begins."""
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=offsets[1:])
    return np.frombuffer("".join(texts).encode("utf-32-le", "replace"), np.uint32), offsets


@njit(cache=True, nogil=True, inline="always")
def _mix(h, value):  # type: ignore[no-untyped-def]  # numba infers its numbers
    return (h ^ np.uint64(value)) * np.uint64(0x100000001B3)


@njit(cache=True, nogil=True)
def _is_han(c):  # type: ignore[no-untyped-def]  # numba infers its arrays
    return 0x3400 <= c <= 0x9FFF


@njit(cache=True, nogil=True)
def _is_blank(c):  # type: ignore[no-untyped-def]  # numba infers its arrays
    return c <= 32 or c == 0xA0 or c == 0x3000


@njit(cache=True, nogil=True)
def hashes_of(letters, begin, end, mask, out, starts, ends):  # type: ignore[no-untyped-def]  # numba infers its arrays
    """Write the hash of each run in letters[begin:end] to `out`, its place to `starts` and `ends`; how many."""
    n = 0
    place = begin
    before = np.uint64(0)
    before_at = begin
    while place < end:
        c = letters[place]
        if _is_blank(c):
            place += 1
            continue
        if _is_han(c):
            last = place
            while last < end and _is_han(letters[last]):
                last += 1
            for first in range(place, last):
                h = np.uint64(0xCBF29CE484222325)
                for size in range(1, 4):
                    if first + size > last:
                        break
                    h = _mix(h, letters[first + size - 1])
                    out[n] = np.int64(((h ^ (h >> np.uint64(29))) >> np.uint64(7)) & np.uint64(mask))
                    starts[n] = first
                    ends[n] = first + size
                    n += 1
            place = last
            before = np.uint64(0)
            continue
        last = place
        while last < end and not _is_blank(letters[last]) and not _is_han(letters[last]):
            last += 1
        # Runs of 2 to 5 over the word with a blank at each edge.
        for first in range(place - 1, last):
            h = np.uint64(0x84222325CBF29CE4)
            for size in range(1, 6):
                at = first + size - 1
                if at > last:
                    break
                h = _mix(h, np.uint32(32) if at < place or at >= last else letters[at])
                if size > 1:
                    out[n] = np.int64(((h ^ (h >> np.uint64(29))) >> np.uint64(7)) & np.uint64(mask))
                    starts[n] = max(first, place)
                    ends[n] = min(at + 1, last)
                    n += 1
        h = np.uint64(0x9E3779B97F4A7C15)
        k = 0
        for at in range(place, last):
            c = letters[at]
            if (97 <= c <= 122) or c == 48 or c > 127:
                h = _mix(h, c)
                k += 1
        if k:
            out[n] = np.int64(((h ^ (h >> np.uint64(29))) >> np.uint64(7)) & np.uint64(mask))
            starts[n] = place
            ends[n] = last
            n += 1
            if before != np.uint64(0):
                both = _mix(before * np.uint64(31), h)
                out[n] = np.int64(((both ^ (both >> np.uint64(29))) >> np.uint64(7)) & np.uint64(mask))
                starts[n] = before_at
                ends[n] = last
                n += 1
            before = h
            before_at = place
        place = last
    return n


@njit(cache=True, nogil=True)
def _project(letters, offsets, mask, column, idf, weights, bias):  # type: ignore[no-untyped-def]  # numba infers its arrays
    n_texts, n_heads = len(offsets) - 1, weights.shape[1]
    longest = 0
    for i in range(n_texts):
        longest = max(longest, offsets[i + 1] - offsets[i])
    row, starts, ends = _room(longest)
    found = np.empty((n_texts, n_heads), np.float64)
    for i in range(n_texts):
        n = hashes_of(letters, offsets[i], offsets[i + 1], mask, row, starts, ends)
        k = 0
        for j in range(n):
            if column[row[j]] >= 0:
                row[k] = column[row[j]]
                k += 1
        some = np.sort(row[:k])
        square = 0.0
        found[i] = 0.0
        j = 0
        while j < k:
            last = j
            while last < k and some[last] == some[j]:
                last += 1
            value = (1.0 + np.log(last - j)) * idf[some[j]]
            square += value * value
            for head in range(n_heads):
                found[i, head] += value * weights[some[j], head]
            j = last
        norm = np.sqrt(square) if square > 0.0 else 1.0
        for head in range(n_heads):
            found[i, head] = found[i, head] / norm + bias[head]
    return found


@njit(cache=True, nogil=True)
def _shares(letters, mask, column, idf, weights):  # type: ignore[no-untyped-def]  # numba infers its arrays
    row, starts, ends = _room(len(letters))
    n = hashes_of(letters, 0, len(letters), mask, row, starts, ends)
    found = np.zeros(len(letters), np.float64)
    for j in range(n):
        at = column[row[j]]
        if at >= 0 and ends[j] > starts[j]:
            part = idf[at] * weights[at] / (ends[j] - starts[j])
            for place in range(starts[j], ends[j]):
                found[place] += part
    return found


@njit(cache=True, nogil=True)
def _room(longest):  # type: ignore[no-untyped-def]  # numba infers its arrays
    size = 6 * longest + 16
    return np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64)


@njit(cache=True, nogil=True)
def _cut(letters, offsets, mask):  # type: ignore[no-untyped-def]  # numba infers its arrays
    n_texts = len(offsets) - 1
    longest = 0
    for i in range(n_texts):
        longest = max(longest, offsets[i + 1] - offsets[i])
    row, starts, ends = _room(longest)
    indptr = np.zeros(n_texts + 1, np.int64)
    size = max(16, 5 * len(letters) // 2)
    indices = np.empty(size, np.int32)
    counts = np.empty(size, np.int32)
    filled = 0
    for i in range(n_texts):
        n = hashes_of(letters, offsets[i], offsets[i + 1], mask, row, starts, ends)
        if filled + n > size:
            size = 2 * size + n
            larger = np.empty(size, np.int32)
            larger[:filled] = indices[:filled]
            indices = larger
            more = np.empty(size, np.int32)
            more[:filled] = counts[:filled]
            counts = more
        some = np.sort(row[:n])
        for j in range(n):
            if j and some[j] == some[j - 1]:
                counts[filled - 1] += 1
            else:
                indices[filled] = some[j]
                counts[filled] = 1
                filled += 1
        indptr[i + 1] = filled
    return indptr, indices[:filled].copy(), counts[:filled].copy()
