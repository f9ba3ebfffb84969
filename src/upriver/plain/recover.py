"""What still works after removals, and what works again when posts are filled, on plain files."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from upriver.errors import EvidenceError
from upriver.graph.build import Flags, Floats, Ints, undirected
from upriver.graph.dismantle import raid
from upriver.graph.recovery import DISTANCE, MEASURES, RULES, Band, Network, bands, network, substitutes
from upriver.plain.cells import Refused, Row, cells
from upriver.plain.outputs import beside, file_of, lines_to, not_read
from upriver.plain.refusals import rows_to
from upriver.plain.ties import FROM, NODE, TO, Ties, listed, loops_told, read_ties
from upriver.report.exports import csv_lines
from upriver.report.figures import counted

_DRAWS, _FEW_DRAWS = 7, 2  # of each share that may be hidden; few for a network of many ties
_MANY = 200_000  # ties
_UNNAMED = "not named"
_ROLE = ("role", "post", "skill", "job", "function", "position", "task")
_USD = ("usd", "amountusd", "amount", "weight", "value", "sum")
TOLD, INSTEAD = "told", "instead"
_PLACE = "stands near in the network, no sign that it takes or would take the post"
CAUTION = (
    "Whoever could take a post is named by where he stands in the network, and nothing more: it is no sign that he "
    "does or would. Who may be a victim belongs into --never, and is then named nowhere."
)


@dataclass(frozen=True, slots=True)
class Files:
    """What is known besides the ties; None where it is not.

    roles   node, role: the roles that a post has; skills: node, role: what else somebody could do
    flows   source, target, usd: money between people
    never   who is named nowhere: those who may be victims above all
    """

    roles: Path | None = None
    skills: Path | None = None
    flows: Path | None = None
    never: Path | None = None

    @property
    def given(self) -> tuple[Path, ...]:
        return tuple(path for path in (self.roles, self.skills, self.flows, self.never) if path)


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was found: people removed of all in the network; by distance, and were as many others removed instead."""

    n: int
    removed: int
    told: Band
    instead: Band | None

    def as_text(self) -> str:
        """What a person should know of it, in a few sentences."""
        said = [
            f"{counted(self.removed, 'node')} of {self.n:,} removed: {_span(self.told, 0, 'largest')} of the "
            f"largest part and {_span(self.told, 0, 'posts')} of the posts are left; after "
            f"{counted(self.told.known.steps, 'post')} filled by whoever is nearest "
            f"{_span(self.told, -1, 'largest')} and {_span(self.told, -1, 'posts')}"
        ]
        vacant = self.removed - self.told.known.steps
        if vacant:
            said.append(f"{counted(vacant, 'post')} not filled within the steps, or by nobody known")
        if self.instead is not None:
            said.append(
                f"as many, chosen to break it apart, would have left {_span(self.instead, 0, 'largest')} of the "
                f"largest part, and {_span(self.instead, -1, 'largest')} after as much is filled"
            )
        said.append(f"in brackets: were 10 to 30 % of people and ties hidden. {CAUTION}")
        return ". ".join(one[0].upper() + one[1:] for one in said)


def recover_told(
    ties: Path, gone: Path, files: Files, steps: int, out: Path | None, tell: Callable[[str], None]
) -> Recovered:
    """Simulate what follows the removals that `gone` lists, and write `out` and its substitutes.

    raises  EvidenceError when a file cannot be used or lists nobody of the network; ExportError
    """
    not_read(out, ties, gone, *files.given)
    read = read_ties(ties)
    for note in read.notes:
        tell(note)
    loops_told(ties, read, tell, "to fill posts")
    rows_to(beside(file, "rejected") if (file := file_of(out)) else None, read.refused, tell, ties.name)
    known = known_of(read, files, out, tell)
    names = read.names.to_pylist()
    removed = np.unique(listed(gone, names, tell)).astype(np.int32)
    if not len(removed):
        raise EvidenceError(f"{gone}: nobody that it lists is in the network of {ties}")
    return simulate(known, names, removed, steps, out, compare=True)


def simulate(
    known: Network, names: Sequence[str], removed: Ints, steps: int, out: Path | None, compare: bool = False
) -> Recovered:
    """Simulate by every rule, write the steps to `out`, and beside it who could take which post.

    compare  also what as many would have done, chosen to break it apart
    """
    # The crackdown may have taken presumed victims: what it did is simulated, and they are not named.
    names = [name if may else _UNNAMED for name, may in zip(names, known.allowed.tolist(), strict=True)]
    draws = _DRAWS if len(known.graph.neighbours) <= 2 * _MANY else _FEW_DRAWS
    wanted = [(removed, rule) for rule in RULES]
    if compare and known.allowed.any():
        wanted.append((raid(known.graph, len(removed), known.allowed).nodes, DISTANCE))
    found = bands(known, wanted, steps, draws=draws)
    told = dict(zip(RULES, found, strict=False))
    others = dict(zip([DISTANCE], found[len(RULES) :], strict=False))
    lines_to(out, csv_lines(_steps(names, {TOLD: told, INSTEAD: others})))
    file = file_of(out)
    if file is not None:
        lines_to(beside(file, "substitutes"), csv_lines(_substitutes(known, names, removed)))
    return Recovered(known.n, len(np.unique(removed)), told[DISTANCE], others.get(DISTANCE))


def known_of(read: Ties, files: Files, out: Path | None, tell: Callable[[str], None]) -> Network:
    """The network of a file of ties, with what the other files tell of it."""
    names = read.names.to_pylist()
    code = {name: k for k, name in enumerate(names)}
    graph = undirected(len(names), read.source, read.target)
    allowed = np.ones(graph.n, dtype=np.bool_)
    if files.never is not None:
        allowed[listed(files.never, names, tell)] = False
    roles: dict[str, int] = {}
    held, can = np.zeros((graph.n, 0), dtype=np.bool_), np.zeros((graph.n, 0), dtype=np.bool_)
    if files.roles is not None:
        told = cells(files.roles, "a CSV of roles", (NODE, _ROLE))
        roles = {role: k for k, role in enumerate(sorted({role for _, (_, role), _ in told[0] if role}))}
        held = _marked(files.roles, *told, code, roles, _place(out, "roles"), tell)
        can = np.zeros_like(held)
    if files.skills is not None:
        told = cells(files.skills, "a CSV of skills", (NODE, _ROLE))
        can = _marked(files.skills, *told, code, roles, _place(out, "skills"), tell)
    flows = _flows(files.flows, code, _place(out, "flows"), tell) if files.flows else None
    return network(graph, held, can, allowed, flows)


def _marked(
    path: Path,
    told: Sequence[Row],
    refused: Refused,
    code: Mapping[str, int],
    roles: Mapping[str, int],
    rejected: Path | None,
    tell: Callable[[str], None],
) -> Flags:
    """Who has which role."""
    found = np.zeros((len(code), len(roles)), dtype=np.bool_)
    for line, (name, role), raw in told:
        if name not in code:
            refused.append((line, "nobody of the network", raw))
        elif role not in roles:
            refused.append((line, "a role that no post has" if role else "no role is told", raw))
        else:
            found[code[name], roles[role]] = True
    rows_to(rejected, refused, tell, path.name)
    return found


def _flows(
    path: Path, code: Mapping[str, int], rejected: Path | None, tell: Callable[[str], None]
) -> tuple[Ints, Ints, Floats]:
    rows: list[tuple[int, int, float]] = []
    found, refused = cells(path, "a CSV of money between people", (FROM, TO, _USD))
    for line, (a, b, told), raw in found:
        try:
            usd = float(told.replace(",", ""))
        except ValueError:
            usd = math.nan
        if a not in code or b not in code:
            refused.append((line, "an end that is nobody of the network", raw))
        elif not 0.0 < usd < math.inf:
            refused.append((line, "no amount above zero can be read", raw))
        else:
            rows.append((code[a], code[b], usd))
    rows_to(rejected, refused, tell, path.name)
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return table[:, 0].astype(np.int32), table[:, 1].astype(np.int32), table[:, 2].copy()


def _place(out: Path | None, what: str) -> Path | None:
    file = file_of(out)
    return beside(file, f"{what}.rejected") if file else None


# ---- what is written ----------------------------------------------------------------------------------------------


def _steps(names: Sequence[str], found: Mapping[str, Mapping[str, Band]]) -> Iterator[tuple[object, ...]]:
    yield (
        "removals", "rule", "step", "post", "by",
        *(f"{name}{end}" for name in MEASURES for end in ("", "_low", "_high")),
    )  # fmt: skip
    for removals, of_rules in found.items():
        for rule, one in of_rules.items():
            for step, row in enumerate(one.known.capacity):
                # Of a rule that draws, one draw's names say nothing.
                named = step > 0 and rule == DISTANCE
                yield (
                    removals, rule, step,
                    names[one.known.post[step - 1]] if named else "", names[one.known.by[step - 1]] if named else "",
                    *(
                        _share(value)
                        for k in range(len(MEASURES)) for value in (row[k], one.low[step, k], one.high[step, k])
                    ),
                )  # fmt: skip


def _substitutes(known: Network, names: Sequence[str], removed: Ints) -> Iterator[tuple[object, ...]]:
    found = substitutes(known, removed, removed)
    yield ("node", "substitute", "score", "near", "shared", "like", "why")
    for k in range(len(found.node)):
        yield (
            names[found.node[k]], names[found.substitute[k]],
            *(f"{column[k]:.6f}" for column in (found.score, found.near, found.shared, found.like)),
            _PLACE,
        )  # fmt: skip


def _share(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6f}"


def _span(one: Band, step: int, name: str) -> str:
    k = MEASURES.index(name)
    value, low, high = one.known.capacity[step, k], one.low[step, k], one.high[step, k]
    return f"{value:.0%} ({low:.0%} to {high:.0%})"
