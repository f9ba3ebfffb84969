"""Signs of coercion in what was said, each with its words: present, absent, of somebody else, or not told at all.

The wordings are data (cues/). What the code adds is reading them fairly: negation turns a sign into its
absence, a threat is a threat and not yet the deed, a question is evidence only together with its answer, and what was
done to others is told of others. Silence is never an absence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from upriver.clean.folding import fold
from upriver.clean.lexicon import Hit, Lexicon, Text
from upriver.safeguard.cues import Cues, cues
from upriver.safeguard.frames import indicators as indicators
from upriver.safeguard.slots import BESIDE, Found, within

_SENTENCE = re.compile(r"[^.!?。！？;；\n]+(?:[.!?。！？;；]+|\n|$)")
_CLAUSE = re.compile(
    r"[,，:：]|\b(?:but|however|although|though|while|whereas|because|and)\b|但是|但|不过|然而|可是|因为"
)
_PREFIX = re.compile(r"^\s*(?:q|a|question|answer|问|答|interviewer|interviewee)\s*[:：]\s*", re.IGNORECASE)
_TELLS = re.compile(
    r"\b(?:he|she|the (?:man|woman|person|subject|interviewee|worker))"
    r"\s+(?:says?|said|states?|stated|told|reports?|reported|explains?|explained|claims?|claimed)\b"
    r"|(?:他|她|当事人|本人|其)(?:称|说|表示|自述|讲|陈述)"
)
_BETWEEN = 2  # words that may stand between a negation and what it denies
_BREAKS = frozenset("because since so and that who they if when until then 因 就 才 所 而 并 且 还 又 但 只 他".split())  # noqa: SIM905
_DENIAL = frozenset({"denies", "denied", "deny", "否认"})
# A threat of these is intimidation, not the deed.
_DEEDS = frozenset({
    "physical_and_sexual_violence", "debt_bondage", "restriction_of_movement", "retention_of_identity_documents",
    "withholding_of_wages", "isolation",
})  # fmt: skip
_THREATS = "intimidation_and_threats"
_PROMISED = frozenset({"deception", "abuse_of_vulnerability"})  # may speak of a school or a library that was promised
_LOOKED_LIKE = frozenset({  # 打电话 is no blow, and yet a call
    "physical_and_sexual_violence", "restriction_of_movement", "intimidation_and_threats",
})  # fmt: skip
_SELF = frozenset({"i", "we", "我"})
_VIOLENCE = "physical_and_sexual_violence"
_THREAT = "coercion_at_destination.threat_of_violence"
# Negations that deny the noun behind them, and no sentence that begins there.
_OF_NOUNS = frozenset({"without", "no", "没有", "没"})
_OF_HAN = frozenset("不没别未")
_NEGATIONS = frozenset({"no", "not", "without", "never", "nobody", "none", "nothing", *_OF_HAN})
_SUBJECTS = frozenset({"i", "we", "he", "she", "they", "我", "他", "她"})
_PRONOUNS = frozenset("我他她们")
# Slots of who does it, and of people spoken of in general.
_DOERS = frozenset({
    "boss", "guard", "overseer", "kidnap", "offer", "nobody", "with_boss", "not_back", "place_of", "crowd",
    "one_room", "cheating", "teams", "free_him", "kinfolk", "no_news", "must_pay", "messages", "fear_of",
    "dead_man", "shadow", "on_speaker", "guards_n", "watch", "never_heard", "nobody_knows", "only_boss",
    "they_w", "went_to", "swallow", "nobody_cared", "alive", "reports", "if_not", "doom_w", "one_call",
    "found_dead", "whoever", "push_back", "none_of_us", "target_cond", "nobody_left", "boss_by", "fell_behind",
    "last_one",
})  # fmt: skip
# Slots of what is done to somebody: where the speaker does it, it is no sign of the speaker's own.
_ACTS = frozenset({
    "take", "hold", "hurt", "hurt_loose", "soft_hurt", "lock", "shut_in", "sold", "destroy", "booked", "swapped",
})  # fmt: skip
_SKIPPED = frozenset({"把", "将", "都", "也", "also", "then", "just", "always"})
_OBJECT_OF = frozenset("把将被给让叫对逼向")
_PAST = frozenset({"could", "had", "was", "were", "did"})
_PERSONS = frozenset({"girl", "woman", "man", "boy", "worker", "person"})
_TELLING_APART = frozenset(
    {"in", "on", "from", "who", "next", "beside", "of", "at", "above", "below", "behind", "with"}
)
_LISTENING = frozenset({"told", "tells", "tell", "跟", "诉"})  # "the cleaners told me": it did not befall who listens
_OPPOSED = {"present", "absent"}
_LONGEST = 300  # characters of a quotation


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign in a text.

    state        present, absent, or others (told of somebody else)
    first        told in the first person
    seen         what somebody saw: marks on a body, a bolted door
    operational  codes of the entries of delphi_2009.toml that the words are nearest to
    """

    indicator: str
    state: str
    quote: str
    first: bool
    seen: bool = False
    operational: tuple[str, ...] = ()


def read_orders(text: str, known: Cues | None = None) -> list[tuple[str, str]]:
    """(indicator, quotation) of each rule in `text` that binds those it is given to."""
    return [(hit.cue.says["indicator"], _quote(text)) for hit in (known or cues()).orders.find(Text(text))]


def read_signs(text: str, known: Cues | None = None) -> list[Sign]:
    """The signs in what a person said, or in what was written of them, in the order of the text.

    known  cues to look for; those of this package where None
    """
    known = known or cues()
    lexicon = known.signs
    signs: list[Sign] = []
    asked: list[Sign] = []
    question = ""
    sentences = [_PREFIX.sub("", match.group()).strip() for match in _SENTENCE.finditer(text)]
    whole_first = any(_has_first(sentence, lexicon) for sentence in sentences)
    for sentence in sentences:
        if not sentence:
            continue
        if sentence.endswith(("?", "？")):
            asked, question = _signs(sentence, known, first=True, question=True), sentence
            continue
        answer = _answer(sentence, lexicon) if asked else None
        if answer is not None:
            quote = _quote(f"{question} {sentence}")
            flipped = {"present": "absent", "absent": "present"}
            signs += [
                replace(sign, state=sign.state if answer else flipped[sign.state], quote=quote, first=True)
                for sign in asked
                if sign.state in flipped
            ]
        asked = []
        first = _has_first(sentence, lexicon) or (whole_first and not _TELLS.search(fold(sentence)))
        signs += _signs(sentence, known, first=first, question=False)
    return signs


def in_first_person(text: str) -> bool:
    """Whether somebody says I in `text`."""
    return _has_first(text, cues().signs)


def _signs(sentence: str, known: Cues, *, first: bool, question: bool) -> list[Sign]:
    """One sign for each indicator and state that `sentence` tells, with every operational code of it."""
    text = Text(sentence)
    found = known.signs.find(text)
    marks = _steering(found)
    if any(mark.cue.says["mark"] == "elsewhere" for mark in marks):
        return []  # a film, the news, the law, what might be: nothing that befell anybody here
    hits: list[Hit] = [hit for hit in found if "indicator" in hit.cue.says]
    if question or not _bids(marks):
        hits += known.composed.find(text, found)
    if any(mark.cue.says["mark"] == "scene" for mark in marks):  # a school, a library, a barracks: rules of the house
        hits = [hit for hit in hits if hit.cue.says["indicator"] in _PROMISED]
    if not hits:
        return []
    starts = [0, *(match.end() for match in _CLAUSE.finditer(sentence.lower()))]
    spoken = _part_of_slots(hits)
    done = set() if question else {
        hit.cue.says["indicator"] for hit in hits if isinstance(hit, Found) and _by_speaker(text.keys, marks, hit)
    }  # fmt: skip
    read: list[tuple[Hit, str, str, str | None]] = []
    denied: list[Hit] = []
    for hit in hits:
        across = isinstance(hit, Found) and hit.across
        if "，" in sentence[hit.start : hit.end] and not across:
            continue
        if _looks_alike(marks, hit) or _is_ordinary(text, found, hit):
            continue
        if isinstance(hit, Found) and hit.cue.says["indicator"] in done:
            continue
        if not question and _is_commanded(marks, hit):
            continue
        if not question and _is_addressed(text.keys, marks, found, hit):
            continue
        clause = max(start for start in starts if start <= hit.start)
        indicator, state = hit.cue.says["indicator"], hit.cue.says["state"]
        code = hit.cue.says.get("operational")
        if question:
            pass  # what is asked is read as it stands; the answer decides
        elif _is_of_others(text.keys, marks, hit, clause, first=first):
            state = "others"
        elif _is_negated(text, _denying(marks, spoken, indicator), hit, clause):
            state = "absent" if state == "present" else "present"
            denied.append(hit)
        elif state == "present" and indicator in _DEEDS and not _is_sum(hit) and _is_threat(marks, hit, clause):
            indicator, code = "intimidation_and_threats", _THREAT
        read.append((hit, indicator, state, code))
    told: dict[tuple[str, str], Sign] = {}
    for hit, indicator, state, code in read:
        if any(_spans(hit, one) for one in denied):
            continue  # "they did not keep my passport": the longer words reach over the denial
        if state == "others" and any(
            (ind, to) == (indicator, "present") and (isinstance(one, Found) or _overlap(hit, one))
            for one, ind, to, _ in read
        ):
            continue  # "he tricked me": the shorter words name only who did it
        if not question and any(
            ind == indicator and {state, to} == _OPPOSED and _inside(hit, one) for one, ind, to, _ in read
        ):
            continue  # 能出去 of 不能出去; "had my passport" of "had my passport on me"
        seen = bool(hit.cue.says.get("seen")) and not first
        earlier = told.get((indicator, state))
        codes = (code,) if code is not None and state == "present" else ()
        if earlier is not None:
            seen, codes = seen and earlier.seen, (*earlier.operational, *codes)
        told[indicator, state] = Sign(
            indicator, state, _quote(sentence), first and not question, seen, tuple(dict.fromkeys(codes))
        )
    return list(told.values())


def _spans(hit: Hit, other: Hit) -> bool:
    """Whether `hit` begins before `other`, of the same indicator and state, and reaches over all of it."""
    same = all(hit.cue.says[key] == other.cue.says[key] for key in ("indicator", "state"))
    return same and hit.token < other.token and other.last <= hit.last


def _inside(hit: Hit, other: Hit) -> bool:
    """Whether `hit` lies inside `other`, which is longer."""
    return other.token <= hit.token and hit.last <= other.last and (other.last - other.token) > (hit.last - hit.token)


def _overlap(hit: Hit, other: Hit) -> bool:
    return hit.token <= other.last and other.token <= hit.last


def _steering(hits: Sequence[Hit]) -> list[Hit]:
    """Marks among `hits`. 他们打人 names who beats: a pronoun inside a doer is nobody to whom it is done."""
    marks = [hit for hit in hits if "mark" in hit.cue.says]
    doers = [mark for mark in marks if mark.cue.says["mark"] == "doers"]
    nobody = [mark for mark in marks if mark.cue.says["mark"] == "negation"]  # 有人 of 没有人 is nobody
    return [
        mark
        for mark in marks
        if mark.cue.says["mark"] not in ("own", "others")
        or not any(
            d.token <= mark.token and mark.last <= d.last
            for d in (doers if mark.cue.says["mark"] == "own" else [*doers, *nobody])
        )
    ]


def _has_first(sentence: str, lexicon: Lexicon) -> bool:
    return any(hit.cue.says.get("mark") == "first" for hit in lexicon.find(Text(sentence)))


def _within(marks: Sequence[Hit], hit: Hit, name: str) -> bool:
    """Whether a mark of that name stands inside `hit`, and is not itself a part of somebody else: "my friend"."""
    others = [mark for mark in marks if mark.cue.says["mark"] == "others"]
    return any(
        mark.cue.says["mark"] == name and hit.token <= mark.token and mark.last <= hit.last
        and not any(one.token <= mark.token and mark.last <= one.last for one in others)
        for mark in marks
    )  # fmt: skip


def _is_addressed(words: Sequence[str], marks: Sequence[Hit], found: Sequence[Hit], hit: Hit) -> bool:
    """Whether it is said to somebody, of whom nothing is told here: "you" that is not whoever was there."""
    if not _speaks_to(marks, hit) or _within(marks, hit, "first"):
        return False
    return not _is_anybody(words, marks, found, hit)


def _speaks_to(marks: Sequence[Hit], hit: Hit) -> bool:
    """Whether the words are said to somebody: a "you" in them, or in one of their slots."""
    parts = hit.parts if isinstance(hit, Found) else (hit,)
    return any(_within(marks, part, "you") for part in parts)


def _is_anybody(words: Sequence[str], marks: Sequence[Hit], found: Sequence[Hit], hit: Hit) -> bool:
    """Whether "you" is whoever was there: in a threat that is repeated, and in what is told of the past."""
    if hit.cue.says["indicator"] == _THREATS:
        return isinstance(hit, Found) and any(word.cue.says.get("slot") == "reports" for word in found)
    return not any(mark.cue.says["mark"] == "first" for mark in marks) and not _PAST.isdisjoint(words)


def _looks_alike(marks: Sequence[Hit], hit: Hit) -> bool:
    """Whether the words are those of something else: 拨打我的电话 asks for a call and tells of no blow."""
    return hit.cue.says["indicator"] in _LOOKED_LIKE and any(
        mark.cue.says["mark"] == "look_alike" and mark.token <= hit.last and hit.token <= mark.last for mark in marks
    )


def _bids(marks: Sequence[Hit]) -> bool:
    """Whether the sentence begins as an order and names no speaker: "Hand in all passports" is a rule of the house."""
    return any(mark.cue.says["mark"] == "bids" and mark.token == 0 for mark in marks) and not any(
        mark.cue.says["mark"] == "first" for mark in marks
    )


def _by_speaker(words: Sequence[str], marks: Sequence[Hit], hit: Found) -> bool:
    """Whether it is the speaker who does it to others: "I took their passports", 他们的护照我收了."""
    firsts = [mark for mark in marks if mark.cue.says["mark"] == "first"]
    if any(part.token <= mark.token <= part.last for part in hit.parts for mark in firsts):
        return False
    acts = [part.token for part in hit.parts if part.cue.says["slot"] in _ACTS]
    return bool(acts) and any(_says_i(words, place) for place in {hit.token, *acts})


def _is_commanded(marks: Sequence[Hit], hit: Hit) -> bool:
    """Whether it is what the speaker makes others do or suffer: "I made them kneel", 我让他们跪."""
    orders = [mark for mark in marks if mark.cue.says["mark"] == "commands" and mark.token <= hit.last]
    return bool(orders) and not any(
        mark.cue.says["mark"] == "first" and hit.token <= mark.token <= hit.last and not within(mark, orders)
        for mark in marks
    )


def _says_i(words: Sequence[str], place: int) -> bool:
    """Whether the words before `place` end in "I" as the one who acts: not in 把我."""
    begin = max(0, place - 8)
    for here in range(begin, place):  # 我把他们的护照收了
        if words[here] == "把" and (
            words[max(0, here - 1) : here] == ["我"] or words[max(0, here - 2) : here] == ["我", "们"]
        ):
            return True
    before = [word for word in words[max(0, place - 4) : place] if word not in _SKIPPED]
    if before[-2:] == ["我", "们"]:
        before.pop()
    if not before or before[-1] not in ("i", "we", "我"):
        return False
    here = len(words[:place]) - 1 - words[:place][::-1].index(before[-1])
    return here == 0 or words[here - 1] not in _OBJECT_OF


def _is_ordinary(text: Text, found: Sequence[Hit], hit: Hit) -> bool:
    """Whether words of everyday life stand in the sign or beside it: cannot leave, for the traffic."""
    return any(
        word.cue.says.get("ordinary") == hit.cue.says["indicator"]
        and word.token <= hit.last + BESIDE * _per_word(text, word)
        and hit.token <= word.last + BESIDE * _per_word(text, word)
        and not (isinstance(hit, Found) and within(word, hit.parts))
        for word in found
    )


def _per_word(text: Text, hit: Hit) -> int:
    """Tokens to a word: a Chinese character counts as half of one."""
    return 2 if text.kinds[hit.token] == "han" else 1


def _left(marks: Sequence[Hit], hit: Hit, clause: int, name: str) -> list[Hit]:
    return [mark for mark in marks if mark.cue.says["mark"] == name and mark.last < hit.token and mark.start >= clause]


def _is_threat(marks: Sequence[Hit], hit: Hit, clause: int) -> bool:
    """Whether the deed is announced: "would be" may reach into the words of the deed, or stand between its slots."""
    begin = hit.parts[-1].token if isinstance(hit, Found) else hit.token
    return any(mark.cue.says["mark"] == "threat" and mark.token < begin and mark.start >= clause for mark in marks)


def _is_the_one(words: Sequence[str], mark: Hit) -> bool:
    """Whether "the girl" is the one of whom a note is written: named with nothing to tell her from others."""
    if mark.cue.says["mark"] != "others" or words[mark.token] != "the" or mark.last - mark.token != 1:
        return False
    following = words[mark.last + 1] if mark.last + 1 < len(words) else ""
    return words[mark.last] in _PERSONS and following not in _TELLING_APART


def _is_sum(hit: Hit) -> bool:
    """Whether the words tell a debt with its sum: 说要五万才放人 asks for a ransom, however it is announced."""
    return isinstance(hit, Found) and any(part.cue.says["slot"] == "money" for part in hit.parts)


def _is_of_others(words: Sequence[str], marks: Sequence[Hit], hit: Hit, clause: int, *, first: bool) -> bool:
    """Whether the sign is told of somebody else: whoever is named in it, or else nearest before it, decides.

    first  the speaker says I, so that he and she are others
    """
    everybody, told_by_i = marks, first
    if isinstance(hit, Found):
        marks = _of_parts(marks, hit)
    if any(mark.cue.says["mark"] == "kin" for mark in marks):
        first = False  # "my son writes that they beat him": he who is held is no other
    if not told_by_i:
        marks = [mark for mark in marks if not _is_the_one(words, mark)]
    if first:
        marks = [mark for mark in marks if mark.cue.says["mark"] != "own" or words[mark.token] != "自"]  # 我连自己在哪
    if hit.cue.says["indicator"] == _THREATS:
        marks = [mark for mark in marks if mark.cue.says["mark"] != "own" or words[mark.token] not in _SUBJECTS - _SELF]
    others = [mark for mark in marks if mark.cue.says["mark"] == "others"]
    mine = _within(marks, hit, "first" if first else "own") or _just_behind(marks, hit, first=first)
    # 威胁我室友, "threatened my roommate": whoever is named at the end of the words may go on behind them.
    if any(mark.token == hit.last < mark.last and mark.token > hit.token for mark in others):
        return True
    if words[hit.last] in _PRONOUNS and any(mark.token == hit.last + 1 for mark in others):
        return True
    if not mine and any(hit.token <= mark.token <= hit.last for mark in others):
        return True  # "my friend was beaten"
    named = [mark for mark in everybody if mark.cue.says["mark"] == "others" and mark.token <= hit.last]
    if not mine and hit.cue.says["indicator"] == _VIOLENCE and named and _left(marks, hit, clause, "witness"):
        return True  # "I saw them use the baton on a boy"
    if mine:
        return False
    if first and _within(marks, hit, "own"):
        return True
    for begin in (clause, 0):
        self_named = _left(marks, hit, begin, "first" if first else "own")
        places = {(mark.token, mark.last) for mark in self_named}
        others = _left(marks, hit, begin, "others")
        if first:
            others += [mark for mark in _left(marks, hit, begin, "own") if (mark.token, mark.last) not in places]
        if others:
            self_named = [mark for mark in self_named if mark.token == 0 or words[mark.token - 1] not in _LISTENING]
        if self_named or others:
            nearest_self = max((mark.last for mark in self_named), default=-1)
            return max((mark.last for mark in others), default=-1) >= nearest_self
    return False


def _is_negated(text: Text, marks: Sequence[Hit], hit: Hit, clause: int) -> bool:
    if (
        isinstance(hit, Found)
        and hit.cue.says.get("denial") == "inside"
        and any(_between(text.keys, m, hit) for m in marks)
    ):
        return True
    own = isinstance(hit, Found) and any(text.keys[part.token] in _NEGATIONS for part in hit.parts)
    for mark in _left(marks, hit, clause, "negation"):
        words = text.written[mark.start : mark.end].lower()
        if words in _DENIAL:
            return True
        if own or text.keys[hit.token] in _BREAKS:
            continue  # 没有通行证出不了大门: a negation is a word of a slot; 不打钱就摘他的肾: what follows from it
        between = text.keys[mark.last + 1 : hit.token]
        if words in _OF_NOUNS and between and text.keys[hit.token] in _SUBJECTS:
            continue  # "without a visa I was afraid": it denies the visa
        if words in _OF_NOUNS and text.keys[hit.token] in _OF_NOUNS:
            continue  # "no phone, no way out": a list, and no double negation
        if between and text.keys[hit.token] in _OF_HAN:
            continue  # 没到期不许回家: the sign begins with a negation of its own
        if len(between) <= _BETWEEN and not _BREAKS.intersection(between):
            return True
    return False


def _of_parts(marks: Sequence[Hit], hit: Found) -> list[Hit]:
    """Marks without the people named between the slots of `hit`, or in a slot for those who do it."""
    done_to = [part for part in hit.parts if part.cue.says["slot"] not in _DOERS]
    return [
        mark
        for mark in marks
        if mark.cue.says["mark"] not in ("own", "others")
        or not hit.token <= mark.token <= hit.last
        or any(part.token <= mark.token <= part.last for part in done_to)
    ]


def _just_behind(marks: Sequence[Hit], hit: Hit, *, first: bool) -> bool:
    """Whether the speaker is named right behind composed words: 要割我."""
    return isinstance(hit, Found) and any(
        mark.cue.says["mark"] == ("first" if first else "own")
        and hit.last < mark.token <= hit.last + 1
        and mark.start - hit.end <= 1
        for mark in marks
    )


def _part_of_slots(hits: Sequence[Hit]) -> dict[str, list[Hit]]:
    """The words of slots of present signs, by indicator: a negation among them denies nothing."""
    parts: dict[str, list[Hit]] = {}
    for hit in hits:
        if isinstance(hit, Found) and hit.cue.says["state"] == "present":
            parts.setdefault(hit.cue.says["indicator"], []).extend(hit.parts)
    return parts


def _denying(marks: Sequence[Hit], spoken: Mapping[str, Sequence[Hit]], indicator: str) -> list[Hit]:
    """Marks without the negations that are words of a slot themselves: "no way of calling", 不放."""
    parts = spoken.get(indicator, ())
    return [
        mark
        for mark in marks
        if mark.cue.says["mark"] != "negation"
        or not any(part.token <= mark.token and mark.last <= part.last for part in parts)
    ]


def _between(words: Sequence[str], mark: Hit, hit: Found) -> bool:
    """Whether a negation stands between the slots of `hit`: "my passport was never taken"; not 不听话就打我."""
    if mark.cue.says["mark"] != "negation" or not hit.token < mark.token or not mark.last < hit.last:
        return False
    if any(part.token <= mark.last and mark.token <= part.last for part in hit.parts):
        return False
    following = min(part.token for part in hit.parts if part.token > mark.last)
    if words[following] in _OF_HAN:
        return False  # 护照不交不给: two negations beside each other, one of them a word of a slot
    return not _BREAKS.intersection(words[mark.last + 1 : following])


def _answer(sentence: str, lexicon: Lexicon) -> bool | None:
    """True for yes, False for no, None for what is neither."""
    marks = [
        hit for hit in lexicon.find(Text(sentence)) if hit.token == 0 and hit.cue.says.get("mark") in ("yes", "no")
    ]
    if not marks:
        return None
    return bool(max(marks, key=lambda hit: (hit.last, hit.cue.says["mark"] == "no")).cue.says["mark"] == "yes")


def _quote(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
