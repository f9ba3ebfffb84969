"""How well signs of forced labour are read in single sentences of testimony, English and Chinese: recall and precision.

python -m benchmarks.testimony [--show] [FILE.tsv ...]

The sentences were written before the reader was run on them: with nothing to see, negated, threatened, asked, and told
of others. On the first two sets odd lines were then used to mend the reader; the same hand wrote both halves, so that
the even ones are no blind figure. The fourth was mended on whole, with `tempting`, where nothing is to be found. The
third, fifth and seventh were never mended on. The sixth was mended on its odd lines, by the hand that had just written
the even ones; the eighth, ninth and tenth were scored and then mended on whole. `--show` lists what is read wrongly on
the odd lines.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from upriver.safeguard.indicators import read_signs

FOLDER = Path(__file__).parent / "testimony"
CODES = {
    "vuln": "abuse_of_vulnerability", "decep": "deception", "move": "restriction_of_movement", "isol": "isolation",
    "viol": "physical_and_sexual_violence", "threat": "intimidation_and_threats",
    "docs": "retention_of_identity_documents", "wages": "withholding_of_wages", "debt": "debt_bondage",
    "cond": "abusive_working_and_living_conditions", "hours": "excessive_overtime",
}  # fmt: skip
STATES = {"+": "present", "-": "absent", "~": "others"}


@dataclass(slots=True)
class Tally:
    """Signs found rightly, wrongly and missed, by state; sentences with nothing to see, and how many stayed so."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    n_plain: int = 0
    n_quiet: int = 0
    n_sentences: int = 0

    def recall(self, state: str) -> float:
        told = self.right[state] + self.missed[state]
        return self.right[state] / told if told else float("nan")

    def precision(self, state: str) -> float:
        found = self.right[state] + self.wrong[state]
        return self.right[state] / found if found else float("nan")


def sentences(path: Path) -> list[tuple[set[tuple[str, str]], str]]:
    """(signs as (indicator, state), text) of each line of `path`."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [({(CODES[c[:-1]], STATES[c[-1]]) for c in row["signs"].split()}, row["text"]) for row in rows]


def tally(rows: list[tuple[set[tuple[str, str]], str]], show: bool = False) -> Tally:
    """What the reader finds in `rows` beside what they hold."""
    made = Tally(n_sentences=len(rows))
    for wanted, text in rows:
        found = {(sign.indicator, sign.state) for sign in read_signs(text)}
        made.n_plain += not wanted
        made.n_quiet += not wanted and not found
        for kind, pairs in ((made.right, wanted & found), (made.wrong, found - wanted), (made.missed, wanted - found)):
            kind.update(state for _, state in pairs)
        if show and wanted != found:
            print(f"  {text}\n      missed {sorted(wanted - found)}  wrong {sorted(found - wanted)}")
    return made


def main(paths: list[Path], show: bool) -> None:
    print(f"{'sentences':24}{'n':>5}" + "".join(f"{s + ' R':>12}{'P':>6}" for s in STATES.values()) + "   quiet")
    for path in paths:
        rows = sentences(path)
        for name, part in (("all", rows), ("mended on", rows[::2]), ("kept", rows[1::2])):
            told = tally(part, show and name == "mended on")
            cells = "".join(f"{told.recall(s):12.2f}{told.precision(s):6.2f}" for s in STATES.values())
            print(f"{path.stem + ', ' + name:24}{told.n_sentences:5}{cells}   {told.n_quiet} of {told.n_plain}")


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--show"]
    chosen = [Path(word) for word in words] or sorted(FOLDER.glob("*.tsv"))
    main(chosen, "--show" in sys.argv)
