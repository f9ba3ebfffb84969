"""How often everyday messages hold the wording of a sign of forced labour: why one sign is not enough on no list.

python -m benchmarks.lookalikes FILE.jsonl [...]     one object a line, with `text`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from upriver.safeguard.indicators import indicators, read_signs


def main(paths: list[Path]) -> None:
    grave = {indicator.name for indicator in indicators() if indicator.strong}
    for path in paths:
        n = n_grave = n_two = 0
        for line in path.read_text(encoding="utf-8").splitlines():
            told = {s.indicator for s in read_signs(json.loads(line)["text"]) if s.state == "present" and s.first}
            n, n_grave, n_two = n + 1, n_grave + bool(told & grave), n_two + (len(told) > 1)
        print(f"{path.name}: {n:,} messages, {n_grave} with a grave sign, {n_two} with two signs")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main([Path(word) for word in sys.argv[1:]])
