"""Calls and messages: is a contact a scam, is an advert a lure, and which words say so.

The reading is explainable (docs/adr/0008): cues of two word lists, each with a weight and a facet. One cue alone,
however heavy, decides nothing; cues of several facets together do. A score is the strength of the signs in a text,
never of anybody's guilt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from upriver.extract.contact_signs import Sign, Signs, pooled, signs_of, windows
from upriver.extract.params import ExtractParams
from upriver.model.contacts import KINDS as _KINDS
from upriver.model.contacts import STAGES as _STAGES

_HALF = 2.0  # sum of weights that makes a score of one half
_FACET = 0.5  # added for each facet beyond the first: signs of several kinds weigh more than many of one
_TELLING = frozenset({"travel", "control", "secrecy", "head_fee", "entry", "place", "channel", "employer"})
_MIN_LURE_FACETS = 3
_MIN_TELLING = 2  # a good job abroad with a ticket and a room has but one ...
_WEAK = 0.7  # cues up to this weight never make a scam contact among themselves
_GRAVE_ALONE = 1.7  # weight of a cue that alone leaves a text unsure ...
_GRAVE_ACCOMPANIED = 1.2  # ... or with a link, a sum or the like
_POOLED = 40  # turns of one side that are read together ...
_WORDS = 2_000  # ... and words: a longer side is read in runs, because in a long talk every sign stands somewhere
_ACCOMPANYING = frozenset({"reach", "endearment", "sender"})
_GRAVE = frozenset({"control", "secrecy"})  # ... and papers kept or a secret way in need no second


@dataclass(frozen=True, slots=True)
class Contact:
    """What a text is read as: `score` in [0, 1], `cues` as written, heaviest first; kind, stage None where untold.

    names     the cues' names, in the same order
    strength  sum of weights that the score is made of; below 0 where an ordinary text speaks
    stages    stages that a thread passed through, in the order of its turns
    """

    label: str
    score: float
    cues: tuple[str, ...] = ()
    kind: str | None = None
    stage: str | None = None
    names: tuple[str, ...] = ()
    strength: float = 0.0
    stages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side says at one time; `sender` None where it is not told who."""

    sender: str | None
    text: str


def read_contact(text: str, params: ExtractParams | None = None) -> Contact:
    """Whether a message, note or narrative is a scam contact, a lure into work, neither, or cannot be told."""
    return _judge(signs_of(text), params or ExtractParams(), advert=False)


def read_advert(text: str, params: ExtractParams | None = None) -> Contact:
    """Whether an advertisement of work is a lure; a place, good pay or lodging alone never makes one."""
    return _judge(signs_of(text), params or ExtractParams(), advert=True)


def _strength(signs: Sequence[Sign]) -> tuple[float, set[str]]:
    """Sum of the weights of the signs together, and the facets that speak for it."""
    facets = {sign.cue.says["facet"] for sign in signs if sign.weight > 0}
    total = sum(sign.weight for sign in sorted(signs, key=lambda sign: sign.cue.name))
    return total + _FACET * max(0, len(facets) - 1), facets


def _score(strength: float) -> float:
    return strength / (strength + _HALF) if strength > 0 else 0.0


def _without_echoes(signs: Sequence[Sign]) -> list[Sign]:
    """The signs but for weak ones of a facet that a heavier one speaks for: they are mostly its own words again."""
    heavy = {sign.cue.says["facet"] for sign in signs if sign.weight > _WEAK}
    return [sign for sign in signs if sign.weight <= 0 or sign.weight > _WEAK or sign.cue.says["facet"] not in heavy]


def _judge(signs: Signs, params: ExtractParams, *, advert: bool) -> Contact:
    told = _without_echoes(signs.scam)
    of_lure, lure_facets = _strength(signs.lure)
    of_scam, _ = _strength(told)
    lure, scam = _score(of_lure), _score(of_scam)
    enough = len(lure_facets) >= _MIN_LURE_FACETS and (
        len(lure_facets & _TELLING) >= _MIN_TELLING or bool(lure_facets & _GRAVE)
    )
    is_lure = lure >= params.contact_score and enough
    # A message is a lure only where it offers work; an advert offers work by being one.
    if is_lure and (advert or "work" in lure_facets) and (advert or lure >= scam):
        return _contact("lure", of_lure, signs.lure)
    speaking = [sign for sign in told if sign.weight > 0]
    grave = any(sign.weight > _WEAK for sign in speaking)
    # A link, a sum, a pet name, a known house: with another sign they tell more, and are none of their own.
    telling = [sign for sign in speaking if sign.cue.says["facet"] not in _ACCOMPANYING]
    if scam >= params.contact_score and len(telling) > 1 and grave:
        return _contact("scam", of_scam, speaking, _kind(speaking), _stage(speaking))
    heaviest = max((sign.weight for sign in telling), default=0.0)
    alone = 0.0 if len(telling) > 1 else _GRAVE_ALONE if len(speaking) == 1 else _GRAVE_ACCOMPANIED
    if advert and lure >= params.unsure_score and enough:
        return _contact("unsure", of_lure, signs.lure)
    if scam >= params.unsure_score and grave and heaviest >= alone:
        return _contact("unsure", of_scam, speaking, _kind(speaking), _stage(speaking))
    return _contact("neither", of_lure if advert else of_scam, signs.lure if advert else speaking)


def _contact(
    label: str, strength: float, signs: Sequence[Sign], kind: str | None = None, stage: str | None = None
) -> Contact:
    heaviest = sorted((sign for sign in signs if sign.weight > 0), key=lambda sign: (-sign.weight, sign.cue.name))
    words, names = tuple(sign.words for sign in heaviest), tuple(sign.cue.name for sign in heaviest)
    return Contact(label, _score(strength), words, kind, stage, names, strength)


def _kind(signs: Sequence[Sign]) -> str:
    """The kind that most weight speaks for; a cue that fits several kinds gives each its share."""
    votes: Counter[str] = Counter()
    for sign in sorted(signs, key=lambda sign: sign.cue.name):
        kinds = sign.cue.says.get("kinds", [])
        for kind in kinds:
            votes[kind] += sign.weight / len(kinds)  # type: ignore[assignment]
    return min(votes, key=lambda kind: (-round(votes[kind], 6), _KINDS.index(kind))) if votes else "other"


def _stage(signs: Sequence[Sign]) -> str | None:
    """The stage that most weight speaks for; of equals the later."""
    votes: Counter[str] = Counter()
    for sign in sorted(signs, key=lambda sign: sign.cue.name):
        if stage := sign.cue.says.get("stage"):
            votes[stage] += sign.weight  # type: ignore[assignment]
    return max(votes, key=lambda stage: (round(votes[stage], 6), _STAGES.index(stage))) if votes else None


def read_turns(turns: Sequence[Turn], params: ExtractParams | None = None, *, advert: bool = False) -> Contact:
    """What a thread of messages, or an advert in pieces, is read as: by the one side that most speaks for a scam.

    A side is read by all that it says, in windows where that is long; the other side's answers are not its words.
    """
    params = params or ExtractParams()
    sides: dict[str | None, list[Signs]] = {}
    for turn in turns:
        sides.setdefault(turn.sender, []).extend(signs_of(piece) for piece in windows(turn.text))
    read = [(_best(signs, params, advert), signs) for signs in sides.values()]
    if not any(part.n_words for _, signs in read for part in signs):
        return Contact("unsure", 0.0)  # nothing that could be read
    best, signs = max(read, key=lambda side: _rank(side[0]))
    return replace(best, stages=_passed(signs)) if best.label in ("scam", "unsure") else best


def read_side(signs: Sequence[Signs], params: ExtractParams) -> Contact:
    """What the pieces of one side are read as: by that run of them that most speaks for a scam."""
    read = runs([part.n_words for part in signs])
    return max((read_run([signs[at] for at in run], params) for run in read), key=_rank)


def read_run(signs: Sequence[Signs], params: ExtractParams, *, advert: bool = False) -> Contact:
    """What pieces of one side, few enough to be read together (`runs`), are read as."""
    if not any(part.n_words for part in signs):
        return Contact("unsure", 0.0)
    return _judge(pooled(signs), params, advert=advert)


def stage_told(signs: Sequence[Signs]) -> str | None:
    """The stage that a message of a scam thread bears marks of; of a squeeze a weak sign says too little."""
    told = [sign for part in signs for sign in part.scam if sign.weight > 0]
    return _stage([sign for sign in told if sign.weight > _WEAK or sign.cue.says.get("stage") != _STAGES[-1]])


def runs(n_words: Sequence[int]) -> list[range]:
    """Places of the pieces of one side that are read together, by the words of each piece."""
    found: list[range] = []
    begin, words = 0, 0
    for at, n in enumerate(n_words):
        if at > begin and (words + n > _WORDS or at - begin == _POOLED):
            found.append(range(begin, at))
            begin, words = at, 0
        words += n
    return [*found, range(begin, len(n_words))] if n_words else []


def _best(signs: Sequence[Signs], params: ExtractParams, advert: bool) -> Contact:
    read = runs([part.n_words for part in signs])
    return max((_judge(pooled([signs[at] for at in run]), params, advert=advert) for run in read), key=_rank)


def _rank(contact: Contact) -> tuple[int, float]:
    return ("neither", "unsure", "lure", "scam").index(contact.label) // 2, contact.strength


def _passed(signs: Sequence[Signs]) -> tuple[str, ...]:
    """Stages in the order of the pieces, each once, none that lies before one reached."""
    passed: list[str] = []
    for part in signs:
        stage = _stage([sign for sign in part.scam if sign.weight > _WEAK])
        if stage and (not passed or _STAGES.index(stage) > _STAGES.index(passed[-1])):
            passed.append(stage)
    return tuple(passed)
