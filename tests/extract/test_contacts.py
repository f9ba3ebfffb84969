from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.case.stage import Stage
from upriver.case.store import Case
from upriver.extract.contact_classes import contact_classes
from upriver.extract.contacts import read_advert, read_contact
from upriver.extract.params import ExtractParams

SHARED = Path(__file__).parents[3] / "shared" / "data" / "text"


@pytest.mark.parametrize(
    ("text", "kind", "stage"),
    [
        ("Sorry, wrong number! But it must be fate. Add me on WhatsApp +15550100", "romance", "first_contact"),
        (
            "My uncle is an analyst with inside information, 20% profit a day on the crypto platform",
            "investment",
            "trust",
        ),
        (
            "To withdraw you must pay the tax of 5000 USDT first. Transfer to our wallet within 24 hours",
            "investment",
            "squeeze",
        ),
        ("Your account has been suspended. Verify your account now: click https://bank.example/x", "phishing", None),
        ("Your parcel is held at customs. Pay the customs fee here https://post.example/1", "parcel", "first_contact"),
        (
            "This is officer Wang of the fraud department. A warrant is out for your arrest. "
            "Transfer your savings to the safe account.",
            "impersonation",
            None,
        ),
        ("我是公安局的警官，你名下的银行卡涉嫌洗钱，资金要转到安全账户，不要告诉家人", "impersonation", None),
        ("刷单兼职，一单佣金30元，日结，加我微信", "task", "first_contact"),
        ("我們可以幫您追回被騙的資金，先交手續費才能退款", "recovery", "squeeze"),
        ("您名下有一张卡牵涉到一宗跨境洗钱案，要证明自己的清白，我们在线上给您做一份笔录", "impersonation", None),
        ("您误开了直播会员，不取消每个月自动扣八百，下载一个会议软件，把屏幕共享给我", "impersonation", None),
        ("小刘，我是王局，换号码了，有个朋友急需一笔款，我不方便直接转，先转到你卡上", "impersonation", None),
        ("您的贷款已通过审批，卡号填错了，放款被冻结，先交一笔认证金，随贷款一起退给您", "loan", None),
    ],
)
def test_a_scam_contact_is_told_with_its_kind(text, kind, stage):
    contact = read_contact(text)
    assert contact.label == "scam"
    assert contact.kind == kind
    if stage is not None:
        assert contact.stage == stage
    assert contact.cues
    assert all(cue in text for cue in contact.cues)


@pytest.mark.parametrize(
    "text",
    [
        "", "ok see you at nine", "Your verification code is 482911. Do not share this code with anyone.",
        "Can you transfer 40 euros for dinner when you have a minute?",
        "Beware of scams: the bank will never ask for your PIN.",
        "晚上一起吃饭吗？", "【银行】验证码123456，5分钟内有效，请勿泄露", "Sorry, wrong number.",
        "The parcel arrived, thank you!",
        "您好，我是顺丰快递员，您有一个到付件，运费十八元，您在家吗",
        "房贷已经批下来了，请您本人带身份证来网点签合同，不收任何费用",
        "Bitcoin fell again today.",
    ],
)  # fmt: skip
def test_an_ordinary_text_is_neither(text):
    assert read_contact(text).label == "neither"


def test_a_warning_that_names_a_trick_is_no_scam():
    assert read_contact("反诈民警提醒您：凡是让您把钱转到安全账户的都是诈骗，有疑问请拨打96110").label != "scam"


def test_one_cue_alone_however_often_decides_nothing():
    assert read_contact("guaranteed profit, guaranteed returns, risk free, no risk profit").label != "scam"


def test_signs_of_two_facets_weigh_more_than_two_of_one():
    one_facet = read_contact("guaranteed profit with bitcoin trading")
    two_facets = read_contact("guaranteed profit, deposit $500 now")
    assert two_facets.score > one_facet.score


@pytest.mark.parametrize(
    "text",
    [
        "Customer service abroad, no experience needed, we book your flight and visa, Telegram only @hr_go",
        "高薪客服，妙瓦底园区，包机票食宿，无需经验，护照由公司保管，加飞机联系",
        "高薪客服，妙瓦底園區，包機票食宿，無需經驗，護照由公司保管，加飛機聯繫",
    ],
)
def test_an_advert_with_signs_of_several_kinds_is_a_lure(text):
    assert read_advert(text).label == "lure"


@pytest.mark.parametrize(
    "text",
    [
        "Waiter wanted in Mae Sot, interview at our restaurant.",
        "Kitchen help, no experience needed, room and meals free.",
        "Welder for a shipyard abroad: flight paid, free accommodation, 3,000 USD a month, five years' experience.",
        "Translator for the hospital in Sihanoukville.",
        "招聘厨师，包吃住，五险一金，到店面试",
    ],
)
def test_place_pay_lodging_or_travel_alone_never_make_a_lure(text):
    assert read_advert(text).label == "neither"


@given(st.text(max_size=200))
def test_any_text_has_a_score_between_nought_and_one(text):
    assert 0 <= read_contact(text).score <= 1
    assert 0 <= read_advert(text).score <= 1


def _run(desk, params):
    """Class the texts of the case."""
    contact_classes(desk, params)


READ = ("record", "message", "decision")
READS = Stage("extract", reads=READ, writes=("contact_class",), run=_run, params=ExtractParams)


def test_every_message_note_advert_and_narrative_gets_a_class(case: Case):
    blank = [None] * 24
    case.fill("message", [
        message("f#1", "t1", "telegram:@a", "Sorry, wrong number!"),
        message("f#2", "t1", "telegram:@a", "Must be fate, add me on WhatsApp"),
        message("f#3", "t1", "telegram:@a", "good night"),
        message("f#4", "t1", "telegram:@v", "who is this?"),
    ])  # fmt: skip
    case.fill("record", [
        record("f#5", "note", [None, None, None, None, None, "Police, he says, money laundering case, safe account"]),
        record("f#6", "job_advert", [None, "Typist", *blank[:4], "@hr no experience, free flight, no interview"]),
        record("f#7", "victim_report", [*blank[:7], "Transfer $900 to the crypto platform, guaranteed profit"]),
        record("f#8", "note", blank[:6]),
    ])  # fmt: skip
    case.run(READS)
    read = {row["record_id"]: row for row in case.read("contact_class").to_pylist()}
    assert {key: (row["medium"], row["label"]) for key, row in read.items()} == {
        "f#1": ("thread", "scam"), "f#2": ("message", "scam"),
        "f#3": ("message", "neither"), "f#4": ("message", "neither"),
        "f#5": ("note", "scam"), "f#6": ("advert", "lure"), "f#7": ("report", "scam"),
    }  # fmt: skip


def message(record_id: str, thread: str, sender: str, text: str) -> dict[str, object]:
    return {"message_id": record_id, "thread": thread, "sender": sender, "text": text, "platform": "telegram",
            "record_id": record_id}  # fmt: skip


def record(record_id: str, form: str, fields: list[str | None]) -> dict[str, object]:
    return {"record_id": record_id, "file_id": "f", "locator": "row", "form": form, "fields": fields}


def test_messages_harmless_one_by_one_are_a_scam_together(case: Case):
    texts = [
        "Hello, sorry, wrong number.",
        "It must be fate.",
        "My uncle is an analyst.",
        "The crypto platform is good.",
    ]
    assert all(read_contact(text).label != "scam" for text in texts)
    case.fill("message", [message(f"f#{n}", "t", "telegram:@a", text) for n, text in enumerate(texts)])
    case.run(READS)
    assert set(case.read("contact_class", "label")["label"].to_pylist()) == {"scam"}


def test_the_order_of_rows_does_not_matter(case: Case, tmp_path: Path):
    rows = [message(f"f#{n}", f"t{n % 2}", "telegram:@a", f"must be fate {n}, crypto platform") for n in range(6)]
    case.fill("message", rows)
    case.run(READS)
    with Case.create(tmp_path / "other.upriver", folder=case.folder) as other:
        other.fill("message", pa.Table.from_pylist(rows[::-1]).to_pylist())
        other.run(READS)
        assert other.read("contact_class") == case.read("contact_class")


def _lines(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (SHARED / name).read_text("utf-8").splitlines()]


@pytest.mark.shared
def test_ordinary_messages_are_seldom_called_a_scam():
    labels = [read_contact(row["text"]).label for row in _lines("benign_sms.jsonl")[:5000]]
    assert sum(label in ("scam", "lure") for label in labels) < 0.01 * len(labels)


@pytest.mark.shared
def test_written_lures_are_told_from_ordinary_adverts():
    rows = _lines("lures_dev.jsonl")
    called = [(row["label"], read_advert(row["text"]).label) for row in rows]
    assert not [pair for pair in called if pair == ("ordinary", "lure")]
    assert called.count(("lure", "lure")) >= 20
