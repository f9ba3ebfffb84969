"""Names laid side by side: runs of sounds against runs, in order or turned round, the best way of all.

Numba kernels over packed names (`Pool`): a name is units (a word, a Han character, a Burmese syllable), a unit its
alternative spellings, a spelling its codes (`sounds.encode`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from upriver.clean.names.sounds import MOST_LETTERS

MOST_UNITS = 10
# Bits of the traditions in which a word may be a syllable or two (`han`).
MANDARIN, CHINESE = 1, 7
INITIAL = 1 << 16  # beside them: a letter that stands for a name
_INITIAL_ALIKE = np.float32(0.85)
_INITIAL_SWAP = 0.3
LONGEST_RUN = 5
N_FEATURES = 16
LEAST_ALIKE = 0.5  # runs less alike than this have nothing to do with each other
_ONSET = 1.3  # the first sound of a syllable tells more than the rest
_FAR = np.float32(1e9)
_ANY = npt.NDArray[Any]


@njit(cache=True)
def _run_alike(  # type: ignore[no-untyped-def]  # numba infers its arrays
    unit_alt, alt_mask, alt_code, codes, first, n_units, mask, w0, w1, word_codes, swap, lost, weight, alike, scratch
) -> None:
    """alike[p]: likeness of the units first .. first+p, joined, to the word at codes w0:w1 of the other name."""
    length = w1 - w0
    cost, heavy, now, now_heavy = scratch[0], scratch[1], scratch[2], scratch[3]
    then, then_heavy, best, best_heavy = scratch[4], scratch[5], scratch[6], scratch[7]
    heavy[: length + 1] = 0.0
    cost[0] = 0.0
    word_weight = np.float32(0.0)
    for k in range(length):
        code = word_codes[w0 + k]
        cost[k + 1] = cost[k] + lost[code]
        word_weight += weight[code]
    for p in range(n_units):
        best[: length + 1] = _FAR
        unit = first + p
        for alt in range(unit_alt[unit], unit_alt[unit + 1]):
            if not alt_mask[alt] & mask:
                continue
            for k in range(length + 1):
                now[k] = cost[k]
                now_heavy[k] = heavy[k]
            c0 = alt_code[alt]
            for place in range(c0, alt_code[alt + 1]):
                code = codes[place]
                then[0] = now[0] + lost[code]
                then_heavy[0] = now_heavy[0] + weight[code]
                onset = _ONSET if place == c0 else 1.0
                for k in range(length):
                    other = word_codes[w0 + k]
                    change = now[k] + swap[code, other] * onset * max(weight[code], weight[other])
                    drop = now[k + 1] + lost[code]
                    add = then[k] + lost[other]
                    if change <= drop and change <= add:
                        then[k + 1] = change
                        then_heavy[k + 1] = now_heavy[k] + weight[code]
                    elif drop <= add:
                        then[k + 1] = drop
                        then_heavy[k + 1] = now_heavy[k + 1] + weight[code]
                    else:
                        then[k + 1] = add
                        then_heavy[k + 1] = then_heavy[k]
                now, then = then, now
                now_heavy, then_heavy = then_heavy, now_heavy
            for k in range(length + 1):
                if now[k] < best[k]:
                    best[k] = now[k]
                    best_heavy[k] = now_heavy[k]
        if best[length] >= _FAR:
            for q in range(p, n_units):
                alike[q] = 0.0
            return
        for k in range(length + 1):
            cost[k] = best[k]
            heavy[k] = best_heavy[k]
        whole = heavy[length] + word_weight
        alike[p] = max(0.0, 1.0 - 2.0 * cost[length] / whole) if whole > 0.0 else 0.0


@njit(cache=True)
def _likeness(  # type: ignore[no-untyped-def]  # numba infers its arrays
    a_unit, a_n, a_unit_alt, a_alt_mask, a_alt_code, a_codes,
    b_unit, b_n, b_unit_alt, b_alt_mask, b_alt_code, b_codes,
    mask, longest, swap, lost, weight, found, fewest,
) -> None:  # fmt: skip
    """found[i, p, j]: likeness of a's units i..i+p to b's unit j; only runs of `fewest` units or more are asked for."""
    row = np.zeros(LONGEST_RUN, np.float32)
    scratch = np.empty((8, MOST_LETTERS + 1), np.float32)
    # A run of several units is one word only where that word has a vowel for each of them; a foreign name is written
    # with more syllables than it has.
    more = 2 if longest > 3 else 0
    for j in range(b_n):
        for alt in range(b_unit_alt[b_unit + j], b_unit_alt[b_unit + j + 1]):
            if not b_alt_mask[alt] & mask:
                continue
            n_vowels, before = more, False
            for place in range(b_alt_code[alt], b_alt_code[alt + 1]):
                is_vowel = weight[b_codes[place]] < 1.0
                # Of lian two syllables may be made (li an), but nobody joins words to it.
                if is_vowel and not (before and fewest > 1):
                    n_vowels += 1
                before = is_vowel
            if n_vowels < fewest and fewest > 1:
                continue
            for i in range(a_n):
                n_run = min(longest, a_n - i, max(1, n_vowels))
                if n_run < fewest:
                    continue
                _run_alike(
                    a_unit_alt, a_alt_mask, a_alt_code, a_codes, a_unit + i, n_run, mask,
                    b_alt_code[alt], b_alt_code[alt + 1], b_codes, swap, lost, weight, row, scratch,
                )  # fmt: skip
                for p in range(n_run):
                    if row[p] > found[i, p, j]:
                        found[i, p, j] = row[p]


@njit(cache=True)
def align(  # type: ignore[no-untyped-def]  # numba infers its arrays
    a_unit, a_end, a_unit_alt, a_alt_mask, a_alt_code, a_codes, a_bits, a_fits,
    b_unit, b_end, b_unit_alt, b_alt_mask, b_alt_code, b_codes, b_bits, b_fits,
    mask, longest, swap, lost, weight, features, pairs,
) -> int:  # fmt: skip
    """Lay name a (units a_unit:a_end of its pool) beside name b; returns how many runs are paired.

    features  filled: see `FEATURES` in model.py; pairs: first unit and length of each run on both sides, likeness
    """
    n, m = min(a_end - a_unit, MOST_UNITS), min(b_end - b_unit, MOST_UNITS)
    features[:] = 0.0
    if n == 0 or m == 0:
        return 0
    one = np.zeros((n, LONGEST_RUN, m), np.float32)
    two = np.zeros((m, LONGEST_RUN, n), np.float32)
    _likeness(
        a_unit, n, a_unit_alt, a_alt_mask, a_alt_code, a_codes, b_unit, m, b_unit_alt, b_alt_mask, b_alt_code, b_codes,
        mask, longest, swap, lost, weight, one, 1,
    )  # fmt: skip
    _likeness(
        b_unit, m, b_unit_alt, b_alt_mask, b_alt_code, b_codes, a_unit, n, a_unit_alt, a_alt_mask, a_alt_code, a_codes,
        mask, longest, swap, lost, weight, two, 2,
    )  # fmt: skip
    for i in range(n):
        for j in range(m):
            if not (a_fits[a_unit + i] | b_fits[b_unit + j]) & INITIAL:
                continue
            first = a_codes[a_alt_code[a_unit_alt[a_unit + i]]]
            other = b_codes[b_alt_code[b_unit_alt[b_unit + j]]]
            if swap[first, other] <= _INITIAL_SWAP:
                one[i, 0, j] = max(one[i, 0, j], _INITIAL_ALIKE)
    bits_a = np.zeros(n + 1, np.float32)
    bits_b = np.zeros(m + 1, np.float32)
    for i in range(n):
        bits_a[i + 1] = bits_a[i] + a_bits[a_unit + i]
    for j in range(m):
        bits_b[j + 1] = bits_b[j] + b_bits[b_unit + j]
    whole = bits_a[n] + bits_b[m]
    score = np.zeros((n + 1, m + 1), np.float32)
    kind = np.zeros((n + 1, m + 1), np.int32)
    best_kind = np.zeros((n + 1, m + 1), np.int32)
    best_turn, best_score = -1, np.float32(-1.0)
    for turn in range(m):
        for i in range(n + 1):
            for k in range(m + 1):
                if i == 0 or k == 0:
                    score[i, k] = 0.0
                    kind[i, k] = 0
                    continue
                top, way = score[i - 1, k], 0
                if score[i, k - 1] > top:
                    top, way = score[i, k - 1], 1
                j = (k - 1 + turn) % m
                for p in range(min(longest, i)):
                    alike = one[i - 1 - p, p, j]
                    if alike > LEAST_ALIKE:
                        gain = (alike - LEAST_ALIKE) / (1.0 - LEAST_ALIKE)
                        gain *= bits_a[i] - bits_a[i - 1 - p] + bits_b[j + 1] - bits_b[j]
                        if score[i - 1 - p, k - 1] + gain > top:
                            top, way = score[i - 1 - p, k - 1] + gain, 2 + p
                for q in range(1, min(longest, k)):
                    if j - q < 0:
                        break
                    alike = two[j - q, q, i - 1]
                    if alike > LEAST_ALIKE:
                        gain = (alike - LEAST_ALIKE) / (1.0 - LEAST_ALIKE)
                        gain *= bits_a[i] - bits_a[i - 1] + bits_b[j + 1] - bits_b[j - q]
                        if score[i - 1, k - 1 - q] + gain > top:
                            top, way = score[i - 1, k - 1 - q] + gain, 2 + LONGEST_RUN + q
                score[i, k] = top
                kind[i, k] = way
        if score[n, m] > best_score * 1.02 + 1e-6:
            best_score = score[n, m]
            best_turn = turn
            best_kind[:] = kind
    # Walk back along the best way.
    i, k, n_pairs = n, m, 0
    free_a, free_b, unfit = np.float32(0.0), np.float32(0.0), np.float32(0.0)
    all_mandarin = True
    for u in range(n):
        all_mandarin = all_mandarin and a_fits[a_unit + u] & MANDARIN
    for u in range(m):
        all_mandarin = all_mandarin and b_fits[b_unit + u] & MANDARIN
    for u in range(n):
        if not a_fits[a_unit + u] & CHINESE:
            free_a += a_bits[a_unit + u]
    for u in range(m):
        if not b_fits[b_unit + u] & CHINESE:
            free_b += b_bits[b_unit + u]
    low, taken_a, taken_b, sum_alike = np.float32(1.0), np.float32(0.0), np.float32(0.0), np.float32(0.0)
    n_a, n_b = 0, 0
    first_taken = False
    gain_a, gain_b = np.float32(0.0), np.float32(0.0)
    while i > 0 and k > 0:
        way = best_kind[i, k]
        if way == 0:
            i -= 1
            continue
        if way == 1:
            k -= 1
            continue
        p, q = (way - 2, 0) if way < 2 + LONGEST_RUN else (0, way - 2 - LONGEST_RUN)
        j = (k - 1 + best_turn) % m
        alike = one[i - 1 - p, p, j] if way < 2 + LONGEST_RUN else two[j - q, q, i - 1]
        here_a = bits_a[i] - bits_a[i - 1 - p]
        here_b = bits_b[j + 1] - bits_b[j - q]
        gain = (alike - LEAST_ALIKE) / (1.0 - LEAST_ALIKE)
        taken_a += here_a
        taken_b += here_b
        gain_a += here_a * gain
        gain_b += here_b * gain
        sum_alike += alike * (here_a + here_b)
        low = min(low, alike)
        n_a += p + 1
        n_b += q + 1
        first_taken = first_taken or i - 1 - p == 0
        for u in range(i - 1 - p, i):
            if not a_fits[a_unit + u] & CHINESE:
                free_a -= a_bits[a_unit + u]
            if not a_fits[a_unit + u] & mask:
                unfit += a_bits[a_unit + u]
        for u in range(j - q, j + 1):
            if not b_fits[b_unit + u] & CHINESE:
                free_b -= b_bits[b_unit + u]
            if not b_fits[b_unit + u] & mask:
                unfit += b_bits[b_unit + u]
        pairs[n_pairs, 0], pairs[n_pairs, 1] = i - 1 - p, p + 1
        pairs[n_pairs, 2], pairs[n_pairs, 3] = j - q, q + 1
        pairs[n_pairs, 4] = alike
        n_pairs += 1
        i -= p + 1
        k -= q + 1
    left_a, left_b = bits_a[n] - taken_a, bits_b[m] - taken_b
    features[0] = best_score / whole if whole > 0 else 0.0
    cover_a = gain_a / bits_a[n] if bits_a[n] > 0 else 0.0
    cover_b = gain_b / bits_b[m] if bits_b[m] > 0 else 0.0
    features[1] = max(cover_a, cover_b)
    features[2] = min(cover_a, cover_b)
    features[3] = low if n_pairs else 0.0
    features[4] = min(gain_a, gain_b)
    features[5] = min(left_a, left_b)
    features[6] = max(left_a, left_b)
    features[7] = 1.0 if best_turn > 0 else 0.0
    features[8] = n_a
    features[9] = n_b
    features[10] = sum_alike / (taken_a + taken_b) if n_pairs else 0.0
    features[11] = 1.0 if first_taken else 0.0
    features[12] = max(free_a, free_b)
    features[13] = n_pairs
    features[14] = unfit
    features[15] = 1.0 if all_mandarin else 0.0
    return n_pairs


@njit(cache=True, nogil=True)
def align_many(  # type: ignore[no-untyped-def]  # numba infers its arrays
    a_which, a_name, a_unit_alt, a_alt_mask, a_alt_code, a_codes, a_bits, a_fits,
    b_which, b_name, b_unit_alt, b_alt_mask, b_alt_code, b_codes, b_bits, b_fits,
    mask, longest, swap, lost, weight,
):  # fmt: skip
    """Features of name a_which[k] of one pool beside name b_which[k] of another, for every k."""
    found = np.zeros((len(a_which), N_FEATURES), np.float32)
    pairs = np.zeros((MOST_UNITS, 5), np.float32)
    for k in range(len(a_which)):
        i, j = a_which[k], b_which[k]
        align(
            a_name[i], a_name[i + 1], a_unit_alt, a_alt_mask, a_alt_code, a_codes, a_bits, a_fits,
            b_name[j], b_name[j + 1], b_unit_alt, b_alt_mask, b_alt_code, b_codes, b_bits, b_fits,
            mask, longest, swap, lost, weight, found[k], pairs,
        )  # fmt: skip
    return found
