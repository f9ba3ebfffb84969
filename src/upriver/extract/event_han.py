"""Who acts, gives and receives in a Chinese sentence."""

from __future__ import annotations

import re

from upriver.clean.places import nations_in

LEGAL = frozenset({"sentence", "prosecution", "execution"})
_TAKES = re.compile(r"接收|接回|接返|押解|押返|押回")
_HAN_BODY = (
    r"(?:公安部|公安机关|公安機關|公安厅|公安廳|公安局|公安|警方|警察廳|警察厅|警察局|警察|执法部门|執法部門|当局|當局|军方|軍方|政府军|政府|法院|检察院|檢察院|检察机关"
    r"|检察機關|地檢署|地院|检方|檢方|外交部|内政部|大使馆|大使館|使馆|移民总局|移民局"
    r"|委员会|委員會|司法委|司法机关|司法部|武装人员|武装|武裝|联军|盟军|军|軍|部队|部隊|卫队|衛隊|财政部|財政部|總局|总局|海关|海關|工作组|工作組|小组|小組|联合工作队"
    r"|工作队|电力局|電力局|調查局|调查局|調查站|通信管理局|公司|辦公室|办公室|方面|[缅緬泰柬老中韩韓越美英]方|双方|雙方|特区|特區|支队|專案小組|檢調|司警|刑事警察局|航警局)"
)
_HAN_BODY_END = re.compile(rf"{_HAN_BODY}\Z")
_HAN_SUBJECT = re.compile(rf"(?P<party>[\u3400-\u9fffA-Za-z]{{0,18}}?{_HAN_BODY})(?:与|與|和|及)?")
_HAN_COURT = re.compile(
    r"(?P<party>[\u3400-\u9fff]{2,18}?(?:法院|检察院|檢察院|检察机关|檢察機關|地檢署|地检署|地院|法庭))"
)
_HAN_COUNTRY = re.compile(
    r"(?:缅甸|緬甸|柬埔寨|老挝|老撾|寮國|泰国|泰國|中国|中國|我国|我國|英国|英國|美国|美國|韩国|韓國|印尼|印度尼西亚|印度|越南|菲律宾|菲律賓|小勐拉|佤邦|果敢|妙瓦底)"
)
_HAN_TO = re.compile(
    r"(?:移交|交接|交由|引渡|遣返|送返|移送|转交|交到|交给|送回|遣送)(?:给|給|至|予|到"
    r"|回)?(?P<party>[\u3400-\u9fff]{2,14}?)(?=[,。、;:的并並后後进進就审審]|手中|\Z|\d)"
    r"|[向](?P<side>[\u3400-\u9fff]{1,12}?)(?:移交|交接|遣返)"
)
_HAN_GIVER = re.compile(
    rf"(?:由|被|从|從|自)(?P<party>[\u3400-\u9fff]{{0,16}}?(?:{_HAN_BODY}"
    rf"|{_HAN_COUNTRY.pattern}))[^,。]{{0,10}}(?:移交|抓|逮|拘|遣返|释放|釋放|押解|放)"
    rf"|接收(?P<given>[\u3400-\u9fff]{{1,12}}?)(?:移交|交来)|(?P<side>[\u3400-\u9fff]{{1,14}}?)(?:再次|再|已|又"
    rf"|正式)?(?:将|將|向)"
)
_HAN_STRIP = re.compile(
    r"\A(?:引述|援引|由|据|據|被|将|將|向|在|和|与|與|的|日|组织|組織|会同|會同|联合|聯合|通过|通過|对|對|经|經|即|再|已|随着|至今有|其中|凌晨|上午|下午|傍晚"
    r"|晚|昨|今年以来由|今年以来|针对|目前|近日|日前|隨|同日|此前|此|查|据悉|月|年|、)+"
)


def is_han_body(name: str) -> bool:
    """Whether Chinese words end in the name of a body that acts."""
    return _HAN_BODY_END.search(name) is not None


def han_parties(kind: str, sentence: str, verb: tuple[int, int]) -> tuple[str | None, str | None, str | None]:
    """Who acts, gives and receives in a Chinese sentence whose verb stands at `verb`."""
    begin = max(sentence.rfind("。", 0, verb[0]) + 1, 0)
    before = sentence[begin : verb[0]]
    actor = None
    court = _HAN_COURT.search(sentence, begin) if kind in LEGAL else None
    if court:
        return _han_tidy(court["party"]), None, None
    for piece in reversed(re.split(r"[,;:「」“”]", before)):
        found = [
            match["party"]
            for match in _HAN_SUBJECT.finditer(piece)
            if not piece[: match.start()].endswith(("向", "对", "對", "给", "給"))
        ]
        if found:
            actor = _han_tidy(found[-1] if len(found[-1]) > 2 or len(found) == 1 else found[0])
            break
    if kind not in ("handover", "repatriation", "rescue_release"):
        return actor, None, None
    around = sentence[max(begin, verb[0] - 40) : verb[1] + 24]
    to, gave = _HAN_TO.search(sentence, max(begin, verb[0] - 12)), _HAN_GIVER.search(around)
    to_party = _han_tidy((to["party"] or to["side"]) if to else None)
    giver = _han_tidy((gave["party"] or gave["given"] or gave["side"]) if gave else None)
    if to_party and not (
        re.search(_HAN_BODY, to_party) or _HAN_COUNTRY.search(to_party) or nations_in(to_party) or to_party == "我"
    ):
        to_party = None
    if to_party == "我":
        to_party = "中国"
    if (
        kind == "repatriation"
        and to_party is None
        and re.search(r"我国|我公安|回国|归国|接回", sentence[begin : verb[1] + 4])
    ):
        nations = nations_in(actor or "")
        own = actor[nations[0].start : nations[0].end] if actor and nations else None
        to_party = "中国" if "我" in sentence else own
    if giver and (not re.search(_HAN_BODY, giver) and not _HAN_COUNTRY.search(giver)):
        giver = None
    if giver and to_party and {n.country for n in nations_in(giver)} & {n.country for n in nations_in(to_party)}:
        giver = None
    if kind == "handover":
        if _TAKES.search(sentence[verb[0] : verb[1]]) or (
            to_party is None and actor and re.search("我|中国|中方", actor)
        ):
            return actor, giver if giver != actor else None, to_party or actor
        ours = to_party is not None and to_party[:1] in "我中" and re.search("公安部|我|中国", actor or "")
        return actor, giver or (None if ours else actor), to_party
    if kind == "repatriation" and to_party is None:
        of = re.findall(r"[\u3400-\u9fff]{2,5}(?=籍)", sentence[begin : verb[1] + 24])
        to_party = next((word[n.start : n.end] for word in of for n in nations_in(word)), None)
    return actor, giver, to_party


def _han_tidy(text: str | None) -> str | None:
    return _HAN_STRIP.sub("", text) or None if text else None
