"""Who acts, gives and receives in a Chinese sentence."""

from __future__ import annotations

import re

from upriver.clean.places import nations_in

LEGAL = frozenset({"sentence", "prosecution", "execution"})
_MOVES = frozenset({"handover", "repatriation", "rescue_release"})
_TAKES = re.compile(r"接收|接回|接返|押解|押返|押回|带回|帶回")
_EXPELS = re.compile(r"遣返|遣送|驱逐|驅逐|送返|送回")
_BODY = (
    r"(?:公安部|公安机关|公安機關|公安厅|公安廳|公安局|公安|警方|警察廳|警察厅|警察局|警察|执法部门|執法部門|執法單位|当局|當局|军方|軍方|政府军|政府|法院|中院|检察院|檢察院|检察机关"
    r"|检察機關|地檢署|地院|检方|檢方|外交部|内政部|內政部|保安局|大使馆|大使館|使馆|移民总局|移民局|移民管理局|管委会|管委會|各方"
    r"|委员会|委員會|司法委|司法机关|司法部|武装人员|武装组织|武裝組織|武装|武裝|联军|盟军|同盟軍|军工委|軍工委|军|軍|部队|部隊|卫队|衛隊|憲兵隊|宪兵队|财政部|財政部|總局|总局|海关|海關|工作组|工作組|小组|小組|联合工作队"
    r"|工作队|电力局|電力局|調查局|调查局|反诈中心|中央调查局|調查站|通信管理局|公司|辦公室|办公室|方面|[缅緬泰柬老中韩韓越美英菲]方|双方|雙方|特区政府|特區政府|特区|特區|支队|专案组|專案小組|檢調|司警|刑事警察局|刑事局|航警局|工兵)"
)
_BODY_END = re.compile(rf"{_BODY}\Z")
_SUBJECT = re.compile(rf"(?P<party>[\u3400-\u9fffA-Za-z]{{0,18}}?{_BODY}+(?!長|长|话|話|部长|部長))")
_COURT = re.compile(
    r"(?P<party>[\u3400-\u9fff]{2,18}?(?:法院|中院|检察院|檢察院|检察机关|檢察機關|地檢署|地检署|地院|法庭))(?!核准|批准|检察|檢察)"
)
_COUNTRY = re.compile(
    r"(?:缅甸|緬甸|柬埔寨|老挝|老撾|寮國|泰国|泰國|中国|中國|我国|我國|英国|英國|美国|美國|韩国|韓國|南韓|印尼|印度尼西亚|印度|越南|菲律宾|菲律賓|马来西亚|馬來西亞|日本|德国|德國|台灣|台湾|香港"
    r"|缅北|緬北|小勐拉|佤邦|果敢|妙瓦底)"
)
_HANDS = r"(?:移交|交接|转交|轉交|引渡|遣返|送返|移送|交付|押解|交到|交给|交給|交由|送回|遣送)"
_TO = (
    re.compile(rf"[向](?P<party>[\u3400-\u9fff]{{1,14}}?)(?:陆续|分批|累计|再次|又|共)?{_HANDS}"),
    re.compile(
        rf"{_HANDS}(?:给|給|至|予|到|回|往)?(?P<party>[\u3400-\u9fff]{{1,14}}?)(?=[,。、;:的并並后後进進就審审受手接]|\Z|\d|国内)"
    ),
    re.compile(r"(?:由|被)(?P<party>[\u3400-\u9fff]{2,14}?)(?:接收|接走|包机|押解|接管|带走)"),
)
_FROM = (
    re.compile(
        rf"(?:由|被|从|從|自)(?P<party>[\u3400-\u9fff]{{0,16}}?(?:{_BODY}+|{_COUNTRY.pattern}(?![\u3400-\u9fff]{{0,8}}{_BODY})))"
        r"[^,。]{0,10}?(?:移交|抓|逮|拘|遣返|释放|釋放|放|接收|手中)"
    ),
    re.compile(r"接收(?P<party>[\u3400-\u9fff]{1,14}?)(?:移交|交来|交來|转交)"),
    re.compile(rf"(?:[由被])(?P<party>[\u3400-\u9fff]{{2,16}}?){_HANDS}"),
    re.compile(
        rf"(?P<party>{_COUNTRY.pattern}[\u3400-\u9fff]{{0,10}}?)(?:已|累计|累計|再次|陆续|陸續|共|再|又)*[将將向]"
    ),
)
_STRIP = re.compile(
    r"\A(?:引述|援引|由|据|據|被|将|將|向|在|和|与|與|及|的|日|组织|組織|会同|會同|联合|聯合|通过|通過|对|對|经|經|即|再|已|随着|隨著|至今有|其中|凌晨|上午|下午|傍晚"
    r"|晚|昨|今年以来由|今年以来|今年|去年|针对|目前|近日|日前|隨|同日|当天|當天|此前|此|查|据悉|月|年|、|间|間|名|曾|先后|先後)+"
)
_CUT = re.compile(
    r"(?:再次|分[两兩三四多\d]|累计|累計|陆续|陸續|通过|通過|于|於|经[^\u3400-\u9fff]?|經|从|從|共|已|昨日|近日|日前|分别|同日|\d|在(?=[\u3400-\u9fff]{1,8}(?:口岸|机场|大桥)))"
)
_NO_PARTY = re.compile(r"(?:籍|嫌疑人|人员|人員|疑犯|公民|口岸|园区|園區|机场|機場)")
_HOME = re.compile(r"我国|我國|我公安|回国|回國|归国|歸國|返国|返國|接回|祖国|祖國")


def is_han_body(name: str) -> bool:
    """Whether Chinese words end in the name of a body that acts."""
    return _BODY_END.search(name) is not None


def bodies_of(text: str) -> list[str]:
    """Names of bodies in a Chinese text, in order."""
    return [name for match in _SUBJECT.finditer(text) if (name := _tidy(match["party"])) and len(name) > 2]


def han_parties(kind: str, sentence: str, verb: tuple[int, int]) -> tuple[str | None, str | None, str | None]:
    """Who acts, gives and receives in a Chinese sentence whose verb stands at `verb`."""
    begin = max(sentence.rfind("。", 0, verb[0]) + 1, 0)
    court = _COURT.search(sentence, begin) if kind in LEGAL else None
    if court:
        return _tidy(court["party"]), None, None
    actor = _actor(sentence[begin : verb[0]])
    if kind not in _MOVES:
        return actor, None, None
    clause = _clause(sentence, begin, verb)
    to = _first(_TO, clause, _is_party)
    giver = _first(_FROM, clause, lambda name: _BODY_END.search(name) is not None or _COUNTRY.search(name) is not None)
    word = sentence[verb[0] : verb[1]]
    if kind == "rescue_release":
        freed = actor if actor and re.search(r"武装|武裝|[军軍]\Z", actor) and giver is None else None
        return actor, giver or freed, to
    takes = _TAKES.search(word) is not None
    ours = re.search(r"我|中国|中方", actor or "") is not None
    if kind == "handover":
        if takes or (to is None and ours):
            return actor, giver if giver != actor else None, _of_us(to or actor)
        return actor, giver if giver and giver != to else (None if ours and not giver else actor), _of_us(to)
    nations = nations_in(actor or "")
    own = actor[nations[0].start : nations[0].end] if actor and nations else None
    if _EXPELS.search(word) and own and not _HOME.search(actor or ""):
        giver = giver or own
    elif to is None and (town := re.search(r"[返回抵](?P<town>[港台])(?!口)", sentence[begin : verb[1] + 4])):
        to = {"港": "香港", "台": "台灣"}[town["town"]]
    elif to is None and _HOME.search(sentence[begin : verb[1] + 4]) and not _EXPELS.search(word):
        to = own or ("中国" if "我" in sentence or not re.search(r"[國灣]", sentence) else None)
    if to is None:
        of = re.findall(r"[\u3400-\u9fff]{2,5}(?=籍)", sentence[begin : verb[1] + 24])
        to = next((name[n.start : n.end] for name in of for n in nations_in(name)), None)
    return actor, giver, "中国" if to in ("我", "我方", "中方") else _of_us(to)


def _clause(sentence: str, begin: int, verb: tuple[int, int]) -> str:
    """The words around the verb in which both sides are told."""
    return sentence[max(begin, verb[0] - 40) : verb[1] + 24]


def _actor(before: str) -> str | None:
    """The last body before the verb, in its clause or in the clauses before that; joint ones joined by 、."""
    for piece in reversed(re.split(r"[,;:「」“”()]", before)):
        found = [
            match for match in _SUBJECT.finditer(piece)
            if not piece[: match.start()].endswith(("向", "对", "對", "给", "給"))
        ]  # fmt: skip
        if not found:
            if re.search(r"我[国國](?:连续|派|政府|已|从)", piece):
                return "中国"
            continue
        last = found[-1]
        name = re.split(r"(?:人|员|員|者)(?:被|由|遭|经|經)|(?:配合|协助|協助)(?!下)", last["party"])[-1]
        if len(found) > 1 and re.match(r"(?:当天|當天|日)?(?:与|與|和|会同|會同|联合|聯合|及|、)", last["party"]):
            return "、".join(n for n in (_tidy(found[-2]["party"]), _tidy(name)) if n)
        chosen = _tidy(name)
        if chosen and len(chosen) <= 1 and len(found) > 1:
            chosen = _tidy(found[-2]["party"])
        if chosen:
            return chosen
    return None


def _first(forms: tuple[re.Pattern[str], ...], clause: str, allowed: object) -> str | None:
    for form in forms:
        for match in form.finditer(clause):
            name = _tidy(match["party"])
            if name and callable(allowed) and allowed(name):
                return name
    return None


def _is_party(name: str) -> bool:
    """Whether words may name a receiver: a body, a country or us."""
    if _NO_PARTY.search(name):
        return False
    return name in ("我", "我方") or any(form.search(name) for form in (_BODY_END, _COUNTRY)) or bool(nations_in(name))


def _of_us(name: str | None) -> str | None:
    """我方 and 我公安机关 by the country that speaks: 中方, 中国公安机关."""
    if name in ("我", "我方"):
        return "中国" if name == "我" else "中方"
    return f"中国{name[1:]}" if name and name[0] == "我" and name[1:2] not in ("国", "國") else name


def _tidy(text: str | None) -> str | None:
    """A name without the words around it; None where nothing is left."""
    if not text:
        return None
    text = _STRIP.sub("", text)
    text = _CUT.split(text)[0] if not _CUT.match(text) else _CUT.sub("", text, count=1)
    return text.strip("、") or None
