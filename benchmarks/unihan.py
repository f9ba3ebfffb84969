"""Make src/upriver/clean/names/han_sounds.toml from the files of the Unihan database.

python -m benchmarks.unihan FOLDER > src/upriver/clean/names/han_sounds.toml

FOLDER holds Unihan_Readings.txt and Unihan_Variants.txt, plain or .bz2, as Unicode and Debian's package unicode-data
hand them out (Unicode licence). Characters of GB 2312, Big5 and KS X 1001 are kept: names are written in them.
"""

from __future__ import annotations

import bz2
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

_FIELDS = {"kCantonese": "cantonese", "kHangul": "korean", "kVietnamese": "vietnamese"}
_MOST = 2  # readings of one character


def _lines(folder: Path, name: str) -> Iterator[tuple[str, str, str]]:
    path = next(p for p in (folder / name, folder / f"{name}.bz2") if p.exists())
    with bz2.open(path, "rt", encoding="utf-8") if path.suffix == ".bz2" else path.open(encoding="utf-8") as file:
        for line in file:
            if line.startswith("U+"):
                code, field, value = line.rstrip("\n").split("\t")
                yield chr(int(code[2:], 16)), field, value


def _in_use(char: str) -> bool:
    for code in ("gb2312", "big5", "euc_kr"):
        try:
            char.encode(code)
        except UnicodeEncodeError:
            continue
        return True
    return False


def _plain(field: str, value: str) -> list[str]:
    if field == "kCantonese":
        return [re.sub(r"\d", "", one) for one in value.split()]
    if field == "kHangul":
        # The letter after the colon tells the source; E and N: taught or used in names.
        told = [one.split(":") for one in value.split()]
        named = [one for one in told if len(one) > 1 and ("N" in one[1] or "E" in one[1])]
        return [one[0] for one in named or told]
    told_marks = unicodedata.normalize("NFD", value.lower().replace("đ", "d"))
    return re.sub("[\u0300-\u036f]", "", told_marks).split()


def main() -> None:
    folder = Path(sys.argv[1])
    kept: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for char, field, value in _lines(folder, "Unihan_Readings.txt"):
        if field in _FIELDS and _in_use(char):
            kept[field][char] = list(dict.fromkeys(_plain(field, value)))[:_MOST]
    simple: dict[str, str] = {}
    for char, field, value in _lines(folder, "Unihan_Variants.txt"):
        others = [chr(int(one[2:].split("<")[0], 16)) for one in value.split()]
        if field == "kTraditionalVariant" and _in_use(char):
            for other in others:
                if other != char and _in_use(other):
                    simple.setdefault(other, char)
        elif field == "kSimplifiedVariant" and _in_use(char):
            for other in others[:1]:
                if other != char and _in_use(other):
                    simple.setdefault(char, other)
        elif field == "kZVariant" and _in_use(char):
            simple.setdefault(max(char, others[0]), min(char, others[0]))
    for field in _FIELDS:
        # A simplified character is read as the traditional one.
        for traditional, char in simple.items():
            if traditional in kept[field] and char not in kept[field]:
                kept[field][char] = kept[field][traditional]
    print("# Readings of Han characters, and simplified for traditional ones; made by benchmarks/unihan.py from the")
    print(
        "# Unihan database 15.0. Copyright 1991-2022 Unicode, Inc.; see NOTICE. Each line: a reading, its characters."
    )
    for field, title in _FIELDS.items():
        print(f"\n[{title}]")
        by: dict[str, list[str]] = defaultdict(list)
        for char, told in kept[field].items():
            for place, one in enumerate(told):
                by[one if not place else f"{one}2"].append(char)
        for one in sorted(by):
            print(f'"{one}" = "{"".join(sorted(by[one]))}"')
    print('\n[simplified]\npairs = """')
    pairs = [f"{a}{b}" for a, b in sorted(simple.items())]
    for start in range(0, len(pairs), 40):
        print(" ".join(pairs[start : start + 40]))
    print('"""')


if __name__ == "__main__":
    main()
